"""A camera with lens distortion, and the resampling that makes its images those of a plain pinhole camera.

The distortion is OpenCV's and COLMAP's (`OPENCV`): radial 1 + k1 r^2 + k2 r^4 + k3 r^6 + k4 r^8 and tangential p1, p2.
"""

import dataclasses
import functools
import math

import numpy as np
import scipy.ndimage
from jaxtyping import Bool, Float64, Shaped

from vantage.errors import DataError
from vantage.geometry import Camera


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lens:
    """Distortion coefficients; all zero is a pinhole."""

    k1: float = 0.0
    k2: float = 0.0
    k3: float = 0.0
    k4: float = 0.0
    p1: float = 0.0
    p2: float = 0.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) for value in dataclasses.astuple(self)):
            raise DataError(f"lens distortion {dataclasses.astuple(self)} is not finite")

    @property
    def is_pinhole(self) -> bool:
        """Whether there is nothing to undo."""
        return not any(dataclasses.astuple(self))

    def distort(self, x: Float64[np.ndarray, "*s"], y: Float64[np.ndarray, "*s"]) -> tuple[np.ndarray, np.ndarray]:
        """Take a ray's coordinates at z = 1 to where the lens puts them."""
        r2 = x * x + y * y
        radial = 1 + r2 * (self.k1 + r2 * (self.k2 + r2 * (self.k3 + r2 * self.k4)))
        return (
            x * radial + 2 * self.p1 * x * y + self.p2 * (r2 + 2 * x * x),
            y * radial + 2 * self.p2 * x * y + self.p1 * (r2 + 2 * y * y),
        )

    def is_one_to_one(self, x: Float64[np.ndarray, "*s"], y: Float64[np.ndarray, "*s"]) -> Bool[np.ndarray, "*s"]:
        """Tell where the radial polynomial still grows; beyond that it folds back and the model means nothing."""
        r2 = x * x + y * y
        return 1 + r2 * (3 * self.k1 + r2 * (5 * self.k2 + r2 * (7 * self.k3 + r2 * 9 * self.k4))) > 0


PINHOLE = Lens()


@functools.lru_cache(maxsize=2)
def _source_pixels(camera: Camera, lens: Lens) -> tuple[np.ndarray, np.ndarray]:
    """Return (2, h, w) array coordinates (row, column) each pinhole pixel comes from, and which of them exist."""
    rays = camera.rays()
    x, y = rays[..., 0], rays[..., 1]
    xd, yd = lens.distort(x, y)
    # Pixel centres lie at +0.5, array coordinates at whole numbers.
    column, row = camera.fx * xd + camera.cx - 0.5, camera.fy * yd + camera.cy - 0.5
    inside = (column >= -0.5) & (column <= camera.width - 0.5) & (row >= -0.5) & (row <= camera.height - 0.5)
    return np.stack([row, column]), inside & lens.is_one_to_one(x, y)


def undistort_image(
    image: Shaped[np.ndarray, "h w 3"], camera: Camera, lens: Lens
) -> tuple[Shaped[np.ndarray, "h w 3"], Bool[np.ndarray, "h w"]]:
    """Resample a distorted image (bilinear) to the pinhole of the same intrinsics; also tell which pixels exist."""
    where, inside = _source_pixels(camera, lens)
    channels = [scipy.ndimage.map_coordinates(image[..., c], where, order=1, mode="nearest") for c in range(3)]
    return np.where(inside[..., None], np.stack(channels, axis=-1), 0).astype(image.dtype), inside


def undistort_labels(labels: Shaped[np.ndarray, "h w"], camera: Camera, lens: Lens) -> Shaped[np.ndarray, "h w"]:
    """Resample a distorted map of labels or depths (nearest) to the pinhole camera; 0 where nothing is known.

    z-depth needs no change of value: a pixel's ray is the same before and after.
    """
    where, inside = _source_pixels(camera, lens)
    return np.where(inside, scipy.ndimage.map_coordinates(labels, where, order=0, mode="nearest"), 0).astype(
        labels.dtype
    )
