"""Turned rectangles with a height interval: the test by which nothing overlaps while a room is laid out."""

import dataclasses
import math


@dataclasses.dataclass(frozen=True)
class Footprint:
    """A rectangle on the floor plan, turned by `yaw`, that stands from `low` to `high`; metres and radians."""

    x: float
    y: float
    half_x: float
    half_y: float
    yaw: float
    low: float
    high: float

    def corners(self) -> list[tuple[float, float]]:
        """Return the four corners, in order."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        return [
            (self.x + c * sx * self.half_x - s * sy * self.half_y, self.y + s * sx * self.half_x + c * sy * self.half_y)
            for sx, sy in signs
        ]

    def grown(self, margin: float) -> "Footprint":
        """Return the rectangle grown on all sides by `margin` metres."""
        return dataclasses.replace(self, half_x=self.half_x + margin, half_y=self.half_y + margin)

    def extended_forward(self, length: float) -> "Footprint":
        """Return the rectangle with `length` metres added at its front (its own -y side)."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return dataclasses.replace(
            self, x=self.x + s * length / 2, y=self.y - c * length / 2, half_y=self.half_y + length / 2
        )

    def overlaps(self, other: "Footprint") -> bool:
        """Tell whether the two prisms share more than a face (separating axes of both rectangles, then heights)."""
        if self.low >= other.high or other.low >= self.high:
            return False
        dx, dy = other.x - self.x, other.y - self.y
        reach = math.hypot(self.half_x, self.half_y) + math.hypot(other.half_x, other.half_y)
        if dx * dx + dy * dy >= reach * reach:
            return False
        for yaw in (self.yaw, self.yaw + math.pi / 2, other.yaw, other.yaw + math.pi / 2):
            ax, ay = math.cos(yaw), math.sin(yaw)
            if abs(dx * ax + dy * ay) >= self._reach_along(ax, ay) + other._reach_along(ax, ay):
                return False
        return True

    def _reach_along(self, ax: float, ay: float) -> float:
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return self.half_x * abs(c * ax + s * ay) + self.half_y * abs(c * ay - s * ax)

    def within(self, half_width: float, half_depth: float) -> bool:
        """Tell whether the rectangle lies in the room |x| <= half_width, |y| <= half_depth."""
        return all(abs(x) <= half_width and abs(y) <= half_depth for x, y in self.corners())
