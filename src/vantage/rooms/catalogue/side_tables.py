"""Small tables beside beds and sofas."""

import numpy as np

from vantage.rooms.catalogue.carpentry import WOODS, block, corners, legs, rod, strut
from vantage.rooms.catalogue.cases import case, shelves
from vantage.rooms.catalogue.fronts import drawer
from vantage.rooms.catalogue.tables import round_top
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, TorusArc


def tripod_side_table(rng: np.random.Generator) -> Blueprint:
    """Build a small round table with a rim on a stem with three feet."""
    b = Builder()
    height, radius = rng.uniform(0.5, 0.62), rng.uniform(0.2, 0.27)
    round_top(b, radius, height, thickness=0.02)
    b.add(TorusArc(radius - 0.004, 0.01), (0, 0, height - 0.006), turn=(np.pi / 2, 0, 0), name="rim")
    b.add(Frustum(0.03, 0.02, height - 0.16), (0, 0, 0.14), name="pole")
    for k in range(3):
        c, s = np.cos(2 * np.pi * k / 3 + 0.5), np.sin(2 * np.pi * k / 3 + 0.5)
        rod(b, (0.8 * radius * c, 0.8 * radius * s, 0.012), (0, 0, 0.2), 0.014, name="leg")
    return b.done()


def nightstand(rng: np.random.Generator) -> Blueprint:
    """Build a small square table with a drawer above an open shelf."""
    b = Builder()
    height, width, depth = rng.uniform(0.5, 0.62), rng.uniform(0.4, 0.5), rng.uniform(0.36, 0.42)
    leg = 0.14
    inner = case(b, (width, depth, height - leg), (0, 0, leg))
    legs(b, width - 0.02, depth - 0.02, leg, 0.04)
    middle = inner.low[2] + 0.52 * inner.height
    block(b, (inner.low[0], inner.low[1], middle), (inner.high[0], inner.high[1], middle + 0.016), name="shelf")
    drawer(b, (inner.low[0], inner.low[1], middle + 0.016), inner.high, grip="knob")
    open_part = type(inner)(inner.low, (inner.high[0], inner.high[1], middle))
    shelves(b, open_part, 1)
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.02), height, 0.8, "table")
    return b.done()


def c_side_table(rng: np.random.Generator) -> Blueprint:
    """Build a small table held from one side, whose foot slides under a sofa."""
    b = Builder()
    height, width, depth = rng.uniform(0.55, 0.65), rng.uniform(0.42, 0.5), rng.uniform(0.3, 0.36)
    b.add(Box(width, depth, 0.025), (0, 0, height - 0.0125), name="top")
    x = width / 2 - 0.02
    for y in (-depth / 2 + 0.03, depth / 2 - 0.03):
        b.add(Box(0.025, 0.025, height - 0.02), (x, y, (height - 0.02) / 2), "metal black", name="leg")
        block(b, (-width / 2, y - 0.0125, 0), (x, y + 0.0125, 0.02), "metal black", name="foot")
    b.add(Box(0.025, depth - 0.06, 0.02), (-width / 2 + 0.0125, 0, 0.01), "metal black", name="foot")
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.02), height, 0.8, "table")
    return b.done()


def tray_side_table(rng: np.random.Generator) -> Blueprint:
    """Build a round tray with a raised edge on crossed legs."""
    b = Builder()
    height, size = rng.uniform(0.45, 0.55), rng.uniform(0.4, 0.48)
    b.add(Box(size, size, 0.015), (0, 0, height - 0.04), name="top")
    for side in (-1, 1):
        b.add(Box(size, 0.012, 0.05), (0, side * (size / 2 - 0.006), height - 0.025), name="rim")
        b.add(Box(0.012, size, 0.05), (side * (size / 2 - 0.006), 0, height - 0.025), name="rim")
    for (x, y), (u, v) in zip(
        corners(size - 0.06, size - 0.06), reversed(corners(size - 0.06, size - 0.06)), strict=True
    ):
        # The upper ends cross over to the opposite side of the same x.
        del u
        strut(b, (x, y, 0.01), (x - np.sign(y) * 0.024, v, height - 0.05), (0.028, 0.022), "wood brown", name="leg")
    rod(b, (-size / 2 + 0.03, 0, height / 2 - 0.02), (size / 2 - 0.03, 0, height / 2 - 0.02), 0.01, "wood brown")
    b.support(0, 0, (size / 2 - 0.025, size / 2 - 0.025), height - 0.0325, 0.8, "table")
    return b.done()


CATEGORIES = (
    Category(
        name="side table",
        variants={
            "tripod": tripod_side_table,
            "nightstand": nightstand,
            "sliding": c_side_table,
            "tray": tray_side_table,
        },
        size=(0.42, 0.67),
        looks={"wood": WOODS, "metal": ("black", "white", "red", "green")},
        places=("group",),
        rooms=("living room", "bedroom"),
        synonyms=("end table", "nightstand", "bedside table", "occasional table"),
    ),
)
