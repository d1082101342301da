"""What a free text answers to a question about several images: which image, how many, or that the premise is false."""

import re

from vantage.dialogue.drawing import ORDINALS
from vantage.dialogue.spoken_numbers import in_digits

SHORT_ORDINALS = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")
PICTURE = r"(?:image|picture|photo(?:graph)?|view|one)"
IMAGE = re.compile(
    rf"\b(?P<before>{'|'.join([*ORDINALS, *SHORT_ORDINALS])})\b(?:\s+{PICTURE}\b)?"
    rf"|\b{PICTURE}\s+(?:number\s+|no\.?\s*|#)?(?P<after>[1-8])\b"
)
DENIAL = re.compile(
    r"\b(?:no|not|none|never|neither|nor|nowhere|nothing|cannot|without|absent|missing|false|wrong|incorrect|lacks?|"
    r"instead|rather than)\b|n['’]t\b"
)
AGAINST = re.compile(r"\b(?:rather than|instead of|than|but not|and not)\b")
"""What an answer may name the other image behind: "the first image rather than the second"."""


def answered_image(text: str) -> int | None:
    """Return the index of the image that a text answers; None where it names none, or several with none denied."""
    plain = text.lower()
    bare = re.fullmatch(r"\W*([1-8])\W*", plain)
    if bare:
        return int(bare[1]) - 1
    sentences = [part for part in re.split(r"[.;:!?\n]+", plain) if part.strip()]
    affirmed = {
        _number(found)
        for sentence in sentences
        for part in re.split(r",|\bbut\b|\band\b", AGAINST.split(sentence)[0])
        for found in IMAGE.finditer(part)
        if not DENIAL.search(part)
    }
    return affirmed.pop() if len(affirmed) == 1 else None


def _number(found: re.Match[str]) -> int:
    if found["after"]:
        return int(found["after"]) - 1
    word = found["before"]
    return ORDINALS.index(word) if word in ORDINALS else SHORT_ORDINALS.index(word)


def answered_count(text: str) -> int | None:
    """Return the number that a text answers; None where it tells none or several. "No chairs" are none."""
    plain = in_digits(text)
    found = {int(number) for number in re.findall(r"(?<![\w.])(\d+)(?![\w.]*\d)(?!\s*(?:st|nd|rd|th)\b)", plain)}
    if len(found) == 1:
        return found.pop()
    return 0 if not found and re.search(r"\b(?:no|none)\b", plain) else None


def denies(text: str) -> bool:
    """Tell whether a text says that something is not so."""
    return DENIAL.search(text.lower()) is not None
