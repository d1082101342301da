"""The looks of the room itself: wall paint and paper, floors, ceilings, and the view through a window."""

import dataclasses

import numpy as np

from vantage.rooms.looks import materials
from vantage.rooms.looks.colours import Colour, named_colour, to_linear
from vantage.rooms.looks.finishes import Finish, fixed, make_finish
from vantage.rooms.worlds import World

WALL_COLOURS = ("white", "white", "white", "beige", "yellow", "blue", "green", "pink", "gray", "orange", "purple")
"""Wall paints; all but white are strongly lightened."""
WALL_KINDS = {"paint": 0.52, "paper": 0.24, "panelling": 0.08, "brick": 0.08, "tiles": 0.08}
"""Shares of what covers walls; chosen, paint and paper first."""
FLOOR_KINDS = {"planks": 0.4, "parquet": 0.14, "tiles": 0.16, "carpet": 0.18, "concrete": 0.06, "stone": 0.06}
"""Shares of floors. Stone falls to planks in worlds without it."""
PAPER_PERIODS = {"striped": (0.05, 0.12), "flowered": (0.09, 0.16), "zigzag": (0.08, 0.14), "dotted": (0.05, 0.09)}
"""Wallpapers and the range of their period, metres."""
CARPET_COLOURS = ("gray", "blue", "green", "red", "brown", "purple", "beige")
"""Colours of carpets."""
TILE_COLOURS = ("white", "white", "gray", "beige", "blue", "green", "brown")
"""Colours of floor tiles."""


def paint(name: str, lightness: float, rng: np.random.Generator, world: World) -> Colour:
    """Draw a wall colour: the named colour mixed far towards white."""
    return named_colour(name, rng, world.shades).shifted(lightness)


def wall_finish(rng: np.random.Generator, world: World) -> Finish:
    """Draw a wall's paint, paper, panelling, brick or tiles."""
    name = _draw([colour for colour in WALL_COLOURS if colour not in world.without_colours], rng)
    colour = paint(name, float(rng.uniform(0.5, 0.75)) if name != "white" else 0.2, rng, world)
    kind = _draw_share(WALL_KINDS, rng)
    base = make_finish("plaster", "white", rng, patterned=False, world=world)
    if kind == "paint":
        return dataclasses.replace(base, colour=colour, second=colour.shifted(-0.06))
    if kind == "paper":
        return _wallpaper(base, colour, rng, world)
    if kind == "panelling":
        wood = fixed("wood", "brown" if rng.random() < 0.5 else "white", rng, world)
        board = wood.colour.shifted(float(rng.uniform(0.15, 0.4)))
        period = float(rng.uniform(0.09, 0.14))
        return dataclasses.replace(
            wood, colour=board, second=board.shifted(-0.4), texture=materials.PANELLING, period=period
        )
    if kind == "brick":
        brick = named_colour(_draw(("red", "white", "gray", "brown"), rng), rng, world.shades).shifted(0.2)
        second = Colour("white", to_linear(np.array([0.74, 0.72, 0.69])))
        return dataclasses.replace(
            base, colour=brick, second=second, texture=materials.BRICKS, period=0.075, material="brick"
        )
    tile = fixed("ceramic", "white", rng, world)
    return dataclasses.replace(
        tile,
        colour=colour,
        second=colour.shifted(-0.3),
        texture=materials.BOND if rng.random() < 0.5 else materials.TILES,
        period=float(rng.uniform(0.08, 0.15)),
    )


def _wallpaper(base: Finish, colour: Colour, rng: np.random.Generator, world: World) -> Finish:
    """Draw a small, soft pattern on a coloured paper."""
    word = _draw([name for name in PAPER_PERIODS if name not in world.without_patterns], rng)
    # Odd seeds make stripes stand.
    return dataclasses.replace(
        base,
        material="paper",
        colour=colour,
        second=colour.shifted(-float(rng.uniform(0.07, 0.13))),
        texture=materials.PATTERN_TEXTURES[word],
        period=float(rng.uniform(*PAPER_PERIODS[word])),
        pattern=word,
        seed=base.seed | 1,
    )


def floor_finish(rng: np.random.Generator, world: World) -> Finish:
    """Draw planks, parquet, tiles, carpet, concrete or stone."""
    kind = _draw_share(FLOOR_KINDS, rng)
    if kind in world.without_materials or kind in ("planks", "parquet"):
        return _wooden_floor(materials.PARQUET if kind == "parquet" else materials.PLANKS, rng, world)
    if kind == "carpet":
        name = _draw([colour for colour in CARPET_COLOURS if colour not in world.without_colours], rng)
        base = fixed("fabric", name, rng, world)
        colour = base.colour.shifted(0.15)
        return dataclasses.replace(
            base, colour=colour, second=colour.shifted(-0.3), texture=materials.FUR, period=0.012
        )
    if kind == "concrete":
        base = fixed("concrete", "gray", rng, world)
        colour = base.colour.shifted(float(rng.uniform(0.0, 0.3)))
        return dataclasses.replace(base, colour=colour, second=colour.shifted(-0.22))
    if kind == "stone":
        base = fixed("stone", _draw(("white", "gray", "brown"), rng), rng, world)
        return dataclasses.replace(base, specular=0.2, period=1.4 * base.period)
    name = _draw([colour for colour in TILE_COLOURS if colour not in world.without_colours], rng)
    base = fixed("ceramic", name, rng, world)
    colour = base.colour.shifted(0.25)
    return dataclasses.replace(
        base,
        colour=colour,
        second=colour.shifted(-0.35),
        texture=materials.TILES,
        period=float(rng.uniform(0.2, 0.45)),
        specular=0.2,
    )


def _wooden_floor(texture: int, rng: np.random.Generator, world: World) -> Finish:
    base = fixed("wood", "brown" if rng.random() < 0.8 else "gray", rng, world)
    colour = base.colour.shifted(float(rng.uniform(0.15, 0.5)))
    width = (0.09, 0.16) if texture == materials.PLANKS else (0.3, 0.45)
    return dataclasses.replace(
        base, colour=colour, second=colour.shifted(-0.4), texture=texture, period=float(rng.uniform(*width))
    )


def _draw(words: list[str] | tuple[str, ...], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]


def _draw_share(shares: dict[str, float], rng: np.random.Generator) -> str:
    return str(rng.choice(list(shares), p=list(shares.values())))


def ceiling_finish(rng: np.random.Generator, world: World) -> Finish:
    """Draw a white ceiling."""
    return fixed("plaster", "white", rng, world)


def pane_finish(rng: np.random.Generator, world: World) -> Finish:
    """Draw the view through a window: sky over a green horizon, in the colours of day; `emitters` puts in others."""
    sky = Colour("white", to_linear(np.array([0.78, 0.88, 0.98])))
    ground = Colour("green", to_linear(np.array([0.45, 0.62, 0.38])))
    return dataclasses.replace(
        fixed("glass", "white", rng, world),
        colour=sky,
        second=ground,
        texture=materials.OUTDOORS,
        period=1.0,
        emission=1.0,
    )
