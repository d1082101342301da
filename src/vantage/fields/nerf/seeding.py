"""Where surfaces can be, by a capture's depth: cells that depth pixels fall in, and what unmeasured rays pass."""

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

SPARSE = 2
"""Every second pixel's ray per axis stands for those without depth: in 256 pixels across a room they are 3 cm apart at
its far wall, less than a cell."""


def cells_with_surfaces(
    views: Iterable[TrainingView], bounds: Bounds, resolution: int, edges: Float[Tensor, " k"]
) -> Bool[Tensor, " cells"] | None:
    """Return the cells that may hold a surface, x running fastest; None where no view knows depth.

    Those are the cells around every depth pixel, and, along rays whose depth is unknown, all cells that no measured
    ray passed before its surface.
    """
    surface = np.zeros(resolution**3, dtype=np.uint8)
    free, unknown = np.zeros_like(surface), np.zeros_like(surface)
    edges_scaled = np.ascontiguousarray(edges.numpy() / bounds.half_extent)
    cell = 4 / resolution
    for view in views:
        width, height = view.camera.width, view.camera.height
        depth = torch.zeros(height, width) if view.depth is None else view.depth
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
        if not known.all():
            some = known & sparse.reshape(-1)
            before = np.maximum(near - cell, 0)[some]
            mark_along(origins[some], directions[some], zero[some], before, edges_scaled, resolution, free)
            blind = ~known & sparse.reshape(-1)
            endless = np.full(int(blind.sum()), np.inf, dtype=np.float32)
            mark_along(origins[blind], directions[blind], zero[blind], endless, edges_scaled, resolution, unknown)
    if not surface.any():
        return None
    return torch.from_numpy(_grown(surface, resolution) | (_grown(unknown, resolution) & (free == 0)))


def _grown(cells: np.ndarray, resolution: int) -> np.ndarray:
    """Return the cells that are marked or touch one that is."""
    if not cells.any():
        return np.zeros(len(cells), dtype=bool)
    grid = cells.reshape((resolution,) * 3)
    return ndimage.binary_dilation(grid, structure=np.ones((3, 3, 3), dtype=bool)).reshape(-1)
