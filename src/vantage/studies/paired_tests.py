"""Paired comparisons over scenes: Fisher's exact test by flipped signs, corrected for how many are made."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vantage.errors import DataError
from vantage.metrics import Metric

SIGNIFICANT = 0.05
"""The customary level."""
MOST_ENUMERATED = 16
"""Differences up to which all signs are tried, 65 536 ways; of more, as many are drawn at random."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PairedTest:
    """One comparison."""

    first: str
    second: str
    difference: Metric
    """Mean over scenes of the first less the second, with its interval (not corrected)."""
    p: float | None
    """Two-sided p-value of the sign-flip test; None of fewer than two scenes."""
    p_corrected: float | None
    """The same after Holm's correction for all pairs that were compared."""

    @property
    def significant(self) -> bool:
        """Whether the difference is one, at the customary level after correction."""
        return self.p_corrected is not None and self.p_corrected < SIGNIFICANT

    def to_json(self) -> dict[str, Any]:
        """Return the test as `result.json` holds it."""
        return {
            "first": self.first,
            "second": self.second,
            "difference": self.difference.to_json(),
            "p": self.p,
            "p_corrected": self.p_corrected,
        }


def all_pairs(values: Mapping[str, Mapping[str, float]]) -> list[PairedTest]:
    """Compare every two of some contestants, each pair over the scenes that both have.

    Args:
        values: by contestant and scene.
    """
    pairs = list(itertools.combinations(values, 2))
    found = [[values[a][s] - values[b][s] for s in values[a] if s in values[b]] for a, b in pairs]
    raw = [sign_flip_p(differences) if len(differences) > 1 else None for differences in found]
    corrected = iter(holm([p for p in raw if p is not None]))
    return [
        PairedTest(
            first=a,
            second=b,
            difference=Metric.of(differences),
            p=p,
            p_corrected=None if p is None else next(corrected),
        )
        for (a, b), differences, p in zip(pairs, found, raw, strict=True)
    ]


def sign_flip_p(differences: Sequence[float]) -> float:
    """Return the two-sided p-value of Fisher's paired permutation test (Fisher 1935, section 21).

    Where the two of a pair do not differ, each difference might as well have had the other sign: the p-value is the
    share of all signs whose mean is at least as far from zero. It asks for no normal distribution, and with n scenes it
    cannot fall below 2 / 2^n.

    Raises:
        DataError: there are no differences, or one is not finite.
    """
    values = np.asarray(differences, dtype=np.float64)
    if len(values) == 0 or not np.isfinite(values).all():
        raise DataError(f"{len(values)} differences, {int((~np.isfinite(values)).sum())} not finite; nothing to test")
    n = len(values)
    if n <= MOST_ENUMERATED:
        signs = 1.0 - 2.0 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    else:
        drawn = np.random.default_rng(0).integers(0, 2, (2**MOST_ENUMERATED - 1, n))
        # The signs that were seen count among those that are drawn, so p is never 0 (Phipson and Smyth 2010).
        signs = np.concatenate([np.ones((1, n)), 1.0 - 2.0 * drawn])
    # Sums of the same numbers in another order differ in the last digits; they are meant to tie.
    slack = 1e-12 * np.abs(values).sum()
    return float((np.abs(signs @ values) >= abs(values.sum()) - slack).mean())


def smallest_p(scenes: int, pairs: int) -> float:
    """Return the smallest corrected p-value that so many scenes and pairs can give; over 0.05 nothing can be found."""
    return min(1.0, 2.0 / 2**scenes * max(pairs, 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number by Holm's step-down method (Holm 1979), in their order."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * p_values[index]))
        corrected[index] = highest
    return corrected
