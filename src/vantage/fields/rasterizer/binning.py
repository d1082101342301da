"""Numba kernels that order Gaussians by depth and list, for every tile, those that touch it, front to back."""

# Numba infers the types of what kernels take; hints on them would be neither read nor checked.
# pyright: reportMissingParameterType=false

import math

import numpy as np
from numba import njit

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
from vantage.fields.rasterizer.simd import load, store

TILE = 16
"""Pixels along a tile's side: 16 blocks of 4x4, whose state stays in the first-level cache."""

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
def _row_span(records, base, top, bottom):
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
def _tile_range(least, greatest, n_tiles):
    """Return the first of an axis's `n_tiles` tiles with a pixel centre in [least, greatest], and one past the last.

    Pixel centres lie at +0.5, so a box that ends before a tile's first centre misses it.
    """
    end = np.float32(n_tiles * TILE)
    first = math.ceil(min(max(least, np.float32(0)), end) - np.float32(0.5))
    last = math.floor(min(max(greatest, np.float32(0)), end) + np.float32(0.5))
    return first // TILE, max((last + TILE - 1) // TILE, 0)


@njit(cache=True, nogil=True)
def _tile_box(records, base, tiles_x, tiles_y):
    """Return first row, past last row, first column, past last column of the tiles that the Gaussian's box reaches."""
    mx, my = records[base + MEAN_X], records[base + MEAN_Y]
    half_x, half_y = records[base + HALF_X], records[base + HALF_Y]
    top, bottom = _tile_range(my - half_y, my + half_y, tiles_y)
    left, right = _tile_range(mx - half_x, mx + half_x, tiles_x)
    return top, bottom, left, right


@njit(cache=True, nogil=True)
def _tile_columns(records, base, row, box, tiles_x):
    """Return the first tile of a tile row that the ellipse touches, and one past the last."""
    top, bottom, left, right = box
    # In a single row or column of tiles the box itself is exact.
    if bottom - top <= 1 or right - left <= 1:
        return left, right
    edge = np.float32(row * TILE + 0.5)
    least, greatest = _row_span(records, base, edge, edge + np.float32(TILE - 1))
    if least > greatest:
        return 0, 0
    return _tile_range(least, greatest, tiles_x)


@njit(cache=True, nogil=True)
def count_tiles(
    part, parts, order, screen, channels, records, features, padded, tiles_x, tiles_y, counts, slot_starts
):  # fmt: skip
    """Copy a part of the records into depth order; count the Gaussians of each tile and the tiles of each Gaussian.

    Channels go into the records, or with `padded` > 0 into `features`, that many floats each. Counts of Gaussian k
    go to place k + 1.
    """
    n, n_channels = len(order), channels.shape[1]
    for k in range(part * n // parts, (part + 1) * n // parts):
        i = order[k]
        base = k * RECORD
        store(records, base, load(screen, i * RECORD))
        if padded > 0:
            for j in range(n_channels):
                features[k * padded + j] = channels[i, j]
            for j in range(n_channels, padded):
                features[k * padded + j] = 0
        else:
            for j in range(n_channels):
                records[base + HALF_Y + 1 + j] = channels[i, j]
        box = _tile_box(records, base, tiles_x, tiles_y)
        total = 0
        for row in range(box[0], box[1]):
            first, last = _tile_columns(records, base, row, box, tiles_x)
            for tile in range(row * tiles_x + first, row * tiles_x + last):
                counts[part, tile] += 1
            total += max(last - first, 0)
        slot_starts[k + 1] = total


@njit(cache=True, nogil=True)
def place_tiles(counts, slot_starts):
    """Turn the counts of `count_tiles` into places; return where each tile's list starts, and the number of entries.

    An entry is one Gaussian in one tile's list; a slot is the same pair counted Gaussian by Gaussian.
    """
    parts, n_tiles = counts.shape
    tile_starts = np.empty(n_tiles + 1, dtype=np.int64)
    total = 0
    for tile in range(n_tiles):
        tile_starts[tile] = total
        for part in range(parts):
            count = counts[part, tile]
            counts[part, tile] = total
            total += count
    tile_starts[n_tiles] = total
    slot_starts[0] = 0
    for k in range(len(slot_starts) - 1):
        slot_starts[k + 1] += slot_starts[k]
    return tile_starts


@njit(cache=True, nogil=True)
def fill_tiles(part, parts, records, tiles_x, tiles_y, places, slot_starts, gaussians, slots):
    """Write every entry's Gaussian (its place in the depth order) and slot."""
    n = len(slot_starts) - 1
    for k in range(part * n // parts, (part + 1) * n // parts):
        base = k * RECORD
        slot = slot_starts[k]
        box = _tile_box(records, base, tiles_x, tiles_y)
        for row in range(box[0], box[1]):
            first, last = _tile_columns(records, base, row, box, tiles_x)
            for tile in range(row * tiles_x + first, row * tiles_x + last):
                place = places[part, tile]
                gaussians[place] = k
                slots[place] = slot
                places[part, tile] = place + 1
                slot += 1
