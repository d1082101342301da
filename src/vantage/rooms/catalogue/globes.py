"""Globes: in a half ring, in a level ring, and on a block."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, ball_profile, ring
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve, RoundedBox, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse


def _earth(b: Builder, radius: float | int, z: float | int, rng: np.random.Generator) -> None:
    """Add a ball with green land: discs that look out of the sea, and white poles."""
    b.add(ball_profile(radius, points=11), (0, 0, z))
    for k in range(9):
        a, e = 2.4 * k + rng.uniform(-0.3, 0.3), rng.uniform(-0.7, 0.85)
        size = rng.uniform(0.22, 0.42)
        d = radius * (1 - 0.5 * size**2)
        at = (d * math.cos(a) * math.cos(e), d * math.sin(a) * math.cos(e), z + d * math.sin(e))
        land = Prism(ellipse(size * radius, 0.75 * size * radius, count=9), 0.5 * size**2 * radius + 0.002, 0.6)
        b.add(land, at, "plastic green", turn=(0, QUARTER - e, a), name="label")
    for side in (-1, 1):
        b.add(
            cylinder(0.2 * radius, 0.04 * radius),
            (0, 0, z + side * 0.985 * radius - 0.02 * radius),
            "plastic white",
            name="cap",
        )


def desk_globe(rng: np.random.Generator) -> Blueprint:
    """Build a globe in a half ring on a round foot."""
    b = Builder()
    radius = rng.uniform(0.1, 0.14)
    z = 1.5 * radius
    _earth(b, radius, z, rng)
    b.add(
        TorusArc(1.1 * radius, 0.05 * radius, -0.5 * math.pi - 0.1, 0.5 * math.pi),
        (0, 0, z),
        "metal yellow",
        name="frame",
    )
    for side in (-1, 1):
        b.add(
            cylinder(0.04 * radius, 0.16 * radius),
            (0, 0, z + side * 1.05 * radius - 0.08 * radius),
            "metal yellow",
            name="knob",
        )
    b.add(cylinder(0.07 * radius, 0.4 * radius), (0, 0, 0.02), "wood brown", name="stand")
    b.add(
        Revolve(((0, 0), (0.62 * radius, 0), (0.6 * radius, 0.02), (0.1 * radius, 0.05), (0, 0.05))),
        slot="wood brown",
        name="foot",
    )
    return b.done()


def ringed_globe(rng: np.random.Generator) -> Blueprint:
    """Build a globe in a level ring on four legs."""
    b = Builder()
    radius = rng.uniform(0.12, 0.16)
    z = 1.75 * radius
    _earth(b, radius, z, rng)
    ring(b, 1.12 * radius, 0.18 * radius, z, "wood brown", name="frame")
    for k in range(4):
        a = QUARTER * k + QUARTER / 2
        foot = (0.75 * radius * math.cos(a), 0.75 * radius * math.sin(a), 0.06 * radius)
        top = (1.1 * radius * math.cos(a), 1.1 * radius * math.sin(a), z)
        b.add(Tube((foot, top), 0.06 * radius), slot="wood brown", name="leg")
    ring(b, 0.8 * radius, 0.08 * radius, 0.22 * radius, "wood brown", name="base")
    b.add(Box(0.1 * radius, 0.1 * radius, 0.75 * radius), (0, 0, 0.55 * radius), "wood brown", name="pole")
    b.add(Box(1.6 * radius, 0.1 * radius, 0.08 * radius), (0, 0, 0.22 * radius), "wood brown", name="base")
    return b.done()


def pole_globe(rng: np.random.Generator) -> Blueprint:
    """Build a small globe with a tilted axis on a square block."""
    b = Builder()
    radius = rng.uniform(0.075, 0.1)
    z = 1.75 * radius
    _earth(b, radius, z, rng)
    path = ((0.0, 0.0, z - 0.9 * radius), (0.0, 0.0, 0.04))
    b.add(Tube(path, 0.07 * radius), slot="metal gray", name="stand")
    b.add(
        TorusArc(1.14 * radius, 0.045 * radius, -0.15 * math.pi, 1.15 * math.pi),
        (0, 0, z),
        "metal gray",
        turn=(0, 0, 0.4),
        name="frame",
    )
    for k in (-0.15, 1.15):
        a = k * math.pi
        at = (1.0 * radius * math.cos(a), 0.0, z + radius * math.sin(a))
        b.add(
            Box(0.34 * radius, 0.07 * radius, 0.07 * radius),
            (at[0] * math.cos(0.4), at[0] * math.sin(0.4), at[2]),
            "metal gray",
            turn=(0, -a, 0.4),
            name="knob",
        )
    b.add(RoundedBox(1.2 * radius, 1.2 * radius, 0.045, 0.01), (0, 0, 0.0225), "wood black", name="foot")
    return b.done()


CATEGORIES = (
    Category(
        name="globe",
        variants={"half ring": desk_globe, "level ring": ringed_globe, "block": pole_globe},
        looks={"plastic": ("blue", "blue", "turquoise", "gray")},
        places=("desk", "sideboard", "shelf", "table"),
        size=(0.2, 0.48),
        rooms=("office", "living room", "bedroom"),
        synonyms=("world globe",),
        patterned=False,
        phrase="globe",
        rich_phrase="globe",
    ),
)
