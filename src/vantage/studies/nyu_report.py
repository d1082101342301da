"""The page of the study of NYUv2-CAD: Table 3 by the paper's protocol and by the benchmark's, and pictures."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vantage.metrics import Metric
from vantage.reports import Picture, Report
from vantage.studies.nyu_settings import SEEN
from vantage.studies.nyu_summary import NyuResults, headline_metrics
from vantage.studies.study_results import describe

PAPER = (
    "The paper's Table 3 (IoU in percent; ceiling, floor, wall, window, chair, bed, sofa, table, tvs, furn, objs, "
    "their average): SSCNet 32.5, 92.6, 40.2, 8.9, 33.9, 57, 59.5, 28.3, 8.1, 44.8, 25.1, 36.6. SISNet 63.4, 94.4, "
    "67.2, 52.4, 59.2, 77.9, 71.1, 51.8, 46.2, 65.8, 48.8, 63.5. SemAbs trained on NYU 22.6, 46.1, 33.9, 35.9, 23.9, "
    "55.9, 37.9, 19.7, 30.8, 39.8, 27.7, 34.0. SemAbs zero-shot 13.7, 17.3, 13.5, 25.2, 15.2, 33.3, 31.5, 12.0, 23.7, "
    "25.6, 19.9, 21.0. Rows of closed classes sum hits over frames on the benchmark's mask; SemAbs takes means in its "
    "own cube, and its released evaluation chooses thresholds on test data. So its rows are not like for like; ours "
    "are given both ways, with thresholds of validation rooms."
)
ASKED = {
    "11": "The 11 classes are asked for.",
    "894": "The names of the list are asked for; each found voxel counts as its name's one of the 11 classes.",
    "894-own": "The names of the list are asked for, and each is measured for itself.",
}
CUBE_NOTE = (
    "The network's cube in 60³ voxels: the largest logit at each point, where it is above the network's own threshold; "
    "a voxel holds what its points hold. Voxels that are partly unknown or out of the picture are left out. Means over "
    "the frames where truth or answer holds the class, then over classes."
)
SCORED_NOTE = (
    "Voxels of 8 cm that are hidden or within 24 cm of a seen surface, the unknown left out; hits, false alarms and "
    "misses summed over all frames. What lies outside the network's cube counts as empty in its answer."
)
MOST_ROWS = 60
"""Classes in a table: the others stand in result.json."""


def nyu_page(results: NyuResults, settings: Mapping[str, Any], command: str) -> Report:
    """Return the page about a study."""
    frames = len(results.cells_of(results.methods[0]))
    told = f"{', '.join(results.methods)} in {frames} frame{'s' if frames > 1 else ''}"
    report = Report("How well are frames of NYUv2-CAD completed?", told)
    seen = f"{SEEN}: the visible points with their true class: what is reached without completing anything."
    report.text("\n\n".join([PAPER, ASKED[results.settings.classes], seen]), title="What is measured")
    _add_table(report, results, "By the paper's protocol (Table 3)", results.cube_class, results.cube, CUBE_NOTE)
    _add_table(report, results, "By the benchmark's protocol", results.scored_class, results.scored, SCORED_NOTE)
    rows = [[method, describe(results.completion(method))] for method in results.methods]
    reach = f"Of the filled voxels that are scored, {describe(results.reach())} lie in the network's cube."
    note = f"Filled against empty among the hidden voxels of 8 cm; mean over frames. {reach}"
    report.table("Completion, whatever the class", ["", "IoU"], rows, note=note)
    _add_pictures(report, results)
    metrics = headline_metrics(results)
    report.metrics(metrics, headline=[f"{results.methods[0]}_{kind}_iou" for kind in ("cube", "ssc", "completion")])
    report.settings(settings, command)
    return report


def _add_table(
    report: Report,
    results: NyuResults,
    title: str,
    of_class: Callable[[str, int], Metric],
    average: Callable[[str], Metric],
    note: str,
) -> None:
    rows = [["average", *(_cell(average(method)) for method in results.methods)]]
    for k, name in enumerate(results.names[:MOST_ROWS]):
        rows.append([name, *(_cell(of_class(method, k)) for method in results.methods)])
    report.table(title, ["", *results.methods], rows, note=f"{note} 95 % intervals; n frames.")


def _cell(metric: Metric) -> str:
    return describe(metric) if metric.n else "–"


def _add_pictures(report: Report, results: NyuResults) -> None:
    rows: dict[str, dict[str, Picture | np.ndarray]] = {}
    for cell in results.cells:
        if cell.drawn is not None:
            row = rows.setdefault(cell.name.scene, {"image": cell.drawn.image / 255, "true": cell.drawn.true / 255})
            row[cell.name.encoder] = cell.drawn.made / 255
    if rows:
        report.gallery("First frames", rows, note="In the network's cube; the seen points in pale.")
