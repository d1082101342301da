"""nerfstudio's `transforms.json`: frames with OpenGL camera axes (y up, z backward), converted to OpenCV's.

Read: global or per-frame intrinsics (`fl_x fl_y cx cy w h`, or `camera_angle_x`), OPENCV distortion (undone on read),
`depth_file_path` with `depth_unit_scale_factor`, `mask_path`, `applied_transform` and `applied_scale` (undone, so that
the world is the data's original one), `ply_file_path`, and the split in `train_filenames` and `test_filenames`.
"""

import dataclasses
import math
from pathlib import Path

import numpy as np

from vantage.captures.capture import Capture, PointCloud, SetAside
from vantage.captures.frames import Frame, ReadOptions, assemble
from vantage.captures.images import IMAGE_SUFFIXES, ImageError, read_header
from vantage.captures.json_node import JsonNode
from vantage.captures.lens import Lens
from vantage.captures.paths import resolve_inside
from vantage.captures.ply import read_points
from vantage.errors import DataError
from vantage.geometry import Camera

OPENCV_FROM_OPENGL = np.diag([1.0, -1.0, -1.0, 1.0])
"""Turns camera axes; it is its own inverse."""

PINHOLE_MODELS = ("OPENCV", "PINHOLE", "SIMPLE_PINHOLE")

FILE_NAME = "transforms.json"


def open_transforms(folder: Path, options: ReadOptions) -> Capture:
    """Open a folder with a `transforms.json`.

    Raises:
        DataError: the file is not strict JSON of this layout (the error names the JSON path), or views are unusable.
    """
    top = JsonNode.of_file(folder / FILE_NAME)
    original_from_stored, scale = _applied(top)
    metres_per_unit = top["depth_unit_scale_factor"].number() if "depth_unit_scale_factor" in top else 1e-3
    if not metres_per_unit > 0:
        raise top["depth_unit_scale_factor"].error(f"found {metres_per_unit}; expected metres per depth unit, above 0")
    units = options.depth_scale or 1 / metres_per_unit
    held_out = _split(top)
    frames: list[Frame] = []
    aside: list[SetAside] = []
    seen: set[Path] = set()
    for node in top["frames"].items():
        image = _image_path(folder, node["file_path"])
        if image in seen:
            raise node["file_path"].error(f"{image.name!r} stands twice among the frames")
        seen.add(image)
        name = str(image.relative_to(folder))
        pose = node["transform_matrix"].matrix(4, 4)
        with np.errstate(over="ignore", invalid="ignore"):
            pose = original_from_stored @ pose @ OPENCV_FROM_OPENGL
            pose[:3, 3] /= scale
        try:
            camera = _camera(top, node, image)
        except ImageError as error:
            aside.append(SetAside(name=name, reason=error.reason, detail=str(error)))
            continue
        frames.append(
            Frame(
                name=name,
                image=image,
                camera=camera,
                lens=_lens(top, node),
                world_from_camera=pose,
                where=f"{node.file}: {node.path}.transform_matrix",
                depth=_optional(folder, node, "depth_file_path"),
                depth_units=units,
                mask=_optional(folder, node, "mask_path"),
                caption=node["caption"].text() if "caption" in node else None,
                test=None if held_out is None else _is_held_out(node, held_out),
            )
        )
    points = _points(folder, top, original_from_stored, scale)
    return assemble(folder.resolve().name, frames, options, set_aside=aside, points=points, metric=_metric(top))


def _metric(top: JsonNode) -> bool:
    """Structure from motion has no scale; our own writer says when units are metres."""
    return top["metric"].flag() if "metric" in top else False


