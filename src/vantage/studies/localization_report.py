"""The page of the localization study: what was found beside its floors, the paper's claim under test, and overlays."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vantage.reports import Picture, Report, overlay_relevancy, write_png
from vantage.studies.distillation_report import mark_peak
from vantage.studies.localization_cells import Shown
from vantage.studies.localization_summary import LOWER_IS_BETTER, MEASURES, Results, headline_metrics
from vantage.studies.paired_tests import SIGNIFICANT, PairedTest, smallest_p
from vantage.studies.study_results import describe, scenes_in_words

ABOUT = {
    "ssim": "Likeness of the continuous mask to the true one; a mask of nothing has much of it.",
    "psnr_db": "The same as a mean square, in decibels.",
    "lpips": "The same by a network's eye; lower is better.",
    "average_precision": "How purely the true pixels come first; a constant gets their share of the image.",
    "iou_best": "Intersection over union at each image's best threshold, which nobody knows beforehand.",
    "iou": "Intersection over union at the fixed threshold.",
    "peak_in_mask": "How often the most relevant pixel lies on what was asked for.",
    "position_error_m": "From the best place in space to what was asked for, 0 inside its box.",
}
GAP = 3
"""Pixels of white between the pictures of a sheet."""
PAPER = (
    "The paper finds no significant difference in localization between the encoders that are distilled beside CLIP, in "
    "Gaussians or NeRF, and a marginal degradation with geometry-grounded ones. It names no test. Here: Fisher's exact "
    "sign-flip test on differences paired by scene (means over seeds, queries and views), two-sided, with Holm's "
    f"correction for the number of pairs, at {SIGNIFICANT:g}."
)


def localization_report(results: Results, settings: Mapping[str, Any], command: str) -> Report:
    """Return the page about a study."""
    title = f"{results.settings.language} beside {', '.join(results.encoders)} in {scenes_in_words(results.scenes)}"
    report = Report("Does what shares the field help to find things?", title)
    report.text("\n\n".join([PAPER, *claim(results)]), title="The claim")
    for field in results.settings.fields:
        _add_values(report, results, field)
        _add_tests(report, results, field)
    for field in results.settings.fields:
        _add_overlays(report, results, field)
    tiles = [name for name in headline_metrics(results) if name.endswith("average_precision")][:5]
    report.metrics(headline_metrics(results), headline=tiles)
    report.settings(settings, command)
    return report


def claim(results: Results) -> list[str]:
    """Say of each field whether the paper's claim holds, what could have been found, and how the families differ."""
    said = []
    for field in results.settings.fields:
        tests = {measure: results.pairs(field, measure) for measure in MEASURES}
        tests = {measure: found for measure, found in tests.items() if any(test.p is not None for test in found)}
        if not tests:
            said.append(f"{field}: fewer than two scenes, or no two encoders, so nothing can be tested.")
            continue
        pairs = max(len(found) for found in tests.values())
        scenes = max(test.difference.n for found in tests.values() for test in found)
        least = smallest_p(scenes, pairs)
        text = f"{field}: {scenes} scenes, {len(tests)} measures, pairs of encoders: {pairs}. "
        found = [(measure, test) for measure, all_of in tests.items() for test in all_of if test.significant]
        if least > SIGNIFICANT:
            text += (
                f"So few scenes cannot give a corrected p below {least:.2g}: no difference could have been called "
                "significant, so nothing is decided; read the intervals."
            )
        elif found:
            shown = "; ".join(f"{measure}: {_in_words(test)}" for measure, test in found)
            text += f"The claim does not hold here for {len({m for m, _ in found})} of the measures: {shown}."
        else:
            text += "No pair differs significantly in any measure, as the paper finds."
        said += [text, *_families(results, field)]
    return said


def _families(results: Results, field: str) -> list[str]:
    """Say where geometry-grounded encoders are better or worse; nothing where the study has not both families."""
    better, worse, open_ = [], [], []
    for measure in MEASURES:
        test = results.families_compared(field, measure)
        if test is None or test.p is None or test.difference.value is None:
            continue
        gains = (test.difference.value > 0) != (measure in LOWER_IS_BETTER)
        (open_ if not test.significant else better if gains else worse).append(measure)
    shown = [f"{word} in {', '.join(m)}" for word, m in (("better", better), ("worse", worse)) if m]
    shown += [f"not told apart in {', '.join(open_)}"] if open_ else []
    return [f"{field}, geometry-grounded encoders against visual-semantic ones: {'; '.join(shown)}."] if shown else []


