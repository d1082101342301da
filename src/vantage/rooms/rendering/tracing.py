"""Colour along rays: asks embree what they hit and what shades it, and runs the shading kernels between."""

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32, Int32

from vantage.rooms.rendering import shading, shadows
from vantage.rooms.rendering.assembly import Geometry
from vantage.rooms.rendering.occlusion import BLOCK, count_visible, hemisphere, spread_points, visibility_rays

if TYPE_CHECKING:
    from vantage.rooms.scene import Room


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

    def part(self, chosen: Any) -> "Hits":
        """Return some of the hits, by slice or index."""
        return Hits(**{field.name: getattr(self, field.name)[chosen] for field in dataclasses.fields(self)})


def intersect(geometry: Geometry, origins: Float32[np.ndarray, "m 3"], directions: Float32[np.ndarray, "n 3"]) -> Hits:
    """Find the first hit of each ray; `origins` has one row for all rays or one for each."""
    count = len(directions)
    starts = np.broadcast_to(origins, directions.shape) if len(origins) == 1 else origins
    found = geometry.scene.run(np.ascontiguousarray(starts), directions, output=True)
    triangle, distance = found["primID"], found["tfar"]
    points, normals, leave = (np.zeros((count, 3), dtype=np.float32) for _ in range(3))
    shadows.surface_points(
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


def light_shares(geometry: Geometry, points: Float32[np.ndarray, "n 3"], count: int) -> Float32[np.ndarray, "n l"]:
    """Return what share of each light is seen from points in the open, by `count` rays to each."""
    lights = geometry.lights
    shares = np.ones((len(points), len(lights)), dtype=np.float32)
    spots = 2 * spread_points(count) - 1
    for j, light in enumerate(lights):
        targets = light[:3] + 0.7 * (spots[:, :1] * light[3:6] + spots[:, 1:] * light[6:9])
        rays = np.empty((len(points), count, 6), dtype=np.float32)
        rays[..., :3] = points[:, None]
        rays[..., 3:] = targets - points[:, None]
        rays = rays.reshape(-1, 6)
        reach = np.maximum(1 - light[16] / np.linalg.norm(rays[:, 3:], axis=1), 1e-4).astype(np.float32)
        shares[:, j] = (blocked(geometry, rays, reach) < 0).reshape(len(points), count).mean(axis=1)
    return shares


def sun_shares(room: "Room", geometry: Geometry, hits: Hits) -> Float32[np.ndarray, " n"]:
    """Return 1 for each hit that sees the sun through a window, else 0."""
    count = len(hits.triangle)
    share = np.zeros(count, dtype=np.float32)
    if room.lights.sun_colour[0] <= 0:
        return share
    rays = np.empty((count, 6), dtype=np.float32)
    reach, index = np.empty(count, dtype=np.float32), np.empty(count, dtype=np.int32)
    windows = np.array([[w.axis, w.plane, *w.low, *w.high] for w in room.windows])
    sun = np.array(room.lights.sun_direction)
    cast = shadows.sun_rays(hits.triangle, hits.starts, hits.normals, sun, windows, rays, reach, index)
    shadows.add_visible(blocked(geometry, rays[:cast], reach[:cast]), index[:cast], 1.0, share)
    return share


def visibility_counts(
    geometry: Geometry, hits: Hits, block: Int32[np.ndarray, " n"], shadow_rays: int
) -> tuple[Float32[np.ndarray, "n k"], Float32[np.ndarray, "n k"]]:
    """Ask what is seen of each light and of the hemisphere from hits.

    Args:
        geometry: what shades.
        hits: where from.
        block: place of each hit in its 3x3 block of pixels, 0 to 8.
        shadow_rays: rays to each light; as many, but at least two, look for near things.

    Returns:
        How many rays were cast, per hit and light (the hemisphere last), and how many of them came free.
    """
    count, kinds = len(hits.triangle), len(geometry.lights) + 1
    near = max(2, shadow_rays)
    cells = BLOCK * BLOCK
    points = spread_points(cells * shadow_rays).reshape(shadow_rays, cells, 2).transpose(1, 0, 2)
    directions = hemisphere(cells * near).reshape(near, cells, 4).transpose(1, 0, 2)
    room = count * ((kinds - 1) * shadow_rays + near)
    rays = np.empty((room, 6), dtype=np.float32)
    reach, target = np.empty(room, dtype=np.float32), np.empty(room, dtype=np.int32)
    cast = visibility_rays(
        hits.triangle,
        hits.starts,
        hits.normals,
        geometry.lights,
        np.ascontiguousarray(points),
        np.ascontiguousarray(directions),
        block,
        rays,
        reach,
        target,
    )
    asked, free = (np.zeros(count * kinds, dtype=np.float32) for _ in range(2))
    count_visible(blocked(geometry, rays[:cast], reach[:cast]), target[:cast], asked, free)
    return asked.reshape(count, kinds), free.reshape(count, kinds)


def light_shading(
    room: "Room",
    geometry: Geometry,
    directions: Float32[np.ndarray, "n 3"],
    hits: Hits,
    visible: Float32[np.ndarray, "n k"],
    sun_visible: Float32[np.ndarray, " n"],
    *,
    pixel_angle: float,
    parts: bool = False,
) -> tuple[Float32[np.ndarray, "n 3"], Float32[np.ndarray, "m 3"], Float32[np.ndarray, "m 3"]]:
    """Return the linear light that comes back along rays, and if `parts` the colours and the light it is made of.

    Args:
        room: for its sun.
        geometry: its triangles, lights and light volume.
        directions: of the rays.
        hits: what they met.
        visible: seen share of each light and of the hemisphere.
        sun_visible: seen share of the sun.
        pixel_angle: angle of one pixel in radians; textures finer than that are faded.
        parts: whether to return albedo and arriving light (else they have no rows).
    """
    count = len(directions)
    result = np.zeros((count, 3), dtype=np.float32)
    albedo, arriving = (np.zeros((count if parts else 0, 3), dtype=np.float32) for _ in range(2))
    volume = geometry.volume
    shading.shade(
        directions,
        hits.distance,
        hits.triangle,
        hits.points,
        hits.normals,
        visible,
        sun_visible,
        geometry.face_surfaces,
        geometry.surfaces,
        geometry.lights,
        np.array([room.lights.sun_direction, room.lights.sun_colour]),
        volume.cells,
        volume.low,
        volume.spacing,
        volume.exposure,
        pixel_angle,
        result,
        albedo,
        arriving,
    )
    return result, albedo, arriving


def blocked(
    geometry: Geometry, rays: Float32[np.ndarray, "n 6"], reach: Float32[np.ndarray, " n"]
) -> Int32[np.ndarray, " n"]:
    """Return embree's answers: 0 where something lies within the ray's reach, -1 where nothing does."""
    if len(rays) == 0:
        return np.zeros(0, dtype=np.int32)
    origins, directions = np.ascontiguousarray(rays[:, :3]), np.ascontiguousarray(rays[:, 3:])
    return geometry.scene.run(origins, directions, np.ascontiguousarray(reach), query="OCCLUDED")
