"""Bowls: round, wide, on a foot, and for mixing."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import GLAZES, ring, vessel
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Revolve, cylinder


def round_bowl(rng: np.random.Generator) -> Blueprint:
    """Build a round bowl on a small foot."""
    b = Builder()
    radius, depth = rng.uniform(0.08, 0.13), rng.uniform(0.5, 0.65)
    angles = np.linspace(0.3, 1.0, 6) * np.pi / 2
    vessel(
        b, [(float(radius * np.sin(a)), float(0.012 + depth * radius * (1 - np.cos(a)))) for a in angles], 0.006, 0.01
    )
    b.add(cylinder(0.42 * radius, 0.012 + depth * radius * (1 - math.cos(0.3 * math.pi / 2)) + 0.004), name="foot")
    return b.done()


def wide_bowl(rng: np.random.Generator) -> Blueprint:
    """Build a wide salad bowl with straight sides and a thick rim."""
    b = Builder()
    radius = rng.uniform(0.12, 0.16)
    height = rng.uniform(0.5, 0.62) * radius
    vessel(b, [(0.5 * radius, 0.0), (0.62 * radius, 0.02), (radius, height)], 0.008, 0.01)
    ring(b, radius - 0.004, 0.014, height)
    return b.done()


def footed_bowl(rng: np.random.Generator) -> Blueprint:
    """Build a fruit bowl on a high foot."""
    b = Builder()
    radius, stem = rng.uniform(0.1, 0.14), rng.uniform(0.05, 0.08)
    b.add(
        Revolve(
            (
                (0, 0),
                (0.55 * radius, 0),
                (0.5 * radius, 0.01),
                (0.2 * radius, 0.5 * stem),
                (0.26 * radius, stem + 0.004),
                (0, stem + 0.004),
            )
        ),
        name="foot",
    )
    deep = rng.uniform(0.4, 0.5) * radius
    vessel(
        b,
        [(0.3 * radius, 0.0), (0.7 * radius, 0.22 * deep), (0.93 * radius, 0.6 * deep), (radius, deep)],
        0.006,
        0.009,
        at=(0, 0, stem),
    )
    return b.done()


def mixing_bowl(rng: np.random.Generator) -> Blueprint:
    """Build a deep bowl whose rim is folded outwards."""
    b = Builder()
    radius = rng.uniform(0.07, 0.12)
    height = rng.uniform(0.85, 1.0) * radius
    outer = [(0.5 * radius, 0.0), (0.78 * radius, 0.2 * height), (0.94 * radius, 0.55 * height), (radius, height)]
    vessel(b, outer, 0.005, 0.008)
    b.add(
        Revolve(((radius - 0.004, 0), (1.12 * radius, -0.003), (1.12 * radius, 0.002), (radius - 0.004, 0.005))),
        (0, 0, height - 0.005),
        name="rim",
    )
    return b.done()


CATEGORIES = (
    Category(
        name="bowl",
        variants={"round": round_bowl, "wide": wide_bowl, "footed": footed_bowl, "mixing": mixing_bowl},
        looks={"ceramic": GLAZES, "wood": ("brown", "beige"), "plastic": VIVID, "stone": ("gray", "black")},
        places=("table", "table", "counter", "sideboard", "shelf", "cabinet", "fridge", "stack plate"),
        size=(0.14, 0.36),
        rooms=("kitchen", "living room"),
        synonyms=("basin", "dish"),
    ),
)
