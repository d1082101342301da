"""Shadow and ambient occlusion rays: which to ask embree for, and how neighbouring pixels share the answers.

Every pixel asks a few points of each light and a few directions of its hemisphere. The points differ between the nine
pixels of a 3x3 block, and a filter over such blocks that stops at edges gives each pixel the answers of all nine
(interleaved sampling, Keller and Heidrich 2001). Nothing is random, so the same view gives the same bytes.
"""

import math

import numba
import numpy as np
from jaxtyping import Float64

from vantage.rooms.rendering.emitters import WINDOW

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

BLOCK = 3
"""Pixels across the block whose samples differ; odd, so that the filter is centred."""
AMBIENT_REACH = 0.55
"""Longest ambient occlusion ray in metres: what is further off is in the baked light (grid of 0.25 m)."""
SAME_PLANE = 0.012
"""Two pixels share shadows when each point lies this near the other's tangent plane, as a share of the distance."""
SAME_TURN = 0.9
"""... and when the cosine between their normals is above this (26 degrees)."""


def spread_points(count: int) -> Float64[np.ndarray, "{count} 2"]:
    """Return points spread evenly over the unit square (the R2 sequence, Roberts 2018)."""
    plastic = 1.32471795724474602596
    index = np.arange(1, count + 1)
    return np.stack([(0.5 + index / plastic) % 1, (0.5 + index / plastic**2) % 1], axis=-1)


def hemisphere(count: int) -> Float64[np.ndarray, "{count} 4"]:
    """Return cosine-weighted unit vectors about +z and, as the fourth column, how far to look along each, metres."""
    turn = spread_points(count)[:, 1]
    # Every height once, in an order that mixes them: a stride without a common divisor near the golden section.
    stride = next(k for k in range(round(0.382 * count), 2 * count + 2) if math.gcd(k, count) == 1)
    height = ((np.arange(count) * stride) % count + 0.5) / count
    radius, angle = np.sqrt(height), 2 * np.pi * turn
    # Near things matter more: lengths from a fifth of the reach to all of it, in an order of their own.
    length = AMBIENT_REACH * (0.2 + 0.8 * ((np.arange(count) * 0.618034) % 1))
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1 - height), length], axis=-1)


@jit
def visibility_rays(
    triangle: np.ndarray,
    starts: np.ndarray,
    normals: np.ndarray,
    lights: np.ndarray,
    points: np.ndarray,
    directions: np.ndarray,
    block: np.ndarray,
    rays: np.ndarray,
    reach: np.ndarray,
    target: np.ndarray,
) -> int:
    """Write the shadow and ambient occlusion rays of hits; return how many.

    Args:
        triangle: hit triangle or -1 (n).
        starts: where rays leave (n 3).
        normals: shading normals (n 3).
        lights: table of lights (l 17).
        points: points of the unit square for lights (9 k 2), a row for each pixel of a block.
        directions: for ambient occlusion (9 m 4), as `hemisphere`.
        block: which row each sample uses (n).
        rays: written, origins and directions (up to n (l k + m), 6).
        reach: written, ray parameter at which each ends.
        target: written, sample number times (l + 1) plus the light's number; l for ambient occlusion.
    """
    count, kinds = 0, len(lights) + 1
    for i in range(len(triangle)):
        if triangle[i] < 0:
            continue
        sx, sy, sz = starts[i, 0], starts[i, 1], starts[i, 2]
        nx, ny, nz = normals[i, 0], normals[i, 1], normals[i, 2]
        for j in range(len(lights)):
            light = lights[j]
            for k in range(points.shape[1]):
                a, b = points[block[i], k, 0], points[block[i], k, 1]
                if light[15] == WINDOW:
                    a, b = 2 * a - 1, 2 * b - 1
                else:
                    radius, angle = math.sqrt(a), 2 * math.pi * b
                    a, b = radius * math.cos(angle), radius * math.sin(angle)
                x = light[0] + a * light[3] + b * light[6] - sx
                y = light[1] + a * light[4] + b * light[7] - sy
                z = light[2] + a * light[5] + b * light[8] - sz
                if x * nx + y * ny + z * nz <= 0:
                    continue
                far = math.sqrt(x * x + y * y + z * z)
                end = 1 - light[16] / far
                rays[count, 0], rays[count, 1], rays[count, 2] = sx, sy, sz
                rays[count, 3], rays[count, 4], rays[count, 5] = x, y, z
                # Within the lamp's own ball nothing is asked: the shortest ray always comes free.
                reach[count] = max(end, 1e-4)
                target[count] = i * kinds + j
                count += 1
        # A frame about the normal without branches on it (Duff and others, JCGT 2017).
        sign = 1.0 if nz >= 0 else -1.0
        p = -1.0 / (sign + nz)
        q = nx * ny * p
        for k in range(directions.shape[1]):
            d = directions[block[i], k]
            rays[count, 0], rays[count, 1], rays[count, 2] = sx, sy, sz
            rays[count, 3] = d[0] * (1.0 + sign * nx * nx * p) + d[1] * q + d[2] * nx
            rays[count, 4] = d[0] * sign * q + d[1] * (sign + ny * ny * p) + d[2] * ny
            rays[count, 5] = -d[0] * sign * nx - d[1] * ny + d[2] * nz
            reach[count] = d[3]
            target[count] = i * kinds + kinds - 1
            count += 1
    return count


