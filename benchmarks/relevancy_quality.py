"""How well relevancy maps of `room-clip` find what they are asked for, on rooms that were never trained on.

    python benchmarks/relevancy_quality.py [--rooms 5] [--first-seed 900000] [--views 1] [--presets fast single ...]
        [--evidence gradient value-path self-correlation] [--pictures DIR]

Every category that shows at least 96 pixels in a view is asked for as "a mug"; its mask holds all its objects. Average
precision is over the pixels of a view; IoU is at the threshold that is best for each map, which needs the answer and
so is an upper bound; the peak counts if it lies in the mask. Means over rooms with Student's 95% interval. Beside them
what a constant map gets, which is the mask's share of the image.
"""

import argparse
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from vantage.abstraction import PRESETS, EncoderExtractor, Extractor, OracleExtractor, OracleMistakes
from vantage.encoders import load_encoder
from vantage.metrics import Metric
from vantage.pretraining import PoolSettings, RoomViews, render_room
from vantage.rooms.words.vocabulary import with_article

MIN_PIXELS = 96
"""As in the card of room-clip: one and a half patches."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Question:
    """A view and what it is asked for."""

    seed: int
    image: torch.Tensor
    masks: dict[str, np.ndarray]
    """By label."""


def questions_of(room: RoomViews) -> list[Question]:
    """Return a room's views with the masks of all categories that can be seen."""
    found = []
    for image, regions in zip(room.images, room.regions, strict=True):
        masks: dict[str, np.ndarray] = {}
        for number, region in enumerate(room.table, start=1):
            if region.is_object:
                label = with_article(region.category)
                masks[label] = masks.get(label, np.zeros_like(regions, dtype=bool)) | (regions == number)
        masks = {label: mask for label, mask in masks.items() if mask.sum() >= MIN_PIXELS}
        if masks:
            picture = torch.from_numpy(image).permute(2, 0, 1) / 255
            found.append(Question(seed=room.seed, image=picture, masks=masks))
    return found


def average_precision(scores: np.ndarray, mask: np.ndarray) -> float:
    """Return the area under precision over recall, ties taken together."""
    found, count = _found(scores, mask)
    recall = found / found[-1]
    return float(np.sum(np.diff(recall, prepend=0) * found / count))


def best_iou(scores: np.ndarray, mask: np.ndarray) -> float:
    """Return the intersection over union at the best threshold."""
    found, count = _found(scores, mask)
    return float(np.max(found / (count + found[-1] - found)))


