"""Time the Gaussian rasterizer, forward plus backward, against its torch twin, plain numba and a memory floor.

    python benchmarks/rasterizer.py                       # everything; several minutes
    python benchmarks/rasterizer.py --gaussians 20000 --sizes 256x192 --channels 4 --threads 2
    python benchmarks/rasterizer.py --gaussians 20000 --sizes 256x192 --channels 4 16 32 64 --ratios
    python benchmarks/rasterizer.py --plot docs/rasterizer.png   # cost against intersections; some five minutes

The scene fills the view: pixels drawn uniformly over the image and a little beyond, 70% of them on a wavy surface, 30%
anywhere behind it; standard deviations lie about the spacing of the Gaussians on the screen (as a field starts out from
a point cloud), opacities are uniform in [0.05, 0.95]. "4 channels" is RGB and depth: three channels, the depth image.
"""

import argparse
import functools
import itertools
import statistics
import sys
import time
from pathlib import Path

import numba
import numpy as np
import torch

from vantage.fields.rasterizer import binning, function, rasterize, rasterize_reference

sys.path.insert(0, str(Path(__file__).parent))
from plain_rasterizer import plain_rasterize

PLAIN_STEPS = {
    "plain": {},
    "  skip exp": {"skip_exp": True},
    "  and cull": {"skip_exp": True, "exact_lists": True},
}
FOV_FOCAL = 0.9  # focal length over image width, about 58 degrees across


def make_scene(n, width, height, n_channels, seed=0):
    """Return the arguments of `rasterize` as leaf tensors; `n_channels` counts the depth."""
    rng = np.random.default_rng(seed)
    focal = FOV_FOCAL * width
    u, v = rng.uniform(-0.02, 1.02, (2, n)) * np.array([[width], [height]])
    surface = 3 + 0.6 * np.sin(6 * u / width) * np.cos(5 * v / height)
    z = np.where(rng.uniform(size=n) < 0.7, surface + rng.normal(size=n) * 0.02, surface + rng.uniform(0, 2, n))
    means = np.stack([(u - width / 2) / focal * z, (v - height / 2) / focal * z, z], axis=1)
    spacing = np.sqrt(width * height / n) / focal * z
    scales = spacing[:, None] * np.exp(rng.normal(size=(n, 3)) * 0.4)
    arrays = [means, rng.normal(size=(n, 4)), scales, rng.uniform(0.05, 0.95, n), rng.uniform(size=(n, n_channels - 1))]
    leaves = [torch.tensor(a, dtype=torch.float32, requires_grad=True) for a in arrays]
    intrinsics = torch.tensor([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]], dtype=torch.float32)
    camera = torch.eye(4).requires_grad_()
    return [*leaves, camera, intrinsics, width, height]


def step(function, scene, weights):
    """Run once forward and backward with all outputs in the loss."""
    for tensor in scene[:6]:
        tensor.grad = None
    out = function(*scene)
    torch.autograd.backward([out.channels, out.depth, out.alpha], weights)
    return out


class Stages:
    """Wall time per kernel, by standing in for the functions that run kernels."""

    def __init__(self):
        self.times = {}
        self.run_parts, self.depth_order, self.place_tiles = (
            function.run_parts, binning.depth_order, binning.place_tiles,
        )  # fmt: skip

    def __enter__(self):
        function.run_parts = lambda kernel, *args: self._timed(kernel.__name__, self.run_parts, kernel, *args)
        binning.depth_order = lambda *args: self._timed("depth_order", self.depth_order, *args)
        binning.place_tiles = self._count
        return self

    def __exit__(self, *_):
        function.run_parts, binning.depth_order = self.run_parts, self.depth_order
        binning.place_tiles = self.place_tiles

    def _count(self, *args):
        starts = self._timed("place_tiles", self.place_tiles, *args)
        self.entries = int(starts[-1])
        return starts

    def _timed(self, name, run, *args):
        begin = time.perf_counter()
        result = run(*args)
        self.times.setdefault(name, []).append(time.perf_counter() - begin)
        return result

    def line(self, total):
        """Return the medians in milliseconds; "rest" is allocation and torch."""
        medians = {name: 1e3 * statistics.median(times) for name, times in self.times.items()}
        medians["rest"] = 1e3 * total - sum(medians.values())
        return "    stages, ms: " + ", ".join(f"{name} {value:.2f}" for name, value in medians.items())


