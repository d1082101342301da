"""What plants are made of: planters with soil, and leaves."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER
from vantage.rooms.shapes.blueprint import Builder
from vantage.rooms.shapes.primitives import Frustum, Revolve, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse

LEAF = "plant green"
"""What leaves and stems are made of."""


def planter(b: Builder, radius: float | int, height: float | int) -> None:
    """Add a flower pot with a rim, filled with soil."""
    b.add(Frustum(0.72 * radius, 0.94 * radius, height), name="planter")
    b.add(
        Revolve(((0.9 * radius, 0), (1.04 * radius, 0), (1.06 * radius, 0.16 * height), (0.9 * radius, 0.16 * height))),
        (0, 0, 0.86 * height),
        name="rim",
    )
    b.add(cylinder(0.92 * radius, 0.01), (0, 0, height - 0.004), "plant brown", name="soil")


def leaf_blade(
    b: Builder, root: np.ndarray, angle: float | int, lean: float | int, length: float | int, width: float | int
) -> None:
    """Add a flat oval leaf that starts at `root` and leans `lean` from the vertical towards `angle`."""
    along = np.array([math.cos(angle) * math.sin(lean), math.sin(angle) * math.sin(lean), math.cos(lean)])
    x, y, z = (float(v) for v in root + along * length / 2)
    b.add(
        Prism(ellipse(length / 2, width / 2, count=10), 0.004),
        (x, y, z),
        LEAF,
        turn=(0, lean - QUARTER, angle),
        name="leaf",
    )
