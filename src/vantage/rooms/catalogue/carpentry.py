"""What furniture is joined from: blocks, rods, struts, legs and cushions.

Lengths are metres; a corner is (x, y, z); the front is -y.
"""

import numpy as np

from vantage.rooms.shapes.blueprint import Builder, Vector
from vantage.rooms.shapes.primitives import Box, RoundedBox, cylinder

WOODS = ("brown", "brown", "white", "black", "gray")
"""Colours of plain wooden furniture; brown twice, because most wood is."""
PAINTED = ("brown", "brown", "white", "black", "gray", "blue", "green", "red", "yellow", "purple")
"""Colours of furniture that is often painted."""
BOARD = 0.02
"""Thickness of the boards of a case."""
PITCH = float(np.pi / 2)
"""The turn about x that lays a z axis along -y, so that a cylinder sticks out of a front."""


def block(b: Builder, low: Vector, high: Vector, slot: str = "main", *, name: str = "panel") -> None:
    """Add the box between two corners."""
    size = [float(h) - float(a) for a, h in zip(low, high, strict=True)]
    middle = [(float(h) + float(a)) / 2 for a, h in zip(low, high, strict=True)]
    b.add(Box(*size), (middle[0], middle[1], middle[2]), slot, name=name)


def _along(start: Vector, end: Vector) -> tuple[float, Vector]:
    """Return the length of a segment and the turn that lays the z axis along it."""
    step = np.subtract(end, start).astype(float)
    length = float(np.linalg.norm(step))
    return length, (0.0, float(np.arccos(step[2] / length)), float(np.arctan2(step[1], step[0])))


def rod(b: Builder, start: Vector, end: Vector, radius: float, slot: str = "main", *, name: str = "frame") -> None:
    """Add a round rod from one point to another."""
    length, turn = _along(start, end)
    b.add(cylinder(radius, length), start, slot, turn=turn, name=name)


def strut(
    b: Builder, start: Vector, end: Vector, section: tuple[float, float], slot: str = "main", *, name: str = "frame"
) -> None:
    """Add a square-edged bar from one point to another.

    Args:
        b: what is built.
        start: one end, metres.
        end: the other end.
        section: the bar's thickness in the upright plane through it, then across that plane.
        slot: finish.
        name: part name.
    """
    length, turn = _along(start, end)
    middle = np.add(start, end) / 2
    at = (float(middle[0]), float(middle[1]), float(middle[2]))
    b.add(Box(*section, length), at, slot, turn=turn, name=name)


def corners(width: float, depth: float) -> list[tuple[float, float]]:
    """Return the four corners of a rectangle about the origin."""
    return [(sx * width / 2, sy * depth / 2) for sx in (-1, 1) for sy in (-1, 1)]


def legs(
    b: Builder, width: float, depth: float, height: float, thickness: float, slot: str = "main", *, splay: float = 0.0
) -> None:
    """Add four legs within a rectangle: square and upright, or round and splayed outwards by `splay`."""
    for x, y in corners(width - thickness - 2 * splay, depth - thickness - 2 * splay):
        if splay > 0:
            foot = (x + np.sign(x) * splay, y + np.sign(y) * splay, 0.0)
            rod(b, foot, (x, y, height), thickness / 2, slot, name="leg")
        else:
            b.add(Box(thickness, thickness, height), (x, y, height / 2), slot, name="leg")


def cushion(
    b: Builder, size: tuple[float, float, float], at: Vector, slot: str = "main", *, name: str = "cushion"
) -> None:
    """Add a soft block whose roundness follows its thickness."""
    b.add(RoundedBox(*size, 0.32 * min(size)), at, slot, name=name)
