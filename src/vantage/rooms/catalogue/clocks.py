"""Clocks: round, square and with a pendulum."""

import math

import numpy as np

from vantage.rooms.catalogue.framing import UPRIGHT
from vantage.rooms.catalogue.pieces import QUARTER, disc
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve
from vantage.rooms.shapes.prisms import Prism, regular


def _hands(b: Builder, radius: float | int, y: float | int, z: float | int, rng: np.random.Generator) -> None:
    """Add twelve marks and two hands on a face at y."""
    for k in range(12):
        a = math.pi * k / 6
        size = 0.2 if k % 3 == 0 else 0.1
        at = ((0.86 - size / 2) * radius * math.sin(a), y, z + (0.86 - size / 2) * radius * math.cos(a))
        b.add(Box(0.06 * radius, 0.003, size * radius), at, "plastic black", turn=(0, a, 0), name="face")
    for k, (length, width) in enumerate(((0.48, 0.085), (0.7, 0.06))):
        a = float(rng.uniform(0, 2 * math.pi))
        at = (0.5 * length * radius * math.sin(a), y - 0.002 - 0.002 * k, z + 0.5 * length * radius * math.cos(a))
        b.add(Box(width * radius, 0.004, length * radius), at, "plastic black", turn=(0, a, 0), name="hand")
    disc(b, 0.07 * radius, 0.008, (0, y, z), "plastic red", name="knob")


def round_clock(rng: np.random.Generator) -> Blueprint:
    """Build a round wall clock."""
    b = Builder()
    radius = rng.uniform(0.13, 0.2)
    disc(b, 0.95 * radius, 0.03, (0, 0.02, 0), "plastic white", name="face")
    b.add(
        Revolve(
            (
                (0.92 * radius, 0),
                (1.06 * radius, 0),
                (1.06 * radius, 0.03),
                (0.96 * radius, 0.045),
                (0.92 * radius, 0.04),
            )
        ),
        (0, 0.02, 0),
        turn=UPRIGHT,
        name="frame",
    )
    _hands(b, 0.95 * radius, -0.0112, 0, rng)
    return b.done()


def pendulum_clock(rng: np.random.Generator) -> Blueprint:
    """Build a wall clock in a gabled case with a pendulum."""
    b = Builder()
    width, height = rng.uniform(0.22, 0.28), rng.uniform(0.42, 0.55)
    b.add(Box(width, 0.09, height), (0, 0, height / 2))
    b.add(
        Prism(((-0.6 * width, 0.0), (0.6 * width, 0.0), (0.0, 0.4 * width)), 0.11),
        (0, 0.045, height - 0.002),
        turn=UPRIGHT,
        name="top",
    )
    z = height - 0.5 * width
    disc(b, 0.4 * width, 0.008, (0, -0.044, z), "paper white", name="face")
    _hands(b, 0.4 * width, -0.0525, z, rng)
    low = height - width
    b.add(Box(0.6 * width, 0.004, 0.84 * low), (0, -0.0455, 0.52 * low), "glass black", name="pane")
    b.add(Box(0.008, 0.006, 0.6 * low), (0, -0.048, 0.64 * low), "metal yellow", name="pole")
    disc(b, 0.1 * width, 0.008, (0, -0.046, 0.32 * low), "metal yellow", name="knob")
    return b.done()


def square_clock(rng: np.random.Generator) -> Blueprint:
    """Build an eight-sided wall clock with a broad frame."""
    b = Builder()
    radius = rng.uniform(0.14, 0.2)
    b.add(Prism(regular(8, 1.15 * radius), 0.03, 0.94), (0, 0.02, 0), turn=(QUARTER, 0.3927, 0), name="frame")
    disc(b, 0.88 * radius, 0.006, (0, -0.008, 0), "metal yellow", name="rim")
    disc(b, 0.82 * radius, 0.008, (0, -0.008, 0), "plastic white", name="face")
    _hands(b, 0.82 * radius, -0.0172, 0, rng)
    return b.done()


CATEGORIES = (
    Category(
        name="clock",
        variants={"round": round_clock, "pendulum": pendulum_clock, "eight-sided": square_clock},
        looks={"plastic": (*VIVID, "black", "gray", "turquoise"), "wood": ("brown", "black", "white", "beige")},
        places=("wall",),
        size=(0.27, 0.7),
        synonyms=("wall clock",),
        patterned=False,
    ),
)
