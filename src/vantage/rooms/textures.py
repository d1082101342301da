"""Procedural textures in object space (triplanar), as numba functions: where two colours of a surface mix.

Each fades to its mean where a pixel covers more than its period, so that views agree and nothing shimmers. Texture
numbers are those of `materials`.
"""

import math

import numba
import numpy as np

from vantage.rooms import materials as m

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

PLAIN, GRAIN, CHECKS, STRIPES = m.PLAIN, m.GRAIN, m.CHECKS, m.STRIPES
SPECKLE, WEAVE, PLANKS, TILES, BRICKS = m.SPECKLE, m.WEAVE, m.PLANKS, m.TILES, m.BRICKS
DOTS, PICTURE, BRUSHED, LEAVES, OUTDOORS = m.DOTS, m.PICTURE, m.BRUSHED, m.LEAVES, m.OUTDOORS


@jit
def _hash(x: int, y: int, z: int, seed: int) -> float:
    """Return a number in [0, 1) that depends on the integers alone (an integer finaliser after Wang 2007)."""
    n = (x * 374761393 + y * 668265263 + z * 2147483647 + seed * 1274126177) & 0xFFFFFFFF
    n = ((n ^ (n >> 13)) * 1274126177) & 0xFFFFFFFF
    n = ((n ^ (n >> 16)) * 2246822519) & 0xFFFFFFFF
    return ((n ^ (n >> 13)) & 0xFFFF) / 65536.0


@jit
def _noise2(x: float, y: float, seed: int) -> float:
    """Return value noise of unit period in [0, 1], smoothly interpolated."""
    ix, iy = math.floor(x), math.floor(y)
    fx, fy = x - ix, y - iy
    fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
    jx, jy = int(ix), int(iy)
    low = _hash(jx, jy, 0, seed) * (1 - fx) + _hash(jx + 1, jy, 0, seed) * fx
    high = _hash(jx, jy + 1, 0, seed) * (1 - fx) + _hash(jx + 1, jy + 1, 0, seed) * fx
    return low * (1 - fy) + high * fy


@jit
def _edge(distance: float, width: float) -> float:
    """Return a step from 0 to 1 at distance 0 that is `width` wide."""
    t = min(1.0, max(0.0, distance / width + 0.5))
    return t * t * (3 - 2 * t)


@jit
def _square_wave(x: float, width: float) -> float:
    """Return a wave of period 1 that is 0 on one half and 1 on the other, with edges `width` wide."""
    x = x - math.floor(x)
    return _edge(x - 0.5, width) - _edge(x - 1.0, width) - _edge(x, width) + 1.0


@jit
def _bond(u: float, v: float, row_offset: float, joint: float, width: float, seed: int) -> float:
    """Return the mix of unit cells in rows shifted by `row_offset`: own shade per cell, 1 in the joints."""
    row = math.floor(v)
    u = u + row * row_offset
    column = math.floor(u)
    du, dv = abs(u - column - 0.5), abs(v - row - 0.5)
    gap = max(_edge(du - 0.5 + joint, width), _edge(dv - 0.5 + joint, width))
    return max(gap, 0.45 * _hash(int(column), int(row), 7, seed))


@jit
def _picture_mix(u: float, v: float, seed: int, width: float) -> float:
    """Return an abstract picture: overlapping discs and a horizon, in canvas coordinates about -0.5 to 0.5."""
    mix = 0.75 * _edge(v - 0.25 * (_hash(1, 2, 3, seed) - 0.5) - 0.1 * _noise2(3 * u, 0.0, seed), width)
    for i in range(4):
        cu = 0.7 * (_hash(i, 5, 1, seed) - 0.5)
        cv = 0.7 * (_hash(i, 9, 2, seed) - 0.5)
        radius = 0.08 + 0.16 * _hash(i, 3, 4, seed)
        disc = 1.0 - _edge(math.sqrt((u - cu) ** 2 + (v - cv) ** 2) - radius, width)
        mix = mix * (1 - disc) + disc * _hash(i, 1, 6, seed)
    return mix


