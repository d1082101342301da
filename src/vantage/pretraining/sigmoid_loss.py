"""SigLIP's loss: each pair of picture and text is told true or false by itself (Zhai et al. 2023)."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


def sigmoid_pairs(
    vectors: Float[Tensor, "n d"],
    texts: Float[Tensor, "t d"],
    same: Bool[Tensor, "n t"],
    scale: Float[Tensor, ""],
    bias: Float[Tensor, ""],
) -> Float[Tensor, ""]:
    """Return SigLIP's loss: minus the log probability of each pair's truth, summed over texts, mean over vectors."""
    logits = scale * vectors @ texts.mT + bias
    signs = torch.where(same, 1.0, -1.0)
    return -nn.functional.logsigmoid(signs * logits).sum() / len(vectors)


def sigmoid_information(
    vectors: Float[Tensor, "n d"],
    texts: Float[Tensor, "t d"],
    shares: Float[Tensor, "n t"],
    weights: Float[Tensor, " n"],
    unknown: Bool[Tensor, "n t"],
    scale: Float[Tensor, ""],
    bias: Float[Tensor, ""],
    negatives: float,
) -> Float[Tensor, ""]:
    """Return the sigmoid loss where a vector may be said as several texts, each with a known share.

    Positives are drawn as vectors are said, negatives as vectors and texts come at all, whether or not they fit: in a
    batch of SigLIP, too, another picture's text that happens to fit counts as a negative. The optimum of a logit is
    log p(r, t) / (p(r) p(t)) - log(negatives), so that words said of everything score alike everywhere.

    Args:
        vectors: unit vectors of regions or patches.
        texts: unit vectors of texts.
        shares: probability that vector n is said as text t; rows sum to at most one.
        weights: how much each vector counts; those of weight 0 are left out.
        unknown: pairs of which nobody knows whether they match; they count neither for nor against.
        scale: inverse temperature.
        bias: added to every logit.
        negatives: weight of all negatives over that of all positives.
    """
    keep = weights > 0
    vectors, shares, unknown = vectors[keep], shares[keep], unknown[keep]
    prior = weights[keep] / weights[keep].sum()
    joint = prior[:, None] * shares
    joint = joint / joint.sum()
    independent = prior[:, None] * joint.sum(dim=0) * ~unknown
    logits = scale * vectors @ texts.mT + bias
    true, false = nn.functional.logsigmoid(logits), nn.functional.logsigmoid(-logits)
    return -(joint * true).sum() - negatives * (independent * false).sum()
