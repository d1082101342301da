"""`vantage study content`: what the features of encoders contain, in the image and after distillation.

One cell per scene, encoder and seed; each is written when it is done, so a study that is stopped goes on from there.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vantage.encoders import Encoder, load_encoder
from vantage.errors import DataError
from vantage.metrics import Metric
from vantage.runs import Interrupts, RunFolder, command_line, graceful_interrupts, parse_settings, progress
from vantage.storage import read_json
from vantage.studies.content_cells import Cell, CellName, make_cell
from vantage.studies.content_report import content_report, write_pictures
from vantage.studies.content_scenes import StudyScene, scenes_of
from vantage.studies.content_settings import ContentSettings
from vantage.studies.content_summary import Results, agreement_matrix, comparisons, headline_metrics

COMMAND = "study content"
"""The run's command, as `config.json` names it."""
CELLS = "cells"
"""Folder of the cells inside the run."""


def load_encoders(settings: ContentSettings) -> dict[str, Encoder]:
    """Load every encoder that the study needs, so that what is missing is said before anything begins.

    Raises:
        UsageError: no encoder has this name.
        MissingError: its weights are not here.
    """
    names = [*settings.encoders, *([settings.language] if settings.fields and settings.language else [])]
    return {name: load_encoder(name) for name in dict.fromkeys(names)}


def run_content(
    run: RunFolder, settings: ContentSettings, encoders: Mapping[str, Encoder], *, cache: Path, quiet: bool = False
) -> dict[str, Any]:
    """Compute the cells that are not there yet, write the report; return the content of `result.json`.

    Args:
        run: the run's folder.
        settings: the study's.
        encoders: as `load_encoders` returns them.
        cache: folder of caches.
        quiet: show no progress.

    Raises:
        DataError: a scene is damaged, or the run was begun with other weights of an encoder.
        InterruptedRun: Ctrl-C; the cells that were done are kept.
    """
    start = time.monotonic()
    folder = run.artifact(CELLS)
    makers = scenes_of(settings.rooms, settings.captures, settings.scene)
    names = cell_names(settings, list(makers))
    cells: list[Cell] = []
    scene: StudyScene | None = None
    with graceful_interrupts() as interrupts, progress("looking into features", len(names), quiet=quiet) as bar:
        for name in names:
            cell = _found(folder, name, encoders)
            if cell is None:
                if scene is None or scene.name != name.scene:
                    scene = makers[name.scene]()
                cell = make_cell(
                    name,
                    scene,
                    encoders,
                    settings,
                    cache=cache / "features",
                    after_step=lambda: _stop_if_asked(run, interrupts, len(cells), len(names)),
                )
                cell.save(folder)
                run.log("cell", scene=name.scene, encoder=name.encoder, of_seed=name.seed)
            cells.append(cell)
            bar.advance(1)
            if len(cells) < len(names):
                _stop_if_asked(run, interrupts, len(cells), len(names))
    results = Results(settings=settings, cells=cells)
    measured = time.monotonic()
    content_report(results, run.settings, command_line()).write(run.artifact("report.html"))
    pictures = write_pictures(results, run.artifact("pictures"))
    return run.finish(
        headline_metrics(results),
        ["report.html", CELLS, *(f"pictures/{name}" for name in pictures)],
        {"measure": measured - start, "report": time.monotonic() - measured},
        extra=details(results),
    )


def report_on(folder: Path) -> tuple[Results, dict[str, Any]]:
    """Return what a run of the study has so far, finished or not, and its settings as plain values.

    Raises:
        DataError: the folder holds no such run, or no cell of it is done.
    """
    config = read_json(folder / "config.json")
    if not isinstance(config, dict) or config.get("command") != COMMAND:
        raise DataError(f"{folder}: not a run of `vantage {COMMAND}`")
    settings = parse_settings(config.get("settings"), ContentSettings, where=str(folder / "config.json"))
    scenes = list(scenes_of(settings.rooms, settings.captures, settings.scene))
    cells = [cell for name in cell_names(settings, scenes) if (cell := Cell.load(folder / CELLS, name))]
    if not cells:
        raise DataError(f"{folder}: no cell of the study is done yet")
    return Results(settings=settings, cells=cells), config["settings"]


def cell_count(settings: ContentSettings) -> int:
    """Return how many cells a study has."""
    return (len(settings.rooms) + len(settings.captures)) * len(settings.encoders) * len(settings.seeds)


def cell_names(settings: ContentSettings, scenes: Sequence[str]) -> list[CellName]:
    """Return all cells of a study, scene by scene."""
    return [
        CellName(scene=scene, encoder=encoder, seed=seed)
        for scene in scenes
        for encoder in settings.encoders
        for seed in settings.seeds
    ]


def details(results: Results) -> dict[str, Any]:
    """Return everything that is measured, for `result.json`: by encoder and place, values, curves and agreement."""
    settings = results.settings
    measured = {}
    for encoder in results.encoders:
        measured[encoder] = {
            place: {
                "values": {m: results.metric(encoder, place, m).to_json() for m in results.measures(place)},
                "curves": {
                    curve: [point.to_json() for point in results.curve(encoder, place, curve)]
                    for curve in _curve_names(results, place)
                },
            }
            for place in settings.places
        }
    return {
        "scenes": list(dict.fromkeys(cell.name.scene for cell in results.cells)),
        "fingerprints": {cell.name.encoder: cell.fingerprint for cell in results.cells},
        "families": results.families,
        "measured": measured,
        "agreement": {place: _matrix(results, place) for place in settings.places},
        "claims": [
            {
                "place": c.place,
                "measure": c.measure,
                "geometry_grounded": c.grounded,
                "visual_semantic": c.semantic,
                "difference": c.difference.to_json(),
                "verdict": c.verdict,
            }
            for c in comparisons(results, ("gff", *(m for m in results.measures("image") if m.endswith("auc"))))
        ],
    }


def _curve_names(results: Results, place: str) -> list[str]:
    return list(dict.fromkeys(name for cell in results.cells for name in cell.curves.get(place, {})))


def _matrix(results: Results, place: str) -> list[list[dict[str, Any]]]:
    return [[Metric.to_json(entry) for entry in row] for row in agreement_matrix(results, place)]


def _found(folder: Path, name: CellName, encoders: Mapping[str, Encoder]) -> Cell | None:
    """Return the cell of an earlier session.

    Raises:
        DataError: it was computed with other weights of the encoder.
    """
    cell = Cell.load(folder, name)
    if cell is not None and cell.fingerprint != encoders[name.encoder].fingerprint:
        raise DataError(
            f"{folder / name.stem}.json: computed with other weights of {name.encoder}; "
            "give --overwrite to start anew, or remove that encoder's cells"
        )
    return cell


def _stop_if_asked(run: RunFolder, interrupts: Interrupts, done: int, total: int) -> None:
    if interrupts.requested:
        raise run.interrupted(f"stopped with {done} of {total} cells done")
