"""Conversations from predictions against conversations from the truth: the same questions, answered from both.

python benchmarks/dialogue_perception.py [--rooms 200] [--first 900000]

One view of each test room at 256x192. Points are the same pixels, things the same by the overlap of their masks.
"""

import argparse
import collections
import sys
import time

import numpy as np
import torch

from vantage.dialogue import Perception, converse, lift, perceive_capture
from vantage.dialogue.predicted import PredictSettings, perceive_predicted
from vantage.dialogue.predicted_compare import Answer, answers_of, asked_everything, matched
from vantage.dialogue.predicted_view import RoomPredictor, load_predictor
from vantage.metrics import Metric
from vantage.rooms import room_capture

LEAST_PIXELS = 100
"""Least pixels of a thing that counts as there to be found."""

Rows = dict[str, list[tuple[Answer, Answer]]]


def compare_room(predictor: RoomPredictor, seed: int, rows: Rows, counts: collections.Counter[str]) -> list[float]:
    """Ask one room's questions of both; return the depth's relative errors."""
    capture = room_capture(seed, views=1, width=256, height=192)
    truth = perceive_capture(capture, [0])
    found = asked_everything(perceive_predicted(capture, [0], predictor, PredictSettings()))
    count_things(truth, found, counts)
    match = matched(truth, found)
    scene, predicted = lift(truth), lift(found)
    counts["rooms"] += 1
    counts["rooms with a frame"] += predicted.frame is not None
    same = {i: i for i in scene.objects}
    for draw in range(2):
        for turn in converse(scene, seed=draw).turns:
            truths, predictions = answers_of(turn, scene, same), answers_of(turn, predicted, match)
            for kind in truths:
                if not truths[kind].missing:
                    rows.setdefault(kind, []).append((truths[kind], predictions.get(kind, Answer(missing="not seen"))))
    known = truth.views[0].depth > 0
    true, guess = truth.views[0].depth[known], found.views[0].depth[known]
    return [float(np.mean(np.abs(guess - true) / true)), float(np.median(guess / true))]


def count_things(truth: Perception, found: Perception, counts: collections.Counter[str]) -> None:
    """Count things that were found, named and coloured right."""
    match = matched(truth, found)
    numbers, sizes = np.unique(truth.views[0].instances, return_counts=True)
    for i, size in zip(numbers.tolist(), sizes.tolist(), strict=True):
        region = truth.by_instance.get(i)
        if region is None or not region.askable or size < LEAST_PIXELS:
            continue
        counts["things"] += 1
        other = found.by_instance.get(match.get(i, 0))
        if other is None:
            continue
        counts["found"] += 1
        right = other.names[0] in region.names
        counts["named right"] += right
        colour, told = dict(region.words).get("colour"), dict(other.words).get("colour")
        if colour and told:
            counts["coloured"] += 1
            counts["coloured right"] += colour == told


def told(values: list[float]) -> str:
    """Return a mean with its interval."""
    metric = Metric.of(values)
    if metric.value is None:
        return "-"
    interval = f" ({metric.ci95[0]:.2f} to {metric.ci95[1]:.2f})" if metric.ci95 else ""
    return f"{metric.value:.2f}{interval}"


def print_row(kind: str, pairs: list[tuple[Answer, Answer]]) -> None:
    """Print what became of one kind of question."""
    answered = [(true, guess) for true, guess in pairs if not guess.missing]
    lost = collections.Counter(guess.missing for _, guess in pairs if guess.missing)
    share = f"{len(answered) / len(pairs):.2f}"
    held = [float(true.holds == guess.holds) for true, guess in answered if true.holds is not None]
    lengths = [(true.length, guess.length) for true, guess in answered if true.length is not None]
    places = [(true.place, guess.place) for true, guess in answered if true.place is not None]
    off = [abs(guess - true) for true, guess in lengths if guess is not None]
    off += [float(np.linalg.norm(np.subtract(guess, true))) for true, guess in places if guess is not None]
    close = [float(abs(guess - true) <= 0.25 * true) for true, guess in lengths if guess is not None]
    why = ", ".join(f"{count} {name}" for name, count in lost.most_common())
    right = told(held) if held else told(close)
    print(
        f"| {kind.replace('_', ' ')} | {len(pairs)} | {share} | {right} | {told(off) if off else ''} | {why} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--first", type=int, default=900_000)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    predictor, rows, counts = load_predictor(), Rows(), collections.Counter()
    start, depth = time.process_time(), []
    for seed in range(arguments.first, arguments.first + arguments.rooms):
        depth.append(compare_room(predictor, seed, rows, counts))
    print("| question | n | answered | right, or within 25% | error (m) | not answered |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind in sorted(rows):
        print_row(kind, rows[kind])
    print(f"\n{dict(counts)}")
    print(f"depth AbsRel {told([row[0] for row in depth])}; median ratio {told([row[1] for row in depth])}")
    print(f"{arguments.rooms} rooms, {time.process_time() - start:.0f} s of one core")


if __name__ == "__main__":
    sys.exit(main())
