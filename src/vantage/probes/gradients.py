"""Gradients of pictures by the Sobel-Feldman operator, and how fast features change from pixel to pixel."""

import numpy as np
import torch
from jaxtyping import Float

from vantage.encoders import Features
from vantage.probes.colors import CHUNK, dense_channels

STEP = 4.0
"""What the plain operator (weights 1 2 1) makes of a unit step. Gradients are divided by it, so that a step of height
c has the norm c, and thresholds read as contrasts."""
ROUNDING = 1e-5
"""Differences of features below this share of their size are float32's and bilinear weights' rounding, not edges."""


def sobel(image: Float[np.ndarray, "h w c"]) -> Float[np.ndarray, "2 h w c"]:
    """Return the derivatives of each channel across and down, the border repeated; a unit step gives 1."""
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge")
    down = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    across = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    return np.stack([down[:, 2:] - down[:, :-2], across[2:] - across[:-2]]) / STEP


def gradient_norms(image: Float[np.ndarray, "h w c"]) -> Float[np.ndarray, "h w c"]:
    """Return the length of the gradient of each channel by itself."""
    across, down = sobel(image)
    return np.hypot(across, down)


def feature_strength(features: Features) -> Float[np.ndarray, "h w"]:
    """Return how much one view's features change across each pixel, in their own unit; 0 where only by rounding.

    This is the largest directional derivative of the whole vector (Di Zenzo 1986): the root of the larger eigenvalue of
    the channels' summed gradient tensor. It does not depend on the basis in which the features are written.
    """
    width, height = features.image_size
    xx, xy, yy = np.zeros((3, height, width))
    for start in range(0, features.grid.shape[-1], CHUNK):
        across, down = sobel(dense_channels(features, start, start + CHUNK).cpu().numpy())
        xx += np.square(across, dtype=np.float64).sum(axis=-1)
        xy += (across * down).sum(axis=-1)
        yy += np.square(down, dtype=np.float64).sum(axis=-1)
    strength = np.sqrt((xx + yy) / 2 + np.sqrt(((xx - yy) / 2) ** 2 + xy**2))
    size = float(torch.linalg.vector_norm(features.grid[0].float(), dim=-1).max())
    return np.where(strength > ROUNDING * size, strength, 0.0)
