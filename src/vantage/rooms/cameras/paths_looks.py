"""Looks at single objects: in their surroundings, close by, and into open containers; for training encoders."""

import dataclasses
import math

import numpy as np
from jaxtyping import Float

from vantage.errors import DataError
from vantage.geometry import Camera
from vantage.rooms.cameras.paths_round import anywhere
from vantage.rooms.cameras.poses import Pose, look_at_poses
from vantage.rooms.cameras.survey import CLEARANCE, LEAST_RAYS, are_free, survey_many
from vantage.rooms.scene import Room, RoomObject

CLOSE_SHARE = 0.45
"""Share of looks from close by, in which the thing fills a good part of the view."""
CLOSE_FILL = (0.2, 0.6)
"""What "close" means: the share of the view that the thing fills."""
CLOSE_CLEARANCE = 0.12
"""Least z-depth in a close look, metres: where phone cameras still focus."""
CLOSE_MARGIN = 0.05
"""Least distance of a close camera from the box of any object, metres."""
TRIALS = 16
"""Candidates per look."""
ROUNDS = 4
"""How often new candidates are drawn before another thing is chosen."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Wish:
    """What one look is to show."""

    thing: RoomObject
    target: tuple[float, float, float]
    """Where to look, world frame."""
    close: bool
    front: float | None = None
    """Angle about z from which alone the target can be seen (into a cabinet); None for any."""
    steep: bool = False
    """Whether to look down into it."""


def looks(room: Room, camera: Camera, views: int, rng: np.random.Generator) -> list[Pose]:
    """Look at single objects, each time another: from 0.6 to 3 m, close by, or into the container it stands in.

    Close by, the object fills 20 to 60% of the view.

    Raises:
        DataError: the room holds no object.
    """
    things = [thing for thing in room.objects if not thing.structure]
    if not things:
        raise DataError(f"room {room.seed}: it holds no object to look at; choose more clutter or another seed")
    order: list[int] = []
    while len(order) < views:
        order += [int(k) for k in rng.permutation(len(things))]
    wishes = [_wish(room, things[k], rng) for k in order[:views]]
    found: list[Pose | None] = [None] * views
    for last in (False, True):
        for _ in range(ROUNDS):
            open_ = [k for k in range(views) if found[k] is None]
            if open_:
                poses = _best_of_trials(room, camera, [wishes[k] for k in open_], rng)
                for k, pose in zip(open_, poses, strict=True):
                    found[k] = pose
        if not last:
            # What cannot be seen from close by (a thing behind others) may be seen in its surroundings.
            wishes = [
                dataclasses.replace(w, close=False, front=None, steep=False, target=w.thing.box.centre) for w in wishes
            ]
    return [
        pose if pose is not None else anywhere(room, camera, float(rng.uniform(0, 2 * np.pi)), rng) for pose in found
    ]


def _wish(room: Room, thing: RoomObject, rng: np.random.Generator) -> _Wish:
    """Draw how to look at a thing."""
    close = bool(rng.random() < CLOSE_SHARE)
    if thing.carrier and thing.container >= 0:
        carrier = room.thing(thing.carrier)
        container = carrier.blueprint.containers[thing.container]
        if not container.closed:
            front = carrier.yaw - math.pi / 2 if container.opening == "front" else None
            return _Wish(thing=thing, target=thing.box.centre, close=close, front=front, steep=front is None)
    open_up = [c for c in thing.blueprint.containers if c.opening == "up" and not c.closed]
    if open_up and rng.random() < 0.3:
        return _Wish(thing=thing, target=thing.box.centre, close=True, steep=True)
    return _Wish(thing=thing, target=thing.box.centre, close=close)


def _best_of_trials(room: Room, camera: Camera, wishes: list[_Wish], rng: np.random.Generator) -> list[Pose | None]:
    """Return for each wish the pose that meets it best, or None where none of this round's does."""
    eyes, targets = (np.concatenate(a) for a in zip(*(_draw(camera, wish, rng) for wish in wishes), strict=True))
    poses = look_at_poses(eyes, targets)
    close = np.repeat([wish.close for wish in wishes], TRIALS)
    wanted = np.repeat([wish.thing.instance for wish in wishes], TRIALS)
    free = np.where(close, are_free(room, eyes, wall_margin=0.15, box_margin=CLOSE_MARGIN), are_free(room, eyes))
    score = np.full(len(poses), -np.inf)
    if free.any():
        found = survey_many(room, camera, poses[free])
        rays = found.counts[np.arange(len(found.counts)), wanted[free]]
        near = np.where(close[free], CLOSE_CLEARANCE, CLEARANCE)
        fit = (rays >= LEAST_RAYS + 1) & (found.nearest() >= near)
        fill = rays / found.rays
        low, high = CLOSE_FILL
        # Close looks keep to the wanted share; the others only need the thing in sight, and no wall of something else.
        fit &= ~close[free] | ((fill >= low) & (fill <= high))
        other = np.where(close[free], 0.0, np.maximum(found.near_share() - 0.05, 0))
        score[free] = np.where(fit, fill - 3 * other + rng.uniform(0, 0.2, size=len(fit)), -np.inf)
    best = score.reshape(-1, TRIALS)
    picks = best.argmax(axis=1)
    return [poses[k * TRIALS + int(pick)] if np.isfinite(best[k, pick]) else None for k, pick in enumerate(picks)]


def _draw(
    camera: Camera, wish: _Wish, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "k 3"], Float[np.ndarray, "k 3"]]:
    """Draw eyes and targets about a thing."""
    size = np.array(wish.thing.box.size)
    reach = float(np.linalg.norm(size))
    if wish.close:
        # The mean shadow of a box is half of its faces' halves (Cauchy); an object fills about 0.6 of its box's.
        shadow = 0.6 * (size[0] * size[1] + size[1] * size[2] + size[2] * size[0]) / 2
        fill = rng.uniform(*CLOSE_FILL, size=TRIALS)
        distance = np.sqrt(shadow * camera.fx * camera.fy / (fill * camera.width * camera.height))
        distance = np.maximum(distance * rng.uniform(0.8, 1.25, size=TRIALS), 0.12 + 0.4 * reach)
    else:
        near, far = max(0.6, 0.9 * reach), min(3.0, max(1.4, 2.5 * reach))
        distance = rng.uniform(near, max(far, near + 0.3), size=TRIALS)
    if wish.steep:
        elevation = rng.uniform(0.7, 1.4, size=TRIALS)
    elif wish.front is not None:
        elevation = rng.uniform(-0.1, 0.5, size=TRIALS)
    else:
        elevation = rng.uniform(0.1, 0.8, size=TRIALS)
    if wish.front is None:
        angle = rng.uniform(0, 2 * np.pi, size=TRIALS)
    else:
        angle = wish.front + rng.normal(0, 0.35, size=TRIALS)
    level = distance * np.cos(elevation)
    away = np.stack([level * np.cos(angle), level * np.sin(angle), distance * np.sin(elevation)], axis=-1)
    target = np.array(wish.target)
    eyes = target + away
    eyes[:, 2] = np.maximum(eyes[:, 2], 0.25)
    # Not always in the middle of the picture.
    spread = 0.06 if wish.close else 0.12
    return eyes, target + rng.normal(0, spread, size=(TRIALS, 3)) * distance[:, None] * np.array([1, 1, 0.6])
