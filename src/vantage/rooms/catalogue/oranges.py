"""Oranges: whole, halved, and one with a slice."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, ball_profile
from vantage.rooms.catalogue.places import FRUIT_PLACES
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Ellipsoid, Revolve, cylinder
from vantage.rooms.shapes.prisms import Prism


def orange(rng: np.random.Generator) -> Blueprint:
    """Build a whole orange: a dimpled ball with its navel."""
    b = Builder()
    radius = rng.uniform(0.036, 0.044)
    b.add(ball_profile(radius, squash=0.95, points=13), (0, 0, 0.95 * radius))
    b.add(cylinder(0.12 * radius, 0.03 * radius), (0, 0, 1.89 * radius), "plant green", name="stem")
    b.add(
        Ellipsoid(0.5 * radius, 0.22 * radius, 0.05 * radius),
        (0.42 * radius, 0, 1.93 * radius),
        "plant green",
        turn=(0, 0.15, 0.4),
        name="leaf",
    )
    return b.done()


def _segments(b: Builder, radius: float | int, z: float | int) -> None:
    """Add the cut face of an orange at height z: pale pith and wedges of flesh."""
    b.add(cylinder(0.94 * radius, 0.0015), (0, 0, z), "skin white", name="content")
    count = 9
    for k in range(count):
        a = 2 * math.pi * k / count
        half = math.pi / count - 0.06
        wedge = [(0.86 * radius * math.cos(half * t), 0.86 * radius * math.sin(half * t)) for t in (-1, -0.4, 0.4, 1)]
        b.add(Prism(((0.12 * radius, 0.0), *wedge), 0.002), (0, 0, z + 0.0008), turn=(0, 0, a), name="content")


def half_orange(rng: np.random.Generator) -> Blueprint:
    """Build half an orange with its cut face up."""
    b = Builder()
    radius = rng.uniform(0.036, 0.044)
    half = [(radius * math.sin(a), radius * (1 - math.cos(a))) for a in np.linspace(0.2, QUARTER, 7).tolist()]
    b.add(Revolve(((0.0, half[0][1]), *half, (0.0, radius))))
    _segments(b, radius, radius)
    return b.done()


def orange_and_slice(rng: np.random.Generator) -> Blueprint:
    """Build an orange cut open: one half upright, its face in front, with a slice before it."""
    b = Builder()
    radius = rng.uniform(0.036, 0.042)
    b.add(ball_profile(radius, points=13), (0, 0, radius))
    b.add(cylinder(radius, 0.01), (0.3 * radius, -1.75 * radius, 0))
    inner = Builder()
    _segments(inner, radius, 0.01)
    for part in inner.parts:
        x, y, z = part.object_from_part[:3, 3]
        turn = math.atan2(part.object_from_part[1, 0], part.object_from_part[0, 0])
        b.add(
            part.shape,
            (float(x) + 0.3 * radius, float(y) - 1.75 * radius, float(z)),
            part.slot,
            turn=(0, 0, turn),
            name=part.name,
        )
    return b.done()


CATEGORIES = (
    Category(
        name="orange",
        variants={"whole": orange, "halved": half_orange, "with a slice": orange_and_slice},
        looks={"skin": ("orange",)},
        places=FRUIT_PLACES,
        size=(0.06, 0.18),
        rooms=("kitchen", "living room", "office"),
        synonyms=("citrus fruit",),
        patterned=False,
        phrase="orange",
        rich_phrase="orange",
    ),
)
