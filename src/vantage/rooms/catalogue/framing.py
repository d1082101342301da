"""What hangs framed on a wall or stands framed on a desk: the frame about it, and a landscape to go in it."""

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, disc
from vantage.rooms.shapes.blueprint import Builder
from vantage.rooms.shapes.primitives import Box
from vantage.rooms.shapes.prisms import Outline, Prism

UPRIGHT = (QUARTER, 0, 0)
"""Turns an outline (x, y) so that it faces the front, its y upwards."""


def frame(
    b: Builder, width: float | int, height: float | int, edge: float | int, thick: float | int, z: float | int = 0.0
) -> None:
    """Add a rectangular frame about the opening (width, height) whose lower left inner corner is at height z."""
    for side in (-1, 1):
        b.add(Box(edge, thick, height + 2 * edge), (side * (width + edge) / 2, 0, z + height / 2), name="frame")
    for up in (-edge / 2, height + edge / 2):
        b.add(Box(width, thick, edge), (0, 0, z + up), name="frame")


def landscape(
    b: Builder, width: float | int, height: float | int, z: float | int, rng: np.random.Generator, y: float | int = 0.0
) -> None:
    """Add a picture of hills, a sun and a house before the plane y, `width` by `height`, from height z up."""
    sky, near, far = rng.permutation(np.array(["blue", "orange", "pink", "purple", "green", "yellow"]))[:3]
    b.add(Box(width, 0.006, height), (0, y, z + height / 2), f"paper {sky}", name="picture")
    hill: Outline = (
        (-0.5 * width, 0.0),
        (0.5 * width, 0.0),
        (0.5 * width, 0.25 * height),
        (0.1 * width, 0.6 * height),
        (-0.15 * width, 0.5 * height),
        (-0.5 * width, 0.2 * height),
    )
    b.add(Prism(hill, 0.002), (0, y - 0.0028, z), f"paper {far}", turn=UPRIGHT, name="picture")
    b.add(Box(width, 0.002, 0.24 * height), (0, y - 0.0052, z + 0.12 * height), f"paper {near}", name="picture")
    disc(
        b,
        0.1 * min(width, height),
        0.002,
        (rng.uniform(-0.3, 0.3) * width, y - 0.0028, z + 0.8 * height),
        "paper white",
        name="picture",
    )
    x, house = rng.uniform(-0.25, 0.25) * width, 0.16 * min(width, height)
    b.add(Box(house, 0.002, 0.8 * house), (x, y - 0.0068, z + 0.24 * height), "paper white", name="picture")
    b.add(
        Prism(((-0.65 * house, 0.0), (0.65 * house, 0.0), (0.0, 0.6 * house)), 0.002),
        (x, y - 0.0058, z + 0.24 * height + 0.4 * house),
        "paper red",
        turn=UPRIGHT,
        name="picture",
    )
