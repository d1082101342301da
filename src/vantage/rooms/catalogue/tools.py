"""Hammers, screwdrivers, drills and saws: they lie, their grips towards -x."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, QUARTER, curve, lying
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, regular, rounded

STEEL = "metal gray"


def claw_hammer(rng: np.random.Generator) -> Blueprint:
    """Build a claw hammer: a face at one end of its head, two bent claws at the other."""
    b = Builder()
    long, z = rng.uniform(0.27, 0.33), 0.017
    b.add(Tube(((-long, 0.0, z), (0.0, 0.0, z)), 0.012), name="handle")
    b.add(Tube(((-long, 0.0, z), (-0.62 * long, 0.0, z)), 0.0165), slot="rubber black", name="grip")
    b.add(Box(0.03, 0.05, 0.03), (0, 0, z), STEEL, name="head")
    b.add(cylinder(0.0165, 0.045), (0, -0.02, z), STEEL, turn=(QUARTER, 0, 0), name="head")
    b.add(cylinder(0.0195, 0.014), (0, -0.058, z), STEEL, turn=(QUARTER, 0, 0), name="head")
    for side in (-1, 1):
        b.add(
            Tube(
                curve((0, 0.02, z), (0.004, 0.06, z + side * 0.004), (-0.025, 0.085, z + side * 0.009), count=5), 0.0075
            ),
            slot=STEEL,
            name="head",
        )
    return b.done()


def sledge_hammer(rng: np.random.Generator) -> Blueprint:
    """Build a mallet with a big cylindrical head on a round stick."""
    b = Builder()
    long, radius = rng.uniform(0.26, 0.34), rng.uniform(0.034, 0.042)
    b.add(Tube(((-long, 0.0, radius), (0.02, 0.0, radius)), 0.0125), slot="wood brown", name="handle")
    b.add(cylinder(radius, 0.1), (0, 0.05, radius), turn=(QUARTER, 0, 0), name="head")
    for y in (0.052, -0.034):
        b.add(cylinder(1.03 * radius, 0.018), (0, y, radius), "metal gray", turn=(QUARTER, 0, 0), name="head")
    return b.done()


def ball_hammer(rng: np.random.Generator) -> Blueprint:
    """Build a bench hammer: a square face, a wedge behind, a waisted handle."""
    b = Builder()
    long, z = rng.uniform(0.27, 0.34), 0.018
    b.add(
        Prism(
            ((-long, -0.014), (-0.5 * long, -0.01), (0.02, -0.009), (0.02, 0.009), (-0.5 * long, 0.01), (-long, 0.014)),
            0.02,
        ),
        (0, 0, z - 0.01),
        name="handle",
    )
    b.add(Box(0.034, 0.06, 0.034), (0, -0.028, z), STEEL, name="head")
    wedge = ((-0.017, 0.0), (0.017, 0.0), (0.004, 0.062), (-0.004, 0.062))
    b.add(Prism(wedge, 0.034), (0, 0.0, z - 0.017), STEEL, name="head")
    b.add(Box(0.038, 0.012, 0.036), (0, -0.062, z), STEEL, name="head")
    return b.done()


def _shaft(b: Builder, long: float | int, radius: float | int, z: float | int, *, cross: bool) -> None:
    """Add a screwdriver's shaft from the origin to +x with a flat or a crossed tip."""
    lying(b, radius, long, (-0.01, 0, z), STEEL, name="blade")
    if cross:
        lying(b, radius, 0.012, (long - 0.011, 0, z), STEEL, name="blade", taper=0.2)
    else:
        b.add(
            Prism(((0.0, -1.3 * radius), (0.014, -1.5 * radius), (0.014, 1.5 * radius), (0.0, 1.3 * radius)), 0.0018),
            (long - 0.012, 0, z - 0.0009),
            STEEL,
            name="blade",
        )


