"""Attention maps, computed exactly from the queries and keys that a model itself attends with."""

import contextlib
from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from vantage.encoders.attention_calls import AttentionCall, answered_attention


def attention_map(
    query: Float[Tensor, "*b t c"],
    key: Float[Tensor, "*b s c"],
    mask: Float[Tensor, "*_b s"] | Bool[Tensor, "*_b s"] | None = None,
    *,
    scale: float | None = None,
    causal: bool = False,
) -> Float[Tensor, "*b t s"]:
    """Return softmax(scale * query key^T + mask), in at least float32; rows sum to 1.

    Args:
        query: of the tokens that look.
        key: of the tokens that are looked at.
        mask: added to the products, or, if of booleans, false where a token must not be looked at.
        scale: 1 / sqrt(c) by default, as in Vaswani et al. 2017.
        causal: whether a token only looks at itself and those before it.
    """
    # Half precision would leave rows that do not sum to 1.
    query, key = (x.to(torch.promote_types(x.dtype, torch.float32)) for x in (query, key))
    products = query @ key.mT * (query.shape[-1] ** -0.5 if scale is None else scale)
    if causal:
        allowed = torch.ones(products.shape[-2:], dtype=torch.bool, device=products.device).tril()
        products = products.masked_fill(~allowed, -torch.inf)
    if mask is not None:
        products = products.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else products + mask
    return products.softmax(dim=-1)


@contextlib.contextmanager
def record_attention(modules: Sequence[nn.Module]) -> Iterator[dict[nn.Module, Tensor]]:
    """Record the attention maps of modules that run inside the `with`; their output does not change.

    Args:
        modules: attention modules; their attention must go through torch's `scaled_dot_product_attention`.

    Yields:
        The map (batch, heads, tokens, tokens) of each module that has run, the last one if it ran more than once.
    """
    maps: dict[nn.Module, Tensor] = {}

    def record(module: nn.Module, call: AttentionCall) -> None:
        heads = call.query.shape[-3] // call.key.shape[-3]
        key = call.key.repeat_interleave(heads, dim=-3) if call.shared_keys else call.key
        maps[module] = attention_map(call.query, key, call.mask, scale=call.scale, causal=call.causal)

    with answered_attention(modules, record):
        yield maps
