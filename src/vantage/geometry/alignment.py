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
    """Return the least-squares motion from b to a (Umeyama 1991), never a reflection; computed in float64.

    Raises:
        DataError: fewer than three points, all of them on one line, or values or weights that are not usable.
    """
    if len(points_a) < 3:
        raise DataError(f"aligning needs at least 3 point pairs; got {len(points_a)}")
    a, b = points_a.double(), points_b.double()
    share = torch.ones_like(a[:, 0]) if weights is None else weights.double()
    usable = torch.isfinite(a).all() & torch.isfinite(b).all() & (share >= 0).all() & torch.isfinite(share).all()
    if not bool(usable) or float(share.sum()) <= 0:
        raise DataError("aligning needs finite points and weights of which none is negative and one is positive")
    share = share / share.sum()
    mean_a, mean_b = share @ a, share @ b
    centred_a, centred_b = a - mean_a, b - mean_b
    spread_a, spread_b = (share @ centred_a**2).sum(), (share @ centred_b**2).sum()
    u, singular, vt = torch.linalg.svd((share[:, None] * centred_a).mT @ centred_b)
    # Points on a line leave rank 1, up to the rounding of their coordinates, which counts more the farther they lie
    # from the origin compared with their spread.
    eps = torch.finfo(points_a.dtype).eps
    far = max(float(p.abs().max() / spread.sqrt().clamp_min(1e-300)) for p, spread in ((a, spread_a), (b, spread_b)))
    if float(singular[1]) <= 10 * eps * max(far, 1.0) * float(singular[0]):
        raise DataError("aligning is not determined: all points lie on one line or coincide")
    sign = torch.ones_like(singular)
    sign[2] = torch.sign(torch.linalg.det(u) * torch.linalg.det(vt))
    rotation = u @ torch.diag(sign) @ vt
    scale = (singular * sign).sum() / spread_b if with_scale else torch.ones_like(spread_b)
    translation = mean_a - scale * rotation @ mean_b
    kind = points_a.dtype
    return Similarity(scale=scale.to(kind), rotation=rotation.to(kind), translation=translation.to(kind))
