"""Replies of a vision-language model that is asked for questions about several images: read strictly, or refused."""

import re
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from vantage.dialogue.drawing import ORDINALS
from vantage.dialogue.models.interfaces import Questioner
from vantage.dialogue.models.view_prompts import ANSWER_WORDS, CANDIDATE_WORDS, view_prompts
from vantage.dialogue.perception import ViewQuestion
from vantage.dialogue.view_answers import denies

LINE = re.compile(
    r"^[\s*_#>(-]*(?P<name>question|answer|[a-d]|[1-4])[\s*_]*[.):][\s*_]*(?P<text>.+?)[\s*_]*$", re.IGNORECASE
)
"""A line of a reply: its name, and what it says. Models like to make names bold."""
MARKUP = re.compile(r"<[^<>\s]+>|\{|\}")
"""What would be read as an image or the end of an answer by who trains on it."""
NAMED_IMAGE = re.compile(rf"\b({'|'.join(ORDINALS)})\b(?:\s+\w+)?\s+(?:image|picture|photo(?:graph)?|view)\b", re.I)
IMAGES = re.compile(r"\b(?:images?|pictures?|photo(?:graph)?s?|views?)\b", re.I)
LETTER = re.compile(r"^\(?([a-d1-4])\)?(?:[.):\s].*)?$", re.I)
REASONS = (
    "no question",
    "no answer",
    "holds markup",
    "names no image",
    "names an image that is not there",
    "an answer too short or too long",
    "not four candidates",
    "candidates alike",
    "a candidate too short or too long",
    "no letter of a candidate",
    "an answer that denies nothing",
    "asked before",
)
"""Why replies are refused."""


def read_reply(text: str, sort: str, images: int) -> ViewQuestion | str:
    """Return the question that a reply holds, or one of `REASONS` for which it is refused.

    The same text is always read in the same way. Words around the lines that were asked for are passed over; of several
    questions or answers the first counts.

    Args:
        text: of the reply.
        sort: that was asked for.
        images: how many there are.
    """
    lines: dict[str, str] = {}
    for line in text.splitlines():
        found = LINE.match(line)
        if found is not None:
            name = found["name"].lower()
            lines.setdefault(str("1234".find(name) + 1) if name in "1234" else name, found["text"].strip())
    question, answer = lines.get("question", ""), lines.get("answer", "")
    if not question.rstrip("\"' ").endswith("?"):
        return "no question"
    if not answer:
        return "no answer"
    if MARKUP.search(" ".join(lines.values())):
        return "holds markup"
    if sort == "multiple choice":
        return _read_choice(lines, question, answer, images)
    said = f"{question} {answer}"
    if reason := _wrong_images(said, images):
        return reason
    if not _fits(answer, ANSWER_WORDS):
        return "an answer too short or too long"
    if sort == "adversarial" and not denies(answer):
        return "an answer that denies nothing"
    return ViewQuestion(sort=sort, question=question, answer=answer)


def _read_choice(lines: dict[str, str], question: str, answer: str, images: int) -> ViewQuestion | str:
    names = "abcd" if "a" in lines else "1234"
    candidates = [lines.get(name, "") for name in names]
    if not all(candidates):
        return "not four candidates"
    if len({candidate.lower().rstrip(". ") for candidate in candidates}) < len(candidates):
        return "candidates alike"
    if reason := _wrong_images(" ".join([question, *candidates]), images):
        return reason
    if not all(_fits(candidate, CANDIDATE_WORDS) for candidate in candidates):
        return "a candidate too short or too long"
    found = LETTER.match(answer)
    if found is None or found[1].lower() not in names:
        return "no letter of a candidate"
    right = candidates[names.index(found[1].lower())]
    return ViewQuestion(sort="multiple choice", question=question, answer=right, candidates=tuple(candidates))


def _wrong_images(text: str, images: int) -> str:
    named = [ORDINALS.index(found[1].lower()) for found in NAMED_IMAGE.finditer(text)]
    if not IMAGES.search(text):
        return "names no image"
    return "names an image that is not there" if any(number >= images for number in named) else ""


def _fits(text: str, words: tuple[int, int]) -> bool:
    return words[0] <= len(text.split()) <= words[1]


def asked_about(
    images: Sequence[Float[np.ndarray, "_h _w 3"]], questioner: Questioner, count: int
) -> tuple[tuple[ViewQuestion, ...], tuple[str, ...]]:
    """Return what a model asks about images of one place, and why each other reply of it was refused.

    Args:
        images: RGB in [0, 1], in the order in which questions count them.
        questioner: the model.
        count: how many questions to ask it for.
    """
    prompts = view_prompts(count, len(images))
    replies = questioner.replies(images, [prompt for _, prompt in prompts])
    taken: dict[str, ViewQuestion] = {}
    refused: list[str] = []
    for (sort, _), reply in zip(prompts, replies, strict=True):
        found = read_reply(reply, sort, len(images))
        if isinstance(found, ViewQuestion) and found.question.lower() in taken:
            found = "asked before"
        if isinstance(found, str):
            refused.append(found)
        else:
            taken[found.question.lower()] = found
    return tuple(taken.values()), tuple(refused)
