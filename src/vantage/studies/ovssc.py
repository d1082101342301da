"""`vantage study ovssc`: how well are half-seen objects completed, and what does novelty cost (Table 1, Figure 10)?

One cell per split, room and method, written when it is done, so a study that is stopped goes on from there.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32

from vantage.abstraction.network_files import TrainedNetwork
from vantage.abstraction.samples import ViewSample
from vantage.errors import UsageError
from vantage.runs import RunFolder, progress
from vantage.storage import read_json, write_json
from vantage.studies.cells import CellName, StudyCell
from vantage.studies.ovssc_cells import Completed, Confused, Drawn, OvsscCell, Silent, draw_view, measure_view
from vantage.studies.ovssc_methods import (
    FLOOR_EXTRACTOR,
    Heights,
    Method,
    bounds_of,
    load_networks,
    main_network,
    measure_heights,
    methods_of,
)
from vantage.studies.ovssc_report import ovssc_page
from vantage.studies.ovssc_samples import Views, asked_of
from vantage.studies.ovssc_settings import FLOORS, ORACLE, SPLITS, CompletionStudySettings
from vantage.studies.ovssc_summary import OvsscResults, headline_metrics, ovssc_details
from vantage.studies.study_run import Study, run_study

COMMAND = "study ovssc"
"""The run's command, as `config.json` names it."""
HEIGHTS = "heights.json"
"""File of what validation rooms say of relevancy."""
DRAWN_ROOMS = 2
"""Rooms of each split whose first view is drawn."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Networks:
    """The networks of a study."""

    by_name: dict[str, TrainedNetwork]
    fingerprints: dict[str, str]

    @classmethod
    def load(cls, settings: CompletionStudySettings) -> "Networks":
        """Load what settings name, so that what is missing is said before anything begins.

        Raises:
            MissingError: weights are not there.
            DataError: a file is damaged, or networks are for different bounds.
        """
        by_name, fingerprints = load_networks(settings)
        return cls(by_name=by_name, fingerprints=fingerprints)

    @property
    def methods(self) -> list[str]:
        """Names of everything that is compared."""
        return [*self.by_name, *([ORACLE] if main_network(self.by_name) else []), *FLOORS]

    def weights_of(self, method: str) -> dict[str, str]:
        """Return the fingerprints that a method's cells depend on."""
        if method in self.by_name:
            return {method: self.fingerprints[method]}
        main = main_network(self.by_name)
        names = [name for name, one in self.by_name.items() if one is main]
        return {name: self.fingerprints[name] for name in names}


def ovssc_study(
    settings: CompletionStudySettings, methods: Sequence[str] | None = None
) -> Study[OvsscCell, OvsscResults]:
    """Return the study, but for how its cells are made.

    Args:
        settings: the study's.
        methods: names of everything that is compared; None takes what the settings may have.
    """
    names = possible_methods(settings) if methods is None else methods
    return Study(
        doing="completing",
        groups=[
            [CellName(scene=f"room_{room}", encoder=method, field=split, seed=0) for method in names]
            for room in settings.rooms
            for split in settings.splits
        ],
        load=OvsscCell.load,
        results=lambda cells: OvsscResults(settings=settings, methods=with_cells(names, cells), cells=cells),
        metrics=headline_metrics,
        page=ovssc_page,
        details=ovssc_details,
    )


def possible_methods(settings: CompletionStudySettings) -> list[str]:
    """Return what may be compared, without looking into the networks: an oracle needs one of semabs."""
    return [*settings.named_models(), ORACLE, *FLOORS]


def with_cells(methods: Sequence[str], cells: Sequence[StudyCell]) -> tuple[str, ...]:
    """Return the methods that have a cell."""
    present = {cell.name.encoder for cell in cells}
    return tuple(method for method in methods if method in present)


