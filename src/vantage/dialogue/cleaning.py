"""Cleaning of an object's pixels and points: masks bleed over edges, and depth at edges lies between two surfaces."""

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.ndimage import binary_erosion
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

NEIGHBOURS = 10
"""Neighbours by which a point's isolation is told (SpatialRGPT's statistical outlier removal uses 10)."""
ISOLATED = 5.0
"""Times the median spacing from which a point is isolated, over depth squared. Flying pixels lie tens of times farther
apart than a surface's pixels."""
VOXEL = 0.01 / 3
"""Edge of the voxels that are clustered as a share of their distance: SpatialRGPT's 1 cm, at the 3 m of an average
room. Shares of the distance need no metric scale."""
FINEST = 1.0 / 256
"""Least edge of a voxel as a share of the cloud's extent, so that clustering costs the same for sofas and for cups."""
REACH = 0.2 / 3
"""Radius of a point's neighbourhood as a share of its distance: SpatialRGPT's 0.2 m, at 3 m."""
CORE = 10
"""Least points within reach of a core point (SpatialRGPT's DBSCAN)."""


def eroded(mask: Bool[np.ndarray, "h w"], pixels: int) -> Bool[np.ndarray, "h w"]:
    """Return a mask without its outermost pixels; the image's border does not eat into it.

    Args:
        mask: of one object.
        pixels: how many to take off.
    """
    return binary_erosion(mask, iterations=pixels, border_value=True) if pixels > 0 else mask


def outliers(points_camera: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
    """Tell which points lie alone: their mean distance to their neighbours is over `ISOLATED` times what is usual.

    Pixels that see one plane lie apart by the square of their depth, times a constant. So distances are compared over
    depth squared, and the far end of a floor is not alone.

    Args:
        points_camera: of one object, depth above 0; with `NEIGHBOURS` or fewer, none is an outlier.
    """
    if len(points_camera) <= NEIGHBOURS:
        return np.zeros(len(points_camera), dtype=bool)
    # The first neighbour of a point is the point itself.
    distances = np.asarray(KDTree(points_camera).query(points_camera, k=NEIGHBOURS + 1)[0])[:, 1:].mean(axis=1)
    spacing = distances / points_camera[:, 2] ** 2
    return spacing > ISOLATED * np.median(spacing)


def voxels(points: Float[np.ndarray, "n 3"], edge: float) -> tuple[Float[np.ndarray, "m 3"], Int[np.ndarray, " n"]]:
    """Return the mean point of each voxel that holds any, and each point's voxel.

    Args:
        points: metres.
        edge: of a voxel, metres.
    """
    cells = np.floor((points - points.min(axis=0)) / edge).astype(np.int64)
    size = cells.max(axis=0) + 1
    _, owner = np.unique((cells[:, 0] * size[1] + cells[:, 1]) * size[2] + cells[:, 2], return_inverse=True)
    count = np.bincount(owner)
    means = np.stack([np.bincount(owner, weights=points[:, k]) / count for k in range(3)], axis=-1)
    return means, owner


def clusters(
    points: Float[np.ndarray, "n 3"], reach: float, core: int, weights: Int[np.ndarray, " n"] | None = None
) -> Int[np.ndarray, " n"]:
    """Return each point's cluster by DBSCAN (Ester et al. 1996), -1 for noise.

    Core points within reach of each other form a cluster; a border point joins its nearest core point, which makes the
    result independent of the order of the points.

    Args:
        points: metres.
        reach: radius of a neighbourhood, metres.
        core: least weight within reach of a core point, itself included.
        weights: of the points; 1 each when None.
    """
    weight = np.ones(len(points), dtype=np.int64) if weights is None else weights
    pairs = KDTree(points).query_pairs(reach, output_type="ndarray")
    i, j = pairs[:, 0], pairs[:, 1]
    near = weight + np.bincount(i, weight[j], len(points)) + np.bincount(j, weight[i], len(points))
    is_core = near >= core
    linked = is_core[i] & is_core[j]
    graph = coo_array((np.ones(linked.sum(), dtype=bool), (i[linked], j[linked])), shape=(len(points), len(points)))
    labels = connected_components(graph, directed=False)[1]
    result = np.full(len(points), -1)
    result[is_core] = np.unique(labels[is_core], return_inverse=True)[1]
    border = np.flatnonzero(~is_core)
    if is_core.any() and len(border):
        distance, nearest = KDTree(points[is_core]).query(points[border])
        close = distance <= reach
        result[border[close]] = result[is_core][np.asarray(nearest)[close]]
    return result


def largest_cluster(points: Float[np.ndarray, "n 3"], distance: float) -> Bool[np.ndarray, " n"]:
    """Tell which points belong to the largest cluster; all are False when there is none.

    Only the clustering is done on voxels; the points are kept as they are, because voxel means would draw an object's
    edges in by half a voxel.

    Args:
        points: of one object.
        distance: of the object from the camera, in the same units.
    """
    if len(points) == 0:
        return np.zeros(0, dtype=bool)
    extent = float(np.ptp(points, axis=0).max())
    means, owner = voxels(points, max(VOXEL * distance, FINEST * extent))
    count = np.bincount(owner)
    labels = clusters(means, REACH * distance, CORE, count)
    if (labels < 0).all():
        return np.zeros(len(points), dtype=bool)
    weights = np.bincount(labels[labels >= 0], count[labels >= 0])
    return (labels == int(np.argmax(weights)))[owner]
