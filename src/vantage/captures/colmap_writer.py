"""Writes a capture as a COLMAP project: `images/` and a model in `sparse/0`, binary or text."""

from pathlib import Path, PurePosixPath

import numpy as np
import torch

from vantage.captures.capture import Capture
from vantage.captures.colmap_binary import CAMERA, COUNT, IMAGE, POINT
from vantage.captures.folders import new_folder
from vantage.captures.images import encode_rgb_png
from vantage.captures.paths import resolve_inside
from vantage.captures.poses import inverse_pose
from vantage.errors import DataError
from vantage.geometry import Camera, quat_wxyz_from_matrix
from vantage.storage import write_bytes, write_text

PINHOLE_ID = 1  # COLMAP `models.h`
UNKNOWN_ERROR = -1.0  # COLMAP's reprojection error of a point that was never measured


def write_colmap(capture: Capture, path: Path, *, text: bool = False) -> None:
    """Write `capture` as the COLMAP project `path`, which must be new or empty; it appears whole or not at all.

    Images become 8-bit PNG (a mask its alpha), cameras PINHOLE, points without tracks. Depth, labels and the test
    split have no place in this format.

    Raises:
        DataError: two views have one name, or a name leads out of the folder.
        UsageError: `path` holds something.
    """
    names = png_names(capture)
    cameras = list(dict.fromkeys(source.camera for source in capture.sources))
    poses = [inverse_pose(source.world_from_camera) for source in capture.sources]
    quaternions = [quat_wxyz_from_matrix(torch.from_numpy(pose[:3, :3])).numpy() for pose in poses]
    numbers = [[*map(float, q), *map(float, pose[:3, 3])] for q, pose in zip(quaternions, poses, strict=True)]
    camera_ids = [cameras.index(source.camera) + 1 for source in capture.sources]
    xyz = capture.points.points if capture.points else np.zeros((0, 3), np.float32)
    rgb = capture.points.colors if capture.points else np.zeros((0, 3), np.uint8)
    with new_folder(Path(path)) as folder:
        write_images(capture, folder, names)
        model = folder / "sparse" / "0"
        if text:
            write_text(model / "cameras.txt", _cameras_text(cameras))
            write_text(model / "images.txt", _images_text(names, numbers, camera_ids))
            write_text(model / "points3D.txt", _points_text(xyz, rgb))
        else:
            write_bytes(model / "cameras.bin", _cameras_binary(cameras))
            write_bytes(model / "images.bin", _images_binary(names, numbers, camera_ids))
            write_bytes(model / "points3D.bin", _points_binary(xyz, rgb))


def png_names(capture: Capture) -> list[str]:
    """Return the views' names with the suffix .png.

    Raises:
        DataError: two of them are equal.
    """
    names = [str(PurePosixPath(source.name).with_suffix(".png")) for source in capture.sources]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"capture {capture.name!r}: two views would be written as {twice!r}; rename one")
    return names


def write_images(capture: Capture, folder: Path, names: list[str]) -> None:
    """Write each view's image to `folder / "images" / name`, one after another."""
    for name, view in zip(names, capture, strict=True):
        target = resolve_inside(folder / "images", name, f"capture {capture.name!r}")
        write_bytes(target, encode_rgb_png(view.image, view.mask))


def _cameras_binary(cameras: list[Camera]) -> bytes:
    records = [
        CAMERA.pack(number, PINHOLE_ID, c.width, c.height) + np.array([c.fx, c.fy, c.cx, c.cy], "<f8").tobytes()
        for number, c in enumerate(cameras, start=1)
    ]
    return COUNT.pack(len(records)) + b"".join(records)


def _images_binary(names: list[str], numbers: list[list[float]], camera_ids: list[int]) -> bytes:
    records = [
        IMAGE.pack(number, *values, camera_id) + name.encode("utf-8") + b"\0" + COUNT.pack(0)
        for number, (name, values, camera_id) in enumerate(zip(names, numbers, camera_ids, strict=True), start=1)
    ]
    return COUNT.pack(len(records)) + b"".join(records)


def _points_binary(xyz: np.ndarray, rgb: np.ndarray) -> bytes:
    records = [
        POINT.pack(number, *map(float, p), *map(int, c), UNKNOWN_ERROR, 0)
        for number, (p, c) in enumerate(zip(xyz, rgb, strict=True), start=1)
    ]
    return COUNT.pack(len(records)) + b"".join(records)


def _cameras_text(cameras: list[Camera]) -> str:
    lines = ["# Camera list with one line of data per camera:", "#   CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]"]
    lines.append(f"# Number of cameras: {len(cameras)}")
    for number, c in enumerate(cameras, start=1):
        lines.append(f"{number} PINHOLE {c.width} {c.height} {c.fx!r} {c.fy!r} {c.cx!r} {c.cy!r}")
    return "\n".join(lines) + "\n"


def _images_text(names: list[str], numbers: list[list[float]], camera_ids: list[int]) -> str:
    lines = [
        "# Image list with two lines of data per image:",
        "#   IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME",
        "#   POINTS2D[] as (X, Y, POINT3D_ID)",
        f"# Number of images: {len(names)}, mean observations per image: 0",
    ]
    for number, (name, values, camera_id) in enumerate(zip(names, numbers, camera_ids, strict=True), start=1):
        lines += [f"{number} {' '.join(map(repr, values))} {camera_id} {name}", ""]
    return "\n".join(lines) + "\n"


def _points_text(xyz: np.ndarray, rgb: np.ndarray) -> str:
    lines = [
        "# 3D point list with one line of data per point:",
        "#   POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[] as (IMAGE_ID, POINT2D_IDX)",
        f"# Number of points: {len(xyz)}, mean track length: 0",
    ]
    for number, (p, c) in enumerate(zip(xyz, rgb, strict=True), start=1):
        position = " ".join(repr(float(x)) for x in p)
        lines.append(f"{number} {position} {' '.join(str(int(x)) for x in c)} {UNKNOWN_ERROR}")
    return "\n".join(lines) + "\n"
