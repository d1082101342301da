"""Paths round a room: an orbit about its main surface, and a walk with the camera in the hand."""

import math

import numpy as np
from jaxtyping import Float

from vantage.errors import DataError
from vantage.geometry import Camera
from vantage.rooms.cameras.poses import Pose, Poses, gaze, look_at_poses, rolled, smoothest
from vantage.rooms.cameras.survey import CLEARANCE, WALL_MARGIN, are_free, framing, on_floor, survey_many
from vantage.rooms.scene import Room

ORBIT_FAR = 2.6
"""Greatest radius of an orbit, metres: further off, things on a table are a few pixels."""
ORBIT_STEPS = (1.0, 0.88, 0.76, 0.64, 0.52)
"""Shares of the free way outwards at which an orbit may stand; from the outside in."""
WALK_STEPS = (0.25, 0.37, 0.49, 0.61, 0.73, 0.85)
"""The same for a walk."""
WALK_TURNS = (0.8, 1.4, 2.0, 2.6)
"""Angles from the way outwards at which a walk may look, radians: outwards and ahead to across the room."""
OUTER_BONUS = 0.5
"""Points of framing by which the outermost radius of an orbit is better than none: from there the room is whole."""
PITCHES = (math.radians(-26), math.radians(-5))
"""Least and greatest rise of the gaze: a person who takes a picture of a room looks down by 5 to 26 degrees."""
SMOOTHNESS = 0.5
"""Points of framing that a metre (or a radian) between neighbours costs."""
UNEVEN = 0.35
"""Points of framing that a place costs in which furniture keeps a person from standing; all round a bed or in a corner
there may be no other."""
SHAKE = math.radians(0.6)
"""Standard deviation of a hand's turn between views, radians; about what optical stabilisers are built for."""
SWAY = 0.008
"""Standard deviation of a hand's place between views, metres."""


def orbit(room: Room, camera: Camera, views: int, rng: np.random.Generator) -> list[Pose]:
    """Go once round the room's main surface at a height of 1.2 to 1.7 m, looking at it."""
    focus = np.array(room.focus)
    phase, wave = (float(x) for x in rng.uniform(0, 2 * np.pi, size=2))
    angles = phase + 2 * np.pi * np.arange(views) / views
    reach = np.array([room.plan.reach(room.focus[:2], float(a), WALL_MARGIN + 0.02) for a in angles])
    # (radius, lift, aim): the aim is how far beyond the focus the gaze meets its height.
    grid = np.array([(r, lift, aim) for r in ORBIT_STEPS for lift in (-0.12, 0.12) for aim in (0.0, 0.6)])
    radius = np.minimum(reach, ORBIT_FAR)[:, None] * grid[:, 0]
    height = 1.45 + 0.12 * np.sin(3 * angles + wave)[:, None] + grid[:, 1]
    eyes = np.stack(
        [
            focus[0] + radius * np.cos(angles)[:, None],
            focus[1] + radius * np.sin(angles)[:, None],
            np.clip(height, 1.2, min(1.7, room.height - 0.25)),
        ],
        axis=-1,
    )
    yaw = angles + np.pi + 0.12 * np.sin(2 * angles + wave)
    pitch = np.arctan2(focus[2] - eyes[..., 2], radius + 0.2 + grid[:, 2])
    pitch = np.clip(pitch, *PITCHES)
    bonus = OUTER_BONUS * np.broadcast_to(grid[:, 0], pitch.shape)
    return _chosen(room, camera, eyes, np.broadcast_to(yaw[:, None], pitch.shape), pitch, bonus, rng)


def walk(room: Room, camera: Camera, views: int, rng: np.random.Generator) -> list[Pose]:
    """Walk once round the room with the camera in the hand, looking ahead and outwards; it sways, shakes and rolls."""
    # Every floor point of an L can be seen from its middle, so a loop about it comes into both arms.
    centre = np.zeros(2) if room.plan.notch else np.array(room.focus[:2]) * 0.5
    phase = float(rng.uniform(0, 2 * np.pi))
    angles = phase + 2 * np.pi * np.arange(views) / views
    reach = np.array([room.plan.reach((float(centre[0]), float(centre[1])), float(a), WALL_MARGIN) for a in angles])
    grid = np.array([(r, turn, p) for r in WALK_STEPS for turn in WALK_TURNS for p in (-0.12, -0.28)])
    radius = reach[:, None] * grid[:, 0]
    # A walker's eye rises and falls by a few centimetres with each step; two steps a metre.
    height = 1.5 + 0.025 * np.sin(4 * np.pi * np.arange(views) * _stride(radius, views))
    eyes = np.stack(
        [
            centre[0] + radius * np.cos(angles)[:, None],
            centre[1] + radius * np.sin(angles)[:, None],
            np.broadcast_to(height[:, None], radius.shape),
        ],
        axis=-1,
    )
    yaw, pitch = angles[:, None] + grid[:, 1], np.broadcast_to(grid[:, 2], radius.shape)
    poses = _chosen(room, camera, eyes, yaw, pitch, np.zeros(radius.shape), rng)
    return _in_hand(room, camera, poses, rng)


