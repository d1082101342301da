"""A smooth path through a scene's cameras: an order that turns little, and curves that do not overshoot."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float64, Int
from scipy.interpolate import PchipInterpolator

from vantage.errors import DataError, UsageError
from vantage.fields.distilled_scene import SceneCamera
from vantage.geometry import matrix_from_quat_wxyz, quat_wxyz_from_matrix

KEYFRAMES = 16
"""Cameras that the path goes through, spread evenly over their order: more make it restless."""

MAX_CAMERAS = 256
"""Cameras that are put in order; of more, every n-th is taken. Ordering takes time with the square of their number."""


def smooth_path(cameras: Sequence[SceneCamera], frames: int, *, keyframes: int = KEYFRAMES) -> tuple[SceneCamera, ...]:
    """Return `frames` cameras along a path through some of the given ones, at even speed, all with the first's lens.

    Positions and quaternions follow monotone cubics (Fritsch and Carlson, 1980), which meet every keyframe and never
    leave the span between two, so that the path keeps to where cameras have been.

    Raises:
        DataError: there are no cameras.
        UsageError: fewer than two frames, or fewer than two keyframes.
    """
    if frames < 2 or keyframes < 2:
        raise UsageError(f"a path of {frames} frames through {keyframes} cameras; expected at least 2 of either")
    if not cameras:
        raise DataError("no cameras for a path to go through")
    some = list(cameras)[:: -(-len(cameras) // MAX_CAMERAS)]
    poses = np.stack([item.world_from_camera for item in some])
    order = shortest_order(motion_between(poses))
    chosen = order[np.unique(np.linspace(0, len(order) - 1, min(keyframes, len(order))).round().astype(int))]
    keys = _keys(poses[chosen])
    steps = np.linalg.norm(np.diff(keys[:, :3], axis=0), axis=1) / _length(poses)
    steps = steps + 2 * np.linalg.norm(np.diff(keys[:, 3:], axis=0), axis=1)
    # Two equal cameras in a row would be two values at one moment.
    moments = np.concatenate([[0.0], np.cumsum(np.maximum(steps, 1e-9))])
    when = np.linspace(0, moments[-1], frames)
    values = PchipInterpolator(moments, keys)(when) if len(keys) > 1 else np.repeat(keys, frames, axis=0)
    rotations = matrix_from_quat_wxyz(torch.from_numpy(values[:, 3:])).numpy()
    path = []
    for number in range(frames):
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = rotations[number], values[number, :3]
        item = SceneCamera(name=f"{number:05d}", camera=some[0].camera, world_from_camera=pose, held_out=False)
        path.append(item)
    return tuple(path)


def _length(poses: Float64[np.ndarray, "n 4 4"]) -> float:
    """Return the distance that weighs as much as a radian: the mean distance of the cameras from their middle."""
    positions = poses[:, :3, 3]
    return max(float(np.linalg.norm(positions - positions.mean(axis=0), axis=1).mean()), 1e-9)


def motion_between(poses: Float64[np.ndarray, "n 4 4"]) -> Float64[np.ndarray, "n n"]:
    """Return how far apart each two cameras are: distance, relative to the cameras' spread, plus radians turned."""
    positions = poses[:, :3, 3]
    distance = np.linalg.norm(positions[:, None] - positions[None], axis=-1) / _length(poses)
    trace = np.einsum("aij,bij->ab", poses[:, :3, :3], poses[:, :3, :3])
    return distance + np.arccos(np.clip((trace - 1) / 2, -1, 1))


def shortest_order(motion: Float64[np.ndarray, "n n"]) -> Int[np.ndarray, " n"]:
    """Return a short open tour: nearest next from the first, untangled by 2-opt; or the given order, if not longer.

    The cameras of a video stand in order already, and stay in it.
    """
    n = len(motion)
    order, left = [0], set(range(1, n))
    while left:
        nearest = min(sorted(left), key=lambda i: motion[order[-1], i])
        order.append(nearest)
        left.remove(nearest)
    tour = _two_opt(np.array(order), motion)
    given = np.arange(n)
    return given if _tour_length(given, motion) <= _tour_length(tour, motion) else tour


def _tour_length(order: Int[np.ndarray, " n"], motion: Float64[np.ndarray, "n n"]) -> float:
    return float(motion[order[:-1], order[1:]].sum())


def _two_opt(order: Int[np.ndarray, " n"], motion: Float64[np.ndarray, "n n"]) -> Int[np.ndarray, " n"]:
    """Reverse stretches of an open tour as long as that shortens it (Croes, 1958)."""
    n = len(order)
    for _ in range(n):
        improved = False
        for i in range(n - 2):
            # Reversing order[i+1 .. j] swaps two steps for two others; at the open end, one for one.
            ends = np.arange(i + 2, n)
            a, b, c = order[i], order[i + 1], order[ends]
            after = np.append(order[ends[:-1] + 1], -1)
            open_end = after < 0
            gain = motion[a, b] - motion[a, c]
            gain = gain + np.where(open_end, 0, motion[c, after] - motion[b, after])
            best = int(gain.argmax())
            if gain[best] > 1e-9:
                j = int(ends[best])
                order[i + 1 : j + 1] = order[i + 1 : j + 1][::-1].copy()
                improved = True
        if not improved:
            break
    return order


def _keys(poses: Float64[np.ndarray, "n 4 4"]) -> Float64[np.ndarray, "n 7"]:
    """Return positions and quaternions, each quaternion on the side of the one before (q and -q are one rotation)."""
    quats = quat_wxyz_from_matrix(torch.from_numpy(poses[:, :3, :3])).numpy().copy()
    for k in range(1, len(quats)):
        if quats[k] @ quats[k - 1] < 0:
            quats[k] = -quats[k]
    return np.concatenate([poses[:, :3, 3], quats], axis=1)
