"""RGB-D folders: `images/ depth/ poses.txt K.txt`, with optional `instances/ classes/ capture.json`.

`poses.txt` has one row-major 4x4 `world_from_camera` a line (OpenCV axes, metres), in the order of the sorted images;
`depth/NNN.png` is 16-bit z-depth in millimetres, 0 = unknown. `capture.json` may hold
`{"name", "class_names", "objects": [{instance, category, caption, attributes, box}], "captions", "test", "metric",
"relations": [[subject, predicate, object]], "floor": [[x, y, z]]}`.
"""

import dataclasses
import itertools
from pathlib import Path

import numpy as np

from vantage.captures.capture import Capture, SceneObject, SceneRelation, SetAside
from vantage.captures.frames import Frame, ReadOptions, assemble
from vantage.captures.images import IMAGE_SUFFIXES, ImageError, read_header
from vantage.captures.json_node import JsonNode
from vantage.captures.paths import check_inside
from vantage.captures.poses import parse_floats, read_lines, read_matrix
from vantage.errors import DataError
from vantage.geometry import Camera, OrientedBox

MILLIMETRES = 1000.0
"""Depth units per metre of this layout."""


def open_rgbd(folder: Path, options: ReadOptions) -> Capture:
    """Open an RGB-D folder; see the module's docstring for its layout.

    Raises:
        DataError: its files do not fit together or are damaged.
    """
    images = list_images(folder / "images")
    poses = _read_poses(folder / "poses.txt")
    if len(images) != len(poses):
        raise DataError(
            f"{folder}: {len(images)} files in images/ but {len(poses)} poses in poses.txt; expected one for each"
        )
    camera = camera_of_images(read_matrix(folder / "K.txt", 3, 3), images, folder / "K.txt")
    about = _About(folder / "capture.json", len(images))
    units = options.depth_scale or MILLIMETRES
    frames: list[Frame] = []
    aside: list[SetAside] = []
    for index, (image, pose) in enumerate(zip(images, poses, strict=True)):
        depth = folder / "depth" / f"{image.stem}.png"
        check_inside(depth, folder, str(folder / "depth"))
        if not depth.is_file():
            aside.append(SetAside(name=image.name, reason="rgbd_unsynced", detail=f"{depth} is missing"))
            continue
        frames.append(
            Frame(
                name=image.name,
                image=image,
                camera=camera,
                world_from_camera=pose,
                where=f"{folder / 'poses.txt'}:{index + 1}",
                depth=depth,
                depth_units=units,
                instances=_optional(folder, "instances", image.stem),
                classes=_optional(folder, "classes", image.stem),
                caption=about.captions[index] if about.captions else None,
                test=index in about.test if about.test is not None else None,
            )
        )
    capture = assemble(
        about.name or folder.resolve().name,
        frames,
        options,
        set_aside=aside,
        metric=about.metric,
        class_names=about.class_names,
        objects=about.objects,
    )
    return dataclasses.replace(capture, relations=about.relations, floor=about.floor)


def list_images(folder: Path) -> list[Path]:
    """Return the image files of a folder sorted by name; numbers sort by value (2.png before 10.png).

    Raises:
        DataError: there are none, two differ only in their suffix, or a link leads out of the capture.
    """
    files = [f for f in folder.iterdir() if f.suffix.lower() in IMAGE_SUFFIXES] if folder.is_dir() else []
    if not files:
        raise DataError(f"{folder}: no images found; looked for {', '.join(IMAGE_SUFFIXES)}")
    files.sort(key=lambda f: (not f.stem.isdecimal(), int(f.stem) if f.stem.isdecimal() else 0, f.name))
    for before, after in itertools.pairwise(files):
        if before.stem == after.stem:
            raise DataError(f"{folder}: {before.name} and {after.name} are two images of one name; keep one")
    for file in files:
        check_inside(file, folder.parent, str(folder))
    return files


def camera_of_images(matrix: np.ndarray, images: list[Path], where: Path) -> Camera:
    """Return the camera of an intrinsic matrix for the size of the first readable image.

    Raises:
        DataError: no image can be read, or the matrix is not one of intrinsics.
    """
    problem: ImageError | None = None
    for image in images:
        try:
            header = read_header(image)
        except ImageError as error:
            problem = error
            continue
        try:
            return Camera.from_matrix(matrix, width=header.width, height=header.height)
        except DataError as error:
            raise DataError(f"{where}: {error}") from error
    raise DataError(f"{where.parent}: none of the {len(images)} images can be read. Last: {problem}")


