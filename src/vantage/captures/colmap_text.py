"""Reads COLMAP's text models.

A cut-off text file is told by its last line (COLMAP ends every line) and by the counts in its header comments.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vantage.captures.colmap_model import ColmapCamera, ColmapImage, ColmapPoints, make_camera, make_points
from vantage.captures.poses import parse_floats, read_lines
from vantage.errors import DataError

_HEADER_COUNT = re.compile(r"#\s*Number of \w+:\s*(\d{1,18})\b")


class _Text:
    """The lines of a model file without comments, each with its number, and the count its header states."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = read_lines(path)
        if lines and not _ends_with_newline(path):
            raise DataError(f"{path}:{len(lines)}: the last line has no end; the file is cut off: export it again")
        self.lines = [(number, line) for number, line in enumerate(lines, start=1) if not line.startswith("#")]
        counts = [match for line in lines if (match := _HEADER_COUNT.match(line))]
        self.stated = int(counts[0][1]) if counts else None

    def records(self) -> Iterator[tuple[str, list[str]]]:
        """Iterate over the lines that hold something: where each stands, and its words."""
        for number, line in self.lines:
            if line.strip():
                yield f"{self.path}:{number}", line.split()

    def check_count(self, found: int, what: str) -> None:
        if self.stated is not None and self.stated != found:
            raise DataError(
                f"{self.path}: its header states {self.stated} {what} but {found} stand there; the file is cut off"
            )
        if self.stated is None and found == 0:
            raise DataError(f"{self.path}: no {what}; the file is empty or cut off")


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) in b"\r\n"


def _integer(word: str, where: str) -> int:
    # 18 digits fit 64 bits; underscores and other scripts' digits, which Python takes, do not belong here.
    if not re.fullmatch(r"-?\d{1,18}", word, re.ASCII):
        raise DataError(f"{where}: found {word[:40]!r}; expected a whole number")
    return int(word)


def read_cameras_text(path: Path) -> dict[int, ColmapCamera]:
    """Read `cameras.txt`: `CAMERA_ID MODEL WIDTH HEIGHT PARAMS...`.

    Raises:
        DataError: cut off, damaged, or with an unsupported camera model.
    """
    text = _Text(path)
    cameras: dict[int, ColmapCamera] = {}
    for where, words in text.records():
        if len(words) < 4:
            raise DataError(f"{where}: {len(words)} words; expected CAMERA_ID MODEL WIDTH HEIGHT PARAMS...")
        camera_id = _integer(words[0], where)
        if camera_id in cameras:
            raise DataError(f"{where}: camera {camera_id} stands twice in the file")
        size = _integer(words[2], where), _integer(words[3], where)
        cameras[camera_id] = make_camera(words[1], *size, parse_floats(words[4:], where), where)
    text.check_count(len(cameras), "cameras")
    return cameras


def read_images_text(path: Path) -> tuple[ColmapImage, ...]:
    """Read `images.txt`: `IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME`, then a line of observations (may be empty).

    Raises:
        DataError: cut off or damaged.
    """
    text = _Text(path)
    images: list[ColmapImage] = []
    lines = iter(text.lines)
    for number, line in lines:
        words = line.strip().split(maxsplit=9)
        if not words:
            continue
        where = f"{path}:{number}"
        if len(words) != 10:
            raise DataError(f"{where}: {len(words)} words; expected IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME")
        values = parse_floats(words[1:8], where)
        image_id = _integer(words[0], where)
        images.append(
            ColmapImage(
                image_id=image_id,
                name=words[9],
                quat_wxyz=np.array(values[:4]),
                translation=np.array(values[4:]),
                camera_id=_integer(words[8], where),
                where=f'{where}: image {image_id} "{words[9]}"',
            )
        )
        observations = next(lines, None)
        if observations is None:
            raise DataError(f"{where}: the line of observations that follows an image is missing; the file is cut off")
        if len(observations[1].split()) % 3:
            raise DataError(f"{path}:{observations[0]}: observations are not triples X Y POINT3D_ID")
    text.check_count(len(images), "images")
    return tuple(images)


def read_points_text(path: Path) -> ColmapPoints:
    """Read `points3D.txt`: `POINT3D_ID X Y Z R G B ERROR (IMAGE_ID POINT2D_IDX)...`.

    Raises:
        DataError: cut off or damaged.
    """
    text = _Text(path)
    xyz: list[list[float]] = []
    rgb: list[list[int]] = []
    seen_by: list[int] = []
    for where, words in text.records():
        if len(words) < 8 or len(words) % 2:
            raise DataError(f"{where}: {len(words)} words; expected POINT3D_ID X Y Z R G B ERROR and pairs of a track")
        xyz.append(parse_floats(words[1:4], where))
        rgb.append([_integer(word, where) for word in words[4:7]])
        if not all(0 <= value <= 255 for value in rgb[-1]):
            raise DataError(f"{where}: colour {rgb[-1]}; expected 0 to 255")
        seen_by.append(_integer(words[8], where) if len(words) > 8 else -1)
    text.check_count(len(xyz), "points")
    return make_points(np.array(xyz, np.float64), np.array(rgb, np.uint8), np.array(seen_by, np.int64))
