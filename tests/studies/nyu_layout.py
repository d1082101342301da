"""Writes files in the layout of SSCNet and NYUCAD, after its MATLAB code: an own way, apart from the reader's."""

import dataclasses
from pathlib import Path

import numpy as np
from PIL import Image

from vantage.captures.sscnet import CAMERA
from vantage.rooms import Room, camera_path, make_room, render_view
from vantage.rooms.truth.occupancy import occupancy_grid

UNIT = 0.02
SHAPE = (240, 240, 144)
OWN_NUMBERS = {"ceiling": 1, "floor": 2, "wall": 3, "window": 4, "chair": 6, "bed": 7, "sofa": 8, "desk": 17}
"""SSCNet's numbers of a room's classes; all others are 29, of the objects."""


def write_volume(path: Path, labels: np.ndarray, origin: np.ndarray, pose: np.ndarray) -> None:
    """Write labels that are indexed along the world's axes: reordered to (y, z, x), first index fastest, as MATLAB."""
    flat = labels.transpose(1, 2, 0).ravel(order="F").astype(np.uint32)
    ends = np.flatnonzero(np.diff(flat)) + 1
    starts = np.concatenate([[0], ends])
    counts = np.diff(np.concatenate([starts, [len(flat)]]))
    runs = np.stack([flat[starts], counts], axis=1).astype("<u4")
    header = np.concatenate([origin, pose.ravel()]).astype("<f4")
    path.write_bytes(header.tobytes() + runs.tobytes())


def write_depth(path: Path, depth: np.ndarray) -> None:
    """Write metres as a PNG whose 16 bits are turned left by three: times eight, what runs over comes in below."""
    times_eight = np.round(depth * 1000).astype(np.int64) * 8
    Image.fromarray((times_eight % 65536 + times_eight // 65536).astype(np.uint16)).save(path)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Written:
    """A room as written."""

    folder: Path
    name: str
    room: Room
    labels: np.ndarray
    origin: np.ndarray
    pose: np.ndarray
    depth: np.ndarray


def write_room(folder: Path, seed: int = 900_003, name: str = "NYU0001_0000") -> Written:
    """Render a room and write it; what lies beyond its walls is unknown. Truth is told every 4 cm, to be quick."""
    folder.mkdir(parents=True, exist_ok=True)
    room = make_room(seed)
    pose = np.asarray(camera_path(room, CAMERA, "random", 1)[0])
    seen = render_view(room, CAMERA, pose, antialias=False)
    ahead = pose[:3, 2] / np.hypot(pose[0, 2], pose[1, 2])
    middle = pose[:3, 3] + 2.0 * ahead
    origin = np.array([middle[0] - 2.4, middle[1] - 2.4, -0.05])
    low = origin - UNIT / 2
    high = low + np.array(SHAPE) * UNIT
    half = (SHAPE[0] // 2, SHAPE[1] // 2, SHAPE[2] // 2)
    owner = occupancy_grid(room, tuple(low.tolist()), tuple(high.tolist()), half)
    numbers = np.zeros(len(room.objects) + 1, dtype=np.int64)
    for number in np.unique(owner[owner > 0]).tolist():
        numbers[number] = OWN_NUMBERS.get(room.thing(number).category, 29)
    labels = numbers[owner].repeat(2, axis=0).repeat(2, axis=1).repeat(2, axis=2)
    labels[_beyond(labels, origin, pose)] = 255
    write_depth(folder / f"{name}.png", seen.depth)
    write_volume(folder / f"{name}.bin", labels, origin, pose)
    Image.fromarray(np.round(seen.rgb * 255).astype(np.uint8)).save(folder / f"{name}_color.jpg", quality=95)
    return Written(
        folder=folder, name=name, room=room, labels=labels, origin=origin, pose=pose, depth=np.asarray(seen.depth)
    )


def _beyond(labels: np.ndarray, origin: np.ndarray, pose: np.ndarray) -> np.ndarray:
    """Return the empty voxels out of the box of all that is filled at the height of the camera: the room's walls."""
    height = int((pose[2, 3] - origin[2]) / UNIT)
    filled = labels[:, :, height] > 0
    beyond = np.ones(labels.shape, dtype=bool)
    x, y = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0))
    beyond[x[0] : x[-1] + 1, y[0] : y[-1] + 1] = False
    return beyond & (labels == 0)
