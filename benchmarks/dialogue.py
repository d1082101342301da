"""Measure how many conversations a second are made from rooms, where the time goes, and whether memory stays flat.

Run `OMP_NUM_THREADS=1 python benchmarks/dialogue.py` on a quiet machine. Process time is the workers' own, so that it
holds on a loaded one too; wall time holds only where nothing else runs. The first shard of each process, which pays for
imports and compiled kernels, is left out.
"""

import argparse
import functools
import importlib.util
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from vantage.dialogue.conversation import Layout
from vantage.dialogue.generation import GenerationSettings, ShardDone, make_shard, plan_shards
from vantage.dialogue.making import MakeSettings
from vantage.dialogue.shard_marks import shard_path
from vantage.dialogue.sources import SceneSettings
from vantage.dialogue.tally import CLOCKS
from vantage.runs.engines import Engine, run_tasks

FIRST_SEED = 906_000
"""Of the rooms that are measured; test rooms."""
SHARED = {"views": (1, 1, 1, 1, 2, 2, 4), "per_scene": 14}
"""Eight views of a room give eight conversations about one of them, four about two and two about four."""
SEVERAL = {"views": (2, 2, 2, 4), "per_scene": 16}
"""Eight views of a room give twelve conversations about two of them and four about four."""
VQA = 3
"""Turns about several views together: one of each sort."""
OWN = {"views": (1,), "per_scene": 8}
"""Every conversation has an image that no other has."""
MANY = {"views": (1, 2), "per_scene": 200}
"""Four views of a room give a hundred conversations about one of them and a hundred about two."""
MARKS = 20
"""Times at which memory is told."""
ALONE = {"views": (1,), "per_scene": 1}
"""Every conversation has a room that no other has."""


def settings_of(
    kind: dict, rooms: int, size: tuple[int, int], per_shard: int, room_views: int = 8
) -> GenerationSettings:
    scene = SceneSettings(room_views=room_views, width=size[0], height=size[1])
    return GenerationSettings(
        rooms=tuple(range(FIRST_SEED, FIRST_SEED + rooms)), make=MakeSettings(scene=scene, **kind), per_shard=per_shard
    )


def shards(settings: GenerationSettings, folder: Path, engine: Engine, workers: int) -> Iterator[ShardDone]:
    work = functools.partial(make_shard, settings=settings, folder=folder, configuration=settings.configuration)
    yield from run_tasks(work, plan_shards(settings), engine=engine, workers=workers)


def measure(name: str, settings: GenerationSettings, engine: Engine, workers: int) -> None:
    """Make a run's shards, and print rates and the time of each stage, the first shard of each worker apart."""
    with tempfile.TemporaryDirectory() as folder:
        ends, done = [], []
        for shard in shards(settings, Path(folder), engine, workers):
            ends.append(time.perf_counter())
            done.append(shard)
        size = sum(path.stat().st_size for path in Path(folder).glob("*.parquet"))
    counted = done[workers:]
    made = sum(shard.mark.samples for shard in counted)
    seconds = {clock: sum(shard.seconds[clock] for shard in counted) for clock in CLOCKS}
    total, wall = sum(seconds.values()), ends[-1] - ends[workers - 1]
    print(f"{name}, {engine} engine, {workers} worker(s): n {made} conversations")
    print(f"  {made / wall:7.2f} a second by wall time; {made / total:7.2f} a second of one core's process time")
    stages = ", ".join(f"{clock} {1e3 * value / made:.1f}" for clock, value in seconds.items())
    print(f"  ms each: {stages}; kB each: {size / sum(shard.mark.samples for shard in done) / 1e3:.0f}")


def resident_mb() -> float:
    """Return the megabytes of this process's memory that are in use now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure_memory(conversations: int, minutes: float) -> None:
    """Make many conversations about small images in one process, shard after shard as a run does, and print its memory.

    Args:
        conversations: how many to make.
        minutes: after which it stops, however many there are.
    """
    rooms = -(-conversations // MANY["per_scene"])
    settings = settings_of(MANY, rooms, (64, 48), 1000, room_views=4)
    start, count, told, images = time.monotonic(), 0, conversations // MARKS, 0
    print(f"memory in use by one process that makes up to {conversations} conversations of 64x48, 1000 a shard")
    with tempfile.TemporaryDirectory() as folder:
        for shard in shards(settings, Path(folder), "process", 1):
            count += shard.mark.samples
            images += shard.mark.size
            # Only the memory is of interest, and 100,000 conversations would take gigabytes of the disk.
            shard_path(Path(folder), shard.number).unlink()
            late = time.monotonic() - start > 60 * minutes
            if count >= told or late or count == conversations:
                spent = time.process_time()
                print(f"  {count:7d}: {resident_mb():.0f} MB; {spent:.0f} s of one core", flush=True)
                told += conversations // MARKS
            if late:
                break
    print(f"  n {count} conversations, {images / 1e6:.0f} MB of shards")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", type=int, default=12)
    parser.add_argument("--size", default="256x192")
    parser.add_argument("--memory", type=int, default=2000, help="conversations of the memory run; 0 leaves it out")
    parser.add_argument("--minutes", type=float, default=25, help="after which the memory run stops")
    parser.add_argument("--engines", default="process-1,process-2,ray-2", help="to measure; none for the memory alone")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    if options.engines == "none":
        measure_memory(options.memory, options.minutes)
        return
    for engine in options.engines.split(","):
        kind, _, workers = engine.partition("-")
        if kind == "ray" and importlib.util.find_spec("ray") is None:
            print("ray: not installed (extra `ray`)")
            continue
        # One room a shard, so that workers end at nearly the same time.
        shared = settings_of(SHARED, options.rooms, (width, height), 14)
        measure("views shared", shared, "ray" if kind == "ray" else "process", int(workers))
    for name, layout in (("several views", Layout()), (f"several views, {VQA} more turns", Layout(vqa=VQA))):
        kind = {**SEVERAL, "layout": layout}
        measure(name, settings_of(kind, max(3, options.rooms // 3), (width, height), 16), "process", 1)
    measure("an image each", settings_of(OWN, max(4, options.rooms // 3), (width, height), 8), "process", 1)
    measure(
        "a room each", settings_of(ALONE, max(4, options.rooms // 2), (width, height), 1, room_views=1), "process", 1
    )
    if options.memory:
        measure_memory(options.memory, options.minutes)


if __name__ == "__main__":
    main()
