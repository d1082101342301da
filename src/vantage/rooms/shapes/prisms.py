"""`Prism`: a convex outline with a thickness, straight or narrowing: blades, wedges, gables, keys, slices."""

import dataclasses
import math

import numpy as np
from jaxtyping import Bool, Float

from vantage.rooms.shapes.meshing import Mesh

Outline = tuple[tuple[float | int, float | int], ...]
"""Corners (x, y) of a convex polygon, counter-clockwise."""


@dataclasses.dataclass(frozen=True)
class Prism:
    """A convex polygon in the plane z = 0 that is drawn up to `height`."""

    outline: Outline
    height: float | int
    taper: float | int = 1.0
    """Scale of the upper outline about the z axis; the axis must pass through the outline where it is not 1."""

    def mesh(self) -> Mesh:
        """Return two caps and the sides."""
        count = len(self.outline)
        low = np.zeros((count, 3))
        low[:, :2] = self.outline
        high = low * np.array([self.taper, self.taper, 1.0])
        high[:, 2] = self.height
        index = np.arange(count)
        following = np.roll(index, -1)
        fan = np.stack([np.zeros(count - 2, dtype=np.int64), index[1:-1], index[2:]], axis=-1)
        sides = np.concatenate(
            [
                np.stack([index, following, following + count], axis=-1),
                np.stack([index, following + count, index + count], axis=-1),
            ]
        )
        return np.concatenate([low, high]), np.concatenate([fan[:, ::-1], fan + count, sides])

    def inside(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Compare with the half planes of the sides at the point's height."""
        z = points[:, 2]
        result = (z >= 0) & (z <= self.height)
        scale = 1.0 + (self.taper - 1.0) * z / self.height
        corners = np.array(self.outline)
        for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            along = points[:, 1] - y0 * scale, points[:, 0] - x0 * scale
            result &= (x1 - x0) * along[0] - (y1 - y0) * along[1] >= 0
        return result


def ellipse(
    rx: float | int, ry: float | int, start: float | int = 0.0, end: float | int = 2 * math.pi, *, count: int = 16
) -> Outline:
    """Return the outline of an ellipse, or of the part of it between two angles."""
    whole = end - start > 2 * math.pi - 1e-9
    steps = count if whole else count - 1
    angles = [start + (end - start) * k / steps for k in range(count)]
    return tuple((rx * math.cos(a), ry * math.sin(a)) for a in angles)


def regular(sides: int, radius: float | int) -> Outline:
    """Return a regular polygon with a corner on the +y axis."""
    return tuple(
        (
            radius * math.cos(2 * math.pi * k / sides + math.pi / 2),
            radius * math.sin(2 * math.pi * k / sides + math.pi / 2),
        )
        for k in range(sides)
    )


def rounded(x: float | int, y: float | int, radius: float | int, *, steps: int = 4) -> Outline:
    """Return a rectangle about the origin with round corners of this radius."""
    corners = ((1, 1, 0.0), (-1, 1, 0.5), (-1, -1, 1.0), (1, -1, 1.5))
    return tuple(
        (
            sx * (x / 2 - radius) + radius * math.cos(math.pi * (turn + 0.5 * k / (steps - 1))),
            sy * (y / 2 - radius) + radius * math.sin(math.pi * (turn + 0.5 * k / (steps - 1))),
        )
        for sx, sy, turn in corners
        for k in range(steps)
    )
