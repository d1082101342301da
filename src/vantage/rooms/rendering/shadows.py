"""Numba kernels about shadows: where hits lie, which rays ask for the sun, and what share of the light arrives."""

import math

import numba
import numpy as np

from vantage.rooms.rendering.emitters import arrival

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

SHADOW_BIAS = 1.5e-3
"""Metres by which shadow rays leave the surface: embree computes in float32, and 1e-3 m suffices in a room."""


@jit
def surface_points(
    origin: np.ndarray,
    directions: np.ndarray,
    distance: np.ndarray,
    triangle: np.ndarray,
    u: np.ndarray,
    v: np.ndarray,
    flat: np.ndarray,
    corner_normals: np.ndarray,
    points: np.ndarray,
    normals: np.ndarray,
    starts: np.ndarray,
) -> None:
    """Write hit points (n 3), shading normals that face the viewer (n 3), and where shadow rays start (n 3)."""
    for i in range(len(triangle)):
        f = triangle[i]
        if f < 0:
            continue
        a, b = u[i], v[i]
        c = 1 - a - b
        n0 = c * corner_normals[f, 0, 0] + a * corner_normals[f, 1, 0] + b * corner_normals[f, 2, 0]
        n1 = c * corner_normals[f, 0, 1] + a * corner_normals[f, 1, 1] + b * corner_normals[f, 2, 1]
        n2 = c * corner_normals[f, 0, 2] + a * corner_normals[f, 1, 2] + b * corner_normals[f, 2, 2]
        g0, g1, g2 = flat[i, 0], flat[i, 1], flat[i, 2]
        facing = g0 * directions[i, 0] + g1 * directions[i, 1] + g2 * directions[i, 2]
        size = max(1e-20, math.sqrt(g0 * g0 + g1 * g1 + g2 * g2))
        if facing > 0:
            size = -size
        g0, g1, g2 = g0 / size, g1 / size, g2 / size
        size = max(1e-12, math.sqrt(n0 * n0 + n1 * n1 + n2 * n2))
        if n0 * g0 + n1 * g1 + n2 * g2 < 0:
            size = -size
        normals[i, 0], normals[i, 1], normals[i, 2] = n0 / size, n1 / size, n2 / size
        o = i % len(origin)
        for k in range(3):
            points[i, k] = origin[o, k] + distance[i] * directions[i, k]
        starts[i, 0] = points[i, 0] + SHADOW_BIAS * g0
        starts[i, 1] = points[i, 1] + SHADOW_BIAS * g1
        starts[i, 2] = points[i, 2] + SHADOW_BIAS * g2


@jit
def sun_rays(
    triangle: np.ndarray,
    starts: np.ndarray,
    normals: np.ndarray,
    sun: np.ndarray,
    windows: np.ndarray,
    rays: np.ndarray,
    reach: np.ndarray,
    index: np.ndarray,
) -> int:
    """Write rays towards the sun for hits that face it and see it through a window's opening; return how many.

    Args:
        triangle: hit triangle or -1 (n).
        starts: where shadow rays leave (n 3).
        normals: shading normals (n 3).
        sun: unit vector towards the sun.
        windows: axis, plane, low, low z, high, high z (w 6), as `scene.SunWindow`.
        rays: written (n 6).
        reach: written, length of each ray to just before the wall (n).
        index: written, sample number of each ray (n).
    """
    count = 0
    for i in range(len(triangle)):
        if triangle[i] < 0 or normals[i, 0] * sun[0] + normals[i, 1] * sun[1] + normals[i, 2] * sun[2] <= 0:
            continue
        for w in range(len(windows)):
            axis = int(windows[w, 0])
            if sun[axis] * windows[w, 1] <= 0:
                continue
            t = (windows[w, 1] - starts[i, axis]) / sun[axis]
            across = starts[i, 1 - axis] + t * sun[1 - axis]
            z = starts[i, 2] + t * sun[2]
            if t > 0 and windows[w, 2] < across < windows[w, 4] and windows[w, 3] < z < windows[w, 5]:
                for k in range(3):
                    rays[count, k] = starts[i, k]
                    rays[count, 3 + k] = sun[k]
                # The pane itself is 12 mm thick and must not shade the room.
                reach[count] = t - 0.015 / abs(sun[axis])
                index[count] = i
                count += 1
                break
    return count


@jit
def add_visible(occluded: np.ndarray, index: np.ndarray, weight: float, visibility: np.ndarray) -> None:
    """Add `weight` to the visibility of each sample whose ray was free (embree answers -1)."""
    for j in range(len(occluded)):
        if occluded[j] < 0:
            visibility[index[j]] += weight


@jit
def lit_share(
    triangle: np.ndarray,
    points: np.ndarray,
    normals: np.ndarray,
    visible: np.ndarray,
    sun_visible: np.ndarray,
    lights: np.ndarray,
    sun: np.ndarray,
    share: np.ndarray,
) -> None:
    """Write how much of the light that lamps, windows and sun could send to each sample arrives (n), 0 to 1."""
    for i in range(len(triangle)):
        share[i] = 1.0
        if triangle[i] < 0:
            continue
        p, n = points[i], normals[i]
        facing = max(0.0, n[0] * sun[0, 0] + n[1] * sun[0, 1] + n[2] * sun[0, 2]) * sun[1, 1]
        could, does = facing, facing * sun_visible[i]
        for j in range(len(lights)):
            strength, _, _, _ = arrival(lights[j], p[0], p[1], p[2], n[0], n[1], n[2])
            could += strength * lights[j, 10]
            does += strength * lights[j, 10] * visible[i, j]
        if could > 1e-9:
            share[i] = does / could
