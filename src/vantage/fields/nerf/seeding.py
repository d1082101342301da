"""Where surfaces can be, by a capture's depth: cells that depth pixels fall in, and what unmeasured rays pass."""

import dataclasses
from collections.abc import Iterable

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy import ndimage
from torch import Tensor

from vantage.fields.initialization import Bounds
from vantage.fields.nerf.marching_kernels import mark_along
from vantage.fields.nerf.rays import camera_rays, pixel_positions
from vantage.fields.training_views import TrainingView

DEPTH_ERROR = 0.02
"""Relative error that depth maps are allowed: that of a structured-light sensor at 4 m."""

HOLE = 1 / 32
"""Of the longer side: as far from a pixel without depth its surface is taken to lie between the depths around it. A
structured-light sensor's shadows beside edges are a few percent of the picture wide."""

SPARSE = 2
"""Every second pixel's ray per axis stands for those without depth: in 256 pixels across a room they are 3 cm apart at
its far wall, less than a cell."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SurfaceCells:
    """What depth says of the cells of an occupancy grid, x running fastest."""

    allowed: Bool[Tensor, " cells"]
    """Those that may hold a surface."""
    measured: Bool[Tensor, " cells"]
    """Those that a depth pixel's point lies in."""


def cells_with_surfaces(
    views: Iterable[TrainingView], bounds: Bounds, resolution: int, edges: Float[Tensor, " k"]
) -> SurfaceCells | None:
    """Return the cells that may hold a surface and those that were measured to; None where no view knows depth.

    The former are the cells around every depth pixel; along rays without depth, the cells between the depths that are
    known around them; and, where none is known nearby either, all cells of the ray. Of rays without depth only cells
    count that no measured ray passed before its surface.
    """
    surface = np.zeros(resolution**3, dtype=np.uint8)
    measured, free, unknown = (np.zeros_like(surface) for _ in range(3))
    edges_scaled = np.ascontiguousarray(edges.numpy() / bounds.half_extent)
    cell = 4 / resolution
    for view in views:
        width, height = view.camera.width, view.camera.height
        depth = torch.zeros(height, width) if view.depth is None else view.depth.cpu()
        sparse = np.zeros((height, width), dtype=bool)
        sparse[::SPARSE, ::SPARSE] = True
        rays = camera_rays(
            view.camera, view.world_from_camera, pixel_positions(torch.arange(width * height), view.camera)
        )
        origins = ((rays.origins - torch.tensor(bounds.centre)) / bounds.half_extent).contiguous().numpy()
        directions = rays.directions.contiguous().numpy()
        distance = (depth.reshape(-1) / rays.depth_per_metre / bounds.half_extent).numpy()
        known = distance > 0
        near, far = distance * (1 - DEPTH_ERROR), distance * (1 + DEPTH_ERROR)
        zero = np.zeros_like(distance)
        mark_along(origins[known], directions[known], near[known], far[known], edges_scaled, resolution, surface)
        at = distance[known]
        mark_along(origins[known], directions[known], at, at, edges_scaled, resolution, measured)
        if not known.all():
            some = known & sparse.reshape(-1)
            before = np.maximum(near - cell, 0)[some]
            mark_along(origins[some], directions[some], zero[some], before, edges_scaled, resolution, free)
            blind = ~known & sparse.reshape(-1)
            low, high = (side.reshape(-1)[blind] for side in _depths_around(distance.reshape(height, width)))
            mark_along(origins[blind], directions[blind], low, high, edges_scaled, resolution, unknown)
    if not surface.any():
        return None
    may = _grown(surface, resolution) | (_grown(unknown, resolution) & (free == 0))
    return SurfaceCells(allowed=torch.from_numpy(may), measured=torch.from_numpy(measured.astype(bool)))


def _depths_around(distance: Float[np.ndarray, "h w"]) -> tuple[Float[np.ndarray, "h w"], Float[np.ndarray, "h w"]]:
    """Return the nearest and the farthest known distance around each pixel, 0 and infinity where none is known."""
    size = 2 * max(1, round(HOLE * max(distance.shape))) + 1
    known = distance > 0
    near = ndimage.minimum_filter(np.where(known, distance, np.inf), size)
    far = ndimage.maximum_filter(distance, size)
    none = np.logical_not(ndimage.maximum_filter(known, size))
    low = np.where(none, 0, near * (1 - DEPTH_ERROR))
    high = np.where(none, np.inf, far * (1 + DEPTH_ERROR))
    return low.astype(np.float32), high.astype(np.float32)


def _grown(cells: np.ndarray, resolution: int) -> np.ndarray:
    """Return the cells that are marked or touch one that is."""
    if not cells.any():
        return np.zeros(len(cells), dtype=bool)
    grid = cells.reshape((resolution,) * 3)
    return ndimage.binary_dilation(grid, structure=np.ones((3, 3, 3), dtype=bool)).reshape(-1)
