"""Cutting boards: with a handle, with a groove, and round."""

import numpy as np

from vantage.rooms.catalogue.pieces import DARK, QUARTER
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, TorusArc, cylinder
from vantage.rooms.shapes.prisms import Prism, rounded


def paddle_board(rng: np.random.Generator) -> Blueprint:
    """Build a cutting board with a grip at one end."""
    b = Builder()
    x, y = rng.uniform(0.26, 0.32), rng.uniform(0.17, 0.21)
    b.add(Prism(rounded(x, y, 0.03), 0.018))
    b.add(Prism(rounded(0.14, 0.045, 0.02), 0.018), (x / 2 + 0.045, 0, 0), name="handle")
    b.add(cylinder(0.009, 0.019), (x / 2 + 0.09, 0, -0.0005), DARK, name="handle")
    b.support(0, 0, (0.42 * x, 0.42 * y), 0.018, 0.4, "plate")
    return b.done()


def grooved_board(rng: np.random.Generator) -> Blueprint:
    """Build a thick rectangular board with a juice groove and a dark slot to hold it by."""
    b = Builder()
    x, y = rng.uniform(0.36, 0.44), rng.uniform(0.25, 0.3)
    b.add(RoundedBox(x, y, 0.026, 0.008), (0, 0, 0.013))
    for sx in (-1, 1):
        b.add(Box(0.007, 0.84 * y, 0.001), (sx * 0.4 * x, 0, 0.0261), "wood black")
        b.add(Box(0.8 * x, 0.007, 0.001), (0, sx * 0.42 * y, 0.0261), "wood black")
    b.add(Prism(rounded(0.022, 0.1, 0.01), 0.001), (0.45 * x, 0, 0.0256), DARK, name="handle")
    b.support(0, 0, (0.36 * x, 0.36 * y), 0.026, 0.4, "plate")
    return b.done()


def round_board(rng: np.random.Generator) -> Blueprint:
    """Build a round board with a short grip that has a cord."""
    b = Builder()
    radius = rng.uniform(0.13, 0.16)
    b.add(cylinder(radius, 0.02))
    b.add(Prism(rounded(0.12, 0.05, 0.02), 0.02), (radius + 0.035, 0, 0), name="handle")
    b.add(TorusArc(0.022, 0.003), (radius + 0.105, 0, 0.012), "fabric brown", turn=(QUARTER, 0, 0), name="cord")
    b.support(0, 0, (0.6 * radius, 0.6 * radius), 0.02, 0.4, "plate")
    return b.done()


CATEGORIES = (
    Category(
        name="cutting board",
        variants={"paddle": paddle_board, "grooved": grooved_board, "round": round_board},
        looks={
            "wood": ("brown", "brown", "beige", "yellow"),
            "plastic": ("white", "green", "red", "blue", "yellow"),
            "stone": ("gray", "black"),
        },
        places=("counter", "counter", "counter", "table", "cabinet", "sideboard"),
        size=(0.34, 0.48),
        rooms=("kitchen",),
        synonyms=("chopping board",),
        patterned=False,
    ),
)
