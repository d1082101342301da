"""The floor of a capture, from views that show it and views that do not."""

import dataclasses

import numpy as np
import pytest

from vantage.captures import Capture, View, ViewSource
from vantage.geometry import Camera
from vantage.studies.capture_ground import Ground, agreed, capture_ground

CAMERA = Camera(fx=60.0, fy=60.0, cx=32.0, cy=24.0, width=64, height=48)
# The world's vertical is y, and its floor lies at y = -0.7: neither is what one would guess.
UP, FLOOR = np.array([0.0, 1.0, 0.0]), -0.7


def looking(eye: np.ndarray, pitch: float, turn: float) -> np.ndarray:
    """Return a pose at `eye` that looks down by `pitch`, turned about the vertical; OpenCV axes."""
    ahead = np.array([np.sin(turn) * np.cos(pitch), -np.sin(pitch), np.cos(turn) * np.cos(pitch)])
    right = np.cross(ahead, UP)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(ahead, right), ahead], axis=1)
    pose[:3, 3] = eye
    return pose


def view(number: int, pose: np.ndarray) -> View:
    """Return a view of the floor in a drum of 4 m about the camera, by arithmetic."""
    rays = CAMERA.rays() @ pose[:3, :3].T
    with np.errstate(divide="ignore"):
        floor = (FLOOR - pose[1, 3]) / rays[..., 1]
    wall = 4.0 / np.hypot(rays[..., 0], rays[..., 2])
    depth = np.where((floor > 0) & (floor < wall), floor, wall)
    image = np.full((48, 64, 3), 0.5, np.float32)
    return View(name=f"{number}", image=image, camera=CAMERA, world_from_camera=pose, depth=depth.astype(np.float32))


def capture(*views: View) -> Capture:
    sources = [
        ViewSource(name=v.name, camera=CAMERA, world_from_camera=v.world_from_camera, read=lambda v=v: v) for v in views
    ]
    return Capture(name="drum", sources=tuple(sources))


def test_views_that_show_the_floor_tell_it_for_those_that_do_not() -> None:
    down = [view(k, looking(np.array([0.2 * k, 0.6 + 0.1 * k, 0.1]), 0.6, 0.9 * k)) for k in range(4)]
    ahead = [view(k, looking(np.array([0.0, 0.8, 0.0]), -0.5, 1.1 * k)) for k in range(3)]
    found = capture_ground(capture(*ahead, *down))
    assert found is not None
    assert found.views == 4
    assert found.up_world @ UP > np.cos(np.radians(1))
    assert found.height == pytest.approx(FLOOR, abs=0.03)
    assert capture_ground(capture(*ahead)) is None
    # One alone may have seen a table.
    assert capture_ground(capture(down[0], *ahead)) is None


def test_the_floor_that_a_room_names_is_believed() -> None:
    corners = ((0.0, 0.0, 0.25), (3.0, 0.0, 0.25), (3.0, 3.0, 0.25))
    named = dataclasses.replace(capture(view(0, looking(np.zeros(3), 0.6, 0.0))), floor=corners)
    found = capture_ground(named)
    assert found is not None
    assert found.up_world.tolist() == [0, 0, 1]
    assert found.height == 0.25


def test_the_largest_group_wins() -> None:
    def ground(height: float, tilt_deg: float = 0.0) -> Ground:
        tilt = np.radians(tilt_deg)
        return Ground(up_world=np.array([np.sin(tilt), np.cos(tilt), 0.0]), height=height, views=1)

    found = agreed([ground(0.0), ground(0.02, 1), ground(0.75), ground(0.74), ground(0.01), ground(0.0, 20)])
    assert found is not None
    assert found.views == 3
    assert found.height == pytest.approx(0.01)
    assert agreed([ground(0.0), ground(0.5)]) is None
    assert agreed([]) is None
