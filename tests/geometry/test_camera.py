"""The pinhole camera: conventions by hand-computed points, projection and back-projection as inverses."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vantage.errors import DataError
from vantage.geometry import Camera, backproject, pixel_centres, project

CAMERA = Camera(fx=100.0, fy=110.0, cx=32.5, cy=23.0, width=64, height=48)
TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-11}

depths = st.floats(0.05, 50)
pixels = st.tuples(st.floats(-10, 80), st.floats(-10, 60))


def intrinsics(dtype=torch.float64):
    return torch.tensor(CAMERA.matrix, dtype=dtype)


def test_axes_and_pixel_centres_by_hand():
    # A metre to the right at two metres' depth lies fx/2 pixels right of the principal point; y points down.
    points = torch.tensor([[0.0, 0.0, 2.0], [1.0, 0.0, 2.0], [0.0, 1.0, 2.0]], dtype=torch.float64)
    uv, depth = project(points, intrinsics())
    assert uv.tolist() == [[32.5, 23.0], [82.5, 23.0], [32.5, 78.0]]
    assert depth.tolist() == [2.0, 2.0, 2.0]
    centres = pixel_centres(3, 2)
    assert centres.shape == (2, 3, 2)
    assert centres[0, 0].tolist() == [0.5, 0.5]
    assert centres[1, 2].tolist() == [2.5, 1.5]


@given(st.lists(st.tuples(pixels, depths), min_size=1, max_size=5))
def test_projection_undoes_back_projection(rows):
    uv = torch.tensor([row[0] for row in rows], dtype=torch.float64)
    depth = torch.tensor([row[1] for row in rows], dtype=torch.float64)
    back, back_depth = project(backproject(uv, depth, intrinsics()), intrinsics())
    assert torch.allclose(back, uv, atol=1e-10)
    assert torch.equal(back_depth, depth)


def test_back_projection_undoes_projection(dtype, batch):
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(*batch, 3, generator=generator, dtype=torch.float64)
    points[..., 2] = points[..., 2].abs() + 0.1
    points = points.to(dtype)
    uv, depth = project(points, intrinsics(dtype))
    assert uv.shape == (*batch, 2) and depth.shape == batch and uv.dtype == dtype
    assert torch.allclose(backproject(uv, depth, intrinsics(dtype)), points, atol=TOLERANCE[dtype])


def test_points_behind_the_camera_keep_their_depth_and_stay_finite():
    uv, depth = project(torch.tensor([[1.0, 1.0, -2.0], [0.0, 0.0, 0.0]]), intrinsics(torch.float32))
    assert depth.tolist() == [-2.0, 0.0]
    assert torch.isfinite(uv).all()


def test_gradients_agree_with_finite_differences():
    points = torch.tensor([[0.3, -0.2, 1.5], [1.0, 2.0, 4.0]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda p, k: project(p, k), (points, intrinsics().requires_grad_()))
    uv = torch.tensor([[3.0, 4.0]], dtype=torch.float64, requires_grad=True)
    depth = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda u, d: backproject(u, d, intrinsics()), (uv, depth))


def test_rays_are_back_projected_pixel_centres():
    centres = pixel_centres(CAMERA.width, CAMERA.height).double()
    expected = backproject(centres, torch.ones(centres.shape[:2], dtype=torch.float64), intrinsics())
    assert np.allclose(CAMERA.rays(), expected.numpy(), atol=1e-14)


@given(st.integers(1, 300), st.integers(1, 300))
def test_resizing_keeps_every_direction(width, height):
    point = torch.tensor([[0.3, -0.2, 1.7]], dtype=torch.float64)
    small = CAMERA.resized(width, height)
    uv, _ = project(point, intrinsics())
    uv_small, _ = project(point, torch.tensor(small.matrix))
    scale = torch.tensor([width / CAMERA.width, height / CAMERA.height], dtype=torch.float64)
    assert torch.allclose(uv_small, uv * scale, atol=1e-9)
    assert small.fov_x == pytest.approx(CAMERA.fov_x)


def test_cropping_shifts_pixels():
    point = torch.tensor([[0.3, -0.2, 1.7]], dtype=torch.float64)
    window = CAMERA.cropped(5, 7, 20, 10)
    uv, _ = project(point, intrinsics())
    uv_window, _ = project(point, torch.tensor(window.matrix))
    assert torch.allclose(uv_window, uv - torch.tensor([5.0, 7.0], dtype=torch.float64))
    assert (window.width, window.height) == (20, 10)


@given(st.floats(0.1, 3.0))
def test_field_of_view_round_trip(fov):
    camera = Camera.from_fov(fov_x=fov, width=320, height=240)
    assert camera.fov_x == pytest.approx(fov)
    # The left edge of the image is seen at half the field of view.
    assert math.atan2(camera.cx, camera.fx) == pytest.approx(fov / 2)


def test_matrix_round_trip():
    assert Camera.from_matrix(CAMERA.matrix, width=64, height=48) == CAMERA


@pytest.mark.parametrize("entry", [(0, 1), (1, 0), (2, 0), (2, 2)])
def test_matrices_that_are_no_intrinsics_are_refused(entry):
    matrix = CAMERA.matrix
    matrix[entry] += 0.5
    with pytest.raises(DataError, match="intrinsic matrix"):
        Camera.from_matrix(matrix, width=64, height=48)


@pytest.mark.parametrize(
    ("field", "value"),
    [("fx", 0.0), ("fx", -1.0), ("fy", math.nan), ("fy", math.inf), ("cx", math.nan), ("cy", math.inf), ("width", 0)],
)
def test_impossible_cameras_are_refused(field, value):
    values = {"fx": 1.0, "fy": 1.0, "cx": 1.0, "cy": 1.0, "width": 2, "height": 2, field: value}
    with pytest.raises(DataError, match="camera"):
        Camera(**values)
