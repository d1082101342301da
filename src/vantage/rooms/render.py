"""`render_view`: picture, depth, normals and label maps of a room from one camera."""

import dataclasses

import numpy as np
from jaxtyping import Float, Float32, Int32

from vantage.geometry import Camera
from vantage.rooms import shading
from vantage.rooms.scene import Room
from vantage.rooms.tracing import intersect, radiance

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
    shadow_rays: int = 4,
) -> RoomRendering:
    """Render a room.

    Args:
        room: what to look at.
        camera: pinhole camera; its size is the picture's.
        world_from_camera: rigid pose, metres.
        antialias: sample pixels at edges four times (colour only; maps always hold the pixel centre's value).
        shadow_rays: rays to the lamp per hit: 1 gives hard shadows, 4 soft ones, 0 none.
    """
    geometry = room.geometry
    shape = (camera.height, camera.width)
    origin, rays = camera_rays(camera, world_from_camera)
    pixel_angle = 1.0 / camera.fx
    hits = intersect(geometry, origin, rays)
    linear = radiance(room, geometry, rays, hits, pixel_angle=pixel_angle, shadow_rays=shadow_rays)
    rgb = np.zeros((len(rays), 3), dtype=np.float32)
    shading.tone_map(linear, geometry.volume.exposure, rgb)
    met = hits.triangle >= 0
    rows = geometry.surfaces[geometry.face_surfaces[np.maximum(hits.triangle, 0)], 24:26]
    labels = np.where(met[:, None], rows, 0).astype(np.int32)
    image, instances = rgb.reshape(*shape, 3), labels[:, 0].reshape(shape)
    if antialias:
        _smooth_edges(room, camera, world_from_camera, image, instances, pixel_angle, shadow_rays)
    return RoomRendering(
        rgb=image,
        depth=np.where(met, hits.distance, 0).astype(np.float32).reshape(shape),
        instances=np.ascontiguousarray(instances),
        classes=np.ascontiguousarray(labels[:, 1].reshape(shape)),
        normals=hits.normals.reshape(*shape, 3),
    )


def _smooth_edges(
    room: Room,
    camera: Camera,
    world_from_camera: Float[np.ndarray, "4 4"],
    image: Float32[np.ndarray, "h w 3"],
    instances: Int32[np.ndarray, "h w"],
    pixel_angle: float,
    shadow_rays: int,
) -> None:
    """Replace pixels that differ from a neighbour by the mean of four samples, in place."""
    rough = np.zeros(instances.shape, dtype=bool)
    shading.rough_pixels(image, instances, ROUGH, rough)
    v, u = np.nonzero(rough)
    if len(u) == 0:
        return
    x = (u[:, None] + 0.5 + SUBPIXELS[:, 0] - camera.cx) / camera.fx
    y = (v[:, None] + 0.5 + SUBPIXELS[:, 1] - camera.cy) / camera.fy
    local = np.stack([x, y, np.ones_like(x)], axis=-1).reshape(-1, 3)
    rays = (local @ world_from_camera[:3, :3].T).astype(np.float32)
    origin = world_from_camera[None, :3, 3].astype(np.float32)
    fine = np.zeros((len(rays), 3), dtype=np.float32)
    for start in range(0, len(rays), CHUNK):
        part = slice(start, start + CHUNK)
        hits = intersect(room.geometry, origin, rays[part])
        linear = radiance(
            room, room.geometry, rays[part], hits, pixel_angle=0.5 * pixel_angle, shadow_rays=min(shadow_rays, 1)
        )
        shading.tone_map(linear, room.geometry.volume.exposure, fine[part])
    image[v, u] = fine.reshape(-1, len(SUBPIXELS), 3).mean(axis=1)
