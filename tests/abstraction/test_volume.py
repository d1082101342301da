"""The proofs that points go into a volume and come out of it where they should."""

import numpy as np
import pytest
import torch

from vantage.abstraction.frame import Bounds
from vantage.abstraction.volume import sample, scatter, voxels_of

BOUNDS = Bounds(low=(0.4, -1.8, -0.2), high=(4.0, 1.0, 3.4))
SHAPE = (16, 12, 8)


def ramp() -> torch.Tensor:
    """A volume whose three channels hold the x, y and z of the voxels' middles."""
    axes = [low + (torch.arange(n) + 0.5) * (high - low) / n for low, high, n in zip(BOUNDS.low, BOUNDS.high, SHAPE)]
    return torch.stack(torch.meshgrid(*axes, indexing="ij"))[None]


def drawn(count: int, seed: int = 0, margin: float = 0.0) -> torch.Tensor:
    """Points in the bounds, at least `margin` voxels from the border."""
    low, high = torch.tensor(BOUNDS.low), torch.tensor(BOUNDS.high)
    voxel = (high - low) / torch.tensor(SHAPE)
    generator = torch.Generator().manual_seed(seed)
    return low + margin * voxel + torch.rand(1, count, 3, generator=generator) * (high - low - 2 * margin * voxel)


def test_a_ramp_written_into_a_volume_is_read_as_the_points_own_coordinates() -> None:
    points = drawn(500, margin=0.5)
    torch.testing.assert_close(sample(ramp(), points, BOUNDS), points, atol=1e-5, rtol=0)


def test_the_released_reading_swaps_x_and_z() -> None:
    # A ramp along x alone: the released reading follows the points' z instead (and is a little off).
    points = drawn(300, seed=1, margin=1.0)
    read = sample(ramp()[:, :1], points, BOUNDS, "released")[0, :, 0]
    along = [float(np.corrcoef(read, points[0, :, axis])[0, 1]) for axis in range(3)]
    assert along[2] > 0.99
    assert abs(along[0]) < 0.2
    right = sample(ramp()[:, :1], points, BOUNDS)[0, :, 0]
    assert float(np.corrcoef(right, points[0, :, 0])[0, 1]) > 0.9999


def test_two_points_in_one_voxel_leave_the_larger_value() -> None:
    points = torch.tensor([[[1.00, 0.05, 1.0], [1.05, 0.06, 1.02], [3.0, -1.0, 2.0]]])
    voxels, counts = voxels_of(points, BOUNDS, SHAPE)
    assert voxels[0, 0] == voxels[0, 1] != voxels[0, 2]
    values = torch.tensor([[[-0.5, -0.2, 0.7]]])
    for protocol, expected in (("paper", -0.2), ("released", -0.35)):
        volume = scatter(voxels, counts, values, SHAPE, protocol).flatten()
        assert float(volume[voxels[0, 0]]) == pytest.approx(expected)
        assert float(volume[voxels[0, 2]]) == pytest.approx(0.7)
        assert int((volume != 0).sum()) == 2


def test_voxels_against_a_loop_and_points_outside_are_left_out() -> None:
    points = drawn(200, seed=2) * torch.tensor([1.2, 1.2, 1.2])
    values = torch.rand(1, 2, 200, generator=torch.Generator().manual_seed(3)) - 0.5
    volume = scatter(*voxels_of(points, BOUNDS, SHAPE), values, SHAPE)[0].numpy()
    expected: dict[tuple[int, int, int], np.ndarray] = {}
    for point, value in zip(points[0].numpy(), values[0].T.numpy()):
        unit = (point - np.array(BOUNDS.low)) / BOUNDS.size
        if (unit < 0).any() or (unit >= 1).any():
            continue
        i, j, k = (int(u * n) for u, n in zip(unit, SHAPE))
        expected[i, j, k] = np.maximum(expected.get((i, j, k), np.full(2, -np.inf)), value)
    assert 20 < len(expected) < 200
    assert int((np.abs(volume).sum(axis=0) > 0).sum()) == len(expected)
    for cell, value in expected.items():
        np.testing.assert_allclose(volume[(slice(None), *cell)], value)


def test_what_is_scattered_is_read_back_at_its_voxels_middle() -> None:
    middles = torch.from_numpy(BOUNDS.centres(8).reshape(1, -1, 3).astype(np.float32))
    values = torch.rand(1, 1, 512, generator=torch.Generator().manual_seed(5))
    volume = scatter(*voxels_of(middles, BOUNDS, (8, 8, 8)), values, (8, 8, 8))
    torch.testing.assert_close(sample(volume, middles, BOUNDS)[..., 0], values[:, 0], atol=1e-5, rtol=0)
