"""Seeing calls of fused attention inside chosen modules, and answering them by another computation.

Fused attention never holds its map. Here its call is seen on its way (a torch function mode), with the queries, keys,
values, mask and scale that the model itself attends with.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class AttentionCall:
    """What a model attends with: one call of torch's `scaled_dot_product_attention`."""

    query: Float[Tensor, "n h t c"]
    key: Float[Tensor, "n k s c"]
    value: Float[Tensor, "n k s d"]
    mask: Tensor | None
    scale: float | None
    causal: bool = False
    """Whether a token only looks at itself and those before it."""
    dropout: float = 0.0
    shared_keys: bool = False
    """Whether several heads may share their keys and values (grouped-query attention)."""


Answer = Callable[[nn.Module, AttentionCall], Tensor | None]
"""Takes the module that attends and its call; returns what its heads read (n h t d), or None: as the model does."""


class _Watcher(TorchFunctionMode):
    """Sees every call of fused attention, and answers those inside the watched modules."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer
        self.inside: nn.Module | None = None
        """The watched module that is running now."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is nn.functional.scaled_dot_product_attention and self.inside is not None:
            read = self.answer(self.inside, _read_call(*args, **kwargs))
            if read is not None:
                return read
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
    return AttentionCall(
        query=query,
        key=key,
        value=value,
        mask=attn_mask,
        scale=scale,
        causal=is_causal,
        dropout=dropout_p,
        shared_keys=enable_gqa,
    )


@contextlib.contextmanager
def answered_attention(modules: Sequence[nn.Module], answer: Answer) -> Iterator[None]:
    """Let the attention of modules that run inside the `with` be seen, and answered, by a function.

    Args:
        modules: attention modules; their attention must go through torch's `scaled_dot_product_attention`.
        answer: is given each call; where it returns None the call goes on as it is.
    """
    watcher = _Watcher(answer)

    def enter(module: nn.Module, _: Any) -> None:
        watcher.inside = module

    def leave(*_: Any) -> None:
        watcher.inside = None

    hooks = [module.register_forward_pre_hook(enter) for module in modules]
    hooks += [module.register_forward_hook(leave, always_call=True) for module in modules]
    try:
        with watcher:
            yield
    finally:
        for hook in hooks:
            hook.remove()
