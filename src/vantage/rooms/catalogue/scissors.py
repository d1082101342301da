"""Scissors: closed, open, and shears."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism


def _half_scissors(
    b: Builder, blade: float | int, open_by: float | int, side: float | int, ring_size: float | int, z: float | int
) -> None:
    """Add one half of a pair of scissors pivoted at the origin: a blade to +x, a shank and a finger ring to -x."""
    c, s = math.cos(side * open_by), math.sin(side * open_by)
    edge: tuple[tuple[float | int, float | int], ...] = (
        (-0.012, -0.007),
        (0.25 * blade, -0.008),
        (blade, 0.0005),
        (0.25 * blade, 0.006),
        (-0.012, 0.006),
    )
    if side < 0:
        edge = tuple((x, -y) for x, y in reversed(edge))
    b.add(Prism(edge, 0.0028), (0, 0, z), "metal gray", turn=(0, 0, side * open_by), name="blade")
    u, v = -0.042 - ring_size, -side * 0.35 * ring_size
    b.add(
        Tube(
            ((-0.006 * c, -0.006 * s, z + 0.004), (c * -0.042 - s * 0.5 * v, s * -0.042 + c * 0.5 * v, z + 0.004)),
            0.0058,
        ),
        name="handle",
    )
    b.add(TorusArc(ring_size, 0.0052), (c * u - s * v, s * u + c * v, z + 0.004), turn=(QUARTER, 0, 0), name="handle")


def closed_scissors(rng: np.random.Generator) -> Blueprint:
    """Build lying scissors, almost closed."""
    return _scissors(rng.uniform(0.09, 0.12), 0.24, rng.uniform(0.017, 0.02))


def open_scissors(rng: np.random.Generator) -> Blueprint:
    """Build lying scissors, wide open."""
    return _scissors(rng.uniform(0.09, 0.12), rng.uniform(0.42, 0.6), rng.uniform(0.017, 0.021))


def _scissors(blade: float | int, spread: float | int, ring_size: float | int) -> Blueprint:
    b = Builder()
    for side in (-1.0, 1.0):
        _half_scissors(b, blade, spread, side, ring_size, 0.0015 if side < 0 else 0.0042)
    b.add(cylinder(0.005, 0.008), (0, 0, 0.0012), "metal black", name="knob")
    return b.done()


def shears(rng: np.random.Generator) -> Blueprint:
    """Build tailor's shears: long broad blades, short shanks, one large and one small ring."""
    b = Builder()
    blade = rng.uniform(0.15, 0.18)
    for side, size in ((-1.0, 0.027), (1.0, 0.018)):
        z = 0.002 if side < 0 else 0.0055
        _half_scissors(b, blade, 0.22, side, size, z)
        wide = ((-0.02, -0.012), (0.4 * blade, -0.012), (0.9 * blade, -0.001), (0.4 * blade, 0.01), (-0.02, 0.01))
        b.add(Prism(wide, 0.003), (0, 0, z), "metal gray", turn=(0, 0, side * 0.22), name="blade")
    b.add(cylinder(0.008, 0.011), (0, 0, 0.0016), "metal black", name="knob")
    return b.done()


CATEGORIES = (
    Category(
        name="scissors",
        variants={"closed": closed_scissors, "open": open_scissors, "shears": shears},
        looks={"plastic": (*VIVID, "black", "turquoise")},
        places=("desk", "desk", "workbench", "drawer", "drawer", "table", "counter", "vessel"),
        size=(0.14, 0.29),
        rooms=("office", "workshop", "kitchen"),
        synonyms=("shears",),
        patterned=False,
        phrase="{look} scissors",
    ),
)
