"""Kitchen counters: cupboards and drawers under a worktop, with a sink, or free-standing as an island."""

import numpy as np

from vantage.rooms.catalogue.carpentry import block
from vantage.rooms.catalogue.cases import Case, case, compartment, headroom, shelves
from vantage.rooms.catalogue.fronts import Leaf, drawer
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Tube, cylinder

TOPS = ("wood brown", "ceramic white", "ceramic gray", "ceramic black")
"""Worktops: timber or a smooth slab."""
TOE = 0.1
"""Height of the recess for the toes, metres."""
SLAB = 0.035
"""Thickness of a worktop, metres."""


def worktop(b: Builder, width: float, depth: float, height: float, slot: str) -> None:
    """Add a worktop that overhangs by 2 cm in front, and its support."""
    b.add(Box(width + 0.01, depth + 0.03, SLAB), (0, -0.01, height - SLAB / 2), slot, name="top")
    b.support(0, -0.005, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.6, "counter")


def toe_board(b: Builder, width: float, depth: float) -> None:
    """Add the dark recessed foot of a row of cupboards."""
    b.add(Box(width - 0.02, depth - 0.07, TOE), (0, 0.03, TOE / 2), "wood black", name="base")


def modules(width: float, count: int) -> list[tuple[float, float]]:
    """Return the middle and width of equal modules of a counter."""
    pitch = width / count
    return [((k - (count - 1) / 2) * pitch, pitch) for k in range(count)]


def cupboard(b: Builder, inner: Case, side: int, angle: float, kind: str = "cabinet") -> None:
    """Add one shelf and a door to a module's free volume."""
    shelves(b, inner, 2 if inner.height > 0.5 else 1, kind=kind, closed=angle < 0.3, inset=0.01)
    hinge = inner.low[0] - 0.016 if side > 0 else inner.high[0] + 0.016
    door = Leaf(hinge, inner.low[1], side, angle)
    wide, tall = inner.width + 0.03, inner.height + 0.03
    door.panel(b, wide, tall, inner.low[2] - 0.015)
    door.handle(b, wide - 0.04, inner.high[2] - 0.12, 0.14)


def drawn_size(rng: np.random.Generator, count: int) -> tuple[float, float, float]:
    """Draw the width, depth and height of a counter of some modules."""
    return count * rng.uniform(0.45, 0.6), rng.uniform(0.58, 0.62), rng.uniform(0.88, 0.92)


def door_counter(rng: np.random.Generator) -> Blueprint:
    """Build a counter whose modules have a drawer above a door each; one door may stand open."""
    b = Builder()
    count = int(rng.integers(2, 4))
    width, depth, height = drawn_size(rng, count)
    toe_board(b, width, depth)
    ajar = int(rng.integers(-1, count))
    for k, (x, pitch) in enumerate(modules(width, count)):
        inner = case(b, (pitch, depth, height - SLAB - TOE), (x, 0, TOE), board=0.018)
        split = inner.high[2] - 0.16
        block(b, (inner.low[0], inner.low[1], split), (inner.high[0], inner.high[1], split + 0.016), name="shelf")
        drawer(b, (inner.low[0], inner.low[1], split + 0.016), (inner.high[0], inner.high[1] - 0.02, inner.high[2]))
        low_part = Case(inner.low, (inner.high[0], inner.high[1], split))
        cupboard(b, low_part, 1 if k % 2 == 0 else -1, rng.uniform(0.9, 1.8) if k == ajar else 0.0)
    worktop(b, width, depth, height, str(rng.choice(TOPS)))
    return b.done()


def drawer_counter(rng: np.random.Generator) -> Blueprint:
    """Build a counter of columns of deep drawers, one of them pulled out."""
    b = Builder()
    width, depth, height = drawn_size(rng, 2)
    toe_board(b, width, depth)
    out = (int(rng.integers(2)), int(rng.integers(1, 3)))
    for column, (x, pitch) in enumerate(modules(width, 2)):
        inner = case(b, (pitch, depth, height - SLAB - TOE), (x, 0, TOE), board=0.018)
        ticks = inner.low[2] + (inner.height + 0.012) * np.array([0.0, 0.38, 0.76, 1.0])
        for row in range(3):
            low, high = float(ticks[row]), float(ticks[row + 1]) - 0.012
            pulled = 0.26 if (column, row) == out else 0.0
            drawer(b, (inner.low[0], inner.low[1], low), (inner.high[0], inner.high[1] - 0.02, high), out=pulled)
            if row:
                block(
                    b,
                    (inner.low[0], inner.low[1], low - 0.012),
                    (inner.high[0], inner.low[1] + 0.04, low),
                    name="frame",
                )
    worktop(b, width, depth, height, str(rng.choice(TOPS)))
    return b.done()


def tap(b: Builder, y: float, z: float, reach: float) -> None:
    """Add a bent tap with a lever, whose spout hangs `reach` in front of its foot."""
    metal = "metal gray"
    b.add(cylinder(0.026, 0.04), (0, y, z), metal, name="tap")
    angles = np.linspace(0, np.pi, 6)
    bow = tuple((0.0, float(y - reach / 2 * (1 - np.cos(a))), float(z + 0.22 + 0.06 * np.sin(a))) for a in angles)
    b.add(Tube(((0.0, y, z + 0.02), *bow, (0.0, y - reach, z + 0.18)), 0.012), slot=metal, name="tap")
    b.add(Tube(((0.02, y, z + 0.03), (0.09, y, z + 0.06)), 0.007), slot=metal, name="handle")


