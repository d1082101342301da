"""Headphones: upright, lying, and on a stand."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, QUARTER, curve
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, TorusArc, Tube, cylinder


def _ear_cup(
    b: Builder, x: float | int, y: float | int, z: float | int, radius: float | int, side: float | int
) -> None:
    """Add an ear cup whose cushion faces the middle."""
    turn = (0, -side * QUARTER, 0)
    b.add(Frustum(0.85 * radius, radius, 0.03), (x + side * 0.03, y, z), turn=turn, name="ear")
    b.add(cylinder(0.98 * radius, 0.018), (x + side * 0.004, y, z), "rubber black", turn=turn, name="cushion")


def over_ear_headphones(rng: np.random.Generator) -> Blueprint:
    """Build headphones that stand on their cups under a padded band."""
    b = Builder()
    radius, half = rng.uniform(0.036, 0.042), rng.uniform(0.07, 0.078)
    z = radius + 0.008
    for side in (-1, 1):
        _ear_cup(b, side * half, 0, z, radius, side)
        b.add(Box(0.007, 0.022, 0.06), (side * (half + 0.028), 0, z + radius + 0.002), "metal gray", name="arm")
    band = half + 0.026
    top = z + radius + 0.028
    b.add(TorusArc(band, 0.0085, 0, math.pi), (0, 0, top - 0.004), name="strap")
    b.add(TorusArc(band - 0.01, 0.012, 0.9, math.pi - 0.9), (0, 0, top - 0.004), "rubber black", name="cushion")
    return b.done()


def lying_headphones(rng: np.random.Generator) -> Blueprint:
    """Build headphones that lie flat, with a cord and its plug."""
    b = Builder()
    radius, half = rng.uniform(0.034, 0.04), rng.uniform(0.07, 0.08)
    z = radius
    for side in (-1, 1):
        _ear_cup(b, side * half, -0.02, z, radius, side)
        b.add(Box(0.008, 0.055, 0.02), (side * (half + 0.026), 0.03, z), "metal gray", name="arm")
    b.add(TorusArc(half + 0.025, 0.009, 0, math.pi), (0, 0.05, z), turn=(-QUARTER, 0, 0), name="strap")
    cord = curve(
        (-half - 0.02, -0.02, 0.02),
        (-half - 0.03, -0.1, 0.0),
        (0.02, -0.16, 0.002),
        (0.03, -0.06, 0.0025),
        (0.06, -0.17, 0.0025),
        count=10,
    )
    b.add(Tube(cord, 0.0025), slot="rubber black", name="cord")
    b.add(Tube((cord[-1], (cord[-1][0] + 0.012, cord[-1][1] - 0.018, 0.004)), 0.004), slot="metal yellow", name="cap")
    return b.done()


def stand_headphones(rng: np.random.Generator) -> Blueprint:
    """Build headphones that hang on a stand."""
    b = Builder()
    radius, half = rng.uniform(0.036, 0.042), rng.uniform(0.07, 0.078)
    high = rng.uniform(0.25, 0.28)
    b.add(cylinder(0.085, 0.014), slot="wood brown", name="base")
    b.add(cylinder(0.011, high - 0.02), (0, 0, 0.01), "metal black", name="pole")
    b.add(TorusArc(half, 0.014, 1.1, math.pi - 1.1), (0, 0, high - half - 0.026), "wood brown", name="stand")
    band = half + 0.004
    middle = high - band
    b.add(TorusArc(band, 0.0085, 0, math.pi), (0, 0, middle), name="strap")
    for side in (-1, 1):
        b.add(Box(0.008, 0.02, 0.06), (side * band, 0, middle - 0.02), "metal gray", name="arm")
        _ear_cup(b, side * (half - 0.026), 0, middle - 0.06, radius, side)
    return b.done()


CATEGORIES = (
    Category(
        name="headphones",
        variants={"standing": over_ear_headphones, "lying": lying_headphones, "on a stand": stand_headphones},
        looks={"plastic": (*DYES, "beige")},
        places=("desk", "desk", "shelf", "bed", "table", "sideboard"),
        size=(0.17, 0.4),
        rooms=("office", "bedroom", "living room"),
        synonyms=("headset", "earphones"),
        patterned=False,
        phrase="{look} headphones",
    ),
)
