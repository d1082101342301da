"""Numba kernels that run over all tiles of the image: `tiles` does one, here pixels are copied in and out."""

# Numba infers the types of what kernels take; hints on them would be neither read nor checked.
# pyright: reportMissingParameterType=false

import numpy as np
from numba import njit

from vantage.fields.rasterizer import wide
from vantage.fields.rasterizer.projection import TILE
from vantage.fields.rasterizer.simd import LANES, broadcast, fma, load, load_some, store, store_some
from vantage.fields.rasterizer.tiles import PIXELS, backward_tile, forward_tile


@njit(cache=True, nogil=True)
def forward(
    part, parts, records, tile_starts, gaussians, features, n_channels, padded, width, height, background, hits,
    stops, lights, image, depth, alpha,
):  # fmt: skip
    """Blend a part of the tiles into `image`, `depth` and `alpha`; keep what the backward pass needs.

    A part is every `parts`-th tile: neighbours cost alike, so the parts are even. `image` is flat; `background` has
    `padded` channels where that is not 0.
    """
    tiles_x = (width + TILE - 1) // TILE
    n_tiles = len(tile_starts) - 1
    colors = np.empty(PIXELS * (1 + max(padded, n_channels)), dtype=np.float32)
    alive = np.empty(wide.BLOCKS, dtype=np.int64)
    lists = wide.new_lists()
    for tile in range(part, n_tiles, parts):
        x0, y0 = tile % tiles_x * TILE, tile // tiles_x * TILE
        light = lights[tile * PIXELS : (tile + 1) * PIXELS]
        stops[tile] = forward_tile(
            x0, y0, tile_starts[tile], tile_starts[tile + 1], records, gaussians, features, n_channels, padded,
            width, height, hits, light, colors, alive, lists,
        )  # fmt: skip
        for y in range(y0, min(y0 + TILE, height)):
            for x in range(x0, min(x0 + TILE, width)):
                pixel = _pixel_number(x - x0, y - y0)
                depth[y, x] = colors[pixel]
                alpha[y, x] = 1 - light[pixel]
                target = (y * width + x) * n_channels
                for k in range(0, padded, LANES):
                    value = load(colors, PIXELS + pixel * padded + k)
                    value = fma(broadcast(light, pixel), load(background, k), value)
                    store_some(image, target + k, _some(n_channels - k), value)
                for k in range(0 if padded > 0 else n_channels):
                    image[target + k] = colors[(1 + k) * PIXELS + pixel] + light[pixel] * background[k]


@njit(cache=True, nogil=True)
def _pixel_number(x, y):
    """Return where a tile's state keeps pixel (x, y) of the tile."""
    return LANES * (4 * (y >> 2) + (x >> 2)) + 4 * (y & 3) + (x & 3)


@njit(cache=True, nogil=True)
def _some(count):
    """Return the mask of the first `count` lanes, all of them where there are no more."""
    return (1 << min(count, LANES)) - 1


@njit(cache=True, nogil=True)
def backward(
    part, parts, records, tile_starts, gaussians, slot_of, features, n_channels, padded, width, height, background,
    hits, stops, lights, grad_image, grad_depth, grad_alpha, slots, slot_size, touched, absolute,
):  # fmt: skip
    """Fill every touched slot with the sums over its tile's pixels."""
    tiles_x = (width + TILE - 1) // TILE
    n_tiles = len(tile_starts) - 1
    by_pixel = (1 + padded) * PIXELS
    grads = np.zeros((1 + max(2 * padded, n_channels)) * PIXELS, dtype=np.float32)
    light = np.empty(PIXELS, dtype=np.float32)
    behind_light = np.zeros(PIXELS, dtype=np.float32)
    sums = np.empty(PIXELS, dtype=np.float32)
    lists = wide.new_lists()
    for tile in range(part, n_tiles, parts):
        x0, y0 = tile % tiles_x * TILE, tile // tiles_x * TILE
        light[:] = lights[tile * PIXELS : (tile + 1) * PIXELS]
        for y in range(y0, min(y0 + TILE, height)):
            for x in range(x0, min(x0 + TILE, width)):
                pixel = _pixel_number(x - x0, y - y0)
                grads[pixel] = grad_depth[y, x]
                shown = -grad_alpha[y, x]
                source = (y * width + x) * n_channels
                for k in range(0, padded, LANES):
                    value = load_some(grad_image, source + k, _some(n_channels - k))
                    store(grads, by_pixel + pixel * padded + k, value)
                for k in range(0 if padded > 0 else n_channels):
                    value = grad_image[source + k]
                    shown += value * background[k]
                    grads[(1 + k) * PIXELS + pixel] = value
                behind_light[pixel] = shown
        wide.to_planes(grads, by_pixel, padded, background, grads, PIXELS, behind_light)
        for pixel in range(0, PIXELS, LANES):
            store(behind_light, pixel, load(behind_light, pixel) * load(light, pixel))
        backward_tile(
            x0, y0, tile_starts[tile], stops[tile], records, gaussians, slot_of, features, n_channels, padded,
            hits, light, behind_light, grads, slots, slot_size, touched, sums, lists, absolute,
        )  # fmt: skip
