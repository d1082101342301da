"""Writes a capture as an RGB-D folder; see `rgbd` for the layout."""

from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from vantage.captures.capture import Capture, SceneObject
from vantage.captures.folders import new_folder
from vantage.captures.images import encode_depth_png, encode_integer_png, encode_rgb_png
from vantage.captures.rgbd import MILLIMETRES
from vantage.captures.view import View
from vantage.errors import DataError
from vantage.storage import write_bytes, write_json, write_text


def write_rgbd(capture: Capture, path: Path) -> None:
    """Write `capture` as the RGB-D folder `path`, which must be new or empty; it appears whole or not at all.

    Colour becomes 8-bit PNG (a mask its alpha), depth whole millimetres; depth beyond 65.534 m, which 16 bits of
    millimetres cannot hold, becomes 0 (unknown). Views are read one after another, never all at once.

    Raises:
        DataError: a view has no depth, or the views do not share one camera.
        UsageError: `path` holds something.
    """
    camera = capture.sources[0].camera
    if any(source.camera != camera for source in capture.sources):
        raise DataError(
            f"capture {capture.name!r}: its views have different cameras, and an RGB-D folder has one K.txt; "
            "write transforms or colmap, or read it with max_size"
        )
    with new_folder(Path(path)) as folder:
        stems = _stems(capture)
        for stem, view in zip(stems, capture, strict=True):
            _write_view(folder, stem, view)
        write_text(folder / "K.txt", _rows(camera.matrix))
        poses = np.stack([source.world_from_camera.reshape(16) for source in capture.sources])
        write_text(folder / "poses.txt", _rows(poses))
        write_json(folder / "capture.json", _about(capture))


def _stems(capture: Capture) -> list[str]:
    """Return the views' names without suffix when they keep their order as a sorted list of files, else numbers."""
    stems = [PurePosixPath(source.name).stem for source in capture.sources]
    plain = all(s.isdecimal() and s.isascii() and len(s) == len(stems[0]) for s in stems)
    if plain and sorted(set(stems)) == stems:
        return stems
    return [f"{index:0{max(3, len(str(len(stems) - 1)))}d}" for index in range(len(stems))]


def _write_view(folder: Path, stem: str, view: View) -> None:
    if view.depth is None:
        raise DataError(f"view {view.name!r} has no depth, and an RGB-D folder needs it; write transforms or colmap")
    write_bytes(folder / "images" / f"{stem}.png", encode_rgb_png(view.image, view.mask))
    write_bytes(folder / "depth" / f"{stem}.png", encode_depth_png(view.depth, MILLIMETRES))
    if view.instances is not None:
        write_bytes(folder / "instances" / f"{stem}.png", encode_integer_png(view.instances))
    if view.classes is not None:
        write_bytes(folder / "classes" / f"{stem}.png", encode_integer_png(view.classes))


def _rows(matrix: np.ndarray) -> str:
    # repr of a float is its shortest text that reads back as the same float.
    return "".join(" ".join(repr(float(x)) for x in row) + "\n" for row in matrix)


def _about(capture: Capture) -> dict[str, Any]:
    about: dict[str, Any] = {
        "name": capture.name,
        "metric": capture.metric,
        "test": list(capture.test_indices),
        "class_names": list(capture.class_names),
        "objects": [_object(item) for item in capture.objects],
    }
    if capture.relations:
        about["relations"] = [[item.subject, item.predicate, item.object] for item in capture.relations]
    if capture.floor:
        about["floor"] = [[float(x) for x in corner] for corner in capture.floor]
    captions = [source.caption for source in capture.sources]
    if any(caption is not None for caption in captions):
        about["captions"] = [caption or "" for caption in captions]
    return about


def _object(item: SceneObject) -> dict[str, Any]:
    result: dict[str, Any] = {
        "instance": item.instance,
        "category": item.category,
        "caption": item.caption,
        "attributes": dict(item.attributes),
    }
    if item.box is not None:
        result["box"] = {
            "centre": [float(x) for x in item.box.centre],
            "size": [float(x) for x in item.box.size],
            "rotation": [[float(x) for x in row] for row in item.box.rotation],
        }
    return result
