"""Numba kernels that colour ray hits by the light that arrives at them.

Light model: lamps, windows and the sun through them (all shadowed), the room's own diffuse light from a baked volume
(`lighting`) darkened where near things close in, Lambert reflection with Phong highlights and blurred mirroring, and
emission.
"""

import math

import numba
import numpy as np

from vantage.rooms.looks.textures import texture_mix
from vantage.rooms.rendering.bounce import cell_weights, cube_light
from vantage.rooms.rendering.emitters import WINDOW, arrival

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

METAL = 0.3
"""From this share mirrored head-on a surface is a metal and colours what it mirrors."""
MIRRORED = 1.6
"""Strength of mirrored light: the light volume blurs bright windows away, which stand out in a true mirror (by eye)."""


@jit
def _window_mirrored(light: np.ndarray, px: float, py: float, pz: float, rx: float, ry: float, rz: float) -> tuple:
    """Return the unit vector to the point of a window next to where a mirrored ray would meet it (Karis 2013)."""
    away = rx * light[12] + ry * light[13] + rz * light[14]
    cx, cy, cz = light[0] - px, light[1] - py, light[2] - pz
    if away < -1e-3:
        t = (cx * light[12] + cy * light[13] + cz * light[14]) / away
        dx, dy, dz = t * rx - cx, t * ry - cy, t * rz - cz
        for axis in range(3, 9, 3):
            a, b, c = light[axis], light[axis + 1], light[axis + 2]
            along = (dx * a + dy * b + dz * c) / max(1e-9, a * a + b * b + c * c)
            along = min(1.0, max(-1.0, along))
            cx, cy, cz = cx + along * a, cy + along * b, cz + along * c
    size = max(1e-6, math.sqrt(cx * cx + cy * cy + cz * cz))
    return cx / size, cy / size, cz / size


@jit
def _mix_at(s: np.ndarray, p: np.ndarray, n: np.ndarray, footprint: float) -> float:
    """Return the texture's mix of a surface row at a point with a normal; `footprint` is a pixel's size in metres."""
    period = s[13]
    x = (s[0] * p[0] + s[1] * p[1] + s[2] * p[2] + s[9]) / period
    y = (s[3] * p[0] + s[4] * p[1] + s[5] * p[2] + s[10]) / period
    z = (s[6] * p[0] + s[7] * p[1] + s[8] * p[2] + s[11]) / period
    nx = s[0] * n[0] + s[1] * n[1] + s[2] * n[2]
    ny = s[3] * n[0] + s[4] * n[1] + s[5] * n[2]
    nz = s[6] * n[0] + s[7] * n[1] + s[8] * n[2]
    return texture_mix(int(s[12]), x, y, z, nx, ny, nz, int(s[14]), footprint / period)


@jit
def _add_lights(
    lights: np.ndarray,
    visible: np.ndarray,
    p: np.ndarray,
    n: np.ndarray,
    rx: float,
    ry: float,
    rz: float,
    specular: float,
    gloss: float,
    light: np.ndarray,
    shine: np.ndarray,
) -> None:
    """Add what arrives of every light at a point with a normal to `light`, and its highlight to `shine` (3 each)."""
    for j in range(len(lights)):
        strength, lx, ly, lz = arrival(lights[j], p[0], p[1], p[2], n[0], n[1], n[2])
        strength *= visible[j]
        if strength <= 0:
            continue
        highlight = 0.0
        if specular > 0:
            if lights[j, 15] == WINDOW:
                lx, ly, lz = _window_mirrored(lights[j], p[0], p[1], p[2], rx, ry, rz)
            cosine = max(0.0, lx * rx + ly * ry + lz * rz)
            # The mirrored ray's cosine falls four times as fast as the half vector's, for which the gloss counts.
            highlight = specular * cosine ** (0.25 * gloss) * min(1.0, 3 * strength)
        for k in range(3):
            light[k] += strength * lights[j, 9 + k]
            shine[k] += highlight * lights[j, 9 + k]


