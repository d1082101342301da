"""Losses of geometric training: points and depths weighed by the model's own confidence, and cameras."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from vantage.geometry import quat_wxyz_from_matrix

CONFIDENCE_WEIGHT = 0.2
"""alpha of the confidence loss, as in DUSt3R (Wang et al. 2024, section 3.2) and VGGT."""


def confidence_loss(
    errors: Float[Tensor, "*b"], confidence: Float[Tensor, "*b"], valid: Bool[Tensor, "*b"]
) -> Float[Tensor, ""]:
    """Return the mean over valid pixels of confidence * error - alpha * log(confidence)."""
    weighed = confidence * errors - CONFIDENCE_WEIGHT * confidence.log()
    return (weighed * valid).sum() / valid.sum().clamp_min(1)


def normalise_scale(
    points: Float[Tensor, "n *b 3"], valid: Bool[Tensor, "n *b"]
) -> tuple[Float[Tensor, "n *b 3"], Float[Tensor, " n"]]:
    """Divide each set's points by their mean distance from the origin; return that too."""
    distances = points.norm(dim=-1) * valid
    scale = distances.flatten(1).sum(dim=1) / valid.flatten(1).sum(dim=1).clamp_min(1)
    scale = scale.clamp_min(1e-6)
    return points / scale.view(-1, *[1] * (points.ndim - 1)), scale


def point_errors(predicted: Float[Tensor, "*b 3"], truth: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b"]:
    """Return distances; the small constant keeps the gradient finite where they vanish."""
    return ((predicted - truth).square().sum(dim=-1) + 1e-12).sqrt()


def gradient_errors(
    predicted: Float[Tensor, "*b h w"], truth: Float[Tensor, "*b h w"], valid: Bool[Tensor, "*b h w"]
) -> Float[Tensor, "*b h w"]:
    """Return, at each pixel, how far the steps to the next pixel right and down are off; zero where one is unknown."""
    off = (predicted - truth) * valid
    right = (off[..., :, 1:] - off[..., :, :-1]).abs() * (valid[..., :, 1:] & valid[..., :, :-1])
    down = (off[..., 1:, :] - off[..., :-1, :]).abs() * (valid[..., 1:, :] & valid[..., :-1, :])
    return nn.functional.pad(right, (0, 1)) + nn.functional.pad(down, (0, 0, 0, 1))


def camera_numbers(
    camera_from_first: Float[Tensor, "*b 4 4"], fields_of_view: Float[Tensor, "*b 2"]
) -> Float[Tensor, "*b 9"]:
    """Return VGGT's encoding: translation (metres), quaternion wxyz with w >= 0, fields of view (radians)."""
    quat = quat_wxyz_from_matrix(camera_from_first[..., :3, :3])
    quat = torch.where(quat[..., :1] < 0, -quat, quat)
    return torch.cat([camera_from_first[..., :3, 3], quat, fields_of_view], dim=-1)


def camera_loss(predicted: Float[Tensor, "*b 9"], truth: Float[Tensor, "*b 9"]) -> Float[Tensor, ""]:
    """Return the mean Huber loss of the numbers (VGGT, section 3.4)."""
    return nn.functional.huber_loss(predicted, truth, delta=1.0)
