"""Cell phones: lit, dark, and folding."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYES
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, rounded


def _apps(b: Builder, x: float | int, y: float | int, z: float | int, rng: np.random.Generator) -> None:
    """Add rows of bright tiles on a lying screen of this size at height z."""
    for r in range(4):
        for k in range(3):
            slot = f"plastic {rng.choice(['red', 'blue', 'green', 'yellow', 'white', 'purple'])} glow"
            b.add(Box(0.2 * x, 0.2 * x, 0.0006), ((k - 1) * 0.29 * x, 0.3 * y - 0.145 * y * r, z), slot, name="button")


def lit_phone(rng: np.random.Generator) -> Blueprint:
    """Build a lying smartphone with a bright screen full of tiles."""
    b = Builder()
    y = rng.uniform(0.145, 0.165)
    x = 0.48 * y
    b.add(Prism(rounded(x, y, 0.009), 0.008))
    b.add(Prism(rounded(0.93 * x, 0.96 * y, 0.007), 0.0006), (0, 0, 0.0078), "glass black", name="screen")
    b.add(Box(0.87 * x, 0.88 * y, 0.0005), (0, 0, 0.0085), "plastic blue glow", name="screen")
    _apps(b, x, y, 0.0089, rng)
    b.add(Box(0.0015, 0.018, 0.003), (x / 2, 0.2 * y, 0.004), "metal gray", name="button")
    return b.done()


def dark_phone(rng: np.random.Generator) -> Blueprint:
    """Build a smartphone that lies on its face: a coloured back with its cameras and a mark."""
    b = Builder()
    y = rng.uniform(0.145, 0.168)
    x = 0.48 * y
    b.add(Prism(rounded(0.98 * x, 0.98 * y, 0.009), 0.002), slot="glass black", name="screen")
    b.add(Prism(rounded(x, y, 0.009), 0.0065), (0, 0, 0.0015))
    b.add(
        Prism(rounded(0.36 * x, 0.4 * x, 0.006), 0.0025),
        (-0.26 * x, 0.5 * y - 0.28 * x, 0.0078),
        "glass black",
        name="panel",
    )
    for u, v in ((-0.34, -0.2), (-0.34, -0.37), (-0.18, -0.285)):
        b.add(cylinder(0.065 * x, 0.0035), (u * x, 0.5 * y + v * x, 0.0085), "metal gray", name="rim")
        b.add(cylinder(0.045 * x, 0.004), (u * x, 0.5 * y + v * x, 0.0085), "glass blue", name="pane")
    b.add(cylinder(0.1 * x, 0.0006), (0, 0, 0.0078), "metal gray", name="label")
    b.add(Box(0.0015, 0.018, 0.003), (x / 2, 0.2 * y, 0.005), "metal gray", name="button")
    return b.done()


def flip_phone(rng: np.random.Generator) -> Blueprint:
    """Build an open folding phone: keys below, a small screen above, a hinge between."""
    b = Builder()
    x, half, lean = rng.uniform(0.046, 0.052), rng.uniform(0.082, 0.09), rng.uniform(0.45, 0.8)
    b.add(RoundedBox(x, half, 0.015, 0.006), (0, -half / 2, 0.0075))
    for r in range(4):
        for k in range(3):
            b.add(
                Box(0.24 * x, 0.11 * half, 0.003),
                ((k - 1) * 0.3 * x, -0.4 * half - 0.15 * half * r, 0.0152),
                "plastic white",
                name="key",
            )
    b.add(cylinder(0.2 * x, 0.002), (0, -0.2 * half, 0.0142), "metal gray", name="button")
    b.add(Tube(((-0.4 * x, 0.0, 0.012), (0.4 * x, 0.0, 0.012)), 0.007), name="neck")
    c, s = math.cos(lean), math.sin(lean)
    b.add(RoundedBox(x, half, 0.011, 0.005), (0, c * half / 2, 0.012 + s * half / 2), turn=(lean, 0, 0), name="lid")
    at = (0, c * 0.54 * half - s * 0.0055, 0.012 + s * 0.54 * half + c * 0.0055)
    b.add(Box(0.82 * x, 0.66 * half, 0.0015), at, "glass black", turn=(lean, 0, 0), name="screen")
    at = (at[0], at[1] - s * 0.0005, at[2] + c * 0.0005)
    b.add(Box(0.7 * x, 0.54 * half, 0.0015), at, "plastic blue glow", turn=(lean, 0, 0), name="screen")
    return b.done()


CATEGORIES = (
    Category(
        name="cell phone",
        variants={"lit": lit_phone, "face down": dark_phone, "folding": flip_phone},
        looks={"metal": ("black", "gray", "white", "blue", "pink"), "plastic": (*DYES, "beige")},
        places=("desk", "desk", "table", "table", "bed", "seat", "counter", "sideboard", "drawer"),
        size=(0.13, 0.175),
        synonyms=("mobile phone", "smartphone"),
        patterned=False,
    ),
)
