"""Desks and workbenches: tables to work at, with drawers, shelves and tools of their own."""

import numpy as np

from vantage.rooms.catalogue.carpentry import block, legs, rod
from vantage.rooms.catalogue.cases import Case, case, compartment, shelves
from vantage.rooms.catalogue.fronts import drawer
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, cylinder


def drawer_stack(b: Builder, inner: Case, count: int, depth: float, *, out: int = -1, slot: str = "main") -> None:
    """Fill a case with drawers, `depth` deep; number `out` from the bottom is pulled out."""
    pitch = inner.height / count
    for k in range(count):
        low = (inner.low[0], inner.low[1], inner.low[2] + k * pitch + 0.002)
        high = (inner.high[0], inner.low[1] + depth, inner.low[2] + (k + 1) * pitch - 0.002)
        drawer(b, low, high, out=0.45 * depth if k == out else 0.0, slot=slot)


def pedestal_desk(rng: np.random.Generator) -> Blueprint:
    """Build a desk on a block of drawers and a side panel, with a modesty panel between them."""
    b = Builder()
    height, width, depth = rng.uniform(0.73, 0.76), rng.uniform(1.15, 1.5), rng.uniform(0.62, 0.72)
    side = 1 if rng.random() < 0.5 else -1
    block_width = 0.40
    b.add(Box(width, depth, 0.03), (0, 0, height - 0.015), name="top")
    inner = case(b, (block_width, depth - 0.06, height - 0.03), (side * (width / 2 - block_width / 2 - 0.02), 0.01, 0))
    drawer_stack(b, inner, 3, depth - 0.1, slot="wood white" if rng.random() < 0.4 else "main")
    x = -side * (width / 2 - 0.04)
    b.add(Box(0.03, depth - 0.06, height - 0.03), (x, 0.01, (height - 0.03) / 2), name="panel")
    ends = sorted((x, side * (width / 2 - block_width - 0.02)))
    block(b, (ends[0], depth / 2 - 0.1, 0.28), (ends[1], depth / 2 - 0.082, height - 0.03))
    b.support(0, 0, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.9, "desk")
    return b.done()


def kneehole_desk(rng: np.random.Generator) -> Blueprint:
    """Build a heavy desk with drawers on both sides of the knees, one pulled out, and a flat one above them."""
    b = Builder()
    height, width, depth = rng.uniform(0.74, 0.78), rng.uniform(1.35, 1.7), rng.uniform(0.68, 0.8)
    b.add(RoundedBox(width, depth, 0.035, 0.01), (0, 0, height - 0.0175), name="top")
    block_width = 0.38
    out = int(rng.integers(1, 3))
    for side in (-1, 1):
        at = (side * (width / 2 - block_width / 2 - 0.02), 0.01, 0.06)
        inner = case(b, (block_width, depth - 0.06, height - 0.094), at)
        drawer_stack(b, inner, 3, 0.52, out=out if side == 1 else -1)
        b.add(Box(block_width - 0.03, depth - 0.1, 0.06), (at[0], 0.01, 0.03), "wood black", name="base")
    gap = width / 2 - block_width - 0.02
    block(b, (-gap, depth / 2 - 0.09, 0.1), (gap, depth / 2 - 0.07, height - 0.034))
    block(b, (-gap, -depth / 2 + 0.05, height - 0.135), (gap, depth / 2 - 0.08, height - 0.123))
    drawer(b, (-gap, -depth / 2 + 0.05, height - 0.123), (gap, depth / 2 - 0.12, height - 0.036))
    b.support(0, 0.02, (width / 2 - 0.03, depth / 2 - 0.05), height, 0.9, "desk")
    return b.done()


def standing_desk(rng: np.random.Generator) -> Blueprint:
    """Build a desk on two metal columns with long feet, a cable tray and a switch box."""
    b = Builder()
    height, width, depth = rng.uniform(0.78, 1.1), rng.uniform(1.2, 1.6), rng.uniform(0.65, 0.8)
    metal = "metal black" if rng.random() < 0.5 else "metal gray"
    b.add(Box(width, depth, 0.028), (0, 0, height - 0.014), name="top")
    for side in (-1, 1):
        x = side * (width / 2 - 0.2)
        b.add(Box(0.08, 0.11, 0.5), (x, 0, 0.27), metal, name="leg")
        b.add(Box(0.065, 0.09, height - 0.3), (x, 0, 0.28 + (height - 0.31) / 2), metal, name="leg")
        b.add(Box(0.08, depth - 0.06, 0.03), (x, 0, 0.015), metal, name="foot")
        b.add(Box(0.06, depth - 0.16, 0.03), (x, 0, height - 0.042), metal, name="frame")
    b.add(Box(width - 0.4, 0.05, 0.04), (0, 0, height - 0.05), metal, name="frame")
    b.add(Box(width - 0.7, 0.12, 0.008), (0, 0.16, height - 0.12), metal, name="shelf")
    for y in (0.10, 0.22):
        b.add(Box(width - 0.7, 0.006, 0.096), (0, y, height - 0.075), metal, name="panel")
    b.add(Box(0.12, 0.05, 0.025), (0.25 * width, 0.05 - depth / 2, height - 0.04), "plastic black", name="panel")
    for k in range(2):
        b.add(
            cylinder(0.008, 0.006),
            (0.25 * width + 0.04 * k - 0.02, 0.026 - depth / 2, height - 0.04),
            "plastic white",
            turn=(np.pi / 2, 0, 0),
            name="button",
        )
    b.support(0, 0, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.9, "desk")
    return b.done()


