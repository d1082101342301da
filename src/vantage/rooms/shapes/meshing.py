"""Triangle meshes of turned, swept and subdivided surfaces; every face is wound so that its normal points outwards."""

import functools
import itertools

import numba
import numpy as np
from jaxtyping import Float, Int

Mesh = tuple[Float[np.ndarray, "v 3"], Int[np.ndarray, "f 3"]]
"""Vertices in metres and triangles that index them."""

ROUND = 20
"""Corners of a circle: the chord then leaves the true circle by 1.2% of its radius (1 - cos(pi/20))."""


def revolve_mesh(profile: Float[np.ndarray, "m 2"], *, closed: bool = False, segments: int = ROUND) -> Mesh:
    """Turn a profile of (radius, z) points about the z axis.

    Args:
        profile: listed so that the solid lies on its left (from the bottom, outwards, to the top); metres.
        closed: join the last point to the first (for shells).
        segments: corners of each ring.
    """
    angles = np.arange(segments) * (2 * np.pi / segments)
    circle = np.stack([np.cos(angles), np.sin(angles), np.zeros(segments)], axis=-1)
    pole = profile[:, 0] < 1e-9
    rings = profile[:, 0, None, None] * circle + profile[:, 1, None, None] * np.array([0.0, 0.0, 1.0])
    vertices = rings[_ring_mask(tuple(pole), segments)]
    return vertices, _ring_faces(tuple(pole), segments, closed)


def _ring_mask(poles: tuple[bool, ...], sides: int) -> np.ndarray:
    """Return which of (rings, sides) vertices exist: one of a pole, all of a ring."""
    mask = np.ones((len(poles), sides), dtype=bool)
    mask[np.array(poles), 1:] = False
    return mask


@functools.lru_cache(maxsize=256)
def _ring_faces(poles: tuple[bool, ...], sides: int, closed: bool) -> Int[np.ndarray, "f 3"]:
    """Return the triangles between consecutive rings; they depend on which rings are poles only, so they are kept."""
    starts = np.cumsum([0, *(1 if pole else sides for pole in poles)])
    rings = [np.arange(low, high) for low, high in itertools.pairwise(starts)]
    pairs = list(itertools.pairwise(rings))
    if closed:
        pairs.append((rings[-1], rings[0]))
    return np.concatenate([_join_rings(low, high) for low, high in pairs])


