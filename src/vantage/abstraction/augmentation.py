"""Random motions of points and queries together (section 6.2): turned, moved, stretched, mirrored."""

import dataclasses
import math

import numpy as np
from jaxtyping import Float

from vantage.abstraction.frame import Bounds

MIRRORED = {"left of": "right of", "right of": "left of"}
"""What a relation becomes in a mirror whose left and right change sides."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class AugmentSettings:
    """How far views are moved; the released code's numbers, in real metres."""

    shift: float = 0.17
    """Standard deviation of the shift along each axis, metres (0.1 in worlds scaled by 0.6)."""
    turn: float = 0.15
    """Greatest turn about the vertical, radians."""
    tilt: float = 0.05
    """Greatest turn about each level axis, radians. Released: 0.15; here the vertical is known to a few degrees."""
    stretch: float = 0.1
    """Greatest stretch of each axis."""
    mirror: float = 0.5
    """Share of views whose left and right change sides."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Motion:
    """An affine map of the view frame."""

    moved_from_frame: Float[np.ndarray, "4 4"]
    mirrored: bool = False

    def move(self, points: Float[np.ndarray, "*b 3"]) -> Float[np.ndarray, "*b 3"]:
        """Take points along."""
        return points @ self.moved_from_frame[:3, :3].T + self.moved_from_frame[:3, 3]

    def back(self, points: Float[np.ndarray, "*b 3"]) -> Float[np.ndarray, "*b 3"]:
        """Return where moved points came from."""
        inverse = np.linalg.inv(self.moved_from_frame)
        return points @ inverse[:3, :3].T + inverse[:3, 3]

    def relation(self, name: str) -> str:
        """Return what a relation becomes."""
        return MIRRORED.get(name, name) if self.mirrored else name


STILL = Motion(moved_from_frame=np.eye(4))
"""No motion at all."""


def draw_motion(settings: AugmentSettings, bounds: Bounds, rng: np.random.Generator) -> Motion:
    """Draw a motion about the middle of the bounds."""
    middle = (np.array(bounds.low) + np.array(bounds.high)) / 2
    yaw = rng.uniform(-settings.turn, settings.turn)
    roll, pitch = rng.uniform(-settings.tilt, settings.tilt, size=2)
    mirrored = bool(rng.random() < settings.mirror)
    scale = 1 + rng.uniform(0, settings.stretch, size=3)
    linear = _about(2, yaw) @ _about(1, pitch) @ _about(0, roll) @ np.diag(scale)
    if mirrored:
        linear = linear @ np.diag([1.0, -1.0, 1.0])
    motion = np.eye(4)
    motion[:3, :3] = linear
    motion[:3, 3] = middle - linear @ middle + rng.normal(0, settings.shift, size=3)
    return Motion(moved_from_frame=motion, mirrored=mirrored)


def _about(axis: int, angle: float) -> Float[np.ndarray, "3 3"]:
    """Return a turn about an axis of the frame."""
    c, s = math.cos(angle), math.sin(angle)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    turn = np.eye(3)
    turn[first, first] = turn[second, second] = c
    turn[first, second], turn[second, first] = -s, s
    return turn
