"""Attention maps, computed exactly from the queries and keys that a model itself attends with.

Fused attention never holds its map. Here its call is seen on its way (a torch function mode), the map is computed from
the same queries, keys, mask and scale, and the call goes on as it is, so that the model's output does not change.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


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


class _Recorder(TorchFunctionMode):
    """Sees every call of fused attention, and keeps the maps of those inside the modules that are watched."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: nn.Module | None = None
        """The watched module that is running now."""
        self.maps: dict[nn.Module, Tensor] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is nn.functional.scaled_dot_product_attention and self.inside is not None:
            self.maps[self.inside] = _map_of_call(*args, **kwargs)
        return func(*args, **kwargs)


def _map_of_call(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Return the map of a call of `scaled_dot_product_attention`, whose parameters these are."""
    del value, dropout_p
    if enable_gqa:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], dim=-3)
    return attention_map(query, key, attn_mask, scale=scale, causal=is_causal)


@contextlib.contextmanager
def record_attention(modules: Sequence[nn.Module]) -> Iterator[dict[nn.Module, Tensor]]:
    """Record the attention maps of modules that run inside the `with`.

    Args:
        modules: attention modules; their attention must go through torch's `scaled_dot_product_attention`.

    Yields:
        The map (batch, heads, tokens, tokens) of each module that has run, the last one if it ran more than once.
    """
    recorder = _Recorder()

    def enter(module: nn.Module, _: Any) -> None:
        recorder.inside = module

    def leave(*_: Any) -> None:
        recorder.inside = None

    hooks = [module.register_forward_pre_hook(enter) for module in modules]
    hooks += [module.register_forward_hook(leave, always_call=True) for module in modules]
    try:
        with recorder:
            yield recorder.maps
    finally:
        for hook in hooks:
            hook.remove()
