"""Poses as vectors: translation in units of the scene, and rotation vector, in a frame that the training poses fix."""

import dataclasses

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from vantage.errors import DataError
from vantage.geometry import make_motion, rotation_angle, so3_exp, so3_log

MIN_SCALE = 1e-3
"""Metres; cameras that turn on the spot have no extent to measure translations in."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PoseFrame:
    """Where pose vectors are counted from: the mean training camera, and the spread of the training positions."""

    centre: Float[Tensor, " 3"]
    """Mean camera position, world frame, metres."""
    rotation: Float[Tensor, "3 3"]
    """Mean camera orientation; rotation vectors tell the turn from it."""
    scale: float
    """Root of the mean squared distance of a camera from the centre, metres."""

    @classmethod
    def of(cls, world_from_camera: Float[Tensor, "n 4 4"]) -> "PoseFrame":
        """Return the frame of some poses: their mean position and the rotation nearest to their mean (chordal).

        Raises:
            DataError: there is no pose, or one is not finite.
        """
        if len(world_from_camera) == 0 or not bool(torch.isfinite(world_from_camera).all()):
            raise DataError(f"{len(world_from_camera)} poses; expected at least one, and finite numbers")
        poses = world_from_camera.double()
        centre = poses[:, :3, 3].mean(dim=0)
        scale = float((poses[:, :3, 3] - centre).square().sum(dim=1).mean().sqrt())
        u, _, vt = torch.linalg.svd(poses[:, :3, :3].mean(dim=0))
        sign = torch.ones(3, dtype=torch.float64)
        sign[2] = torch.linalg.det(u @ vt).sign()
        return cls(centre=centre.float(), rotation=(u @ torch.diag(sign) @ vt).float(), scale=max(scale, MIN_SCALE))

    def vectors(self, world_from_camera: Float[Tensor, "*b 4 4"]) -> Float[Tensor, "*b 6"]:
        """Return poses as (translation in scales, rotation vector in radians)."""
        translation = (world_from_camera[..., :3, 3] - self.centre) / self.scale
        return torch.cat([translation, so3_log(self.rotation.mT @ world_from_camera[..., :3, :3])], dim=-1)

    def poses(self, vectors: Float[Tensor, "*b 6"]) -> Float[Tensor, "*b 4 4"]:
        """Return the poses of vectors, through the exponential map; the inverse of `vectors`."""
        rotation = self.rotation @ so3_exp(vectors[..., 3:])
        return make_motion(rotation, self.centre + self.scale * vectors[..., :3])


def pose_errors(
    world_from_camera: Float64[np.ndarray, "4 4"], true_world_from_camera: Float64[np.ndarray, "4 4"]
) -> tuple[float, float]:
    """Return the geodesic rotation error in radians and the distance of the positions in metres."""
    a, b = torch.from_numpy(world_from_camera), torch.from_numpy(true_world_from_camera)
    return float(rotation_angle(a[:3, :3], b[:3, :3])), float((a[:3, 3] - b[:3, 3]).norm())


def perturbed_pose(
    world_from_camera: Float64[np.ndarray, "4 4"], *, rotation: float, translation: float, rng: np.random.Generator
) -> Float64[np.ndarray, "4 4"]:
    """Return a pose exactly `rotation` radians and `translation` metres off, in directions drawn evenly."""
    axis, direction = (v / np.linalg.norm(v) for v in rng.standard_normal((2, 3)))
    turned = world_from_camera.copy()
    turned[:3, :3] = world_from_camera[:3, :3] @ so3_exp(torch.from_numpy(axis * rotation)).numpy()
    turned[:3, 3] += translation * direction
    return turned
