"""Checks on poses, and the small text files of numbers that hold them."""

import math
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from vantage.errors import DataError

ROTATION_TOLERANCE = 2e-3
"""How far R R^T may be from the identity: twice the 1e-3 a quaternion's norm may be off (it enters squared)."""

MAX_TEXT_BYTES = 256_000_000
"""Text files of poses and models above this are refused before reading (the bound of `storage.read_json`)."""


def checked_pose(matrix: Float64[np.ndarray, "4 4"], where: str) -> Float64[np.ndarray, "4 4"]:
    """Return the rigid motion nearest to `matrix`, which must be one up to rounding.

    Raises:
        DataError: the bottom row is not 0 0 0 1, or the rotation is scaled, sheared or mirrored.
    """
    if not np.allclose(matrix[3], (0, 0, 0, 1), atol=1e-6):
        raise DataError(f"{where}: the pose's bottom row is {matrix[3].tolist()}; expected 0 0 0 1")
    rotation = matrix[:3, :3]
    deviation = float(np.abs(rotation @ rotation.T - np.eye(3)).max())
    if not deviation <= ROTATION_TOLERANCE:
        raise DataError(
            f"{where}: the pose's rotation is not orthonormal (R R^T is off by {deviation:.3g}, at most "
            f"{ROTATION_TOLERANCE:g}); poses must be row-major rigid motions without scale"
        )
    if np.linalg.det(rotation) < 0:
        raise DataError(
            f"{where}: the pose's rotation has determinant -1 (it mirrors); one axis is flipped, often by a wrong "
            "OpenGL-to-OpenCV conversion: negate both the y and the z column, not one"
        )
    if deviation < 1e-12:
        return matrix
    u, _, vt = np.linalg.svd(rotation)
    result = matrix.copy()
    result[:3, :3] = u @ vt
    return result


def rotation_from_quat_wxyz(quat_wxyz: Float64[np.ndarray, " 4"], where: str) -> Float64[np.ndarray, "3 3"] | None:
    """Return the rotation of a unit quaternion (w, x, y, z); None when it is zero or not finite.

    Raises:
        DataError: the norm is off 1 by more than 1e-3.
    """
    norm = float(np.linalg.norm(quat_wxyz))
    if not math.isfinite(norm) or norm == 0:
        return None
    if abs(norm - 1) > 1e-3:
        raise DataError(
            f"{where}: quaternion norm is {norm:.6g}, expected 1 within 1e-3; "
            "these may not be quaternions in this file's order, or the export is damaged"
        )
    w, x, y, z = quat_wxyz / norm
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def inverse_pose(a_from_b: Float64[np.ndarray, "4 4"]) -> Float64[np.ndarray, "4 4"]:
    """Return `b_from_a` of a rigid motion."""
    result = np.eye(4)
    result[:3, :3] = a_from_b[:3, :3].T
    result[:3, 3] = -a_from_b[:3, :3].T @ a_from_b[:3, 3]
    return result


def read_lines(path: Path) -> list[str]:
    """Read a text file as lines.

    Raises:
        DataError: missing, too large or not UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > MAX_TEXT_BYTES:
            raise DataError(f"{path}: {size} bytes, more than the {MAX_TEXT_BYTES} a text file here may have")
        return path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: byte {error.start} is not UTF-8 text") from error


def parse_floats(words: list[str], where: str) -> list[float]:
    """Parse words as numbers, NaN and infinities included (they set one view aside).

    Raises:
        DataError: a word is no number.
    """
    try:
        return [float(word) for word in words]
    except ValueError as error:
        raise DataError(f"{where}: {error}; expected numbers") from error


def read_matrix(path: Path, rows: int, columns: int) -> Float64[np.ndarray, "{rows} {columns}"]:
    """Read a text file that holds one matrix, row by row.

    Raises:
        DataError: missing, not numbers, or another shape.
    """
    lines = [line.split() for line in read_lines(path) if line.strip()]
    values = [parse_floats(words, f"{path}:{number}") for number, words in enumerate(lines, start=1)]
    if len(values) != rows or any(len(row) != columns for row in values):
        found = f"{len(values)} rows of {sorted({len(row) for row in values})} numbers"
        raise DataError(f"{path}: {found}; expected {rows} rows of {columns}")
    return np.array(values, dtype=np.float64)
