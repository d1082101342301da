"""Scores of a trained network on validation rooms, and the thresholds that are best there."""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32
from torch import Tensor

from vantage.abstraction.augmentation import STILL
from vantage.abstraction.network import RELATIONS, SemabsNetwork, Volumes
from vantage.abstraction.network_files import TrainedNetwork
from vantage.abstraction.points import holds_points
from vantage.abstraction.samples import ViewSample, load_samples, voxel_ious
from vantage.abstraction.training_batch import view_volumes
from vantage.metrics import Metric

CANDIDATES = tuple(np.arange(-1.0, 6.01, 0.25).tolist())
"""Thresholds tried, as logits. Trained in balance, a network puts out more than the chance, so that the best lies above
zero: query points inside a label are half of those it learns from, and some hundredths of space."""
PENALTIES = tuple(np.arange(0.0, 4.01, 0.5).tolist())
"""Penalties of hidden voxels that are tried, as logits (`Calibration.hidden_penalty`)."""
THRESHOLDS = CANDIDATES[::2]
COMPLETION_CANDIDATES = tuple(itertools.product(THRESHOLDS, PENALTIES))
"""Thresholds of completion with penalties of hidden voxels."""
CHUNK = 2
"""Volumes that go through the network at once (`completion.CHUNK`)."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Scored:
    """One label or description of a view: intersection over union at each candidate."""

    seed: int
    name: str
    """Category, or relation."""
    ious: tuple[float, ...]


@torch.no_grad()
def sample_logits(
    network: SemabsNetwork, sample: ViewSample, scale: float, labels: Sequence[int], *, bf16: bool = True
) -> Float32[np.ndarray, "k n"]:
    """Return the logits of a sample's labels at its query points.

    Args:
        network: of an approach that completes.
        sample: the view.
        scale: by which relevancy is multiplied.
        labels: which; they contend with each other.
        bf16: run the U-Net in bfloat16.
    """
    network.eval()
    points = torch.from_numpy(sample.points.astype(np.float32))[None]
    if network.settings.approach == "semaware":
        volumes = view_volumes(sample, network.settings, [], scale, STILL)
        local = network.read(_features(network, volumes, bf16), points)
        vectors = torch.from_numpy(sample.vectors[list(labels)].astype(np.float32))
        return network.align(local, vectors[None])[0].numpy()
    found: list[Tensor] = []
    for start in range(0, len(labels), CHUNK):
        chosen = labels[start : start + CHUNK]
        volumes = view_volumes(sample, network.settings, chosen, scale, STILL, labels)
        features = _features(network, volumes, bf16)
        found.append(network.occupancy(network.read(features, points.expand(len(chosen), -1, -1))))
    return torch.cat(found).numpy()


@torch.no_grad()
def description_scores(
    network: SemabsNetwork, sample: ViewSample, scale: float, number: int, *, bf16: bool = True
) -> Float32[np.ndarray, " n"]:
    """Return the logits of one of a sample's descriptions at its query points; arguments as `sample_logits`."""
    network.eval()
    points = torch.from_numpy(sample.points.astype(np.float32))[None]
    asked, approach = sample.descriptions[number], network.settings.approach
    if approach in ("semaware", "clipspatial"):
        features = _features(network, view_volumes(sample, network.settings, [number], scale, STILL), bf16)
        local = network.read(features, points)
        if approach == "clipspatial":
            return network.occupancy(local)[0].numpy()
        vector = torch.from_numpy(sample.sentence_vectors[number].astype(np.float32))
        return network.align(local, vector[None, None])[0, 0].numpy()
    volumes = view_volumes(sample, network.settings, [asked.target, asked.reference], scale, STILL)
    target, reference = network.read(_features(network, volumes, bf16), points.expand(2, -1, -1))
    relation = torch.tensor([RELATIONS.index(asked.relation)])
    return network.locate(target[None], reference[None], relation)[0].numpy()


def hidden_points(network: SemabsNetwork, sample: ViewSample) -> Bool[np.ndarray, " n"]:
    """Return whether each of a sample's query points lies in a voxel of the network without a visible point."""
    settings = network.settings
    asked, surface = (torch.from_numpy(one.astype(np.float32)) for one in (sample.points, sample.surface()[0]))
    return ~holds_points(asked, surface, settings.bounds, settings.shape).numpy()


