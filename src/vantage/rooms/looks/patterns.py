"""Drawn and built patterns: stripes, checks, flowers, print, planks, tiles, parquet, and pictures."""

import math

import numba

from vantage.rooms.looks import materials as m
from vantage.rooms.looks.noise import blend, hashed, noise, step, wave

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

CHECKS, STRIPES, DOTS, FLOWERS, ZIGZAG, PRINT = m.CHECKS, m.STRIPES, m.DOTS, m.FLOWERS, m.ZIGZAG, m.PRINT
PLANKS, TILES, BRICKS, PARQUET, PANELLING = m.PLANKS, m.TILES, m.BRICKS, m.PARQUET, m.PANELLING
PICTURE, OUTDOORS, PAGES, BOND = m.PICTURE, m.OUTDOORS, m.PAGES, m.BOND


@jit
def _cells(u: float, v: float, shift: float, joint: float, width: float, seed: int, contrast: float) -> float:
    """Return the mix of unit cells in rows shifted by `shift`: an own shade per cell, 1 in the joints."""
    row = math.floor(v)
    u = u + row * shift
    column = math.floor(u)
    du, dv = abs(u - column - 0.5), abs(v - row - 0.5)
    gap = max(step(du - 0.5 + joint, width), step(dv - 0.5 + joint, width))
    # Joints narrower than a pixel weaken instead of growing with it.
    gap *= min(1.0, 2.5 * joint / width)
    return max(gap, contrast * hashed(int(column), int(row), 7, seed))


@jit
def _flower(u: float, v: float, seed: int, width: float) -> float:
    """Return five-petalled flowers and leaves, one in each cell, set and turned at random."""
    row, column = math.floor(v), math.floor(u)
    a, b = int(column), int(row)
    x = u - column - 0.35 - 0.3 * hashed(a, b, 1, seed)
    y = v - row - 0.35 - 0.3 * hashed(a, b, 2, seed)
    radius, angle = math.sqrt(x * x + y * y), math.atan2(y, x) + 6.3 * hashed(a, b, 3, seed)
    petals = 0.18 + 0.09 * math.cos(5 * angle)
    return (1.0 - step(radius - petals, width)) * step(radius - 0.06, width)


@jit
def _print(u: float, v: float, seed: int, width: float) -> float:
    """Return rows of words, one row per unit of v, and now and then a heading or a block."""
    row = math.floor(v)
    inside = v - row
    heading = row % 7 == 0
    if row % 7 == 6:
        return 0.0
    scale = 0.6 if heading else 1.6
    word = math.floor(u * scale)
    share = 0.45 + 0.5 * hashed(int(word), row, 1, seed)
    along = u * scale - word
    ink = (1.0 - step(along - share, width * scale)) * step(along, width * scale)
    letters = 1.0 if heading else 0.55 + 0.45 * wave(u * scale * 4.0, min(0.5, 4 * width * scale))
    tall = step(inside - 0.2, width) * (1.0 - step(inside - (0.9 if heading else 0.65), width))
    return ink * letters * tall


@jit
def _picture(u: float, v: float, seed: int, width: float) -> float:
    """Return an abstract picture: overlapping discs and a horizon, in canvas coordinates about -0.5 to 0.5."""
    mix = 0.75 * step(v - 0.25 * (hashed(1, 2, 3, seed) - 0.5) - 0.1 * noise(3 * u, 0.0, seed), width)
    for i in range(4):
        cu = 0.7 * (hashed(i, 5, 1, seed) - 0.5)
        cv = 0.7 * (hashed(i, 9, 2, seed) - 0.5)
        radius = 0.08 + 0.16 * hashed(i, 3, 4, seed)
        disc = 1.0 - step(math.sqrt((u - cu) ** 2 + (v - cv) ** 2) - radius, width)
        mix = mix * (1 - disc) + disc * hashed(i, 1, 6, seed)
    return mix


