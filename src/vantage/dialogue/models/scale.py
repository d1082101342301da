"""One scale for a scene: how many metres a reconstruction's unit is, by comparison with metric depth."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

CONFIDENT = 0.5
"""Share of a reconstruction's pixels that count: the surer half."""
SPREAD = 0.2
"""Greatest median deviation of the pixels' ratios, as a share of their median, for a scale to be trusted: with more,
lengths would often be off by the 25% that benchmarks allow."""
LEAST_PIXELS = 1000
"""Least pixels that tell the scale."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class MetricScale:
    """Metres per unit of a reconstruction."""

    value: float
    spread: float
    """Median absolute deviation of the pixels' ratios, as a share of `value`."""
    pixels: int
    """That were compared."""

    @property
    def trusted(self) -> bool:
        """Whether lengths may be told in metres."""
        return self.pixels >= LEAST_PIXELS and self.spread <= SPREAD and self.value > 0


def metric_scale(
    depth: Sequence[Float[np.ndarray, "_h _w"]],
    confidence: Sequence[Float[np.ndarray, "_h _w"]],
    metric: Sequence[Float[np.ndarray, "_h _w"]],
) -> MetricScale:
    """Return the median ratio of metric depth to a reconstruction's over the surer pixels of all views.

    Args:
        depth: the reconstruction's, by view; 0 = unknown.
        confidence: of it.
        metric: metres, by view, of the same sizes; 0 = unknown.
    """
    sure = np.concatenate([each.ravel() for each in confidence])
    ratios = []
    least = np.quantile(sure, 1 - CONFIDENT) if len(sure) else 0.0
    for unit, trust, metres in zip(depth, confidence, metric, strict=True):
        known = (unit > 0) & (metres > 0) & (trust >= least)
        ratios.append(metres[known] / unit[known])
    every = np.concatenate(ratios).astype(np.float64)
    if len(every) == 0:
        return MetricScale(value=0.0, spread=float("inf"), pixels=0)
    value = float(np.median(every))
    return MetricScale(value=value, spread=float(np.median(np.abs(every - value)) / value), pixels=len(every))
