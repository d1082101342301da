"""The ground plane: a RANSAC fit to pixels that are known to be ground, refused where it does not look like a floor."""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float

from vantage.dialogue.perception import PerceivedView, Perception

LEAST_GROUND = 0.01
"""Least share of the views' pixels that are ground: 120 of 128 x 96, a strip of one row along the lower edge."""
TRIALS = 200
"""RANSAC trials: with 30% inliers, 200 draws of three miss with a probability of 0.4%."""
THRESHOLD = 0.01
"""Distance from the plane of an inlier as a share of the ground's distance from the camera, at least of 1 m."""
LEAST_INLIERS = 0.3
"""Least share of the ground's points on the plane (VQASynth's figure)."""
MOST_TILT = np.radians(60)
"""Greatest angle between the plane's normal and the image's upward direction: that of a wall is about 90 degrees."""
THIN = 0.05
"""Least spread of the ground across its longest direction, as a share of the spread along it: a line carries planes of
every tilt."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class GroundPlane:
    """A level plane below the camera."""

    up_world: Float[np.ndarray, " 3"]
    """Its unit normal, towards the camera."""
    height: float
    """Its height along the normal, world units."""
    share: float
    """Share of the ground's points that lie on it."""


def ground_points(perception: Perception, view: PerceivedView | None = None) -> Float[np.ndarray, "n 3"]:
    """Return the world points of the ground's pixels; none when they are fewer than `LEAST_GROUND` of the pixels.

    Args:
        perception: whose regions tell what is ground.
        view: where to look; all views when None.
    """
    numbers = [region.instance for region in perception.regions if region.ground]
    views = perception.views if view is None else (view,)
    points, pixels = [np.zeros((0, 3))], 0
    for each in views:
        rows, columns = np.nonzero(np.isin(each.instances, numbers) & (each.depth > 0))
        points.append(each.to_world(each.points_camera(rows.astype(np.int32), columns.astype(np.int32))))
        pixels += each.instances.size
    found = np.concatenate(points)
    return found if len(found) >= LEAST_GROUND * pixels else found[:0]


def fit_ground(perception: Perception, viewer: PerceivedView, *, seed: int = 0) -> GroundPlane | None:
    """Return the plane of the ground that all views show, or None where it is not known well.

    Args:
        perception: whose regions tell what is ground.
        viewer: the camera that stands above it.
        seed: of RANSAC's draws.
    """
    points = ground_points(perception)
    if len(points) == 0:
        return None
    centre = viewer.world_from_camera[:3, 3]
    distance = float(np.median(np.linalg.norm(points - centre, axis=1)))
    # Where units are not metres, "at least 1 m" would mean nothing.
    threshold = THRESHOLD * (max(1.0, distance) if perception.metric else distance)
    inliers = _ransac(points, threshold, np.random.default_rng(seed))
    if inliers.mean() < LEAST_INLIERS:
        return None
    middle = points[inliers].mean(axis=0)
    _, spread, axes = np.linalg.svd(points[inliers] - middle, full_matrices=False)
    normal = axes[2]
    if spread[1] < THIN * spread[0]:
        return None
    up = normal if normal @ (centre - middle) > 0 else -normal
    if up @ -viewer.world_from_camera[:3, 1] < np.cos(MOST_TILT):
        return None
    return GroundPlane(up_world=up, height=float(middle @ up), share=float(inliers.mean()))


def _ransac(points: Float[np.ndarray, "n 3"], threshold: float, rng: np.random.Generator) -> Bool[np.ndarray, " n"]:
    """Return the inliers of the plane through three of the points that has most."""
    sample = points if len(points) <= 2000 else points[rng.choice(len(points), 2000, replace=False)]
    triples = sample[rng.integers(len(sample), size=(TRIALS, 3))]
    normals = np.cross(triples[:, 1] - triples[:, 0], triples[:, 2] - triples[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    usable = lengths > 1e-12
    if not usable.any():
        return np.zeros(len(points), dtype=bool)
    normals = normals[usable] / lengths[usable, None]
    offsets = (normals * triples[usable, 0]).sum(axis=1)
    counts = (np.abs(sample @ normals.T - offsets) < threshold).sum(axis=0)
    best = int(np.argmax(counts))
    return np.abs(points @ normals[best] - offsets[best]) < threshold