def measure(run, repeats, budget_s=20.0):
    """Return sorted wall and process times in seconds: at least 3 runs, at most `repeats`, within about `budget_s`."""
    wall, process = [], []
    begin = time.perf_counter()
    while len(wall) < 3 or (len(wall) < repeats and time.perf_counter() - begin < budget_s):
        w, p = time.perf_counter(), time.process_time()
        run()
        wall.append(time.perf_counter() - w)
        process.append(time.process_time() - p)
    return sorted(wall), sorted(process)


def spread(times):
    """Return median, and first and ninth decile, in milliseconds."""
    tenth = len(times) // 10
    return f"{1e3 * statistics.median(times):8.2f} [{1e3 * times[tenth]:.2f}, {1e3 * times[-1 - tenth]:.2f}]"


@numba.njit(parallel=True, cache=True)
def _copy(a, b):
    for i in numba.prange(len(a)):
        b[i] = a[i]


def bandwidth(threads):
    """Return bytes per second of a streaming copy (read plus write) of 128 MB arrays."""
    numba.set_num_threads(threads)
    a, b = np.zeros(1 << 25, dtype=np.float32), np.zeros(1 << 25, dtype=np.float32)
    _copy(a, b)
    wall, _ = measure(lambda: _copy(a, b), 7)
    return 2 * a.nbytes / wall[0]


def least_bytes(n, entries, width, height, n_channels):
    """Return the bytes that any tiled rasterizer must move, forward and backward.

    Parameters read twice and their gradients written; a record per Gaussian written and read; an index per entry
    written and read twice; images written, their gradients read.
    """
    parameters = 11 + n_channels - 1
    return 4 * (n * (3 * parameters + 2 * (10 + n_channels - 1)) + 3 * entries + width * height * 2 * (n_channels + 1))


def report(name, threads, wall, process):
    print(f"  {name:<12} threads {threads}  wall {spread(wall)}  process {spread(process)} ms  ({len(wall)} runs)")


def bench(n, size, n_channels, threads_list, repeats, rates, plain):
    width, height = size
    scene = make_scene(n, width, height, n_channels)
    weights = loss_weights(width, height, n_channels)
    print(f"\nn {n}  {width}x{height}  {n_channels} channels (depth included)")
    for threads in threads_list:
        numba.set_num_threads(threads)
        torch.set_num_threads(threads)
        with Stages() as stages:
            step(rasterize, scene, weights)
            stages.times.clear()
            wall, process = measure(lambda: step(rasterize, scene, weights), repeats)
        report("kernels", threads, wall, process)
        print(stages.line(statistics.median(wall)))
        floor = least_bytes(n, stages.entries, width, height, n_channels) / rates[threads]
        rate = stages.entries / statistics.median(wall)
        print(
            f"    {stages.entries} intersections of Gaussians and tiles, {rate:.3g} per second; "
            f"memory floor {1e3 * floor:.2f} ms, ratio {statistics.median(wall) / floor:.1f}"
        )
        if plain:
            for name, switches in PLAIN_STEPS.items():
                run = functools.partial(plain_rasterize, **switches)
                step(run, scene, weights)
                report(name, threads, *measure(functools.partial(step, run, scene, weights), repeats, budget_s=5))


def bench_twin(threads_list):
    """Time kernels and twin side by side at a size the twin can do."""
    n, width, height = 2000, 64, 48
    scene = make_scene(n, width, height, 4)
    weights = [torch.ones(height, width, 3), torch.ones(height, width), torch.ones(height, width)]
    print(f"\nagainst the torch twin: n {n}  {width}x{height}  4 channels (the twin's memory: pixels times Gaussians)")
    for threads in threads_list:
        numba.set_num_threads(threads)
        torch.set_num_threads(threads)
        step(rasterize, scene, weights)
        kernels = measure(lambda: step(rasterize, scene, weights), 20)
        twin = measure(lambda: step(rasterize_reference, scene, weights), 5)
        report("kernels", threads, *kernels)
        report("twin", threads, *twin)
        print(f"    ratio {statistics.median(twin[0]) / statistics.median(kernels[0]):.0f}")


def loss_weights(width, height, n_channels):
    """Return a random weight for every number of every image."""
    generator = torch.Generator().manual_seed(1)
    shapes = [(height, width, n_channels - 1), (height, width), (height, width)]
    return [torch.randn(shape, generator=generator) for shape in shapes]


