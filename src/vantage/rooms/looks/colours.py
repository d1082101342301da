"""The basic colour words of English (Berlin and Kay 1969), turquoise and beige, as ranges of sRGB colours."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from vantage.rooms.held_out import USUAL_SHADES

BASIC_COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.80, 0.10, 0.09),
    "orange": (0.95, 0.50, 0.08),
    "yellow": (0.95, 0.84, 0.15),
    "green": (0.15, 0.58, 0.20),
    "blue": (0.12, 0.30, 0.80),
    "purple": (0.48, 0.17, 0.66),
    "pink": (0.96, 0.52, 0.70),
    "brown": (0.44, 0.26, 0.12),
    "black": (0.075, 0.075, 0.085),
    "white": (0.93, 0.92, 0.90),
    "gray": (0.52, 0.53, 0.54),
    "turquoise": (0.14, 0.68, 0.66),
    "beige": (0.84, 0.74, 0.58),
}
"""sRGB centres of the eleven terms; chosen near the foci of the XKCD colour survey (2010), and apart by eye."""

SHADE_LIMITS = {"brown": (-1.0, 0.16), "beige": (-0.1, 1.0), "orange": (-0.2, 1.0)}
"""How far these may be darkened or lightened before another word fits better: pale brown is beige, dark orange brown
(by eye on swatches)."""

VIVID = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
"""The chromatic terms except brown."""
ALL = tuple(BASIC_COLOURS)
"""Every term."""

Rgb = tuple[float, float, float]


@dataclasses.dataclass(frozen=True)
class Colour:
    """A colour with its name; `rgb` is linear light."""

    name: str
    rgb: Rgb
    shade: float = 0.0
    """How far it was mixed towards black (negative) or white when it was drawn; worlds differ in it."""

    def shifted(self, amount: float) -> "Colour":
        """Mix towards white (positive) or black (negative) by this fraction, in sRGB as a painter would."""
        target = 1.0 if amount > 0 else 0.0
        srgb = encode_srgb(np.array(self.rgb))
        return Colour(self.name, to_linear(srgb + abs(amount) * (target - srgb)), self.shade)


def named_colour(
    name: str, rng: np.random.Generator, shades: Sequence[tuple[float, float]] = (USUAL_SHADES,)
) -> Colour:
    """Draw a colour that this name fits: a light, plain or dark shade with a little jitter of its own.

    Args:
        name: a key of `BASIC_COLOURS`.
        rng: source of the shade.
        shades: ranges of how far it may be mixed towards black (negative) or white, one of them drawn.
    """
    srgb, amount = np.array(BASIC_COLOURS[name]), 0.0
    if name not in ("black", "white"):
        amount = float(rng.uniform(*shades[int(rng.integers(len(shades)))]))
        srgb = srgb + abs(amount) * ((1.0 if amount > 0 else 0.0) - srgb)
    # Jitter of 0.03 in sRGB is a just visible difference and crosses no border between two names; what has no hue
    # would get one from as much.
    jitter = 0.012 if name in ("black", "white", "gray") else 0.03
    srgb = np.clip(srgb + rng.uniform(-jitter, jitter, size=3), 0.02, 0.98)
    return Colour(name, to_linear(srgb), amount)


def to_linear(srgb: np.ndarray) -> Rgb:
    """Decode sRGB to linear light (IEC 61966-2-1)."""
    value = decode_srgb(srgb)
    return (float(value[0]), float(value[1]), float(value[2]))


def encode_srgb(linear: np.ndarray) -> np.ndarray:
    """Encode linear light as sRGB (IEC 61966-2-1)."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055)


def luminance(rgb: Rgb) -> float:
    """Return the relative luminance of a linear colour (Rec. 709)."""
    return math.fsum(c * w for c, w in zip(rgb, (0.2126, 0.7152, 0.0722), strict=True))


def decode_srgb(srgb: np.ndarray) -> np.ndarray:
    """Decode sRGB to linear light (IEC 61966-2-1), any shape."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((np.maximum(srgb, 0.04045) + 0.055) / 1.055) ** 2.4)
