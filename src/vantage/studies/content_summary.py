"""The content study in numbers: means and intervals over scenes, agreement between encoders, and the paper's claim."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from vantage.metrics import Metric
from vantage.probes import adjusted_rand_index
from vantage.studies.content_cells import Cell
from vantage.studies.content_measures import Number
from vantage.studies.content_settings import IMAGE, ContentSettings
from vantage.studies.study_results import GROUNDED, SEMANTIC, EncoderResults, family_means

LOW_THRESHOLD = 0.1
"""Thresholds up to this one are low: a tenth of the range of colours. The paper says "lower thresholds", no number."""
HEADLINES = ("gff", "geometry_auc", "texture_auc", "edge_f", "consistency_auc")
"""What `result.json` and the page show first; `gff` is the mean over the low thresholds."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Results(EncoderResults[ContentSettings, Cell]):
    """All cells that are done, and what to make of them."""

    def per_scene(self, encoder: str, place: str, measure: str) -> dict[str, float]:
        """Return a measure by scene, the mean over seeds; scenes that it is not known of are left out.

        `gff@0.1` and so on are points of curves; plain `gff`, `gff_precision` and `gff_recall` the means over the low
        thresholds.
        """
        found: dict[str, list[float]] = {}
        for cell in self.cells:
            if cell.name.encoder == encoder and place in cell.values:
                value = _value(cell, place, measure, self.settings.thresholds)
                if value is not None:
                    found.setdefault(cell.name.scene, []).append(value)
        return {scene: float(np.mean(values)) for scene, values in found.items()}

    def metric(self, encoder: str, place: str, measure: str) -> Metric:
        """Return the mean over scenes with its interval."""
        return Metric.of(self.per_scene(encoder, place, measure).values())

    def curve(self, encoder: str, place: str, curve: str) -> list[Metric]:
        """Return a curve: one metric per threshold."""
        return [self.metric(encoder, place, f"{curve}@{t:g}") for t in self.settings.thresholds]

    def measures(self, place: str) -> list[str]:
        """Return the names of all values that some cell knows in a place."""
        names = [name for cell in self.cells for name in cell.values.get(place, {})]
        return list(dict.fromkeys(["gff", *names]))


def low_thresholds(settings: ContentSettings) -> list[float]:
    """Return the thresholds that count as low; the lowest one where all are higher."""
    return [t for t in settings.thresholds if t <= LOW_THRESHOLD] or [settings.thresholds[0]]


def _value(cell: Cell, place: str, measure: str, thresholds: Sequence[float]) -> Number:
    curve, _, at = measure.partition("@")
    if curve not in cell.curves[place]:
        return cell.values[place].get(measure)
    points = dict(zip((f"{t:g}" for t in thresholds), cell.curves[place][curve], strict=True))
    if at:
        return points[at]
    low = [f"{t:g}" for t in thresholds if t <= LOW_THRESHOLD] or [f"{thresholds[0]:g}"]
    known = [value for name in low if (value := points[name]) is not None]
    return float(np.mean(known)) if known else None


def headline_metrics(results: Results) -> dict[str, Metric]:
    """Return the metrics for `result.json`: `MEASURE_ENCODER`, and `MEASURE_ENCODER_FIELD` after distillation."""
    metrics = {}
    for place in results.settings.places:
        for encoder in results.encoders:
            for measure in HEADLINES:
                if results.per_scene(encoder, place, measure):
                    suffix = "" if place == IMAGE else f"_{place}"
                    metrics[f"{measure}_{encoder}{suffix}"] = results.metric(encoder, place, measure)
    return metrics


@dataclasses.dataclass(frozen=True, kw_only=True)
class Comparison:
    """Geometry-grounded encoders against visual-semantic ones, paired by scene."""

    place: str
    measure: str
    grounded: tuple[str, ...]
    semantic: tuple[str, ...]
    difference: Metric
    """Mean of the first group less that of the second."""

    @property
    def verdict(self) -> str:
        """The difference in words, decided where its interval leaves out zero."""
        if self.difference.value is None:
            return "not measured"
        if self.difference.ci95 is None:
            return f"{'higher' if self.difference.value > 0 else 'lower'} in the one scene, which decides nothing"
        low, high = self.difference.ci95
        return "higher" if low > 0 else "lower" if high < 0 else "not decided"


def comparisons(results: Results, measures: Sequence[str]) -> list[Comparison]:
    """Compare the two families; empty where the study has not both."""
    found = []
    for place in results.settings.places:
        for measure in measures:
            means = family_means(results.families, lambda e, p=place, m=measure: results.per_scene(e, p, m))
            if means is None:
                return []
            first, second = means[GROUNDED], means[SEMANTIC]
            differences = [first[scene] - second[scene] for scene in sorted(first.keys() & second.keys())]
            if differences:
                groups = [tuple(e for e in results.encoders if results.families[e] == f) for f in (GROUNDED, SEMANTIC)]
                found.append(
                    Comparison(
                        place=place,
                        measure=measure,
                        grounded=groups[0],
                        semantic=groups[1],
                        difference=Metric.of(differences),
                    )
                )
    return found


def agreement_matrix(results: Results, place: str) -> list[list[Metric]]:
    """Return the adjusted Rand index between the clusterings of all encoders, as means over scenes.

    Off the diagonal both have the same seed. On it stands how far an encoder agrees with itself under another seed,
    which is what the others can at best be held against; no samples where the study has one seed.
    """
    by_name = {(c.name.scene, c.name.encoder, c.name.seed): c for c in results.cells if place in c.labels}
    seeds = results.settings.seeds
    both_seeds = [(s, s) for s in seeds], [(a, b) for a in seeds for b in seeds if a < b]

    def agreement(a: str, b: str) -> Metric:
        per_scene = []
        for scene in results.scenes:
            found = [
                adjusted_rand_index(first.labels[place], second.labels[place])
                for seed_a, seed_b in both_seeds[a == b]
                if (first := by_name.get((scene, a, seed_a))) and (second := by_name.get((scene, b, seed_b)))
            ]
            if found:
                per_scene.append(float(np.mean(found)))
        return Metric.of(per_scene)

    return [[agreement(a, b) for b in results.encoders] for a in results.encoders]
