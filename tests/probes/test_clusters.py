"""k-means, the adjusted Rand index against closed cases and a count over all pairs, and ranks."""

import itertools

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from vantage.errors import DataError
from vantage.probes import adjusted_rand_index, kmeans, rank_auc, unit_directions


def rand_by_pairs(a: np.ndarray, b: np.ndarray) -> float:
    """Return the index from its definition: agreement over all pairs of points, less what chance gives."""
    pairs = list(itertools.combinations(range(len(a)), 2))
    both = sum(a[i] == a[j] and b[i] == b[j] for i, j in pairs)
    in_a, in_b = (sum(labels[i] == labels[j] for i, j in pairs) for labels in (a, b))
    expected = in_a * in_b / len(pairs)
    return (both - expected) / ((in_a + in_b) / 2 - expected)


def test_the_index_is_what_counting_all_pairs_gives():
    generator = np.random.default_rng(0)
    for _ in range(20):
        a, b = generator.integers(0, 4, 25), generator.integers(0, 3, 25)
        assert adjusted_rand_index(a, b) == pytest.approx(rand_by_pairs(a, b))


def test_closed_cases_of_the_index():
    labels = np.array([0, 0, 1, 1])
    assert adjusted_rand_index(labels, np.array([7, 7, 3, 3])) == 1.0
    assert adjusted_rand_index(labels, np.array([0, 1, 0, 1])) == pytest.approx(-0.5)
    assert adjusted_rand_index(labels, np.array([0, 0, 1, 2])) == pytest.approx(4 / 7)
    assert adjusted_rand_index(labels, np.zeros(4, dtype=np.int64)) == 0.0
    assert adjusted_rand_index(np.zeros(4, dtype=np.int64), np.zeros(4, dtype=np.int64)) == 1.0
    with pytest.raises(DataError, match="4 and 3"):
        adjusted_rand_index(labels, labels[:3])


def test_kmeans_finds_what_lies_apart_and_is_the_same_in_every_run():
    generator = np.random.default_rng(0)
    true = generator.integers(0, 5, 300)
    points = 10 * np.eye(5)[true] + generator.normal(size=(300, 5))
    found = kmeans(points, 5, seed=0)
    assert adjusted_rand_index(found, true) == 1.0
    assert np.array_equal(found, kmeans(points, 5, seed=0))


def test_kmeans_of_points_that_are_all_alike_or_too_few():
    assert len(set(kmeans(np.ones((20, 3)), 4, seed=0).tolist())) == 1
    with pytest.raises(DataError, match="3 points"):
        kmeans(np.ones((3, 2)), 4, seed=0)
    with pytest.raises(DataError, match="NaN"):
        kmeans(np.full((9, 2), np.nan), 4, seed=0)


def test_directions_have_unit_length_and_a_constant_has_none():
    units = unit_directions(np.random.default_rng(0).normal(5, 1, (40, 6)))
    assert np.allclose(np.linalg.norm(units, axis=1), 1)
    assert not unit_directions(np.full((10, 4), 0.1, dtype=np.float32)).any()


def test_the_area_is_mann_and_whitneys():
    generator = np.random.default_rng(0)
    high, low = generator.integers(0, 9, 40) + 1.0, generator.integers(0, 9, 30) + 0.0
    auc = rank_auc(high, low)
    assert auc == pytest.approx(mannwhitneyu(high, low).statistic / (40 * 30))
    assert rank_auc(high + 100, low) == 1.0 and rank_auc(np.ones(3), np.ones(5)) == 0.5
    assert rank_auc(high, np.zeros(0)) is None