def ratios(n, size, channels, repeats):
    """Print what more channels cost, in process time on one thread; steps take turns, so that all share the noise."""
    numba.set_num_threads(1)
    torch.set_num_threads(1)
    scenes = {c: (make_scene(n, *size, c), loss_weights(*size, c)) for c in channels}
    times = {c: [] for c in channels}
    for turn in range(repeats + 1):
        for c, (scene, weights) in scenes.items():
            begin = time.process_time()
            step(rasterize, scene, weights)
            if turn > 0:  # the first compiles
                times[c].append(time.process_time() - begin)
    print(f"\nn {n}  {size[0]}x{size[1]}  one thread, process time, {repeats} turns")
    for c in channels:
        pairs = [a / b for a, b in zip(times[c], times[channels[0]])]
        print(f"  {c:>3} channels {spread(sorted(times[c]))} ms  {statistics.median(pairs):.2f} of {channels[0]}")


PLOT_GAUSSIANS = (5_000, 10_000, 20_000, 40_000, 80_000, 120_000)
PLOT_SIZES = ((192, 144), (256, 192), (384, 288))


def scaling(n_channels, repeats):
    """Return intersections of Gaussians and tiles, and process seconds, one of each per scene."""
    entries, seconds = [], []
    for size, n in itertools.product(PLOT_SIZES, PLOT_GAUSSIANS):
        scene, weights = make_scene(n, *size, n_channels), loss_weights(*size, n_channels)
        with Stages() as stages:
            step(rasterize, scene, weights)
        _, process = measure(functools.partial(step, rasterize, scene, weights), repeats)
        entries.append(stages.entries)
        seconds.append(statistics.median(process))
    return np.array(entries), np.array(seconds)


def plot(path, channels, repeats):
    """Draw process time against intersections with a straight line through each number of channels."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    numba.set_num_threads(1)
    torch.set_num_threads(1)
    figure, axes = pyplot.subplots(figsize=(6, 3.6), dpi=110)
    for n_channels, color in zip(channels, ("#1f6fb4", "#c2571a", "#3a7d44", "#7a4fa3")):
        entries, seconds = scaling(n_channels, repeats)
        slope, offset = np.polyfit(entries, seconds, 1)
        left = seconds - (slope * entries + offset)
        r2 = 1 - (left**2).sum() / ((seconds - seconds.mean()) ** 2).sum()
        said = f"{n_channels} channels: {1e3 * offset:.1f} ms + {1e9 * slope:.0f} ns each, R² {r2:.3f}"
        print(said, flush=True)
        axes.plot(entries / 1e3, 1e3 * seconds, "o", ms=4, color=color, label=said)
        ends = np.array([0, entries.max()])
        axes.plot(ends / 1e3, 1e3 * (slope * ends + offset), lw=1.2, color=color)
    axes.set(xlabel="intersections of Gaussians and tiles, thousands", ylabel="process time, ms", xlim=0, ylim=0)
    axes.set_title("forward plus backward on one thread", fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gaussians", type=int, nargs="+", default=[20_000, 100_000, 500_000])
    parser.add_argument("--sizes", nargs="+", default=["256x192", "640x480"])
    parser.add_argument("--channels", type=int, nargs="+", default=[4, 32], help="channels, depth included")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--plain", action="store_true", help="time the plain numba version beside it")
    parser.add_argument("--no-twin", action="store_true", help="leave out the comparison with the torch twin")
    parser.add_argument("--ratios", action="store_true", help="what more channels cost, and nothing else")
    parser.add_argument("--plot", metavar="PNG", help="cost against intersections as a picture, and nothing else")
    args = parser.parse_args()
    if args.plot:
        return plot(args.plot, args.channels, min(args.repeats, 9))
    args.threads = [t for t in args.threads if t <= numba.config.NUMBA_NUM_THREADS]
    sizes = [tuple(int(side) for side in size.split("x")) for size in args.sizes]
    if args.ratios:
        for size, n in itertools.product(sizes, args.gaussians):
            ratios(n, size, args.channels, args.repeats)
        return None
    print(f"numba {numba.__version__}, torch {torch.__version__}; wall and process: median [first, ninth decile]")
    rates = {threads: bandwidth(threads) for threads in args.threads}
    for threads, rate in rates.items():
        print(f"streaming copy, {threads} threads: {rate / 1e9:.1f} GB/s")
    for size, n, n_channels in itertools.product(sizes, args.gaussians, args.channels):
        bench(n, size, n_channels, args.threads, args.repeats, rates, args.plain)
    if not args.no_twin:
        bench_twin(args.threads)
    return None


if __name__ == "__main__":
    main()
