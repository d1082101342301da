"""`render_view`: picture, depth, normals and label maps of a room from one camera."""

import dataclasses

import numpy as np
from jaxtyping import Float, Float32, Int32, UInt8

from vantage.geometry import Camera
from vantage.rooms.rendering import developing, shadows
from vantage.rooms.rendering.edges import edge_causes
from vantage.rooms.rendering.glass import see_through
from vantage.rooms.rendering.occlusion import BLOCK, borrow_visible, share_visible
from vantage.rooms.rendering.tracing import Hits, intersect, light_shading, sun_shares, visibility_counts
from vantage.rooms.scene import Room

SUBPIXELS = np.array([[-0.125, -0.375], [0.375, -0.125], [0.125, 0.375], [-0.375, 0.125]])
"""Offsets of the four samples of an edge pixel: the rotated grid, which separates near-level edges best."""
CHUNK = 16384
"""Rays traced at once: their arrays (about 2 MB) then stay in the processor's cache."""
ROUGH = 0.07
"""Difference in sRGB between neighbours from which a pixel is supersampled (eighteen of 255 levels: a visible step)."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RoomRendering:
    """Everything one camera sees of a room; all maps are sampled at pixel centres."""

    rgb: Float32[np.ndarray, "h w 3"]
    """sRGB in [0, 1]."""
    depth: Float32[np.ndarray, "h w"]
    """z-depth in metres; 0 where nothing is met (never inside a closed room)."""
    instances: Int32[np.ndarray, "h w"]
    """Instance numbers, as `Room.objects`."""
    classes: Int32[np.ndarray, "h w"]
    """Class numbers, as `Room.class_names`."""
    normals: Float32[np.ndarray, "h w 3"]
    """Unit shading normals in the world frame, facing the camera."""
    parts: Int32[np.ndarray, "h w"]
    """Indices of `part_names.PART_NAMES`."""
    albedo: Float32[np.ndarray, "h w 3"] | None = None
    """Colour of the surface itself, linear."""
    shading: Float32[np.ndarray, "h w 3"] | None = None
    """Light that falls on it, linear and exposed: without highlights and glow the picture is the sRGB of their
    product."""
    visibility: Float32[np.ndarray, "h w"] | None = None
    """Share of the light of lamps, windows and sun that nothing blocks, 0 to 1."""
    edges: UInt8[np.ndarray, "h w"] | None = None
    """Edges by cause, as bits: 1 depth, 2 crease, 4 texture, 8 shadow (`edges`)."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class _Frame:
    """The first hits of a picture's pixels and what they see of the lights."""

    hits: Hits
    visible: Float32[np.ndarray, "h w k"]
    sun: Float32[np.ndarray, " n"]


def camera_rays(
    camera: Camera, world_from_camera: Float[np.ndarray, "4 4"]
) -> tuple[Float32[np.ndarray, "1 3"], Float32[np.ndarray, "n 3"]]:
    """Return the camera's centre and one ray per pixel, scaled so that the ray parameter is z-depth; world frame."""
    rays = camera.rays().reshape(-1, 3) @ world_from_camera[:3, :3].T
    return world_from_camera[None, :3, 3].astype(np.float32), rays.astype(np.float32)


def render_view(
    room: Room,
    camera: Camera,
    world_from_camera: Float[np.ndarray, "4 4"],
    *,
    antialias: bool = True,
    shadow_rays: int = 1,
    maps: bool = False,
) -> RoomRendering:
    """Render a room.

    Args:
        room: what to look at.
        camera: pinhole camera; its size is the picture's.
        world_from_camera: rigid pose, metres.
        antialias: sample pixels at edges four times (colour only; maps always hold the pixel centre's value).
        shadow_rays: rays to each light per pixel; pixels of a 3x3 block share theirs, so 1 gives soft shadows already
            and 4 finer ones. 0 leaves out shadows and ambient occlusion.
        maps: also return albedo, shading, visibility and edges; shadow edges need `shadow_rays`.
    """
    geometry = room.geometry
    shape = (camera.height, camera.width)
    origin, rays = camera_rays(camera, world_from_camera)
    pixel_angle = 1.0 / camera.fx
    hits = intersect(geometry, origin, rays)
    frame = _see_lights(room, hits, shape, shadow_rays)
    kinds = frame.visible.shape[2]
    linear, albedo, arriving = light_shading(
        room, geometry, rays, hits, frame.visible.reshape(-1, kinds), frame.sun, pixel_angle=pixel_angle, parts=maps
    )
    see_through(room, geometry, rays, hits, linear, pixel_angle=pixel_angle, shadow_rays=shadow_rays)
    rgb = np.zeros((len(rays), 3), dtype=np.float32)
    developing.tone_map(linear, geometry.volume.exposure, rgb)
    labels = np.zeros((3, len(rays)), dtype=np.int32)
    developing.surface_labels(hits.triangle, geometry.face_surfaces, geometry.surfaces, labels)
    instances, classes, parts = labels.reshape(3, *shape)
    image = rgb.reshape(*shape, 3)
    if antialias:
        _smooth_edges(room, camera, world_from_camera, image, instances, frame, shadow_rays)
    plain = RoomRendering(
        rgb=image,
        depth=np.where(hits.triangle >= 0, hits.distance, np.float32(0)).reshape(shape),
        instances=instances,
        classes=classes,
        normals=hits.normals.reshape(*shape, 3),
        parts=parts,
    )
    if not maps:
        return plain
    sun = np.array([room.lights.sun_direction, room.lights.sun_colour])
    share = np.empty(len(rays), dtype=np.float32)
    visible = frame.visible.reshape(-1, kinds)
    shadows.lit_share(hits.triangle, hits.points, hits.normals, visible, frame.sun, geometry.lights, sun, share)
    albedo, arriving = albedo.reshape(*shape, 3), arriving.reshape(*shape, 3) * np.float32(geometry.volume.exposure)
    points = hits.points.reshape(*shape, 3)
    edges = edge_causes(points, plain.normals, plain.depth, instances, albedo, share.reshape(shape), pixel_angle)
    return dataclasses.replace(plain, albedo=albedo, shading=arriving, visibility=share.reshape(shape), edges=edges)


