"""Gaussians on a GPU: the kernels of gsplat 1.5 behind the arguments and results of our own rasterizer.

gsplat compiles its kernels where it finds a CUDA toolkit, and without one leaves `None` in their place, on which the
first call stumbles. Here that, a build that failed and a package that is not there are told apart and told.
"""

import importlib
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.errors import MissingError, UsageError
from vantage.fields.rasterizer import Rasterized
from vantage.fields.rasterizer.rules import LOW_PASS

CHANNEL_CHUNK = 32
"""Channels that one pass of the kernels blends; more take several (gsplat's own default)."""

_INSTEAD = "or compute on the CPU"


def on_gpu(tensor: Tensor) -> bool:
    """Return whether a tensor lies on a GPU."""
    return tensor.is_cuda


def load_rasterization() -> Callable[..., Any]:
    """Return `gsplat.rasterization`, sure that its kernels are there. The first call may compile them for minutes.

    Raises:
        MissingError: gsplat is not installed, found no CUDA toolkit to compile its kernels with, or failed to.
    """
    try:
        module = importlib.import_module("gsplat")
    except ImportError as error:
        raise MissingError(
            f"Gaussians on a GPU need gsplat; importing it failed ({error}): pip install 'vantage[cuda]', {_INSTEAD}"
        ) from error
    version = getattr(module, "__version__", "of unknown version")
    try:
        kernels = getattr(importlib.import_module("gsplat.cuda._backend"), "_C", None)
    except Exception as error:  # Whatever compiling or loading a library may end with.
        raise MissingError(
            f"gsplat {version}: its CUDA kernels cannot be built or loaded ({_first_line(error)}); "
            f"they have to fit torch {torch.__version__} with CUDA {torch.version.cuda}; mend that, {_INSTEAD}"
        ) from error
    if kernels is None:
        raise MissingError(
            f"gsplat {version} has no CUDA kernels: it found no CUDA toolkit (nvcc) to build them with; install the "
            f"toolkit of CUDA {torch.version.cuda} or a wheel of gsplat that holds kernels, {_INSTEAD}"
        )
    return module.rasterization


def rasterize_on_gpu(
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
    antialiased: bool = False,
    absolute_offset_gradient: bool = False,
) -> tuple[Rasterized, Float[Tensor, "1 n 2"]]:
    """Blend Gaussians as `rasterize` does, on a GPU; also return the projected means in pixels.

    After the backward pass the projected means hold their gradient in `grad` or, where absolute values were asked for,
    in `absgrad`. Arguments are those of `rasterize`; tensors are float32 on one GPU.

    Raises:
        MissingError: gsplat or its kernels are not there, or were built for another GPU.
        UsageError: absolute gradients of more channels than one pass blends: gsplat keeps those of the last pass only.
    """
    if absolute_offset_gradient and channels.shape[1] + 1 > CHANNEL_CHUNK:
        raise UsageError(
            f"absolute gradients of {channels.shape[1]} channels; gsplat has them for at most {CHANNEL_CHUNK - 1}"
        )
    rasterization = load_rasterization()
    try:
        blended, alpha, told = rasterization(
            means=means,
            quats=quats_wxyz,
            scales=scales,
            opacities=opacities,
            colors=channels,
            viewmats=camera_from_world[None],
            Ks=intrinsics[None],
            width=width,
            height=height,
            near_plane=near,
            far_plane=far,
            eps2d=LOW_PASS,
            sh_degree=None,
            # Faster than packed for one camera, and its means keep one row per Gaussian.
            packed=False,
            backgrounds=None if background is None else background[None],
            render_mode="RGB+D",
            absgrad=absolute_offset_gradient,
            rasterize_mode="antialiased" if antialiased else "classic",
            channel_chunk=CHANNEL_CHUNK,
        )
    except RuntimeError as error:
        if "no kernel image" not in str(error):
            raise
        name = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
        raise MissingError(
            f"gsplat's kernels were not built for this GPU ({name}); build them anew with TORCH_CUDA_ARCH_LIST set to "
            f"it, {_INSTEAD}"
        ) from error
    means2d = told["means2d"]
    if means2d.requires_grad:
        means2d.retain_grad()
    rasterized = Rasterized(
        channels=blended[0, ..., :-1],
        depth=blended[0, ..., -1],
        alpha=alpha[0, ..., 0],
        radii=told["radii"][0].amax(dim=-1).to(torch.int32),
    )
    return rasterized, means2d


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:160]}" if lines else type(error).__name__
