"""`FieldTrainer`: how one kind of field is fitted, a step at a time; what all kinds share is in `distillation`."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.fields.gaussians import GaussianField
from vantage.fields.initialization import Bounds
from vantage.fields.nerf.field import NerfField


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SurfacePixels:
    """Pixels of one view and the surface points that the field shows there."""

    view: int
    """The view's number in the capture."""
    pixels: Float[Tensor, "n 2"]
    """Positions (x, y); a pixel's centre is at +0.5."""
    points: Float[Tensor, "n 3"]
    """World frame, without gradient: features never move geometry."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class FieldStep:
    """What a field's own side of a training step came to."""

    loss: Float[Tensor, ""]
    """What the field itself is trained on, with gradient."""
    parts: dict[str, float]
    """What the log shows of it."""
    surfaces: list[SurfacePixels]
    """Where features are compared."""


@runtime_checkable
class FieldTrainer(Protocol):
    """Fits one kind of field."""

    @property
    def field(self) -> GaussianField | NerfField:
        """The field as trained so far."""
        ...

    @property
    def bounds(self) -> Bounds:
        """Where the scene is."""
        ...

    def look(self, step: int, generator: torch.Generator) -> FieldStep:
        """Render what this step trains on, and compare it with the photographs."""
        ...

    def update(self, step: int, generator: torch.Generator) -> None:
        """Change the field, after `backward`."""
        ...

    def zero_grad(self) -> None:
        """Forget the gradients of the last step."""
        ...

    def modules(self) -> dict[str, nn.Module]:
        """Return what holds parameters, by name; an error names the one that is not finite."""
        ...

    def state_tensors(self) -> dict[str, Tensor]:
        """Return everything a resumed run needs, by name."""
        ...

    def load_state_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Restore what `state_tensors` returned."""
        ...


def spread(indices: Sequence[int], count: int) -> list[int]:
    """Return at most `count` of the indices, evenly spread."""
    if len(indices) <= count:
        return list(indices)
    return [indices[int(i)] for i in np.linspace(0, len(indices) - 1, count).round()]


def part_of(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return copies of the tensors whose names begin with `prefix`, without it."""
    return {n.removeprefix(prefix): t.clone() for n, t in tensors.items() if n.startswith(prefix)}
