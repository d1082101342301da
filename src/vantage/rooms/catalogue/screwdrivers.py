"""Screwdrivers: they lie, their grips towards -x."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, QUARTER, STEEL, lying
from vantage.rooms.catalogue.places import TOOL_PLACES
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Tube
from vantage.rooms.shapes.prisms import Prism, regular


def _shaft(b: Builder, long: float | int, radius: float | int, z: float | int, *, cross: bool) -> None:
    """Add a screwdriver's shaft from the origin to +x with a flat or a crossed tip."""
    lying(b, radius, long, (-0.01, 0, z), STEEL, name="blade")
    if cross:
        lying(b, radius, 0.012, (long - 0.011, 0, z), STEEL, name="blade", taper=0.2)
    else:
        b.add(
            Prism(((0.0, -1.3 * radius), (0.014, -1.5 * radius), (0.014, 1.5 * radius), (0.0, 1.3 * radius)), 0.0018),
            (long - 0.012, 0, z - 0.0009),
            STEEL,
            name="blade",
        )


def flat_screwdriver(rng: np.random.Generator) -> Blueprint:
    """Build a screwdriver with a six-sided grip and a flat tip."""
    b = Builder()
    grip, z = rng.uniform(0.085, 0.11), 0.015
    b.add(Prism(regular(6, 0.0165), 0.78 * grip, 0.92), (-grip, 0, z), turn=(0, QUARTER, 0), name="grip")
    lying(b, 0.011, 0.24 * grip, (-0.24 * grip, 0, z), name="grip")
    lying(b, 0.0155, 0.012, (-grip - 0.004, 0, z), "plastic black", name="cap")
    _shaft(b, rng.uniform(0.1, 0.15), 0.0035, z, cross=False)
    return b.done()


def cross_screwdriver(rng: np.random.Generator) -> Blueprint:
    """Build a long screwdriver with a bellied grip, black inlays and a crossed tip."""
    b = Builder()
    grip, z = rng.uniform(0.09, 0.11), 0.0175
    for start, size, low, high in (
        (-grip, 0.3, 0.012, 0.0175),
        (-0.7 * grip, 0.3, 0.0175, 0.0165),
        (-0.4 * grip, 0.22, 0.0165, 0.0105),
        (-0.18 * grip, 0.18, 0.0105, 0.014),
    ):
        lying(b, low, size * grip, (start, 0, z), name="grip", taper=high / low)
    for k in range(4):
        a = QUARTER * k + 0.7
        b.add(
            Box(0.4 * grip, 0.007, 0.004),
            (-0.58 * grip, 0.0158 * math.cos(a), z + 0.0158 * math.sin(a)),
            "rubber black",
            turn=(a - QUARTER, 0, 0),
            name="grip",
        )
    _shaft(b, rng.uniform(0.13, 0.18), 0.003, z, cross=True)
    return b.done()


def stubby_screwdriver(rng: np.random.Generator) -> Blueprint:
    """Build a short screwdriver with a thick round grip and a crossbar."""
    b = Builder()
    grip, z = rng.uniform(0.07, 0.085), 0.02
    lying(b, 0.02, grip, (-grip, 0, z), name="grip", taper=0.75)
    b.add(Tube(((-0.85 * grip, -0.045, z), (-0.85 * grip, 0.045, z)), 0.0075), name="grip")
    lying(b, 0.012, 0.015, (-0.004, 0, z), "metal black", name="cap")
    _shaft(b, rng.uniform(0.07, 0.1), 0.004, z, cross=False)
    return b.done()


CATEGORIES = (
    Category(
        name="screwdriver",
        variants={"flat": flat_screwdriver, "crossed": cross_screwdriver, "stubby": stubby_screwdriver},
        looks={"plastic": (*DYES,), "wood": ("brown", "beige")},
        places=TOOL_PLACES,
        size=(0.13, 0.32),
        rooms=("workshop",),
        synonyms=("turnscrew",),
        patterned=False,
    ),
)
