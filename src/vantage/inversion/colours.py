"""What a field of either kind shows at some pixels, differentiable to the pose."""

import contextlib
from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, Int
from torch import Tensor

from vantage.fields import GaussianField, NerfField
from vantage.fields.nerf.rays import camera_rays, pixel_positions
from vantage.geometry import Camera

AnyField = GaussianField | NerfField


def colours_at(
    field: AnyField,
    camera: Camera,
    world_from_camera: Float[Tensor, "4 4"],
    pixels: Int[Tensor, " p"] | None = None,
) -> Float[Tensor, "p 3"]:
    """Return the colours of pixels given by their row-major numbers (all by default), with gradients to the pose.

    A NeRF is asked along these pixels' rays alone; Gaussians are rendered whole, which costs them less.
    """
    if isinstance(field, NerfField) and pixels is not None:
        return field.look(camera_rays(camera, world_from_camera, pixel_positions(pixels, camera))).rgb
    rgb = field.render(camera, world_from_camera).rgb.reshape(-1, 3)
    return rgb if pixels is None else rgb[pixels]


def colour_error(
    field: AnyField, image: Float32[np.ndarray, "h w 3"], camera: Camera, world_from_camera: Float64[np.ndarray, "4 4"]
) -> float:
    """Return the mean absolute difference of colour between an image and the field seen from a pose."""
    with torch.no_grad():
        colours = colours_at(field, camera, torch.from_numpy(world_from_camera).float())
    return float((colours - torch.from_numpy(image).reshape(-1, 3)).abs().mean())


@contextlib.contextmanager
def held_fixed(field: AnyField) -> Iterator[None]:
    """Keep gradients from the field's own parameters: only the pose is sought, and half of the work is saved."""
    learned = [parameter for parameter in field.parameters() if parameter.requires_grad]
    for parameter in learned:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in learned:
            parameter.requires_grad_(True)
