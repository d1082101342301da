"""Conversations about rooms, judged by a checker that knows the rooms and reads the text (`checker`)."""

import os
import re
from collections import Counter

import pytest

from dialogue.checker import Checker
from dialogue.view_checker import ViewChecker, spoiled_answer
from vantage.dialogue import Layout, Turn, converse, lift, parsed_length, perceive_capture
from vantage.rooms import make_room
from vantage.rooms.output.views import Shots, capture_of
from vantage.rooms.splits import TEST_SEEDS

ROOMS = int(os.environ.get("VANTAGE_DIALOGUE_ROOMS", "2"))
"""Rooms to ask about; each gives five conversations."""
SHOTS = Shots(views=4, width=128, height=96, path="orbit", shadow_rays=0)
SETS = ((0,), (1,), (2,), (0, 1), (1, 2, 3, 0))


def opposite(answer: str) -> str | None:
    """Return a wrong answer: no for yes, yes for no, and three times a length over 20 cm."""
    for word, other in (("Yes", "No"), ("No", "Yes")):
        if answer.startswith(word):
            return other + answer.removeprefix(word)
    told = parsed_length(answer)
    if told is None or told < 0.2:
        return None
    return re.sub(r"[\d.]+(?= (centi|met|inch|f[oe]))", lambda found: f"{float(found[0]) * 3:g}", answer)


def wrong_answer(turn: Turn) -> str | None:
    """Return a wrong answer to a turn's question, or None where none is made."""
    if turn.level == "vqa":
        return spoiled_answer(turn.kind, turn.outcome, turn.answer)
    return opposite(turn.answer)


@pytest.mark.slow
def test_every_answer_about_rooms_is_right() -> None:
    wrong, kinds = [], Counter()
    for k in range(ROOMS):
        room = make_room(TEST_SEEDS[100 + k])
        capture = capture_of(room, SHOTS)
        for views in SETS:
            conversation = converse(lift(perceive_capture(capture, views)), seed=k, layout=Layout(vqa=6))
            checker = Checker(room, SHOTS.camera, [capture.sources[i].world_from_camera for i in views])
            for turn in conversation.turns:
                if turn.level == "caption":
                    continue
                kinds[turn.kind] += 1
                check = ViewChecker(checker).check if turn.level == "vqa" else checker.check
                try:
                    check(turn.question, turn.answer)
                except AssertionError as error:
                    wrong.append((conversation.name, turn.kind, turn.question, turn.answer, str(error)[:200]))
                # A checker that agrees with the opposite too would say nothing.
                if (spoiled := wrong_answer(turn)) is not None:
                    try:
                        check(turn.question, spoiled)
                    except AssertionError:
                        continue
                    wrong.append((conversation.name, turn.kind, turn.question, spoiled, "a wrong answer passed"))
    assert not wrong, "\n".join(map(str, [len(wrong), sum(kinds.values()), *wrong]))
    assert len(kinds) >= 24
