"""Mugs, cups, bowls and plates."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import GLAZES, SHEER, c_handle, ring, vessel
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Revolve, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, rounded


def straight_mug(rng: np.random.Generator) -> Blueprint:
    """Build a cylindrical mug with a round handle."""
    b = Builder()
    radius, height = rng.uniform(0.039, 0.046), rng.uniform(0.095, 0.12)
    vessel(b, [(0.9 * radius, 0.0), (radius, 0.008), (radius, height)], 0.004, 0.007)
    c_handle(b, 0.96 * radius, 0.5 * height, 0.29 * height, 0.0065)
    return b.done()


def tapered_mug(rng: np.random.Generator) -> Blueprint:
    """Build a mug that widens upwards, with a square handle."""
    b = Builder()
    radius, height = rng.uniform(0.046, 0.052), rng.uniform(0.1, 0.125)
    foot = 0.68 * radius
    vessel(b, [(foot, 0.0), (radius, height)], 0.004, 0.007)
    low = foot + 0.25 * (radius - foot) - 0.002
    high = foot + 0.85 * (radius - foot) - 0.002
    out = radius + rng.uniform(0.024, 0.03)
    path = (
        (high, 0.0, 0.85 * height),
        (out, 0.0, 0.83 * height),
        (out - 0.004, 0.0, 0.3 * height),
        (low, 0.0, 0.25 * height),
    )
    b.add(Tube(path, 0.006), name="handle")
    return b.done()


def barrel_mug(rng: np.random.Generator) -> Blueprint:
    """Build a bellied mug on a foot."""
    b = Builder()
    radius, height = rng.uniform(0.045, 0.051), rng.uniform(0.09, 0.105)
    outer = [(0.62 * radius, 0.0), (0.66 * radius, 0.006)]
    outer += [
        (radius * (0.8 + 0.2 * math.sin(math.pi * t)), 0.006 + t * (height - 0.006))
        for t in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
    ]
    vessel(b, outer, 0.0045, 0.008)
    c_handle(b, 0.93 * radius, 0.53 * height, 0.27 * height, 0.007)
    return b.done()


def camping_mug(rng: np.random.Generator) -> Blueprint:
    """Build a wide enamel mug with a dark rim."""
    b = Builder()
    radius, height = rng.uniform(0.044, 0.05), rng.uniform(0.082, 0.092)
    vessel(b, [(0.96 * radius, 0.0), (radius, 0.006), (radius, height)], 0.003, 0.006)
    ring(b, radius, 0.005, height, "metal black")
    c_handle(b, 0.97 * radius, 0.52 * height, 0.33 * height, 0.0045)
    return b.done()


def tumbler(rng: np.random.Generator) -> Blueprint:
    """Build a drinking glass with a thick bottom."""
    b = Builder()
    radius, height = rng.uniform(0.035, 0.042), rng.uniform(0.1, 0.15)
    vessel(b, [(rng.uniform(0.74, 0.86) * radius, 0.0), (radius, height)], 0.0028, 0.014)
    return b.done()


def goblet(rng: np.random.Generator) -> Blueprint:
    """Build a glass with a bowl, a stem and a foot."""
    b = Builder()
    radius, height = rng.uniform(0.036, 0.044), rng.uniform(0.17, 0.21)
    stem = 0.45 * height
    b.add(
        Revolve(
            (
                (0, 0),
                (0.85 * radius, 0),
                (0.85 * radius, 0.003),
                (0.005, 0.012),
                (0.0045, stem + 0.003),
                (0, stem + 0.003),
            )
        ),
        name="stem",
    )
    bowl = height - stem
    outer = [
        (0.3 * radius, 0.0),
        (0.72 * radius, 0.12 * bowl),
        (0.97 * radius, 0.38 * bowl),
        (radius, 0.55 * bowl),
        (0.86 * radius, bowl),
    ]
    vessel(b, outer, 0.0025, 0.006, at=(0, 0, stem))
    return b.done()


def paper_cup(rng: np.random.Generator) -> Blueprint:
    """Build a cup to go with a sleeve and a lid."""
    b = Builder()
    radius, height = rng.uniform(0.04, 0.045), rng.uniform(0.11, 0.14)
    vessel(b, [(0.7 * radius, 0.0), (radius, height)], 0.002, 0.006, closed=True)
    at = (0.7 + 0.3 * 0.35) * radius
    b.add(
        Revolve(
            (
                (at - 0.001, 0),
                (at + 0.002, 0),
                (at + 0.002 + 0.1 * radius, 0.36 * height),
                (at - 0.001 + 0.1 * radius, 0.36 * height),
            )
        ),
        (0, 0, 0.35 * height),
        "cardboard brown",
        name="label",
    )
    lid = (
        (0.0, 0.0),
        (1.06 * radius, 0.0),
        (1.06 * radius, 0.006),
        (0.94 * radius, 0.008),
        (0.9 * radius, 0.018),
        (0.82 * radius, 0.014),
        (0.0, 0.013),
    )
    b.add(Revolve(lid), (0, 0, height - 0.001), "plastic white", name="lid")
    return b.done()


def round_bowl(rng: np.random.Generator) -> Blueprint:
    """Build a round bowl on a small foot."""
    b = Builder()
    radius, depth = rng.uniform(0.08, 0.13), rng.uniform(0.5, 0.65)
    angles = np.linspace(0.3, 1.0, 6) * np.pi / 2
    vessel(
        b, [(float(radius * np.sin(a)), float(0.012 + depth * radius * (1 - np.cos(a)))) for a in angles], 0.006, 0.01
    )
    b.add(cylinder(0.42 * radius, 0.012 + depth * radius * (1 - math.cos(0.3 * math.pi / 2)) + 0.004), name="foot")
    return b.done()


def wide_bowl(rng: np.random.Generator) -> Blueprint:
    """Build a wide salad bowl with straight sides and a thick rim."""
    b = Builder()
    radius = rng.uniform(0.12, 0.16)
    height = rng.uniform(0.5, 0.62) * radius
    vessel(b, [(0.5 * radius, 0.0), (0.62 * radius, 0.02), (radius, height)], 0.008, 0.01)
    ring(b, radius - 0.004, 0.014, height)
    return b.done()


def footed_bowl(rng: np.random.Generator) -> Blueprint:
    """Build a fruit bowl on a high foot."""
    b = Builder()
    radius, stem = rng.uniform(0.1, 0.14), rng.uniform(0.05, 0.08)
    b.add(
        Revolve(
            (
                (0, 0),
                (0.55 * radius, 0),
                (0.5 * radius, 0.01),
                (0.2 * radius, 0.5 * stem),
                (0.26 * radius, stem + 0.004),
                (0, stem + 0.004),
            )
        ),
        name="foot",
    )
    deep = rng.uniform(0.4, 0.5) * radius
    vessel(
        b,
        [(0.3 * radius, 0.0), (0.7 * radius, 0.22 * deep), (0.93 * radius, 0.6 * deep), (radius, deep)],
        0.006,
        0.009,
        at=(0, 0, stem),
    )
    return b.done()


def mixing_bowl(rng: np.random.Generator) -> Blueprint:
    """Build a deep bowl whose rim is folded outwards."""
    b = Builder()
    radius = rng.uniform(0.07, 0.12)
    height = rng.uniform(0.85, 1.0) * radius
    outer = [(0.5 * radius, 0.0), (0.78 * radius, 0.2 * height), (0.94 * radius, 0.55 * height), (radius, height)]
    vessel(b, outer, 0.005, 0.008)
    b.add(
        Revolve(((radius - 0.004, 0), (1.12 * radius, -0.003), (1.12 * radius, 0.002), (radius - 0.004, 0.005))),
        (0, 0, height - 0.005),
        name="rim",
    )
    return b.done()


def flat_plate(rng: np.random.Generator) -> Blueprint:
    """Build a dinner plate with a raised rim."""
    b = Builder()
    radius = rng.uniform(0.095, 0.145)
    b.add(
        Revolve(
            ((0, 0), (0.6 * radius, 0), (radius, 0.02), (radius - 0.003, 0.025), (0.62 * radius, 0.009), (0, 0.009))
        )
    )
    _plate_top(b, 0.42 * radius, 0.009)
    return b.done()


def deep_plate(rng: np.random.Generator) -> Blueprint:
    """Build a soup plate: a hollow in a broad level rim."""
    b = Builder()
    radius = rng.uniform(0.1, 0.125)
    rise = rng.uniform(0.032, 0.042)
    b.add(
        Revolve(
            (
                (0, 0),
                (0.5 * radius, 0),
                (0.7 * radius, rise - 0.005),
                (radius, rise),
                (radius, rise + 0.005),
                (0.68 * radius, rise + 0.001),
                (0.46 * radius, 0.009),
                (0, 0.009),
            )
        )
    )
    _plate_top(b, 0.3 * radius, 0.009)
    return b.done()


def square_plate(rng: np.random.Generator) -> Blueprint:
    """Build a square plate with turned-up edges."""
    b = Builder()
    side = rng.uniform(0.17, 0.25)
    outline = rounded(0.72 * side, 0.72 * side, 0.08 * side)
    b.add(Prism(outline, 0.01, 1.04))
    lift, tilt = 0.012, 0.22
    for k in range(4):
        a = k * math.pi / 2
        d = 0.43 * side
        edge: tuple[tuple[float | int, float | int], ...] = (
            (-0.36 * side, -0.075 * side),
            (0.36 * side, -0.075 * side),
            (0.5 * side, 0.075 * side),
            (-0.5 * side, 0.075 * side),
        )
        at = (-d * math.sin(a), d * math.cos(a), lift)
        b.add(Prism(edge, 0.005), at, turn=(tilt, 0, a), name="rim")
    _plate_top(b, 0.21 * side, 0.01)
    return b.done()


def _plate_top(b: Builder, half: float | int, z: float | int) -> None:
    b.support(0, 0, (half, half), z, 0.3, "plate")
    b.support(0, 0, (1.6 * half, 1.6 * half), z, 0.3, "stack plate")


CATEGORIES = (
    Category(
        name="mug",
        variants={"straight": straight_mug, "tapered": tapered_mug, "barrel": barrel_mug, "camping": camping_mug},
        looks={"ceramic": GLAZES, "metal": ("gray", "blue", "red", "green", "white"), "stone": ("gray", "beige")},
        places=("table", "table", "desk", "counter", "sideboard", "shelf", "cabinet", "workbench", "sink"),
        size=(0.09, 0.16),
        synonyms=("coffee mug", "coffee cup"),
    ),
    Category(
        name="cup",
        variants={"tumbler": tumbler, "goblet": goblet, "to go": paper_cup},
        looks={"glass": SHEER, "plastic": (*VIVID, "white", "turquoise"), "paper": ("white", "brown", "red", "beige")},
        places=("table", "table", "desk", "counter", "sideboard", "cabinet", "sink", "shelf"),
        size=(0.1, 0.22),
        synonyms=("tumbler", "drinking glass"),
    ),
    Category(
        name="bowl",
        variants={"round": round_bowl, "wide": wide_bowl, "footed": footed_bowl, "mixing": mixing_bowl},
        looks={"ceramic": GLAZES, "wood": ("brown", "beige"), "plastic": VIVID, "stone": ("gray", "black")},
        places=("table", "table", "counter", "sideboard", "shelf", "cabinet", "fridge", "stack plate"),
        size=(0.14, 0.36),
        rooms=("kitchen", "living room"),
        synonyms=("basin", "dish"),
    ),
    Category(
        name="plate",
        variants={"round": flat_plate, "deep": deep_plate, "square": square_plate},
        looks={"ceramic": GLAZES, "plastic": (*VIVID, "white")},
        places=("table", "table", "counter", "cabinet", "shelf", "sink", "stack plate", "stack plate", "stack plate"),
        size=(0.17, 0.3),
        rooms=("kitchen", "living room"),
        synonyms=("dinner plate", "saucer"),
        patterned=False,
    ),
)
