"""Losses of self-distillation: balanced targets, cross-entropy, spread of features, and the moving teacher."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

SINKHORN_ROUNDS = 3
"""Rounds of balancing, as in SwAV (Caron et al. 2020, section 3.1) and DINOv2 (Oquab et al. 2023, section 4)."""


@torch.no_grad()
def balanced_targets(logits: Float[Tensor, "n k"], temperature: float) -> Float[Tensor, "n k"]:
    """Return the teacher's assignments: rows sum to one, and all columns are used alike (Sinkhorn-Knopp).

    Equal use of the columns is what keeps the features from collapsing onto one of them.
    """
    scores = logits.float() / temperature
    shares = (scores - scores.amax()).exp()
    for _ in range(SINKHORN_ROUNDS):
        # 1e-30 keeps a column that nobody likes from dividing by zero; exp has run out of range there.
        shares = shares / (shares.sum(dim=0, keepdim=True) * logits.shape[1] / len(logits)).clamp_min(1e-30)
        shares = shares / shares.sum(dim=1, keepdim=True).clamp_min(1e-30)
    return shares


def distillation_loss(
    student: Float[Tensor, "n k"], targets: Float[Tensor, "n k"], temperature: float
) -> Float[Tensor, " n"]:
    """Return each row's cross-entropy of the student's softmax against the targets, in nats."""
    return -(targets * torch.log_softmax(student.float() / temperature, dim=-1)).sum(dim=-1)


def spread_loss(features: Float[Tensor, "n d"]) -> Float[Tensor, ""]:
    """Return KoLeo (Sablayrolles et al. 2019): minus the mean log distance to the nearest other unit vector."""
    unit = nn.functional.normalize(features.float(), dim=-1)
    products = unit @ unit.mT
    nearest = (products - 2 * torch.eye(len(unit), device=unit.device)).argmax(dim=1)
    distances = (unit - unit[nearest]).norm(dim=-1)
    return -(distances + 1e-8).log().mean()


def contrast_loss(
    student: Float[Tensor, "n d"], teacher: Float[Tensor, "n d"], temperature: float
) -> Float[Tensor, ""]:
    """Return InfoNCE (Oord et al. 2018): each student's unit vector against its teacher's among all the teacher's."""
    logits = student.float() @ teacher.float().mT / temperature
    return nn.functional.cross_entropy(logits, torch.arange(len(logits), device=logits.device))


def normalised_patches(
    images: Float[Tensor, "n 3 h w"], patch: int
) -> tuple[Float[Tensor, "n cells k"], Float[Tensor, "n cells"]]:
    """Return each patch's pixels less their mean over their deviation (MAE's target, He et al. 2022), and the latter.

    The floor of 0.1 under deviations, far above MAE's, keeps bare walls from being asked for their noise.
    """
    cells = nn.functional.unfold(images, patch, stride=patch).mT
    variance = cells.var(dim=-1, keepdim=True)
    return (cells - cells.mean(dim=-1, keepdim=True)) / (variance + 0.01).sqrt(), variance.sqrt()[..., 0]


@torch.no_grad()
def move_teacher(teacher: nn.Module, student: nn.Module, momentum: float) -> None:
    """Set each of the teacher's parameters to momentum * teacher + (1 - momentum) * student."""
    for old, new in zip(teacher.parameters(), student.parameters(), strict=True):
        old.lerp_(new, 1 - momentum)


def used_prototypes(targets: Float[Tensor, "n k"]) -> Float[Tensor, ""]:
    """Return how many columns are in use: e to the entropy of the mean assignment; 1 = collapsed."""
    mean = targets.mean(dim=0)
    return torch.special.entr(mean).sum().exp()


def feature_spread(features: Float[Tensor, "n d"]) -> Float[Tensor, ""]:
    """Return the root of the mean squared distance of unit features from their mean; 0 = collapsed, at most 1."""
    unit = nn.functional.normalize(features.detach().float(), dim=-1)
    return (unit - unit.mean(dim=0)).square().sum(dim=-1).mean().sqrt()
