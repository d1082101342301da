"""Writes a capture as nerfstudio's `transforms.json` with `images/`, `depth/` and `points.ply`."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from vantage.captures.capture import Capture
from vantage.captures.colmap_writer import png_names
from vantage.captures.folders import new_folder
from vantage.captures.images import encode_depth_png, encode_rgb_png
from vantage.captures.paths import resolve_inside
from vantage.captures.ply import encode_points
from vantage.captures.transforms import FILE_NAME, OPENCV_FROM_OPENGL
from vantage.geometry import Camera
from vantage.storage import write_bytes, write_json


def write_transforms(capture: Capture, path: Path) -> None:
    """Write `capture` for nerfstudio into `path`, which must be new or empty; it appears whole or not at all.

    Images become 8-bit PNG (a mask its alpha), depth 16-bit millimetres (beyond 65.534 m unknown). Intrinsics stand
    once when all views share them. Labels have no place in this format.

    Raises:
        DataError: two views have one name, or a name leads out of the folder.
        UsageError: `path` holds something.
    """
    names = [name.removeprefix("images/") for name in png_names(capture)]
    cameras = {source.camera for source in capture.sources}
    frames: list[dict[str, Any]] = []
    with new_folder(Path(path)) as folder:
        for name, source in zip(names, capture.sources, strict=True):
            view = source.read()
            where = f"capture {capture.name!r}"
            write_bytes(resolve_inside(folder / "images", name, where), encode_rgb_png(view.image, view.mask))
            frame: dict[str, Any] = {"file_path": f"images/{name}"}
            if view.depth is not None:
                write_bytes(resolve_inside(folder / "depth", name, where), encode_depth_png(view.depth))
                frame["depth_file_path"] = f"depth/{name}"
            if source.caption is not None:
                frame["caption"] = source.caption
            if len(cameras) > 1:
                frame.update(_intrinsics(source.camera))
            frame["transform_matrix"] = (source.world_from_camera @ OPENCV_FROM_OPENGL).tolist()
            frames.append(frame)
        top: dict[str, Any] = {"camera_model": "OPENCV", "metric": capture.metric, "depth_unit_scale_factor": 0.001}
        if len(cameras) == 1:
            top.update(_intrinsics(capture.sources[0].camera))
        if capture.points is not None:
            write_bytes(folder / "points.ply", encode_points(capture.points))
            top["ply_file_path"] = "points.ply"
        top["frames"] = frames
        held_out = np.isin(np.arange(len(capture)), capture.test_indices)
        for key, kept in (("train_filenames", ~held_out), ("test_filenames", held_out)):
            top[key] = [frame["file_path"] for frame, keep in zip(frames, kept, strict=True) if keep]
        # nerfstudio asks for a validation split beside the others; the held-out views serve as both.
        top["val_filenames"] = top["test_filenames"]
        write_json(folder / FILE_NAME, top)


def _intrinsics(camera: Camera) -> dict[str, float]:
    values = dataclasses.asdict(camera)
    keys = {"fl_x": "fx", "fl_y": "fy", "cx": "cx", "cy": "cy", "w": "width", "h": "height"}
    return {key: values[name] for key, name in keys.items()}
