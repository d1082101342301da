"""Saws: they lie, their grips towards -x."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import STEEL, lying
from vantage.rooms.catalogue.places import TOOL_PLACES
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism


def _teeth(
    b: Builder, x: float | int, y: float | int, long: float | int, z: float | int, angle: float | int, count: int
) -> None:
    """Add teeth along a line from (x, y) at `angle` on the level blade at height z, pointing to its right."""
    c, s = math.cos(angle), math.sin(angle)
    pitch = long / count
    for k in range(count):
        at = (x + c * (k + 0.5) * pitch, y + s * (k + 0.5) * pitch, z)
        b.add(
            Prism(((-0.5 * pitch, 0.001), (0.0, -0.008), (0.5 * pitch, 0.001)), 0.0018),
            at,
            STEEL,
            turn=(0, 0, angle),
            name="blade",
        )


def hand_saw(rng: np.random.Generator) -> Blueprint:
    """Build a hand saw: a long tapering toothed blade and a closed grip."""
    b = Builder()
    long, wide = rng.uniform(0.36, 0.46), rng.uniform(0.095, 0.115)
    z = 0.011
    b.add(
        Prism(((0.0, -0.5 * wide), (long, -0.5 * wide), (long, -0.08 * wide), (0.0, 0.5 * wide)), 0.0018),
        (0, 0, z),
        STEEL,
        name="blade",
    )
    _teeth(b, 0.0, -0.5 * wide, long, z, 0.0, 28)
    for y, turn in ((-0.4 * wide, -0.25), (0.42 * wide, 0.25)):
        b.add(RoundedBox(0.11, 0.03, 0.022, 0.009), (-0.04, y, 0.011), turn=(0, 0, turn), name="handle")
    b.add(RoundedBox(0.032, 1.05 * wide, 0.022, 0.009), (-0.085, 0, 0.011), turn=(0, 0, 0.12), name="handle")
    b.add(RoundedBox(0.03, 0.9 * wide, 0.022, 0.009), (0.004, 0, 0.011), name="handle")
    for y in (-0.2, 0.2):
        b.add(cylinder(0.007, 0.0235), (0.006, y * wide, 0), "metal yellow", name="button")
    return b.done()


def bow_saw(rng: np.random.Generator) -> Blueprint:
    """Build a bow saw: a bent tube with a narrow toothed blade across its ends."""
    b = Builder()
    long, deep = rng.uniform(0.36, 0.46), rng.uniform(0.13, 0.16)
    path = (
        (0.0, 0.0, 0.012),
        (0.01, 0.7 * deep, 0.012),
        (0.12 * long, deep, 0.012),
        (0.75 * long, 0.8 * deep, 0.012),
        (long, 0.0, 0.012),
    )
    b.add(Tube(path, 0.0115), name="frame")
    b.add(Box(long, 0.02, 0.0018), (long / 2, -0.004, 0.0129), STEEL, name="blade")
    _teeth(b, 0.0, -0.013, long, 0.012, 0.0, 24)
    b.add(Tube(((0.002, 0.02, 0.012), (0.008, 0.62 * deep, 0.012)), 0.0155), slot="rubber black", name="grip")
    return b.done()


def back_saw(rng: np.random.Generator) -> Blueprint:
    """Build a small saw: a rectangular blade with a stiff back and a straight round grip."""
    b = Builder()
    long, wide, z = rng.uniform(0.24, 0.3), rng.uniform(0.055, 0.07), 0.014
    b.add(Box(long, wide, 0.0016), (long / 2, -0.3 * wide, z), STEEL, name="blade")
    b.add(Box(long + 0.01, 0.012, 0.01), (long / 2, 0.2 * wide, z), "metal yellow", name="back")
    _teeth(b, 0.0, -0.8 * wide, long, z - 0.0009, 0.0, 22)
    b.add(Tube(((-0.115, 0.01, 0.0145), (0.004, 0.0, 0.0145)), 0.0145), name="grip")
    lying(b, 0.0165, 0.012, (-0.012, 0.0, 0.0165), "metal yellow", name="rim")
    return b.done()


CATEGORIES = (
    Category(
        name="saw",
        variants={"hand": hand_saw, "bow": bow_saw, "back": back_saw},
        looks={
            "wood": ("brown", "brown", "red", "yellow", "beige"),
            "plastic": ("orange", "red", "blue", "green", "turquoise"),
        },
        places=TOOL_PLACES,
        size=(0.35, 0.62),
        rooms=("workshop",),
        synonyms=("hand saw",),
        patterned=False,
    ),
)
