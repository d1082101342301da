"""What a free text answers: a length, a clock direction, yes or no, or a choice; None where it does not say one thing.

The same text always gives the same answer. Where a text weighs several values, the one that it declares as its answer
counts, the last such one.
"""

import math
import re
from collections.abc import Sequence

from vantage.dialogue.lengths import UNITS as TOLD_UNITS
from vantage.dialogue.spoken_numbers import NUMBER, in_digits

UNITS = {**TOLD_UNITS, "yard": 0.9144, "yd": 0.9144, "kilometer": 1000.0, "kilometre": 1000.0, "km": 1000.0,
         "decimeter": 0.1, "decimetre": 0.1, "dm": 0.1}  # fmt: skip
"""Names of units in metres."""
UNIT = (
    r"(?:(?:milli|centi|deci|kilo)?met(?:er|re)s?|inch(?:es)?|foot|feet|yards?|mms?|cms?|dms?|kms?|ms?|fts?|ins?|yds?"
    r"""|"|')"""
)
QUANTITY = re.compile(rf"(?<![\w.])({NUMBER})\s*-?\s*({UNIT})(?![a-z])\.?")
RANGE = re.compile(
    rf"(?<![\w.])(?P<low>{NUMBER})\s*-?\s*(?P<first>{UNIT})?\s*(?:-|to|or|and|\.\.\.?)\s*"
    rf"(?P<high>{NUMBER})\s*-?\s*(?P<unit>{UNIT})(?![a-z])"
)
SPREAD = re.compile(
    rf"({NUMBER})\s*({UNIT}(?![a-z]))?\s*(?:±|\+/-|plus or minus|give or take)\s*(?:{NUMBER})\s*({UNIT}(?![a-z]))?"
)
BEHIND_INCHES = (
    "and",
    "or",
    "apart",
    "away",
    "long",
    "wide",
    "tall",
    "high",
    "deep",
    "to",
    "from",
    "between",
    "of",
    "by",
)
"""Words that may follow "in" as a unit: "12 in apart", but not "2 in the room"."""
SAME = 0.1
"""Relative difference up to which two lengths are one length told twice: "1.2 meters (4 feet)" differ by 2%, and what
is rounded in both units by up to 8%."""
DECLARED = re.compile(
    r"(?:answer|result|conclusion|estimate|therefore|thus|hence|so|overall|final|total|finally)\b[^.;:\n]{0,60}?(?:\bis|\bbe|:|=|,)?"
)
YES = ("yes", "yeah", "yep", "yup", "indeed", "correct", "true", "affirmative", "certainly", "absolutely", "definitely")
NO = ("no", "nope", "incorrect", "false", "negative", "wrong")


def lengths_in(text: str) -> list[tuple[float, int]]:
    """Return all lengths that a text tells, in metres, each with where in `in_digits(text)` it begins.

    A range counts as its middle; "5 feet 3 inches" and "1 m 20 cm" are one length each.
    """
    plain = re.sub(r"(\d+)\s*m\s*(\d\d)(?![\d.])(?!\s*(?:cm|mm|centi|milli))\b", r"\1.\2 m", in_digits(text))
    # "1.5 m ± 0.2 m", "1.5 ± 0.2 m": what is added and taken away is no second value.
    plain = SPREAD.sub(lambda m: f"{m[1]} {m[2] or m[3] or ''}", plain)
    found: list[tuple[float, int]] = []
    ranges = [match for match in RANGE.finditer(plain) if _is_range(match)]
    inside = [(match.start(), match.end()) for match in ranges]
    for match in ranges:
        low = float(match["low"]) * _metres(match["first"] or match["unit"])
        found.append(((low + float(match["high"]) * _metres(match["unit"])) / 2, match.start()))
    end, last = -1, 0.0
    for match in QUANTITY.finditer(plain):
        if any(start <= match.start() < stop for start, stop in inside) or not _is_unit(plain, match):
            continue
        unit = _metres(match[2])
        joined = end >= 0 and re.fullmatch(r"\s*,?\s*(?:and)?\s*", plain[end : match.start()]) is not None
        if joined and unit < last and found and found[-1][1] < match.start():
            found[-1] = (found[-1][0] + float(match[1]) * unit, found[-1][1])
        else:
            found.append((float(match[1]) * unit, match.start()))
        end, last = match.end(), unit
    return sorted(found, key=lambda item: item[1])


def _is_range(match: re.Match[str]) -> bool:
    """Tell "1 to 2 meters" from "1 meter and 20 centimeters" and "5 feet 3 inches"."""
    first, unit = match["first"], match["unit"]
    if first is None:
        return float(match["low"]) <= float(match["high"])
    low, high = float(match["low"]) * _metres(first), float(match["high"]) * _metres(unit)
    joined = match.string[match.end("first") : match.start("high")].strip()
    # "between 1 m and 2 m" is a range, "1 m and 20 cm" a sum.
    return low <= high and (joined != "and" or "between" in match.string[max(0, match.start() - 12) : match.start()])


