"""Kabsch-Umeyama: the rigid or similarity motion that brings one point set onto another."""

import dataclasses

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.errors import DataError


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Similarity:
    """A similarity transform: `points_a = scale * rotation @ points_b + translation`."""

    scale: Float[Tensor, ""]
    rotation: Float[Tensor, "3 3"]
    translation: Float[Tensor, " 3"]

    def __call__(self, points_b: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3"]:
        """Take points of frame b to frame a."""
        return self.scale * points_b @ self.rotation.mT + self.translation


def align_points(
    points_a: Float[Tensor, "n 3"],
    points_b: Float[Tensor, "n 3"],
    *,
    with_scale: bool = False,
    weights: Float[Tensor, " n"] | None = None,
) -> Similarity:
    """Return the least-squares motion from b to a (Umeyama 1991), never a reflection.

    Raises:
        DataError: fewer than three points, or all of them on one line, so that the rotation is not determined.
    """
    if len(points_a) < 3:
        raise DataError(f"aligning needs at least 3 point pairs; got {len(points_a)}")
    share = torch.full_like(points_a[:, 0], 1 / len(points_a)) if weights is None else weights / weights.sum()
    mean_a = share @ points_a
    mean_b = share @ points_b
    centred_a, centred_b = points_a - mean_a, points_b - mean_b
    covariance = (share[:, None] * centred_a).mT @ centred_b
    u, singular, vt = torch.linalg.svd(covariance)
    # Collinear points leave rank 1; the tolerance is that of the working precision.
    if float(singular[1]) <= 10 * torch.finfo(singular.dtype).eps * max(float(singular[0]), 1e-300):
        raise DataError("aligning is not determined: all points lie on one line or coincide")
    sign = torch.ones_like(singular)
    sign[2] = torch.sign(torch.linalg.det(u) * torch.linalg.det(vt))
    rotation = u @ torch.diag(sign) @ vt
    scale = torch.ones_like(singular[0])
    if with_scale:
        scale = (singular * sign).sum() / (share[:, None] * centred_b**2).sum()
    return Similarity(scale=scale, rotation=rotation, translation=mean_a - scale * rotation @ mean_b)
