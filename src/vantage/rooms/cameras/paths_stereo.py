"""Pairs of views that share a chosen part of what they see."""

import numpy as np
from jaxtyping import Float

from vantage.errors import DataError
from vantage.geometry import Camera
from vantage.rooms.cameras.paths_random import random_looks
from vantage.rooms.cameras.poses import Pose, Poses, gaze, look_at_poses
from vantage.rooms.cameras.survey import CLEARANCE, SURVEY_COLUMNS, are_free, survey_many
from vantage.rooms.scene import Room

TOLERANCE = 0.05
"""Greatest difference between the overlap that is asked for and that of a pair."""
DIRECTIONS = 6
"""Ways of leaving the first pose that are tried at once."""
STEPS = 8
"""Poses tried on each way."""
ROUNDS = 12
"""How often new ways are drawn for one pair."""
FURTHEST = (1.2, 0.35, 1.6)
"""Ends of the ways: metres sideways, metres up, and radians of turn. Beyond them, nothing is shared in a room."""
SAME_POINT = 0.02
"""How much nearer than a point something may be, as a share of its depth, before it hides the point."""


def overlap(room: Room, camera: Camera, first: Pose, others: Poses) -> Float[np.ndarray, " n"]:
    """Return the share of the first view's pixels whose points the other views see, by coarse rays.

    Args:
        room: what is seen.
        camera: of all views.
        first: `world_from_camera` of the first view.
        others: of the others.
    """
    seen = survey_many(room, camera, first[None], columns=SURVEY_COLUMNS)
    rows = seen.depth.shape[1]
    rays = camera.resized(SURVEY_COLUMNS, rows).rays()
    points = ((rays * seen.depth[0][..., None]) @ first[:3, :3].T + first[:3, 3]).reshape(-1, 3)
    away = points[None] - others[:, None, :3, 3]
    local = np.einsum("nki,nij->nkj", away, others[:, :3, :3])
    z = np.maximum(local[..., 2], 1e-9)
    u, v = local[..., 0] / z * camera.fx + camera.cx, local[..., 1] / z * camera.fy + camera.cy
    inside = (local[..., 2] > 0) & (u >= 0) & (u < camera.width) & (v >= 0) & (v < camera.height)
    # A ray as long as the way to the point; what it meets before its end hides the point.
    which, point = np.nonzero(inside)
    if len(which):
        origins, directions = others[which, :3, 3].astype(np.float32), away[which, point].astype(np.float32)
        reach = room.geometry.scene.run(origins, directions, output=True)["tfar"]
        inside[which, point] = reach >= 1 - SAME_POINT
    return inside.mean(axis=1)


def stereo(room: Room, camera: Camera, views: int, rng: np.random.Generator, *, share: float = 0.5) -> list[Pose]:
    """Make pairs (2k, 2k + 1) of which the second sees `share` of the first's pixels, within 0.05.

    Args:
        room: where.
        camera: of both.
        views: how many; even.
        rng: source of all draws.
        share: of the first view's pixels whose points the second sees, measured by depth; in (0, 1).

    Raises:
        DataError: no such pair was found.
    """
    result: list[Pose] = []
    misses = 0
    firsts = random_looks(room, camera, views // 2, rng)
    while firsts:
        first = firsts.pop(0)
        second = _partner(room, camera, first, share, rng)
        if second is not None:
            result += [first, second]
            continue
        misses += 1
        if misses > views:
            raise DataError(f"room {room.seed}: no pair of views with an overlap of {share} was found")
        firsts += random_looks(room, camera, 1, rng)
    return result


def _partner(room: Room, camera: Camera, first: Pose, share: float, rng: np.random.Generator) -> Pose | None:
    """Return a pose that shares as much as asked with the first, or None when no way from it leads to one."""
    forward = first[:3, 2]
    yaw, pitch = float(np.arctan2(forward[1], forward[0])), float(np.arcsin(forward[2]))
    side, rise, turn = FURTHEST
    for _ in range(ROUNDS):
        shift = rng.uniform(-1, 1, size=(DIRECTIONS, 3)) * np.array([side, side, rise])
        turned, nodded = rng.uniform(-turn, turn, size=DIRECTIONS), rng.uniform(-0.25, 0.25, size=DIRECTIONS)
        # Small steps at first: little overlap is lost there, and much is often asked for.
        along = ((np.arange(STEPS) + 1) / STEPS)[:, None] ** 1.5
        eyes = (first[:3, 3] + along[..., None] * shift).reshape(-1, 3)
        pitches = np.clip(pitch + along * nodded, -1.2, 1.2).ravel()
        poses = look_at_poses(eyes, eyes + gaze((yaw + along * turned).ravel(), pitches))
        poses = poses[are_free(room, eyes)]
        if len(poses) == 0:
            continue
        wrong = np.abs(overlap(room, camera, first, poses) - share)
        near = np.flatnonzero(wrong <= 0.8 * TOLERANCE)
        near = near[survey_many(room, camera, poses[near]).nearest() >= CLEARANCE] if len(near) else near
        if len(near):
            return poses[int(rng.choice(near))]
    return None
