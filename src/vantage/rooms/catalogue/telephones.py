"""Telephones: with a dial, with keys, and without a cord."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DARK, QUARTER, curve
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse, rounded


def _handset(b: Builder, length: float | int, z: float | int, y: float | int = 0.0, slot: str = "main") -> None:
    """Add a handset along x whose two ends hang down from height z."""
    b.add(
        Tube(curve((-0.42 * length, y, z), (0, y, z + 0.03), (0.42 * length, y, z), count=6), 0.015),
        slot=slot,
        name="grip",
    )
    for side in (-1, 1):
        b.add(Frustum(0.03, 0.021, 0.032), (side * 0.42 * length, y, z - 0.022), slot, name="ear")


def _coil(b: Builder, x: float | int, y: float | int) -> None:
    """Add a wavy cord that leaves at (x, y) and ends on the ground beside."""
    path = tuple((x - 0.012 * k if k else x + 0.01, y - 0.018 * (k % 2), 0.012 if k == 0 else 0.005) for k in range(7))
    b.add(Tube(path, 0.004), slot="rubber black", name="cord")


def dial_telephone(rng: np.random.Generator) -> Blueprint:
    """Build an old telephone: a pyramid body with a dial, and a handset across its top."""
    b = Builder()
    size = rng.uniform(0.17, 0.2)
    b.add(Prism(rounded(size, 0.85 * size, 0.03), 0.55 * size, 0.55))
    for side in (-1, 1):
        b.add(Box(0.02, 0.06, 0.03), (side * 0.2 * size, 0, 0.55 * size + 0.008), name="stand")
    _handset(b, 1.15 * size, 0.55 * size + 0.038)
    y, z = -0.34 * size, 0.27 * size
    b.add(cylinder(0.24 * size, 0.014), (0, y, z), "plastic white", turn=(math.pi / 2 - 0.35, 0, 0), name="face")
    b.add(cylinder(0.09 * size, 0.02), (0, y, z), "metal gray", turn=(math.pi / 2 - 0.35, 0, 0), name="face")
    for k in range(9):
        a = 0.5 + 0.58 * k
        u, v = 0.165 * size * math.cos(a), 0.165 * size * math.sin(a)
        c, s = math.cos(0.35), math.sin(0.35)
        b.add(
            Prism(ellipse(0.032 * size, 0.032 * size, count=8), 0.0165),
            (u, y + s * v, z + c * v),
            DARK,
            turn=(math.pi / 2 - 0.35, 0, 0),
            name="button",
        )
    _coil(b, -0.5 * size, 0.1 * size)
    return b.done()


def desk_telephone(rng: np.random.Generator) -> Blueprint:
    """Build an office telephone: a wedge with keys and a screen, the handset at its left."""
    b = Builder()
    x, y = rng.uniform(0.19, 0.22), rng.uniform(0.19, 0.22)
    tilt = 0.3
    wedge = ((-y / 2, 0.0), (y / 2, 0.0), (y / 2, 0.03 + 0.3 * y), (-y / 2, 0.03))
    b.add(Prism(wedge, x), (-x / 2, 0, 0), turn=(QUARTER, 0, QUARTER))
    c, s = math.cos(tilt), math.sin(tilt)
    rise = 0.3

    def on_top(u: float | int, v: float | int, out: float | int) -> tuple[float | int, float | int, float | int]:
        return (u, v * c - s * out, 0.03 + rise * (v * c + y / 2) + c * out)

    turn = (math.atan(rise), 0, 0)
    b.add(
        Box(0.5 * x, 0.22 * y, 0.003), on_top(0.18 * x, 0.3 * y, 0.001), "plastic green glow", turn=turn, name="screen"
    )
    for r in range(4):
        for k in range(3):
            at = on_top(0.18 * x + (k - 1) * 0.15 * x, 0.08 * y - 0.14 * y * r, 0.002)
            b.add(Box(0.1 * x, 0.085 * y, 0.008), at, "plastic white", turn=turn, name="key")
    left = -0.31 * x
    b.add(
        Tube((on_top(left, -0.36 * y, 0.026), on_top(left, 0.0, 0.036), on_top(left, 0.36 * y, 0.026)), 0.015),
        name="grip",
    )
    for v in (-0.36, 0.36):
        b.add(Frustum(0.03, 0.022, 0.03), on_top(left, v * y, -0.002), turn=turn, name="ear")
    _coil(b, -0.5 * x, -0.2 * y)
    return b.done()


def cordless_telephone(rng: np.random.Generator) -> Blueprint:
    """Build a cordless telephone: a slim handset with keys that stands in its base."""
    b = Builder()
    high, lean = rng.uniform(0.15, 0.18), 0.2
    b.add(RoundedBox(0.1, 0.11, 0.036, 0.014), (0, 0, 0.018), DARK, name="base")
    b.add(RoundedBox(0.06, 0.05, 0.03, 0.01), (0, 0.012, 0.042), DARK, name="base")
    c, s = math.cos(lean), math.sin(lean)

    def along(u: float | int, v: float | int, out: float | int) -> tuple[float | int, float | int, float | int]:
        return (u, 0.005 + s * v - c * out, 0.036 + c * v + s * out)

    turn = (-lean, 0, 0)
    b.add(RoundedBox(0.05, 0.026, high, 0.011), along(0, high / 2, 0), turn=turn)
    b.add(Box(0.034, 0.002, 0.2 * high), along(0, 0.73 * high, 0.0132), "plastic green glow", turn=turn, name="screen")
    b.add(Box(0.018, 0.002, 0.006), along(0, 0.92 * high, 0.0132), DARK, turn=turn, name="ear")
    for r in range(4):
        for k in range(3):
            at = along((k - 1) * 0.0135, 0.54 * high - 0.1 * high * r, 0.0135)
            b.add(Box(0.01, 0.004, 0.009), at, "plastic white", turn=turn, name="key")
    b.add(Tube((along(0.016, high - 0.006, 0), along(0.016, high + 0.022, 0)), 0.005), name="pole")
    return b.done()


CATEGORIES = (
    Category(
        name="telephone",
        variants={"dial": dial_telephone, "office": desk_telephone, "cordless": cordless_telephone},
        looks={"plastic": ("red", "black", "green", "yellow", "pink", "white", "turquoise", "beige")},
        places=("desk", "desk", "sideboard", "table"),
        size=(0.18, 0.34),
        rooms=("office", "living room", "bedroom"),
        synonyms=("landline phone", "desk phone"),
        patterned=False,
    ),
)
