"""Hammers: they lie, their grips towards -x."""

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, STEEL, curve
from vantage.rooms.catalogue.places import TOOL_PLACES
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism


def claw_hammer(rng: np.random.Generator) -> Blueprint:
    """Build a claw hammer: a face at one end of its head, two bent claws at the other."""
    b = Builder()
    long, z = rng.uniform(0.27, 0.33), 0.017
    b.add(Tube(((-long, 0.0, z), (0.0, 0.0, z)), 0.012), name="handle")
    b.add(Tube(((-long, 0.0, z), (-0.62 * long, 0.0, z)), 0.0165), slot="rubber black", name="grip")
    b.add(Box(0.03, 0.05, 0.03), (0, 0, z), STEEL, name="head")
    b.add(cylinder(0.0165, 0.045), (0, -0.02, z), STEEL, turn=(QUARTER, 0, 0), name="head")
    b.add(cylinder(0.0195, 0.014), (0, -0.058, z), STEEL, turn=(QUARTER, 0, 0), name="head")
    for side in (-1, 1):
        b.add(
            Tube(
                curve((0, 0.02, z), (0.004, 0.06, z + side * 0.004), (-0.025, 0.085, z + side * 0.009), count=5), 0.0075
            ),
            slot=STEEL,
            name="head",
        )
    return b.done()


def sledge_hammer(rng: np.random.Generator) -> Blueprint:
    """Build a mallet with a big cylindrical head on a round stick."""
    b = Builder()
    long, radius = rng.uniform(0.26, 0.34), rng.uniform(0.034, 0.042)
    b.add(Tube(((-long, 0.0, radius), (0.02, 0.0, radius)), 0.0125), slot="wood brown", name="handle")
    b.add(cylinder(radius, 0.1), (0, 0.05, radius), turn=(QUARTER, 0, 0), name="head")
    for y in (0.052, -0.034):
        b.add(cylinder(1.03 * radius, 0.018), (0, y, radius), "metal gray", turn=(QUARTER, 0, 0), name="head")
    return b.done()


def ball_hammer(rng: np.random.Generator) -> Blueprint:
    """Build a bench hammer: a square face, a wedge behind, a waisted handle."""
    b = Builder()
    long, z = rng.uniform(0.27, 0.34), 0.018
    b.add(
        Prism(
            ((-long, -0.014), (-0.5 * long, -0.01), (0.02, -0.009), (0.02, 0.009), (-0.5 * long, 0.01), (-long, 0.014)),
            0.02,
        ),
        (0, 0, z - 0.01),
        name="handle",
    )
    b.add(Box(0.034, 0.06, 0.034), (0, -0.028, z), STEEL, name="head")
    wedge = ((-0.017, 0.0), (0.017, 0.0), (0.004, 0.062), (-0.004, 0.062))
    b.add(Prism(wedge, 0.034), (0, 0.0, z - 0.017), STEEL, name="head")
    b.add(Box(0.038, 0.012, 0.036), (0, -0.062, z), STEEL, name="head")
    return b.done()


CATEGORIES = (
    Category(
        name="hammer",
        variants={"claw": claw_hammer, "mallet": sledge_hammer, "bench": ball_hammer},
        looks={
            "wood": ("brown", "brown", "yellow", "red", "beige"),
            "plastic": ("yellow", "orange", "blue", "black", "turquoise"),
        },
        places=TOOL_PLACES,
        size=(0.25, 0.42),
        rooms=("workshop",),
        synonyms=("mallet",),
        patterned=False,
    ),
)
