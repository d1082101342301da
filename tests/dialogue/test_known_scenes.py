"""Scenes whose every answer is known: cubes, predicates and distances, however the camera is held."""

import dataclasses
import itertools

import numpy as np
import pytest

from dialogue.boxes import CAMERA, FLOOR, WALL, Block, gap, perceive, pose
from vantage.dialogue import LiftedScene, converse, lift
from vantage.dialogue.conversation import Layout
from vantage.dialogue.distances import SETTLED, least_distance, separation
from vantage.dialogue.drawing import AskSettings, Context
from vantage.dialogue.object_questions import is_taller
from vantage.dialogue.predicates import behind, closer, higher, left_of, taller
from vantage.dialogue.table import known

BLOCKS = [
    Block(name="crate", x=2.5, y=0.7, size=(0.4, 0.5, 0.4)),
    Block(name="chest", x=2.6, y=-0.6, size=(0.5, 0.4, 0.6)),
    Block(name="trunk", x=3.6, y=0.1, size=(0.4, 0.6, 0.8)),
    Block(name="lamp", x=3.3, y=-1.3, size=(0.2, 0.2, 0.3), base=0.9),
]
"""All lower than the lowest camera, so that every top is seen, and none hides another."""
POSES = list(itertools.product((1.3, 1.6, 2.0), (8, 20, 35), (0, 10, -25), (True, False)))


def check_cubes(scene: LiftedScene, blocks: list[Block]) -> None:
    for number, cube in scene.cubes.items():
        block = blocks[number - 1]
        if not scene.objects[number].whole:
            continue
        for found, expected in ((cube.low, block.low), (cube.high, block.high)):
            allowed = np.maximum(0.02, 0.02 * np.abs(expected))
            assert (np.abs(np.array(found) - expected) <= allowed).all(), (block.name, found, expected)


def check_predicates(scene: LiftedScene, blocks: list[Block], camera_from_world: np.ndarray) -> int:
    """Compare every predicate of every pair that has an answer with the blocks' own coordinates; return how many."""
    settled = 0
    centres = np.array([(block.low + block.high) / 2 for block in blocks])
    eye = -camera_from_world[:3, :3].T @ camera_from_world[:3, 3]
    for i, j in itertools.permutations(scene.objects, 2):
        a, b = blocks[i - 1], blocks[j - 1]
        one, two = scene.objects[i].appearances[0], scene.objects[j].appearances[0]
        across = (centres[[i - 1, j - 1]] @ camera_from_world[:3, :3].T + camera_from_world[:3, 3])[:, 0]
        nearest = [np.linalg.norm(np.clip(eye, block.low, block.high) - eye) for block in (a, b)]
        pairs = [(left_of(one, two), across[0] < across[1]), (closer(one, two), nearest[0] < nearest[1])]
        if scene.frame is not None:
            cubes = scene.cubes[i], scene.cubes[j]
            fine = max(scene.objects[i].footprint, scene.objects[j].footprint)
            if scene.objects[i].whole and scene.objects[j].whole:
                pairs.append((higher(*cubes, fine), centres[i - 1, 2] > centres[j - 1, 2]))
                pairs.append((taller(*cubes, fine), a.size[2] > b.size[2]))
            if scene.frame.heading:
                pairs.append((behind(one, two, *cubes), a.low[0] > b.low[0]))
        for k, (found, expected) in enumerate(pairs):
            if found is not None:
                assert found == expected, (k, a.name, b.name)
                settled += 1
    return settled


@pytest.mark.parametrize(("height", "pitch", "roll", "gravity"), POSES)
def test_any_way_the_camera_is_held(height: float, pitch: float, roll: float, gravity: bool) -> None:
    # Half the pixels are enough where 54 cameras are tried.
    camera = CAMERA.resized(448, 336)
    motion = pose(height, pitch, roll)
    scene = lift(perceive(BLOCKS, motion, camera=camera, gravity=gravity))
    assert scene.frame is not None and scene.frame.heading and scene.frame.floor
    assert scene.frame.source == ("poses" if gravity else "ground")
    assert len(scene.objects) >= 3
    check_cubes(scene, BLOCKS)
    assert check_predicates(scene, BLOCKS, np.linalg.inv(motion)) >= 12


