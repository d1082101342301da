"""Axis-aligned and oriented boxes in metres."""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float

from vantage.errors import DataError


@dataclasses.dataclass(frozen=True, kw_only=True)
class AlignedBox:
    """An axis-aligned box: all points between `low` and `high`, faces included."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]

    def __post_init__(self) -> None:
        if not all(lo <= hi for lo, hi in zip(self.low, self.high, strict=True)):
            raise DataError(f"box low corner {self.low} is not below its high corner {self.high}")

    @classmethod
    def of_points(cls, points: Float[np.ndarray, "n 3"]) -> "AlignedBox":
        """Return the smallest box around the points.

        Raises:
            DataError: there are no points.
        """
        if len(points) == 0:
            raise DataError("a box around no points is not defined")
        low, high = points.min(axis=0), points.max(axis=0)
        return cls(
            low=(float(low[0]), float(low[1]), float(low[2])), high=(float(high[0]), float(high[1]), float(high[2]))
        )

    @property
    def centre(self) -> Float[np.ndarray, " 3"]:
        """The middle of the box."""
        return (np.array(self.low) + np.array(self.high)) / 2

    @property
    def size(self) -> Float[np.ndarray, " 3"]:
        """Edge lengths along x, y and z."""
        return np.array(self.high) - np.array(self.low)

    @property
    def volume(self) -> float:
        """Volume in cubic metres."""
        return float(np.prod(self.size))

    def contains(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Tell for each point whether it lies in the box."""
        return np.all((points >= np.array(self.low)) & (points <= np.array(self.high)), axis=-1)

    def intersection(self, other: "AlignedBox") -> "AlignedBox | None":
        """Return the common box, or None when the two do not meet."""
        low = np.maximum(self.low, other.low)
        high = np.minimum(self.high, other.high)
        if np.any(low > high):
            return None
        return AlignedBox.of_points(np.stack([low, high]))

    def iou(self, other: "AlignedBox") -> float:
        """Return intersection over union of the volumes (0 when both are flat)."""
        common = self.intersection(other)
        shared = common.volume if common else 0.0
        union = self.volume + other.volume - shared
        return shared / union if union > 0 else 0.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class OrientedBox:
    """A box of edge lengths `size` about `centre`, its edges along the columns of `world_from_box`'s rotation."""

    centre: tuple[float, float, float]
    """Middle of the box, world frame, metres."""
    size: tuple[float, float, float]
    """Full edge lengths along the box's own axes, metres."""
    rotation: tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
    """`world_from_box` rotation, row by row."""

    @classmethod
    def upright(
        cls, *, centre: tuple[float, float, float], size: tuple[float, float, float], yaw: float
    ) -> "OrientedBox":
        """Make a box that stands on the xy plane (z up), turned by `yaw` radians about z."""
        c, s = float(np.cos(yaw)), float(np.sin(yaw))
        return cls(centre=centre, size=size, rotation=((c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0)))

    def to_box_frame(self, points_world: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Take world points to the box's frame, whose origin is its centre."""
        return (points_world - np.array(self.centre)) @ np.array(self.rotation)

    def contains(self, points_world: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Tell for each world point whether it lies in the box, faces included."""
        return np.all(np.abs(self.to_box_frame(points_world)) <= np.array(self.size) / 2, axis=-1)

    def corners(self) -> Float[np.ndarray, "8 3"]:
        """Return the eight corners in the world frame."""
        signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
        return np.array(self.centre) + (signs * np.array(self.size) / 2) @ np.array(self.rotation).T

    @property
    def volume(self) -> float:
        """Volume in cubic metres."""
        return float(np.prod(self.size))
