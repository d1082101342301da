"""Camera paths inside a room: round the main furniture, walking, and looks at single objects."""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Float64, Int32

from vantage.errors import DataError, UsageError
from vantage.geometry import Camera
from vantage.rooms.render import camera_rays
from vantage.rooms.scene import Room

Pose = Float64[np.ndarray, "4 4"]

CLEARANCE = 0.25
"""Least z-depth of anything in a view, metres: nearer things hide the room."""
WALL_MARGIN = 0.3
"""Least distance of a camera from the walls, metres."""
BOX_MARGIN = 0.12
"""Least distance of a camera from the box of any object, metres."""
SURVEY_COLUMNS = 32
"""Columns of the coarse picture that decides whether a pose is fit: an object of 3% of the width is not missed."""


def look_at_pose(eye: Float[np.ndarray, " 3"], target: Float[np.ndarray, " 3"]) -> Pose:
    """Return `world_from_camera` of an upright camera at `eye` that looks at `target` (OpenCV axes)."""
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right = np.array([1.0, 0.0, 0.0]) if np.linalg.norm(right) < 1e-6 else right / np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(forward, right), forward], axis=-1)
    pose[:3, 3] = eye
    return pose


def survey(room: Room, camera: Camera, world_from_camera: Pose) -> tuple[Int32[np.ndarray, "h w"], float]:
    """Return a coarse instance map and the least z-depth in it (metres)."""
    rows = max(2, round(SURVEY_COLUMNS * camera.height / camera.width))
    origin, rays = camera_rays(camera.resized(SURVEY_COLUMNS, rows), world_from_camera)
    geometry = room.geometry
    found = geometry.scene.run(np.repeat(origin, len(rays), axis=0), rays, output=True)
    surface = geometry.face_surfaces[np.maximum(found["primID"], 0)]
    instances = np.where(found["primID"] >= 0, geometry.surfaces[surface, 24], 0).astype(np.int32)
    return instances.reshape(rows, SURVEY_COLUMNS), float(found["tfar"].min())


def count_pixels(instances: Int32[np.ndarray, "h w"]) -> dict[int, int]:
    """Return how many pixels each instance number has."""
    numbers, counts = np.unique(instances, return_counts=True)
    return {int(i): int(n) for i, n in zip(numbers, counts, strict=True)}


def is_free(room: Room, eye: Float[np.ndarray, " 3"]) -> bool:
    """Tell whether a camera may be here: off the walls and outside every object's box with a margin."""
    if not room.plan.contains(eye[None, :2], WALL_MARGIN)[0] or not 0.2 < eye[2] < room.height - 0.2:
        return False
    for thing in room.objects:
        if not thing.structure:
            local = np.abs(thing.box.to_box_frame(eye[None])[0])
            if np.all(local <= np.array(thing.box.size) / 2 + BOX_MARGIN):
                return False
    return True


def is_fit(room: Room, camera: Camera, pose: Pose) -> bool:
    """Tell whether a pose stands free and nothing fills its view from close by."""
    return is_free(room, pose[:3, 3]) and survey(room, camera, pose)[1] >= CLEARANCE


def orbit(room: Room, camera: Camera, views: int, rng: np.random.Generator) -> list[Pose]:
    """Go round the main furniture at eye height 1.1 to 1.8 m, looking at it."""
    focus = np.array(room.focus)
    phase, wave = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0, 2 * np.pi))
    poses = []
    for k in range(views):
        angle = phase + 2 * np.pi * k / views
        height = 1.5 + 0.25 * math.sin(3 * angle + wave)
        target = focus + np.array(
            [0.25 * math.cos(2 * angle + wave), 0.25 * math.sin(2 * angle), 0.1 * math.sin(angle)]
        )
        reach = min(room.plan.reach(room.focus[:2], angle, WALL_MARGIN + 0.02), 2.4)
        trials = [(fraction, lift) for lift in (0.0, 0.25) for fraction in (0.97, 0.88, 0.78, 0.68, 0.58, 0.48)]
        poses.append(
            _first_fit(room, camera, focus, angle, target, [(f * reach, height + up) for f, up in trials], rng)
        )
    return poses


