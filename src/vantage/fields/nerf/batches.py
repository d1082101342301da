"""What a step of a NeRF's training looks at: random pixels of several views, and the rays through them."""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from vantage.fields.nerf.rays import Rays, camera_rays, pixel_positions
from vantage.fields.nerf.subpixels import RAYS, Layers, layers_of, neighbours, rough_pixels, scattered
from vantage.fields.training_views import TrainingView


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """Pixels of several views, one or a few rays through each, and what the photographs show there."""

    views: dict[int, slice]
    """Which of the rays are of which view."""
    rays: Rays
    positions: Float[Tensor, "r 2"]
    """Where in its picture each ray passes."""
    layers: Layers
    owners: Int[Tensor, " r"]
    """The pixel that each ray passes through."""
    shares: Float[Tensor, " r"]
    """Each ray's share of its pixel: one over the number of the pixel's rays."""
    rgb: Float[Tensor, "p 3"]
    usable: Bool[Tensor, " p"]

    def of_pixels(self, values: Float[Tensor, "r c"]) -> Float[Tensor, "p c"]:
        """Return the mean over each pixel's rays."""
        return values.new_zeros(len(self.rgb), values.shape[1]).index_add(0, self.owners, values * self.shares[:, None])


def draw_batch(
    views: Mapping[int, TrainingView],
    pose_of: Callable[[int], np.ndarray | Tensor],
    *,
    each: int,
    supersampled: bool,
    generator: torch.Generator,
) -> Batch:
    """Return `each` random pixels of every view, given by its number, and the rays through them.

    A ray passes through its pixel's centre; with `supersampled`, four more pass anywhere through a rough pixel.
    """
    pixels, colors, depths, usable = [], [], [], []
    for view in views.values():
        width, height = view.camera.width, view.camera.height
        flat = torch.randint(width * height, (each,), generator=generator).to(view.image.device)
        around = neighbours(flat, width=width, height=height)
        pixels.append(pixel_positions(flat, view.camera))
        colors.append(view.image.reshape(-1, 3)[around])
        depths.append(
            flat.new_zeros(each, 9, dtype=torch.float32) if view.depth is None else view.depth.reshape(-1)[around]
        )
        usable.append(torch.ones_like(flat, dtype=torch.bool) if view.mask is None else view.mask.reshape(-1)[flat])
    around_colors = torch.cat(colors)
    owners = torch.arange(len(around_colors), device=around_colors.device)
    offsets = around_colors.new_zeros(len(around_colors), 2)
    if supersampled:
        owners, offsets = _several_rays(rough_pixels(around_colors), generator)
    positions = torch.cat(pixels)[owners] + offsets
    # Rays stand in the order of their pixels, so each view's lie together.
    ends = torch.searchsorted(owners, each * torch.arange(len(views) + 1, device=owners.device)).tolist()
    parts = {index: slice(a, b) for index, a, b in zip(views, ends[:-1], ends[1:], strict=True)}
    return Batch(
        views=parts,
        rays=Rays.cat([camera_rays(v.camera, pose_of(i), positions[parts[i]]) for i, v in views.items()]),
        positions=positions,
        layers=layers_of(torch.cat(depths)[owners], offsets),
        owners=owners,
        shares=1 / torch.bincount(owners)[owners].float(),
        rgb=around_colors[:, 0],
        usable=torch.cat(usable),
    )


def _several_rays(
    rough: Bool[Tensor, " p"], generator: torch.Generator
) -> tuple[Int[Tensor, " r"], Float[Tensor, "r 2"]]:
    """Return the pixel of each ray, and the ray's place from its centre: of several in a rough pixel, of one else."""
    owners = torch.arange(len(rough), device=rough.device).repeat_interleave(torch.where(rough, RAYS, 1))
    offsets = torch.zeros(len(owners), 2, device=rough.device)
    offsets[rough[owners]] = scattered(int(rough.sum()), generator).reshape(-1, 2).to(rough.device)
    return owners, offsets
