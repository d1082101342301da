"""CPU kernels of volume rendering: what samples along rays add up to, and the gradients of that."""

import math

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def forward(
    part: int,
    parts: int,
    densities: np.ndarray,
    lengths: np.ndarray,
    values: np.ndarray,
    starts: np.ndarray,
    out: np.ndarray,
    weights: np.ndarray,
) -> None:
    """Write each sample's weight, and to `out` (r, c + 1) the sums of weighted `values` (n, c) and of weights."""
    rays, channels = len(starts) - 1, values.shape[1]
    for ray in range(part * rays // parts, (part + 1) * rays // parts):
        light = 1.0
        for c in range(channels + 1):
            out[ray, c] = 0.0
        for s in range(starts[ray], starts[ray + 1]):
            passing = math.exp(-densities[s] * lengths[s])
            weight = light * (1.0 - passing)
            weights[s] = weight
            for c in range(channels):
                out[ray, c] += weight * values[s, c]
            out[ray, channels] += weight
            light *= passing


@njit(nogil=True, cache=True)
def backward(
    part: int,
    parts: int,
    densities: np.ndarray,
    lengths: np.ndarray,
    values: np.ndarray,
    starts: np.ndarray,
    weights: np.ndarray,
    grad_out: np.ndarray,
    grad_densities: np.ndarray,
    grad_values: np.ndarray,
) -> None:
    """Write the gradients of densities and values.

    With u = what a sample's values are worth to the loss, and light = what is left behind the sample:
    d loss / d density = length * (light * u - what all samples behind it are worth).
    """
    rays, channels = len(starts) - 1, values.shape[1]
    for ray in range(part * rays // parts, (part + 1) * rays // parts):
        light = 1.0
        behind = 0.0
        for s in range(starts[ray], starts[ray + 1]):
            light *= math.exp(-densities[s] * lengths[s])
        for s in range(starts[ray + 1] - 1, starts[ray] - 1, -1):
            worth = np.float64(grad_out[ray, channels])
            for c in range(channels):
                worth += grad_out[ray, c] * values[s, c]
                grad_values[s, c] = weights[s] * grad_out[ray, c]
            grad_densities[s] = lengths[s] * (light * worth - behind)
            behind += weights[s] * worth
            # Light in front of this sample; its own share is recomputed from the weight, which never divides by zero.
            light += weights[s]


@njit(nogil=True, cache=True)
def mark_visible(
    densities: np.ndarray,
    lengths: np.ndarray,
    starts: np.ndarray,
    min_light: float,
    min_alpha: float,
    visible: np.ndarray,
    counts: np.ndarray,
) -> None:
    """Mark samples that still get light and are not clear; count them per ray."""
    for ray in range(len(starts) - 1):
        depth, limit = 0.0, -math.log(min_light)
        found = 0
        for s in range(starts[ray], starts[ray + 1]):
            thickness = densities[s] * lengths[s]
            # 1 - exp(-x) > a, without the exponential.
            keep = depth < limit and thickness > min_alpha
            visible[s] = keep
            found += keep
            depth += thickness
        counts[ray] = found