def _is_unit(text: str, match: re.Match[str]) -> bool:
    """Tell inches from the word "in", and from a quotation's end."""
    unit, behind = match[2], text[match.end(2) :]
    if unit in ("in", "ins"):
        word = re.match(r"\s+([a-z]+)", behind)
        return word is None or word[1] in BEHIND_INCHES
    return unit != '"' or text[: match.start(2)].count('"') % 2 == 0


def _metres(unit: str) -> float:
    for name in (unit, unit.removesuffix("s"), unit.removesuffix("es")):
        if name in UNITS:
            return UNITS[name]
    raise ValueError(unit)


def answered_length(text: str, *, bare_unit: float | None = None) -> float | None:
    """Return the length that a text answers, in metres.

    Args:
        text: free.
        bare_unit: metres of the unit that the question asked for; a text that is a bare number then counts.
    """
    found = lengths_in(text)
    if not found:
        bare = re.fullmatch(rf"\s*(?:about|approximately|around|roughly|~)?\s*({NUMBER})\s*\.?\s*", in_digits(text))
        return float(bare[1]) * bare_unit if bare is not None and bare_unit is not None else None
    if _same([value for value, _ in found]):
        return found[0][0]
    declared = [match.end() for match in DECLARED.finditer(in_digits(text))]
    if not declared:
        return None
    behind = [value for value, place in found if place >= declared[-1] - 1]
    return behind[0] if behind and _same(behind) else None


def _same(values: Sequence[float]) -> bool:
    return max(values) - min(values) <= SAME * max(values)


def answered_hour(text: str) -> float | None:
    """Return the clock direction that a text answers, above 0 to 12; 1.5 for "between 1 and 2 o'clock"."""
    plain = in_digits(text)
    oclock = r"o'?\s*clock"
    found = [
        (float(m[1]) + float(m[2])) / 2 if abs(float(m[1]) - float(m[2])) == 1 else None
        for m in re.finditer(rf"\b(\d{{1,2}})(?:\s*{oclock})?\s*(?:-|to|or|and)\s*(\d{{1,2}})\s*{oclock}", plain)
    ]
    if not found:
        found = [float(m[1]) for m in re.finditer(rf"\b(\d{{1,2}})(?::00)?\s*-?\s*{oclock}", plain)]
    if not found:
        bare = re.fullmatch(r"\s*(\d{1,2})(?::00)?\s*\.?\s*", plain)
        found = [float(bare[1])] if bare else []
    distinct = set(found)
    if len(distinct) != 1 or None in distinct:
        return None
    hour = distinct.pop()
    return hour if hour is not None and 0 < hour <= 12 else None


def answered_yes(text: str) -> bool | None:
    """Return whether a text says yes; None where it says neither, or both."""
    plain = text.strip().lower().lstrip("\"'*([ ")
    first = re.match(r"[a-z]+", plain)
    declared = re.findall(rf"answer(?:\s+is|:|\s+would\s+be)?\s*[\"'*(]*({'|'.join(YES + NO)})\b", plain)
    if declared:
        return declared[-1] in YES
    if first is not None and first[0] in YES + NO and not _goes_on(plain, first[0]):
        return first[0] in YES
    said = set(re.findall(r"(?<![\w'])(yes|no)(?=\s*[.,;:!)\"'*]|\s*$)", plain))
    return "yes" in said if len(said) == 1 else None


def _goes_on(plain: str, word: str) -> bool:
    """Tell "no sofa is seen" and "correct answers vary" from an answer."""
    return (
        word not in ("yes", "yeah", "yep", "yup", "indeed", "nope") and re.match(rf"{word}\s+[a-z]", plain) is not None
    )


def answered_choice(text: str, choices: Sequence[str]) -> str | None:
    """Return which of the choices, such as "A" and "B", a text answers; only those of the question count.

    Args:
        text: free.
        choices: single letters.
    """
    letters = "".join(re.escape(choice.upper()) for choice in choices)
    declared = re.findall(
        rf"(?:answer|choice|option|choose|select|pick)\b(?:\s+(?:is|would\s+be|point|option))*\s*:?\s*[*\"']*\(?([{letters}])\)?(?![\w'])",
        re.sub(r"(?i)\b(answer|choice|option|choose|select|pick|is|would|be|point)\b", lambda m: m[0].lower(), text),
    )
    if declared:
        return _of(declared[-1], choices)
    bare = re.fullmatch(rf"[\s*\"']*\(?([{letters}{letters.lower()}])\)?[\s.*\"':]*", text)
    if bare:
        return _of(bare[1], choices)
    leading = re.match(rf"[\s*\"']*(?:\(([{letters}])\)|([{letters}])[.):])(?!\s*(?:or|and|nor|/))", text)
    marked = set(re.findall(rf"\(([{letters}])\)", text)) or set(re.findall(rf"\b[Pp]oint ([{letters}])\b", text))
    if len(marked) == 1:
        return _of(marked.pop(), choices)
    return _of(leading[1] or leading[2], choices) if leading else None


def _of(letter: str, choices: Sequence[str]) -> str:
    return next(choice for choice in choices if choice.upper() == letter.upper())


def hour_difference(one: float, other: float) -> float:
    """Return how many hours two clock directions are apart, 0 to 6."""
    gap = math.fmod(abs(one - other), 12)
    return min(gap, 12 - gap)
