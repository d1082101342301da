"""`vantage study localization`: does what shares the hash grid with an image-text encoder help it to find things?

One cell per scene, encoder, field and seed, written when it is done, so a study that is stopped goes on from there. The
cells that differ in their encoders alone are made together, in one field.
"""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from vantage.captures import Capture, has_segmentations, open_segmentations
from vantage.encoders import load_encoder, load_text_encoder
from vantage.errors import MissingError
from vantage.localization import CaptionMasks, DrawnMasks, GroundedMasks, MaskTruth, load_lpips
from vantage.runs import RunFolder
from vantage.studies.cells import CellName
from vantage.studies.content_scenes import scene_name, views_of
from vantage.studies.localization_cells import Cell
from vantage.studies.localization_measuring import AskedScene, Models, has_names, make_cells
from vantage.studies.localization_report import claim, localization_report, write_sheets
from vantage.studies.localization_settings import LocalizationSettings
from vantage.studies.localization_summary import MEASURES, Results, headline_metrics
from vantage.studies.study_run import Study, run_study

COMMAND = "study localization"
"""The run's command, as `config.json` names it."""


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
    """Run the study in a folder and return the content of `result.json` (`run_study`)."""
    makers = views_of(settings.rooms, settings.captures, settings.scene)
    scene_of = functools.lru_cache(maxsize=1)(lambda name: open_scene(name, makers[name](), settings))

    def make(names: Sequence[CellName], after_step: Callable[[], None]) -> list[Cell]:
        scene = scene_of(names[0].scene)
        return make_cells(names, scene, models, settings, cache=cache / "features", after_step=after_step)

    weights = {name: encoder.fingerprint for name, encoder in models.encoders.items()}
    return run_study(run, localization_study(settings, models), make, weights, quiet=quiet)


def localization_study(settings: LocalizationSettings, models: Models | None = None) -> Study[Cell, Results]:
    """Return the study: its cells, and what is made of those that are done; without models only to look at them.

    Raises:
        UsageError: no scene is named, or two have one name.
    """

    def load(folder: Path, name: CellName) -> Cell | None:
        cell = Cell.load(folder, name)
        # Measured where LPIPS was not; if it is now, a mean over some of the cells would mislead.
        again = cell is not None and models is not None and models.lpips is not None and not cell.has_lpips
        return None if again else cell

    def results(cells: Sequence[Cell]) -> Results:
        reason = models.no_lpips if models else "" if all(c.has_lpips for c in cells) else "cells were made without it"
        return Results(settings=settings, cells=cells, no_lpips=reason)

    return Study(
        doing="finding things",
        groups=[
            [CellName(scene=scene, encoder=encoder, field=field, seed=seed) for encoder in settings.encoders]
            for scene in views_of(settings.rooms, settings.captures, settings.scene)
            for field in settings.fields
            for seed in settings.seeds
        ],
        load=load,
        results=results,
        metrics=headline_metrics,
        page=localization_report,
        details=details,
        pictures=write_sheets,
    )


def open_scene(name: str, capture: Capture, settings: LocalizationSettings) -> AskedScene:
    """Return a scene with what is asked of it, by its captions, by masks that were drawn, or by who finds and cuts out.

    Raises:
        UsageError: photographs are asked for nothing.
        MissingError: the weights that find and cut out are not here.
        DataError: nothing that is asked for is seen.
    """
    first = capture[capture.test_indices[0]]
    truth: MaskTruth
    folders = [Path(path) for path in settings.captures if scene_name(Path(path)) == name]
    if has_names(first, capture):
        truth = CaptionMasks(capture, settings.queries)
    elif folders and has_segmentations(folders[0]):
        truth = DrawnMasks(open_segmentations(folders[0]), settings.queries)
    else:
        truth = GroundedMasks.load(settings.queries, settings.truth)
    return AskedScene.of(name, capture, truth)


def details(results: Results) -> dict[str, Any]:
    """Return what `result.json` holds beside the metrics: floors, tests and the claim in words."""
    tests = []
    for field in results.settings.fields:
        for measure in MEASURES:
            family = results.families_compared(field, measure)
            for kind, found in (("encoders", results.pairs(field, measure)), ("families", [family] if family else [])):
                tests += [{"field": field, "measure": measure, "of": kind} | test.to_json() for test in found]
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
