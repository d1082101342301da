"""SE(3): rigid motions as 4x4 matrices named `a_from_b`, their exponential and logarithm.

A twist is (translation part, rotation part), metres and radians: rho first, as in Sola et al. (2018).
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.errors import DataError
from vantage.geometry.rotations import _sine_coefficients, skew, so3_exp, so3_log


def make_motion(rotation: Float[Tensor, "*b 3 3"], translation: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 4 4"]:
    """Assemble a 4x4 rigid motion."""
    top = torch.cat([rotation, translation[..., None]], dim=-1)
    bottom = torch.tensor([0, 0, 0, 1], dtype=top.dtype, device=top.device).expand(*top.shape[:-2], 1, 4)
    return torch.cat([top, bottom], dim=-2)


def se3_exp(twist: Float[Tensor, "*b 6"]) -> Float[Tensor, "*b 4 4"]:
    """Return the rigid motion of a twist (rho, theta): exp of the se(3) algebra; smooth at 0."""
    rho, theta = twist[..., :3], twist[..., 3:]
    return make_motion(so3_exp(theta), (_left_jacobian(theta) @ rho[..., None])[..., 0])


def se3_log(motion: Float[Tensor, "*b 4 4"]) -> Float[Tensor, "*b 6"]:
    """Return the twist of a rigid motion; the inverse of `se3_exp`."""
    theta = so3_log(motion[..., :3, :3])
    # The inverse exists for all angles below 2 pi, and theta is at most pi.
    rho = torch.linalg.solve(_left_jacobian(theta), motion[..., :3, 3:])[..., 0]
    return torch.cat([rho, theta], dim=-1)


def _left_jacobian(theta: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3 3"]:
    _, b, c = _sine_coefficients((theta**2).sum(-1))
    k = skew(theta)
    identity = torch.eye(3, dtype=k.dtype, device=k.device)
    return identity + b[..., None, None] * k + c[..., None, None] * (k @ k)


def invert_motion(a_from_b: Float[Tensor, "*b 4 4"]) -> Float[Tensor, "*b 4 4"]:
    """Return `b_from_a`, using that the rotation's inverse is its transpose."""
    rotation = a_from_b[..., :3, :3].mT
    return make_motion(rotation, -(rotation @ a_from_b[..., :3, 3:])[..., 0])


def transform_points(a_from_b: Float[Tensor, "4 4"], points_b: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3"]:
    """Take points of frame b to frame a."""
    return points_b @ a_from_b[:3, :3].mT + a_from_b[:3, 3]


def look_at(
    eye_world: Float[Tensor, " 3"], target_world: Float[Tensor, " 3"], up_world: Float[Tensor, " 3"]
) -> Float[Tensor, "4 4"]:
    """Return `world_from_camera` of a camera at `eye_world` that sees `target_world` in its centre (OpenCV axes).

    Raises:
        DataError: eye and target are the same point, or a value is not finite.
    """
    distance = float((target_world - eye_world).norm())
    if not 0 < distance < math.inf:
        raise DataError(f"look_at from {eye_world.tolist()} to {target_world.tolist()}: the same point, or not finite")
    forward = torch.nn.functional.normalize(target_world - eye_world, dim=-1)
    right = torch.linalg.cross(forward, up_world)
    if float(right.norm()) < 1e-6 * float(up_world.norm()):
        # Looking straight along `up` leaves the roll free; any axis not parallel to the view will do.
        right = torch.linalg.cross(forward, forward.roll(1) + forward.new_tensor([0.0, 0.3, 0.7]))
    right = torch.nn.functional.normalize(right, dim=-1)
    down = torch.linalg.cross(forward, right)
    return make_motion(torch.stack([right, down, forward], dim=-1), eye_world)
