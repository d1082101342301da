"""Measure how fast rooms are built and rendered.

Run `OMP_NUM_THREADS=1 python benchmarks/rooms.py` on a quiet machine. Every figure is a median with its quartiles; n is
the number of timed pieces. Processes render different rooms; each computes with one thread.
"""

import argparse
import importlib.util
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from vantage.rooms import Room, RoomSettings, Shots, camera_path, make_room, render_view, room_camera, write_rooms
from vantage.rooms.layout.kinds import ROOM_KINDS
from vantage.rooms.rendering.assembly import assemble
from vantage.rooms.rendering.render import camera_rays

SIZES = ((128, 128), (256, 192), (640, 480))
"""Width and height."""
FIRST_SEED = 900_300
"""Of the rooms that are measured; test rooms, so that no training run has a share in them."""


def time_of(job: Callable[[], object]) -> float:
    """Return the seconds that a job takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def summary(values: Sequence[float], unit: str) -> str:
    """Return median, quartiles and number."""
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:8.2f} {unit} (quartiles {low:.2f} to {high:.2f}, n {len(values)})"


def rooms(count: int, clutter: float = 0.5) -> list[Room]:
    """Return rooms of all kinds, built."""
    result = []
    for k in range(count):
        kind = ROOM_KINDS[k % len(ROOM_KINDS)]
        room = make_room(FIRST_SEED + k, RoomSettings(kind=kind, clutter=clutter))
        assert room.geometry.scene is not None
        result.append(room)
    return result


def measure_building(count: int) -> None:
    """Print what it costs to lay out rooms, and to build their geometry and light."""
    rooms(1)
    layout, geometry, objects, triangles = [], [], [], []
    for k in range(count):
        settings = RoomSettings(kind=ROOM_KINDS[k % len(ROOM_KINDS)])
        start = time.perf_counter()
        room = make_room(FIRST_SEED + 50 + k, settings)
        middle = time.perf_counter()
        built = room.geometry
        layout.append(1e3 * (middle - start))
        geometry.append(1e3 * (time.perf_counter() - middle))
        objects.append(len(room.objects))
        triangles.append(len(built.faces))
    print(
        f"building, {min(objects)} to {max(objects)} objects, {min(triangles)} to {max(triangles)} triangles, 1 process"
    )
    print("  layout            ", summary(layout, "ms"))
    print("  geometry and light", summary(geometry, "ms"))
    print("  both              ", summary([a + b for a, b in zip(layout, geometry, strict=True)], "ms"))


def view_times(first: int, count: int, width: int, height: int, maps: bool, shadow_rays: int) -> list[float]:
    """Return the seconds of `count` views of four rooms, after one that is not timed; runs in a process of its own."""
    camera = room_camera(width, height)
    result = []
    for k in range(4):
        room = make_room(FIRST_SEED + first + k, RoomSettings(kind=ROOM_KINDS[(first + k) % len(ROOM_KINDS)]))
        poses = camera_path(room, camera, "looks", max(1, count // 4))
        render_view(room, camera, poses[0], maps=maps, shadow_rays=shadow_rays)
        for pose in poses:
            result.append(time_of(lambda p=pose, r=room: render_view(r, camera, p, maps=maps, shadow_rays=shadow_rays)))
    return result


def measure_views(count: int, processes: Sequence[int], shadow_rays: int) -> None:
    """Print views per second by size, maps and processes."""
    context = multiprocessing.get_context("spawn")
    for workers in processes:
        with context.Pool(workers) as pool:
            for width, height in SIZES:
                number = max(8, count * 128 * 128 // (width * height))
                for maps in (False, True):
                    jobs = [(4 * k, number, width, height, maps, shadow_rays) for k in range(workers)]
                    pool.starmap(view_times, jobs)
                    parts = pool.starmap(view_times, jobs)
                    # Each process gives its own rate; together they give the sum.
                    rates = [sum(1 / t for t in times) for times in zip(*parts, strict=True)]
                    what = "all maps" if maps else "RGB, depth, labels, normals"
                    print(f"  {width}x{height}, {what:27}, {workers} process(es)", summary(rates, "views/s"))


def measure_engines(workers: Sequence[int]) -> None:
    """Print views per second of folders written: rooms built and rendered at 128x128, the engine's start included."""
    seeds, shots = range(FIRST_SEED, FIRST_SEED + 12), Shots(views=12, width=128, height=128)
    engines = ["process", *(["ray"] if importlib.util.find_spec("ray") else [])]
    for engine in engines:
        for number in workers:
            with tempfile.TemporaryDirectory() as folder:
                seconds = time_of(
                    lambda e=engine, n=number, f=folder: list(write_rooms(seeds, Path(f), shots, engine=e, workers=n))
                )
            rate = len(seeds) * shots.views / seconds
            print(f"  {engine:7} {number} worker(s): {rate:6.1f} views/s, {seconds:.1f} s for {len(seeds)} rooms (n 1)")


