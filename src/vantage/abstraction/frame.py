"""The view frame in which completion happens: level, metric, its x axis where the camera looks.

x runs ahead of the camera (its axis laid flat), y to the left, z up; the origin lies on the ground under the camera.
So "behind" is farther along x for every view, and floors lie at z = 0.
"""

import dataclasses
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Float64
from numpy.linalg import norm

from vantage.abstraction.rgbd import RgbdView, Vector3
from vantage.errors import UsageError

FrameSource = Literal["poses", "ground", "level"]
"""How the vertical was found: known from poses, from the ground plane in the depth, or the camera taken as upright."""

SAMPLED = 4000
"""Points that a plane is looked for in: enough for a floor of 2% of the picture to hold 80."""
ROUNDS = 200
"""Planes tried: three points of a floor that fills a quarter of the picture are drawn with a chance of 1/64."""
THICKNESS = 0.03
"""Distance in metres within which a point belongs to a plane: the noise of a structured-light camera at 3 m."""
LEAST_SHARE = 0.04
"""Least share of the points on a ground plane. A wall spreads evenly over the heights: of 2.5 m a slice of 6 cm holds
less."""
MOST_BELOW = 0.02
"""Greatest share of points under the ground: noise, and what a mirror shows."""
MOST_TILT = np.cos(np.radians(60))
"""The camera's picture may be tilted up to 60 degrees against the ground for the ground to be looked for."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bounds:
    """A box along the axes of the view frame, metres.

    Raises:
        UsageError: a low coordinate is not below the high one.
    """

    low: Vector3 = (0.4, -1.8, -0.2)
    high: Vector3 = (4.0, 1.8, 3.4)
    """A cube of 3.6 m. The paper's worlds are scaled by 0.6, so that its 2 m are 3.33 m, from 0.83 m ahead; from 0.4 m
    on it holds a tabletop as well."""

    def __post_init__(self) -> None:
        if not all(np.isfinite([*self.low, *self.high])) or not all(a < b for a, b in zip(self.low, self.high)):
            raise UsageError(f"bounds from {self.low} to {self.high}: expected metres, each low below its high")

    @property
    def size(self) -> Float64[np.ndarray, " 3"]:
        """Edge lengths, metres."""
        return np.array(self.high) - np.array(self.low)

    def contains(self, points: Float[np.ndarray, "*b 3"]) -> Bool[np.ndarray, "*b"]:
        """Tell which points lie inside."""
        return np.all((points >= np.array(self.low)) & (points < np.array(self.high)), axis=-1)

    def centres(self, grid: int) -> Float64[np.ndarray, "g g g 3"]:
        """Return the middles of the voxels of a grid with so many along each axis, indexed [x, y, z]; metres."""
        axes = [a + (np.arange(grid) + 0.5) * (b - a) / grid for a, b in zip(self.low, self.high)]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ViewFrame:
    """Where the view frame lies."""

    frame_from_camera: Float64[np.ndarray, "4 4"]
    source: FrameSource

    @property
    def camera_from_frame(self) -> Float64[np.ndarray, "4 4"]:
        """The inverse motion."""
        inverse = np.eye(4)
        inverse[:3, :3] = self.frame_from_camera[:3, :3].T
        inverse[:3, 3] = -inverse[:3, :3] @ self.frame_from_camera[:3, 3]
        return inverse

    def points_frame(self, points_camera: Float[np.ndarray, "*b 3"]) -> Float[np.ndarray, "*b 3"]:
        """Take points from the camera's frame to the view frame."""
        return points_camera @ self.frame_from_camera[:3, :3].T + self.frame_from_camera[:3, 3]

    def points_camera(self, points_frame: Float[np.ndarray, "*b 3"]) -> Float[np.ndarray, "*b 3"]:
        """Take points from the view frame to the camera's."""
        return (points_frame - self.frame_from_camera[:3, 3]) @ self.frame_from_camera[:3, :3]


