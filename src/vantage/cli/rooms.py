"""`vantage rooms`."""

import dataclasses
import difflib
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from vantage.cli.common import CommonFlags, parse_size, print_json, print_lines
from vantage.errors import UsageError

if TYPE_CHECKING:
    from vantage.rooms import RoomSettings, Shots


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(CommonFlags):
    """Write procedural rooms with exact ground truth: RGB-D folders OUT/room_SEED/, or WebDataset shards.

    Interrupted, or asked for more rooms, run it again: what is in OUT is not made a second time. OUT/rooms.json keeps
    what the rooms were made with; a run with other flags is refused.
    """

    out: Annotated[Path, tyro.conf.Positional]
    """Folder in which the rooms' folders or shards appear."""
    rooms: int = 1
    """How many rooms; their seeds follow --seed, one by one. Seeds below 800000 train, those below 900000 validate, and
    the rest test."""
    views: int = 48
    """Views per room; in RGB-D folders every eighth is held out."""
    size: str = "256x192"
    """Width and height of the images in pixels."""
    fov_deg: float = 70.0
    """Horizontal field of view in degrees, 10 to 150."""
    path: str = "orbit"
    """Camera path: orbit (round the main furniture), walk (a camera in the hand), looks (at single objects), random,
    stereo (pairs that share --overlap), robot (a driving base), tabletop (a robot's arm)."""
    overlap: float = 0.5
    """Share of the first view of a stereo pair that the second sees, 0 to 1."""
    kind: str = "any"
    """Kind of room: living-room, bedroom, kitchen, office, workshop, or any (each seed draws its own)."""
    world: str = "pretrain"
    """Which classes, looks and lights there are: pretrain (all), train3d (without the held-out ones), or for testing
    novel_visual, novel_class, novel_pairs."""
    clutter: float = 0.5
    """How full surfaces and containers are, 0 (bare) to 1 (crammed)."""
    format: Literal["rgbd", "webdataset"] = "rgbd"
    """One RGB-D folder per room, or tar files of many rooms."""
    rooms_per_shard: int = 16
    """Rooms of one tar file."""
    maps: tuple[str, ...] = ()
    """Further maps in the tar files: normals, parts, edges."""
    engine: Literal["process", "ray"] = "process"
    """Who renders: processes of this machine, or Ray (extra `ray`); the files are the same."""
    workers: int = 1
    """Processes or tasks at once; any number writes the same files."""


def run(command: Command) -> int:
    """Write the rooms."""
    from vantage.rooms import split_of
    from vantage.runs import progress

    if command.rooms < 1 or command.workers < 1:
        raise UsageError(f"--rooms {command.rooms} --workers {command.workers}: expected at least 1 of each")
    if command.maps and command.format != "webdataset":
        raise UsageError("--maps needs --format webdataset; RGB-D folders hold colour, depth, instances and classes")
    shots, settings = _wishes(command)
    seeds = range(command.seed, command.seed + command.rooms)
    splits = list(dict.fromkeys((split_of(seeds[0]), split_of(seeds[-1]))))
    _check_world(settings, seeds, splits)
    start = time.monotonic()
    written: list[str] = []
    total, jobs = _jobs(command, seeds, shots, settings)
    label = "rendering rooms" if command.format == "rgbd" else "rendering shards"
    with progress(label, total, quiet=command.json) as bar:
        for path in jobs:
            written.append(str(path))
            bar.advance(1)
    seconds = time.monotonic() - start
    present = (command.rooms if command.format == "rgbd" else _shards(command)) - total
    facts = {"written": sorted(written), "present": present, "views": command.views, "splits": splits}
    _tell(command, facts, seconds)
    return 0


def _wishes(command: Command) -> tuple["Shots", "RoomSettings"]:
    """Return how to photograph what; names that are not known are answered with the nearest that is."""
    from vantage.rooms import RoomSettings, Shots
    from vantage.rooms.cameras.paths import PATHS
    from vantage.rooms.layout.kinds import ROOM_KINDS
    from vantage.rooms.output.shards import MAPS
    from vantage.rooms.worlds import WORLDS

    width, height = parse_size(command.size)
    kinds: dict[str, str | None] = {kind.replace(" ", "-"): kind for kind in ROOM_KINDS}
    kinds["any"] = None
    kind = command.kind.replace(" ", "-")
    _check_name("--path", command.path, PATHS)
    _check_name("--world", command.world, WORLDS)
    for name in command.maps:
        _check_name("--maps", name, MAPS)
    _check_name("--kind", kind, kinds)
    shots = Shots(
        views=command.views,
        width=width,
        height=height,
        path=command.path,
        fov_x=math.radians(command.fov_deg),
        overlap=command.overlap,
    )
    return shots, RoomSettings(kind=kinds[kind], world=command.world, clutter=command.clutter)


def _check_name(flag: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"did you mean {close[0]}?" if close else f"choose one of {', '.join(names)}"
        raise UsageError(f"{flag} {name}: not known; {hint}")


def _check_world(settings: "RoomSettings", seeds: range, splits: Sequence[str]) -> None:
    from vantage.rooms.worlds import world_named

    if "train" in splits and not world_named(settings.world).trains:
        raise UsageError(
            f"--seed {seeds[0]} trains, and world {settings.world} is for testing; use --seed 900000 or above"
        )


def _jobs(command: Command, seeds: range, shots: "Shots", settings: "RoomSettings") -> tuple[int, Iterator[Path]]:
    """Return how many folders or shards are still to be written, and what writes them."""
    from vantage.rooms import write_rooms, write_shards
    from vantage.rooms.output.manifest import claim_folder, describe_rooms
    from vantage.rooms.output.shards import plan_shards, shard_path
    from vantage.rooms.output.writing import room_folder

    if command.format == "rgbd":
        claim_folder(command.out, describe_rooms(shots, settings, layout="rgbd"))
        left = [seed for seed in seeds if not room_folder(command.out, seed).is_dir()]
        jobs = write_rooms(left, command.out, shots, settings, engine=command.engine, workers=command.workers)
        return len(left), jobs
    plan = plan_shards(seeds, command.rooms_per_shard)
    told = describe_rooms(
        shots,
        settings,
        layout="webdataset",
        seed=command.seed,
        rooms=command.rooms,
        rooms_per_shard=command.rooms_per_shard,
        maps=list(command.maps),
    )
    claim_folder(command.out, told)
    left = sum(not shard_path(command.out, number).is_file() for number, _ in plan)
    jobs = write_shards(
        seeds,
        command.out,
        shots,
        settings,
        rooms_per_shard=command.rooms_per_shard,
        maps=command.maps,
        engine=command.engine,
        workers=command.workers,
    )
    return left, jobs


def _shards(command: Command) -> int:
    return -(-command.rooms // command.rooms_per_shard)


def _tell(command: Command, facts: dict[str, Any], seconds: float) -> None:
    written, present = len(facts["written"]), facts["present"]
    if command.json:
        print_json({**facts, "seconds": seconds})
        return
    noun = "rooms" if command.format == "rgbd" else "shards"
    already = f", {present} there already" if present else ""
    print_lines(
        f"{written} {noun} written{already} ({', '.join(facts['splits'])}), {command.views} views of {command.size} "
        f"per room, in {seconds:.1f} s; see {command.out}"
    )
