"""Cacti: columns, balls with spines, and pads."""

import math

import numpy as np

from vantage.rooms.catalogue.foliage import LEAF, planter
from vantage.rooms.catalogue.pieces import GLAZES, QUARTER, ball_profile
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Ellipsoid, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse


def column_cactus(rng: np.random.Generator) -> Blueprint:
    """Build a tall cactus with two bent arms."""
    b = Builder()
    radius = rng.uniform(0.055, 0.075)
    height, top = 1.4 * radius, rng.uniform(0.16, 0.24)
    planter(b, radius, height)
    thick = 0.42 * radius
    b.add(Tube(((0.0, 0.0, height), (0.0, 0.0, height + top)), thick), slot=LEAF, name="stem")
    for side in (-1, 1):
        z = height + top * rng.uniform(0.3, 0.5)
        b.add(
            Tube(
                ((0.0, 0.0, z), (side * 0.95 * radius, 0.0, z + 0.01), (side * 1.0 * radius, 0.0, z + 0.4 * top)),
                0.55 * thick,
            ),
            slot=LEAF,
            name="limb",
        )
    _spines(b, thick, height, top)
    return b.done()


def _spines(b: Builder, radius: float | int, z: float | int, height: float | int) -> None:
    """Add pale spines in rows around a column."""
    for k in range(24):
        a = 2.4 * k
        at = (0.98 * radius * math.cos(a), 0.98 * radius * math.sin(a), z + height * (0.1 + 0.9 * k / 24))
        b.add(
            Prism(((-0.0012, -0.0012), (0.0012, -0.0012), (0.0, 0.0015)), 0.011, 0.2),
            at,
            "plant white",
            turn=(0, QUARTER - 0.2, a),
            name="leaf",
        )


def ball_cactus(rng: np.random.Generator) -> Blueprint:
    """Build a round ribbed cactus with a flower on top."""
    b = Builder()
    radius = rng.uniform(0.055, 0.08)
    height = 1.1 * radius
    planter(b, radius, height)
    size = 0.85 * radius
    z = height + 0.75 * size
    b.add(ball_profile(0.94 * size, squash=0.95, points=9), (0, 0, z), LEAF, name="stem")
    for k in range(8):
        a = 2 * math.pi * k / 8
        half = ellipse(0.86 * size, 0.95 * size, -QUARTER + 0.2, QUARTER - 0.2, count=9)
        b.add(
            Prism(tuple((x + 0.14 * size, y) for x, y in half), 0.07 * size),
            (0.035 * size * math.sin(a), -0.035 * size * math.cos(a), z),
            LEAF,
            turn=(QUARTER, 0, a),
            name="stem",
        )
        for e in (-0.4, 0.1, 0.6):
            at = (
                0.98 * size * math.cos(a) * math.cos(e),
                0.98 * size * math.sin(a) * math.cos(e),
                z + 0.93 * size * math.sin(e),
            )
            b.add(
                Prism(((-0.0012, -0.0012), (0.0012, -0.0012), (0.0, 0.0015)), 0.012, 0.2),
                at,
                "plant white",
                turn=(0, QUARTER - e, a),
                name="leaf",
            )
    bloom = f"plant {rng.choice(['red', 'pink', 'yellow'])}"
    for k in range(6):
        at = (0.012 * math.cos(k * 1.05), 0.012 * math.sin(k * 1.05), z + 0.93 * size)
        b.add(Prism(ellipse(0.016, 0.008, count=8), 0.003), at, bloom, turn=(0, -0.5, k * 1.05), name="flower")
    b.add(cylinder(0.007, 0.012), (0, 0, z + 0.9 * size), "plant yellow", name="flower")
    return b.done()


def pad_cactus(rng: np.random.Generator) -> Blueprint:
    """Build a prickly pear: flat round pads that grow out of one another."""
    b = Builder()
    radius = rng.uniform(0.06, 0.08)
    height = 1.2 * radius
    planter(b, radius, height)
    pads = (
        (0.0, 0.0, 1.0, 0.0),
        (-0.62, 1.25, 0.68, -0.5),
        (0.6, 1.35, 0.72, 0.45),
        (0.05, 1.75, 0.55, 0.1),
        (1.0, 2.25, 0.45, 0.5),
    )
    for x, z, scale, lean in pads:
        size = scale * radius
        at = (x * radius, 0.0, height + z * radius + 0.8 * radius)
        b.add(Ellipsoid(0.62 * size, 0.2 * size, 0.85 * size), at, LEAF, turn=(0, lean, 0), name="limb")
        for u, w in ((0, 0.4), (0.3, 0.0), (-0.3, 0.0), (0, -0.35)):
            c, s = math.cos(lean), math.sin(lean)
            dot = (at[0] + (c * u + s * w) * size, -0.15 * size, at[2] + (-s * u + c * w) * size)
            b.add(
                Prism(((-0.0015, -0.0015), (0.0015, -0.0015), (0.0, 0.002)), 0.01, 0.2),
                dot,
                "plant white",
                turn=(QUARTER, 0, 0),
                name="leaf",
            )
    return b.done()


CATEGORIES = (
    Category(
        name="cactus",
        variants={"column": column_cactus, "ball": ball_cactus, "pads": pad_cactus},
        looks={"ceramic": GLAZES, "plastic": ("white", "brown", "gray"), "stone": ("gray",)},
        places=("table", "desk", "desk", "sideboard", "shelf"),
        size=(0.12, 0.42),
        rooms=("living room", "bedroom", "office"),
        synonyms=("succulent",),
        phrase="cactus",
        rich_phrase="cactus in a {look} planter",
    ),
)
