"""Dumbbells: with six-sided heads, with plates, and round."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, lying
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve
from vantage.rooms.shapes.prisms import Prism, regular

BAR = "metal gray"


def hex_dumbbell(rng: np.random.Generator) -> Blueprint:
    """Build a dumbbell with six-sided heads."""
    b = Builder()
    long, radius = rng.uniform(0.25, 0.34), rng.uniform(0.045, 0.065)
    flat = radius * math.cos(math.pi / 6)
    lying(b, 0.015, 0.6 * long, (-0.3 * long, 0, flat), BAR, name="grip")
    for side in (-1, 1):
        x = side * 0.5 * long if side < 0 else 0.26 * long
        b.add(Prism(regular(6, radius), 0.24 * long), (x, 0, flat), turn=(0, QUARTER, 0), name="head")
        b.add(
            Prism(regular(6, 0.6 * radius), 0.004),
            (x - 0.002 if side < 0 else x + 0.24 * long - 0.002, 0, flat),
            BAR,
            turn=(0, QUARTER, 0),
            name="label",
        )
    return b.done()


def plate_dumbbell(rng: np.random.Generator) -> Blueprint:
    """Build a dumbbell with loose plates of two sizes on a bar, and screw collars."""
    b = Builder()
    long, radius = rng.uniform(0.33, 0.4), rng.uniform(0.065, 0.085)
    lying(b, 0.0125, long, (-long / 2, 0, radius), BAR, name="grip")
    for side in (-1, 1):
        for start, thick, size in (
            (0.17, 0.024, 1.0),
            (0.17 + 0.026 / long, 0.022, 1.0),
            (0.17 + 0.05 / long, 0.018, 0.72),
        ):
            x = start * long if side > 0 else -start * long - thick
            lying(b, size * radius, thick, (x, 0, radius), name="head")
        x = 0.17 * long + 0.068
        lying(b, 0.024, 0.016, (x if side > 0 else -x - 0.016, 0, radius), BAR, name="cap")
        for a in (0.0, QUARTER):
            b.add(Box(0.012, 0.07, 0.008), (side * (x + 0.008), 0, radius), BAR, turn=(a, 0, 0), name="cap")
    return b.done()


def round_dumbbell(rng: np.random.Generator) -> Blueprint:
    """Build a smooth dumbbell with two ball heads that flow into the grip."""
    b = Builder()
    half, radius = rng.uniform(0.095, 0.13), rng.uniform(0.035, 0.048)
    side = [
        (0.0, half),
        (0.6 * radius, half - 0.1 * radius),
        (0.95 * radius, half - 0.55 * radius),
        (radius, half - radius),
        (0.85 * radius, half - 1.6 * radius),
        (0.35 * radius, half - 2.05 * radius),
        (0.33 * radius, 0.0),
    ]
    profile = [(r, -z) for r, z in side] + [(r, z) for r, z in reversed(side[:-1])]
    b.add(Revolve(tuple(profile)), (0, 0, radius), turn=(0, QUARTER, 0), name="head")
    lying(b, 0.36 * radius, half - 1.2 * radius, (-(half - 1.2 * radius) / 2, 0, radius), "rubber black", name="grip")
    return b.done()


CATEGORIES = (
    Category(
        name="dumbbell",
        variants={"six-sided": hex_dumbbell, "plates": plate_dumbbell, "smooth": round_dumbbell},
        looks={"rubber": ("black", "black", "gray", "blue", "red", "pink", "turquoise"), "metal": ("gray", "black")},
        places=("floor", "floor", "floor", "shelf", "bin"),
        size=(0.18, 0.42),
        rooms=("bedroom", "living room"),
        synonyms=("gym weights", "hand weight"),
        patterned=False,
    ),
)
