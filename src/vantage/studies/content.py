"""`vantage study content`: what the features of encoders contain, in the image and after distillation.

One cell per scene, encoder and seed; each is written when it is done, so a study that is stopped goes on from there.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vantage.encoders import Encoder, load_encoder
from vantage.metrics import Metric
from vantage.runs import RunFolder
from vantage.studies.cells import CellName
from vantage.studies.content_cells import Cell, make_cell
from vantage.studies.content_report import content_report, write_pictures
from vantage.studies.content_scenes import StudyScene, scenes_of
from vantage.studies.content_settings import ContentSettings
from vantage.studies.content_summary import Results, agreement_matrix, comparisons, headline_metrics
from vantage.studies.study_run import Study, run_study

COMMAND = "study content"
"""The run's command, as `config.json` names it."""


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
    """Run the study in a folder and return the content of `result.json` (`run_study`)."""
    scene_of = functools.lru_cache(maxsize=1)(lambda name: _makers(settings)[name]())

    def make(names: Sequence[CellName], after_step: Callable[[], None]) -> list[Cell]:
        return [
            make_cell(name, scene_of(name.scene), encoders, settings, cache=cache / "features", after_step=after_step)
            for name in names
        ]

    weights = {name: encoder.fingerprint for name, encoder in encoders.items()}
    return run_study(run, content_study(settings), make, weights, quiet=quiet)


def content_study(settings: ContentSettings) -> Study[Cell, Results]:
    """Return the study: its cells, and what is made of those that are done.

    Raises:
        UsageError: no scene is named, or two have one name.
    """
    return Study(
        doing="looking into features",
        groups=[[name] for name in cell_names(settings, list(_makers(settings)))],
        load=Cell.load,
        results=lambda cells: Results(settings=settings, cells=cells),
        metrics=headline_metrics,
        page=content_report,
        details=details,
        pictures=write_pictures,
    )


def _makers(settings: ContentSettings) -> dict[str, Callable[[], StudyScene]]:
    return scenes_of(settings.rooms, settings.captures, settings.scene)


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
        "scenes": results.scenes,
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
