"""Scene contraction: all of space into a unit cube, with the scene itself undistorted in its middle."""

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.fields.initialization import Bounds


def contract(points_world: Float[Tensor, "n 3"], bounds: Bounds) -> Float[Tensor, "n 3"]:
    """Map world points to [0, 1]^3: linearly inside the bounds (the middle half), by 2 - 1/r outside them.

    The mip-NeRF 360 contraction with the maximum norm, as nerfacto uses it: every point keeps a place of its own,
    however far it is; nothing is clamped.
    """
    centre = points_world.new_tensor(bounds.centre)
    x = (points_world - centre) / bounds.half_extent
    radius = x.abs().max(dim=-1, keepdim=True).values
    safe = radius.clamp_min(1)
    outside = (2 - 1 / safe) * (x / safe)
    return (torch.where(radius <= 1, x, outside) + 2) / 4
