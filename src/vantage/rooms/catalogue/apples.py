"""Apples: whole, halved, and eaten to the core."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import ball_profile
from vantage.rooms.catalogue.places import FRUIT_PLACES
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Ellipsoid, Revolve, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse


def _apple_profile(radius: float | int) -> Revolve:
    """Make an apple about its middle: broad above, with a hollow at its stem."""
    outline = (
        (0.0, -0.82),
        (0.35, -0.9),
        (0.7, -0.72),
        (0.93, -0.3),
        (1.0, 0.1),
        (0.93, 0.5),
        (0.7, 0.8),
        (0.42, 0.86),
        (0.2, 0.74),
        (0.0, 0.6),
    )
    return Revolve(tuple((radius * r, radius * z) for r, z in outline))


def _stem(b: Builder, radius: float | int, z: float | int, *, leaf: bool) -> None:
    b.add(
        Tube(((0.0, 0.0, z + 0.55 * radius), (0.12 * radius, 0.0, z + 1.15 * radius)), 0.06 * radius),
        slot="wood brown",
        name="stem",
    )
    if leaf:
        at = (0.52 * radius, 0, z + 1.08 * radius)
        b.add(Ellipsoid(0.45 * radius, 0.2 * radius, 0.05 * radius), at, "plant green", turn=(0, -0.3, 0), name="leaf")


def apple(rng: np.random.Generator) -> Blueprint:
    """Build an apple with its stem and a leaf."""
    b = Builder()
    radius = rng.uniform(0.036, 0.046)
    b.add(_apple_profile(radius), (0, 0, 0.9 * radius))
    _stem(b, radius, 0.9 * radius, leaf=True)
    return b.done()


def half_apple(rng: np.random.Generator) -> Blueprint:
    """Build an apple cut across: half of it on its round side, flesh and seeds in view."""
    b = Builder()
    radius = rng.uniform(0.036, 0.046)
    outline = ((0.0, -0.9), (0.4, -0.85), (0.75, -0.62), (0.95, -0.25), (1.0, 0.0), (0.0, 0.0))
    b.add(Revolve(tuple((radius * r, radius * z) for r, z in outline)), (0, 0, 0.9 * radius))
    b.add(cylinder(0.95 * radius, 0.002), (0, 0, 0.9 * radius), "skin white", name="content")
    for k in range(5):
        a = 2 * math.pi * k / 5
        at = (0.24 * radius * math.cos(a), 0.24 * radius * math.sin(a), 0.9 * radius + 0.002)
        seed = Prism(ellipse(0.13 * radius, 0.06 * radius, count=8), 0.0015)
        b.add(seed, at, "wood brown", turn=(0, 0, a), name="content")
    return b.done()


def apple_core(rng: np.random.Generator) -> Blueprint:
    """Build an apple core: two small ends of skin about a thin eaten waist."""
    b = Builder()
    radius = rng.uniform(0.034, 0.04)
    z = 1.05 * radius
    low = ((0.0, -0.95), (0.3, -1.05), (0.56, -0.92), (0.64, -0.7), (0.0, -0.62))
    waist = ((0.0, -0.7), (0.62, -0.7), (0.4, -0.45), (0.27, -0.1), (0.27, 0.15), (0.42, 0.5), (0.66, 0.7), (0.0, 0.7))
    high = ((0.0, 0.6), (0.68, 0.7), (0.64, 0.92), (0.4, 1.02), (0.2, 0.92), (0.0, 0.8))
    for outline, slot, name in ((low, "main", "body"), (waist, "skin white", "content"), (high, "main", "body")):
        b.add(Revolve(tuple((radius * r, radius * h) for r, h in outline)), (0, 0, z), slot, name=name)
    for side in (-1, 1):
        b.add(
            ball_profile(0.1 * radius, squash=1.6, points=5), (side * 0.27 * radius, 0, z), "wood brown", name="content"
        )
    _stem(b, radius, z + 0.2 * radius, leaf=False)
    return b.done()


CATEGORIES = (
    Category(
        name="apple",
        variants={"whole": apple, "halved": half_apple, "core": apple_core},
        looks={"skin": ("red", "red", "green", "yellow")},
        places=FRUIT_PLACES,
        size=(0.06, 0.11),
        rooms=("kitchen", "living room", "office"),
        patterned=False,
    ),
)
