"""Relevancy made even within segments of the RGB-D image, so that it ends where things end.

Maps of image-text encoders are as coarse as their patches, while the picture and its depth show edges to the pixel. The
image is cut into segments in eight ways by the graph method of Felzenszwalb and Huttenlocher (2004): by four sets of
features, each at two scales. In each way a map becomes its mean in every segment, and the median of the eight is kept:
no one way is right everywhere. Segments know nothing of words.
"""

import itertools

import numba
import numpy as np
from jaxtyping import Float, Float32, Float64, Int32, Int64
from scipy.ndimage import gaussian_filter

from vantage.geometry import Camera

SCALES = (100 / 255, 300 / 255)
"""How much a segment of one pixel may differ from its neighbour; larger makes larger segments. Chosen on rooms
800100 to 800107 with the features below (`benchmarks/segments.py`): of views of 160x120, every pixel given to the label
of the highest relevancy, the mean intersection over union rises from 0.41 to 0.48; true segments would give 0.64."""
LEAST_PIXELS = 15
"""Smaller segments join a neighbour; 5 and 30 did no better, one way at a time."""
SOFTEN = 0.5
"""Standard deviation in pixels by which features are softened first (scikit-image: 0.8)."""
NORMAL_WEIGHT = 0.3
LOG_DEPTH_WEIGHT = 2.0
POINT_WEIGHT = 0.5
"""Of unit normals, of the logarithm of depth, and of points in metres, beside CIELAB over 100."""
LEAST_DEPTH = 0.1
"""Added to depth before its logarithm, metres; unknown depth (0) is far from any known one."""


def view_segments(
    image: Float32[np.ndarray, "h w 3"], depth: Float32[np.ndarray, "h w"], camera: Camera
) -> Int32[np.ndarray, "s h w"]:
    """Cut a view into segments in several ways; each numbers its own from 0.

    Args:
        image: RGB in [0, 1].
        depth: z-depth, metres; 0 = unknown.
        camera: of this size.
    """
    colour = cielab(image) / 100
    points = camera.rays() * depth[..., None].astype(np.float64)
    normals = NORMAL_WEIGHT * _normals(points)
    far = LOG_DEPTH_WEIGHT * np.log(depth + LEAST_DEPTH)[..., None]
    kinds = [(colour,), (colour, normals), (colour, far), (colour, POINT_WEIGHT * points)]
    features = [np.concatenate(parts, axis=-1) for parts in kinds]
    return np.stack([graph_segments(one, scale) for one, scale in itertools.product(features, SCALES)])


def even_out(maps: Float32[np.ndarray, "k h w"], segments: Int32[np.ndarray, "s h w"]) -> Float32[np.ndarray, "k h w"]:
    """Return maps that take in each segment their mean there; of several ways of cutting, the median at each pixel."""
    if not len(maps):
        return maps
    flat = maps.reshape(len(maps), -1).astype(np.float64)
    ways = []
    for labels in segments.reshape(len(segments), -1):
        count = np.bincount(labels)
        sums = np.stack([np.bincount(labels, weights=one) for one in flat])
        ways.append((sums / count)[:, labels])
    return np.median(ways, axis=0).reshape(maps.shape).astype(np.float32)


def graph_segments(
    features: Float[np.ndarray, "h w c"], scale: float, *, least_pixels: int = LEAST_PIXELS, soften: float = SOFTEN
) -> Int32[np.ndarray, "h w"]:
    """Cut an image into segments by the graph of its pixels (Felzenszwalb and Huttenlocher 2004, section 4).

    Neighbours, diagonal ones too, are joined from the most alike on, as long as their difference is not larger than
    the largest within either side plus `scale` over that side's pixels.

    Args:
        features: of each pixel; differences are their Euclidean distances.
        scale: the method's k.
        least_pixels: smaller segments join the neighbour that is most like them.
        soften: standard deviation of the Gaussian that features are softened with, in pixels.
    """
    height, width = features.shape[:2]
    soft = gaussian_filter(features.astype(np.float64), (soften, soften, 0))
    number = np.arange(height * width).reshape(height, width)
    firsts, seconds, costs = [], [], []
    for first, second in (
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:-1], np.s_[1:]),
        (np.s_[:-1, :-1], np.s_[1:, 1:]),
        (np.s_[1:, :-1], np.s_[:-1, 1:]),
    ):
        firsts.append(number[first].ravel())
        seconds.append(number[second].ravel())
        costs.append(np.linalg.norm(soft[first] - soft[second], axis=-1).ravel())
    cost = np.concatenate(costs)
    # A stable order makes ties the same everywhere.
    order = np.argsort(cost, kind="stable")
    roots = _join(
        np.concatenate(firsts)[order], np.concatenate(seconds)[order], cost[order], number.size, scale, least_pixels
    )
    return np.unique(roots, return_inverse=True)[1].reshape(height, width).astype(np.int32)


@numba.njit(cache=True)
def _join(
    first: Int64[np.ndarray, " e"],
    second: Int64[np.ndarray, " e"],
    cost: Float64[np.ndarray, " e"],
    pixels: int,
    scale: float,
    least: int,
) -> Int64[np.ndarray, " n"]:
    """Return each pixel's segment, named by one of its pixels; edges come in the order of their costs."""
    parent = np.arange(pixels)
    size = np.ones(pixels, dtype=np.int64)
    within = np.zeros(pixels)
    for small in (False, True):
        for k in range(len(first)):
            a, b = first[k], second[k]
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = parent[a]
            while parent[b] != b:
                parent[b] = parent[parent[b]]
                b = parent[b]
            if a == b:
                continue
            if small:
                join = size[a] < least or size[b] < least
            else:
                join = cost[k] <= min(within[a] + scale / size[a], within[b] + scale / size[b])
            if join:
                parent[b] = a
                size[a] += size[b]
                within[a] = cost[k]
    for k in range(pixels):
        a = k
        while parent[a] != a:
            a = parent[a]
        parent[k] = a
    return parent


def cielab(image: Float32[np.ndarray, "h w 3"]) -> Float64[np.ndarray, "h w 3"]:
    """Return an sRGB image (values in [0, 1]) in CIELAB for daylight D65; L runs from 0 to 100 (IEC 61966-2-1)."""
    rgb = image.astype(np.float64)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    scaled = linear @ (to_xyz / to_xyz.sum(axis=1, keepdims=True)).T
    f = np.where(scaled > (6 / 29) ** 3, np.cbrt(scaled), scaled * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def _normals(points: Float64[np.ndarray, "h w 3"]) -> Float64[np.ndarray, "h w 3"]:
    """Return unit normals of the surface through neighbouring points; zero where there is none."""
    if min(points.shape[:2]) < 2:
        return np.zeros_like(points)
    across = np.cross(np.gradient(points, axis=1), np.gradient(points, axis=0))
    return across / (np.linalg.norm(across, axis=-1, keepdims=True) + 1e-9)
