"""Rooms written as RGB-D folders, one per room, by one process or many."""

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

from vantage.captures import write_rgbd
from vantage.rooms.layout.building import make_room
from vantage.rooms.output.views import Shots, capture_of
from vantage.rooms.scene import RoomSettings
from vantage.runs.engines import Engine, run_tasks

HOLD_OUT = 8
"""Every how manieth view is held out from training (gsplat and nerfstudio do the same)."""


def write_room(seed: int, folder: Path, shots: Shots | None = None, settings: RoomSettings | None = None) -> None:
    """Render a room and write it as an RGB-D folder (`captures.write_rgbd`); it appears whole or not at all.

    Raises:
        UsageError: the folder holds something.
        DataError: the room has no place for such a view.
    """
    capture = capture_of(make_room(seed, settings), shots or Shots())
    write_rgbd(capture.with_every_nth_held_out(HOLD_OUT), folder)


def write_rooms(
    seeds: Sequence[int],
    out: Path,
    shots: Shots | None = None,
    settings: RoomSettings | None = None,
    *,
    engine: Engine = "process",
    workers: int = 1,
) -> Iterator[Path]:
    """Write one folder `out/room_SEED` per room; yield each when it is whole. A room that is there already is left.

    Args:
        seeds: of the rooms.
        out: where the folders appear.
        shots: how they are photographed.
        settings: of the rooms.
        engine: who works; the files do not depend on it.
        workers: how many at once; the files do not depend on it.
    """
    write = functools.partial(_write_numbered, out=out, shots=shots or Shots(), settings=settings)
    left = [seed for seed in seeds if not room_folder(out, seed).is_dir()]
    yield from run_tasks(write, left, engine=engine, workers=workers)


def room_folder(out: Path, seed: int) -> Path:
    """Return where the room of a seed is written."""
    return out / f"room_{seed:06d}"


def _write_numbered(seed: int, *, out: Path, shots: Shots, settings: RoomSettings | None) -> Path:
    folder = room_folder(out, seed)
    write_room(seed, folder, shots, settings)
    return folder