def test_clear_cases_are_all_settled() -> None:
    scene = lift(perceive(BLOCKS, pose()))
    shown = {i: thing.appearances[0] for i, thing in scene.objects.items()}
    crate, chest, trunk, lamp = (shown[i] for i in (1, 2, 3, 4))
    assert left_of(crate, chest) is True and left_of(chest, crate) is False
    assert left_of(crate, trunk) is True and left_of(trunk, lamp) is True
    assert closer(chest, trunk) is True and closer(trunk, crate) is False
    assert behind(trunk, chest, scene.cubes[3], scene.cubes[2]) is True
    assert behind(chest, trunk, scene.cubes[2], scene.cubes[3]) is False
    assert (
        higher(scene.cubes[4], scene.cubes[2], 0.01) is True and higher(scene.cubes[1], scene.cubes[4], 0.01) is False
    )
    assert (
        taller(scene.cubes[3], scene.cubes[1], 0.01) is True and taller(scene.cubes[4], scene.cubes[3], 0.01) is False
    )
    # The crate's front and the chest's are 10 cm apart at over 2 m: nobody can be sure.
    assert closer(crate, chest) is None and behind(crate, chest, scene.cubes[1], scene.cubes[2]) is None


@pytest.mark.parametrize("pitch", [10, 25])
@pytest.mark.parametrize("apart", [0.1, 0.3, 0.8])
def test_distances_within_a_centimetre(pitch: float, apart: float) -> None:
    left = Block(name="crate", x=1.7, y=0.2 + apart / 2, size=(0.5, 0.4, 0.4))
    right = Block(name="chest", x=1.8, y=-0.2 - apart / 2, size=(0.4, 0.4, 0.4))
    beyond = Block(name="trunk", x=1.95 + apart + 0.2, y=0.2 + apart / 2, size=(0.4, 0.4, 0.4))
    blocks = [left, right, beyond]
    scene = lift(perceive(blocks, pose(1.4, pitch)))
    for i, j in ((1, 2), (1, 3)):
        found = separation(scene, i, j)
        assert found is not None
        assert found.distance == pytest.approx(gap(blocks[i - 1], blocks[j - 1]), abs=0.01)
        ends = np.array([found.point_a, found.point_b])
        assert np.linalg.norm(ends[0] - ends[1]) == pytest.approx(found.distance)


def test_points_tell_the_depth_and_height_of_the_blocks() -> None:
    scene = lift(perceive(BLOCKS, pose()))
    view = scene.perception.views[0]
    rows, columns = (a.astype(np.int32) for a in np.nonzero(view.instances == 3))
    points = view.to_world(view.points_camera(rows, columns))
    block = BLOCKS[2]
    # Every point lies on the block's surface.
    inside = np.minimum(points - block.low, block.high - points).min(axis=1)
    np.testing.assert_allclose(inside, 0, atol=1e-5)


def kinds_asked(scene: LiftedScene, seeds: int = 20, **settings: str) -> set[str]:
    layout = Layout(pixel=6, object=8, scene=3, caption=0)
    chosen = AskSettings(**settings)
    return {
        turn.kind for seed in range(seeds) for turn in converse(scene, seed=seed, layout=layout, settings=chosen).turns
    }


UPRIGHT = {"point_height", "cube", "cube_centre", "cube_pair", "behind", "in_front", "higher", "lower", "taller"}
LENGTHS = {"camera_distance", "depth", "depth_gap", "point_height", "cube", "cube_centre", "cube_pair", "distance"}
PAIRS = {"left", "right", "closer_thing", "which_closer_thing", "behind", "in_front", "higher", "lower", "taller"}


def test_a_full_scene_is_asked_everything() -> None:
    asked = kinds_asked(lift(perceive(BLOCKS, pose())))
    assert asked >= UPRIGHT | LENGTHS | PAIRS | {"closer", "which_closer", "nearest_to"}
    assert "visible" not in asked and "baseline" not in asked


def test_a_wall_is_never_taken_for_the_floor() -> None:
    # Low and level, the camera sees mostly wall; nothing says which pixels are ground.
    perception = perceive(BLOCKS[:2], pose(1.1, 0), wall=3.2, gravity=False, ground=False)
    view = perception.views[0]
    assert (view.instances == WALL).sum() > 1.5 * (view.instances == FLOOR).sum()
    scene = lift(perception)
    assert scene.frame is None and scene.frames == (None,) and not scene.cubes and known(scene) == {"metric", "exact"}
    asked = kinds_asked(scene)
    assert not asked & UPRIGHT and asked >= {"left", "closer", "distance", "depth"}
    # With the ground known, the same picture has its frame.
    scene = lift(perceive(BLOCKS[:2], pose(1.1, 0), wall=3.2, gravity=False))
    assert scene.frame is not None
    check_cubes(scene, BLOCKS)


