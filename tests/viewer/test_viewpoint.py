import math

import numpy as np
import pytest
import torch

from vantage.errors import DataError
from vantage.fields import DistilledScene, SceneCamera
from vantage.geometry import Camera, look_at, quat_wxyz_from_matrix
from vantage.viewer.viewpoint import Ray, Viewpoint, camera_along, first_look, next_size, up_direction

CAMERA = Camera.from_fov(fov_x=1.0, width=40, height=30)


def _cameras(up: np.ndarray, directions: list[tuple[float, float]]) -> tuple[SceneCamera, ...]:
    """Cameras at the origin, turned and tilted by angles in degrees about an upward direction."""
    side = np.cross(up, [0.3, 0.5, -0.8])
    side /= np.linalg.norm(side)
    ahead = np.cross(up, side)
    cameras = []
    for turn, tilt in np.radians(directions):
        level = math.cos(turn) * side + math.sin(turn) * ahead
        target = math.cos(tilt) * level + math.sin(tilt) * up
        pose = look_at(torch.zeros(3, dtype=torch.float64), torch.from_numpy(target), torch.from_numpy(up)).numpy()
        cameras.append(SceneCamera(name="", camera=CAMERA, world_from_camera=pose, held_out=False))
    return tuple(cameras)


@pytest.mark.parametrize("up", [(0, 0, 1), (0, -1, 0), (0.6, 0, 0.8), (-0.48, 0.6, 0.64)])
@pytest.mark.parametrize(
    "directions",
    [
        [(0, -20), (60, -30), (120, 10), (200, -25)],
        # All on one side and looking down: the mean of their upward axes would lean.
        [(0, -40), (30, -40), (60, -40)],
    ],
)
def test_up_is_found_whichever_way_the_cameras_are_tilted(up: tuple[float, float, float], directions: list):
    cameras = _cameras(np.array(up, dtype=np.float64), directions)
    np.testing.assert_allclose(up_direction(cameras), up, atol=2e-6)


def test_cameras_that_look_one_way_stand_upright_themselves():
    up = np.array([0.0, 0.0, 1.0])
    np.testing.assert_allclose(up_direction(_cameras(up, [(10, 0), (10, 0)])), up, atol=2e-6)


def test_the_browsers_camera_is_ours(cube_scene: DistilledScene):
    """A window with a camera's own size, place and field of view gives back that camera."""
    own = cube_scene.cameras[3]
    rotation = torch.from_numpy(own.world_from_camera[:3, :3])
    view = Viewpoint.of_browser(
        wxyz=quat_wxyz_from_matrix(rotation).numpy(),
        position=own.world_from_camera[:3, 3],
        fov_y=2 * math.atan(0.5 * own.camera.height / own.camera.fy),
        width=own.camera.width,
        height=own.camera.height,
    )
    np.testing.assert_allclose(view.world_from_camera, own.world_from_camera, atol=1e-12)
    np.testing.assert_allclose(view.camera.matrix, own.camera.matrix, rtol=1e-12)
    small = view.shrunk(24)
    assert (small.camera.width, small.camera.height) == (24, 20) and small.camera.fov_x == pytest.approx(1.2)


def test_a_view_at_rest_gets_the_pixels_that_fit_into_its_time():
    assert next_size(None, 0.0) == 160
    # Four times the pixels take four times as long; 2 s are given.
    assert next_size(200, 0.125) == 800 and next_size(200, 0.01) == 960
    assert next_size(160, 30.0) == 384 and next_size(384, 30.0) is None and next_size(900, 0.1) is None


def test_a_window_without_pixels_is_refused():
    place = {"wxyz": np.array([1.0, 0, 0, 0]), "position": np.zeros(3), "fov_y": 1.0}
    with pytest.raises(DataError):
        Viewpoint.of_browser(**place, width=0, height=0)
    with pytest.raises(DataError, match="not finite"):
        Viewpoint.of_browser(**{**place, "position": np.array([np.nan, 0, 0])}, width=9, height=9)


def test_the_middle_pixel_of_a_click_looks_along_it():
    view = camera_along(Ray(origin=(1.0, 2.0, 3.0), direction=(0.0, 0.6, -0.8)), focal=500.0)
    middle = view.camera.rays()[view.camera.height // 2, view.camera.width // 2]
    np.testing.assert_allclose(view.world_from_camera[:3, :3] @ middle, [0, 0.6, -0.8], atol=1e-12)


def test_the_first_look_sees_what_there_is():
    cameras = _cameras(np.array([0.0, 0.0, 1.0]), [(0, 0), (90, 0), (180, 0)])
    ahead = cameras[1].world_from_camera[:3, 2] * np.linspace(1, 3, 21)[:, None]
    best, depth = first_look(cameras, ahead)
    assert best is cameras[1] and depth == pytest.approx(2.0)
