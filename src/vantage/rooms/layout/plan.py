"""`FloorPlan`: the outline of a room, a rectangle or an L, with its walls."""

import dataclasses
import math

import numpy as np
from jaxtyping import Bool, Float

from vantage.rooms.layout.footprints import Footprint

Point = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Wall:
    """One wall: where the foot of its inner face lies and which way it looks."""

    length: float
    middle: Point
    """Middle of the foot of the inner face, metres."""
    yaw: float
    """Turn of things that stand with their back to it; the room lies towards (sin yaw, -cos yaw)."""

    def place(self, along: float, gap: float) -> Point:
        """Return the floor position `along` metres right of the wall's middle and `gap` metres before it."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return self.middle[0] + c * along + s * gap, self.middle[1] + s * along - c * gap


@dataclasses.dataclass(frozen=True)
class FloorPlan:
    """A rectangle about the origin, or an L: the rectangle without one corner. Metres."""

    width: float
    """Along x."""
    depth: float
    """Along y."""
    notch: tuple[float, float, float, float] | None = None
    """(sign of x, sign of y, width, depth) of the corner that is cut away; None for a rectangle."""

    @property
    def corners(self) -> tuple[Point, ...]:
        """The outline, counter-clockwise."""
        w, d = self.width / 2, self.depth / 2
        if self.notch is None:
            return ((-w, -d), (w, -d), (w, d), (-w, d))
        sx, sy, a, b = self.notch
        outline = [(-w, -d), (w, -d), (w, d - b), (w - a, d - b), (w - a, d), (-w, d)]
        outline = [(sx * x, sy * y) for x, y in outline]
        return tuple(outline if sx * sy > 0 else outline[::-1])

    @property
    def areas(self) -> tuple[tuple[float, float, float, float], ...]:
        """Rectangles (least x, least y, greatest x, greatest y) that do not overlap and fill the plan."""
        w, d = self.width / 2, self.depth / 2
        if self.notch is None:
            return ((-w, -d, w, d),)
        sx, sy, a, b = self.notch
        whole = (-w, -d, w, d - b) if sy > 0 else (-w, -d + b, w, d)
        beside = (-w, w - a) if sx > 0 else (-w + a, w)
        rest = (d - b, d) if sy > 0 else (-d, -d + b)
        return (whole, (beside[0], rest[0], beside[1], rest[1]))

    @property
    def area(self) -> float:
        """Floor area in square metres."""
        return sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in self.areas)

    @property
    def walls(self) -> tuple[Wall, ...]:
        """The walls, in the order of the outline."""
        result = []
        corners = self.corners
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
            length = math.hypot(x1 - x0, y1 - y0)
            inward = (-(y1 - y0) / length, (x1 - x0) / length)
            result.append(Wall(length, ((x0 + x1) / 2, (y0 + y1) / 2), math.atan2(inward[0], -inward[1])))
        return tuple(result)

    def contains(self, points: Float[np.ndarray, "n 2"], margin: float = 0.0) -> Bool[np.ndarray, " n"]:
        """Tell for each floor point whether it lies in the room, at least `margin` metres from its walls."""
        half = np.array([self.width / 2, self.depth / 2]) - margin
        result = np.all(np.abs(points) <= half, axis=-1)
        if self.notch is not None:
            sx, sy, a, b = self.notch
            beyond = (sx * points[:, 0] > self.width / 2 - a - margin) & (
                sy * points[:, 1] > self.depth / 2 - b - margin
            )
            result &= ~beyond
        return result

    def holds(self, footprint: Footprint, inset: float) -> bool:
        """Tell whether a footprint lies in the room, at least `inset` metres from its walls (negative: may enter)."""
        if not footprint.within(self.width / 2 - inset, self.depth / 2 - inset):
            return False
        if self.notch is None:
            return True
        sx, sy, a, b = self.notch
        x, y = sx * (self.width - a) / 2, sy * (self.depth - b) / 2
        cut = Footprint(x, y, a / 2 + inset, b / 2 + inset, 0.0, -1.0, 1e3)
        return not footprint.overlaps(cut)

    def reach(self, start: Point, angle: float, margin: float) -> float:
        """Return how far one may go from a point at this angle before coming within `margin` of a wall."""
        dx, dy = math.cos(angle), math.sin(angle)
        best = math.inf
        for wall in self.walls:
            nx, ny = math.sin(wall.yaw), -math.cos(wall.yaw)
            towards = -(dx * nx + dy * ny)
            if towards <= 1e-9:
                continue
            gap = (start[0] - wall.middle[0]) * nx + (start[1] - wall.middle[1]) * ny
            far = (gap - margin) / towards
            # Only where the ray meets the wall itself; a notch's walls end inside the rectangle.
            hx, hy = start[0] + far * dx - wall.middle[0], start[1] + far * dy - wall.middle[1]
            along = hx * math.cos(wall.yaw) + hy * math.sin(wall.yaw)
            if far > -1e-9 and abs(along) <= wall.length / 2 + margin:
                best = min(best, far)
        return max(best, 0.0)

    def draw_point(self, rng: np.random.Generator, margin: float) -> Point:
        """Draw a floor point at least `margin` metres from the walls, evenly over the plan."""
        half_x, half_y = self.width / 2 - margin, self.depth / 2 - margin
        while True:
            x, y = float(rng.uniform(-half_x, half_x)), float(rng.uniform(-half_y, half_y))
            if self.contains(np.array([[x, y]]), margin)[0]:
                return x, y


def draw_plan(
    rng: np.random.Generator, width: tuple[float, float], depth: tuple[float, float], l_share: float
) -> FloorPlan:
    """Draw a plan.

    Args:
        rng: source of all draws.
        width: range of the side along x, metres.
        depth: range of the side along y, metres.
        l_share: share of L-shaped rooms; an L is drawn a fifth larger, so that both its arms are rooms.
    """
    w, d = float(rng.uniform(*width)), float(rng.uniform(*depth))
    bent = rng.random() < l_share
    signs = [float(s) for s in rng.choice([-1.0, 1.0], size=2)]
    cut = [float(s) for s in rng.uniform(0.28, 0.42, size=2)]
    if not bent:
        return FloorPlan(w, d)
    w, d = 1.2 * w, 1.2 * d
    return FloorPlan(w, d, (signs[0], signs[1], cut[0] * w, cut[1] * d))
