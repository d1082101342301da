"""Cameras without pictures: nerfstudio's `transforms.json` and its viewer's camera path, in; the former, out.

Both hold poses with OpenGL camera axes (y up, z backward), converted to OpenCV's.
"""

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vantage.captures.json_node import JsonNode
from vantage.captures.poses import checked_pose
from vantage.captures.transforms import OPENCV_FROM_OPENGL
from vantage.errors import DataError
from vantage.fields.distilled_scene import SceneCamera
from vantage.geometry import Camera
from vantage.storage import write_json

_KEYS = {"fl_x": "fx", "fl_y": "fy", "cx": "cx", "cy": "cy", "w": "width", "h": "height"}

MAX_SIDE = 1 << 16
"""Pixels along a side; a picture of more is damage."""


def save_cameras(path: Path, cameras: Sequence[SceneCamera], *, metric: bool) -> None:
    """Write cameras as a `transforms.json` that names no picture on disk, whole or not at all.

    Raises:
        DataError: there are no cameras.
    """
    if not cameras:
        raise DataError(f"{path}: no cameras to write")
    frames = [
        {
            "file_path": item.name,
            **{key: getattr(item.camera, name) for key, name in _KEYS.items()},
            "transform_matrix": (item.world_from_camera @ OPENCV_FROM_OPENGL).tolist(),
        }
        for item in cameras
    ]
    top: dict[str, Any] = {"camera_model": "OPENCV", "metric": metric, "frames": frames}
    for key, held_out in (("train_filenames", False), ("test_filenames", True)):
        top[key] = [item.name for item in cameras if item.held_out == held_out]
    write_json(path, top)


def load_cameras(path: Path) -> tuple[SceneCamera, ...]:
    """Read the cameras of a `transforms.json`, or of a camera path that nerfstudio's viewer saved, in their order.

    Raises:
        DataError: it is neither, or a pose or camera in it is wrong; the error names the place.
    """
    top = JsonNode.of_file(Path(path))
    if "camera_path" in top:
        cameras = _of_camera_path(top)
    elif "frames" in top:
        cameras = _of_transforms(top)
    else:
        raise top.error("neither 'frames' (transforms.json) nor 'camera_path' (nerfstudio's viewer) is here")
    if not cameras:
        raise top.error("holds no cameras")
    return tuple(cameras)


def _of_transforms(top: JsonNode) -> list[SceneCamera]:
    for key in ("applied_transform", "applied_scale", "k1", "k2", "k3", "p1", "p2"):
        if key in top:
            raise top[key].error("is not read from a lone file; name the capture's folder, which is read whole")
    held_out = {item.text() for item in top["test_filenames"].items()} if "test_filenames" in top else set()
    cameras = []
    for node in top["frames"].items():
        name = node["file_path"].text()
        cameras.append(
            SceneCamera(
                name=name,
                camera=_intrinsics(top, node),
                world_from_camera=_pose(node["transform_matrix"], node["transform_matrix"].matrix(4, 4)),
                held_out=name in held_out,
            )
        )
    return cameras


def _intrinsics(top: JsonNode, frame: JsonNode) -> Camera:
    """Return a frame's own intrinsics, else the file's; all must stand there, as there is no picture to ask."""

    def node(key: str) -> JsonNode:
        return frame[key] if key in frame else top[key]

    width, height = (node(key).integer(low=1, high=MAX_SIDE) for key in ("w", "h"))
    focal = node("fl_x").number()
    given = {
        name: node(key).number() if key in frame or key in top else default
        for key, name, default in (("fl_y", "fy", focal), ("cx", "cx", width / 2), ("cy", "cy", height / 2))
    }
    try:
        return Camera(fx=focal, width=width, height=height, **given)
    except DataError as error:
        raise frame.error(str(error)) from error


def _of_camera_path(top: JsonNode) -> list[SceneCamera]:
    """Read what nerfstudio's viewer saves: poses as 16 numbers row by row, vertical fields of view in degrees."""
    if "camera_type" in top and top["camera_type"].text() != "perspective":
        raise top["camera_type"].error(f"{top['camera_type'].text()!r} is not supported; expected 'perspective'")
    width, height = (top[key].integer(low=1, high=MAX_SIDE) for key in ("render_width", "render_height"))
    cameras = []
    for number, node in enumerate(top["camera_path"].items()):
        fov = node["fov"].number()
        if not 0 < fov < 180:
            raise node["fov"].error(f"found {fov}; expected degrees between 0 and 180")
        focal = 0.5 * height / math.tan(math.radians(fov) / 2)
        camera = Camera(fx=focal, fy=focal, cx=width / 2, cy=height / 2, width=width, height=height)
        pose = np.array(node["camera_to_world"].numbers(16)).reshape(4, 4)
        pose = _pose(node["camera_to_world"], pose)
        cameras.append(SceneCamera(name=f"{number:05d}", camera=camera, world_from_camera=pose, held_out=False))
    return cameras


def _pose(node: JsonNode, pose: np.ndarray) -> np.ndarray:
    return checked_pose(pose @ OPENCV_FROM_OPENGL, f"{node.file}: {node.path}")


def cameras_of_width(cameras: Sequence[SceneCamera], width: int | None) -> tuple[SceneCamera, ...]:
    """Return cameras that see the same in pictures `width` pixels wide; None leaves them as they are."""
    if width is None:
        return tuple(cameras)
    return tuple(
        dataclasses.replace(
            item,
            camera=item.camera.resized(width, max(1, round(item.camera.height * width / item.camera.width))),
        )
        for item in cameras
    )
