"""The study of hidden objects in numbers: means and intervals over rooms, and of each relation (Tables 2 and 4)."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from vantage.abstraction.network import RELATIONS
from vantage.metrics import Metric
from vantage.studies.ovssc_settings import CompletionStudySettings
from vantage.studies.paired_tests import PairedTest, all_pairs
from vantage.studies.vool_cells import Located, VoolCell

KINDS = {"hidden": True, "visible": False}
"""Whether a visible object fits a description."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class VoolResults:
    """All cells that are done."""

    settings: CompletionStudySettings
    methods: tuple[str, ...]
    cells: Sequence[VoolCell]

    def by_room(self, method: str, split: str, relation: str | None = None) -> dict[str, list[Located]]:
        """Return the descriptions of each room that has any, of one relation or of all."""
        found = {
            cell.name.scene: [one for one in cell.located if relation in (None, one.relation)]
            for cell in self.cells
            if (cell.name.encoder, cell.name.field) == (method, split)
        }
        return {room: located for room, located in found.items() if located}

    def per_room(self, method: str, split: str, relation: str | None = None) -> dict[str, float]:
        """Return each room's mean IoU."""
        rooms = self.by_room(method, split, relation)
        return {room: float(np.mean([one.iou for one in located])) for room, located in rooms.items()}

    def metric(self, method: str, split: str, relation: str | None = None) -> Metric:
        """Return the mean over rooms with its interval."""
        return Metric.of(self.per_room(method, split, relation).values())

    def relation_mean(self, method: str, split: str) -> Metric:
        """Return the mean over relations of their means, which the released code gives."""
        means = [self.metric(method, split, relation).value for relation in RELATIONS]
        return Metric.of([mean for mean in means if mean is not None])

    def of_kind(self, method: str, split: str, kind: str) -> Metric:
        """Return the mean over rooms of descriptions that a visible object fits, or of those that none does."""
        wanted = KINDS[kind]
        rooms = self.by_room(method, split).values()
        picked = [[one.iou for one in located if one.hidden == wanted] for located in rooms]
        return Metric.of([float(np.mean(values)) for values in picked if values])

    def peaks(self, method: str, split: str) -> Metric:
        """Return how often the likeliest place belongs to the answer: the mean over rooms."""
        rooms = self.by_room(method, split).values()
        return Metric.of([float(np.mean([one.peak_in_answer for one in located])) for located in rooms])

    def compared(self, split: str) -> list[PairedTest]:
        """Compare every two methods, paired by room."""
        return all_pairs({m: per for m in self.methods if (per := self.per_room(m, split))})


def headline_metrics(results: VoolResults) -> dict[str, Metric]:
    """Return the metrics for `result.json`: `METHOD_SPLIT_iou` and `..._peak`, and of each relation."""
    metrics: dict[str, Metric] = {}
    for method in results.methods:
        for split in results.settings.splits:
            metric = results.metric(method, split)
            if not metric.n:
                continue
            metrics[f"{method}_{split}_iou"] = metric
            metrics[f"{method}_{split}_peak"] = results.peaks(method, split)
            for relation in RELATIONS:
                own = results.metric(method, split, relation)
                if own.n:
                    metrics[f"{method}_{split}_{relation.replace(' ', '_')}_iou"] = own
    return metrics or {"iou": Metric.of([])}


def vool_details(results: VoolResults) -> dict[str, Any]:
    """Return what `result.json` holds beside the metrics: counts, means over relations, and tests."""
    splits, first = results.settings.splits, results.methods[0]
    return {
        "methods": list(results.methods),
        "descriptions": {
            split: {relation: sum(map(len, results.by_room(first, split, relation).values())) for relation in RELATIONS}
            for split in splits
        },
        "mean_over_relations": {
            method: {split: results.relation_mean(method, split).to_json() for split in splits}
            for method in results.methods
        },
        "tests": [{"split": split} | test.to_json() for split in splits for test in results.compared(split)],
    }
