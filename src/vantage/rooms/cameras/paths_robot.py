"""Paths of a robot: a low camera on a driving base that pans, and a camera on an arm above a table."""

import math

import numpy as np

from vantage.errors import DataError
from vantage.geometry import Camera
from vantage.rooms.cameras.paths_round import anywhere
from vantage.rooms.cameras.poses import Pose, gaze, look_at_poses, smoothest
from vantage.rooms.cameras.survey import CLEARANCE, LEAST_RAYS, WALL_MARGIN, are_free, framing, survey_many
from vantage.rooms.scene import Room, RoomObject
from vantage.rooms.shapes.blueprint import Support

MAST = (0.6, 1.2)
"""Height of a mobile robot's camera, metres: Stretch and TurtleBot-like bases lie in this range."""
BODY = 0.18
"""Half the width of a robot's base, metres (a TurtleBot's or Stretch's is 0.17); nothing below the camera is nearer."""
PLACES = 24
"""Free places among which ways are sought."""
LEGS = 6
"""Straight ways of a drive; at their ends the robot turns on the spot."""
ARM_HEIGHT = (0.6, 1.0)
"""Height of an arm's camera above the surface, metres."""
ARM_PITCH = (math.radians(-80), math.radians(-40))
"""Rise of an arm's camera's gaze."""
LEAST_SURFACE = 0.12
"""Area of a surface worth looking at from an arm, square metres: a bedside table's."""
SURFACE_HEIGHT = (0.3, 1.3)
"""Height of such a surface above the floor, metres."""
TRIALS = 16
ROUNDS = 8


def robot(room: Room, camera: Camera, views: int, rng: np.random.Generator) -> list[Pose]:
    """Drive about the room between random places with the camera at one height of 0.6 to 1.2 m, panning it.

    Raises:
        DataError: no free place for a camera was found.
    """
    height = float(rng.uniform(*MAST))
    stops = _stops(room, height, rng)
    if stops is None:
        return [anywhere(room, camera, float(a), rng) for a in rng.uniform(0, 2 * np.pi, size=views)]
    # Equal shares of the way; at each place some directions of the panning head.
    ends = np.concatenate([stops, stops[:1]])
    lengths = np.linalg.norm(np.diff(ends, axis=0), axis=1)
    at = np.linspace(0, lengths.sum(), views, endpoint=False)
    leg = np.minimum(np.searchsorted(np.cumsum(lengths), at, side="right"), len(lengths) - 1)
    part = (at - (np.cumsum(lengths) - lengths)[leg]) / np.maximum(lengths[leg], 1e-9)
    floor = ends[leg] + part[:, None] * (ends[leg + 1] - ends[leg])
    heading = np.arctan2(*(ends[leg + 1] - ends[leg]).T[::-1])
    pans = np.linspace(-2.4, 2.4, 13)
    yaw = (heading[:, None] + pans).ravel()
    pitch = float(rng.uniform(-0.3, -0.1))
    eyes = np.repeat(np.column_stack([floor, np.full(views, height)]), len(pans), axis=0)
    poses = look_at_poses(eyes, eyes + gaze(yaw, pitch))
    scores = framing(survey_many(room, camera, poses)).reshape(views, len(pans))
    # Neighbouring gazes are compared as points of a circle, so that a turn through pi is none.
    places = np.stack([np.cos(yaw), np.sin(yaw)], axis=-1).reshape(views, len(pans), 2)
    chosen = smoothest(scores, places, 0.6)
    table = poses.reshape(views, len(pans), 4, 4)
    return [
        table[k, pick] if pick >= 0 else anywhere(room, camera, float(heading[k]), rng) for k, pick in enumerate(chosen)
    ]


def _stops(room: Room, height: float, rng: np.random.Generator) -> np.ndarray | None:
    """Return floor points (n 2) of a closed loop whose straight ways are free; None when there is none."""
    places = _free_points(room, height, rng, 16 * PLACES)[:PLACES]
    if len(places) < 2:
        return None
    free = _free_ways(room, places, height)
    stops = [int(free.sum(axis=1).argmax())]
    for goal in rng.permutation(len(places)):
        # Each new stop can go back to the first, so the loop closes wherever it ends.
        if len(stops) < LEGS and goal not in stops and free[stops[-1], goal] and free[goal, stops[0]]:
            stops.append(int(goal))
    return places[stops] if len(stops) > 1 else None


