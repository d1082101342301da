"""Sensor perceptions: the floor is found however the camera is held, and neither a table nor a wall is one."""

import dataclasses

import numpy as np
import pytest

from dialogue.boxes import FLOOR, Block, look, pose
from vantage.captures import Capture, View, ViewSource
from vantage.dialogue import converse, lift
from vantage.dialogue.predicted_sensor import floor_mask, perceive_sensor
from vantage.errors import DataError, UsageError
from vantage.geometry import Camera

CAMERA = Camera.from_fov(fov_x=np.radians(70), width=160, height=120)
TABLE = Block(name="table", x=1.8, y=0.0, size=(1.6, 1.2, 0.04), base=0.72)
SHELF = Block(name="shelf", x=3.4, y=0.9, size=(0.4, 0.8, 1.8))


@pytest.mark.parametrize("height", [1.2, 1.7])
@pytest.mark.parametrize("pitch", [5, 20, 35])
@pytest.mark.parametrize("roll", [-15, 0, 10])
def test_the_floor_is_the_floor(height: float, pitch: float, roll: float) -> None:
    view = look([TABLE, SHELF], pose(height, pitch, roll), CAMERA, wall=5.0)
    noisy = view.depth * (1 + 0.002 * np.random.default_rng(0).standard_normal(view.depth.shape))
    found = floor_mask(dataclasses.replace(view, depth=noisy.astype(np.float32)))
    assert found is not None
    true = view.instances == FLOOR
    # Feet of walls and shelves are within the floor's thickness, and pixels there are either.
    assert (found & true).sum() >= 0.95 * true.sum() and (found & ~true).sum() <= 0.1 * true.sum()


def test_a_table_with_something_below_it_is_no_floor() -> None:
    # The floor shows only as a strip, too small to be told from; the table top is large and level.
    big = Block(name="table", x=1.6, y=0.0, size=(2.2, 2.4, 0.04), base=0.72)
    view = look([big], pose(1.6, 35), CAMERA, floor=True, wall=3.2)
    share = float((view.instances == 1).mean())
    assert share > 0.4
    found = floor_mask(view)
    assert found is None or not (found & (view.instances == 1)).any()


def test_walls_and_nothing_are_no_floor() -> None:
    wall = look([], pose(1.5, 0), CAMERA, floor=False, wall=3.0)
    assert floor_mask(wall) is None
    assert floor_mask(dataclasses.replace(wall, depth=np.zeros_like(wall.depth))) is None


def capture_of(views: int, *, depth: bool = True) -> Capture:
    sources = []
    for k in range(views):
        seen = look([TABLE, SHELF], pose(1.6, 25, y=0.3 * k), CAMERA, wall=5.0)
        view = View(
            name=str(k),
            image=np.zeros((120, 160, 3), dtype=np.float32),
            camera=CAMERA,
            world_from_camera=seen.world_from_camera,
            depth=seen.depth if depth else None,
        )
        sources.append(
            ViewSource(
                name=str(k), camera=CAMERA, world_from_camera=view.world_from_camera, read=lambda view=view: view
            )
        )
    return Capture(name="kitchen", sources=tuple(sources))


def test_points_and_cameras_are_asked_and_nothing_else() -> None:
    scene = lift(perceive_sensor(capture_of(2), [0, 1]))
    assert scene.frame is not None and scene.frame.source == "ground" and not scene.objects
    np.testing.assert_allclose(scene.frame.frame_from_world[2, :3], [0, 0, 1], atol=0.01)
    turns = [turn for seed in range(5) for turn in converse(scene, seed=seed).turns]
    assert {turn.kind for turn in turns} == {
        "depth",
        "depth_gap",
        "closer",
        "which_closer",
        "point_height",
        "baseline",
    }
    for turn in turns:
        if turn.kind == "point_height":
            assert turn.evidence.value["height"] == pytest.approx(turn.evidence.points[0].world[2], abs=0.03)
    assert converse(scene).shortfall == {"object": 4, "caption": 2}


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="views 0 to 1"):
        perceive_sensor(capture_of(2), [2])
    with pytest.raises(DataError, match="has no depth"):
        perceive_sensor(capture_of(1, depth=False), [0])
