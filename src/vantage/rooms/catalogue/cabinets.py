"""Cabinets and tv stands."""

import numpy as np

from vantage.rooms.catalogue.carpentry import PAINTED, block, corners, legs, rod
from vantage.rooms.catalogue.cases import Case, case, shelves
from vantage.rooms.catalogue.fronts import Leaf
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box


def two_doors(b: Builder, width: float, y: float, z: float, height: float, angles: tuple[float, float]) -> None:
    """Add a pair of doors before a case of this width, each standing open by its angle, with bar handles."""
    leaf = width / 2 - 0.002
    for side, angle in zip((1, -1), angles, strict=True):
        door = Leaf(-side * width / 2, y, side, angle)
        door.panel(b, leaf, height, z)
        door.handle(b, leaf - 0.035, z + 0.55 * height, min(0.16, 0.4 * height))


def closed_cabinet(rng: np.random.Generator) -> Blueprint:
    """Build a case with two closed doors on a plinth."""
    b = Builder()
    width, depth, height = rng.uniform(0.8, 1.1), rng.uniform(0.38, 0.48), rng.uniform(0.8, 1.1)
    b.add(Box(width - 0.06, depth - 0.06, 0.07), (0, 0.02, 0.035), "wood black", name="base")
    inner = case(b, (width, depth, height - 0.09), (0, 0, 0.07))
    shelves(b, inner, 2, kind="cabinet", closed=True)
    two_doors(b, width - 0.004, -depth / 2, 0.072, height - 0.094, (0.0, 0.0))
    b.add(Box(width + 0.02, depth + 0.05, 0.02), (0, -0.015, height - 0.01), name="top")
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.02), height, 0.7, "sideboard")
    return b.done()


def open_cabinet(rng: np.random.Generator) -> Blueprint:
    """Build a case with one or both doors wide open, so that its shelves show."""
    b = Builder()
    width, depth, height = rng.uniform(0.75, 1.0), rng.uniform(0.36, 0.45), rng.uniform(0.85, 1.2)
    inner = case(b, (width, depth, height - 0.08), (0, 0, 0.08))
    for x, y in corners(width - 0.06, depth - 0.06):
        b.add(Box(0.05, 0.05, 0.08), (x, y, 0.04), name="foot")
    shelves(b, inner, 3, kind="cabinet", inset=0.01)
    wide, other = rng.uniform(1.1, 1.9), float(rng.choice([0.0, rng.uniform(0.4, 1.8)]))
    angles = (wide, other) if rng.random() < 0.5 else (other, wide)
    two_doors(b, width, -depth / 2, 0.082, height - 0.084, angles)
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.02), height, 0.7, "sideboard")
    return b.done()


def display_cabinet(rng: np.random.Generator) -> Blueprint:
    """Build a tall cabinet with doors of clear glass in bars, through which its shelves show, over closed ones."""
    b = Builder()
    width, depth, height = rng.uniform(0.8, 1.0), rng.uniform(0.36, 0.42), rng.uniform(1.6, 1.9)
    low = 0.62
    b.add(Box(width - 0.06, depth - 0.05, 0.06), (0, 0.01, 0.03), name="base")
    lower = case(b, (width, depth, low - 0.06), (0, 0, 0.06))
    shelves(b, lower, 1, kind="cabinet", closed=True)
    two_doors(b, width, -depth / 2, 0.062, low - 0.064, (0.0, 0.0))
    upper = case(b, (width, depth - 0.06, height - low), (0, 0.03, low))
    shelves(b, upper, 3, kind="cabinet", inset=0.01)
    b.add(Box(width + 0.05, depth, 0.03), (0, 0.015, height + 0.015), name="top")
    tall, leaf = height - low - 0.004, width / 2 - 0.002
    for side in (1, -1):
        door = Leaf(-side * width / 2, -depth / 2 + 0.06, side)
        door.framed(b, leaf, tall, low + 0.002)
        door.add(b, Box(0.014, 0.012, tall - 0.08), leaf / 2, 0.01, low + tall / 2, name="frame")
        for k in (1, 2, 3):
            door.add(b, Box(leaf - 0.08, 0.012, 0.014), leaf / 2, 0.01, low + k * tall / 4, name="frame")
        door.knob(b, leaf - 0.025, low + 0.4 * tall)
    return b.done()


def sideboard(rng: np.random.Generator) -> Blueprint:
    """Build a long low cabinet on thin legs: a door on each side, one perhaps ajar, and open shelves between."""
    b = Builder()
    width, depth, height, leg = rng.uniform(1.4, 1.8), rng.uniform(0.4, 0.46), rng.uniform(0.7, 0.82), 0.17
    inner = case(b, (width, depth, height - leg), (0, 0, leg))
    legs(b, width - 0.1, depth - 0.04, leg + 0.01, 0.035, splay=0.03)
    cut = inner.width / 6
    for side in (-1, 1):
        x = side * cut
        block(b, (x - 0.009, inner.low[1], inner.low[2]), (x + 0.009, inner.high[1], inner.high[2]))
    middle = Case((-cut + 0.009, *inner.low[1:]), (cut - 0.009, *inner.high[1:]))
    shelves(b, middle, 2)
    ajar = rng.uniform(0.35, 1.2) if rng.random() < 0.6 else 0.0
    for side, angle in ((1, 0.0), (-1, ajar)):
        ends = sorted((-side * (cut + 0.009), -side * inner.width / 2))
        shelves(b, Case((ends[0], *inner.low[1:]), (ends[1], *inner.high[1:])), 1, kind="cabinet", closed=angle < 0.3)
        leaf, tall = width / 2 - cut, height - leg - 0.004
        door = Leaf(-side * width / 2, -depth / 2, side, angle)
        door.panel(b, leaf, tall, leg + 0.002)
        door.handle(b, leaf - 0.04, leg + 0.5 * tall, 0.18, "metal black")
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.02), height, 0.8, "sideboard")
    return b.done()


