"""From which neighbouring pixels are joined to which pixels are one thing: average-linkage clustering of the image.

Cutting at single broken edges would let a wall leak into everything that touches it, so regions are merged by the mean
over their whole common border (GASP with average linkage, Bailoni et al. 2022).
"""

import dataclasses
import heapq

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.ndimage import distance_transform_edt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

SURE = 0.98
"""Probability from which two pixels are joined beforehand; it only saves time."""
SMALLEST = 6
"""Least pixels of a segment at the head's resolution: about `lifting.LEAST_PIXELS` at the image's."""

JOINED = 0.6
"""Least mean probability over a common border for two regions to be one. On validation rooms 800000 to 800009, 45 of
134 things are found with it (a mask that overlaps theirs by half); with 0.5 and 0.7 there are 36 and 42."""
BESIDE = 3.0
"""Pixels within which a piece thinner than two pixels belongs to a thicker one: unsure borders are about that wide."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Segments:
    """An image cut into things and structure."""

    numbers: Int[np.ndarray, "h w"]
    """Segment per pixel, 1 and up; 0 = too small to be one."""
    kinds: tuple[int, ...]
    """Kind of each segment, the first that of segment 1."""


def cut(
    joined_right: Float[np.ndarray, "h w"], joined_below: Float[np.ndarray, "h w"], threshold: float = JOINED
) -> Int[np.ndarray, "h w"]:
    """Return a number per pixel, 0 and up, alike for pixels of one segment.

    Args:
        joined_right: probability of being one with the pixel to the right; the last column is not read.
        joined_below: probability of being one with the pixel below; the last row is not read.
        threshold: least mean probability over a common border for two regions to be merged.
    """
    height, width = joined_right.shape
    index = np.arange(height * width).reshape(height, width)
    one = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
    two = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
    chance = np.concatenate([joined_right[:, :-1].ravel(), joined_below[:-1].ravel()]).astype(np.float64)
    sure = chance >= SURE
    graph = coo_array((np.ones(sure.sum(), dtype=bool), (one[sure], two[sure])), shape=(index.size, index.size))
    count, start = connected_components(graph, directed=False)
    a, b = start[one], start[two]
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b)
    apart = low != high
    pairs, owner = np.unique(low[apart] * count + high[apart], return_inverse=True)
    sums, lengths = np.bincount(owner, chance[apart]), np.bincount(owner)
    borders: list[dict[int, tuple[float, int]]] = [{} for _ in range(count)]
    for pair, total, length in zip(pairs.tolist(), sums.tolist(), lengths.tolist(), strict=True):
        i, j = divmod(pair, count)
        borders[i][j] = borders[j][i] = (total, length)
    parent = _merged(borders, threshold)
    return np.unique(parent[start], return_inverse=True)[1].reshape(height, width)


def _merged(borders: list[dict[int, tuple[float, int]]], threshold: float) -> Int[np.ndarray, " n"]:
    """Merge regions, those with the surest border first; return each region's last owner.

    Args:
        borders: by region, its neighbours with the sum of probabilities and the length of the common border; changed.
        threshold: as in `cut`.
    """
    heap = [
        (-total / length, i, j, length)
        for i, around in enumerate(borders)
        for j, (total, length) in around.items()
        if i < j and total / length > threshold
    ]
    heapq.heapify(heap)
    owner = np.arange(len(borders))
    while heap:
        mean, i, j, length = heapq.heappop(heap)
        found = borders[i].get(j)
        # A border that has changed since has a later entry of its own.
        if found is None or found[1] != length or -found[0] / length != mean:
            continue
        if len(borders[i]) < len(borders[j]):
            i, j = j, i
        del borders[i][j], borders[j][i]
        for k, (total, shared) in borders[j].items():
            before = borders[i].get(k, (0.0, 0))
            both = before[0] + total, before[1] + shared
            borders[i][k] = borders[k][i] = both
            del borders[k][j]
            if both[0] / both[1] > threshold:
                heapq.heappush(heap, (-both[0] / both[1], min(i, k), max(i, k), both[1]))
        borders[j] = {}
        owner[j] = i
    # Chains of owners are shortened until nothing changes.
    while not (owner == owner[owner]).all():
        owner = owner[owner]
    return owner


def without_strips(pieces: Int[np.ndarray, "h w"], kinds: Int[np.ndarray, "h w"]) -> Int[np.ndarray, "h w"]:
    """Give pixels of strips thinner than two pixels to the nearest thicker piece of their kind, if one is beside them.

    Args:
        pieces: number of each pixel's piece.
        kinds: likeliest kind of each pixel.
    """
    alike = (pieces[:-1, :-1] == pieces[1:, :-1]) & (pieces[:-1, :-1] == pieces[:-1, 1:])
    alike &= pieces[:-1, :-1] == pieces[1:, 1:]
    thick: Bool[np.ndarray, "h w"] = np.zeros(pieces.shape, dtype=bool)
    for rows in (slice(None, -1), slice(1, None)):
        for columns in (slice(None, -1), slice(1, None)):
            thick[rows, columns] |= alike
    result = pieces.copy()
    for kind in np.unique(kinds):
        here = kinds == kind
        if not (thick & here).any():
            continue
        nearest = np.asarray(distance_transform_edt(~(thick & here), return_distances=False, return_indices=True))
        rows, columns = nearest[0], nearest[1]
        far = np.hypot(*(nearest - np.indices(pieces.shape)))
        moved = here & ~thick & (far <= BESIDE)
        result[moved] = pieces[rows[moved], columns[moved]]
    return np.unique(result, return_inverse=True)[1].reshape(pieces.shape)


def segments_of(
    joined_right: Float[np.ndarray, "h w"],
    joined_below: Float[np.ndarray, "h w"],
    kinds: Float[np.ndarray, "k h w"],
    *,
    threshold: float = JOINED,
) -> Segments:
    """Cut an image into things, and structure of which each kind is one segment.

    Args:
        joined_right: as in `cut`.
        joined_below: as in `cut`.
        kinds: probabilities of kinds; kind 0 is a thing.
        threshold: as in `cut`.
    """
    # Pixels of two kinds are no one thing, and kinds are told more surely than borders.
    right, below = joined_right.copy(), joined_below.copy()
    right[:, :-1] *= (kinds[:, :, 1:] * kinds[:, :, :-1]).sum(axis=0)
    below[:-1] *= (kinds[:, 1:] * kinds[:, :-1]).sum(axis=0)
    pieces = without_strips(cut(right, below, threshold), kinds.argmax(axis=0))
    size = np.bincount(pieces.ravel())
    means = np.stack([np.bincount(pieces.ravel(), chance.ravel()) / size for chance in kinds])
    kind_of = means.argmax(axis=0)
    numbers, told = np.zeros_like(pieces), []
    groups = [np.flatnonzero(kind_of == kind) for kind in range(1, len(kinds))]
    groups += [np.array([piece]) for piece in np.flatnonzero(kind_of == 0)]
    for group in groups:
        if len(group) and size[group].sum() >= SMALLEST:
            told.append(int(kind_of[group[0]]))
            numbers[np.isin(pieces, group)] = len(told)
    return Segments(numbers=numbers, kinds=tuple(told))