def _stride(radius: Float[np.ndarray, "n c"], views: int) -> float:
    """Return the way between two views of a loop, metres."""
    return float(2 * np.pi * np.median(radius) / views)


def _chosen(
    room: Room,
    camera: Camera,
    eyes: Float[np.ndarray, "n c 3"],
    yaw: Float[np.ndarray, "n c"],
    pitch: Float[np.ndarray, "n c"],
    bonus: Float[np.ndarray, "n c"],
    rng: np.random.Generator,
) -> list[Pose]:
    """Return the best framed smooth row of the candidates; steps that have none get one from anywhere."""
    poses = look_at_poses(eyes.reshape(-1, 3), (eyes + gaze(yaw, pitch)).reshape(-1, 3))
    free = are_free(room, poses[:, :3, 3])
    scores = np.full(len(poses), -np.inf)
    if free.any():
        scores[free] = framing(survey_many(room, camera, poses[free]))
        scores -= UNEVEN * ~on_floor(room, poses[:, :3, 3])
    places = np.concatenate([eyes, yaw[..., None], pitch[..., None]], axis=-1)
    chosen = smoothest(scores.reshape(pitch.shape) + bonus, places, SMOOTHNESS)
    table = poses.reshape(*pitch.shape, 4, 4)
    result = []
    for step, pick in enumerate(chosen):
        if pick >= 0:
            result.append(table[step, pick])
        else:
            result.append(anywhere(room, camera, float(yaw[step, 0]), rng))
    return result


def _in_hand(room: Room, camera: Camera, poses: list[Pose], rng: np.random.Generator) -> list[Pose]:
    """Shake a row of poses as a hand does; where that would touch something, less."""
    result = []
    turn, place = np.zeros(3), np.zeros(3)
    for pose in poses:
        # A first-order process: half of each deviation is left at the next view, so neighbours shake alike.
        turn = 0.5 * turn + rng.normal(0, SHAKE, size=3)
        place = 0.5 * place + rng.normal(0, SWAY, size=3)
        for share in (1.0, 0.3, 0.0):
            moved = _nudged(pose, share * turn, share * place)
            if share == 0.0 or _is_fit(room, camera, moved[None])[0]:
                break
        result.append(moved)
    return result


def _nudged(pose: Pose, turn: Float[np.ndarray, " 3"], place: Float[np.ndarray, " 3"]) -> Pose:
    """Return the pose moved by `place` and turned by yaw, pitch and twice the roll in `turn`: wrists roll most."""
    forward = pose[:3, 2]
    yaw, pitch = math.atan2(forward[1], forward[0]) + turn[0], math.asin(forward[2]) + turn[1]
    eye = pose[:3, 3] + place
    return rolled(look_at_poses(eye[None], (eye + gaze(yaw, pitch))[None])[0], float(2 * turn[2]))


def _is_fit(room: Room, camera: Camera, poses: Poses) -> np.ndarray:
    return are_free(room, poses[:, :3, 3]) & (survey_many(room, camera, poses).nearest() >= CLEARANCE)


def anywhere(room: Room, camera: Camera, yaw: float, rng: np.random.Generator) -> Pose:
    """Return the best framed of random free poses that look about the way of `yaw`.

    Raises:
        DataError: none of 640 draws stands free.
    """
    for _ in range(10):
        eyes = np.array([[*room.plan.draw_point(rng, WALL_MARGIN), rng.uniform(1.2, 1.7)] for _ in range(64)])
        turned = yaw + rng.normal(0, 0.5, size=len(eyes))
        poses = look_at_poses(eyes, eyes + gaze(turned, rng.uniform(*PITCHES, size=len(eyes))))
        poses = poses[are_free(room, eyes)]
        if len(poses):
            scores = framing(survey_many(room, camera, poses))
            if np.isfinite(scores).any():
                return poses[int(np.argmax(scores))]
    raise DataError(f"room {room.seed}: no free place for a camera was found in 640 draws; choose another seed")
