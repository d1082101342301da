"""Rooms as WebDataset shards: plain tar files of a bounded number of rooms, the same bytes from the same seeds.

A sample's key is ROOM_VIEW (`000005_003`), its members are `KEY.png` (RGB), `KEY.depth.png` (16 bits, millimetres),
`KEY.instances.png` and `KEY.classes.png` (16 bits), one `KEY.MAP.png` for each further map, and `KEY.json`.
"""

import functools
import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from jaxtyping import Float

from vantage.captures.images import encode_depth_png, encode_integer_png, encode_rgb_png
from vantage.errors import UsageError
from vantage.geometry import OrientedBox
from vantage.rooms.layout.building import make_room
from vantage.rooms.output.streaming import RoomSample, samples
from vantage.rooms.output.views import Shots
from vantage.rooms.rendering.render import RoomRendering
from vantage.rooms.scene import RoomSettings
from vantage.rooms.splits import split_of
from vantage.rooms.truth.scene_graph import view_graph
from vantage.runs.engines import Engine, run_tasks
from vantage.storage import atomic_open

ROOMS_PER_SHARD = 16
"""Rooms of one tar file: with 48 views of 256x192 it holds 65 to 100 MB, which disks and networks read well."""
MAPS = ("normals", "parts", "edges")
"""Maps that may be added: unit normals of the world frame as (n + 1) / 2 in 8-bit RGB; numbers of `PART_NAMES`; edges
by cause as bits."""
COSTLY_MAPS = ("edges",)
"""Those of them that the renderer only makes on demand."""


def shard_path(out: Path, number: int) -> Path:
    """Return where a shard lies."""
    return out / f"shard-{number:06d}.tar"


def plan_shards(seeds: Sequence[int], rooms_per_shard: int = ROOMS_PER_SHARD) -> list[tuple[int, tuple[int, ...]]]:
    """Return the number and the seeds of every shard.

    Raises:
        UsageError: fewer than one room per shard.
    """
    if rooms_per_shard < 1:
        raise UsageError(f"{rooms_per_shard} rooms per shard: expected at least 1")
    starts = range(0, len(seeds), rooms_per_shard)
    return [(number, tuple(seeds[start : start + rooms_per_shard])) for number, start in enumerate(starts)]


def write_shards(
    seeds: Sequence[int],
    out: Path,
    shots: Shots | None = None,
    settings: RoomSettings | None = None,
    *,
    rooms_per_shard: int = ROOMS_PER_SHARD,
    maps: Sequence[str] = (),
    engine: Engine = "process",
    workers: int = 1,
) -> Iterator[Path]:
    """Write `out/shard-000000.tar` and so on; yield each when it is whole. A shard that is there already is left.

    Args:
        seeds: of the rooms, in order.
        out: where the files appear.
        shots: how rooms are photographed.
        settings: of the rooms.
        rooms_per_shard: the last shard may have fewer.
        maps: further maps of each view, of `MAPS`.
        engine: who works; the files do not depend on it.
        workers: how many at once; the files do not depend on it.

    Raises:
        UsageError: an argument is out of range.
    """
    if unknown := [name for name in maps if name not in MAPS]:
        raise UsageError(f"map {unknown[0]!r} is not known; choose of {', '.join(MAPS)}")
    tasks = [task for task in plan_shards(seeds, rooms_per_shard) if not shard_path(out, task[0]).is_file()]
    write = functools.partial(
        _write_shard, out=out, shots=shots or Shots(), settings=settings or RoomSettings(), maps=tuple(maps)
    )
    yield from run_tasks(write, tasks, engine=engine, workers=workers)


def _write_shard(
    task: tuple[int, tuple[int, ...]], *, out: Path, shots: Shots, settings: RoomSettings, maps: tuple[str, ...]
) -> Path:
    number, seeds = task
    path = shard_path(out, number)
    with atomic_open(path) as file:
        write_tar(file, seeds, shots, settings, maps)
    return path


def write_tar(file: BinaryIO, seeds: Sequence[int], shots: Shots, settings: RoomSettings, maps: Sequence[str]) -> None:
    """Write the samples of some rooms as a tar file."""
    costly = any(name in COSTLY_MAPS for name in maps)
    # The oldest format has no field that the time or the machine could get into.
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for seed in seeds:
            for index, sample in enumerate(samples(make_room(seed, settings), shots, maps=costly)):
                for name, content in members(sample, index, maps):
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))


def members(sample: RoomSample, index: int, maps: Sequence[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of a sample's files, in their order."""
    key, rendering = f"{sample.seed:06d}_{index:03d}", sample.rendering
    yield f"{key}.png", encode_rgb_png(rendering.rgb)
    yield f"{key}.depth.png", encode_depth_png(rendering.depth)
    yield f"{key}.instances.png", encode_integer_png(rendering.instances)
    yield f"{key}.classes.png", encode_integer_png(rendering.classes)
    for name in maps:
        yield f"{key}.{name}.png", _encode_map(rendering, name)
    about = json.dumps(sample_facts(sample, index), ensure_ascii=False, allow_nan=False)
    yield f"{key}.json", about.encode()


def _encode_map(rendering: RoomRendering, name: str) -> bytes:
    values = getattr(rendering, name)
    if name == "normals":
        return encode_rgb_png((values + 1) / 2)
    return encode_integer_png(values)


def sample_facts(sample: RoomSample, index: int) -> dict[str, Any]:
    """Return what the JSON member of a sample says."""
    room, view = sample.room, sample.view
    pixels = {seen.instance: seen.pixels for seen in sample.objects}
    graph = view_graph(room, view.world_from_camera, pixels)
    return {
        "room": sample.seed,
        "view": index,
        "split": split_of(sample.seed),
        "kind": room.kind,
        "world": room.world,
        "camera": {name: getattr(view.camera, name) for name in ("fx", "fy", "cx", "cy", "width", "height")},
        "world_from_camera": _rows(view.world_from_camera),
        "caption": sample.sentence,
        "objects": [
            {
                "instance": seen.instance,
                "category": seen.category,
                "class": room.thing(seen.instance).class_number,
                "captions": list(seen.captions),
                "pixels": seen.pixels,
                "structure": seen.instance in sample.structure,
                "box": _box(room.thing(seen.instance).box),
            }
            for seen in sample.objects
        ],
        "relations": [[edge.subject, edge.predicate, edge.object] for edge in graph.seen_edges],
    }


def _box(box: OrientedBox) -> dict[str, Any]:
    return {
        "centre": [float(x) for x in box.centre],
        "size": [float(x) for x in box.size],
        "rotation": _rows(np.array(box.rotation)),
    }


def _rows(matrix: Float[np.ndarray, "r c"]) -> list[list[float]]:
    return [[float(x) for x in row] for row in matrix]
