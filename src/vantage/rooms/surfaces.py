"""The looks of the room itself: wall paint and paper, floors, ceilings, and the view through a window."""

import dataclasses

import numpy as np

from vantage.rooms import materials
from vantage.rooms.colours import Colour, named_colour, to_linear
from vantage.rooms.materials import Finish, fixed, make_finish
from vantage.rooms.worlds import World

WALL_COLOURS = ("white", "white", "yellow", "blue", "green", "pink", "gray", "orange", "purple")
"""Wall paints; all but white are strongly lightened."""


def paint(name: str, lightness: float, rng: np.random.Generator, world: World) -> Colour:
    """Draw a wall colour: the named colour mixed far towards white."""
    return named_colour(name, rng, world.shades).shifted(lightness)


def wall_finish(rng: np.random.Generator, world: World) -> Finish:
    """Draw a wall's paint, paper or brick."""
    name = str(rng.choice(WALL_COLOURS))
    colour = paint(name, float(rng.uniform(0.45, 0.7)) if name != "white" else 0.2, rng, world)
    kind = rng.random()
    base = make_finish("paper", "white", rng, patterned=False, world=world)
    if kind < 0.45:
        return dataclasses.replace(
            base,
            colour=colour,
            second=colour.shifted(-0.16),
            texture=materials.SPECKLE,
            period=float(rng.uniform(0.15, 0.4)),
        )
    if kind < 0.85:
        texture = int(rng.choice([materials.STRIPES, materials.DOTS, materials.CHECKS]))
        word = {materials.STRIPES: "striped", materials.DOTS: "dotted", materials.CHECKS: "checked"}[texture]
        # Odd seeds make stripes stand.
        return dataclasses.replace(
            base,
            colour=colour,
            second=colour.shifted(-0.14),
            texture=texture,
            period=float(rng.uniform(0.14, 0.3)),
            pattern=word,
            seed=base.seed | 1,
        )
    brick_name = str(rng.choice(["red", "white", "gray"]))
    brick = named_colour(brick_name, rng, world.shades).shifted(0.25)
    return dataclasses.replace(
        base, colour=brick, second=brick.shifted(0.35), texture=materials.BRICKS, period=0.09, material="brick"
    )


def floor_finish(rng: np.random.Generator, world: World) -> Finish:
    """Draw planks, tiles or carpet."""
    kind = rng.random()
    if kind < 0.6:
        base = fixed("wood", "brown" if rng.random() < 0.75 else "gray", rng, world)
        colour = base.colour.shifted(float(rng.uniform(0.1, 0.45)))
        return dataclasses.replace(
            base,
            colour=colour,
            second=colour.shifted(-0.42),
            texture=materials.PLANKS,
            period=float(rng.uniform(0.1, 0.16)),
        )
    if kind < 0.8:
        base = fixed("ceramic", str(rng.choice(["white", "gray", "brown", "blue"])), rng, world)
        colour = base.colour.shifted(0.3)
        texture = materials.TILES if rng.random() < 0.6 else materials.CHECKS
        return dataclasses.replace(
            base,
            colour=colour,
            second=colour.shifted(-0.35),
            texture=texture,
            period=float(rng.uniform(0.3, 0.45)),
            specular=0.15,
        )
    base = fixed("fabric", str(rng.choice(["gray", "blue", "green", "red", "brown", "purple"])), rng, world)
    colour = base.colour.shifted(0.2)
    return dataclasses.replace(base, colour=colour, second=colour.shifted(-0.3), texture=materials.SPECKLE, period=0.06)


def ceiling_finish(rng: np.random.Generator, world: World) -> Finish:
    """Draw a white ceiling."""
    base = fixed("paper", "white", rng, world)
    return dataclasses.replace(base, texture=materials.SPECKLE, period=0.3)


def pane_finish(rng: np.random.Generator, world: World) -> Finish:
    """Draw the bright view through a window: sky over a green horizon."""
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
