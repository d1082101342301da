"""CPU kernels of ray marching: which of a ray's intervals lie in occupied cells, and where."""

import numpy as np
from numba import njit


@njit(inline="always", fastmath=True)
def contract_point(x: np.float32, y: np.float32, z: np.float32) -> tuple:
    """Contract a point, given relative to the bounds, into the unit cube (`fields.contraction.contract`)."""
    radius = max(abs(x), abs(y), abs(z))
    if radius > np.float32(1):
        scale = (np.float32(2) - np.float32(1) / radius) / radius
        x, y, z = x * scale, y * scale, z * scale
    quarter = np.float32(0.25)
    return (x + np.float32(2)) * quarter, (y + np.float32(2)) * quarter, (z + np.float32(2)) * quarter


@njit(inline="always", fastmath=True)
def cell_of(u: np.float32, v: np.float32, w: np.float32, resolution: int) -> int:
    """Return the index of the cell that holds a point of the unit cube; x runs fastest."""
    last = resolution - 1
    i = min(max(int(u * np.float32(resolution)), 0), last)
    j = min(max(int(v * np.float32(resolution)), 0), last)
    k = min(max(int(w * np.float32(resolution)), 0), last)
    return i + resolution * (j + resolution * k)


@njit(inline="always", fastmath=True)
def _span(origin: np.ndarray, direction: np.ndarray, box: np.ndarray) -> tuple:
    """Return where a ray enters and leaves a box (2, 3), in the ray's units; enter > leave if it misses."""
    enter, leave = np.float32(0), np.float32(np.inf)
    for axis in range(3):
        if abs(direction[axis]) < np.float32(1e-12):
            if origin[axis] < box[0, axis] or origin[axis] > box[1, axis]:
                return np.float32(1), np.float32(0)
        else:
            inverse = np.float32(1) / direction[axis]
            a, b = (box[0, axis] - origin[axis]) * inverse, (box[1, axis] - origin[axis]) * inverse
            enter, leave = max(enter, min(a, b)), min(leave, max(a, b))
    return enter, leave


@njit(nogil=True, cache=True)
def march(
    part: int,
    parts: int,
    origins: np.ndarray,
    directions: np.ndarray,
    ends: np.ndarray,
    jitter: np.ndarray,
    edges: np.ndarray,
    occupied: np.ndarray,
    resolution: int,
    box: np.ndarray,
    counts: np.ndarray,
    starts: np.ndarray,
    distances: np.ndarray,
    lengths: np.ndarray,
    points: np.ndarray,
    rays: np.ndarray,
) -> None:
    """Walk this part of the rays through the occupied cells.

    `origins` and `directions` (n, 3) are relative to the bounds. Interval i of a ray reaches from `edges[i]` to
    `edges[i + 1]`, and is asked at `jitter` of its length; those that begin beyond `ends` are left out. With
    `distances` empty only `counts` (n) is written; else, from `starts` on, each sample's distance, interval length,
    contracted point and ray.
    """
    n, last = len(origins), len(edges) - 1
    for ray in range(part * n // parts, (part + 1) * n // parts):
        enter, leave = _span(origins[ray], directions[ray], box)
        leave = min(leave, ends[ray])
        shift = jitter[ray]
        found = 0
        slot = starts[ray]
        # The interval that ends beyond `enter` is the first that can be inside.
        i = max(0, np.searchsorted(edges, enter) - 1)
        while enter <= leave and i < last and edges[i] <= leave:
            length = edges[i + 1] - edges[i]
            t = edges[i] + shift * length
            u, v, w = contract_point(
                origins[ray, 0] + t * directions[ray, 0],
                origins[ray, 1] + t * directions[ray, 1],
                origins[ray, 2] + t * directions[ray, 2],
            )
            if occupied[cell_of(u, v, w, resolution)]:
                if len(distances) > 0:
                    distances[slot + found] = t
                    lengths[slot + found] = length
                    points[slot + found, 0] = u
                    points[slot + found, 1] = v
                    points[slot + found, 2] = w
                    rays[slot + found] = ray
                found += 1
            i += 1
        counts[ray] = found


@njit(nogil=True, cache=True)
def mark_along(
    origins: np.ndarray,
    directions: np.ndarray,
    near: np.ndarray,
    far: np.ndarray,
    edges: np.ndarray,
    resolution: int,
    marks: np.ndarray,
) -> None:
    """Set `marks` (cells) to 1 along each ray between `near` and `far`; both ends are marked however close they are."""
    for ray in range(len(origins)):
        i = max(0, np.searchsorted(edges, near[ray]) - 1)
        t = near[ray]
        while True:
            u, v, w = contract_point(
                origins[ray, 0] + t * directions[ray, 0],
                origins[ray, 1] + t * directions[ray, 1],
                origins[ray, 2] + t * directions[ray, 2],
            )
            marks[cell_of(u, v, w, resolution)] = 1
            if t >= far[ray] or i + 1 >= len(edges):
                break
            i += 1
            t = min(edges[i], far[ray])


@njit(nogil=True, cache=True)
def raise_densities(
    points: np.ndarray, densities: np.ndarray, kept: np.ndarray, occupied: np.ndarray, resolution: int, decay: float,
    threshold: float,
) -> None:  # fmt: skip
    """Update the cells that `points` of the unit cube fall in.

    A cell keeps the larger of its old density, decayed once per point, and the new ones; their order does not matter.
    """
    for p in range(len(points)):
        cell = cell_of(points[p, 0], points[p, 1], points[p, 2], resolution)
        kept[cell] *= np.float32(decay)
    for p in range(len(points)):
        cell = cell_of(points[p, 0], points[p, 1], points[p, 2], resolution)
        kept[cell] = max(kept[cell], densities[p])
        occupied[cell] = kept[cell] > threshold
