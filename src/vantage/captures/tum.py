"""TUM RGB-D sequences: `rgb.txt`, `depth.txt` and `groundtruth.txt`, associated by time.

Format: "File Formats" of the TUM RGB-D benchmark (Sturm et al. 2012): `timestamp file` lines, poses as
`timestamp tx ty tz qx qy qz qw` (world_from_camera, OpenCV axes), depth in 1/5000 m.
"""

import re
from pathlib import Path

import numpy as np

from vantage.captures.capture import Capture, SetAside
from vantage.captures.frames import Frame, ReadOptions, assemble
from vantage.captures.paths import resolve_inside
from vantage.captures.poses import parse_floats, read_lines, read_matrix, rotation_from_quat_wxyz
from vantage.captures.rgbd import camera_of_images
from vantage.errors import DataError

DEPTH_UNITS = 5000.0
MAX_TIME_DIFFERENCE_S = 0.02  # The default of the benchmark's own associate.py.

INTRINSICS: dict[str, tuple[float, float, float, float]] = {
    "freiburg1": (517.3, 516.5, 318.6, 255.3),
    "freiburg2": (520.9, 521.0, 325.1, 249.7),
    "freiburg3": (535.4, 539.2, 320.1, 247.6),
}
"""fx, fy, cx, cy of the three sensors at 640x480: the benchmark's "Intrinsic Camera Calibration of the Kinect"."""

ROS_DEFAULT = (525.0, 525.0, 319.5, 239.5)
"""What the benchmark recommends where a sensor was not calibrated."""


def open_tum(folder: Path, options: ReadOptions) -> Capture:
    """Open a TUM RGB-D sequence; `K.txt`, where there is one, is taken over the known sensors' intrinsics.

    Colour images without depth or pose within 0.02 s are left out as the benchmark's tools do, and are not damage:
    sequences begin before their motion capture does.

    Raises:
        DataError: a list is damaged or nothing can be associated.
    """
    colour, depth = _list(folder / "rgb.txt"), _list(folder / "depth.txt")
    pose_times, poses, pose_lines = _poses(folder / "groundtruth.txt")
    images = [resolve_inside(folder, name, f"{folder / 'rgb.txt'}") for _, name in colour]
    depths = [resolve_inside(folder, name, f"{folder / 'depth.txt'}") for _, name in depth]
    to_depth = associate(np.array([t for t, _ in colour]), np.array([t for t, _ in depth]))
    to_pose = nearest_in_time(np.array([t for t, _ in colour]), pose_times)
    chosen = [i for i in range(len(colour)) if to_depth[i] >= 0 and to_pose[i] >= 0]
    if not chosen:
        raise DataError(
            f"{folder}: none of {len(colour)} colour images has depth and a pose within {MAX_TIME_DIFFERENCE_S} s; "
            "expected one clock for rgb.txt, depth.txt and groundtruth.txt"
        )
    matrix, notes = _intrinsics(folder)
    camera = camera_of_images(matrix, [images[i] for i in chosen], folder / "rgb.txt")
    frames: list[Frame] = []
    aside: list[SetAside] = []
    for i in chosen:
        where = f"{folder / 'groundtruth.txt'}:{pose_lines[to_pose[i]]}"
        tx, ty, tz, qx, qy, qz, qw = poses[to_pose[i]]
        rotation = rotation_from_quat_wxyz(np.array([qw, qx, qy, qz]), where)
        if rotation is None:
            aside.append(SetAside(name=images[i].name, reason="pose_invalid", detail=f"{where}: no rotation"))
            continue
        world_from_camera = np.eye(4)
        world_from_camera[:3, :3] = rotation
        world_from_camera[:3, 3] = (tx, ty, tz)
        frames.append(
            Frame(
                name=images[i].name,
                image=images[i],
                camera=camera,
                world_from_camera=world_from_camera,
                where=where,
                depth=depths[to_depth[i]],
                depth_units=options.depth_scale or DEPTH_UNITS,
            )
        )
    left_out = len(colour) - len(chosen)
    if left_out:
        notes.append(f"{left_out} of {len(colour)} colour images have no depth or pose within the time tolerance")
    return assemble(folder.resolve().name, frames, options, set_aside=aside, notes=notes)


def nearest_in_time(times: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return for each time the index of the nearest other within 0.02 s, or -1."""
    order = np.argsort(others, kind="stable")
    ordered = others[order]
    right = np.clip(np.searchsorted(ordered, times), 0, len(ordered) - 1)
    left = np.clip(right - 1, 0, None)
    nearest = np.where(np.abs(ordered[left] - times) <= np.abs(ordered[right] - times), left, right)
    close = np.abs(ordered[nearest] - times) <= MAX_TIME_DIFFERENCE_S
    return np.where(close, order[nearest], -1)


def associate(times: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Pair times one to one, nearest pairs first (as the benchmark's associate.py); -1 where none is within 0.02 s."""
    result = np.full(len(times), -1)
    order = np.argsort(others, kind="stable")
    low = np.searchsorted(others[order], times - MAX_TIME_DIFFERENCE_S, side="left")
    high = np.searchsorted(others[order], times + MAX_TIME_DIFFERENCE_S, side="right")
    pairs = [(abs(times[i] - others[j]), i, j) for i in range(len(times)) for j in order[low[i] : high[i]]]
    taken: set[int] = set()
    for _, i, j in sorted(pairs):
        if result[i] < 0 and int(j) not in taken:
            result[i] = j
            taken.add(int(j))
    return result


def _list(path: Path) -> list[tuple[float, str]]:
    entries: list[tuple[float, str]] = []
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.strip().split(maxsplit=1)
        (time,) = parse_floats(words[:1], f"{path}:{number}")
        if len(words) != 2 or not np.isfinite(time):
            raise DataError(f"{path}:{number}: found {line[:60]!r}; expected a time in seconds and a file name")
        entries.append((time, words[1]))
    if not entries:
        raise DataError(f"{path}: no entries; the file is empty or cut off")
    return entries


def _poses(path: Path) -> tuple[np.ndarray, np.ndarray, list[int]]:
    times: list[float] = []
    poses: list[list[float]] = []
    lines: list[int] = []
    for number, line in enumerate(read_lines(path), start=1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        values = parse_floats(words, f"{path}:{number}")
        if len(values) != 8 or not np.isfinite(values[0]):
            raise DataError(f"{path}:{number}: {len(values)} numbers; expected the 8 of time tx ty tz qx qy qz qw")
        times.append(values[0])
        poses.append(values[1:])
        lines.append(number)
    if not times:
        raise DataError(f"{path}: no poses; the file is empty or cut off")
    return np.array(times), np.array(poses), lines


def _intrinsics(folder: Path) -> tuple[np.ndarray, list[str]]:
    if (folder / "K.txt").is_file():
        return read_matrix(folder / "K.txt", 3, 3), []
    found = re.search(r"freiburg[123]", folder.resolve().name)
    fx, fy, cx, cy = INTRINSICS[found[0]] if found else ROS_DEFAULT
    notes = (
        [] if found else ["no K.txt and no known sensor in the folder's name; took the benchmark's default of 525 px"]
    )
    # The benchmark counts pixel centres at 0, vantage at 0.5.
    return np.array([[fx, 0, cx + 0.5], [0, fy, cy + 0.5], [0, 0, 1]]), notes
