"""Inside tests of every primitive as one compiled function, and the loops that ask them for many points.

A part is a row of numbers (`PART_FIELDS`); outlines, profiles and paths lie in a pool that rows point into. The tests
are those of `shapes` and `prisms`; `tests/rooms/test_occupancy.py` compares them point by point.
"""

import math

import numba
import numpy as np

BOX, ROUNDED_BOX, FRUSTUM, ELLIPSOID, TORUS_ARC, REVOLVE, TUBE, PRISM = range(8)
"""Kinds of primitive."""

PART_FIELDS = 32
"""Columns of a part: 0 kind, 1-9 part_from_world rotation (rows), 10-12 the part's origin in the world, 13-16 its
sizes, 17 first number in the pool, 18 count of points there, 19-21 lowest and 22-24 highest corner in the world,
25 instance, 26-28 middle and 29-31 half sizes of the part's box in its own frame."""


@numba.njit(cache=True, nogil=True, error_model="numpy")
def in_part(parts: np.ndarray, n: int, pool: np.ndarray, px: float, py: float, pz: float) -> bool:
    """Tell whether part number `n` holds a world point."""
    if (
        px < parts[n, 19]
        or py < parts[n, 20]
        or pz < parts[n, 21]
        or px > parts[n, 22]
        or py > parts[n, 23]
        or pz > parts[n, 24]
    ):
        return False
    dx, dy, dz = px - parts[n, 10], py - parts[n, 11], pz - parts[n, 12]
    x = parts[n, 1] * dx + parts[n, 2] * dy + parts[n, 3] * dz
    y = parts[n, 4] * dx + parts[n, 5] * dy + parts[n, 6] * dz
    z = parts[n, 7] * dx + parts[n, 8] * dy + parts[n, 9] * dz
    a, b, c, d = parts[n, 13], parts[n, 14], parts[n, 15], parts[n, 16]
    kind = int(parts[n, 0])
    if kind == BOX:
        return abs(x) <= a and abs(y) <= b and abs(z) <= c
    if kind == ROUNDED_BOX:
        ex, ey, ez = max(abs(x) - a, 0.0), max(abs(y) - b, 0.0), max(abs(z) - c, 0.0)
        return ex * ex + ey * ey + ez * ez <= d * d
    if kind == FRUSTUM:
        return 0 <= z <= c and math.hypot(x, y) <= a + (b - a) * z / c
    if kind == ELLIPSOID:
        return (x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2 <= 1
    if kind == TORUS_ARC:
        away = math.hypot(x, z) - a
        return away * away + y * y <= b * b and (math.atan2(z, x) - c) % (2 * math.pi) <= d
    start, count = int(parts[n, 17]), int(parts[n, 18])
    if kind == REVOLVE:
        return _in_profile(pool, start, count, math.hypot(x, y), z)
    if kind == TUBE:
        return _in_tube(pool, start, count, a, x, y, z)
    return 0 <= z <= a and _in_outline(pool, start, count, 1.0 + (b - 1.0) * z / a, x, y)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _in_profile(pool: np.ndarray, start: int, count: int, rho: float, z: float) -> bool:
    """Count the polygon's edges crossed by a ray along +radius."""
    inside = False
    for k in range(count):
        i, j = start + 2 * k, start + 2 * ((k + 1) % count)
        z0, z1 = pool[i + 1], pool[j + 1]
        if (z0 > z) != (z1 > z) and rho < pool[i] + (z - z0) * (pool[j] - pool[i]) / (z1 - z0):
            inside = not inside
    return inside


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _in_tube(pool: np.ndarray, start: int, count: int, radius: float, x: float, y: float, z: float) -> bool:
    """Compare the distance to the nearest segment with the radius."""
    for k in range(count - 1):
        i, j = start + 3 * k, start + 3 * (k + 1)
        ux, uy, uz = pool[j] - pool[i], pool[j + 1] - pool[i + 1], pool[j + 2] - pool[i + 2]
        dx, dy, dz = x - pool[i], y - pool[i + 1], z - pool[i + 2]
        along = (dx * ux + dy * uy + dz * uz) / (ux * ux + uy * uy + uz * uz)
        along = min(max(along, 0.0), 1.0)
        dx, dy, dz = dx - along * ux, dy - along * uy, dz - along * uz
        if dx * dx + dy * dy + dz * dz <= radius * radius:
            return True
    return False


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _in_outline(pool: np.ndarray, start: int, count: int, scale: float, x: float, y: float) -> bool:
    """Compare with the half planes of a convex outline scaled about the origin."""
    for k in range(count):
        i, j = start + 2 * k, start + 2 * ((k + 1) % count)
        ux, uy = pool[j] - pool[i], pool[j + 1] - pool[i + 1]
        if ux * (y - pool[i + 1] * scale) - uy * (x - pool[i] * scale) < 0:
            return False
    return True


@numba.njit(cache=True, nogil=True, error_model="numpy")
def index_cells(parts: np.ndarray, low: np.ndarray, cell: float, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """List the parts whose boxes reach into each cell of a grid, in the order of the parts.

    Returns:
        Where each cell's list starts (cells + 1), and the parts' numbers.
    """
    starts = np.zeros(counts[0] * counts[1] * counts[2] + 1, dtype=np.int64)
    spans = np.empty((len(parts), 6), dtype=np.int64)
    for p in range(len(parts)):
        for k in range(3):
            spans[p, k] = min(max(int((parts[p, 19 + k] - low[k]) / cell), 0), counts[k] - 1)
            spans[p, 3 + k] = min(max(int((parts[p, 22 + k] - low[k]) / cell), 0), counts[k] - 1)
        for i in range(spans[p, 0], spans[p, 3] + 1):
            for j in range(spans[p, 1], spans[p, 4] + 1):
                for k in range(spans[p, 2], spans[p, 5] + 1):
                    starts[(i * counts[1] + j) * counts[2] + k + 1] += 1
    for c in range(len(starts) - 1):
        starts[c + 1] += starts[c]
    fill = starts.copy()
    listed = np.empty(starts[-1], dtype=np.int32)
    for p in range(len(parts)):
        for i in range(spans[p, 0], spans[p, 3] + 1):
            for j in range(spans[p, 1], spans[p, 4] + 1):
                for k in range(spans[p, 2], spans[p, 5] + 1):
                    c = (i * counts[1] + j) * counts[2] + k
                    listed[fill[c]] = p
                    fill[c] += 1
    return starts, listed


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _holder(
    parts: np.ndarray,
    pool: np.ndarray,
    low: np.ndarray,
    cell: float,
    counts: np.ndarray,
    starts: np.ndarray,
    listed: np.ndarray,
    x: float,
    y: float,
    z: float,
    but: int,
) -> int:
    """Return the first part, in their order, that holds a point and is not of instance `but`; -1 when none does."""
    if x < low[0] or y < low[1] or z < low[2]:
        return -1
    i, j, k = int((x - low[0]) / cell), int((y - low[1]) / cell), int((z - low[2]) / cell)
    if i >= counts[0] or j >= counts[1] or k >= counts[2]:
        return -1
    c = (i * counts[1] + j) * counts[2] + k
    for n in range(starts[c], starts[c + 1]):
        p = listed[n]
        if in_part(parts, p, pool, x, y, z) and int(parts[p, 25]) != but:
            return p
    return -1


@numba.njit(cache=True, nogil=True, error_model="numpy")
def holders_of_points(
    parts: np.ndarray,
    pool: np.ndarray,
    low: np.ndarray,
    cell: float,
    counts: np.ndarray,
    starts: np.ndarray,
    listed: np.ndarray,
    points: np.ndarray,
    owners: np.ndarray,
) -> np.ndarray:
    """Return for each point (n 3) the part that holds it (-1: none), leaving out parts of the instance in `owners`.

    `owners` has one row for all points or one for each; 0 leaves nothing out.
    """
    result = np.empty(len(points), dtype=np.int32)
    for n in range(len(points)):
        but = owners[n] if len(owners) > 1 else owners[0]
        result[n] = _holder(
            parts, pool, low, cell, counts, starts, listed, points[n, 0], points[n, 1], points[n, 2], but
        )
    return result


@numba.njit(cache=True, nogil=True, error_model="numpy")
def holders_of_grid(parts: np.ndarray, pool: np.ndarray, xs: np.ndarray, ys: np.ndarray, zs: np.ndarray) -> np.ndarray:
    """Return for each point of a grid (x y z, coordinates ascending) the first part that holds it (-1: none).

    Each part visits the points in its own box alone, so that empty space costs nothing.
    """
    result = np.full((len(xs), len(ys), len(zs)), -1, dtype=np.int32)
    for p in range(len(parts)):
        k0, k1 = np.searchsorted(zs, parts[p, 21]), np.searchsorted(zs, parts[p, 24], side="right")
        j0, j1 = np.searchsorted(ys, parts[p, 20]), np.searchsorted(ys, parts[p, 23], side="right")
        for i in range(np.searchsorted(xs, parts[p, 19]), np.searchsorted(xs, parts[p, 22], side="right")):
            for j in range(j0, j1):
                for k in range(k0, k1):
                    if result[i, j, k] < 0 and in_part(parts, p, pool, xs[i], ys[j], zs[k]):
                        result[i, j, k] = p
    return result


@numba.njit(cache=True, nogil=True, error_model="numpy")
def solid_moments(parts: np.ndarray, pool: np.ndarray, ranges: np.ndarray, samples: int, enough: int) -> np.ndarray:
    """Return each object's centroid (x, y, z) and solid volume, from points spread evenly over each part's box.

    The points are Roberts' additive sequence (the generalised golden ratio 1.2207 of three dimensions), each with its
    mirror image about the part's axis, so that turned parts are balanced. Where parts overlap the first one counts.

    Args:
        parts: of all objects, those of one object next to each other.
        pool: their outlines and paths.
        ranges: a row per object: its first part and the one after its last.
        samples: most pairs of points for each part.
        enough: points within the part after which no more are drawn.
    """
    ratio = 1.0 / 1.2207440846057596
    result = np.zeros((len(ranges), 4))
    for n in range(len(ranges)):
        for p in range(ranges[n, 0], ranges[n, 1]):
            a, b, c = parts[p, 29], parts[p, 30], parts[p, 31]
            sums = np.zeros(4)
            hits = tried = 0
            while tried < 2 * samples and (hits < enough or tried % 2 == 1):
                side = 1.0 if tried % 2 == 0 else -1.0
                k = tried // 2
                tried += 1
                u = parts[p, 26] + side * a * (2 * ((k * ratio) % 1.0) - 1)
                v = parts[p, 27] + side * b * (2 * ((k * ratio**2) % 1.0) - 1)
                w = parts[p, 28] + c * (2 * ((k * ratio**3) % 1.0) - 1)
                x = parts[p, 10] + parts[p, 1] * u + parts[p, 4] * v + parts[p, 7] * w
                y = parts[p, 11] + parts[p, 2] * u + parts[p, 5] * v + parts[p, 8] * w
                z = parts[p, 12] + parts[p, 3] * u + parts[p, 6] * v + parts[p, 9] * w
                if not in_part(parts, p, pool, x, y, z):
                    continue
                hits += 1
                counted = False
                for q in range(ranges[n, 0], p):
                    if in_part(parts, q, pool, x, y, z):
                        counted = True
                        break
                if not counted:
                    sums += np.array([x, y, z, 1.0])
            result[n] += sums * (8 * a * b * c / tried)
        if result[n, 3] > 0:
            result[n, :3] /= result[n, 3]
    return result
