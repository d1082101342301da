"""More channels than a record holds: the products of weights and channels, block by block of pixels.

Blending is a product of matrices: of a block of 4x4 pixels, colours += weights (pixels x Gaussians) @ channels. The
entries of a tile are taken in batches; the walk over a batch leaves, for each block, a list of the Gaussians that the
block took and their weights (16 each). Then the list is gone through once for every sixteen channels, with the block's
colours held in registers (`simd_rows`). The backward pass does so twice: before its walk for what each pixel's loss
gains by the Gaussian's channels (gradients @ channels), after it for the channels' gradients (weights^T @ gradients).
"""

# Numba infers the types of what kernels take; hints on them would be neither read nor checked.
# pyright: reportMissingParameterType=false

import numpy as np
from numba import njit

from vantage.fields.rasterizer.projection import TILE
from vantage.fields.rasterizer.simd import LANES, load, lowest_bit, nonzero_masks, prefetch, splat, store
from vantage.fields.rasterizer.simd_rows import dot_rows, fma_rows, load_rows, store_rows, transpose_rows

PIXELS = TILE * TILE
BLOCKS = PIXELS // LANES

BATCH = 64
"""Entries whose weights are kept at a time: 64 KB, which with a block's channels stays in the second-level cache.
Measured at 31 channels: 16 make a step a sixth slower, 32 to 128 cost the same."""


@njit(cache=True, nogil=True)
def new_lists():
    """Return room for a batch: counts by block, and for each place in a block's list a vector and two numbers."""
    places = BLOCKS * BATCH
    return (
        np.zeros(BLOCKS, dtype=np.int64),
        np.empty(places * LANES, dtype=np.float32),
        np.empty(places, dtype=np.int64),
        np.empty(places, dtype=np.int64),
    )


@njit(cache=True, nogil=True)
def blend(lists, features, padded, colors, at):
    """Add each listed Gaussian's features times its weights to the colours of its block; empty the lists.

    Colours lie pixel by pixel from `colors[at]`, `padded` each.
    """
    counts, weights, sources, _ = lists
    for block in range(BLOCKS):
        first = block * BATCH
        for k in range(0, padded if counts[block] > 0 else 0, LANES):
            corner = at + block * LANES * padded + k
            rows = load_rows(colors, corner, padded)
            for place in range(first, first + counts[block]):
                rows = fma_rows(weights, place * LANES, load(features, sources[place] + k), rows)
            store_rows(colors, corner, padded, rows)
        counts[block] = 0


@njit(cache=True, nogil=True)
def list_hits(lists, first, last, hits, gaussians, features, slot_of, slot_size, slots, padded):
    """List the pairs of the entries first to last - 1 with the blocks that took them, last entry first."""
    counts, _, sources, targets = lists
    counts[:] = 0
    for entry in range(last - 1, first - 1, -1):
        blocks = nonzero_masks(hits, entry * BLOCKS)
        if blocks == 0:
            continue
        target = slot_of[entry] * slot_size + LANES
        for k in range(0, padded, LANES):
            store(slots, target + k, splat(np.float32(0)))
            prefetch(features, gaussians[entry] * padded + k)
        while blocks != 0:
            block = lowest_bit(blocks)
            blocks &= blocks - 1
            place = block * BATCH + counts[block]
            sources[place] = gaussians[entry] * padded
            targets[place] = target
            counts[block] += 1


@njit(cache=True, nogil=True)
def values(lists, features, padded, planes, at):
    """Put the sums over channels of a Gaussian's features times a pixel's gradients in place of the weights.

    Gradients lie channel by channel from `planes[at]`, 256 each.
    """
    counts, weights, sources, _ = lists
    for block in range(BLOCKS):
        first = block * BATCH
        for k in range(0, padded if counts[block] > 0 else 0, LANES):
            rows = load_rows(planes, at + k * PIXELS + block * LANES, PIXELS)
            for place in range(first, first + counts[block]):
                before = splat(np.float32(0)) if k == 0 else load(weights, place * LANES)
                store(weights, place * LANES, before + dot_rows(features, sources[place] + k, rows))


@njit(cache=True, nogil=True)
def gather(lists, padded, grads, at, slots):
    """Add the sums over pixels of a Gaussian's weights times the gradients to the channels' places in its slot.

    Gradients lie pixel by pixel from `grads[at]`, `padded` each.
    """
    counts, weights, _, targets = lists
    for block in range(BLOCKS):
        first = block * BATCH
        for k in range(0, padded if counts[block] > 0 else 0, LANES):
            rows = load_rows(grads, at + block * LANES * padded + k, padded)
            for place in range(first, first + counts[block]):
                target = targets[place] + k
                store(slots, target, load(slots, target) + dot_rows(weights, place * LANES, rows))


@njit(cache=True, nogil=True)
def to_planes(grads, at, padded, background, planes, to, shown):
    """Copy gradients that lie pixel by pixel from `grads[at]` to planes of 256 pixels from `planes[to]`.

    `shown` (256) gains what a pixel's loss would gain by the background.
    """
    for block in range(BLOCKS):
        pixel = block * LANES
        for k in range(0, padded, LANES):
            rows = transpose_rows(load_rows(grads, at + pixel * padded + k, padded))
            store_rows(planes, to + k * PIXELS + pixel, PIXELS, rows)
            store(shown, pixel, load(shown, pixel) + dot_rows(background, k, rows))
