"""SO(3): rotation vectors, matrices and quaternions, stable at 0 and at pi, differentiable almost everywhere.

Quaternions are (w, x, y, z); the order is in every name. Formulas: Sola, Deray, Atchuthan, "A micro Lie theory" (2018).
"""

import torch
from jaxtyping import Float
from torch import Tensor


def skew(vector: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3 3"]:
    """Return the matrix whose product with `x` is the cross product of `vector` and `x`."""
    x, y, z = vector.unbind(-1)
    zero = torch.zeros_like(x)
    rows = [torch.stack(r, dim=-1) for r in ((zero, -z, y), (z, zero, -x), (-y, x, zero))]
    return torch.stack(rows, dim=-2)


def _sine_coefficients(angle_squared: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return sin(t)/t, (1 - cos t)/t^2 and (t - sin t)/t^3 of t = sqrt(angle_squared), by series near 0.

    The series start where their truncation error drops under rounding: t^6/5040 at t^2 = 1e-3 is 2e-13.
    """
    small = angle_squared < 1e-3
    safe = torch.where(small, torch.ones_like(angle_squared), angle_squared)
    angle = safe.sqrt()
    s = angle_squared
    a = torch.where(small, 1 - s / 6 * (1 - s / 20 * (1 - s / 42)), angle.sin() / angle)
    # 2 sin^2(t/2) keeps the digits that 1 - cos t loses.
    b = torch.where(small, 0.5 - s / 24 * (1 - s / 30 * (1 - s / 56)), 2 * (angle / 2).sin() ** 2 / safe)
    c = torch.where(small, 1 / 6 - s / 120 * (1 - s / 42 * (1 - s / 72)), (angle - angle.sin()) / (safe * angle))
    return a, b, c


def so3_exp(rotation_vector: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3 3"]:
    """Return the rotation matrix of a rotation vector (axis times angle, radians); smooth at 0."""
    a, b, _ = _sine_coefficients((rotation_vector**2).sum(-1))
    k = skew(rotation_vector)
    identity = torch.eye(3, dtype=k.dtype, device=k.device)
    return identity + a[..., None, None] * k + b[..., None, None] * (k @ k)


def so3_log(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 3"]:
    """Return the rotation vector (radians, norm in [0, pi]) of a rotation matrix; the inverse of `so3_exp`.

    Goes through the quaternion, which keeps full precision near 0 and near pi, where the trace formula loses half.
    """
    quaternion = quat_wxyz_from_matrix(rotation)
    # q and -q are one rotation; the one with w >= 0 has the angle in [0, pi].
    quaternion = torch.where(quaternion[..., :1] < 0, -quaternion, quaternion)
    w, xyz = quaternion[..., 0], quaternion[..., 1:]
    sine_squared = (xyz**2).sum(-1)
    small = sine_squared < 1e-6
    safe = torch.where(small, torch.ones_like(sine_squared), sine_squared)
    sine = safe.sqrt()
    # angle / sin(angle/2); near 0 by series in s^2: 2 (1 + s^2/6 + 3 s^4/40).
    factor = torch.where(small, 2 + sine_squared / 3 + 3 * sine_squared**2 / 20, 2 * torch.atan2(sine, w) / sine)
    return factor[..., None] * xyz


def matrix_from_quat_wxyz(quat_wxyz: Float[Tensor, "*b 4"]) -> Float[Tensor, "*b 3 3"]:
    """Return the rotation matrix of a quaternion (w, x, y, z), which need not have unit norm."""
    w, x, y, z = torch.nn.functional.normalize(quat_wxyz, dim=-1).unbind(-1)
    rows = [
        torch.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)], dim=-1),
        torch.stack([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)], dim=-1),
        torch.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], dim=-1),
    ]
    return torch.stack(rows, dim=-2)


def quat_wxyz_from_matrix(rotation: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b 4"]:
    """Return a unit quaternion (w, x, y, z) of a rotation matrix, by Shepperd's method: divide by the largest part."""
    m = rotation
    trace = m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2]
    diagonal = [m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]]
    # Row k of the symmetric 4x4 matrix 4 q q^T; its largest diagonal entry gives the best conditioned row.
    outer = torch.stack(
        [
            torch.stack(
                [1 + trace, m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]], -1
            ),
            torch.stack(
                [
                    m[..., 2, 1] - m[..., 1, 2],
                    1 + 2 * diagonal[0] - trace,
                    m[..., 0, 1] + m[..., 1, 0],
                    m[..., 0, 2] + m[..., 2, 0],
                ],
                -1,
            ),
            torch.stack(
                [
                    m[..., 0, 2] - m[..., 2, 0],
                    m[..., 0, 1] + m[..., 1, 0],
                    1 + 2 * diagonal[1] - trace,
                    m[..., 1, 2] + m[..., 2, 1],
                ],
                -1,
            ),
            torch.stack(
                [
                    m[..., 1, 0] - m[..., 0, 1],
                    m[..., 0, 2] + m[..., 2, 0],
                    m[..., 1, 2] + m[..., 2, 1],
                    1 + 2 * diagonal[2] - trace,
                ],
                -1,
            ),
        ],
        dim=-2,
    )
    best = torch.diagonal(outer, dim1=-2, dim2=-1).argmax(-1)
    row = torch.take_along_dim(outer, best[..., None, None].expand(*best.shape, 1, 4), dim=-2)[..., 0, :]
    return torch.nn.functional.normalize(row, dim=-1)


def rotation_angle(rotation_a: Float[Tensor, "*b 3 3"], rotation_b: Float[Tensor, "*b 3 3"]) -> Float[Tensor, "*b"]:
    """Return the geodesic distance of two rotations in radians, in [0, pi].

    By atan2 of the sine and cosine of the difference: arccos of the trace loses half the digits near 0 and pi.
    """
    difference = rotation_a.mT @ rotation_b
    return so3_log(difference).norm(dim=-1)
