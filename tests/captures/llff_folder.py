"""Writes captures as LLFF and 3D-OVS folders, from the layouts' own description."""

from pathlib import Path

import numpy as np
from PIL import Image

from vantage.captures import Capture
from vantage.captures.images import encode_rgb_png

ANNOTATED = (1, 3)
"""Images with masks."""


def poses_bounds(capture: Capture) -> np.ndarray:
    """Rows as LLFF's own script writes them: columns down, right, back, position, (height, width, focal length)."""
    rows = []
    for source in capture.sources:
        right, down, forward, position = source.world_from_camera[:3].T
        camera = source.camera
        matrix = np.stack([down, right, -forward, position, [camera.height, camera.width, camera.fx]], axis=1)
        rows.append([*matrix.ravel(), 0.5, 6.0])
    return np.array(rows)


def write_llff(capture: Capture, folder: Path) -> None:
    (folder / "images").mkdir(parents=True)
    for number, view in enumerate(capture):
        (folder / "images" / f"{number:02d}.png").write_bytes(encode_rgb_png(view.image))
    np.save(folder / "poses_bounds.npy", poses_bounds(capture))


def write_3dovs(capture: Capture, folder: Path, classes: list[str]) -> None:
    """Write a capture with masks of all its objects of some captions, black and white, in the images' own size."""
    write_llff(capture, folder)
    (folder / "segmentations").mkdir()
    (folder / "segmentations" / "classes.txt").write_text("\n".join(classes) + "\n")
    for number in ANNOTATED:
        (folder / "segmentations" / f"{number:02d}").mkdir()
        for caption in classes:
            path = folder / "segmentations" / f"{number:02d}" / f"{caption}.png"
            Image.fromarray((true_of(capture, number, caption) * 255).astype(np.uint8)).save(path)


def true_of(capture: Capture, number: int, caption: str) -> np.ndarray:
    """Return where the things of a caption are in a view."""
    instances = [thing.instance for thing in capture.objects if thing.caption == caption]
    return np.isin(np.asarray(capture[number].instances), instances)
