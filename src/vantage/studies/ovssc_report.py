"""The page of the completion study: Table 1, labels, absent labels, the confusion matrix, and pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vantage.reports import Picture, Report
from vantage.reports.matrix_chart import matrix_chart
from vantage.studies.ovssc_cells import OvsscCell
from vantage.studies.ovssc_settings import FLOORS, ORACLE, SPLITS
from vantage.studies.ovssc_summary import OvsscResults, claim, headline_metrics
from vantage.studies.paired_tests import PairedTest
from vantage.studies.study_results import describe

PAPER = (
    "The paper's Table 1 (voxel IoU at 32³ in percent; rooms, visual, synonyms, classes): SemAware 32.2, 31.9, 20.2, "
    "0.0; SemAbs with Chefer's maps 26.6, 24.3, 17.8, 12.2; SemAbs 40.1, 36.4, 33.4, 37.9. Its scenes, classes and "
    "threshold (the best on the test views) are others, so that patterns compare and numbers do not."
)
MATRIX_LABELS = 28
"""Classes in the confusion matrix, the commonest ones: as many as can be read."""
LABELS_SHOWN = 40
"""Classes in the table of labels."""
CONFUSED_SHOWN = 12
"""Confusions that are listed in words."""


def ovssc_page(results: OvsscResults, settings: Mapping[str, Any], command: str) -> Report:
    """Return the page about a study."""
    rooms = len(results.settings.rooms)
    report = Report(
        "How well are half-seen objects completed?", f"{', '.join(results.methods)} in {rooms} rooms a split"
    )
    report.text("\n\n".join([PAPER, *claim(results)]), title="The claim")
    _add_table(report, results)
    _add_absent(report, results)
    add_tests(report, {split: results.compared(split) for split in results.settings.splits})
    _add_pictures(report, results)
    main = main_method(results)
    for split in results.settings.splits:
        _add_labels(report, results, split)
    _add_confusion(report, results, main)
    metrics = headline_metrics(results)
    tiles = [f"{main}_{split}_iou" for split in results.settings.splits if f"{main}_{split}_iou" in metrics]
    report.metrics(metrics, headline=tiles)
    report.settings(settings, command)
    return report


def main_method(results: OvsscResults) -> str:
    """Return the method that the page is mainly about: the first network, or the floor where there is none."""
    return next((name for name in results.methods if name not in (ORACLE, *FLOORS)), results.methods[0])


def _add_table(report: Report, results: OvsscResults) -> None:
    splits = results.settings.splits
    rows = [
        [method, *(describe(metric) if (metric := results.metric(method, split)).n else "–" for split in splits)]
        for method in results.methods
    ]
    note = (
        "Voxel IoU at 32³ of each label that a view shows, all of a view contending; means over rooms with 95 % "
        "intervals, n rooms. Thresholds come with the networks, from validation rooms. visible: the visible points "
        "where relevancy is above a threshold of validation rooms, no network. visible-true: the visible points that "
        "truly are the label's. oracle: the first network of semabs, its relevancy drawn from true masks. "
    ) + " ".join(f"{split}: {SPLITS[split].about}." for split in splits)
    report.table("Completion (Table 1)", ["", *splits], rows, note=note)
    rows = [
        [method, *(describe(m) if (m := results.metric(method, split, "iou_alone")).n else "–" for split in splits)]
        for method in results.methods
    ]
    report.table("The same, each label asked for alone", ["", *splits], rows)
    rows = [
        [method, *(describe(m) if (m := results.metric(method, split, "iou_judged")).n else "–" for split in splits)]
        for method in results.methods
    ]
    note = (
        "Labels of a view that are judged to be absent although they are there get nothing: what the judgement costs."
    )
    report.table("The same as in the first, presence judged", ["", *splits], rows, note=note)
    rows = [
        [method, *(describe(m) if (m := results.label_mean(method, split)).n else "–" for split in splits)]
        for method in results.methods
    ]
    report.table("The same as in the first, means over labels", ["", *splits], rows, note="n labels.")


def _add_absent(report: Report, results: OvsscResults) -> None:
    alone = (
        "Labels that are not in the room, each asked for alone: in what share of views something is seen all the same, "
        "and its mean volume in litres (over rooms). The whole cube has 46 656 litres."
    )
    judged = (
        "The same as vantage complete does it: the walls, floors and ceilings of the view contend, and a label whose "
        "presence is too low stays empty."
    )
    for title, measure, note in (
        ("What is not there", "litres", alone),
        ("What is not there, judged by presence", "litres_judged", judged),
    ):
        rows = []
        for method in results.methods:
            row: list[Any] = [method]
            for split in results.settings.splits:
                loud, litres = results.loud(method, split, measure), results.false_litres(method, split, measure)
                row.append(f"{describe(loud)}; {describe(litres)} l" if loud.n else "–")
            rows.append(row)
        report.table(title, ["", *results.settings.splits], rows, note=note)


def add_tests(report: Report, tests: Mapping[str, Sequence[PairedTest]]) -> None:
    """Add a table of paired tests, by split; none where nothing was tested."""
    rows = [
        [split, f"{test.first} less {test.second}", describe(test.difference), test.p, test.p_corrected]
        for split, of_split in tests.items()
        for test in of_split
        if test.p is not None
    ]
    if rows:
        report.table(
            "Every two methods, paired by room",
            ["split", "pair", "difference", "p", "p, corrected"],
            rows,
            note="Fisher's exact sign-flip test; Holm's correction for the pairs of a split.",
        )


def _add_labels(report: Report, results: OvsscResults, split: str) -> None:
    by_method = {method: results.per_label(method, split) for method in results.methods}
    names = list(next(iter(by_method.values())))[:LABELS_SHOWN]
    rows = [
        [name, *(describe(by_method[m][name]) if name in by_method[m] else "–" for m in by_method)] for name in names
    ]
    if rows:
        report.table(f"Labels in {split}", ["label", *by_method], rows, note="The commonest first; n rooms.")


def _add_confusion(report: Report, results: OvsscResults, method: str) -> None:
    shares = results.confusion(method, results.settings.splits)
    if not shares:
        return
    names = list({name: None for split in results.settings.splits for name in results.per_label(method, split)})
    names = names[:MATRIX_LABELS]
    # Classes that no view shows together have no share at all, and stay white as in the paper's figure.
    report.svg(
        f"Which class takes which one's space, {method} (Figure 10)",
        matrix_chart(shares, names, [*names, ""], blank="nothing"),
        note="Rows are true classes, columns what their space was given to; a square's name and share show under the "
        "pointer. White: never both in a view.",
    )
    worst = sorted(((v, k) for k, v in shares.items() if k[1] and k[0] != k[1]), reverse=True)[:CONFUSED_SHOWN]
    report.table("The largest confusions", ["true", "taken for", "share"], [[k[0], k[1], share] for share, k in worst])


def _add_pictures(report: Report, results: OvsscResults) -> None:
    rows: dict[str, dict[str, Picture | np.ndarray]] = {}
    for split in results.settings.splits:
        for room in results.settings.rooms:
            cells: Sequence[OvsscCell] = [
                cell
                for method in results.methods
                for cell in results.cells_of(method, split)
                if cell.name.scene == f"room_{room}" and cell.drawn is not None
            ]
            if cells and cells[0].drawn is not None:
                first = cells[0].drawn
                row: dict[str, Picture | np.ndarray] = {"image": first.image / 255, "true": first.true / 255}
                row |= {cell.name.encoder: cell.drawn.made / 255 for cell in cells if cell.drawn is not None}
                rows[f"{split}, room {room}: {', '.join(first.labels)}"] = row
    if rows:
        report.gallery("First views", rows, note="One colour a label; the seen points in pale.")
