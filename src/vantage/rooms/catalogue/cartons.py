"""Cartons of milk, juice and cereal."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, curve, disc
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, Tube
from vantage.rooms.shapes.prisms import Prism


def gable_carton(rng: np.random.Generator) -> Blueprint:
    """Build a milk carton with a gable, its seam and a screw cap."""
    b = Builder()
    side, h = rng.uniform(0.068, 0.078), rng.uniform(0.19, 0.23)
    slope = 0.6 * side
    b.add(Box(side, side, h - slope), (0, 0, (h - slope) / 2))
    gable = ((-side / 2, 0.0), (side / 2, 0.0), (0.0, slope))
    # The ridge runs along x: the triangle stands across y and is drawn along x.
    b.add(Prism(gable, side), (-side / 2, 0, h - slope), turn=(QUARTER, 0, QUARTER), name="top")
    b.add(Box(side, 0.004, 0.022), (0, 0, h + 0.008), name="top")
    disc(
        b,
        0.014,
        0.014,
        (0, -0.25 * side + 0.002, h - 0.5 * slope),
        f"plastic {rng.choice(['red', 'blue', 'green'])}",
        name="cap",
    )
    b.add(Box(1.01 * side, 1.01 * side, 0.3 * h), (0, 0, 0.3 * h), "paper white", name="label")
    b.add(
        Ellipsoid(0.26 * side, 0.004, 0.1 * h),
        (0, -0.5 * side, 0.3 * h),
        f"paper {rng.choice(['blue', 'red', 'green'])}",
        name="label",
    )
    return b.done()


def juice_carton(rng: np.random.Generator) -> Blueprint:
    """Build a juice box with a straw."""
    b = Builder()
    x, y, h = rng.uniform(0.055, 0.065), rng.uniform(0.04, 0.046), rng.uniform(0.12, 0.14)
    b.add(Box(x, y, h), (0, 0, h / 2))
    b.add(Box(x, 0.003, 0.008), (0, 0, h + 0.003), name="top")
    straw = curve(
        (0.3 * x, -0.25 * y, h - 0.006),
        (0.3 * x, -0.25 * y, h + 0.045),
        (0.3 * x, -0.25 * y, h + 0.05),
        (0.75 * x, -0.25 * y, h + 0.07),
        count=6,
    )
    b.add(Tube(straw, 0.003), slot="plastic white", name="spout")
    b.add(Box(1.01 * x, 1.01 * y, 0.16 * h), (0, 0, 0.75 * h), "paper white", name="label")
    fruit = str(rng.choice(["orange", "red", "green"]))
    b.add(Ellipsoid(0.3 * x, 0.004, 0.3 * x), (0, -y / 2, 0.36 * h), f"paper {fruit}", name="label")
    b.add(Ellipsoid(0.14 * x, 0.005, 0.05 * x), (0.1 * x, -y / 2, 0.36 * h + 0.34 * x), "paper green", name="label")
    return b.done()


def cereal_carton(rng: np.random.Generator) -> Blueprint:
    """Build a cereal box with a bowl on its face and its top flaps open."""
    b = Builder()
    x, y, h = rng.uniform(0.18, 0.2), rng.uniform(0.055, 0.065), rng.uniform(0.26, 0.29)
    b.add(Box(x, y, h), (0, 0, h / 2))
    for side in (-1, 1):
        b.add(Box(x - 0.004, 0.003, 0.03), (0, side * (y / 2 + 0.004), h + 0.01), turn=(-side * 0.5, 0, 0), name="top")
    b.add(Box(0.8 * x, 0.003, 0.16 * h), (0, -y / 2, 0.8 * h), f"paper {rng.choice(['white', 'yellow'])}", name="label")
    b.add(Box(0.5 * x, 0.004, 0.05 * h), (0, -y / 2, 0.81 * h), "paper red", name="label")
    half = tuple(
        (0.3 * x * math.cos(math.pi + math.pi * k / 8), 0.3 * x * math.sin(math.pi + math.pi * k / 8)) for k in range(9)
    )
    b.add(Prism(half, 0.003), (0, -y / 2 + 0.001, 0.42 * h), "paper white", turn=(QUARTER, 0, 0), name="label")
    b.add(Ellipsoid(0.28 * x, 0.004, 0.06 * x), (0, -y / 2, 0.42 * h), "paper orange", name="label")
    return b.done()


CATEGORIES = (
    Category(
        name="carton",
        variants={"milk": gable_carton, "juice": juice_carton, "cereal": cereal_carton},
        looks={"cardboard": ("blue", "red", "green", "orange", "yellow", "purple", "turquoise")},
        places=("counter", "counter", "table", "cabinet", "cabinet", "fridge", "fridge"),
        size=(0.15, 0.33),
        rooms=("kitchen",),
        synonyms=("milk carton", "cereal box", "food packet"),
        patterned=False,
    ),
)
