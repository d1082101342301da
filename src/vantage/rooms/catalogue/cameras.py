"""Cameras: with a large lens, compact, and on a tripod."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DARK, QUARTER, curve, disc
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism


def _lens(
    b: Builder, radius: float | int, length: float | int, y: float | int, z: float | int, *, x: float | int = 0.0
) -> None:
    """Add a lens barrel with rings and a dark glass, towards the front from y on."""
    disc(b, radius, 0.45 * length, (x, y, z), DARK, name="neck")
    disc(b, 0.9 * radius, length, (x, y, z), "metal black", name="neck")
    disc(b, 0.96 * radius, 0.14 * length, (x, y - 0.86 * length, z), "metal gray", name="rim")
    disc(b, 0.76 * radius, 0.002, (x, y - length, z), "glass blue", name="pane")
    disc(b, 0.4 * radius, 0.003, (x, y - length, z), "glass black", name="pane")


def reflex_camera(rng: np.random.Generator) -> Blueprint:
    """Build a reflex camera: a grip, a hump with a finder, a long lens."""
    b = Builder()
    x, z = rng.uniform(0.125, 0.145), rng.uniform(0.075, 0.085)
    b.add(RoundedBox(x, 0.045, z, 0.01), (0, 0, z / 2))
    b.add(RoundedBox(0.034, 0.066, 0.96 * z, 0.012), (-x / 2 + 0.017, -0.014, 0.49 * z), "rubber black", name="grip")
    b.add(
        Prism(((-0.026, 0.0), (0.026, 0.0), (0.016, 0.024), (-0.016, 0.024)), 0.045),
        (0.006, 0.022, z - 0.002),
        turn=(QUARTER, 0, 0),
        name="top",
    )
    b.add(Box(0.03, 0.008, 0.016), (0.006, 0.024, z + 0.006), "glass black", name="pane")
    _lens(b, 0.034, rng.uniform(0.05, 0.08), -0.018, 0.46 * z, x=0.008)
    b.add(cylinder(0.007, 0.006), (-x / 2 + 0.018, -0.03, 0.96 * z), "metal red", name="button")
    b.add(cylinder(0.013, 0.009), (0.36 * x, 0, z - 0.002), "metal gray", name="knob")
    b.add(Box(0.07, 0.003, 0.045), (0, 0.0225, 0.45 * z), "glass black", name="screen")
    return b.done()


def compact_camera(rng: np.random.Generator) -> Blueprint:
    """Build a flat pocket camera with a flash and a short lens."""
    b = Builder()
    x, z = rng.uniform(0.095, 0.11), rng.uniform(0.058, 0.065)
    b.add(RoundedBox(x, 0.028, z, 0.009), (0, 0, z / 2))
    b.add(Box(x + 0.001, 0.0285, 0.008), (0, 0, 0.78 * z), "metal gray", name="panel")
    _lens(b, 0.024, 0.022, -0.013, 0.44 * z, x=0.12 * x)
    b.add(Box(0.02, 0.004, 0.011), (-0.28 * x, -0.0135, 0.78 * z), "glass white", name="shade")
    b.add(Box(0.011, 0.004, 0.009), (0.12 * x, -0.0135, 0.84 * z + 0.002), "glass black", name="pane")
    b.add(cylinder(0.006, 0.005), (-0.3 * x, 0, z - 0.001), "metal red", name="button")
    b.add(cylinder(0.009, 0.005), (0.3 * x, 0, z - 0.001), "metal gray", name="knob")
    strap = curve(
        (x / 2 - 0.004, 0, 0.7 * z),
        (x / 2 + 0.04, 0, 0.9 * z),
        (x / 2 + 0.05, 0, 0.0),
        (x / 2 + 0.02, -0.03, 0.003),
        count=6,
    )
    b.add(Tube(strap, 0.0025), slot="fabric black", name="strap")
    return b.done()


def tripod_camera(rng: np.random.Generator) -> Blueprint:
    """Build a camera on a small tripod."""
    b = Builder()
    x, z, lift = rng.uniform(0.11, 0.125), rng.uniform(0.07, 0.08), rng.uniform(0.13, 0.17)
    for k in range(3):
        a = 2 * math.pi * k / 3 + QUARTER
        foot = (0.085 * math.cos(a), 0.085 * math.sin(a), 0.007)
        b.add(
            Tube((foot, (0.012 * math.cos(a), 0.012 * math.sin(a), lift - 0.035)), 0.006),
            slot="metal black",
            name="leg",
        )
    b.add(cylinder(0.02, 0.05), (0, 0, lift - 0.045), "metal gray", name="stand")
    b.add(RoundedBox(x, 0.045, z, 0.008), (0, 0, lift + z / 2))
    b.add(Box(0.045, 0.04, 0.022), (0, 0, lift + z + 0.008), name="top")
    _lens(b, 0.031, 0.045, -0.02, lift + 0.46 * z)
    b.add(cylinder(0.006, 0.006), (-0.36 * x, 0, lift + z - 0.001), "metal red", name="button")
    return b.done()


CATEGORIES = (
    Category(
        name="camera",
        variants={"reflex": reflex_camera, "compact": compact_camera, "on a tripod": tripod_camera},
        looks={"plastic": ("black", "black", "gray", "red", "turquoise"), "leather": ("brown", "black")},
        places=("desk", "shelf", "table", "sideboard", "drawer", "bed"),
        size=(0.095, 0.27),
        rooms=("office", "bedroom", "living room"),
        synonyms=("photo camera",),
        patterned=False,
    ),
)
