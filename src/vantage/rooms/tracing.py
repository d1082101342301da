"""Colour along rays: asks embree what they hit and what shades it, and runs the shading kernels between."""

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32, Int32

from vantage.rooms import shading
from vantage.rooms.assembly import Geometry

if TYPE_CHECKING:
    from vantage.rooms.scene import Room

NO_LIMIT = np.float32(1e30)
"""Length of a ray that ends nowhere."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Hits:
    """What rays meet first."""

    triangle: Int32[np.ndarray, " n"]
    """Face number; -1 where nothing is met."""
    distance: Float32[np.ndarray, " n"]
    """Ray parameter: times the ray's direction it leads to the hit. z-depth where directions have z = 1."""
    points: Float32[np.ndarray, "n 3"]
    """World frame, metres."""
    normals: Float32[np.ndarray, "n 3"]
    """Shading normals, unit, facing the ray's origin, world frame."""
    starts: Float32[np.ndarray, "n 3"]
    """Points just above the surface, where shadow rays leave."""
    backfaces: Any
    """Whether the ray met a face from behind (n): the origin lies inside a solid."""


def intersect(geometry: Geometry, origins: Float32[np.ndarray, "m 3"], directions: Float32[np.ndarray, "n 3"]) -> Hits:
    """Find the first hit of each ray; `origins` has one row for all rays or one for each."""
    count = len(directions)
    starts = np.broadcast_to(origins, directions.shape) if len(origins) == 1 else origins
    found = geometry.scene.run(np.ascontiguousarray(starts), directions, output=True)
    triangle, distance = found["primID"], found["tfar"]
    points, normals, leave = (np.zeros((count, 3), dtype=np.float32) for _ in range(3))
    shading.surface_points(
        origins,
        directions,
        distance,
        triangle,
        found["u"],
        found["v"],
        found["Ng"],
        geometry.corner_normals,
        points,
        normals,
        leave,
    )
    return Hits(
        triangle=triangle,
        distance=distance,
        points=points,
        normals=normals,
        starts=leave,
        backfaces=np.einsum("ij,ij->i", found["Ng"], directions) > 0,
    )


def lamp_points(room: "Room", count: int) -> Float32[np.ndarray, "k 3"]:
    """Return fixed points on the lamp that stand for its area; the same for all pixels, so that views agree."""
    first = room.lights.lamps[0]
    lamp = np.array(first.position, dtype=np.float32)
    if count == 1:
        return lamp[None]
    angles = 2 * np.pi * (np.arange(count) + 0.4) / count
    offsets = np.stack([np.cos(angles), np.sin(angles), np.zeros(count)], axis=-1) * first.radius
    return (lamp + offsets).astype(np.float32)


def radiance(
    room: "Room",
    geometry: Geometry,
    directions: Float32[np.ndarray, "n 3"],
    hits: Hits,
    *,
    pixel_angle: float,
    shadow_rays: int,
) -> Float32[np.ndarray, "n 3"]:
    """Return the linear light that comes back along rays.

    Args:
        room: for its lights and windows.
        geometry: its triangles and light volume.
        directions: of the rays.
        hits: what they met.
        pixel_angle: angle of one pixel in radians; textures finer than that are faded.
        shadow_rays: rays to the lamp per hit; 0 leaves shadows out.
    """
    count = len(directions)
    lamp_visibility = np.zeros(count, dtype=np.float32)
    sun_visibility = np.zeros(count, dtype=np.float32)
    if shadow_rays == 0:
        lamp_visibility += 1
    else:
        lamp = lamp_points(room, shadow_rays)
        rays = np.empty((count * len(lamp), 6), dtype=np.float32)
        index = np.empty(count * len(lamp), dtype=np.int32)
        cast = shading.lamp_rays(hits.triangle, hits.starts, hits.normals, lamp, rays, index)
        blocked = _blocked(geometry, rays[:cast], np.ones(cast, dtype=np.float32))
        shading.add_visible(blocked, index[:cast], 1.0 / len(lamp), lamp_visibility)
        if room.lights.sun_colour[0] > 0:
            reach = np.empty(count, dtype=np.float32)
            windows = np.array([[w.axis, w.plane, *w.low, *w.high] for w in room.windows])
            sun = np.array(room.lights.sun_direction)
            cast = shading.sun_rays(hits.triangle, hits.starts, hits.normals, sun, windows, rays, reach, index)
            blocked = _blocked(geometry, rays[:cast], reach[:cast])
            shading.add_visible(blocked, index[:cast], 1.0, sun_visibility)
    lights = room.lights
    table = np.array([lights.lamps[0].position, lights.lamps[0].colour, lights.sun_direction, lights.sun_colour])
    volume = geometry.volume
    result = np.zeros((count, 3), dtype=np.float32)
    shading.shade(
        directions,
        hits.distance,
        hits.triangle,
        hits.points,
        hits.normals,
        lamp_visibility,
        sun_visibility,
        geometry.face_surfaces,
        geometry.surfaces,
        table,
        volume.cells,
        volume.low,
        volume.spacing,
        pixel_angle,
        result,
    )
    return result


def _blocked(geometry: Geometry, rays: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Return embree's answers: 0 where something lies within the ray's reach, -1 where nothing does."""
    if len(rays) == 0:
        return np.zeros(0, dtype=np.int32)
    origins, directions = np.ascontiguousarray(rays[:, :3]), np.ascontiguousarray(rays[:, 3:])
    return geometry.scene.run(origins, directions, reach, query="OCCLUDED")
