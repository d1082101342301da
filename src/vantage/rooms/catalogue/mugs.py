"""Mugs: straight, widening, bellied, and of enamel."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import GLAZES, c_handle, ring, vessel
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Tube


def straight_mug(rng: np.random.Generator) -> Blueprint:
    """Build a cylindrical mug with a round handle."""
    b = Builder()
    radius, height = rng.uniform(0.039, 0.046), rng.uniform(0.095, 0.12)
    vessel(b, [(0.9 * radius, 0.0), (radius, 0.008), (radius, height)], 0.004, 0.007)
    c_handle(b, 0.96 * radius, 0.5 * height, 0.29 * height, 0.0065)
    return b.done()


def tapered_mug(rng: np.random.Generator) -> Blueprint:
    """Build a mug that widens upwards, with a square handle."""
    b = Builder()
    radius, height = rng.uniform(0.046, 0.052), rng.uniform(0.1, 0.125)
    foot = 0.68 * radius
    vessel(b, [(foot, 0.0), (radius, height)], 0.004, 0.007)
    low = foot + 0.25 * (radius - foot) - 0.002
    high = foot + 0.85 * (radius - foot) - 0.002
    out = radius + rng.uniform(0.024, 0.03)
    path = (
        (high, 0.0, 0.85 * height),
        (out, 0.0, 0.83 * height),
        (out - 0.004, 0.0, 0.3 * height),
        (low, 0.0, 0.25 * height),
    )
    b.add(Tube(path, 0.006), name="handle")
    return b.done()


def barrel_mug(rng: np.random.Generator) -> Blueprint:
    """Build a bellied mug on a foot."""
    b = Builder()
    radius, height = rng.uniform(0.045, 0.051), rng.uniform(0.09, 0.105)
    outer = [(0.62 * radius, 0.0), (0.66 * radius, 0.006)]
    outer += [
        (radius * (0.8 + 0.2 * math.sin(math.pi * t)), 0.006 + t * (height - 0.006))
        for t in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
    ]
    vessel(b, outer, 0.0045, 0.008)
    c_handle(b, 0.93 * radius, 0.53 * height, 0.27 * height, 0.007)
    return b.done()


def camping_mug(rng: np.random.Generator) -> Blueprint:
    """Build a wide enamel mug with a dark rim."""
    b = Builder()
    radius, height = rng.uniform(0.044, 0.05), rng.uniform(0.082, 0.092)
    vessel(b, [(0.96 * radius, 0.0), (radius, 0.006), (radius, height)], 0.003, 0.006)
    ring(b, radius, 0.005, height, "metal black")
    c_handle(b, 0.97 * radius, 0.52 * height, 0.33 * height, 0.0045)
    return b.done()


CATEGORIES = (
    Category(
        name="mug",
        variants={"straight": straight_mug, "tapered": tapered_mug, "barrel": barrel_mug, "camping": camping_mug},
        looks={"ceramic": GLAZES, "metal": ("gray", "blue", "red", "green", "white"), "stone": ("gray", "beige")},
        places=("table", "table", "desk", "counter", "sideboard", "shelf", "cabinet", "workbench", "sink"),
        size=(0.09, 0.16),
        synonyms=("coffee mug", "coffee cup"),
    ),
)
