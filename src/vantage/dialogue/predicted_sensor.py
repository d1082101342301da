"""Perceptions of RGB-D captures in which nothing is named: sensor depth, poses, and the floor where geometry shows one.

Points can be asked about, and cameras; things cannot, because nothing tells which pixels are one.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

from vantage.captures import Capture, View
from vantage.dialogue.perception import PerceivedView, Perception, Region, Sources
from vantage.errors import DataError, UsageError

FLOOR = 1
"""Instance number of the floor, the only region."""
LATTICE = 6
"""Pixels between the points to which planes are fitted."""
TRIALS = 400
"""RANSAC trials. The three points of one lie close together, so that they are on one surface more often than not, and
a floor of a tenth of the view is tried some thirty times."""
CLOSE = 6
"""Greatest distance of a trial's points from each other, in steps of the lattice."""
THICK = 0.03
"""Greatest distance of a floor's points from its plane, metres: a depth sensor's error at 3 m."""
LEAST_SHARE = 0.05
"""Least share of a view's points on the floor."""
MOST_BELOW = 0.01
"""Greatest share of the points that lie below the floor: under a table top there is something, under a floor noise."""
CLEARLY = 3.0
"""Times `THICK` from which a point lies below."""
MOST_TILT = np.radians(40)
"""Greatest angle between a floor's normal and the image's upward direction: hand-held cameras look down at most so
far, and walls are at 90 degrees."""
LEAST_HEIGHT = 0.5
"""Least height of the camera above the floor, metres: lower is a table top seen from a chair."""


def perceive_sensor(capture: Capture, indices: Sequence[int]) -> Perception:
    """Return what a depth sensor and its poses tell of some views.

    Args:
        capture: with depth, such as an RGB-D recording.
        indices: of the views, in the order in which questions count them.

    Raises:
        UsageError: there is no such view.
        DataError: a view has no depth.
    """
    wrong = [i for i in indices if not 0 <= i < len(capture)]
    if wrong:
        raise UsageError(f"view {wrong[0]} of capture {capture.name!r}: it has views 0 to {len(capture) - 1}")
    views = tuple(_perceived(capture, capture[i]) for i in indices)
    return Perception(
        name="/".join([capture.name, *(capture.sources[i].name for i in indices)]),
        views=views,
        regions=(Region(instance=FLOOR, names=("floor",), caption="a floor", askable=False, ground=True),),
        sources=Sources(depth="sensor", instances="floor by geometry", captions="none", cameras="sensor"),
        metric=capture.metric,
        scale_source="sensor" if capture.metric else "none",
    )


def _perceived(capture: Capture, view: View) -> PerceivedView:
    if view.depth is None:
        raise DataError(f"view {view.name!r} of capture {capture.name!r} has no depth; conversations from a sensor do")
    bare = PerceivedView(
        name=view.name,
        camera=view.camera,
        world_from_camera=view.world_from_camera,
        depth=view.depth,
        instances=np.zeros(view.depth.shape, dtype=np.int32),
        image=view.image,
    )
    floor = floor_mask(bare)
    if floor is None:
        return bare
    return dataclasses.replace(bare, instances=np.where(floor, FLOOR, 0).astype(np.int32))


def floor_mask(view: PerceivedView, *, seed: int = 0) -> Bool[np.ndarray, "h w"] | None:
    """Return which pixels are on the floor, or None where no plane looks like one.

    A floor is level for the camera's way of being held, far enough below it, large, and nothing is below it. Of several
    the lowest is it.

    Args:
        view: with metric depth.
        seed: of RANSAC's draws.
    """
    rows, columns = (a.astype(np.int32) for a in np.nonzero(view.depth > 0))
    points = view.points_camera(rows, columns)
    every = np.full((*view.depth.shape, 3), np.nan)
    every[rows, columns] = points
    plane = _lowest_plane(every[::LATTICE, ::LATTICE], np.random.default_rng(seed))
    if plane is None:
        return None
    normal, offset = plane
    mask = np.zeros(view.depth.shape, dtype=bool)
    mask[rows, columns] = np.abs(points @ normal - offset) <= THICK
    return mask


def _lowest_plane(
    lattice: Float[np.ndarray, "h w 3"], rng: np.random.Generator
) -> tuple[Float[np.ndarray, " 3"], float] | None:
    """Return unit normal (up) and offset of the plane that most likely is the floor; camera frame.

    Args:
        lattice: points in the camera frame, NaN where depth is not known.
        rng: of the trials.
    """
    size = np.array(lattice.shape[:2])
    first = rng.integers(size, size=(TRIALS, 2))
    others = first[:, None] + rng.integers(-CLOSE, CLOSE + 1, size=(TRIALS, 2, 2))
    chosen = np.clip(np.concatenate([first[:, None], others], axis=1), 0, size - 1)
    triples = lattice[chosen[..., 0], chosen[..., 1]]
    triples = triples[np.isfinite(triples).all(axis=(1, 2))]
    points = lattice[np.isfinite(lattice).all(axis=-1)]
    normals = np.cross(triples[:, 1] - triples[:, 0], triples[:, 2] - triples[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    usable = lengths > 1e-9
    normals = normals[usable] / lengths[usable, None]
    # Up is where the camera is; y points down in the camera's frame.
    normals *= -np.sign(normals[:, 1:2])
    level = -normals[:, 1] >= np.cos(MOST_TILT)
    normals, anchors = normals[level], triples[usable][level, 0]
    offsets = (normals * anchors).sum(axis=1)
    best: tuple[float, Float[np.ndarray, " 3"], float] | None = None
    for normal, offset in zip(normals, offsets, strict=True):
        found = _checked_plane(points, normal, float(offset))
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    return None if best is None else best[1:]


def _checked_plane(
    points: Float[np.ndarray, "n 3"], normal: Float[np.ndarray, " 3"], offset: float
) -> tuple[float, Float[np.ndarray, " 3"], float] | None:
    """Fit a plane to its inliers; return their share with it, or None where it is no floor."""
    inliers = np.abs(points @ normal - offset) <= THICK
    if inliers.mean() < LEAST_SHARE:
        return None
    middle = points[inliers].mean(axis=0)
    fitted = np.linalg.svd(points[inliers] - middle, full_matrices=False)[2][2]
    fitted = fitted if fitted @ normal > 0 else -fitted
    offset = float(fitted @ middle)
    heights = points @ fitted - offset
    share = float((np.abs(heights) <= THICK).mean())
    below = float((heights < -CLEARLY * THICK).mean())
    if share < LEAST_SHARE or below > MOST_BELOW or -offset < LEAST_HEIGHT or -fitted[1] < np.cos(MOST_TILT):
        return None
    return share, fitted, offset