def sink_counter(rng: np.random.Generator) -> Blueprint:
    """Build a counter with a basin let into its top, a tap behind it and two doors below; one may stand open."""
    b = Builder()
    width, depth, height = rng.uniform(1.0, 1.4), rng.uniform(0.58, 0.62), rng.uniform(0.88, 0.92)
    top, metal = str(rng.choice(TOPS)), "metal gray" if rng.random() < 0.6 else "ceramic white"
    toe_board(b, width, depth)
    half_x, y0, y1, deep, wall = rng.uniform(0.22, 0.28), -0.21, 0.13, 0.19, 0.008
    w, front, rear = width / 2 + 0.005, -depth / 2 - 0.025, depth / 2
    for low, high in (
        ((-w, front), (w, y0)),
        ((-w, y1), (w, rear)),
        ((-w, y0), (-half_x, y1)),
        ((half_x, y0), (w, y1)),
    ):
        block(b, (*low, height - SLAB), (*high, height), top, name="top")
    bottom = height - deep
    for low, high in (
        ((-half_x, y0), (-half_x + wall, y1)),
        ((half_x - wall, y0), (half_x, y1)),
        ((-half_x, y0), (half_x, y0 + wall)),
        ((-half_x, y1 - wall), (half_x, y1)),
    ):
        block(b, (*low, bottom), (*high, height + 0.004), metal, name="basin")
    block(b, (-half_x, y0, bottom - wall), (half_x, y1, bottom), metal, name="basin")
    b.add(cylinder(0.03, 0.004), (0.1, (y0 + y1) / 2 + 0.05, bottom - 0.002), "metal black", name="basin")
    for side in (-1, 1):
        for a, c in ((y0 - 0.012, y0), (y1, y1 + 0.012)):
            block(b, (-half_x - 0.012, a, height - 0.001), (half_x + 0.012, c, height + 0.004), metal, name="rim")
        x = side * (half_x + 0.006)
        block(b, (x - 0.006, y0, height - 0.001), (x + 0.006, y1, height + 0.004), metal, name="rim")
    tap(b, y1 + 0.07, height, 0.17)
    inside = (-half_x + wall, y0 + wall, bottom + 0.002), (half_x - wall, y1 - wall, height)
    compartment(b, *inside, "sink", name="basin", opening="up")
    headroom(b, 0.33)
    inner = case(b, (width, depth, height - SLAB - TOE), (0, 0, TOE), board=0.018, top=False)
    open_side = int(rng.integers(-1, 2))
    cut = 0.009
    block(b, (-cut, inner.low[1], inner.low[2]), (cut, inner.high[1], bottom - 0.05))
    for side in (1, -1):
        ends = sorted((-side * cut, -side * inner.width / 2))
        part = Case((ends[0], *inner.low[1:]), (ends[1], inner.high[1], bottom - 0.05))
        angle = rng.uniform(0.9, 1.8) if side == open_side else 0.0
        shelves(b, part, 1, kind="cabinet", closed=angle < 0.3)
        door = Leaf(-side * width / 2, -depth / 2, side, angle)
        tall = height - SLAB - TOE - 0.01
        door.panel(b, width / 2 - 0.003, tall, TOE)
        door.handle(b, width / 2 - 0.04, TOE + tall - 0.13, 0.14)
    for side in (-1, 1):
        x, room = side * (width / 2 + half_x) / 2, (width / 2 - half_x) / 2 - 0.04
        b.support(x, -0.02, (room, depth / 2 - 0.05), height, 0.6, "counter")
    return b.done()


def island_counter(rng: np.random.Generator) -> Blueprint:
    """Build an island: doors in front, open shelves at one end, and a worktop that overhangs behind for seats."""
    b = Builder()
    width, depth, height = rng.uniform(1.3, 1.7), rng.uniform(0.55, 0.62), rng.uniform(0.88, 0.92)
    tall, open_width = height - 0.05 - TOE, 0.3
    toe_board(b, width, depth)
    side = 1 if rng.random() < 0.5 else -1
    x = side * (width - open_width) / 2
    shelves(b, case(b, (open_width, depth, tall), (x, 0, TOE)), 3)
    rest = width - open_width
    for k, (at, pitch) in enumerate(modules(rest, 2)):
        inner = case(b, (pitch, depth, tall), (at - side * open_width / 2, 0, TOE), board=0.018)
        cupboard(b, inner, 1 if k == 0 else -1, 0.0)
    b.add(Box(width + 0.002, 0.02, tall), (0, depth / 2 + 0.008, TOE + tall / 2), name="back")
    for k in range(5):
        b.add(
            Box(0.05, 0.012, tall - 0.02),
            ((k - 2) * (width - 0.06) / 4, depth / 2 + 0.022, TOE + tall / 2),
            name="slat",
        )
    for end in (-1, 1):
        b.add(Box(0.04, 0.22, 0.14), (end * 0.4 * width, depth / 2 + 0.1, height - 0.12), name="stand")
    b.add(Box(width + 0.08, depth + 0.3, 0.05), (0, 0.13, height - 0.025), str(rng.choice(TOPS)), name="top")
    b.support(0, 0.13, (width / 2, depth / 2 + 0.11), height, 0.8, "counter")
    return b.done()


CATEGORIES = (
    Category(
        name="counter",
        variants={"doors": door_counter, "drawers": drawer_counter, "sink": sink_counter, "island": island_counter},
        size=(0.88, 1.9),
        looks={
            "wood": ("white", "white", "brown", "gray", "blue", "green", "black"),
            "metal": ("gray",),
        },
        places=("group",),
        rooms=("kitchen",),
        synonyms=("kitchen counter", "kitchen unit", "countertop"),
        patterned=False,
    ),
)
