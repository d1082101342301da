"""Answers in many wordings are read as people read them, and marked by the benchmarks' rules."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.test_shards import samples
from vantage.dialogue.answers import answered_choice, answered_hour, answered_length, answered_yes, hour_difference
from vantage.dialogue.conversation import Evidence, Thing, Turn
from vantage.dialogue.lengths import in_feet, in_metres
from vantage.dialogue.scoring import (
    AnswerJudge,
    Mark,
    mark_choice,
    mark_direction,
    mark_length,
    mark_turn,
    mark_yes_no,
    summarise,
)
from vantage.dialogue.spoken_numbers import in_digits
from vantage.errors import DataError


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("1.5 meters", 1.5), ("1.5m", 1.5), ("1.5 m.", 1.5), ("150 cm", 1.5), ("1500 millimetres", 1.5),
        ("1,500 mm", 1.5), ("1,5 m", 1.5), (".5 m", 0.5), ("0.5m apart.", 0.5),
        ("About 1.5 metres away.", 1.5), ("They are roughly 60 inches apart", 1.524), ("5 ft", 1.524), ("5'", 1.524),
        ("5 feet 3 inches", 1.6002), ("5 feet and 3 inches", 1.6002), ("5'3\"", 1.6002), ("5′ 3″", 1.6002),
        ("5 ft 3 in", 1.6002), ("6-foot gap", 1.8288), ("12 in apart", 0.3048), ("12 in.", 0.3048), ('24"', 0.6096),
        ("half a meter", 0.5), ("Half a metre.", 0.5), ("about half meter", 0.5), ("a half meter", 0.5), 
        ("½ meter", 0.5),
        ("a quarter of a meter", 0.25), ("three quarters of a meter", 0.75), ("two thirds of a meter", 2 / 3),
        ("a meter", 1.0), ("one meter", 1.0), ("an inch", 0.0254), ("a foot", 0.3048), ("A yard or so", 0.9144),
        ("a meter and a half", 1.5), ("one and a half meters", 1.5), ("1 1/2 meters", 1.5), ("1½ m", 1.5),
        ("2 and a quarter meters", 2.25), ("two point five meters", 2.5), ("twenty-five centimeters", 0.25),
        ("a hundred and twenty centimeters", 1.2), ("one hundred cm", 1.0), ("a dozen inches", 0.3048),
        ("a couple of meters", 2.0), ("three feet", 0.9144), ("1 m 20 cm", 1.2), ("1m20", 1.2),
        ("1 meter and 20 centimeters", 1.2), ("1 to 2 meters", 1.5), ("1-2 m", 1.5), ("1–2 m", 1.5),
        ("between 1 and 2 meters", 1.5), ("between 1 m and 2 m", 1.5), ("from 50 cm to 1 m", 0.75),
        ("one or two meters", 1.5), ("1.5 ± 0.2 m", 1.5), ("1.5 m ± 0.2 m", 1.5), ("1.2 meters (about 4 feet)", 1.2),
        ("0.3 km", 300.0), ("5 yards", 4.572), ("The answer is 2 m.", 2.0),
        ("The sofa is 2 meters wide, so the answer is 1.4 meters.", 1.4),
        ("One is 3 m away and the other 2 m. Therefore, the distance is 1 m.", 1.0),
        ("The depth at (412, 305) is 2.1 meters.", 2.1), ("**1.3 meters**", 1.3),
        ("It's 45 centimeters, I think", 0.45),
    ],
)  # fmt: skip
def test_lengths_in_many_wordings(text: str, metres: float) -> None:
    assert answered_length(text) == pytest.approx(metres, rel=1e-3), in_digits(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "I cannot tell.", "2 in the room", "there are 3 in this image", "(412, 305)", "1.5", "a few meters",
        "The sofa is 2 m wide and the table 1 m.", "Point 3", "many meters", 'He said "5"', "minor", "5 min", "3 more",
        "in a moment", "100%",
    ],
)  # fmt: skip
def test_texts_that_tell_no_length(text: str) -> None:
    assert answered_length(text) is None


def test_bare_numbers_count_where_the_question_gave_the_unit() -> None:
    assert answered_length("about 150.", bare_unit=0.01) == pytest.approx(1.5)
    assert answered_length("150 of them", bare_unit=0.01) is None and answered_length("150") is None
    assert answered_length("2 ft", bare_unit=0.01) == pytest.approx(0.6096)


@given(st.floats(0.02, 200))
def test_what_the_project_tells_is_read(metres: float) -> None:
    for told in (
        in_metres(metres),
        in_feet(max(metres, 0.05)),
        f"{metres:.2f} meters",
        f"About {metres * 100:.0f} cm.",
    ):
        read = answered_length(told)
        assert read is not None and abs(read - metres) <= 0.25 * metres + 0.03, told


@given(st.text(max_size=80))
def test_any_text_is_read_or_not(text: str) -> None:
    for read in (answered_length, answered_hour, answered_yes):
        read(text)
    answered_choice(text, "AB")


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("Yes", True), ("yes.", True), ("Yes, the sofa is nearer.", True), ("YES!", True), ("Yes it is", True),
        ("Indeed, it is.", True), ("Correct.", True), ("True", True), ("**Yes**", True), ("The answer is yes.", True),
        ("No", False), ("No, it is not.", False), ("Nope", False), ("False.", False),
        ("Incorrect, it is behind.", False),
        ("The answer is: no", False), ("I looked twice, and no, it is not.", False), ('"No."', False),
        ("Answer: yes. Wait. Answer: no", False),
        ("There is no sofa in the image.", None), ("No sofa is seen.", None), ("maybe", None), ("", None),
        ("It could be yes, or no.", None), ("Nobody knows", None), ("The sofa is nearer.", None),
    ],
)  # fmt: skip
def test_yes_and_no(text: str, yes: bool | None) -> None:
    assert answered_yes(text) is yes


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("A", "A"), ("(B)", "B"), ("b", "B"), ("B.", "B"), ("**B**", "B"), ("The answer is (B)", "B"),
        ("The answer is B.", "B"), ("Answer: A", "A"), ("I choose B", "B"), ("Option B is closer.", "B"),
        ("(A) is farther. The answer is (B).", "B"), ("The answer is A. No: the answer is B", "B"),
        ("Point B is closer to the camera.", "B"), ("B) because it is lower", "B"), ("(B) Point B", "B"),
        ("The correct choice would be B", "B"), ("T", None), ("The answer is (C)", None), ("", None),
        ("A point is closer", None), ("Both", None), ("(A) or (B)", None), ("neither (A) nor (B)", None),
    ],
)  # fmt: skip
def test_choices(text: str, choice: str | None) -> None:
    assert answered_choice(text, "AB") == choice


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2 o'clock", 2), ("two o'clock", 2), ("At about 11 o’clock.", 11), ("12 o'clock", 12), ("10", 10),
        ("between 1 and 2 o'clock", 1.5), ("3-4 o'clock", 3.5), ("5 o'clock direction", 5), ("3:00", 3),
        ("13 o'clock", None), ("0 o'clock", None), ("left", None), ("1 o'clock or 7 o'clock", None),
    ],
)  # fmt: skip
def test_clock_directions(text: str, hour: float | None) -> None:
    assert answered_hour(text) == hour


def test_hours_go_round() -> None:
    assert [hour_difference(*pair) for pair in ((12.0, 1.0), (1.0, 12.0), (11.0, 2.0), (3.0, 9.0), (4.0, 4.0))] == [
        1,
        1,
        3,
        6,
        0,
    ]
    marks = {hour: mark_direction(f"{hour} o'clock", 12.0).right for hour in range(1, 13)}
    assert [hour for hour, right in marks.items() if right] == [1, 11, 12]


def test_lengths_within_a_quarter_are_right() -> None:
    rights = [mark_length(f"{metres} m", 2.0).right for metres in (1.49, 1.5, 2, 2.5, 2.51)]
    assert rights == [False, True, True, True, False]
    assert mark_length("2.2 m", 2.0).relative_error == pytest.approx(0.1)
    unread = mark_length("far", 2.0)
    assert unread.right is False and unread.read is None and unread.relative_error is None
    with pytest.raises(DataError, match="above 0"):
        mark_length("1 m", 0.0)


def test_other_rules() -> None:
    assert mark_yes_no("No.", False).right and not mark_yes_no("Maybe", False).right
    assert mark_choice("(B)", "B", "AB").right and not mark_choice("A or B", "B", "AB").right


def test_every_right_answer_of_a_conversation_is_marked_right_and_every_other_one_wrong() -> None:
    rules = set()
    for sample in samples():
        turns = sample.conversation.turns
        for turn in turns:
            mark = mark_turn(turn, turn.answer)
            rules.add(mark.rule)
            if mark.rule == "judge":
                assert mark.right is None
                continue
            assert mark.right, (turn.question, turn.answer, mark)
            assert mark_turn(turn, "I do not know.").right is False
    assert {"length", "yes/no", "judge"} <= rules


def choice(kind: str, texts: tuple[str, ...], answer: str) -> Turn:
    things = tuple(Thing(instance=k + 1, text=text) for k, text in enumerate(texts))
    return Turn(
        level="object", kind=kind, question="?", answer=answer, outcome="told", evidence=Evidence(things=things)
    )


def test_things_are_told_apart_when_one_name_holds_the_other() -> None:
    turn = choice("which_closer_thing", ("chair", "red chair"), "The chair is closer.")
    assert mark_turn(turn, "The chair.").right and not mark_turn(turn, "The red chair.").right
    assert not mark_turn(turn, "The chair, not the red chair").right
    other = choice("which_closer_thing", ("chair", "red chair"), "It is the red chair.")
    assert mark_turn(other, "the Red Chair").right and not mark_turn(other, "the chair").right
    third = choice("nearest_to", ("lamp", "box", "cup"), "The cup is nearer.")
    assert mark_turn(third, "The cup is nearer to the lamp.").right and not mark_turn(third, "The lamp").right


def test_centres_are_marked_by_their_distance() -> None:
    thing = Thing(instance=1, text="box", centre=(2.0, 0.0, 0.0), size=(1.0, 1.0, 1.0))
    turn = Turn(
        level="object", kind="cube", question="?", answer="?", outcome="told", evidence=Evidence(things=(thing,))
    )
    assert mark_turn(turn, "center (2.40, 0.00, -0.10), size (1, 1, 1)").right
    assert not mark_turn(turn, "center (2.60, 0.00, 0.00)").right and not mark_turn(turn, "over there").right
    other = Thing(instance=2, text="cup", centre=(0.0, 4.0, 0.0), size=(1.0, 1.0, 1.0))
    both = dataclasses.replace(turn, kind="cube_pair", evidence=Evidence(things=(thing, other)))
    told = "the box has center ({}, 0.0, 0.0), size (1, 1, 1), the cup has center (0.0, {}, 0.0), size (1, 1, 1)"
    assert mark_turn(both, told.format(2.2, 4.4)).right and mark_turn(both, "(2, 0, 0); (0, 4, 0)").right
    assert not mark_turn(both, told.format(2.0, 5.2)).right and not mark_turn(both, "(2, 0, 0)").right


class Echo:
    """A judge that wants the very words."""

    name = "echo"

    def mark(self, question: str, expected: str, response: str) -> bool | None:
        return None if "?" in response else expected == response


def test_a_judge_marks_what_no_rule_can_and_is_kept_beside_the_rules() -> None:
    assert isinstance(Echo(), AnswerJudge)
    turns = samples()[0].conversation.turns
    marks = [(turn.kind, mark_turn(turn, turn.answer, judge=Echo())) for turn in turns]
    marks.append(("overview", mark_turn(turns[-2], "what?", judge=Echo())))
    told = summarise(marks)
    captions = told["overview"]
    assert captions["right"] == {"value": 1.0, "n": 1, "ci95": captions["right"]["ci95"]} and captions["unmarked"] == 1
    assert all(
        each["judge_agrees"]["value"] == 1.0 for name, each in told.items() if name not in ("overview", "arrangement")
    )


def test_summaries_count_what_could_not_be_read() -> None:
    marks = [("depth", mark_length(text, 2.0)) for text in ("2 m", "2.2 m", "9 m", "far", "")]
    told = summarise(marks)["depth"]
    assert told["right"]["value"] == pytest.approx(0.4) and told["right"]["n"] == 5 and told["unread"] == 2
    assert told["relative_error"]["value"] == pytest.approx(np.mean([0, 0.1, 3.5]))
    assert dataclasses.replace(marks[0][1], judged=True) == Mark(
        rule="length", right=True, read=2.0, relative_error=0.0, judged=True
    )
