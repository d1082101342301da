"""ScanNet scenes as exported by its SensReader: `color/ depth/ pose/ intrinsic/`, one file a frame, numbered."""

from pathlib import Path

import numpy as np

from vantage.captures.capture import Capture, SetAside
from vantage.captures.frames import Frame, ReadOptions, assemble
from vantage.captures.paths import check_inside
from vantage.captures.poses import read_matrix
from vantage.captures.rgbd import camera_of_images, list_images
from vantage.errors import DataError

DEPTH_UNITS = 1000.0  # ScanNet, "Data Organization": 16-bit depth shifted by 1000.


def open_scannet(folder: Path, options: ReadOptions) -> Capture:
    """Open an exported ScanNet scene; depth is resampled from its own camera to the colour camera's pixels.

    A lost track, which ScanNet writes as a pose of infinities, is left out with a note: it is no damage of the data.

    Raises:
        DataError: files are missing or damaged.
    """
    images = list_images(folder / "color")
    colour = read_matrix(folder / "intrinsic" / "intrinsic_color.txt", 4, 4)[:3, :3]
    depth_file = folder / "intrinsic" / "intrinsic_depth.txt"
    depth_matrix = read_matrix(depth_file, 4, 4)[:3, :3] if depth_file.is_file() else None
    if depth_matrix is not None and not (
        np.isfinite(depth_matrix).all() and depth_matrix[0, 0] > 0 < depth_matrix[1, 1]
    ):
        raise DataError(f"{depth_file}: not a matrix of intrinsics; expected positive focal lengths")
    camera = camera_of_images(colour, images, folder / "intrinsic" / "intrinsic_color.txt")
    frames: list[Frame] = []
    aside: list[SetAside] = []
    lost = 0
    for image in images:
        depth, pose = folder / "depth" / f"{image.stem}.png", folder / "pose" / f"{image.stem}.txt"
        for path in (depth, pose):
            check_inside(path, folder, str(path.parent))
        if not (depth.is_file() and pose.is_file()):
            missing = pose if depth.is_file() else depth
            aside.append(SetAside(name=image.name, reason="rgbd_unsynced", detail=f"{missing} is missing"))
            continue
        matrix = read_matrix(pose, 4, 4)
        if np.isinf(matrix).any():
            lost += 1
            continue
        frames.append(
            Frame(
                name=image.name,
                image=image,
                camera=camera,
                world_from_camera=matrix,
                where=str(pose),
                depth=depth,
                depth_units=options.depth_scale or DEPTH_UNITS,
                depth_matrix=depth_matrix,
            )
        )
    notes = [f"{lost} of {len(images)} frames have no pose: the scanner had lost track"] if lost else []
    return assemble(folder.resolve().name, frames, options, set_aside=aside, notes=notes)
