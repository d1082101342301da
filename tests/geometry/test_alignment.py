"""Kabsch-Umeyama: known motions are recovered, reflections never come out, degenerate sets are refused."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from vantage.errors import DataError
from vantage.geometry import align_points, so3_exp

seeds = st.integers(0, 10_000)


def cloud(seed, n=12, dtype=torch.float64):
    return torch.randn(n, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def motion(seed):
    generator = torch.Generator().manual_seed(seed + 1)
    rotation = so3_exp(torch.randn(3, generator=generator, dtype=torch.float64))
    translation = 3 * torch.randn(3, generator=generator, dtype=torch.float64)
    scale = float(torch.rand((), generator=generator)) * 3 + 0.1
    return scale, rotation, translation


@given(seeds, st.integers(3, 40))
def test_a_known_similarity_is_recovered(seed, n):
    scale, rotation, translation = motion(seed)
    points_b = cloud(seed, n)
    found = align_points(scale * points_b @ rotation.mT + translation, points_b, with_scale=True)
    assert float(found.scale) == pytest.approx(scale, rel=1e-9)
    assert torch.allclose(found.rotation, rotation, atol=1e-9)
    assert torch.allclose(found.translation, translation, atol=1e-9)
    assert torch.allclose(found(points_b), scale * points_b @ rotation.mT + translation, atol=1e-9)


def test_float32(dtype):
    scale, rotation, translation = motion(3)
    points_b = cloud(3)
    points_a = (scale * points_b @ rotation.mT + translation).to(dtype)
    found = align_points(points_a, points_b.to(dtype), with_scale=True)
    assert found.rotation.dtype == dtype
    assert torch.allclose(found(points_b.to(dtype)), points_a, atol=1e-5)


@given(seeds)
def test_rotation_agrees_with_scipy_under_noise_and_weights(seed):
    _, rotation, _ = motion(seed)
    points_b = cloud(seed)
    points_a = points_b @ rotation.mT + 0.3 * cloud(seed + 7)
    weights = torch.rand(12, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) + 0.05
    found = align_points(points_a, points_b, weights=weights)
    share = (weights / weights.sum()).numpy()
    a, b = points_a.numpy(), points_b.numpy()
    expected, _ = Rotation.align_vectors(a - share @ a, b - share @ b, weights=share)
    assert np.allclose(found.rotation.numpy(), expected.as_matrix(), atol=1e-7)
    assert float(found.scale) == 1.0


@given(seeds)
def test_no_rigid_motion_fits_better(seed):
    points_b = cloud(seed)
    points_a = cloud(seed + 1)
    found = align_points(points_a, points_b, with_scale=True)
    best = float(((found(points_b) - points_a) ** 2).sum())
    generator = torch.Generator().manual_seed(seed)
    for _ in range(5):
        nudge = so3_exp(0.02 * torch.randn(3, generator=generator, dtype=torch.float64))
        moved = float(found.scale) * 1.003 * points_b @ (nudge @ found.rotation).mT + found.translation
        assert float(((moved - points_a) ** 2).sum()) >= best - 1e-12


@given(seeds)
def test_mirrored_points_never_give_a_reflection(seed):
    points_b = cloud(seed)
    points_a = points_b * torch.tensor([-1.0, 1.0, 1.0], dtype=torch.float64)
    rotation = align_points(points_a, points_b, with_scale=True).rotation
    assert float(torch.linalg.det(rotation)) == pytest.approx(1, abs=1e-9)


@given(seeds)
def test_points_in_one_plane_determine_the_motion(seed):
    scale, rotation, translation = motion(seed)
    points_b = cloud(seed)
    points_b[:, 2] = 0
    found = align_points(scale * points_b @ rotation.mT + translation, points_b, with_scale=True)
    assert torch.allclose(found.rotation, rotation, atol=1e-8)


def test_points_of_no_weight_do_not_count():
    _, rotation, translation = motion(0)
    points_b = cloud(0)
    points_a = points_b @ rotation.mT + translation
    points_a[0] += 100
    weights = torch.ones(12, dtype=torch.float64)
    weights[0] = 0
    assert torch.allclose(align_points(points_a, points_b, weights=weights).rotation, rotation, atol=1e-9)


@pytest.mark.parametrize("dtype_name", ["float32", "float64"])
@pytest.mark.parametrize("case", ["two points", "on a line", "one spot", "weights on two", "nan", "zero weights"])
def test_degenerate_sets_are_refused(case, dtype_name):
    points = cloud(0).to(getattr(torch, dtype_name))
    weights = None
    if case == "two points":
        points = points[:2]
    elif case == "on a line":
        points = points[:, :1] * torch.tensor([1.0, 2.0, -0.5], dtype=points.dtype) + 5
    elif case == "one spot":
        points = torch.ones_like(points) * 0.3
    elif case == "nan":
        points[3, 1] = torch.nan
    else:
        weights = torch.zeros(12, dtype=points.dtype)
        weights[:2] = 1.0 if case == "weights on two" else 0.0
    with pytest.raises(DataError, match="align"):
        align_points(points.clone(), points, weights=weights)


def test_a_line_far_from_the_origin_is_refused_in_either_frame():
    line = torch.linspace(0, 1, 10)[:, None] * torch.tensor([0.3, 0.1, 0.9]) + 40
    with pytest.raises(DataError, match="line"):
        align_points(line, cloud(0, 10, torch.float32))
    with pytest.raises(DataError, match="line"):
        align_points(cloud(0, 10, torch.float32), line)