def walk(room: Room, camera: Camera, views: int, rng: np.random.Generator) -> list[Pose]:
    """Walk a loop round the main furniture with the gaze outwards and ahead, over walls and shelves."""
    focus = np.array(room.focus)
    phase = float(rng.uniform(0, 2 * np.pi))
    poses = []
    for k in range(views):
        angle = phase + 2 * np.pi * k / views
        # A step of a walker lifts the eye by a few centimetres.
        height = 1.5 + 0.04 * math.sin(14 * angle) + float(rng.normal(0, 0.01))
        reach = room.plan.reach(room.focus[:2], angle, WALL_MARGIN + 0.02)
        gaze = angle + 0.9 + 0.2 * math.sin(3 * angle)
        ahead = np.array([2.0 * math.cos(gaze), 2.0 * math.sin(gaze), -0.45])
        start = focus * np.array([1, 1, 0])
        trials = [(f * reach, height) for f in (0.5, 0.42, 0.6, 0.7, 0.33, 0.8, 0.9)]
        poses.append(_first_fit(room, camera, start, angle, None, trials, rng, ahead=ahead))
    return poses


def _first_fit(
    room: Room,
    camera: Camera,
    centre: Float[np.ndarray, " 3"],
    angle: float,
    target: Float[np.ndarray, " 3"] | None,
    trials: list[tuple[float, float]],
    rng: np.random.Generator,
    *,
    ahead: Float[np.ndarray, " 3"] | None = None,
) -> Pose:
    """Return the first fit pose of (radius, height) trials about a centre, or of random places when none is."""
    for radius, height in trials:
        eye = np.array([centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle), height])
        at = eye + ahead if target is None and ahead is not None else np.array(room.focus) if target is None else target
        pose = look_at_pose(eye, at)
        if is_fit(room, camera, pose):
            return pose
    return _anywhere(room, camera, np.array(room.focus) if target is None else target, rng)


def _anywhere(room: Room, camera: Camera, target: Float[np.ndarray, " 3"], rng: np.random.Generator) -> Pose:
    for _ in range(500):
        eye = np.array([*room.plan.draw_point(rng, WALL_MARGIN), rng.uniform(1.1, 1.9)])
        if np.linalg.norm(eye - target) < 0.5:
            continue
        pose = look_at_pose(eye, target)
        if is_fit(room, camera, pose):
            return pose
    raise DataError(f"room {room.seed}: no free place for a camera was found in 500 draws; choose another seed")


def looks(room: Room, camera: Camera, views: int, rng: np.random.Generator) -> list[Pose]:
    """Look at single objects from 0.6 to 3 m, each time another, small ones more often; for training encoders."""
    things = [thing for thing in room.objects if not thing.structure]
    order: list[int] = []
    while len(order) < views:
        order += [int(k) for k in rng.permutation(len(things))]
    poses = []
    for k in order[:views]:
        thing = things[k]
        size = float(np.linalg.norm(thing.box.size))
        poses.append(_look_at_thing(room, camera, thing.instance, np.array(thing.box.centre), size, rng))
    return poses


def _look_at_thing(
    room: Room, camera: Camera, instance: int, centre: Float[np.ndarray, " 3"], size: float, rng: np.random.Generator
) -> Pose:
    near, far = max(0.6, 0.9 * size), min(3.0, max(1.4, 2.5 * size))
    for _ in range(40):
        distance, angle = float(rng.uniform(near, max(far, near + 0.3))), float(rng.uniform(0, 2 * np.pi))
        elevation = float(rng.uniform(0.1, 0.8))
        level = distance * math.cos(elevation)
        eye = centre + np.array([level * math.cos(angle), level * math.sin(angle), distance * math.sin(elevation)])
        eye[2] = max(eye[2], 0.35)
        if not is_free(room, eye):
            continue
        pose = look_at_pose(eye, centre + rng.normal(0, 0.12, size=3) * distance * np.array([1, 1, 0.6]))
        seen, nearest = survey(room, camera, pose)
        if nearest >= CLEARANCE and np.count_nonzero(seen == instance) >= 3:
            return pose
    return _anywhere(room, camera, centre, rng)


PATHS: dict[str, Callable[[Room, Camera, int, np.random.Generator], list[Pose]]] = {
    "orbit": orbit,
    "walk": walk,
    "looks": looks,
}
"""Every path by name."""


def camera_path(room: Room, camera: Camera, path: str, views: int) -> list[Pose]:
    """Return the poses of a named path; the room's seed fixes them.

    Raises:
        UsageError: there is no such path, or no view is asked for.
    """
    if path not in PATHS:
        raise UsageError(f"camera path {path!r} is not known; choose one of {', '.join(PATHS)}")
    if views < 1:
        raise UsageError(f"{views} views were asked for; expected at least 1")
    rng = np.random.default_rng([room.seed, 0x70617468, list(PATHS).index(path)])
    return PATHS[path](room, camera, views, rng)
