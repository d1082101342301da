"""Pose vectors, errors and perturbations."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from vantage.errors import DataError
from vantage.geometry import make_motion
from vantage.inversion import PoseFrame, perturbed_pose, pose_errors


def random_poses(count: int, seed: int = 0) -> torch.Tensor:
    rotations = torch.from_numpy(Rotation.random(count, random_state=seed).as_matrix())
    return make_motion(rotations, torch.from_numpy(np.random.default_rng(seed).normal(size=(count, 3))))


@settings(derandomize=True, max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_vectors_and_poses_are_inverse(seed: int) -> None:
    poses = random_poses(8, seed).float()
    frame = PoseFrame.of(poses)
    back = frame.poses(frame.vectors(poses))
    torch.testing.assert_close(back, poses, atol=2e-5, rtol=0)


def test_frame_is_the_mean_camera() -> None:
    mean = random_poses(1, seed=3)[0].numpy()
    turns = [Rotation.from_rotvec(s * np.array([0.1, 0.2, -0.3])).as_matrix() for s in (-1, 1)]
    poses = np.stack([mean] * 2)
    for pose, turn, side in zip(poses, turns, (-1, 1), strict=True):
        pose[:3, :3] = mean[:3, :3] @ turn
        pose[:3, 3] += side * np.array([0.0, 3.0, 4.0])
    frame = PoseFrame.of(torch.from_numpy(poses))
    np.testing.assert_allclose(frame.rotation, mean[:3, :3], atol=1e-6)
    np.testing.assert_allclose(frame.centre, mean[:3, 3], atol=1e-6)
    assert frame.scale == pytest.approx(5)


def test_a_camera_that_only_turns_has_a_scale() -> None:
    poses = random_poses(5)
    poses[:, :3, 3] = 0
    frame = PoseFrame.of(poses)
    assert torch.isfinite(frame.vectors(poses.float())).all()


def test_no_poses_are_refused() -> None:
    with pytest.raises(DataError, match="0 poses"):
        PoseFrame.of(torch.zeros(0, 4, 4))


def test_errors_against_scipy() -> None:
    a, b = random_poses(2, seed=5).numpy()
    rotation, translation = pose_errors(a, b)
    assert rotation == pytest.approx(
        (Rotation.from_matrix(a[:3, :3]).inv() * Rotation.from_matrix(b[:3, :3])).magnitude()
    )
    assert translation == pytest.approx(np.linalg.norm(a[:3, 3] - b[:3, 3]))


def test_perturbation_is_as_large_as_asked_and_repeatable() -> None:
    pose = random_poses(1)[0].numpy()
    away = perturbed_pose(pose, rotation=np.deg2rad(30), translation=0.5, rng=np.random.default_rng(1))
    assert pose_errors(away, pose) == pytest.approx((np.deg2rad(30), 0.5))
    again = perturbed_pose(pose, rotation=np.deg2rad(30), translation=0.5, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(away, again)
