"""`vantage study ovssc-nyu`: NYUv2-CAD from disk, by the protocol of the paper's Table 3 and by the benchmark's.

One cell per frame and method, written when it is done, so a study that is stopped goes on from there.
"""

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from vantage.abstraction.frame import Bounds
from vantage.abstraction.network_files import NAME, TrainedNetwork, load_network
from vantage.captures.sscnet import SscFolder, open_sscnet
from vantage.encoders.room_vit import room_weights
from vantage.errors import DataError, UsageError
from vantage.runs import RunFolder
from vantage.studies.cells import CellName
from vantage.studies.nyu_cells import NyuCell, draw_frame, measure_frame
from vantage.studies.nyu_classes import NyuClasses, nyu_classes
from vantage.studies.nyu_methods import nyu_methods
from vantage.studies.nyu_report import nyu_page
from vantage.studies.nyu_settings import FEW_TEXTS, NyuStudySettings
from vantage.studies.nyu_summary import NyuResults, headline_metrics, nyu_details
from vantage.studies.nyu_views import nyu_view
from vantage.studies.study_run import Study, run_study

COMMAND = "study ovssc-nyu"
"""The run's command, as `config.json` names it."""
DRAWN_FRAMES = 4
"""Frames that are drawn."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class NyuInputs:
    """What a study reads: frames, classes and networks."""

    folder: SscFolder
    names: tuple[str, ...]
    """Of the frames that are taken."""
    classes: NyuClasses
    networks: dict[str, TrainedNetwork]
    fingerprints: dict[str, str]

    @classmethod
    def load(cls, settings: NyuStudySettings) -> "NyuInputs":
        """Load what settings name, so that what is missing is said before anything begins.

        Raises:
            DataError: files lack their pair, a list or a network is damaged, or networks are for different bounds.
            MissingError: weights are not there.
            UsageError: a network does not complete.
        """
        folder = open_sscnet(settings.data)
        classes = nyu_classes(settings.classes, settings.class_list)
        networks, prints = {}, {}
        for name, file in settings.named_models().items():
            networks[name] = load_network(file)
            path = room_weights(NAME) if file == NAME else Path(file)
            prints[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
            if networks[name].network.settings.approach == "clipspatial":
                raise UsageError(
                    f"--models {name}: a network of clipspatial only finds; give it to `vantage study vool`"
                )
        if len({one.network.settings.bounds for one in networks.values()}) > 1:
            raise DataError("the networks are for different bounds; compare only such as complete the same space")
        names = folder.names[: settings.frames or None]
        return cls(folder=folder, names=names, classes=classes, networks=networks, fingerprints=prints)

    @property
    def bounds(self) -> Bounds:
        """What the networks complete; the usual cube where there is none."""
        return next(iter(self.networks.values())).network.settings.bounds if self.networks else Bounds()


def nyu_study(settings: NyuStudySettings) -> Study[NyuCell, NyuResults]:
    """Return the study, but for how its cells are made.

    Raises:
        DataError: the folder of frames or the list of classes is not there.
    """
    names = open_sscnet(settings.data).names[: settings.frames or None]
    classes = nyu_classes(settings.classes, settings.class_list)
    return Study(
        doing="completing",
        groups=[[CellName(scene=name, encoder=method, seed=0) for method in settings.methods] for name in names],
        load=NyuCell.load,
        results=lambda cells: NyuResults(
            settings=settings, names=classes.names, methods=_with_cells(settings, cells), cells=cells
        ),
        metrics=headline_metrics,
        page=nyu_page,
        details=nyu_details,
    )


def _with_cells(settings: NyuStudySettings, cells: Sequence[NyuCell]) -> tuple[str, ...]:
    present = {cell.name.encoder for cell in cells}
    return tuple(method for method in settings.methods if method in present)


def run_nyu(run: RunFolder, settings: NyuStudySettings, inputs: NyuInputs, *, quiet: bool = False) -> dict[str, Any]:
    """Compute the cells that are not there yet, write the report; return the content of `result.json`.

    Args:
        run: the run's folder.
        settings: the study's.
        inputs: as `NyuInputs.load` returns them.
        quiet: show no progress.

    Raises:
        DataError: a frame is damaged or has no image, or the run was begun with other weights of a network.
        InterruptedRun: Ctrl-C; the cells that were done are kept.
    """
    classes, methods = inputs.classes, nyu_methods(inputs.networks, inputs.classes)
    across = settings.points if len(classes.texts) <= FEW_TEXTS else 1

    def make(names: Sequence[CellName], stop_if_asked: Callable[[], None]) -> list[NyuCell]:
        number = inputs.names.index(names[0].scene)
        frame = inputs.folder.read(names[0].scene, classes.unknown)
        view = nyu_view(frame, number, classes, inputs.bounds, across)
        cells = []
        for name in names:
            stop_if_asked()
            found = methods[name.encoder].classes_at(view)
            cells.append(
                NyuCell(
                    name=name,
                    fingerprints={k: v for k, v in inputs.fingerprints.items() if k == name.encoder},
                    score=measure_frame(view, found, len(classes.names)),
                    drawn=draw_frame(view, found, classes) if number < DRAWN_FRAMES else None,
                )
            )
        return cells

    return run_study(run, nyu_study(settings), make, inputs.fingerprints, quiet=quiet)
