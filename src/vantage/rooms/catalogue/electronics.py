"""Screens and computers."""

import numpy as np

from vantage.rooms.blueprint import Blueprint, Builder, Category, Vector
from vantage.rooms.shapes import Box, Frustum, RoundedBox, cylinder, sphere


def picture_on_screen(
    b: Builder, width: float, height: float, at: Vector, rng: np.random.Generator, tilt: float
) -> None:
    """Add a lit screen (x wide, z high, towards -y) with a bar and a block on it, like a window of a program."""
    shown = str(rng.choice(["blue", "white", "gray", "green"]))
    b.add(Box(width, 0.004, height), at, f"plastic {shown} glow", turn=(tilt, 0, 0))


def monitor(rng: np.random.Generator) -> Blueprint:
    """Build a computer screen on a stand."""
    b = Builder()
    width = rng.uniform(0.48, 0.6)
    height, lift = 0.58 * width, rng.uniform(0.1, 0.15)
    b.add(RoundedBox(width, 0.035, height, 0.01), (0, 0, lift + height / 2))
    picture_on_screen(b, width - 0.03, height - 0.03, (0, -0.0175, lift + height / 2), rng, 0.0)
    b.add(Box(0.06, 0.03, lift + 0.1), (0, 0.03, (lift + 0.1) / 2))
    b.add(RoundedBox(0.24, 0.17, 0.016, 0.006), (0, 0.02, 0.008))
    return b.done()


def television(rng: np.random.Generator) -> Blueprint:
    """Build a wide flat screen on two feet."""
    b = Builder()
    width = rng.uniform(0.85, 1.15)
    height = 0.57 * width
    b.add(RoundedBox(width, 0.05, height, 0.012), (0, 0, 0.05 + height / 2))
    b.add(Box(width - 0.04, 0.004, height - 0.04), (0, -0.025, 0.05 + height / 2), "glass black")
    for sx in (-1, 1):
        b.add(Box(0.03, 0.22, 0.06), (sx * 0.3 * width, 0, 0.03))
    return b.done()


def laptop(rng: np.random.Generator) -> Blueprint:
    """Build an open laptop."""
    b = Builder()
    width = rng.uniform(0.33, 0.38)
    depth, tilt = 0.68 * width, rng.uniform(0.15, 0.4)
    b.add(RoundedBox(width, depth, 0.018, 0.006), (0, 0, 0.009))
    b.add(Box(width - 0.05, 0.5 * depth, 0.003), (0, 0.16 * depth, 0.018), "plastic black")
    b.add(Box(0.28 * width, 0.22 * depth, 0.002), (0, -0.3 * depth, 0.018), "plastic gray")
    c, s = float(np.cos(tilt)), float(np.sin(tilt))
    half = 0.5 * depth
    centre = (0.0, depth / 2 + s * half - 0.004, 0.016 + c * half)
    b.add(RoundedBox(width, 0.012, depth, 0.004), centre, turn=(-tilt, 0, 0))
    front = (0.0, centre[1] - 0.006 * c, centre[2] + 0.006 * s)
    picture_on_screen(b, width - 0.03, depth - 0.03, front, rng, -tilt)
    return b.done()


def keyboard(rng: np.random.Generator) -> Blueprint:
    """Build a keyboard with rows of keys."""
    b = Builder()
    width, depth = rng.uniform(0.4, 0.46), rng.uniform(0.14, 0.17)
    b.add(RoundedBox(width, depth, 0.02, 0.006), (0, 0, 0.01))
    for row in range(4):
        y = (row - 1.5) * depth / 4.6
        for k in range(11):
            b.add(Box(width / 13.5, depth / 6, 0.008), ((k - 5) * width / 11.8, y, 0.023), "plastic gray")
    return b.done()


def speaker(rng: np.random.Generator) -> Blueprint:
    """Build a loudspeaker: a case with two round membranes."""
    b = Builder()
    width, height = rng.uniform(0.16, 0.2), rng.uniform(0.26, 0.34)
    b.add(RoundedBox(width, 0.2, height, 0.01), (0, 0, height / 2))
    for z, radius in ((0.32 * height, 0.38 * width), (0.76 * height, 0.22 * width)):
        b.add(Frustum(radius, 0.8 * radius, 0.012), (0, -0.099, z), "rubber gray", turn=(np.pi / 2, 0, 0))
        b.add(sphere(0.35 * radius), (0, -0.1, z), "rubber black")
    return b.done()


def phone(rng: np.random.Generator) -> Blueprint:
    """Build an old telephone: a wedge body, a dial and a handset on a fork."""
    b = Builder()
    size = rng.uniform(0.2, 0.24)
    b.add(RoundedBox(size, 0.8 * size, 0.35 * size, 0.02), (0, 0, 0.175 * size))
    b.add(Frustum(0.4 * size, 0.3 * size, 0.2 * size), (0, 0, 0.34 * size))
    b.add(cylinder(0.2 * size, 0.02), (0, -0.3 * size, 0.42 * size), "plastic white", turn=(0.7, 0, 0))
    b.add(RoundedBox(1.05 * size, 0.16 * size, 0.13 * size, 0.01), (0, 0, 0.68 * size))
    for sx in (-1, 1):
        b.add(cylinder(0.13 * size, 0.16 * size), (sx * 0.44 * size, 0, 0.5 * size))
    return b.done()


CATEGORIES = (
    Category(
        name="monitor",
        variants={"plain": monitor},
        size=(0.02, 2.6),
        looks={"plastic": ("black", "gray", "white")},
        places=("desk",),
        patterned=False,
    ),
    Category(
        name="television",
        variants={"plain": television},
        size=(0.02, 2.6),
        looks={"plastic": ("black", "gray")},
        places=("tv",),
        patterned=False,
    ),
    Category(
        name="laptop",
        variants={"plain": laptop},
        size=(0.02, 2.6),
        looks={"metal": ("gray", "black", "white", "blue", "pink")},
        places=("table", "desk"),
        patterned=False,
    ),
    Category(
        name="keyboard",
        variants={"plain": keyboard},
        size=(0.02, 2.6),
        looks={"plastic": ("black", "white", "pink", "blue")},
        places=("desk",),
        patterned=False,
    ),
    Category(
        name="speaker",
        variants={"plain": speaker},
        size=(0.02, 2.6),
        looks={"wood": ("brown", "black", "white", "red")},
        places=("desk", "sideboard", "shelf", "tv"),
        patterned=False,
    ),
    Category(
        name="telephone",
        variants={"plain": phone},
        size=(0.02, 2.6),
        looks={"plastic": ("red", "black", "green", "yellow", "pink", "white")},
        places=("desk", "sideboard", "table"),
        patterned=False,
    ),
)
