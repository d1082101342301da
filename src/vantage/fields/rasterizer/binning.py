"""Numba kernels that order Gaussians by depth and list, for every tile, those that touch it, front to back."""

import math

import numpy as np
from numba import njit, prange

from vantage.fields.rasterizer.projection import (
    DEPTH,
    HALF_X,
    HALF_Y,
    LOG2_OPACITY,
    MEAN_X,
    MEAN_Y,
    QUAD_XX,
    QUAD_XY,
    QUAD_YY,
    RECORD,
)
from vantage.fields.rasterizer.rules import LOG2_MIN_ALPHA

TILE = 16
"""Pixels along a tile's side: 16 blocks of 4x4, whose state stays in the first-level cache."""

_CHUNKS = 16
"""Parts in which Gaussians are binned at once; each has its own counts of all tiles, so there are few."""

_RADIX_BITS = 11
"""Three passes cover 32-bit keys; 2^11 counters stay in the first-level cache."""


@njit(cache=True, nogil=True)
def depth_order(screen, radii):
    """Return the indices of the Gaussians with a radius, nearest first; equal depths keep their order."""
    n_visible = 0
    for i in range(len(radii)):
        n_visible += radii[i] > 0
    indices = np.empty(n_visible, dtype=np.int32)
    depths = np.empty(n_visible, dtype=np.float32)
    k = 0
    for i in range(len(radii)):
        if radii[i] > 0:
            indices[k] = i
            depths[k] = screen[i * RECORD + DEPTH]
            k += 1
    # The bits of positive floats grow with the floats.
    keys = depths.view(np.uint32)
    other_indices, other_keys = np.empty_like(indices), np.empty_like(keys)
    buckets = 1 << _RADIX_BITS
    counts = np.empty(buckets, dtype=np.int64)
    for shift in range(0, 32, _RADIX_BITS):
        counts[:] = 0
        for k in range(n_visible):
            counts[(keys[k] >> shift) & (buckets - 1)] += 1
        total = 0
        for b in range(buckets):
            count = counts[b]
            counts[b] = total
            total += count
        for k in range(n_visible):
            b = (keys[k] >> shift) & (buckets - 1)
            other_keys[counts[b]] = keys[k]
            other_indices[counts[b]] = indices[k]
            counts[b] += 1
        keys, other_keys = other_keys, keys
        indices, other_indices = other_indices, indices
    return indices


@njit(cache=True, nogil=True)
def row_span(records, base, top, bottom):
    """Return the least and greatest x that the ellipse of alpha 1/255 reaches between the heights `top` and `bottom`.

    Exact: its extreme points if they lie in that band, else where it crosses the band's edge. Empty: (1, 0).
    """
    half_x, half_y = records[base + HALF_X], records[base + HALF_Y]
    mx, my = records[base + MEAN_X], records[base + MEAN_Y]
    low, high = max(top - my, -half_y), min(bottom - my, half_y)
    if low > high:
        return np.float32(1), np.float32(0)
    xx, xy, yy = records[base + QUAD_XX], records[base + QUAD_XY], records[base + QUAD_YY]
    reach = records[base + LOG2_OPACITY] - np.float32(LOG2_MIN_ALPHA)
    tip = -xy / (np.float32(2) * yy) * half_x
    inverse = np.float32(0.5) / xx
    dy = min(max(-tip, low), high)
    root = math.sqrt(max(xy * xy * dy * dy - np.float32(4) * xx * (yy * dy * dy - reach), np.float32(0)))
    left = (-xy * dy - root) * inverse if dy != -tip else -half_x
    dy = min(max(tip, low), high)
    root = math.sqrt(max(xy * xy * dy * dy - np.float32(4) * xx * (yy * dy * dy - reach), np.float32(0)))
    right = (-xy * dy + root) * inverse if dy != tip else half_x
    # A hundredth of a pixel covers the rounding of the square roots; the pixel's own test decides in the end.
    return mx + left - np.float32(0.01), mx + right + np.float32(0.01)


@njit(cache=True, nogil=True)
def tile_rows(records, base, tiles_y):
    """Return the first tile row the Gaussian's box reaches, and one past the last."""
    top = records[base + MEAN_Y] - records[base + HALF_Y]
    bottom = records[base + MEAN_Y] + records[base + HALF_Y]
    # Pixel centres lie at +0.5, so a box that ends before a tile's first centre misses it.
    first = max(math.floor((max(top, np.float32(-1)) - 0.5) / TILE), 0)
    last = min(math.floor((min(bottom, np.float32(tiles_y * TILE)) - 0.5) / TILE) + 1, tiles_y)
    return int(first), int(last)


