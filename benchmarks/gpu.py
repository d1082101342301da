"""Compare fields on a GPU with those on the CPU: pictures, gradients, times, trainings. Skips where there is no GPU.

    python benchmarks/gpu.py                       # trains a small room first, a minute or two on the CPU
    python benchmarks/gpu.py --scene runs/x/scene  # a scene that `vantage distill` made

Parity: the mean absolute error of every picture, RGB in [0, 1], is at most 1e-3, plain and anti-aliased; gradients of a
loss over one picture are compared as well. The exit code is 1 where parity fails. Times are medians. At the end both
kinds of field are trained on both devices with the same seed, so that they see the same pixels.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

import numba
import torch

sys.path.insert(0, str(Path(__file__).parent))

LIMIT = 1e-3
"""Of the mean absolute error of a picture."""


def why_not():
    """Return why nothing can be compared here, or None."""
    from vantage.errors import MissingError
    from vantage.fields.gsplat_backend import load_rasterization

    if not torch.cuda.is_available():
        return f"torch {torch.__version__} sees no GPU"
    try:
        load_rasterization()
    except MissingError as error:
        return str(error)
    return None


def trained_room(steps):
    """Return a small room's Gaussians and its held-out cameras with their poses."""
    from vantage.fields import DensificationSettings, Distiller, DistillSettings
    from vantage.rooms import room_capture

    capture = room_capture(900000, width=256, height=192)
    densification = DensificationSettings(max_gaussians=60_000)
    distiller = Distiller(capture, {}, DistillSettings(steps=steps, densification=densification))
    distiller.train(after_step=lambda _: None)
    cameras = [(capture.sources[i].camera, capture.sources[i].world_from_camera) for i in capture.test_indices]
    return distiller.scene().field, cameras


def saved_scene(folder):
    """Return the Gaussians of a distilled scene and its held-out cameras, or all of them where none is held out."""
    from vantage.fields import DistilledScene, GaussianField

    scene = DistilledScene.load(folder)
    if not isinstance(scene.field, GaussianField):
        sys.exit(f"{folder}: its field is no Gaussians; give a scene of `vantage distill --field gaussians`")
    held_out = [c for c in scene.cameras if c.held_out] or list(scene.cameras)
    return scene.field, [(c.camera, c.world_from_camera) for c in held_out]


def copy_to(field, device, antialiased):
    """Return a field of the same Gaussians elsewhere."""
    from vantage.fields import GaussianField

    tensors = {name: tensor.clone() for name, tensor in field.tensors().items()}
    return GaussianField.from_tensors(tensors, description={"antialiased": antialiased}).to(device)


def compare(field, cameras, device="cuda"):
    """Print the errors of every output, both ways of rendering; return whether all pictures are within the limit."""
    print("| mode | output | mean error, mean over pictures | worst picture | largest pixel |")
    print("| --- | --- | ---: | ---: | ---: |")
    fine = True
    for antialiased in (False, True):
        cpu, gpu = copy_to(field, "cpu", antialiased), copy_to(field, device, antialiased)
        errors = {"rgb": [], "alpha": [], "depth, m": []}
        largest = dict.fromkeys(errors, 0.0)
        for camera, pose in cameras:
            with torch.no_grad():
                a, b = cpu.render(camera, pose), gpu.render(camera, pose)
            for name, ours, theirs in (
                ("rgb", a.rgb, b.rgb),
                ("alpha", a.alpha, b.alpha),
                ("depth, m", a.depth, b.depth),
            ):
                off = (ours - theirs.cpu()).abs()
                errors[name].append(float(off.mean()))
                largest[name] = max(largest[name], float(off.max()))
        mode = "anti-aliased" if antialiased else "plain"
        for name, values in errors.items():
            print(f"| {mode} | {name} | {statistics.mean(values):.2e} | {max(values):.2e} | {largest[name]:.2e} |")
        fine = fine and max(errors["rgb"]) <= LIMIT
    return fine


def compare_gradients(field, cameras, device="cuda"):
    """Print how far the gradients of the two differ, relative to their size."""
    camera, pose = cameras[0]
    grads = []
    for place in ("cpu", device):
        there = copy_to(field, place, False)
        rendering = there.render(camera, pose)
        (rendering.rgb.square().mean() + rendering.alpha.mean()).backward()
        grads.append({name: getattr(there, name).grad.cpu() for name in there.PARAMETERS})
    for name, ours in grads[0].items():
        off = float((ours - grads[1][name]).norm() / ours.norm().clamp_min(1e-30))
        print(f"gradient of {name}: relative difference {off:.2e}")


