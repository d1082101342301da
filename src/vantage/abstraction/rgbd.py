"""`RgbdView`: one image with depth and intrinsics, checked, and what is known of its camera's stand."""

import dataclasses

import numpy as np
from jaxtyping import Float, Float32, Shaped

from vantage.captures import View
from vantage.errors import DataError
from vantage.geometry import Camera

LARGEST_MEDIAN = 100.0
"""Median depth in metres above which the numbers cannot be metres of an indoor picture: depth cameras reach some 10 m,
and in millimetres 10 cm are 100 already."""
Vector3 = tuple[float, float, float]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RgbdView:
    """One RGB-D image.

    Raises:
        DataError: sizes disagree, the image is no RGB in [0, 1], or the depth is missing, negative, not finite or
            in millimetres.
    """

    image: Float32[np.ndarray, "h w 3"]
    """RGB in [0, 1]."""
    depth: Float32[np.ndarray, "a b"]
    """z-depth in metres, of the image's size; 0 = unknown."""
    camera: Camera
    up_camera: Vector3 | None = None
    """Unit direction against gravity in the camera frame; None where it is not known."""
    camera_height: float | None = None
    """Of the camera above the ground, metres; None where it is not known."""
    name: str = "view"

    def __post_init__(self) -> None:
        height, width = self.depth.shape
        for what, size in (("image", self.image.shape[:2]), ("camera", (self.camera.height, self.camera.width))):
            if size != (height, width):
                raise DataError(
                    f"{self.name}: the {what} is {size[1]}x{size[0]} pixels, the depth {width}x{height}; "
                    "give image, depth and intrinsics of one size"
                )
        if not np.isfinite(self.image).all() or self.image.min() < 0 or self.image.max() > 1:
            raise DataError(f"{self.name}: the image is no RGB in [0, 1]; divide 8-bit values by 255")
        _check_depth(self.depth, self.name)
        if self.up_camera is not None and abs(float(np.linalg.norm(self.up_camera)) - 1) > 1e-3:
            raise DataError(f"{self.name}: the up direction {self.up_camera} is no unit vector")

    @classmethod
    def of_view(
        cls, view: View, up_world: Float[np.ndarray, " 3"] | None = None, ground: float | None = None
    ) -> "RgbdView":
        """Return a view of a capture as an RGB-D image.

        Args:
            view: with depth.
            up_world: unit direction against gravity in the view's world frame; None where it is not known.
            ground: height of the floor along `up_world` in the world frame, metres (0 in rooms); None: not known.

        Raises:
            DataError: the view has no depth, or one that cannot be metres.
        """
        if view.depth is None:
            raise DataError(f"{view.name}: the view has no depth; completion needs RGB-D")
        up, height = None, None
        if up_world is not None:
            direction = view.world_from_camera[:3, :3].T @ np.asarray(up_world, dtype=np.float64)
            direction /= np.linalg.norm(direction)
            up = (float(direction[0]), float(direction[1]), float(direction[2]))
            if ground is not None:
                height = float(view.world_from_camera[:3, 3] @ np.asarray(up_world)) - ground
        return cls(
            image=view.image, depth=view.depth, camera=view.camera, up_camera=up, camera_height=height, name=view.name
        )

    def points_camera(self) -> Float32[np.ndarray, "h w 3"]:
        """Return each pixel centre's point in the camera frame, metres; the camera itself where depth is unknown."""
        return (self.camera.rays() * self.depth[..., None]).astype(np.float32)

    def shrunk(self, most_pixels: int) -> "RgbdView":
        """Return the view with at most so many pixels: every n-th row and column, so that no depth is invented."""
        height, width = self.depth.shape
        step = _step(height, width, most_pixels)
        if step == 1:
            return self
        # The middle pixel of each block stands for it; for even steps that is half a pixel off its centre.
        shift = step // 2 + 0.5 - 0.5 * step
        camera = Camera(
            fx=self.camera.fx / step,
            fy=self.camera.fy / step,
            cx=(self.camera.cx - shift) / step,
            cy=(self.camera.cy - shift) / step,
            width=width // step,
            height=height // step,
        )
        image, depth = shrink_map(self.image, most_pixels), shrink_map(self.depth, most_pixels)
        return dataclasses.replace(self, image=image, depth=depth, camera=camera)


def shrink_map(array: Shaped[np.ndarray, "h w *c"], most_pixels: int) -> Shaped[np.ndarray, "a b *c"]:
    """Return every n-th row and column of a map, at most so many pixels, as `RgbdView.shrunk` does."""
    height, width = array.shape[:2]
    step = _step(height, width, most_pixels)
    first = step // 2
    return array[first::step, first::step][: height // step, : width // step]


def _step(height: int, width: int, most_pixels: int) -> int:
    step = 1
    while (height // step) * (width // step) > most_pixels:
        step += 1
    return step


def _check_depth(depth: Float32[np.ndarray, "h w"], name: str) -> None:
    if not np.isfinite(depth).all():
        raise DataError(f"{name}: the depth holds NaN or infinite values; write 0 where it is unknown")
    if depth.min() < 0:
        raise DataError(
            f"{name}: the depth holds negative values ({float(depth.min()):g}); write 0 where it is unknown"
        )
    known = depth[depth > 0]
    if not len(known):
        raise DataError(f"{name}: no pixel has a known depth; completion needs RGB-D")
    median = float(np.median(known))
    if median > LARGEST_MEDIAN:
        raise DataError(
            f"{name}: the median depth is {median:g}, which cannot be metres; if it is millimetres, divide by 1000 "
            "(--depth-scale 1000)"
        )
