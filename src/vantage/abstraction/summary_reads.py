"""How an image's summary is read from its tokens: one query that attends, and what follows for that one token.

CLIP's class token attends in the last block; SigLIP's probe attends in the pooling head. In both, everything behind
this attention happens to a single token, which is why relevancy to many texts costs little more than to one.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.attention_blocks import projections
from vantage.encoders.attention_maps import attention_map
from vantage.encoders.dual_attention import DualAttention
from vantage.encoders.vit import rotate

Rotation = tuple[Float[Tensor, "p c"], Float[Tensor, "p c"]]
"""Cosine and sine of the patches' rotary positions."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SummaryRead:
    """The attention that makes the summary, cut where its heads have read."""

    attention: Float[Tensor, "n h t"]
    """How much the summary's query looks at each token; rows sum to 1."""
    values: Float[Tensor, "n h t c"]
    heads: int
    """Heads of one channel: with dual-channel attention `h` counts those of both."""
    finish: Callable[[Float[Tensor, "n h c"]], Float[Tensor, "n d"]]
    """From what the heads have read to the image's vector in the space of texts; not yet of unit length."""
    class_token: bool
    """Whether the query is the first token; if not, it is a probe that no token carries."""

    def read(self) -> Float[Tensor, "n h c"]:
        """Return what each head reads: its values, weighed by its attention."""
        return torch.einsum("nht,nhtc->nhc", self.attention, self.values)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class _Heads:
    attention: Tensor
    values: Tensor
    heads: int
    project: Callable[[Tensor], Tensor]
    """From what the heads read (n h c) to the attention's output (n d)."""


def read_class_token(
    block_parts: tuple[nn.Module, nn.Module, nn.Module, nn.Module],
    tokens: Float[Tensor, "n t d"],
    project: Callable[[Tensor], Tensor],
    rotation: Rotation | None = None,
) -> SummaryRead:
    """Return how the class token reads in a pre-norm block, the last one.

    Args:
        block_parts: the block's first norm, attention, second norm and feed-forward part.
        tokens: what enters the block; the class token is the first.
        project: from the class token behind the block (n d) to the space of texts.
        rotation: rotary positions of the patches, which are the last tokens.
    """
    norm1, attention, norm2, mlp = block_parts
    heads = _class_heads(attention, norm1(tokens), rotation)
    first = tokens[:, 0]

    def finish(read: Tensor) -> Tensor:
        token = first + heads.project(read)
        return project(token + mlp(norm2(token)))

    return SummaryRead(
        attention=heads.attention, values=heads.values, heads=heads.heads, finish=finish, class_token=True
    )


def read_probe(
    attention: nn.MultiheadAttention,
    probe: Float[Tensor, "1 1 d"],
    tokens: Float[Tensor, "n t d"],
    finish: Callable[[Tensor], Tensor],
) -> SummaryRead:
    """Return how the probe of a pooling head reads; `finish` takes the attention's output (n d)."""
    width, heads = attention.embed_dim, attention.num_heads
    weight, bias = attention.in_proj_weight, attention.in_proj_bias
    query = nn.functional.linear(probe[0], weight[:width], bias[:width])
    keys, values = nn.functional.linear(tokens, weight[width:], bias[width:]).chunk(2, dim=-1)
    queries = query.view(1, heads, 1, -1).expand(len(tokens), -1, -1, -1)
    seen = attention_map(queries, _split(keys, heads))[:, :, 0]
    return SummaryRead(
        attention=seen,
        values=_split(values, heads),
        heads=heads,
        finish=lambda read: finish(attention.out_proj(read.flatten(1))),
        class_token=False,
    )


def _class_heads(attention: Any, tokens: Tensor, rotation: Rotation | None) -> _Heads:
    """Attend with the first token alone, in whatever way the attention's projections are laid out."""
    if isinstance(attention, DualAttention):
        old, new = (_class_heads(part, tokens, rotation) for part in (attention.base, attention.plus))
        count = old.heads
        return _Heads(
            attention=torch.cat([old.attention, new.attention], dim=1),
            values=torch.cat([old.values, new.values], dim=1),
            heads=count,
            project=lambda read: attention.mix(old.project(read[:, :count]), new.project(read[:, count:])),
        )
    layers = {role: attention.get_submodule(path) for role, path in projections(attention)}
    heads = attention.num_heads if hasattr(attention, "num_heads") else attention.heads
    if "qkv" in layers:
        query, keys, values = layers["qkv"](tokens).chunk(3, dim=-1)
    else:
        query, keys, values = layers["q"](tokens[:, :1]), layers["k"](tokens), layers["v"](tokens)
    keys = _split(keys, heads)
    if rotation is not None:
        # The class token has no place, so its query is not turned.
        prefix = keys.shape[2] - len(rotation[0])
        keys = torch.cat([keys[:, :, :prefix], rotate(keys[:, :, prefix:], *rotation)], dim=2)
    return _Heads(
        attention=attention_map(_split(query[:, :1], heads), keys)[:, :, 0],
        values=_split(values, heads),
        heads=heads,
        project=lambda read: layers["out"](read.flatten(1)),
    )


def _split(tokens: Float[Tensor, "n t d"], heads: int) -> Float[Tensor, "n h t c"]:
    return tokens.unflatten(-1, (heads, -1)).transpose(1, 2)
