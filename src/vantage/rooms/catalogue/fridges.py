"""Fridges, closed and open."""

import numpy as np

from vantage.rooms.catalogue.appliances import ENAMEL, LINING
from vantage.rooms.catalogue.carpentry import block, corners
from vantage.rooms.catalogue.cases import Case, case, shelves
from vantage.rooms.catalogue.fronts import Leaf, pull
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, cylinder


def fridge_body(b: Builder, width: float, depth: float, height: float, split: float) -> tuple[Case, Case]:
    """Add a thick-walled case on feet, divided at height `split`; return its lower and upper volume."""
    inner = case(b, (width, depth, height - 0.04), (0, 0, 0.04), board=0.045)
    b.add(Box(width - 0.08, depth - 0.08, 0.04), (0, 0, 0.02), "plastic black", name="base")
    block(b, (inner.low[0], inner.high[1] - 0.02, inner.low[2]), (*inner.high[:2], inner.high[2]), LINING, name="back")
    back = inner.high[1] - 0.02
    block(b, (inner.low[0], inner.low[1], split - 0.025), (inner.high[0], back, split + 0.025), name="panel")
    upper = Case((*inner.low[:2], split + 0.025), (inner.high[0], back, inner.high[2]))
    return Case(inner.low, (inner.high[0], back, split - 0.025)), upper


def fridge_shelves(b: Builder, inner: Case, rows: int, *, closed: bool) -> None:
    """Divide a fridge's volume by glass shelves."""
    shelves(b, inner, rows, LINING if rows > 1 else "main", kind="fridge", closed=closed, board=0.01, inset=0.02)


def two_door_fridge(rng: np.random.Generator) -> Blueprint:
    """Build a tall fridge with a small freezer door above or below a large one."""
    b = Builder()
    width, depth, height = rng.uniform(0.56, 0.68), rng.uniform(0.55, 0.62), rng.uniform(1.6, 1.85)
    split = (0.38 if rng.random() < 0.5 else 0.68) * height
    low, high = fridge_body(b, width, depth, height, split)
    fridge_shelves(b, low, 2, closed=True)
    fridge_shelves(b, high, 2, closed=True)
    side = 1 if rng.random() < 0.5 else -1
    for z0, z1 in ((0.06, split - 0.006), (split + 0.006, height)):
        door = Leaf(-side * width / 2, -depth / 2, side)
        door.add(b, RoundedBox(width, 0.06, z1 - z0, 0.012), width / 2, 0.03, (z0 + z1) / 2)
        long = 0.45 * (z1 - z0)
        at = z0 + 0.03 + long / 2 if z0 > 0.1 else z1 - 0.03 - long / 2
        door.handle(b, width - 0.05, at, long, "metal gray", 0.06)
    b.support(0, 0.02, (width / 2 - 0.06, depth / 2 - 0.08), height, 0.35, "shelf")
    return b.done()


def wide_fridge(rng: np.random.Generator) -> Blueprint:
    """Build a wide fridge with two tall doors side by side, and a dispenser in one."""
    b = Builder()
    width, depth, height = rng.uniform(0.84, 0.92), rng.uniform(0.62, 0.68), rng.uniform(1.7, 1.8)
    inner = case(b, (width, depth, height - 0.05), (0, 0, 0.05), board=0.045)
    b.add(Box(width - 0.08, depth - 0.08, 0.05), (0, 0, 0.025), "plastic black", name="base")
    block(b, (-0.08, inner.low[1], inner.low[2]), (-0.04, inner.high[1], inner.high[2]))
    fridge_shelves(b, Case(inner.low, (-0.08, *inner.high[1:])), 3, closed=True)
    fridge_shelves(b, Case((-0.04, *inner.low[1:]), inner.high), 3, closed=True)
    tall, z = height - 0.07, 0.07 + (height - 0.07) / 2
    for side, wide in ((1, width / 2 - 0.064), (-1, width / 2 + 0.056)):
        door = Leaf(-side * width / 2, -depth / 2, side)
        door.add(b, RoundedBox(wide, 0.06, tall, 0.012), wide / 2, 0.03, z)
        door.handle(b, wide - 0.035, z + 0.05, 0.9, "metal gray", 0.06)
        if side > 0:
            door.add(b, Box(0.2, 0.006, 0.34), wide / 2 - 0.02, 0.062, z + 0.2, "plastic black", name="panel")
            door.add(b, Box(0.14, 0.03, 0.02), wide / 2 - 0.02, 0.07, z + 0.05, "metal gray", name="spout")
    b.support(0, 0.02, (width / 2 - 0.06, depth / 2 - 0.08), height, 0.35, "shelf")
    return b.done()


