"""Cans: of drink, of food, and an opened one."""

import numpy as np

from vantage.rooms.catalogue.pieces import ring, vessel
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, Revolve, cylinder


def soda_can(rng: np.random.Generator) -> Blueprint:
    """Build a drink can with a tab."""
    b = Builder()
    r, h = rng.uniform(0.029, 0.033), rng.uniform(0.115, 0.165)
    b.add(Revolve(((0, 0), (0.78 * r, 0), (r, 0.009), (r, h - 0.014), (0.84 * r, h - 0.002), (0, h - 0.002))))
    ring(b, 0.82 * r, 0.004, h - 0.002, "metal gray")
    b.add(cylinder(0.8 * r, 0.002), (0, 0, h - 0.0035), "metal gray", name="lid")
    b.add(Box(0.012, 0.02, 0.002), (0, -0.004, h - 0.001), "metal gray", name="key")
    b.add(
        Revolve(((0.9 * r, 0), (1.01 * r, 0), (1.01 * r, 0.22 * h), (0.9 * r, 0.22 * h))),
        (0, 0, 0.4 * h),
        "paper white",
        name="label",
    )
    return b.done()


def food_tin(rng: np.random.Generator) -> Blueprint:
    """Build a food tin: steel rims above and below a paper label."""
    b = Builder()
    r, h = rng.uniform(0.036, 0.05), rng.uniform(0.085, 0.115)
    b.add(cylinder(0.97 * r, h - 0.003), slot="metal gray")
    for z in (0.003, h - 0.0025):
        ring(b, 0.98 * r, 0.005, z, "metal gray")
    for k in range(3):
        ring(b, 0.3 * r + 0.2 * r * k, 0.0025, h - 0.003, "metal gray", name="lid")
    b.add(cylinder(0.995 * r, 0.8 * h), (0, 0, 0.1 * h), name="label")
    b.add(
        Revolve(((0.95 * r, 0), (1.015 * r, 0), (1.015 * r, 0.25 * h), (0.95 * r, 0.25 * h))),
        (0, 0, 0.35 * h),
        "paper white",
        name="label",
    )
    b.add(
        Ellipsoid(0.35 * r, 0.004, 0.35 * r),
        (0, -1.01 * r, 0.48 * h),
        f"paper {rng.choice(['red', 'green', 'orange'])}",
        name="label",
    )
    return b.done()


def opened_tin(rng: np.random.Generator) -> Blueprint:
    """Build an empty tin whose jagged lid stands open."""
    b = Builder()
    r, h = rng.uniform(0.04, 0.052), rng.uniform(0.08, 0.11)
    vessel(b, [(r, 0.0), (r, h)], 0.0016, 0.005, slot="metal gray")
    ring(b, r, 0.0045, h - 0.001, "metal gray")
    b.add(
        Revolve(((0.985 * r, 0), (1.015 * r, 0), (1.015 * r, 0.78 * h), (0.985 * r, 0.78 * h))),
        (0, 0, 0.1 * h),
        name="label",
    )
    b.add(cylinder(0.93 * r, 0.0015), (0, r + 0.16 * r, h + 0.88 * r), "metal gray", turn=(1.3, 0, 0), name="lid")
    b.add(Box(0.6 * r, 0.004, 0.3 * h), (0, -1.015 * r, 0.5 * h), "paper white", name="label")
    return b.done()


CATEGORIES = (
    Category(
        name="can",
        variants={"drink": soda_can, "food": food_tin, "opened": opened_tin},
        looks={
            "metal": ("red", "blue", "green", "yellow", "orange", "purple", "turquoise"),
            "paper": ("red", "green", "yellow", "blue", "beige"),
        },
        places=("table", "desk", "counter", "counter", "cabinet", "cabinet", "fridge", "shelf", "bin"),
        size=(0.08, 0.2),
        synonyms=("tin", "tin can", "soda can"),
        patterned=False,
    ),
)
