"""Cutting an image into segments, linking them across views, and what a prediction answers to the truth's questions."""

import dataclasses

import numpy as np
import pytest

from dialogue.boxes import Block, perceive, pose
from vantage.dialogue import converse, lift
from vantage.dialogue.conversation import Layout
from vantage.dialogue.predicted_compare import answers_of, matched
from vantage.dialogue.predicted_linking import CutView, linked
from vantage.dialogue.predicted_segments import SMALLEST, cut, segments_of, without_strips
from vantage.geometry import Camera

CAMERA = Camera.from_fov(fov_x=np.radians(70), width=320, height=240)
BLOCKS = [
    Block(name="crate", x=2.5, y=0.9, size=(0.4, 0.5, 0.4)),
    Block(name="chest", x=2.6, y=-0.6, size=(0.5, 0.4, 0.6)),
    Block(name="trunk", x=3.6, y=0.1, size=(0.4, 0.6, 0.8)),
]


def true_map() -> np.ndarray:
    numbers = np.zeros((48, 64), dtype=int)
    numbers[10:25, 15:35], numbers[20:40, 30:50], numbers[35:39, 5:9] = 1, 2, 3
    return numbers


def chances(numbers: np.ndarray, gaps: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities of being joined as a network gives them: unsure in a share of the borders' length."""
    apart = np.zeros((2, *numbers.shape), dtype=bool)
    apart[0, :, :-1] = numbers[:, 1:] != numbers[:, :-1]
    apart[1, :-1] = numbers[1:] != numbers[:-1]
    inside, border = rng.uniform(0.8, 0.99, apart.shape), rng.uniform(0.05, 0.45, apart.shape)
    gap = rng.uniform(0.5, 0.75, apart.shape)
    found = np.where(apart, np.where(rng.random(apart.shape) < gaps, gap, border), inside)
    return found[0], found[1]


def same_cut(found: np.ndarray, true: np.ndarray) -> bool:
    pairs = set(zip(found.ravel().tolist(), true.ravel().tolist(), strict=True))
    return len(pairs) == len(set(found.ravel().tolist())) == len(set(true.ravel().tolist()))


def test_clear_borders_are_cut_along() -> None:
    true = true_map()
    right = np.where(np.roll(true, -1, axis=1) == true, 1.0, 0.0)
    below = np.where(np.roll(true, -1, axis=0) == true, 1.0, 0.0)
    assert same_cut(cut(right, below), true)
    soft = chances(true, 0.0, np.random.default_rng(0))
    assert same_cut(cut(*soft), true)


@pytest.mark.parametrize("seed", range(3))
def test_single_broken_borders_do_not_leak(seed: int) -> None:
    true = true_map()
    found = cut(*chances(true, 0.2, np.random.default_rng(seed)))
    for number in range(4):
        mask = true == number
        piece = np.bincount(found[mask]).argmax()
        overlap = (mask & (found == piece)).sum() / (mask | (found == piece)).sum()
        assert overlap > 0.95, number


def test_structure_is_one_segment_and_specks_are_none() -> None:
    true = true_map()
    true[0, 0] = 7
    right = np.where(np.roll(true, -1, axis=1) == true, 1.0, 0.0)
    below = np.where(np.roll(true, -1, axis=0) == true, 1.0, 0.0)
    kinds = np.zeros((3, *true.shape))
    # Segments 1 and 3 are structure of one kind though they do not touch, the background of another.
    kinds[1], kinds[2] = np.isin(true, (1, 3)), true == 0
    kinds[0] = 1 - kinds[1] - kinds[2]
    found = segments_of(right, below, kinds)
    assert sorted(found.kinds) == [0, 1, 2] and SMALLEST > 1
    assert set(np.unique(found.numbers[true == 1])) == set(np.unique(found.numbers[true == 3]))
    assert found.numbers[0, 0] == 0
    assert found.kinds[found.numbers[30, 40] - 1] == 0


def test_strips_along_unsure_borders_join_the_piece_beside_them() -> None:
    pieces = np.zeros((12, 20), dtype=int)
    pieces[:, 10:] = 1
    # Between the two lie strips of single pixels; one lone pixel of another kind is far from any piece of its kind.
    pieces[:, 9], pieces[:, 10], pieces[0, 0] = 2 + np.arange(12), 20 + np.arange(12), 99
    kinds = np.zeros_like(pieces)
    kinds[:, 10:], kinds[0, 0] = 1, 1
    found = without_strips(pieces, kinds)
    assert len(np.unique(found)) == 3
    assert len(np.unique(found[1:, :10])) == 1 and len(np.unique(found[:, 10:])) == 1
    assert found[0, 0] not in (found[5, 5], found[5, 15])


def cut_views(words: dict[int, str], motions: list[np.ndarray]) -> list[CutView]:
    truth = perceive(BLOCKS, motions, camera=CAMERA)
    views = []
    for view in truth.views:
        shown = [i for i in words if (view.instances == i).any()]
        numbers = np.zeros_like(view.instances)
        for k, i in enumerate(shown, start=1):
            numbers[view.instances == i] = k
        views.append(
            CutView(
                camera=view.camera,
                world_from_camera=view.world_from_camera,
                depth=view.depth,
                numbers=numbers,
                words=tuple(words[i] for i in shown),
                everywhere=tuple(i > 90 for i in shown),
            )
        )
    return views


def test_a_thing_has_one_number_in_all_views() -> None:
    motions = [pose(1.6, 20), pose(1.6, 20, yaw=8, y=-0.5), pose(1.6, 25, yaw=-8, y=0.5)]
    alike = cut_views({1: "box", 2: "box", 3: "box", 98: "floor"}, motions)
    numbers = linked(alike)
    for view in range(1, 3):
        assert [numbers[view, k] for k in range(1, 5)] == [numbers[0, k] for k in range(1, 5)]
    assert len(set(numbers.values())) == 4
    # Another name is another thing, wherever it is.
    views = [alike[0], dataclasses.replace(alike[1], words=("crate", "box", "box", "floor"))]
    other = linked(views)
    assert other[1, 1] not in {other[0, k] for k in range(1, 5)} and other[1, 4] == other[0, 4]


def test_the_truth_answers_its_own_questions() -> None:
    perception = perceive(BLOCKS, pose(1.6, 20), camera=CAMERA)
    scene = lift(perception)
    same = {i: i for i in scene.objects}
    assert matched(perception, perception) == {i: i for i in (1, 2, 3, 98)}
    asked = set()
    for seed in range(12):
        for turn in converse(scene, seed=seed, layout=Layout(pixel=6, object=8, scene=3, caption=0)).turns:
            for name, answer in answers_of(turn, scene, same).items():
                asked.add(name)
                assert not answer.missing, (turn.kind, answer)
                if turn.outcome != "told":
                    assert answer.holds == (turn.outcome == "yes"), turn.kind
                for key in ("gap", "height", "closest", "range"):
                    if key in turn.evidence.value:
                        assert answer.length == pytest.approx(turn.evidence.value[key], rel=1e-6)
                if turn.kind == "depth":
                    assert answer.length == pytest.approx(turn.evidence.value["depth_a"])
                if answer.place is not None:
                    assert answer.place == pytest.approx(turn.evidence.things[0].centre)
    assert asked >= {"depth", "closer", "left", "behind", "taller", "cube centre", "distance", "camera_distance"}


def test_a_prediction_of_half_the_depth_is_found_out() -> None:
    perception = perceive(BLOCKS, pose(1.6, 20), camera=CAMERA)
    scene = lift(perception)
    view = perception.views[0]
    # Two of three things are seen, at half their depth.
    numbers = np.where(view.instances == 3, 0, view.instances)
    half = dataclasses.replace(view, depth=view.depth / 2, instances=numbers.astype(np.int32))
    regions = tuple(region for region in perception.regions if region.instance != 3)
    predicted = dataclasses.replace(perception, views=(half,), regions=regions)
    match, other = matched(perception, predicted), lift(predicted)
    assert match == {1: 1, 2: 2, 98: 98}
    seen = {True: 0, False: 0}
    for seed in range(12):
        for turn in converse(scene, seed=seed, layout=Layout(pixel=6, object=8, scene=3, caption=0)).turns:
            for name, answer in answers_of(turn, other, match).items():
                lacks = any(thing.instance == 3 for thing in turn.evidence.things)
                assert (answer.missing == "not seen") == lacks, (name, answer)
                if name in ("depth", "depth_gap", "camera_distance") and not lacks:
                    true = answers_of(turn, scene, {i: i for i in scene.objects})[name].length
                    assert true is not None and answer.length == pytest.approx(true / 2, rel=1e-5)
                if name == "left" and not lacks:
                    assert answer.holds == (turn.outcome == "yes")
                seen[lacks] += 1
    assert seen[True] > 20 and seen[False] > 50