def flat_screwdriver(rng: np.random.Generator) -> Blueprint:
    """Build a screwdriver with a six-sided grip and a flat tip."""
    b = Builder()
    grip, z = rng.uniform(0.085, 0.11), 0.015
    b.add(Prism(regular(6, 0.0165), 0.78 * grip, 0.92), (-grip, 0, z), turn=(0, QUARTER, 0), name="grip")
    lying(b, 0.011, 0.24 * grip, (-0.24 * grip, 0, z), name="grip")
    lying(b, 0.0155, 0.012, (-grip - 0.004, 0, z), "plastic black", name="cap")
    _shaft(b, rng.uniform(0.1, 0.15), 0.0035, z, cross=False)
    return b.done()


def cross_screwdriver(rng: np.random.Generator) -> Blueprint:
    """Build a long screwdriver with a bellied grip, black inlays and a crossed tip."""
    b = Builder()
    grip, z = rng.uniform(0.09, 0.11), 0.0175
    for start, size, low, high in (
        (-grip, 0.3, 0.012, 0.0175),
        (-0.7 * grip, 0.3, 0.0175, 0.0165),
        (-0.4 * grip, 0.22, 0.0165, 0.0105),
        (-0.18 * grip, 0.18, 0.0105, 0.014),
    ):
        lying(b, low, size * grip, (start, 0, z), name="grip", taper=high / low)
    for k in range(4):
        a = QUARTER * k + 0.7
        b.add(
            Box(0.4 * grip, 0.007, 0.004),
            (-0.58 * grip, 0.0158 * math.cos(a), z + 0.0158 * math.sin(a)),
            "rubber black",
            turn=(a - QUARTER, 0, 0),
            name="grip",
        )
    _shaft(b, rng.uniform(0.13, 0.18), 0.003, z, cross=True)
    return b.done()


def stubby_screwdriver(rng: np.random.Generator) -> Blueprint:
    """Build a short screwdriver with a thick round grip and a crossbar."""
    b = Builder()
    grip, z = rng.uniform(0.07, 0.085), 0.02
    lying(b, 0.02, grip, (-grip, 0, z), name="grip", taper=0.75)
    b.add(Tube(((-0.85 * grip, -0.045, z), (-0.85 * grip, 0.045, z)), 0.0075), name="grip")
    lying(b, 0.012, 0.015, (-0.004, 0, z), "metal black", name="cap")
    _shaft(b, rng.uniform(0.07, 0.1), 0.004, z, cross=False)
    return b.done()


def pistol_drill(rng: np.random.Generator) -> Blueprint:
    """Build an upright cordless drill on its battery: a barrel, a chuck with a bit, a grip with a trigger."""
    b = Builder()
    high = rng.uniform(0.19, 0.22)
    b.add(RoundedBox(0.12, 0.08, 0.05, 0.012), (-0.01, 0, 0.025), "plastic black", name="base")
    b.add(Prism(rounded(0.05, 0.042, 0.016), high - 0.06, 0.9), (-0.02, 0, 0.04), turn=(0, 0.08, 0), name="grip")
    lying(b, 0.033, 0.14, (-0.08, 0, high), taper=0.94)
    lying(b, 0.026, 0.02, (-0.095, 0, high), "rubber black", name="cap")
    lying(b, 0.024, 0.045, (0.058, 0, high), "plastic black", name="head", taper=0.8)
    _bit(b, 0.1, high)
    b.add(Box(0.014, 0.018, 0.035), (0.012, 0, high - 0.05), "plastic black", name="button")
    b.add(Box(0.07, 0.068, 0.012), (-0.01, 0, high + 0.004), "plastic black", name="label")
    return b.done()


def _bit(b: Builder, x: float | int, z: float | int) -> None:
    """Add a steel bit with a twist from x on."""
    lying(b, 0.004, 0.075, (x - 0.004, 0, z), STEEL, name="blade")
    for k in range(5):
        b.add(
            Box(0.004, 0.011, 0.003), (x + 0.014 + 0.012 * k, 0, z), "metal black", turn=(0.7 * k, 0, 0.6), name="blade"
        )


