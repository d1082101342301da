"""Cups: a drinking glass, a goblet, and a cup to go."""

import numpy as np

from vantage.rooms.catalogue.pieces import SHEER, vessel
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Revolve


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


CATEGORIES = (
    Category(
        name="cup",
        variants={"tumbler": tumbler, "goblet": goblet, "to go": paper_cup},
        looks={"glass": SHEER, "plastic": (*VIVID, "white", "turquoise"), "paper": ("white", "brown", "red", "beige")},
        places=("table", "table", "desk", "counter", "sideboard", "cabinet", "sink", "shelf"),
        size=(0.1, 0.22),
        synonyms=("tumbler", "drinking glass"),
    ),
)
