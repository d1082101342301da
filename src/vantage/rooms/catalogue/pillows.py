"""Pillows: square, long, round, and a roll."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, ball_profile, lying
from vantage.rooms.looks.colours import ALL
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Ellipsoid, Revolve, RoundedBox, cylinder
from vantage.rooms.shapes.prisms import Prism, rounded


def square_pillow(rng: np.random.Generator) -> Blueprint:
    """Build a square cushion that lies flat, with four corners and a button."""
    b = Builder()
    size, thick = rng.uniform(0.36, 0.46), rng.uniform(0.1, 0.14)
    b.add(RoundedBox(0.94 * size, 0.94 * size, 0.5 * thick, 0.24 * thick), (0, 0, thick / 2))
    b.add(Ellipsoid(0.5 * size, 0.5 * size, thick / 2), (0, 0, thick / 2))
    for sx in (-1, 1):
        for sy in (-1, 1):
            at = (sx * 0.455 * size, sy * 0.455 * size, 0.42 * thick)
            b.add(
                Prism(((0.0, -0.05 * size), (0.07 * size, 0.0), (0.0, 0.05 * size)), 0.16 * thick),
                at,
                turn=(0, 0, math.atan2(sy, sx)),
            )
    b.add(cylinder(0.016, 0.012), (0, 0, thick - 0.006), "fabric black", name="button")
    return b.done()


def bed_pillow(rng: np.random.Generator) -> Blueprint:
    """Build a long bed pillow with a flanged edge."""
    b = Builder()
    x, y, thick = rng.uniform(0.6, 0.72), rng.uniform(0.38, 0.46), rng.uniform(0.12, 0.15)
    b.add(Prism(rounded(x, y, 0.03), 0.012), (0, 0, 0.42 * thick), name="rim")
    b.add(RoundedBox(0.93 * x, 0.9 * y, 0.92 * thick, 0.45 * thick), (0, 0, 0.5 * thick))
    b.add(Ellipsoid(0.36 * x, 0.36 * y, 0.54 * thick), (0, 0, 0.54 * thick))
    return b.done()


def bolster(rng: np.random.Generator) -> Blueprint:
    """Build a lying roll with a button and a tassel at each end."""
    b = Builder()
    long, radius = rng.uniform(0.42, 0.6), rng.uniform(0.08, 0.1)
    half = long / 2
    b.add(
        Revolve(
            (
                (0, -half),
                (0.7 * radius, -half),
                (0.96 * radius, -half + 0.02),
                (radius, -half + 0.05),
                (radius, half - 0.05),
                (0.96 * radius, half - 0.02),
                (0.7 * radius, half),
                (0, half),
            )
        ),
        (0, 0, radius),
        turn=(0, QUARTER, 0),
    )
    for side in (-1, 1):
        lying(b, 1.01 * radius, 0.012, (side * (half - 0.055) - 0.006, 0, radius), "fabric white", name="tape")
        b.add(ball_profile(0.02, points=7), (side * (half + 0.008), 0, radius), "fabric white", name="button")
    return b.done()


def round_pillow(rng: np.random.Generator) -> Blueprint:
    """Build a round cushion with piping and a button in its middle."""
    b = Builder()
    radius, thick = rng.uniform(0.18, 0.23), rng.uniform(0.1, 0.13)
    profile = (
        (0, 0.1),
        (0.3, 0.02),
        (0.6, 0.0),
        (0.88, 0.16),
        (1.0, 0.42),
        (1.0, 0.58),
        (0.88, 0.84),
        (0.6, 1.0),
        (0.3, 0.98),
        (0, 0.9),
    )
    b.add(Revolve(tuple((radius * r, thick * z) for r, z in profile)))
    for z in (0.36, 0.64):
        b.add(
            Revolve(((0.96 * radius, -0.005), (1.02 * radius, -0.005), (1.02 * radius, 0.005), (0.96 * radius, 0.005))),
            (0, 0, z * thick),
            "fabric white",
            name="tape",
        )
    b.add(cylinder(0.022, 0.01), (0, 0, 0.9 * thick - 0.003), "fabric white", name="button")
    return b.done()


CATEGORIES = (
    Category(
        name="pillow",
        variants={"square": square_pillow, "bed": bed_pillow, "bolster": bolster, "round": round_pillow},
        looks={"fabric": ALL, "leather": ("brown", "black")},
        places=("seat", "seat", "seat", "bed", "bed", "bed", "drum"),
        size=(0.35, 0.75),
        rooms=("bedroom", "living room"),
        synonyms=("cushion", "throw pillow"),
    ),
)
