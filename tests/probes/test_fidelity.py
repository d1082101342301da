"""The geometric fidelity factor and edges against truth, on pictures whose edges can be counted by hand."""

import numpy as np
import pytest
from scipy import ndimage

from probes.truthful import pixel_features
from vantage.errors import UsageError
from vantage.probes import (
    EdgeTruth,
    check_thresholds,
    edge_aucs,
    edge_counts,
    edge_masks,
    edges_at_budget,
    feature_strength,
    fidelity_factor,
    sobel,
)
from vantage.probes.edges import EdgeCounts, count_edges, strongest
from vantage.rooms.rendering.edges import CREASE, DEPTH, SHADOW, TEXTURE


def step_image(height: int = 20, width: int = 30, contrast: float = 0.5) -> np.ndarray:
    image = np.full((height, width, 3), 0.2)
    image[:, width // 2 :] += contrast
    return image


def test_gradients_are_those_of_scipy():
    image = np.random.default_rng(0).random((9, 11, 2))
    across, down = sobel(image)
    for channel in range(2):
        plain = image[..., channel]
        assert np.allclose(4 * across[..., channel], ndimage.sobel(plain, axis=1, mode="nearest"))
        assert np.allclose(4 * down[..., channel], ndimage.sobel(plain, axis=0, mode="nearest"))


def test_a_step_is_counted_on_both_sides_in_every_channel_and_its_norm_is_its_height():
    counts = edge_counts(step_image(contrast=0.5), (0.1, 0.499, 0.501))
    assert counts.tolist() == [20 * 2 * 3, 20 * 2 * 3, 0]
    mask = edge_masks(step_image(), 0.3)
    assert mask[:, 14:16].all() and mask.sum() == 120


def test_counts_are_those_of_the_masks():
    image = np.random.default_rng(1).random((12, 14, 3))
    thresholds = (0.05, 0.3, 0.7)
    assert edge_counts(image, thresholds).tolist() == [int(edge_masks(image, t).sum()) for t in thresholds]


def test_the_factor_is_one_for_the_picture_itself_nothing_for_a_constant_and_above_one_for_noise():
    image = step_image()
    of_image = edge_counts(image, (0.1, 0.3, 0.6))
    assert fidelity_factor(of_image, of_image) == [1.0, 1.0, None]
    assert fidelity_factor(edge_counts(np.full_like(image, 0.5), (0.1, 0.3, 0.6)), of_image) == [0.0, 0.0, None]
    half = image.copy()
    half[..., 1:] = 0.5
    assert fidelity_factor(edge_counts(half, (0.1, 0.3, 0.6)), of_image)[0] == pytest.approx(1 / 3)
    noise = np.random.default_rng(0).random(image.shape)
    factor = fidelity_factor(edge_counts(noise, (0.1,)), of_image[:1])[0]
    assert factor is not None and factor > 5


@pytest.mark.parametrize("thresholds", [(), (0.2, 0.1), (0.0, 0.1), (0.5, 2.0)])
def test_a_sweep_that_cannot_be_is_refused(thresholds: tuple[float, ...]):
    with pytest.raises(UsageError, match="thresholds"):
        check_thresholds(thresholds)


def test_strength_does_not_depend_on_the_basis_and_sums_over_chunks_of_channels():
    values = np.random.default_rng(2).normal(size=(10, 12, 130))
    turned = values @ np.linalg.qr(np.random.default_rng(3).normal(size=(130, 130)))[0]
    strength = feature_strength(pixel_features(values))
    assert np.allclose(strength, feature_strength(pixel_features(turned)), rtol=1e-4)
    # One channel: the norm of its gradient.
    across, down = sobel(values[..., :1])
    assert np.allclose(feature_strength(pixel_features(values[..., :1])), np.hypot(across, down)[..., 0], rtol=1e-4)


def scene() -> tuple[np.ndarray, np.ndarray]:
    """Return causes and features of a picture with a depth edge, a texture edge and a shadow."""
    causes = np.zeros((60, 80), dtype=np.uint8)
    causes[:, 19:21] = DEPTH
    causes[29:31, 30:] |= TEXTURE
    causes[29:31, 17:23] |= TEXTURE | CREASE
    causes[50:52, 30:70] |= SHADOW
    values = np.zeros((60, 80, 3))
    values[:, 20:, 0] = 1.0
    return causes, values


def test_truth_gives_each_pixel_one_cause():
    causes, _ = scene()
    truth = EdgeTruth.of(causes)
    assert truth.tolerance == 1.0
    assert truth.geometry.sum() == 60 * 2 + 2 * 4 and not (truth.texture & truth.near["geometry"]).any()
    kinds = [truth.near["geometry"], truth.near["texture"], truth.near["shadow"], truth.flat]
    assert (np.sum(kinds, axis=0) == 1).all()


def test_features_that_are_the_geometry_reach_the_ceiling_and_ignore_texture_and_shadow():
    causes, _ = scene()
    # 1 at geometry only, so that strength is largest there: the truth as features.
    truth = EdgeTruth.of(causes)
    scores = edge_aucs([truth.geometry.astype(float)], [truth])
    assert scores["geometry_auc"] == 1.0 and scores["texture_auc"] == 0.5 and scores["shadow_auc"] == 0.5
    found, chance = edges_at_budget([truth.geometry.astype(float)], [truth])
    assert found.precision == found.recall == found.f_score == 1.0
    assert chance.marked == truth.geometry.sum() and chance.f_score is not None and chance.f_score < 0.4


def test_a_step_at_the_depth_edge_is_found_exactly():
    causes, values = scene()
    truth = EdgeTruth.of(causes & DEPTH)
    strength = feature_strength(pixel_features(values))
    found, _ = edges_at_budget([strength], [truth])
    assert found == EdgeCounts(marked=120, correct=120, true=120, found=120)
    moved = feature_strength(pixel_features(np.roll(values, 10, axis=1)))
    astray, _ = edges_at_budget([moved], [truth])
    assert astray.marked > 0 and astray.correct == astray.found == 0


def test_a_constant_is_at_the_floor_and_noise_at_chance():
    causes, _ = scene()
    truth = EdgeTruth.of(causes)
    flat = feature_strength(pixel_features(np.full((60, 80, 4), 0.7)))
    assert set(edge_aucs([flat], [truth]).values()) == {0.5}
    found, _ = edges_at_budget([flat], [truth])
    assert found.marked == 0 and found.precision is None and found.f_score == 0.0
    noise = [feature_strength(pixel_features(np.random.default_rng(i).normal(size=(60, 80, 4)))) for i in range(10)]
    aucs = edge_aucs(noise, [truth] * 10)
    found, chance = edges_at_budget(noise, [truth] * 10)
    assert all(auc is not None and abs(auc - 0.5) < 0.04 for auc in aucs.values())
    assert found.precision is not None and chance.precision is not None and chance.f_score is not None
    assert abs(found.precision - chance.precision) < 0.03
    assert found.f_score is not None and found.f_score < chance.f_score + 0.03


def test_a_scene_without_an_edge_has_no_score():
    truth = EdgeTruth.of(np.zeros((20, 20), dtype=np.uint8))
    assert set(edge_aucs([np.random.default_rng(0).random((20, 20))], [truth]).values()) == {None}
    assert count_edges(np.ones((20, 20), dtype=bool), truth).recall is None
    assert not strongest(np.ones((20, 20)), 0).any()
