"""Turn a room into arrays: triangles with corner normals for the ray tracer, a row of shading data per surface."""

import dataclasses
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from jaxtyping import Float32, Float64, Int32

from vantage.rooms.lighting import LightVolume, bake, constant_volume

if TYPE_CHECKING:
    from vantage.rooms.scene import Room

CREASE = float(np.cos(np.deg2rad(40.0)))
"""Faces that meet at less than 40 degrees are shaded as one smooth surface: above the 36 degrees between the facets
of a ten-sided tube, below the 45 of a rounded box's coarsest edge to its face."""

SURFACE_FIELDS = 26
"""Columns of `Geometry.surfaces`: 0-8 surface_from_world rotation (rows), 9-11 its translation, 12 texture, 13 period,
14 seed, 15-17 colour, 18-20 second colour, 21 specular, 22 gloss, 23 emission, 24 instance, 25 class."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Geometry:
    """A room as the renderer reads it."""

    vertices: Float32[np.ndarray, "v 3"]
    """World frame, metres."""
    faces: Int32[np.ndarray, "f 3"]
    corner_normals: Float32[np.ndarray, "f 3 3"]
    """Unit shading normal at each corner of each face, world frame."""
    face_surfaces: Int32[np.ndarray, " f"]
    """Row of `surfaces` for each face."""
    surfaces: Float64[np.ndarray, "s 26"]
    """One row per part of an object: see `SURFACE_FIELDS`."""
    scene: Any
    """embree's tree over the faces."""
    volume: LightVolume
    """The room's diffuse light."""


def assemble(room: "Room") -> Geometry:
    """Collect all parts of a room and build the ray tracer's tree."""
    vertices, faces, normals, owners, surfaces = [], [], [], [], []
    count = 0
    for thing in room.objects:
        world_from_object = thing.world_from_object
        rotation, shift = world_from_object[:3, :3], world_from_object[:3, 3]
        for part, (points, triangles) in zip(thing.blueprint.parts, thing.blueprint.meshes, strict=True):
            points = points @ rotation.T + shift
            normals.append(corner_normals(points, triangles.astype(np.int64)))
            vertices.append(points)
            faces.append(triangles + count)
            owners.append(np.full(len(triangles), len(surfaces), dtype=np.int32))
            count += len(points)
            finish = thing.finishes[part.slot]
            # Grain and patterns of a whole object line up when they are evaluated in its own frame.
            surface_from_world = np.linalg.inv(world_from_object)
            surfaces.append(
                [
                    *surface_from_world[:3, :3].ravel(),
                    *surface_from_world[:3, 3],
                    finish.texture,
                    finish.period,
                    finish.seed,
                    *finish.colour.rgb,
                    *finish.second.rgb,
                    finish.specular,
                    finish.gloss,
                    finish.emission,
                    thing.instance,
                    thing.class_number,
                ]
            )
    all_vertices = np.concatenate(vertices).astype(np.float32)
    all_faces = np.concatenate(faces).astype(np.int32)
    scene = EmbreeScene()
    TriangleMesh(scene, all_vertices, all_faces)
    dark = Geometry(
        vertices=all_vertices,
        faces=all_faces,
        corner_normals=np.concatenate(normals),
        face_surfaces=np.concatenate(owners),
        surfaces=np.array(surfaces, dtype=np.float64),
        scene=scene,
        volume=constant_volume(room.lights.ambient_colour),
    )
    return dataclasses.replace(dark, volume=bake(room, dark))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def corner_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return unit normals (f 3 3): at each corner the area-weighted mean of the faces within the crease angle."""
    count = len(faces)
    raw = np.empty((count, 3))
    unit = np.empty((count, 3))
    valence = np.zeros(len(vertices) + 1, dtype=np.int64)
    for f in range(count):
        a, b, c = vertices[faces[f, 0]], vertices[faces[f, 1]], vertices[faces[f, 2]]
        raw[f] = np.cross(b - a, c - a)
        length = np.sqrt(raw[f, 0] ** 2 + raw[f, 1] ** 2 + raw[f, 2] ** 2)
        unit[f] = raw[f] / max(length, 1e-18)
        for k in range(3):
            valence[faces[f, k] + 1] += 1
    start = np.cumsum(valence)
    fill = start.copy()
    around = np.empty(3 * count, dtype=np.int64)
    for f in range(count):
        for k in range(3):
            around[fill[faces[f, k]]] = f
            fill[faces[f, k]] += 1
    result = np.empty((count, 3, 3), dtype=np.float32)
    for f in range(count):
        for k in range(3):
            total = np.zeros(3)
            for j in range(start[faces[f, k]], start[faces[f, k] + 1]):
                g = around[j]
                if unit[f, 0] * unit[g, 0] + unit[f, 1] * unit[g, 1] + unit[f, 2] * unit[g, 2] > CREASE:
                    total += raw[g]
            length = np.sqrt(total[0] ** 2 + total[1] ** 2 + total[2] ** 2)
            for i in range(3):
                result[f, k, i] = total[i] / length if length > 1e-18 else unit[f, i]
    return result
