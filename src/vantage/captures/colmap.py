"""Opens COLMAP projects: a sparse model (binary or text) and a folder of images."""

from pathlib import Path

import numpy as np

from vantage.captures.capture import Capture, PointCloud, SetAside
from vantage.captures.colmap_binary import read_cameras_binary, read_images_binary, read_points_binary
from vantage.captures.colmap_model import ColmapImage, ColmapModel, check_model
from vantage.captures.colmap_text import read_cameras_text, read_images_text, read_points_text
from vantage.captures.frames import Frame, ReadOptions, assemble
from vantage.captures.paths import check_inside, resolve_inside
from vantage.captures.poses import inverse_pose, rotation_from_quat_wxyz
from vantage.errors import DataError

MODEL_FOLDERS = ("sparse/0", "sparse", ".")
"""Where a project keeps its model, in the order of looking (COLMAP's automatic reconstructor writes the first)."""

CHEIRALITY_SHARE = 0.5
"""A point lies in front of the camera that saw it; with fewer than half, poses are not what they claim."""


def find_model(folder: Path) -> Path | None:
    """Return the folder of the COLMAP model in a project, if there is one."""
    for name in MODEL_FOLDERS:
        for suffix in (".bin", ".txt"):
            if all((folder / name / f"{part}{suffix}").is_file() for part in ("cameras", "images")):
                return folder / name
    return None


def read_model(folder: Path, root: Path) -> ColmapModel:
    """Read a sparse model, binary where both forms are there.

    Raises:
        DataError: any part of it is cut off or damaged, or a link leads out of `root`.
    """
    binary = (folder / "cameras.bin").is_file() and (folder / "images.bin").is_file()
    suffix = ".bin" if binary else ".txt"
    cameras, images, points = (folder / f"{part}{suffix}" for part in ("cameras", "images", "points3D"))
    for path in (cameras, images, points):
        check_inside(path, root, str(folder))
    cloud = None
    if points.is_file():
        cloud = read_points_binary(points) if binary else read_points_text(points)
    return check_model(
        ColmapModel(
            folder=folder,
            cameras=read_cameras_binary(cameras) if binary else read_cameras_text(cameras),
            images=read_images_binary(images) if binary else read_images_text(images),
            points=cloud,
        )
    )


def open_colmap(folder: Path, options: ReadOptions) -> Capture:
    """Open a COLMAP project: a model in `sparse/0`, `sparse` or the folder itself, images in `images/` or the folder.

    Raises:
        DataError: the model is damaged, its poses are the wrong way round, or too many images are unusable.
    """
    model_folder = find_model(folder)
    if model_folder is None:
        raise DataError(f"{folder}: no COLMAP model; looked for cameras and images (.bin or .txt) in {MODEL_FOLDERS}")
    model = read_model(model_folder, folder)
    image_folder = _image_folder(folder, model)
    return capture_of_model(model, image_folder, folder, options)


def capture_of_model(
    model: ColmapModel, image_folder: Path, root: Path, options: ReadOptions, *, notes: tuple[str, ...] = ()
) -> Capture:
    """Make a capture of a model whose image names lie in `image_folder`; links may lead anywhere inside `root`.

    Raises:
        DataError: as `open_colmap`.
    """
    frames: list[Frame] = []
    aside: list[SetAside] = []
    for image in sorted(model.images, key=lambda image: image.name):
        rotation = rotation_from_quat_wxyz(image.quat_wxyz, image.where)
        path = resolve_inside(image_folder, image.name, image.where, root=root)
        if rotation is None:
            detail = f"{image.where}: quaternion {image.quat_wxyz.tolist()} is zero or not finite"
            aside.append(SetAside(name=image.name, reason="pose_invalid", detail=detail))
            continue
        camera = model.cameras[image.camera_id]
        frames.append(
            Frame(
                name=image.name,
                image=path,
                camera=camera.camera,
                lens=camera.lens,
                world_from_camera=_world_from_camera(rotation, image),
                where=image.where,
            )
        )
    _check_cheirality(model, {i.image_id: i for i in model.images})
    points = model.points
    if points is not None and points.dropped:
        notes = (*notes, f"{points.dropped} points with NaN or infinite coordinates were left out")
    return assemble(
        root.resolve().name,
        frames,
        options,
        set_aside=aside,
        points=None if points is None else PointCloud(points=points.points, colors=points.colors),
        metric=False,
        notes=notes,
    )


def _world_from_camera(rotation: np.ndarray, image: ColmapImage) -> np.ndarray:
    camera_from_world = np.eye(4)
    camera_from_world[:3, :3] = rotation
    camera_from_world[:3, 3] = image.translation
    with np.errstate(over="ignore", invalid="ignore"):
        return inverse_pose(camera_from_world)


def _image_folder(folder: Path, model: ColmapModel) -> Path:
    """Return the first of `images/` and the folder itself that holds an image of the model; `images/` if none does."""
    for candidate in (folder / "images", folder):
        for image in model.images:
            if resolve_inside(candidate, image.name, image.where, root=folder).is_file():
                return candidate
    return folder / "images"


def _check_cheirality(model: ColmapModel, images: dict[int, ColmapImage]) -> None:
    """Look whether points lie in front of the camera that saw them.

    Raises:
        DataError: fewer than half of them do.
    """
    if model.points is None:
        return
    in_front = total = 0
    for image_id in np.unique(model.points.seen_by):
        image = images.get(int(image_id))
        rotation = None if image is None else rotation_from_quat_wxyz(image.quat_wxyz, image.where)
        if image is None or rotation is None or not np.isfinite(image.translation).all():
            continue
        seen = model.points.points[model.points.seen_by == image_id].astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            depth = seen @ rotation[2] + image.translation[2]
        in_front += int((depth > 0).sum())
        total += len(seen)
    if total and in_front < CHEIRALITY_SHARE * total:
        raise DataError(
            f"{model.folder}: only {in_front} of {total} points lie in front of the camera that saw them; "
            "most likely the poses are world_from_camera where camera_from_world is expected (or axes are OpenGL's): "
            "invert them"
        )
