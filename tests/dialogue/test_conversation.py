"""Conversations: layout and order, the same again from one seed, yes as likely as no, evidence that is the answer."""

import dataclasses
import itertools

import numpy as np
import pytest

from dialogue.boxes import Block, perceive, pose
from vantage.dialogue import (
    QUESTIONS,
    TEN,
    AskSettings,
    Conversation,
    Layout,
    LiftedScene,
    arranged,
    converse,
    lift,
    parsed_length,
)
from vantage.dialogue.conversation import LEVELS, ORDERS, UNITS
from vantage.dialogue.drawing import SORTS, pixel_of, told_coordinate
from vantage.dialogue.table import NEEDS
from vantage.dialogue.wordings import WORDINGS
from vantage.errors import UsageError
from vantage.geometry import Camera

NAMES = ("crate", "chest", "trunk", "lamp", "stool")
CAMERA = Camera.from_fov(fov_x=np.radians(75), width=320, height=240)


def scene_of(views: int = 1) -> LiftedScene:
    blocks = [
        Block(name="crate", x=2.5, y=0.9, size=(0.4, 0.5, 0.4)),
        Block(name="chest", x=2.6, y=-0.6, size=(0.5, 0.4, 0.6)),
        Block(name="trunk", x=3.8, y=0.2, size=(0.4, 0.6, 0.8)),
        Block(name="lamp", x=3.3, y=-1.5, size=(0.2, 0.2, 0.3), base=0.9),
        Block(name="stool", x=2.2, y=0.2, size=(0.3, 0.3, 0.3)),
    ]
    perception = perceive(blocks, [pose(1.6, 20, yaw=4 * k, y=0.3 * k) for k in range(views)], camera=CAMERA)
    captioned = [
        dataclasses.replace(view, captions=(f"Boxes, {k}.", f"Left to right, {k}."))
        for k, view in enumerate(perception.views)
    ]
    return lift(dataclasses.replace(perception, views=tuple(captioned)))


@pytest.fixture(scope="module")
def scene() -> LiftedScene:
    return scene_of()


@pytest.fixture(scope="module")
def two_views() -> LiftedScene:
    return scene_of(2)


def test_twelve_turns_from_narrow_to_broad(scene: LiftedScene) -> None:
    for seed in range(10):
        conversation = converse(scene, seed=seed)
        assert conversation.complete and conversation.shortfall == {}
        levels = [turn.level for turn in conversation.turns]
        assert levels == ["pixel"] * 5 + ["object"] * 4 + ["scene"] + ["caption"] * 2
        assert len({turn.question for turn in conversation.turns}) == 12
        assert all(turn.view == 0 for turn in conversation.turns)
        assert not any("image:" in turn.question for turn in conversation.turns)
        assert [turn.answer for turn in conversation.turns[-2:]] == ["Boxes, 0.", "Left to right, 0."]


def test_the_same_seed_says_the_same_and_another_something_else(scene: LiftedScene) -> None:
    assert converse(scene, seed=3) == converse(scene_of(), seed=3)
    assert len({converse(scene, seed=seed).turns for seed in range(8)}) == 8
    renamed = dataclasses.replace(scene, perception=dataclasses.replace(scene.perception, name="other"))
    assert converse(renamed, seed=3).turns != converse(scene, seed=3).turns


def test_orders_layouts_and_levels_are_chosen_at_load_time(scene: LiftedScene) -> None:
    conversation = converse(scene)
    turns = conversation.turns
    pixel, objects, broad, captions = turns[:5], turns[5:9], turns[9:10], turns[10:]
    assert arranged(conversation) == turns
    assert arranged(conversation, layout=TEN) == turns[:10]
    assert arranged(conversation, order="reverse") == (*broad, *objects, *pixel, *captions)
    assert arranged(conversation, order="reverse", captions_last=False) == (*captions, *broad, *objects, *pixel)
    assert arranged(conversation, levels=("object", "pixel")) == (*pixel, *objects)
    assert arranged(conversation, layout=Layout(pixel=1, object=0, scene=1, caption=1)) == (
        turns[0],
        turns[9],
        turns[10],
    )
    shuffled = {arranged(conversation, order="random", seed=seed) for seed in range(60)}
    levels = set(itertools.permutations((pixel, objects, broad)))
    assert shuffled == {(*a, *b, *c, *captions) for a, b, c in levels}
    mixed = {arranged(conversation, order="random", unit="turn", seed=seed) for seed in range(20)}
    assert len(mixed) == 20 and all(set(one) == set(turns) and one[-2:] == captions for one in mixed)
    for order, unit in itertools.product(ORDERS, UNITS):
        assert sorted(turn.question for turn in arranged(conversation, order=order, unit=unit)) == sorted(
            turn.question for turn in turns
        )


def test_wrong_choices_are_refused(scene: LiftedScene) -> None:
    conversation = converse(scene)
    with pytest.raises(UsageError, match="'sideways' is not known"):
        arranged(conversation, order="sideways")
    with pytest.raises(UsageError, match="'word' is not known"):
        arranged(conversation, unit="word")
    with pytest.raises(UsageError, match="question type 'smell'"):
        converse(scene, settings=AskSettings(kinds=("smell",)))
    for wrong in ({"numbers": "roman"}, {"distance": "far"}):
        with pytest.raises(UsageError):
            AskSettings(**wrong)
    for layout in ((0, 0, 0, 0), (-1, 4, 1, 2)):
        with pytest.raises(UsageError):
            Layout(pixel=layout[0], object=layout[1], scene=layout[2], caption=layout[3])


