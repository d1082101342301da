"""Where Gaussians start: at sparse points, at back-projected depth, or spread over what the cameras see."""

import dataclasses

import numpy as np
import torch
from jaxtyping import Float
from scipy.spatial import KDTree

from vantage.captures import Capture, View
from vantage.errors import DataError
from vantage.fields.gaussians import GaussianField

# The zeroth spherical harmonic, 1 / (2 sqrt(pi)): colour = 0.5 + SH_C0 * coefficient.
SH_C0 = 0.28209479177387814


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bounds:
    """A sphere-like description of where a scene is: its centre and half-extent in metres, world frame."""

    centre: tuple[float, float, float]
    half_extent: float


def scene_bounds(points_world: Float[np.ndarray, "n 3"]) -> Bounds:
    """Return bounds that hold all but the farthest 2% of the points, so that single outliers do not stretch them."""
    low, high = np.percentile(points_world, [1, 99], axis=0)
    centre = (low + high) / 2
    half_extent = max(float((high - low).max()) / 2, 1e-6)
    return Bounds(centre=(float(centre[0]), float(centre[1]), float(centre[2])), half_extent=half_extent)


def points_from_depth(
    views: list[View], *, count: int, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 3"]]:
    """Return about `count` coloured world points, spread evenly over the surfaces that the views' depth maps show.

    Pixels are back-projected and thinned by a voxel grid whose edge is found by bisection, so that surfaces seen by
    many views do not get more points than those seen by one.
    """
    per_view = max(1, 8 * count // max(1, len(views)))
    points, colors = [], []
    for view in views:
        if view.depth is None:
            continue
        valid = view.depth > 0
        if view.mask is not None:
            valid &= view.mask
        rows, columns = np.nonzero(valid)
        if len(rows) == 0:
            continue
        chosen = rng.permutation(len(rows))[:per_view]
        rows, columns = rows[chosen], columns[chosen]
        points_camera = view.camera.rays()[rows, columns] * view.depth[rows, columns, None]
        points.append(points_camera @ view.world_from_camera[:3, :3].T + view.world_from_camera[:3, 3])
        colors.append(view.image[rows, columns])
    if not points:
        raise DataError("no view has a pixel with known depth; give depth maps, or sparse points from COLMAP")
    everything, all_colors = np.concatenate(points), np.concatenate(colors)
    keep = _thin_by_voxels(everything, count)
    return everything[keep], all_colors[keep]


def _thin_by_voxels(points: Float[np.ndarray, "n 3"], count: int) -> np.ndarray:
    """Return the indices of one point per voxel, with the voxel edge chosen to leave about `count` points."""
    if len(points) <= count:
        return np.arange(len(points))
    low = points.min(axis=0)
    small, large = 1e-4, float((points.max(axis=0) - low).max())
    kept = np.arange(len(points))
    # Twenty halvings of a factor below 1e6 leave the edge exact to a few per cent.
    for _ in range(20):
        edge = (small * large) ** 0.5
        cells = np.floor((points - low) / edge).astype(np.int64)
        key = (cells[:, 0] * 2_097_152 + cells[:, 1]) * 2_097_152 + cells[:, 2]
        _, kept = np.unique(key, return_index=True)
        if abs(len(kept) - count) < 0.02 * count:
            break
        if len(kept) > count:
            small = edge
        else:
            large = edge
    return np.sort(kept)


def random_points(
    capture: Capture, *, count: int, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 3"]]:
    """Return grey points spread over a cube of three times the cameras' extent (gsplat's `random` start)."""
    positions = capture.camera_positions
    centre = positions.mean(axis=0)
    extent = max(float(np.linalg.norm(positions - centre, axis=1).max()), 1e-3)
    return centre + rng.uniform(-3, 3, (count, 3)) * extent, np.full((count, 3), 0.5)


def start_points(
    capture: Capture, views: list[View], *, count: int, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 3"], str]:
    """Return start points, their colours and a word for where they come from: `points`, `depth` or `random`."""
    if capture.points is not None and len(capture.points.points) >= 100:
        points, colors = capture.points.points.astype(np.float64), capture.points.colors / 255.0
        if len(points) > count:
            chosen = rng.permutation(len(points))[:count]
            points, colors = points[chosen], colors[chosen]
        return points, colors, "points"
    if any(view.depth is not None and np.any(view.depth > 0) for view in views):
        return *points_from_depth(views, count=count, rng=rng), "depth"
    return *random_points(capture, count=count, rng=rng), "random"


def gaussians_from_points(
    points_world: Float[np.ndarray, "n 3"],
    colors: Float[np.ndarray, "n 3"],
    *,
    sh_degree: int,
    opacity: float,
) -> GaussianField:
    """Make round Gaussians at the points, as wide as the mean distance to the three nearest others (Kerbl et al.)."""
    if len(points_world) < 4:
        raise DataError(f"a field needs at least 4 start points; got {len(points_world)}")
    distances, _ = KDTree(points_world).query(points_world, k=4)
    spacing = np.sqrt((np.asarray(distances)[:, 1:] ** 2).mean(axis=1)).clip(1e-5, None)
    n = len(points_world)
    quats = torch.zeros(n, 4)
    quats[:, 0] = 1
    return GaussianField(
        means=torch.as_tensor(points_world, dtype=torch.float32),
        log_scales=torch.as_tensor(np.log(spacing), dtype=torch.float32)[:, None].repeat(1, 3),
        quats_wxyz=quats,
        opacity_logits=torch.full((n,), float(np.log(opacity / (1 - opacity)))),
        sh0=torch.as_tensor((colors - 0.5) / SH_C0, dtype=torch.float32)[:, None],
        sh_rest=torch.zeros(n, (sh_degree + 1) ** 2 - 1, 3),
    )
