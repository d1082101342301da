"""The room's diffuse light, baked once, and the exposure that makes a room neither dark nor pale.

The light is a grid of ambient cubes (McTaggart, "Half-Life 2 / Valve Source Shading", GDC 2004) from two bounces of
lamps, windows and sun. Every view of a room gets the same light.
"""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Float64
from scipy.ndimage import convolve1d

from vantage.rooms.rendering import bounce

if TYPE_CHECKING:
    from vantage.rooms.rendering.assembly import Geometry
    from vantage.rooms.scene import Room

SPACING = 0.25
"""Metres between grid points: half the size of the furniture that should darken its surroundings."""
RAYS = 32
"""Directions per grid point; the six axis directions then average at least 10 each."""
LIGHT_POINTS = 4
"""Rays from a grid point to each light: what share of it the surroundings of the point see."""
BOUNCES = 2
"""Each is lit by the one before; a third would add 5% of the light (0.36 mean albedo cubed)."""
BRIGHTEST = 0.9
"""Most light that one ray may bring, linear; a third of what a white surface in the sun sends back."""
BACKFACE_LIMIT = 0.25
"""A grid point is inside something when more of its rays than this meet faces from behind."""
MEAN_LEVEL = 0.34
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
    """Trace rays from every grid point, light their hits, and average them; then once more with that light."""
    from vantage.rooms.rendering.tracing import intersect, light_shares, sun_shares

    extent = np.array(room.size)
    counts = np.maximum(np.ceil(extent / SPACING).astype(int), 2)
    low = np.array([-extent[0] / 2, -extent[1] / 2, 0.0]) + (extent - (counts - 1) * SPACING) / 2
    axes = [low[k] + SPACING * np.arange(counts[k]) for k in range(3)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.float32)
    directions = even_directions(RAYS)
    rays = np.tile(directions, (len(grid), 1))
    hits = intersect(geometry, np.repeat(grid, RAYS, axis=0), rays)
    behind = hits.backfaces.reshape(len(grid), RAYS).mean(axis=1)
    cells = np.empty((*counts, 19), dtype=np.float32)
    cells[..., :18] = np.tile(np.array(room.lights.ambient_colour, dtype=np.float32), 6)
    # Never quite 0, so that a point walled in on all sides still has some light.
    cells[..., 18] = np.where(behind > BACKFACE_LIMIT, 1e-4, 1.0).reshape(counts)
    seen = light_shares(geometry, grid, LIGHT_POINTS).reshape(*counts, len(geometry.lights))
    sun = np.array([room.lights.sun_direction, room.lights.sun_colour])
    sun_seen = sun_shares(room, geometry, hits)
    weights = np.maximum(np.concatenate([(directions.T, -directions.T)]).transpose(1, 0, 2).reshape(6, RAYS), 0)
    weights /= weights.sum(axis=1, keepdims=True)
    light = np.empty((len(rays), 3), dtype=np.float32)
    for _ in range(BOUNCES):
        bounce.bounced(
            hits.triangle,
            hits.points,
            hits.normals,
            hits.backfaces,
            sun_seen,
            geometry.face_surfaces,
            geometry.surfaces,
            geometry.lights,
            sun,
            seen,
            cells,
            low,
            SPACING,
            light,
        )
        ambient = np.array(room.lights.ambient_colour)
        # Few rays meet a bright patch of sun, and what one more or less brings would show as blotches on the walls.
        np.minimum(light, BRIGHTEST, out=light)
        bounce.gather(light.reshape(len(grid), RAYS, 3), weights, ambient, cells.reshape(len(grid), 19))
        _smooth(cells)
    level = bounce.mean_level(light, hits.backfaces, 1.5)
    exposure = MEAN_LEVEL * room.lights.level / max(level, 1e-3)
    return LightVolume(cells=cells, low=low, spacing=SPACING, exposure=exposure)


def _smooth(cells: Float32[np.ndarray, "x y z 19"]) -> None:
    """Average the light of neighbouring grid points (1 2 1 along each axis), in place; those in solids do not count."""
    weight = cells[..., 18:].copy()
    total = cells[..., :18] * weight
    for axis in range(3):
        total = convolve1d(total, (0.25, 0.5, 0.25), axis=axis, mode="nearest")
        weight = convolve1d(weight, (0.25, 0.5, 0.25), axis=axis, mode="nearest")
    cells[..., :18] = total / weight
