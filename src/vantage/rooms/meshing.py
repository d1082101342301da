"""Triangle meshes of turned, swept and subdivided surfaces; every face is wound so that its normal points outwards."""

import numpy as np
from jaxtyping import Float, Int

Mesh = tuple[Float[np.ndarray, "v 3"], Int[np.ndarray, "f 3"]]
"""Vertices in metres and triangles that index them."""

ROUND = 20
"""Corners of a circle: the chord then leaves the true circle by 1.2% of its radius (1 - cos(pi/20)), under a pixel here."""


def revolve_mesh(profile: Float[np.ndarray, "m 2"], *, closed: bool = False, segments: int = ROUND) -> Mesh:
    """Turn a profile of (radius, z) points about the z axis.

    Args:
        profile: listed so that the solid lies on its left (from the bottom, outwards, to the top); metres.
        closed: join the last point to the first (for shells).
        segments: corners of each ring.
    """
    angles = np.arange(segments) * (2 * np.pi / segments)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    rings: list[np.ndarray] = []
    vertices: list[np.ndarray] = []
    count = 0
    for radius, z in profile:
        if radius < 1e-9:
            vertices.append(np.array([[0.0, 0.0, z]]))
            rings.append(np.array([count]))
            count += 1
        else:
            vertices.append(np.concatenate([radius * circle, np.full((segments, 1), z)], axis=1))
            rings.append(np.arange(count, count + segments))
            count += segments
    pairs = list(zip(rings[:-1], rings[1:], strict=True))
    if closed:
        pairs.append((rings[-1], rings[0]))
    faces = [_join_rings(low, high) for low, high in pairs]
    return np.concatenate(vertices), np.concatenate(faces)


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
    tangents = np.gradient(points, axis=0)
    lengths = np.linalg.norm(tangents, axis=1, keepdims=True)
    # Coinciding points (the flat cap of an end) take the direction of the nearest moving point.
    moving = np.flatnonzero(lengths[:, 0] > 1e-9)
    nearest = moving[np.abs(np.arange(len(points))[:, None] - moving[None]).argmin(axis=1)]
    tangents = tangents[nearest] / lengths[nearest]
    normal = np.cross(tangents[0], np.eye(3)[np.abs(tangents[0]).argmin()])
    angles = np.arange(sides) * (2 * np.pi / sides)
    vertices: list[np.ndarray] = []
    rings: list[np.ndarray] = []
    count = 0
    for point, tangent, radius in zip(points, tangents, radii, strict=True):
        normal = normal - tangent * (normal @ tangent)
        normal /= np.linalg.norm(normal)
        binormal = np.cross(tangent, normal)
        size = sides if radius > 1e-9 else 1
        directions = np.cos(angles)[:size, None] * normal + np.sin(angles)[:size, None] * binormal
        vertices.append(point + radius * directions)
        rings.append(np.arange(count, count + size))
        count += size
    faces = [_join_rings(low, high) for low, high in zip(rings[:-1], rings[1:], strict=True)]
    return np.concatenate(vertices), np.concatenate(faces)


def rounded_box_mesh(size: Float[np.ndarray, " 3"], radius: float, *, steps: int = 2) -> Mesh:
    """Mesh a box whose edges and corners are rounded by `radius`; `steps` facets across each edge (0: a sharp box)."""
    half = np.asarray(size) / 2
    if steps == 0 or radius <= 0:
        arcs = np.zeros(1)
    else:
        arcs = 1 - np.tan(np.linspace(np.pi / 4, 0, steps + 1))
    vertices: list[np.ndarray] = []
    faces: list[np.ndarray] = []
    count = 0
    for axis in range(3):
        a, b = (axis + 1) % 3, (axis + 2) % 3
        grid_a = np.concatenate([-half[a] + radius * arcs, half[a] - radius * arcs[::-1]])
        grid_b = np.concatenate([-half[b] + radius * arcs, half[b] - radius * arcs[::-1]])
        index = np.arange(len(grid_a) * len(grid_b)).reshape(len(grid_a), len(grid_b))
        p00, p10, p11, p01 = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
        quads = np.stack([p00, p10, p11, p01], axis=-1).reshape(-1, 4)
        for sign in (1.0, -1.0):
            points = np.zeros((len(grid_a), len(grid_b), 3))
            points[..., axis] = sign * half[axis]
            points[..., a], points[..., b] = grid_a[:, None], grid_b[None]
            order = quads if sign > 0 else quads[:, ::-1]
            faces.append(np.concatenate([order[:, :3], order[:, [0, 2, 3]]]) + count)
            vertices.append(points.reshape(-1, 3))
            count += index.size
    flat, triangles = np.concatenate(vertices), np.concatenate(faces)
    if radius > 0 and steps > 0:
        core = np.clip(flat, -(half - radius), half - radius)
        offset = flat - core
        flat = core + radius * offset / np.linalg.norm(offset, axis=1, keepdims=True)
    return weld(flat, triangles)


def weld(vertices: Float[np.ndarray, "v 3"], faces: Int[np.ndarray, "f 3"]) -> Mesh:
    """Merge vertices that coincide to 10 micrometres, so that shading normals run across seams; drop collapsed faces."""
    _, first, inverse = np.unique(np.round(vertices, 5), axis=0, return_index=True, return_inverse=True)
    faces = inverse.reshape(-1)[faces]
    kept = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 0] != faces[:, 2])
    return vertices[first], faces[kept]
