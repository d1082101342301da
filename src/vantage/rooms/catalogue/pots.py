"""Pots: with a lid, open, heavy, and with a long handle."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DARK, QUARTER, curve, knob, ring, vessel
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Revolve, RoundedBox, TorusArc, Tube


def _ears(b: Builder, radius: float | int, z: float | int, reach: float | int, slot: str = "main") -> None:
    """Add two level half-ring handles at x = -radius and radius."""
    for side in (-1, 1):
        b.add(
            TorusArc(reach, 0.006, -QUARTER, QUARTER),
            (side * (radius - 0.002), 0, z),
            slot,
            turn=(QUARTER, 0, 0 if side > 0 else math.pi),
            name="handle",
        )


def _domed_lid(b: Builder, radius: float | int, z: float | int, rise: float | int, slot: str = "main") -> None:
    """Add a lid whose rim lies on a vessel of this radius at height z, with its knob."""
    profile = (
        (0, 0),
        (radius + 0.004, 0),
        (radius + 0.004, 0.005),
        (0.7 * radius, 0.7 * rise),
        (0.3 * radius, rise),
        (0, rise),
    )
    b.add(Revolve(profile), (0, 0, z), slot, name="lid")
    knob(b, 0.02, z + rise, DARK)


def lidded_pot(rng: np.random.Generator) -> Blueprint:
    """Build a cooking pot with two handles and a lid."""
    b = Builder()
    radius, height = rng.uniform(0.1, 0.135), rng.uniform(0.11, 0.15)
    vessel(b, [(0.95 * radius, 0.0), (radius, 0.015), (radius, height)], 0.004, 0.006, closed=True)
    _ears(b, radius, 0.78 * height, 0.034, DARK)
    _domed_lid(b, radius, height, 0.03)
    return b.done()


def open_pot(rng: np.random.Generator) -> Blueprint:
    """Build a tall stock pot without a lid."""
    b = Builder()
    radius, height = rng.uniform(0.11, 0.14), rng.uniform(0.18, 0.22)
    vessel(b, [(0.97 * radius, 0.0), (radius, 0.01), (radius, height)], 0.004, 0.006)
    ring(b, radius, 0.007, height)
    _ears(b, radius, 0.72 * height, 0.036)
    return b.done()


def dutch_oven(rng: np.random.Generator) -> Blueprint:
    """Build a low heavy casserole with thick ears and a flat lid."""
    b = Builder()
    radius, height = rng.uniform(0.12, 0.15), rng.uniform(0.085, 0.11)
    vessel(b, [(0.82 * radius, 0.0), (0.96 * radius, 0.018), (radius, height)], 0.007, 0.008, closed=True)
    for side in (-1, 1):
        b.add(RoundedBox(0.04, 0.09, 0.016, 0.007), (side * (radius + 0.012), 0, 0.86 * height), name="handle")
    b.add(
        Revolve(((0, 0), (1.03 * radius, 0), (1.03 * radius, 0.01), (0.85 * radius, 0.022), (0, 0.03))),
        (0, 0, height),
        name="lid",
    )
    knob(b, 0.022, height + 0.029, "metal gray")
    return b.done()


def saucepan(rng: np.random.Generator) -> Blueprint:
    """Build a saucepan: a small pot with one long handle and a lid."""
    b = Builder()
    radius, height = rng.uniform(0.08, 0.095), rng.uniform(0.09, 0.11)
    vessel(b, [(0.96 * radius, 0.0), (radius, 0.01), (radius, height)], 0.004, 0.006, closed=True)
    long_handle(b, radius, 0.8 * height, rng.uniform(0.15, 0.18))
    _domed_lid(b, radius, height, 0.024)
    return b.done()


def long_handle(b: Builder, radius: float | int, z: float | int, length: float | int) -> None:
    """Add a steel bracket and a dark grip that rises a little, from x = radius on."""
    b.add(Tube(((radius - 0.001, 0.0, z), (radius + 0.05, 0.0, z + 0.006)), 0.0055), slot="metal gray", name="handle")
    path = curve(
        (radius + 0.045, 0, z + 0.006), (radius + 0.5 * length, 0, z + 0.012), (radius + length, 0, z + 0.035), count=5
    )
    b.add(Tube(path, 0.0105), slot=DARK, name="handle")


CATEGORIES = (
    Category(
        name="pot",
        variants={"lidded": lidded_pot, "stock": open_pot, "casserole": dutch_oven, "saucepan": saucepan},
        looks={
            "metal": ("gray", "red", "blue", "black", "orange", "green", "turquoise"),
            "ceramic": ("red", "blue", "white", "green", "beige"),
        },
        places=("counter", "counter", "table", "cabinet", "oven", "fridge", "sink", "shelf"),
        size=(0.2, 0.4),
        rooms=("kitchen",),
        synonyms=("cooking pot", "saucepan"),
        patterned=False,
    ),
)