def view_frame(view: RgbdView) -> ViewFrame:
    """Return the view frame of an RGB-D image.

    The vertical is the view's own where it is known, else the normal of the ground plane, found in the depth; where no
    plane looks like the ground, the camera is taken as upright. The ground's height is the view's own where it is
    known, else that of the plane, else that of the lowest points.

    Args:
        view: the image.
    """
    points = view.points_camera()[view.depth > 0].astype(np.float64)
    rng = np.random.default_rng(0)
    points = points[rng.permutation(len(points))[:SAMPLED]]
    height: float | None = None
    source: FrameSource = "level"
    up = np.array([0.0, -1.0, 0.0])
    if view.up_camera is not None:
        up, source = np.array(view.up_camera), "poses"
    else:
        found = ground_plane(points, rng)
        if found is not None:
            (up, height), source = found, "ground"
    if view.camera_height is not None:
        height = view.camera_height
    return ViewFrame(
        frame_from_camera=level_motion(up, lowest_level(points @ up) if height is None else height), source=source
    )


def level_motion(up_camera: Float[np.ndarray, " 3"], camera_height: float) -> Float64[np.ndarray, "4 4"]:
    """Return `frame_from_camera`.

    Args:
        up_camera: unit direction against gravity, camera frame.
        camera_height: of the camera above the ground, metres.
    """
    up = np.asarray(up_camera, dtype=np.float64) / norm(up_camera)
    ahead = np.array([0.0, 0.0, 1.0])
    ahead = ahead - (ahead @ up) * up
    if norm(ahead) < 1e-6:
        # A camera that looks straight down has its picture's upper edge before it.
        ahead = np.array([0.0, -1.0, 0.0]) - (-up[1]) * up
    ahead /= norm(ahead)
    motion = np.eye(4)
    motion[:3, :3] = np.stack([ahead, np.cross(up, ahead), up])
    motion[2, 3] = camera_height
    return motion


def lowest_level(heights: Float[np.ndarray, " n"]) -> float:
    """Return how far below the camera the ground lies, metres.

    Args:
        heights: of points, measured from the camera upwards. The lowest slice of two `THICKNESS` that holds
            `LEAST_SHARE` of them counts as the ground; where there is none, the lowest hundredth.
    """
    edges = np.arange(heights.min(), heights.max() + 2 * THICKNESS, THICKNESS)
    if len(edges) > 2:
        counts, _ = np.histogram(heights, edges)
        slices = np.flatnonzero(counts[:-1] + counts[1:] >= LEAST_SHARE * len(heights))
        if len(slices):
            inside = (heights >= edges[slices[0]]) & (heights < edges[slices[0] + 2])
            return -float(np.median(heights[inside]))
    return -float(np.quantile(heights, 0.01))


def ground_plane(
    points_camera: Float[np.ndarray, "n 3"], rng: np.random.Generator
) -> tuple[Float64[np.ndarray, " 3"], float] | None:
    """Find the plane with most points on it and hardly any below, by drawing triples (RANSAC); None if there is none.

    Args:
        points_camera: metres.
        rng: what triples are drawn with.

    Returns:
        Its unit normal against gravity in the camera frame, and the camera's height above it in metres.
    """
    if len(points_camera) < 3:
        return None
    triples = points_camera[rng.integers(len(points_camera), size=(ROUNDS, 3))]
    normals = np.cross(triples[:, 1] - triples[:, 0], triples[:, 2] - triples[:, 0])
    lengths = norm(normals, axis=1)
    usable = lengths > 1e-9
    normals, origins = normals[usable] / lengths[usable, None], triples[usable, 0]
    # The picture's upper edge is up, more or less.
    normals *= np.where(normals[:, 1] > 0, -1.0, 1.0)[:, None]
    offsets = (normals * origins).sum(axis=1)
    upright = (-normals[:, 1] > MOST_TILT) & (offsets < 0)
    best, best_score = None, LEAST_SHARE * len(points_camera)
    for normal, offset in zip(normals[upright], offsets[upright]):
        above = points_camera @ normal - offset
        on, below = int((np.abs(above) < THICKNESS).sum()), int((above < -2 * THICKNESS).sum())
        if below <= MOST_BELOW * len(points_camera) and on > best_score:
            best, best_score = (normal, offset), on
    if best is None:
        return None
    on = points_camera[np.abs(points_camera @ best[0] - best[1]) < THICKNESS]
    middle = on.mean(axis=0)
    normal = np.linalg.svd(on - middle, full_matrices=False)[2][-1]
    normal = -normal if normal @ best[0] < 0 else normal
    return normal, -float(middle @ normal)
