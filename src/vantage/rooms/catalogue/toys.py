"""Teddy bears and toy cars."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, ball_profile, disc, lying
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism


def _bear_head(b: Builder, s: float | int, z: float | int, y: float | int = 0.0, x: float | int = 0.0) -> None:
    """Add a bear's head of scale s about (x, y, z), looking to the front."""
    b.add(Ellipsoid(0.19 * s, 0.17 * s, 0.17 * s), (x, y, z), name="head")
    b.add(Ellipsoid(0.09 * s, 0.08 * s, 0.07 * s), (x, y - 0.15 * s, z - 0.04 * s), "plush white", name="face")
    disc(b, 0.03 * s, 0.02 * s, (x, y - 0.222 * s, z - 0.015 * s), "plastic black", name="face", taper=0.6)
    for side in (-1, 1):
        b.add(
            ball_profile(0.075 * s, squash=0.5, points=5),
            (x + side * 0.15 * s, y + 0.02 * s, z + 0.15 * s),
            turn=(QUARTER, 0, 0),
            name="ear",
        )
        disc(b, 0.04 * s, 0.012 * s, (x + side * 0.15 * s, y - 0.012 * s, z + 0.15 * s), "plush white", name="ear")
        disc(
            b,
            0.024 * s,
            0.02 * s,
            (x + side * 0.07 * s, y - 0.148 * s, z + 0.05 * s),
            "plastic black",
            name="face",
            taper=0.6,
        )


def sitting_bear(rng: np.random.Generator) -> Blueprint:
    """Build a sitting teddy bear."""
    b = Builder()
    s = rng.uniform(0.32, 0.46)
    b.add(Ellipsoid(0.22 * s, 0.19 * s, 0.26 * s), (0, 0, 0.26 * s))
    disc(b, 0.13 * s, 0.02 * s, (0, -0.155 * s, 0.28 * s), "plush white", taper=0.6)
    _bear_head(b, s, 0.63 * s, -0.02 * s)
    for side in (-1, 1):
        arm = ((side * 0.17 * s, -0.02 * s, 0.43 * s), (side * 0.31 * s, -0.11 * s, 0.27 * s))
        b.add(Tube(arm, 0.072 * s), name="limb")
        b.add(
            Tube(((side * 0.11 * s, -0.1 * s, 0.088 * s), (side * 0.22 * s, -0.34 * s, 0.088 * s)), 0.088 * s),
            name="limb",
        )
        disc(b, 0.06 * s, 0.03 * s, (side * 0.225 * s, -0.4 * s, 0.088 * s), "plush white", name="foot")
    return b.done()


def standing_bear(rng: np.random.Generator) -> Blueprint:
    """Build a standing teddy bear with a bow tie and raised arms."""
    b = Builder()
    s = rng.uniform(0.3, 0.42)
    b.add(Ellipsoid(0.19 * s, 0.16 * s, 0.25 * s), (0, 0, 0.44 * s))
    _bear_head(b, s, 0.81 * s)
    for side in (-1, 1):
        b.add(Tube(((side * 0.11 * s, 0.0, 0.3 * s), (side * 0.115 * s, 0.0, 0.1 * s)), 0.085 * s), name="limb")
        b.add(
            Tube(((side * 0.11 * s, 0.01 * s, 0.06 * s), (side * 0.12 * s, -0.1 * s, 0.06 * s)), 0.06 * s), name="foot"
        )
        b.add(
            Tube(((side * 0.14 * s, -0.02 * s, 0.58 * s), (side * 0.34 * s, -0.07 * s, 0.66 * s)), 0.062 * s),
            name="limb",
        )
        bow = ((0.0, -0.02 * s), (0.11 * s, -0.055 * s), (0.11 * s, 0.055 * s), (0.0, 0.02 * s))
        b.add(
            Prism(bow, 0.03 * s),
            (0, -0.14 * s, 0.655 * s),
            "fabric red",
            turn=(QUARTER, 0 if side > 0 else math.pi, 0),
            name="tape",
        )
    disc(b, 0.028 * s, 0.06 * s, (0, -0.12 * s, 0.655 * s), "fabric red", name="tape")
    return b.done()