def run_ovssc(
    run: RunFolder, settings: CompletionStudySettings, networks: Networks, *, quiet: bool = False
) -> dict[str, Any]:
    """Compute the cells that are not there yet, write the report; return the content of `result.json`.

    Args:
        run: the run's folder.
        settings: the study's.
        networks: as `Networks.load` returns them.
        quiet: show no progress.

    Raises:
        UsageError: a network does not complete.
        DataError: the run was begun with other weights of a network.
        InterruptedRun: Ctrl-C; the cells that were done are kept.
    """
    for name, one in networks.by_name.items():
        if one.network.settings.approach == "clipspatial":
            raise UsageError(f"--models {name}: a network of clipspatial only finds; give it to `vantage study vool`")
    bounds = bounds_of(networks.by_name)
    views = Views(settings, bounds)
    heights = validation_heights(run, settings, networks, views, quiet=quiet)
    methods = methods_of(networks.by_name, heights, settings)

    def make(names: Sequence[CellName], stop_if_asked: Callable[[], None]) -> list[OvsscCell]:
        samples: dict[str, list[ViewSample]] = {}
        presences: dict[str, list[Float32[np.ndarray, " k"]]] = {}
        cells = []
        for name in names:
            stop_if_asked()
            method, seed = methods[name.encoder], int(name.scene.removeprefix("room_"))
            if method.extractor not in samples:
                samples[method.extractor] = views.of(seed, SPLITS[name.field], method.extractor)
            if method.least_presence and method.extractor not in presences:
                presences[method.extractor] = [
                    views.presence(sample, method.extractor) for sample in samples[method.extractor]
                ]
            presence = presences[method.extractor] if method.least_presence else None
            draw = seed in settings.rooms[:DRAWN_ROOMS]
            cells.append(_cell(name, method, samples[method.extractor], presence, settings, networks, draw=draw))
        return cells

    study = ovssc_study(settings, networks.methods)
    return run_study(run, study, make, networks.fingerprints, quiet=quiet)


def validation_heights(
    run: RunFolder, settings: CompletionStudySettings, networks: Networks, views: Views, *, quiet: bool
) -> Heights:
    """Return what validation rooms say of relevancy; measured once a run.

    Raises:
        DataError: the run's file is damaged, or no view shows a label.
    """
    path = run.artifact(HEIGHTS)
    if path.is_file():
        return Heights(**read_json(path))
    main = main_network(networks.by_name)
    extractor = main.calibration.extractor if main else FLOOR_EXTRACTOR
    samples: list[ViewSample] = []
    with progress("looking at validation rooms", len(settings.validation_rooms), quiet=quiet) as bar:
        for seed in settings.validation_rooms:
            samples += views.of(seed, SPLITS["novel_room"], extractor)
            bar.advance(1)
    heights = measure_heights(samples, views.bounds, settings.lattice, settings.voxels)
    write_json(path, dataclasses.asdict(heights))
    return heights


def _cell(
    name: CellName,
    method: Method,
    samples: Sequence[ViewSample],
    presence: Sequence[Float32[np.ndarray, " k"]] | None,
    settings: CompletionStudySettings,
    networks: Networks,
    *,
    draw: bool,
) -> OvsscCell:
    """Measure a method on the views of a room."""
    bounds, split = bounds_of(networks.by_name), SPLITS[name.field]
    completed: list[Completed] = []
    silent: list[Silent] = []
    confused: list[Confused] = []
    drawn: Drawn | None = None
    for number, sample in enumerate(samples):
        asked = asked_of(sample, split)
        judged = presence[number] if presence is not None else None
        of_view = measure_view(method, sample, asked, bounds, settings.voxels, settings.lattice, judged)
        completed += of_view[0]
        silent += of_view[1]
        confused += of_view[2]
        if draw and drawn is None and asked.counted:
            drawn = draw_view(sample, asked, of_view[3], bounds, settings.lattice)
    return OvsscCell(
        name=name,
        fingerprints=networks.weights_of(name.encoder),
        completed=tuple(completed),
        silent=tuple(silent),
        confused=tuple(confused),
        drawn=drawn,
    )
