"""True masks beside photographs: the `segmentations/` of the 3D-OVS scenes (Liu et al. 2023).

`classes.txt` names a class a line; a folder per annotated image, called by the image's number in the order of names,
holds `CLASS.png` for every class, white where it is.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from vantage.captures.images import IMAGE_SUFFIXES, read_image
from vantage.captures.paths import resolve_inside
from vantage.captures.poses import read_lines
from vantage.errors import DataError

FOLDER = "segmentations"
WHITE = 0.5
"""Lightness above which a pixel belongs to the class; masks are black and white, up to how they were saved."""


def has_segmentations(folder: Path) -> bool:
    """Tell whether a capture brings true masks with it."""
    return (folder / FOLDER / "classes.txt").is_file() and (folder / "images").is_dir()


def image_files(folder: Path) -> list[Path]:
    """Return the images of such a capture in the order of their names, by which masks and poses are counted."""
    return sorted(file for file in (folder / "images").iterdir() if file.suffix.lower() in IMAGE_SUFFIXES)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Segmentations:
    """Which classes a capture has masks of, and in which images."""

    classes: tuple[str, ...]
    """In the order of `classes.txt`."""
    annotated: Mapping[int, Path]
    """Folders of masks by the image's number, in the order of names."""
    views: Mapping[str, int]
    """Number of each image by its name."""

    def masks(self, view: str) -> dict[str, Bool[np.ndarray, "_h _w"]]:
        """Return the mask of every class in the image of a view, at the size it was drawn; none where nobody drew any.

        Raises:
            DataError: a class has no mask, or one is damaged.
        """
        number = self.views.get(Path(view).name)
        if number is None or number not in self.annotated:
            return {}
        folder = self.annotated[number]
        return {name: read_image(folder / f"{name}.png")[0].mean(axis=2) > WHITE for name in self.classes}


def open_segmentations(folder: Path) -> Segmentations:
    """Look for the true masks of a capture.

    Raises:
        DataError: no class is named, one is named twice or by a path, or masks are of an image that is not there.
    """
    path = folder / FOLDER / "classes.txt"
    classes = tuple(word for line in read_lines(path) if (word := line.strip()))
    if not classes or len(set(classes)) < len(classes):
        raise DataError(f"{path}: {len(classes)} classes, {len(set(classes))} of them different; expected one a line")
    for name in classes:
        if Path(name).name != name:
            raise DataError(f"{path}: the class {name!r} is no plain name; its mask could not be a file")
    images = [file.name for file in image_files(folder)]
    annotated = {}
    for child in sorted((folder / FOLDER).iterdir()):
        if child.is_dir():
            if not child.name.isdecimal() or int(child.name) >= len(images):
                raise DataError(f"{child}: expected the number of one of {len(images)} images, from 0 on")
            for name in classes:
                if not resolve_inside(child, f"{name}.png", str(path), root=folder).is_file():
                    raise DataError(f"{child}: the mask {name}.png is missing; every class needs one in each image")
            annotated[int(child.name)] = child
    if not annotated:
        raise DataError(f"{folder / FOLDER}: no image has masks; expected folders such as 00 with a picture a class")
    return Segmentations(classes=classes, annotated=annotated, views={name: n for n, name in enumerate(images)})
