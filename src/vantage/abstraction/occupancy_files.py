"""Cells of labels as files for other tools: coloured points and coloured cubes as PLY, everything as npz."""

import io
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from vantage.captures.ply_table import table_header, write_table
from vantage.reports import SolidScene
from vantage.reports.solids import NEIGHBOURS, exposed_faces
from vantage.storage import write_bytes

_POINT = np.dtype(
    [*((axis, "<f4") for axis in "xyz"), *((c, "u1") for c in ("red", "green", "blue")), ("label", "<i4"),
     ("confidence", "<f4")]
)  # fmt: skip
# A comment is one line of ASCII; the names of labels are whatever people typed.
_COMMENT_LENGTH = 200


def save_points(path: Path, scene: SolidScene) -> None:
    """Write the middle of each cell as a PLY point with its label's colour, its label's number and its confidence.

    Labels count from 1 in the layers' order; comments in the header name them. Metres, view frame.

    Raises:
        ResourceError: the disk is full; what stood at `path` is still there.
    """
    rows = []
    for number, layer in enumerate(scene.layers, start=1):
        row = np.zeros(len(layer.cells), _POINT)
        for axis, values in zip("xyz", scene.centres(layer).T, strict=True):
            row[axis] = values
        for channel, part in zip(("red", "green", "blue"), layer.colour, strict=True):
            row[channel] = round(255 * part)
        row["label"], row["confidence"] = number, layer.confidence
        rows.append(row)
    table = np.concatenate(rows) if rows else np.zeros(0, _POINT)
    write_table(path, table, comments=label_comments(scene))


def save_cubes(path: Path, scene: SolidScene) -> None:
    """Write the outer faces of each label's cells as a PLY mesh of squares in the label's colour; as `save_points`."""
    corners, colours, numbers = [], [], []
    for number, layer in enumerate(scene.layers, start=1):
        squares = _squares(layer.cells, scene)
        corners.append(squares.reshape(-1, 3))
        colours.append(np.tile(np.rint(255 * np.array(layer.colour)).astype(np.uint8), (4 * len(squares), 1)))
        numbers.append(np.full(4 * len(squares), number, np.int32))
    count = sum(map(len, numbers))
    record = np.dtype([name for name in _POINT.descr if name[0] != "confidence"])
    vertices = np.zeros(count, record)
    if count:
        for axis, values in zip("xyz", np.concatenate(corners).T, strict=True):
            vertices[axis] = values
        for channel, values in zip(("red", "green", "blue"), np.concatenate(colours).T, strict=True):
            vertices[channel] = values
        vertices["label"] = np.concatenate(numbers)
    faces = np.zeros(count // 4, np.dtype([("count", "u1"), ("corners", "<i4", (4,))]))
    faces["count"], faces["corners"] = 4, np.arange(count).reshape(-1, 4)
    header = table_header(record, count, label_comments(scene))
    listed = f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n".encode("ascii")
    write_bytes(path, header.removesuffix(b"end_header\n") + listed + vertices.tobytes() + faces.tobytes())


def save_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays as a compressed npz that needs no pickle to read, whole or not at all."""
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    write_bytes(path, file.getvalue())


def label_comments(scene: SolidScene) -> tuple[str, ...]:
    """Return the header's comments: the unit and frame, and each label's number and name in ASCII."""
    named = (
        f"label {number}: {' '.join(layer.label.encode('ascii', 'replace').decode('ascii').split())[:_COMMENT_LENGTH]}"
        for number, layer in enumerate(scene.layers, start=1)
    )
    return ("metres; x ahead of the camera, y left, z up; origin on the ground under the camera", *named)


def _squares(cells: Int[np.ndarray, "n 3"], scene: SolidScene) -> Float[np.ndarray, "f 4 3"]:
    """Return the corners of exposed faces, counter-clockwise seen from outside, metres."""
    owners, directions = exposed_faces(cells, scene.shape)
    offsets = np.zeros((len(NEIGHBOURS), 4, 3))
    for number, step in enumerate(NEIGHBOURS):
        axis = int(np.flatnonzero(step)[0])
        # The next two axes in cyclic order turn counter-clockwise about this one.
        first, second = (axis + 1) % 3, (axis + 2) % 3
        u, v = np.array([0, 1, 1, 0]), np.array([0, 0, 1, 1])
        if step[axis] < 0:
            u, v = v, u
        offsets[number, :, axis] = step[axis] > 0
        offsets[number, :, first], offsets[number, :, second] = u, v
    return np.array(scene.low) + (cells[owners][:, None] + offsets[directions]) * np.array(scene.cell_size)
