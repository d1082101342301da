"""Draw the looks of placed things: a material and a colour of their own, and the finishes of their parts."""

from collections import Counter

import numpy as np

from vantage.rooms.catalogue import CATALOGUE
from vantage.rooms.held_out import STAND_INS
from vantage.rooms.looks.finishes import Finish, fixed, glowing, make_finish
from vantage.rooms.looks.surfaces import pane_finish
from vantage.rooms.shapes.blueprint import Blueprint, Category
from vantage.rooms.worlds import World

LAMP_GLOW, SCREEN_GLOW = 0.55, 0.35
"""Light given off by lamp shades and screens, as a multiple of their colour (by eye)."""


def draw_look(
    category: str, size: float, used: Counter[tuple[str, str]], world: World, rng: np.random.Generator
) -> Finish:
    """Draw a material and a colour in which the room has none of this category yet, if there is one left.

    Args:
        category: a name of the catalogue.
        size: the thing's size in metres, for patterns.
        used: how often a category already came in a colour.
        world: gives the looks that may appear.
        rng: source of materials, colours and patterns.
    """
    entry = CATALOGUE[category]
    allowed = allowed_looks(entry, world)
    favoured = [name for name in allowed if name in world.favoured_materials]
    material = str(rng.choice(favoured or list(allowed)))
    colours = list(dict.fromkeys(allowed[material]))
    wanted = [c for c in colours if (category, c) in world.favoured_pairs]
    least = min(used[category, c] for c in colours)
    fresh = [c for c in allowed[material] if used[category, c] == least]
    colour = str(rng.choice(wanted or fresh))
    return make_finish(material, colour, rng, size=size, patterned=entry.patterned, world=world)


def draw_finishes(blueprint: Blueprint, main: Finish, world: World, rng: np.random.Generator) -> dict[str, Finish]:
    """Draw the finish of every slot of a blueprint's parts; the slot "main" has the given one."""
    finishes = {"main": main}
    for slot in dict.fromkeys(part.slot for part in blueprint.parts):
        finishes.setdefault(slot, _slot_finish(slot, main, world, rng))
    return finishes


def _slot_finish(slot: str, main: Finish, world: World, rng: np.random.Generator) -> Finish:
    words = slot.split()
    if words[-1] == "pane":
        return pane_finish(rng, world)
    hidden = world.without_materials | world.without_colours
    words = [STAND_INS[word] if word in hidden else word for word in words]
    glow = LAMP_GLOW if words[0] == "main" or words[1] in ("white", "yellow") else SCREEN_GLOW
    finish = main if words[0] == "main" else fixed(words[0], words[1], rng, world)
    return glowing(finish, glow) if words[-1] == "glow" else finish


def allowed_looks(entry: Category, world: World) -> dict[str, list[str]]:
    """Return the materials and colours in which a category may come in a world."""
    result = {}
    for material, colours in entry.looks.items():
        if material in world.without_materials:
            continue
        kept = [
            colour
            for colour in colours
            if colour not in world.without_colours and (entry.name, colour) not in world.without_pairs
        ]
        if kept:
            result[material] = kept
    return result
