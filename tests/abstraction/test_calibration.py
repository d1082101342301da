"""Thresholds come from validation scores, and scores are those of the voxels."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from abstraction.conftest import SMALL, TINY_NETWORK
from vantage.abstraction.calibration import (
    CANDIDATES,
    COMPLETION_CANDIDATES,
    Scored,
    best_candidate,
    calibrated_logits,
    completion_scores,
    find_scores,
    hidden_points,
    metrics_of,
    sample_logits,
)
from vantage.abstraction.network import untrained_network
from vantage.abstraction.network_files import Calibration, TrainedNetwork
from vantage.abstraction.samples import load_samples
from vantage.abstraction.samples_pool import prepare_samples, samples_path


def scored(seed: int, name: str, peak: float) -> Scored:
    """A score that is highest at one candidate."""
    return Scored(seed=seed, name=name, ious=tuple(1 / (1 + abs(c - peak)) for c in CANDIDATES))


def test_every_name_counts_alike_however_often_it_comes() -> None:
    # A hundred scores of one class for a threshold of 0, one each of two others for 3.
    scores = [scored(1, "wall", 0.0)] * 100 + [scored(1, "mug", 3.0), scored(2, "cup", 3.0)]
    best = best_candidate(scores)
    assert CANDIDATES[best] == 3.0
    metric = metrics_of(scores, best, "completion")["completion_iou"]
    assert metric.n == 2
    room_1 = (100 * (1 / 4) + 1) / 101
    assert metric.value == pytest.approx((room_1 + 1) / 2)
    by_relation = metrics_of([scored(1, "behind", 3.0), scored(1, "inside", 2.0)], best, "find")
    assert by_relation["find_iou_behind"].value == 1.0
    assert by_relation["find_iou_inside"].value == pytest.approx(0.5)
    assert "find_iou_left_of" not in by_relation


@pytest.fixture(scope="module")
def lattice_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import dataclasses

    settings = dataclasses.replace(SMALL, lattice=16, paths=(("random", 1),))
    folder = tmp_path_factory.mktemp("lattice")
    list(prepare_samples(folder, settings, [3]))
    return samples_path(folder, 3, settings)


def test_a_lattice_holds_the_cells_of_the_picture(lattice_file: Path) -> None:
    (sample,) = load_samples(lattice_file)
    cells = (sample.points.astype(np.float64) - np.array(SMALL.bounds.low)) / SMALL.bounds.size * 16
    np.testing.assert_allclose(cells % 1, 0.5, atol=0.02)
    assert len(np.unique(cells.astype(int), axis=0)) == len(cells)
    inside = sample.sight.depths_at(torch.from_numpy(sample.points.astype(np.float32)))[2]
    assert float(inside.float().mean()) > 0.98


def test_scores_of_a_network_against_its_own_logits(lattice_file: Path) -> None:
    (sample,) = load_samples(lattice_file)
    network = untrained_network(TINY_NETWORK)
    scores = completion_scores(network, [lattice_file], 4.0)
    labels = [k for k in sample.present if sample.labels[k].kind == "class"]
    assert [one.name for one in scores] == [sample.labels[k].category for k in labels]
    logits = sample_logits(network, sample, 4.0, labels)
    hidden = hidden_points(network, sample)
    assert 0.2 < hidden.mean() < 0.99
    # The voxels' middles are the points: one in ten holds a surface, and each that does is within half a cell of it.
    surface = sample.surface()[0].astype(np.float64)
    near = cKDTree(surface).query(sample.points.astype(np.float64), p=np.inf)[0] <= 3.6 / 16 / 2
    assert (near == ~hidden).mean() > 0.99
    # A cell of 32 along each axis holds at most one of a lattice of 16: voxels are points.
    for c in (0, 4, 30, 75):
        threshold, penalty = COMPLETION_CANDIDATES[c]
        top = logits.max(axis=0) - penalty * hidden
        owner = np.where(top > threshold, logits.argmax(axis=0), -1)
        for k, truth in enumerate(sample.truth(labels)):
            union = ((owner == k) | truth).sum()
            assert scores[k].ious[c] == pytest.approx(((owner == k) & truth).sum() / union, abs=1e-9)
    found = find_scores(network, [lattice_file], 4.0)
    assert [one.name for one in found] == [one.relation for one in sample.descriptions]


def test_the_penalty_is_of_hidden_points_alone(lattice_file: Path) -> None:
    (sample,) = load_samples(lattice_file)
    network, labels = untrained_network(TINY_NETWORK), [0, 1]
    trained = TrainedNetwork(network=network, calibration=Calibration(hidden_penalty=1.5), source="test")
    lowered = sample_logits(network, sample, 1.0, labels) - calibrated_logits(trained, sample, labels)
    np.testing.assert_allclose(lowered, np.tile(1.5 * hidden_points(network, sample), (2, 1)), atol=1e-6)
