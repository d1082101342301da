"""Putting another computation in the place of fused attention, inside chosen modules only.

Relevancy needs the attention's probabilities as a part of the graph, and self-correlation needs other products; both
take the queries, keys, values, mask and scale that the model itself would have attended with.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from vantage.encoders.attention_blocks import find_attention
from vantage.encoders.dual_attention import DualAttention
from vantage.errors import UsageError


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class AttentionCall:
    """What a model attends with: one call of torch's `scaled_dot_product_attention`."""

    query: Float[Tensor, "n h t c"]
    key: Float[Tensor, "n h t c"]
    value: Float[Tensor, "n h t c"]
    mask: Tensor | None
    scale: float | None


Compute = Callable[[nn.Module, AttentionCall], Tensor]
"""Takes the module that attends and its call, returns what its heads read (n h t c)."""


class _Replacer(TorchFunctionMode):
    """Sees every call of fused attention, and answers those inside the watched modules."""

    def __init__(self, compute: Compute) -> None:
        super().__init__()
        self.compute = compute
        self.inside: nn.Module | None = None
        """The watched module that is running now."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is nn.functional.scaled_dot_product_attention and self.inside is not None:
            return self.compute(self.inside, _read_call(*args, **kwargs))
        return func(*args, **kwargs)


def _read_call(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> AttentionCall:
    """Read a call of `scaled_dot_product_attention`, whose parameters these are."""
    if dropout_p or is_causal or enable_gqa:
        # No image tower that vantage knows does any of them; a wrong map would be worse than none.
        raise UsageError("relevancy reads plain self-attention; this tower drops out, looks back only or shares keys")
    return AttentionCall(query=query, key=key, value=value, mask=attn_mask, scale=scale)


@contextlib.contextmanager
def replaced_attention(modules: Sequence[nn.Module], compute: Compute) -> Iterator[None]:
    """Answer the attention of modules that run inside the `with` by `compute`.

    Args:
        modules: attention modules; their attention must go through torch's `scaled_dot_product_attention`.
        compute: gives what the heads read.
    """
    replacer = _Replacer(compute)

    def enter(module: nn.Module, _: Any) -> None:
        replacer.inside = module

    def leave(*_: Any) -> None:
        replacer.inside = None

    hooks = [module.register_forward_pre_hook(enter) for module in modules]
    hooks += [module.register_forward_hook(leave, always_call=True) for module in modules]
    try:
        with replacer:
            yield
    finally:
        for hook in hooks:
            hook.remove()


def attentions_of(block: nn.Module) -> tuple[nn.Module, ...]:
    """Return the modules in which a block attends: one, or the two channels of dual-channel attention.

    Raises:
        UsageError: the block does not have exactly one place of attention.
    """
    # A list, because that is what a stack is to the finder.
    places = find_attention(nn.ModuleList([block]))
    if len(places) != 1:
        raise UsageError(f"a layer of {type(block).__name__} has {len(places)} attentions; relevancy needs one in each")
    module = places[0].module
    return (module.base, module.plus) if isinstance(module, DualAttention) else (module,)
