"""What makes relevancy maps end where things end: segments of the RGB-D image against other ways, on validation rooms.

    python benchmarks/segments.py [--rooms 8] [--first-seed 800100] [--encoders room-dino room-vggt]

Three views of each room, 160x120 pixels, maps of `room-clip` (value-path, fast). Every pixel is given to that label of
the view with the highest relevancy; what is told is the mean intersection over union with the labels' true masks. Rows:

- as they are: no smoothing;
- colour alone, all eight ways: `vantage.abstraction.segments`;
- an encoder's name: maps averaged over patches with like features, weighed by the softmax of their cosine over a
  temperature, the best of several;
- true segments: maps made even within the true instances, which no way of cutting can exceed by much.
"""

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from vantage.abstraction.extractors import shipped_extractor
from vantage.abstraction.points import point_relevancy
from vantage.abstraction.rgbd import RgbdView
from vantage.abstraction.samples import ViewSample
from vantage.abstraction.samples_rooms import SampleSettings, room_samples
from vantage.abstraction.segments import SCALES, cielab, even_out, graph_segments, view_segments
from vantage.encoders import Encoder, load_encoder
from vantage.metrics import Metric

EXTRACTOR = "value-path-fast"
TEMPERATURES = (0.001, 0.003, 0.01, 0.03, 0.1)
Smooth = Callable[[ViewSample, np.ndarray], np.ndarray]


def as_they_are(sample: ViewSample, maps: np.ndarray) -> np.ndarray:
    """Return the maps."""
    return maps


def by_colour(sample: ViewSample, maps: np.ndarray) -> np.ndarray:
    """Return maps even within segments by colour alone, at the two scales."""
    colour = cielab(sample.image.astype(np.float32) / 255) / 100
    return even_out(maps, np.stack([graph_segments(colour, scale) for scale in SCALES]))


def by_all(sample: ViewSample, maps: np.ndarray) -> np.ndarray:
    """Return maps even within the segments that vantage uses."""
    return even_out(maps, view_segments(sample.image.astype(np.float32) / 255, sample.depth, sample.camera))


def by_truth(sample: ViewSample, maps: np.ndarray) -> np.ndarray:
    """Return maps even within the true instances."""
    return even_out(maps, np.unique(sample.instances, return_inverse=True)[1].reshape(1, *sample.instances.shape))


def by_features(encoder: Encoder, temperature: float) -> Smooth:
    """Return a way that averages maps over patches with like features."""

    @torch.no_grad()
    def smooth(sample: ViewSample, maps: np.ndarray) -> np.ndarray:
        image = torch.from_numpy(sample.image.astype(np.float32) / 255).permute(2, 0, 1)[None]
        grid = encoder.encode(image).grid[0]
        values = torch.nn.functional.adaptive_avg_pool2d(torch.from_numpy(maps)[None], grid.shape[1:])[0].flatten(1)
        unit = torch.nn.functional.normalize(grid.flatten(1).float(), dim=0)
        alike = (unit.T @ unit / temperature).softmax(dim=1)
        smoothed = (values @ alike.T).unflatten(1, grid.shape[1:])[None]
        size = maps.shape[1:]
        return torch.nn.functional.interpolate(smoothed, size, mode="bilinear", align_corners=False)[0].numpy()

    return smooth


def measure(smooth: Smooth, samples: Sequence[ViewSample], maps: Sequence[np.ndarray]) -> tuple[Metric, int, float]:
    """Return the mean intersection over union over rooms, the number of labels, and seconds of one core a view."""
    by_room: dict[int, list[float]] = {}
    start = time.process_time()
    for sample, raw in zip(samples, maps, strict=True):
        labels = [k for k in sample.present if sample.labels[k].kind == "class"]
        owner = smooth(sample, raw)[labels].argmax(axis=0)
        masks = sample.members[labels][:, sample.instances]
        for k, mask in enumerate(masks):
            if mask.any():
                iou = float((mask & (owner == k)).sum() / (mask | (owner == k)).sum())
                by_room.setdefault(sample.seed, []).append(iou)
    seconds = (time.process_time() - start) / len(samples)
    means = [float(np.mean(ious)) for ious in by_room.values()]
    return Metric.of(means), sum(map(len, by_room.values())), seconds


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", type=int, default=8)
    parser.add_argument("--first-seed", type=int, default=800_100, help="a validation room; those after it follow")
    parser.add_argument("--encoders", nargs="*", default=["room-dino", "room-vggt"])
    arguments = parser.parse_args()
    extractor = shipped_extractor(EXTRACTOR)
    settings = SampleSettings(
        paths=(("random", 3),), classes=64, attributes=0, absent=0, descriptions=0, lattice=64, segments=False
    )
    samples: list[ViewSample] = []
    maps: list[np.ndarray] = []
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.rooms):
        for sample in room_samples(seed, settings, extractor):
            view = RgbdView(image=sample.image.astype(np.float32) / 255, depth=sample.depth, camera=sample.camera)
            values = torch.from_numpy(sample.relevancy.astype(np.float32))
            samples.append(sample)
            maps.append(point_relevancy(values, view, segments=False).numpy())
    rows: list[tuple[str, Smooth]] = [("as they are", as_they_are), ("colour alone", by_colour), ("all eight", by_all)]
    for name in arguments.encoders:
        encoder = load_encoder(name)
        ways = [by_features(encoder, temperature) for temperature in TEMPERATURES]
        scores = [measure(way, samples, maps)[0].value or 0.0 for way in ways]
        best = int(np.argmax(scores))
        rows.append((f"{name}, temperature {TEMPERATURES[best]}", ways[best]))
    rows.append(("true segments", by_truth))
    print(f"{len(samples)} views of {arguments.rooms} rooms")
    print("| smoothing | mean IoU (95 % over rooms) | labels | s of one core a view |")
    print("| --- | --- | ---: | ---: |")
    for name, smooth in rows:
        metric, labels, seconds = measure(smooth, samples, maps)
        low, high = metric.ci95 or (float("nan"), float("nan"))
        print(f"| {name} | {metric.value:.3f} ({low:.3f} to {high:.3f}) | {labels} | {seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
