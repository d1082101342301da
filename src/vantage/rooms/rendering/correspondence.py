"""Dense correspondences: where each pixel of one view lies in another, and whether it is seen there."""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float, Float32

from vantage.geometry import Camera
from vantage.rooms.rendering.render import RoomRendering, camera_rays
from vantage.rooms.rendering.tracing import blocked, intersect
from vantage.rooms.scene import Room

ARRIVED = np.float32(1 - 1e-4)
"""Ray parameter at which a ray back to the camera ends: just before it, for the ray tracer's rounding."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Correspondences:
    """For each pixel of view A, its place in view B."""

    pixels: Float32[np.ndarray, "h w 2"]
    """Column and row in B of the surface point at the centre of A's pixel; a pixel's centre lies at a half. NaN where
    the point is behind B's camera or A's pixel shows nothing."""
    depth: Float32[np.ndarray, "h w"]
    """The point's z-depth in B, metres; NaN likewise."""
    inside: Bool[np.ndarray, "h w"]
    """Whether that place lies within B's picture."""
    visible: Bool[np.ndarray, "h w"]
    """Whether it does, and nothing stands between the point and B's camera."""


def correspondences(
    room: Room,
    camera_a: Camera,
    world_from_a: Float[np.ndarray, "4 4"],
    camera_b: Camera,
    world_from_b: Float[np.ndarray, "4 4"],
) -> Correspondences:
    """Return where the pixels of view A lie in view B.

    Visibility is asked of the ray tracer, a ray from each point to B's camera, so it needs no tolerance of depth and
    knows the sub-pixel place. A surface seen from behind in B counts as hidden.

    Args:
        room: what both views show.
        camera_a: of view A.
        world_from_a: its rigid pose, metres.
        camera_b: of view B.
        world_from_b: its rigid pose, metres.
    """
    geometry = room.geometry
    shape = (camera_a.height, camera_a.width)
    origin, rays = camera_rays(camera_a, world_from_a)
    hits = intersect(geometry, origin, rays)
    # Points from the depth rather than the ray tracer's float32 sums, as users of the depth map would get them.
    points = rays * hits.distance[:, None].astype(np.float64) + world_from_a[:3, 3]
    local = (points - world_from_b[:3, 3]) @ world_from_b[:3, :3]
    front = (hits.triangle >= 0) & (local[:, 2] > 1e-6)
    depth = np.where(front, local[:, 2], np.nan)
    place = local[:, :2] / depth[:, None] * [camera_b.fx, camera_b.fy] + [camera_b.cx, camera_b.cy]
    inside = front & np.all((place >= 0) & (place < [camera_b.width, camera_b.height]), axis=1)
    visible = inside.copy()
    asked = np.flatnonzero(inside)
    towards = world_from_b[:3, 3] - hits.starts[asked]
    back = np.concatenate([hits.starts[asked], towards], axis=1).astype(np.float32)
    # The start lies on A's side of the surface; from its other side B sees another surface, or this one from behind.
    same_side = np.einsum("ij,ij->i", towards, hits.starts[asked] - hits.points[asked]) > 0
    free = blocked(geometry, back, np.full(len(asked), ARRIVED)) < 0
    visible[asked] = free & same_side
    return Correspondences(
        pixels=place.astype(np.float32).reshape(*shape, 2),
        depth=depth.astype(np.float32).reshape(shape),
        inside=inside.reshape(shape),
        visible=visible.reshape(shape),
    )


def warp_back(
    found: Correspondences, view_b: RoomRendering, tolerance: float = 0.02
) -> tuple[Float32[np.ndarray, "h w 3"], Bool[np.ndarray, "h w"]]:
    """Return view B's colours at the places of view A's pixels, and where its depth map agrees that they are seen.

    Args:
        found: correspondences from A to B.
        view_b: the rendering of B.
        tolerance: greatest difference of depth, as a share of it.
    """
    columns = np.nan_to_num(found.pixels[..., 0], nan=0).astype(np.int64).clip(0, view_b.depth.shape[1] - 1)
    rows = np.nan_to_num(found.pixels[..., 1], nan=0).astype(np.int64).clip(0, view_b.depth.shape[0] - 1)
    there = view_b.depth[rows, columns]
    agrees = found.inside & (np.abs(there - np.nan_to_num(found.depth)) < tolerance * there)
    return view_b.rgb[rows, columns], agrees
