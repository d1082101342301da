"""Encoders of the cube of `conftest` whose every measurement is known: the truth itself, a constant, and noise."""

import numpy as np
import torch

from vantage.captures import View
from vantage.encoders import Features


def pixel_features(values: np.ndarray) -> Features:
    """Return features with one cell per pixel."""
    height, width = values.shape[:2]
    grid = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))[None]
    return Features(grid=grid, summary=grid.mean(dim=(1, 2)), stride=(1.0, 1.0), image_size=(width, height))


def world_points(view: View) -> np.ndarray:
    """Return the surface point of each pixel."""
    assert view.depth is not None
    points_camera = view.camera.rays() * view.depth[..., None]
    return points_camera @ view.world_from_camera[:3, :3].T + view.world_from_camera[:3, 3]


def constant_features(view: View) -> Features:
    """Return the same vector everywhere, in cells of 8 pixels."""
    grid = torch.full((1, view.camera.height // 8, view.camera.width // 8, 5), 0.3)
    size = (view.camera.width, view.camera.height)
    return Features(grid=grid, summary=grid.mean(dim=(1, 2)), stride=(8.0, 8.0), image_size=size)


def noise_features(view: View, seed: int) -> Features:
    """Return vectors drawn anew for each pixel of each view."""
    values = np.random.default_rng(seed).normal(size=(view.camera.height, view.camera.width, 6))
    return pixel_features(values)
