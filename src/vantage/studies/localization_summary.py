"""The localization study in numbers: means and intervals over scenes, and the test of the paper's claim."""

import dataclasses

import numpy as np

from vantage.metrics import Metric
from vantage.studies.localization_cells import Cell
from vantage.studies.localization_settings import LocalizationSettings
from vantage.studies.paired_tests import PairedTest, all_pairs
from vantage.studies.study_results import EncoderResults, family_means

MEASURES = (
    "ssim", "psnr_db", "lpips", "average_precision", "iou_best", "iou", "peak_in_mask", "position_error_m",
)  # fmt: skip
"""The paper's three, then what a user wants to know."""
LOWER_IS_BETTER = ("lpips", "position_error_m")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Results(EncoderResults[LocalizationSettings, Cell]):
    """All cells that are done, and what to make of them."""

    no_lpips: str = ""
    """Why LPIPS is not measured; empty where it is."""

    def per_scene(self, encoder: str | None, field: str, measure: str, who: str = "scores") -> dict[str, float]:
        """Return a measure by scene: the mean over seeds of the mean over queries and views.

        Args:
            encoder: whose; None takes the mean over all.
            field: in which field.
            measure: one of `MEASURES`.
            who: `scores`, or the floors `shuffled` and `empty`.
        """
        found: dict[str, list[float]] = {}
        for cell in self.cells:
            if cell.name.field == field and encoder in (None, cell.name.encoder):
                value = cell.values(who).get(measure)
                if value is not None:
                    found.setdefault(cell.name.scene, []).append(value)
        return {scene: float(np.mean(values)) for scene, values in found.items()}

    def metric(self, encoder: str | None, field: str, measure: str, who: str = "scores") -> Metric:
        """Return the mean over scenes with its interval."""
        return Metric.of(self.per_scene(encoder, field, measure, who).values())

    def pairs(self, field: str, measure: str) -> list[PairedTest]:
        """Compare every two encoders, paired by scene; p-values are corrected for the number of pairs.

        The language encoder alone is no contestant: the paper leaves it out too.
        """
        contestants = [encoder for encoder in self.encoders if encoder != self.settings.language]
        return all_pairs({encoder: self.per_scene(encoder, field, measure) for encoder in contestants})

    def families_compared(self, field: str, measure: str) -> PairedTest | None:
        """Compare the mean of geometry-grounded encoders with that of visual-semantic ones; None without both."""
        means = family_means(self.families, lambda encoder: self.per_scene(encoder, field, measure))
        return all_pairs(means)[0] if means else None


def headline_metrics(results: Results) -> dict[str, Metric]:
    """Return the metrics for `result.json`: `ENCODER_FIELD_MEASURE`, and the floors with their names' endings."""
    metrics: dict[str, Metric] = {}
    for field in results.settings.fields:
        for encoder in results.encoders:
            for measure in MEASURES:
                if results.per_scene(encoder, field, measure):
                    name = f"{encoder}_{field}_{measure}"
                    metrics[name] = results.metric(encoder, field, measure)
                    chance = results.metric(encoder, field, measure, "shuffled")
                    if chance.n:
                        metrics[f"{name}_chance"] = chance
    return metrics
