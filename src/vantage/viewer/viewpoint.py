"""Where one looks from: the browser's camera as ours, the ray of a click, and where the first look stands."""

import dataclasses
import math

import numpy as np
import torch
from jaxtyping import Float64

from vantage.errors import DataError
from vantage.fields import SceneCamera
from vantage.geometry import Camera, look_at, matrix_from_quat_wxyz

CANDIDATES = 24
"""Cameras tried for the first look, evenly spread over the capture."""

MOVING = 160
"""Longer side in pixels of a rendering while the camera moves: 0.05 s for 100 000 Gaussians."""

LEAST_AT_REST, MOST_AT_REST = 384, 960
"""Ends of that when the camera rests: from the lower on things are told apart, beyond the upper nothing new is seen."""

PATIENCE_S = 2.0
"""A view at rest gets as many pixels as are rendered in this time."""

WORTH = 1.2
"""A rendering that is not wider by this much than the last one is not worth its time."""

FLAT = 0.02
"""Smallest over second eigenvalue of the cameras' right-hand axes under which they turn about one axis: mean tilts of
8 degrees (0.14 squared)."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Viewpoint:
    """What a browser's window sees."""

    camera: Camera
    """With as many pixels as the window."""
    world_from_camera: Float64[np.ndarray, "4 4"]

    @classmethod
    def of_browser(
        cls, *, wxyz: np.ndarray, position: np.ndarray, fov_y: float, width: int, height: int
    ) -> "Viewpoint":
        """Return the viewpoint of a browser's camera: OpenCV axes, vertical field of view in radians.

        Raises:
            DataError: a value is not finite, or the window has no pixels yet.
        """
        if not (np.isfinite(wxyz).all() and np.isfinite(position).all() and 0 < fov_y < math.pi):
            raise DataError(f"the browser's camera is {wxyz.tolist()} at {position.tolist()}, {fov_y} rad; not finite")
        pose = np.eye(4)
        pose[:3, :3] = matrix_from_quat_wxyz(torch.as_tensor(wxyz, dtype=torch.float64)).numpy()
        pose[:3, 3] = position
        focal = 0.5 * height / math.tan(0.5 * fov_y)
        camera = Camera(fx=focal, fy=focal, cx=width / 2, cy=height / 2, width=width, height=height)
        return cls(camera=camera, world_from_camera=pose)

    def shrunk(self, longest: int) -> "Viewpoint":
        """Return the same view with at most so many pixels along its longer side."""
        scale = min(1.0, longest / max(self.camera.width, self.camera.height))
        width, height = max(1, round(self.camera.width * scale)), max(1, round(self.camera.height * scale))
        return dataclasses.replace(self, camera=self.camera.resized(width, height))


def next_size(size: int | None, took_s: float) -> int | None:
    """Return the longer side in pixels of the next, finer rendering of a view; None where there is to be none.

    Args:
        size: longer side of the last rendering; None before the first.
        took_s: how long that took; cost grows with the number of pixels.
    """
    if size is None:
        return MOVING
    finer = min(MOST_AT_REST, max(LEAST_AT_REST, int(size * math.sqrt(PATIENCE_S / max(took_s, 1e-3)))))
    return finer if finer >= WORTH * size else None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ray:
    """A click: from the eye into the scene, world frame."""

    origin: tuple[float, float, float]
    direction: tuple[float, float, float]


def camera_along(ray: Ray, *, focal: float, pixels: int = 9) -> Viewpoint:
    """Return a tiny camera whose middle pixel looks along the ray.

    Args:
        ray: what to look along.
        focal: focal length in pixels; that of the window gives pixels as wide as its own.
        pixels: width and height, an odd number, so that there is a middle.
    """
    eye = torch.tensor(ray.origin, dtype=torch.float64)
    ahead = torch.tensor(ray.direction, dtype=torch.float64)
    up = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    camera = Camera(fx=focal, fy=focal, cx=pixels / 2, cy=pixels / 2, width=pixels, height=pixels)
    return Viewpoint(camera=camera, world_from_camera=look_at(eye, eye + ahead, up).numpy())


def up_direction(cameras: tuple[SceneCamera, ...]) -> Float64[np.ndarray, " 3"]:
    """Return the world's upward direction, as those who held the cameras saw it.

    Cameras are turned and tilted, seldom rolled: their right-hand axes lie in the horizontal plane, whose normal is
    looked for. Where they all look one way there is no such plane, and the mean of their own upward axes is taken.
    """
    if not cameras:
        return np.array([0.0, 0.0, 1.0])
    rotations = np.stack([c.world_from_camera[:3, :3] for c in cameras])
    mean_up = -rotations[:, :, 1].sum(axis=0)
    values, vectors = np.linalg.eigh(np.einsum("ni,nj->ij", rotations[:, :, 0], rotations[:, :, 0]))
    up = vectors[:, 0] if values[0] < FLAT * values[1] else mean_up
    norm = float(np.linalg.norm(up))
    if norm < 1e-9:
        return np.array([0.0, 0.0, 1.0])
    up = up / norm * (1.0 if up @ mean_up >= 0 else -1.0)
    # Rounding must not tilt a world that stands upright.
    return np.round(up, 6) + 0.0


def first_look(cameras: tuple[SceneCamera, ...], points_world: Float64[np.ndarray, "n 3"]) -> tuple[SceneCamera, float]:
    """Return the camera that sees most of the points, and the median z-depth of what it sees.

    Raises:
        DataError: there are no cameras.
    """
    if not cameras:
        raise DataError("the scene has no cameras; distill it again")
    best, best_count, best_depth = cameras[0], -1, 1.0
    for camera in cameras[:: max(1, len(cameras) // CANDIDATES)]:
        rotation, eye = camera.world_from_camera[:3, :3], camera.world_from_camera[:3, 3]
        points_camera = (points_world - eye) @ rotation
        depth = points_camera[:, 2]
        ahead = points_camera[depth > 1e-6]
        pixels = ahead[:, :2] / ahead[:, 2:]
        k = camera.camera
        inside = np.abs(pixels * [k.fx, k.fy] + [k.cx, k.cy] - [k.width / 2, k.height / 2]) < [
            k.width / 2,
            k.height / 2,
        ]
        seen = ahead[inside.all(axis=1), 2]
        if len(seen) > best_count:
            best, best_count = camera, len(seen)
            best_depth = float(np.median(seen)) if len(seen) else 1.0
    return best, best_depth
