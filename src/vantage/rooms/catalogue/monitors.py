"""Monitors: flat, wide and old, and the picture of a program that screens show."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category, Vector
from vantage.rooms.shapes.primitives import Box, Frustum, RoundedBox, cylinder
from vantage.rooms.shapes.prisms import Prism, rounded

SHOWN = ("blue", "white", "gray", "green", "purple")


def program_on_screen(
    b: Builder, width: float | int, height: float | int, at: Vector, rng: np.random.Generator, tilt: float | int
) -> None:
    """Add a lit screen (x wide, z high, towards -y, leaning back by `tilt`) with a bar and two windows on it."""
    first, second, third = (str(colour) for colour in rng.permutation(np.array(SHOWN))[:3])
    c, s = math.cos(tilt), math.sin(tilt)
    turn = (-tilt, 0, 0)

    def place(x: float | int, z: float | int, out: float | int) -> Vector:
        # Along the screen's own height, and `out` in front of it.
        return (at[0] + x, at[1] + s * z - c * out, at[2] + c * z + s * out)

    b.add(Box(width, 0.004, height), place(0, 0, 0), f"plastic {first} glow", turn=turn, name="screen")
    b.add(
        Box(width, 0.004, 0.07 * height), place(0, -0.465 * height, 0.0006), "plastic black", turn=turn, name="screen"
    )
    x, z = rng.uniform(-0.2, 0.0) * width, rng.uniform(-0.05, 0.1) * height
    b.add(
        Box(0.5 * width, 0.004, 0.55 * height), place(x, z, 0.001), f"plastic {second} glow", turn=turn, name="screen"
    )
    b.add(
        Box(0.5 * width, 0.004, 0.06 * height),
        place(x, z + 0.25 * height, 0.0014),
        f"plastic {third} glow",
        turn=turn,
        name="screen",
    )


def flat_monitor(rng: np.random.Generator) -> Blueprint:
    """Build a computer screen on a stem and a rounded foot."""
    b = Builder()
    width = rng.uniform(0.48, 0.6)
    height, lift = 0.58 * width, rng.uniform(0.1, 0.14)
    b.add(RoundedBox(width, 0.03, height, 0.008), (0, 0, lift + height / 2), name="frame")
    program_on_screen(b, width - 0.022, height - 0.03, (0, -0.0145, lift + height / 2 + 0.004), rng, 0.0)
    b.add(Box(0.06, 0.024, lift + 0.12), (0, 0.026, (lift + 0.12) / 2), name="stand")
    b.add(RoundedBox(0.24, 0.17, 0.014, 0.006), (0, 0.02, 0.007), name="foot")
    return b.done()


def wide_monitor(rng: np.random.Generator) -> Blueprint:
    """Build a very wide screen in three angled panels on a V-shaped foot."""
    b = Builder()
    width, lift = rng.uniform(0.74, 0.86), rng.uniform(0.12, 0.15)
    height, side = 0.4 * width, 0.3 * width
    bend = 0.2
    middle = width - 2 * side
    z = lift + height / 2
    b.add(Box(middle + 0.006, 0.03, height), (0, 0, z), name="frame")
    program_on_screen(b, middle - 0.002, height - 0.024, (0, -0.0145, z), rng, 0.0)
    for sx in (-1, 1):
        x = sx * (middle / 2 + math.cos(bend) * side / 2 - 0.001)
        y = -math.sin(bend) * side / 2
        b.add(Box(side, 0.03, height), (x, y, z), turn=(0, 0, -sx * bend), name="frame")
        face = (x - sx * 0.0145 * math.sin(bend), y - 0.0145 * math.cos(bend), z)
        b.add(
            Box(side - 0.012, 0.004, height - 0.024), face, "plastic blue glow", turn=(0, 0, -sx * bend), name="screen"
        )
        b.add(Box(0.03, 0.26, 0.014), (sx * 0.11, -0.03, 0.007), turn=(0, 0, sx * 0.95), name="foot")
    b.add(Box(0.05, 0.03, lift + 0.14), (0, 0.029, (lift + 0.14) / 2), name="stand")
    return b.done()


def old_monitor(rng: np.random.Generator) -> Blueprint:
    """Build a deep old monitor: a bulky case that narrows backwards, on a round foot."""
    b = Builder()
    width = rng.uniform(0.36, 0.42)
    height, lift = 0.84 * width, 0.06
    b.add(RoundedBox(width, 0.12, height, 0.02), (0, 0, lift + height / 2), name="frame")
    b.add(
        Prism(rounded(0.92 * width, 0.88 * height, 0.03), 0.24, 0.6),
        (0, 0.04, lift + height / 2),
        turn=(-QUARTER, 0, 0),
        name="back",
    )
    program_on_screen(b, 0.82 * width, 0.74 * height, (0, -0.0595, lift + 0.54 * height), rng, 0.0)
    for k in range(3):
        b.add(
            Box(0.018, 0.006, 0.01),
            (0.24 * width + 0.03 * k, -0.061, lift + 0.065 * height),
            "plastic black",
            name="button",
        )
    b.add(cylinder(0.05, lift + 0.02), (0, 0.06, 0.01), name="stand")
    b.add(Frustum(0.15, 0.13, 0.02), (0, 0.06, 0), name="foot")
    return b.done()


CATEGORIES = (
    Category(
        name="monitor",
        variants={"flat": flat_monitor, "wide": wide_monitor, "old": old_monitor},
        looks={"plastic": ("black", "gray", "white", "beige"), "metal": ("gray", "black")},
        places=("desk", "desk", "desk", "workbench"),
        size=(0.36, 0.9),
        rooms=("office", "bedroom"),
        synonyms=("computer screen", "computer monitor"),
        patterned=False,
    ),
)
