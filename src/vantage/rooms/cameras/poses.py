"""Poses from eyes and gazes, and the choice of a smooth row of them."""

import itertools

import numpy as np
from jaxtyping import Float, Float64, Int

Pose = Float64[np.ndarray, "4 4"]
Poses = Float64[np.ndarray, "n 4 4"]


def look_at_pose(eye: Float[np.ndarray, " 3"], target: Float[np.ndarray, " 3"]) -> Pose:
    """Return `world_from_camera` of an upright camera at `eye` that looks at `target` (OpenCV axes)."""
    return look_at_poses(eye[None], target[None])[0]


def look_at_poses(eyes: Float[np.ndarray, "n 3"], targets: Float[np.ndarray, "n 3"]) -> Poses:
    """Return `world_from_camera` of upright cameras at `eyes` that look at `targets` (OpenCV axes)."""
    forward = (targets - eyes) / np.linalg.norm(targets - eyes, axis=-1, keepdims=True)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    length = np.linalg.norm(right, axis=-1, keepdims=True)
    # Straight up or down any direction may be to the right.
    right = np.where(length < 1e-6, [1.0, 0.0, 0.0], right / np.maximum(length, 1e-12))
    poses = np.zeros((len(eyes), 4, 4))
    poses[:, :3, :3] = np.stack([right, np.cross(forward, right), forward], axis=-1)
    poses[:, :3, 3] = eyes
    poses[:, 3, 3] = 1.0
    return poses


def gaze(yaw: Float[np.ndarray, "*a"] | float, pitch: Float[np.ndarray, "*b"] | float) -> Float[np.ndarray, "*c 3"]:
    """Return unit directions from their angle about z (0 is +x) and their rise above the horizon, radians."""
    level = np.cos(pitch)
    return np.stack(np.broadcast_arrays(level * np.cos(yaw), level * np.sin(yaw), np.sin(pitch)), axis=-1)


def rolled(pose: Pose, angle: float) -> Pose:
    """Return the pose turned about its own viewing direction by `angle` radians."""
    c, s = np.cos(angle), np.sin(angle)
    turn = np.eye(4)
    turn[:2, :2] = [[c, -s], [s, c]]
    return pose @ turn


def smoothest(
    scores: Float[np.ndarray, "n c"], places: Float[np.ndarray, "n c k"], weight: float
) -> Int[np.ndarray, " n"]:
    """Choose one candidate per step so that scores are high and neighbours near (Viterbi's dynamic programme).

    Args:
        scores: of every step's candidates; -inf forbids one. A step that forbids all is passed over.
        places: of the candidates, in units of which one is as bad as `weight` points of score.
        weight: of the distance between neighbours.

    Returns:
        The candidate of each step; -1 where all are forbidden.
    """
    steps = np.flatnonzero(np.isfinite(scores).any(axis=1))
    chosen = np.full(len(scores), -1)
    if len(steps) == 0:
        return chosen
    total, back = scores[steps[0]], []
    for before, step in itertools.pairwise(steps):
        apart = np.linalg.norm(places[step][:, None] - places[before][None], axis=-1)
        reached = total[None] - weight * apart
        back.append(np.argmax(reached, axis=1))
        total = scores[step] + reached.max(axis=1)
    best = int(np.argmax(total))
    for k in range(len(steps) - 1, -1, -1):
        chosen[steps[k]] = best
        if k:
            best = int(back[k - 1][best])
    return chosen
