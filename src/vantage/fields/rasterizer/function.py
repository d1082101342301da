"""`rasterize`: the kernels put together as one differentiable function."""

from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from vantage.errors import UsageError
from vantage.fields.rasterizer import binning, passes, projection, tiles
from vantage.fields.rasterizer.arguments import check_arguments
from vantage.fields.rasterizer.result import Rasterized
from vantage.fields.rasterizer.simd import LANES
from vantage.fields.rasterizer.threads import count_parts, run_parts


def _array(tensor: Tensor) -> np.ndarray:
    """Return a tensor's values as the contiguous float32 array that the kernels take."""
    return tensor.detach().to(torch.float32).contiguous().numpy()


def _lines(count: int) -> np.ndarray:
    """Return room for `count` floats that starts with a cache line: what has a line to itself then crosses none."""
    room = np.empty(count + LANES, dtype=np.float32)
    start = -(room.ctypes.data // room.itemsize) % LANES
    return room[start : start + count]


def _camera_array(camera_from_world: Tensor) -> np.ndarray:
    """Return the 12 entries of [R|t] in float64."""
    return camera_from_world.detach()[:3].to(torch.float64).numpy().reshape(-1)


def _untile(lights: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return the (h, w) image of what the tiles keep block by block (`tiles`)."""
    side, block = projection.TILE, 4
    tiles_x, tiles_y = -(-width // side), -(-height // side)
    grid = lights.reshape(tiles_y, tiles_x, side // block, side // block, block, block)
    return grid.transpose(0, 2, 4, 1, 3, 5).reshape(tiles_y * side, tiles_x * side)[:height, :width]


class _Scene(NamedTuple):
    """Projected Gaussians and the tiles' lists of them."""

    records: np.ndarray
    """What the kernels read of each Gaussian (`projection.RECORD`)."""
    features: np.ndarray
    """Channels that do not fit into records, `padded` each; else empty."""
    n_channels: int
    padded: int
    tile_starts: np.ndarray
    """Where each tile's entries start in `gaussians` and `slot_of`."""
    gaussians: np.ndarray
    """Each entry's Gaussian; a tile's nearest first."""
    slot_of: np.ndarray
    """Each entry's slot: the entries counted Gaussian by Gaussian."""
    slot_starts: np.ndarray
    """Where each Gaussian's slots start."""


def _list_gaussians(
    shape: list[np.ndarray],
    offsets: np.ndarray,
    camera: np.ndarray,
    channels: np.ndarray,
    lens: np.ndarray,
    size: tuple[int, int],
    planes: tuple[float, float],
) -> tuple[_Scene, np.ndarray]:
    """Project all Gaussians, order them by depth and list them tile by tile; also return their radii."""
    n, n_channels = channels.shape
    parts = count_parts()
    padded = -(-n_channels // LANES) * LANES if n_channels > tiles.NARROW else 0
    features = _lines(n * padded)
    records = _lines(n * projection.RECORD)
    boxes = np.empty((n, 4), dtype=np.int16)
    radii = np.empty(n, dtype=np.int32)
    run_parts(
        projection.project, parts, *shape, channels, offsets, camera, lens, *size, *planes, records, features, padded,
        boxes, radii,
    )  # fmt: skip
    order = binning.depth_order(records, radii)
    grid = (-(-size[0] // projection.TILE), -(-size[1] // projection.TILE))
    places = np.zeros((parts, grid[0] * grid[1]), dtype=np.int64)
    slot_starts = np.zeros(n + 1, dtype=np.int64)
    run_parts(binning.count_tiles, parts, order, records, boxes, grid[0], places, slot_starts)
    tile_starts = binning.place_tiles(places, slot_starts)
    gaussians = np.empty(tile_starts[-1], dtype=np.int32)
    slot_of = np.empty(tile_starts[-1], dtype=np.int64)
    run_parts(binning.fill_tiles, parts, order, records, boxes, grid[0], places, slot_starts, gaussians, slot_of)
    scene = _Scene(records, features, n_channels, padded, tile_starts, gaussians, slot_of, slot_starts)
    return scene, radii


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
        absolute: bool,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        shape = [_array(t) for t in (means, quats_wxyz, scales, opacities)]
        offsets = np.zeros((0, 2), dtype=np.float32) if means2d_offset is None else _array(means2d_offset)
        camera = _camera_array(camera_from_world)
        scene, radii = _list_gaussians(shape, offsets, camera, _array(channels), lens, size, planes)
        width, height = size
        behind = np.zeros(max(scene.n_channels, scene.padded), dtype=np.float32)
        if background is not None:
            behind[: scene.n_channels] = _array(background)
        hits = np.empty(len(scene.gaussians) * (tiles.PIXELS // LANES), dtype=np.uint16)
        stops = np.empty(len(scene.tile_starts) - 1, dtype=np.int64)
        lights = _lines(len(stops) * tiles.PIXELS)
        image = np.empty((height, width, scene.n_channels), dtype=np.float32)
        depth, alpha = np.empty((height, width), dtype=np.float32), np.empty((height, width), dtype=np.float32)
        run_parts(
            passes.forward, count_parts(), scene.records, scene.tile_starts, scene.gaussians, scene.features,
            scene.n_channels, scene.padded, width, height, behind, hits, stops, lights, image.reshape(-1), depth, alpha,
        )  # fmt: skip
        # Saved as tensors, so that torch notices when they are changed in place before the backward pass.
        ctx.save_for_backward(means, quats_wxyz, scales, opacities, camera_from_world)
        ctx.arrays = (scene, lens, behind, hits, stops, lights)
        ctx.size, ctx.absolute = size, absolute
        images = [torch.from_numpy(array).to(means.dtype) for array in (image, depth, alpha)]
        radii_tensor = torch.from_numpy(radii)
        ctx.mark_non_differentiable(radii_tensor)
        return images[0], images[1], images[2], radii_tensor

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_image: Tensor, grad_depth: Tensor, grad_alpha: Tensor, _: Tensor) -> tuple:  # pyright: ignore[reportIncompatibleMethodOverride]
        *shape_tensors, camera_from_world = ctx.saved_tensors
        scene, lens, behind, hits, stops, lights = ctx.arrays
        width, height = ctx.size
        parts = count_parts()
        slot_size = LANES + scene.padded
        slots = _lines(len(scene.slot_of) * slot_size)
        touched = np.zeros(len(scene.slot_of), dtype=np.uint8)
        run_parts(
            passes.backward, parts, scene.records, scene.tile_starts, scene.gaussians, scene.slot_of, scene.features,
            scene.n_channels, scene.padded, width, height, behind, hits, stops, lights,
            _array(grad_image).reshape(-1), _array(grad_depth), _array(grad_alpha), slots, slot_size, touched,
            ctx.absolute,
        )  # fmt: skip
        n = len(shape_tensors[0])
        shapes = ((n, 3), (n, 4), (n, 3), (n,), (n, 2), (n, scene.n_channels))
        grads = [np.zeros(shape, dtype=np.float32) for shape in shapes]
        cameras = np.empty((-(-n // projection.CHUNK), 12))
        run_parts(
            projection.project_backward, parts, scene.slot_starts, slots, touched, slot_size,
            LANES if scene.padded else tiles.SUMS, *(_array(t) for t in shape_tensors),
            _camera_array(camera_from_world), lens, *grads, cameras, ctx.absolute,
        )  # fmt: skip
        grad_camera = torch.zeros_like(camera_from_world)
        grad_camera[:3] = torch.from_numpy(cameras.sum(axis=0).reshape(3, 4))
        grad_background = None
        if ctx.needs_input_grad[7]:
            left = torch.from_numpy(_untile(lights, width, height)).to(grad_image)
            grad_background = (grad_image * left[..., None]).sum(dim=(0, 1))
        *grad_shape, grad_offset, grad_channels = (torch.from_numpy(g).to(grad_image.dtype) for g in grads)
        if not ctx.needs_input_grad[6]:
            grad_offset = None
        return (*grad_shape, grad_channels, grad_camera, grad_offset, grad_background, None, None, None, None)


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
    antialiased: bool = False,
    absolute_offset_gradient: bool = False,
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
        antialiased: multiply opacities by sqrt(det / det with `LOW_PASS`) of the covariance on the screen, so that
            what is smaller than a pixel grows fainter instead of larger (the 2D filter of Mip-Splatting).
        absolute_offset_gradient: give `means2d_offset` sums of the pixels' absolute gradients in place of its
            gradient; pixels that pull a Gaussian apart then do not cancel (AbsGS; `absgrad` of gsplat).

    Raises:
        UsageError: a shape does not fit, the image is empty, the planes are not 0 < near < far, the intrinsics have
            skew or ask for a gradient, or the tensors are not on the CPU.
    """
    check_arguments(means, quats_wxyz, scales, opacities, channels, intrinsics, width, height, near, far)
    if intrinsics.requires_grad and torch.is_grad_enabled():
        raise UsageError("rasterize: intrinsics asks for a gradient, which only rasterize_reference computes")
    lens = projection.lens_array(intrinsics.detach().to(torch.float64).numpy(), width, height, antialiased)
    image, depth, alpha, radii = _Rasterize.apply(
        means, quats_wxyz, scales, opacities, channels, camera_from_world, means2d_offset, background, lens,
        (width, height), (float(near), float(far)), absolute_offset_gradient,
    )  # fmt: skip
    return Rasterized(channels=image, depth=depth, alpha=alpha, radii=radii)
