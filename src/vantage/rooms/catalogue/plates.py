"""Plates: flat, deep and square."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import GLAZES
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Revolve
from vantage.rooms.shapes.prisms import Prism, rounded


def flat_plate(rng: np.random.Generator) -> Blueprint:
    """Build a dinner plate with a raised rim."""
    b = Builder()
    radius = rng.uniform(0.095, 0.145)
    b.add(
        Revolve(
            ((0, 0), (0.6 * radius, 0), (radius, 0.02), (radius - 0.003, 0.025), (0.62 * radius, 0.009), (0, 0.009))
        )
    )
    _plate_top(b, 0.42 * radius, 0.009)
    return b.done()


def deep_plate(rng: np.random.Generator) -> Blueprint:
    """Build a soup plate: a hollow in a broad level rim."""
    b = Builder()
    radius = rng.uniform(0.1, 0.125)
    rise = rng.uniform(0.032, 0.042)
    b.add(
        Revolve(
            (
                (0, 0),
                (0.5 * radius, 0),
                (0.7 * radius, rise - 0.005),
                (radius, rise),
                (radius, rise + 0.005),
                (0.68 * radius, rise + 0.001),
                (0.46 * radius, 0.009),
                (0, 0.009),
            )
        )
    )
    _plate_top(b, 0.3 * radius, 0.009)
    return b.done()


def square_plate(rng: np.random.Generator) -> Blueprint:
    """Build a square plate with turned-up edges."""
    b = Builder()
    side = rng.uniform(0.17, 0.25)
    outline = rounded(0.72 * side, 0.72 * side, 0.08 * side)
    b.add(Prism(outline, 0.01, 1.04))
    lift, tilt = 0.012, 0.22
    for k in range(4):
        a = k * math.pi / 2
        d = 0.43 * side
        edge: tuple[tuple[float | int, float | int], ...] = (
            (-0.36 * side, -0.075 * side),
            (0.36 * side, -0.075 * side),
            (0.5 * side, 0.075 * side),
            (-0.5 * side, 0.075 * side),
        )
        at = (-d * math.sin(a), d * math.cos(a), lift)
        b.add(Prism(edge, 0.005), at, turn=(tilt, 0, a), name="rim")
    _plate_top(b, 0.21 * side, 0.01)
    return b.done()


def _plate_top(b: Builder, half: float | int, z: float | int) -> None:
    b.support(0, 0, (half, half), z, 0.3, "plate")
    b.support(0, 0, (1.6 * half, 1.6 * half), z, 0.3, "stack plate")


CATEGORIES = (
    Category(
        name="plate",
        variants={"round": flat_plate, "deep": deep_plate, "square": square_plate},
        looks={"ceramic": GLAZES, "plastic": (*VIVID, "white")},
        places=("table", "table", "counter", "cabinet", "shelf", "sink", "stack plate", "stack plate", "stack plate"),
        size=(0.17, 0.3),
        rooms=("kitchen", "living room"),
        synonyms=("dinner plate", "saucer"),
        patterned=False,
    ),
)