def calibrated_logits(trained: TrainedNetwork, sample: ViewSample, labels: Sequence[int]) -> Float32[np.ndarray, "k n"]:
    """Return the logits of a sample's labels as the network's threshold wants them: less the penalty where hidden."""
    logits = sample_logits(trained.network, sample, trained.calibration.relevancy_scale, labels)
    return logits - np.float32(trained.calibration.hidden_penalty) * hidden_points(trained.network, sample)


def completion_scores(network: SemabsNetwork, files: Sequence[Path], scale: float) -> list[Scored]:
    """Score the classes that views of files show, all of a view together as section 3.3 says: argmax, then a threshold.

    Scores are at each of `COMPLETION_CANDIDATES`.

    Args:
        network: of an approach that completes.
        files: of samples whose query points are a lattice.
        scale: by which relevancy is multiplied.
    """
    found: list[Scored] = []
    for sample in _samples(files):
        labels = [k for k in sample.present if sample.labels[k].kind == "class"]
        if not labels:
            continue
        logits = sample_logits(network, sample, scale, labels)
        points, truths = sample.points.astype(np.float64), sample.truth(labels)
        best, top, hidden = logits.argmax(axis=0), logits.max(axis=0), hidden_points(network, sample)
        for k, label in enumerate(labels):
            curves = [
                _ious(np.where(best == k, top - penalty * hidden, -np.inf), truths[k], points, network, THRESHOLDS)
                for penalty in PENALTIES
            ]
            ious = [iou for of_threshold in zip(*curves, strict=True) for iou in of_threshold]
            found.append(Scored(seed=sample.seed, name=sample.labels[label].category, ious=tuple(ious)))
    return found


def find_scores(network: SemabsNetwork, files: Sequence[Path], scale: float) -> list[Scored]:
    """Score every description of files' views at each of `CANDIDATES`; arguments as `completion_scores`."""
    found: list[Scored] = []
    for sample in _samples(files):
        points = sample.points.astype(np.float64)
        for number, asked in enumerate(sample.descriptions):
            logits = description_scores(network, sample, scale, number)
            truth = sample.answers[number]
            ious = _ious(logits, truth, points, network, CANDIDATES)
            found.append(Scored(seed=sample.seed, name=asked.relation, ious=tuple(ious)))
    return found


def best_candidate(scores: Sequence[Scored]) -> int:
    """Return the index of the candidate with the highest mean over names of the mean over their scores.

    Classes and relations count alike, however often they come (the released evaluation averages so).
    """
    names = sorted({one.name for one in scores})
    table = np.array([np.mean([one.ious for one in scores if one.name == name], axis=0) for name in names])
    return int(table.mean(axis=0).argmax())


def metrics_of(scores: Sequence[Scored], best: int, name: str) -> dict[str, Metric]:
    """Return the mean over rooms at a candidate, and the mean of each relation where scores are of descriptions."""
    rooms = sorted({one.seed for one in scores})
    means = [float(np.mean([one.ious[best] for one in scores if one.seed == room])) for room in rooms]
    found = {f"{name}_iou": Metric.of(means)}
    for relation in RELATIONS:
        ious = [one.ious[best] for one in scores if one.name == relation]
        if ious:
            found[f"{name}_iou_{relation.replace(' ', '_')}"] = Metric.of(ious)
    return found


def _features(network: SemabsNetwork, volumes: Float[Tensor, "v c x y z"], bf16: bool) -> Volumes:
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        return network.encode(volumes)


def _ious(
    values: Float[np.ndarray, " n"], truth: Bool[np.ndarray, " n"], points: Float[np.ndarray, "n 3"],
    network: SemabsNetwork, thresholds: Sequence[float],
) -> list[float]:  # fmt: skip
    # A label that is asked for has truth, so that the union is not empty.
    return [iou or 0.0 for iou in voxel_ious(values, truth, points, network.settings.bounds, thresholds)]


def _samples(files: Sequence[Path]) -> Iterator[ViewSample]:
    for file in files:
        yield from load_samples(file)