def hutch_desk(rng: np.random.Generator) -> Blueprint:
    """Build a writing desk on legs with a flat drawer and a row of compartments along its back."""
    b = Builder()
    height, width, depth = rng.uniform(0.73, 0.76), rng.uniform(1.0, 1.3), rng.uniform(0.6, 0.7)
    b.add(Box(width, depth, 0.025), (0, 0, height - 0.0125), name="top")
    inner = case(b, (width - 0.06, depth - 0.05, 0.125), (0, 0, height - 0.15), top=False)
    block(b, (-0.01, inner.low[1], inner.low[2]), (0.01, inner.high[1], height - 0.025))
    for x0, x1 in ((inner.low[0], -0.01), (0.01, inner.high[0])):
        drawer(b, (x0, inner.low[1], inner.low[2]), (x1, inner.high[1] - 0.1, height - 0.028), grip="knob")
    legs(b, width - 0.07, depth - 0.06, height - 0.15, 0.05)
    shelf, tall = 0.22, rng.uniform(0.26, 0.4)
    y = depth / 2 - shelf / 2
    upper = case(b, (width, shelf, tall), (0, y, height))
    ticks = np.linspace(upper.low[0], upper.high[0], 4)
    for k in range(3):
        if k:
            block(b, (ticks[k] - 0.008, upper.low[1], upper.low[2]), (ticks[k] + 0.008, upper.high[1], upper.high[2]))
        low = (float(ticks[k]) + 0.01, upper.low[1], upper.low[2])
        compartment(b, low, (float(ticks[k + 1]) - 0.01, upper.high[1], upper.high[2]))
    b.support(0, y, (width / 2 - 0.03, shelf / 2 - 0.02), height + tall, 0.5, "shelf")
    b.support(0, -shelf / 2, (width / 2 - 0.03, (depth - shelf) / 2 - 0.03), height, 0.9, "desk")
    return b.done()


def vice(b: Builder, x: float, y: float, z: float) -> None:
    """Add a bench vice that stands at a top's front edge: two jaws, a slide and a spindle with its bar."""
    b.add(Box(0.14, 0.06, 0.09), (x, y + 0.03, z + 0.043), "metal blue", name="base")
    b.add(Box(0.14, 0.035, 0.075), (x, y - 0.075, z + 0.05), "metal blue", name="grip")
    b.add(Box(0.05, 0.14, 0.035), (x, y - 0.05, z + 0.04), "metal gray", name="frame")
    rod(b, (x, y - 0.09, z + 0.035), (x, y - 0.16, z + 0.035), 0.01, "metal gray", name="handle")
    rod(b, (x - 0.08, y - 0.155, z + 0.035), (x + 0.08, y - 0.155, z + 0.035), 0.007, "metal gray", name="handle")


def wooden_bench(rng: np.random.Generator) -> Blueprint:
    """Build a workbench of thick timber with a vice and a lower shelf."""
    b = Builder()
    height, width, depth = rng.uniform(0.84, 0.92), rng.uniform(1.4, 1.8), rng.uniform(0.6, 0.75)
    b.add(Box(width, depth, 0.08), (0, 0, height - 0.04), name="top")
    legs(b, width - 0.16, depth - 0.06, height - 0.08, 0.1)
    for z in (0.16, height - 0.16):
        for y in (-depth / 2 + 0.07, depth / 2 - 0.07):
            b.add(Box(width - 0.3, 0.04, 0.1), (0, y, z), name="frame")
    b.add(Box(width - 0.2, depth - 0.16, 0.025), (0, 0, 0.22), name="shelf")
    for side in (-1, 1):
        b.add(Box(0.04, depth - 0.2, 0.08), (side * (width / 2 - 0.13), 0, 0.18), name="frame")
    vice(b, -0.36 * width, -depth / 2, height)
    b.support(0.12 * width, 0.03, (0.36 * width, depth / 2 - 0.06), height, 0.8, "workbench")
    b.support(0, 0, (width / 2 - 0.25, depth / 2 - 0.12), 0.2325, height - 0.46, "shelf")
    return b.done()


