"""Glass that is seen through: what lies behind it is shaded too, and mixed with its own colour and shine."""

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from vantage.rooms.rendering.assembly import Geometry
from vantage.rooms.rendering.occlusion import BLOCK
from vantage.rooms.rendering.tracing import Hits, intersect, light_shading, sun_shares, visibility_counts

if TYPE_CHECKING:
    from vantage.rooms.scene import Room

LAYERS = 6
"""Panes that a look goes through: both walls of a bottle, twice, and a pane behind it. A further one is opaque."""
STEP = np.float32(1e-3)
"""Metres by which rays go on behind a surface; glass thinner than this is one layer."""
WALL_LOSS = 0.93
"""Share of light that each further surface of the same glass lets through."""


def see_through(
    room: "Room",
    geometry: Geometry,
    directions: Float32[np.ndarray, "n 3"],
    hits: Hits,
    linear: Float32[np.ndarray, "n 3"],
    *,
    pixel_angle: float,
    shadow_rays: int,
) -> None:
    """Mix into the colour of samples that met glass what lies behind it, in place.

    Args:
        room: what is looked at.
        geometry: its triangles.
        directions: of the rays.
        hits: what they met.
        linear: their linear light, changed where they met glass.
        pixel_angle: size of a pixel in radians.
        shadow_rays: rays to each light from behind the glass; 0 for none.
    """
    rows = geometry.face_surfaces[np.maximum(hits.triangle, 0)]
    clear = np.where(hits.triangle >= 0, geometry.surfaces[rows, 28], 0)
    glass = np.flatnonzero(clear > 0)
    if len(glass) == 0:
        return
    colour = geometry.surfaces[rows[glass], 15:18]
    share = clear[glass, None] * (0.35 + 0.65 * colour / np.maximum(colour.max(axis=1, keepdims=True), 1e-3))
    behind = np.zeros((len(glass), 3), dtype=np.float32)
    waiting, points = np.arange(len(glass)), hits.points[glass]
    for layer in range(LAYERS):
        rays = np.ascontiguousarray(directions[glass[waiting]])
        length = np.linalg.norm(rays, axis=1, keepdims=True)
        found = intersect(geometry, points + STEP * rays / length, rays)
        through = geometry.surfaces[geometry.face_surfaces[np.maximum(found.triangle, 0)], 28] > 0
        ends = np.flatnonzero(~through | (layer == LAYERS - 1))
        if len(ends):
            seen = found.part(ends)
            behind[waiting[ends]] = _light(room, geometry, rays[ends], seen, pixel_angle, shadow_rays)
        on = np.flatnonzero(through)
        share[waiting[on]] *= WALL_LOSS
        waiting, points = waiting[on], found.points[on]
        if len(waiting) == 0:
            break
    linear[glass] = (1 - clear[glass, None]) * linear[glass] + share * behind


def _light(
    room: "Room",
    geometry: Geometry,
    rays: Float32[np.ndarray, "n 3"],
    hits: Hits,
    pixel_angle: float,
    shadow_rays: int,
) -> Float32[np.ndarray, "n 3"]:
    visible = np.ones((len(rays), len(geometry.lights) + 1), dtype=np.float32)
    sun = np.zeros(len(rays), dtype=np.float32)
    if shadow_rays > 0:
        block = (np.arange(len(rays)) % (BLOCK * BLOCK)).astype(np.int32)
        asked, free = visibility_counts(geometry, hits, block, shadow_rays)
        visible = np.where(asked > 0, free / np.maximum(asked, 1), np.float32(1))
        sun = sun_shares(room, geometry, hits)
    return light_shading(room, geometry, rays, hits, visible, sun, pixel_angle=pixel_angle)[0]
