"""Televisions: flat, lit and old."""

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, disc
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, RoundedBox, Tube
from vantage.rooms.shapes.prisms import Prism, rounded


def flat_television(rng: np.random.Generator) -> Blueprint:
    """Build a wide flat screen on two feet."""
    b = Builder()
    width = rng.uniform(0.85, 1.15)
    height = 0.57 * width
    b.add(RoundedBox(width, 0.045, height, 0.01), (0, 0, 0.05 + height / 2), name="frame")
    b.add(Box(width - 0.03, 0.004, height - 0.03), (0, -0.0225, 0.05 + height / 2), "glass black", name="screen")
    for side in (-1, 1):
        b.add(Box(0.025, 0.24, 0.014), (side * 0.34 * width, 0, 0.007), name="foot")
        b.add(Box(0.025, 0.03, 0.06), (side * 0.34 * width, 0, 0.03), name="foot")
    b.add(Box(0.05, 0.004, 0.006), (0, -0.0225, 0.0575), "metal gray", name="label")
    return b.done()


def lit_television(rng: np.random.Generator) -> Blueprint:
    """Build a television on a middle stand that shows a landscape, over a long sound bar."""
    b = Builder()
    width = rng.uniform(0.9, 1.2)
    height, lift = 0.57 * width, 0.08
    z = lift + height / 2
    b.add(Box(width, 0.04, height), (0, 0, z), name="frame")
    inner, tall = width - 0.03, height - 0.03
    b.add(Box(inner, 0.004, tall), (0, -0.02, z), "plastic blue glow", name="screen")
    b.add(Box(inner, 0.004, 0.4 * tall), (0, -0.0206, z - 0.3 * tall), "plastic green glow", name="screen")
    hill = ((-0.34 * inner, 0.0), (0.16 * inner, 0.0), (-0.04 * inner, 0.3 * tall), (-0.14 * inner, 0.3 * tall))
    b.add(Prism(hill, 0.0012), (0, -0.0218, z - 0.1 * tall), "plastic purple glow", turn=(QUARTER, 0, 0), name="screen")
    disc(b, 0.07 * width, 0.001, (0.27 * inner, -0.0218, z + 0.26 * tall), "plastic yellow glow", name="screen")
    b.add(Box(0.1, 0.03, lift + 0.02), (0, 0.01, (lift + 0.02) / 2), name="stand")
    b.add(Prism(rounded(0.42, 0.24, 0.05), 0.014), (0, 0.02, 0), name="foot")
    return b.done()


def old_television(rng: np.random.Generator) -> Blueprint:
    """Build an old box television with dials, a grille and a rabbit-ear aerial, on short legs."""
    b = Builder()
    width = rng.uniform(0.55, 0.68)
    height, depth, leg = 0.68 * width, 0.36, 0.06
    z = leg + height / 2
    b.add(RoundedBox(width, depth, height, 0.02), (0, 0, z))
    b.add(
        Prism(rounded(0.66 * width, 0.78 * height, 0.05), 0.01),
        (-0.13 * width, -depth / 2 + 0.004, z),
        "plastic gray",
        turn=(QUARTER, 0, 0),
        name="frame",
    )
    b.add(
        Prism(rounded(0.6 * width, 0.7 * height, 0.045), 0.016),
        (-0.13 * width, -depth / 2 + 0.002, z),
        "glass black",
        turn=(QUARTER, 0, 0),
        name="screen",
    )
    right = 0.345 * width
    for up in (0.28, 0.08):
        disc(
            b,
            0.04 * width,
            0.018,
            (right, -depth / 2 + 0.001, z + up * height),
            "plastic black",
            name="knob",
            taper=0.8,
        )
        b.add(
            Box(0.006, 0.006, 0.05 * width), (right, -depth / 2 - 0.018, z + up * height), "plastic white", name="knob"
        )
    for k in range(5):
        b.add(
            Box(0.17 * width, 0.004, 0.012),
            (right, -depth / 2 - 0.001, z - (0.12 + 0.06 * k) * height),
            "plastic black",
            name="panel",
        )
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.add(Frustum(0.012, 0.02, leg + 0.01), (sx * 0.4 * width, sy * 0.36 * depth, 0), "wood black", name="leg")
        b.add(
            Tube(((sx * 0.01, 0.0, leg + height), (sx * 0.2, 0.0, leg + height + 0.3)), 0.003),
            slot="metal gray",
            name="pole",
        )
    b.add(Frustum(0.05, 0.03, 0.03), (0, 0, leg + height - 0.003), "plastic black", name="base")
    return b.done()


CATEGORIES = (
    Category(
        name="television",
        variants={"flat": flat_television, "landscape": lit_television, "old": old_television},
        looks={"plastic": ("black", "gray", "white"), "wood": ("brown", "black")},
        places=("tv", "tv", "sideboard"),
        size=(0.55, 1.25),
        rooms=("living room", "bedroom"),
        synonyms=("tv", "television set"),
        patterned=False,
    ),
)
