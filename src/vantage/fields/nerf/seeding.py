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

UNKNOWN_STRIDE = 4
"""Every fourth pixel's ray per axis stands for those without depth: their paths are wider than cells anyway."""


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
        if view.depth is None:
            rows, columns = torch.meshgrid(
                torch.arange(0, view.camera.height, UNKNOWN_STRIDE),
                torch.arange(0, view.camera.width, UNKNOWN_STRIDE),
                indexing="ij",
            )
            flat = (rows * view.camera.width + columns).reshape(-1)
            depth = torch.zeros(len(flat))
        else:
            flat = torch.arange(view.camera.height * view.camera.width)
            depth = view.depth.reshape(-1)
        rays = camera_rays(view.camera, view.world_from_camera, pixel_positions(flat, view.camera))
        origins = ((rays.origins - torch.tensor(bounds.centre)) / bounds.half_extent).contiguous().numpy()
        directions = rays.directions.contiguous().numpy()
        distance = (depth / rays.depth_per_metre / bounds.half_extent).numpy()
        known = distance > 0
        near, far = distance * (1 - DEPTH_ERROR), distance * (1 + DEPTH_ERROR)
        zero = np.zeros_like(distance)
        mark_along(origins[known], directions[known], near[known], far[known], edges_scaled, resolution, surface)
        if not known.all():
            some = np.flatnonzero(known)[::UNKNOWN_STRIDE]
            before = np.maximum(near - cell, 0)[some]
            mark_along(origins[some], directions[some], zero[some], before, edges_scaled, resolution, free)
            blind = np.flatnonzero(~known)[::UNKNOWN_STRIDE]
            endless = np.full(len(blind), np.inf, dtype=np.float32)
            mark_along(origins[blind], directions[blind], zero[blind], endless, edges_scaled, resolution, unknown)
    if not surface.any():
        return None
    shape = (resolution,) * 3
    grown = ndimage.binary_dilation(surface.reshape(shape), structure=np.ones((3, 3, 3), dtype=bool)).reshape(-1)
    return torch.from_numpy(grown | ((unknown > 0) & (free == 0)))
