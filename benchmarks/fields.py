"""Train fields for given budgets and measure them on held-out views: Gaussians and NeRF, and each switch for quality.

    python benchmarks/fields.py                              # three rooms and office_kitchen, 1, 5 and 20 minutes
    python benchmarks/fields.py --field nerf --minutes 1 5
    python benchmarks/fields.py --switches --steps 2000 --scenes 900000 kitchen --size 128x96
    python benchmarks/fields.py --field gaussians nerf --sparse-points 2000      # as if depth were not known

Every row is a process of its own, so that peak memory is its own. Finished rows stand in a JSON file (`--rows`): run
the same line again after an interruption, and only what is missing is measured. Depth of a room is exact; that of the
kitchen is a sensor's, and where the sensor saw nothing is left out. Views are read before the clock starts.
"""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOMS = (900000, 900001, 900002)  # the first of the seeds that no encoder is trained on
KITCHEN = Path(__file__).parents[2] / "shared" / "data" / "office_kitchen"
# Everything has compiled by then, what a NeRF does every few steps included.
WARM_UP_STEPS, CALIBRATION_STEPS = 40, 20
# Gaussians become more and steps slower, a NeRF's steps only vary; a schedule that is not over when time is up would
# leave rates too high.
SLOWER_LATER = {"gaussians": 1.3, "nerf": 1.05}


SWITCHES = ("plain", "absgrad", "mcmc", "antialiased", "exposure", "depth", "depth-metres", "plateau")


def switch(name, max_gaussians):
    """Return the `QualitySettings` that a switch's name stands for."""
    from vantage.fields.quality import DepthSettings, QualitySettings

    if name == "depth-metres":
        return QualitySettings(depth=DepthSettings(measure="depth"))
    return QualitySettings.named([] if name == "plain" else [name], max_gaussians=max_gaussians)


def load(scene, width, height):
    """Return a capture with its views in memory, or None where it is not on this machine."""
    from vantage.captures import open_capture
    from vantage.rooms import room_capture

    if scene == "kitchen":
        if not KITCHEN.is_dir():
            return None
        capture = open_capture(KITCHEN, max_size=max(width, height))
    else:
        capture = room_capture(int(scene), width=width, height=height)
    views = list(capture)
    sources = tuple(dataclasses.replace(s, read=lambda v=v: v) for s, v in zip(capture.sources, views, strict=True))
    return dataclasses.replace(capture, sources=sources)


def without_depth(capture, points, seed):
    """Return a capture whose views know no depth, with sparse points such as structure from motion leaves."""
    import numpy as np

    from vantage.captures.capture import PointCloud
    from vantage.fields.initialization import points_from_depth

    views = [capture[i] for i in capture.train_indices]
    positions, colors = points_from_depth(views, count=points, rng=np.random.default_rng(seed))
    cloud = PointCloud(points=positions.astype(np.float32), colors=(255 * colors).astype(np.uint8))
    sources = tuple(
        dataclasses.replace(source, read=lambda source=source: dataclasses.replace(source.read(), depth=None))
        for source in capture.sources
    )
    return dataclasses.replace(capture, sources=sources, points=cloud)


def settings_of(row, steps):
    from vantage.fields import DensificationSettings, DistillSettings

    return DistillSettings(
        field=row["field"],
        steps=steps,
        start_gaussians=row["gaussians"],
        densification=DensificationSettings(max_gaussians=row["max_gaussians"]),
        quality=switch(row["switch"], row["max_gaussians"]),
        seed=row["seed"],
    )


def measure(row):
    """Train and measure one row; return it with its figures."""
    import numba
    import torch

    from vantage.devices import peak_memory_mb
    from vantage.fields import Distiller
    from vantage.fields.evaluation import evaluate_view

    torch.set_num_threads(row["threads"])
    numba.set_num_threads(row["threads"])
    width, height = (int(side) for side in row["resolution"].split("x"))
    capture = load(row["scene"], width, height)
    if capture is None:
        return None
    known = capture
    if row["sparse_points"]:
        capture = without_depth(known, row["sparse_points"], row["seed"])
    clock = time.process_time if row["clock"] == "process" else time.perf_counter
    budget, steps = float("inf"), row["steps"]
    if row["minutes"]:
        budget = 60.0 * row["minutes"]
        trial = Distiller(capture, {}, settings_of(row, 10_000))
        for _ in range(WARM_UP_STEPS):
            trial.train_step()
        start = clock()
        for _ in range(CALIBRATION_STEPS):
            trial.train_step()
        steps = max(100, int(budget / SLOWER_LATER[row["field"]] / ((clock() - start) / CALIBRATION_STEPS)))
        del trial
    start, wall = clock(), time.perf_counter()
    distiller = Distiller(capture, {}, settings_of(row, steps))
    distiller.train(after_step=lambda _: None, stop=lambda: clock() - start > budget)
    seconds, wall = clock() - start, time.perf_counter() - wall
    peak = peak_memory_mb()
    scene = distiller.scene()
    with tempfile.TemporaryDirectory() as folder:
        scene.save(Path(folder))
        disk = (Path(folder) / "field.safetensors").stat().st_size / 1e6
    scores = [evaluate_view(scene, known[i], {}, []) for i in known.test_indices]
    mean = {
        name: sum(values) / len(values)
        for name in ("psnr_db", "psnr_db_corrected", "ssim", "depth_mae_m")
        if (values := [getattr(s, name) for s in scores if getattr(s, name) is not None])
    }
    size = " ".join(f"{count} {name}" for name, count in scene.field.size.items())
    found = {"n": len(scores), "seconds": seconds, "wall_s": wall, "peak_mb": peak, "disk_mb": disk}
    return row | mean | found | {"steps_done": distiller.step, "size": size}


