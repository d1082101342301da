"""Edge maps by cause: where depth jumps, a surface creases, its colour changes, or a shadow ends."""

import math

import numba
import numpy as np
from jaxtyping import Float32, Int32, UInt8

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

DEPTH, CREASE, TEXTURE, SHADOW = 1, 2, 4, 8
"""Bits of an edge map."""

JUMP = 1.0
"""Depth jumps where each of two neighbours lies off the other's tangent plane by more than this many pixels (a pixel's
width at that depth): at a crease one of them is nearer, as the planes meet between the two."""
STEP, CONTOUR_STEP = 0.5, 0.1
"""The same for neighbours of which one lies before the other's plane and one behind: their planes do not meet between
them. Steps within one object may be its facets; between two objects only rounding is allowed for."""
TURN = math.cos(math.radians(30.0))
"""Normals that turn by more than this from pixel to pixel are a crease: a cylinder turns so only when it is four
pixels wide."""
COLOUR_STEP = 0.08
"""Difference in a channel of the surface's sRGB colour: twenty of 255 levels."""
SHADE_STEP = 0.2
"""Difference in the unblocked share of light between neighbours; the soft edge of a shadow changes more slowly."""


def edge_causes(
    points: Float32[np.ndarray, "h w 3"],
    normals: Float32[np.ndarray, "h w 3"],
    depth: Float32[np.ndarray, "h w"],
    instances: Int32[np.ndarray, "h w"],
    albedo: Float32[np.ndarray, "h w 3"],
    visibility: Float32[np.ndarray, "h w"],
    pixel_angle: float,
) -> UInt8[np.ndarray, "h w"]:
    """Return, as bits of 1 depth, 2 crease, 4 texture and 8 shadow, why each pixel differs from a neighbour.

    Both pixels of a differing pair are marked. A pair across a depth edge has no other cause, and one across a crease
    no shadow.

    Args:
        points: world frame, metres.
        normals: unit, world frame.
        depth: z-depth, metres.
        instances: object numbers.
        albedo: surface colour, linear.
        visibility: unblocked share of direct light.
        pixel_angle: size of a pixel in radians.
    """
    result = np.zeros(depth.shape, dtype=np.uint8)
    # Near enough to sRGB: a plain power of 1 / 2.2.
    encoded = np.maximum(albedo, 0) ** np.float32(1 / 2.2)
    _mark(points, normals, depth, instances, encoded, visibility, pixel_angle, result)
    return result


@jit
def _mark(
    points: np.ndarray,
    normals: np.ndarray,
    depth: np.ndarray,
    instances: np.ndarray,
    encoded: np.ndarray,
    visibility: np.ndarray,
    pixel_angle: float,
    result: np.ndarray,
) -> None:
    height, width = depth.shape
    for y in range(height):
        for x in range(width):
            for side in range(2):
                v, u = y + side, x + 1 - side
                if v >= height or u >= width:
                    continue
                cause = _cause(
                    points[y, x],
                    points[v, u],
                    normals[y, x],
                    normals[v, u],
                    max(depth[y, x], depth[v, u]) * pixel_angle,
                    instances[y, x] != instances[v, u],
                )
                if cause & DEPTH == 0:
                    for k in range(3):
                        if abs(encoded[y, x, k] - encoded[v, u, k]) > COLOUR_STEP:
                            cause |= TEXTURE
                if cause & (DEPTH | CREASE) == 0 and abs(visibility[y, x] - visibility[v, u]) > SHADE_STEP:
                    cause |= SHADOW
                result[y, x] |= cause
                result[v, u] |= cause


@jit
def _cause(p: np.ndarray, q: np.ndarray, n: np.ndarray, m: np.ndarray, pixel: float, contour: bool) -> int:
    """Return DEPTH, CREASE or 0 for two neighbouring points with their normals; `pixel` is its width in metres."""
    dx, dy, dz = q[0] - p[0], q[1] - p[1], q[2] - p[2]
    before, behind = -(dx * m[0] + dy * m[1] + dz * m[2]), dx * n[0] + dy * n[1] + dz * n[2]
    off = min(abs(before), abs(behind))
    apart = before * behind < 0
    if off > JUMP * pixel or (apart and off > (CONTOUR_STEP if contour else STEP) * pixel):
        return DEPTH
    return CREASE if n[0] * m[0] + n[1] * m[1] + n[2] * m[2] < TURN else 0