def fitted_exponent(x: Sequence[float], y: Sequence[float]) -> float:
    """Return b of the power law y = a x^b that fits best."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def measure_growth() -> None:
    """Print how the cost of a view grows with pixels and with triangles."""
    sizes = (64, 128, 256, 512)
    pixels, seconds = [], []
    some = rooms(3)
    for side in sizes:
        camera = room_camera(side, side)
        times = []
        for room in some:
            for pose in camera_path(room, camera, "looks", 3):
                render_view(room, camera, pose)
                times.append(min(time_of(lambda p=pose, r=room, c=camera: render_view(r, c, p)) for _ in range(2)))
        pixels.append(side * side)
        seconds.append(statistics.median(times))
    print(f"cost against pixels (64^2 to 512^2): exponent {fitted_exponent(pixels, seconds):.2f}")
    print("  ", ", ".join(f"{side}x{side}: {1e3 * t:.1f} ms" for side, t in zip(sizes, seconds, strict=True)))
    camera = room_camera(128, 128)
    triangles, seconds = [], []
    for clutter in (0.0, 0.25, 0.5, 0.75, 1.0):
        for room in rooms(5, clutter):
            times = [
                time_of(lambda p=pose, r=room: render_view(r, camera, p))
                for pose in camera_path(room, camera, "looks", 4)
            ]
            triangles.append(len(room.geometry.faces))
            seconds.append(statistics.median(times))
    exponent = fitted_exponent(triangles, seconds)
    print(f"cost against triangles ({min(triangles)} to {max(triangles)}, n {len(triangles)}): exponent {exponent:.2f}")


def measure_rays() -> None:
    """Print the ray tracer's bare rate: what no shading could exceed."""
    camera = room_camera(320, 240)
    rates = []
    for room in rooms(3):
        for pose in camera_path(room, camera, "looks", 4):
            origin, directions = camera_rays(camera, pose)
            origins = np.repeat(origin, len(directions), axis=0)
            scene = room.geometry.scene
            seconds = min(time_of(lambda o=origins, d=directions, s=scene: s.run(o, d)) for _ in range(3))
            rates.append(len(directions) / seconds / 1e6)
    print("embree alone, 320x240 first hits, 1 thread", summary(rates, "million rays/s"))
    room = rooms(1)[0]
    again = [1e3 * time_of(lambda: assemble(room)) for _ in range(5)]
    print("geometry and light of one room again      ", summary(again, "ms"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--views", type=int, default=64, help="views per process at 128x128; larger sizes take fewer")
    parser.add_argument("--rooms", type=int, default=20, help="rooms that are built")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--shadow-rays", type=int, default=1, help="rays to each light per pixel")
    options = parser.parse_args()
    threads = os.environ.get("OMP_NUM_THREADS", "not set")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start, OMP_NUM_THREADS {threads}")
    measure_building(options.rooms)
    measure_rays()
    print(f"views, {options.shadow_rays} shadow ray(s) per light and pixel, edges antialiased, 1 thread per process")
    measure_views(options.views, options.processes, options.shadow_rays)
    print("folders written, 12 rooms of 12 views at 128x128")
    measure_engines(options.processes)
    measure_growth()


if __name__ == "__main__":
    main()
