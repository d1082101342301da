"""The loss of `room-clip`: contrastive between views and captions, regions and concepts, single patches and concepts.

Region and patch terms are InfoNCE with several positives of known probability. With p(t | r) the share with which
region r is said as text t, both directions share one optimum: the score of a pair is log p(r, t) / (p(r) p(t)), its
pointwise mutual information (Oord et al. 2018, section 2.3). So "a red mug" scores high on red mugs only, "a mug" on
all mugs somewhat less, and "object" near zero everywhere: what a canonical negative of a text query has to be.
"""

import dataclasses

import torch
from jaxtyping import Bool, Float
from torch import Tensor


@dataclasses.dataclass(frozen=True, kw_only=True)
class LossWeights:
    """How much each term counts."""

    view: float = 0.3
    """Pictures of scenes against their captions."""
    object: float = 1.0
    """Crops of single objects, as wholes, against their names."""
    region: float = 0.7
    patch: float = 1.0
    """Largest, since single patches are what a distilled field is made of."""


def mutual_information_loss(
    vectors: Float[Tensor, "n d"],
    texts: Float[Tensor, "t d"],
    shares: Float[Tensor, "n t"],
    weights: Float[Tensor, " n"],
    unknown: Bool[Tensor, "n t"],
    scale: Float[Tensor, ""],
) -> Float[Tensor, ""]:
    """Return the mean of both directions' cross-entropy, less the entropy of the targets (so that 0 is perfect).

    Args:
        vectors: unit vectors of regions or patches.
        texts: unit vectors of texts.
        shares: probability that vector n is said as text t; rows sum to at most one.
        weights: how much each vector counts; those of weight 0 are left out.
        unknown: pairs of which nobody knows whether they match; they count neither for nor against.
        scale: inverse temperature.
    """
    keep = weights > 0
    vectors, shares, unknown = vectors[keep], shares[keep], unknown[keep]
    prior = weights[keep] / weights[keep].sum()
    joint = prior[:, None] * shares
    said = joint.sum(dim=0)
    used = said > 0
    joint, unknown, said = joint[:, used], unknown[:, used], said[used]
    joint, said = joint / joint.sum(), said / joint.sum()
    logits = (scale * vectors @ texts[used].mT).masked_fill(unknown, float("-inf"))
    to_text = torch.log_softmax(logits + said.log(), dim=1)
    to_vector = torch.log_softmax(logits + prior.log()[:, None], dim=0)
    heard = joint.sum(dim=1, keepdim=True)
    positive = joint > 0
    spent_text = joint * (to_text - torch.where(positive, joint / heard, 1.0).log())
    spent_vector = joint * (to_vector - torch.where(positive, joint / said, 1.0).log())
    return -0.5 * (spent_text[positive].sum() + spent_vector[positive].sum())


def view_loss(
    summaries: Float[Tensor, "n d"], captions: Float[Tensor, "n d"], same: Bool[Tensor, "n n"], scale: Float[Tensor, ""]
) -> Float[Tensor, ""]:
    """Return CLIP's symmetric loss; equal captions in the batch are all positives (shares spread over them)."""
    logits = scale * summaries @ captions.mT
    target = same.float() / same.sum(dim=1, keepdim=True)
    forward = -(target * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()
    backward = -(target * torch.log_softmax(logits, dim=0)).sum(dim=0).mean()
    return 0.5 * (forward + backward)


def pooled_regions(
    patches: Float[Tensor, "p d"], coverage: Float[Tensor, "p r"]
) -> tuple[Float[Tensor, "r d"], Float[Tensor, " r"]]:
    """Return each region's mean patch, weighted by coverage and of unit length, and its size in patches."""
    sizes = coverage.sum(dim=0)
    mean = coverage.mT @ patches / sizes.clamp_min(1e-6)[:, None]
    return torch.nn.functional.normalize(mean, dim=-1), sizes


def patch_weights(coverage: Float[Tensor, "p r"]) -> Float[Tensor, " p"]:
    """Return how much each patch counts: a region of n patches as the square root of n, so that walls drown no mugs."""
    sizes = coverage.sum(dim=0).clamp_min(1.0)
    return coverage @ sizes.rsqrt()
