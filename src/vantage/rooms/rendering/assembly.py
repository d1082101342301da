"""Turn a room into arrays: triangles with corner normals for the ray tracer, a row of shading data per surface."""

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from jaxtyping import Float32, Float64, Int32

from vantage.rooms.looks.dressing import grain_axes, mirrored_share, part_finish
from vantage.rooms.looks.materials import MATERIALS
from vantage.rooms.rendering.emitters import light_table, lit_finish
from vantage.rooms.rendering.lighting import LightVolume, bake, constant_volume
from vantage.rooms.shapes.part_names import PART_NUMBER

if TYPE_CHECKING:
    from vantage.rooms.scene import Room, RoomObject
    from vantage.rooms.shapes.blueprint import Part

CREASE = float(np.cos(np.deg2rad(40.0)))
"""Faces that meet at less than 40 degrees are shaded as one smooth surface: above the 36 degrees between the facets
of a ten-sided tube, below the 45 of a rounded box's coarsest edge to its face."""

SURFACE_FIELDS = 29
"""Columns of `Geometry.surfaces`: 0-8 surface_from_world rotation (rows), 9-11 its translation, 12 texture, 13 period,
14 seed, 15-17 colour, 18-20 second colour, 21 specular, 22 gloss, 23 emission, 24 instance, 25 class, 26 part name,
27 share of the surroundings mirrored head-on, 28 share of light let through."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Geometry:
    """A room as the renderer reads it."""

    vertices: Float32[np.ndarray, "v 3"]
    """World frame, metres."""
    faces: Int32[np.ndarray, "f 3"]
    """Those of one instance follow each other, in the order of instances."""
    corner_normals: Float32[np.ndarray, "f 3 3"]
    """Unit shading normal at each corner of each face, world frame."""
    face_surfaces: Int32[np.ndarray, " f"]
    """Row of `surfaces` for each face."""
    surfaces: Float64[np.ndarray, "s 29"]
    """One row per part of an object: see `SURFACE_FIELDS`."""
    scene: Any
    """embree's tree over the faces."""
    lights: Float64[np.ndarray, "l 17"]
    """One row per lit lamp and bright window: see `emitters.LIGHT_FIELDS`."""
    volume: LightVolume
    """The room's diffuse light."""

    def face_instances(self) -> Int32[np.ndarray, " f"]:
        """Return the instance of every face."""
        return self.surfaces[:, 24].astype(np.int32)[self.face_surfaces]


def assemble(room: "Room") -> Geometry:
    """Collect all parts of a room and build the ray tracer's tree."""
    points, faces, part_sizes, surfaces = [], [], [], []
    for number, thing in enumerate(room.objects):
        world_from_object = thing.world_from_object
        rotation = world_from_object[:3, :3]
        # Grain and patterns of a whole object line up when they are evaluated in its own frame.
        frame = np.concatenate([rotation.T, -rotation.T @ world_from_object[:3, 3:]], axis=1)
        blueprint = thing.blueprint
        for part, (vertices, triangles), bounds in zip(
            blueprint.parts, blueprint.meshes, blueprint.part_bounds, strict=True
        ):
            points.append(vertices)
            faces.append(triangles)
            part_sizes.append((len(vertices), len(triangles), number))
            surfaces.append(_surface(room, thing, part, bounds, frame))
    sizes = np.array(part_sizes)
    first_vertex = np.concatenate([[0], np.cumsum(sizes[:-1, 0])])
    all_faces = np.concatenate(faces) + np.repeat(first_vertex, sizes[:, 1])[:, None]
    poses = np.stack([thing.world_from_object for thing in room.objects])
    world = move_points(np.concatenate(points), np.repeat(sizes[:, 2], sizes[:, 0]), poses)
    normals = corner_normals(world, all_faces)
    all_vertices, all_faces = world.astype(np.float32), all_faces.astype(np.int32)
    scene = EmbreeScene()
    TriangleMesh(scene, all_vertices, all_faces)
    dark = Geometry(
        vertices=all_vertices,
        faces=all_faces,
        corner_normals=normals,
        face_surfaces=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes[:, 1]),
        surfaces=np.array(surfaces, dtype=np.float64),
        scene=scene,
        lights=light_table(room.lights, room.windows),
        volume=constant_volume(room.lights.ambient_colour),
    )
    return dataclasses.replace(dark, volume=bake(room, dark))


def _surface(room: "Room", thing: "RoomObject", part: "Part", bounds: np.ndarray, frame: np.ndarray) -> list[float]:
    """Return the row of a part's surface; `frame` is object_from_world (3 4)."""
    finish = lit_finish(room, thing, part, part_finish(part, bounds, thing.finishes[part.slot]))
    turned = frame[grain_axes(bounds, finish.texture)]
    return [
        *turned[:, :3].ravel(),
        *turned[:, 3],
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
        PART_NUMBER[part.name],
        mirrored_share(part, finish.material),
        0.0 if finish.emission != 0 or part.name == "mirror" else MATERIALS[finish.material].clear,
    ]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def move_points(points: np.ndarray, owner: np.ndarray, poses: np.ndarray) -> np.ndarray:
    """Return points (n 3) moved by the pose (m 4 4) of their owner (n)."""
    result = np.empty_like(points)
    for i in range(len(points)):
        pose = poses[owner[i]]
        for k in range(3):
            result[i, k] = (
                pose[k, 0] * points[i, 0] + pose[k, 1] * points[i, 1] + pose[k, 2] * points[i, 2] + pose[k, 3]
            )
    return result


@numba.njit(cache=True, nogil=True, error_model="numpy")
def corner_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return unit normals (f 3 3): at each corner the area-weighted mean of the faces within the crease angle."""
    count = len(faces)
    raw = np.empty((count, 3))
    length = np.empty(count)
    start = np.zeros(len(vertices) + 1, dtype=np.int64)
    for f in range(count):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        e0, e1, e2 = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        g0, g1, g2 = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        raw[f, 0], raw[f, 1], raw[f, 2] = e1 * g2 - e2 * g1, e2 * g0 - e0 * g2, e0 * g1 - e1 * g0
        length[f] = max(math.sqrt(raw[f, 0] ** 2 + raw[f, 1] ** 2 + raw[f, 2] ** 2), 1e-18)
        for k in range(3):
            start[faces[f, k] + 1] += 1
    for i in range(len(vertices)):
        start[i + 1] += start[i]
    fill = start.copy()
    around = np.empty(3 * count, dtype=np.int64)
    for f in range(count):
        for k in range(3):
            around[fill[faces[f, k]]] = f
            fill[faces[f, k]] += 1
    result = np.empty((count, 3, 3), dtype=np.float32)
    for f in range(count):
        for k in range(3):
            x, y, z = 0.0, 0.0, 0.0
            for j in range(start[faces[f, k]], start[faces[f, k] + 1]):
                g = around[j]
                dot = raw[f, 0] * raw[g, 0] + raw[f, 1] * raw[g, 1] + raw[f, 2] * raw[g, 2]
                if dot > CREASE * length[f] * length[g]:
                    x, y, z = x + raw[g, 0], y + raw[g, 1], z + raw[g, 2]
            size = math.sqrt(x * x + y * y + z * z)
            if size <= 1e-18:
                x, y, z, size = raw[f, 0], raw[f, 1], raw[f, 2], length[f]
            result[f, k, 0], result[f, k, 1], result[f, k, 2] = x / size, y / size, z / size
    return result
