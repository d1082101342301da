"""The page of the content study: curves, what the edges are, agreement, colours, and the paper's claim in words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vantage.probes import edge_masks
from vantage.reports import Report, write_png
from vantage.studies.content_cells import PHOTO, Cell
from vantage.studies.content_settings import IMAGE
from vantage.studies.content_summary import (
    HEADLINES,
    Results,
    agreement_matrix,
    comparisons,
    headline_metrics,
    low_thresholds,
)
from vantage.studies.study_results import describe, scenes_in_words

CURVES_OF_A_CHART = 6
"""The page has six colours for curves."""
ABOUT = {
    "gff": "Edges of the features per edge of the picture, mean over the low thresholds. Noise has many.",
    "geometry_auc": "How surely a pixel at a depth or crease edge has stronger feature edges than a flat one.",
    "texture_auc": "The same for edges of colour alone.",
    "shadow_auc": "The same for ends of shadows.",
    "edge_f": "Precision and recall of the strongest feature edges against true geometry, as many as there are.",
    "consistency_auc": "How surely one point in two views has closer features than two points.",
    "ari_classes": "Agreement of clusters with the true classes of objects.",
}
WORDS = {"gff": "The geometric fidelity factor", "geometry_auc": "Strength at true geometry"}
WORDS |= {"texture_auc": "Strength at texture", "shadow_auc": "Strength at shadows"}
WORDS |= {"edge_f": "The F score against true geometry", "consistency_auc": "Consistency between views"}


def content_report(results: Results, settings: Mapping[str, Any], command: str) -> Report:
    """Return the page about a study."""
    seen = f"{', '.join(results.encoders)} in {scenes_in_words(results.scenes)}"
    report = Report("What do the features contain?", seen)
    report.text(_claim(results), title="The claim")
    for place in results.settings.places:
        _add_curves(report, results, place)
        _add_values(report, results, place)
        _add_agreement(report, results, place)
    _add_pictures(report, results)
    report.metrics(headline_metrics(results), headline=_tiles(results), about=_about(results))
    report.settings(settings, command)
    return report


def write_pictures(results: Results, folder: Path) -> list[str]:
    """Write one sheet per scene, the photograph and each encoder's principal components; return the names."""
    names = []
    for scene, by_encoder in results.first_cells().items():
        cells = list(by_encoder.values())
        rows = [[cells[0].pictures[PHOTO], *(cell.pictures[place] for cell in cells)] for place in _places(cells)]
        sheet = np.concatenate([np.concatenate(row, axis=1) for row in rows])
        write_png(folder / f"{scene}.png", sheet.astype(np.float64))
        names.append(f"{scene}.png")
    return names


def _claim(results: Results) -> str:
    """Say whether the paper's claim holds, and what the measures against truth say."""
    low = ", ".join(f"{t:g}" for t in low_thresholds(results.settings))
    paper = (
        "The paper finds that geometry-grounded encoders have the higher geometric fidelity factor, above all at low "
        f"thresholds (here the mean over {low})."
    )
    found = comparisons(results, [*HEADLINES[:1], *(m for m in results.measures(IMAGE) if m in HEADLINES)])
    if not found:
        return f"{paper} This study has no encoder of one of the two families, so it cannot say."
    seen: dict[tuple[str, str], str] = {}
    for one in found:
        where = "in the image" if one.place == IMAGE else f"distilled into {one.place}"
        difference = f"{describe(one.difference)}"
        name = WORDS.get(one.measure, one.measure)
        seen[one.place, one.measure] = f"{name} {where}: {one.verdict}; difference {difference}."
    who = f"{', '.join(found[0].grounded)} against {', '.join(found[0].semantic)}, paired by scene."
    return "\n\n".join([paper, who, *seen.values()])


def _add_curves(report: Report, results: Results, place: str) -> None:
    where = "in the image" if place == IMAGE else f"distilled into {place}"
    titles = {
        "gff": (f"Geometric fidelity factor {where}", "edges, features / picture"),
        "gff_precision": (f"Share of those edges at true geometry, {where}", "precision"),
        "gff_recall": (f"Share of true geometry they lie at, {where}", "recall"),
    }
    for curve, (title, y_label) in titles.items():
        series = {}
        for encoder in results.encoders:
            points = zip(results.settings.thresholds, results.curve(encoder, place, curve), strict=True)
            known = [(t, metric.value) for t, metric in points if metric.value is not None]
            if known:
                series[encoder] = ([t for t, _ in known], [v for _, v in known])
        names = list(series)
        for start in range(0, len(names), CURVES_OF_A_CHART):
            chosen = {name: series[name] for name in names[start : start + CURVES_OF_A_CHART]}
            report.chart(title, chosen, "threshold (contrast)", y_label)


def _add_values(report: Report, results: Results, place: str) -> None:
    where = "in the image" if place == IMAGE else f"distilled into {place}"
    measures = results.measures(place)
    report.table(
        f"Measured {where}",
        ["", *results.encoders],
        [[m, *(describe(results.metric(e, place, m)) for e in results.encoders)] for m in measures],
        note="Means over scenes with 95 % intervals. " + " ".join(f"{m}: {ABOUT[m]}" for m in measures if m in ABOUT),
    )


def _add_agreement(report: Report, results: Results, place: str) -> None:
    where = "in the image" if place == IMAGE else f"distilled into {place}"
    matrix = agreement_matrix(results, place)
    rows = [[e, *(entry.value for entry in row)] for e, row in zip(results.encoders, matrix, strict=True)]
    report.table(
        f"Agreement of clusters, {where} (adjusted Rand index)",
        ["encoder", *results.encoders],
        rows,
        note="1 is the same clustering, 0 is chance. On the diagonal: the encoder with itself under another seed.",
    )


def _places(cells: list[Cell]) -> list[str]:
    return [place for place in cells[0].values if all(place in cell.values for cell in cells)]


def _add_pictures(report: Report, results: Results) -> None:
    low = low_thresholds(results.settings)
    threshold = low[len(low) // 2]
    rows: dict[str, dict[str, np.ndarray]] = {}
    edges: dict[str, dict[str, np.ndarray]] = {}
    for scene, by_encoder in results.first_cells().items():
        cells = list(by_encoder.values())
        for place in _places(cells):
            label = scene if place == IMAGE else f"{scene}, {place}"
            pictures = {"photograph": cells[0].pictures[PHOTO].astype(np.float64)}
            pictures |= {cell.name.encoder: cell.pictures[place] for cell in cells}
            rows[label] = pictures
            edges[label] = {name: edge_masks(one, threshold).astype(np.float64) for name, one in pictures.items()}
    report.gallery(
        "Three principal components",
        rows,
        note="One projection per scene and encoder, fitted to the features of the images; distilled ones are shown by "
        "the same.",
    )
    report.gallery(
        f"Their edges at a contrast of {threshold:g}", edges, note="Red, green and blue are the channels, as counted."
    )


def _tiles(results: Results) -> list[str]:
    return [name for name in headline_metrics(results) if name.startswith("gff_")][:5]


def _about(results: Results) -> dict[str, str]:
    names = headline_metrics(results)
    return {name: ABOUT[m] for name in names for m in HEADLINES if name.startswith(f"{m}_") and m in ABOUT}
