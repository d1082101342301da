"""The parts of a COLMAP sparse model, and the checks its binary and its text form share.

Formats: COLMAP's documentation, "Output Format". Poses are `camera_from_world`, OpenCV axes, pixel centres at +0.5.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8

from vantage.captures.lens import Lens
from vantage.errors import DataError
from vantage.geometry import Camera

MODELS: dict[int, tuple[str, int]] = {
    0: ("SIMPLE_PINHOLE", 3),
    1: ("PINHOLE", 4),
    2: ("SIMPLE_RADIAL", 4),
    3: ("RADIAL", 5),
    4: ("OPENCV", 8),
}
"""COLMAP's camera models that a pinhole can be resampled from: id -> name, number of parameters (COLMAP `models.h`)."""

PARAMETER_COUNT = dict(MODELS.values())

MAX_SIDE = 1_000_000
"""Pixels along a side that a camera may claim; far above any image, far below what overflows."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ColmapCamera:
    """One entry of `cameras`."""

    camera: Camera
    lens: Lens


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ColmapImage:
    """One entry of `images`."""

    image_id: int
    name: str
    quat_wxyz: Float64[np.ndarray, " 4"]
    """Rotation part of camera_from_world."""
    translation: Float64[np.ndarray, " 3"]
    """Translation part of camera_from_world."""
    camera_id: int
    where: str
    """File and place, for errors."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ColmapPoints:
    """All of `points3D`; points with NaN or infinite coordinates are left out and counted."""

    points: Float32[np.ndarray, "n 3"]
    colors: UInt8[np.ndarray, "n 3"]
    seen_by: Int64[np.ndarray, " n"]
    """Id of the first image of each point's track; -1 = the point has none."""
    dropped: int


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ColmapModel:
    """A whole sparse model."""

    folder: Path
    cameras: dict[int, ColmapCamera]
    images: tuple[ColmapImage, ...]
    points: ColmapPoints | None


def model_name(model_id: int, where: str) -> str:
    """Return the name of a camera model's number.

    Raises:
        DataError: the model is not supported.
    """
    if model_id not in MODELS:
        raise DataError(f"{where}: camera model id {model_id} is not supported; {_supported()}")
    return MODELS[model_id][0]


def _supported() -> str:
    names = ", ".join(f"{name} ({number})" for number, (name, _) in MODELS.items())
    return f"supported are {names}: undistort the images with `colmap image_undistorter`"


def make_camera(model: str, width: int, height: int, values: Sequence[float], where: str) -> ColmapCamera:
    """Make a camera of a model's name and parameters.

    Raises:
        DataError: the model is not supported, or its size or parameters make no camera.
    """
    if model not in PARAMETER_COUNT:
        raise DataError(f"{where}: camera model {model!r} is not supported; {_supported()}")
    if len(values) != PARAMETER_COUNT[model]:
        raise DataError(f"{where}: {len(values)} parameters; camera model {model} has {PARAMETER_COUNT[model]}")
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise DataError(f"{where}: camera size is {width}x{height}; expected 1 to {MAX_SIDE} pixels a side")
    one_focal = model in ("SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL")
    fx, fy, cx, cy, *rest = [values[0], *values] if one_focal else values
    try:
        return ColmapCamera(
            camera=Camera(fx=fx, fy=fy, cx=cx, cy=cy, width=width, height=height),
            lens=Lens(**dict(zip(("k1", "k2", "p1", "p2"), rest, strict=False))),
        )
    except DataError as error:
        raise DataError(f"{where}: {error}") from error


def make_points(xyz: np.ndarray, rgb: np.ndarray, seen_by: np.ndarray) -> ColmapPoints:
    """Drop and count the points that are not finite in single precision."""
    with np.errstate(over="ignore", invalid="ignore"):
        points = xyz.astype(np.float32).reshape(-1, 3)
    finite = np.isfinite(points).all(axis=1)
    return ColmapPoints(
        points=points[finite],
        colors=rgb.astype(np.uint8).reshape(-1, 3)[finite],
        seen_by=seen_by.astype(np.int64)[finite],
        dropped=int((~finite).sum()),
    )


def check_model(model: ColmapModel) -> ColmapModel:
    """Check that ids are unique and lead somewhere.

    Raises:
        DataError: they do not.
    """
    if not model.images:
        raise DataError(f"{model.folder}: the model holds no images; expected at least one")
    ids: set[int] = set()
    names: set[str] = set()
    for image in model.images:
        if image.image_id in ids or image.name in names:
            raise DataError(f"{image.where}: image {image.image_id} {image.name!r} stands twice in the model")
        ids.add(image.image_id)
        names.add(image.name)
        if image.camera_id not in model.cameras:
            raise DataError(
                f"{image.where}: image {image.name!r} refers to camera {image.camera_id}, which the model lacks; "
                f"it has {sorted(model.cameras)[:10]}"
            )
    return model
