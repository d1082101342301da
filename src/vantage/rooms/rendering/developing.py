"""Numba kernels from light to picture: tone mapping, label maps, and the pixels that need finer samples."""

import math

import numba
import numpy as np

jit = numba.njit(cache=True, nogil=True, error_model="numpy")


@jit
def tone_map(linear: np.ndarray, exposure: float, encoded: np.ndarray) -> None:
    """Write sRGB in [0, 1] (n 3) of linear light: exposed, rolled off above 0.75, encoded (IEC 61966-2-1)."""
    for i in range(len(linear)):
        for k in range(3):
            c = linear[i, k] * exposure
            if c > 0.75:
                c = 0.75 + 0.25 * (1.0 - math.exp((0.75 - c) / 0.25))
            encoded[i, k] = 12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055


@jit
def surface_labels(triangle: np.ndarray, face_surfaces: np.ndarray, surfaces: np.ndarray, labels: np.ndarray) -> None:
    """Write instance, class and part name of every hit (3 n); 0 where nothing is met."""
    for i in range(len(triangle)):
        if triangle[i] >= 0:
            row = surfaces[face_surfaces[triangle[i]]]
            labels[0, i], labels[1, i], labels[2, i] = int(row[24]), int(row[25]), int(row[26])


@jit
def rough_pixels(image: np.ndarray, instances: np.ndarray, threshold: float, rough: np.ndarray) -> None:
    """Mark pixels (h w) whose colour or instance differs from a neighbour's by more than the threshold."""
    height, width = instances.shape
    for y in range(height):
        for x in range(width):
            for step in range(2):
                y2, x2 = y + step, x + 1 - step
                if y2 >= height or x2 >= width:
                    continue
                differs = instances[y, x] != instances[y2, x2]
                for k in range(3):
                    differs = differs or abs(image[y, x, k] - image[y2, x2, k]) > threshold
                if differs:
                    rough[y, x] = True
                    rough[y2, x2] = True
