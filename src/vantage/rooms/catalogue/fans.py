"""Fans: for a table, for the floor, and in a box."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DARK, QUARTER, disc
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, Revolve, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse


def _blades(b: Builder, radius: float | int, y: float | int, z: float | int, count: int) -> None:
    """Add a hub and flat pitched blades that turn about y, in the plane at y."""
    for k in range(count):
        a = 2 * math.pi * k / count + 0.4
        outline = tuple((0.56 * radius + u, v) for u, v in ellipse(0.42 * radius, 0.24 * radius, count=12))
        b.add(Prism(outline, 0.004), (0, y, z), "plastic gray", turn=(QUARTER, -a, 0), name="blade")
    disc(b, 0.2 * radius, 0.03, (0, y + 0.012, z), DARK, name="knob")


def _cage(b: Builder, radius: float | int, front: float | int, back: float | int, z: float | int) -> None:
    """Add a round guard of two rings and spokes."""
    for y in (front, back):
        hoop = Revolve(
            ((radius - 0.004, -0.004), (radius + 0.004, -0.004), (radius + 0.004, 0.004), (radius - 0.004, 0.004))
        )
        b.add(hoop, (0, y, z), turn=(QUARTER, 0, 0), name="frame")
    for k in range(12):
        a = 2 * math.pi * k / 12
        at = (0.5 * radius * math.cos(a), front - 0.004, z + 0.5 * radius * math.sin(a))
        b.add(Box(radius, 0.003, 0.003), at, turn=(0, -a, 0), name="frame")
        rim = (radius * math.cos(a), (front + back) / 2, z + radius * math.sin(a))
        b.add(Box(0.003, back - front, 0.003), rim, name="frame")
    disc(b, 0.2 * radius, 0.008, (0, front - 0.002, z), name="label")


def table_fan(rng: np.random.Generator) -> Blueprint:
    """Build a table fan: a guard with blades on a stem and a foot with buttons."""
    b = Builder()
    radius, lift = rng.uniform(0.12, 0.16), rng.uniform(0.1, 0.13)
    z = lift + radius
    _fan_head(b, radius, z)
    b.add(cylinder(0.016, z - 0.02), (0, 0.05, 0.01), name="pole")
    b.add(Frustum(0.7 * radius, 0.6 * radius, 0.03), (0, 0.02, 0), name="base")
    for k in range(4):
        b.add(Box(0.018, 0.014, 0.008), ((k - 1.5) * 0.026, -0.04, 0.032), "plastic white", name="button")
    return b.done()


def _fan_head(b: Builder, radius: float | int, z: float | int) -> None:
    _cage(b, radius, -0.045, 0.02, z)
    _blades(b, radius, -0.012, z, 3)
    lying_motor = Frustum(0.05, 0.03, 0.11)
    b.add(lying_motor, (0, -0.01, z), turn=(-QUARTER, 0, 0), name="body")


def floor_fan(rng: np.random.Generator) -> Blueprint:
    """Build a fan on a tall pole with a crossed foot."""
    b = Builder()
    radius = rng.uniform(0.19, 0.22)
    z = rng.uniform(0.85, 1.05)
    _fan_head(b, radius, z)
    b.add(cylinder(0.014, z - 0.02), (0, 0.05, 0.02), "metal gray", name="pole")
    b.add(cylinder(0.024, 0.45 * z), (0, 0.05, 0.02), name="pole")
    b.add(Box(0.05, 0.04, 0.1), (0, 0.05, 0.55 * z), name="panel")
    for a in (0.785, -0.785):
        b.add(Box(0.5, 0.05, 0.024), (0, 0.05, 0.012), turn=(0, 0, a), name="foot")
    return b.done()


def box_fan(rng: np.random.Generator) -> Blueprint:
    """Build a square box fan with a handle."""
    b = Builder()
    side = rng.uniform(0.28, 0.38)
    z = side / 2 + 0.02
    for k in range(2):
        b.add(Box(side, 0.09, 0.02), (0, 0, z + (0.5 if k else -0.5) * (side - 0.02)), name="frame")
        b.add(Box(0.02, 0.09, side), ((0.5 if k else -0.5) * (side - 0.02), 0, z), name="frame")
        b.add(Box(0.03, 0.14, 0.022), ((0.5 if k else -0.5) * 0.7 * side, 0, 0.011), DARK, name="foot")
    for k in range(9):
        at = (k - 4) * side / 10
        b.add(Box(0.004, 0.003, side - 0.02), (at, -0.042, z), "metal gray", name="frame")
        b.add(Box(side - 0.02, 0.003, 0.004), (0, -0.0405, z + at), "metal gray", name="frame")
    b.add(Box(side - 0.02, 0.006, 0.02), (0, 0.03, z), DARK, name="frame")
    radius = 0.46 * side
    _blades(b, radius, 0.0, z, 5)
    disc(b, 0.24 * radius, 0.04, (0, 0.032, z), DARK, name="body")
    handle = (
        (-0.15 * side, 0.0, z + side / 2 - 0.004),
        (-0.13 * side, 0.0, z + side / 2 + 0.035),
        (0.13 * side, 0.0, z + side / 2 + 0.035),
        (0.15 * side, 0.0, z + side / 2 - 0.004),
    )
    b.add(Tube(handle, 0.008), slot=DARK, name="handle")
    return b.done()


CATEGORIES = (
    Category(
        name="fan",
        variants={"table": table_fan, "floor": floor_fan, "box": box_fan},
        looks={
            "plastic": ("white", "black", "blue", "gray", "beige"),
            "metal": ("gray", "black", "green", "turquoise"),
        },
        places=("floor", "floor", "desk", "sideboard", "table"),
        size=(0.3, 1.3),
        synonyms=("ventilator", "electric fan"),
        patterned=False,
    ),
)
