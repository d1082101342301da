"""Answers marked as the benchmarks mark them: lengths within 25%, directions within an hour, choices, yes and no.

An answer that says nothing, or several things at once, is wrong and counted as unread. What no rule can mark, such as a
caption, is left to a judge; where there is none it has no mark.
"""

import dataclasses
import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from vantage.dialogue.answers import answered_hour, answered_length, hour_difference
from vantage.dialogue.conversation import Turn
from vantage.dialogue.marks import RULES as RULES
from vantage.dialogue.marks import Mark as Mark
from vantage.dialogue.marks import mark_choice as mark_choice
from vantage.dialogue.marks import mark_named, mark_yes_no, named_in
from vantage.dialogue.view_scoring import mark_view_turn
from vantage.errors import DataError
from vantage.metrics import Metric

WITHIN = 0.25
"""Relative error up to which a length is right (SpatialRGPT-Bench; both bounds count as right)."""
HOURS = 1.0
"""Hours up to which a clock direction is right (SpatialRGPT-Bench)."""
LENGTHS = {
    "depth": "depth_a",
    "depth_gap": "gap",
    "point_height": "height",
    "distance": "closest",
    "centre_distance": "centres",
    "camera_distance": "range",
    "baseline": "baseline",
}
"""Kinds of questions that ask for a length, and the number of their evidence that is the exact one."""
CHOICES = ("which_closer_thing", "nearest_to", "closer_across")
"""Kinds that ask which of several things."""
TRIPLE = re.compile(r"\(\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)")
PAIR = re.compile(r"\(\s*(\d+)\s*,\s*(\d+)\s*\)")


@runtime_checkable
class AnswerJudge(Protocol):
    """A model that reads a question, the right answer and another one, and marks the latter."""

    @property
    def name(self) -> str:
        """What the judge is called in results."""
        ...

    def mark(self, question: str, expected: str, response: str) -> bool | None:
        """Return whether the response says what was expected, or None where the judge cannot tell."""
        ...


def mark_length(response: str, metres: float, *, bare_unit: float | None = None) -> Mark:
    """Mark a length: right from three to five quarters of the true one.

    Args:
        response: free text.
        metres: the true length, above 0.
        bare_unit: as in `answers.answered_length`.

    Raises:
        DataError: the true length is not above 0.
    """
    if not metres > 0:
        raise DataError(f"a true length of {metres} m: expected one above 0")
    read = answered_length(response, bare_unit=bare_unit)
    if read is None:
        return Mark(rule="length", right=False, read=None)
    # A hair of rounding room, so that 0.75 m of 1 m is right in binary too.
    error = abs(read - metres) / metres
    return Mark(rule="length", right=error <= WITHIN + 1e-9, read=read, relative_error=error)


def mark_direction(response: str, hour: float) -> Mark:
    """Mark a clock direction: right within an hour, round the clock.

    Args:
        response: free text.
        hour: the true direction, above 0 to 12.
    """
    read = answered_hour(response)
    return Mark(rule="direction", right=read is not None and hour_difference(read, hour) <= HOURS, read=read)


def mark_turn(turn: Turn, response: str, *, judge: AnswerJudge | None = None) -> Mark:
    """Mark an answer to a turn's question, by the exact numbers of its evidence rather than by the told ones.

    Args:
        turn: asked.
        response: free text.
        judge: asked too; its mark stands beside the rule's, and alone where there is no rule.
    """
    judged = judge.mark(turn.question, turn.answer, response) if judge is not None else None
    found = _by_rule(turn, response)
    if found is None:
        return Mark(rule="judge", right=judged, read=None, judged=judged)
    return dataclasses.replace(found, judged=judged)


def _by_rule(turn: Turn, response: str) -> Mark | None:
    numbers = turn.evidence.value
    if turn.outcome in ("yes", "no"):
        return mark_yes_no(response, turn.outcome == "yes")
    if turn.level == "vqa" and turn.kind not in CHOICES:
        return mark_view_turn(turn, response)
    if turn.kind in LENGTHS:
        return mark_length(response, numbers[LENGTHS[turn.kind]])
    if turn.kind == "which_closer":
        told = [f"({x}, {y})" for x, y in (point.told for point in turn.evidence.points)]
        said = [f"({int(m[1])}, {int(m[2])})" for m in PAIR.finditer(response)]
        return mark_named(_first_named(turn.answer, told), [text for text in told if text in said])
    if turn.kind in CHOICES:
        texts = [thing.text for thing in turn.evidence.things][-2:]
        return mark_named(_first_named(turn.answer, texts), named_in(response, texts))
    if turn.kind in ("cube", "cube_centre", "cube_pair"):
        return _mark_cubes(turn, response)
    return None


def _first_named(answer: str, phrases: Sequence[str]) -> str:
    """Return the phrase that a right answer tells; it may name the other one after it."""
    places = {phrase: answer.lower().find(phrase.lower()) for phrase in phrases}
    told = [phrase for phrase in sorted(phrases, key=len, reverse=True) if places[phrase] >= 0]
    if not told:
        raise DataError(f"answer {answer!r} names none of {list(phrases)}")
    return min(told, key=lambda phrase: places[phrase])


def _mark_cubes(turn: Turn, response: str) -> Mark:
    """Mark told centres: right where each is off by at most a quarter of its distance from the frame's origin.

    No benchmark has a rule for it; this one is that of lengths. Sizes, if they are told, follow their centres.
    """
    centres = [np.array(thing.centre) for thing in turn.evidence.things if thing.centre is not None]
    found = list(TRIPLE.finditer(response))
    if not centres or len(found) not in (len(centres), 2 * len(centres)):
        return Mark(rule="cube", right=False, read=None)
    told = found[:: len(found) // len(centres)]
    errors = [
        float(np.linalg.norm(np.array(match.groups(), dtype=float) - centre) / np.linalg.norm(centre))
        for match, centre in zip(told, centres, strict=True)
    ]
    return Mark(
        rule="cube", right=max(errors) <= WITHIN, read="; ".join(match[0] for match in told), relative_error=max(errors)
    )


def summarise(marks: Iterable[tuple[str, Mark]]) -> dict[str, Any]:
    """Return marks by name (such as question kinds): shares that are right, unread, and relative errors of lengths.

    Args:
        marks: each with the name under which it counts.
    """
    groups: dict[str, list[Mark]] = {}
    for name, mark in marks:
        groups.setdefault(name, []).append(mark)
    return {name: _summary(group) for name, group in sorted(groups.items())}


def _summary(group: Sequence[Mark]) -> dict[str, Any]:
    marked = [mark for mark in group if mark.right is not None]
    errors = [mark.relative_error for mark in group if mark.relative_error is not None]
    both = [mark for mark in marked if mark.judged is not None and mark.rule != "judge"]
    return {
        "right": Metric.share(sum(bool(mark.right) for mark in marked), len(marked)).to_json(),
        "unread": sum(mark.read is None for mark in group if mark.rule != "judge"),
        "unmarked": len(group) - len(marked),
        "relative_error": Metric.of(errors).to_json(),
        "judge_agrees": Metric.share(sum(mark.judged == mark.right for mark in both), len(both)).to_json(),
    }
