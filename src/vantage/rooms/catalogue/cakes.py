"""Cakes: round, sliced, in tiers, and a ring."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import ring
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve, cylinder, sphere
from vantage.rooms.shapes.prisms import Prism, ellipse


def round_cake(rng: np.random.Generator) -> Blueprint:
    """Build a birthday cake: cream on top, drops along the rim, candles with flames, on a plate."""
    b = Builder()
    radius, high = rng.uniform(0.1, 0.125), rng.uniform(0.08, 0.1)
    _cake_plate(b, radius)
    b.add(cylinder(radius, high), (0, 0, 0.012))
    b.add(
        Revolve(((0, 0), (1.02 * radius, 0), (1.03 * radius, 0.012), (0.96 * radius, 0.018), (0, 0.018))),
        (0, 0, high),
        "skin white",
        name="top",
    )
    for k in range(5):
        a = 2 * math.pi * k / 5
        x, y, z = 0.55 * radius * math.cos(a), 0.55 * radius * math.sin(a), 0.012 + high
        b.add(
            Box(0.007, 0.007, 0.06),
            (x, y, z + 0.025),
            f"plastic {('red', 'blue', 'yellow', 'green', 'purple')[k]}",
            name="stem",
        )
        b.add(Prism(ellipse(0.004, 0.004, count=6), 0.016, 0.3), (x, y, z + 0.055), "plastic yellow glow", name="top")
    for k in range(10):
        a = 2 * math.pi * (k + 0.5) / 10
        at = (0.86 * radius * math.cos(a), 0.86 * radius * math.sin(a), high + 0.022)
        b.add(Revolve(((0, 0), (0.011, 0), (0.009, 0.006), (0, 0.012))), at, "skin red", name="top")
    return b.done()


def _cake_plate(b: Builder, radius: float | int) -> None:
    b.add(
        Revolve(
            (
                (0, 0),
                (0.8 * radius, 0),
                (1.28 * radius, 0.01),
                (1.28 * radius, 0.014),
                (0.9 * radius, 0.012),
                (0, 0.012),
            )
        ),
        slot="ceramic white",
        name="base",
    )


def cake_slice(rng: np.random.Generator) -> Blueprint:
    """Build a slice of layer cake with cream, a cherry, and a plate under it."""
    b = Builder()
    radius, high = rng.uniform(0.11, 0.13), rng.uniform(0.065, 0.08)
    half = rng.uniform(0.32, 0.42)
    arc = [(radius * math.cos(a) - 0.6 * radius, radius * math.sin(a)) for a in np.linspace(-half, half, 6).tolist()]
    wedge = ((-0.6 * radius, 0.0), *arc)
    b.add(
        Revolve(
            ((0, 0), (0.55 * radius, 0), (0.85 * radius, 0.01), (0.85 * radius, 0.014), (0.6 * radius, 0.01), (0, 0.01))
        ),
        slot="ceramic white",
        name="base",
    )
    layers = (
        ("main", 0.3),
        ("skin white", 0.08),
        ("main", 0.3),
        ("skin white", 0.08),
        ("main", 0.16),
        ("skin white", 0.1),
    )
    z = 0.01
    for slot, share in layers:
        b.add(Prism(wedge, share * high + 0.0005), (0, 0, z), slot, name="top" if slot != "main" else "body")
        z += share * high
    b.add(sphere(0.012), (0.2 * radius, 0, z + 0.009), "skin red", name="top")
    return b.done()


def tiered_cake(rng: np.random.Generator) -> Blueprint:
    """Build a cake of three tiers with beads of cream at each foot."""
    b = Builder()
    radius = rng.uniform(0.13, 0.16)
    _cake_plate(b, radius)
    z = 0.012
    for k in range(3):
        r, h = radius * (1 - 0.3 * k), 0.075 - 0.008 * k
        b.add(Revolve(((0, 0), (r, 0), (r, h - 0.006), (r - 0.006, h), (0, h))), (0, 0, z))
        ring(b, r - 0.001, 0.013, z + 0.0065, "skin white")
        z += h
    b.add(sphere(0.016), (0, 0, z + 0.012), "skin red", name="top")
    return b.done()


def ring_cake(rng: np.random.Generator) -> Blueprint:
    """Build a ring cake with ribs and white icing."""
    b = Builder()
    radius = rng.uniform(0.095, 0.115)
    high = 0.78 * radius
    _cake_plate(b, radius)
    b.add(
        Revolve(
            (
                (0.3 * radius, 0.012),
                (radius, 0.012),
                (0.98 * radius, 0.4 * high),
                (0.8 * radius, 0.85 * high),
                (0.62 * radius, high),
                (0.42 * radius, 0.85 * high),
                (0.3 * radius, 0.4 * high),
            )
        )
    )
    b.add(
        Revolve(
            (
                (0.4 * radius, 0.8 * high),
                (0.86 * radius, 0.76 * high),
                (0.8 * radius, 0.92 * high),
                (0.62 * radius, 1.06 * high),
                (0.42 * radius, 0.92 * high),
            )
        ),
        slot="skin white",
        name="top",
    )
    for k in range(10):
        a = 2 * math.pi * k / 10
        at = (0.9 * radius * math.cos(a), 0.9 * radius * math.sin(a), 0.45 * high)
        b.add(Box(0.24 * radius, 0.02, 0.62 * high), at, turn=(0, 0, a), name="body")
        drip = (0.9 * radius * math.cos(a + 0.3), 0.9 * radius * math.sin(a + 0.3), 0.66 * high)
        b.add(Box(0.02, 0.018, 0.32 * high), drip, "skin white", turn=(0, -0.25, a + 0.3), name="top")
    return b.done()


CATEGORIES = (
    Category(
        name="cake",
        variants={"birthday": round_cake, "slice": cake_slice, "tiered": tiered_cake, "ring": ring_cake},
        looks={"skin": ("brown", "brown", "pink", "yellow", "white", "turquoise", "purple")},
        places=("table", "table", "table", "counter", "sideboard", "fridge"),
        size=(0.15, 0.45),
        rooms=("kitchen", "living room"),
        synonyms=("gateau", "birthday cake"),
        patterned=False,
    ),
)
