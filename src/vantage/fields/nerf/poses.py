"""Small corrections of the training cameras' poses, learned with the field (nerfacto's `SO3xR3`)."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.geometry import make_motion, so3_exp

CAMERA_RATE = 3e-3
"""Learning rate of corrections, radians and half-extents, where they are wanted: nerfacto's 1e-3 for its 30,000 steps
and a tenth of them."""


class PoseCorrections(nn.Module):
    """One rotation and one translation per view, both zero at the start."""

    def __init__(self, views: int) -> None:
        super().__init__()
        self.twists = nn.Parameter(torch.zeros(views, 6))

    def corrected(self, view: int, world_from_camera: np.ndarray, half_extent: float) -> Float[Tensor, "4 4"]:
        """Return a pose turned about its own camera (radians) and moved in the world (half-extents), with gradients."""
        pose = torch.as_tensor(world_from_camera).to(self.twists)
        twist = self.twists[view]
        return make_motion(pose[:3, :3] @ so3_exp(twist[3:]), pose[:3, 3] + twist[:3] * half_extent)