@jit
def _drawn(texture: int, u: float, v: float, seed: int, width: float) -> float:
    """Return stripes, checks, dots, zigzags, flowers, print or pages."""
    if texture == STRIPES:
        return wave(v if seed % 2 == 0 else u, width)
    if texture == CHECKS:
        # Gingham: where both stripes cross it is darkest.
        return 0.5 * wave(u * 0.5, width * 0.5) + 0.5 * wave(v * 0.5, width * 0.5)
    if texture == DOTS:
        row = math.floor(v)
        du = u + 0.5 * row - math.floor(u + 0.5 * row) - 0.5
        dv = v - row - 0.5
        return 1.0 - step(math.sqrt(du * du + dv * dv) - 0.27, width)
    if texture == ZIGZAG:
        tooth = abs(u - math.floor(u) - 0.5)
        return wave(v + tooth, width * 1.4)
    if texture == FLOWERS:
        return _flower(u, v, seed, width)
    if texture == PAGES:
        return 0.6 * wave(v, width)
    return _print(u, v, seed, width)


@jit
def _parquet(u: float, v: float, seed: int, width: float) -> float:
    """Return squares of four staves that turn by a right angle from one to the next."""
    column, row = math.floor(u), math.floor(v)
    a, b = (u, v) if (column + row) % 2 == 0 else (v, u)
    fibre = 0.3 * noise(a * 1.5, b * 26.0, seed)
    return max(fibre, _cells(a, 4 * b, 0.0, 0.012, width * 2, seed, 0.6))


@jit
def _built(texture: int, u: float, v: float, seed: int, width: float) -> float:
    """Return planks, tiles, bricks, parquet or panelling."""
    if texture == PLANKS:
        row = math.floor(v)
        along = u * 0.14 + hashed(int(row), 1, 2, seed)
        tone = _cells(along, v, 0.0, 0.016, width, seed, 0.5)
        fibre = noise(u * 0.6, v * 7.0 + 3.1 * row, seed)
        return max(tone, blend(0.5 * fibre, 0.25, 5 * width))
    if texture == TILES:
        cloud = 0.2 * noise(u * 2.0, v * 2.0, seed) + 0.1
        return max(_cells(u, v, 0.0, 0.018, width, seed, 0.25), cloud)
    if texture == BOND:
        return _cells(u * 0.5, v, 0.5, 0.03, width, seed, 0.2)
    if texture == BRICKS:
        rough = blend(0.35 * noise(u * 5.0, v * 5.0, seed), 0.17, 5 * width)
        return max(rough, _cells(u * 0.36, v, 0.5, 0.045, width, seed, 0.55))
    if texture == PARQUET:
        return _parquet(u, v, seed, width)
    column = math.floor(u)
    groove = step(abs(u - column - 0.5) - 0.47, width)
    fibre = noise(u * 9.0, v * 0.4, seed + int(column))
    return max(groove * min(1.0, 0.08 / width), blend(0.4 * fibre, 0.2, 9 * width))


@jit
def pattern_mix(texture: int, u: float, v: float, seed: int, footprint: float, mean: float) -> float:
    """Return the mix of a pattern at (u, v), in periods, softened over a pixel's footprint and faded to its mean."""
    width = min(0.5, 0.02 + footprint)
    if texture == PICTURE:
        return _picture(u, v, seed, width)
    if texture == OUTDOORS:
        hill = 0.15 * noise(u * 3.0, 0.5, seed) + 0.1 * noise(u * 9.0, 2.5, seed + 1) - 0.1
        return 1.0 - step(v - hill, width)
    if texture in (PLANKS, TILES, BRICKS, PARQUET, PANELLING, BOND):
        return blend(_built(texture, u, v, seed, width), mean, footprint)
    return blend(_drawn(texture, u, v, seed, width), mean, (1.0 if texture != PRINT else 1.6) * footprint)
