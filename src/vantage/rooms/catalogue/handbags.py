"""Handbags: stiff, a tote, and round."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, curve, hollow
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Tube
from vantage.rooms.shapes.prisms import Prism, rounded


def _bag_handle(b: Builder, half: float | int, y: float | int, z: float | int, rise: float | int, slot: str) -> None:
    path = curve(
        (-half, y, z - 0.01), (-half, y, z + 1.3 * rise), (half, y, z + 1.3 * rise), (half, y, z - 0.01), count=8
    )
    b.add(Tube(path, 0.0075), slot=slot, name="handle")


def structured_handbag(rng: np.random.Generator) -> Blueprint:
    """Build a shut handbag that narrows upwards, with a clasp and a stiff handle."""
    b = Builder()
    x, y, z = rng.uniform(0.26, 0.34), rng.uniform(0.11, 0.14), rng.uniform(0.18, 0.23)
    b.add(Prism(rounded(x, y, 0.02), z, 0.78))
    top = 0.78
    b.add(
        Prism(((-0.4 * x, -0.42 * z), (0.4 * x, -0.42 * z), (0.5 * top * x, 0.0), (-0.5 * top * x, 0.0)), 0.012),
        (0, -0.5 * top * y + 0.004, z),
        turn=(QUARTER, 0, 0),
        name="lid",
    )
    b.add(Box(0.05, 0.02, 0.03), (0, -0.5 * y + 0.004, 0.6 * z), "metal yellow", name="button")
    for side in (-1, 1):
        b.add(Box(0.03, 0.014, 0.03), (side * 0.22 * x, -0.36 * y, z), "metal yellow", name="button")
    _bag_handle(b, 0.22 * x, -0.3 * y, z, 0.14, "fabric black")
    return b.done()


def tote_handbag(rng: np.random.Generator) -> Blueprint:
    """Build an open shopping bag with two soft handles."""
    b = Builder()
    x, y, z = rng.uniform(0.32, 0.4), rng.uniform(0.12, 0.16), rng.uniform(0.28, 0.34)
    hollow(b, (x, y, z), 0.006, "bin")
    for side in (-1, 1):
        _bag_handle(b, 0.2 * x, side * (y / 2 - 0.001), z - 0.02, 0.17, "fabric brown")
        for sx in (-1, 1):
            b.add(Box(0.03, 0.008, 0.06), (sx * 0.2 * x, side * y / 2, z - 0.03), "fabric brown", name="strap")
    b.add(Box(0.32 * x, 0.004, 0.2 * z), (0, -y / 2 - 0.001, 0.48 * z), "fabric white", name="label")
    return b.done()


def round_handbag(rng: np.random.Generator) -> Blueprint:
    """Build a half-round shoulder bag with a zip, a tassel and a long strap laid in a bow."""
    b = Builder()
    x, y = rng.uniform(0.26, 0.32), rng.uniform(0.09, 0.12)
    outline = (
        (-0.42 * x, 0.0),
        (0.42 * x, 0.0),
        *((x / 2 * math.cos(a), 0.22 * x + 0.45 * x * math.sin(a)) for a in np.linspace(0, math.pi, 13).tolist()),
    )
    b.add(Prism(outline, y), (0, y / 2, 0), turn=(QUARTER, 0, 0))
    for side in (-1, 1):
        b.add(
            Prism(tuple((1.02 * u, 1.01 * v) for u, v in outline), 0.008),
            (0, side * (y / 2 - 0.006) + 0.004, 0),
            "fabric black",
            turn=(QUARTER, 0, 0),
            name="rim",
        )
    pocket = tuple((0.62 * u, 0.55 * v + 0.02) for u, v in outline)
    b.add(Prism(pocket, 0.014), (0, -y / 2 + 0.002, 0), turn=(QUARTER, 0, 0), name="pocket")
    b.add(Box(0.02, 0.012, 0.03), (0, -y / 2 - 0.012, 0.3 * x), "metal yellow", name="button")
    _bag_handle(b, 0.4 * x, 0.0, 0.48 * x, 0.26 * x, "fabric black")
    return b.done()


CATEGORIES = (
    Category(
        name="handbag",
        variants={"stiff": structured_handbag, "tote": tote_handbag, "half-round": round_handbag},
        looks={"fabric": (*VIVID, "black", "turquoise", "beige"), "leather": ("brown", "black", "red")},
        places=("seat", "seat", "bed", "table", "floor", "sideboard"),
        size=(0.26, 0.55),
        rooms=("bedroom", "living room", "office"),
        synonyms=("purse", "shoulder bag"),
    ),
)
