"""Outlines of parts on the floor plan: convex hulls of their meshes seen from above, and the gaps between them.

A part's box is too large for what is round or turned; its hull is exact for every convex part.
"""

import functools
from typing import TYPE_CHECKING

import numba
import numpy as np
from jaxtyping import Bool, Float, Int

from vantage.rooms.shapes.blueprint import Blueprint

if TYPE_CHECKING:
    from vantage.rooms.scene import RoomObject

Outlines = tuple[Float[np.ndarray, "n 2"], Int[np.ndarray, " k+1"]]
"""Corners of polygons one after another, counter-clockwise, and where each polygon begins and the last one ends."""


def outlines_of(thing: "RoomObject", parts: Bool[np.ndarray, " k"] | None = None) -> Outlines:
    """Return the outlines of an object's parts, or of chosen ones, in the world's level axes, metres."""
    hulls = _hulls(thing.blueprint)
    if parts is not None:
        hulls = tuple(hull for hull, wanted in zip(hulls, parts, strict=True) if wanted)
    if not hulls:
        return np.zeros((0, 2)), np.zeros(1, dtype=np.int64)
    starts = np.cumsum([0, *(len(hull) for hull in hulls)])
    return np.concatenate(hulls) @ thing.world_from_object[:2, :2].T + np.array(thing.position[:2]), starts


@functools.lru_cache(maxsize=512)
def _hulls(blueprint: Blueprint) -> tuple[Float[np.ndarray, "m 2"], ...]:
    """Return the hull of every part from above, in the object's frame."""
    return tuple(convex_hull(np.ascontiguousarray(vertices[:, :2])) for vertices, _ in blueprint.meshes)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def convex_hull(points: np.ndarray) -> np.ndarray:
    """Return the corners (m 2) of the convex hull of points (n 2), counter-clockwise (Andrew's monotone chain)."""
    order = np.argsort(points[:, 0], kind="mergesort")
    # Equal x are put in order of y.
    i = 0
    while i < len(order):
        j = i + 1
        while j < len(order) and points[order[j], 0] == points[order[i], 0]:
            j += 1
        run = order[i:j]
        order[i:j] = run[np.argsort(points[run, 1], kind="mergesort")]
        i = j
    hull = np.empty((2 * len(points) + 1, 2))
    count = 0
    for sweep in range(2):
        first = count
        for k in range(len(order)):
            p = points[order[k]] if sweep == 0 else points[order[len(order) - 1 - k]]
            while count >= first + 2 and _turn(hull[count - 2], hull[count - 1], p) <= 0:
                count -= 1
            hull[count] = p
            count += 1
        count -= 1
    return hull[: max(count, 1)].copy()


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _turn(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


@numba.njit(cache=True, nogil=True, error_model="numpy")
def distances(points: np.ndarray, corners: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return for each point (n 2) the distance to the nearest polygon; 0 within one."""
    result = np.full(len(points), np.inf)
    for i in range(len(points)):
        x, y = points[i]
        for k in range(len(starts) - 1):
            inside = True
            for j in range(starts[k], starts[k + 1]):
                after = j + 1 if j + 1 < starts[k + 1] else starts[k]
                ax, ay = corners[j]
                bx, by = corners[after, 0] - ax, corners[after, 1] - ay
                px, py = x - ax, y - ay
                if bx * py - by * px < 0:
                    inside = False
                square = bx * bx + by * by
                t = 0.0 if square == 0 else min(1.0, max(0.0, (px * bx + py * by) / square))
                away = np.sqrt((px - t * bx) ** 2 + (py - t * by) ** 2)
                result[i] = min(result[i], away)
            if inside and starts[k + 1] - starts[k] > 2:
                result[i] = 0.0
    return result


def level_gap(a: Outlines, b: Outlines) -> float:
    """Return the least distance between two sets of polygons, metres; 0 where a corner of one lies in the other."""
    return float(min(distances(a[0], b[0], b[1]).min(), distances(b[0], a[0], a[1]).min()))
