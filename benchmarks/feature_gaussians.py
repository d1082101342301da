"""Compare the two places where features can live: the semantic hash grid, and numbers that each Gaussian carries.

    python benchmarks/feature_gaussians.py                     # the table of docs/fields/features.md, some ten minutes
    python benchmarks/feature_gaussians.py --kinds 1x1 --widths 16 32 64 --steps 300

One room at a small size, one thread, the same Gaussians in every row (features do not move them). Per row: process time
of a step and its share for features, size of what the features add on disk, held-out cosine per encoder, process time
of a picture of features, and with `room-clip` how the objects in held-out views rank for their own names.
"""

import argparse
import dataclasses
import statistics
import tempfile
import time
from pathlib import Path

import numba
import numpy as np
import torch

from vantage.captures import Capture
from vantage.encoders import encode_capture_steps, load_encoder
from vantage.fields import DensificationSettings, Distiller, DistillSettings, FeatureGaussianSettings
from vantage.fields.evaluation import feature_cosine
from vantage.localization import SceneQuery
from vantage.localization.scoring import find_cases, true_mask
from vantage.rooms import room_capture

KINDS = ("grid", "none", "1x1", "3x3")


def settings_of(kind: str, width: int, args: argparse.Namespace) -> DistillSettings:
    carried = FeatureGaussianSettings(width=width, decoder=kind, rate_features=args.rate) if kind != "grid" else None
    return DistillSettings(
        steps=args.steps,
        start_gaussians=args.gaussians,
        semantic_points=args.points,
        sh_degree=1,
        semantics_kind="grid" if carried is None else "gaussians",
        feature_gaussians=carried or FeatureGaussianSettings(),
        densification=DensificationSettings(start=100, stop=args.steps // 2, max_gaussians=args.gaussians * 5 // 4),
    )


def train(capture: Capture, targets: dict, settings: DistillSettings) -> tuple[Distiller, float]:
    """Train; return the distiller and the median process time of a step in seconds."""
    distiller, times = Distiller(capture, targets, settings), []
    while distiller.step < settings.steps:
        begin = time.process_time()
        distiller.train_step()
        times.append(time.process_time() - begin)
    return distiller, statistics.median(times)


def bytes_of_features(distiller: Distiller) -> int:
    """Return what a saved scene is larger by than the same scene without features."""
    tensors = dict(distiller.semantics.state_dict())
    if (carried := distiller.field.tensors().get("features")) is not None:
        tensors["carried"] = carried
    return sum(tensor.nbytes for tensor in tensors.values())


def reciprocal_ranks(query: SceneQuery, capture: Capture, held_out: list) -> list[float]:
    """Return 1 / the place of each visible object when those of its view are ranked for its own name.

    An object's value is the best relevancy within its mask; of several of one name the best counts.
    """
    ranks = []
    cases = find_cases(capture, held_out)
    for index, view in held_out:
        texts = [case.text for case in cases if case.view_index == index]
        masks = {text: true_mask(capture, view, text) for text in texts}
        for text in texts:
            image = query.image(text, view.camera, view.world_from_camera).relevancy
            best = {other: float(image[masks[other]].max()) for other in texts}
            ranks.append(1 / (1 + sum(best[other] > best[text] for other in texts if other != text)))
    return ranks


def row(kind: str, width: int, args: argparse.Namespace, capture: Capture, targets: dict, plain_s: float) -> str:
    distiller, step_s = train(capture, targets, settings_of(kind, width, args))
    scene = distiller.scene()
    held_out = [(index, capture[index]) for index in capture.test_indices]
    cosines = {
        name: float(np.mean([feature_cosine(scene, view, name, features[index]) for index, view in held_out]))
        for name, features in targets.items()
    }
    begin = time.process_time()
    for _, view in held_out:
        scene.render_features(view.camera, view.world_from_camera, next(iter(targets)))
    picture_s = (time.process_time() - begin) / len(held_out)
    ranks = []
    if "room-clip" in targets:
        query = SceneQuery(scene, "room-clip", load_encoder("room-clip"))
        ranks = reciprocal_ranks(query, capture, held_out)
    name = kind if kind == "grid" else f"gaussians, {kind}, {scene.semantics.numbers.shape[1]} numbers"
    cells = [name, str(len(distiller.field)), f"{1e3 * step_s:.1f}", f"{1e3 * (step_s - plain_s):.1f}"]
    cells += [f"{bytes_of_features(distiller) / 1e6:.2f}", f"{1e3 * picture_s:.0f}"]
    cells += [f"{cosine:.3f}" for cosine in cosines.values()]
    cells += [f"{np.mean(ranks):.3f} ({len(ranks)})" if ranks else ""]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--room", type=int, default=900_000, help="seed; from 900000 on no encoder is trained on it")
    parser.add_argument("--encoders", nargs="+", default=["room-clip", "room-dino"])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--widths", type=int, nargs="+", default=[32], help="numbers per Gaussian, with a decoder")
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--gaussians", type=int, default=6000)
    parser.add_argument("--points", type=int, default=2048, help="pixels per step at which features are compared")
    parser.add_argument("--views", type=int, default=32)
    parser.add_argument("--rate", type=float, default=FeatureGaussianSettings().rate_features)
    args = parser.parse_args()
    torch.set_num_threads(1)
    numba.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        made = room_capture(args.room, views=args.views, width=128, height=96)
        views = list(made)
        sources = tuple(dataclasses.replace(s, read=lambda v=v: v) for s, v in zip(made.sources, views, strict=True))
        capture, targets = dataclasses.replace(made, sources=sources), {}
        for name in args.encoders:
            for found in encode_capture_steps(capture, load_encoder(name), Path(folder), strict=True):
                targets[name] = found
        plain_s = train(capture, {}, settings_of("grid", 0, args))[1]
        print(f"room {args.room}, 128x96, {args.views} views, {args.steps} steps; colour alone {1e3 * plain_s:.1f} ms")
        heads = ["features in", "Gaussians", "ms a step", "of it features", "MB", "ms a picture"]
        heads += [f"cosine {name}" for name in targets] + ["mean reciprocal rank (n)"]
        print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads), flush=True)
        for kind in args.kinds:
            for width in args.widths if kind in ("1x1", "3x3") else [0]:
                print(row(kind, width or 1, args, capture, targets, plain_s), flush=True)


if __name__ == "__main__":
    main()