def seconds(run, repeats, synchronize):
    """Return the median seconds of `run` after one warm-up."""
    run()
    times = []
    for _ in range(repeats):
        synchronize()
        begin = time.perf_counter()
        run()
        synchronize()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def time_both(counts, sizes, channel_counts, repeats, device="cuda"):
    """Print the timing table: forward plus backward of random scenes, all outputs in the loss."""
    from rasterizer import make_scene

    from vantage.fields.gsplat_backend import rasterize_on_gpu
    from vantage.fields.rasterizer import rasterize

    def synchronize():
        if device == "cuda":
            torch.cuda.synchronize()

    print(
        "| Gaussians | size | channels | ours, ms | gsplat, ms | ratio | gsplat, forward alone, ms | GPU memory, MB |"
    )
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for n in counts:
        for width, height in sizes:
            for channels in channel_counts:
                scene = make_scene(n, width, height, channels + 1)
                there = [t.detach().to(device).requires_grad_(t.requires_grad) for t in scene[:7]] + scene[7:]

                def ours(scene=scene):
                    out = rasterize(*scene)
                    (out.channels.sum() + out.depth.sum()).backward()

                def theirs(there=there):
                    out, _ = rasterize_on_gpu(*there)
                    (out.channels.sum() + out.depth.sum()).backward()

                def forward(there=there):
                    with torch.no_grad():
                        rasterize_on_gpu(*there)

                if device == "cuda":
                    torch.cuda.reset_peak_memory_stats()
                gpu = seconds(theirs, repeats, synchronize)
                memory = torch.cuda.max_memory_allocated() / 1e6 if device == "cuda" else 0.0
                alone = seconds(forward, repeats, synchronize)
                cpu = seconds(ours, max(3, repeats // 5), synchronize)
                print(
                    f"| {n} | {width}x{height} | {channels} | {1e3 * cpu:.1f} | {1e3 * gpu:.2f} | {cpu / gpu:.0f} "
                    f"| {1e3 * alone:.2f} | {memory:.0f} |"
                )


def train_both(steps, width, height, device="cuda"):
    """Print how long a training step takes on both, and how good the scenes are after so many."""
    from vantage.fields import Distiller, DistillSettings
    from vantage.fields.evaluation import evaluate_view
    from vantage.rooms import room_capture

    capture = room_capture(900000, width=width, height=height)
    print("| field | device | ms a step, median | loss, last tenth | PSNR, dB | depth error, mm | n |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for field in ("gaussians", "nerf"):
        for place in ("cpu", device):
            distiller = Distiller(capture, {}, DistillSettings(field=field, steps=steps), device=place)
            times, losses = [], []
            for _ in range(steps):
                begin = time.perf_counter()
                # A step's loss is read on the CPU, so that the step before it is over.
                losses.append(distiller.train_step()["loss"])
                times.append(time.perf_counter() - begin)
            scene = distiller.scene()
            scores = [evaluate_view(scene, capture[i], {}, []) for i in capture.test_indices]
            psnr = statistics.mean(s.psnr_db for s in scores)
            depth = 1e3 * statistics.mean(s.depth_mae_m for s in scores if s.depth_mae_m is not None)
            last = statistics.mean(losses[-max(1, steps // 10) :])
            print(
                f"| {field} | {place} | {1e3 * statistics.median(times[steps // 10 :]):.1f} | {last:.4f} | {psnr:.2f} "
                f"| {depth:.1f} | {len(scores)} |",
                flush=True,
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scene", type=Path, help="a scene's folder; without it, a small room is trained")
    parser.add_argument("--steps", type=int, default=1000, help="training steps of that room")
    parser.add_argument("--gaussians", type=int, nargs="+", default=[20_000, 100_000, 500_000])
    parser.add_argument("--sizes", nargs="+", default=["256x192", "640x480", "1280x960"])
    parser.add_argument("--channels", type=int, nargs="+", default=[3, 31, 128])
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--train-steps", type=int, default=500, help="of the trainings compared at the end; 0 = none")
    args = parser.parse_args()
    reason = why_not()
    if reason is not None:
        print(f"skipped: {reason}")
        return
    import gsplat

    print(
        f"{torch.cuda.get_device_name()}, gsplat {gsplat.__version__}, torch {torch.__version__}; "
        f"ours on {numba.get_num_threads()} threads"
    )
    field, cameras = saved_scene(args.scene) if args.scene else trained_room(args.steps)
    print(f"\nparity on {len(cameras)} pictures of {len(field)} Gaussians, at most {LIMIT:g}\n")
    fine = compare(field, cameras)
    compare_gradients(field, cameras)
    print("\nforward plus backward, medians\n")
    time_both(args.gaussians, [tuple(map(int, s.split("x"))) for s in args.sizes], args.channels, args.repeats)
    if args.train_steps:
        print(f"\ntraining for {args.train_steps} steps, room 900000, 48 views of 256x192\n")
        train_both(args.train_steps, 256, 192)
    if not fine:
        sys.exit("parity failed: a picture differs by more than the limit")


if __name__ == "__main__":
    main()
