"""`Mark`: what became of one answer, and the marks that rest on words alone: yes or no, a letter, a name."""

import dataclasses
import re
from collections.abc import Sequence

from vantage.dialogue.answers import answered_choice, answered_yes

RULES = ("length", "direction", "yes/no", "choice", "cube", "image", "count", "premise", "judge")
"""How an answer was marked."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mark:
    """What became of one answer."""

    rule: str
    """One of `RULES`."""
    right: bool | None
    """None where nobody marked it."""
    read: float | str | None
    """What the answer says, in metres, hours or words; None where it says nothing or several things at once."""
    relative_error: float | None = None
    """Of a length that could be read."""
    judged: bool | None = None
    """The judge's mark beside the rule's, where there is a judge."""


def mark_yes_no(response: str, yes: bool) -> Mark:
    """Mark an answer to a question with yes or no."""
    read = answered_yes(response)
    return Mark(rule="yes/no", right=read is yes, read=None if read is None else ("yes" if read else "no"))


def mark_choice(response: str, right: str, choices: Sequence[str]) -> Mark:
    """Mark a choice by letter, such as BLINK's relative depth between points A and B.

    Args:
        response: free text.
        right: the right letter.
        choices: all letters of the question.
    """
    read = answered_choice(response, choices)
    return Mark(rule="choice", right=read == right, read=read)


def mark_named(right: str, named: Sequence[str]) -> Mark:
    """Mark a choice among phrases: the right one, and no other, must be named."""
    read = named[0] if len(named) == 1 else None
    return Mark(rule="choice", right=read == right, read=read)


def named_in(text: str, phrases: Sequence[str]) -> list[str]:
    """Return which phrases a text names; "chair" within "red chair" does not count where both are to choose from."""
    left, found = text.lower(), []
    for phrase in sorted(phrases, key=len, reverse=True):
        if re.search(rf"\b{re.escape(phrase.lower())}\b", left):
            found.append(phrase)
            left = re.sub(rf"\b{re.escape(phrase.lower())}\b", " ", left)
    return found
