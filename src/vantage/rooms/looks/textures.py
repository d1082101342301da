"""Procedural textures in object space (triplanar), as numba functions: where two colours of a surface mix.

Every component fades to its mean where a pixel covers more than its own period, so that views agree and nothing
shimmers. Texture numbers are those of `materials`.
"""

import math

import numba
import numpy as np

from vantage.rooms.looks import materials as m
from vantage.rooms.looks.noise import blend, hashed, noise, step
from vantage.rooms.looks.patterns import pattern_mix

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

PLAIN, GRAIN, SPECKLE, WEAVE, BRUSHED, LEAVES = m.PLAIN, m.GRAIN, m.SPECKLE, m.WEAVE, m.BRUSHED, m.LEAVES
CREASES, MARBLE, TERRAZZO, BASKET, CRUMB = m.CREASES, m.MARBLE, m.TERRAZZO, m.BASKET, m.CRUMB
TWEED, FUR, CORRUGATED, PLASTER = m.TWEED, m.FUR, m.CORRUGATED, m.PLASTER
MEANS = np.array(m.TEXTURE_MEANS)


@jit
def texture_mean(texture: int) -> float:
    """Return the mean mix of a texture, to which it fades at a distance."""
    return MEANS[texture]


@jit
def _wood_mix(texture: int, u: float, v: float, w: float, seed: int, footprint: float) -> float:
    """Return the mix of grain that runs along u: rings, fibres and a slow change of tone."""
    bend = noise(u * 0.10, v * 0.35 + 1.7 * w, seed)
    ring = v * 1.1 + w * 0.7 + 2.2 * bend
    ring = ring - math.floor(ring)
    # A ring darkens slowly and ends at once, as late wood does.
    line = ring * ring * (1 - step(ring - 0.93, 0.14))
    fibre = noise(u * 0.45, v * 9.0 + w, seed + 1)
    tone = noise(u * 0.15, v * 0.4, seed + 2)
    return 0.5 * blend(line, 0.29, 1.3 * footprint) + 0.25 * blend(fibre, 0.5, 9.0 * footprint) + 0.2 * tone


@jit
def _stone_mix(texture: int, u: float, v: float, w: float, seed: int, footprint: float) -> float:
    """Return the mix of veined marble or of terrazzo's chips."""
    if texture == MARBLE:
        warp = 1.6 * noise(u * 1.1 + w, v * 1.1, seed) + 0.5 * noise(u * 3.1, v * 3.1 + w, seed + 1)
        vein = abs(math.sin(math.pi * (0.6 * u + 0.9 * v + 0.7 * w + warp)))
        thin = 1.0 - step(vein - 0.10, 0.2)
        return 0.75 * blend(thin, 0.07, 3.0 * footprint) + 0.25 * noise(u * 0.8, v * 0.8 + w, seed + 2)
    column, row = math.floor(u), math.floor(v)
    layer = math.floor(w)
    best = 0.0
    for i in range(-1, 2):
        for j in range(-1, 2):
            a, b = int(column) + i, int(row) + j
            x = a + 0.15 + 0.7 * hashed(a, b, layer, seed)
            y = b + 0.15 + 0.7 * hashed(a, b, layer + 7, seed + 1)
            radius = 0.16 + 0.3 * hashed(a, b, layer + 13, seed + 2)
            # Chips are cornered: their outline is between a circle and a square turned at random.
            turn = 6.3 * hashed(a, b, layer + 17, seed)
            dx, dy = u - x, v - y
            dx, dy = dx * math.cos(turn) - dy * math.sin(turn), dx * math.sin(turn) + dy * math.cos(turn)
            far = 0.6 * math.sqrt(dx * dx + dy * dy) + 0.4 * max(abs(dx), abs(dy)) * 1.2
            best = max(
                best, (1.0 - step(far - radius, 0.08 + footprint)) * (0.35 + 0.65 * hashed(a, b, layer, seed + 3))
            )
    return blend(best, 0.21, footprint)


@jit
def _cloth_mix(texture: int, u: float, v: float, w: float, seed: int, footprint: float) -> float:
    """Return the mix of woven threads (one period holds two), tweed, fur or wicker."""
    patch = blend(noise(u * 0.22 + w * 0.1, v * 0.22, seed + 4), 0.5, 0.22 * footprint)
    slow = 0.5 * noise(u * 0.045, v * 0.045 + w * 0.03, seed + 2) + 0.5 * patch
    if texture == WEAVE:
        thread = 0.5 + 0.5 * math.sin(2 * math.pi * u) * math.sin(2 * math.pi * v)
        slub = 0.5 * noise(u * 0.2, v * 2.0, seed) + 0.5 * noise(u * 2.0, v * 0.2, seed + 1)
        return 0.35 * blend(thread, 0.5, 2 * footprint) + 0.35 * blend(slub, 0.5, 2 * footprint) + 0.3 * slow
    if texture == TWEED:
        row = math.floor(u * 0.125)
        lean = v + (u if int(row) % 2 == 0 else -u)
        twill = 0.5 + 0.5 * math.sin(math.pi * lean)
        fleck = noise(u * 1.3, v * 1.3 + w, seed)
        return 0.4 * blend(twill, 0.5, footprint) + 0.35 * blend(fleck, 0.5, 1.3 * footprint) + 0.25 * slow
    if texture == FUR:
        tuft = noise(u * 0.5 + 0.4 * w, v * 0.5 + 0.6 * w, seed)
        hair = noise(u * 2.2 + 1.5 * tuft, v * 1.1 + 0.8 * w, seed + 1)
        return 0.45 * blend(tuft, 0.5, 0.5 * footprint) + 0.4 * blend(hair, 0.5, 2.2 * footprint) + 0.15 * slow
    # Wicker: strands of one period, in front of and behind the stakes by turns.
    column, row = math.floor(u * 0.5), math.floor(v)
    across = v - row if (column + row) % 2 == 0 else u * 0.5 - column
    along = u * 0.5 - column if (column + row) % 2 == 0 else v - row
    strand = 1.0 - math.sin(math.pi * across) * (0.65 + 0.35 * math.sin(math.pi * along))
    fleck = hashed(column, row, 3, seed)
    return 0.75 * blend(strand, 0.44, footprint) + 0.2 * blend(fleck, 0.5, footprint)


