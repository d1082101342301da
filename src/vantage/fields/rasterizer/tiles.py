"""Numba kernels that blend the Gaussians of a tile front to back, and walk back for the gradients.

A tile is 16 blocks of 4x4 pixels; a block is one vector (`simd`). For each Gaussian of the tile's list the blocks that
its box reaches are visited. The forward pass leaves, for every entry and block, the mask of pixels that took the
Gaussian; the backward pass visits these and nothing else. Pixel state lies block by block: pixel (x, y) of a tile is
number `16 * (4 * (y // 4) + x // 4) + 4 * (y % 4) + x % 4`.

Every quantity has a vector with one pixel per lane. With at most `NARROW` channels that goes for channels too; with
more ("wide"), the walk only keeps the weights, and `wide` multiplies them with the channels batch by batch.
"""

# Numba infers the types of what kernels take; hints on them would be neither read nor checked.
# pyright: reportMissingParameterType=false

import math

import numpy as np
from numba import njit

from vantage.fields.rasterizer import wide as wide_channels
from vantage.fields.rasterizer.projection import (
    ABSOLUTE,
    DEPTH,
    FIRST_CHANNEL,
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
)
from vantage.fields.rasterizer.rules import LOG2_MIN_ALPHA, MAX_ALPHA, MIN_TRANSMITTANCE
from vantage.fields.rasterizer.simd import (
    LANES,
    at_least,
    broadcast,
    clear_masks,
    exp2,
    fma,
    fnma,
    greater,
    load,
    lowest_bit,
    minimum,
    nonzero_masks,
    prefetch,
    select,
    splat,
    store,
    sum_rows,
)

NARROW = RECORD - FIRST_CHANNEL
"""Channels that fit into a Gaussian's record."""

SUMS = 7
"""Sums over pixels before those of the channels: six moments and the depth's gradient (`projection._backward_one`)."""

PIXELS, _BLOCKS = wide_channels.PIXELS, wide_channels.BLOCKS

_AHEAD = 4
"""Entries that a record is asked for before its turn: an entry takes some 300 cycles, and memory about as long as
three of them. Records lie in the Gaussians' own order, which the processor cannot foresee."""

