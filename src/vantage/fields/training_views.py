"""Views as a trainer wants them: decoded once, as tensors, in bounded memory."""

import collections
import dataclasses
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor

from vantage.captures import Capture, View
from vantage.encoders import Features
from vantage.geometry import Camera

CACHE_BYTES = 2_000_000_000
"""Decoded views kept in memory; larger captures are read again as they come by. A twelfth of a 24 GB laptop."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TrainingView:
    """One view as tensors."""

    image: Float[Tensor, "h w 3"]
    camera: Camera
    world_from_camera: Float64[np.ndarray, "4 4"]
    depth: Float[Tensor, "h w"] | None
    mask: Bool[Tensor, "h w"] | None


@runtime_checkable
class FeatureSequence(Protocol):
    """The features of each view of a capture, in its order: a list, or files that are read when asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Features:
        """Return the features of one view, a batch of one."""
        ...


class TrainingViews:
    """A capture's views, cached as they are read; the least recently used leave first."""

    def __init__(self, capture: Capture, *, cache_bytes: int = CACHE_BYTES, device: str | torch.device = "cpu") -> None:
        """Read views of a capture for a training on `device`; the cache is in the memory of the CPU."""
        self.capture = capture
        self.device = torch.device(device)
        self.cache_bytes = cache_bytes
        self._views: collections.OrderedDict[int, View] = collections.OrderedDict()
        self._bytes = 0

    def view(self, index: int) -> View:
        """Return a view of the capture."""
        if index in self._views:
            self._views.move_to_end(index)
            return self._views[index]
        view = self.capture[index]
        self._views[index] = view
        self._bytes += _size(view)
        while self._bytes > self.cache_bytes and len(self._views) > 1:
            _, oldest = self._views.popitem(last=False)
            self._bytes -= _size(oldest)
        return view

    def training_view(self, index: int) -> TrainingView:
        """Return a view as tensors where the training is; on the CPU they share the view's memory."""
        view = self.view(index)
        return TrainingView(
            image=self._tensor(view.image),
            camera=view.camera,
            world_from_camera=view.world_from_camera,
            depth=None if view.depth is None else self._tensor(view.depth),
            mask=None if view.mask is None else self._tensor(view.mask),
        )

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)


def _size(view: View) -> int:
    arrays = (view.image, view.depth, view.mask, view.instances, view.classes)
    return sum(a.nbytes for a in arrays if a is not None)
