"""Toy robots."""

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, QUARTER, ball_profile, disc, lying
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, rounded


def _robot_face(b: Builder, width: float | int, y: float | int, z: float | int) -> None:
    """Add two glowing eyes and a grille on the face at y."""
    for side in (-1, 1):
        disc(b, 0.14 * width, 0.006, (side * 0.23 * width, y, z + 0.1 * width), "metal black", name="face")
        disc(b, 0.09 * width, 0.008, (side * 0.23 * width, y, z + 0.1 * width), "plastic yellow glow", name="face")
    for k in range(4):
        b.add(
            Box(0.06 * width, 0.006, 0.13 * width),
            ((k - 1.5) * 0.12 * width, y, z - 0.22 * width),
            "metal black",
            name="face",
        )


def _chest(b: Builder, width: float | int, y: float | int, z: float | int) -> None:
    """Add a panel with a dial and buttons on the chest at y."""
    b.add(Box(0.66 * width, 0.006, 0.5 * width), (0, y, z), "metal gray", name="panel")
    disc(b, 0.12 * width, 0.01, (-0.16 * width, y, z), "plastic white", name="button")
    for k, colour in enumerate(("red", "yellow", "green")):
        b.add(
            Box(0.09 * width, 0.012, 0.09 * width),
            (0.16 * width, y, z + (k - 1) * 0.14 * width),
            f"plastic {colour}",
            name="button",
        )


def tin_robot(rng: np.random.Generator) -> Blueprint:
    """Build a tin robot of boxes with an aerial."""
    b = Builder()
    s = rng.uniform(0.2, 0.3)
    b.add(Box(0.42 * s, 0.26 * s, 0.36 * s), (0, 0, 0.46 * s))
    _chest(b, 0.42 * s, -0.13 * s, 0.48 * s)
    b.add(cylinder(0.06 * s, 0.06 * s), (0, 0, 0.63 * s), "metal gray", name="neck")
    b.add(Box(0.3 * s, 0.22 * s, 0.22 * s), (0, 0, 0.78 * s), name="head")
    _robot_face(b, 0.3 * s, -0.11 * s, 0.78 * s)
    b.add(cylinder(0.012 * s, 0.12 * s), (0, 0, 0.88 * s), "metal gray", name="pole")
    b.add(ball_profile(0.025 * s, points=7), (0, 0, 1.0 * s), "plastic red", name="knob")
    for side in (-1, 1):
        b.add(Box(0.14 * s, 0.16 * s, 0.24 * s), (side * 0.11 * s, 0, 0.17 * s), "metal gray", name="leg")
        b.add(Box(0.17 * s, 0.26 * s, 0.07 * s), (side * 0.11 * s, -0.03 * s, 0.035 * s), name="foot")
        b.add(Box(0.08 * s, 0.12 * s, 0.34 * s), (side * 0.25 * s, 0, 0.45 * s), "metal gray", name="arm")
        b.add(Box(0.1 * s, 0.14 * s, 0.07 * s), (side * 0.25 * s, -0.02 * s, 0.26 * s), name="hand")
        lying(
            b,
            0.03 * s,
            0.05 * s,
            (side * 0.15 * s - (0.05 * s if side < 0 else 0), 0, 0.79 * s),
            "metal gray",
            name="ear",
        )
    return b.done()


def round_robot(rng: np.random.Generator) -> Blueprint:
    """Build a robot with a drum of a body, a glass dome for a head, and tracks."""
    b = Builder()
    s = rng.uniform(0.18, 0.26)
    for side in (-1, 1):
        b.add(
            Prism(rounded(0.6 * s, 0.22 * s, 0.1 * s, steps=6), 0.13 * s),
            (side * 0.24 * s - 0.065 * s, 0, 0.11 * s),
            "rubber black",
            turn=(QUARTER, 0, QUARTER),
            name="wheel",
        )
    b.add(cylinder(0.24 * s, 0.44 * s), (0, 0, 0.14 * s))
    _chest(b, 0.36 * s, -0.225 * s, 0.38 * s)
    b.add(cylinder(0.26 * s, 0.03 * s), (0, 0, 0.56 * s), "metal gray", name="neck")
    b.add(ball_profile(0.22 * s), (0, 0, 0.62 * s), name="head")
    for side in (-1, 1):
        disc(b, 0.06 * s, 0.04 * s, (side * 0.085 * s, -0.175 * s, 0.68 * s), "plastic yellow glow", name="face")
        b.add(
            Tube(
                (
                    (side * 0.23 * s, 0.0, 0.46 * s),
                    (side * 0.36 * s, -0.02 * s, 0.4 * s),
                    (side * 0.34 * s, -0.2 * s, 0.38 * s),
                ),
                0.035 * s,
            ),
            slot="metal gray",
            name="arm",
        )
        b.add(Box(0.1 * s, 0.08 * s, 0.03 * s), (side * 0.34 * s, -0.25 * s, 0.38 * s), name="hand")
    return b.done()


def walking_robot(rng: np.random.Generator) -> Blueprint:
    """Build a slim robot in mid-step with round joints and a screen for a face."""
    b = Builder()
    s = rng.uniform(0.24, 0.32)
    b.add(Prism(rounded(0.24 * s, 0.18 * s, 0.04 * s), 0.3 * s, 1.35), (0, 0, 0.42 * s))
    _chest(b, 0.24 * s, -0.118 * s, 0.62 * s)
    b.add(RoundedBox(0.3 * s, 0.2 * s, 0.2 * s, 0.05 * s), (0, 0, 0.86 * s), name="head")
    b.add(cylinder(0.04 * s, 0.08 * s), (0, 0, 0.7 * s), "metal gray", name="neck")
    b.add(Box(0.24 * s, 0.01 * s, 0.12 * s), (0, -0.1 * s, 0.87 * s), "glass black", name="screen")
    for side in (-1, 1):
        b.add(
            Box(0.04 * s, 0.012 * s, 0.06 * s),
            (side * 0.06 * s, -0.102 * s, 0.88 * s),
            "plastic blue glow",
            name="screen",
        )
        step = side * 0.1 * s
        knee, foot = (side * 0.08 * s, step - 0.03 * s, 0.24 * s), (side * 0.08 * s, step, 0.05 * s)
        b.add(Tube(((side * 0.08 * s, 0.0, 0.43 * s), knee, foot), 0.035 * s), slot="metal gray", name="leg")
        b.add(Box(0.1 * s, 0.2 * s, 0.05 * s), (side * 0.08 * s, step - 0.04 * s, 0.025 * s), name="foot")
        b.add(
            Tube(
                (
                    (side * 0.18 * s, 0.0, 0.66 * s),
                    (side * 0.25 * s, -step, 0.5 * s),
                    (side * 0.23 * s, -1.8 * step - 0.04 * s, 0.42 * s),
                ),
                0.028 * s,
            ),
            slot="metal gray",
            name="arm",
        )
        b.add(Box(0.06 * s, 0.08 * s, 0.05 * s), (side * 0.23 * s, -1.8 * step - 0.06 * s, 0.42 * s), name="hand")
    return b.done()


CATEGORIES = (
    Category(
        name="robot toy",
        variants={"tin": tin_robot, "dome": round_robot, "walking": walking_robot},
        looks={"metal": ("gray", "red", "blue", "yellow", "green", "turquoise"), "plastic": DYES},
        places=("floor", "shelf", "shelf", "desk", "table", "sideboard", "bin"),
        size=(0.15, 0.34),
        rooms=("bedroom", "living room"),
        synonyms=("toy robot",),
        patterned=False,
    ),
)
