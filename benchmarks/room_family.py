"""Measure the embedded encoders side by side: linear heads on frozen features, and naming by the image-text ones.

    python benchmarks/room_family.py [--rooms N] [--fit N] [--pool DIR] [ENCODER ...]

An ENCODER is a name or the path of weights; by default all of the family that are here, `pixels`, and a ViT of the same
shape with random weights. Heads are fitted on training rooms that no pool begins with, tuned on validation rooms, and
measured on test rooms (seeds 900000 and up, never trained on). Prints the Markdown tables of docs/room-*.md: means over
rooms with 95% intervals. One core: about five minutes in full.
"""

import argparse
import time
from pathlib import Path

import torch

from vantage.encoders import Encoder, TextEncoder, load_encoder, weights_present
from vantage.encoders.room_models import ROOM_CARDS
from vantage.encoders.room_vit import random_room_vit
from vantage.metrics import Metric
from vantage.pretraining import PoolSettings, RoomViews, probe, render_room, score_crops, score_rooms
from vantage.pretraining.room_views import load_room_views, pool_path, save_room_views
from vantage.rooms import TEST_SEEDS, VALIDATION_SEEDS

FIT_SEEDS = 790_000
"""First of the training rooms that heads are fitted on; pools begin at 0 and are never so large."""
TUNE_ROOMS = 8
VIEWS = PoolSettings(views=2)
"""Two views of each of two paths: rooms differ more than views of one room do."""
HEADS = {
    "miou": "semantic mIoU",
    "depth_rmse_m": "depth RMSE (m)",
    "depth_absrel": "depth AbsRel",
    "normal_error_deg": "normal error (deg)",
}
NAMING = {
    "crop_category_top1": "crop: category",
    "crop_category_large": "large crop: category",
    "crop_colour_top1": "crop: colour",
    "category_top1": "region: category",
    "colour_top1": "region: colour",
    "localization_accuracy": '"a red mug" found',
    "localization_relevancy": "the same by relevancy",
    "localization_chance": "chance",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoders", nargs="*", metavar="ENCODER")
    parser.add_argument("--rooms", type=int, default=20, help="test rooms")
    parser.add_argument("--fit", type=int, default=40, help="rooms to fit heads on")
    parser.add_argument("--pool", type=Path, help="folder to keep the rendered rooms in")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    start = time.monotonic()
    train = rooms(FIT_SEEDS, arguments.fit, arguments.pool)
    tune = rooms(VALIDATION_SEEDS.start, TUNE_ROOMS, arguments.pool)
    test = rooms(TEST_SEEDS.start, arguments.rooms, arguments.pool)
    print(
        f"heads fitted on {len(train)} rooms, tuned on {len(tune)}, measured on rooms {TEST_SEEDS.start} to "
        f"{TEST_SEEDS.start + len(test) - 1}, {VIEWS.views * len(VIEWS.paths)} views each of "
        f"{VIEWS.width}x{VIEWS.height}; rendered in {time.monotonic() - start:.0f} s\n"
    )
    found = chosen(arguments.encoders)
    print(f"| encoder | {' | '.join(HEADS.values())} |\n| --- |{' --- |' * len(HEADS)}")
    for name, encoder in found.items():
        metrics = probe(encoder, train=train, tune=tune, test=test, views=len(test[0].images))
        print(f"| {name} | {' | '.join(cell(metrics[key]) for key in HEADS)} |", flush=True)
    speaking = {name: encoder for name, encoder in found.items() if isinstance(encoder, TextEncoder)}
    if speaking:
        print(f"\n| encoder | {' | '.join(NAMING.values())} |\n| --- |{' --- |' * len(NAMING)}")
    for name, encoder in speaking.items():
        scores = score_rooms(encoder, encoder, test) | score_crops(encoder, encoder, test)
        print(f"| {name} | {' | '.join(cell(scores[key]) for key in NAMING)} |", flush=True)
    print(f"\n{time.monotonic() - start:.0f} s in all")


def chosen(names: list[str]) -> dict[str, Encoder]:
    """Return the encoders to measure by the names of their rows."""
    floors: dict[str, Encoder] = {"pixels": load_encoder("pixels"), "random ViT": random_room_vit()}
    if names:
        return floors | {name: load_encoder(name) for name in names}
    here = [card.name for card in ROOM_CARDS if weights_present(card)]
    return floors | {name: load_encoder(name) for name in here}


def rooms(first: int, count: int, pool: Path | None) -> list[RoomViews]:
    """Render rooms, or read them from the pool where they are there already."""
    found = []
    for seed in range(first, first + count):
        path = pool_path(pool, seed, VIEWS) if pool else None
        if path is not None and path.is_file():
            found.append(load_room_views(path))
            continue
        found.append(render_room(seed, VIEWS))
        if path is not None:
            save_room_views(found[-1], path)
    return found


def cell(metric: Metric) -> str:
    """Return a value with its interval as a table says it."""
    if metric.value is None:
        return "not measured"
    low, high = metric.ci95 or (metric.value, metric.value)
    return f"{metric.value:.3f} ({low:.3f} to {high:.3f})"


if __name__ == "__main__":
    main()
