"""How much a point's feature speaks for a query rather than for things in general (LERF; Kerr et al., 2023)."""

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.errors import UsageError

CANONICAL_NEGATIVES = ("object", "things", "stuff", "texture")
"""What a query has to beat (LERF section 3.3; F3RM and the distilled-fields paper use the same four)."""

DEFAULT_TEMPERATURE = 0.1
"""Softmax temperature: LERF multiplies cosines by 10."""

MAX_QUERY_LENGTH = 2000
"""Characters of a query that are read; the text towers truncate far earlier."""


def relevancy(
    features: Float[Tensor, "*b d"],
    query: Float[Tensor, " d"],
    negatives: Float[Tensor, "k d"],
    *,
    temperature: float = DEFAULT_TEMPERATURE,
) -> Float[Tensor, "*b"]:
    """Return the relevancy of features to a query, in [0, 1]; 0.5 is neutral.

    For each negative alone a softmax of two cosines; the smallest of them counts, so that a point must prefer the query
    to every negative. (One softmax over all of them, as in some released code, is not pairwise.)

    Raises:
        UsageError: the temperature is not positive.
    """
    if not temperature > 0:
        raise UsageError(f"temperature is {temperature}; expected a positive number, such as {DEFAULT_TEMPERATURE}")
    unit = torch.nn.functional.normalize(features, dim=-1)
    positive = unit @ torch.nn.functional.normalize(query, dim=-1)
    strongest_negative = (unit @ torch.nn.functional.normalize(negatives, dim=-1).mT).max(dim=-1).values
    # exp(p/T) / (exp(p/T) + exp(n/T)) is a sigmoid of p - n over T; its minimum over negatives has the largest n.
    return torch.sigmoid((positive - strongest_negative) / temperature)


def check_query(text: str) -> str:
    """Return the query without surrounding blanks, on one line and of bounded length.

    Raises:
        UsageError: nothing is left.
    """
    cleaned = " ".join(text.split())[:MAX_QUERY_LENGTH]
    if not cleaned:
        raise UsageError('the query is empty; say what to look for, such as "a red mug"')
    return cleaned
