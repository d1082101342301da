"""Drills: with a battery, with a cord, and turned by hand."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import STEEL, curve, lying
from vantage.rooms.catalogue.places import TOOL_PLACES
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, rounded


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


CATEGORIES = (
    Category(
        name="drill",
        variants={"cordless": pistol_drill, "corded": corded_drill, "hand": hand_drill},
        looks={
            "plastic": ("yellow", "green", "blue", "red", "orange", "turquoise"),
            "metal": ("red", "green", "black"),
        },
        places=TOOL_PLACES,
        size=(0.2, 0.42),
        rooms=("workshop",),
        synonyms=("power drill",),
        patterned=False,
    ),
)