@jit
def shade(
    directions: np.ndarray,
    distance: np.ndarray,
    triangle: np.ndarray,
    points: np.ndarray,
    normals: np.ndarray,
    visible: np.ndarray,
    sun_visible: np.ndarray,
    face_surfaces: np.ndarray,
    surfaces: np.ndarray,
    lights: np.ndarray,
    sun: np.ndarray,
    cells: np.ndarray,
    low: np.ndarray,
    spacing: float,
    exposure: float,
    pixel_angle: float,
    result: np.ndarray,
    albedos: np.ndarray,
    arriving: np.ndarray,
) -> None:
    """Write linear RGB (n 3) of every sample; misses stay black.

    Args:
        directions: ray directions (n 3), any length.
        distance: ray parameter of the hit (n).
        triangle: hit triangle or -1 (n).
        points: hit points (n 3).
        normals: shading normals that face the viewer (n 3).
        visible: visible share of each light and, last, of the hemisphere (n l+1).
        sun_visible: 1 where the sun is seen (n).
        face_surfaces: surface of each triangle (f).
        surfaces: see `assembly.SURFACE_FIELDS`.
        lights: table of lights (l 17).
        sun: direction and colour (2 3).
        cells: the room's diffuse light (x y z 19).
        low: its first grid point, metres.
        spacing: distance of its grid points, metres.
        exposure: factor to picture values; what glows has the same picture value in every light.
        pixel_angle: size of a pixel in radians.
        result: written.
        albedos: written where it has rows: the surface's colour, linear (n 3).
        arriving: written where it has rows: RGB light that falls on the surface (n 3).
    """
    weights, ambient, mirrored = np.empty(8), np.empty(3), np.empty(3)
    light, shine, colour = np.empty(3), np.empty(3), np.empty(3)
    valid = cells[..., 18]
    kinds = len(lights)
    for i in range(len(triangle)):
        f = triangle[i]
        if f < 0:
            continue
        s = surfaces[face_surfaces[f]]
        n, p, d = normals[i], points[i], directions[i]
        length = math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2])
        vx, vy, vz = -d[0] / length, -d[1] / length, -d[2] / length
        facing = max(0.0, n[0] * vx + n[1] * vy + n[2] * vz)
        # A slanted pixel is long in one direction only: its mean size grows with the root of the slant.
        footprint = distance[i] * length * pixel_angle / math.sqrt(max(0.1, facing))
        mix = _mix_at(s, p, n, footprint)
        for k in range(3):
            colour[k] = s[15 + k] + mix * (s[18 + k] - s[15 + k])
        if s[23] < 0:
            for k in range(3):
                result[i, k] = -s[23] * colour[k] / exposure
            continue
        # Half a cell off the surface, so that the samples of the far side of a thin wall do not count.
        half = 0.5 * spacing
        ix, iy, iz = cell_weights(
            cells.shape, low, spacing, p[0] + half * n[0], p[1] + half * n[1], p[2] + half * n[2], valid, weights
        )
        cube_light(cells, ix, iy, iz, weights, n[0], n[1], n[2], ambient)
        open_share = visible[i, kinds]
        rx = 2 * facing * n[0] - vx
        ry = 2 * facing * n[1] - vy
        rz = 2 * facing * n[2] - vz
        direct = sun_visible[i] * max(0.0, n[0] * sun[0, 0] + n[1] * sun[0, 1] + n[2] * sun[0, 2])
        for k in range(3):
            # Light between near surfaces of one colour is not all lost (Jimenez and others 2016, in closed form).
            light[k] = ambient[k] * open_share / (1 - colour[k] * (1 - open_share)) + direct * sun[1, k]
            shine[k] = 0.0
        _add_lights(lights, visible[i], p, n, rx, ry, rz, s[21], s[22], light, shine)
        cube_light(cells, ix, iy, iz, weights, rx, ry, rz, mirrored)
        mirrors = s[27] + (1 - s[27]) * (1 - facing) ** 5 * min(1.0, s[22] / 40) if s[27] > 0 else 0.0
        metal = s[27] >= METAL
        for k in range(3):
            tint = colour[k] if metal else 1.0
            value = colour[k] * (light[k] * (1 - mirrors) + s[23] / exposure) + tint * shine[k]
            result[i, k] = value + mirrors * tint * MIRRORED * mirrored[k] * (0.3 + 0.7 * open_share)
        if len(albedos):
            for k in range(3):
                albedos[i, k] = colour[k]
                arriving[i, k] = light[k]
