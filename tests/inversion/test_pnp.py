"""PnP on correspondences whose pose is known."""

import importlib.util
import sys

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from vantage.errors import DataError, MissingError
from vantage.geometry import Camera, se3_exp
from vantage.inversion import PnpSettings, pose_errors, solve_pnp
from vantage.inversion.pnp import pixel_motion, pose_spread

CAMERA = Camera(fx=200.0, fy=210.0, cx=120.0, cy=100.0, width=256, height=192)


def scene(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return world points, the pixels that show them, and the pose."""
    rng = np.random.default_rng(seed)
    pixels = rng.uniform([0, 0], [256, 192], (count, 2))
    depth = rng.uniform(1, 4, count)
    rays = np.stack([(pixels[:, 0] - 120) / 200, (pixels[:, 1] - 100) / 210, np.ones(count)], axis=-1)
    pose = np.eye(4)
    pose[:3, :3] = Rotation.random(random_state=seed).as_matrix()
    pose[:3, 3] = rng.normal(size=3)
    return (rays * depth[:, None]) @ pose[:3, :3].T + pose[:3, 3], pixels, pose


@pytest.mark.parametrize("seed", range(5))
def test_exact_pairs_give_the_exact_pose(seed: int) -> None:
    points, pixels, pose = scene(20, seed)
    found = solve_pnp(points, pixels, CAMERA)
    assert found is not None and found.count == 20
    rotation, translation = pose_errors(found.world_from_camera, pose)
    assert rotation < 1e-6 and translation < 1e-6


def test_sixty_of_a_hundred_wrong_pairs_are_told_apart() -> None:
    points, pixels, pose = scene(100, 7)
    wrong = np.random.default_rng(8).permutation(100)[:60]
    pixels[wrong] = np.random.default_rng(9).uniform([0, 0], [256, 192], (60, 2))
    found = solve_pnp(points, pixels, CAMERA)
    assert found is not None
    rotation, translation = pose_errors(found.world_from_camera, pose)
    assert rotation < 0.01 and translation < 0.01
    assert found.inliers[np.setdiff1d(np.arange(100), wrong)].all()
    # Of pixels thrown at random, pi 3^2 in 256 * 192 agree by chance.
    assert found.inliers[wrong].sum() <= 2


def test_the_same_seed_gives_the_same_pose() -> None:
    points, pixels, _ = scene(60, 1)
    pixels += np.random.default_rng(0).normal(scale=2, size=pixels.shape)
    first, second = (solve_pnp(points, pixels, CAMERA, PnpSettings(seed=4)) for _ in range(2))
    assert first is not None and second is not None
    np.testing.assert_array_equal(first.world_from_camera, second.world_from_camera)


def test_spread_tells_how_far_noise_throws_the_pose() -> None:
    points, pixels, pose = scene(40, 2)
    errors, told = [], []
    for seed in range(40):
        noisy = pixels + np.random.default_rng(seed).normal(scale=0.5, size=pixels.shape)
        found = solve_pnp(points, noisy, CAMERA)
        assert found is not None
        errors.append(pose_errors(found.world_from_camera, pose))
        told.append((found.rotation_spread, found.translation_spread))
    happened = np.sqrt(np.mean(np.square(errors), axis=0))
    # Forty draws of six numbers leave the root mean square uncertain by about a tenth.
    np.testing.assert_allclose(np.mean(told, axis=0), happened, rtol=0.3)


def test_points_on_one_line_have_no_finite_spread() -> None:
    points = np.stack([np.linspace(-1, 1, 9), np.zeros(9), np.full(9, 2.0)], axis=-1)
    pixels = np.stack([points[:, 0] / 2 * 200 + 120, np.full(9, 100.0)], axis=-1)
    assert pose_spread(points, pixels, CAMERA, np.eye(4)) == (np.inf, np.inf)


def test_pixel_motion_is_the_derivative_of_projection() -> None:
    points = np.random.default_rng(0).uniform([-1, -1, 2], [1, 1, 4], (6, 3))

    def project(twist: torch.Tensor) -> torch.Tensor:
        camera_from_moved = torch.linalg.inv(se3_exp(twist))
        moved = torch.from_numpy(points) @ camera_from_moved[:3, :3].mT + camera_from_moved[:3, 3]
        scale = torch.tensor([CAMERA.fx, CAMERA.fy], dtype=torch.float64)
        return moved[:, :2] / moved[:, 2:] * scale + torch.tensor([CAMERA.cx, CAMERA.cy])

    expected = torch.autograd.functional.jacobian(project, torch.zeros(6, dtype=torch.float64))
    np.testing.assert_allclose(pixel_motion(points, CAMERA), np.asarray(expected), atol=1e-9)


def test_too_few_pairs_give_no_pose() -> None:
    points, pixels, _ = scene(3)
    assert solve_pnp(points, pixels, CAMERA) is None


def test_numbers_that_are_none_are_refused() -> None:
    points, pixels, _ = scene(10)
    points[3, 1] = np.nan
    with pytest.raises(DataError, match="not finite"):
        solve_pnp(points, pixels, CAMERA)


def test_without_pycolmap_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycolmap", None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    points, pixels, _ = scene(10)
    with pytest.raises(MissingError, match=r"vantage\[sfm\]"):
        solve_pnp(points, pixels, CAMERA)
