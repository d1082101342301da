"""Lengths as people say them, and back: "45 centimeters", "1.2 meters", "3 feet".

The rule of SpatialVLM: precision falls as the length grows, and some answers speak in feet and inches.
"""

import math
import re

import numpy as np

from vantage.errors import UsageError

IMPERIAL = 0.2
"""Share of lengths told in feet and inches (SpatialVLM)."""
LEAST_IMPERIAL = 0.05
"""Shortest length told in inches, metres: shorter, whole inches would be off by more than 25%."""
LEAST = 0.005
"""Shortest length that is told, metres: half a centimetre."""
LEAST_EXACT = 0.02
"""Shortest length told with two decimals of a metre: there they are off by at most 25%."""
INCH, FOOT = 0.0254, 0.3048
"""In metres."""
STYLES = ("human", "exact")
"""How numbers are told: rounded as people do, or with two decimals (SpatialBoost's tables give no rule)."""
UNITS = {
    "millimeter": 0.001, "millimetre": 0.001, "mm": 0.001,
    "centimeter": 0.01, "centimetre": 0.01, "cm": 0.01,
    "meter": 1.0, "metre": 1.0, "m": 1.0,
    "inch": INCH, "in": INCH, '"': INCH,
    "foot": FOOT, "feet": FOOT, "ft": FOOT, "'": FOOT,
}  # fmt: skip
"""Names of units in metres."""
LENGTH = re.compile(
    r"""(?<![\w.])(\d+(?:\.\d+)?|\.\d+)\s*-?\s*"""
    r"""(millimet(?:er|re)s?|mm|centimet(?:er|re)s?|cm|met(?:er|re)s?|m|inch(?:es)?|in|foot|feet|ft|"|')(?![A-Za-z])"""
)
"""A number with a unit."""


def told_length(metres: float, style: str, rng: np.random.Generator) -> str | None:
    """Return a length in words, or None when it is too short to be told.

    Args:
        metres: the length.
        style: one of `STYLES`.
        rng: draws between metric and imperial units.

    Raises:
        UsageError: there is no such style, or the length is negative or not finite.
    """
    if style not in STYLES:
        raise UsageError(f"numbers told {style!r}: choose one of {', '.join(STYLES)}")
    if not (math.isfinite(metres) and metres >= 0):
        raise UsageError(f"length of {metres} m: expected a finite number of 0 or more")
    if metres < (LEAST if style == "human" else LEAST_EXACT):
        return None
    if style == "exact":
        return f"{metres:.2f} meters"
    imperial = rng.random() < IMPERIAL
    return in_feet(metres) if imperial and metres >= LEAST_IMPERIAL else in_metres(metres)


def in_metres(metres: float) -> str:
    """Return a length as people say it: centimetres below 1 m, then tenths, whole metres, fives and tens."""
    if metres < 0.02:
        return _counted(round(metres * 1000), "millimeter")
    if metres < 0.975:
        whole = round(metres * 100)
        return _counted(whole if whole <= 20 else 5 * round(metres * 20), "centimeter")
    if metres < 9.95:
        return _counted(round(metres, 1), "meter")
    if metres < 30:
        return _counted(round(metres), "meter")
    step = 5 if metres < 100 else 10
    return _counted(step * round(metres / step), "meter")


def in_feet(metres: float) -> str:
    """Return a length as people say it: inches below 2 feet, then halves, whole feet and fives."""
    feet = metres / FOOT
    if feet < 1.95:
        return _counted(round(metres / INCH), "inch")
    if feet < 9.75:
        return _counted(round(feet * 2) / 2, "foot")
    if feet < 100:
        return _counted(round(feet), "foot")
    return _counted(5 * round(feet / 5), "foot")


def parsed_length(text: str) -> float | None:
    """Return the only length that a text tells, in metres; None when it tells none or several that differ.

    "5 feet 3 inches" and 5'3" are one length.
    """
    found: list[float] = []
    end, last = -1, 0.0
    for match in LENGTH.finditer(text):
        value = float(match[1]) * _unit(match[2])
        joined = re.fullmatch(r"\s*(and)?\s*", text[end : match.start()]) if end >= 0 else None
        if joined is not None and math.isclose(last, FOOT) and math.isclose(_unit(match[2]), INCH):
            found[-1] += value
        else:
            found.append(value)
        end, last = match.end(), _unit(match[2])
    same = found and all(math.isclose(value, found[0], rel_tol=1e-9) for value in found)
    return found[0] if same else None


def _unit(name: str) -> float:
    if name in UNITS:
        return UNITS[name]
    return UNITS[name.removesuffix("es") if name.startswith("inch") else name.removesuffix("s")]


def _counted(value: float | int, unit: str) -> str:
    number = f"{value:g}"
    many = {"inch": "inches", "foot": "feet"}.get(unit, unit + "s")
    return f"{number} {unit if number == '1' else many}"