def _found(scores: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many of the mask's pixels, and how many pixels, lie at or above each different score."""
    order = np.argsort(-scores.ravel(), kind="stable")
    ranked = scores.ravel()[order]
    ends = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
    return np.cumsum(mask.ravel()[order])[ends], ends + 1


def score(
    extractors: Sequence[Extractor], questions: Sequence[Question]
) -> tuple[dict[str, list[tuple[int, float]]], list[np.ndarray]]:
    """Return samples (room, value) of each measure, and the maps; extractors and questions go in pairs."""
    samples: dict[str, list[tuple[int, float]]] = {name: [] for name in ("ap", "iou", "peak", "area")}
    made = []
    for extractor, question in zip(extractors, questions, strict=True):
        maps = extractor.relevancy(question.image, list(question.masks)).values.numpy()
        made.append(maps)
        for one, mask in zip(maps, question.masks.values(), strict=True):
            values = {
                "ap": average_precision(one, mask),
                "iou": best_iou(one, mask),
                "peak": float(mask.ravel()[one.argmax()]),
                "area": float(mask.mean()),
            }
            for name, value in values.items():
                samples[name].append((question.seed, value))
    return samples, made


def over_rooms(samples: Sequence[tuple[int, float]]) -> Metric:
    """Return the mean over rooms of each room's mean."""
    seeds = sorted({seed for seed, _ in samples})
    return Metric.of([float(np.mean([value for room, value in samples if room == seed])) for seed in seeds])


def line(name: str, samples: dict[str, list[tuple[int, float]]], seconds: float) -> None:
    """Print a line of the table."""
    cells = []
    for measure in ("ap", "iou", "peak"):
        metric = over_rooms(samples[measure])
        low, high = metric.ci95 or (float("nan"), float("nan"))
        cells.append(f"{metric.value:.3f} ({low:.3f} to {high:.3f})")
    print(f"| {name} | {' | '.join(cells)} | {seconds:.2f} |", flush=True)


def main() -> None:
    """Render, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=900_000)
    parser.add_argument("--views", type=int, default=1, help="views of each camera path")
    parser.add_argument("--paths", nargs="+", default=["orbit", "looks"])
    parser.add_argument("--presets", nargs="+", default=["fast", "single"])
    parser.add_argument("--evidence", nargs="+", default=["gradient", "value-path", "self-correlation"])
    parser.add_argument("--jitters", type=int, help="instead of the preset's number")
    parser.add_argument("--side", type=int, help="pixels of a crop as the encoder sees it")
    parser.add_argument("--encoder", default="room-clip")
    parser.add_argument("--pictures", type=Path)
    arguments = parser.parse_args()
    encoder = load_encoder(arguments.encoder)
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.rooms)
    rooms = [render_room(seed, PoolSettings(views=arguments.views, paths=tuple(arguments.paths))) for seed in seeds]
    questions = [question for room in rooms for question in questions_of(room)]
    asked = sum(len(question.masks) for question in questions)
    print(f"{len(rooms)} rooms, {len(questions)} views, n = {asked} labels in views, {arguments.encoder}")
    print("| evidence, preset | average precision | IoU at the best threshold | peak in mask | s a view |")
    print("| --- | --- | --- | --- | --- |")
    shown: dict[str, list[np.ndarray]] = {}
    for name in arguments.presets:
        for evidence in arguments.evidence:
            changes = {"evidence": evidence, "side": arguments.side}
            if arguments.jitters is not None:
                changes["jitters"] = arguments.jitters
            extractor = EncoderExtractor(encoder, dataclasses.replace(PRESETS[name], **changes))
            start = time.process_time()
            samples, shown[f"{evidence}, {name}"] = score([extractor] * len(questions), questions)
            line(f"{evidence}, {name}", samples, (time.process_time() - start) / len(questions))
    for mistakes in (
        OracleMistakes(),
        OracleMistakes(blur=8.0),
        OracleMistakes(blur=8.0, misses=0.2, false_positives=0.2),
    ):
        samples, _ = score([OracleExtractor(question.masks, mistakes) for question in questions], questions)
        line(
            f"oracle, blur {mistakes.blur:g}, misses {mistakes.misses:g}, false {mistakes.false_positives:g}",
            samples,
            0,
        )
    area = over_rooms(samples["area"])
    print(f"| the mask's share of the view (chance) | {area.value:.3f} | {area.value:.3f} | {area.value:.3f} | |")
    if arguments.pictures:
        draw(questions, shown, arguments.pictures)


def draw(questions: Sequence[Question], maps: dict[str, list[np.ndarray]], folder: Path) -> None:
    """Write a sheet for the first view of each room: image, masks, and each extractor's maps."""
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    for seed in sorted({question.seed for question in questions}):
        first = next(k for k, one in enumerate(questions) if one.seed == seed)
        question = questions[first]
        labels = list(question.masks)
        largest = sorted(range(len(labels)), key=lambda k: -question.masks[labels[k]].sum())[:6]
        figure = Figure(figsize=(2.6 * (1 + len(maps)), 2.0 * len(largest)), layout="constrained")
        axes = figure.subplots(len(largest), 1 + len(maps), squeeze=False)
        for row, k in enumerate(largest):
            pictures = [question.image.permute(1, 2, 0).numpy(), *(made[first][k] for made in maps.values())]
            for one, picture, title in zip(axes[row], pictures, [labels[k], *maps], strict=True):
                one.imshow(picture)
                one.contour(question.masks[labels[k]], [0.5], colors="red", linewidths=0.6)
                one.set_title(title if row == 0 or title == labels[k] else "", fontsize=7)
                one.set_axis_off()
        figure.savefig(folder / f"{seed}.png", dpi=70)


if __name__ == "__main__":
    main()
