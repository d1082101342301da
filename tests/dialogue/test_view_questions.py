"""Questions about several views: swapped views swap the answers, mirrored ones the sides; nothing gives itself away."""

import dataclasses
import functools
import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogue.boxes import Block, perceive, pose
from dialogue.test_invariance import mirrored
from vantage.dialogue import Layout, LiftedScene, Perception, Turn, arranged, converse, lift, perceive_capture
from vantage.dialogue.conversation import MULTI_VIEW
from vantage.dialogue.drawing import ORDINALS, SORTS, AskSettings
from vantage.dialogue.expanding import GeometricJudge, expansion_of
from vantage.dialogue.lifting import LEAST_PIXELS
from vantage.dialogue.table import VQA_QUESTIONS
from vantage.dialogue.view_geometry import (
    lies_left,
    moved_left,
    nearer_of,
    nearer_view,
    sector_of,
    turned_left,
)
from vantage.dialogue.view_sightings import LEAST_SHARE, shows
from vantage.dialogue.vqa_common import countable
from vantage.geometry import Camera
from vantage.rooms import make_room
from vantage.rooms.output.views import Shots, capture_of
from vantage.rooms.splits import TEST_SEEDS

CAMERA = Camera.from_fov(fov_x=np.radians(70), width=160, height=120)
SHOTS = Shots(views=3, width=96, height=72, path="orbit", shadow_rays=0)
MANY = Layout(pixel=0, object=0, scene=0, caption=0, vqa=9)
OTHER_SIDE = {None: None, True: False, False: True}
MIRRORED_SECTORS = {None: None, "ahead": "ahead", "behind": "behind", "left": "right", "right": "left"}


@functools.cache
def room_scene(which: int) -> LiftedScene:
    return lift(perceive_capture(capture_of(make_room(TEST_SEEDS[60 + which]), SHOTS), (0, 1, 2)))


def reordered(perception: Perception, order: tuple[int, ...]) -> Perception:
    return dataclasses.replace(perception, views=tuple(perception.views[k] for k in order))


def facts(scene: LiftedScene, order: tuple[int, ...]) -> dict[object, object]:
    """Return everything that questions rest on, told by the number that views have in `order`."""
    at = {view: k for k, view in enumerate(order)}
    told: dict[object, object] = {}
    for a, b in itertools.permutations(order, 2):
        told["moved", a, b] = moved_left(scene, at[a], at[b])
        told["turned", a, b] = turned_left(scene, at[a], at[b])
        for i in scene.objects:
            near = nearer_view(scene, i, at[a], at[b])
            told["near", i, a, b] = None if near is None else order[near]
            told["across", i, a, b] = [nearer_of(scene, (at[a], i), (at[b], j)) for j in list(scene.objects)[:3]]
    for view in order:
        for region in scene.perception.regions:
            told["shows", view, region.instance] = shows(scene, at[view], region.instance)
        for i in scene.objects:
            told["left", view, i] = lies_left(scene, at[view], i)
            told["sector", view, i] = sector_of(scene, at[view], i)
    told["count"] = countable(scene)
    told["unshown"] = set(scene.unshown)
    return told


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1), st.permutations([0, 1, 2]))
def test_the_order_of_the_views_changes_no_fact(which: int, order: list[int]) -> None:
    scene, plain = room_scene(which), (0, 1, 2)
    one, two = facts(scene, plain), facts(lift(reordered(scene.perception, tuple(order))), tuple(order))
    assert one == two
    for a, b in itertools.combinations(plain, 2):
        # What is left on the way there is right on the way back, wherever both ways are told.
        assert one["turned", a, b] == OTHER_SIDE[one["turned", b, a]]
        assert all(one["near", i, a, b] == one["near", i, b, a] for i in scene.objects)


def test_mirrored_views_swap_left_and_right_alone() -> None:
    settled, order = Counter(), (0, 1, 2)
    for scene in (room_scene(0), room_scene(1)):
        one, two = facts(scene, order), facts(lift(mirrored(scene.perception)), order)
        for key, value in one.items():
            name = key[0] if isinstance(key, tuple) else key
            expected = value
            if name in ("moved", "turned", "left"):
                expected = OTHER_SIDE[value]
            elif name == "sector":
                expected = MIRRORED_SECTORS[value]
            assert two[key] == expected, key
            settled[name] += value is not None
    assert all(settled[name] for name in ("moved", "turned", "left", "near", "count")), settled