def drawer_bench(rng: np.random.Generator) -> Blueprint:
    """Build a workbench of painted steel: a block of many drawers, two legs and a wooden top with a vice."""
    b = Builder()
    height, width, depth = rng.uniform(0.84, 0.9), rng.uniform(1.4, 1.7), rng.uniform(0.6, 0.7)
    b.add(Box(width, depth, 0.045), (0, 0, height - 0.0225), "wood brown", name="top")
    inner = case(b, (0.52, depth - 0.06, height - 0.045), (width / 2 - 0.28, 0, 0))
    drawer_stack(b, inner, 5, depth - 0.1, out=3)
    for y in (-depth / 2 + 0.06, depth / 2 - 0.06):
        b.add(Box(0.06, 0.06, height - 0.045), (0.06 - width / 2, y, (height - 0.045) / 2), name="leg")
    b.add(Box(0.05, depth - 0.12, 0.05), (0.06 - width / 2, 0, 0.15), name="frame")
    b.add(Box(width - 0.58, 0.02, 0.3), (-0.26, depth / 2 - 0.06, 0.3), name="back")
    vice(b, -0.34 * width, -depth / 2, height)
    b.support(0.12 * width, 0.03, (0.36 * width, depth / 2 - 0.06), height, 0.8, "workbench")
    return b.done()


def pegboard_bench(rng: np.random.Generator) -> Blueprint:
    """Build a workbench on metal legs with a board of tools behind it and a cupboard below."""
    b = Builder()
    height, width, depth = rng.uniform(0.84, 0.9), rng.uniform(1.3, 1.6), rng.uniform(0.58, 0.66)
    b.add(Box(width, depth, 0.05), (0, 0, height - 0.025), name="top")
    for side in (-1, 1):
        for y in (0.05 - depth / 2, depth / 2 - 0.05):
            b.add(
                Box(0.05, 0.05, height - 0.05),
                (side * (width / 2 - 0.05), y, (height - 0.05) / 2),
                "metal gray",
                name="leg",
            )
    tray = Case((0.075 - width / 2, 0.08 - depth / 2, 0.15), (width / 2 - 0.075, depth / 2 - 0.08, height - 0.06))
    block(b, (tray.low[0], -depth / 2 + 0.03, 0.11), (tray.high[0], depth / 2 - 0.03, 0.15), "metal gray", name="shelf")
    shelves(b, tray, 1)
    board = rng.uniform(0.6, 0.75)
    y = depth / 2 - 0.015
    b.add(Box(width, 0.02, board), (0, y, height + board / 2), "wood white", name="back")
    b.add(Box(width, 0.1, 0.02), (0, y - 0.05, height + board - 0.01), "metal gray", name="shelf")
    for k in range(5):
        x = (k - 2) * 0.2 * width * 0.9
        length = rng.uniform(0.16, 0.3)
        z = height + board - 0.12
        rod(b, (x, y, z), (x, y - 0.05, z + 0.01), 0.005, "metal gray", name="hook")
        b.add(
            Box(0.028, 0.02, 0.5 * length),
            (x, y - 0.02, z - 0.25 * length),
            ("wood brown", "plastic red")[k % 2],
            name="grip",
        )
        b.add(
            Box(0.05 if k % 2 else 0.02, 0.012, 0.5 * length),
            (x, y - 0.016, z - 0.73 * length),
            "metal gray",
            name="blade",
        )
    b.support(0, -0.05, (width / 2 - 0.04, depth / 2 - 0.08), height, 0.4, "workbench")
    return b.done()


CATEGORIES = (
    Category(
        name="desk",
        variants={
            "one pedestal": pedestal_desk,
            "two pedestals": kneehole_desk,
            "standing": standing_desk,
            "hutch": hutch_desk,
        },
        size=(1.0, 1.75),
        looks={"wood": ("brown", "brown", "white", "gray", "black")},
        places=("group",),
        rooms=("office", "bedroom"),
        synonyms=("writing desk", "office desk", "work table"),
    ),
    Category(
        name="workbench",
        variants={"timber": wooden_bench, "drawers": drawer_bench, "tool board": pegboard_bench},
        size=(1.3, 1.85),
        looks={"wood": ("brown", "gray"), "metal": ("gray", "blue", "red", "green")},
        places=("group",),
        rooms=("workshop",),
        synonyms=("work bench", "tool bench"),
    ),
)
