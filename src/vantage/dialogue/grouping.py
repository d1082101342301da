"""Groups of views that belong together, grown one view at a time by how alike two views are."""

import collections
import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from vantage.errors import DataError

KEPT = "kept"
"""What is called what was not dropped."""
TOO_ALIKE = "nearly the same picture"
TOO_DIFFERENT = "too little in common"


@dataclasses.dataclass(frozen=True, kw_only=True)
class PairRule:
    """When two views go together."""

    likeness: Callable[[int, int], float]
    """How alike two views are, by their indices, the smaller first."""
    least: float
    """Less than this has too little in common."""
    most: float
    """More than this is the same picture again."""

    def verdict(self, likeness: float) -> str:
        """Return `KEPT`, or why two views do not go together."""
        return TOO_ALIKE if likeness > self.most else KEPT if likeness >= self.least else TOO_DIFFERENT


@dataclasses.dataclass(frozen=True, kw_only=True)
class Grouping:
    """Groups of a capture's views, and what became of the pairs that were looked at on the way."""

    groups: tuple[tuple[int, ...], ...] = ()
    """Indices of views. No view is in two of them, unless they are anchors with the views between them."""
    pairs: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """Pairs that were compared, by their verdict; not every pair is, since a group that is full asks no more."""
    alone: int = 0
    """Pairs that were to be anchors of more views, and have too few between them."""
    problems: tuple[DataError, ...] = ()
    """Views that could not be read and are in no group."""


def grown_grouping(
    candidates: Sequence[int],
    views: int,
    rng: np.random.Generator,
    rule: PairRule,
    problems: Sequence[DataError] = (),
) -> Grouping:
    """Return groups in which each view goes together with another one, and none is nearly the same as another.

    Args:
        candidates: indices of the views.
        views: of each group.
        rng: draws which view a group begins with and which come next.
        rule: which two go together.
        problems: told on.
    """
    known: dict[tuple[int, int], float] = {}

    def likeness(i: int, j: int) -> float:
        pair = min(i, j), max(i, j)
        if pair not in known:
            known[pair] = rule.likeness(*pair)
        return known[pair]

    free = [candidates[int(k)] for k in rng.permutation(len(candidates))]
    groups: list[tuple[int, ...]] = []
    for first in list(free):
        if first not in free:
            continue
        group = [first]
        # Round after round, because a view may have its part in common with one that joined after it was passed over.
        grown = True
        while grown and len(group) < views:
            grown = False
            for other in free:
                if other in group or len(group) == views:
                    continue
                if rule.verdict(max(likeness(other, each) for each in group)) == KEPT:
                    group.append(other)
                    grown = True
        if len(group) == views:
            groups.append(tuple(group))
            free = [i for i in free if i not in group]
    verdicts = collections.Counter(rule.verdict(value) for value in known.values())
    return Grouping(groups=tuple(groups), pairs=dict(verdicts), problems=tuple(problems))
