"""Numba kernels of the baked light: what surfaces send back, gathered on the grid, and looked up at a point."""

import math

import numba
import numpy as np

from vantage.rooms.looks.textures import texture_mean
from vantage.rooms.rendering.emitters import arrival

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

GRAZING = 1e-3
"""Least cosine for which light is counted."""


@jit
def cell_weights(
    sizes: tuple,
    low: np.ndarray,
    spacing: float,
    px: float,
    py: float,
    pz: float,
    valid: np.ndarray,
    weights: np.ndarray,
) -> tuple[int, int, int]:
    """Write the weights (8) of the grid points about a point, invalid ones left out; return the lowest of them."""
    gx = min(max((px - low[0]) / spacing, 0.0), sizes[0] - 1.001)
    gy = min(max((py - low[1]) / spacing, 0.0), sizes[1] - 1.001)
    gz = min(max((pz - low[2]) / spacing, 0.0), sizes[2] - 1.001)
    ix, iy, iz = int(gx), int(gy), int(gz)
    fx, fy, fz = gx - ix, gy - iy, gz - iz
    total = 0.0
    for corner in range(8):
        cx, cy, cz = corner & 1, (corner >> 1) & 1, corner >> 2
        weight = (fx if cx else 1 - fx) * (fy if cy else 1 - fy) * (fz if cz else 1 - fz)
        weights[corner] = weight * valid[ix + cx, iy + cy, iz + cz]
        total += weights[corner]
    for corner in range(8):
        weights[corner] /= max(total, 1e-12)
    return ix, iy, iz


@jit
def cube_light(
    cells: np.ndarray, ix: int, iy: int, iz: int, weights: np.ndarray, nx: float, ny: float, nz: float, out: np.ndarray
) -> None:
    """Write the RGB light that arrives from about a direction (out 3), by the weights of `cell_weights`."""
    wx, wy, wz = nx * nx, ny * ny, nz * nz
    ax = 0 if nx > 0 else 3
    ay = 6 if ny > 0 else 9
    az = 12 if nz > 0 else 15
    out[0] = out[1] = out[2] = 0.0
    for corner in range(8):
        weight = weights[corner]
        if weight == 0:
            continue
        cell = cells[ix + (corner & 1), iy + ((corner >> 1) & 1), iz + (corner >> 2)]
        for k in range(3):
            out[k] += weight * (wx * cell[ax + k] + wy * cell[ay + k] + wz * cell[az + k])


@jit
def bounced(
    triangle: np.ndarray,
    points: np.ndarray,
    normals: np.ndarray,
    backfaces: np.ndarray,
    sun_visibility: np.ndarray,
    face_surfaces: np.ndarray,
    surfaces: np.ndarray,
    lights: np.ndarray,
    sun: np.ndarray,
    seen: np.ndarray,
    cells: np.ndarray,
    low: np.ndarray,
    spacing: float,
    result: np.ndarray,
) -> None:
    """Write the light (n 3) that hits send back: their mean colour times direct and so far baked light.

    Args:
        triangle: hit triangle or -1 (n).
        points: hit points (n 3).
        normals: shading normals that face the ray's origin (n 3).
        backfaces: hits from behind (n); they send nothing.
        sun_visibility: 1 where the sun is seen (n).
        face_surfaces: surface of each triangle (f).
        surfaces: see `assembly.SURFACE_FIELDS`.
        lights: table of lights (l 17).
        sun: direction and colour (2 3).
        seen: visible share of each light at the grid points (x y z l).
        cells: baked light so far (x y z 19).
        low: first grid point, metres.
        spacing: of the grid, metres.
        result: written.
    """
    weights, ambient, light = np.empty(8), np.empty(3), np.empty(3)
    valid = cells[..., 18]
    for i in range(len(triangle)):
        result[i, 0] = result[i, 1] = result[i, 2] = 0.0
        f = triangle[i]
        if f < 0 or backfaces[i]:
            continue
        s = surfaces[face_surfaces[f]]
        nx, ny, nz = normals[i, 0], normals[i, 1], normals[i, 2]
        px, py, pz = points[i, 0], points[i, 1], points[i, 2]
        half = 0.5 * spacing
        ix, iy, iz = cell_weights(
            cells.shape, low, spacing, px + half * nx, py + half * ny, pz + half * nz, valid, weights
        )
        cube_light(cells, ix, iy, iz, weights, nx, ny, nz, ambient)
        facing = sun_visibility[i] * max(0.0, nx * sun[0, 0] + ny * sun[0, 1] + nz * sun[0, 2])
        for k in range(3):
            light[k] = ambient[k] + facing * sun[1, k]
        for j in range(len(lights)):
            strength, _, _, _ = arrival(lights[j], px, py, pz, nx, ny, nz)
            if strength < GRAZING:
                continue
            share = 0.0
            for corner in range(8):
                share += weights[corner] * seen[ix + (corner & 1), iy + ((corner >> 1) & 1), iz + (corner >> 2), j]
            for k in range(3):
                light[k] += share * strength * lights[j, 9 + k]
        mean = texture_mean(int(s[12]))
        for k in range(3):
            result[i, k] = (s[15 + k] + mean * (s[18 + k] - s[15 + k])) * light[k]


@jit
def gather(light: np.ndarray, weights: np.ndarray, floor: np.ndarray, cells: np.ndarray) -> None:
    """Average the light of each grid point's rays into its six axis directions.

    Args:
        light: of each ray (g r 3).
        weights: of each ray for each axis direction (6 r); rows sum to 1.
        floor: light added everywhere (3).
        cells: written but for the last column (g 19).
    """
    for g in range(len(light)):
        for a in range(6):
            total0, total1, total2 = 0.0, 0.0, 0.0
            for r in range(light.shape[1]):
                w = weights[a, r]
                total0 += w * light[g, r, 0]
                total1 += w * light[g, r, 1]
                total2 += w * light[g, r, 2]
            cells[g, 3 * a] = total0 + floor[0]
            cells[g, 3 * a + 1] = total1 + floor[1]
            cells[g, 3 * a + 2] = total2 + floor[2]


@jit
def mean_level(light: np.ndarray, backfaces: np.ndarray, cap: float) -> float:
    """Return the mean luminance (Rec. 709) of what rays see, each capped; 0 when none sees anything."""
    total, count = 0.0, 0
    for i in range(len(light)):
        if not backfaces[i]:
            level = 0.2126 * light[i, 0] + 0.7152 * light[i, 1] + 0.0722 * light[i, 2]
            total += min(level, cap)
            count += 1
    return total / count if count and not math.isnan(total) else 0.0