@jit
def _stuff_mix(texture: int, u: float, v: float, w: float, seed: int) -> float:
    """Return the mix of a natural material, from noise in the plane (u, v) at depth w."""
    mix = 0.3
    if texture == GRAIN:
        bend = 1.6 * _noise2(u * 0.12, v * 0.7 + 3.7 * w, seed)
        ring = (v + w) * 0.9 + bend * 2.0
        line = 0.5 + 0.5 * math.sin(2 * math.pi * ring)
        mix = 0.55 * line * line + 0.45 * _noise2(u * 0.8, v * 9.0, seed + 1)
    elif texture == SPECKLE:
        mix = 0.6 * _noise2(u + 0.37 * w, v + 0.61 * w, seed) + 0.4 * _noise2(u * 2.7, v * 2.7 + w, seed + 1)
    elif texture == LEAVES:
        mix = _noise2(u + w, v - w, seed)
    elif texture == BRUSHED:
        mix = 0.5 * _noise2(u * 0.15, v * 2.0, seed) + 0.5 * _noise2(u * 0.3 + w, v * 0.3, seed + 1)
    elif texture == WEAVE:
        mix = 0.35 * _square_wave(u, 0.5) + 0.35 * _square_wave(v, 0.5) + 0.3 * _noise2(u * 0.3, v * 0.3 + w, seed)
    return mix


@jit
def _pattern_mix(texture: int, u: float, v: float, seed: int, width: float) -> float:
    """Return the mix of a drawn or built pattern whose edges are `width` wide."""
    mix = 0.3
    if texture == STRIPES:
        stripe = v if seed % 2 == 0 else u
        mix = _square_wave(stripe, width)
    elif texture == CHECKS:
        a, b = _square_wave(u * 0.5, width * 0.5), _square_wave(v * 0.5, width * 0.5)
        mix = a * (1 - b) + b * (1 - a)
    elif texture == DOTS:
        row = math.floor(v)
        du = u + 0.5 * row - math.floor(u + 0.5 * row) - 0.5
        dv = v - row - 0.5
        mix = 1.0 - _edge(math.sqrt(du * du + dv * dv) - 0.27, width)
    elif texture == PLANKS:
        row = math.floor(v)
        along = u * 0.14 + _hash(int(row), 1, 2, seed)
        tone = _bond(along, v, 0.0, 0.02, width, seed)
        mix = max(tone, 0.5 * _noise2(u * 0.6, v * 7.0, seed))
    elif texture == TILES:
        mix = max(_bond(u, v, 0.0, 0.025, width, seed), 0.35 * _noise2(u * 3.0, v * 3.0, seed))
    elif texture == BRICKS:
        mix = _bond(u * 0.5, v, 0.25, 0.03, width, seed)
    elif texture == PICTURE:
        mix = _picture_mix(u, v, seed, width)
    elif texture == OUTDOORS:
        hill = 0.15 * _noise2(u * 3.0, 0.5, seed) + 0.1 * _noise2(u * 9.0, 2.5, seed + 1) - 0.1
        mix = 1.0 - _edge(v - hill, width)
    return mix


@jit
def texture_mix(
    texture: int, x: float, y: float, z: float, nx: float, ny: float, nz: float, seed: int, footprint: float
) -> float:
    """Return the share of the second colour in [0, 1] at a point.

    Args:
        texture: texture number.
        x: first coordinate in the surface's own frame, in periods.
        y: second coordinate.
        z: third coordinate.
        nx: normal in that frame; the plane of the texture is the one it faces most.
        ny: second component.
        nz: third component.
        seed: varies the texture.
        footprint: size of a pixel on the surface, in periods.
    """
    if texture == PLAIN or footprint > 2.0:
        return 0.3
    # The plane's coordinates; v runs up on walls, so that stripes and pictures stand.
    if abs(nz) >= abs(nx) and abs(nz) >= abs(ny):
        u, v, w = x, y, z
    elif abs(nx) >= abs(ny):
        u, v, w = y, z, x
    else:
        u, v, w = x, z, y
    width = min(0.5, 0.04 + footprint)
    if texture in (GRAIN, SPECKLE, LEAVES, BRUSHED, WEAVE):
        mix = _stuff_mix(texture, u, v, w, seed)
    else:
        mix = _pattern_mix(texture, u, v, seed, width)
    fade = _edge(1.0 - footprint, 1.5)
    return 0.3 + (mix - 0.3) * fade


@jit
def sample_textures(texture: int, points: np.ndarray, normal: np.ndarray, seed: int, footprint: float) -> np.ndarray:
    """Evaluate one texture at many points (n 3), for tests and swatches."""
    result = np.empty(len(points))
    for i in range(len(points)):
        p = points[i]
        result[i] = texture_mix(texture, p[0], p[1], p[2], normal[0], normal[1], normal[2], seed, footprint)
    return result
