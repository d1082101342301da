"""What all studies share: cells are made one after another, kept, and found again; then come numbers and a page."""

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from vantage.errors import DataError
from vantage.metrics import Metric
from vantage.reports import Report
from vantage.runs import RunFolder, command_line, graceful_interrupts, progress
from vantage.studies.cells import CellName, StudyCell

CELLS = "cells"
"""Folder of the cells inside the run."""

Cell = TypeVar("Cell", bound=StudyCell)
Results = TypeVar("Results")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Study(Generic[Cell, Results]):
    """A study, but for how its cells are made: which there are, and what is made of those that are done."""

    doing: str
    """What its progress bar says."""
    groups: Sequence[Sequence[CellName]]
    """All cells in their order; those of a group are made together."""
    load: Callable[[Path, CellName], Cell | None]
    """Reads a cell of an earlier session; None where it is not done, or has to be made again."""
    results: Callable[[Sequence[Cell]], Results]
    """What the others take."""
    metrics: Callable[[Results], Mapping[str, Metric]]
    """For `result.json`."""
    page: Callable[[Results, Mapping[str, Any], str], Report]
    """Of results, the settings as plain values, and the command."""
    details: Callable[[Results], Mapping[str, Any]]
    """What `result.json` holds beside the metrics."""
    pictures: Callable[[Results, Path], Sequence[str]] | None = None
    """Writes pictures to a folder and returns their names."""

    @property
    def size(self) -> int:
        """How many cells there are."""
        return sum(map(len, self.groups))


def run_study(
    run: RunFolder,
    study: Study[Cell, Results],
    make: Callable[[Sequence[CellName], Callable[[], None]], Sequence[Cell]],
    weights: Mapping[str, str],
    *,
    quiet: bool = False,
) -> dict[str, Any]:
    """Make the cells that are not there yet, write the report; return the content of `result.json`.

    Args:
        run: the run's folder.
        study: the study.
        make: makes cells of one group; what it is given besides is to be called often, and raises to stop.
        weights: fingerprints of the encoders, by name.
        quiet: show no progress.

    Raises:
        DataError: a scene is damaged, or the run was begun with other weights of an encoder.
        InterruptedRun: Ctrl-C; the cells that were done are kept.
    """
    start = time.monotonic()
    folder = run.artifact(CELLS)
    cells: list[Cell] = []
    with graceful_interrupts() as interrupts, progress(study.doing, study.size, quiet=quiet) as bar:

        def stop_if_asked() -> None:
            if interrupts.requested:
                raise run.interrupted(f"stopped with {len(cells)} of {study.size} cells done")

        for group in study.groups:
            found = {name: cell for name in group if (cell := study.load(folder, name)) is not None}
            for name, cell in found.items():
                _refuse_other_weights(folder / f"{name.stem}.json", cell.weights, weights)
            missing = [name for name in group if name not in found]
            for cell in make(missing, stop_if_asked) if missing else ():
                cell.save(folder)
                found[cell.name] = cell
                # The seed is one of the study's, not the run's.
                run.log("cell", **{"of_seed" if k == "seed" else k: v for k, v in cell.name.to_json().items()})
            cells += [found[name] for name in group]
            bar.advance(len(group))
            if len(cells) < study.size:
                stop_if_asked()
    return _finish(run, study, cells, start)


def done_cells(study: Study[Cell, Results], folder: Path) -> list[Cell]:
    """Return the cells of a run that are done so far.

    Raises:
        DataError: none is, or one is damaged.
    """
    cells = [c for group in study.groups for name in group if (c := study.load(folder / CELLS, name)) is not None]
    if not cells:
        raise DataError(f"{folder}: no cell of the study is done yet")
    return cells


def _finish(run: RunFolder, study: Study[Cell, Results], cells: Sequence[Cell], start: float) -> dict[str, Any]:
    results = study.results(cells)
    measured = time.monotonic()
    study.page(results, run.settings, command_line()).write(run.artifact("report.html"))
    pictures = study.pictures(results, run.artifact("pictures")) if study.pictures else ()
    return run.finish(
        study.metrics(results),
        ["report.html", CELLS, *(f"pictures/{name}" for name in pictures)],
        {"measure": measured - start, "report": time.monotonic() - measured},
        extra=study.details(results),
    )


def _refuse_other_weights(path: Path, old: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Refuse a cell that other weights of an encoder gave."""
    for name, fingerprint in old.items():
        if now.get(name) != fingerprint:
            raise DataError(
                f"{path}: computed with other weights of {name}; "
                "give --overwrite to start anew, or remove that encoder's cells"
            )
