"""LLFF's `poses_bounds.npy` beside a folder of images, and the 3D-OVS scenes that add true masks to it.

A row of 17 numbers per image, images in the order of their names: a 3x5 matrix, then the nearest and farthest depth.
The matrix holds the world directions of the camera's down, right and back, its position, and (height, width, focal
length in pixels) (Mildenhall et al. 2019, `poses/pose_utils.py` of its reference implementation).
"""

import io
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from vantage.captures.capture import Capture, PointCloud
from vantage.captures.colmap import find_model, open_colmap, read_model
from vantage.captures.frames import Frame, ReadOptions, assemble
from vantage.captures.poses import MAX_TEXT_BYTES
from vantage.captures.segmentations import has_segmentations, image_files, open_segmentations
from vantage.errors import DataError
from vantage.geometry import Camera

FILE_NAME = "poses_bounds.npy"
ROW = 17
"""Numbers per image."""


def open_llff(folder: Path, options: ReadOptions) -> Capture:
    """Open a folder of `images/` with `poses_bounds.npy`; of a 3D-OVS scene the views with true masks are held out.

    A COLMAP model beside it says more, a camera and a lens for each image, and is read instead. Not so where there are
    masks: these lie over the photographs as they are, with their lens, which LLFF leaves out of account as well.

    Raises:
        DataError: the file is damaged, or poses and images do not belong together.
    """
    masks = open_segmentations(folder) if has_segmentations(folder) else None
    model = find_model(folder)
    if model is not None and masks is None:
        return open_colmap(folder, options)
    path = folder / FILE_NAME
    rows = read_poses_bounds(path)
    images = image_files(folder)
    if len(images) != len(rows):
        raise DataError(
            f"{path}: {len(rows)} poses, and {len(images)} images in {folder / 'images'}; they belong together by the "
            "order of names, so none may be missing or added"
        )
    frames = []
    for number, (image, row) in enumerate(zip(images, rows, strict=True)):
        where = f"{path}: row {number} ({image.name})"
        frames.append(
            Frame(
                name=image.name,
                image=image,
                camera=_camera(row, where),
                world_from_camera=world_from_camera(row),
                where=where,
                test=None if masks is None else number in masks.annotated,
            )
        )
    points = None if model is None else read_model(model, folder).points
    cloud = None if points is None else PointCloud(points=points.points, colors=points.colors)
    return assemble(folder.resolve().name, frames, options, points=cloud, metric=False)


def read_poses_bounds(path: Path) -> Float64[np.ndarray, "n 17"]:
    """Read `poses_bounds.npy`.

    Raises:
        DataError: it is cut off, no array of 17 numbers per image, or holds NaN or infinite numbers.
    """
    try:
        if path.stat().st_size > MAX_TEXT_BYTES:
            raise DataError(f"{path}: {path.stat().st_size} bytes, more than the {MAX_TEXT_BYTES} this file may have")
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    _check_header(content, path)
    try:
        rows = np.load(io.BytesIO(content), allow_pickle=False).astype(np.float64)
    except (ValueError, EOFError, OSError) as error:
        raise DataError(f"{path}: damaged ({' '.join(str(error).split())[:120]}); copy it again") from error
    bad = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if len(bad):
        raise DataError(f"{path}: row {bad[0]} holds NaN or infinite numbers; write the poses again")
    return rows


def _check_header(content: bytes, path: Path) -> None:
    """Hold the array that a header announces against the file's size, before anything so large is made."""
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
    except (ValueError, EOFError, TypeError, SyntaxError) as error:
        raise DataError(f"{path}: not a .npy file ({' '.join(str(error).split())[:120]}); copy it again") from error
    if len(shape) != 2 or shape[1] != ROW or shape[0] < 1 or dtype.kind != "f":
        raise DataError(f"{path}: an array of shape {shape} and type {dtype}; expected {ROW} real numbers per image")
    there, announced = len(content) - stream.tell(), shape[0] * shape[1] * dtype.itemsize
    if there != announced:
        raise DataError(f"{path}: {there} bytes of numbers, {announced} announced; the file is cut off or damaged")


def world_from_camera(row: Float64[np.ndarray, " 17"]) -> Float64[np.ndarray, "4 4"]:
    """Return the pose of a row, with OpenCV's camera axes (right, down, forward) for LLFF's (down, right, back)."""
    down, right, back, position, _ = row[:15].reshape(3, 5).T
    pose = np.eye(4)
    pose[:3] = np.stack([right, down, -back, position], axis=1)
    return pose


def _camera(row: Float64[np.ndarray, " 17"], where: str) -> Camera:
    height, width, focal = (float(value) for value in row[4:15:5])
    if not (1 <= height <= 1_000_000 and 1 <= width <= 1_000_000):
        raise DataError(f"{where}: height {height:g} and width {width:g}; expected whole numbers of pixels")
    try:
        # LLFF knows one focal length, and takes the middle of the image for the principal point.
        return Camera(fx=focal, fy=focal, cx=width / 2, cy=height / 2, width=round(width), height=round(height))
    except DataError as error:
        raise DataError(f"{where}: {error}") from error
