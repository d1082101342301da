"""Which segments of several views are one thing: those of one name whose points lie together."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Float32, Float64, Int32
from scipy.spatial import KDTree

from vantage.geometry import Camera

NEAR = 0.1
"""Distance as a share of the depth up to which two points may be one: about a predicted depth's own error."""
SHARED = 0.3
"""Least share of the smaller segment's points with a point of the other near them."""
MOST_POINTS = 500
"""Points kept of a segment: its place and extent need no more."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class CutView:
    """One view cut into named segments."""

    camera: Camera
    world_from_camera: Float64[np.ndarray, "4 4"]
    depth: Float32[np.ndarray, "h w"]
    """0 where it is not known."""
    numbers: Int32[np.ndarray, "h w"]
    """Segment per pixel, 1 and up; 0 = none."""
    words: tuple[str, ...]
    """What each segment is called, the first that of segment 1."""
    everywhere: tuple[bool, ...]
    """Whether a segment is floor, wall or the like, which is one thing wherever it is seen."""

    def points_world(self, number: int) -> Float[np.ndarray, "n 3"]:
        """Return some points of a segment; none where no depth is known."""
        rows, columns = np.nonzero((self.numbers == number) & (self.depth > 0))
        step = max(1, len(rows) // MOST_POINTS)
        rows, columns = rows[::step], columns[::step]
        depth = self.depth[rows, columns].astype(np.float64)
        x = (columns + 0.5 - self.camera.cx) / self.camera.fx * depth
        y = (rows + 0.5 - self.camera.cy) / self.camera.fy * depth
        points = np.stack([x, y, depth], axis=-1)
        return points @ self.world_from_camera[:3, :3].T + self.world_from_camera[:3, 3]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class _Known:
    """A thing that earlier views show."""

    word: str
    points: list[Float[np.ndarray, "_n 3"]]


def linked(views: Sequence[CutView]) -> dict[tuple[int, int], int]:
    """Return a number, 1 and up, for each (view, segment counted from 1); segments that are one thing have the same.

    A segment joins the thing of its name with which it shares most points, if these are enough; two segments of one
    view never join.

    Args:
        views: of one scene.
    """
    numbers: dict[tuple[int, int], int] = {}
    known: dict[int, _Known] = {}
    for number, view in enumerate(views):
        taken: set[int] = set()
        for segment, (word, everywhere) in enumerate(zip(view.words, view.everywhere, strict=True), start=1):
            points = view.points_world(segment)
            shares = [
                (1.0 if everywhere else _shared(points, other.points, view), -thing)
                for thing, other in known.items()
                if other.word == word and thing not in taken
            ]
            share, thing = max(shares, default=(0.0, 0))
            found = -thing if share >= SHARED else len(known) + 1
            known.setdefault(found, _Known(word=word, points=[])).points.append(points)
            taken.add(found)
            numbers[number, segment] = found
    return numbers


def _shared(points: Float[np.ndarray, "n 3"], others: Sequence[Float[np.ndarray, "_m 3"]], view: CutView) -> float:
    """Return the greater share of points near the other's: a part seen from close is all of the smaller segment."""
    every = np.concatenate(list(others))
    if len(points) == 0 or len(every) == 0:
        return 0.0
    reach = NEAR * float(np.median(np.linalg.norm(points - view.world_from_camera[:3, 3], axis=1)))
    there = float(np.mean(np.asarray(KDTree(every).query(points)[0]) <= reach))
    back = float(np.mean(np.asarray(KDTree(points).query(every)[0]) <= reach))
    return max(there, back)
