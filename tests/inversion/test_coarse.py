"""The network from embeddings to poses."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from vantage.errors import DataError
from vantage.inversion import CoarseSettings, KnownViews, PoseHypotheses, fit_coarse, nearest_view, pose_errors
from vantage.inversion.coarse import mixture_loss, pose_residuals


def ring(count: int) -> KnownViews:
    """Cameras that look outwards all around, and embeddings that are a smooth function of where they look."""
    angles = 2 * np.pi * np.arange(count) / count
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, :3, :3] = Rotation.from_rotvec(angles[:, None] * [0.0, 1.0, 0.0]).as_matrix()
    poses[:, :3, 3] = np.stack([np.sin(angles), 0.2 * np.cos(2 * angles), np.cos(angles)], axis=-1)
    waves = np.stack([f(k * angles) for k in (1, 2, 3) for f in (np.sin, np.cos)], axis=-1)
    return KnownViews(
        embeddings=torch.from_numpy(waves).float(),
        world_from_camera=poses,
        names=tuple(f"{i:03d}" for i in range(count)),
    )


def test_training_poses_come_back() -> None:
    known = ring(24)
    network = fit_coarse(known, CoarseSettings(noise=0.05, hidden=64, steps=250, rate=1e-2))
    errors = [
        pose_errors(network.hypotheses(embedding).best, pose)
        for embedding, pose in zip(known.embeddings, known.world_from_camera, strict=True)
    ]
    rotation, translation = np.array(errors).T
    # Neighbours are 15 degrees and 0.26 m apart: every pose is nearer to its own camera than to the next.
    assert np.rad2deg(rotation).max() < 7.5 and translation.max() < 0.13
    assert np.rad2deg(np.median(rotation)) < 2


def test_an_ambiguous_embedding_gets_both_its_poses() -> None:
    poses = np.tile(np.eye(4), (8, 1, 1))
    poses[::2, :3, 3] = [1.0, 0.0, 0.0]
    poses[1::2, :3, 3] = [-1.0, 0.0, 0.0]
    known = KnownViews(embeddings=torch.ones(8, 2), world_from_camera=poses, names=tuple("abcdefgh"))
    quick = {"hidden": 16, "steps": 150, "rate": 1e-2}
    alone = fit_coarse(known, CoarseSettings(hypotheses=1, **quick)).hypotheses(known.embeddings[0])
    # Squared error takes the middle, where no camera ever was.
    assert np.linalg.norm(alone.best[:3, 3]) < 0.2
    both = fit_coarse(known, CoarseSettings(hypotheses=2, **quick)).hypotheses(known.embeddings[0])
    np.testing.assert_allclose(np.sort(both.world_from_camera[:, 0, 3]), [-1, 1], atol=0.2)
    np.testing.assert_allclose(both.weights, 0.5, atol=0.1)
    assert both.spread()[1] == pytest.approx(2 * 0.5**0.5, abs=0.3)


def test_same_seed_same_network_other_seed_another() -> None:
    known = ring(12)
    first, second, other = (fit_coarse(known, CoarseSettings(steps=20, seed=seed)) for seed in (0, 0, 1))
    for name, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[name])
    assert not torch.equal(first.layers[0].weight, other.layers[0].weight)


def test_one_hypothesis_is_the_squared_error() -> None:
    generator = torch.Generator().manual_seed(0)
    vectors, targets = torch.randn(5, 1, 6, generator=generator), torch.randn(5, 6, generator=generator)
    loss = mixture_loss(vectors, torch.zeros(5, 1), targets, sigma=0.3)
    torch.testing.assert_close(loss, pose_residuals(vectors[:, 0], targets).square().sum(-1).mean())


def test_residual_of_rotations_does_not_jump_at_pi() -> None:
    below, above = (torch.tensor([0, 0, 0, 0, angle, 0.0]) for angle in (np.pi - 0.01, -np.pi + 0.01))
    residual = pose_residuals(below.float(), above.float())
    assert float(residual.norm()) == pytest.approx(0.02, abs=1e-4)


def test_spread_of_hypotheses() -> None:
    poses = np.tile(np.eye(4), (3, 1, 1))
    poses[1, :3, 3] = [3, 0, 0]
    poses[2, :3, :3] = Rotation.from_rotvec([0, 0.5, 0]).as_matrix()
    rotation, translation = PoseHypotheses(world_from_camera=poses, weights=np.array([0.5, 0.25, 0.25])).spread()
    assert rotation == pytest.approx(0.25) and translation == pytest.approx(1.5)


def test_retrieval_finds_the_nearest_direction() -> None:
    known = ring(24)
    assert nearest_view(known, 5 * known.embeddings[7]) == 7


def test_views_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(DataError, match="do not belong together"):
        KnownViews(embeddings=torch.zeros(2, 3), world_from_camera=np.tile(np.eye(4), (2, 1, 1)), names=("a",))


def test_the_views_most_alike_come_first() -> None:
    known = ring(24)
    network = fit_coarse(known, CoarseSettings(steps=1))
    nearest = network.nearest(known.embeddings[7], 3)
    np.testing.assert_array_equal(nearest[0], known.world_from_camera[7])
    assert {tuple(pose[:3, 3]) for pose in nearest[1:]} == {tuple(known.world_from_camera[i][:3, 3]) for i in (6, 8)}
    assert network.nearest(known.embeddings[7], 0).shape == (0, 4, 4)
