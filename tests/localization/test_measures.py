"""Measures of masks: ceiling, floor and below, and each against an oracle or a case counted by hand."""

import dataclasses

import numpy as np
import pytest

from vantage.errors import DataError
from vantage.localization.measures import (
    HIGHEST_PSNR_DB,
    average_precision,
    best_iou,
    continuous_mask,
    iou,
    mask_psnr_db,
    mask_ssim,
    peak_in_mask,
    score_mask,
)


@pytest.fixture
def true() -> np.ndarray:
    mask = np.zeros((48, 64), dtype=bool)
    mask[10:30, 20:52] = True
    return mask


def test_the_truth_reaches_the_ceiling_of_every_measure(true: np.ndarray):
    scores = dataclasses.asdict(score_mask(np.where(true, 0.9, 0.2), true))
    assert scores.pop("psnr_db") == HIGHEST_PSNR_DB == pytest.approx(58.92, abs=0.01)
    assert scores.pop("ssim") == pytest.approx(1, abs=1e-12)
    assert set(scores.values()) == {1.0} and len(scores) == 4


def test_a_constant_is_at_the_floor_and_the_opposite_below_it(true: np.ndarray):
    share = true.mean()
    floor = score_mask(np.full(true.shape, 0.5), true)
    assert floor.iou == 0 and floor.iou_best == pytest.approx(share)
    assert floor.average_precision == pytest.approx(share) and floor.peak_in_mask == pytest.approx(share)
    # The floor of the paper's measures is that of a mask of nothing, which is right on all that is not the object.
    assert floor.psnr_db == pytest.approx(-10 * np.log10(share))
    assert floor.ssim == pytest.approx(mask_ssim(np.zeros(true.shape), true))
    # Graded, since of one tie the last recall comes at the mask's share whatever went before.
    grades = np.linspace(0.01, 0.1, true.size).reshape(true.shape)
    opposite = score_mask(np.where(true, 0.2 + grades, 0.9 - grades), true)
    for measure in ("ssim", "psnr_db", "average_precision", "peak_in_mask"):
        assert getattr(opposite, measure) < getattr(floor, measure), measure
    assert opposite.iou == 0 and opposite.iou_best == pytest.approx(share)
    assert opposite.ssim < 0


def test_average_precision_counts_as_by_hand():
    # From the highest: hit, miss, hit, miss, hit: precisions 1, 2/3 and 3/5, a third of the recall each.
    scores, true = np.array([[0.9, 0.8, 0.7, 0.6, 0.5]]), np.array([[True, False, True, False, True]])
    assert average_precision(scores, true) == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    # The second and third come together: after them 2 of 3 are hits.
    tied = np.array([[0.9, 0.7, 0.7, 0.6, 0.5]])
    assert average_precision(tied, true) == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    tied = np.array([[0.9, 0.9, 0.7, 0.6, 0.5]])
    assert average_precision(tied, true) == pytest.approx((1 / 2 + 2 / 3 + 3 / 5) / 3)


def test_best_iou_is_the_best_of_all_thresholds_tried_one_by_one():
    generator = np.random.default_rng(0)
    scores, true = generator.integers(0, 9, (12, 15)) / 8, generator.random((12, 15)) < 0.3
    scores[true] = np.minimum(scores[true] + 0.25, 1)
    tried = [iou(scores >= threshold, true) for threshold in np.unique(scores)]
    assert best_iou(scores, true) == pytest.approx(max(tried)) and max(tried) > tried[0]


def test_ranks_alone_decide_what_is_not_a_picture(true: np.ndarray):
    scores = np.random.default_rng(1).random(true.shape)
    for measure in (average_precision, best_iou, peak_in_mask):
        assert measure(scores, true) == pytest.approx(measure(scores**3, true))


def test_the_fixed_threshold_and_the_peak(true: np.ndarray):
    relevancy = np.where(true, 0.7, 0.3)
    relevancy[0, 0] = 0.95
    scores = score_mask(relevancy, true, threshold=0.6)
    assert scores.iou == pytest.approx(true.sum() / (true.sum() + 1))
    assert scores.peak_in_mask == 0
    assert score_mask(relevancy, true, threshold=0.8).iou == 0
    assert iou(np.zeros_like(true), np.zeros_like(true)) == 0


def test_a_continuous_mask_is_what_is_above_neutral():
    mask = continuous_mask(np.array([[0.1, 0.5, 0.6, 0.7]]))
    assert np.allclose(mask, [[0, 0, 0.5, 1]])
    assert not continuous_mask(np.full((2, 2), 0.4)).any()
    true = np.array([[False, False, True, True]])
    assert mask_psnr_db(mask, true) == pytest.approx(-10 * np.log10(0.25 / 4))


@pytest.mark.parametrize("value", [np.nan, np.inf, 1.5, -0.1])
def test_relevancy_that_is_none_is_refused(true: np.ndarray, value: float):
    relevancy = np.full(true.shape, 0.5)
    relevancy[3, 3] = value
    with pytest.raises(DataError, match="0 to 1"):
        score_mask(relevancy, true)
    with pytest.raises(DataError, match="not empty"):
        score_mask(np.full(true.shape, 0.5), np.zeros_like(true))
