"""Backpacks: for school, for hiking, and with a flap."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYED, QUARTER, curve, lying
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve, RoundedBox, TorusArc, Tube
from vantage.rooms.shapes.prisms import Prism, rounded


def _shoulder_straps(b: Builder, x: float | int, y: float | int, z: float | int) -> None:
    """Add two straps behind a pack's back at y, and the loop on its top."""
    for side in (-1, 1):
        path = curve(
            (side * 0.2 * x, y - 0.01, 0.93 * z),
            (side * 0.24 * x, y + 0.09, 0.8 * z),
            (side * 0.36 * x, y + 0.06, 0.3 * z),
            (side * 0.4 * x, y - 0.01, 0.08 * z),
            count=6,
        )
        b.add(Tube(path, 0.014), slot="fabric black", name="strap")
    b.add(TorusArc(0.035, 0.008, 0, math.pi), (0, y - 0.03, z - 0.006), "fabric black", name="handle")


def school_backpack(rng: np.random.Generator) -> Blueprint:
    """Build a backpack with a front pocket, zips, side pockets and straps."""
    b = Builder()
    x, y, z = rng.uniform(0.28, 0.33), rng.uniform(0.15, 0.19), rng.uniform(0.4, 0.46)
    b.add(RoundedBox(x, y, z, 0.06), (0, 0, z / 2))
    b.add(RoundedBox(0.8 * x, 0.09, 0.46 * z, 0.03), (0, -y / 2 - 0.012, 0.28 * z), name="pocket")
    b.add(Box(0.6 * x, 0.006, 0.008), (0, -y / 2 - 0.055, 0.44 * z), "metal gray", name="pocket")
    b.add(Box(0.7 * x, 0.008, 0.01), (0, -y / 2 + 0.003, 0.72 * z), "metal black", name="pocket")
    b.add(Box(0.012, 0.008, 0.04), (0.3 * x, -y / 2 - 0.001, 0.7 * z), "metal yellow", name="button")
    for side in (-1, 1):
        b.add(
            Box(0.04, 0.7 * y, 0.3 * z),
            (side * (x / 2 + 0.005), 0, 0.19 * z),
            "fabric black",
            name="pocket",
        )
    _shoulder_straps(b, x, y / 2, z)
    return b.done()


def hiking_backpack(rng: np.random.Generator) -> Blueprint:
    """Build a tall hiking pack with a lid, buckled straps and a rolled mat on top."""
    b = Builder()
    x, y, z = rng.uniform(0.28, 0.33), rng.uniform(0.2, 0.24), rng.uniform(0.5, 0.6)
    b.add(Prism(rounded(0.9 * x, 0.9 * y, 0.06), z, 1.1))
    b.add(RoundedBox(1.05 * x, 1.08 * y, 0.11, 0.045), (0, 0, z + 0.03), name="lid")
    for side in (-1, 1):
        b.add(
            Box(0.026, 0.008, 0.42 * z),
            (side * 0.24 * x, -y / 2 - 0.004, 0.78 * z),
            "fabric black",
            turn=(0.04, 0, 0),
            name="strap",
        )
        b.add(Box(0.036, 0.016, 0.03), (side * 0.24 * x, -y / 2 - 0.004, 0.72 * z), "plastic gray", name="button")
        b.add(Prism(rounded(0.09, 0.75 * y, 0.035), 0.35 * z, 0.9), (side * 0.47 * x, 0, 0.08 * z), name="pocket")
    b.add(RoundedBox(0.72 * x, 0.08, 0.4 * z, 0.03), (0, -y / 2 - 0.01, 0.28 * z), name="pocket")
    lying(b, 0.055, 1.15 * x, (-0.575 * x, 0, z + 0.13), "rubber gray", name="content")
    for side in (-1, 1):
        lying(b, 0.058, 0.02, (side * 0.3 * x - 0.01, 0, z + 0.13), "fabric black", name="strap")
    _shoulder_straps(b, x, y / 2, z)
    return b.done()


def flap_backpack(rng: np.random.Generator) -> Blueprint:
    """Build a sack whose mouth is gathered under a small flap with two brown belts."""
    b = Builder()
    radius, z = rng.uniform(0.14, 0.16), rng.uniform(0.36, 0.42)
    b.add(
        Revolve(
            (
                (0, 0),
                (0.9 * radius, 0),
                (radius, 0.04),
                (radius, 0.6 * z),
                (0.72 * radius, 0.88 * z),
                (0.8 * radius, z),
                (0, 0.97 * z),
            )
        )
    )
    flap = ((-0.85 * radius, 0.0), (0.85 * radius, 0.0), (0.7 * radius, 0.45 * z), (-0.7 * radius, 0.45 * z))
    b.add(
        Prism(tuple((u, v - 0.45 * z) for u, v in flap), 0.02),
        (0, -radius - 0.004 + 0.02, z - 0.004),
        turn=(QUARTER + 0.12, 0, 0),
        name="lid",
    )
    b.add(Prism(rounded(1.5 * radius, 1.5 * radius, 0.05), 0.02), (0, -0.1 * radius, z - 0.01), name="lid")
    for side in (-1, 1):
        b.add(
            Box(0.026, 0.012, 0.5 * z), (side * 0.35 * radius, -radius - 0.002, 0.6 * z), "fabric brown", name="strap"
        )
        b.add(Box(0.036, 0.018, 0.03), (side * 0.35 * radius, -radius - 0.004, 0.48 * z), "metal yellow", name="button")
    b.add(RoundedBox(1.2 * radius, 0.08, 0.3 * z, 0.03), (0, -radius + 0.005, 0.2 * z), name="pocket")
    _shoulder_straps(b, 2 * radius, radius, z)
    return b.done()


CATEGORIES = (
    Category(
        name="backpack",
        variants={"school": school_backpack, "hiking": hiking_backpack, "sack": flap_backpack},
        looks={"fabric": DYED, "leather": ("brown", "black")},
        places=("floor", "floor", "seat", "bed", "desk", "shelf"),
        size=(0.36, 0.82),
        rooms=("bedroom", "office", "living room"),
        synonyms=("rucksack", "school bag"),
    ),
)