@jit
def count_visible(occluded: np.ndarray, target: np.ndarray, asked: np.ndarray, free: np.ndarray) -> None:
    """Count, per sample and light, the rays asked and those that came free (embree answers -1); both (n * kinds)."""
    for j in range(len(occluded)):
        asked[target[j]] += 1
        if occluded[j] < 0:
            free[target[j]] += 1


@jit
def share_visible(
    asked: np.ndarray,
    free: np.ndarray,
    points: np.ndarray,
    normals: np.ndarray,
    depth: np.ndarray,
    visible: np.ndarray,
) -> None:
    """Write the visible share of each light and of the hemisphere from the counts of a pixel's 3x3 neighbours.

    Args:
        asked: rays asked (h w kinds).
        free: of these, the rays that came free (h w kinds).
        points: hit points (h w 3).
        normals: shading normals (h w 3).
        depth: ray parameters (h w).
        visible: written (h w kinds); 1 where nothing was asked.
    """
    height, width, kinds = asked.shape
    half = BLOCK // 2
    total, seen = np.empty(kinds), np.empty(kinds)
    for y in range(height):
        for x in range(width):
            n0, n1, n2 = normals[y, x, 0], normals[y, x, 1], normals[y, x, 2]
            p0, p1, p2 = points[y, x, 0], points[y, x, 1], points[y, x, 2]
            near = SAME_PLANE * depth[y, x] + 1e-3
            total[:] = 0
            seen[:] = 0
            for v in range(max(0, y - half), min(height, y + half + 1)):
                for u in range(max(0, x - half), min(width, x + half + 1)):
                    m0, m1, m2 = normals[v, u, 0], normals[v, u, 1], normals[v, u, 2]
                    if n0 * m0 + n1 * m1 + n2 * m2 < SAME_TURN:
                        continue
                    dx, dy, dz = points[v, u, 0] - p0, points[v, u, 1] - p1, points[v, u, 2] - p2
                    if abs(dx * n0 + dy * n1 + dz * n2) > near or abs(dx * m0 + dy * m1 + dz * m2) > near:
                        continue
                    for k in range(kinds):
                        total[k] += asked[v, u, k]
                        seen[k] += free[v, u, k]
            for k in range(kinds):
                visible[y, x, k] = seen[k] / total[k] if total[k] > 0 else 1.0


@jit
def borrow_visible(
    column: np.ndarray,
    row: np.ndarray,
    sample_points: np.ndarray,
    sample_normals: np.ndarray,
    points: np.ndarray,
    normals: np.ndarray,
    depth: np.ndarray,
    visible: np.ndarray,
    result: np.ndarray,
    found: np.ndarray,
) -> None:
    """Give samples within a pixel the visible shares of the neighbouring pixels that lie on the same surface.

    Args:
        column: pixel of each sample (n).
        row: likewise (n).
        sample_points: their hits (n 3).
        sample_normals: likewise (n 3).
        points: hits of all pixels (h w 3).
        normals: likewise (h w 3).
        depth: likewise (h w).
        visible: shares of all pixels (h w kinds).
        result: written (n kinds).
        found: written, whether there was such a pixel (n).
    """
    height, width, kinds = visible.shape
    for i in range(len(column)):
        p, n = sample_points[i], sample_normals[i]
        total = 0.0
        for v in range(max(0, row[i] - 1), min(height, row[i] + 2)):
            for u in range(max(0, column[i] - 1), min(width, column[i] + 2)):
                m, q = normals[v, u], points[v, u]
                dx, dy, dz = q[0] - p[0], q[1] - p[1], q[2] - p[2]
                off = abs(dx * n[0] + dy * n[1] + dz * n[2])
                if n[0] * m[0] + n[1] * m[1] + n[2] * m[2] < SAME_TURN or off > SAME_PLANE * depth[v, u] + 1e-3:
                    continue
                weight = 1.0 / (1e-6 + dx * dx + dy * dy + dz * dz)
                total += weight
                for k in range(kinds):
                    result[i, k] += weight * visible[v, u, k]
        found[i] = total > 0
        if total > 0:
            for k in range(kinds):
                result[i, k] /= total
