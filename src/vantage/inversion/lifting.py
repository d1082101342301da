"""From pixels of a rendered view to points in space, by the rendered depth."""

import numpy as np
import torch
from jaxtyping import Bool, Float64

from vantage.fields import Rendering
from vantage.geometry import Camera

MIN_ALPHA = 0.7
"""Fainter pixels show no surface whose depth could be trusted."""

MAX_DEPTH_STEP = 0.05
"""Around a place depth may vary by this share of it; more is the edge of a thing, where depth is a mixture of two."""


def lift_pixels(
    pixels: Float64[np.ndarray, "n 2"],
    rendering: Rendering,
    camera: Camera,
    world_from_camera: Float64[np.ndarray, "4 4"],
) -> tuple[Float64[np.ndarray, "n 3"], Bool[np.ndarray, " n"]]:
    """Return world points and which of them count: those on an opaque surface, away from edges in depth.

    Depth is interpolated bilinearly at sub-pixel places.
    """
    depth, alpha = rendering.depth.numpy().astype(np.float64), rendering.alpha.numpy()
    x, y = pixels[:, 0] - 0.5, pixels[:, 1] - 0.5
    left = np.clip(np.floor(x).astype(int), 0, camera.width - 2)
    top = np.clip(np.floor(y).astype(int), 0, camera.height - 2)
    corners = [(top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)]
    depths = np.stack([depth[c] for c in corners])
    across, down = np.clip(x - left, 0, 1), np.clip(y - top, 0, 1)
    weights = np.stack([(1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across])
    z = (weights * depths).sum(axis=0)
    good = (depths > 0).all(axis=0) & (np.stack([alpha[c] for c in corners]) >= MIN_ALPHA).all(axis=0)
    good &= np.ptp(depths, axis=0) <= MAX_DEPTH_STEP * z
    good &= (pixels >= 0).all(axis=1) & (pixels[:, 0] <= camera.width) & (pixels[:, 1] <= camera.height)
    points_camera = np.stack(
        [(pixels[:, 0] - camera.cx) / camera.fx * z, (pixels[:, 1] - camera.cy) / camera.fy * z, z], axis=-1
    )
    return points_camera @ world_from_camera[:3, :3].T + world_from_camera[:3, 3], good


def image_of(rendering: Rendering) -> np.ndarray:
    """Return a rendering's colours as an image in [0, 1]."""
    return np.ascontiguousarray(rendering.rgb.detach().clamp(0, 1).to(torch.float32).numpy())
