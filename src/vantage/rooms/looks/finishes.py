"""Finishes: how one surface looks, drawn from its material, its colour and its patterns."""

import dataclasses

import numpy as np

from vantage.rooms.looks.colours import Colour, named_colour
from vantage.rooms.looks.materials import MARBLE, MATERIALS, PATTERN_TEXTURES, Material
from vantage.rooms.worlds import PRETRAIN, World


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finish:
    """How one surface looks. Colours are linear light; a texture mixes `colour` with `second`."""

    material: str
    colour: Colour
    second: Colour
    texture: int
    period: float
    """Length of the texture's pattern in metres."""
    specular: float
    """Strength of the highlight (Blinn-Phong)."""
    gloss: float
    """Exponent of the highlight."""
    seed: int
    """Varies the texture from object to object."""
    pattern: str = "plain"
    """A word for the pattern: plain, or a key of `PATTERN_TEXTURES`."""
    emission: float = 0.0
    """Light given off, as a multiple of the colour."""


PATTERN_REPEATS = {
    "striped": (4.0, 8.0),
    "checked": (6.0, 12.0),
    "dotted": (4.0, 8.0),
    "flowered": (4.0, 8.0),
    "zigzag": (5.0, 9.0),
    "printed": (12.0, 20.0),
}
"""Periods across an object."""
LARGEST_PATTERN = {"striped": 0.12, "checked": 0.06, "dotted": 0.09, "flowered": 0.13, "zigzag": 0.12, "printed": 0.03}
"""Longest period in metres: prints on large cloths repeat more often instead of growing."""
MARBLE_SCALE = 5.0
"""Marble's veins are this much further apart than terrazzo's chips."""
PATTERN_CHANCE = 0.3
"""Share of patterned objects where the material allows patterns; keeps most objects of one plain colour."""


def make_finish(
    material: str,
    colour: str,
    rng: np.random.Generator,
    *,
    size: float = 0.3,
    patterned: bool = True,
    world: World = PRETRAIN,
) -> Finish:
    """Draw a finish of a material in a named colour.

    Args:
        material: a key of `MATERIALS`.
        colour: a basic colour term.
        rng: source of shade, texture and pattern.
        size: the object's size in metres; patterns take a fixed number of repeats across it.
        patterned: whether a pattern may be drawn.
        world: gives the shades and patterns that may appear.
    """
    stuff = MATERIALS[material]
    base = named_colour(colour, rng, world.shades)
    seed = int(rng.integers(1, 1 << 15))
    period = float(rng.uniform(*stuff.period))
    texture = stuff.textures[seed % len(stuff.textures)]
    if texture == MARBLE:
        period *= MARBLE_SCALE
    second, pattern = base.shifted(_contrast(stuff, colour)), "plain"
    patterns = [name for name in stuff.patterns if name not in world.without_patterns]
    if patterned and patterns and rng.random() < PATTERN_CHANCE:
        pattern = str(rng.choice([p for p in patterns if p in world.favoured_patterns] or patterns))
        texture = PATTERN_TEXTURES[pattern]
        # A pattern's second colour is a shade of the first, so that the object keeps its colour word.
        second = base.shifted(_ink(colour) if pattern == "printed" else -0.45 if colour == "white" else 0.55)
        period = min(size / float(rng.uniform(*PATTERN_REPEATS[pattern])), LARGEST_PATTERN[pattern])
    return Finish(
        material=material,
        colour=base,
        second=second,
        texture=texture,
        period=period,
        specular=stuff.specular,
        gloss=stuff.gloss,
        seed=seed,
        pattern=pattern,
    )


def _ink(colour: str) -> float:
    """Return the shade of print on paper of a colour: dark on light ones."""
    return 0.6 if colour in ("black", "blue", "purple", "brown", "red", "green") else -0.65


def _contrast(stuff: Material, colour: str) -> float:
    """Return the shade of the second colour: weaker on white paint, lighter instead of darker on black."""
    if colour == "white":
        return 0.45 * stuff.contrast
    return 0.12 if colour == "black" else stuff.contrast


def fixed(material: str, colour: str, rng: np.random.Generator, world: World = PRETRAIN) -> Finish:
    """Draw a finish without a pattern, for the side parts of an object (a chair's legs, a lamp's foot)."""
    return make_finish(material, colour, rng, patterned=False, world=world)


def glowing(finish: Finish, emission: float) -> Finish:
    """Return the finish as a source of light (lamp shades, screens, window panes)."""
    return dataclasses.replace(finish, emission=emission)
