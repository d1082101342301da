"""`vantage rooms`."""

import dataclasses
import time
from pathlib import Path
from typing import Annotated, Literal

import tyro

from vantage.cli.common import CommonFlags, parse_size, print_json, print_lines
from vantage.errors import UsageError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(CommonFlags):
    """Write procedural rooms with exact ground truth: one RGB-D folder OUT/room_SEED/ per room."""

    out: Annotated[Path, tyro.conf.Positional]
    """Folder in which the rooms' folders appear."""
    rooms: int = 1
    """How many rooms; their seeds follow --seed, one by one."""
    views: int = 48
    """Views per room; every eighth is held out."""
    size: str = "256x192"
    """Width and height of the images in pixels."""
    path: Literal["orbit", "walk", "looks"] = "orbit"
    """Camera path: round the main furniture, walking along the walls, or looks at single objects."""
    workers: int = 1
    """Processes that render; any number writes the same files."""


def run(command: Command) -> int:
    """Write the rooms."""
    from vantage.rooms import split_of, write_rooms
    from vantage.runs import progress

    if command.rooms < 1 or command.workers < 1:
        raise UsageError(f"--rooms {command.rooms} --workers {command.workers}: expected at least 1 of each")
    width, height = parse_size(command.size)
    seeds = range(command.seed, command.seed + command.rooms)
    splits = sorted({split_of(seed) for seed in (seeds[0], seeds[-1])})
    start = time.monotonic()
    folders: list[str] = []
    with progress("rendering rooms", command.rooms, quiet=command.json) as bar:
        for folder in write_rooms(
            seeds,
            command.out,
            views=command.views,
            width=width,
            height=height,
            path=command.path,
            workers=command.workers,
        ):
            folders.append(str(folder))
            bar.advance(1)
    seconds = time.monotonic() - start
    if command.json:
        print_json({"rooms": sorted(folders), "views": command.views, "splits": splits, "seconds": seconds})
    else:
        rate = command.rooms * command.views / seconds
        print_lines(
            f"{command.rooms} rooms ({', '.join(splits)}), {command.views} views of {width}x{height} each, "
            f"in {seconds:.1f} s ({rate:.1f} views/s); see {command.out}"
        )
    return 0
