"""Watering cans: for the garden, with a long neck, and a tank."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import c_handle, curve, vessel
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Frustum, TorusArc, Tube
from vantage.rooms.shapes.prisms import Prism, ellipse


def garden_can(rng: np.random.Generator) -> Blueprint:
    """Build a watering can with a rose, a top handle and a brace."""
    b = Builder()
    radius, height = rng.uniform(0.085, 0.105), rng.uniform(0.18, 0.22)
    b.add(Frustum(radius, 0.94 * radius, height))
    b.add(
        Prism(((-0.94 * radius, -0.02), (0.0, -0.9 * radius), (0.0, 0.9 * radius), (-0.94 * radius, 0.02)), 0.012),
        (0, 0, height - 0.004),
        name="top",
    )
    tip = (2.5 * radius, 0.0, 1.08 * height)
    b.add(Tube(((0.85 * radius, 0.0, 0.2 * height), tip), 0.014), name="spout")
    b.add(Frustum(0.018, 0.04, 0.04), tip, turn=(0, 0.7, 0), name="spout")
    b.add(Tube(((0.9 * radius, 0.0, 0.85 * height), (1.9 * radius, 0.0, 0.78 * height)), 0.005), name="frame")
    arch = curve(
        (0.6 * radius, 0, height),
        (0.2 * radius, 0, 1.75 * height),
        (-1.6 * radius, 0, 1.5 * height),
        (-0.97 * radius, 0, 0.35 * height),
        count=9,
    )
    b.add(Tube(arch, 0.01), name="handle")
    return b.done()


def long_can(rng: np.random.Generator) -> Blueprint:
    """Build a small indoor watering can with a long thin neck."""
    b = Builder()
    radius, height = rng.uniform(0.06, 0.075), rng.uniform(0.1, 0.13)
    vessel(b, [(radius, 0.0), (radius, 0.6 * height), (0.7 * radius, height)], 0.004, 0.006)
    neck = curve(
        (0.92 * radius, 0, 0.15 * height),
        (2.2 * radius, 0, 0.2 * height),
        (2.2 * radius, 0, 1.5 * height),
        (3.6 * radius, 0, 1.75 * height),
        count=8,
    )
    b.add(Tube(neck, 0.007), name="spout")
    c_handle(b, 0.8 * radius, 0.5 * height, 0.5 * height, 0.007, side=-1)
    return b.done()


def drum_can(rng: np.random.Generator) -> Blueprint:
    """Build a plastic watering can: a lying oval tank, one bow for a handle, a spout with a flat rose."""
    b = Builder()
    x, z = rng.uniform(0.2, 0.25), rng.uniform(0.15, 0.18)
    b.add(Prism(ellipse(x / 2, 0.32 * x), 0.8 * z, 0.92))
    b.add(Prism(ellipse(0.46 * x, 0.29 * x), 0.2 * z, 0.55), (0, 0, 0.8 * z), name="top")
    b.add(Frustum(0.028, 0.014, 0.8 * x), (0.32 * x, 0, 0.25 * z), turn=(0, 0.85, 0), name="spout")
    end = (0.32 * x + 0.78 * x * math.sin(0.85), 0.0, 0.25 * z + 0.78 * x * math.cos(0.85))
    b.add(Frustum(0.016, 0.036, 0.03), end, turn=(0, 0.6, 0), name="spout")
    b.add(TorusArc(0.36 * x, 0.012, 0.25, math.pi + 0.4), (-0.16 * x, 0, 0.72 * z), name="handle")
    return b.done()


CATEGORIES = (
    Category(
        name="watering can",
        variants={"garden": garden_can, "long neck": long_can, "tank": drum_can},
        looks={
            "metal": ("gray", "green", "red", "blue", "turquoise"),
            "plastic": ("green", "yellow", "blue", "orange", "pink", "beige"),
        },
        places=("floor", "floor", "workbench", "shelf", "sideboard"),
        size=(0.22, 0.6),
        rooms=("living room", "workshop", "kitchen"),
        synonyms=("sprinkling can",),
        patterned=False,
    ),
)
