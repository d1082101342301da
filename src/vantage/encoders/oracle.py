"""The ceiling of every measurement: what is truly there, as features."""

from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Float32, Int32
from torch import Tensor, nn

from vantage.encoders.base import EncoderCard, Features
from vantage.errors import DataError, UsageError
from vantage.storage import content_hash

CLASSES = 256
"""Classes the features have room for, "nothing" among them; the full catalogue of rooms has fewer."""

ORACLE_CARD = EncoderCard(
    name="oracle",
    family="reference",
    dim=CLASSES + 1,
    patch=8,
    parameters=0,
    licence="Apache-2.0",
    source="the views' own labels and depth",
    summary="mean over the patches",
)


@runtime_checkable
class LabelledView(Protocol):
    """What the oracle looks at (`captures.View` fits)."""

    @property
    def image(self) -> Float32[np.ndarray, "h w 3"]:
        """Colour; only its size matters."""
        ...

    @property
    def depth(self) -> Float32[np.ndarray, "h w"] | None:
        """z-depth in metres; 0 = unknown."""
        ...

    @property
    def classes(self) -> Int32[np.ndarray, "h w"] | None:
        """Class numbers; 0 = nothing."""
        ...


@runtime_checkable
class ViewEncoder(Protocol):
    """An encoder that needs more of a view than its image; `encode_capture` hands it the views."""

    card: EncoderCard

    @property
    def fingerprint(self) -> str:
        """As `Encoder.fingerprint`."""
        ...

    def encode_view(self, view: LabelledView) -> Features:
        """Encode one view, as a batch of one."""
        ...

    def view_key(self, view: LabelledView) -> str:
        """Return a hash of all that decides the features of a view."""
        ...


class OracleEncoder:
    """Share of every class, and mean known depth in metres, in each 8x8 cell."""

    def __init__(self, *, device: str = "cpu") -> None:
        self.card = ORACLE_CARD
        self.device = device

    @property
    def fingerprint(self) -> str:
        """A hash of the definition."""
        return content_hash("oracle", f"shares of {CLASSES} classes and mean known depth in 8x8 cells", "1")

    def encode(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Refuse: a photograph has no ground truth.

        Raises:
            UsageError: always.
        """
        raise UsageError("oracle needs views with labels and depth, such as rooms have; a photograph has no truth")

    def view_key(self, view: LabelledView) -> str:
        """Return a hash of a view's labels and depth.

        Raises:
            DataError: the view has none.
        """
        classes, depth = _truth(view)
        return content_hash(repr(classes.shape), classes.tobytes(), depth.tobytes())

    def encode_view(self, view: LabelledView) -> Features:
        """Return what is truly in the cells of a view; the border is repeated where the last cells reach past it.

        Raises:
            DataError: the view has no labels or no depth, is smaller than one cell, or has more classes than fit.
        """
        classes, depth = _truth(view)
        height, width = classes.shape
        patch = self.card.patch
        if min(height, width) < patch:
            raise DataError(f"image of {width}x{height} pixels is smaller than one patch ({patch} pixels); enlarge it")
        if classes.min() < 0 or classes.max() >= CLASSES:
            raise DataError(f"class number {classes.max()}; oracle has room for 0 to {CLASSES - 1}")
        padding = ((0, -height % patch), (0, -width % patch))
        labels = torch.from_numpy(np.pad(classes, padding, mode="edge")).long().to(self.device)
        metres = torch.from_numpy(np.pad(depth, padding, mode="edge"))[None].to(self.device)
        rows, columns = labels.shape[0] // patch, labels.shape[1] // patch
        cells = labels.view(rows, patch, columns, patch).transpose(1, 2).reshape(rows, columns, patch * patch)
        shares = torch.zeros(rows, columns, CLASSES, device=self.device)
        shares.scatter_add_(2, cells, torch.full(cells.shape, 1 / patch**2, device=self.device))
        known = nn.functional.avg_pool2d((metres > 0).float(), patch)
        mean = nn.functional.avg_pool2d(metres, patch) / known.clamp(min=1 / patch**2)
        grid = torch.cat([shares, mean[0, :, :, None]], dim=-1)[None]
        return Features(
            grid=grid, summary=grid.mean(dim=(1, 2)), stride=(float(patch), float(patch)), image_size=(width, height)
        )


def _truth(view: LabelledView) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and depth, or say that there are none."""
    if view.classes is None or view.depth is None:
        missing = "class labels" if view.classes is None else "depth"
        raise DataError(f"oracle needs {missing}, which this capture's views do not have; rooms have them")
    return np.ascontiguousarray(view.classes), np.ascontiguousarray(view.depth)
