"""Reads COLMAP's binary models: every count is checked against the bytes there before anything is allocated."""

import mmap
import struct
from pathlib import Path

import numpy as np

from vantage.captures.colmap_model import (
    MODELS,
    ColmapCamera,
    ColmapImage,
    ColmapPoints,
    make_camera,
    make_points,
    model_name,
)
from vantage.errors import DataError

COUNT = struct.Struct("<Q")
CAMERA = struct.Struct("<IiQQ")  # camera id, model id, width, height; then the model's parameters as doubles
IMAGE = struct.Struct("<I7dI")  # image id, quaternion wxyz, translation, camera id; then a NUL-terminated name
POINT = struct.Struct("<Q3d3BdQ")  # point id, position, colour, reprojection error, length of the track
OBSERVATION_BYTES = 24  # x, y, point id
TRACK = struct.Struct("<II")  # image id, index of the observation
MAX_NAME_BYTES = 4096  # PATH_MAX of Linux


class _Reader:
    """A cursor over a file that never reads past its end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        try:
            with path.open("rb") as file:
                # An empty file cannot be mapped.
                self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
        except OSError as error:
            raise DataError(f"{path}: cannot be read ({error.strerror})") from error

    @property
    def where(self) -> str:
        return f"{self.path}: byte {self.offset}"

    def skip(self, count: int, what: str) -> int:
        """Step over `count` bytes and return where they begin."""
        left = len(self.data) - self.offset
        if count > left:
            raise DataError(
                f"{self.where}: {what} needs {count} bytes but {left} are left; "
                "the file is cut off or damaged: export the model again"
            )
        start = self.offset
        self.offset += count
        return start

    def take(self, record: struct.Struct, what: str) -> tuple:
        return record.unpack_from(self.data, self.skip(record.size, what))

    def count(self, smallest: int, what: str) -> int:
        """Read how many records follow, each of at least `smallest` bytes."""
        where = self.where
        (number,) = self.take(COUNT, f"the number of {what}")
        left = len(self.data) - self.offset
        if number * smallest > left:
            raise DataError(
                f"{where}: {number} {what} cannot fit into the {left} bytes left; the file is cut off or damaged"
            )
        return number

    def name(self) -> str:
        where = self.where
        end = self.data.find(b"\0", self.offset, self.offset + MAX_NAME_BYTES)
        if end < 0:
            raise DataError(f"{where}: an image name does not end within {MAX_NAME_BYTES} bytes; the file is damaged")
        raw = bytes(self.data[self.offset : end])
        self.offset = end + 1
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataError(f"{where}: the image name {raw[:40]!r} is not UTF-8") from error

    def finish(self) -> None:
        left = len(self.data) - self.offset
        if left:
            raise DataError(f"{self.where}: {left} bytes follow the last record; the file or its count is damaged")


def read_cameras_binary(path: Path) -> dict[int, ColmapCamera]:
    """Read `cameras.bin`.

    Raises:
        DataError: cut off anywhere, damaged, or with an unsupported camera model.
    """
    reader = _Reader(path)
    cameras: dict[int, ColmapCamera] = {}
    for _ in range(reader.count(CAMERA.size + 24, "cameras")):
        where = reader.where
        camera_id, model_id, width, height = reader.take(CAMERA, "a camera")
        where = f"{where}: camera {camera_id}"
        model = model_name(model_id, where)
        values = reader.take(struct.Struct(f"<{MODELS[model_id][1]}d"), "a camera's parameters")
        if camera_id in cameras:
            raise DataError(f"{where}: stands twice in the file")
        cameras[camera_id] = make_camera(model, width, height, values, where)
    reader.finish()
    return cameras


def read_images_binary(path: Path) -> tuple[ColmapImage, ...]:
    """Read `images.bin`; the 2D observations are stepped over.

    Raises:
        DataError: cut off anywhere or damaged.
    """
    reader = _Reader(path)
    images: list[ColmapImage] = []
    for _ in range(reader.count(IMAGE.size + 1 + COUNT.size, "images")):
        where = reader.where
        image_id, *numbers, camera_id = reader.take(IMAGE, "an image")
        name = reader.name()
        reader.skip(OBSERVATION_BYTES * reader.count(OBSERVATION_BYTES, "observations"), "observations")
        images.append(
            ColmapImage(
                image_id=image_id,
                name=name,
                quat_wxyz=np.array(numbers[:4]),
                translation=np.array(numbers[4:]),
                camera_id=camera_id,
                where=f'{where}: image {image_id} "{name}"',
            )
        )
    reader.finish()
    return tuple(images)


def read_points_binary(path: Path) -> ColmapPoints:
    """Read `points3D.bin`; of each track only its first image is kept.

    Raises:
        DataError: cut off anywhere or damaged.
    """
    reader = _Reader(path)
    count = reader.count(POINT.size, "points")
    xyz, rgb, seen_by = np.zeros((count, 3)), np.zeros((count, 3), np.uint8), np.full(count, -1, np.int64)
    for index in range(count):
        where = reader.where
        _, x, y, z, r, g, b, _, length = reader.take(POINT, "a point")
        if length * TRACK.size > len(reader.data) - reader.offset:
            raise DataError(f"{where}: a track of {length} cannot fit into the file; it is cut off or damaged")
        start = reader.skip(length * TRACK.size, "a track")
        xyz[index], rgb[index] = (x, y, z), (r, g, b)
        if length:
            seen_by[index] = TRACK.unpack_from(reader.data, start)[0]
    reader.finish()
    return make_points(xyz, rgb, seen_by)
