"""The rasterizer as one writes it at first: the reference point of `benchmarks/rasterizer.py`.

Same rules and results, from the same projection kernels: squares of 3 standard deviations binned to tiles, a sort of
(tile, depth) keys, one scalar loop over pixels and Gaussians with `math.exp` for each pair, a running colour in the
backward pass, gradients in per-tile slots. Two of the steps away from there can be switched on one by one:
`skip_exp` leaves out `math.exp` where alpha will be below 1/255, `exact_lists` takes the lists of `binning`.
"""

import math

import numpy as np
import torch
from numba import njit, prange

from vantage.fields.rasterizer import binning, projection
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
from vantage.fields.rasterizer.result import Rasterized
from vantage.fields.rasterizer.rules import LOG2_E, LOG2_MIN_ALPHA, MAX_ALPHA, MIN_ALPHA, MIN_TRANSMITTANCE
from vantage.fields.rasterizer.threads import count_parts, run_parts

TILE = 16


@njit(cache=True)
def _square(screen, i, tiles_x, tiles_y):
    r = max(screen[i * RECORD + HALF_X], screen[i * RECORD + HALF_Y])
    x, y = screen[i * RECORD + MEAN_X], screen[i * RECORD + MEAN_Y]
    return (
        max(math.floor((x - r) / TILE), 0),
        min(math.floor((x + r) / TILE) + 1, tiles_x),
        max(math.floor((y - r) / TILE), 0),
        min(math.floor((y + r) / TILE) + 1, tiles_y),
    )


@njit(cache=True)
def _intersections(screen, radii, tiles_x, tiles_y):
    starts = np.zeros(len(radii) + 1, dtype=np.int64)
    for i in range(len(radii)):
        if radii[i] > 0:
            a, b, c, d = _square(screen, i, tiles_x, tiles_y)
            starts[i + 1] = max(b - a, 0) * max(d - c, 0)
        starts[i + 1] += starts[i]
    keys = np.empty(starts[-1], dtype=np.int64)
    owners = np.empty(starts[-1], dtype=np.int64)
    depths = np.empty(1, dtype=np.float32)
    for i in range(len(radii)):
        if radii[i] > 0:
            a, b, c, d = _square(screen, i, tiles_x, tiles_y)
            depths[0] = screen[i * RECORD + DEPTH]
            k = starts[i]
            for y in range(c, d):
                for x in range(a, b):
                    keys[k] = np.int64(y * tiles_x + x) << 32 | np.int64(depths.view(np.uint32)[0])
                    owners[k] = i
                    k += 1
    return starts, keys, owners


def _exact_lists(records, boxes, radii, tiles_x, tiles_y):
    """Return slot starts, each entry's Gaussian and slot, and tile starts, from the kernels under test."""
    order = binning.depth_order(records, radii)
    places, starts = np.zeros((1, tiles_x * tiles_y), dtype=np.int64), np.zeros(len(radii) + 1, dtype=np.int64)
    binning.count_tiles(0, 1, order, records, boxes, tiles_x, places, starts)
    tile_starts = binning.place_tiles(places, starts)
    entries, slot_of = np.empty(tile_starts[-1], dtype=np.int32), np.empty(tile_starts[-1], dtype=np.int64)
    binning.fill_tiles(0, 1, order, records, boxes, tiles_x, places, starts, entries, slot_of)
    return starts, entries.astype(np.int64), slot_of, tile_starts


@njit(cache=True)
def _alpha(screen, base, x, y, skip_exp):
    dx, dy = x - screen[base + MEAN_X], y - screen[base + MEAN_Y]
    power = screen[base + QUAD_XX] * dx * dx + screen[base + QUAD_XY] * dx * dy + screen[base + QUAD_YY] * dy * dy
    exponent = screen[base + LOG2_OPACITY] - power
    if skip_exp and exponent < np.float32(LOG2_MIN_ALPHA):
        return np.float32(0), np.float32(0), dx, dy
    raw = np.float32(math.exp(exponent / np.float32(LOG2_E)))
    return min(raw, np.float32(MAX_ALPHA)), raw, dx, dy


@njit(cache=True, parallel=True)
def _forward(skip_exp, screen, values, sorted_owners, tile_starts, tiles_x, width, height, image, depth, light, last):
    n_channels = values.shape[1]
    for tile in prange(len(tile_starts) - 1):
        x0, y0 = tile % tiles_x * TILE, tile // tiles_x * TILE
        for y in range(y0, min(y0 + TILE, height)):
            for x in range(x0, min(x0 + TILE, width)):
                t = np.float32(1)
                stop = tile_starts[tile]
                for k in range(tile_starts[tile], tile_starts[tile + 1]):
                    i = sorted_owners[k]
                    a, _, _, _ = _alpha(screen, i * RECORD, x + np.float32(0.5), y + np.float32(0.5), skip_exp)
                    if a < MIN_ALPHA:
                        continue
                    behind = t * (1 - a)
                    if behind <= MIN_TRANSMITTANCE:
                        break
                    for c in range(n_channels):
                        image[y, x, c] += a * t * values[i, c]
                    depth[y, x] += a * t * screen[i * RECORD + DEPTH]
                    t = behind
                    stop = k + 1
                light[y, x] = t
                last[y, x] = stop