def _in_words(test: PairedTest) -> str:
    p = "not tested" if test.p_corrected is None else f"p = {test.p_corrected:.3g}"
    return f"{test.first} less {test.second} {describe(test.difference)}, {p}"


def _add_values(report: Report, results: Results, field: str) -> None:
    rows = []
    for measure in MEASURES:
        if not results.per_scene(None, field, measure):
            rows.append([measure, *["not measured"] * (len(results.encoders) + 2)])
            continue
        own = [describe(results.metric(encoder, field, measure)) for encoder in results.encoders]
        floors = [results.metric(None, field, measure, who) for who in ("shuffled", "empty")]
        rows.append([measure, *own, *(describe(one) if one.n else "–" for one in floors)])
    note = (
        "Means over scenes with 95 % intervals. Words shuffled: the answer to another text, held against this one's "
        "mask. Empty mask: an answer of nothing. " + " ".join(f"{m}: {ABOUT[m]}" for m in MEASURES)
    )
    if results.no_lpips:
        note += f" LPIPS is not measured: {results.no_lpips}."
    report.table(f"Localization in {field}", ["", *results.encoders, "words shuffled", "empty mask"], rows, note=note)


def _add_tests(report: Report, results: Results, field: str) -> None:
    rows = []
    for measure in MEASURES:
        family = results.families_compared(field, measure)
        for test in [*results.pairs(field, measure), *([family] if family else [])]:
            if test.p is not None:
                pair = f"{test.first} less {test.second}"
                rows.append([measure, pair, describe(test.difference), test.p, test.p_corrected])
    if rows:
        report.table(
            f"Every two encoders in {field}, paired by scene",
            ["measure", "pair", "difference", "p", "p, corrected"],
            rows,
            note="Fisher's exact sign-flip test; Holm's correction for the pairs of encoders of a measure; the two "
            "families are one test each. Intervals are of one difference alone, not corrected.",
        )


def _add_overlays(report: Report, results: Results, field: str) -> None:
    for scene, cells in results.first_cells(field).items():
        rows: dict[str, dict[str, Picture | np.ndarray]] = {}
        for number, shown in enumerate(next(iter(cells.values())).shown):
            answers = {encoder: cell.shown[number] for encoder, cell in cells.items()}
            rows[f"“{shown.text}”, {shown.view}"] = overlays(shown, answers)
        report.gallery(
            f"{scene}, {field}",
            rows,
            note="Held-out views. The ring marks the most relevant pixel; dark is no likelier than anything else.",
        )


def overlays(shown: Shown, answers: Mapping[str, Shown]) -> dict[str, Picture | np.ndarray]:
    """Return the row of pictures of one query: the view, its true mask, and each encoder's relevancy over the view."""
    highest = max(0.75, *(float(one.relevancy.max()) for one in answers.values()))
    row: dict[str, Picture | np.ndarray] = {"photograph": shown.photo, "true mask": shown.true[..., None] * np.ones(3)}
    for encoder, one in answers.items():
        # One scale for all encoders, from neutral on: what finds nothing stays dark.
        drawn = overlay_relevancy(one.photo, one.relevancy, low=0.5, high=highest)
        peak_row, peak_column = np.unravel_index(int(one.relevancy.argmax()), one.relevancy.shape)
        marked = mark_peak(drawn.image, (int(peak_column), int(peak_row)))
        row[encoder] = Picture(image=marked, scale=drawn.scale)
    return row


def overlay_sheet(results: Results, field: str, scene: str) -> np.ndarray | None:
    """Return the overlays of a scene as one picture, a row per query; None where it has none."""
    by_encoder = results.first_cells(field).get(scene)
    if not by_encoder:
        return None
    rows = []
    for number, shown in enumerate(next(iter(by_encoder.values())).shown):
        row = overlays(shown, {encoder: cell.shown[number] for encoder, cell in by_encoder.items()})
        pictures = [one.image if isinstance(one, Picture) else one for one in row.values()]
        # Masks that end at the picture's edge would run into the next one.
        framed = [np.pad(picture, ((0, GAP), (0, GAP), (0, 0)), constant_values=1.0) for picture in pictures]
        rows.append(np.concatenate(framed, axis=1))
    return np.concatenate(rows) if rows else None


def write_sheets(results: Results, folder: Path) -> list[str]:
    """Write one sheet of overlays per scene and field; return the names."""
    names = []
    for field in results.settings.fields:
        for scene in results.scenes:
            sheet = overlay_sheet(results, field, scene)
            if sheet is not None:
                names.append(f"{scene}-{field}.png")
                write_png(folder / names[-1], sheet)
    return names
