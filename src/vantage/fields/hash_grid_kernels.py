"""CPU kernels of the hash grid.

One thread owns a block of points (forward) or a level (backward), so that sums are taken in a fixed order and the bytes
do not depend on the number of threads.
"""

import numpy as np
from numba import njit, prange

_P1 = np.int64(2654435761)
_P2 = np.int64(805459861)


@njit(inline="always")
def _index(x: int, y: int, z: int, resolution: int, size: int, hashed: int) -> np.int64:
    if hashed:
        # Table sizes are powers of two, so the mask is the remainder.
        return (x ^ (y * _P1) ^ (z * _P2)) & (size - 1)
    return np.int64(x + (resolution + 1) * (y + (resolution + 1) * z))


@njit(inline="always")
def _cell(position: float, resolution: int) -> tuple[int, np.float32]:
    scaled = position * np.float32(resolution)
    cell = int(np.floor(scaled))
    cell = min(max(cell, 0), resolution - 1)
    return cell, scaled - np.float32(cell)


@njit(parallel=True, fastmath=True, cache=True)
def forward_kernel(points: np.ndarray, table: np.ndarray, layout: np.ndarray, out: np.ndarray) -> None:
    """Write the encoding of `points` (n, 3) to `out` (n, levels * features)."""
    features = table.shape[1]
    for p in prange(len(points)):
        for level in range(len(layout)):
            resolution, first, size, hashed = layout[level]
            x, fx = _cell(points[p, 0], resolution)
            y, fy = _cell(points[p, 1], resolution)
            z, fz = _cell(points[p, 2], resolution)
            base = level * features
            for f in range(features):
                out[p, base + f] = 0.0
            for corner in range(8):
                bx, by, bz = corner & 1, (corner >> 1) & 1, (corner >> 2) & 1
                weight = (fx if bx else 1 - fx) * (fy if by else 1 - fy) * (fz if bz else 1 - fz)
                row = first + _index(x + bx, y + by, z + bz, resolution, size, hashed)
                for f in range(features):
                    out[p, base + f] += weight * table[row, f]


@njit(parallel=True, fastmath=True, cache=True)
def backward_table(
    points: np.ndarray, table: np.ndarray, layout: np.ndarray, grad_out: np.ndarray, grad_table: np.ndarray
) -> None:
    """Add the gradient of the table to `grad_table`; every level is one task and has rows of its own."""
    features = table.shape[1]
    for level in prange(len(layout)):
        resolution, first, size, hashed = layout[level]
        base = level * features
        for p in range(len(points)):
            x, fx = _cell(points[p, 0], resolution)
            y, fy = _cell(points[p, 1], resolution)
            z, fz = _cell(points[p, 2], resolution)
            for corner in range(8):
                bx, by, bz = corner & 1, (corner >> 1) & 1, (corner >> 2) & 1
                weight = (fx if bx else 1 - fx) * (fy if by else 1 - fy) * (fz if bz else 1 - fz)
                row = first + _index(x + bx, y + by, z + bz, resolution, size, hashed)
                for f in range(features):
                    grad_table[row, f] += weight * grad_out[p, base + f]


@njit(parallel=True, fastmath=True, cache=True)
def backward_points(
    points: np.ndarray, table: np.ndarray, layout: np.ndarray, grad_out: np.ndarray, grad_points: np.ndarray
) -> None:
    """Write the gradient of the points to `grad_points`."""
    features = table.shape[1]
    for p in prange(len(points)):
        gx, gy, gz = np.float32(0), np.float32(0), np.float32(0)
        for level in range(len(layout)):
            resolution, first, size, hashed = layout[level]
            x, fx = _cell(points[p, 0], resolution)
            y, fy = _cell(points[p, 1], resolution)
            z, fz = _cell(points[p, 2], resolution)
            base = level * features
            for corner in range(8):
                bx, by, bz = corner & 1, (corner >> 1) & 1, (corner >> 2) & 1
                wx, wy, wz = (fx if bx else 1 - fx), (fy if by else 1 - fy), (fz if bz else 1 - fz)
                row = first + _index(x + bx, y + by, z + bz, resolution, size, hashed)
                value = np.float32(0)
                for f in range(features):
                    value += table[row, f] * grad_out[p, base + f]
                value *= np.float32(resolution)
                gx += value * wy * wz * (1 if bx else -1)
                gy += value * wx * wz * (1 if by else -1)
                gz += value * wx * wy * (1 if bz else -1)
        grad_points[p, 0] = gx
        grad_points[p, 1] = gy
        grad_points[p, 2] = gz