def _optional(folder: Path, kind: str, stem: str) -> Path | None:
    path = folder / kind / f"{stem}.png"
    check_inside(path, folder, str(folder / kind))
    return path if path.is_file() else None


def _read_poses(path: Path) -> list[np.ndarray]:
    poses = []
    for number, line in enumerate(read_lines(path), start=1):
        words = line.split()
        if not words:
            continue
        values = parse_floats(words, f"{path}:{number}")
        if len(values) != 16:
            raise DataError(f"{path}:{number}: {len(values)} numbers; expected the 16 of a row-major 4x4 pose")
        poses.append(np.array(values).reshape(4, 4))
    if not poses:
        raise DataError(f"{path}: no poses; expected one line of 16 numbers for each image")
    return poses


class _About:
    """What `capture.json` says, checked against the number of views; empty when there is none."""

    def __init__(self, path: Path, views: int) -> None:
        self.name: str | None = None
        self.metric = True
        self.class_names: tuple[str, ...] = ()
        self.objects: tuple[SceneObject, ...] = ()
        self.captions: tuple[str, ...] = ()
        self.test: frozenset[int] | None = None
        self.relations: tuple[SceneRelation, ...] = ()
        self.floor: tuple[tuple[float, float, float], ...] = ()
        if not path.is_file():
            return
        node = JsonNode.of_file(path)
        known = {"name", "class_names", "objects", "captions", "test", "metric", "relations", "floor"}
        if unknown := sorted(set(node.keys()) - known):
            raise node.error(f"unknown keys {unknown}; expected some of {sorted(known)}")
        if "name" in node:
            self.name = node["name"].text()
        if "metric" in node:
            self.metric = node["metric"].flag()
        if "class_names" in node:
            self.class_names = tuple(item.text() for item in node["class_names"].items())
        if "objects" in node:
            self.objects = tuple(_scene_object(item) for item in node["objects"].items())
        if "captions" in node:
            self.captions = tuple(item.text() for item in node["captions"].items())
            if len(self.captions) != views:
                raise node["captions"].error(f"{len(self.captions)} captions; expected one for each of {views} views")
        if "test" in node:
            self.test = frozenset(item.integer(high=views - 1) for item in node["test"].items())
        if "relations" in node:
            numbers = {thing.instance for thing in self.objects}
            self.relations = tuple(_relation(item, numbers) for item in node["relations"].items())
        if "floor" in node:
            self.floor = _floor(node["floor"])


def _scene_object(node: JsonNode) -> SceneObject:
    attributes: tuple[tuple[str, str], ...] = ()
    if "attributes" in node:
        attributes = tuple((key, node["attributes"][key].text()) for key in node["attributes"].keys())  # noqa: SIM118
    return SceneObject(
        instance=node["instance"].integer(low=1, high=65535),
        category=node["category"].text(),
        caption=node["caption"].text(),
        attributes=attributes,
        box=_box(node["box"]) if "box" in node else None,
    )


def _relation(node: JsonNode, numbers: set[int]) -> SceneRelation:
    items = list(node.items())
    if len(items) != 3:
        raise node.error(f"found {len(items)} values; expected [subject, predicate, object]")
    relation = SceneRelation(items[0].integer(low=1), items[1].text(), items[2].integer(low=1))
    if missing := {relation.subject, relation.object} - numbers:
        raise node.error(f"there is no object of instance {min(missing)}; expected numbers of $.objects")
    return relation


def _floor(node: JsonNode) -> tuple[tuple[float, float, float], ...]:
    corners = [item.numbers(3) for item in node.items()]
    if 0 < len(corners) < 3:
        raise node.error(f"found {len(corners)} corners; an outline has three or more")
    return tuple((x, y, z) for x, y, z in corners)


def _box(node: JsonNode) -> OrientedBox:
    centre, size = node["centre"].numbers(3), node["size"].numbers(3)
    rows = node["rotation"].matrix(3, 3)
    return OrientedBox(
        centre=(centre[0], centre[1], centre[2]),
        size=(size[0], size[1], size[2]),
        rotation=tuple(tuple(float(x) for x in row) for row in rows),  # pyright: ignore[reportArgumentType]
    )
