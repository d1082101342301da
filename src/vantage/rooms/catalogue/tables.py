"""Dining tables and coffee tables."""

import numpy as np

from vantage.rooms.catalogue.carpentry import WOODS, block, corners, legs, rod, strut
from vantage.rooms.catalogue.cases import case, compartment
from vantage.rooms.catalogue.fronts import drawer
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, RoundedBox, cylinder


def board_top(b: Builder, width: float, depth: float, height: float, *, kind: str = "table") -> None:
    """Add a 35 mm table top whose upper face lies at `height`, and its support."""
    b.add(Box(width, depth, 0.035), (0, 0, height - 0.0175), name="top")
    b.support(0, 0, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.8, kind)


def round_top(b: Builder, radius: float, height: float, *, thickness: float = 0.03, slot: str = "main") -> None:
    """Add a round top and the square within it as a support."""
    b.add(cylinder(radius, thickness), (0, 0, height - thickness), slot, name="top")
    b.support(0, 0, (0.68 * radius, 0.68 * radius), height, 0.8, "table")


def apron(b: Builder, width: float, depth: float, high: float, tall: float = 0.08) -> None:
    """Add the four boards under a top, around a rectangle, up to height `high`."""
    for side in (-1, 1):
        b.add(Box(width, 0.02, tall), (0, side * (depth / 2 - 0.01), high - tall / 2), name="frame")
        b.add(Box(0.02, depth, tall), (side * (width / 2 - 0.01), 0, high - tall / 2), name="frame")


def rectangular_table(rng: np.random.Generator) -> Blueprint:
    """Build a rectangular table on four square legs."""
    b = Builder()
    height, width, depth = rng.uniform(0.72, 0.76), rng.uniform(1.2, 1.8), rng.uniform(0.75, 0.95)
    board_top(b, width, depth, height)
    thickness = rng.uniform(0.06, 0.085)
    legs(b, width - 0.06, depth - 0.06, height - 0.035, thickness)
    apron(b, width - 0.1, depth - 0.1, height - 0.035)
    return b.done()


def round_table(rng: np.random.Generator) -> Blueprint:
    """Build a round table on a turned column with four feet."""
    b = Builder()
    height, radius = rng.uniform(0.72, 0.76), rng.uniform(0.48, 0.65)
    round_top(b, radius, height)
    b.add(Frustum(0.22, 0.3, 0.03), (0, 0, height - 0.06), name="frame")
    b.add(Frustum(0.075, 0.05, height - 0.24), (0, 0, 0.2), name="pole")
    b.add(Frustum(0.06, 0.09, 0.08), (0, 0, 0.15), name="pole")
    for k in range(4):
        c, s = np.cos(np.pi * (0.25 + k / 2)), np.sin(np.pi * (0.25 + k / 2))
        reach = 0.62 * radius
        strut(b, (reach * c, reach * s, 0.04), (0.03 * c, 0.03 * s, 0.2), (0.06, 0.05), name="foot")
        b.add(cylinder(0.03, 0.04), (reach * c, reach * s, 0), name="foot")
    return b.done()


def trestle_table(rng: np.random.Generator) -> Blueprint:
    """Build a long table on two crossed trestles with a stretcher between them."""
    b = Builder()
    height, width, depth = rng.uniform(0.73, 0.76), rng.uniform(1.5, 2.0), rng.uniform(0.75, 0.9)
    board_top(b, width, depth, height)
    under = height - 0.035
    for side in (-1, 1):
        x = side * (width / 2 - 0.25)
        for lean in (-1, 1):
            y = lean * (depth / 2 - 0.1)
            strut(b, (x + 0.02 * lean, y, 0.03), (x + 0.02 * lean, -y, under - 0.03), (0.075, 0.04), name="leg")
            b.add(Box(0.06, 0.1, 0.035), (x + 0.02 * lean, y, 0.0175), name="foot")
        b.add(Box(0.09, depth - 0.14, 0.05), (x, 0, under - 0.025), name="frame")
    block(b, (0.25 - width / 2, -0.03, under / 2 - 0.06), (width / 2 - 0.25, 0.03, under / 2 + 0.04), name="frame")
    return b.done()


def extending_table(rng: np.random.Generator) -> Blueprint:
    """Build an extending table pulled out: two halves, a leaf between them with open joints, and splayed legs."""
    b = Builder()
    height, width, depth = rng.uniform(0.73, 0.76), rng.uniform(1.5, 2.0), rng.uniform(0.85, 0.95)
    leaf, gap = rng.uniform(0.35, 0.5), 0.006
    half = (width - leaf) / 2 - gap
    for side in (-1, 1):
        x = side * (leaf / 2 + gap + half / 2)
        b.add(RoundedBox(half, depth, 0.03, 0.012), (x, 0, height - 0.015), name="top")
    b.add(Box(leaf, depth, 0.03), (0, 0, height - 0.015), name="top")
    for side in (-1, 1):
        block(b, (-0.3 * width, side * 0.28 - 0.02, height - 0.08), (0.3 * width, side * 0.28 + 0.02, height - 0.029))
    apron(b, width - 0.3, depth - 0.24, height - 0.03, 0.07)
    legs(b, width - 0.08, depth - 0.08, height - 0.03, 0.05, splay=0.09)
    b.support(0, 0, (width / 2 - 0.04, depth / 2 - 0.04), height, 0.8, "table")
    return b.done()


