"""Random looks from anywhere, filtered as Semantic Abstraction filters its views."""

import numpy as np
from jaxtyping import Bool

from vantage.errors import DataError
from vantage.geometry import Camera
from vantage.rooms.cameras.poses import Pose, gaze, look_at_poses
from vantage.rooms.cameras.survey import CLEARANCE, WALL_MARGIN, Survey, are_free, framing, survey_many
from vantage.rooms.scene import Room

LEAST_CLASSES = 4
"""Classes of objects a view must show (Semantic Abstraction's generator of THOR views keeps those with four)."""
MOST_WALL = 0.8
"""Greatest share of wall in a view (the same)."""
MIDDLE_DEPTH = (2.0, 4.0)
"""Range of z-depth, metres, that a fifth of a view must lie in (the same)."""
MIDDLE_SHARE = 0.2
BATCH = 4
"""Candidates drawn for each view that is still missing: most rooms pass a third of them."""
ROUNDS = 10
"""How often candidates are drawn (the same number of tries)."""
HEIGHT = (0.8, 1.8)
"""Height of the camera, metres: from a robot's mast to a tall person's eye."""


def passes_filter(found: Survey) -> Bool[np.ndarray, " n"]:
    """Tell which views pass the paper's filter: four classes, under 80% wall, a fifth of it at two to four metres."""
    low, high = MIDDLE_DEPTH
    middle = ((found.depth >= low) & (found.depth <= high)).mean(axis=(1, 2))
    return (found.class_count() >= LEAST_CLASSES) & (found.share_of("wall") < MOST_WALL) & (middle >= MIDDLE_SHARE)


def random_looks(room: Room, camera: Camera, views: int, rng: np.random.Generator) -> list[Pose]:
    """Look anywhere from anywhere, keeping the views that pass `passes_filter`.

    Where a room is so bare, or a lens so long, that too few views pass in ten rounds, the best framed of the others
    make up the number.

    Raises:
        DataError: no free place for a camera was found.
    """
    kept: list[Pose] = []
    spare: list[tuple[float, int, Pose]] = []
    for _ in range(ROUNDS):
        count = BATCH * (views - len(kept))
        eyes = np.array([[*room.plan.draw_point(rng, WALL_MARGIN), rng.uniform(*HEIGHT)] for _ in range(count)])
        pitch = np.clip(rng.normal(-0.2, 0.15, size=count), -0.8, 0.3)
        poses = look_at_poses(eyes, eyes + gaze(rng.uniform(0, 2 * np.pi, size=count), pitch))
        poses = poses[are_free(room, eyes)]
        if len(poses) == 0:
            continue
        found = survey_many(room, camera, poses)
        fit = found.nearest() >= CLEARANCE
        passed = fit & passes_filter(found)
        scores = framing(found)
        kept += list(poses[passed])[: views - len(kept)]
        spare += [(-float(scores[k]), len(spare) + i, poses[k]) for i, k in enumerate(np.flatnonzero(fit & ~passed))]
        if len(kept) == views:
            return kept
    kept += [pose for _, _, pose in sorted(spare, key=lambda item: item[:2])[: views - len(kept)]]
    if len(kept) < views:
        raise DataError(
            f"room {room.seed}: only {len(kept)} of {views} free views were found in {ROUNDS} rounds; "
            "choose another seed or a wider lens"
        )
    return kept