def many(scene: LiftedScene, count: int = 60) -> list[Conversation]:
    return [converse(scene, seed=seed, layout=Layout(pixel=4, object=8, scene=2, caption=0)) for seed in range(count)]


def test_yes_and_no_are_alike_likely(two_views: LiftedScene) -> None:
    turns = [turn for conversation in many(two_views) for turn in conversation.turns if turn.outcome != "told"]
    yes = sum(turn.outcome == "yes" for turn in turns)
    # Four standard deviations.
    assert abs(yes - len(turns) / 2) < 2 * len(turns) ** 0.5
    for turn in turns:
        assert turn.answer.startswith("Yes" if turn.outcome == "yes" else "No")
    # Nothing but the image gives it away: the thing that is named first is as often right as wrong.
    for kind in ("left", "closer_thing"):
        told = [turn.outcome for turn in turns if turn.kind == kind]
        assert {"yes", "no"} <= set(told)


def test_answers_tell_their_evidence(two_views: LiftedScene) -> None:
    checked = set()
    for conversation in many(two_views):
        for turn in conversation.turns:
            value = turn.evidence.value
            number = {
                "depth": "depth_a",
                "depth_gap": "gap",
                "point_height": "height",
                "distance": "closest",
                "camera_distance": "range",
            }
            if turn.kind in (*number, "baseline"):
                read = parsed_length(turn.answer)
                exact = value[number.get(turn.kind, turn.kind)]
                assert read is not None and abs(read - exact) <= 0.25 * exact
                checked.add(turn.kind)
            if turn.kind.startswith("cube"):
                for thing in turn.evidence.things:
                    assert thing.centre is not None
                    centre = ", ".join(f"{round(v, 2) + 0.0:.2f}" for v in thing.centre)
                    assert f"({centre})" in turn.answer and thing.text in turn.question
                    checked.add("cube")
            for point in turn.evidence.points:
                assert f"({point.told[0]}, {point.told[1]})" in turn.question
                view = two_views.perception.views[point.view]
                assert pixel_of(point.told[0], view.camera.width) == point.column
                assert pixel_of(point.told[1], view.camera.height) == point.row
            for thing in turn.evidence.things:
                assert thing.text in turn.question
    assert checked >= {"depth", "depth_gap", "point_height", "distance", "baseline", "cube"}


def test_several_images_are_told_apart(two_views: LiftedScene) -> None:
    for conversation in many(two_views, 20):
        assert conversation.views == 2
        for turn in conversation.turns:
            if turn.kind.startswith("cube"):
                assert turn.question.startswith("In the frame of the first image's camera: ")
            elif turn.view is not None:
                assert turn.question.startswith(f"In the {('first', 'second')[turn.view]} image: ")
            else:
                assert turn.kind in ("higher", "lower", "taller", "distance", "nearest_to", "baseline")
    told = converse(two_views).turns[-1].answer
    assert told == "The first image: Left to right, 0. The second image: Left to right, 1."


@pytest.mark.parametrize(
    ("distance", "kind"), [("closest", "distance"), ("centres", "centre_distance"), ("both", "both_distances")]
)
def test_what_distance_means_is_a_choice(scene: LiftedScene, distance: str, kind: str) -> None:
    asked = [converse(scene, seed=s, settings=AskSettings(distance=distance, kinds=(kind,))) for s in range(5)]
    assert {turn.kind for conversation in asked for turn in conversation.turns} == {kind}
    others = {"distance", "centre_distance", "both_distances"} - {kind}
    settings = AskSettings(distance=distance, kinds=tuple(others))
    assert converse(scene, settings=settings).turns == ()
    first = asked[0].turns[0].evidence
    a, b = (thing.centre for thing in first.things)
    if "centres" in first.value and a is not None and b is not None:
        assert first.value["centres"] == pytest.approx(np.linalg.norm(np.array(a) - b))
    if first.segment is not None:
        ends = np.array(first.segment)
        assert first.value["closest"] == pytest.approx(np.linalg.norm(ends[0] - ends[1]))


def test_exact_numbers_have_two_decimals(scene: LiftedScene) -> None:
    turns = [t for s in range(8) for t in converse(scene, seed=s, settings=AskSettings(numbers="exact")).turns]
    depths = [turn for turn in turns if turn.kind == "depth"]
    assert depths and all(f"{turn.evidence.value['depth_a']:.2f} meters" in turn.answer for turn in depths)


def test_every_type_has_its_words_and_fills_them() -> None:
    assert {question.name for question in QUESTIONS} == set(WORDINGS)
    for question in QUESTIONS:
        assert question.needs <= set(NEEDS) and question.level in LEVELS
        wording = WORDINGS[question.name]
        # A model's questions bring their own words.
        least = 1 if question.name.startswith("model_") else 2
        assert len(set(wording.questions)) == len(wording.questions) >= least
        sorts = {"told"}, {"yes", "no"}, set("ABCD"), {"told", "elsewhere", "nowhere"}
        assert set(wording.answers) in (sorts if question.level == "vqa" else sorts[:2])
        assert (question.sort in SORTS) == (question.level == "vqa")


@pytest.mark.parametrize("size", [7, 128, 640, 1000])
def test_told_coordinates_mean_their_pixel(size: int) -> None:
    pixels = np.arange(size)
    told = [told_coordinate(int(k), size) for k in pixels]
    assert min(told) >= 0 and max(told) <= 999 and [pixel_of(t, size) for t in told] == pixels.tolist()
    # In larger images they mean one of the pixels that share them.
    assert abs(pixel_of(told_coordinate(2345, 4000), 4000) - 2345) <= 4
