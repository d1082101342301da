"""`vantage study vool`: where are objects that a description names, half-seen or hidden (Tables 2 and 4)?

One cell per split, room and method, written when it is done, so a study that is stopped goes on from there.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from vantage.abstraction.samples import ViewSample
from vantage.errors import UsageError
from vantage.runs import RunFolder
from vantage.studies.cells import CellName
from vantage.studies.ovssc import Networks, possible_methods, validation_heights, with_cells
from vantage.studies.ovssc_methods import bounds_of, methods_of
from vantage.studies.ovssc_samples import Views
from vantage.studies.ovssc_settings import SPLITS, VOOL_SPLITS, CompletionStudySettings
from vantage.studies.study_run import Study, run_study
from vantage.studies.vool_cells import VoolCell, locate_views
from vantage.studies.vool_report import vool_page
from vantage.studies.vool_summary import VoolResults, headline_metrics, vool_details

COMMAND = "study vool"
"""The run's command, as `config.json` names it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class VoolSettings(CompletionStudySettings):
    """Which rooms, splits and networks.

    Raises:
        UsageError: as of completion, and a split has no descriptions.
    """

    splits: tuple[str, ...] = VOOL_SPLITS
    descriptions: int = 12
    """At most so many of each view, the relations in turn."""

    def __post_init__(self) -> None:
        super().__post_init__()
        without = [split for split in self.splits if split not in VOOL_SPLITS]
        if without or self.descriptions < 1:
            raise UsageError(
                f"splits {', '.join(self.splits)}, {self.descriptions} descriptions: expected at least one "
                f"description, and splits of {', '.join(VOOL_SPLITS)}"
            )


def vool_study(settings: VoolSettings, methods: Sequence[str] | None = None) -> Study[VoolCell, VoolResults]:
    """Return the study, but for how its cells are made; arguments as `ovssc_study`."""
    names = possible_methods(settings) if methods is None else methods
    return Study(
        doing="finding",
        groups=[
            [CellName(scene=f"room_{room}", encoder=method, field=split, seed=0) for method in names]
            for room in settings.rooms
            for split in settings.splits
        ],
        load=VoolCell.load,
        results=lambda cells: VoolResults(settings=settings, methods=with_cells(names, cells), cells=cells),
        metrics=headline_metrics,
        page=vool_page,
        details=vool_details,
    )


def run_vool(run: RunFolder, settings: VoolSettings, networks: Networks, *, quiet: bool = False) -> dict[str, Any]:
    """Compute the cells that are not there yet, write the report; arguments and errors as `run_ovssc`."""
    bounds = bounds_of(networks.by_name)
    views = Views(settings, bounds, descriptions=settings.descriptions)
    heights = validation_heights(run, settings, networks, views, quiet=quiet)
    methods = methods_of(networks.by_name, heights, settings)

    def make(names: Sequence[CellName], stop_if_asked: Callable[[], None]) -> list[VoolCell]:
        samples: dict[str, list[ViewSample]] = {}
        cells = []
        for name in names:
            stop_if_asked()
            method, seed, split = methods[name.encoder], int(name.scene.removeprefix("room_")), SPLITS[name.field]
            if method.extractor not in samples:
                samples[method.extractor] = views.of(seed, split, method.extractor)
            located = locate_views(method, samples[method.extractor], split, bounds, settings.voxels)
            cells.append(VoolCell(name=name, fingerprints=networks.weights_of(name.encoder), located=located))
        return cells

    study = vool_study(settings, networks.methods)
    return run_study(run, study, make, networks.fingerprints, quiet=quiet)