def open_tv_stand(rng: np.random.Generator) -> Blueprint:
    """Build a long low case of open compartments on a plinth."""
    b = Builder()
    width, depth, height = rng.uniform(1.2, 1.6), rng.uniform(0.38, 0.45), rng.uniform(0.42, 0.52)
    b.add(Box(width - 0.1, depth - 0.08, 0.05), (0, 0.01, 0.025), "wood black", name="base")
    inner = case(b, (width, depth, height - 0.05), (0, 0, 0.05), board=0.03)
    count = int(rng.integers(2, 4))
    pitch = (inner.width + 0.02) / count
    for k in range(count):
        x = inner.low[0] + k * pitch
        if k:
            block(b, (x - 0.02, inner.low[1], inner.low[2]), (x, inner.high[1], inner.high[2]))
        shelves(b, Case((x, *inner.low[1:]), (x + pitch - 0.02, *inner.high[1:])), 1 + int(k == 1))
    b.support(0, 0, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.9, "tv")
    return b.done()


def door_tv_stand(rng: np.random.Generator) -> Blueprint:
    """Build a low console on slanted legs: slatted doors at both ends and an open middle with a shelf."""
    b = Builder()
    width, depth, height, leg = rng.uniform(1.4, 1.8), rng.uniform(0.38, 0.44), rng.uniform(0.48, 0.56), 0.14
    inner = case(b, (width, depth, height - leg), (0, 0, leg))
    legs(b, width - 0.1, depth - 0.04, leg + 0.01, 0.035, splay=0.03)
    cut = 0.22 * width
    for side in (-1, 1):
        x = side * cut
        block(b, (x - 0.009, inner.low[1], inner.low[2]), (x + 0.009, inner.high[1], inner.high[2]))
        ends = sorted((side * (cut + 0.009), side * inner.width / 2))
        shelves(b, Case((ends[0], *inner.low[1:]), (ends[1], *inner.high[1:])), 1, kind="cabinet", closed=True)
        door = Leaf(side * width / 2, -depth / 2, -side)
        leaf, tall = width / 2 - cut, height - leg
        door.panel(b, leaf, tall, leg, thickness=0.012)
        for k in range(9):
            door.add(
                b, Box(0.5 * leaf / 9, 0.01, tall - 0.02), (k + 0.5) * leaf / 9, 0.016, leg + tall / 2, name="slat"
            )
    shelves(b, Case((-cut + 0.009, *inner.low[1:]), (cut - 0.009, *inner.high[1:])), 2)
    b.support(0, 0, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.9, "tv")
    return b.done()


def frame_tv_stand(rng: np.random.Generator) -> Blueprint:
    """Build a stand of two boards in an open frame of metal bar."""
    b = Builder()
    width, depth, height = rng.uniform(1.0, 1.4), rng.uniform(0.36, 0.42), rng.uniform(0.42, 0.5)
    for x, y in corners(width - 0.025, depth - 0.025):
        b.add(Box(0.025, 0.025, height - 0.025), (x, y, (height - 0.025) / 2), "metal black", name="leg")
    b.add(Box(width + 0.02, depth + 0.01, 0.025), (0, 0, height - 0.0125), name="top")
    b.add(Box(width - 0.01, depth - 0.01, 0.02), (0, 0, 0.12), name="shelf")
    for side in (-1, 1):
        b.add(Box(0.02, depth - 0.03, 0.02), (side * (width / 2 - 0.0125), 0, 0.1), "metal black", name="frame")
        start = (side * (width / 2 - 0.02), depth / 2 - 0.0125, 0.13)
        rod(b, start, (0, depth / 2 - 0.0125, height - 0.03), 0.006, "metal black")
    half = width / 2 - 0.03
    shelves(b, Case((-half, -depth / 2 + 0.026, 0.13), (half, depth / 2 - 0.026, height - 0.025)), 1)
    b.support(0, 0, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.9, "tv")
    return b.done()


CATEGORIES = (
    Category(
        name="cabinet",
        variants={
            "closed": closed_cabinet,
            "open": open_cabinet,
            "display": display_cabinet,
            "sideboard": sideboard,
        },
        size=(0.75, 2.0),
        looks={"wood": PAINTED, "metal": ("gray", "white", "black", "green")},
        places=("group",),
        synonyms=("cupboard", "sideboard", "credenza"),
    ),
    Category(
        name="television stand",
        variants={"open": open_tv_stand, "doors": door_tv_stand, "frame": frame_tv_stand},
        size=(1.0, 1.85),
        looks={"wood": ("brown", "brown", "white", "black", "gray")},
        places=("group",),
        rooms=("living room",),
        synonyms=("media console", "tv table", "entertainment center"),
    ),
)
