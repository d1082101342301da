"""Knives, forks and spoons: thin things that lie flat, their grips towards -x."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import STEEL, curve
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Outline, Prism, ellipse, rounded


def _flat_grip(b: Builder, length: float | int, width: float | int, thick: float | int, slot: str = "main") -> None:
    """Add a grip from x = -length to 0 that widens backwards."""
    outline: Outline = (
        (0.0, -0.32 * width),
        (0.0, 0.32 * width),
        (-0.85 * length, 0.5 * width),
        (-length, 0.3 * width),
        (-length, -0.3 * width),
        (-0.85 * length, -0.5 * width),
    )
    b.add(Prism(outline, thick), slot=slot, name="grip")


def _riveted_grip(b: Builder, length: float | int, width: float | int, thick: float | int, slot: str = "main") -> None:
    """Add a thick grip with two rivets from x = -length to 0."""
    b.add(RoundedBox(length, width, thick, 0.45 * thick), (-length / 2, 0, thick / 2), slot, name="grip")
    for x in (-0.3, -0.7):
        b.add(cylinder(0.16 * width, 1.1 * thick), (x * length, 0, -0.05 * thick), STEEL, name="grip")


def table_knife(rng: np.random.Generator) -> Blueprint:
    """Build a table knife with a round-tipped blade."""
    b = Builder()
    blade, grip, width = rng.uniform(0.105, 0.125), rng.uniform(0.085, 0.1), rng.uniform(0.017, 0.02)
    _flat_grip(b, grip, 0.95 * width, 0.008)
    tip = [(blade - 0.02 + x, y) for x, y in ellipse(0.02, 0.55 * width, -math.pi / 2, math.pi / 2, count=7)]
    outline: Outline = (
        (-0.004, -0.3 * width),
        (0.25 * blade, -0.55 * width),
        *tip[:-1],
        (blade - 0.03, 0.45 * width),
        (-0.004, 0.3 * width),
    )
    b.add(Prism(outline, 0.0025), (0, 0, 0.002), STEEL, name="blade")
    return b.done()


def chef_knife(rng: np.random.Generator) -> Blueprint:
    """Build a chef's knife: a broad pointed blade on a thick riveted grip."""
    b = Builder()
    blade, width = rng.uniform(0.17, 0.22), rng.uniform(0.042, 0.052)
    _riveted_grip(b, 0.12, 0.026, 0.018)
    belly = [
        (t * blade, -0.013 - (width - 0.026) * math.cos(t * math.pi / 2) ** 0.7) for t in (0.03, 0.3, 0.55, 0.75, 0.9)
    ]
    outline: Outline = ((-0.01, -0.011), *belly, (blade, 0.004), (0.75 * blade, 0.012), (-0.01, 0.013))
    b.add(Prism(outline, 0.003), (0, 0, 0.0075), STEEL, name="blade")
    return b.done()


def cleaver(rng: np.random.Generator) -> Blueprint:
    """Build a butcher's cleaver: a rectangular blade with a hole's disc in its corner."""
    b = Builder()
    blade, width = rng.uniform(0.15, 0.18), rng.uniform(0.075, 0.09)
    _riveted_grip(b, 0.12, 0.028, 0.022)
    outline: Outline = (
        (-0.015, -0.012),
        (0.012, -width + 0.014),
        (blade, -width + 0.014),
        (blade, 0.01),
        (blade - 0.008, 0.014),
        (-0.015, 0.014),
    )
    b.add(Prism(outline, 0.004), (0, 0, 0.009), STEEL, name="blade")
    b.add(cylinder(0.007, 0.005), (blade - 0.02, -0.006, 0.0086), "plastic black", name="blade")
    return b.done()


def _tines(b: Builder, count: int, x: float | int, width: float | int, length: float | int, slot: str) -> None:
    """Add bent tines from x on, and the bridge that carries them."""
    b.add(
        Prism(tuple((x + u, v) for u, v in ellipse(0.55 * length, 0.5 * width)), 0.003),
        (0, 0, 0.004),
        slot,
        name="head",
    )
    for k in range(count):
        y = width * (k / (count - 1) - 0.5) * 0.86
        path = curve((x + 0.2 * length, y, 0.006), (x + 0.7 * length, y, 0.001), (x + 1.4 * length, y, 0.008), count=4)
        b.add(Tube(path, 0.0017), slot=slot, name="head")


def table_fork(rng: np.random.Generator) -> Blueprint:
    """Build a fork with four tines."""
    b = Builder()
    grip, width = rng.uniform(0.095, 0.11), rng.uniform(0.022, 0.026)
    _flat_grip(b, grip, 0.7 * width, 0.005)
    b.add(Prism(rounded(0.05, 0.007, 0.003), 0.004), (0.02, 0, 0.002), name="neck")
    _tines(b, 4, 0.052, width, 0.034, "main")
    return b.done()


def carving_fork(rng: np.random.Generator) -> Blueprint:
    """Build a carving fork: a thick grip and two long tines."""
    b = Builder()
    _riveted_grip(b, 0.12, 0.022, 0.018)
    long, gap = rng.uniform(0.13, 0.17), rng.uniform(0.011, 0.014)
    b.add(Tube(((-0.01, 0.0, 0.009), (0.05, 0.0, 0.009)), 0.004), slot=STEEL, name="neck")
    for side in (-1, 1):
        path = curve(
            (0.045, 0.0, 0.009),
            (0.06, side * 1.5 * gap, 0.009),
            (0.1, side * gap, 0.012),
            (long, side * 0.9 * gap, 0.009),
        )
        b.add(Tube(path, 0.0028), slot=STEEL, name="head")
    return b.done()