@njit(cache=True, parallel=True)
def _backward(
    skip_exp, screen, values, sorted_owners, sorted_slots, tile_starts, tiles_x, width, height, light, last,
    grad_image, grad_depth, grad_alpha, slots,
):  # fmt: skip
    n_channels = values.shape[1]
    for tile in prange(len(tile_starts) - 1):
        x0, y0 = tile % tiles_x * TILE, tile // tiles_x * TILE
        for y in range(y0, min(y0 + TILE, height)):
            for x in range(x0, min(x0 + TILE, width)):
                t = light[y, x]
                hidden = -grad_alpha[y, x] * t
                for k in range(last[y, x] - 1, tile_starts[tile] - 1, -1):
                    i = sorted_owners[k]
                    a, raw, dx, dy = _alpha(screen, i * RECORD, x + np.float32(0.5), y + np.float32(0.5), skip_exp)
                    if a < MIN_ALPHA:
                        continue
                    t = t / (1 - a)
                    slot = sorted_slots[k]
                    value = grad_depth[y, x] * screen[i * RECORD + DEPTH]
                    for c in range(n_channels):
                        value += grad_image[y, x, c] * values[i, c]
                        slots[slot, 7 + c] += a * t * grad_image[y, x, c]
                    slots[slot, 6] += a * t * grad_depth[y, x]
                    if raw <= MAX_ALPHA:
                        g = a * (t * value - hidden / (1 - a))
                        slots[slot, 0] += g
                        slots[slot, 1] += g * dx
                        slots[slot, 2] += g * dy
                        slots[slot, 3] += g * dx * dx
                        slots[slot, 4] += g * dx * dy
                        slots[slot, 5] += g * dy * dy
                    hidden += a * t * value


class _Plain(torch.autograd.Function):
    @staticmethod
    def forward(ctx, means, quats, scales, opacities, channels, camera, lens, width, height, skip_exp, exact_lists):
        shape = [t.detach().contiguous().numpy() for t in (means, quats, scales, opacities)]
        values = channels.detach().contiguous().numpy()
        n = len(means)
        cam = camera.detach().double().numpy().reshape(-1)[:12].copy()
        screen, radii = np.empty(n * RECORD, dtype=np.float32), np.empty(n, dtype=np.int32)
        none = np.zeros((0, 2), dtype=np.float32)
        boxes = np.empty((n, 4), dtype=np.int16)
        run_parts(
            projection.project, count_parts(), *shape, values[:, :0].copy(), none, cam, lens, width, height,
            0.01, 1e10, screen, none.reshape(-1), 0, boxes, radii,
        )  # fmt: skip
        tiles_x, tiles_y = -(-width // TILE), -(-height // TILE)
        if exact_lists:
            starts, owners, slot_of, tile_starts = _exact_lists(screen, boxes, radii, tiles_x, tiles_y)
        else:
            starts, keys, owners = _intersections(screen, radii, tiles_x, tiles_y)
            slot_of = np.argsort(keys, kind="stable")
            owners = owners[slot_of]
            tile_starts = np.searchsorted(keys[slot_of] >> 32, np.arange(tiles_x * tiles_y + 1))
        image = np.zeros((height, width, values.shape[1]), dtype=np.float32)
        depth, light = np.zeros((height, width), dtype=np.float32), np.empty((height, width), dtype=np.float32)
        last = np.empty((height, width), dtype=np.int64)
        lists = (skip_exp, screen, values, owners)
        _forward(*lists, tile_starts, tiles_x, width, height, image, depth, light, last)
        ctx.kept = (shape, cam, lens, starts, slot_of, lists, tile_starts, tiles_x, width, height, light, last)
        return torch.from_numpy(image), torch.from_numpy(depth), 1 - torch.from_numpy(light), torch.from_numpy(radii)

    @staticmethod
    def backward(ctx, grad_image, grad_depth, grad_alpha, _):
        shape, cam, lens, starts, slot_of, lists, tile_starts, tiles_x, width, height, light, last = ctx.kept
        n, n_channels = lists[2].shape
        slots = np.zeros((len(slot_of), 7 + n_channels), dtype=np.float32)
        images = [g.contiguous().numpy() for g in (grad_image, grad_depth, grad_alpha)]
        _backward(*lists, slot_of, tile_starts, tiles_x, width, height, light, last, *images, slots)
        grads = [np.zeros((n, k), dtype=np.float32) for k in (3, 4, 3)] + [np.zeros(n, dtype=np.float32)]
        grads += [np.zeros((n, 2), dtype=np.float32), np.zeros((n, n_channels), dtype=np.float32)]
        padded = np.zeros((len(slot_of), 16 * -(-slots.shape[1] // 16)), dtype=np.float32)
        padded[:, : slots.shape[1]] = slots
        cameras = np.empty((-(-n // projection.CHUNK), 12))
        run_parts(
            projection.project_backward, count_parts(), starts, padded.reshape(-1),
            np.ones(len(slot_of), dtype=np.uint8), padded.shape[1], 7, *shape, cam, lens, *grads, cameras,
        )  # fmt: skip
        grad_camera = torch.zeros(4, 4)
        grad_camera[:3] = torch.from_numpy(cameras.sum(axis=0).reshape(3, 4))
        results = [torch.from_numpy(g) for g in grads]
        return (*results[:4], results[5], grad_camera, *[None] * 5)


def plain_rasterize(
    means,
    quats_wxyz,
    scales,
    opacities,
    channels,
    camera,
    intrinsics,
    width,
    height,
    *,
    skip_exp=False,
    exact_lists=False,
):
    """Do what `vantage.fields.rasterizer.rasterize` does, plainly."""
    lens = projection.lens_array(intrinsics.double().numpy(), width, height)
    args = (means, quats_wxyz, scales, opacities, channels, camera, lens, width, height, skip_exp, exact_lists)
    image, depth, alpha, radii = _Plain.apply(*args)
    return Rasterized(channels=image, depth=depth, alpha=alpha, radii=radii)
