import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vantage.errors import UsageError
from vantage.localization import relevancy
from vantage.localization.relevancy import check_query


def _pairwise_softmax_by_hand(features, query, negatives, temperature):
    """LERF's definition, written out: one two-way softmax per negative, the smallest counts."""
    out = []
    for feature in features:
        feature = feature / np.linalg.norm(feature)
        scores = []
        for negative in negatives:
            p = np.exp(feature @ query / np.linalg.norm(query) / temperature)
            n = np.exp(feature @ negative / np.linalg.norm(negative) / temperature)
            scores.append(p / (p + n))
        out.append(min(scores))
    return np.array(out)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.floats(0.05, 2.0))
def test_relevancy_is_the_smallest_pairwise_softmax(seed: int, temperature: float):
    rng = np.random.default_rng(seed)
    features, query, negatives = rng.normal(size=(5, 8)), rng.normal(size=8), rng.normal(size=(4, 8))
    ours = relevancy(torch.tensor(features), torch.tensor(query), torch.tensor(negatives), temperature=temperature)
    np.testing.assert_allclose(ours, _pairwise_softmax_by_hand(features, query, negatives, temperature), rtol=1e-9)


def test_relevancy_is_neutral_when_the_query_is_a_negative():
    vector = torch.tensor([0.6, 0.8])
    values = relevancy(torch.randn(10, 2, generator=torch.Generator().manual_seed(0)), vector, vector[None])
    torch.testing.assert_close(values, torch.full((10,), 0.5))


def test_relevancy_ignores_the_length_of_every_vector():
    g = torch.Generator().manual_seed(1)
    features, query, negatives = (
        torch.randn(6, 4, generator=g),
        torch.randn(4, generator=g),
        torch.randn(3, 4, generator=g),
    )
    torch.testing.assert_close(
        relevancy(features, query, negatives), relevancy(7 * features, 3 * query, 0.1 * negatives)
    )


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_that_is_not_positive_is_refused(temperature: float):
    with pytest.raises(UsageError, match="temperature"):
        relevancy(torch.ones(1, 2), torch.ones(2), torch.ones(1, 2), temperature=temperature)


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_query_is_refused(text: str):
    with pytest.raises(UsageError, match="empty"):
        check_query(text)


def test_a_long_query_is_cut_and_newlines_become_blanks():
    assert check_query(" a\nred \t mug ") == "a red mug"
    assert len(check_query("x" * 10_000)) == 2000
