"""SE(3) against the matrix exponential and the group axioms; look_at."""

import math

import pytest
import scipy.linalg
import torch
from hypothesis import given
from hypothesis import strategies as st

from vantage.errors import DataError
from vantage.geometry import (
    invert_motion,
    look_at,
    make_motion,
    se3_exp,
    se3_log,
    skew,
    so3_exp,
    transform_points,
)

ANGLES = [0.0, 1e-12, 1e-7, 1e-3, 0.0316, 0.0317, 1.0, 2.5, math.pi - 1e-3, math.pi - 1e-7]
TOLERANCE = {torch.float32: 5e-6, torch.float64: 1e-12}

coordinates = st.floats(-5, 5, allow_subnormal=False)
points = st.tuples(coordinates, coordinates, coordinates).map(lambda p: torch.tensor(p, dtype=torch.float64))


def twists(dtype, batch, angle=None, seed=0):
    generator = torch.Generator().manual_seed(seed)
    rho = torch.randn(*batch, 3, generator=generator, dtype=torch.float64)
    axis = torch.nn.functional.normalize(torch.randn(*batch, 3, generator=generator, dtype=torch.float64), dim=-1)
    size = torch.rand(*batch, 1, generator=generator, dtype=torch.float64) * 3 if angle is None else angle
    return torch.cat([rho, axis * size], dim=-1).to(dtype)


@pytest.mark.parametrize("angle", [*ANGLES, math.pi, None])
def test_exp_is_the_matrix_exponential(angle):
    twist = twists(torch.float64, (), angle)
    algebra = torch.zeros(4, 4, dtype=torch.float64)
    algebra[:3, :3], algebra[:3, 3] = skew(twist[3:]), twist[:3]
    assert torch.allclose(se3_exp(twist), torch.tensor(scipy.linalg.expm(algebra.numpy())), atol=1e-13)


@pytest.mark.parametrize("angle", [*ANGLES, None])
def test_log_undoes_exp(dtype, batch, angle):
    twist = twists(dtype, batch, angle)
    back = se3_log(se3_exp(twist))
    # Close to a half turn either sign of the rotation vector is right.
    if angle is not None and angle > math.pi - 1e-6 and dtype == torch.float32:
        assert torch.allclose(se3_exp(back), se3_exp(twist), atol=1e-5)
        return
    assert back.shape == twist.shape and back.dtype == dtype
    assert torch.allclose(back, twist, atol=4 * TOLERANCE[dtype])


@pytest.mark.parametrize("angle", [*ANGLES, math.pi, None])
def test_exp_undoes_log(dtype, batch, angle):
    motion = se3_exp(twists(dtype, batch, angle))
    assert torch.allclose(se3_exp(se3_log(motion)), motion, atol=4 * TOLERANCE[dtype])


def test_closure_and_associativity(dtype, batch):
    a, b, c = (se3_exp(twists(dtype, batch, seed=seed)) for seed in range(3))
    product = a @ b
    gram = product[..., :3, :3] @ product[..., :3, :3].mT
    assert torch.allclose(gram, torch.eye(3, dtype=dtype).expand_as(gram), atol=TOLERANCE[dtype])
    assert torch.equal(product[..., 3, :], torch.tensor([0, 0, 0, 1], dtype=dtype).expand(*batch, 4))
    assert torch.allclose((a @ b) @ c, a @ (b @ c), atol=2 * TOLERANCE[dtype])


def test_identity_and_inverse(dtype, batch):
    identity = torch.eye(4, dtype=dtype).expand(*batch, 4, 4)
    assert torch.equal(se3_exp(torch.zeros(*batch, 6, dtype=dtype)), identity)
    assert torch.equal(se3_log(identity), torch.zeros(*batch, 6, dtype=dtype))
    motion = se3_exp(twists(dtype, batch))
    for product in (motion @ invert_motion(motion), invert_motion(motion) @ motion):
        assert torch.allclose(product, identity, atol=2 * TOLERANCE[dtype])
    assert torch.allclose(invert_motion(motion), se3_exp(-twists(dtype, batch)), atol=2 * TOLERANCE[dtype])


@given(points, points)
def test_points_there_and_back(point, vector):
    motion = make_motion(so3_exp(vector), point)
    moved = transform_points(motion, vector[None])
    assert torch.allclose(transform_points(invert_motion(motion), moved), vector[None], atol=1e-12)
    assert torch.allclose(moved[0], (motion @ torch.cat([vector, vector.new_ones(1)]))[:3], atol=1e-12)


@pytest.mark.parametrize("angle", [0.0, 1e-7, 0.0316, 1.0, 3.0])
def test_gradients_of_exp_agree_with_finite_differences(angle):
    assert torch.autograd.gradcheck(se3_exp, twists(torch.float64, (2,), angle).requires_grad_())


@pytest.mark.parametrize("angle", [0.0, 1e-5, 0.0316, 1.0, 3.0])
def test_gradients_of_the_round_trip_are_the_identity(angle):
    twist = twists(torch.float64, (), angle)
    jacobian = torch.autograd.functional.jacobian(lambda t: se3_log(se3_exp(t)), twist)
    assert torch.allclose(jacobian, torch.eye(6, dtype=torch.float64), atol=1e-6)


def test_gradients_of_exp_in_float32_at_zero():
    jacobian = torch.autograd.functional.jacobian(se3_exp, torch.zeros(6))
    assert torch.isfinite(jacobian).all()
    # The generators of the group: translations move, rotations turn.
    assert torch.equal(jacobian[:3, 3, :3], torch.eye(3))
    assert torch.equal(jacobian[:3, :3, 3:], torch.stack([skew(e) for e in torch.eye(3)], dim=-1))


@given(points, points)
def test_look_at_puts_the_target_in_the_middle(eye, target):
    distance = float((target - eye).norm())
    if distance < 1e-3:
        return
    up = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    world_from_camera = look_at(eye, target, up)
    rotation = world_from_camera[:3, :3]
    assert torch.allclose(rotation @ rotation.mT, torch.eye(3, dtype=torch.float64), atol=1e-12)
    assert float(torch.linalg.det(rotation)) == pytest.approx(1, abs=1e-12)
    seen = transform_points(invert_motion(world_from_camera), target[None])[0]
    assert torch.allclose(seen, torch.tensor([0.0, 0.0, distance], dtype=torch.float64), atol=1e-9)
    # What is up in the world is up in the image: camera y points down.
    assert float(rotation[2, 1]) <= 1e-9
    assert abs(float(rotation[2, 0])) < 1e-6


@pytest.mark.parametrize("direction", [1.0, -1.0])
def test_look_at_straight_up_and_down(direction):
    up = torch.tensor([0.0, 0.0, 1.0])
    motion = look_at(torch.zeros(3), torch.tensor([0.0, 0.0, direction]), up)
    assert torch.isfinite(motion).all()
    assert torch.allclose(motion[:3, :3] @ motion[:3, :3].mT, torch.eye(3), atol=1e-6)
    assert torch.allclose(motion[:3, 2], torch.tensor([0.0, 0.0, direction]))


def test_look_at_nowhere_is_refused():
    with pytest.raises(DataError, match="same point"):
        look_at(torch.ones(3), torch.ones(3), torch.tensor([0.0, 0.0, 1.0]))
