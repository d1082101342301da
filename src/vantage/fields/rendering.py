"""`Rendering`, what a field shows from a camera, and `Field`, anything that can be rendered."""

import dataclasses
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vantage.geometry import Camera, pixel_centres


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Rendering:
    """An image of a field."""

    rgb: Float[Tensor, "h w 3"]
    """Colour in [0, 1] up to the reach of the spherical harmonics."""
    depth: Float[Tensor, "h w"]
    """Expected z-depth in metres; 0 where nothing was hit."""
    alpha: Float[Tensor, "h w"]
    """Opacity in [0, 1]."""
    extra: Float[Tensor, "h w c"] | None = None
    """Further channels that were blended like the colour."""


@runtime_checkable
class Field(Protocol):
    """A scene that renders itself."""

    def render(self, camera: Camera, world_from_camera: Float[Tensor, "4 4"]) -> Rendering:
        """Render the scene as the camera sees it."""
        ...


def pose_tensor(world_from_camera: np.ndarray | Tensor, like: Tensor) -> Float[Tensor, "4 4"]:
    """Return the pose with the device and precision of `like`."""
    return torch.as_tensor(world_from_camera).to(dtype=like.dtype, device=like.device)


def backproject_depth(
    depth: Float[Tensor, "h w"], camera: Camera, world_from_camera: Float[Tensor, "4 4"]
) -> Float[Tensor, "h w 3"]:
    """Lift a whole z-depth image (metres) to world points."""
    pixels = pixel_centres(camera.width, camera.height).to(depth)
    x = (pixels[..., 0] - camera.cx) / camera.fx * depth
    y = (pixels[..., 1] - camera.cy) / camera.fy * depth
    points_camera = torch.stack([x, y, depth], dim=-1)
    return points_camera @ world_from_camera[:3, :3].mT + world_from_camera[:3, 3]
