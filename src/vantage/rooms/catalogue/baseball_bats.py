"""Baseball bats: of wood, of metal, and one with a ball."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, lying
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Revolve, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse


def _bat(b: Builder, long: float | int, thick: float | int, grip: str, knob: float | int) -> None:
    """Add a lying bat: knob at -x, grip, taper and barrel towards +x."""
    profile = (
        (0, 0),
        (knob, 0.004),
        (knob, 0.014),
        (0.3 * thick, 0.026),
        (0.32 * thick, 0.34 * long),
        (0.55 * thick, 0.5 * long),
        (0.9 * thick, 0.66 * long),
        (thick, 0.8 * long),
        (0.96 * thick, 0.96 * long),
        (0.7 * thick, 0.993 * long),
        (0, long),
    )
    b.add(Revolve(profile), (-long / 2, 0, thick), turn=(0, QUARTER, 0))
    lying(b, 0.36 * thick, 0.3 * long, (-long / 2 + 0.025, 0, thick), grip, name="grip")


def wooden_bat(rng: np.random.Generator) -> Blueprint:
    """Build a lying baseball bat with a burnt-in emblem and a taped grip."""
    b = Builder()
    long, thick = rng.uniform(0.76, 0.86), rng.uniform(0.031, 0.034)
    _bat(b, long, thick, "fabric black", 0.026)
    b.add(Prism(ellipse(0.045, 0.014), 0.006), (0.24 * long, 0, 1.995 * thick - 0.005), "wood black", name="label")
    return b.done()


def metal_bat(rng: np.random.Generator) -> Blueprint:
    """Build a slimmer bat with a cap on its end and rings around its barrel."""
    b = Builder()
    long, thick = rng.uniform(0.7, 0.8), rng.uniform(0.028, 0.031)
    _bat(b, long, thick, "rubber gray", 0.024)
    lying(b, 0.9 * thick, 0.02, (long / 2 - 0.02, 0, thick), "rubber black", name="cap")
    for k in range(3):
        lying(b, 1.025 * thick, 0.012, ((0.26 + 0.04 * k) * long, 0, thick), "plastic white", name="tape")
    return b.done()


def bat_and_ball(rng: np.random.Generator) -> Blueprint:
    """Build a short thick bat with a ball beside it."""
    b = Builder()
    long, thick = rng.uniform(0.7, 0.76), rng.uniform(0.036, 0.04)
    _bat(b, long, thick, "fabric white", 0.028)
    radius = 0.037
    b.add(
        Revolve(
            tuple(
                (radius * math.cos(a) if abs(a) < 1.5 else 0.0, radius * math.sin(a))
                for a in np.linspace(-QUARTER, QUARTER, 11).tolist()
            )
        ),
        (0.3 * long, thick + radius - 0.002, radius),
        "rubber white",
        name="knob",
    )
    for side in (-1, 1):
        b.add(
            cylinder(0.8 * radius, 0.002),
            (0.3 * long + side * 0.62 * radius, thick + radius - 0.002, radius),
            "fabric red",
            turn=(0, QUARTER, 0),
            name="tape",
        )
    return b.done()


CATEGORIES = (
    Category(
        name="baseball bat",
        variants={"wooden": wooden_bat, "metal": metal_bat, "with a ball": bat_and_ball},
        looks={"wood": ("brown", "brown", "yellow", "black", "beige"), "metal": ("red", "blue", "gray", "turquoise")},
        places=("floor", "floor", "bed", "workbench"),
        size=(0.68, 0.9),
        rooms=("bedroom", "workshop", "living room"),
        synonyms=("maple bat", "bat"),
        patterned=False,
    ),
)