def _see_lights(room: Room, hits: Hits, shape: tuple[int, int], shadow_rays: int) -> _Frame:
    """Find what every pixel sees of the lights, shared over 3x3 blocks."""
    geometry = room.geometry
    kinds = len(geometry.lights) + 1
    count = shape[0] * shape[1]
    if shadow_rays == 0:
        return _Frame(
            hits=hits,
            visible=np.ones((*shape, kinds), dtype=np.float32),
            sun=np.zeros(count, dtype=np.float32),
        )
    y, x = np.divmod(np.arange(count, dtype=np.int32), np.int32(shape[1]))
    block = y % BLOCK * BLOCK + x % BLOCK
    asked, free = np.empty((count, kinds), dtype=np.float32), np.empty((count, kinds), dtype=np.float32)
    for start in range(0, count, CHUNK):
        part = slice(start, start + CHUNK)
        asked[part], free[part] = visibility_counts(geometry, hits.part(part), block[part], shadow_rays)
    visible = np.empty((*shape, kinds), dtype=np.float32)
    share_visible(
        asked.reshape(*shape, kinds),
        free.reshape(*shape, kinds),
        hits.points.reshape(*shape, 3),
        hits.normals.reshape(*shape, 3),
        hits.distance.reshape(shape),
        visible,
    )
    return _Frame(hits=hits, visible=visible, sun=sun_shares(room, geometry, hits))


def _smooth_edges(
    room: Room,
    camera: Camera,
    world_from_camera: Float[np.ndarray, "4 4"],
    image: Float32[np.ndarray, "h w 3"],
    instances: Int32[np.ndarray, "h w"],
    frame: _Frame,
    shadow_rays: int,
) -> None:
    """Replace pixels that differ from a neighbour by the mean of four samples, in place."""
    rough = np.zeros(instances.shape, dtype=bool)
    developing.rough_pixels(image, instances, ROUGH, rough)
    v, u = np.nonzero(rough)
    if len(u) == 0:
        return
    x = (u[:, None] + 0.5 + SUBPIXELS[:, 0] - camera.cx) / camera.fx
    y = (v[:, None] + 0.5 + SUBPIXELS[:, 1] - camera.cy) / camera.fy
    local = np.stack([x, y, np.ones_like(x)], axis=-1).reshape(-1, 3)
    rays = (local @ world_from_camera[:3, :3].T).astype(np.float32)
    columns, rows = (np.repeat(a.astype(np.int32), len(SUBPIXELS)) for a in (u, v))
    origin = world_from_camera[None, :3, 3].astype(np.float32)
    fine = np.zeros((len(rays), 3), dtype=np.float32)
    for start in range(0, len(rays), CHUNK):
        part = slice(start, start + CHUNK)
        hits = intersect(room.geometry, origin, rays[part])
        visible, sun = _borrow(room, frame, hits, columns[part], rows[part], shadow_rays)
        linear, _, _ = light_shading(room, room.geometry, rays[part], hits, visible, sun, pixel_angle=0.5 / camera.fx)
        see_through(
            room, room.geometry, rays[part], hits, linear, pixel_angle=0.5 / camera.fx, shadow_rays=min(shadow_rays, 1)
        )
        developing.tone_map(linear, room.geometry.volume.exposure, fine[part])
    image[v, u] = fine.reshape(-1, len(SUBPIXELS), 3).mean(axis=1)


def _borrow(
    room: Room, frame: _Frame, hits: Hits, columns: np.ndarray, rows: np.ndarray, shadow_rays: int
) -> tuple[Float32[np.ndarray, "n k"], Float32[np.ndarray, " n"]]:
    """Return what samples see of the lights: as the next pixel on their surface, or asked anew where there is none."""
    shape = frame.visible.shape
    visible = np.zeros((len(columns), shape[2]), dtype=np.float32)
    if shadow_rays == 0:
        return visible + 1, np.zeros(len(columns), dtype=np.float32)
    found = np.zeros(len(columns), dtype=bool)
    borrow_visible(
        columns,
        rows,
        hits.points,
        hits.normals,
        frame.hits.points.reshape(*shape[:2], 3),
        frame.hits.normals.reshape(*shape[:2], 3),
        frame.hits.distance.reshape(shape[:2]),
        frame.visible,
        visible,
        found,
    )
    alone = np.flatnonzero(~found)
    block = (np.arange(len(alone)) % (BLOCK * BLOCK)).astype(np.int32)
    asked, free = visibility_counts(room.geometry, hits.part(alone), block, shadow_rays)
    visible[alone] = np.where(asked > 0, free / np.maximum(asked, 1), 1)
    return visible, sun_shares(room, room.geometry, hits)
