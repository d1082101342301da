"""The pinhole camera: OpenCV axes (x right, y down, z forward), pixel centres at +0.5."""

import dataclasses
import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vantage.errors import DataError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Camera:
    """Pinhole intrinsics in pixels of a `width` x `height` image.

    Raises:
        DataError: a focal length or size is not positive and finite, or the principal point is not finite.
    """

    fx: float
    """Focal length along x, in pixels."""
    fy: float
    """Focal length along y, in pixels."""
    cx: float
    """Principal point, x, in pixels; the image's left edge is 0 and the first pixel's centre 0.5."""
    cy: float
    """Principal point, y, in pixels."""
    width: int
    """Image width in pixels."""
    height: int
    """Image height in pixels."""

    def __post_init__(self) -> None:
        if not (self.width > 0 and self.height > 0):
            raise DataError(f"camera size is {self.width}x{self.height}; expected positive numbers of pixels")
        for name in ("fx", "fy"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise DataError(f"camera {name} is {value}; expected a positive focal length in pixels")
        if not (math.isfinite(self.cx) and math.isfinite(self.cy)):
            raise DataError(f"camera principal point is ({self.cx}, {self.cy}); expected finite pixels")

    @classmethod
    def from_fov(cls, *, fov_x: float, width: int, height: int) -> "Camera":
        """Make a camera with square pixels, a centred principal point and the horizontal field of view in radians."""
        focal = 0.5 * width / math.tan(0.5 * fov_x)
        return cls(fx=focal, fy=focal, cx=width / 2, cy=height / 2, width=width, height=height)

    @classmethod
    def from_matrix(cls, matrix: Float[np.ndarray, "3 3"], *, width: int, height: int) -> "Camera":
        """Make a camera from a 3x3 intrinsic matrix in pixels.

        Raises:
            DataError: the matrix has skew or is not an intrinsic matrix.
        """
        expected_zero = [matrix[0, 1], matrix[1, 0], matrix[2, 0], matrix[2, 1], matrix[2, 2] - 1]
        if not np.allclose(expected_zero, 0, atol=1e-6):
            raise DataError(f"intrinsic matrix {matrix.tolist()} is not [[fx 0 cx] [0 fy cy] [0 0 1]]")
        return cls(
            fx=float(matrix[0, 0]),
            fy=float(matrix[1, 1]),
            cx=float(matrix[0, 2]),
            cy=float(matrix[1, 2]),
            width=width,
            height=height,
        )

    @property
    def matrix(self) -> Float[np.ndarray, "3 3"]:
        """The 3x3 intrinsic matrix in pixels."""
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1]], dtype=np.float64)

    @property
    def fov_x(self) -> float:
        """Horizontal field of view in radians (of a centred principal point)."""
        return 2 * math.atan(0.5 * self.width / self.fx)

    def resized(self, width: int, height: int) -> "Camera":
        """Return the camera of the same view at another image size."""
        sx, sy = width / self.width, height / self.height
        return Camera(fx=self.fx * sx, fy=self.fy * sy, cx=self.cx * sx, cy=self.cy * sy, width=width, height=height)

    def cropped(self, left: int, top: int, width: int, height: int) -> "Camera":
        """Return the camera of the window of `width` x `height` pixels whose corner is (`left`, `top`)."""
        return dataclasses.replace(self, cx=self.cx - left, cy=self.cy - top, width=width, height=height)

    def rays(self) -> Float[np.ndarray, "h w 3"]:
        """Return each pixel centre's direction in the camera frame, scaled to z = 1: depth times ray is a point."""
        u = (np.arange(self.width) + 0.5 - self.cx) / self.fx
        v = (np.arange(self.height) + 0.5 - self.cy) / self.fy
        x, y = np.meshgrid(u, v)
        return np.stack([x, y, np.ones_like(x)], axis=-1)


def project(
    points_camera: Float[Tensor, "*b 3"], intrinsics: Float[Tensor, "3 3"], *, z_near: float = 1e-6
) -> tuple[Float[Tensor, "*b 2"], Float[Tensor, "*b"]]:
    """Project camera-frame points (metres) to pixels; also return their z-depth (metres, unclamped, may be negative).

    Depths below `z_near` are clamped for the division only, so that the shape does not depend on the data.
    """
    depth = points_camera[..., 2]
    homogeneous = points_camera / depth.clamp_min(z_near)[..., None]
    return (homogeneous @ intrinsics.mT)[..., :2], depth


def backproject(
    pixels: Float[Tensor, "*b 2"], depth: Float[Tensor, "*b"], intrinsics: Float[Tensor, "3 3"]
) -> Float[Tensor, "*b 3"]:
    """Lift pixels with z-depth (metres) to camera-frame points (metres); the inverse of `project`."""
    x = (pixels[..., 0] - intrinsics[0, 2]) / intrinsics[0, 0]
    y = (pixels[..., 1] - intrinsics[1, 2]) / intrinsics[1, 1]
    return torch.stack([x * depth, y * depth, depth], dim=-1)


def pixel_centres(width: int, height: int) -> Float[Tensor, "{height} {width} 2"]:
    """Return the (u, v) pixel coordinates of every pixel's centre."""
    v, u = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    return torch.stack([u, v], dim=-1)
