"""Materials: what a surface is made of, which texture that gives it, and how it shines."""

import dataclasses

import numpy as np

from vantage.rooms.colours import Colour, named_colour
from vantage.rooms.worlds import PRETRAIN, World

PLAIN, GRAIN, CHECKS, STRIPES, SPECKLE, WEAVE, PLANKS, TILES, BRICKS, DOTS, PICTURE, BRUSHED, LEAVES, OUTDOORS = range(
    14
)
"""Texture numbers, as `textures.texture_mix` reads them."""


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
    """A word for the pattern: plain, striped, checked, dotted."""
    emission: float = 0.0
    """Light given off, as a multiple of the colour."""


@dataclasses.dataclass(frozen=True)
class Material:
    """A stuff that objects are made of."""

    adjective: str
    specular: float
    gloss: float
    texture: int
    period: tuple[float, float]
    contrast: float
    """How far the second colour is shaded from the first, as `Colour.shifted` counts."""
    patterns: tuple[str, ...] = ()
    """Patterns that it may carry, beside none."""


MATERIALS: dict[str, Material] = {
    "wood": Material("wooden", 0.10, 20.0, GRAIN, (0.05, 0.09), -0.38),
    "metal": Material("metal", 0.45, 40.0, BRUSHED, (0.012, 0.02), -0.22),
    "ceramic": Material("ceramic", 0.40, 60.0, SPECKLE, (0.02, 0.03), -0.08, ("striped", "dotted")),
    "fabric": Material("fabric", 0.0, 1.0, WEAVE, (0.025, 0.04), -0.30, ("striped", "checked", "dotted")),
    "leather": Material("leather", 0.12, 15.0, SPECKLE, (0.03, 0.05), -0.28),
    "plastic": Material("plastic", 0.22, 30.0, SPECKLE, (0.05, 0.09), -0.12, ("striped",)),
    "paper": Material("paper", 0.02, 5.0, SPECKLE, (0.03, 0.06), -0.15, ("striped",)),
    "cardboard": Material("cardboard", 0.0, 1.0, SPECKLE, (0.02, 0.04), -0.18),
    "plant": Material("green", 0.06, 10.0, LEAVES, (0.04, 0.07), -0.45),
    "plush": Material("plush", 0.0, 1.0, SPECKLE, (0.012, 0.02), -0.35),
    "glass": Material("glass", 0.6, 90.0, SPECKLE, (0.06, 0.1), 0.12),
    "brick": Material("brick", 0.0, 1.0, BRICKS, (0.08, 0.1), 0.3),
    "skin": Material("", 0.15, 20.0, SPECKLE, (0.03, 0.05), -0.2),
    "stone": Material("stone", 0.15, 30.0, SPECKLE, (0.03, 0.06), -0.3),
    "wicker": Material("wicker", 0.03, 8.0, WEAVE, (0.02, 0.03), -0.4),
    "crust": Material("", 0.05, 8.0, SPECKLE, (0.03, 0.05), -0.3),
    "rubber": Material("rubber", 0.10, 12.0, SPECKLE, (0.03, 0.05), -0.15, ("striped",)),
}
"""Strengths and periods chosen by eye on contact sheets of rendered rooms."""

PATTERN_TEXTURES = {"striped": STRIPES, "checked": CHECKS, "dotted": DOTS}
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
    second, texture, pattern = base.shifted(_contrast(stuff, colour)), stuff.texture, "plain"
    patterns = [name for name in stuff.patterns if name not in world.without_patterns]
    if patterned and patterns and rng.random() < PATTERN_CHANCE:
        pattern = str(rng.choice(patterns))
        texture = PATTERN_TEXTURES[pattern]
        # A pattern's second colour is a pale shade of the first, so that the object keeps its colour word.
        second = base.shifted(-0.6 if colour == "white" else 0.6)
        period = size / float(rng.uniform(3.0, 6.0))
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


def _contrast(stuff: Material, colour: str) -> float:
    """Return the shade of the second colour: weaker on white paint, lighter instead of darker on black."""
    if colour == "white":
        return 0.25 * stuff.contrast
    return 0.12 if colour == "black" else stuff.contrast


def fixed(material: str, colour: str, rng: np.random.Generator, world: World = PRETRAIN) -> Finish:
    """Draw a finish without a pattern, for the side parts of an object (a chair's legs, a lamp's foot)."""
    return make_finish(material, colour, rng, patterned=False, world=world)


def glowing(finish: Finish, emission: float) -> Finish:
    """Return the finish as a source of light (lamp shades, screens, window panes)."""
    return dataclasses.replace(finish, emission=emission)