def blocks_scene(views: int = 2) -> tuple[LiftedScene, list[Block]]:
    """Return a camera that steps to its right and turns to its right: a crate leaves to the left, a trunk appears."""
    blocks = [
        Block(name="crate", x=2.5, y=1.2, words=(("colour", "red"),)),
        Block(name="chest", x=3.0, y=0.0, size=(0.5, 0.4, 0.6), words=(("colour", "blue"),)),
        Block(name="trunk", x=2.5, y=-2.3, words=(("colour", "green"),)),
        Block(name="barrel", x=-3.0, y=0.0, words=(("colour", "gray"),)),
    ]
    poses = [pose(1.5, 20, yaw=10), pose(1.5, 20, yaw=-30, y=-0.4), pose(1.5, 20, yaw=-60, y=-0.4)]
    return lift(perceive(blocks, poses[:views], camera=CAMERA)), blocks


def test_known_views_have_known_facts() -> None:
    scene, _ = blocks_scene()
    crate, chest, trunk, barrel = 1, 2, 3, 4
    told = {i: [shows(scene, view, i) for view in (0, 1)] for i in (crate, chest, trunk, barrel)}
    assert told == {crate: [True, False], chest: [True, True], trunk: [False, True], barrel: [False, False]}
    assert set(scene.unshown) == {barrel}
    assert moved_left(scene, 0, 1) is False and moved_left(scene, 1, 0) is True
    assert turned_left(scene, 0, 1) is False and turned_left(scene, 1, 0) is True
    # The crate is to the left of where the second image was taken; the trunk to the right of the first one's camera.
    assert lies_left(scene, 1, crate) is True and lies_left(scene, 0, trunk) is False
    assert sector_of(blocks_scene(3)[0], 2, crate) == "left" and sector_of(scene, 0, crate) == "ahead"
    assert countable(scene) == {"crate": (1,), "chest": (2,), "trunk": (3,)}


def test_the_camera_that_stepped_forward_is_nearer() -> None:
    _, blocks = blocks_scene()
    scene = lift(perceive(blocks, [pose(1.5, 20), pose(1.5, 20, x=0.7)], camera=CAMERA))
    chest = 2
    assert nearer_view(scene, chest, 0, 1) == nearer_view(scene, chest, 1, 0) == 1
    assert nearer_of(scene, (0, chest), (1, chest)) == 1 and nearer_of(scene, (1, chest), (0, chest)) == 0
    # A step forward is none to a side.
    assert moved_left(scene, 0, 1) is None and turned_left(scene, 0, 1) is None


def test_a_few_pixels_are_neither_seen_nor_unseen() -> None:
    scene, _ = blocks_scene()
    views = list(scene.perception.views)
    instances = views[1].instances.copy()
    least = max(LEAST_PIXELS, int(np.ceil(LEAST_SHARE * instances.size)))
    assert least == 39
    instances[40, 40 : 40 + least - 1] = 1
    views[1] = dataclasses.replace(views[1], instances=instances)
    barely = lift(dataclasses.replace(scene.perception, views=tuple(views)))
    assert shows(barely, 1, 1) is None
    instances[40, 40 : 40 + least] = 1
    assert shows(lift(dataclasses.replace(scene.perception, views=tuple(views))), 1, 1) is True
    for seed in range(30):
        for turn in converse(barely, seed=seed, layout=MANY).turns:
            if turn.kind in ("in_both", "only_in", "claim_seen", "beside_camera", "choose_where"):
                assert all(thing.instance != 1 for thing in turn.evidence.things), turn
    # One pixel is enough for a thing not to be missing.
    lone = views[0].instances.copy()
    lone[60, 20] = 4
    views[0] = dataclasses.replace(views[0], instances=lone)
    assert not lift(dataclasses.replace(scene.perception, views=tuple(views))).unshown