def _free_ways(room: Room, places: np.ndarray, height: float) -> np.ndarray:
    """Return a table (n n) of the places between which a straight way of 0.6 m or more is free."""
    a, b = np.triu_indices(len(places), k=1)
    lengths = np.linalg.norm(places[b] - places[a], axis=1)
    steps = max(2, math.ceil(float(lengths.max()) / 0.15))
    along = np.linspace(0, 1, steps)[:, None, None]
    points = places[a] + along * (places[b] - places[a])
    clear = _base_is_free(room, points.reshape(-1, 2), height).reshape(steps, -1).all(axis=0)
    result = np.zeros((len(places), len(places)), dtype=bool)
    result[a, b] = result[b, a] = clear & (lengths >= 0.6)
    return result


def _free_points(room: Room, height: float, rng: np.random.Generator, count: int) -> np.ndarray:
    points = np.array([room.plan.draw_point(rng, WALL_MARGIN) for _ in range(count)])
    return points[_base_is_free(room, points, height)]


def _base_is_free(room: Room, points: np.ndarray, height: float) -> np.ndarray:
    """Tell where the base and the mast may stand: beside everything that reaches below the camera."""
    result = are_free(room, np.column_stack([points, np.full(len(points), height)]))
    for thing in room.objects:
        if not thing.structure and thing.footprint.low < height:
            local = (points - np.array(thing.box.centre)[:2]) @ np.array(thing.box.rotation)[:2, :2]
            result &= np.any(np.abs(local) > np.array(thing.box.size)[:2] / 2 + BODY, axis=1)
    return result


def tabletop(room: Room, camera: Camera, views: int, rng: np.random.Generator) -> list[Pose]:
    """Look down on tables and counters from 0.6 to 1 m above them, as the camera of a robot's arm does.

    Raises:
        DataError: the room has no open surface, or none that a camera fits above.
    """
    surfaces = _surfaces(room)
    if not surfaces:
        raise DataError(f"room {room.seed}: no open surface to look down on; choose another seed or kind of room")
    order = [int(k) for k in rng.permutation(len(surfaces))]
    poses: list[Pose] = []
    misses = 0
    while len(poses) < views:
        thing, support = surfaces[order[(len(poses) + misses) % len(order)]]
        pose = _above(room, camera, thing, support, rng)
        if pose is not None:
            poses.append(pose)
            continue
        misses += 1
        if misses > views + 4 * len(order):
            raise DataError(f"room {room.seed}: no free place for a camera above its surfaces; choose another seed")
    return poses


def _surfaces(room: Room) -> list[tuple[RoomObject, Support]]:
    """Return the open surfaces at the height of a table, those with something on them first where there are any."""
    low, high = SURFACE_HEIGHT
    found = [
        (thing, support)
        for thing in room.objects
        for support in thing.blueprint.supports
        if support.container < 0
        and support.clearance > ARM_HEIGHT[0]
        and 4 * support.half_x * support.half_y >= LEAST_SURFACE
        and low <= thing.position[2] + support.z <= high
    ]
    carriers = {thing.carrier for thing in room.objects if thing.carrier}
    return [item for item in found if item[0].instance in carriers] or found


def _above(room: Room, camera: Camera, thing: RoomObject, support: Support, rng: np.random.Generator) -> Pose | None:
    """Return a view down on a surface that shows it and what is on it."""
    on_it = [o.instance for o in room.objects if o.carrier == thing.instance and o.container < 0]
    wanted = [thing.instance, *on_it]
    half = np.array([support.half_x, support.half_y])
    for _ in range(ROUNDS):
        local = rng.uniform(-0.6, 0.6, size=(TRIALS, 2)) * half
        local = np.column_stack([local + [support.x, support.y], np.full(TRIALS, support.z)])
        targets = local @ thing.world_from_object[:3, :3].T + thing.world_from_object[:3, 3]
        yaw, pitch = rng.uniform(0, 2 * np.pi, size=TRIALS), rng.uniform(*ARM_PITCH, size=TRIALS)
        away = rng.uniform(*ARM_HEIGHT, size=TRIALS) / -np.sin(pitch)
        eyes = targets - away[:, None] * gaze(yaw, pitch)
        poses = look_at_poses(eyes, targets)[are_free(room, eyes)]
        if len(poses) == 0:
            continue
        found = survey_many(room, camera, poses)
        things = np.count_nonzero(found.counts[:, on_it] >= LEAST_RAYS, axis=1) if on_it else np.zeros(len(poses))
        shown = found.counts[:, wanted].sum(axis=1) / found.rays
        fit = (found.nearest() >= CLEARANCE) & (shown >= 0.2)
        score = np.where(fit, np.minimum(things, 5) / 5 + 0.5 * np.minimum(shown, 0.6), -np.inf)
        if np.isfinite(score).any():
            return poses[int(np.argmax(score))]
    return None
