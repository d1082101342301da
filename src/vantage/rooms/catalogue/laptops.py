"""Laptops: open, shut, and folded like a tent."""

import math

import numpy as np

from vantage.rooms.catalogue.monitors import program_on_screen
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, Tube, cylinder


def _laptop(b: Builder, width: float | int, depth: float | int, tilt: float | int, rng: np.random.Generator) -> None:
    """Add a laptop's lower half with keys and its lid, leaning back by `tilt` from the vertical."""
    b.add(RoundedBox(width, depth, 0.016, 0.005), (0, 0, 0.008))
    for row in range(4):
        for k in range(11):
            x, y = (k - 5) * width / 12.4, 0.34 * depth - row * 0.125 * depth
            b.add(Box(width / 14.5, 0.095 * depth, 0.002), (x, y, 0.0165), "plastic black", name="key")
    b.add(Box(0.3 * width, 0.24 * depth, 0.0015), (0, -0.32 * depth, 0.0162), "plastic gray", name="panel")
    c, s, half = math.cos(tilt), math.sin(tilt), 0.49 * depth
    centre = (0.0, depth / 2 - 0.004 + s * half, 0.013 + c * half)
    b.add(RoundedBox(width, 0.01, 2 * half, 0.004), centre, turn=(-tilt, 0, 0), name="lid")
    face = (0.0, centre[1] - 0.0045 * c, centre[2] + 0.0045 * s)
    program_on_screen(b, width - 0.024, 2 * half - 0.03, face, rng, tilt)


def open_laptop(rng: np.random.Generator) -> Blueprint:
    """Build an open laptop."""
    b = Builder()
    width = rng.uniform(0.31, 0.37)
    _laptop(b, width, 0.68 * width, rng.uniform(0.15, 0.4), rng)
    return b.done()


def closed_laptop(rng: np.random.Generator) -> Blueprint:
    """Build a shut laptop: two thin halves with a seam, a hinge, a mark on its lid and sockets at its side."""
    b = Builder()
    width = rng.uniform(0.31, 0.37)
    depth = 0.68 * width
    b.add(RoundedBox(width, depth, 0.011, 0.004), (0, 0, 0.0055))
    b.add(Box(width - 0.008, depth - 0.008, 0.004), (0, 0, 0.0118), "plastic black", name="panel")
    b.add(RoundedBox(width, depth, 0.008, 0.003), (0, 0, 0.0165), name="lid")
    b.add(cylinder(0.032, 0.001), (0, 0, 0.0201), "metal gray", name="label")
    b.add(cylinder(0.02, 0.0012), (0.012, 0, 0.0202), "plastic black", name="label")
    b.add(Box(0.6 * width, 0.01, 0.018), (0, depth / 2 + 0.002, 0.0105), "plastic black", name="handle")
    for k in range(3):
        b.add(Box(0.003, 0.014, 0.004), (width / 2, 0.1 * depth + 0.025 * k, 0.0055), "metal black", name="panel")
    return b.done()


def tablet_laptop(rng: np.random.Generator) -> Blueprint:
    """Build a laptop folded like a tent: both halves stand on their edges, the screen in front."""
    b = Builder()
    width = rng.uniform(0.28, 0.33)
    depth, lean = 0.68 * width, rng.uniform(0.35, 0.5)
    c, s = math.cos(lean), math.sin(lean)
    for side in (-1, 1):
        middle = (0.0, side * s * depth / 2, c * depth / 2)
        b.add(
            RoundedBox(width, 0.012, depth, 0.004), middle, turn=(side * lean, 0, 0), name="lid" if side < 0 else "body"
        )
    b.add(
        Tube(((-0.35 * width, 0.0, c * depth), (0.35 * width, 0.0, c * depth)), 0.008),
        slot="plastic black",
        name="handle",
    )
    face = (0.0, -s * depth / 2 - 0.0055 * c, c * depth / 2 + 0.0055 * s)
    program_on_screen(b, width - 0.024, depth - 0.03, face, rng, lean)
    for row in range(4):
        for k in range(9):
            along = 0.3 * depth - row * 0.13 * depth
            at = ((k - 4) * width / 10.5, s * (depth / 2 - along) + 0.0062 * c, c * (depth / 2 + along) + 0.0062 * s)
            b.add(Box(width / 12.5, 0.0015, 0.1 * depth), at, "plastic black", turn=(lean, 0, 0), name="key")
    return b.done()


CATEGORIES = (
    Category(
        name="laptop",
        variants={"open": open_laptop, "closed": closed_laptop, "tent": tablet_laptop},
        looks={
            "metal": ("gray", "black", "white", "blue", "pink", "turquoise"),
            "plastic": ("black", "white", "red", "beige"),
        },
        places=("desk", "desk", "table", "bed", "seat", "workbench"),
        size=(0.27, 0.45),
        rooms=("office", "bedroom", "living room"),
        synonyms=("computer", "notebook computer"),
        patterned=False,
    ),
)
