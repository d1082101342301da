"""Resizing images (area average down, bicubic up) and label maps (nearest pixel centre)."""

import functools

import numpy as np
import scipy.sparse
from jaxtyping import Float32, Shaped

from vantage.errors import UsageError


def resize_image(
    image: Float32[np.ndarray, "h w 3"], width: int, height: int
) -> Float32[np.ndarray, "{height} {width} 3"]:
    """Resize RGB in [0, 1]; each axis by exact area average when it shrinks and Keys' bicubic when it grows.

    Bicubic overshoots at edges, so the result is clipped to [0, 1].
    """
    _check_size(width, height)
    h, w = image.shape[:2]
    if (w, h) == (width, height):
        return image
    rows = _axis_weights(h, height) @ image.reshape(h, w * 3)
    columns = np.ascontiguousarray(rows.reshape(height, w, 3).transpose(1, 0, 2)).reshape(w, height * 3)
    result = (_axis_weights(w, width) @ columns).reshape(width, height, 3).transpose(1, 0, 2)
    return np.ascontiguousarray(np.clip(result, 0, 1), dtype=np.float32)


def resize_labels(labels: Shaped[np.ndarray, "h w"], width: int, height: int) -> Shaped[np.ndarray, "{height} {width}"]:
    """Resize a map of labels or depths: each new pixel takes the old one that its centre falls into."""
    _check_size(width, height)
    h, w = labels.shape
    rows = ((np.arange(height) + 0.5) * h / height).astype(np.int64)
    columns = ((np.arange(width) + 0.5) * w / width).astype(np.int64)
    return np.ascontiguousarray(labels[rows[:, None], columns[None, :]])


def fit_size(width: int, height: int, max_size: int | None) -> tuple[int, int]:
    """Return the size whose longer side is at most `max_size`, of the same aspect, at least one pixel a side."""
    longer = max(width, height)
    if max_size is None or longer <= max_size:
        return width, height
    return max(1, round(width * max_size / longer)), max(1, round(height * max_size / longer))


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise UsageError(f"cannot resize to {width}x{height}; both sides must be at least 1 pixel")


@functools.lru_cache(maxsize=16)
def _axis_weights(old: int, new: int) -> scipy.sparse.csr_array:
    """Return the (new, old) matrix that resamples one axis; its rows sum to 1."""
    matrix = _area_weights(old, new) if new <= old else _bicubic_weights(old, new)
    return scipy.sparse.csr_array(matrix, dtype=np.float32)


def _area_weights(old: int, new: int) -> scipy.sparse.csr_array:
    scale = old / new
    taps = int(np.ceil(scale)) + 1
    low = np.arange(new) * scale
    column = np.floor(low).astype(np.int64)[:, None] + np.arange(taps)
    overlap = np.minimum(column + 1, (low + scale)[:, None]) - np.maximum(column, low[:, None])
    return _assemble(column, np.clip(overlap, 0, None), old)


def _bicubic_weights(old: int, new: int) -> scipy.sparse.csr_array:
    centre = (np.arange(new) + 0.5) * old / new - 0.5
    column = np.floor(centre).astype(np.int64)[:, None] + np.arange(-1, 3)
    t = np.abs(column - centre[:, None])
    # Keys (1981), a = -1/2: the one member of the family that is exact to third order.
    near = 1.5 * t**3 - 2.5 * t**2 + 1
    far = -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
    return _assemble(column, np.where(t < 1, near, np.where(t < 2, far, 0)), old)


def _assemble(column: np.ndarray, weight: np.ndarray, old: int) -> scipy.sparse.csr_array:
    """Drop taps outside the image, normalise each row and build the sparse matrix."""
    weight = np.where((column >= 0) & (column < old), weight, 0)
    weight = weight / weight.sum(axis=1, keepdims=True)
    row = np.broadcast_to(np.arange(len(column))[:, None], column.shape)
    kept = weight != 0
    return scipy.sparse.csr_array((weight[kept], (row[kept], column[kept])), shape=(len(column), old))
