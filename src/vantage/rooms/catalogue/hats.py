"""Hats: with a wide brim, with a peak, tall, and knitted."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, ball_profile, disc
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Revolve, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse


def sun_hat(rng: np.random.Generator) -> Blueprint:
    """Build a hat with a wide brim and a band."""
    b = Builder()
    radius, high = rng.uniform(0.085, 0.1), rng.uniform(0.1, 0.13)
    b.add(
        Revolve(
            (
                (0, 0),
                (1.8 * radius, 0),
                (1.86 * radius, 0.014),
                (radius, 0.018),
                (0.92 * radius, 0.8 * high),
                (0.75 * radius, high),
                (0, high - 0.008),
            )
        )
    )
    b.add(cylinder(1.02 * radius, 0.028), (0, 0, 0.016), "fabric black", name="tape")
    return b.done()


def cap(rng: np.random.Generator) -> Blueprint:
    """Build a cap with a peak in front and a button on top."""
    b = Builder()
    radius = rng.uniform(0.085, 0.1)
    dome = [(radius * math.cos(a), 0.9 * radius * math.sin(a)) for a in np.linspace(0, QUARTER, 8).tolist()]
    b.add(Revolve(((0.0, 0.0), *dome[:-1], (0.0, dome[-1][1]))), (0, 0, 0.008))
    peak = ellipse(0.85 * radius, 1.9 * radius, math.pi, 2 * math.pi, count=13)
    b.add(Prism(peak, 0.007), (0, 0, 0.004), turn=(-0.06, 0, 0), name="rim")
    b.add(cylinder(0.01, 0.01), (0, 0, 0.008 + 0.88 * radius), "fabric white", name="button")
    disc(b, 0.03, 0.03, (0, -0.8 * radius, 0.05), "fabric white", name="label", taper=0.9)
    return b.done()


def top_hat(rng: np.random.Generator) -> Blueprint:
    """Build a tall cylindrical hat with a narrow brim."""
    b = Builder()
    radius, high = rng.uniform(0.085, 0.095), rng.uniform(0.13, 0.17)
    b.add(
        Revolve(
            (
                (0, 0),
                (1.5 * radius, 0.006),
                (1.52 * radius, 0.016),
                (radius, 0.012),
                (0.95 * radius, 0.5 * high),
                (1.04 * radius, high),
                (0, high),
            )
        )
    )
    b.add(cylinder(1.01 * radius, 0.035), (0, 0, 0.01), "fabric red", name="tape")
    return b.done()


def knit_hat(rng: np.random.Generator) -> Blueprint:
    """Build a knitted hat with a turned-up hem and a bobble."""
    b = Builder()
    radius = rng.uniform(0.085, 0.1)
    dome = [(radius * math.cos(a), 0.03 + 1.15 * radius * math.sin(a)) for a in np.linspace(0, QUARTER, 7).tolist()]
    b.add(Revolve(((0.0, 0.0), (radius, 0.0), *dome[:-1], (0.0, dome[-1][1]))))
    b.add(
        Revolve(
            (
                (0.8 * radius, 0.0),
                (1.08 * radius, 0.0),
                (1.12 * radius, 0.025),
                (1.06 * radius, 0.05),
                (0.8 * radius, 0.05),
            )
        ),
        slot="fabric white",
        name="rim",
    )
    b.add(ball_profile(0.36 * radius, points=9), (0, 0, dome[-1][1] + 0.2 * radius), "plush white", name="knob")
    return b.done()


CATEGORIES = (
    Category(
        name="hat",
        variants={"brim": sun_hat, "cap": cap, "tall": top_hat, "knitted": knit_hat},
        looks={
            "fabric": ("brown", "black", "red", "blue", "white", "yellow", "green", "pink", "turquoise", "beige"),
            "wicker": ("brown", "yellow"),
        },
        places=("seat", "seat", "bed", "table", "sideboard", "shelf", "drum"),
        size=(0.18, 0.42),
        rooms=("bedroom", "living room"),
        synonyms=("cap", "headgear"),
        patterned=False,
    ),
)