@njit(cache=True, nogil=True)
def tile_columns(records, base, row, tiles_x):
    """Return the first tile of a tile row that the ellipse touches, and one past the last."""
    top = np.float32(row * TILE + 0.5)
    left, right = row_span(records, base, top, top + np.float32(TILE - 1))
    if left > right:
        return 0, 0
    first = max(math.floor((max(left, np.float32(-1)) - 0.5) / TILE), 0)
    last = min(math.floor((min(right, np.float32(tiles_x * TILE)) - 0.5) / TILE) + 1, tiles_x)
    return int(first), int(last)


@njit(cache=True, nogil=True)
def _count_chunk(start, stop, order, screen, channels, records, tiles_x, tiles_y, counts, slot_starts):
    """Copy records `start` to `stop` into depth order and count the tiles each touches."""
    n_channels = channels.shape[1]
    for k in range(start, stop):
        i = order[k]
        base = k * RECORD
        for j in range(HALF_Y + 1):
            records[base + j] = screen[i * RECORD + j]
        for j in range(n_channels):
            records[base + HALF_Y + 1 + j] = channels[i, j]
        first_row, last_row = tile_rows(records, base, tiles_y)
        total = 0
        for row in range(first_row, last_row):
            first, last = tile_columns(records, base, row, tiles_x)
            for tile in range(row * tiles_x + first, row * tiles_x + last):
                counts[tile] += 1
            total += max(last - first, 0)
        slot_starts[k + 1] = total


@njit(cache=True, nogil=True, parallel=True)
def count_tiles(order, screen, channels, records, tiles_x, tiles_y):
    """Fill `records` in depth order; return where each chunk's entries of each tile start, tile starts, slot starts.

    An entry is one Gaussian in one tile's list; a slot is the same pair counted Gaussian by Gaussian. `channels` are
    those that fit into the records; pass none where they do not.
    """
    n, n_tiles = len(order), tiles_x * tiles_y
    cursors = np.zeros((_CHUNKS, n_tiles), dtype=np.int64)
    slot_starts = np.zeros(n + 1, dtype=np.int64)
    for chunk in prange(_CHUNKS):
        _count_chunk(
            chunk * n // _CHUNKS, (chunk + 1) * n // _CHUNKS, order, screen, channels, records, tiles_x, tiles_y,
            cursors[chunk], slot_starts,
        )  # fmt: skip
    tile_starts = np.empty(n_tiles + 1, dtype=np.int64)
    total = 0
    for tile in range(n_tiles):
        tile_starts[tile] = total
        for chunk in range(_CHUNKS):
            count = cursors[chunk, tile]
            cursors[chunk, tile] = total
            total += count
    tile_starts[n_tiles] = total
    for k in range(n):
        slot_starts[k + 1] += slot_starts[k]
    return cursors, tile_starts, slot_starts


@njit(cache=True, nogil=True)
def _fill_chunk(start, stop, records, tiles_x, tiles_y, cursor, slot_starts, gaussians, slots):
    """Append Gaussians `start` to `stop` to the lists of the tiles they touch."""
    for k in range(start, stop):
        base = k * RECORD
        slot = slot_starts[k]
        first_row, last_row = tile_rows(records, base, tiles_y)
        for row in range(first_row, last_row):
            first, last = tile_columns(records, base, row, tiles_x)
            for tile in range(row * tiles_x + first, row * tiles_x + last):
                gaussians[cursor[tile]] = k
                slots[cursor[tile]] = slot
                cursor[tile] += 1
                slot += 1


@njit(cache=True, nogil=True, parallel=True)
def fill_tiles(records, tiles_x, tiles_y, cursors, slot_starts, gaussians, slots):
    """Write every entry's Gaussian (its place in the depth order) and slot."""
    n = len(slot_starts) - 1
    for chunk in prange(_CHUNKS):
        _fill_chunk(
            chunk * n // _CHUNKS, (chunk + 1) * n // _CHUNKS, records, tiles_x, tiles_y, cursors[chunk], slot_starts,
            gaussians, slots,
        )  # fmt: skip
