"""Triangle meshes of a field: depth fused into signed distances, marching cubes, and files."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int32
from scipy import ndimage, sparse

from vantage.errors import DataError, MissingError, UsageError
from vantage.fields.distilled_scene import SceneCamera
from vantage.fields.exchange.surfaces import Renders, surface_views
from vantage.fields.exchange.tsdf import TsdfVolume, VolumePlan
from vantage.storage import write_bytes

MESH_SUFFIXES = (".ply", ".obj", ".glb")

MIN_COMPONENT_FACES = 50
"""Pieces of fewer triangles are specks that float before surfaces: a blob of 50 is about three voxels across."""

YUP_FROM_ZUP = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]], np.float64)
"""glTF's y points up (specification 2.0, section 3.4), the world's z does."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TriangleMesh:
    """A coloured surface; faces run counter-clockwise as seen from the side where the cameras were."""

    vertices: Float32[np.ndarray, "n 3"]
    """World frame, in the scene's units."""
    faces: Int32[np.ndarray, "m 3"]
    colors: Float32[np.ndarray, "n 3"]
    """RGB in [0, 1]."""


def fuse_surfaces(
    field: Renders,
    cameras: Sequence[SceneCamera],
    plan: VolumePlan,
    *,
    each: Callable[[], None] | None = None,
) -> TriangleMesh:
    """Render depth from every camera, fuse it on the planned grid, and return the surface.

    Args:
        field: what to render.
        cameras: from where.
        plan: the grid (`plan_volume`).
        each: called after each camera, to show progress.

    Raises:
        DataError: there are no cameras, or no surface crosses the grid.
        MissingError: scikit-image is not installed.
    """
    marching_cubes()
    volume = TsdfVolume(plan)
    for view in surface_views(field, cameras):
        volume.integrate(view)
        if each is not None:
            each()
    return extract_surface(volume)


def extract_surface(volume: TsdfVolume, *, min_component_faces: int = MIN_COMPONENT_FACES) -> TriangleMesh:
    """Return the zero crossing of the distances between voxels that were seen, without specks.

    Raises:
        DataError: there is none.
        MissingError: scikit-image is not installed.
    """
    seen = volume.weight > 0
    # A cube has a surface only if all its eight corners were seen: elsewhere a crossing would be one of nothing.
    # scikit-image asks the mask at a cube's far corner (found by masks of one voxel).
    cubes = seen.copy()
    for axis in range(3):
        along = np.moveaxis(cubes, axis, 0)
        along[1:] &= along[:-1].copy()
        along[0] = False
    crossing = "no surface crosses the grid; there may be too few cameras, or the field has no opaque surfaces"
    if not (cubes.any() and volume.distance[seen].min() < 0 < volume.distance[seen].max()):
        raise DataError(crossing)
    try:
        vertices, faces, *_ = marching_cubes()(volume.distance, 0.0, mask=cubes, gradient_direction="descent")
    except (ValueError, RuntimeError) as error:
        raise DataError(f"{crossing} ({error})") from error
    vertices, faces = _without_specks(vertices, faces, min_component_faces)
    if len(faces) == 0:
        raise DataError(crossing)
    colors = _colors_at(volume.color, vertices)
    world = np.array(volume.plan.origin) + vertices.astype(np.float64) * volume.plan.voxel_size
    return TriangleMesh(vertices=world.astype(np.float32), faces=faces.astype(np.int32), colors=colors)


def marching_cubes() -> Callable[..., Any]:
    """Return scikit-image's function.

    Raises:
        MissingError: scikit-image is not installed.
    """
    try:
        from skimage.measure import marching_cubes as function
    except ImportError as error:
        raise MissingError("meshes need scikit-image: pip install 'vantage[mesh]'") from error
    return function


def _without_specks(vertices: np.ndarray, faces: np.ndarray, min_faces: int) -> tuple[np.ndarray, np.ndarray]:
    """Drop the pieces of fewer than `min_faces` triangles, and the vertices that no triangle uses any more."""
    n = len(vertices)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    graph = sparse.coo_array((np.ones(len(edges), bool), (edges[:, 0], edges[:, 1])), shape=(n, n))
    _, label = sparse.csgraph.connected_components(graph, directed=False)
    sizes = np.bincount(label[faces[:, 0]], minlength=n)
    faces = faces[sizes[label[faces[:, 0]]] >= min_faces]
    used, faces = np.unique(faces, return_inverse=True)
    return vertices[used], faces.reshape(-1, 3)


def _colors_at(color: Float32[np.ndarray, "x y z 4"], vertices: np.ndarray) -> Float32[np.ndarray, "n 3"]:
    """Return the colour between the voxels around each vertex that have one."""
    coordinates = vertices.T
    weights = color[..., 3] > 0
    total = ndimage.map_coordinates(weights.astype(np.float32), coordinates, order=1)
    channels = [ndimage.map_coordinates(color[..., c], coordinates, order=1) for c in range(3)]
    return np.clip(np.stack(channels, axis=-1) / np.maximum(total, 1e-6)[:, None], 0, 1).astype(np.float32)


def save_mesh(path: Path, mesh: TriangleMesh) -> None:
    """Write a mesh as PLY, OBJ or GLB, by the file's suffix; whole or not at all.

    Vertices are world coordinates in each; a GLB's root node turns the world's z to glTF's y, which viewers show up.

    Raises:
        UsageError: the suffix is none of these.
        ResourceError: the disk is full; what stood at `path` is still there.
    """
    import trimesh

    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in MESH_SUFFIXES:
        raise UsageError(f"{path}: a mesh is written as {', '.join(MESH_SUFFIXES)}; name such a file")
    colors = np.full((len(mesh.vertices), 4), 255, np.uint8)
    colors[:, :3] = np.rint(np.clip(mesh.colors, 0, 1) * 255)
    # `process=False`: vertices stay as they are, and equal ones are not merged.
    surface = trimesh.Trimesh(mesh.vertices, mesh.faces, vertex_colors=colors, process=False)
    if suffix == ".glb":
        scene = trimesh.Scene()
        scene.add_geometry(surface, node_name="scene", geom_name="surface", transform=YUP_FROM_ZUP)
        content: Any = scene.export(file_type="glb")
    else:
        content = surface.export(file_type=suffix[1:])
    write_bytes(path, content.encode("utf-8") if isinstance(content, str) else content)