def retro_fridge(rng: np.random.Generator) -> Blueprint:
    """Build a low round-shouldered fridge with one bulging door, a lever handle and a badge."""
    b = Builder()
    width, depth, height = rng.uniform(0.55, 0.62), rng.uniform(0.5, 0.56), rng.uniform(1.2, 1.45)
    inner = case(b, (width - 0.03, depth, height - 0.23), (0, 0, 0.1), board=0.04)
    b.add(RoundedBox(width, depth + 0.02, 0.14, 0.06), (0, -0.01, height - 0.07), name="top")
    b.add(
        RoundedBox(width - 0.004, 0.11, height - 0.09, 0.05),
        (0, -depth / 2 - 0.05, 0.09 + (height - 0.09) / 2),
        name="door",
    )
    for x, y in corners(width - 0.12, depth - 0.1):
        b.add(cylinder(0.02, 0.11), (x, y, 0), "metal gray", name="foot")
    fridge_shelves(b, inner, 3, closed=True)
    y = -depth / 2 - 0.105
    b.add(Box(0.045, 0.03, 0.09), (0.36 * width, y - 0.01, 0.62 * height), "metal gray", name="handle")
    b.add(Box(0.022, 0.02, 0.24), (0.36 * width, y - 0.03, 0.56 * height), "metal gray", name="handle")
    b.add(Box(0.16, 0.012, 0.025), (-0.14 * width, y - 0.002, 0.84 * height), "metal gray", name="label")
    b.add(Box(width - 0.1, 0.008, 0.02), (0, y - 0.002, 0.2 * height), "metal gray", name="rim")
    return b.done()


def open_fridge(rng: np.random.Generator) -> Blueprint:
    """Build a fridge with its large door wide open: shelves and a box within, racks inside the door."""
    b = Builder()
    width, depth, height = rng.uniform(0.56, 0.66), rng.uniform(0.55, 0.6), rng.uniform(1.55, 1.8)
    split = 0.36 * height
    low, high = fridge_body(b, width, depth, height, split)
    fridge_shelves(b, low, 2, closed=True)
    fridge_shelves(b, high, 4, closed=False)
    side = 1 if rng.random() < 0.5 else -1
    Leaf(-side * width / 2, -depth / 2, side).add(
        b, RoundedBox(width, 0.06, split - 0.07, 0.012), width / 2, 0.03, 0.06 + (split - 0.07) / 2
    )
    pull(b, 0.0, -depth / 2 - 0.06, split - 0.06, 0.3)
    door = Leaf(-side * width / 2, -depth / 2, side, rng.uniform(1.2, 1.9))
    tall, middle = height - split - 0.006, (height + split) / 2
    door.add(b, RoundedBox(width, 0.05, tall, 0.012), width / 2, 0.035, middle)
    door.hinges(b, tall, split + 0.006)
    door.add(b, Box(width - 0.06, 0.02, tall - 0.06), width / 2, 0.004, middle, LINING, name="panel")
    for k in range(3):
        z = split + 0.08 + k * tall / 3.2
        door.add(b, Box(width - 0.1, 0.09, 0.012), width / 2, -0.05, z, LINING, name="shelf")
        door.add(b, Box(width - 0.1, 0.008, 0.07), width / 2, -0.092, z + 0.03, "plastic gray", name="rim")
    door.handle(b, width - 0.05, middle, 0.4 * tall, "metal gray", 0.06)
    return b.done()


CATEGORIES = (
    Category(
        name="fridge",
        variants={"two doors": two_door_fridge, "wide": wide_fridge, "retro": retro_fridge, "open": open_fridge},
        size=(1.15, 1.9),
        looks={"metal": (*ENAMEL, "gray"), "plastic": ("white", "blue", "green", "pink", "yellow", "beige")},
        places=("group",),
        rooms=("kitchen",),
        synonyms=("refrigerator", "icebox", "cooler"),
        patterned=False,
    ),
)
