"""Jars: for preserves, for stores, for cookies, and with a clip."""

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, knob, ring, vessel
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve, Tube, cylinder


def preserve_jar(rng: np.random.Generator) -> Blueprint:
    """Build a jam jar with a wide metal lid and a label."""
    b = Builder()
    radius, height = rng.uniform(0.035, 0.045), rng.uniform(0.09, 0.12)
    b.add(
        Revolve(
            (
                (0, 0),
                (0.92 * radius, 0),
                (radius, 0.006),
                (radius, 0.72 * height),
                (0.82 * radius, 0.82 * height),
                (0.82 * radius, 0.86 * height),
                (0, 0.86 * height),
            )
        )
    )
    b.add(cylinder(0.92 * radius, 0.16 * height), (0, 0, 0.84 * height), "metal yellow", name="lid")
    b.add(cylinder(1.025 * radius, 0.32 * height), (0, 0, 0.22 * height), "paper white", name="label")
    b.add(Box(0.7 * radius, 0.004, 0.08 * height), (0, -1.025 * radius, 0.38 * height), "paper red", name="label")
    return b.done()


def storage_jar(rng: np.random.Generator) -> Blueprint:
    """Build a tall storage jar with a wooden stopper lid."""
    b = Builder()
    radius, height = rng.uniform(0.05, 0.06), rng.uniform(0.15, 0.2)
    vessel(b, [(radius, 0.0), (radius, height)], 0.004, 0.006, closed=True)
    b.add(cylinder(1.04 * radius, 0.022), (0, 0, height), "wood brown", name="lid")
    knob(b, 0.017, height + 0.022, "wood brown")
    b.add(Box(1.1 * radius, 0.006, 0.3 * height), (0, -0.975 * radius, 0.5 * height), "paper white", name="label")
    return b.done()


def cookie_jar(rng: np.random.Generator) -> Blueprint:
    """Build a bellied biscuit jar with a domed lid."""
    b = Builder()
    radius, height = rng.uniform(0.075, 0.09), rng.uniform(0.14, 0.17)
    outer = [
        (0.7 * radius, 0.0),
        (0.95 * radius, 0.2 * height),
        (radius, 0.45 * height),
        (0.93 * radius, 0.75 * height),
        (0.72 * radius, height),
    ]
    vessel(b, outer, 0.006, 0.008, closed=True)
    r = 0.78 * radius
    b.add(Revolve(((0, 0), (r, 0), (r, 0.008), (0.75 * r, 0.026), (0, 0.034))), (0, 0, height), name="lid")
    knob(b, 0.016, height + 0.033)
    return b.done()


def clip_jar(rng: np.random.Generator) -> Blueprint:
    """Build an open jar with a wire clip and its lid swung back."""
    b = Builder()
    radius, height = rng.uniform(0.045, 0.055), rng.uniform(0.12, 0.15)
    vessel(
        b,
        [
            (0.96 * radius, 0.0),
            (radius, 0.008),
            (radius, 0.8 * height),
            (0.8 * radius, 0.92 * height),
            (0.8 * radius, height),
        ],
        0.004,
        0.007,
    )
    ring(b, 0.8 * radius, 0.007, 0.94 * height, "metal gray")
    b.add(
        cylinder(0.86 * radius, 0.012),
        (0, 0.8 * radius + 0.01, height + 0.82 * radius),
        turn=(QUARTER - 0.15, 0, 0),
        name="lid",
    )
    for side in (-1, 1):
        wire = (
            (side * 0.5 * radius, 0.72 * radius, 0.93 * height),
            (side * 0.5 * radius, 0.8 * radius + 0.008, height + 0.5 * radius),
        )
        b.add(Tube(wire, 0.002), slot="metal gray", name="frame")
    b.add(
        Tube(
            (
                (-0.3 * radius, -0.8 * radius - 0.003, 0.95 * height),
                (-0.3 * radius, -radius - 0.006, 0.75 * height),
                (0.3 * radius, -radius - 0.006, 0.75 * height),
                (0.3 * radius, -0.8 * radius - 0.003, 0.95 * height),
            ),
            0.002,
        ),
        slot="metal gray",
        name="frame",
    )
    return b.done()


CATEGORIES = (
    Category(
        name="jar",
        variants={"preserve": preserve_jar, "storage": storage_jar, "cookie": cookie_jar, "clip": clip_jar},
        looks={
            "glass": ("white", "green", "red", "brown", "turquoise", "purple"),
            "ceramic": (*VIVID, "white", "beige", "turquoise"),
        },
        places=("counter", "counter", "table", "cabinet", "cabinet", "fridge", "shelf", "sideboard", "workbench"),
        size=(0.08, 0.27),
        synonyms=("canister", "preserving jar"),
        patterned=False,
    ),
)