def corded_drill(rng: np.random.Generator) -> Blueprint:
    """Build a lying corded drill with a side handle."""
    b = Builder()
    z = 0.032
    long = rng.uniform(0.16, 0.19)
    lying(b, 0.031, long, (-0.5 * long, 0, z))
    lying(b, 0.021, 0.05, (0.5 * long - 0.004, 0, z), "metal black", name="head", taper=0.8)
    _bit(b, 0.5 * long + 0.045, z)
    b.add(
        Prism(((-0.02, 0.0), (0.025, 0.0), (0.005, 0.14), (-0.045, 0.14)), 0.036),
        (-0.25 * long, 0.01, z - 0.018),
        name="grip",
    )
    b.add(Box(0.02, 0.03, 0.02), (-0.25 * long + 0.02, 0.055, z), "plastic black", name="button")
    cord = curve(
        (-0.25 * long - 0.022, 0.145, z),
        (-0.3 * long, 0.19, 0.01),
        (-0.3 * long + 0.1, 0.21, 0.005),
        (-0.3 * long + 0.14, 0.15, 0.005),
        count=7,
    )
    b.add(Tube(cord, 0.0045), slot="rubber black", name="cord")
    b.add(Tube(((0.36 * long, -0.02, z), (0.36 * long, -0.12, z)), 0.014), slot="rubber black", name="handle")
    return b.done()


def hand_drill(rng: np.random.Generator) -> Blueprint:
    """Build an old hand drill: a shaft with a cogwheel and a crank."""
    b = Builder()
    z, wheel = 0.028, rng.uniform(0.04, 0.05)
    lying(b, 0.018, 0.09, (-0.19, 0, z), "wood brown", name="grip", taper=0.85)
    lying(b, 0.008, 0.22, (-0.11, 0, z), STEEL, name="body")
    lying(b, 0.017, 0.045, (0.08, 0, z), STEEL, name="head", taper=0.75)
    _bit(b, 0.12, z)
    b.add(cylinder(wheel, 0.01), (-0.01, 0, z + 0.012), name="wheel")
    for k in range(12):
        a = math.pi * k / 6
        b.add(
            Box(0.01, 0.008, 0.01),
            (-0.01 + wheel * math.cos(a), wheel * math.sin(a), z + 0.017),
            turn=(0, 0, a),
            name="wheel",
        )
    b.add(cylinder(0.01, 0.03), (-0.01, 0, z), STEEL, name="knob")
    b.add(Box(0.016, 0.085, 0.006), (-0.01, 0.04, z + 0.026), STEEL, name="arm")
    b.add(cylinder(0.01, 0.045), (-0.01, 0.075, z + 0.024), "wood brown", name="knob")
    return b.done()


def _teeth(
    b: Builder, x: float | int, y: float | int, long: float | int, z: float | int, angle: float | int, count: int
) -> None:
    """Add teeth along a line from (x, y) at `angle` on the level blade at height z, pointing to its right."""
    c, s = math.cos(angle), math.sin(angle)
    pitch = long / count
    for k in range(count):
        at = (x + c * (k + 0.5) * pitch, y + s * (k + 0.5) * pitch, z)
        b.add(
            Prism(((-0.5 * pitch, 0.001), (0.0, -0.008), (0.5 * pitch, 0.001)), 0.0018),
            at,
            STEEL,
            turn=(0, 0, angle),
            name="blade",
        )


def hand_saw(rng: np.random.Generator) -> Blueprint:
    """Build a hand saw: a long tapering toothed blade and a closed grip."""
    b = Builder()
    long, wide = rng.uniform(0.36, 0.46), rng.uniform(0.095, 0.115)
    z = 0.011
    b.add(
        Prism(((0.0, -0.5 * wide), (long, -0.5 * wide), (long, -0.08 * wide), (0.0, 0.5 * wide)), 0.0018),
        (0, 0, z),
        STEEL,
        name="blade",
    )
    _teeth(b, 0.0, -0.5 * wide, long, z, 0.0, 28)
    for y, turn in ((-0.4 * wide, -0.25), (0.42 * wide, 0.25)):
        b.add(RoundedBox(0.11, 0.03, 0.022, 0.009), (-0.04, y, 0.011), turn=(0, 0, turn), name="handle")
    b.add(RoundedBox(0.032, 1.05 * wide, 0.022, 0.009), (-0.085, 0, 0.011), turn=(0, 0, 0.12), name="handle")
    b.add(RoundedBox(0.03, 0.9 * wide, 0.022, 0.009), (0.004, 0, 0.011), name="handle")
    for y in (-0.2, 0.2):
        b.add(cylinder(0.007, 0.0235), (0.006, y * wide, 0), "metal yellow", name="button")
    return b.done()


