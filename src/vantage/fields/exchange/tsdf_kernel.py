"""The numba kernel that fuses one depth picture into a grid of truncated signed distances."""

# Numba infers the types of what kernels take; hints on them would be neither read nor checked.
# pyright: reportMissingParameterType=false

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def integrate(distance, weight, color, depth, rgb, camera_from_world, intrinsics, origin, voxel, truncation):
    """Average one view into the grid (Curless and Levoy, 1996), in place.

    `distance` (x, y, z) holds signed distances over the truncation, in [-1, 1], positive in front of surfaces;
    `weight` the number of views that saw a voxel, `color` (x, y, z, 3) the mean colour of those that saw it near a
    surface, and `color`'s own weight stands in its fourth channel. Distances are measured along the viewing ray.
    """
    nx, ny, nz = distance.shape
    height, width = depth.shape
    fx, fy, cx, cy = intrinsics
    step = camera_from_world[:3, 2] * voxel
    for i in range(nx):
        for j in range(ny):
            x_world = origin[0] + i * voxel
            y_world = origin[1] + j * voxel
            start = (
                camera_from_world[:3, 0] * x_world
                + camera_from_world[:3, 1] * y_world
                + camera_from_world[:3, 2] * origin[2]
                + camera_from_world[:3, 3]
            )
            for k in range(nz):
                z = start[2] + k * step[2]
                if z <= 1e-6:
                    continue
                x_ray = (start[0] + k * step[0]) / z
                y_ray = (start[1] + k * step[1]) / z
                u = x_ray * fx + cx
                v = y_ray * fy + cy
                if not (u >= 0.0 and v >= 0.0 and u < width and v < height):
                    continue
                surface = _depth_at(depth, u - 0.5, v - 0.5, truncation)
                if surface <= 0.0:
                    continue
                signed = (surface - z) * math.sqrt(1.0 + x_ray * x_ray + y_ray * y_ray)
                if signed < -truncation:
                    continue
                old = weight[i, j, k]
                distance[i, j, k] = (distance[i, j, k] * old + min(1.0, signed / truncation)) / (old + 1.0)
                weight[i, j, k] = old + 1.0
                if signed < truncation:
                    row, column = int(v), int(u)
                    share = 1.0 / (color[i, j, k, 3] + 1.0)
                    for channel in range(3):
                        color[i, j, k, channel] += (rgb[row, column, channel] - color[i, j, k, channel]) * share
                    color[i, j, k, 3] += 1.0


@njit(cache=True, nogil=True)
def _depth_at(depth, column, row, truncation):
    """Return depth between four pixel centres, or that of the nearest pixel where the four are no one surface."""
    height, width = depth.shape
    left = min(max(math.floor(column), 0), width - 1)
    top = min(max(math.floor(row), 0), height - 1)
    right, bottom = min(left + 1, width - 1), min(top + 1, height - 1)
    a, b, c, d = depth[top, left], depth[top, right], depth[bottom, left], depth[bottom, right]
    low, high = min(min(a, b), min(c, d)), max(max(a, b), max(c, d))
    s = min(max(column - left, 0.0), 1.0)
    t = min(max(row - top, 0.0), 1.0)
    if low <= 0.0 or high - low > truncation:
        return depth[bottom if t >= 0.5 else top, right if s >= 0.5 else left]
    return np.float64((a * (1 - s) + b * s) * (1 - t) + (c * (1 - s) + d * s) * t)
