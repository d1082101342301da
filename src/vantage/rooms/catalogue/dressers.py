"""Chests of drawers."""

import numpy as np

from vantage.rooms.catalogue.carpentry import PAINTED, block, corners, legs
from vantage.rooms.catalogue.cases import Case, case
from vantage.rooms.catalogue.fronts import drawer
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, cylinder


def fill_drawers(b: Builder, inner: Case, columns: int, rows: int, grip: str, out: tuple[int, int] = (-1, -1)) -> None:
    """Fill a case with a grid of drawers between rails; the drawer in column and row `out` is pulled out."""
    rail, reach = 0.016, inner.high[1] - inner.low[1]
    wide, tall = (inner.width + rail) / columns, (inner.height + rail) / rows
    for column in range(columns):
        x = inner.low[0] + column * wide
        if column:
            block(b, (x - rail, inner.low[1], inner.low[2]), (x, inner.high[1], inner.high[2]))
        for row in range(rows):
            z = inner.low[2] + row * tall
            if row:
                block(b, (x, inner.low[1], z - rail), (x + wide - rail, inner.low[1] + 0.05, z), name="frame")
            drawer(
                b,
                (x, inner.low[1], z),
                (x + wide - rail, inner.high[1], z + tall - rail),
                out=0.55 * reach if (column, row) == out else 0.0,
                grip="two knobs" if grip == "knob" and wide > 0.5 else "knob" if grip == "knob" else "pull",
            )


def wide_dresser(rng: np.random.Generator) -> Blueprint:
    """Build a wide chest of two columns of drawers on turned feet."""
    b = Builder()
    width, depth, height = rng.uniform(1.2, 1.5), rng.uniform(0.42, 0.5), rng.uniform(0.76, 0.88)
    inner = case(b, (width, depth, height - 0.12), (0, 0, 0.1))
    for x, y in corners(width - 0.1, depth - 0.1):
        b.add(cylinder(0.03, 0.1), (x, y, 0), name="foot")
    fill_drawers(b, inner, 2, 3, "knob")
    b.add(Box(width + 0.03, depth + 0.03, 0.02), (0, -0.01, height - 0.01), name="top")
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.02), height, 0.7, "sideboard")
    return b.done()


def tall_dresser(rng: np.random.Generator) -> Blueprint:
    """Build a narrow tall chest of five or six drawers."""
    b = Builder()
    width, depth, height = rng.uniform(0.55, 0.75), rng.uniform(0.4, 0.46), rng.uniform(1.1, 1.35)
    b.add(Box(width, depth, 0.06), (0, 0, 0.03), name="base")
    inner = case(b, (width, depth, height - 0.06), (0, 0, 0.06))
    fill_drawers(b, inner, 1, int(rng.integers(5, 7)), "pull")
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.02), height, 0.6, "sideboard")
    return b.done()


def opened_dresser(rng: np.random.Generator) -> Blueprint:
    """Build a chest of four drawers, one of them pulled out."""
    b = Builder()
    width, depth, height = rng.uniform(0.75, 0.95), rng.uniform(0.42, 0.5), rng.uniform(0.85, 1.0)
    inner = case(b, (width, depth, height - 0.08), (0, 0, 0.08))
    for x, y in corners(width - 0.06, depth - 0.06):
        b.add(Box(0.05, 0.05, 0.08), (x, y, 0.04), name="foot")
    fill_drawers(b, inner, 1, 4, "knob" if rng.random() < 0.5 else "pull", (0, int(rng.integers(1, 4))))
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.02), height, 0.7, "sideboard")
    return b.done()


def mirror_dresser(rng: np.random.Generator) -> Blueprint:
    """Build a chest of three drawers with a framed mirror between two posts on its top."""
    b = Builder()
    width, depth, height = rng.uniform(0.85, 1.1), rng.uniform(0.42, 0.48), rng.uniform(0.72, 0.82)
    inner = case(b, (width, depth, height - 0.14), (0, 0, 0.14))
    legs(b, width - 0.02, depth - 0.02, 0.14, 0.05)
    fill_drawers(b, inner, 1, 3, "knob")
    tall, wide, y = rng.uniform(0.55, 0.7), 0.62 * width, depth / 2 - 0.05
    for side in (-1, 1):
        b.add(Box(0.035, 0.035, 0.75 * tall), (side * (wide / 2 + 0.02), y, height + 0.375 * tall), name="stand")
        b.add(Box(0.03, 0.025, tall - 0.04), (side * (wide / 2 - 0.012), y, height + 0.06 + tall / 2), name="frame")
    for z in (0.06, tall + 0.02):
        b.add(Box(wide, 0.025, 0.04), (0, y, height + z + 0.01), name="frame")
    b.add(Box(wide - 0.04, 0.01, tall - 0.02), (0, y - 0.004, height + 0.06 + tall / 2), "glass gray", name="mirror")
    b.support(0, -0.05, (width / 2 - 0.03, depth / 2 - 0.09), height, 0.5, "sideboard")
    return b.done()


CATEGORIES = (
    Category(
        name="dresser",
        variants={"wide": wide_dresser, "tall": tall_dresser, "open": opened_dresser, "mirror": mirror_dresser},
        size=(0.85, 1.6),
        looks={"wood": PAINTED},
        places=("group",),
        rooms=("bedroom",),
        synonyms=("chest of drawers", "bureau", "wardrobe"),
    ),
)