def dessert_fork(rng: np.random.Generator) -> Blueprint:
    """Build a small fork with three tines on a round coloured grip."""
    b = Builder()
    grip = rng.uniform(0.075, 0.09)
    b.add(Tube(((-grip, 0.0, 0.0065), (0.0, 0.0, 0.006)), 0.0065), name="grip")
    b.add(Tube(((-0.004, 0.0, 0.0055), (0.035, 0.0, 0.0055)), 0.0028), slot=STEEL, name="neck")
    _tines(b, 3, 0.045, 0.018, 0.026, STEEL)
    return b.done()


def table_spoon(rng: np.random.Generator) -> Blueprint:
    """Build a table spoon of one piece."""
    b = Builder()
    grip, width = rng.uniform(0.1, 0.12), rng.uniform(0.036, 0.042)
    _flat_grip(b, grip, 0.42 * width, 0.005)
    b.add(Tube(curve((-0.01, 0, 0.003), (0.02, 0, 0.002), (0.04, 0, 0.011), count=4), 0.0028), name="neck")
    _hollow_bowl(b, 0.034, 0.058, width, "main")
    return b.done()


def _hollow_bowl(b: Builder, x: float | int, length: float | int, width: float | int, slot: str) -> None:
    """Add a spoon's bowl that is really hollow: a bottom and a ring of tilted plates."""
    rx, ry = length / 2, width / 2
    b.add(Prism(ellipse(0.55 * rx, 0.55 * ry), 0.0022), (x + rx, 0, 0), slot, name="head")
    count = 14
    for k in range(count):
        a = 2 * math.pi * (k + 0.5) / count
        half = math.pi / count
        inner = [(0.5 * rx * math.cos(a + d), 0.5 * ry * math.sin(a + d)) for d in (half, -half)]
        outer = [(rx * math.cos(a + d), ry * math.sin(a + d)) for d in (-half, half)]
        # The normal of the outline's edge, about which the plate is tilted upwards.
        mx, my = (inner[0][0] + inner[1][0]) / 2, (inner[0][1] + inner[1][1]) / 2
        direction = math.atan2(outer[0][0] - outer[1][0], outer[1][1] - outer[0][1])
        c, s = math.cos(-direction), math.sin(-direction)
        local = tuple((c * (u - mx) - s * (v - my), s * (u - mx) + c * (v - my)) for u, v in (*inner[::1], *outer))
        b.add(Prism(local, 0.002), (x + rx + mx, my, 0.0004), slot, turn=(0, -0.62, direction), name="head")


def soup_spoon(rng: np.random.Generator) -> Blueprint:
    """Build a spoon with a round bowl on a thick coloured grip."""
    b = Builder()
    grip, width = rng.uniform(0.075, 0.09), rng.uniform(0.042, 0.048)
    b.add(Tube(((-grip, 0.0, 0.0065), (0.0, 0.0, 0.006)), 0.0065), name="grip")
    b.add(Tube(curve((-0.005, 0, 0.006), (0.02, 0, 0.005), (0.042, 0, 0.012), count=4), 0.003), slot=STEEL, name="neck")
    _hollow_bowl(b, 0.037, 1.05 * width, width, STEEL)
    return b.done()


def cooking_spoon(rng: np.random.Generator) -> Blueprint:
    """Build a long cooking spoon with a broad bowl."""
    b = Builder()
    long = rng.uniform(0.21, 0.26)
    b.add(Tube(((-long, 0.0, 0.009), (0.0, 0.0, 0.006)), 0.006), name="grip")
    b.add(Tube(curve((-0.01, 0, 0.006), (0.012, 0, 0.006), (0.025, 0, 0.011), count=4), 0.0055), name="neck")
    _hollow_bowl(b, 0.012, 0.085, rng.uniform(0.055, 0.065), "main")
    return b.done()


PLACES = ("table", "table", "counter", "counter", "drawer", "drawer", "drawer", "sink", "plate", "vessel")

CATEGORIES = (
    Category(
        name="knife",
        variants={"table": table_knife, "chef's": chef_knife, "cleaver": cleaver},
        looks={"wood": ("brown", "black", "beige"), "plastic": ("black", "red", "blue", "green", "white", "yellow")},
        places=PLACES,
        size=(0.18, 0.36),
        rooms=("kitchen",),
        synonyms=("kitchen knife", "cutter"),
        patterned=False,
    ),
    Category(
        name="fork",
        variants={"table": table_fork, "carving": carving_fork, "dessert": dessert_fork},
        looks={"metal": ("gray", "gray", "yellow", "black"), "plastic": ("red", "blue", "green", "white", "turquoise")},
        places=PLACES,
        size=(0.14, 0.31),
        rooms=("kitchen",),
        synonyms=("dinner fork",),
        patterned=False,
    ),
    Category(
        name="spoon",
        variants={"table": table_spoon, "soup": soup_spoon, "cooking": cooking_spoon},
        looks={
            "metal": ("gray", "gray", "yellow"),
            "wood": ("brown", "beige"),
            "plastic": ("red", "blue", "green", "white"),
        },
        places=PLACES,
        size=(0.15, 0.37),
        rooms=("kitchen",),
        synonyms=("tablespoon",),
        patterned=False,
    ),
)
