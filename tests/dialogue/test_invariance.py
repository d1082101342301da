"""Mirror the image and left becomes right; move the camera and lengths stay."""

import dataclasses
import functools
import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogue.boxes import Block, perceive, pose
from vantage.dialogue import LiftedScene, PerceivedView, Perception, lift, perceive_capture
from vantage.dialogue.distances import separation
from vantage.dialogue.drawing import AskSettings, Context
from vantage.dialogue.object_questions import is_behind, is_closer, is_higher, is_left, is_taller
from vantage.geometry import Camera
from vantage.rooms import make_room, room_camera
from vantage.rooms.output.views import Shots, capture_of, room_view
from vantage.rooms.splits import TEST_SEEDS

MIRROR = np.diag([-1.0, 1.0, 1.0, 1.0])
JUDGES = (is_left, is_closer, is_behind, is_higher, is_taller)
ROOMS = 3


@functools.cache
def room_perceptions() -> tuple[Perception, ...]:
    shots = Shots(views=2, width=128, height=96, path="orbit")
    captures = [capture_of(make_room(TEST_SEEDS[k]), shots) for k in range(ROOMS)]
    return tuple(perceive_capture(capture, views) for capture in captures for views in ([0], [1], [0, 1]))


def mirrored(perception: Perception) -> Perception:
    """Return the perception of the mirrored images: world and cameras are reflected, so that poses stay motions."""

    def flip(view: PerceivedView) -> PerceivedView:
        camera = dataclasses.replace(view.camera, cx=view.camera.width - view.camera.cx)
        return dataclasses.replace(
            view,
            camera=camera,
            depth=np.ascontiguousarray(view.depth[:, ::-1]),
            instances=np.ascontiguousarray(view.instances[:, ::-1]),
            world_from_camera=MIRROR @ view.world_from_camera @ MIRROR,
        )

    up = perception.up_world
    turned = None if up is None else up._replace(x=-up.x)
    return dataclasses.replace(perception, views=tuple(flip(view) for view in perception.views), up_world=turned)


def context_of(scene: LiftedScene) -> Context:
    return Context(scene=scene, focus=(), settings=AskSettings(), rng=np.random.default_rng(0))


def check_mirrored(perception: Perception) -> int:
    one, two = lift(perception), lift(mirrored(perception))
    assert one.objects.keys() == two.objects.keys() and one.dropped == two.dropped
    settled = 0
    for i, cube in one.cubes.items():
        other = two.cubes[i]
        np.testing.assert_allclose(other.centre, cube.centre * [1, -1, 1], atol=1e-6)
        np.testing.assert_allclose(other.size, cube.size, atol=1e-6)
    for view in range(len(perception.views)):
        shown = [i for i in one.objects if view in one.objects[i].appearances]
        for a, b in itertools.permutations(shown[:8], 2):
            for judge in JUDGES:
                first, second = judge(context_of(one), view, a, b), judge(context_of(two), view, a, b)
                opposite = None if first is None else not first
                assert second == (opposite if judge is is_left else first)
                # Whoever is asked first, the answer is the same.
                assert judge(context_of(one), view, b, a) == opposite
                settled += first is not None
    for a, b in itertools.combinations(list(one.objects)[:8], 2):
        first, second = separation(one, a, b), separation(two, a, b)
        assert (first is None) == (second is None)
        assert first is None or second is None or first.distance == pytest.approx(second.distance)
    return settled


@pytest.mark.slow
@settings(max_examples=3 * ROOMS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 3 * ROOMS - 1))
def test_mirrored_rooms(which: int) -> None:
    # One view of a crowded room may settle nothing between two things; the cubes are compared all the same.
    check_mirrored(room_perceptions()[which])


@st.composite
def scenes(draw: st.DrawFn) -> list[Block]:
    """Draw two to four blocks that stand apart and are all lower than the camera."""
    places = draw(st.permutations([(2.3, 0.8), (2.4, -0.7), (3.3, 0.1), (3.6, -1.2), (3.5, 1.4)]))
    blocks = []
    for k in range(draw(st.integers(2, 4))):
        size = tuple(draw(st.floats(0.2, 0.5)) for _ in range(2))
        x, y = places[k]
        blocks.append(
            Block(
                name=f"block {k}",
                x=x + draw(st.floats(-0.1, 0.1)),
                y=y + draw(st.floats(-0.1, 0.1)),
                size=(size[0], size[1], draw(st.floats(0.15, 0.6))),
            )
        )
    return blocks


