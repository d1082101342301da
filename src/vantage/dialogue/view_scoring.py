"""Answers to questions about several views: which image, how many, a letter, and premises that may be false."""

import re

from vantage.dialogue.conversation import Turn
from vantage.dialogue.marks import Mark, mark_choice, named_in
from vantage.dialogue.view_answers import answered_count, answered_image, denies

LETTERS = "ABCD"
"""Of the candidates."""
CANDIDATE = re.compile(r"^([A-D])\. (.+)$", re.MULTILINE)
"""A candidate's line in a question."""
FALSE_PREMISES = ("elsewhere", "nowhere")
"""Outcomes of questions whose premise is false."""
HALVES = ("left", "right")


def mark_view_turn(turn: Turn, response: str) -> Mark | None:
    """Mark an answer to a question about several views; None where no rule can, as for a model's own questions.

    Args:
        turn: asked.
        response: free text.
    """
    if turn.outcome in LETTERS:
        return mark_candidates(turn.question, response, turn.outcome)
    if turn.kind.startswith("premise_"):
        return _mark_premise(turn, response)
    numbers = turn.evidence.value
    if turn.kind == "count_all":
        read = answered_count(response)
        return Mark(rule="count", right=read == int(numbers["count"]), read=None if read is None else float(read))
    if "image" in numbers:
        read = answered_image(response)
        return Mark(rule="image", right=read == int(numbers["image"]), read=None if read is None else float(read + 1))
    return None


def mark_candidates(question: str, response: str, right: str) -> Mark:
    """Mark a choice among listed candidates: by its letter, or by the only candidate that the response repeats.

    Args:
        question: with a line for each candidate.
        response: free text.
        right: the right letter.
    """
    found = mark_choice(response, right, LETTERS)
    if found.read is not None:
        return found
    candidates = {text.rstrip("."): letter for letter, text in CANDIDATE.findall(question)}
    said = named_in(response, list(candidates))
    read = candidates[said[0]] if len(said) == 1 else None
    return Mark(rule="choice", right=read == right, read=read)


def _mark_premise(turn: Turn, response: str) -> Mark:
    """Mark an answer to a question whose premise may be false: it has to deny a false one, and to answer a true one."""
    denied = denies(response)
    if turn.outcome in FALSE_PREMISES:
        return Mark(rule="premise", right=denied, read="denied" if denied else "told")
    if denied:
        return Mark(rule="premise", right=False, read="denied")
    if turn.kind == "premise_half":
        said = named_in(response, HALVES)
        right = said == named_in(turn.answer, HALVES)
        return Mark(rule="premise", right=right, read=said[0] if len(said) == 1 else None)
    told = colour_of(turn.answer)
    said = re.search(rf"\b{re.escape(told)}\b", response.lower()) is not None
    return Mark(rule="premise", right=said, read=told if said else None)


def colour_of(answer: str) -> str:
    """Return the colour that an answer to "What color ...?" of this package tells: what follows its last "is"."""
    return answer.rpartition(" is ")[2].strip(". ").lower()
