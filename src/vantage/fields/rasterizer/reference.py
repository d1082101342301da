"""The readable twin of the kernels: every pixel against every Gaussian in plain torch, differentiated by autograd."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vantage.fields.rasterizer.arguments import check_arguments
from vantage.fields.rasterizer.result import Rasterized
from vantage.fields.rasterizer.rules import (
    FRUSTUM_MARGIN,
    LOW_PASS,
    MAX_ALPHA,
    MIN_ALPHA,
    MIN_TRANSMITTANCE,
)
from vantage.geometry import matrix_from_quat_wxyz


def project_gaussians(
    means: Float[Tensor, "n 3"],
    quats_wxyz: Float[Tensor, "n 4"],
    scales: Float[Tensor, "n 3"],
    camera_from_world: Float[Tensor, "4 4"],
    intrinsics: Float[Tensor, "3 3"],
    width: int,
    height: int,
) -> tuple[Float[Tensor, "n 2"], Float[Tensor, "n 2 2"], Float[Tensor, " n"]]:
    """Return means (pixels), covariances (square pixels, low-passed) and z-depths of the projected Gaussians.

    The covariance goes through the projection linearised at the mean (EWA splatting, Zwicker et al. 2002), the mean
    being first drawn to within 30% of half the field of view outside the image, where the linearisation still holds.
    """
    rotation, translation = camera_from_world[:3, :3], camera_from_world[:3, 3]
    x, y, z = (means @ rotation.mT + translation).unbind(-1)
    fx, fy, cx, cy = intrinsics[0, 0], intrinsics[1, 1], intrinsics[0, 2], intrinsics[1, 2]
    margin_x, margin_y = FRUSTUM_MARGIN * 0.5 * width / fx, FRUSTUM_MARGIN * 0.5 * height / fy
    slope_x = torch.clamp(x / z, min=-cx / fx - margin_x, max=(width - cx) / fx + margin_x)
    slope_y = torch.clamp(y / z, min=-cy / fy - margin_y, max=(height - cy) / fy + margin_y)
    zero = torch.zeros_like(z)
    jacobian = torch.stack([fx / z, zero, -fx * slope_x / z, zero, fy / z, -fy * slope_y / z], dim=-1)
    axes = matrix_from_quat_wxyz(quats_wxyz) * scales[:, None, :]
    half = jacobian.reshape(-1, 2, 3) @ rotation @ axes
    covariance = half @ half.mT + LOW_PASS * torch.eye(2, dtype=means.dtype)
    return torch.stack([fx * x / z + cx, fy * y / z + cy], dim=-1), covariance, z


def rasterize_reference(
    means: Float[Tensor, "n 3"],
    quats_wxyz: Float[Tensor, "n 4"],
    scales: Float[Tensor, "n 3"],
    opacities: Float[Tensor, " n"],
    channels: Float[Tensor, "n c"],
    camera_from_world: Float[Tensor, "4 4"],
    intrinsics: Float[Tensor, "3 3"],
    width: int,
    height: int,
    *,
    near: float = 0.01,
    far: float = 1e10,
    background: Float[Tensor, " c"] | None = None,
    means2d_offset: Float[Tensor, "n 2"] | None = None,
    antialiased: bool = False,
) -> Rasterized:
    """Blend Gaussians as `rasterize` does, at a cost of pixels times Gaussians in time and memory.

    Same arguments (but for absolute gradients), result and errors as `rasterize`; also differentiable in `intrinsics`,
    and in any precision.
    """
    check_arguments(means, quats_wxyz, scales, opacities, channels, intrinsics, width, height, near, far)
    z = means @ camera_from_world[2, :3] + camera_from_world[2, 3]
    kept = torch.nonzero((z > near) & (z < far))[:, 0]
    kept = kept[torch.argsort(z.detach()[kept], stable=True)]
    centres, covariances, depths = project_gaussians(
        means[kept], quats_wxyz[kept], scales[kept], camera_from_world, intrinsics, width, height
    )
    if means2d_offset is not None:
        centres = centres + means2d_offset[kept]
    v, u = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    pixels = torch.stack([u, v], dim=-1).reshape(-1, 1, 2).to(means)
    opacities_kept = opacities[kept]
    if antialiased:
        opacities_kept = opacities_kept * _compensation(covariances)
    offset = pixels - centres
    sigma = 0.5 * torch.einsum("pni,nij,pnj->pn", offset, torch.linalg.inv(covariances), offset)
    alpha = (opacities_kept * torch.exp(-sigma)).clamp_max(MAX_ALPHA)
    alpha = torch.where(alpha >= MIN_ALPHA, alpha, 0.0)
    behind = torch.cumprod(1 - alpha, dim=1)
    alpha = torch.where(behind > MIN_TRANSMITTANCE, alpha, 0.0)
    left = torch.cumprod(1 - alpha, dim=1)
    front = torch.cat([left.new_ones(len(pixels), 1), left], dim=1)
    weights = alpha * front[:, :-1]
    blended = weights @ channels[kept]
    if background is not None:
        blended = blended + front[:, -1:] * background
    radii = torch.zeros(len(means), dtype=torch.int32)
    radii[kept] = _radii(centres.detach(), covariances.detach(), opacities_kept.detach(), width, height)
    return Rasterized(
        channels=blended.reshape(height, width, -1),
        depth=(weights @ depths).reshape(height, width),
        alpha=(1 - front[:, -1]).reshape(height, width),
        radii=radii,
    )


def _compensation(covariances: Tensor) -> Tensor:
    """Return sqrt(det before the low pass / det after it) of low-passed covariances."""
    sharp = torch.linalg.det(covariances - LOW_PASS * torch.eye(2).to(covariances)).clamp_min(1e-30)
    return (sharp / torch.linalg.det(covariances)).sqrt()


def _radii(centres: Tensor, covariances: Tensor, opacities: Tensor, width: int, height: int) -> Tensor:
    """Return the larger half extent of the ellipse of alpha 1/255 in whole pixels; 0 where its box misses the image."""
    reach = (2 * torch.log((opacities / MIN_ALPHA).clamp_min(1))).sqrt()
    half = reach[:, None] * covariances.diagonal(dim1=1, dim2=2).sqrt()
    size = torch.tensor([width, height]).to(centres)
    inside: Bool[Tensor, " n"] = ((centres + half > 0) & (centres - half < size)).all(dim=1) & (reach > 0)
    return torch.where(inside, half.amax(dim=1).ceil(), 0.0).int()
