"""Paintings: a landscape, an abstract picture, and a picture in three panels."""

import numpy as np

from vantage.rooms.catalogue.framing import frame, landscape
from vantage.rooms.catalogue.pieces import disc
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box


def _shapes(b: Builder, width: float | int, height: float | int, z: float | int, rng: np.random.Generator) -> None:
    """Add an abstract picture of bars and discs."""
    colours = rng.permutation(np.array([*VIVID, "white", "black"]))
    b.add(Box(width, 0.006, height), (0, 0, z + height / 2), f"paper {colours[0]}", name="picture")
    for k in range(3):
        b.add(
            Box(width * rng.uniform(0.2, 0.5), 0.002, 0.8 * height * rng.uniform(0.4, 0.9)),
            (rng.uniform(-0.24, 0.24) * width, -0.0036 - 0.001 * k, z + height / 2),
            f"paper {colours[1 + k]}",
            name="picture",
        )
    for k in range(3):
        at = (rng.uniform(-0.3, 0.3) * width, -0.006 - 0.0008 * k, z + rng.uniform(0.25, 0.75) * height)
        disc(b, rng.uniform(0.1, 0.2) * min(width, height), 0.0015, at, f"paper {colours[4 + k]}", name="picture")


def landscape_painting(rng: np.random.Generator) -> Blueprint:
    """Build a framed landscape."""
    b = Builder()
    width, height = rng.uniform(0.5, 0.9), rng.uniform(0.35, 0.55)
    frame(b, width, height, rng.uniform(0.03, 0.055), 0.035)
    landscape(b, width, height, 0.0, rng, y=0.008)
    return b.done()


def abstract_painting(rng: np.random.Generator) -> Blueprint:
    """Build an upright abstract picture in a thin frame with a white mount."""
    b = Builder()
    width, height = rng.uniform(0.35, 0.5), rng.uniform(0.55, 0.8)
    frame(b, width, height, 0.02, 0.03)
    b.add(Box(width, 0.008, height), (0, 0.008, height / 2), "paper white", name="panel")
    _shapes(b, 0.74 * width, 0.78 * height, 0.11 * height, rng)
    return b.done()


def triptych(rng: np.random.Generator) -> Blueprint:
    """Build a picture in three unframed panels on a rail."""
    b = Builder()
    width, height = rng.uniform(0.22, 0.3), rng.uniform(0.5, 0.7)
    colours = rng.permutation(np.array(list(VIVID)))
    for k in range(3):
        x = (k - 1) * (width + 0.03)
        tall = height * (1.0 if k == 1 else 0.84)
        b.add(Box(width, 0.03, tall), (x, 0, height / 2), name="frame")
        b.add(Box(width - 0.012, 0.004, tall - 0.012), (x, -0.0155, height / 2), f"paper {colours[0]}", name="picture")
        b.add(
            Box(width - 0.012, 0.004, 0.3 * tall),
            (x, -0.0165, height / 2 - 0.3 * tall),
            f"paper {colours[1]}",
            name="picture",
        )
    disc(b, 0.38 * width, 0.004, (0, -0.0165, 0.58 * height), f"paper {colours[2]}", name="picture")
    b.add(Box(3 * width + 0.06, 0.012, 0.03), (0, 0.012, height / 2), "wood black", name="back")
    return b.done()


CATEGORIES = (
    Category(
        name="painting",
        variants={"landscape": landscape_painting, "abstract": abstract_painting, "triptych": triptych},
        looks={"wood": ("brown", "black", "white", "yellow", "gray", "beige")},
        places=("wall",),
        size=(0.4, 1.1),
        synonyms=("picture", "artwork"),
        patterned=False,
        phrase="painting",
        rich_phrase="painting in a {look} frame",
    ),
)
