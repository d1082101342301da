"""RGB-D views are checked, and the view frame is level, metric and where it should be."""

import dataclasses

import numpy as np
import pytest

from vantage.abstraction.frame import Bounds, view_frame
from vantage.abstraction.rgbd import RgbdView
from vantage.errors import DataError, UsageError
from vantage.geometry import Camera

CAMERA = Camera.from_fov(fov_x=1.2, width=80, height=60)
UP = np.array([0.0, 0.0, 1.0])


def pose_of(pitch: float, roll: float = 0.0, height: float = 1.4) -> np.ndarray:
    """world_from_camera of a camera that looks along +x, `pitch` downwards, rolled about its axis."""
    ahead = np.array([np.cos(pitch), 0, -np.sin(pitch)])
    right = np.array([0.0, -1.0, 0.0])
    down = np.cross(ahead, right)
    c, s = np.cos(roll), np.sin(roll)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([c * right + s * down, c * down - s * right, ahead], axis=1)
    pose[:3, 3] = [0, 0, height]
    return pose


def box_view(pose: np.ndarray, *, table: bool = False) -> tuple[RgbdView, np.ndarray]:
    """A view of a floor and a wall 3 m ahead, perhaps with a table; and its points in the world."""
    rays = CAMERA.rays() @ pose[:3, :3].T
    origin = pose[:3, 3]
    planes = [(2, 0.0), (0, 3.0), (1, -2.0), (1, 2.0), (2, 2.6)]
    depth = np.full(rays.shape[:2], np.inf)
    for axis, level in planes:
        with np.errstate(divide="ignore"):
            t = (level - origin[axis]) / rays[..., axis]
        depth = np.where((t > 0) & (t < depth), t, depth)
    if table:
        t = (0.7 - origin[2]) / rays[..., 2]
        hit = origin + rays * t[..., None]
        on = (t > 0) & (np.abs(hit[..., 0] - 1.6) < 0.5) & (np.abs(hit[..., 1]) < 0.6)
        depth = np.where(on & (t < depth), t, depth)
    image = np.zeros((60, 80, 3), dtype=np.float32)
    return RgbdView(image=image, depth=depth.astype(np.float32), camera=CAMERA), origin + rays * depth[..., None]


@pytest.mark.parametrize(("pitch", "roll"), [(0.0, 0.0), (0.3, 0.1), (0.6, -0.2)])
def test_with_poses_the_frame_is_the_world_turned_to_the_camera(pitch: float, roll: float) -> None:
    pose = pose_of(pitch, roll)
    view, world = box_view(pose)
    up = pose[:3, :3].T @ UP
    view = dataclasses.replace(view, up_camera=(float(up[0]), float(up[1]), float(up[2])), camera_height=1.4)
    frame = view_frame(view)
    assert frame.source == "poses"
    # The camera looks along the world's x from above its origin, so that both frames are the same.
    np.testing.assert_allclose(frame.points_frame(view.points_camera().astype(float)), world, atol=1e-5)
    points = np.random.default_rng(0).normal(size=(20, 3))
    np.testing.assert_allclose(frame.points_camera(frame.points_frame(points)), points, atol=1e-12)


@pytest.mark.parametrize(("pitch", "roll", "table"), [(0.3, 0.0, False), (0.5, 0.1, True), (0.4, -0.1, True)])
def test_without_poses_the_ground_is_found(pitch: float, roll: float, table: bool) -> None:
    view, world = box_view(pose_of(pitch, roll), table=table)
    frame = view_frame(view)
    assert frame.source == "ground"
    np.testing.assert_allclose(frame.points_frame(view.points_camera().astype(float)), world, atol=0.02)


def test_a_view_of_a_wall_alone_is_taken_as_level() -> None:
    rays = CAMERA.rays()
    view = RgbdView(image=np.zeros((60, 80, 3), np.float32), depth=np.full((60, 80), 2.0, np.float32), camera=CAMERA)
    frame = view_frame(view)
    assert frame.source == "level"
    points = frame.points_frame(rays * 2.0)
    np.testing.assert_allclose(points[..., 0], 2.0)
    assert abs(points[..., 2].min()) < 0.05


def test_a_camera_that_looks_down_has_its_upper_edge_ahead() -> None:
    view, _ = box_view(pose_of(0.5))
    frame = view_frame(dataclasses.replace(view, up_camera=(0.0, 0.0, -1.0), camera_height=2.0))
    np.testing.assert_allclose(frame.points_frame(np.array([0.0, -1.0, 2.0])), [1.0, 0.0, 0.0], atol=1e-12)


def test_shrinking_keeps_points_of_the_full_view() -> None:
    view, _ = box_view(pose_of(0.4))
    small = view.shrunk(80 * 60 // 4)
    assert small.depth.shape == (30, 40)
    np.testing.assert_allclose(small.points_camera(), view.points_camera()[1::2, 1::2], atol=1e-6)
    third = view.shrunk(80 * 60 // 9)
    np.testing.assert_allclose(third.points_camera(), view.points_camera()[1::3, 1::3][:20, :26], atol=1e-6)


def test_bad_views_are_refused() -> None:
    view, _ = box_view(pose_of(0.4))
    for change, words in (
        ({"depth": view.depth * 1000}, "divide by 1000"),
        ({"depth": view.depth * 0}, "no pixel has a known depth"),
        ({"depth": -view.depth}, "negative"),
        ({"depth": np.full_like(view.depth, np.nan)}, "NaN"),
        ({"depth": view.depth[:50]}, "80x50"),
        ({"camera": CAMERA.resized(160, 120)}, "the camera is 160x120"),
        ({"image": view.image + 2}, "RGB in \\[0, 1\\]"),
        ({"up_camera": (0.0, -2.0, 0.0)}, "unit"),
    ):
        with pytest.raises(DataError, match=words):
            dataclasses.replace(view, **change)
    with pytest.raises(UsageError, match="low"):
        Bounds(low=(0.0, 0.0, 3.0), high=(1.0, 1.0, 2.0))