def _join_rings(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the triangles between two rings of vertex numbers; a ring of one is a pole."""
    if len(low) == 1 and len(high) == 1:
        return np.zeros((0, 3), dtype=np.int64)
    if len(low) == 1:
        return np.stack([np.broadcast_to(low, high.shape), np.roll(high, -1), high], axis=-1)
    if len(high) == 1:
        return np.stack([low, np.roll(low, -1), np.broadcast_to(high, low.shape)], axis=-1)
    low_next, high_next = np.roll(low, -1), np.roll(high, -1)
    return np.concatenate([np.stack([low, low_next, high_next], -1), np.stack([low, high_next, high], -1)])


def sweep_mesh(points: Float[np.ndarray, "m 3"], radii: Float[np.ndarray, " m"], *, sides: int = 10) -> Mesh:
    """Sweep a circle of varying radius along a polyline; radius 0 makes a pole. Frames are carried without twist."""
    poles = tuple(bool(pole) for pole in radii < 1e-9)
    rings = _sweep_rings(points, radii, sides)
    return rings[_ring_mask(poles, sides)], _ring_faces(poles, sides, False)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _sweep_rings(points: np.ndarray, radii: np.ndarray, sides: int) -> np.ndarray:
    """Return the circles (m sides 3) about the points of a polyline, across its tangents."""
    count = len(points)
    rings = np.empty((count, sides, 3))
    tangents = np.empty((count, 3))
    for i in range(count):
        before, after = max(i - 1, 0), min(i + 1, count - 1)
        # Coinciding points (the flat cap of an end) take the direction of the next points that differ.
        while np.abs(points[after] - points[before]).max() < 1e-9:
            before, after = max(before - 1, 0), min(after + 1, count - 1)
        tangent = points[after] - points[before]
        tangents[i] = tangent / np.sqrt((tangent**2).sum())
    normal = np.zeros(3)
    normal[np.abs(tangents[0]).argmin()] = 1.0
    for i in range(count):
        tangent = tangents[i]
        normal = normal - tangent * (normal * tangent).sum()
        normal = normal / np.sqrt((normal**2).sum())
        binormal = np.cross(tangent, normal)
        for k in range(sides):
            angle = 2 * np.pi * k / sides
            rings[i, k] = points[i] + radii[i] * (np.cos(angle) * normal + np.sin(angle) * binormal)
    return rings


def rounded_box_mesh(size: Float[np.ndarray, " 3"], radius: float, *, steps: int = 2) -> Mesh:
    """Mesh a box whose edges and corners are rounded by `radius`; `steps` facets across each edge (0: a sharp box)."""
    lattice, faces = _box_lattice(0 if radius <= 0 else steps)
    half = np.asarray(size) / 2
    sign = np.sign(lattice)
    if radius <= 0 or steps == 0:
        return half * sign, faces
    # Lattice value 1 is the box's face, 0.5 the inner box's; between them lie the facets of the edge.
    inner = half - radius
    offset = 2 * np.abs(lattice) - 1
    return sign * (inner + radius * offset / np.linalg.norm(offset, axis=1, keepdims=True)), faces


@functools.lru_cache(maxsize=8)
def _box_lattice(steps: int) -> Mesh:
    """Return points on a unit cube's surface, denser near its edges, and their triangles, each point once."""
    arcs = np.tan(np.linspace(np.pi / 4, 0, steps + 1)) if steps else np.ones(1)
    ticks = np.concatenate([-0.5 - 0.5 * arcs, 0.5 + 0.5 * arcs[::-1]])
    index = np.arange(len(ticks) ** 2).reshape(len(ticks), len(ticks))
    p00, p10, p11, p01 = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    quads = np.stack([p00, p10, p11, p01], axis=-1).reshape(-1, 4)
    vertices, faces = [], []
    for axis in range(3):
        a, b = (axis + 1) % 3, (axis + 2) % 3
        for sign in (1.0, -1.0):
            points = np.empty((len(ticks), len(ticks), 3))
            points[..., axis] = sign
            points[..., a], points[..., b] = ticks[:, None], ticks[None]
            order = quads if sign > 0 else quads[:, ::-1]
            faces.append(np.concatenate([order[:, :3], order[:, [0, 2, 3]]]) + len(vertices) * index.size)
            vertices.append(points.reshape(-1, 3))
    return weld(np.concatenate(vertices), np.concatenate(faces))


def weld(vertices: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]) -> Mesh:
    """Merge vertices that coincide to 10 micrometres, so that shading normals run across seams."""
    _, first, inverse = np.unique(np.round(vertices, 5), axis=0, return_index=True, return_inverse=True)
    return vertices[first], inverse.reshape(-1)[faces]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def sample_surface(vertices: np.ndarray, faces: np.ndarray, spacing: float) -> np.ndarray:
    """Return points (n 3) on a grid over every triangle, corners included, at most `spacing` apart."""
    steps = np.empty(len(faces), dtype=np.int64)
    count = 0
    for i in range(len(faces)):
        a, b, c = vertices[faces[i, 0]], vertices[faces[i, 1]], vertices[faces[i, 2]]
        longest = max(((a - b) ** 2).sum(), ((b - c) ** 2).sum(), ((c - a) ** 2).sum())
        steps[i] = max(1, int(np.ceil(np.sqrt(longest) / spacing)))
        count += (steps[i] + 1) * (steps[i] + 2) // 2
    points = np.empty((count, 3))
    k = 0
    for i in range(len(faces)):
        a, b, c = vertices[faces[i, 0]], vertices[faces[i, 1]], vertices[faces[i, 2]]
        n = steps[i]
        for u in range(n + 1):
            for v in range(n + 1 - u):
                points[k] = a + (u / n) * (b - a) + (v / n) * (c - a)
                k += 1
    return points
