"""Paired tests against scipy, and corrections counted by hand."""

import numpy as np
import pytest
from scipy import stats

from vantage.errors import DataError
from vantage.studies.paired_tests import MOST_ENUMERATED, all_pairs, holm, sign_flip_p, smallest_p


@pytest.mark.parametrize("shift", [0.0, 0.4, 3.0])
def test_signs_are_flipped_as_in_scipy(shift: float):
    values = np.random.default_rng(3).normal(shift, 1, 9)
    theirs = stats.permutation_test((values,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip_p(values.tolist()) == pytest.approx(theirs.pvalue)


def test_the_smallest_and_the_largest_p_value():
    assert sign_flip_p([1.0, 2.0, 0.5, 0.1]) == pytest.approx(2 / 16) == pytest.approx(smallest_p(4, 1))
    assert sign_flip_p([0.0] * 5) == 1 and sign_flip_p([0.3, -0.3]) == 1
    # Ties that rounding would part: 0.1 + 0.2 is not 0.3 in binary.
    assert sign_flip_p([0.1, 0.2, -0.3]) == 1
    assert smallest_p(9, 15) > 0.05 > smallest_p(9, 12)
    with pytest.raises(DataError, match="not finite"):
        sign_flip_p([float("nan"), 1.0])


def test_of_many_scenes_signs_are_drawn_and_come_close_to_all_of_them():
    values = np.random.default_rng(5).normal(0.5, 1, MOST_ENUMERATED + 1)
    signs = 1 - 2 * ((np.arange(2 ** len(values))[:, None] >> np.arange(len(values))) & 1)
    exact = float((np.abs(signs @ values) >= abs(values.sum())).mean())
    assert sign_flip_p(values.tolist()) == pytest.approx(exact, abs=0.004) and 0.01 < exact < 0.5
    assert sign_flip_p([1.0] * 30) == pytest.approx(2**-MOST_ENUMERATED)


def test_holm_counts_as_by_hand():
    # Sorted 0.01, 0.02, 0.03, 0.5, times 4, 3, 2, 1, never falling.
    assert holm([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([0.6, 0.7]) == [1.0, 1.0] and holm([]) == []


def test_pairs_are_compared_over_the_scenes_that_both_have():
    values = {"a": {f"s{i}": float(i) for i in range(8)}, "b": {f"s{i}": i - 1.0 for i in range(1, 9)}, "c": {"s1": 0}}
    ab, ac, bc = all_pairs(values)
    assert (ab.first, ab.second, ab.difference.n) == ("a", "b", 7) and ab.difference.value == pytest.approx(1)
    assert ab.p == pytest.approx(2 / 2**7) == pytest.approx(ab.p_corrected or 0) and ab.significant
    assert ac.p is None and ac.p_corrected is None and not ac.significant and bc.difference.n == 1
