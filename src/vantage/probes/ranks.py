"""How well a score tells two kinds of samples apart, whatever its scale."""

import numpy as np
from jaxtyping import Float
from scipy.stats import rankdata


def rank_auc(high: Float[np.ndarray, " n"], low: Float[np.ndarray, " m"]) -> float | None:
    """Return the share of pairs in which the sample of `high` has the larger score, ties counting half.

    This is the area under the ROC curve (Mann and Whitney's U over n m): 1 when all of `high` lie above all of `low`,
    0.5 by chance and where all scores are equal. None when one of the two is empty.
    """
    n, m = len(high), len(low)
    if not n or not m:
        return None
    ranks = rankdata(np.concatenate([high, low]))
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))
