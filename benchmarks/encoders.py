"""Time the encoders, the feature cache and Ray.

    python benchmarks/encoders.py                  # everything; some minutes
    python benchmarks/encoders.py --part cache     # or: encoders, ray
    python benchmarks/encoders.py --threads 1 --batches 1 8 --size 256x192

Encoders other than room-clip and the references are the tests' tiny random models of each family, which tell what our
own code costs around a model, not how fast released weights are. Every encoder and batch is measured in a process of
its own, so that peak memory is its own. Medians of n runs, with the spread from the fastest to the slowest.
"""

import argparse
import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
OWN = ("room-clip", "pixels", "daisy")
TINY = ("dinov2", "dinov3_vit", "dinov3_convnext", "vit_mae", "clip", "siglip", "siglip2", "fit3d", "vggt", "dust3r")
VIEWS = 48
"""Views of the capture that Ray is timed on."""


def timed(function, n):
    """Return the seconds of n runs after one to warm up."""
    function()
    seconds = []
    for _ in range(n):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return seconds


def row(label, work, seconds, unit, extra=""):
    median = statistics.median(seconds)
    rates = f"{work / median:9.1f} {unit:9s} ({work / max(seconds):.1f} to {work / min(seconds):.1f}, n {len(seconds)})"
    print(f"{label:<28} {rates} {extra}", flush=True)


def build(name):
    from vantage.encoders import load_encoder

    if name in OWN:
        return load_encoder(name)
    # In place of this script's folder, whose encoders.py would hide the tests' folder of this name.
    sys.path[0] = str(ROOT / "tests")
    from encoders.tiny_encoders import tiny_encoder
    from encoders.tiny_models import save_tiny_model

    if name == "dinov3_convnext":
        with tempfile.TemporaryDirectory() as folder:
            return load_encoder(str(save_tiny_model(Path(folder), name)))
    return tiny_encoder(name)


def measure_one(name, batch, size, n, threads):
    """Encode one batch again and again; print what it took as JSON."""
    import torch

    from vantage.devices import peak_memory_mb

    torch.set_num_threads(threads)
    encoder = build(name)
    images = torch.rand(batch, 3, size[1], size[0], generator=torch.Generator().manual_seed(0))
    before = peak_memory_mb()
    seconds = timed(lambda: encoder.encode(images), n)
    print(json.dumps({"seconds": seconds, "before": before, "peak": peak_memory_mb()}))


def part_encoders(args):
    print(f"encoders: {args.size} pixels, {args.threads} threads; memory is the process's peak and what encoding added")
    for name in (*OWN, *TINY):
        for batch in args.batches:
            command = [sys.executable, __file__, "--one", name, "--batches", str(batch), "--size", args.size,
                       "--n", str(args.n), "--threads", str(args.threads)]  # fmt: skip
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found = json.loads(done.stdout.splitlines()[-1])
            memory = f"peak {found['peak']:.0f} MB (+{found['peak'] - found['before']:.0f})"
            row(f"{name}, batch {batch}", batch, found["seconds"], "images/s", memory)


def part_cache(args):
    """Write and read one shard of ten views against safetensors' own functions on the same tensors."""
    import torch
    from safetensors.torch import load_file, save_file

    from vantage.encoders import Features
    from vantage.encoders.shards import read_shard, write_shard

    torch.set_num_threads(args.threads)
    generator = torch.Generator().manual_seed(0)
    grid = torch.randn(10, 27, 36, 1024, generator=generator)
    features = Features(grid=grid, summary=torch.randn(10, 1024), stride=(14.0, 14.0), image_size=(504, 378))
    plain = {"grid": grid.half(), "summary": features.summary.half()}
    megabytes = sum(tensor.nbytes for tensor in plain.values()) / 1e6
    print(f"cache: a shard of {megabytes:.1f} MB, 10 views of 36x27 cells of 1024 channels; MB of float16")
    with tempfile.TemporaryDirectory() as folder:
        shard, other = Path(folder) / "shard.safetensors", Path(folder) / "plain.safetensors"

        def synced():
            save_file(plain, other)
            with other.open("rb") as file:
                os.fsync(file.fileno())

        half = Features(grid=plain["grid"], summary=plain["summary"], stride=features.stride, image_size=(504, 378))
        n = 3 * args.n
        row("write, shard", megabytes, timed(lambda: write_shard(shard, "bench", half), n), "MB/s")
        row("write, shard of float32", megabytes, timed(lambda: write_shard(shard, "bench", features), n), "MB/s")
        row("write, safetensors", megabytes, timed(lambda: save_file(plain, other), n), "MB/s")
        row("write, safetensors and sync", megabytes, timed(synced, n), "MB/s")
        row("read, whole shard", megabytes, timed(lambda: read_shard(shard, "bench"), n), "MB/s")
        one = functools.partial(read_shard, shard, "bench")
        row("read, view by view", megabytes, timed(lambda: [one([i]) for i in range(10)], n), "MB/s")
        row("read, safetensors", megabytes, timed(lambda: [t.sum() for t in load_file(other).values()], n), "MB/s")


def part_ray(args):
    """Encode noise with room-clip in this process and with Ray's."""
    import numpy as np
    import torch

    from vantage.captures import Capture, View, ViewSource
    from vantage.encoders import cache as cache_module
    from vantage.encoders import encode_capture, load_encoder
    from vantage.encoders.ray_engine import RayEngine
    from vantage.geometry import Camera

    torch.set_num_threads(args.threads)
    width, height = map(int, args.size.split("x"))
    camera = Camera.from_fov(fov_x=1.2, width=width, height=height)
    pose = np.eye(4)

    def read(index):
        image = np.random.default_rng(index).random((height, width, 3), dtype=np.float32)
        return View(name=str(index), image=image, camera=camera, world_from_camera=pose)

    sources = tuple(
        ViewSource(name=str(i), camera=camera, world_from_camera=pose, read=functools.partial(read, i))
        for i in range(VIEWS)
    )
    capture = Capture(name="noise", sources=sources)
    # Eight shards, so that there is work to share.
    cache_module.BATCH_PIXELS = VIEWS // 8 * width * height
    encoder = load_encoder("room-clip")
    load = functools.partial(load_encoder, "room-clip")
    print(f"ray: {VIEWS} images of {args.size} pixels, room-clip, {args.threads} threads a process, start included")
    contents = []
    for label, workers in (("this process", 0), ("ray, 1 worker", 1), ("ray, 2 workers", 2)):
        seconds = []
        for _ in range(args.n):
            with tempfile.TemporaryDirectory() as folder:
                engine = RayEngine(load=load, fingerprint=encoder.fingerprint, workers=workers) if workers else None
                start = time.perf_counter()
                features = encode_capture(capture, encoder, folder, engine=engine)
                seconds.append(time.perf_counter() - start)
                contents.append({path.name: path.read_bytes() for path in features.folder.iterdir()})
        row(label, VIEWS, seconds, "images/s", f"{statistics.median(seconds):.1f} s")
    print("same bytes:", all(content == contents[0] for content in contents))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("encoders", "cache", "ray"))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--size", default="256x192")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--n", type=int, default=5)
    args = parser.parse_args()
    if args.one:
        width, height = map(int, args.size.split("x"))
        measure_one(args.one, args.batches[0], (width, height), args.n, args.threads)
        return
    parts = {"encoders": part_encoders, "cache": part_cache, "ray": part_ray}
    for name, part in parts.items():
        if args.part in (None, name):
            part(args)


if __name__ == "__main__":
    main()