def bow_saw(rng: np.random.Generator) -> Blueprint:
    """Build a bow saw: a bent tube with a narrow toothed blade across its ends."""
    b = Builder()
    long, deep = rng.uniform(0.36, 0.46), rng.uniform(0.13, 0.16)
    path = (
        (0.0, 0.0, 0.012),
        (0.01, 0.7 * deep, 0.012),
        (0.12 * long, deep, 0.012),
        (0.75 * long, 0.8 * deep, 0.012),
        (long, 0.0, 0.012),
    )
    b.add(Tube(path, 0.0115), name="frame")
    b.add(Box(long, 0.02, 0.0018), (long / 2, -0.004, 0.0129), STEEL, name="blade")
    _teeth(b, 0.0, -0.013, long, 0.012, 0.0, 24)
    b.add(Tube(((0.002, 0.02, 0.012), (0.008, 0.62 * deep, 0.012)), 0.0155), slot="rubber black", name="grip")
    return b.done()


def back_saw(rng: np.random.Generator) -> Blueprint:
    """Build a small saw: a rectangular blade with a stiff back and a straight round grip."""
    b = Builder()
    long, wide, z = rng.uniform(0.24, 0.3), rng.uniform(0.055, 0.07), 0.014
    b.add(Box(long, wide, 0.0016), (long / 2, -0.3 * wide, z), STEEL, name="blade")
    b.add(Box(long + 0.01, 0.012, 0.01), (long / 2, 0.2 * wide, z), "metal yellow", name="back")
    _teeth(b, 0.0, -0.8 * wide, long, z - 0.0009, 0.0, 22)
    b.add(Tube(((-0.115, 0.01, 0.0145), (0.004, 0.0, 0.0145)), 0.0145), name="grip")
    lying(b, 0.0165, 0.012, (-0.012, 0.0, 0.0165), "metal yellow", name="rim")
    return b.done()


PLACES = ("workbench", "workbench", "workbench", "bin", "drawer", "shelf", "table", "floor")

CATEGORIES = (
    Category(
        name="hammer",
        variants={"claw": claw_hammer, "mallet": sledge_hammer, "bench": ball_hammer},
        looks={
            "wood": ("brown", "brown", "yellow", "red", "beige"),
            "plastic": ("yellow", "orange", "blue", "black", "turquoise"),
        },
        places=PLACES,
        size=(0.25, 0.42),
        rooms=("workshop",),
        synonyms=("mallet",),
        patterned=False,
    ),
    Category(
        name="screwdriver",
        variants={"flat": flat_screwdriver, "crossed": cross_screwdriver, "stubby": stubby_screwdriver},
        looks={"plastic": (*DYES,), "wood": ("brown", "beige")},
        places=PLACES,
        size=(0.13, 0.32),
        rooms=("workshop",),
        synonyms=("turnscrew",),
        patterned=False,
    ),
    Category(
        name="drill",
        variants={"cordless": pistol_drill, "corded": corded_drill, "hand": hand_drill},
        looks={
            "plastic": ("yellow", "green", "blue", "red", "orange", "turquoise"),
            "metal": ("red", "green", "black"),
        },
        places=PLACES,
        size=(0.2, 0.42),
        rooms=("workshop",),
        synonyms=("power drill",),
        patterned=False,
    ),
    Category(
        name="saw",
        variants={"hand": hand_saw, "bow": bow_saw, "back": back_saw},
        looks={
            "wood": ("brown", "brown", "red", "yellow", "beige"),
            "plastic": ("orange", "red", "blue", "green", "turquoise"),
        },
        places=PLACES,
        size=(0.35, 0.62),
        rooms=("workshop",),
        synonyms=("hand saw",),
        patterned=False,
    ),
)
