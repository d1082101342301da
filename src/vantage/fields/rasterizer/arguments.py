"""Checks of the arguments that `rasterize` and its twin share."""

from torch import Tensor

from vantage.errors import UsageError


def check_arguments(
    means: Tensor,
    quats_wxyz: Tensor,
    scales: Tensor,
    opacities: Tensor,
    channels: Tensor,
    intrinsics: Tensor,
    width: int,
    height: int,
    near: float,
    far: float,
) -> None:
    """Check what shapes, size and planes the caller gave.

    Raises:
        UsageError: a shape does not fit, the image is empty, the planes are not 0 < near < far, or there is skew.
    """
    n = len(means)
    expected = {"means": (n, 3), "quats_wxyz": (n, 4), "scales": (n, 3), "opacities": (n,)}
    for (name, shape), tensor in zip(expected.items(), (means, quats_wxyz, scales, opacities)):
        if tuple(tensor.shape) != shape:
            raise UsageError(f"rasterize: {name} has shape {tuple(tensor.shape)}; expected {shape}")
    if channels.ndim != 2 or len(channels) != n:
        raise UsageError(f"rasterize: channels has shape {tuple(channels.shape)}; expected ({n}, c)")
    if means.device.type != "cpu":
        raise UsageError(f"rasterize: tensors are on {means.device}; this rasterizer computes on the CPU")
    if width < 1 or height < 1:
        raise UsageError(f"rasterize: image is {width}x{height}; expected at least 1x1 pixels")
    if not 0 < near < far:
        raise UsageError(f"rasterize: near is {near}, far is {far}; expected 0 < near < far")
    if intrinsics.detach()[[0, 1], [1, 0]].any():
        raise UsageError("rasterize: the intrinsic matrix has skew; expected [[fx 0 cx] [0 fy cy] [0 0 1]]")
