"""Rays of cameras: where they start, where they go, and how far one metre along them is in depth."""

import dataclasses

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from vantage.geometry import Camera


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Rays:
    """Rays in the world frame."""

    origins: Float[Tensor, "r 3"]
    """Metres."""
    directions: Float[Tensor, "r 3"]
    """Unit vectors."""
    depth_per_metre: Float[Tensor, " r"]
    """z-depth that a metre along the ray makes: the cosine to the camera's axis."""
    ends: Float[Tensor, " r"]
    """Metres along each ray beyond which nothing is looked for."""

    def __len__(self) -> int:
        return len(self.origins)

    def __getitem__(self, chosen: slice | Tensor) -> "Rays":
        return Rays(
            origins=self.origins[chosen],
            directions=self.directions[chosen],
            depth_per_metre=self.depth_per_metre[chosen],
            ends=self.ends[chosen],
        )

    @staticmethod
    def cat(parts: "list[Rays]") -> "Rays":
        """Return all rays of several sets, in order."""
        return Rays(
            origins=torch.cat([p.origins for p in parts]),
            directions=torch.cat([p.directions for p in parts]),
            depth_per_metre=torch.cat([p.depth_per_metre for p in parts]),
            ends=torch.cat([p.ends for p in parts]),
        )


def camera_rays(
    camera: Camera, world_from_camera: np.ndarray | Float[Tensor, "4 4"], pixels: Float[Tensor, "r 2"]
) -> Rays:
    """Return the rays through pixel positions (x, y); a pixel's centre is at +0.5. Gradients reach the pose."""
    pose = torch.as_tensor(world_from_camera).to(pixels)
    x = (pixels[:, 0] - camera.cx) / camera.fx
    y = (pixels[:, 1] - camera.cy) / camera.fy
    rays_camera = torch.stack([x, y, torch.ones_like(x)], dim=-1)
    length = rays_camera.norm(dim=-1, keepdim=True)
    return Rays(
        origins=pose[:3, 3].expand(len(pixels), 3),
        directions=rays_camera / length @ pose[:3, :3].mT,
        depth_per_metre=1 / length[:, 0],
        ends=torch.full_like(x, torch.inf),
    )


def pixel_positions(flat: Int[Tensor, " r"], camera: Camera) -> Float[Tensor, "r 2"]:
    """Return the centres (x, y) of pixels given by their row-major numbers."""
    return torch.stack([flat % camera.width, flat // camera.width], dim=-1).float() + 0.5
