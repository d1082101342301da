"""Numba building blocks of procedural textures: hashes, noise, steps and waves, and their fading at a distance."""

import math

import numba

jit = numba.njit(cache=True, nogil=True, error_model="numpy")


@jit
def hashed(x: int, y: int, z: int, seed: int) -> float:
    """Return a number in [0, 1) that depends on the integers alone (an integer finaliser after Wang 2007)."""
    n = (x * 374761393 + y * 668265263 + z * 2147483647 + seed * 1274126177) & 0xFFFFFFFF
    n = ((n ^ (n >> 13)) * 1274126177) & 0xFFFFFFFF
    n = ((n ^ (n >> 16)) * 2246822519) & 0xFFFFFFFF
    return ((n ^ (n >> 13)) & 0xFFFF) / 65536.0


@jit
def noise(x: float, y: float, seed: int) -> float:
    """Return value noise of unit period in [0, 1], smoothly interpolated."""
    ix, iy = math.floor(x), math.floor(y)
    fx, fy = x - ix, y - iy
    fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
    jx, jy = int(ix), int(iy)
    low = hashed(jx, jy, 0, seed) * (1 - fx) + hashed(jx + 1, jy, 0, seed) * fx
    high = hashed(jx, jy + 1, 0, seed) * (1 - fx) + hashed(jx + 1, jy + 1, 0, seed) * fx
    return low * (1 - fy) + high * fy


@jit
def step(distance: float, width: float) -> float:
    """Return a smooth step from 0 to 1 at distance 0 that is `width` wide."""
    t = min(1.0, max(0.0, distance / width + 0.5))
    return t * t * (3 - 2 * t)


@jit
def wave(x: float, width: float) -> float:
    """Return a wave of period 1 that is 0 on one half and 1 on the other, with edges `width` wide."""
    x = x - math.floor(x)
    return step(x - 0.5, width) - step(x - 1.0, width) - step(x, width) + 1.0


@jit
def blend(value: float, mean: float, cycles: float) -> float:
    """Fade a component to its mean where a pixel covers many of its cycles: whole below 0.3, gone above 0.9.

    A pattern sampled once per pixel turns into false waves above half a cycle per pixel (Nyquist); fading about
    there loses little that could be seen.
    """
    return mean + (value - mean) * (1.0 - step(cycles - 0.6, 0.6))