def shelf_coffee_table(rng: np.random.Generator) -> Blueprint:
    """Build a low table with a slatted shelf between its legs."""
    b = Builder()
    height, width, depth = rng.uniform(0.40, 0.46), rng.uniform(0.9, 1.2), rng.uniform(0.5, 0.65)
    board_top(b, width, depth, height)
    legs(b, width - 0.03, depth - 0.03, height - 0.035, 0.055)
    low = 0.13
    for side in (-1, 1):
        b.add(Box(0.03, depth - 0.08, 0.04), (side * (width / 2 - 0.045), 0, low - 0.02), name="frame")
    count = 6
    pitch = (depth - 0.09) / count
    for k in range(count):
        y = (k - (count - 1) / 2) * pitch
        b.add(Box(width - 0.07, pitch - 0.02, 0.016), (0, y, low + 0.002), name="slat")
    return b.done()


def round_coffee_table(rng: np.random.Generator) -> Blueprint:
    """Build a low round table on bent wire legs."""
    b = Builder()
    height, radius = rng.uniform(0.38, 0.45), rng.uniform(0.36, 0.48)
    round_top(b, radius, height, thickness=0.035)
    for k in range(4):
        angle = np.pi * (0.25 + k / 2)
        for lean in (-0.16, 0.16):
            high = (0.72 * radius * np.cos(angle + lean), 0.72 * radius * np.sin(angle + lean), height - 0.03)
            rod(
                b,
                (0.9 * radius * np.cos(angle), 0.9 * radius * np.sin(angle), 0),
                high,
                0.007,
                "metal black",
                name="leg",
            )
    return b.done()


def chest_coffee_table(rng: np.random.Generator) -> Blueprint:
    """Build a low table with an opening right through it above two drawers."""
    b = Builder()
    height, width, depth = rng.uniform(0.40, 0.46), rng.uniform(0.85, 1.1), rng.uniform(0.55, 0.7)
    low = 0.19
    inner = case(b, (width, depth, low), (0, 0, 0.05))
    for x, y in corners(width - 0.06, depth - 0.06):
        b.add(Box(0.06, 0.06, 0.05), (x, y, 0.025), name="foot")
    block(b, (-0.01, inner.low[1], inner.low[2]), (0.01, inner.high[1], inner.high[2]))
    for x0, x1 in ((inner.low[0], -0.01), (0.01, inner.high[0])):
        drawer(b, (x0, inner.low[1], inner.low[2]), (x1, inner.low[1] + 0.42, inner.high[2]), grip="knob")
    for side in (-1, 1):
        x = side * (width / 2 - 0.02)
        b.add(Box(0.04, depth, height - low - 0.08), (x, 0, (height + low + 0.02) / 2), name="panel")
    corner = width / 2 - 0.04
    compartment(b, (-corner, -depth / 2, low + 0.05), (corner, depth / 2, height - 0.03))
    b.add(Box(width + 0.06, depth + 0.05, 0.03), (0, 0, height - 0.015), name="top")
    b.support(0, 0, (width / 2, depth / 2), height, 0.8, "table")
    return b.done()


def sled_coffee_table(rng: np.random.Generator) -> Blueprint:
    """Build a low thick board on two frames of flat metal bar."""
    b = Builder()
    height, width, depth = rng.uniform(0.38, 0.45), rng.uniform(0.95, 1.25), rng.uniform(0.5, 0.6)
    b.add(Box(width, depth, 0.05), (0, 0, height - 0.025), name="top")
    for side in (-1, 1):
        x = side * 0.36 * width
        for y in (-depth / 2 + 0.05, depth / 2 - 0.05):
            b.add(Box(0.05, 0.014, height - 0.05), (x, y, (height - 0.05) / 2), "metal black", name="leg")
        b.add(Box(0.05, depth - 0.09, 0.012), (x, 0, 0.006), "metal black", name="foot")
    b.support(0, 0, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.8, "table")
    return b.done()


CATEGORIES = (
    Category(
        name="table",
        variants={
            "rectangular": rectangular_table,
            "round": round_table,
            "trestle": trestle_table,
            "extending": extending_table,
        },
        size=(0.95, 2.05),
        looks={"wood": WOODS, "stone": ("white", "gray")},
        places=("group",),
        rooms=("kitchen", "living room"),
        synonyms=("dining table", "dinner table", "kitchen table"),
    ),
    Category(
        name="coffee table",
        variants={
            "shelf": shelf_coffee_table,
            "round": round_coffee_table,
            "chest": chest_coffee_table,
            "sled": sled_coffee_table,
        },
        size=(0.7, 1.3),
        looks={"wood": WOODS, "stone": ("white", "black", "gray")},
        places=("group",),
        rooms=("living room",),
        synonyms=("cocktail table", "low table"),
    ),
)