@jit
def _stuff_mix(texture: int, u: float, v: float, w: float, seed: int, footprint: float) -> float:
    """Return the mix of the other materials: speckles, leaves, metal, leather, crust, board and plaster."""
    if texture == SPECKLE:
        coarse, fine = noise(u + 0.37 * w, v + 0.61 * w, seed), noise(u * 2.7, v * 2.7 + w, seed + 1)
        return 0.6 * blend(coarse, 0.5, footprint) + 0.4 * blend(fine, 0.5, 2.7 * footprint)
    if texture == LEAVES:
        rib = abs(noise(u * 0.7 + w, v * 0.7, seed) - 0.5) * 2
        return 0.6 * blend(noise(u + w, v - w, seed), 0.5, footprint) + 0.4 * blend(rib, 0.35, footprint)
    if texture == BRUSHED:
        line = noise(u * 0.04, v * 3.0, seed)
        return 0.55 * blend(line, 0.5, 3 * footprint) + 0.45 * noise(u * 0.05 + w * 0.05, v * 0.05, seed + 1)
    if texture == CREASES:
        pebble = abs(noise(u * 4.0, v * 4.0 + w, seed) - 0.5) + abs(noise(u * 4.0 + 9.1, v * 4.0 - w, seed + 1) - 0.5)
        fold = abs(noise(u * 0.35 + 0.2 * w, v * 0.35, seed + 3) - 0.5)
        crease = 1.0 - step(fold - 0.02, 0.05)
        tone = noise(u * 0.2, v * 0.2 + 0.2 * w, seed + 2)
        grain = 1.0 - min(1.0, 2.2 * pebble)
        return 0.35 * blend(grain, 0.3, 4 * footprint) + 0.25 * blend(crease, 0.12, footprint) + 0.45 * tone
    if texture == CRUMB:
        coarse = noise(u * 0.5 + w, v * 0.5, seed)
        fine = noise(u * 2.0, v * 2.0 + w, seed + 1)
        spot = step(noise(u * 1.2 + 5.0, v * 1.2 - w, seed + 2) - 0.72, 0.1)
        return min(1.0, 0.55 * coarse + 0.25 * blend(fine, 0.5, 2 * footprint) + 0.4 * blend(spot, 0.1, footprint))
    if texture == CORRUGATED:
        line = 0.5 + 0.5 * math.sin(2 * math.pi * u)
        return (
            0.25 * blend(line, 0.5, footprint)
            + 0.5 * noise(u * 0.1 + w, v * 0.1, seed)
            + 0.25 * blend(noise(u * 2, v * 0.4, seed + 1), 0.5, 2 * footprint)
        )
    # Plaster: what a roller leaves, and walls that are not quite even.
    stipple = noise(u * 18.0, v * 18.0 + w, seed)
    return 0.3 * blend(stipple, 0.5, 18 * footprint) + 0.5 * noise(u * 0.3, v * 0.3 + w, seed + 1) + 0.1


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
    if texture == PLAIN:
        return MEANS[texture]
    # The plane's coordinates; v runs up on walls, so that stripes and pictures stand.
    if abs(nz) >= abs(nx) and abs(nz) >= abs(ny):
        u, v, w = x, y, z
    elif abs(nx) >= abs(ny):
        u, v, w = y, z, x
    else:
        u, v, w = x, z, y
    if texture == GRAIN:
        mix = _wood_mix(texture, u, v, w, seed, footprint)
    elif texture in (MARBLE, TERRAZZO):
        mix = _stone_mix(texture, u, v, w, seed, footprint)
    elif texture in (WEAVE, TWEED, FUR, BASKET):
        mix = _cloth_mix(texture, u, v, w, seed, footprint)
    elif texture in (SPECKLE, LEAVES, BRUSHED, CREASES, CRUMB, CORRUGATED, PLASTER):
        mix = _stuff_mix(texture, u, v, w, seed, footprint)
    else:
        mix = pattern_mix(texture, u, v, seed, footprint, MEANS[texture])
    return min(1.0, max(0.0, mix))


@jit
def sample_textures(texture: int, points: np.ndarray, normal: np.ndarray, seed: int, footprint: float) -> np.ndarray:
    """Evaluate one texture at many points (n 3), for tests and swatches."""
    result = np.empty(len(points))
    for i in range(len(points)):
        p = points[i]
        result[i] = texture_mix(texture, p[0], p[1], p[2], normal[0], normal[1], normal[2], seed, footprint)
    return result
