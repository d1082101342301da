"""How one type of question is asked and answered."""

import dataclasses
from collections.abc import Mapping

YES_NO = ("yes", "no")
"""Outcomes of questions with two answers."""
TOLD = ("told",)
"""Outcome of questions that ask for a value."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wording:
    """How one type of question is asked and answered."""

    questions: tuple[str, ...]
    answers: Mapping[str, tuple[str, ...]]
    """By outcome."""


def told(questions: tuple[str, ...], *answers: str) -> Wording:
    """Return the wording of a question that asks for a value."""
    return Wording(questions=questions, answers={"told": answers})


def yes_no(questions: tuple[str, ...], yes: tuple[str, ...], no: tuple[str, ...]) -> Wording:
    """Return the wording of a question with two answers."""
    return Wording(questions=questions, answers={"yes": yes, "no": no})
