"""Time a training of Gaussians to a PSNR on held-out views, against the same training on the torch twin's rasterizer.

    python benchmarks/time_to_quality.py                     # room 1 at 96x72 to 25 dB; some minutes
    python benchmarks/time_to_quality.py --size 128x96 --gaussians 4000 --twin-steps 5

Ours runs until the mean PSNR of the held-out views is reached. The twin takes the same first steps from the same seed,
as many as --twin-steps says, and the time to the same step is that many times its median: its gradients are ours to
rounding, which the printed difference of the losses shows. Looks at held-out views are not counted.
"""

import argparse
import dataclasses
import statistics
import time

import numba
import torch

from vantage.fields import DensificationSettings, Distiller, DistillSettings, gaussians, rasterize_reference
from vantage.metrics import psnr_db
from vantage.rooms import room_capture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", type=int, default=1)
    parser.add_argument("--size", default="96x72")
    parser.add_argument("--views", type=int, default=24)
    parser.add_argument("--gaussians", type=int, default=2000, help="to start with; half as many more are the most")
    parser.add_argument("--psnr", type=float, default=25.0)
    parser.add_argument("--twin-steps", type=int, default=10)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    numba.set_num_threads(args.threads)
    width, height = map(int, args.size.split("x"))
    source = room_capture(args.room, views=args.views, width=width, height=height)
    views = list(source)
    capture = source_of(source, views)
    settings = DistillSettings(
        steps=3000,
        start_gaussians=args.gaussians,
        sh_degree=1,
        densification=DensificationSettings(max_gaussians=args.gaussians * 3 // 2),
    )
    Distiller(capture, {}, settings).train_step()  # compiles the kernels
    ours = Distiller(capture, {}, settings)
    seconds, losses = [], []
    while True:
        start = time.process_time()
        losses.append(ours.train_step()["loss"])
        seconds.append(time.process_time() - start)
        if ours.step % 10 == 0:
            reached = held_out_psnr(ours, views, capture.test_indices)
            if reached >= args.psnr or ours.step >= settings.steps:
                break
    print(
        f"room {args.room}, {args.views} views of {args.size}, {len(ours.field)} Gaussians, {args.threads} thread(s); "
        f"process time\nours: {reached:.2f} dB on {len(capture.test_indices)} held-out views after {ours.step} steps "
        f"and {sum(seconds):.2f} s ({1000 * statistics.median(seconds):.1f} ms a step)"
    )
    twin_seconds, twin_losses = twin_steps(capture, settings, args.twin_steps)
    median = statistics.median(twin_seconds)
    off = max(abs(a - b) / b for a, b in zip(losses, twin_losses, strict=False))
    print(
        f"twin: {median:.2f} s a step ({min(twin_seconds):.2f} to {max(twin_seconds):.2f}, n {len(twin_seconds)}; "
        f"losses differ by {off:.1e} at most), so {median * ours.step:.0f} s for {ours.step} steps\n"
        f"ratio: {median * ours.step / sum(seconds):.0f}"
    )


def source_of(source, views):
    """Return the capture with its views rendered once."""
    sources = tuple(
        dataclasses.replace(one, read=lambda view=view: view) for one, view in zip(source.sources, views, strict=True)
    )
    return dataclasses.replace(source, sources=sources)


def held_out_psnr(distiller, views, indices):
    """Return the mean PSNR of held-out views."""
    found = []
    with torch.no_grad():
        for index in indices:
            view = views[index]
            rgb = distiller.field.render(view.camera, view.world_from_camera).rgb.clamp(0, 1)
            found.append(float(psnr_db(rgb, torch.from_numpy(view.image))))
    return statistics.mean(found)


def twin_steps(capture, settings, count):
    """Return the seconds and losses of the first steps on the twin."""

    def twin(*arguments, absolute_offset_gradient=False, **options):
        return rasterize_reference(*arguments, **options)

    ours = gaussians.rasterize
    gaussians.rasterize = twin
    try:
        distiller = Distiller(capture, {}, settings)
        seconds, losses = [], []
        for _ in range(count):
            start = time.process_time()
            losses.append(distiller.train_step()["loss"])
            seconds.append(time.process_time() - start)
    finally:
        gaussians.rasterize = ours
    return seconds, losses


if __name__ == "__main__":
    main()
