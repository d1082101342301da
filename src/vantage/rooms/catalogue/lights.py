"""Lamps."""

import numpy as np

from vantage.rooms.blueprint import Blueprint, Builder, Category
from vantage.rooms.colours import VIVID
from vantage.rooms.shapes import Ellipsoid, Frustum, Revolve, cylinder, sphere

SHADES = (*VIVID, "white", "white", "gray")


def shade(low: float, high: float, height: float) -> Revolve:
    """Make the open cone of a lamp shade with a 4 mm wall."""
    return Revolve(((low, 0.0), (high, height), (high - 0.004, height), (low - 0.004, 0.0)))


def lamp(rng: np.random.Generator) -> Blueprint:
    """Build a table lamp: foot, stem or belly, and shade."""
    b = Builder()
    height, radius = rng.uniform(0.38, 0.52), rng.uniform(0.11, 0.15)
    span = 0.4 * height
    if rng.random() < 0.5:
        b.add(Ellipsoid(0.085, 0.085, 0.3 * height), (0, 0, 0.3 * height), "ceramic white")
        b.add(cylinder(0.012, 0.5 * height), (0, 0, 0.4 * height), "metal gray")
    else:
        b.add(Frustum(0.09, 0.08, 0.025), slot="metal gray")
        b.add(cylinder(0.013, 0.85 * height), (0, 0, 0.02), "metal gray")
    b.add(shade(radius, rng.uniform(0.5, 0.8) * radius, span), (0, 0, height - span), "main glow")
    b.add(sphere(0.03), (0, 0, height - 0.5 * span), "plastic white glow")
    return b.done()


def floor_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a tall lamp that stands on the floor."""
    b = Builder()
    height, radius = rng.uniform(1.35, 1.65), rng.uniform(0.18, 0.24)
    metal = "metal black" if rng.random() < 0.5 else "metal gray"
    b.add(Frustum(0.15, 0.14, 0.03), slot=metal)
    b.add(cylinder(0.016, height - 0.15), (0, 0, 0.02), metal)
    b.add(shade(radius, rng.uniform(0.6, 0.95) * radius, 0.3), (0, 0, height - 0.3), "main glow")
    b.add(sphere(0.04), (0, 0, height - 0.15), "plastic white glow")
    return b.done()


CATEGORIES = (
    Category(
        name="lamp",
        variants={"plain": lamp},
        size=(0.02, 2.6),
        looks={"fabric": SHADES},
        places=("table", "desk", "sideboard"),
        patterned=False,
    ),
    Category(
        name="floor lamp",
        variants={"plain": floor_lamp},
        size=(0.02, 2.6),
        looks={"fabric": SHADES},
        places=("group",),
        patterned=False,
    ),
)