def test_a_wall_labelled_as_ground_gives_no_frame() -> None:
    perception = perceive(BLOCKS, pose(0.9, 5), wall=4.5, gravity=False, floor=False)
    wrong = [dataclasses.replace(region, ground=region.instance == WALL) for region in perception.regions]
    assert lift(dataclasses.replace(perception, regions=tuple(wrong))).frame is None


@pytest.mark.parametrize("gravity", [True, False])
def test_without_a_floor(gravity: bool) -> None:
    perception = perceive(BLOCKS, pose(), floor=False, gravity=gravity)
    perception = dataclasses.replace(perception, floor_height=None)
    scene = lift(perception)
    if not gravity:
        assert scene.frame is None
        return
    # Up is known and the floor is not: heights count from the camera, and none above the floor is asked.
    assert scene.frame is not None and not scene.frame.floor
    shifted = [dataclasses.replace(block, base=block.base - 1.5) for block in BLOCKS]
    check_cubes(scene, shifted)
    asked = kinds_asked(scene)
    assert "point_height" not in asked and asked >= {"higher", "cube"}


def test_the_floor_tells_its_height_where_only_up_is_known() -> None:
    perception = dataclasses.replace(perceive(BLOCKS, pose(1.7)), floor_height=None)
    scene = lift(perception)
    assert scene.frame is not None and scene.frame.floor
    check_cubes(scene, BLOCKS)


def test_a_camera_that_looks_straight_down_has_no_ahead() -> None:
    blocks = [Block(name="crate", x=0.3, y=0.4), Block(name="chest", x=-0.2, y=-0.4, base=0.8)]
    motion = pose(3.0, 90)
    scene = lift(perceive(blocks, motion))
    assert scene.frame is not None and not scene.frame.heading
    asked = kinds_asked(scene)
    assert not asked & {"cube", "cube_centre", "cube_pair", "behind", "in_front"}
    assert asked >= {"left", "closer_thing", "higher", "point_height"}
    # From above nobody sees how far down the chest goes towards the crate.
    assert "distance" not in asked
    # Crate and chest do not differ by definition of "left": the image's columns do.
    assert left_of(scene.objects[1].appearances[0], scene.objects[2].appearances[0]) is True
    # From the ground alone it cannot be told from a camera before a wall, and gets no frame.
    assert lift(perceive(blocks, motion, gravity=False)).frame is None


def test_one_thing_is_asked_nothing_about_pairs() -> None:
    scene = lift(perceive(BLOCKS[:1], pose()))
    asked = kinds_asked(scene)
    assert not asked & PAIRS and not asked & {"distance", "cube_pair", "nearest_to"}
    assert asked >= {"cube", "depth", "closer"}
    assert converse(scene).shortfall == {"object": 3, "caption": 2}


def test_an_empty_floor_is_asked_points_only() -> None:
    conversation = converse(lift(perceive([], pose())))
    assert {turn.level for turn in conversation.turns} == {"pixel"} and not conversation.complete


def test_touching_things_have_no_distance() -> None:
    blocks = [Block(name="crate", x=2.0, y=0.2), Block(name="chest", x=2.0, y=-0.2)]
    scene = lift(perceive(blocks, pose()))
    assert separation(scene, 1, 2) is None
    assert "distance" not in kinds_asked(scene)
    assert left_of(scene.objects[1].appearances[0], scene.objects[2].appearances[0]) is True


def test_nothing_with_a_length_is_asked_where_units_are_not_metres() -> None:
    scene = lift(perceive(BLOCKS, pose(), metric=False))
    asked = kinds_asked(scene)
    assert not asked & LENGTHS and asked >= {"closer", "left", "behind", "higher"}


