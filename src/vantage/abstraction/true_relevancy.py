"""Relevancy drawn from the truth: a sample whose maps are its labels' own masks."""

import dataclasses

import numpy as np
from jaxtyping import Bool

from vantage.abstraction.samples import ViewSample


def true_masks(sample: ViewSample) -> Bool[np.ndarray, "k h w"]:
    """Return for each label the pixels that show it."""
    return sample.members[:, sample.instances]


def with_true_relevancy(sample: ViewSample, *, inside: float, outside: float) -> ViewSample:
    """Return a sample whose maps are the true masks.

    Args:
        sample: the view.
        inside: relevancy of a label's own pixels.
        outside: of all others.
    """
    maps = np.where(true_masks(sample), np.float16(inside), np.float16(outside))
    return dataclasses.replace(sample, relevancy=maps)
