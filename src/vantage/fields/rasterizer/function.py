"""`rasterize`: the kernels put together as one differentiable function."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from vantage.errors import UsageError
from vantage.fields.rasterizer import binning, projection, tiles
from vantage.fields.rasterizer.arguments import check_arguments
from vantage.fields.rasterizer.result import Rasterized
from vantage.fields.rasterizer.simd import LANES
from vantage.fields.rasterizer.threads import count_parts, run_parts

_NO_CHANNELS = np.zeros((0, 0), dtype=np.float32)


def _array(tensor: Tensor) -> np.ndarray:
    """Return a tensor's values as the contiguous float32 array that the kernels take."""
    return tensor.detach().to(torch.float32).contiguous().numpy()


def _untile(lights: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return the (h, w) image of what the tiles keep block by block (`tiles`)."""
    side, block = binning.TILE, 4
    tiles_x, tiles_y = -(-width // side), -(-height // side)
    grid = lights.reshape(tiles_y, tiles_x, side // block, side // block, block, block)
    return grid.transpose(0, 2, 4, 1, 3, 5).reshape(tiles_y * side, tiles_x * side)[:height, :width]


class _Rasterize(torch.autograd.Function):
    """Gradients for means, quaternions, scales, opacities, channels, camera, screen offsets and background."""

    @staticmethod
    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any,
        means: Tensor,
        quats_wxyz: Tensor,
        scales: Tensor,
        opacities: Tensor,
        channels: Tensor,
        camera_from_world: Tensor,
        means2d_offset: Tensor | None,
        background: Tensor | None,
        lens: np.ndarray,
        size: tuple[int, int],
        planes: tuple[float, float],
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        width, height = size
        n, n_channels = channels.shape
        shape = [_array(t) for t in (means, quats_wxyz, scales, opacities)]
        offsets = np.zeros((0, 2), dtype=np.float32) if means2d_offset is None else _array(means2d_offset)
        camera = camera_from_world.detach().to(torch.float64).contiguous().numpy().reshape(-1)[:12].copy()
        behind = np.zeros(n_channels, dtype=np.float32) if background is None else _array(background)
        values = _array(channels)

        screen = np.empty(n * projection.RECORD, dtype=np.float32)
        radii = np.empty(n, dtype=np.int32)
        parts = count_parts()
        run_parts(projection.project, parts, *shape, offsets, camera, lens, width, height, *planes, screen, radii)
        order = binning.depth_order(screen, radii)

        wide = n_channels > tiles.NARROW
        padded = -(-n_channels // LANES) * LANES if wide else 0
        features = np.zeros(0, dtype=np.float32)
        if wide:
            features = np.zeros((len(order), padded), dtype=np.float32)
            features[:, :n_channels] = values[order]
            features = features.reshape(-1)
        records = np.empty(len(order) * projection.RECORD, dtype=np.float32)
        tiles_x, tiles_y = -(-width // binning.TILE), -(-height // binning.TILE)
        places = np.zeros((parts, tiles_x * tiles_y), dtype=np.int64)
        slot_starts = np.empty(len(order) + 1, dtype=np.int64)
        listed = _NO_CHANNELS if wide else values
        run_parts(binning.count_tiles, parts, order, screen, listed, records, tiles_x, tiles_y, places, slot_starts)
        tile_starts = binning.place_tiles(places, slot_starts)
        n_entries = int(tile_starts[-1])
        gaussians = np.empty(n_entries, dtype=np.int32)
        slot_of = np.empty(n_entries, dtype=np.int64)
        run_parts(binning.fill_tiles, parts, records, tiles_x, tiles_y, places, slot_starts, gaussians, slot_of)

        n_pixels = binning.TILE * binning.TILE
        hits = np.empty(n_entries * (n_pixels // LANES), dtype=np.uint16)
        stops = np.empty(tiles_x * tiles_y, dtype=np.int64)
        lights = np.empty(tiles_x * tiles_y * n_pixels, dtype=np.float32)
        image = np.empty((height, width, n_channels), dtype=np.float32)
        depth = np.empty((height, width), dtype=np.float32)
        alpha = np.empty((height, width), dtype=np.float32)
        lists = (records, tile_starts, gaussians)
        run_parts(
            tiles.forward, parts, *lists, features, n_channels, padded, width, height, behind, hits, stops, lights,
            image, depth, alpha,
        )  # fmt: skip

        ctx.save_for_backward(means, quats_wxyz, scales, opacities, channels, camera_from_world)
        ctx.arrays = (shape, camera, lens, behind, order, slot_starts, slot_of, lists, features, hits, stops, lights)
        ctx.size, ctx.padded = size, padded
        radii_tensor = torch.from_numpy(radii)
        ctx.mark_non_differentiable(radii_tensor)
        dtype = means.dtype
        return (*(torch.from_numpy(a).to(dtype) for a in (image, depth, alpha)), radii_tensor)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_image: Tensor, grad_depth: Tensor, grad_alpha: Tensor, _: Tensor) -> tuple:  # pyright: ignore[reportIncompatibleMethodOverride]
        means, quats_wxyz, scales, opacities, channels, camera_from_world = ctx.saved_tensors
        shape, camera, lens, behind, order, slot_starts, slot_of, lists, features, hits, stops, lights = ctx.arrays
        (width, height), padded = ctx.size, ctx.padded
        n, n_channels = channels.shape
        slot_size = LANES + padded
        n_entries = len(slot_of)
        slots = np.empty(n_entries * slot_size, dtype=np.float32)
        touched = np.zeros(n_entries, dtype=np.uint8)
        parts = count_parts()
        run_parts(
            tiles.backward, parts, *lists, slot_of, features, n_channels, padded, width, height, behind, hits,
            stops, lights, _array(grad_image), _array(grad_depth), _array(grad_alpha), slots, slot_size, touched,
        )  # fmt: skip
        grads = [np.zeros((n, k), dtype=np.float32) for k in (3, 4, 3)] + [np.zeros(n, dtype=np.float32)]
        grads += [np.zeros((n, 2), dtype=np.float32), np.zeros((n, n_channels), dtype=np.float32)]
        cameras = np.empty((-(-len(order) // projection.CHUNK), 12))
        run_parts(
            projection.project_backward, parts, order, slot_starts, slots, touched, slot_size, LANES if padded else tiles.SUMS, *shape, camera, lens,
            width, height, *grads, cameras,
        )  # fmt: skip
        camera_tensor = torch.zeros_like(camera_from_world)
        camera_tensor[:3] = torch.from_numpy(cameras.sum(axis=0).reshape(3, 4))
        grad_background = None
        if ctx.needs_input_grad[7]:
            left = torch.from_numpy(_untile(lights, width, height)).to(grad_image)
            grad_background = (grad_image * left[..., None]).sum(dim=(0, 1))
        grad_means, grad_quats, grad_scales, grad_opacities, grad_offset, grad_channels = (
            torch.from_numpy(g).to(means.dtype) for g in grads
        )
        if not ctx.needs_input_grad[6]:
            grad_offset = None
        return (
            grad_means, grad_quats, grad_scales, grad_opacities, grad_channels, camera_tensor, grad_offset,
            grad_background, None, None, None,
        )  # fmt: skip


def rasterize(
    means: Float[Tensor, "n 3"],
    quats_wxyz: Float[Tensor, "n 4"],
    scales: Float[Tensor, "n 3"],
    opacities: Float[Tensor, " n"],
    channels: Float[Tensor, "n c"],
    camera_from_world: Float[Tensor, "4 4"],
    intrinsics: Float[Tensor, "3 3"],
    width: int,
    height: int,
    *,
    near: float = 0.01,
    far: float = 1e10,
    background: Float[Tensor, " c"] | None = None,
    means2d_offset: Float[Tensor, "n 2"] | None = None,
) -> Rasterized:
    """Blend Gaussians front to back on the CPU: any number of channels, depth and alpha, with exact gradients.

    The rules of gsplat 1.5 (`rules`). Kernels compute in float32 whatever the tensors' precision, on numba's threads
    (`NUMBA_NUM_THREADS`, `numba.set_num_threads`); the same input gives the same bytes with any number of them.

    Args:
        means: centres in metres, world frame.
        quats_wxyz: rotations (w, x, y, z), world from Gaussian; need not have unit norm.
        scales: standard deviations along the Gaussian's own axes in metres, positive.
        opacities: in (0, 1).
        channels: what is blended, such as colours or features.
        camera_from_world: the camera's pose; its upper 3x4 part gets a gradient.
        intrinsics: [[fx 0 cx] [0 fy cy] [0 0 1]] in pixels; gets no gradient (see `rasterize_reference`).
        width: image width in pixels.
        height: image height in pixels.
        near: Gaussians whose mean is not beyond this z-depth (metres) are left out.
        far: Gaussians whose mean is not nearer than this are left out.
        background: channels behind everything; black if absent.
        means2d_offset: added to the projected means, in pixels. Give zeros that require a gradient, and after the
            backward pass that gradient is the one of the projected means, which densification goes by.

    Raises:
        UsageError: a shape does not fit, the image is empty, the planes are not 0 < near < far, the intrinsics have
            skew or ask for a gradient, or the tensors are not on the CPU.
    """
    check_arguments(means, quats_wxyz, scales, opacities, channels, intrinsics, width, height, near, far)
    if intrinsics.requires_grad and torch.is_grad_enabled():
        raise UsageError("rasterize: intrinsics asks for a gradient, which only rasterize_reference computes")
    k = intrinsics.detach().to(torch.float64)
    lens = np.array([float(k[0, 0]), float(k[1, 1]), float(k[0, 2]), float(k[1, 2])])
    image, depth, alpha, radii = _Rasterize.apply(
        means, quats_wxyz, scales, opacities, channels, camera_from_world, means2d_offset, background, lens,
        (width, height), (float(near), float(far)),
    )  # fmt: skip
    return Rasterized(channels=image, depth=depth, alpha=alpha, radii=radii)
