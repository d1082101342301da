"""Bottles: of water, for sports, of steel, and one of soap with a pump."""

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, QUARTER, ring
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Frustum, Revolve, RoundedBox, TorusArc, Tube, cylinder

PAPERS = ("red", "blue", "green", "yellow", "orange", "white")


def band(b: Builder, radius: float | int, z: float | int, height: float | int, slot: str) -> None:
    """Add a label about a bottle of this radius."""
    b.add(cylinder(1.025 * radius, height), (0, 0, z), slot, name="label")


def water_bottle(rng: np.random.Generator) -> Blueprint:
    """Build a plastic bottle with grooves, a dome and a screw cap."""
    b = Builder()
    radius, height = rng.uniform(0.032, 0.04), rng.uniform(0.2, 0.27)
    profile = [(0.0, 0.0), (0.85 * radius, 0.0), (radius, 0.008)]
    for k in range(3):
        z = (0.12 + 0.07 * k) * height
        profile += [(radius, z), (0.93 * radius, z + 0.02 * height), (radius, z + 0.04 * height)]
    profile += [
        (radius, 0.66 * height),
        (0.75 * radius, 0.8 * height),
        (0.36 * radius, 0.9 * height),
        (0.36 * radius, 0.96 * height),
        (0.0, 0.96 * height),
    ]
    b.add(Revolve(tuple(profile)))
    band(b, radius, 0.38 * height, 0.24 * height, f"paper {rng.choice(PAPERS)}")
    b.add(cylinder(0.46 * radius, 0.06 * height), (0, 0, 0.94 * height), "plastic white", name="cap")
    return b.done()


def sports_bottle(rng: np.random.Generator) -> Blueprint:
    """Build a drinking bottle with a waist, a broad cap, a nipple and a carrying loop."""
    b = Builder()
    radius, height = rng.uniform(0.035, 0.041), rng.uniform(0.2, 0.25)
    profile = (
        (0, 0),
        (0.93 * radius, 0),
        (radius, 0.01),
        (radius, 0.42 * height),
        (0.84 * radius, 0.52 * height),
        (0.84 * radius, 0.62 * height),
        (radius, 0.7 * height),
        (radius, 0.8 * height),
        (0, 0.8 * height),
    )
    b.add(Revolve(profile))
    b.add(Frustum(0.98 * radius, 0.7 * radius, 0.1 * height), (0, 0, 0.8 * height), "plastic black", name="cap")
    b.add(cylinder(0.3 * radius, 0.08 * height), (0, 0, 0.89 * height), "plastic gray", name="cap")
    b.add(cylinder(0.38 * radius, 0.025 * height), (0, 0, 0.96 * height), "plastic white", name="cap")
    b.add(TorusArc(0.022, 0.0045, -QUARTER, QUARTER), (0.75 * radius, 0, 0.8 * height), "plastic black", name="strap")
    return b.done()


def flip_bottle(rng: np.random.Generator) -> Blueprint:
    """Build a flask of steel with a cup for a cap and a handle."""
    b = Builder()
    radius, height = rng.uniform(0.038, 0.044), rng.uniform(0.26, 0.31)
    b.add(Revolve(((0, 0), (radius, 0), (radius, 0.68 * height), (0.8 * radius, 0.76 * height), (0, 0.76 * height))))
    ring(b, radius, 0.006, 0.03, "metal gray", name="base")
    ring(b, radius, 0.006, 0.66 * height, "metal gray")
    b.add(Frustum(0.84 * radius, 0.72 * radius, 0.24 * height), (0, 0, 0.76 * height), "metal gray", name="cap")
    path = (
        (0.97 * radius, 0.0, 0.6 * height),
        (1.7 * radius, 0.0, 0.58 * height),
        (1.7 * radius, 0.0, 0.22 * height),
        (0.97 * radius, 0.0, 0.2 * height),
    )
    b.add(Tube(path, 0.006), slot="plastic black", name="handle")
    return b.done()


def pump_bottle(rng: np.random.Generator) -> Blueprint:
    """Build a soap bottle with a pump and an oval body."""
    b = Builder()
    wide, height = rng.uniform(0.075, 0.09), rng.uniform(0.13, 0.16)
    b.add(RoundedBox(wide, 0.055, height, 0.024), (0, 0, height / 2))
    b.add(RoundedBox(0.62 * wide, 0.01, 0.5 * height, 0.004), (0, -0.0255, 0.48 * height), "paper white", name="label")
    b.add(cylinder(0.014, 0.022), (0, 0, height - 0.004), "plastic white", name="cap")
    b.add(cylinder(0.005, 0.04), (0, 0, height + 0.01), "plastic white", name="neck")
    b.add(
        Tube(((0.006, 0.0, height + 0.048), (-0.03, 0.0, height + 0.048), (-0.036, 0.0, height + 0.04)), 0.006),
        slot="plastic white",
        name="spout",
    )
    return b.done()


CATEGORIES = (
    Category(
        name="bottle",
        variants={"water": water_bottle, "sports": sports_bottle, "flask": flip_bottle, "pump": pump_bottle},
        looks={"plastic": (*DYES, "beige"), "metal": ("gray", "blue", "red", "green", "turquoise")},
        places=("table", "desk", "desk", "counter", "sideboard", "shelf", "cabinet", "fridge", "workbench", "floor"),
        size=(0.16, 0.32),
        synonyms=("flask", "water bottle"),
        patterned=False,
    ),
)