def lying_bear(rng: np.random.Generator) -> Blueprint:
    """Build a teddy bear that lies on its belly, its limbs spread and its head up."""
    b = Builder()
    s = rng.uniform(0.34, 0.46)
    b.add(Ellipsoid(0.2 * s, 0.28 * s, 0.15 * s), (0, 0.1 * s, 0.15 * s))
    _bear_head(b, s, 0.25 * s, -0.28 * s)
    for side in (-1, 1):
        b.add(
            Tube(((side * 0.13 * s, -0.06 * s, 0.09 * s), (side * 0.34 * s, -0.22 * s, 0.07 * s)), 0.068 * s),
            name="limb",
        )
        b.add(
            Tube(((side * 0.13 * s, 0.28 * s, 0.09 * s), (side * 0.22 * s, 0.5 * s, 0.085 * s)), 0.083 * s), name="limb"
        )
    b.add(ball_profile(0.06 * s, points=7), (0, 0.38 * s, 0.2 * s), name="back")
    return b.done()


def _wheels(b: Builder, xs: tuple[float, ...], half: float | int, radius: float | int, thick: float | int) -> None:
    """Add wheels with hubs on axles at these x, their outer faces at y = -half and half."""
    for x in xs:
        for side in (-1, 1):
            b.add(
                cylinder(radius, thick),
                (x, side * half + (thick if side < 0 else 0), radius),
                "rubber black",
                turn=(QUARTER, 0, 0),
                name="wheel",
            )
            b.add(
                cylinder(0.5 * radius, thick + 0.004),
                (x, side * half + (thick + 0.002 if side < 0 else 0.002), radius),
                "metal gray",
                turn=(QUARTER, 0, 0),
                name="wheel",
            )


def toy_sedan(rng: np.random.Generator) -> Blueprint:
    """Build a toy car with a cabin, windows and four wheels."""
    b = Builder()
    s = rng.uniform(0.16, 0.24)
    b.add(RoundedBox(s, 0.44 * s, 0.18 * s, 0.05 * s), (0, 0, 0.21 * s))
    b.add(
        Prism(((-0.3 * s, 0.0), (0.3 * s, 0.0), (0.17 * s, 0.17 * s), (-0.2 * s, 0.17 * s)), 0.4 * s),
        (0, 0.2 * s, 0.28 * s),
        turn=(QUARTER, 0, 0),
        name="top",
    )
    b.add(
        Prism(((-0.23 * s, 0.0), (0.23 * s, 0.0), (0.15 * s, 0.11 * s), (-0.17 * s, 0.11 * s)), 0.406 * s),
        (0, 0.203 * s, 0.31 * s),
        "glass black",
        turn=(QUARTER, 0, 0),
        name="pane",
    )
    for x, turn in ((0.24 * s, -0.65), (-0.255 * s, 0.52)):
        b.add(Box(0.006, 0.34 * s, 0.13 * s), (x, 0, 0.367 * s), "glass black", turn=(0, turn, 0), name="pane")
    for side in (-1, 1):
        lying(b, 0.03 * s, 0.03 * s, (0.485 * s, side * 0.15 * s, 0.23 * s), "glass yellow", name="shade")
        b.add(Box(0.02 * s, 0.07 * s, 0.04 * s), (-0.5 * s, side * 0.15 * s, 0.23 * s), "plastic red", name="shade")
    _wheels(b, (-0.3 * s, 0.3 * s), 0.235 * s, 0.11 * s, 0.06 * s)
    return b.done()


