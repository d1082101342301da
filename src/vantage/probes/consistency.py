"""Multi-view consistency: whether features of one point in two views are closer than those of two points."""

import dataclasses

import numpy as np
import torch
from jaxtyping import Float

from vantage.captures import View
from vantage.encoders import Features
from vantage.probes.clusters import unit_directions
from vantage.probes.ranks import rank_auc

POINTS = 1000
"""Points of a pair of views that are asked at most; the area then wavers by less than 0.01 between seeds."""
APART = 1 / 8
"""Random partners lie at least this share of the picture's width away from the true place, so that they are not the
same place after all: two of the coarsest cells here (8 of 128 pixels)."""
SAME_DEPTH = 0.02
"""Depth maps agree on a point when they differ by less than this share of its depth."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PointPairs:
    """Points that two views of a scene both see."""

    view_a: int
    view_b: int
    """Indices of the views."""
    pixels_a: Float[np.ndarray, "n 2"]
    """Column and row in A; a pixel's centre lies at a half."""
    pixels_b: Float[np.ndarray, "n 2"]
    """The same points in B."""
    width: int
    """Of the pictures, pixels."""


def pairs_from_depth(view_a: View, view_b: View, *, numbers: tuple[int, int]) -> PointPairs | None:
    """Return the points at A's pixel centres that B sees too, by both depth maps; None where one has none.

    Args:
        view_a: view A.
        view_b: view B.
        numbers: the indices of the views.
    """
    if view_a.depth is None or view_b.depth is None:
        return None
    known = view_a.depth > 0
    points_camera = (view_a.camera.rays() * view_a.depth[..., None])[known]
    b_from_a = view_b.camera_from_world @ view_a.world_from_camera
    points_b = points_camera @ b_from_a[:3, :3].T + b_from_a[:3, 3]
    camera, depth = view_b.camera, points_b[:, 2]
    front = np.maximum(depth, 1e-6)
    u = points_b[:, 0] / front * camera.fx + camera.cx
    v = points_b[:, 1] / front * camera.fy + camera.cy
    seen = (depth > 1e-6) & (u >= 0) & (u < camera.width) & (v >= 0) & (v < camera.height)
    columns = np.where(seen, u, 0).astype(int)
    rows = np.where(seen, v, 0).astype(int)
    there = view_b.depth[rows, columns]
    seen &= (there > 0) & (np.abs(there - depth) < SAME_DEPTH * depth)
    rows_a, columns_a = np.nonzero(known)
    return PointPairs(
        view_a=numbers[0],
        view_b=numbers[1],
        pixels_a=np.stack([columns_a, rows_a], axis=1)[seen] + 0.5,
        pixels_b=np.stack([u, v], axis=1)[seen],
        width=camera.width,
    )


def consistency_auc(features_a: Features, features_b: Features, pairs: PointPairs, *, seed: int) -> float | None:
    """Return the share of (true pair, random pair) pairs in which the true one's features are closer.

    Closer is the larger cosine of features less their mean over both views. Random pairs are the same points with
    partners exchanged. 1 for features that are properties of points in space, 0.5 for noise and for constants; a rank,
    so encoders of any dimension and scale compare. None where the views share fewer than two points.
    """
    generator = np.random.default_rng(seed)
    count = len(pairs.pixels_a)
    if count < 2:
        return None
    chosen = generator.permutation(count)[:POINTS]
    a, b = (
        features.sample(torch.from_numpy(pixels[chosen])[None].float())[0].float().cpu().numpy()
        for features, pixels in ((features_a, pairs.pixels_a), (features_b, pairs.pixels_b))
    )
    units = unit_directions(np.concatenate([a, b]))
    unit_a, unit_b = units[: len(chosen)], units[len(chosen) :]
    partner = generator.permutation(len(chosen))
    places = pairs.pixels_b[chosen]
    apart = np.linalg.norm(places - places[partner], axis=1) >= APART * pairs.width
    true = (unit_a * unit_b).sum(axis=1)
    random = (unit_a * unit_b[partner]).sum(axis=1)[apart]
    return rank_auc(true, random)
