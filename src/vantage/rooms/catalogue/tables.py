"""Tables and desks."""

import numpy as np

from vantage.rooms.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes import Box, Frustum, RoundedBox, cylinder

WOODS = ("brown", "brown", "white", "black", "gray")


def four_legs(
    b: Builder, width: float, depth: float, height: float, thickness: float, slot: str, *, taper: bool
) -> None:
    """Add legs that stand `thickness` inside the corners."""
    for sx in (-1, 1):
        for sy in (-1, 1):
            x, y = sx * (width / 2 - thickness), sy * (depth / 2 - thickness)
            if taper:
                b.add(Frustum(0.35 * thickness, 0.6 * thickness, height), (x, y, 0), slot)
            else:
                b.add(Box(thickness, thickness, height), (x, y, height / 2), slot)


def dining_table(rng: np.random.Generator) -> Blueprint:
    """Build a rectangular table on legs, or a round one on a foot."""
    b = Builder()
    height = rng.uniform(0.70, 0.77)
    if rng.random() < 0.3:
        radius = rng.uniform(0.5, 0.65)
        b.add(cylinder(radius, 0.035), (0, 0, height - 0.035))
        b.add(cylinder(0.05, height - 0.06), (0, 0, 0.02))
        b.add(Frustum(0.3, 0.08, 0.05))
        half = (0.68 * radius, 0.68 * radius)
    else:
        width, depth = rng.uniform(1.2, 1.7), rng.uniform(0.75, 0.95)
        b.add(RoundedBox(width, depth, 0.04, 0.012), (0, 0, height - 0.02))
        b.add(Box(width - 0.16, depth - 0.16, 0.07), (0, 0, height - 0.075))
        four_legs(b, width, depth, height - 0.04, rng.uniform(0.06, 0.09), "main", taper=rng.random() < 0.4)
        half = (width / 2 - 0.03, depth / 2 - 0.03)
    b.support(0, 0, half, height, 0.8, "table")
    return b.done()


def coffee_table(rng: np.random.Generator) -> Blueprint:
    """Build a low table, often with a shelf between its legs."""
    b = Builder()
    height, width, depth = rng.uniform(0.38, 0.47), rng.uniform(0.8, 1.15), rng.uniform(0.5, 0.65)
    b.add(RoundedBox(width, depth, 0.045, 0.015), (0, 0, height - 0.0225))
    slot = "main" if rng.random() < 0.6 else "metal black"
    four_legs(b, width, depth, height - 0.045, 0.055, slot, taper=rng.random() < 0.5)
    if rng.random() < 0.5:
        b.add(Box(width - 0.11, depth - 0.11, 0.02), (0, 0, 0.12))
    b.support(0, 0, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.8, "table")
    return b.done()


def side_table(rng: np.random.Generator) -> Blueprint:
    """Build a small round or square table."""
    b = Builder()
    height, size = rng.uniform(0.45, 0.6), rng.uniform(0.42, 0.52)
    if rng.random() < 0.5:
        b.add(cylinder(size / 2, 0.03), (0, 0, height - 0.03))
        for k in range(3):
            angle = 2 * np.pi * k / 3
            b.add(cylinder(0.016, height - 0.03), (0.36 * size * np.cos(angle), 0.36 * size * np.sin(angle), 0))
        half = (0.33 * size, 0.33 * size)
    else:
        b.add(Box(size, size, 0.03), (0, 0, height - 0.015))
        four_legs(b, size, size, height - 0.03, 0.04, "main", taper=False)
        half = (size / 2 - 0.02, size / 2 - 0.02)
    b.support(0, 0, half, height, 0.8, "table")
    return b.done()


def desk(rng: np.random.Generator) -> Blueprint:
    """Build a desk: a top on a drawer block and a side panel or legs."""
    b = Builder()
    height, width, depth = rng.uniform(0.72, 0.76), rng.uniform(1.1, 1.5), rng.uniform(0.6, 0.72)
    b.add(RoundedBox(width, depth, 0.04, 0.008), (0, 0, height - 0.02))
    block = 0.38
    side = 1 if rng.random() < 0.5 else -1
    x = side * (width / 2 - block / 2 - 0.02)
    b.add(Box(block, depth - 0.08, height - 0.04), (x, 0, (height - 0.04) / 2))
    for k in range(3):
        z = 0.13 + k * (height - 0.1) / 3
        b.add(Box(block - 0.04, 0.02, (height - 0.16) / 3 - 0.02), (x, -depth / 2 + 0.035, z), "wood white")
        b.add(Box(0.12, 0.02, 0.02), (x, -depth / 2 + 0.018, z), "metal gray")
    b.add(Box(0.04, depth - 0.08, height - 0.04), (-side * (width / 2 - 0.05), 0, (height - 0.04) / 2))
    b.support(0, 0, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.9, "desk")
    return b.done()


CATEGORIES = (
    Category(
        name="table", variants={"plain": dining_table}, size=(0.02, 2.6), looks={"wood": WOODS}, places=("group",)
    ),
    Category(
        name="coffee table",
        variants={"plain": coffee_table},
        size=(0.02, 2.6),
        looks={"wood": WOODS},
        places=("group",),
    ),
    Category(
        name="side table",
        variants={"plain": side_table},
        size=(0.02, 2.6),
        looks={"wood": WOODS, "metal": ("black", "white", "red", "green")},
        places=("group",),
    ),
    Category(
        name="desk",
        variants={"plain": desk},
        size=(0.02, 2.6),
        looks={"wood": ("brown", "brown", "white", "gray")},
        places=("group",),
    ),
)