# Pixel centres of a block's lanes, relative to its corner.
_LANE_X = (np.arange(LANES) % 4 + 0.5).astype(np.float32)
_LANE_Y = (np.arange(LANES) // 4 + 0.5).astype(np.float32)


@njit(cache=True, nogil=True)
def _block_range(mean, half):
    """Return the first block along one side of the tile that `mean +- half` reaches, and one past the last."""
    first = math.floor((max(mean - half, np.float32(-8)) - 0.5) / 4)
    last = math.floor((min(mean + half, np.float32(TILE + 8)) - 0.5) / 4) + 1
    return max(int(first), 0), min(int(last), TILE // 4)


@njit(cache=True, nogil=True)
def _exponent(dx, dy, xx, xy, yy, top):
    """Return log2 of alpha at (dx, dy) from the mean."""
    along = fma(xx, dx, xy * dy)
    return fnma(yy * dy, dy, fnma(along, dx, top))


@njit(cache=True, nogil=True)
def _inside(x0, y0, block, width, height):
    """Return the mask of a block's pixels that lie in the image."""
    mask = 0
    for lane in range(LANES):
        x, y = x0 + 4 * (block % 4) + lane % 4, y0 + 4 * (block // 4) + lane // 4
        if x < width and y < height:
            mask |= 1 << lane
    return mask


@njit(cache=True, nogil=True)
def _ask_ahead(records, gaussians, entry, stop, features, padded):
    """Ask for what is read of a coming entry's record, and of this one's features when the batch is full."""
    if entry + _AHEAD < stop:
        prefetch(records, gaussians[entry + _AHEAD] * RECORD)
    for k in range(0, padded, LANES):
        prefetch(features, gaussians[entry] * padded + k)


@njit(cache=True, nogil=True)
def forward_tile(
    x0, y0, start, stop, records, gaussians, features, n_channels, padded, width, height, hits, light, colors, alive,
    lists,
):  # fmt: skip
    """Blend one tile; return one past the last entry looked at.

    `light` (256) receives the transmittance left; `colors` depth, then the channels (narrow: plane by plane; wide:
    pixel by pixel, `padded` each, after the depth); `hits` the masks of every entry and block.
    """
    wide = padded > 0
    n_planes = 1 if wide else 1 + n_channels
    counts, weights, sources, _ = lists
    colors[:] = 0
    light[:] = 1
    n_alive = 0
    for block in range(_BLOCKS):
        alive[block] = _inside(x0, y0, block, width, height)
        n_alive += alive[block] != 0
    lane_x, lane_y = load(_LANE_X, 0), load(_LANE_Y, 0)
    threshold, most = splat(np.float32(LOG2_MIN_ALPHA)), splat(np.float32(MAX_ALPHA))
    least, zero = splat(np.float32(MIN_TRANSMITTANCE)), splat(np.float32(0))
    end = stop
    for entry in range(start, stop):
        if n_alive == 0:
            end = entry
            break
        if wide and (entry - start) % wide_channels.BATCH == 0:
            wide_channels.blend(lists, features, padded, colors, PIXELS)
        base = gaussians[entry] * RECORD
        _ask_ahead(records, gaussians, entry, stop, features, padded)
        mx, my = records[base + MEAN_X] - np.float32(x0), records[base + MEAN_Y] - np.float32(y0)
        xx, xy, yy = (
            broadcast(records, base + QUAD_XX),
            broadcast(records, base + QUAD_XY),
            broadcast(records, base + QUAD_YY),
        )
        top = broadcast(records, base + LOG2_OPACITY)
        first_x, last_x = _block_range(mx, records[base + HALF_X])
        first_y, last_y = _block_range(my, records[base + HALF_Y])
        clear_masks(hits, entry * _BLOCKS)
        for by in range(first_y, last_y):
            dy = lane_y - splat(my - np.float32(4 * by))
            for bx in range(first_x, last_x):
                block = 4 * by + bx
                if alive[block] == 0:
                    continue
                dx = lane_x - splat(mx - np.float32(4 * bx))
                exponent = _exponent(dx, dy, xx, xy, yy, top)
                hit = at_least(exponent, threshold) & alive[block]
                if hit == 0:
                    continue
                pixel = block * LANES
                alpha = minimum(exp2(exponent), most)
                front = load(light, pixel)
                behind = fnma(alpha, front, front)
                spent = hit & ~greater(behind, least)
                if spent != 0:
                    alive[block] &= ~spent
                    n_alive -= alive[block] == 0
                    hit &= ~spent
                hits[entry * _BLOCKS + block] = hit
                weight = select(hit, alpha * front, zero)
                store(light, pixel, select(hit, behind, front))
                for plane in range(n_planes):
                    at = plane * PIXELS + pixel
                    store(colors, at, fma(weight, broadcast(records, base + _plane_place(plane)), load(colors, at)))
                if wide:
                    place = block * wide_channels.BATCH + counts[block]
                    counts[block] += 1
                    sources[place] = gaussians[entry] * padded
                    store(weights, place * LANES, weight)
    wide_channels.blend(lists, features, padded, colors, PIXELS)
    return end


@njit(cache=True, nogil=True)
def _plane_place(plane):
    """Return where a record keeps the value of a plane: the depth first, then the channels."""
    return DEPTH if plane == 0 else FIRST_CHANNEL + plane - 1


@njit(cache=True, nogil=True)
def _walk_back(
    x0, y0, first, last, records, gaussians, slot_of, n_planes, wide, hits, light, behind_light, grads, slots,
    slot_size, touched, sums, weights, taken, absolute,
):  # fmt: skip
    """Write the sums of the entries first to last - 1 into their slots, last entry first."""
    lane_x, lane_y = load(_LANE_X, 0), load(_LANE_Y, 0)
    most, one, zero = splat(np.float32(MAX_ALPHA)), splat(np.float32(1)), splat(np.float32(0))
    sums[:] = 0
    if wide:
        taken[:] = 0
    for entry in range(last - 1, first - 1, -1):
        blocks = nonzero_masks(hits, entry * _BLOCKS)
        if blocks == 0:
            continue
        base = gaussians[entry] * RECORD
        if entry - _AHEAD >= first:
            prefetch(records, gaussians[entry - _AHEAD] * RECORD)
        mx, my = records[base + MEAN_X] - np.float32(x0), records[base + MEAN_Y] - np.float32(y0)
        xx, xy, yy = (
            broadcast(records, base + QUAD_XX),
            broadcast(records, base + QUAD_XY),
            broadcast(records, base + QUAD_YY),
        )
        top, depth = broadcast(records, base + LOG2_OPACITY), broadcast(records, base + DEPTH)
        s, sx, sy, sxx, sxy, syy, sz = zero, zero, zero, zero, zero, zero, zero
        absolute_x, absolute_y = zero, zero
        for plane in range(1, n_planes):
            store(sums, (SUMS - 1 + plane) * LANES, zero)
        while blocks != 0:
            block = lowest_bit(blocks)
            blocks &= blocks - 1
            hit = np.int64(hits[entry * _BLOCKS + block])
            pixel = block * LANES
            dx = lane_x - splat(mx - np.float32(4 * (block & 3)))
            dy = lane_y - splat(my - np.float32(4 * (block >> 2)))
            raw = exp2(_exponent(dx, dy, xx, xy, yy, top))
            alpha = minimum(raw, most)
            inverse = one / (one - alpha)
            behind = load(light, pixel)
            front = select(hit, behind * inverse, behind)
            store(light, pixel, front)
            weight = select(hit, alpha * front, zero)
            grad_depth = load(grads, pixel)
            value = grad_depth * depth
            if wide:
                place = (block * wide_channels.BATCH + taken[block]) * LANES
                taken[block] += 1
                value = value + load(weights, place)
                store(weights, place, weight)
            for plane in range(1, n_planes):
                grad = load(grads, plane * PIXELS + pixel)
                value = fma(grad, broadcast(records, base + FIRST_CHANNEL + plane - 1), value)
                at = (SUMS - 1 + plane) * LANES
                store(sums, at, fma(weight, grad, load(sums, at)))
            # What lies behind is dimmed by 1 - alpha: its share of the loss, over 1 - alpha, is what more alpha hides.
            hidden = load(behind_light, pixel)
            g = alpha * (front * value - hidden * inverse)
            g = select(hit & at_least(most, raw), g, zero)
            store(behind_light, pixel, fma(weight, value, hidden))
            gx, gy = g * dx, g * dy
            s, sx, sy = s + g, sx + gx, sy + gy
            sxx, sxy, syy = fma(gx, dx, sxx), fma(gx, dy, sxy), fma(gy, dy, syy)
            sz = fma(weight, grad_depth, sz)
            if absolute:
                pull_x, pull_y = fma(xx + xx, gx, xy * gy), fma(yy + yy, gy, xy * gx)
                absolute_x = absolute_x - minimum(pull_x, zero - pull_x)
                absolute_y = absolute_y - minimum(pull_y, zero - pull_y)
        store(sums, 0, s)
        store(sums, 1 * LANES, sx)
        store(sums, 2 * LANES, sy)
        store(sums, 3 * LANES, sxx)
        store(sums, 4 * LANES, sxy)
        store(sums, 5 * LANES, syy)
        store(sums, 6 * LANES, sz)
        if absolute:
            store(sums, ABSOLUTE * LANES, absolute_x)
            store(sums, (ABSOLUTE + 1) * LANES, absolute_y)
        slot = slot_of[entry]
        touched[slot] = 1
        store(slots, slot * slot_size, sum_rows(sums, 0))


@njit(cache=True, nogil=True)
def backward_tile(
    x0, y0, start, stop, records, gaussians, slot_of, features, n_channels, padded, hits, light, behind_light,
    grads, slots, slot_size, touched, sums, lists, absolute,
):  # fmt: skip
    """Write the sums of every entry of one tile into its slot.

    With `absolute` also those of |g d(log2 alpha)/d(mean)|, in which pixels that pull apart do not cancel (AbsGS).

    `light` (256) holds the transmittance left and is used up; `behind_light` (256) starts as the loss's derivative by
    that transmittance, times it; `grads` holds the gradients of depth and channels (narrow: planes; wide: planes,
    `padded` of the channels, and after them the channels pixel by pixel); `sums` is room for 16 * 16 floats.
    """
    if padded == 0:
        _walk_back(
            x0, y0, start, stop, records, gaussians, slot_of, 1 + n_channels, False, hits, light, behind_light, grads,
            slots, slot_size, touched, sums, lists[1], lists[0], absolute,
        )  # fmt: skip
        return
    taken = np.empty(_BLOCKS, dtype=np.int64)
    for last in range(stop, start, -wide_channels.BATCH):
        first = max(start, last - wide_channels.BATCH)
        wide_channels.list_hits(lists, first, last, hits, gaussians, features, slot_of, slot_size, slots, padded)
        wide_channels.values(lists, features, padded, grads, PIXELS)
        _walk_back(
            x0, y0, first, last, records, gaussians, slot_of, 1, True, hits, light, behind_light, grads, slots,
            slot_size, touched, sums, lists[1], taken, absolute,
        )  # fmt: skip
        wide_channels.gather(lists, padded, grads, (1 + padded) * PIXELS, slots)
