"""Answers to questions about several views are read as people read them, and marked by what is true."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.test_view_questions import many_turns
from dialogue.view_checker import spoiled_answer
from vantage.dialogue.conversation import Turn
from vantage.dialogue.scoring import mark_turn
from vantage.dialogue.view_answers import answered_count, answered_image, denies


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("The first image.", 1), ("Image 2", 2), ("the 2nd one", 2), ("2", 2), ("(1)", 1), ("It is the second.", 2),
        ("Only the first image shows it; the second does not.", 1), ("The third picture does.", 3),
        ("Not the first image but the second one.", 2), ("It is in the second image, not in the first.", 2),
        ("The first image rather than the second", 1), ("In the second it is closer than in the first.", 2),
        ("The first image does not show it, but the second image does.", 2), ("View #4", 4),
        ("Both the first and the second image.", None), ("I cannot tell.", None), ("", None), ("the mug", None),
    ],
)  # fmt: skip
def test_which_image_a_text_answers(text: str, image: int | None) -> None:
    assert answered_image(text) == (None if image is None else image - 1)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Three.", 3), ("3", 3), ("There are two chairs.", 2), ("one", 1), ("None", 0), ("There are no chairs.", 0),
        ("Twelve in all", 12), ("2 or 3", None), ("some", None), ("", None), ("1.5", None),
    ],
)  # fmt: skip
def test_how_many_a_text_answers(text: str, count: int | None) -> None:
    assert answered_count(text) == count


@given(st.text(max_size=60))
def test_any_text_is_read_or_not(text: str) -> None:
    for read in (answered_image, answered_count, denies):
        read(text)


def test_right_answers_are_right_and_wrong_ones_wrong() -> None:
    rules = set()
    for turn in many_turns():
        mark = mark_turn(turn, turn.answer)
        assert mark.right is True and mark.read is not None, (turn.kind, turn.question, turn.answer, mark)
        rules.add(mark.rule)
        wrong = mark_turn(turn, spoiled_answer(turn.kind, turn.outcome, turn.answer))
        # What is told of the other image is no part of these marks.
        if turn.outcome != "elsewhere" and turn.kind != "closer_across":
            assert wrong.right is False, (turn.kind, turn.outcome, turn.answer, wrong)
        assert mark_turn(turn, "I would rather talk about the weather.").right is False or turn.outcome in (
            "elsewhere",
            "nowhere",
        )
    assert rules == {"yes/no", "choice", "premise", "image", "count"}


def test_a_candidate_may_be_named_instead_of_its_letter() -> None:
    turn = next(each for each in many_turns() if each.kind == "choose_only")
    lines = dict(line.split(". ", 1) for line in turn.question.split("\n")[1:])
    assert mark_turn(turn, f"I think: {lines[turn.outcome].lower()}").right
    others = [letter for letter in lines if letter != turn.outcome]
    assert mark_turn(turn, lines[others[0]]).right is False
    assert mark_turn(turn, f"{lines[others[0]]} {lines[turn.outcome]}").read is None
    assert mark_turn(turn, f"({others[1]})").read == others[1]


def test_a_models_own_open_questions_need_a_judge() -> None:
    told = Turn(level="vqa", kind="model_common", question="What moved?", answer="The camera did.", outcome="told")
    assert mark_turn(told, "The camera.").right is None

    class Judge:
        name = "a judge"

        def mark(self, question: str, expected: str, response: str) -> bool | None:
            return response == expected

    assert mark_turn(told, told.answer, judge=Judge()).right is True
    choice = dataclasses.replace(told, kind="model_choice", outcome="C", question="Which?\nA. a\nB. b\nC. c\nD. d")
    assert mark_turn(choice, "C").right and not mark_turn(choice, "The answer is B").right
