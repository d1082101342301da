"""`vantage score`: what encoders know, in fixed rooms, beside an encoder that knows nothing and one that knows all.

One cell per room and encoder; the encoders of a room share its views and its field.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vantage.runs import RunFolder
from vantage.studies.cells import CellName
from vantage.studies.score_axes import AXES
from vantage.studies.score_cells import Cell, Models, make_cells
from vantage.studies.score_heads import HeadFitter
from vantage.studies.score_reading import read_encoder
from vantage.studies.score_report import score_report
from vantage.studies.score_rooms import ScoreRoom, open_room, room_name
from vantage.studies.score_settings import ScoreSettings
from vantage.studies.score_summary import Scorecard
from vantage.studies.study_run import Study, run_study

COMMAND = "score"
"""The run's command, as `config.json` names it."""
HEADS = "heads"
"""Folder of the linear heads inside the run."""


def run_score(
    run: RunFolder, settings: ScoreSettings, models: Models, *, cache: Path, quiet: bool = False
) -> dict[str, Any]:
    """Compute the cells that are not there yet, write the report; return the content of `result.json`.

    Args:
        run: the run's folder.
        settings: the scorecard's.
        models: as `score_cells.load_models` returns them.
        cache: folder of caches.
        quiet: show no progress.

    Raises:
        DataError: the run was begun with other weights of an encoder, or what it left is damaged.
        InterruptedRun: Ctrl-C; the cells that were done are kept.
    """
    folder = run.artifact(HEADS)
    folder.mkdir(exist_ok=True)
    seeds = {room_name(seed): seed for seed in settings.rooms}
    # Made at the first cell that is missing: it calls back to be stopped.
    fitters: list[HeadFitter] = []

    def make(names: Sequence[CellName], after_step: Callable[[], None]) -> list[Cell]:
        if not fitters:
            fitters.append(HeadFitter(folder, settings, after_step))
        room: ScoreRoom = open_room(seeds[names[0].scene], settings)
        after_step()
        return make_cells(names, room, models, settings, fitters[0], cache=cache / "features", after_step=after_step)

    weights = {name: encoder.fingerprint for name, encoder in models.encoders.items()}
    return run_study(run, score_study(settings, models), make, weights, quiet=quiet)


def score_study(settings: ScoreSettings, models: Models) -> Study[Cell, Scorecard]:
    """Return the scorecard as a study: its cells, and what is made of those that are done."""
    card = functools.partial(Scorecard, settings=settings, readers=frozenset(models.texts), no_fine=models.no_fine)
    return Study(
        doing="scoring encoders",
        groups=[
            [CellName(scene=room_name(seed), encoder=row, seed=settings.seeds[0]) for row in settings.rows]
            for seed in settings.rooms
        ],
        load=Cell.load,
        results=lambda cells: card(cells=cells),
        metrics=Scorecard.metrics,
        page=score_report,
        details=details,
    )


def details(card: Scorecard) -> Mapping[str, Any]:
    """Return what `result.json` holds beside the metrics: limits, leads over pixels, and the readings."""
    limits = {axis.key: card.limits(axis) for axis in AXES}
    return {
        "rooms": card.rooms,
        "notes": [f"{encoder}: {read_encoder(card, encoder).headline}" for encoder in card.encoders],
        "axes": {
            axis.key: {
                "measure": axis.measure,
                "lower_is_better": axis.lower_is_better,
                "floor": found[0] if (found := limits[axis.key]) else None,
                "ceiling": found[1] if found else None,
            }
            for axis in AXES
        },
        "over_pixels": {
            encoder: {axis.key: card.over_pixels(encoder, axis).to_json() for axis in AXES} for encoder in card.encoders
        },
        "readings": [read_encoder(card, encoder).to_json() for encoder in card.encoders],
        "poses_refined": {"measured": not card.no_fine, "reason": card.no_fine},
        "fingerprints": {key: value for cell in card.cells for key, value in cell.weights.items()},
    }
