"""Padded chairs for one."""

import numpy as np

from vantage.rooms.catalogue.carpentry import corners, cushion, rod, strut
from vantage.rooms.catalogue.sofas import UPHOLSTERY, body, feet
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, TorusArc, capsule, cylinder


def box_armchair(rng: np.random.Generator) -> Blueprint:
    """Build a square armchair with cushions for seat and back."""
    b = Builder()
    width, depth = rng.uniform(0.82, 0.95), rng.uniform(0.8, 0.92)
    body(
        b,
        width,
        depth,
        rng.uniform(0.42, 0.46),
        rng.uniform(0.78, 0.88),
        rng.uniform(0.13, 0.18),
        rng.uniform(0.56, 0.64),
        1,
    )
    feet(b, width - 0.14, depth - 0.14, "wood brown")
    return b.done()


def wing_armchair(rng: np.random.Generator) -> Blueprint:
    """Build a wing chair: a tall back with ears on both sides, rolled arms and turned legs."""
    b = Builder()
    width, depth, seat = rng.uniform(0.72, 0.8), rng.uniform(0.78, 0.85), rng.uniform(0.44, 0.47)
    back = rng.uniform(1.02, 1.14)
    b.add(Box(width - 0.08, depth - 0.1, 0.14), (0, 0, 0.25), name="frame")
    cushion(b, (width - 0.22, depth - 0.14, 0.15), (0, -0.05, seat - 0.075))
    b.add(
        RoundedBox(width - 0.1, 0.14, back - 0.24, 0.05),
        (0, depth / 2 - 0.09, 0.24 + (back - 0.24) / 2),
        turn=(-0.08, 0, 0),
        name="back",
    )
    for side in (-1, 1):
        x = side * (width / 2 - 0.06)
        b.add(RoundedBox(0.11, depth - 0.16, 0.42, 0.035), (x, -0.03, 0.4), name="arm")
        b.add(capsule(depth - 0.3, 0.068), (x, -0.03, 0.6), turn=(np.pi / 2, 0, 0), name="arm")
        b.add(
            RoundedBox(0.09, 0.28, back - 0.62, 0.04),
            (x, depth / 2 - 0.16, 0.6 + (back - 0.62) / 2),
            turn=(-0.08, 0, 0),
            name="ear",
        )
    for x, y in corners(width - 0.14, depth - 0.18):
        rod(b, (1.05 * x, 1.05 * y, 0), (x, y, 0.2), 0.02, "wood brown", name="leg")
    b.support(0, -0.12, (width / 2 - 0.19, depth / 2 - 0.24), seat, 0.5, "seat")
    return b.done()


def tub_armchair(rng: np.random.Generator) -> Blueprint:
    """Build a tub chair: one low round wall as arms and back about a round seat."""
    b = Builder()
    radius, seat, back = rng.uniform(0.36, 0.42), rng.uniform(0.42, 0.46), rng.uniform(0.68, 0.78)
    b.add(cylinder(radius - 0.05, seat - 0.2), (0, 0, 0.1), name="frame")
    b.add(cylinder(radius - 0.09, 0.1), (0, -0.02, seat - 0.1), name="cushion")
    count = 13
    wide = 1.28 * np.pi * radius / (count - 1) + 0.01
    for k in range(count):
        angle = np.pi * (-0.14 + 1.28 * k / (count - 1))
        c, s = float(np.cos(angle)), float(np.sin(angle))
        at = ((radius - 0.045) * c, (radius - 0.045) * s, (back + 0.1) / 2)
        b.add(Box(0.09, wide, back - 0.1), at, turn=(0, 0, angle), name="back" if s > 0.5 else "arm")
    arc = TorusArc(radius - 0.045, 0.05, -1.14 * np.pi, 0.14 * np.pi)
    b.add(arc, (0, 0, back), turn=(np.pi / 2, 0, 0), name="rim")
    feet(b, 0.95 * radius, 0.95 * radius, "metal gray", 0.11)
    b.support(0, -0.08, (0.5 * radius, 0.45 * radius), seat, 0.4, "seat")
    return b.done()


def lounge_chair(rng: np.random.Generator) -> Blueprint:
    """Build a lounge chair: two loose cushions in an open wooden frame with flat arms."""
    b = Builder()
    width, depth, seat = rng.uniform(0.68, 0.76), rng.uniform(0.72, 0.8), rng.uniform(0.42, 0.45)
    for side in (-1, 1):
        x = side * (width / 2 - 0.03)
        strut(b, (x, -depth / 2 + 0.02, 0), (x, -depth / 2 + 0.1, 0.6), (0.04, 0.04), "wood brown", name="leg")
        strut(b, (x, depth / 2, 0), (x, depth / 2 - 0.12, 0.6), (0.04, 0.04), "wood brown", name="leg")
        b.add(Box(0.075, depth - 0.04, 0.03), (x, 0, 0.6), "wood brown", name="arm")
        b.add(Box(0.03, depth - 0.1, 0.05), (x, 0, seat - 0.18), "wood brown", name="frame")
        strut(
            b,
            (side * (width / 2 - 0.09), 0.16, seat - 0.19),
            (side * (width / 2 - 0.09), 0.42, seat + 0.42),
            (0.03, 0.03),
            "wood brown",
            name="frame",
        )
    for y in (-depth / 2 + 0.1, 0.0, 0.17):
        b.add(Box(width - 0.07, 0.04, 0.03), (0, y, seat - 0.175), "wood brown", name="slat")
    for k in range(4):
        b.add(
            Box(width - 0.15, 0.015, 0.05),
            (0, 0.245 + 0.055 * k, seat + 0.0 + 0.13 * k),
            "wood brown",
            turn=(-0.4, 0, 0),
            name="slat",
        )
    cushion(b, (width - 0.12, 0.56, 0.16), (0, -0.1, seat - 0.08))
    b.add(RoundedBox(width - 0.12, 0.14, 0.56, 0.05), (0, 0.22, seat + 0.2), turn=(-0.4, 0, 0), name="back")
    b.support(0, -0.17, (width / 2 - 0.13, 0.14), seat, 0.4, "seat")
    return b.done()


CATEGORIES = (
    Category(
        name="armchair",
        variants={"box": box_armchair, "wing": wing_armchair, "tub": tub_armchair, "lounge": lounge_chair},
        size=(0.7, 1.2),
        looks={"fabric": UPHOLSTERY, "leather": ("brown", "black", "red"), "wicker": ("brown", "beige")},
        places=("group",),
        rooms=("living room", "bedroom"),
        synonyms=("easy chair", "lounge chair", "club chair"),
    ),
)