def run_row(row):
    """Measure a row in a process of its own."""
    threads = str(row["threads"])
    environment = os.environ | {"OMP_NUM_THREADS": threads, "NUMBA_NUM_THREADS": threads, "OMP_WAIT_POLICY": "PASSIVE"}
    command = [sys.executable, __file__, "--one-row", json.dumps(row)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"row {row} ended with {done.returncode}; rows before it are kept")
    return json.loads(done.stdout.splitlines()[-1])


def table(rows):
    """Print the rows as a table of Markdown; times are of the row's clock."""
    print(
        "| scene | field | switch | budget | steps | PSNR | corrected | SSIM | depth error, mm | s | peak MB | disk MB "
        "| size | n |\n| --- | --- | --- | --- |" + " ---: |" * 8 + " --- | ---: |"
    )
    for r in rows:
        budget = f"{r['minutes']:g} min" if r["minutes"] else f"{r['steps']} steps"
        depth = "" if r.get("depth_mae_m") is None else f"{1e3 * r['depth_mae_m']:.1f}"
        print(
            f"| {r['scene']} {r['resolution']} | {r['field']} | {r['switch']} | {budget} | {r['steps_done']} "
            f"| {r['psnr_db']:.2f} | {r['psnr_db_corrected']:.2f} | {r['ssim']:.3f} | {depth} "
            f"| {r['seconds']:.0f} | {r['peak_mb']:.0f} | {r['disk_mb']:.1f} | {r['size']} | {r['n']} |"
        )


def wanted_rows(args):
    """Return the rows that the arguments ask for, without their figures."""
    rows = []
    names = args.switches if args.switches else ["plain"]
    for scene in args.scenes:
        for field in args.field:
            for budget in args.steps or args.minutes:
                for switch in names if field == "gaussians" else ["plain"]:
                    row = {
                        "scene": scene, "field": field, "switch": switch, "resolution": args.size,
                        "minutes": 0 if args.steps else budget, "steps": budget if args.steps else 0,
                        "gaussians": args.gaussians, "max_gaussians": args.max_gaussians, "seed": args.seed,
                        "threads": args.threads, "clock": args.clock, "sparse_points": args.sparse_points,
                    }  # fmt: skip
                    rows.append(row)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", nargs="+", default=[*map(str, ROOMS), "kitchen"], help="seeds of rooms, or kitchen")
    parser.add_argument("--field", nargs="+", choices=["gaussians", "nerf"], default=["gaussians"])
    parser.add_argument("--minutes", type=float, nargs="+", default=[1, 5, 20])
    parser.add_argument("--steps", type=int, nargs="+", help="budgets in steps instead of minutes")
    parser.add_argument("--switches", nargs="*", choices=SWITCHES, help="switches to compare; without names, all")
    parser.add_argument("--size", default="256x192", help="of rooms; the kitchen's longer side is the larger of both")
    parser.add_argument("--gaussians", type=int, default=40_000)
    parser.add_argument("--max-gaussians", type=int, default=120_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sparse-points", type=int, default=0, help="so many points instead of depth; 0 = depth known")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--clock", choices=["wall", "process"], default="wall", help="what minutes and seconds count")
    parser.add_argument("--rows", type=Path, default=Path("runs/benchmark_fields.json"))
    parser.add_argument("--one-row", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one_row:
        print(json.dumps(measure(json.loads(args.one_row))))
        return
    if args.switches == []:
        args.switches = list(SWITCHES)
    from vantage.storage import read_json, write_json

    done = read_json(args.rows) if args.rows.is_file() else []
    shown = []
    for row in wanted_rows(args):
        if row["scene"] == "kitchen" and not KITCHEN.is_dir():
            print("kitchen: left out, there is no ../shared/data/office_kitchen", file=sys.stderr)
            continue
        found = next((r for r in done if all(r.get(key, 0) == value for key, value in row.items())), None)
        if found is None:
            found = run_row(row)
            done.append(found)
            write_json(args.rows, done)
            print(f"{row['scene']} {row['field']} {row['switch']}: {found['psnr_db']:.2f} dB", file=sys.stderr)
        shown.append(found)
    table(shown)


if __name__ == "__main__":
    main()
