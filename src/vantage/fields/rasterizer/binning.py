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
    TILE,
    tile_range,
)
from vantage.fields.rasterizer.rules import LOG2_MIN_ALPHA

_RADIX_BITS = 11
"""Three passes cover 32-bit keys; 2^11 counters stay in the first-level cache."""


@njit(cache=True, nogil=True)
def depth_order(records, radii):
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
            depths[k] = records[i * RECORD + DEPTH]
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
def _tile_columns(records, boxes, i, row, tiles_x):
    """Return the first tile of a tile row that Gaussian i's ellipse touches, and one past the last."""
    # In a single row or column of tiles the box itself is exact, and the record need not be fetched.
    if boxes[i, 1] - boxes[i, 0] <= 1 or boxes[i, 3] - boxes[i, 2] <= 1:
        return int(boxes[i, 2]), int(boxes[i, 3])
    edge = np.float32(row * TILE + 0.5)
    least, greatest = _row_span(records, i * RECORD, edge, edge + np.float32(TILE - 1))
    if least > greatest:
        return 0, 0
    return tile_range(least, greatest, tiles_x)


@njit(cache=True, nogil=True)
def count_tiles(part, parts, order, records, boxes, tiles_x, counts, slot_starts):
    """Count the Gaussians of each tile and the tiles of each Gaussian i, which go to place i + 1 of `slot_starts`."""
    n = len(order)
    for k in range(part * n // parts, (part + 1) * n // parts):
        i = order[k]
        total = 0
        for row in range(boxes[i, 0], boxes[i, 1]):
            first, last = _tile_columns(records, boxes, i, row, tiles_x)
            for tile in range(row * tiles_x + first, row * tiles_x + last):
                counts[part, tile] += 1
            total += max(last - first, 0)
        slot_starts[i + 1] = total


@njit(cache=True, nogil=True)
def place_tiles(counts, slot_starts):
    """Turn the counts of `count_tiles` into places; return where each tile's list starts, and last the sum of entries.

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
    for k in range(len(slot_starts) - 1):
        slot_starts[k + 1] += slot_starts[k]
    return tile_starts


@njit(cache=True, nogil=True)
def fill_tiles(part, parts, order, records, boxes, tiles_x, places, slot_starts, gaussians, slots):
    """Write every entry's Gaussian and slot, each tile's nearest first."""
    n = len(order)
    for k in range(part * n // parts, (part + 1) * n // parts):
        i = order[k]
        slot = slot_starts[i]
        for row in range(boxes[i, 0], boxes[i, 1]):
            first, last = _tile_columns(records, boxes, i, row, tiles_x)
            for tile in range(row * tiles_x + first, row * tiles_x + last):
                place = places[part, tile]
                gaussians[place] = i
                slots[place] = slot
                places[part, tile] = place + 1
                slot += 1
