"""Keyboards, mice and remote controls."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, curve, lying
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, Revolve, RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse, rounded


def _keys(
    b: Builder, columns: int, left: float | int, right: float | int, depth: float | int, z: float | int, slot: str
) -> None:
    """Add four rows of keys between two x, and a row with the space bar before them."""
    pitch, row = (right - left) / columns, depth / 5.6
    for r in range(4):
        for k in range(columns):
            b.add(
                Box(0.84 * pitch, 0.82 * row, 0.008), (left + (k + 0.5) * pitch, (1.9 - r) * row, z), slot, name="key"
            )
    middle = (left + right) / 2
    b.add(Box(0.42 * (right - left), 0.82 * row, 0.008), (middle, -2.1 * row, z), slot, name="key")
    for side in (-1, 1):
        b.add(
            Box(0.2 * (right - left), 0.82 * row, 0.008),
            (middle + side * 0.36 * (right - left), -2.1 * row, z),
            slot,
            name="key",
        )


def _key_colour(rng: np.random.Generator) -> str:
    return f"plastic {rng.choice(['white', 'gray', 'black'])}"


def full_keyboard(rng: np.random.Generator) -> Blueprint:
    """Build a keyboard with a number block and a cord."""
    b = Builder()
    width, depth, slot = rng.uniform(0.41, 0.45), rng.uniform(0.14, 0.16), _key_colour(rng)
    b.add(RoundedBox(width, depth, 0.018, 0.005), (0, 0, 0.009))
    _keys(b, 11, -width / 2 + 0.01, 0.23 * width, depth, 0.021, slot)
    for r in range(4):
        for k in range(3):
            b.add(
                Box(0.018, 0.13 * depth, 0.008),
                (0.3 * width + 0.026 * k, (1.9 - r) * depth / 5.6, 0.021),
                slot,
                name="key",
            )
    cord = curve(
        (0, depth / 2 - 0.002, 0.008),
        (0, depth / 2 + 0.03, 0.004),
        (0.03, depth / 2 + 0.03, 0.003),
        (0.05, depth / 2 + 0.05, 0.003),
        count=5,
    )
    b.add(Tube(cord, 0.003), slot="rubber black", name="cord")
    return b.done()


def slim_keyboard(rng: np.random.Generator) -> Blueprint:
    """Build a small flat keyboard whose back edge is a tube."""
    b = Builder()
    width, depth = rng.uniform(0.27, 0.31), rng.uniform(0.11, 0.13)
    b.add(Prism(rounded(width, depth, 0.01), 0.009))
    _keys(b, 12, -width / 2 + 0.006, width / 2 - 0.006, depth, 0.009, _key_colour(rng))
    lying(b, 0.0095, width - 0.01, (-width / 2 + 0.005, depth / 2 - 0.006, 0.0095), name="back")
    return b.done()


def split_keyboard(rng: np.random.Generator) -> Blueprint:
    """Build a bent keyboard in two turned halves with a wrist rest."""
    b = Builder()
    half, depth, slot = rng.uniform(0.19, 0.21), 0.15, _key_colour(rng)
    for side in (-1, 1):
        c, s = math.cos(side * 0.2), math.sin(-side * 0.2)
        centre = (side * 0.54 * half, -0.02)
        b.add(Prism(rounded(half * 1.12, depth, 0.02), 0.018), (*centre, 0), turn=(0, 0, -side * 0.2))
        for r in range(4):
            for k in range(6):
                x, y = (k - 2.5) * half / 6.3, (1.6 - r) * depth / 5.4
                at = (centre[0] + c * x - s * y, centre[1] + s * x + c * y, 0.02)
                b.add(Box(0.026, 0.022, 0.008), at, slot, turn=(0, 0, -side * 0.2), name="key")
        b.add(
            RoundedBox(1.1 * half, 0.06, 0.016, 0.007),
            (side * 0.52 * half, -0.105, 0.008),
            "rubber black",
            turn=(0, 0, -side * 0.2),
            name="cushion",
        )
    return b.done()


def _mouse_top(b: Builder, x: float | int, y: float | int, z: float | int) -> None:
    """Add the wheel and the line between the buttons of a mouse of this size."""
    disc_at = (-0.004, -0.26 * y, 0.86 * z)
    lying(b, 0.14 * x, 0.008, disc_at, "rubber gray", name="wheel")
    b.add(Box(0.0022, 0.3 * y, 0.3 * z), (0, -0.2 * y, 0.77 * z), "plastic gray", name="button")


def corded_mouse(rng: np.random.Generator) -> Blueprint:
    """Build a mouse with a wheel and a cord."""
    b = Builder()
    x, y, z = rng.uniform(0.058, 0.066), rng.uniform(0.1, 0.115), rng.uniform(0.033, 0.038)
    _half_shell(b, x, y, z)
    _mouse_top(b, x, y, z)
    path = curve(
        (0, -0.47 * y, 0.008), (0, -0.85 * y, 0.006), (0.05, -0.8 * y, 0.003), (0.04, -1.3 * y, 0.003), count=7
    )
    b.add(Tube(path, 0.0024), slot="rubber black", name="cord")
    return b.done()


def _half_shell(b: Builder, x: float | int, y: float | int, z: float | int, slot: str = "main") -> None:
    """Add a rounded low body: the upper half of an egg as a turned dome, stretched by stacking tapering plates."""
    level, scale = 0.0, 1.0
    for share, taper in ((0.22, 0.99), (0.26, 0.95), (0.24, 0.87), (0.17, 0.74), (0.11, 0.5)):
        b.add(Prism(ellipse(scale * x / 2, scale * y / 2, count=18), share * z, taper), (0, 0, level), slot)
        level += share * z
        scale *= taper


def flat_mouse(rng: np.random.Generator) -> Blueprint:
    """Build a flat wireless mouse with a square outline and a seam."""
    b = Builder()
    x, y, z = rng.uniform(0.056, 0.062), rng.uniform(0.1, 0.112), rng.uniform(0.024, 0.029)
    b.add(Prism(rounded(0.9 * x, 0.94 * y, 0.018), 0.004), slot="plastic black", name="base")
    b.add(RoundedBox(x, y, z, 0.0115), (0, 0, z / 2 + 0.002))
    b.add(Box(0.92 * x, 0.0016, 0.001), (0, 0.02, z + 0.0018), "plastic black", name="button")
    b.add(Box(0.0016, 0.42 * y, 0.001), (0, -0.25 * y, z + 0.0018), "plastic black", name="button")
    lying(b, 0.008, 0.008, (-0.004, -0.25 * y, z - 0.002), "rubber black", name="wheel")
    return b.done()


def trackball(rng: np.random.Generator) -> Blueprint:
    """Build a trackball mouse: a broad sloping body with a coloured ball for the thumb."""
    b = Builder()
    x, y, z = rng.uniform(0.085, 0.095), rng.uniform(0.12, 0.135), rng.uniform(0.044, 0.05)
    _half_shell(b, x, y, z)
    b.add(
        Ellipsoid(0.02, 0.02, 0.02),
        (-0.36 * x, -0.12 * y, 0.62 * z),
        f"plastic {rng.choice(['red', 'blue'])}",
        name="knob",
    )
    _mouse_top(b, x, y, z)
    return b.done()


def _pad(
    b: Builder, x: float | int, y: float | int, z: float | int, rows: int, columns: int, rng: np.random.Generator
) -> None:
    """Add a grid of buttons, the first one red, on a face at height z."""
    for r in range(rows):
        for k in range(columns):
            slot = "plastic red" if r == 0 and k == 0 else "rubber gray" if (r + k) % 3 else "plastic white"
            at = ((k - (columns - 1) / 2) * x / columns, y - 0.016 * r, z)
            b.add(Box(0.62 * x / columns, 0.0085, 0.003), at, slot, name="button")


def long_remote(rng: np.random.Generator) -> Blueprint:
    """Build a long remote control with many buttons."""
    b = Builder()
    x, y = rng.uniform(0.044, 0.05), rng.uniform(0.18, 0.22)
    b.add(RoundedBox(x, y, 0.02, 0.007), (0, 0, 0.01))
    _pad(b, 0.9 * x, 0.43 * y, 0.0205, 5, 3, rng)
    b.add(cylinder(0.36 * x, 0.0025), (0, -0.06 * y, 0.0192), "rubber gray", name="button")
    b.add(cylinder(0.14 * x, 0.004), (0, -0.06 * y, 0.0192), "plastic black", name="button")
    for k in range(4):
        b.add(
            Box(0.3 * x, 0.012, 0.003),
            ((-0.25 if k % 2 else 0.25) * x, -0.22 * y - 0.02 * (k // 2), 0.0205),
            "rubber gray",
            name="button",
        )
    b.add(Box(0.5 * x, 0.004, 0.01), (0, y / 2, 0.01), "glass red", name="pane")
    return b.done()


def small_remote(rng: np.random.Generator) -> Blueprint:
    """Build a short rounded remote control with a ring and three buttons."""
    b = Builder()
    x, y = rng.uniform(0.036, 0.042), rng.uniform(0.12, 0.145)
    b.add(Prism(rounded(x, y, 0.018, steps=6), 0.013))
    b.add(
        Revolve(((0.2 * x, 0), (0.38 * x, 0), (0.38 * x, 0.002), (0.2 * x, 0.002))),
        (0, 0.26 * y, 0.0125),
        "rubber gray",
        name="button",
    )
    b.add(cylinder(0.17 * x, 0.002), (0, 0.26 * y, 0.0125), "plastic gray", name="button")
    for k in range(6):
        b.add(
            cylinder(0.1 * x, 0.002),
            ((-0.22 if k % 2 else 0.22) * x, -0.0 * y - 0.017 * (k // 2), 0.0125),
            "plastic red" if k == 0 else "rubber gray",
            name="button",
        )
    return b.done()


def waisted_remote(rng: np.random.Generator) -> Blueprint:
    """Build a remote control with a broad head, a narrow grip and a small screen."""
    b = Builder()
    y, head = rng.uniform(0.17, 0.2), rng.uniform(0.056, 0.064)
    b.add(RoundedBox(0.7 * head, y, 0.022, 0.008), (0, 0, 0.011))
    b.add(RoundedBox(head, 0.42 * y, 0.024, 0.009), (0, 0.29 * y, 0.012))
    b.add(Box(0.7 * head, 0.13 * y, 0.002), (0, 0.41 * y, 0.0242), "plastic green glow", name="screen")
    _pad(b, 0.85 * head, 0.28 * y, 0.0245, 3, 4, rng)
    for k in range(5):
        b.add(Box(0.4 * head, 0.01, 0.003), (0, 0.02 * y - 0.019 * k, 0.0225), "rubber gray", name="button")
    return b.done()


CATEGORIES = (
    Category(
        name="keyboard",
        variants={"full": full_keyboard, "slim": slim_keyboard, "split": split_keyboard},
        looks={"plastic": ("black", "white", "pink", "blue", "beige"), "metal": ("gray", "black")},
        places=("desk", "desk", "desk", "workbench", "shelf", "bin"),
        size=(0.26, 0.5),
        rooms=("office", "bedroom"),
        synonyms=("computer keyboard",),
        patterned=False,
    ),
    Category(
        name="mouse",
        variants={"corded": corded_mouse, "flat": flat_mouse, "trackball": trackball},
        looks={"plastic": (*DYES, "gray", "beige")},
        places=("desk", "desk", "desk", "drawer", "table"),
        size=(0.095, 0.25),
        rooms=("office", "bedroom"),
        synonyms=("computer mouse",),
        patterned=False,
    ),
    Category(
        name="remote control",
        variants={"long": long_remote, "small": small_remote, "waisted": waisted_remote},
        looks={"plastic": ("black", "black", "gray", "white", "blue", "beige")},
        places=("table", "table", "seat", "seat", "bed", "sideboard", "tv", "drawer", "desk"),
        size=(0.11, 0.23),
        rooms=("living room", "bedroom"),
        synonyms=("remote", "tv remote"),
        patterned=False,
    ),
)
