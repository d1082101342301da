"""Tissue boxes: long, cubic and half round."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse


def _tissue(b: Builder, z: float | int, size: float | int) -> None:
    """Add a crumpled sheet that stands out of a slot at height z."""
    for k, (x, lean, high) in enumerate(((-0.25, -0.5, 0.9), (0.0, 0.1, 1.2), (0.28, 0.55, 0.8))):
        sheet = ((-0.14 * size, 0.0), (0.14 * size, 0.0), (0.36 * size, high * size), (-0.3 * size, 0.85 * high * size))
        b.add(
            Prism(sheet, 0.004),
            (x * size, 0.01 * (k - 1), z - 0.004),
            "paper white",
            turn=(QUARTER, lean, 0.5 * (k - 1)),
            name="content",
        )


def flat_tissue_box(rng: np.random.Generator) -> Blueprint:
    """Build a long flat box with a slot and a tissue."""
    b = Builder()
    x, y, z = rng.uniform(0.21, 0.25), rng.uniform(0.11, 0.125), rng.uniform(0.06, 0.08)
    b.add(Box(x, y, z), (0, 0, z / 2))
    b.add(Prism(ellipse(0.3 * x, 0.2 * y), 0.001), (0, 0, z - 0.0002), "paper gray", name="rim")
    b.add(Box(1.002 * x, 1.004 * y, 0.25 * z), (0, 0, 0.3 * z), "paper white", name="label")
    _tissue(b, z, 0.06)
    return b.done()


def cube_tissue_box(rng: np.random.Generator) -> Blueprint:
    """Build a cube with a round opening and a tissue."""
    b = Builder()
    side, z = rng.uniform(0.11, 0.125), rng.uniform(0.12, 0.135)
    b.add(RoundedBox(side, side, z, 0.006), (0, 0, z / 2))
    b.add(cylinder(0.3 * side, 0.001), (0, 0, z - 0.0002), "paper gray", name="rim")
    _tissue(b, z, 0.065)
    return b.done()


def round_tissue_box(rng: np.random.Generator) -> Blueprint:
    """Build a lying half-round box with a slot on its vault."""
    b = Builder()
    x, y = rng.uniform(0.22, 0.25), rng.uniform(0.12, 0.14)
    vault = (
        (-y / 2, 0.0),
        (y / 2, 0.0),
        *((y / 2 * math.cos(a), 0.03 + 0.5 * y * math.sin(a)) for a in np.linspace(0, math.pi, 11).tolist()),
    )
    b.add(Prism(vault, x), (-x / 2, 0, 0), turn=(QUARTER, 0, QUARTER))
    top = 0.03 + 0.5 * y
    b.add(Prism(ellipse(0.3 * x, 0.1 * y), 0.004), (0, 0, top - 0.0025), "paper gray", name="rim")
    for side in (-1, 1):
        b.add(
            Prism(tuple((1.03 * u, 1.02 * v) for u, v in vault), 0.008),
            (side * (x / 2 - 0.004) - 0.004, 0, 0),
            "wood brown",
            turn=(QUARTER, 0, QUARTER),
            name="panel",
        )
    _tissue(b, top, 0.06)
    return b.done()


CATEGORIES = (
    Category(
        name="tissue box",
        variants={"flat": flat_tissue_box, "cube": cube_tissue_box, "vaulted": round_tissue_box},
        looks={"cardboard": (*VIVID, "white", "turquoise", "beige"), "plastic": ("white", "gray", "blue")},
        places=("table", "desk", "sideboard", "bed", "shelf", "counter"),
        size=(0.16, 0.27),
        synonyms=("box of tissues", "paper tissues"),
        patterned=False,
    ),
)
