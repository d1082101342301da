"""Gradient-times-attention relevancy (Chefer et al. 2021) of image crops to many texts.

For one text: logit = 100 * (unit image vector) . (text vector); in each layer that counts, the gradient of the logit
with respect to the attention's probabilities is multiplied by them, negative products are dropped, and heads are
averaged; R starts as the identity and grows by R <- R + C R, layer by layer. The result is how R lets the summary's
query look at the patches.

With the last layer alone (as the released code of Semantic Abstraction has it for ViT-B/32) only the summary's own row
matters. Then nothing behind its attention mixes tokens, so one forward pass without a graph gives the attention A and
the values v, and what a text asks of the heads comes from a backward pass through a single token: C = A * (g . v).
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.abstraction.plain_attention import attentions_of, replaced_attention
from vantage.abstraction.readouts import Readout
from vantage.abstraction.summary_reads import SummaryRead
from vantage.encoders.attention_calls import AttentionCall
from vantage.encoders.attention_maps import attention_map
from vantage.errors import UsageError

LOGIT_SCALE = 100.0
"""CLIP's trained inverse temperature (Radford et al. 2021, section 2.5: clipped at 100). It is the same for every
encoder, so that relevancies of one do not change with a number that only scales them."""
FLOATS_AT_ONCE = 2**25
"""Texts are taken in groups so that no tensor is larger (128 MB)."""


def tile_relevancy(
    readout: Readout,
    tiles: Float[Tensor, "n 3 s s"],
    texts: Float[Tensor, "k d"],
    *,
    layers: int = 1,
    clamp: bool = True,
) -> Float[Tensor, "k n g g"]:
    """Return the relevancy of every patch of square crops to every text; at least 0 if clamped.

    Args:
        readout: the model.
        tiles: RGB in [0, 1], of the size the model takes.
        texts: vectors of the texts; their length scales the relevancy.
        layers: how many layers count, from the end; the summary's own attention is the first of them.
        clamp: whether negative products are dropped, as the papers do.

    Raises:
        UsageError: the model does not have that many layers.
    """
    depth = len(readout.blocks) + 1
    if not 1 <= layers <= depth:
        raise UsageError(f"relevancy over {layers} layers; expected 1 to {depth}, counted from the end")
    if layers == 1:
        with torch.no_grad():
            read = readout.read(readout.tokens(tiles))
        looked = summary_relevancy(read, texts, clamp=clamp)
    else:
        looked = _layered(readout, tiles, texts, layers=layers, clamp=clamp)
    patches = looked[..., readout.prefix :]
    side = round(patches.shape[-1] ** 0.5)
    return patches.unflatten(-1, (side, side))


def summary_relevancy(read: SummaryRead, texts: Float[Tensor, "k d"], *, clamp: bool = True) -> Float[Tensor, "k n t"]:
    """Return the relevancy of every token to every text by the closed form, for the summary's attention alone."""
    attention, values = read.attention.detach().float(), read.values.detach().float()
    with torch.enable_grad():
        entered = read.read().detach().float().requires_grad_()
        vectors = nn.functional.normalize(read.finish(entered).float(), dim=-1)
    count, heads, tokens = attention.shape
    relevancy = []
    for group in texts.split(_texts_at_once(count * max(heads * tokens, 8 * vectors.shape[-1]))):
        (asked,) = _gradients(vectors, [entered], group)
        # One product over channels instead of a gradient through the attention: d logit / d A = g . v.
        relevancy.append(_over_heads(torch.einsum("knhc,nhtc->knht", asked, values) * attention, read.heads, clamp))
    return torch.cat(relevancy)


def _layered(readout: Readout, tiles: Tensor, texts: Tensor, *, layers: int, clamp: bool) -> Float[Tensor, "k n t"]:
    """Return the relevancy of every token, with a graph through the last blocks."""
    graph = readout.blocks[1 - layers :]
    probabilities: dict[nn.Module, Tensor] = {}

    def attend(module: nn.Module, call: AttentionCall) -> Tensor:
        seen = attention_map(call.query, call.key, call.mask, scale=call.scale)
        # Where the weights are frozen nothing before asks for a gradient yet.
        probabilities[module] = seen if seen.requires_grad else seen.requires_grad_()
        return probabilities[module].to(call.value.dtype) @ call.value

    per_block = [attentions_of(block) for block in graph]
    # Blocks before the first that counts run without a graph.
    start = graph[0].register_forward_pre_hook(_start_graph)
    try:
        with torch.no_grad(), replaced_attention([module for group in per_block for module in group], attend):
            tokens = readout.tokens(tiles)
    finally:
        start.remove()
    with torch.enable_grad():
        read = readout.read(tokens)
        vectors = nn.functional.normalize(read.finish(read.read()).float(), dim=-1)
    maps = [[probabilities[module] for module in group] for group in per_block]
    inputs = [read.attention, *(one for group in maps for one in group)]
    largest = max(one.numel() for one in inputs)
    groups = texts.split(_texts_at_once(largest))
    return torch.cat([_grow(read, maps, _gradients(vectors, inputs, group), clamp) for group in groups])


def _grow(
    read: SummaryRead, maps: Sequence[Sequence[Tensor]], gradients: Sequence[Tensor], clamp: bool
) -> Float[Tensor, "k n t"]:
    """Return the summary's row of R: that of the last layer, then passed down block by block."""
    found = iter(gradients)
    row = _over_heads(next(found) * read.attention.detach(), read.heads, clamp)
    if read.class_token:
        # R starts as the identity: the class token looks at itself.
        row[..., 0] += 1
    contributions = []
    for group in maps:
        heads = group[0].shape[1]
        contributions.append(sum(_over_heads(next(found) * one.detach(), heads, clamp) for one in group))
    # A head that looks at patches alone sees less than the blocks do: their class token and registers come first.
    unseen = contributions[-1].shape[-1] - row.shape[-1]
    row = nn.functional.pad(row, (unseen, 0))
    for contribution in reversed(contributions):
        row = row + (row[:, :, None] @ contribution)[:, :, 0]
    return row[..., unseen:]


def _start_graph(*_: object) -> None:
    """Record gradients from here on; the `with` that forbids them ends it."""
    torch.set_grad_enabled(True)


def _gradients(
    vectors: Float[Tensor, "n d"], inputs: Sequence[Tensor], texts: Float[Tensor, "k d"]
) -> tuple[Tensor, ...]:
    """Return the gradient of each text's logits with respect to each input, stacked over texts."""
    asked = (LOGIT_SCALE * texts.float())[:, None].expand(-1, len(vectors), -1)
    return torch.autograd.grad(vectors, inputs, asked, retain_graph=True, is_grads_batched=True)


def _over_heads(products: Float[Tensor, "k n h *t"], heads: int, clamp: bool) -> Float[Tensor, "k n *t"]:
    """Return the mean over heads; with dual-channel attention there are two products for each head, which add up."""
    return (products.clamp_min(0) if clamp else products).sum(dim=2) / heads


def _texts_at_once(floats_a_text: int) -> int:
    return max(1, FLOATS_AT_ONCE // floats_a_text)
