"""A stand-in for a GPU: tensors that count as being elsewhere, compute on the CPU, and refuse what a GPU refuses.

Torch's `meta` device lends its name. An operation on tensors of both places, a seed of the CPU for numbers elsewhere,
or an array that shares the memory of a tensor elsewhere is an error, as with CUDA; single numbers may come from the
CPU. That shows what a training would stumble over on a GPU, not how the GPU's own kernels round.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_flatten, tree_map

ELSEWHERE = "meta"

_COPIES = ("_to_copy", "copy_")
"""What may take tensors from one place to the other."""


class TensorElsewhere(Tensor):
    """A tensor that says it is elsewhere; `here` is what it holds."""

    here: Tensor

    @staticmethod
    def __new__(cls, here: Tensor) -> "TensorElsewhere":
        found = Tensor._make_wrapper_subclass(
            cls, here.shape, strides=here.stride(), storage_offset=here.storage_offset(), dtype=here.dtype,
            device=torch.device(ELSEWHERE),
        )  # fmt: skip
        found.here = here
        return found

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})

    def tolist(self) -> list:
        return self.here.tolist()

    def numpy(self, *, force: bool = False) -> Any:
        raise TypeError("can't convert a tensor that is elsewhere to numpy; copy it to the CPU first")


class _Operations(TorchDispatchMode):
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})


class _Constructors(TorchFunctionMode):
    """Numbers from Python reach a device without an operation that could be seen: here by way of the CPU."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func is Tensor.new_tensor and isinstance(args[0], TensorElsewhere):
            return torch.tensor(args[1], dtype=kwargs.get("dtype", args[0].dtype)).to(ELSEWHERE)
        wanted = kwargs.get("device")
        if func in (torch.tensor, torch.as_tensor) and wanted is not None and torch.device(wanted).type == ELSEWHERE:
            return func(*args, **kwargs | {"device": "cpu"}).to(ELSEWHERE)
        return func(*args, **kwargs)


@contextlib.contextmanager
def stand_in_device() -> Iterator[None]:
    """Within it, `device=ELSEWHERE` means tensors that compute."""
    with _Operations(), _Constructors():
        yield


def _run(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    tensors = [value for value in tree_flatten((args, kwargs))[0] if isinstance(value, Tensor)]
    there = [t for t in tensors if isinstance(t, TensorElsewhere)]
    assert all(t.device.type == "cpu" for t in tensors if not isinstance(t, TensorElsewhere)), (
        "a tensor without numbers"
    )
    name = func._schema.name.split("::")[1]
    wanted = kwargs.get("device")
    goes_there = torch.device(wanted).type == ELSEWHERE if wanted is not None else bool(there)
    if name == "copy_":
        goes_there = isinstance(args[0], TensorElsewhere)
    if name not in _COPIES and there and any(t.dim() > 0 for t in tensors if not isinstance(t, TensorElsewhere)):
        raise RuntimeError(f"{name}: expected all tensors to be in one place, but some are elsewhere")
    if name not in _COPIES and goes_there and kwargs.get("generator") is not None:
        raise RuntimeError(f"{name}: expected a generator that is elsewhere, got one of the CPU")
    inner_args, inner_kwargs = tree_map(lambda v: v.here if isinstance(v, TensorElsewhere) else v, (args, kwargs))
    if wanted is not None:
        inner_kwargs["device"] = torch.device("cpu")
    if kwargs.get("pin_memory"):
        raise RuntimeError(f"{name}: memory is pinned on the CPU alone")
    out = func(*inner_args, **inner_kwargs)
    if out is None or not goes_there:
        return out
    wrapped = tree_map(lambda v: TensorElsewhere(v) if isinstance(v, Tensor) else v, out)
    return return_and_correct_aliasing(func, args, kwargs, wrapped)
