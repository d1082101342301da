"""Measure the shipped `room-clip` on test rooms (seeds 900000 and up, never trained on) and its speed.

    python benchmarks/room_clip.py [ROOMS] [WEIGHTS]

Prints the table of docs/room-clip.md: each measure is a mean over rooms with its 95% interval; beside it the same by
the untrained network (its floor), and images per second with one thread and with all.
"""

import statistics
import sys
import time
from pathlib import Path

import torch

from vantage.devices import core_count
from vantage.encoders.room_clip import RoomClip, RoomClipEncoder, load_room_clip
from vantage.pretraining import PoolSettings, render_room, score_crops, score_rooms
from vantage.rooms import TEST_SEEDS


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    trained = load_room_clip(Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    torch.manual_seed(0)
    untrained = RoomClipEncoder(RoomClip(trained.model.vocabulary, trained.model.settings), source="random weights")
    settings = PoolSettings()
    seeds = range(TEST_SEEDS.start, TEST_SEEDS.start + count)
    rooms = [render_room(seed, settings) for seed in seeds]
    views = sum(len(room.images) for room in rooms)
    print(f"rooms {seeds.start} to {seeds.stop - 1}, {views} views of {settings.width}x{settings.height}")
    scores, floor = (score_rooms(e, e, rooms) | score_crops(e, e, rooms) for e in (trained, untrained))
    print("| measure | room-clip | 95% interval | untrained |\n| --- | --- | --- | --- |")
    for name, metric in scores.items():
        low, high = metric.ci95 or (float("nan"), float("nan"))
        print(f"| {name} | {metric.value:.3f} | {low:.3f} to {high:.3f} | {floor[name].value:.3f} |")
    images = torch.rand(4, 3, settings.height, settings.width)
    for threads in dict.fromkeys((1, core_count())):
        torch.set_num_threads(threads)
        wall, process = [], []
        for _ in range(6):
            start, cpu = time.perf_counter(), time.process_time()
            trained.encode(images)
            wall.append((time.perf_counter() - start) / len(images))
            process.append((time.process_time() - cpu) / len(images))
        print(
            f"{threads} threads, batch {len(images)}: {1 / min(wall):.1f} images/s best, "
            f"{1 / statistics.median(wall):.1f} median of {len(wall)}; {1000 * min(process):.0f} ms CPU per image"
        )


if __name__ == "__main__":
    main()