def toy_truck(rng: np.random.Generator) -> Blueprint:
    """Build a tip lorry: a cab, an open tray and six wheels."""
    b = Builder()
    s = rng.uniform(0.22, 0.32)
    b.add(Box(s, 0.26 * s, 0.06 * s), (0, 0, 0.15 * s), "plastic black", name="base")
    b.add(RoundedBox(0.26 * s, 0.38 * s, 0.3 * s, 0.03 * s), (0.36 * s, 0, 0.31 * s), name="head")
    b.add(Box(0.004, 0.32 * s, 0.11 * s), (0.49 * s, 0, 0.38 * s), "glass black", name="pane")
    b.add(Box(0.14 * s, 0.384 * s, 0.1 * s), (0.38 * s, 0, 0.385 * s), "glass black", name="pane")
    tray = "plastic yellow"
    b.add(Box(0.66 * s, 0.38 * s, 0.03 * s), (-0.14 * s, 0, 0.19 * s), tray, name="base")
    for side in (-1, 1):
        b.add(Box(0.66 * s, 0.02 * s, 0.16 * s), (-0.14 * s, side * 0.18 * s, 0.27 * s), tray, name="panel")
        b.add(Box(0.02 * s, 0.34 * s, 0.16 * s), (-0.14 * s + side * 0.32 * s, 0, 0.27 * s), tray, name="panel")
    b.container(Box(0.6 * s, 0.33 * s, 0.14 * s), (-0.14 * s, 0, 0.275 * s), "vessel", margin=0.003)
    _wheels(b, (-0.34 * s, -0.1 * s, 0.34 * s), 0.2 * s, 0.1 * s, 0.07 * s)
    return b.done()


def toy_racer(rng: np.random.Generator) -> Blueprint:
    """Build an open racing car: a pointed nose, a rear wing, bare wheels, a driver's helmet."""
    b = Builder()
    s = rng.uniform(0.18, 0.26)
    nose = (
        (-0.5 * s, -0.1 * s),
        (0.0, -0.1 * s),
        (0.5 * s, -0.035 * s),
        (0.5 * s, 0.035 * s),
        (0.0, 0.1 * s),
        (-0.5 * s, 0.1 * s),
    )
    b.add(Prism(nose, 0.14 * s, 0.92), (0, 0, 0.06 * s))
    b.add(Box(0.04 * s, 0.42 * s, 0.015 * s), (0.47 * s, 0, 0.08 * s), name="panel")
    b.add(Box(0.12 * s, 0.42 * s, 0.02 * s), (-0.44 * s, 0, 0.32 * s), name="panel")
    for side in (-1, 1):
        b.add(Box(0.04 * s, 0.02 * s, 0.16 * s), (-0.43 * s, side * 0.07 * s, 0.25 * s), "plastic black", name="stand")
    b.add(ball_profile(0.075 * s, points=9), (-0.06 * s, 0, 0.23 * s), "plastic white", name="head")
    b.add(Box(0.05 * s, 0.1 * s, 0.035 * s), (0.0, 0, 0.24 * s), "glass black", name="pane")
    disc(b, 0.05 * s, 0.21 * s, (-0.3 * s, 0.104 * s, 0.14 * s), "plastic white", name="label")
    for x in (-0.32, 0.28):
        b.add(Box(0.03 * s, 0.4 * s, 0.025 * s), (x * s, 0, 0.11 * s), "metal gray", name="pole")
    _wheels(b, (-0.32 * s, 0.28 * s), 0.235 * s, 0.11 * s, 0.1 * s)
    return b.done()


CATEGORIES = (
    Category(
        name="teddy bear",
        variants={"sitting": sitting_bear, "standing": standing_bear, "lying": lying_bear},
        looks={"plush": ("brown", "brown", "pink", "gray", "purple", "blue", "yellow", "turquoise", "beige")},
        places=("seat", "seat", "bed", "bed", "floor", "shelf", "bin", "sideboard"),
        size=(0.26, 0.52),
        rooms=("bedroom", "living room"),
        synonyms=("plush bear", "stuffed bear"),
        patterned=False,
    ),
    Category(
        name="toy car",
        variants={"car": toy_sedan, "lorry": toy_truck, "racer": toy_racer},
        looks={"plastic": (*VIVID, "white", "turquoise"), "metal": ("red", "blue", "green", "gray")},
        places=("floor", "floor", "table", "shelf", "bin", "drawer", "bed"),
        size=(0.15, 0.36),
        rooms=("bedroom", "living room"),
        synonyms=("model car",),
        patterned=False,
    ),
)
