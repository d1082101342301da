"""The page of the study of hidden objects: Tables 2 and 4, hidden and visible apart, and tests."""

from collections.abc import Mapping
from typing import Any

from vantage.abstraction.network import RELATIONS
from vantage.metrics import Metric
from vantage.reports import Report
from vantage.studies.ovssc_report import add_tests
from vantage.studies.ovssc_settings import FLOORS, ORACLE, SPLITS
from vantage.studies.study_results import describe
from vantage.studies.vool_summary import KINDS, VoolResults, headline_metrics

PAPER = (
    "The paper's Table 2 (voxel IoU at 32³ in percent; rooms, visual, synonyms, classes): SemAware 12.1, 11.9, 11.4, "
    "3.0; SemAbs with Chefer's maps 9.1, 8.8, 10.7, 4.0; ClipSpatial 11.7, 10.1, 14.3, 11.2; SemAbs 20.9, 19.2, 23.4, "
    "19.7. Its scenes and threshold (the best on the test views) are others: patterns compare, numbers do not."
)


def vool_page(results: VoolResults, settings: Mapping[str, Any], command: str) -> Report:
    """Return the page about a study."""
    splits = results.settings.splits
    rooms = len(results.settings.rooms)
    report = Report("Where are described objects?", f"{', '.join(results.methods)} in {rooms} rooms a split")
    report.text(PAPER, title="The paper")
    note = (
        "Voxel IoU at 32³ of the places that fit a description; means over rooms with 95 % intervals, n rooms. The "
        "place of a target that is seen is its own solid; of a hidden one, everywhere unseen where it could be. "
        "visible: the target's visible points alone. "
        + " ".join(f"{split}: {SPLITS[split].about}." for split in splits)
    )
    rows = [[method, *(_told(results.metric(method, split)) for split in splits)] for method in results.methods]
    report.table("Localization (Table 2)", ["", *splits], rows, note=note)
    rows = [[method, *(_told(results.relation_mean(method, split)) for split in splits)] for method in results.methods]
    report.table("The same, means over relations", ["", *splits], rows, note="n relations.")
    rows = [
        [method, relation, *(_told(results.metric(method, split, relation)) for split in splits)]
        for method in results.methods
        for relation in RELATIONS
    ]
    report.table("By relation (Table 4)", ["", "relation", *splits], rows)
    rows = [
        [method, kind, *(_told(results.of_kind(method, split, kind)) for split in splits)]
        for method in results.methods
        for kind in KINDS
    ]
    report.table("Targets that are hidden, and that are seen", ["", "target", *splits], rows)
    rows = [[method, *(_told(results.peaks(method, split)) for split in splits)] for method in results.methods]
    report.table("How often the likeliest place belongs to the answer", ["", *splits], rows, note="n rooms.")
    add_tests(report, {split: results.compared(split) for split in results.settings.splits})
    metrics = headline_metrics(results)
    main = next((name for name in results.methods if name not in (ORACLE, *FLOORS)), results.methods[0])
    report.metrics(metrics, headline=[name for s in splits if (name := f"{main}_{s}_iou") in metrics])
    report.settings(settings, command)
    return report


def _told(metric: Metric) -> str:
    return describe(metric) if metric.n else "–"
