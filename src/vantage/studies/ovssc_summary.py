"""The completion study in numbers: means and intervals over rooms, labels, absent labels, and what is confused."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from vantage.metrics import Metric
from vantage.studies.ovssc_cells import OvsscCell
from vantage.studies.ovssc_settings import CompletionStudySettings
from vantage.studies.paired_tests import PairedTest, all_pairs

MEASURES = ("iou", "iou_alone", "iou_judged")
"""Labels of a view contending for space as section 3.3 says, each asked for alone, and contending but for those that
are judged to be absent."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class OvsscResults:
    """All cells that are done."""

    settings: CompletionStudySettings
    methods: tuple[str, ...]
    cells: Sequence[OvsscCell]

    def cells_of(self, method: str, split: str) -> list[OvsscCell]:
        """Return the cells of a method in a split."""
        return [cell for cell in self.cells if (cell.name.encoder, cell.name.field) == (method, split)]

    def per_room(self, method: str, split: str, measure: str = "iou") -> dict[str, float]:
        """Return a measure's mean over the labels of each room's views; rooms without such labels are left out."""
        return {
            cell.name.scene: float(np.mean([getattr(one, measure) for one in cell.completed]))
            for cell in self.cells_of(method, split)
            if cell.completed
        }

    def metric(self, method: str, split: str, measure: str = "iou") -> Metric:
        """Return the mean over rooms with its interval."""
        return Metric.of(self.per_room(method, split, measure).values())

    def per_label(self, method: str, split: str) -> dict[str, Metric]:
        """Return the mean of each class over views, with its interval over rooms; the commonest first."""
        found: dict[str, dict[str, list[float]]] = {}
        for cell in self.cells_of(method, split):
            for one in cell.completed:
                found.setdefault(one.category, {}).setdefault(cell.name.scene, []).append(one.iou)
        counted = sorted(found, key=lambda name: (-sum(map(len, found[name].values())), name))
        return {name: Metric.of([float(np.mean(v)) for v in found[name].values()]) for name in counted}

    def label_mean(self, method: str, split: str) -> Metric:
        """Return the mean over labels of their means, which the released code gives for synonyms and classes."""
        return Metric.of([m.value for m in self.per_label(method, split).values() if m.value is not None])

    def loud(self, method: str, split: str, measure: str = "litres") -> Metric:
        """Return in what share of views an absent label is seen anywhere; alone, or as a view is completed for use."""
        asked = [one for cell in self.cells_of(method, split) for one in cell.silent]
        return Metric.share(sum(getattr(one, measure) > 0 for one in asked), len(asked))

    def false_litres(self, method: str, split: str, measure: str = "litres") -> Metric:
        """Return the mean volume of an absent label, with its interval over rooms."""
        rooms = [[getattr(one, measure) for one in cell.silent] for cell in self.cells_of(method, split) if cell.silent]
        return Metric.of([float(np.mean(room)) for room in rooms])

    def compared(self, split: str) -> list[PairedTest]:
        """Compare every two methods, paired by room."""
        return all_pairs({m: per for m in self.methods if (per := self.per_room(m, split))})

    def confusion(self, method: str, splits: Sequence[str]) -> dict[tuple[str, str], float]:
        """Return the share of each class's points that went to each class; to none is the empty name."""
        points: dict[tuple[str, str], int] = {}
        for split in splits:
            for cell in self.cells_of(method, split):
                for one in cell.confused:
                    key = (one.category, one.taken_for)
                    points[key] = points.get(key, 0) + one.points
        total: dict[str, int] = {}
        for (category, _), count in points.items():
            total[category] = total.get(category, 0) + count
        return {key: count / total[key[0]] for key, count in points.items()}


def headline_metrics(results: OvsscResults) -> dict[str, Metric]:
    """Return the metrics for `result.json`: `METHOD_SPLIT_iou`, and of absent labels `METHOD_SPLIT_absent_seen`.

    What no room of a split shows is left out; `details` tells how many labels there were.
    """
    metrics: dict[str, Metric] = {}
    for method in results.methods:
        for split in results.settings.splits:
            for measure in MEASURES:
                metric = results.metric(method, split, measure)
                if metric.n:
                    metrics[f"{method}_{split}_{measure}"] = metric
            loud = results.loud(method, split)
            if loud.n:
                metrics[f"{method}_{split}_absent_seen"] = loud
                metrics[f"{method}_{split}_absent_litres"] = results.false_litres(method, split)
                metrics[f"{method}_{split}_absent_seen_judged"] = results.loud(method, split, "litres_judged")
                metrics[f"{method}_{split}_absent_litres_judged"] = results.false_litres(method, split, "litres_judged")
    return metrics or {"iou": Metric.of([])}


def ovssc_details(results: OvsscResults) -> dict[str, Any]:
    """Return what `result.json` holds beside the metrics: counts, means over labels, tests, and the claim in words."""
    splits = results.settings.splits
    first = results.methods[0]
    return {
        "methods": list(results.methods),
        "labels": {
            split: {
                "asked": sum(len(cell.completed) for cell in results.cells_of(first, split)),
                "absent": sum(len(cell.silent) for cell in results.cells_of(first, split)),
                "rooms": len(results.per_room(first, split)),
            }
            for split in splits
        },
        "mean_over_labels": {
            method: {split: results.label_mean(method, split).to_json() for split in splits}
            for method in results.methods
        },
        "tests": [{"split": split} | test.to_json() for split in splits for test in results.compared(split)],
        "claim": claim(results),
    }


def claim(results: OvsscResults, close: float = 0.7) -> list[str]:
    """Say whether the paper's pattern shows: on novel classes SemAware falls to nothing and SemAbs keeps its level.

    Args:
        results: of the study.
        close: share of its level in novel rooms that a method keeps to count as keeping it. The paper's SemAbs keeps
            0.95, its SemAware 0.
    """
    said = []
    for method in results.methods:
        base, novel = results.metric(method, "novel_room"), results.metric(method, "novel_class")
        if base.value and novel.value is not None:
            share = novel.value / base.value
            word = "keeps its level" if share >= close else "falls" if share >= 0.2 else "falls to nearly nothing"
            said.append(
                f"{method}: {100 * base.value:.1f} % in novel rooms, {100 * novel.value:.1f} % on novel classes: "
                f"{word} ({100 * share:.0f} % of it is left)."
            )
    return said or ["Novel rooms and novel classes were not both measured, so the paper's claim is not tested."]
