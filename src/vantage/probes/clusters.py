"""Clusters of features by k-means, and how far two clusterings agree by the adjusted Rand index."""

import numpy as np
from jaxtyping import Float, Int64

from vantage.errors import DataError

CLUSTERS = 16
"""About as many as there are classes of objects in the views of a room: in rooms 900000-900008, 9 to 15 take more than
a hundredth of the pixels, 16 to 27 more than a five-hundredth."""
ROUNDS = 50
"""Lloyd's algorithm has mostly settled after twenty; what is left then no longer changes the index's second digit."""
STARTS = 3
"""Beginnings tried; the tightest result counts."""


def kmeans(points: Float[np.ndarray, "n d"], clusters: int, *, seed: int) -> Int64[np.ndarray, " n"]:
    """Return the cluster of each point: Lloyd's algorithm from k-means++ beginnings (Arthur and Vassilvitskii 2007).

    Raises:
        DataError: there are fewer points than clusters, or values that are not finite.
    """
    if len(points) < clusters or clusters < 1:
        raise DataError(f"{len(points)} points cannot make {clusters} clusters")
    if not np.isfinite(points).all():
        raise DataError("the features hold NaN or infinite values")
    points = points.astype(np.float64)
    generator = np.random.default_rng(seed)
    results = [_lloyd(points, _beginning(points, clusters, generator)) for _ in range(STARTS)]
    return min(results, key=lambda result: result[1])[0]


def _beginning(points: np.ndarray, clusters: int, generator: np.random.Generator) -> np.ndarray:
    """Draw centres one after the other, each with a chance that grows with its squared distance from those before."""
    centres = [points[generator.integers(len(points))]]
    nearest = np.full(len(points), np.inf)
    for _ in range(clusters - 1):
        nearest = np.minimum(nearest, np.square(points - centres[-1]).sum(axis=1))
        total = nearest.sum()
        # Points that are all alike leave no distance to draw by.
        chance = nearest / total if total > 0 else None
        centres.append(points[generator.choice(len(points), p=chance)])
    return np.stack(centres)


def _lloyd(points: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the labels that the centres settle on, and the sum of squared distances."""
    squares = np.square(points).sum(axis=1)
    labels = np.full(len(points), -1)
    distances = squares
    for _ in range(ROUNDS):
        from_centres = np.square(centres).sum(axis=1) - 2 * points @ centres.T
        found = from_centres.argmin(axis=1)
        distances = squares + from_centres.min(axis=1)
        if np.array_equal(found, labels):
            break
        labels = found
        members = (labels == np.arange(len(centres))[:, None]).astype(points.dtype)
        sums, counts = members @ points, members.sum(axis=1, keepdims=True)
        # A cluster that lost all its points keeps its centre.
        centres = np.where(counts > 0, sums / np.maximum(counts, 1), centres)
    return labels, float(distances.sum())


def unit_directions(features: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    """Return features with their mean taken away, scaled to unit length; those that equal the mean become zero.

    The mean that all places share tells them not apart, and encoders differ by factors of a hundred in length.
    """
    centred = features.astype(np.float64) - features.astype(np.float64).mean(axis=0)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    # Differences as small as float32's rounding are none.
    floor = 1e-5 * max(float(np.linalg.norm(features, axis=1).max(initial=0.0)), 1e-12)
    return np.where(lengths > floor, centred / np.maximum(lengths, floor), 0.0)


def adjusted_rand_index(labels_a: Int64[np.ndarray, " n"], labels_b: Int64[np.ndarray, " m"]) -> float:
    """Return how far two clusterings agree (Hubert and Arabie 1985, equation 5).

    1 for the same clustering under other numbers, 0 on average by chance. Two clusterings that both put everything
    together, or both put everything apart, agree.

    Raises:
        DataError: they are of different points.
    """
    if len(labels_a) != len(labels_b):
        raise DataError(f"clusterings of {len(labels_a)} and {len(labels_b)} points cannot be compared")
    _, a = np.unique(labels_a, return_inverse=True)
    _, b = np.unique(labels_b, return_inverse=True)
    columns = int(b.max(initial=0)) + 1
    together = _pairs(np.bincount(a * columns + b)).sum()
    in_a, in_b = _pairs(np.bincount(a)).sum(), _pairs(np.bincount(b)).sum()
    total = _pairs(np.array([len(a)]))[0]
    expected = in_a * in_b / total if total else 0.0
    most = (in_a + in_b) / 2
    return 1.0 if most == expected else float((together - expected) / (most - expected))


def _pairs(counts: np.ndarray) -> np.ndarray:
    """Return the number of pairs among so many things."""
    return counts.astype(np.float64) * (counts - 1) / 2
