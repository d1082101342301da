"""The geometric fidelity factor (distilled fields, section 3, equation 1): edges of features per edge of the picture.

Sobel-Feldman on each channel of the RGB picture and of the features' three principal components, the norm of each
channel's gradient, a hard threshold, and the ratio of the counts of edges over pixels and channels. It counts edges and
asks not where they are: noise has many. `edges` asks.
"""

import itertools
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int64

from vantage.errors import UsageError
from vantage.probes.gradients import gradient_norms

THRESHOLDS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5)
"""Contrasts of the sweep; the paper does not print its own. One level in a hundred is where 8-bit rounding ends.
Features of 8-pixel cells, interpolated, change by less than 0.2 from pixel to pixel, pictures by up to one."""


def check_thresholds(thresholds: Sequence[float]) -> None:
    """Refuse a sweep that is empty, does not rise, or leaves (0, sqrt(2)), where gradients of pictures lie.

    Raises:
        UsageError: it is one of these.
    """
    rising = all(a < b for a, b in itertools.pairwise(thresholds))
    if not thresholds or not rising or thresholds[0] <= 0 or thresholds[-1] >= np.sqrt(2):
        raise UsageError(f"thresholds {list(thresholds)}: expected rising numbers above 0 and below 1.41")


def edge_masks(image: Float[np.ndarray, "h w c"], threshold: float) -> Bool[np.ndarray, "h w c"]:
    """Return the binary edges of each channel of a picture in [0, 1]: gradients longer than the threshold."""
    return gradient_norms(image) > threshold


def edge_counts(image: Float[np.ndarray, "h w c"], thresholds: Sequence[float] = THRESHOLDS) -> Int64[np.ndarray, " t"]:
    """Return the number of edges over pixels and channels at each threshold."""
    norms = np.sort(gradient_norms(image), axis=None)
    return norms.size - np.searchsorted(norms, np.asarray(thresholds), side="right")


def fidelity_factor(of_features: Int64[np.ndarray, " t"], of_image: Int64[np.ndarray, " t"]) -> list[float | None]:
    """Return equation (1) at each threshold: edges of the features over edges of the picture.

    Counts of several views may be summed before. None where the picture has no edge.
    """
    pairs = zip(of_features.tolist(), of_image.tolist(), strict=True)
    return [features / image if image else None for features, image in pairs]
