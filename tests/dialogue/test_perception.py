"""What a perception refuses, and what annotated captures tell."""

import dataclasses

import numpy as np
import pytest

from dialogue.boxes import Block, perceive, pose
from vantage.captures import Capture, SceneObject, View, ViewSource
from vantage.captures.capture import SceneRelation
from vantage.dialogue import Perception, Region, Vector, lift, perceive_capture
from vantage.errors import DataError, UsageError
from vantage.geometry import Camera

CAMERA = Camera.from_fov(fov_x=np.radians(70), width=64, height=48)


@pytest.fixture(scope="module")
def perception() -> Perception:
    return perceive([Block(name="crate", x=2.0, y=0.0)], pose(), camera=CAMERA)


def test_damaged_maps_are_refused(perception: Perception) -> None:
    view = perception.views[0]
    nan = view.depth.copy()
    nan[3, 4] = np.nan
    cropped = {"depth": view.depth[1:], "instances": view.instances[1:]}
    for wrong in ({"depth": nan}, {"depth": -view.depth}, cropped):
        with pytest.raises(DataError, match="view 'view'"):
            dataclasses.replace(view, **wrong)
    mirrored = view.world_from_camera @ np.diag([-1.0, 1.0, 1.0, 1.0])
    with pytest.raises(DataError, match="not a rigid motion"):
        dataclasses.replace(view, world_from_camera=mirrored)


def test_inconsistent_perceptions_are_refused(perception: Perception) -> None:
    with pytest.raises(DataError, match="no region tells of instances"):
        dataclasses.replace(perception, regions=perception.regions[1:])
    with pytest.raises(DataError, match="one instance number"):
        dataclasses.replace(perception, regions=(*perception.regions, perception.regions[0]))
    with pytest.raises(DataError, match="0 views"):
        dataclasses.replace(perception, views=())
    with pytest.raises(DataError, match="9 views"):
        dataclasses.replace(perception, views=perception.views * 9)
    with pytest.raises(DataError, match="scale is from"):
        dataclasses.replace(perception, metric=False)
    with pytest.raises(DataError, match="not a unit vector"):
        dataclasses.replace(perception, up_world=Vector(0.0, 0.0, 2.0))
    with pytest.raises(DataError, match="region 0"):
        Region(instance=0, names=("mug",), caption="a mug")


def test_unknown_depth_is_left_out(perception: Perception) -> None:
    view = perception.views[0]
    depth = view.depth.copy()
    depth[view.instances == 1] = 0
    blind = dataclasses.replace(perception, views=(dataclasses.replace(view, depth=depth),))
    assert lift(blind).dropped == {1: "too few points after cleaning"}


@pytest.fixture(scope="module")
def capture() -> Capture:
    """A desk with a mug on it and headphones beside, before a wall."""
    blocks = [
        Block(name="desk", x=2.5, y=0.0, size=(0.6, 1.2, 0.7)),
        Block(name="mug", x=2.4, y=-0.3, size=(0.2, 0.2, 0.2), base=0.7),
        Block(name="headphones", x=2.4, y=0.3, size=(0.2, 0.2, 0.1), base=0.7),
        Block(name="sofa", x=2.9, y=1.4, size=(0.5, 0.5, 0.7)),
        Block(name="floor", x=2.0, y=0.0, size=(8.0, 8.0, 0.01), base=-0.01),
    ]
    seen = perceive(blocks, pose(1.4, 15), camera=CAMERA, floor=False).views[0]
    view = View(
        name="000.png",
        image=np.zeros((48, 64, 3), dtype=np.float32),
        camera=CAMERA,
        world_from_camera=seen.world_from_camera,
        depth=seen.depth,
        instances=seen.instances,
    )
    told = (
        ("desk", "a brown desk", {"colour": "brown", "material": "wood"}),
        ("mug", "a red mug", {"colour": "red", "pattern": "plain"}),
        ("headphones", "a pair of black headphones", {"colour": "black"}),
        ("sofa", "a sofa", {"material": "fabric"}),
        ("floor", "a floor", {"structure": "yes"}),
    )
    objects = tuple(
        SceneObject(instance=k, category=category, caption=caption, attributes=tuple(attributes.items()))
        for k, (category, caption, attributes) in enumerate(told, start=1)
    )
    source = ViewSource(
        name="000.png", camera=CAMERA, world_from_camera=view.world_from_camera, read=lambda: view, caption="A desk."
    )
    return Capture(
        name="desks",
        sources=(source,),
        objects=objects,
        relations=(SceneRelation(2, "on top of", 1), SceneRelation(3, "on top of", 1)),
        floor=((-2.0, -2.0, 0.0), (2.0, -2.0, 0.0), (2.0, 2.0, 0.0)),
    )


def test_what_a_capture_tells(capture: Capture) -> None:
    told = perceive_capture(capture, [0])
    assert told.exact and told.metric and told.up_world == (0, 0, 1) and told.floor_height == 0
    desk, mug, headphones, sofa, floor = told.regions
    assert desk.words == (("colour", "brown"), ("material", "wooden")) and desk.support == 0
    assert mug.words == (("colour", "red"),) and (mug.support, mug.preposition) == (1, "on")
    # What has no colour of its own is not told by its material either; plural names make no sentences.
    assert sofa.words == () and "couch" in sofa.names
    assert not headphones.askable and not floor.askable and floor.ground
    overview, arrangement = told.views[0].captions
    assert overview == "A desk."
    assert arrangement == (
        "From left to right: a sofa and a brown desk. On a brown desk: a red mug and a pair of black headphones."
    )


def test_captures_without_truth_are_refused(capture: Capture) -> None:
    with pytest.raises(UsageError, match="view 3 of capture 'desks'"):
        perceive_capture(capture, [3])
    with pytest.raises(DataError, match="no annotated objects"):
        perceive_capture(dataclasses.replace(capture, objects=()), [0])
    blind = dataclasses.replace(capture[0], depth=None)
    source = dataclasses.replace(capture.sources[0], read=lambda: blind)
    with pytest.raises(DataError, match="no depth"):
        perceive_capture(dataclasses.replace(capture, sources=(source,)), [0])
    unscaled = perceive_capture(dataclasses.replace(capture, metric=False, floor=()), [0])
    assert not unscaled.metric and unscaled.scale_source == "none" and unscaled.up_world is None
