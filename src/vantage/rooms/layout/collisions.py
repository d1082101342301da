"""Which parts of objects would share space: turned prisms compared pair by pair, while a room is laid out."""

import math

import numba
import numpy as np
from jaxtyping import Float, Int

PRISM_FIELDS = 8
"""Columns of a prism: x, y, half x, half y, cosine and sine of its yaw, lowest z, highest z; metres."""


def place_prisms(
    bounds: Float[np.ndarray, "k 2 3"], position: tuple[float, float, float], yaw: float
) -> Float[np.ndarray, "k 8"]:
    """Turn boxes in an object's frame (lowest and highest corners) into prisms of the room."""
    c, s = math.cos(yaw), math.sin(yaw)
    middle, half = bounds.mean(axis=1), (bounds[:, 1] - bounds[:, 0]) / 2
    result = np.empty((len(bounds), PRISM_FIELDS))
    result[:, 0] = position[0] + c * middle[:, 0] - s * middle[:, 1]
    result[:, 1] = position[1] + s * middle[:, 0] + c * middle[:, 1]
    result[:, 2:4] = half[:, :2]
    result[:, 4], result[:, 5] = c, s
    result[:, 6:8] = position[2] + bounds[:, :, 2]
    return result


@numba.njit(cache=True, nogil=True, error_model="numpy")
def any_overlap(moving: np.ndarray, standing: np.ndarray, owners: np.ndarray, ignored: np.ndarray, gap: float) -> bool:
    """Tell whether a prism comes nearer than `gap` metres sideways to another at overlapping heights.

    Args:
        moving: prisms to place (m 8).
        standing: prisms already there (n 8).
        owners: instance of each standing prism (n).
        ignored: instances that do not count.
        gap: least distance.
    """
    for i in range(len(moving)):
        a = moving[i]
        reach_a = math.sqrt(a[2] * a[2] + a[3] * a[3]) + gap
        for j in range(len(standing)):
            b = standing[j]
            # A contact of faces is no overlap; a tenth of a millimetre forgives rounding.
            if a[6] >= b[7] - 1e-4 or b[6] >= a[7] - 1e-4:
                continue
            dx, dy = b[0] - a[0], b[1] - a[1]
            reach = reach_a + math.sqrt(b[2] * b[2] + b[3] * b[3])
            if dx * dx + dy * dy >= reach * reach:
                continue
            skip = False
            for k in range(len(ignored)):
                if owners[j] == ignored[k]:
                    skip = True
            if skip or _apart(a, b, dx, dy, gap):
                continue
            return True
    return False


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _apart(a: np.ndarray, b: np.ndarray, dx: float, dy: float, gap: float) -> bool:
    """Tell whether an axis of either rectangle separates them by the gap."""
    for k in range(4):
        if k == 0:
            ax, ay = a[4], a[5]
        elif k == 1:
            ax, ay = -a[5], a[4]
        elif k == 2:
            ax, ay = b[4], b[5]
        else:
            ax, ay = -b[5], b[4]
        reach = a[2] * abs(a[4] * ax + a[5] * ay) + a[3] * abs(a[4] * ay - a[5] * ax)
        reach += b[2] * abs(b[4] * ax + b[5] * ay) + b[3] * abs(b[4] * ay - b[5] * ax)
        if abs(dx * ax + dy * ay) >= reach + gap:
            return True
    return False


class Crowd:
    """The prisms of all objects placed so far."""

    def __init__(self) -> None:
        self._prisms = np.empty((256, PRISM_FIELDS))
        self._owners = np.empty(256, dtype=np.int64)
        self._count = 0

    def add(self, prisms: Float[np.ndarray, "k 8"], owner: int) -> None:
        """Add an object's prisms."""
        while self._count + len(prisms) > len(self._prisms):
            self._prisms = np.concatenate([self._prisms, np.empty_like(self._prisms)])
            self._owners = np.concatenate([self._owners, np.empty_like(self._owners)])
        rows = slice(self._count, self._count + len(prisms))
        self._prisms[rows], self._owners[rows] = prisms, owner
        self._count += len(prisms)

    def blocks(self, prisms: Float[np.ndarray, "k 8"], ignored: Int[np.ndarray, " i"], gap: float) -> bool:
        """Tell whether prisms come nearer than `gap` to those of any object that is not ignored."""
        return any_overlap(prisms, self._prisms[: self._count], self._owners[: self._count], ignored, gap)
