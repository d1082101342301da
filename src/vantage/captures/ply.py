"""Point clouds as PLY: the vertex element with x, y, z and red, green, blue."""

from pathlib import Path

import numpy as np

from vantage.captures.capture import PointCloud
from vantage.captures.ply_table import read_table, table_header
from vantage.errors import DataError


def read_points(path: Path) -> PointCloud:
    """Read the points of a PLY file; those that are not finite are left out, missing colours are grey.

    Raises:
        DataError: not such a file, or cut off.
    """
    table = read_table(path)
    if not {"x", "y", "z"} <= set(table.names):
        raise DataError(f"{path}: its vertices have {str(list(table.names))[:200]}; expected x, y and z")
    vertices = table.vertices
    with np.errstate(over="ignore", invalid="ignore"):
        points = np.stack([vertices[axis].astype(np.float32) for axis in "xyz"], axis=-1)
    colors = np.full((len(points), 3), 128, np.uint8)
    if {"red", "green", "blue"} <= set(table.names):
        colors = np.stack([vertices[c] for c in ("red", "green", "blue")], axis=-1).astype(np.uint8)
    finite = np.isfinite(points).all(axis=1)
    return PointCloud(points=points[finite], colors=colors[finite])


def encode_points(cloud: PointCloud) -> bytes:
    """Encode points as a binary little-endian PLY."""
    fields = [(axis, "<f4") for axis in "xyz"] + [(c, "u1") for c in ("red", "green", "blue")]
    table = np.zeros(len(cloud.points), np.dtype(fields))
    for index in range(3):
        table["xyz"[index]] = cloud.points[:, index]
        table[("red", "green", "blue")[index]] = cloud.colors[:, index]
    return table_header(table.dtype, len(table)) + table.tobytes()
