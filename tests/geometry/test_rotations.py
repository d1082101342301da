"""SO(3) against scipy and against the group axioms, near 0 and near pi included."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from vantage.geometry import (
    matrix_from_quat_wxyz,
    quat_wxyz_from_matrix,
    rotation_angle,
    skew,
    so3_exp,
    so3_log,
)

# Angles at which formulas change or lose digits: 0, tiny, the series' switch (t^2 = 1e-3), right angles, near pi, pi.
ANGLES = [0.0, 1e-12, 1e-7, 1e-3, 0.0316, 0.0317, 0.5, math.pi / 2, 2.0, math.pi - 1e-3, math.pi - 1e-7, math.pi]
TOLERANCE = {torch.float32: 3e-6, torch.float64: 1e-12}

unit_interval = st.floats(-1, 1, allow_subnormal=False)
axes = st.tuples(unit_interval, unit_interval, unit_interval).filter(lambda v: np.linalg.norm(v) > 0.05)
angles = st.one_of(st.sampled_from(ANGLES), st.floats(0, math.pi))


def vectors(dtype, batch, angle=None, seed=0):
    generator = torch.Generator().manual_seed(seed)
    axis = torch.nn.functional.normalize(torch.randn(*batch, 3, generator=generator, dtype=torch.float64), dim=-1)
    size = torch.rand(*batch, 1, generator=generator, dtype=torch.float64) * math.pi if angle is None else angle
    return (axis * size).to(dtype)


def rotation_vector(axis, angle):
    axis = np.array(axis)
    return torch.tensor(axis / np.linalg.norm(axis) * angle)


@given(axes, angles)
def test_exp_agrees_with_scipy(axis, angle):
    vector = rotation_vector(axis, angle)
    assert np.allclose(so3_exp(vector).numpy(), Rotation.from_rotvec(vector.numpy()).as_matrix(), atol=1e-14)


@given(axes, angles)
def test_log_agrees_with_scipy(axis, angle):
    rotation = Rotation.from_rotvec(rotation_vector(axis, angle).numpy())
    ours = so3_log(torch.tensor(rotation.as_matrix())).numpy()
    theirs = rotation.as_rotvec()
    # At pi both signs name the same rotation.
    assert min(np.abs(ours - theirs).max(), np.abs(ours + theirs).max() if angle > math.pi - 1e-6 else 9) < 1e-12
    assert np.linalg.norm(ours) <= math.pi + 1e-12


@given(axes, angles)
def test_quaternion_agrees_with_scipy(axis, angle):
    rotation = Rotation.from_rotvec(rotation_vector(axis, angle).numpy())
    x, y, z, w = rotation.as_quat()
    ours = quat_wxyz_from_matrix(torch.tensor(rotation.as_matrix())).numpy()
    assert abs(abs(ours @ np.array([w, x, y, z])) - 1) < 1e-14


@given(axes, angles, st.floats(0.01, 100))
def test_quaternion_round_trip_at_any_norm(axis, angle, norm):
    rotation = so3_exp(rotation_vector(axis, angle))
    quaternion = quat_wxyz_from_matrix(rotation)
    assert torch.allclose(matrix_from_quat_wxyz(quaternion * norm), rotation, atol=1e-14)
    assert torch.allclose(matrix_from_quat_wxyz(-quaternion), rotation, atol=1e-14)


@given(axes, angles, axes, angles)
def test_angle_of_two_rotations_agrees_with_scipy(axis_a, angle_a, axis_b, angle_b):
    a, b = so3_exp(rotation_vector(axis_a, angle_a)), so3_exp(rotation_vector(axis_b, angle_b))
    expected = (Rotation.from_matrix(a.numpy()).inv() * Rotation.from_matrix(b.numpy())).magnitude()
    assert abs(float(rotation_angle(a, b)) - expected) < 1e-7
    assert float(rotation_angle(a, b)) == pytest.approx(float(rotation_angle(b, a)), abs=1e-12)


def test_angle_keeps_its_digits_where_arccos_loses_them():
    for angle in (1e-9, 1e-7, math.pi - 1e-7):
        turned = so3_exp(torch.tensor([0.6, 0.0, 0.8], dtype=torch.float64) * angle)
        assert float(rotation_angle(torch.eye(3, dtype=torch.float64), turned)) == pytest.approx(angle, rel=1e-7)


@pytest.mark.parametrize("angle", [*ANGLES, None])
def test_closure(dtype, batch, angle):
    rotation = so3_exp(vectors(dtype, batch, angle, 0)) @ so3_exp(vectors(dtype, batch, angle, 1))
    assert rotation.dtype == dtype
    assert rotation.shape == (*batch, 3, 3)
    gram = rotation @ rotation.mT
    assert torch.allclose(gram, torch.eye(3, dtype=dtype).expand_as(gram), atol=TOLERANCE[dtype])
    assert torch.allclose(torch.linalg.det(rotation), torch.ones(batch, dtype=dtype), atol=TOLERANCE[dtype])


@pytest.mark.parametrize("angle", [*ANGLES, None])
def test_inverse_is_the_exponential_of_the_negative(dtype, batch, angle):
    vector = vectors(dtype, batch, angle)
    assert torch.allclose(so3_exp(vector).mT, so3_exp(-vector), atol=TOLERANCE[dtype])


def test_identity(dtype, batch):
    zero = torch.zeros(*batch, 3, dtype=dtype)
    assert torch.equal(so3_exp(zero), torch.eye(3, dtype=dtype).expand(*batch, 3, 3))
    assert torch.equal(so3_log(so3_exp(zero)), zero)


def test_associativity(dtype, batch):
    a, b, c = (so3_exp(vectors(dtype, batch, seed=seed)) for seed in range(3))
    assert torch.allclose((a @ b) @ c, a @ (b @ c), atol=TOLERANCE[dtype])


@pytest.mark.parametrize("angle", [*ANGLES, None])
def test_log_undoes_exp(dtype, batch, angle):
    vector = vectors(dtype, batch, angle)
    back = so3_log(so3_exp(vector))
    if angle is not None and angle > math.pi - 1e-6:
        back = back * torch.sign((back * vector).sum(-1, keepdim=True))
    # Near pi a rounding of the matrix turns into one of the angle, of the same size.
    assert torch.allclose(back, vector, atol=3 * TOLERANCE[dtype])


@pytest.mark.parametrize("angle", [*ANGLES, None])
def test_exp_undoes_log(dtype, batch, angle):
    rotation = so3_exp(vectors(dtype, batch, angle))
    assert torch.allclose(so3_exp(so3_log(rotation)), rotation, atol=3 * TOLERANCE[dtype])


def test_tiny_angles_keep_their_relative_precision(dtype):
    vector = torch.tensor([3e-7, -4e-7, 1e-7], dtype=dtype)
    assert torch.allclose(so3_log(so3_exp(vector)), vector, rtol=1e-6 if dtype == torch.float32 else 1e-12, atol=0)


def test_half_turns_about_every_axis(dtype):
    for axis in [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (0, -1, 1), (1, 0, -1), (1, 2, 3)]:
        unit = torch.nn.functional.normalize(torch.tensor(axis, dtype=dtype), dim=-1)
        # 2 a a^T - I is a half turn about a, written without sine or cosine.
        half_turn = 2 * torch.outer(unit, unit) - torch.eye(3, dtype=dtype)
        vector = so3_log(half_turn)
        assert float(vector.norm()) == pytest.approx(math.pi, abs=3e-6)
        assert torch.linalg.cross(vector, unit).norm() < 1e-5


def test_skew_is_the_cross_product(dtype, batch):
    a, b = vectors(dtype, batch, seed=1), vectors(dtype, batch, seed=2)
    assert torch.allclose((skew(a) @ b[..., None])[..., 0], torch.linalg.cross(a, b), atol=TOLERANCE[dtype])


@pytest.mark.parametrize("angle", [0.0, 1e-7, 0.0316, 1.0, 3.0])
def test_gradients_of_exp_agree_with_finite_differences(angle):
    vector = vectors(torch.float64, (2,), angle).requires_grad_()
    assert torch.autograd.gradcheck(so3_exp, vector)


@pytest.mark.parametrize("angle", [1e-4, 0.0316, 1.0, 3.0])
def test_gradients_of_the_round_trip_are_the_identity(angle):
    vector = vectors(torch.float64, (), angle)
    jacobian = torch.autograd.functional.jacobian(lambda v: so3_log(so3_exp(v)), vector)
    assert torch.allclose(jacobian, torch.eye(3, dtype=torch.float64), atol=1e-6)


def test_gradients_are_finite_and_right_at_zero(dtype):
    vector = torch.zeros(3, dtype=dtype)
    jacobian = torch.autograd.functional.jacobian(lambda v: so3_log(so3_exp(v)), vector)
    assert torch.allclose(jacobian, torch.eye(3, dtype=dtype))


def test_gradient_of_the_angle_is_finite_between_equal_rotations(dtype):
    vector = torch.zeros(3, dtype=dtype, requires_grad=True)
    rotation_angle(torch.eye(3, dtype=dtype), so3_exp(vector)).backward()
    assert torch.isfinite(vector.grad).all()


def test_quaternion_gradients(dtype):
    quaternion = torch.tensor([0.5, -0.3, 0.7, 0.1], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(matrix_from_quat_wxyz, quaternion)
    rotation = so3_exp(vectors(torch.float64, (4,))).requires_grad_()
    assert torch.autograd.gradcheck(quat_wxyz_from_matrix, rotation)
