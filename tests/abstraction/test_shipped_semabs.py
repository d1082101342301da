"""The shipped 3D network does what it is for, on rooms that neither trained it nor chose its thresholds."""

import dataclasses

import numpy as np
import pytest

from vantage.abstraction.calibration import description_scores, sample_logits
from vantage.abstraction.extractors import shipped_extractor
from vantage.abstraction.network_files import TrainedNetwork, load_network
from vantage.abstraction.samples import ViewSample, voxel_iou
from vantage.abstraction.samples_rooms import SampleSettings, room_samples
from vantage.encoders.room_vit import room_weights
from vantage.errors import MissingError

ROOMS = (800_100, 800_101)
"""Validation rooms behind those of the calibration."""


@pytest.fixture(scope="module")
def trained() -> TrainedNetwork:
    try:
        return load_network()
    except MissingError:
        pytest.skip("the weights of room-semabs are not here")


@pytest.fixture(scope="module")
def samples(trained: TrainedNetwork) -> list[ViewSample]:
    settings = SampleSettings(lattice=32, paths=(("random", 2),), extractor=trained.calibration.extractor)
    extractor = shipped_extractor(trained.calibration.extractor)
    return [sample for seed in ROOMS for sample in room_samples(seed, settings, extractor)]


def mean_iou(trained: TrainedNetwork, samples: list[ViewSample], shift: int) -> float:
    """Mean IoU of the classes that views show; each label gets the relevancy of the one `shift` places on."""
    scale, threshold = trained.calibration.relevancy_scale, trained.calibration.threshold
    ious = []
    for sample in samples:
        labels = [k for k in sample.present if sample.labels[k].kind == "class"]
        maps = sample.relevancy.copy()
        maps[labels] = np.roll(sample.relevancy[labels], shift, axis=0)
        logits = sample_logits(trained.network, dataclasses.replace(sample, relevancy=maps), scale, labels)
        owner = np.where(logits.max(axis=0) > threshold, logits.argmax(axis=0), -1)
        points, truths = sample.points.astype(np.float64), sample.truth(labels)
        bounds = trained.network.settings.bounds
        ious += [voxel_iou(owner == k, truth, points, bounds) or 0.0 for k, truth in enumerate(truths)]
    return float(np.mean(ious))


@pytest.mark.slow
def test_completion_follows_the_relevancy(trained: TrainedNetwork, samples: list[ViewSample]) -> None:
    right, wrong = mean_iou(trained, samples, 0), mean_iou(trained, samples, 1)
    # Measured when the network was made: see docs/abstraction/completion.md.
    assert right > 0.1
    assert right > 2 * wrong


@pytest.mark.slow
def test_descriptions_are_found_nearer_than_by_another_relation(
    trained: TrainedNetwork, samples: list[ViewSample]
) -> None:
    scale = trained.calibration.relevancy_scale
    opposite = {"left of": "right of", "right of": "left of"}
    margins = []
    for sample in samples:
        for k, asked in enumerate(sample.descriptions):
            if asked.relation in opposite:
                turned = dataclasses.replace(asked, relation=opposite[asked.relation])
                other = dataclasses.replace(
                    sample, descriptions=(*sample.descriptions[:k], turned, *sample.descriptions[k + 1 :])
                )
                logits = [description_scores(trained.network, one, scale, k) for one in (sample, other)]
                margins.append(float((logits[0] - logits[1])[sample.answers[k]].mean()))
    assert len(margins) >= 4
    # "left of" puts more on the true place than "right of" does.
    assert np.mean(margins) > 0


def test_the_file_is_small_enough_to_ship(trained: TrainedNetwork) -> None:
    assert room_weights("room-semabs").stat().st_size < 8_000_000
    assert trained.network.settings.grid == 64
