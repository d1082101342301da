"""The room itself: floor, ceiling, four walls, a door, windows, and the rug."""

import dataclasses

import numpy as np

from vantage.rooms import materials
from vantage.rooms.blueprint import Blueprint, Builder
from vantage.rooms.colours import Colour, named_colour, to_linear
from vantage.rooms.materials import Finish, fixed, make_finish
from vantage.rooms.shapes import Box, RoundedBox, cylinder, sphere

THICKNESS = 0.1
"""Of walls, floor and ceiling, metres; only their inner faces are ever seen."""

WALL_COLOURS = ("white", "white", "yellow", "blue", "green", "pink", "gray", "orange", "purple")
"""Wall paints; all but white are strongly lightened."""

RUG_THICKNESS = 0.004
"""Metres; thin enough that furniture may stand half on it."""


@dataclasses.dataclass(frozen=True)
class Wall:
    """One wall: where its inner face stands and which way it looks."""

    length: float
    distance: float
    """From the room's middle to the inner face."""
    yaw: float
    """Turn of things that stand with their back to it."""

    def place(self, along: float, gap: float) -> tuple[float, float]:
        """Return the floor position `along` metres right of the wall's middle and `gap` metres before it."""
        c, s = float(np.cos(self.yaw)), float(np.sin(self.yaw))
        return c * along - s * (self.distance - gap), s * along + c * (self.distance - gap)


def walls_of(width: float, depth: float) -> tuple[Wall, ...]:
    """Return the walls at +y, +x, -y and -x."""
    quarter = float(np.pi / 2)
    return (
        Wall(width, depth / 2, 0.0),
        Wall(depth, width / 2, -quarter),
        Wall(width, depth / 2, 2 * quarter),
        Wall(depth, width / 2, quarter),
    )


def slab(width: float, depth: float) -> Blueprint:
    """Build a floor or ceiling whose origin is the middle of its upper face."""
    b = Builder()
    b.add(Box(width + 2 * THICKNESS, depth + 2 * THICKNESS, THICKNESS), (0, 0, -THICKNESS / 2))
    return Blueprint(tuple(b.parts))


def wall_panel(length: float, height: float) -> Blueprint:
    """Build a wall with a baseboard; its origin is the foot of its inner face."""
    b = Builder()
    b.add(Box(length, THICKNESS, height), (0, THICKNESS / 2, height / 2))
    b.add(Box(length, 0.012, 0.09), (0, -0.006, 0.045), "wood white")
    return Blueprint(tuple(b.parts))


def window(width: float, height: float) -> Blueprint:
    """Build a window: a bright pane, a frame with a cross and a sill; its origin is the sill's middle on the wall."""
    b = Builder()
    b.add(Box(width, 0.012, height), (0, -0.006, height / 2), "glass white pane")
    for sx in (-1, 0, 1):
        b.add(Box(0.05, 0.04, height + 0.05), (sx * width / 2, -0.02, height / 2))
    for z in (0.0, 0.55 * height, height):
        b.add(Box(width + 0.05, 0.038, 0.05), (0, -0.019, z))
    b.add(Box(width + 0.16, 0.12, 0.03), (0, -0.06, -0.035))
    return Blueprint(tuple(b.parts))


def door(width: float, height: float) -> Blueprint:
    """Build a closed door with its casing, two panels and a handle; its origin is the foot on the wall."""
    b = Builder()
    b.add(Box(width, 0.03, height), (0, -0.015, height / 2))
    for z, h in ((0.28 * height, 0.36 * height), (0.73 * height, 0.4 * height)):
        b.add(RoundedBox(width - 0.24, 0.02, h, 0.008), (0, -0.03, z))
    for sx in (-1, 1):
        b.add(Box(0.07, 0.045, height + 0.07), (sx * (width / 2 + 0.035), -0.0225, (height + 0.07) / 2), "wood white")
    b.add(Box(width + 0.14, 0.045, 0.07), (0, -0.0225, height + 0.035), "wood white")
    b.add(cylinder(0.012, 0.06), (0.4 * width, -0.025, 0.48 * height), "metal gray", turn=(np.pi / 2, 0, 0))
    b.add(sphere(0.03), (0.4 * width, -0.09, 0.48 * height), "metal gray")
    return Blueprint(tuple(b.parts))


def rug(width: float, depth: float, *, round_one: bool) -> Blueprint:
    """Build a rug; a round one has the diameter `width`."""
    b = Builder()
    if round_one:
        b.add(cylinder(width / 2, RUG_THICKNESS))
    else:
        b.add(Box(width, depth, RUG_THICKNESS), (0, 0, RUG_THICKNESS / 2))
        for sx in (-1, 1):
            b.add(Box(0.06, depth, 0.001), (sx * (width / 2 - 0.05), 0, RUG_THICKNESS), "fabric white")
    return b.done()


def ceiling_lamp(radius: float) -> Blueprint:
    """Build a flat round lamp under the ceiling; its origin is its upper face."""
    b = Builder()
    b.add(cylinder(radius, 0.07), (0, 0, -0.07), "main glow")
    b.add(cylinder(radius + 0.02, 0.02), (0, 0, -0.02), "metal gray")
    return Blueprint(tuple(b.parts))


def paint(name: str, lightness: float, rng: np.random.Generator) -> Colour:
    """Draw a wall colour: the named colour mixed far towards white."""
    return named_colour(name, rng).shifted(lightness)


def wall_finish(rng: np.random.Generator) -> Finish:
    """Draw a wall's paint, paper or brick."""
    name = str(rng.choice(WALL_COLOURS))
    colour = paint(name, float(rng.uniform(0.45, 0.7)) if name != "white" else 0.2, rng)
    kind = rng.random()
    base = make_finish("paper", "white", rng, patterned=False)
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
    brick = named_colour(brick_name, rng).shifted(0.25)
    return dataclasses.replace(
        base, colour=brick, second=brick.shifted(0.35), texture=materials.BRICKS, period=0.09, material="brick"
    )


def floor_finish(rng: np.random.Generator) -> Finish:
    """Draw planks, tiles or carpet."""
    kind = rng.random()
    if kind < 0.6:
        base = fixed("wood", "brown" if rng.random() < 0.75 else "gray", rng)
        colour = base.colour.shifted(float(rng.uniform(0.1, 0.45)))
        return dataclasses.replace(
            base,
            colour=colour,
            second=colour.shifted(-0.42),
            texture=materials.PLANKS,
            period=float(rng.uniform(0.1, 0.16)),
        )
    if kind < 0.8:
        base = fixed("ceramic", str(rng.choice(["white", "gray", "brown", "blue"])), rng)
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
    base = fixed("fabric", str(rng.choice(["gray", "blue", "green", "red", "brown", "purple"])), rng)
    colour = base.colour.shifted(0.2)
    return dataclasses.replace(base, colour=colour, second=colour.shifted(-0.3), texture=materials.SPECKLE, period=0.06)


def ceiling_finish(rng: np.random.Generator) -> Finish:
    """Draw a white ceiling."""
    base = fixed("paper", "white", rng)
    return dataclasses.replace(base, texture=materials.SPECKLE, period=0.3)


def pane_finish(rng: np.random.Generator) -> Finish:
    """Draw the bright view through a window: sky over a green horizon."""
    sky = Colour("white", to_linear(np.array([0.78, 0.88, 0.98])))
    ground = Colour("green", to_linear(np.array([0.45, 0.62, 0.38])))
    return dataclasses.replace(
        fixed("glass", "white", rng), colour=sky, second=ground, texture=materials.OUTDOORS, period=1.0, emission=1.0
    )
