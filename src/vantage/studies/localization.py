"""`vantage study localization`: does what shares the hash grid with an image-text encoder help it to find things?

One cell per scene, encoder, field and seed, written when it is done, so a study that is stopped goes on from there. The
cells that differ in their encoders alone are made together, in one field.
"""

import functools
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vantage.captures import Capture
from vantage.encoders import load_encoder, load_text_encoder
from vantage.errors import DataError, MissingError
from vantage.localization import CaptionMasks, GroundedMasks, MaskTruth, load_lpips
from vantage.reports import write_png
from vantage.runs import Interrupts, RunFolder, command_line, graceful_interrupts, progress
from vantage.studies.content_scenes import views_of
from vantage.studies.localization_cells import Cell, CellName
from vantage.studies.localization_measuring import AskedScene, Models, has_names, make_cells
from vantage.studies.localization_report import claim, localization_report, overlay_sheet
from vantage.studies.localization_settings import LocalizationSettings
from vantage.studies.localization_summary import MEASURES, Results, headline_metrics

COMMAND = "study localization"
"""The run's command, as `config.json` names it."""
CELLS = "cells"
"""Folder of the cells inside the run."""


def load_models(settings: LocalizationSettings) -> Models:
    """Load everything that the study needs, so that what is missing is said before anything begins.

    LPIPS alone may be absent; its column then says why.

    Raises:
        UsageError: no encoder has this name, or the language encoder reads no text.
        MissingError: weights are not here.
    """
    encoders = {name: load_encoder(name) for name in dict.fromkeys([settings.language, *settings.encoders])}
    text = load_text_encoder(settings.language)
    try:
        return Models(encoders=encoders, text=text, lpips=load_lpips(), no_lpips="")
    except MissingError as error:
        return Models(encoders=encoders, text=text, lpips=None, no_lpips=str(error))


def run_localization(
    run: RunFolder, settings: LocalizationSettings, models: Models, *, cache: Path, quiet: bool = False
) -> dict[str, Any]:
    """Compute the cells that are not there yet, write the report; return the content of `result.json`.

    Args:
        run: the run's folder.
        settings: the study's.
        models: as `load_models` returns them.
        cache: folder of caches.
        quiet: show no progress.

    Raises:
        DataError: a scene is damaged, or the run was begun with other weights of an encoder.
        InterruptedRun: Ctrl-C; the cells that were done are kept.
    """
    start = time.monotonic()
    folder = run.artifact(CELLS)
    makers = views_of(settings.rooms, settings.captures, settings.scene)
    groups = [
        [CellName(scene=scene, encoder=encoder, field=field, seed=seed) for encoder in settings.encoders]
        for scene in makers
        for field in settings.fields
        for seed in settings.seeds
    ]
    total = sum(map(len, groups))
    cells: list[Cell] = []
    scene: AskedScene | None = None
    with graceful_interrupts() as interrupts, progress("finding things", total, quiet=quiet) as bar:
        for group in groups:
            found = {name: _found(folder, name, models) for name in group}
            missing = [name for name, cell in found.items() if cell is None]
            if missing:
                if scene is None or scene.name != missing[0].scene:
                    scene = open_scene(missing[0].scene, makers[missing[0].scene](), settings)
                made = make_cells(
                    missing,
                    scene,
                    models,
                    settings,
                    cache=cache / "features",
                    after_step=functools.partial(_stop_if_asked, run, interrupts, len(cells), total),
                )
                for cell in made:
                    cell.save(folder)
                    name = cell.name
                    run.log("cell", scene=name.scene, encoder=name.encoder, field=name.field, of_seed=name.seed)
                found |= {cell.name: cell for cell in made}
            cells += [cell for cell in found.values() if cell is not None]
            bar.advance(len(group))
    return _finish(run, Results(settings=settings, cells=cells, no_lpips=models.no_lpips), start)


def open_scene(name: str, capture: Capture, settings: LocalizationSettings) -> AskedScene:
    """Return a scene with what is asked of it, by its own captions or, of photographs, by those who find and cut out.

    Raises:
        UsageError: photographs are asked for nothing.
        MissingError: the weights that find and cut out are not here.
        DataError: nothing that is asked for is seen.
    """
    first = capture[capture.test_indices[0]]
    truth: MaskTruth
    if has_names(first, capture):
        truth = CaptionMasks(capture, settings.queries)
    else:
        truth = GroundedMasks.load(settings.queries, settings.truth)
    return AskedScene.of(name, capture, truth)


def _finish(run: RunFolder, results: Results, start: float) -> dict[str, Any]:
    measured = time.monotonic()
    localization_report(results, run.settings, command_line()).write(run.artifact("report.html"))
    pictures = []
    for field in results.settings.fields:
        for scene in results.scenes:
            sheet = overlay_sheet(results, field, scene)
            if sheet is not None:
                pictures.append(f"{scene}-{field}.png")
                write_png(run.artifact("pictures") / pictures[-1], sheet)
    return run.finish(
        headline_metrics(results),
        ["report.html", CELLS, *(f"pictures/{name}" for name in pictures)],
        {"measure": measured - start, "report": time.monotonic() - measured},
        extra=details(results),
    )


def details(results: Results) -> dict[str, Any]:
    """Return what `result.json` holds beside the metrics: floors, tests and the claim in words."""
    tests = []
    for field in results.settings.fields:
        for measure in MEASURES:
            family = results.families_compared(field, measure)
            for kind, found in (("encoders", results.pairs(field, measure)), ("families", [family] if family else [])):
                tests += [
                    {
                        "field": field,
                        "measure": measure,
                        "of": kind,
                        "first": test.first,
                        "second": test.second,
                        "difference": test.difference.to_json(),
                        "p": test.p,
                        "p_corrected": test.p_corrected,
                    }
                    for test in found
                ]
    return {
        "scenes": results.scenes,
        "families": results.families,
        "fingerprints": {key: value for cell in results.cells for key, value in cell.fingerprints.items()},
        "lpips": {"measured": not results.no_lpips, "reason": results.no_lpips},
        "floors": {
            field: {
                who: {m: results.metric(None, field, m, who).to_json() for m in MEASURES}
                for who in ("shuffled", "empty")
            }
            for field in results.settings.fields
        },
        "tests": tests,
        "claim": claim(results),
    }


def _found(folder: Path, name: CellName, models: Models) -> Cell | None:
    """Return the cell of an earlier session.

    Raises:
        DataError: it was computed with other weights.
    """
    cell = Cell.load(folder, name)
    if cell is None:
        return None
    others: Sequence[str] = [key for key, old in cell.fingerprints.items() if models.encoders[key].fingerprint != old]
    if models.lpips is not None and any(one.scores["lpips"] is None for one in cell.asked):
        # Measured where LPIPS was not; it is now, and a mean over some of the cells would mislead.
        return None
    if others:
        raise DataError(
            f"{folder / name.stem}.json: computed with other weights of {others[0]}; "
            "give --overwrite to start anew, or remove that encoder's cells"
        )
    return cell


def _stop_if_asked(run: RunFolder, interrupts: Interrupts, done: int, total: int) -> None:
    if interrupts.requested:
        raise run.interrupted(f"stopped with {done} of {total} cells done")
