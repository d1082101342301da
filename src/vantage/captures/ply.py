"""Point clouds as PLY: the vertex element with x, y, z and red, green, blue; binary little-endian or ASCII."""

from pathlib import Path

import numpy as np

from vantage.captures.capture import PointCloud
from vantage.errors import DataError

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "<i2", "int16": "<i2", "ushort": "<u2",
    "uint16": "<u2", "int": "<i4", "int32": "<i4", "uint": "<u4", "uint32": "<u4", "float": "<f4", "float32": "<f4",
    "double": "<f8", "float64": "<f8",
}  # fmt: skip
_HEADER_BYTES = 65536  # A header of a thousand properties is half as long.


def read_points(path: Path) -> PointCloud:
    """Read the points of a PLY file; those that are not finite are left out, missing colours are grey.

    Raises:
        DataError: not such a file, or cut off.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    end = content.find(b"end_header\n", 0, _HEADER_BYTES)
    if not content.startswith(b"ply\n") or end < 0:
        raise DataError(f"{path}: not a PLY file, or its header is cut off")
    form, count, fields = _parse_header(path, content[:end].decode("ascii", "replace"))
    body = content[end + len(b"end_header\n") :]
    record = np.dtype(fields)
    if form == "ascii":
        table = _ascii_table(path, body, count, record)
    else:
        if count * record.itemsize > len(body):
            raise DataError(f"{path}: {count} points need {count * record.itemsize} bytes but {len(body)} are there")
        table = np.frombuffer(body, record, count)
    with np.errstate(over="ignore", invalid="ignore"):
        points = np.stack([table[axis].astype(np.float32) for axis in "xyz"], axis=-1)
    colors = np.full((count, 3), 128, np.uint8)
    if {"red", "green", "blue"} <= set(record.names or ()):
        colors = np.stack([table[c] for c in ("red", "green", "blue")], axis=-1).astype(np.uint8)
    finite = np.isfinite(points).all(axis=1)
    return PointCloud(points=points[finite], colors=colors[finite])


def _parse_header(path: Path, header: str) -> tuple[str, int, list[tuple[str, str]]]:
    """Return the form, the number of vertices and their fields; vertices must be the first element."""
    form, count, element = "", -1, ""
    fields: list[tuple[str, str]] = []
    for line in header.splitlines()[1:]:
        words = line.split()
        if words[:1] == ["format"] and len(words) == 3:
            form = words[1]
        elif words[:1] == ["element"] and len(words) == 3:
            if words[1] == "vertex" and not element and words[2].isdecimal() and len(words[2]) < 12:
                count = int(words[2])
            element = words[1]
        elif words[:1] == ["property"] and element == "vertex":
            if len(words) != 3 or words[1] not in _TYPES:
                raise DataError(f"{path}: the vertex property {line!r} is not supported; expected plain numbers")
            fields.append((words[2], _TYPES[words[1]]))
    names = [name for name, _ in fields]
    if form not in ("ascii", "binary_little_endian") or count < 0 or len(set(names)) < len(names):
        raise DataError(f"{path}: expected an ascii or binary_little_endian PLY whose first element is vertex")
    if not {"x", "y", "z"} <= set(names):
        raise DataError(f"{path}: its vertices have {names}; expected x, y and z")
    return form, count, fields


def _ascii_table(path: Path, body: bytes, count: int, record: np.dtype) -> np.ndarray:
    words = body.split()
    width = len(record.names or ())
    if count * width > len(words):
        raise DataError(f"{path}: {count} points need {count * width} numbers but {len(words)} are there")
    try:
        values = np.array(words[: count * width], dtype=np.float64).reshape(count, width)
    except ValueError as error:
        raise DataError(f"{path}: {error}; expected numbers") from error
    table = np.zeros(count, record)
    with np.errstate(over="ignore", invalid="ignore"):
        for index, name in enumerate(record.names or ()):
            table[name] = values[:, index]
    return table


def encode_points(cloud: PointCloud) -> bytes:
    """Encode points as a binary little-endian PLY."""
    fields = [(axis, "<f4") for axis in "xyz"] + [(c, "u1") for c in ("red", "green", "blue")]
    table = np.zeros(len(cloud.points), np.dtype(fields))
    for index in range(3):
        table["xyz"[index]] = cloud.points[:, index]
        table[("red", "green", "blue")[index]] = cloud.colors[:, index]
    properties = [f"property float {axis}" for axis in "xyz"]
    properties += [f"property uchar {c}" for c in ("red", "green", "blue")]
    header = ["ply", "format binary_little_endian 1.0", f"element vertex {len(table)}", *properties, "end_header", ""]
    return "\n".join(header).encode("ascii") + table.tobytes()