SMALL = Camera.from_fov(fov_x=np.radians(80), width=320, height=240)


@settings(max_examples=15, deadline=None)
@given(scenes(), st.floats(0, 40), st.floats(-25, 25), st.floats(1.2, 2.0), st.booleans())
def test_mirrored_blocks(blocks: list[Block], pitch: float, roll: float, height: float, gravity: bool) -> None:
    perception = perceive(blocks, pose(height, pitch, roll), camera=SMALL)
    check_mirrored(perception if gravity else dataclasses.replace(perception, up_world=None, floor_height=None))


moves = st.tuples(
    st.floats(10, 35), st.floats(-15, 15), st.floats(1.4, 2.0), st.floats(-0.4, 0.3), st.floats(-0.4, 0.4)
)


@settings(max_examples=15, deadline=None)
@given(scenes(), moves, moves)
def test_moved_cameras_see_the_same_lengths(blocks: list[Block], first: tuple, second: tuple) -> None:
    seen = []
    for pitch, roll, height, x, y in (first, second):
        camera = pose(height, pitch, roll, x=x, y=y)
        seen.append(lift(perceive(blocks, camera, camera=SMALL)))
    one, two = seen
    both = [i for i in one.objects if i in two.objects and one.objects[i].whole and two.objects[i].whole]
    for i in both:
        fine = one.objects[i].footprint + two.objects[i].footprint
        # Tops are seen at a grazing angle, where a pixel is several footprints deep.
        np.testing.assert_allclose(one.cubes[i].size[2], two.cubes[i].size[2], atol=0.01 + 2 * fine)
        np.testing.assert_allclose(one.cubes[i].size[:2], two.cubes[i].size[:2], atol=0.02 + 4 * fine)
        assert one.cubes[i].low[2] == pytest.approx(0, abs=0.01 + fine)
    for a, b in itertools.combinations(both, 2):
        distances = [separation(scene, a, b) for scene in seen]
        found = [each.distance for each in distances if each is not None]
        fine = max(scene.objects[i].footprint for scene in seen for i in (a, b))
        assert len(found) < 2 or found[0] == pytest.approx(found[1], abs=0.02 + 4 * fine)


@pytest.mark.slow
def test_a_room_seen_from_a_turned_camera_has_the_same_lengths() -> None:
    room = make_room(TEST_SEEDS[0])
    camera = room_camera(160, 120)
    capture = capture_of(room, Shots(views=2, width=160, height=120, path="orbit"))
    motion = capture.sources[0].world_from_camera
    turn = np.eye(4)
    angles = np.radians([6.0, 8.0])
    turn[:3, :3] = [
        [np.cos(angles[0]), -np.sin(angles[0]), 0],
        [np.sin(angles[0]), np.cos(angles[0]), 0],
        [0, 0, 1],
    ]
    scenes_seen = []
    for pose_k in (motion, motion @ turn):
        view = room_view(room, camera, pose_k, "view", shadow_rays=0)
        source = dataclasses.replace(
            capture.sources[0], camera=camera, world_from_camera=pose_k, read=lambda view=view: view
        )
        scenes_seen.append(lift(perceive_capture(dataclasses.replace(capture, sources=(source,)), [0])))
    one, two = scenes_seen
    both = [i for i in one.objects if i in two.objects and one.objects[i].whole and two.objects[i].whole]
    assert len(both) >= 3
    for i in both:
        fine = one.objects[i].footprint
        assert one.cubes[i].high[2] == pytest.approx(two.cubes[i].high[2], abs=3 * fine)
    for a, b in itertools.combinations(both, 2):
        found = [separation(scene, a, b) for scene in (one, two)]
        if found[0] is not None and found[1] is not None:
            fine = max(one.objects[i].footprint for i in (a, b))
            assert found[0].distance == pytest.approx(found[1].distance, abs=3 * fine)