def _applied(top: JsonNode) -> tuple[np.ndarray, float]:
    """Return the motion and scale that undo `applied_transform` and `applied_scale`."""
    matrix, scale = np.eye(4), 1.0
    if "applied_transform" in top:
        node = top["applied_transform"]
        matrix[:3] = node.matrix(len(node.value) if isinstance(node.value, list) else 3, 4)[:3]
        with np.errstate(over="ignore", invalid="ignore"):
            deviation = np.abs(matrix[:3, :3] @ matrix[:3, :3].T - np.eye(3)).max()
        if not deviation < 1e-3:
            raise node.error("the matrix is not a rotation with a translation")
    if "applied_scale" in top:
        scale = top["applied_scale"].number()
        if not 1e-9 < scale < 1e9:
            raise top["applied_scale"].error(f"found {scale}; expected a positive scale")
    # The stored world is transform(original) * scale, and translations are divided by the scale afterwards.
    inverse = np.eye(4)
    inverse[:3, :3] = matrix[:3, :3].T
    inverse[:3, 3] = -matrix[:3, :3].T @ matrix[:3, 3] * scale
    return inverse, scale


def _split(top: JsonNode) -> frozenset[str] | None:
    """Return the file paths that are held out; None when the file holds no split."""
    for key in ("test_filenames", "val_filenames"):
        if key in top:
            return frozenset(item.text() for item in top[key].items())
    return None


def _is_held_out(node: JsonNode, held_out: frozenset[str]) -> bool:
    return node["file_path"].text() in held_out


def _image_path(folder: Path, node: JsonNode) -> Path:
    """Return a frame's image; names without a suffix (Blender's) take the image that is there."""
    path = resolve_inside(folder, node.text(), f"{node.file}: {node.path}")
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return path
    for suffix in IMAGE_SUFFIXES:
        candidate = path.with_name(path.name + suffix)
        if candidate.is_file():
            return candidate
    return path


def _optional(folder: Path, node: JsonNode, key: str) -> Path | None:
    if key not in node:
        return None
    return resolve_inside(folder, node[key].text(), f"{node.file}: {node.path}.{key}")


def _of(top: JsonNode, frame: JsonNode, key: str) -> JsonNode | None:
    """Return a frame's own value, else the global one."""
    owner = frame if key in frame else top
    return owner[key] if key in owner else None  # noqa: SIM401 (a node has no `get`)


def _number(top: JsonNode, frame: JsonNode, key: str) -> float | None:
    node = _of(top, frame, key)
    return None if node is None else node.number()


def _camera(top: JsonNode, frame: JsonNode, image: Path) -> Camera:
    model = _of(top, frame, "camera_model")
    if model is not None and model.text() not in PINHOLE_MODELS:
        raise model.error(f"camera model {model.text()!r} is not supported; supported are {', '.join(PINHOLE_MODELS)}")
    size = [_of(top, frame, key) for key in ("w", "h")]
    if size[0] is not None and size[1] is not None:
        width, height = (node.integer(low=1, high=1_000_000) for node in size if node is not None)
    else:
        header = read_header(image)
        width, height = header.width, header.height
    fx = _number(top, frame, "fl_x")
    angle = _of(top, frame, "camera_angle_x")
    if fx is None and angle is not None:
        if not 0 < angle.number() < math.pi:
            raise angle.error(f"found {angle.number()}; expected radians between 0 and pi")
        fx = 0.5 * width / math.tan(0.5 * angle.number())
    if fx is None:
        raise frame.error("the key 'fl_x' is missing here and at the top, and so is 'camera_angle_x'")
    fy, cx, cy = (_number(top, frame, key) for key in ("fl_y", "cx", "cy"))
    try:
        return Camera(
            fx=fx,
            fy=fx if fy is None else fy,
            cx=width / 2 if cx is None else cx,
            cy=height / 2 if cy is None else cy,
            width=width,
            height=height,
        )
    except DataError as error:
        raise frame.error(str(error)) from error


def _lens(top: JsonNode, frame: JsonNode) -> Lens:
    values = {field.name: _number(top, frame, field.name) or 0.0 for field in dataclasses.fields(Lens)}
    return Lens(**values)


def _points(folder: Path, top: JsonNode, original_from_stored: np.ndarray, scale: float) -> PointCloud | None:
    """Read the sparse points; nerfstudio keeps them in the stored world, like the poses."""
    path = _optional(folder, top, "ply_file_path")
    if path is None:
        return None
    cloud = read_points(path)
    points = cloud.points.astype(np.float64) @ original_from_stored[:3, :3].T + original_from_stored[:3, 3]
    return PointCloud(points=(points / scale).astype(np.float32), colors=cloud.colors)