def test_nothing_of_the_kind_is_asked_of_one_view_or_of_predictions() -> None:
    scene, _ = blocks_scene(1)
    talk = converse(scene, layout=Layout(vqa=3))
    assert not [turn for turn in talk.turns if turn.level == "vqa"] and "vqa" not in talk.shortfall
    assert talk.turns == converse(scene).turns
    pair, _ = blocks_scene()
    sources = dataclasses.replace(pair.perception.sources, instances="a model")
    predicted = lift(dataclasses.replace(pair.perception, sources=sources))
    talk = converse(predicted, layout=Layout(vqa=3))
    assert not [turn for turn in talk.turns if turn.level == "vqa"] and talk.shortfall["vqa"] == 3


def test_other_turns_are_the_same_with_it_and_without() -> None:
    for seed in range(4):
        scene = room_scene(0)
        plain, more = (converse(scene, seed=seed, layout=Layout(vqa=vqa)) for vqa in (0, 3))
        kept = tuple(turn for turn in more.turns if turn.level != "vqa")
        assert kept == plain.turns and len(more.turns) - len(kept) + more.shortfall.get("vqa", 0) == 3
        assert arranged(more) == more.turns and arranged(more, layout=Layout()) == plain.turns
        vqa = tuple(turn for turn in more.turns if turn.level == "vqa")
        assert arranged(more, levels=("vqa",)) == vqa == arranged(more, layout=MULTI_VIEW)
        assert arranged(more, order="reverse")[: len(vqa)] == vqa
        sorts = {each.name: each.sort for each in VQA_QUESTIONS}
        assert [sorts[turn.kind] for turn in vqa] == list(SORTS)[: len(vqa)]


def test_what_is_said_of_named_views_is_not_judged_in_further_ones() -> None:
    scene, _ = blocks_scene(3)
    judge = GeometricJudge()
    assert [judge.holds(turn, scene, 2) for turn in converse(scene, layout=MULTI_VIEW).turns] == [None] * 3
    plain, more = (
        expansion_of(scene, seed=1, layout=Layout(caption=0, vqa=vqa), settings=AskSettings()) for vqa in (0, 3)
    )
    assert plain == more and plain.judged > 0


@functools.cache
def many_turns() -> tuple[Turn, ...]:
    """Return many turns about two rooms, each conversation about two or three views."""
    turns = []
    for which, order in itertools.product((0, 1), ((0, 1), (1, 2), (0, 1, 2))):
        scene = lift(reordered(room_scene(which).perception, order))
        for seed in range(25):
            turns += converse(scene, seed=seed, layout=MANY).turns
    return tuple(turns)


def test_answers_cannot_be_guessed() -> None:
    outcomes, premises, letters = Counter(), Counter(), Counter()
    for turn in many_turns():
        if turn.outcome in ("yes", "no"):
            outcomes[turn.outcome] += 1
        elif turn.kind.startswith("premise"):
            premises[turn.outcome == "told"] += 1
        elif turn.outcome in "ABCD":
            letters[turn.outcome] += 1
    # Five standard deviations of fair draws; turns of one conversation are not quite independent.
    for counts, share in ((outcomes, 1 / 2), (premises, 1 / 2), (letters, 1 / 4)):
        n = counts.total()
        assert n > 100 and len(counts) == round(1 / share)
        for count in counts.values():
            assert abs(count / n - share) < 5 * np.sqrt(share * (1 - share) / n), (counts, count)


def test_words_are_as_many_as_the_paper_asks_for_and_name_their_views() -> None:
    kinds = Counter(turn.kind for turn in many_turns())
    assert len(kinds) >= 17
    for turn in many_turns():
        stem, *candidates = turn.question.split("\n")
        assert "{" not in turn.question + turn.answer and turn.view is None
        if candidates:
            assert all(5 <= len(line.split()) - 1 <= 20 for line in candidates), turn
        else:
            assert 10 <= len(turn.answer.split()) <= 80, turn
        whole = turn.kind in ("count_all", "choose_count", "choose_neither", "any_shows")
        assert ("images" in turn.question) if whole else any(f"the {word} image" in stem.lower() for word in ORDINALS)


@pytest.mark.parametrize("sort", SORTS)
def test_each_sort_has_several_questions_in_several_words(sort: str) -> None:
    names = {each.name for each in VQA_QUESTIONS if each.sort == sort and not each.name.startswith("model_")}
    asked = {turn.kind for turn in many_turns()} & names
    # Two things that lie clearly aside of each other in two small views are seldom found.
    assert len(asked) >= (4 if sort == "adversarial" else 5)
