"""The loss against its formula, and its optimum: pointwise mutual information."""

import pytest
import torch

from vantage.pretraining.room_clip_loss import mutual_information_loss, patch_weights, pooled_regions, view_loss

ONE = torch.tensor(1.0)


def joint_table(seed: int, n: int = 5, t: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shares = torch.rand(n, t, generator=generator) + 0.05
    shares = shares / shares.sum(dim=1, keepdim=True)
    weights = torch.rand(n, generator=generator) + 0.2
    return shares, weights


def as_vectors(scores: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Vectors and texts whose products are the scores (the loss itself does not ask for unit length)."""
    return scores, torch.eye(scores.shape[1])


@pytest.mark.parametrize("seed", range(3))
def test_mutual_information_is_the_optimum(seed):
    """At log p(r, t) / p(r) p(t) the loss is zero and its gradient vanishes; anywhere else it is larger."""
    shares, weights = joint_table(seed)
    joint = shares * (weights / weights.sum())[:, None]
    best = (joint / joint.sum(dim=1, keepdim=True) / joint.sum(dim=0, keepdim=True)).log()
    best.requires_grad_()
    nothing = torch.zeros_like(shares, dtype=torch.bool)
    loss = mutual_information_loss(*as_vectors(best), shares, weights, nothing, ONE)
    assert float(loss.detach()) == pytest.approx(0, abs=1e-6)
    (gradient,) = torch.autograd.grad(loss, best)
    torch.testing.assert_close(gradient, torch.zeros_like(gradient), atol=1e-6, rtol=0)
    shaken = best.detach() + 0.3 * torch.randn(best.shape, generator=torch.Generator().manual_seed(seed))
    assert float(mutual_information_loss(*as_vectors(shaken), shares, weights, nothing, ONE)) > 1e-3


def test_with_one_text_each_it_is_the_symmetric_cross_entropy():
    scores = torch.randn(4, 4, generator=torch.Generator().manual_seed(0))
    nothing = torch.zeros(4, 4, dtype=torch.bool)
    loss = mutual_information_loss(*as_vectors(scores), torch.eye(4), torch.ones(4), nothing, ONE)
    target = torch.arange(4)
    expected = (
        torch.nn.functional.cross_entropy(scores, target) + torch.nn.functional.cross_entropy(scores.mT, target)
    ) / 2
    torch.testing.assert_close(loss, expected)


def test_unknown_pairs_unused_texts_and_weightless_vectors_do_not_count():
    shares, weights = joint_table(0)
    shares[0, 1] = 0.0
    unknown = torch.zeros(5, 4, dtype=torch.bool)
    unknown[0, 1] = True
    scores = torch.randn(5, 4, requires_grad=True)
    loss = mutual_information_loss(*as_vectors(scores), shares, weights, unknown, ONE)
    (gradient,) = torch.autograd.grad(loss, scores)
    assert float(gradient[0, 1]) == 0
    assert bool(torch.isfinite(gradient).all())
    more_shares = torch.cat([torch.cat([shares, torch.zeros(5, 1)], 1), torch.full((1, 5), 0.2)])
    more_scores = torch.cat([torch.cat([scores, torch.ones(5, 1)], 1), torch.ones(1, 5)])
    more_unknown = torch.zeros(6, 5, dtype=torch.bool)
    more_unknown[0, 1] = True
    more_weights = torch.cat([weights, torch.zeros(1)])
    padded = mutual_information_loss(*as_vectors(more_scores), more_shares, more_weights, more_unknown, ONE)
    torch.testing.assert_close(padded, loss)


def test_equal_captions_are_all_positives():
    images = torch.nn.functional.normalize(torch.randn(3, 4, generator=torch.Generator().manual_seed(0)), dim=-1)
    captions = torch.stack([images[0], images[0], images[2]])
    same = torch.tensor([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=torch.bool)
    swapped = view_loss(images[[1, 0, 2]], captions, same, ONE)
    torch.testing.assert_close(view_loss(images, captions, same, ONE), swapped)


def test_regions_are_pooled_by_coverage():
    patches = torch.tensor([[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]])
    coverage = torch.tensor([[1.0, 0.0], [0.5, 0.5], [0.0, 0.0]])
    pooled, sizes = pooled_regions(patches, coverage)
    torch.testing.assert_close(sizes, torch.tensor([1.5, 0.5]))
    torch.testing.assert_close(pooled[1], torch.tensor([0.0, 1.0]))
    torch.testing.assert_close(pooled[0], torch.nn.functional.normalize(torch.tensor([1.0, 0.5]), dim=0))


def test_a_region_of_n_patches_weighs_the_root_of_n():
    coverage = torch.zeros(20, 2)
    coverage[:16, 0] = 1
    coverage[16:, 1] = 1
    weights = patch_weights(coverage)
    assert float(weights[:16].sum()) == pytest.approx(4)
    assert float(weights[16:].sum()) == pytest.approx(2)
