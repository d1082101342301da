"""The two ends of the inversion measurement: an encoder that tells the pose, and one that tells nothing.

Of the study's methods the coarse phase and retrieval hang on the encoder alone. The fine phase hangs on it through the
poses it starts from, so its floor is what it finds from the same few places whatever the image.
"""

import dataclasses

import numpy as np
import pytest
import torch

from vantage.captures import Capture
from vantage.encoders import EncoderCard, Features
from vantage.geometry import make_motion, so3_exp
from vantage.inversion import SpineSettings, perturbed_pose, pose_errors
from vantage.storage import content_hash
from vantage.studies.cells import CellName
from vantage.studies.inversion_cells import Cell, Trial, make_cell, open_scene
from vantage.studies.inversion_settings import COARSE, RETRIEVAL, InversionStudySettings

pytestmark = pytest.mark.slow

CARD = EncoderCard(
    name="pose-oracle",
    family="reference",
    dim=1,
    patch=8,
    parameters=0,
    licence="Apache-2.0",
    source="tests",
    summary="waves of the pose",
)
# The field is asked nothing by these two methods, so that it need not be trained.
SETTINGS = InversionStudySettings(
    encoders=("pose-oracle", "constant"),
    rooms=(800_000,),
    methods=(COARSE, RETRIEVAL),
    views=24,
    hold_out=6,
    width=64,
    height=48,
    steps=1,
    spine=SpineSettings(rendered=0),
)


class PoseOracle:
    """Tells the pose of photographs that it was told: random waves of it, alike where poses are near (Rahimi 2007)."""

    card = CARD
    fingerprint = "pose-oracle"

    def __init__(self, capture: Capture) -> None:
        rng = np.random.default_rng(0)
        self.waves, self.phases = 0.1 * rng.standard_normal((256, 12)), rng.uniform(0, 2 * np.pi, 256)
        self.told = {_key(view.image): self.summary(view.world_from_camera) for view in capture}

    def summary(self, pose: np.ndarray) -> np.ndarray:
        return np.cos(self.waves @ pose[:3].ravel() + self.phases)

    def encode(self, images: torch.Tensor) -> Features:
        return _features(images, np.stack([self.told[_key(image)] for image in images.permute(0, 2, 3, 1).numpy()]))


class Constant:
    """The same numbers whatever it sees."""

    card = dataclasses.replace(CARD, name="constant", summary="ones")
    fingerprint = "constant"

    def encode(self, images: torch.Tensor) -> Features:
        return _features(images, np.ones((len(images), 16)))


def _key(image: np.ndarray) -> str:
    return content_hash(np.ascontiguousarray(image, dtype=np.float32).tobytes())


def _features(images: torch.Tensor, summaries: np.ndarray) -> Features:
    n, _, height, width = images.shape
    grid = torch.ones(n, height // 8, width // 8, 1)
    summary = torch.from_numpy(summaries).float()
    return Features(grid=grid, summary=summary, stride=(8.0, 8.0), image_size=(width, height))


@pytest.fixture(scope="module")
def capture() -> Capture:
    return open_scene("room_800000", SETTINGS)


@pytest.fixture(scope="module")
def cell(capture: Capture, tmp_path_factory: pytest.TempPathFactory) -> Cell:
    encoders = {"pose-oracle": PoseOracle(capture), "constant": Constant()}
    name = CellName(scene="room_800000", field="gaussians", seed=0)
    cache = tmp_path_factory.mktemp("cache")
    return make_cell(name, encoders, SETTINGS, cache=cache, after_step=lambda: None)


def trials(cell: Cell, method: str, encoder: str) -> list[Trial]:
    return [trial for trial in cell.trials if (trial.method, trial.encoder) == (method, encoder)]


def training_poses(capture: Capture) -> np.ndarray:
    return np.stack([capture.sources[index].world_from_camera for index in capture.train_indices])


def test_who_tells_the_pose_retrieves_the_nearest_photograph_there_is(cell: Cell, capture: Capture):
    known = training_poses(capture)
    for index, trial in zip(capture.test_indices, trials(cell, RETRIEVAL, "pose-oracle"), strict=True):
        true = capture.sources[index].world_from_camera
        nearest = known[np.square(known - true).sum(axis=(1, 2)).argmin()]
        rotation, translation = pose_errors(nearest, true)
        assert (trial.rotation_deg, trial.translation) == pytest.approx((np.rad2deg(rotation), translation))


def test_who_tells_the_pose_is_placed_between_the_photographs(cell: Cell):
    coarse, nearest = (trials(cell, method, "pose-oracle") for method in (COARSE, RETRIEVAL))
    assert len(coarse) == 4
    # Twenty photographs, some 15 degrees and half a metre apart, are all that the network learned from: it knows the
    # way between them, and no photograph does. Rotation vectors of a full turn have a cut, and a view there may be
    # turned by anything (docs/inversion.md); the others may not.
    assert sum(trial.within(5.0, 0.15) for trial in coarse) >= 3
    for measure in ("rotation_deg", "translation"):
        own, theirs = (np.median([getattr(t, measure) for t in found]) for found in (coarse, nearest))
        assert own < 0.25 * theirs, measure


def test_who_tells_nothing_gets_one_answer_for_all_images(cell: Cell, capture: Capture):
    first = training_poses(capture)[0]
    for index, trial in zip(capture.test_indices, trials(cell, RETRIEVAL, "constant"), strict=True):
        rotation, translation = pose_errors(first, capture.sources[index].world_from_camera)
        assert (trial.rotation_deg, trial.translation) == pytest.approx((np.rad2deg(rotation), translation))


def test_who_tells_nothing_is_as_far_off_as_any_camera_of_the_room(cell: Cell, capture: Capture):
    known = training_poses(capture)
    truth = [capture.sources[index].world_from_camera for index in capture.test_indices]
    by_chance = np.array([pose_errors(pose, true) for true in truth for pose in known])
    coarse = trials(cell, COARSE, "constant")
    assert not any(trial.within(30.0, 0.5) for trial in coarse)
    assert np.median([trial.translation for trial in coarse]) > 0.5 * np.median(by_chance[:, 1])
    assert np.median([trial.rotation_deg for trial in coarse]) > 0.5 * np.rad2deg(np.median(by_chance[:, 0]))


def test_a_summary_is_alike_where_poses_are_near(capture: Capture):
    oracle, rng = PoseOracle(capture), np.random.default_rng(1)
    pose = make_motion(so3_exp(torch.tensor([0.3, -0.2, 0.9]).double()), torch.tensor([1.0, 2, 1.5]).double()).numpy()
    near, far = (
        perturbed_pose(pose, rotation=angle, translation=shift, rng=rng) for angle, shift in ((0.2, 0.2), (1.0, 1.0))
    )
    own, *others = (oracle.summary(p) / np.linalg.norm(oracle.summary(p)) for p in (pose, near, far))
    assert 1 > own @ others[0] > own @ others[1]