def test_what_is_hidden_or_cut_off_is_not_measured() -> None:
    blocks = [Block(name="crate", x=2.0, y=0.0), Block(name="trunk", x=3.0, y=0.1, size=(0.4, 0.6, 0.9))]
    scene = lift(perceive(blocks, pose()))
    crate, trunk = (scene.objects[i] for i in (1, 2))
    assert crate.whole and not trunk.whole and trunk.appearances[0].hidden
    assert not kinds_asked(scene) & {"distance", "higher", "taller"}
    near = lift(perceive([Block(name="crate", x=0.9, y=0.0)], pose()))
    assert any(near.objects[1].appearances[0].cut) and not near.objects[1].appearances[0].hidden


def test_a_pole_that_pixels_miss_is_not_measured() -> None:
    # A shade on a pole that is 8 mm thick: pixels are 6 mm wide there.
    lamp = [
        Block(name="lamp", x=3.0, y=0.2, size=(0.3, 0.3, 0.3), base=1.0),
        Block(name="lamp", x=3.0, y=0.2, size=(0.008, 0.008, 1.0)),
    ]
    for names, whole in ((lamp, False), (lamp[:1], True)):
        perception = perceive(names, pose(1.6, 15))
        view = perception.views[0]
        joined = np.where(view.instances == 2, 1, view.instances).astype(np.int32)
        # The lower half of the pole falls between the pixels.
        joined[300:][joined[300:] == 1] = FLOOR
        perception = dataclasses.replace(perception, views=(dataclasses.replace(view, instances=joined),))
        assert lift(perception).objects[1].whole == whole


def test_mirrored_pairs_have_mirrored_answers() -> None:
    turned = [dataclasses.replace(block, y=-block.y) for block in BLOCKS]
    one, two = lift(perceive(BLOCKS, pose(roll=10))), lift(perceive(turned, pose(roll=-10)))
    for i, j in itertools.permutations(one.objects, 2):
        first = left_of(one.objects[i].appearances[0], one.objects[j].appearances[0])
        second = left_of(two.objects[i].appearances[0], two.objects[j].appearances[0])
        assert second == (None if first is None else not first)
        assert closer(one.objects[i].appearances[0], one.objects[j].appearances[0]) == closer(
            two.objects[i].appearances[0], two.objects[j].appearances[0]
        )


def test_a_table_against_the_wall_hides_the_foot_of_what_hangs_there() -> None:
    """The table's far edge is no nearer than the panel behind it, and still the panel goes on below."""
    panel = Block(name="panel", x=3.05, y=0.0, size=(0.1, 0.3, 1.2), base=0.2)
    table = Block(name="table", x=2.5, y=0.0, size=(1.0, 1.6, 0.8))
    lamp = Block(name="lamp", x=2.6, y=-1.3, size=(0.2, 0.2, 0.9))
    perception = perceive([panel, table, lamp], pose(height=1.7, pitch=25))
    unknown = tuple(dataclasses.replace(r, support=None) for r in perception.regions)
    # Pixels alone cannot tell it; that the table does not carry the panel can.
    for regions, whole in ((unknown, True), (perception.regions, False)):
        scene = lift(dataclasses.replace(perception, regions=regions))
        seen = {scene.objects[i].region.names[0]: i for i in scene.objects}
        assert scene.objects[seen["panel"]].whole is whole and scene.objects[seen["lamp"]].whole
    context = Context(scene=scene, focus=(), settings=AskSettings(), rng=np.random.default_rng(0))
    assert is_taller(context, 0, seen["panel"], seen["lamp"]) is None


def test_what_is_behind_a_deep_thing_is_not_measured_from_its_front() -> None:
    """From the front a fridge's back might be anywhere; a second view from the side and behind tells it."""
    fridge = Block(name="fridge", x=2.5, y=0.0, size=(0.8, 0.6, 1.6))
    panel = Block(name="panel", x=2.85, y=-0.9, size=(0.1, 0.4, 0.4), base=1.0)
    front, side = pose(height=1.8, pitch=15), pose(height=1.8, pitch=20, y=-2.6, x=4.6, yaw=125)
    for poses, asked in (([front], False), ([front, side], True)):
        scene = lift(perceive([fridge, panel], poses))
        found = separation(scene, 1, 2)
        assert found is not None and found.distance >= gap(fridge, panel) - 0.01
        settled = least_distance(scene, 1, 2) >= SETTLED * found.distance
        assert settled is asked
        assert not settled or found.distance == pytest.approx(gap(fridge, panel), rel=0.05)
        kinds = {turn.kind for k in range(5) for turn in converse(scene, seed=k).turns}
        assert ("distance" in kinds) is asked
