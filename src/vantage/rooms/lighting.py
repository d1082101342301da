"""The room's diffuse light, baked once, and the exposure that makes a room neither dark nor pale.

The light is a grid of ambient cubes (McTaggart, "Half-Life 2 / Valve Source Shading", GDC 2004) from one bounce of lamp
and sun. It stands in for ambient occlusion rays at every pixel and gives every view the same light.
"""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Float64

if TYPE_CHECKING:
    from vantage.rooms.assembly import Geometry
    from vantage.rooms.scene import Room

SPACING = 0.25
"""Metres between grid points: half the size of the furniture that should darken its surroundings."""
RAYS = 40
"""Directions per grid point; the six axis directions then average at least 13 each."""
BACKFACE_LIMIT = 0.25
"""A grid point is inside something when more of its rays than this meet faces from behind."""
MEAN_LEVEL = 0.36
"""Linear level to which the mean of all light in a room is exposed; pictures then have a mean sRGB of about 0.5."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class LightVolume:
    """Diffuse light on a grid."""

    cells: Float32[np.ndarray, "x y z 19"]
    """RGB arriving from +x, -x, +y, -y, +z, -z, then 1 where the point is in free space, else (nearly) 0."""
    low: Float64[np.ndarray, " 3"]
    """First grid point, metres."""
    spacing: float
    exposure: float
    """Factor from linear light to picture values."""


def even_directions(count: int) -> Float32[np.ndarray, "{count} 3"]:
    """Return unit vectors spread evenly over the sphere (Fibonacci lattice)."""
    z = 1 - (2 * np.arange(count) + 1) / count
    angle = np.arange(count) * np.pi * (3 - np.sqrt(5))
    radius = np.sqrt(1 - z**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=-1).astype(np.float32)


def constant_volume(colour: tuple[float, float, float]) -> LightVolume:
    """Return a volume with the same light everywhere."""
    cells = np.ones((2, 2, 2, 19), dtype=np.float32)
    cells[..., :18] = np.tile(np.array(colour, dtype=np.float32), 6)
    return LightVolume(cells=cells, low=np.zeros(3), spacing=1e3, exposure=1.0)


def bake(room: "Room", geometry: "Geometry") -> LightVolume:
    """Trace rays from every grid point, light their hits with lamp, sun and plain ambient light, and average them."""
    from vantage.rooms.tracing import intersect, radiance

    extent = np.array(room.size)
    counts = np.maximum(np.ceil(extent / SPACING).astype(int), 2)
    low = np.array([-extent[0] / 2, -extent[1] / 2, 0.0]) + (extent - (counts - 1) * SPACING) / 2
    axes = [low[k] + SPACING * np.arange(counts[k]) for k in range(3)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.float32)
    directions = even_directions(RAYS)
    origins = np.repeat(grid, RAYS, axis=0)
    rays = np.tile(directions, (len(grid), 1))
    plain = dataclasses.replace(geometry, volume=constant_volume(room.lights.ambient_colour))
    hits = intersect(plain, origins, rays)
    light = radiance(room, plain, rays, hits, pixel_angle=0.2, shadow_rays=1).reshape(len(grid), RAYS, 3)
    behind = hits.backfaces.reshape(len(grid), RAYS)
    light[behind] = 0
    cells = np.zeros((len(grid), 19), dtype=np.float32)
    for k in range(6):
        axis = np.zeros(3, dtype=np.float32)
        axis[k // 2] = 1.0 if k % 2 == 0 else -1.0
        weight = np.maximum(directions @ axis, 0)
        cells[:, 3 * k : 3 * k + 3] = np.einsum("nrc,r->nc", light, weight / weight.sum())
    # A share of the plain ambient colour stands for the further bounces.
    cells[:, :18] += 0.35 * np.tile(np.array(room.lights.ambient_colour, dtype=np.float32), 6)
    # Never quite 0, so that a point walled in on all sides still has some light.
    cells[:, 18] = np.where(behind.mean(axis=1) > BACKFACE_LIMIT, 1e-4, 1.0)
    seen = light[~behind.any(axis=1)].reshape(-1, 3)
    level = float(np.mean(np.clip(seen, 0, 1.5) @ np.array([0.2126, 0.7152, 0.0722]))) if len(seen) else MEAN_LEVEL
    return LightVolume(
        cells=cells.reshape(*counts, 19), low=low, spacing=SPACING, exposure=MEAN_LEVEL / max(level, 1e-3)
    )
