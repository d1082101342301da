"""Pans: for frying, for stirring, and square."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, vessel
from vantage.rooms.catalogue.pots import long_handle
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, TorusArc, Tube


def frying_pan(rng: np.random.Generator) -> Blueprint:
    """Build a flat frying pan with sloping sides."""
    b = Builder()
    radius = rng.uniform(0.11, 0.145)
    vessel(b, [(0.78 * radius, 0.0), (0.86 * radius, 0.012), (radius, 0.045)], 0.004, 0.006, kind="pan")
    long_handle(b, 0.97 * radius, 0.034, rng.uniform(0.18, 0.21))
    return b.done()


def wok(rng: np.random.Generator) -> Blueprint:
    """Build a wok: a deep round pan with a wooden grip and a loop."""
    b = Builder()
    radius = rng.uniform(0.15, 0.175)
    deep = rng.uniform(0.55, 0.62) * radius
    outer = [(radius * math.sin(a), deep * (1 - math.cos(a))) for a in (0.42, 0.75, 1.05, 1.32, QUARTER)]
    vessel(b, [(r, z - outer[0][1]) for r, z in outer], 0.004, 0.006, kind="pan")
    top = deep - outer[0][1]
    b.add(
        Tube(((radius - 0.002, 0.0, top - 0.012), (radius + 0.06, 0.0, top + 0.004)), 0.006),
        slot="metal gray",
        name="handle",
    )
    b.add(
        Tube(((radius + 0.055, 0.0, top + 0.003), (radius + 0.18, 0.0, top + 0.035)), 0.014),
        slot="wood brown",
        name="handle",
    )
    b.add(
        TorusArc(0.028, 0.005, QUARTER, 3 * QUARTER),
        (-radius + 0.002, 0, top - 0.012),
        "metal gray",
        turn=(QUARTER, 0, 0),
        name="handle",
    )
    return b.done()


def square_pan(rng: np.random.Generator) -> Blueprint:
    """Build a square grill pan with ridges."""
    b = Builder()
    side, high = rng.uniform(0.22, 0.26), rng.uniform(0.042, 0.052)
    b.add(RoundedBox(side, side, 0.012, 0.005), (0, 0, 0.006))
    for k in range(4):
        x, y = ((1, 0), (0, 1), (-1, 0), (0, -1))[k]
        d = side / 2 - 0.005
        b.add(Box(0.01 if x else side, side if x else 0.01, high), (x * d, y * d, high / 2), name="rim")
    for k in range(7):
        b.add(Box(side - 0.03, 0.006, 0.003), (0, (k - 3) * side / 8.5, 0.0122))
    b.container(Box(side - 0.024, side - 0.024, high - 0.018), (0, 0, 0.012 + (high - 0.018) / 2), "pan", margin=0.003)
    long_handle(b, side / 2 - 0.004, 0.7 * high, rng.uniform(0.17, 0.2))
    return b.done()


CATEGORIES = (
    Category(
        name="pan",
        variants={"frying": frying_pan, "wok": wok, "grill": square_pan},
        looks={"metal": ("black", "gray", "red", "blue", "turquoise"), "ceramic": ("black", "green", "red", "beige")},
        places=("counter", "counter", "cabinet", "oven", "table", "sink"),
        size=(0.36, 0.62),
        rooms=("kitchen",),
        synonyms=("frying pan", "skillet"),
        patterned=False,
    ),
)
