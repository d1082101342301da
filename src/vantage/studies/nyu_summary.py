"""The study of NYUv2-CAD in numbers: classes and their averages by both protocols, with intervals over frames."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float64, Int

from vantage.metrics import Metric
from vantage.studies.nyu_cells import NyuCell
from vantage.studies.nyu_settings import NyuStudySettings

DRAWS = 1000
"""Draws of frames for an interval: its ends then move by less than a tenth of its width from seed to seed."""
SCORED = ("tp", "fp", "fn")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class NyuResults:
    """All cells that are done."""

    settings: NyuStudySettings
    names: tuple[str, ...]
    """The classes."""
    methods: tuple[str, ...]
    cells: Sequence[NyuCell]

    def cells_of(self, method: str) -> list[NyuCell]:
        """Return the cells of a method, frame after frame."""
        return [cell for cell in self.cells if cell.name.encoder == method]

    def cube_class(self, method: str, index: int) -> Metric:
        """Return the mean IoU of a class in the cube over the frames where truth or answer holds it."""
        ious = [cell.score.iou[index] for cell in self.cells_of(method)]
        return Metric.of([iou for iou in ious if iou is not None])

    def cube(self, method: str) -> Metric:
        """Return the mean over classes of their means, as Table 3 averages."""
        ious = np.array([[np.nan if x is None else x for x in c.score.iou] for c in self.cells_of(method)], dtype=float)
        there = np.isfinite(ious)
        return over_frames(np.where(there, ious, 0.0), there.astype(float))

    def scored_class(self, method: str, index: int) -> Metric:
        """Return the IoU of a class with hits and misses of all frames summed."""
        hits, either = self._sums(method)
        return over_frames(hits[:, index : index + 1], either[:, index : index + 1])

    def scored(self, method: str) -> Metric:
        """Return the mean over classes of those IoUs."""
        return over_frames(*self._sums(method))

    def completion(self, method: str) -> Metric:
        """Return the mean over frames of the IoU of what is filled among hidden voxels."""
        ious = [cell.score.completion for cell in self.cells_of(method)]
        return Metric.of([iou for iou in ious if iou is not None])

    def reach(self) -> Metric:
        """Return which share of the truly filled scored voxels lies in the networks' bounds, mean over frames."""
        scores = [cell.score for cell in self.cells_of(self.methods[0])]
        return Metric.of([one.filled_inside / one.filled for one in scores if one.filled])

    def _sums(self, method: str) -> tuple[Float64[np.ndarray, "f c"], Float64[np.ndarray, "f c"]]:
        tp, fp, fn = (
            np.array([getattr(cell.score, part) for cell in self.cells_of(method)], dtype=float) for part in SCORED
        )
        return tp, tp + fp + fn


def over_frames(above: Float64[np.ndarray, "f c"], below: Float64[np.ndarray, "f c"]) -> Metric:
    """Return the mean over classes of sum over sum, with an interval of frames drawn anew (percentile bootstrap).

    Args:
        above: of each frame and class.
        below: the same; classes where all are 0 are left out.

    Returns:
        n is the number of frames that hold any of the classes.
    """
    kept = below.sum(axis=1) > 0
    above, below = above[kept], below[kept]
    frames = len(above)
    if not frames:
        return Metric.of([])
    value = float(_ratios(np.ones((1, frames), dtype=np.int64), above, below)[0])
    if frames == 1:
        return Metric(value=value, n=1)
    weights = np.random.default_rng(0).multinomial(frames, [1 / frames] * frames, size=DRAWS)
    drawn = _ratios(weights, above, below)
    low, high = np.percentile(drawn[np.isfinite(drawn)], [2.5, 97.5])
    return Metric(value=value, n=frames, ci95=(float(low), float(high)))


def _ratios(
    weights: Int[np.ndarray, "d f"], above: Float64[np.ndarray, "f c"], below: Float64[np.ndarray, "f c"]
) -> Float64[np.ndarray, " d"]:
    """Return for each draw of frames the mean over classes of the sums' ratio; NaN where no class is left."""
    top, bottom = weights @ above, weights @ below
    there = bottom > 0
    ratios = np.divide(top, bottom, out=np.zeros_like(top), where=there)
    count = there.sum(axis=1)
    return np.divide(ratios.sum(axis=1), count, out=np.full(len(weights), np.nan), where=count > 0)


def headline_metrics(results: NyuResults) -> dict[str, Metric]:
    """Return the metrics for `result.json`: `METHOD_cube_iou`, `METHOD_ssc_iou` and `METHOD_completion_iou`."""
    metrics: dict[str, Metric] = {}
    for method in results.methods:
        metrics[f"{method}_cube_iou"] = results.cube(method)
        metrics[f"{method}_ssc_iou"] = results.scored(method)
        metrics[f"{method}_completion_iou"] = results.completion(method)
    return metrics


def nyu_details(results: NyuResults) -> dict[str, Any]:
    """Return what `result.json` holds beside the metrics: every class by both protocols, and what was measured."""
    frames = results.cells_of(results.methods[0])
    return {
        "methods": list(results.methods),
        "frames": len(frames),
        "cube_voxels": sum(cell.score.cube_voxels for cell in frames),
        "scored_voxels": sum(cell.score.scored_voxels for cell in frames),
        "filled_in_bounds": results.reach().to_json(),
        "classes": {
            method: {
                name: {
                    "cube_iou": results.cube_class(method, k).to_json(),
                    "ssc_iou": results.scored_class(method, k).to_json(),
                }
                for k, name in enumerate(results.names)
            }
            for method in results.methods
        },
    }
