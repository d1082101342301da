"""Shoes: a sneaker, a boot, and one with a high heel."""

import math

import numpy as np

from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, TorusArc
from vantage.rooms.shapes.prisms import Prism, ellipse


def _sole(b: Builder, long: float | int, wide: float | int, thick: float | int, slot: str) -> None:
    """Add a sole with its toe towards -y: a broad front and a narrower heel."""
    toe = [
        (0.5 * wide * math.cos(a), -0.22 * long + 0.28 * long * math.sin(a))
        for a in np.linspace(math.pi, 2 * math.pi, 9).tolist()
    ]
    heel = [
        (0.4 * wide * math.cos(a), 0.36 * long + 0.14 * long * math.sin(a)) for a in np.linspace(0, math.pi, 7).tolist()
    ]
    b.add(Prism((*toe, *heel), thick), slot=slot, name="foot")


def sneaker(rng: np.random.Generator) -> Blueprint:
    """Build a sports shoe with a white sole, a toe cap, laces and an opening."""
    b = Builder()
    long, wide = rng.uniform(0.25, 0.3), rng.uniform(0.095, 0.105)
    _sole(b, long, wide, 0.028, "rubber white")
    b.add(Ellipsoid(0.46 * wide, 0.32 * long, 0.062), (0, -0.16 * long, 0.026))
    b.add(Prism(ellipse(0.42 * wide, 0.24 * long), 0.085, 0.8), (0, 0.24 * long, 0.022))
    b.add(Prism(ellipse(0.28 * wide, 0.16 * long), 0.004), (0, 0.25 * long, 0.1045), "fabric black", name="top")
    b.add(Ellipsoid(0.42 * wide, 0.13 * long, 0.04), (0, -0.365 * long, 0.02), "rubber white", name="cap")
    for k in range(4):
        b.add(
            Box(0.42 * wide, 0.008, 0.006),
            (0, -0.19 * long + 0.055 * long * k, 0.086 + 0.0036 * k),
            "fabric white",
            name="cord",
        )
    for side in (-1, 1):
        b.add(
            Box(0.004, 0.2 * long, 0.014),
            (side * 0.4 * wide, 0.16 * long, 0.055),
            "fabric white",
            turn=(0.5, side * -0.1, 0),
            name="label",
        )
    return b.done()


def boot(rng: np.random.Generator) -> Blueprint:
    """Build a boot with a high shaft, a thick heel and a pull loop."""
    b = Builder()
    long, wide, high = rng.uniform(0.26, 0.3), rng.uniform(0.095, 0.11), rng.uniform(0.24, 0.32)
    _sole(b, long, wide, 0.02, "rubber black")
    b.add(Box(0.75 * wide, 0.28 * long, 0.03), (0, 0.33 * long, 0.015), "rubber black", name="foot")
    b.add(Ellipsoid(0.46 * wide, 0.34 * long, 0.07), (0, -0.14 * long, 0.022))
    b.add(Prism(ellipse(0.42 * wide, 0.22 * long), high, 1.15), (0, 0.25 * long, 0.018))
    b.add(Prism(ellipse(0.42 * wide, 0.22 * long), 0.003), (0, 0.25 * long, high + 0.0165), "fabric black", name="top")
    b.add(Prism(ellipse(0.5 * wide, 0.265 * long), 0.02), (0, 0.25 * long, high - 0.01), "rubber black", name="rim")
    b.add(TorusArc(0.016, 0.005, 0, math.pi), (0, 0.5 * long, high + 0.004), "rubber black", name="strap")
    return b.done()


def high_heel(rng: np.random.Generator) -> Blueprint:
    """Build a pointed shoe on a thin high heel."""
    b = Builder()
    long, wide, lift = rng.uniform(0.2, 0.23), rng.uniform(0.07, 0.08), rng.uniform(0.06, 0.08)
    slope = math.atan2(lift, 0.5 * long)
    b.add(
        Prism(
            (
                (-0.5 * wide, 0.0),
                (-0.4 * wide, -0.22 * long),
                (0.0, -0.4 * long),
                (0.4 * wide, -0.22 * long),
                (0.5 * wide, 0.0),
            ),
            0.01,
        ),
        (0, -0.1 * long, 0),
        name="foot",
    )
    b.add(Ellipsoid(0.45 * wide, 0.24 * long, 0.026), (0, -0.24 * long, 0.008))
    middle = (0, -0.1 * long + 0.25 * long, 0.004 + lift / 2)
    b.add(Box(0.62 * wide, 0.5 * long / math.cos(slope), 0.008), middle, turn=(slope, 0, 0), name="foot")
    b.add(Prism(ellipse(0.36 * wide, 0.12 * long), 0.045, 0.92), (0, 0.4 * long, lift - 0.004))
    b.add(Prism(ellipse(0.28 * wide, 0.09 * long), 0.003), (0, 0.4 * long, lift + 0.0395), "fabric black", name="top")
    b.add(Prism(ellipse(0.011, 0.011, count=10), lift + 0.004, 2.0), (0, 0.42 * long, 0), "plastic black", name="stand")
    return b.done()


CATEGORIES = (
    Category(
        name="shoe",
        variants={"sneaker": sneaker, "boot": boot, "heel": high_heel},
        looks={"fabric": (*VIVID, "black", "gray", "turquoise"), "leather": ("brown", "black", "red", "white")},
        places=("floor", "floor", "floor", "floor", "shelf", "bin"),
        size=(0.19, 0.4),
        rooms=("bedroom", "living room"),
        synonyms=("footwear",),
        patterned=False,
    ),
)
