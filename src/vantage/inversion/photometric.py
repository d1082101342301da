"""Poses refined by colours: exact gradients through the differentiable renderer, curvature from the rendered depth.

Gradient descent needs some forty renderings for the last tenth of a degree. The gradient that the renderer gives,
turned by the Gauss-Newton matrix of the warp that depth describes, gets there in three or four: where the gradient
vanishes is the renderer's alone, the matrix only says how far to go.
"""

import dataclasses

import numpy as np
import torch
from jaxtyping import Float32, Float64, Int

from vantage.errors import UsageError
from vantage.fields import NerfField, Rendering
from vantage.geometry import Camera, se3_exp
from vantage.inversion.colours import AnyField, colours_at, held_fixed
from vantage.inversion.pnp import pixel_motion

NERF_PIXELS = 4096
"""Rays that a NeRF is asked per step: six numbers are sought, and these are ours for a step of well under a second."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PhotometricSettings:
    """How colours pull on a pose; ours, the paper says "photometric-based optimization" and no more."""

    steps: int = 4
    """Renderings with gradients, at most; on rooms a fifth moves the pose by less than a hundredth of a degree."""
    huber: float = 0.1
    """Difference of colour from which on errors count linearly, so that what the field lacks does not pull."""
    damping: float = 1e-3
    """Share of the matrix' diagonal added to it; ten times more after a step that made things worse, and back."""
    pixels: int | None = None
    """Random pixels that count; None takes all, and of a NeRF, which is asked ray by ray, `NERF_PIXELS`."""
    seed: int = 0
    """Seed of the pixels."""

    def __post_init__(self) -> None:
        if (
            self.steps < 0
            or not (self.huber > 0 and self.damping >= 0)
            or (self.pixels is not None and self.pixels < 6)
        ):
            raise UsageError(f"{self}: expected no negative steps, a positive huber, and at least 6 pixels")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PhotometricPose:
    """A pose and how well the field looks like the image there."""

    world_from_camera: Float64[np.ndarray, "4 4"]
    losses: tuple[float, ...]
    """Mean Huber loss at the start and after each step tried; the pose is that of the least."""


def refine_by_colours(
    field: AnyField,
    image: Float32[np.ndarray, "h w 3"],
    camera: Camera,
    world_from_camera: Float64[np.ndarray, "4 4"],
    rendering: Rendering,
    settings: PhotometricSettings | None = None,
) -> PhotometricPose:
    """Return the pose near a given one at which the field looks most like the image, never one that looks less so.

    `rendering` is the field's from about that pose; its depth and edges give the Gauss-Newton matrix.
    """
    settings = settings or PhotometricSettings()
    pixels, all_pixels = None, camera.width * camera.height
    count = settings.pixels or (NERF_PIXELS if isinstance(field, NerfField) else all_pixels)
    if count < all_pixels:
        rng = torch.Generator().manual_seed(settings.seed)
        pixels = torch.randperm(all_pixels, generator=rng)[:count]
    target = torch.from_numpy(image).reshape(-1, 3)
    target = target if pixels is None else target[pixels]
    matrix = _gauss_newton_matrix(rendering, image, camera, pixels, settings.huber) / target.numel()
    best, best_loss, gradient = world_from_camera, float("inf"), np.zeros(6)
    pose, damping, losses = world_from_camera, settings.damping, []
    with held_fixed(field):
        for step in range(settings.steps + 1):
            twist = torch.zeros(6, requires_grad=True)
            colours = colours_at(field, camera, torch.from_numpy(pose).float() @ se3_exp(twist), pixels)
            loss = torch.nn.functional.huber_loss(colours, target, delta=settings.huber)
            losses.append(float(loss.detach()))
            if losses[-1] < best_loss:
                best, best_loss = pose, losses[-1]
                if step == settings.steps:
                    break
                loss.backward()
                damping = max(damping / 10, settings.damping)
                gradient = _values(twist.grad)
            else:
                damping *= 10
            diagonal = np.diag(matrix.diagonal() * damping + 1e-12 * max(1e-12, float(matrix.diagonal().max())))
            move = -np.linalg.solve(matrix + diagonal, gradient)
            pose = best @ se3_exp(torch.from_numpy(move)).numpy()
    return PhotometricPose(world_from_camera=best, losses=tuple(losses))


def _values(gradient: torch.Tensor | None) -> Float64[np.ndarray, " 6"]:
    return np.zeros(6) if gradient is None else gradient.double().numpy()


def _gauss_newton_matrix(
    rendering: Rendering,
    image: Float32[np.ndarray, "h w 3"],
    camera: Camera,
    pixels: Int[torch.Tensor, " p"] | None,
    huber: float,
) -> Float64[np.ndarray, "6 6"]:
    """Return the weighted sum of squares of the image's derivative by the camera's twist, over pixels and channels."""
    rgb = rendering.rgb.detach().numpy().astype(np.float64)
    down, across = np.gradient(rgb, axis=(0, 1))
    depth = rendering.depth.detach().numpy().astype(np.float64)
    weight = np.minimum(1.0, huber / np.maximum(np.abs(rgb - image), 1e-9))
    chosen = np.arange(depth.size) if pixels is None else pixels.numpy()
    chosen = chosen[depth.reshape(-1)[chosen] > 0]
    points = (camera.rays() * depth[..., None]).reshape(-1, 3)[chosen]
    motion = pixel_motion(points, camera)
    slopes = np.stack([across.reshape(-1, 3)[chosen], down.reshape(-1, 3)[chosen]], axis=-1)
    jacobian = slopes @ motion
    root = np.sqrt(weight.reshape(-1, 3)[chosen])[..., None]
    flat = (root * jacobian).reshape(-1, 6)
    return flat.T @ flat
