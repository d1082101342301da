"""From what a reader found (files, cameras, poses) to a checked, lazy `Capture`: one policy for every format.

Damage of one view sets it aside with a reason; more than 5% of them, or any with `strict`, stops the reading.
"""

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int32

from vantage.captures.capture import Capture, PointCloud, SceneObject, SetAside, ViewSource
from vantage.captures.images import ImageError, ImageHeader, read_depth, read_header, read_image, read_integers
from vantage.captures.lens import PINHOLE, Lens, undistort_image, undistort_labels
from vantage.captures.poses import checked_pose
from vantage.captures.resizing import fit_size, resize_labels
from vantage.captures.view import View
from vantage.errors import DataError, UsageError
from vantage.geometry import Camera

ASPECT_TOLERANCE = 0.005
"""Sizes whose aspects differ by less are one view at two resolutions (a resize rounds)."""

MAX_SET_ASIDE = 0.05
"""The share of views that may be set aside before the capture counts as damaged."""

DEPTH_SAMPLES = 5
"""Views whose depth is decoded on opening to check its unit; a wrong unit is wrong in all of them."""

DEPTH_RANGE_M = (0.1, 100.0)
"""A median depth outside is taken for a wrong unit: scenes lie inside, and mm read as m are 1000 times off."""

SMALLEST_EXTENT, LARGEST_EXTENT = 1e-4, 2000.0
"""Cameras that span less or more metres are worth a remark: jitter of one spot, or millimetres, or a town's map."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How a capture is read; see `open_capture`."""

    max_size: int | None = None
    hold_out: int | None = None
    strict: bool = False
    depth_scale: float | None = None

    def __post_init__(self) -> None:
        if self.max_size is not None and self.max_size < 1:
            raise UsageError(f"max_size is {self.max_size}; expected at least 1 pixel")
        if self.hold_out is not None and self.hold_out < 0:
            raise UsageError(f"hold_out is {self.hold_out}; expected every n-th view, or 0 for none")
        if self.depth_scale is not None and not 0 < self.depth_scale < float("inf"):
            raise UsageError(f"depth_scale is {self.depth_scale}; expected depth units per metre, such as 1000")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """One view as a reader found it: numbers and files, no pixel read yet."""

    name: str
    image: Path
    camera: Camera
    """The camera as the capture states it; the image may be of another size."""
    world_from_camera: Float64[np.ndarray, "4 4"]
    where: str
    """The file and line its pose stands at, for errors."""
    lens: Lens = PINHOLE
    depth: Path | None = None
    depth_units: float = 1000.0
    """Depth units per metre."""
    depth_matrix: Float64[np.ndarray, "3 3"] | None = None
    """Intrinsics of the depth image where it has its own (same pose, another lens or resolution)."""
    instances: Path | None = None
    classes: Path | None = None
    mask: Path | None = None
    """A grey picture whose black pixels may not be used."""
    caption: str | None = None
    test: bool | None = None
    """Whether the capture itself holds this view out; None = it says nothing."""

    def read(self, size: tuple[int, int]) -> View:
        """Read the view, undo its lens, and resize it to `size` (width, height)."""
        image, mask = read_image(self.image)
        height, width = image.shape[:2]
        camera = self.camera.resized(width, height) if (width, height) != _size(self.camera) else self.camera
        if self.mask is not None:
            usable = resize_labels(read_integers(self.mask) > 0, width, height)
            mask = usable if mask is None else mask & usable
        maps = {"instances": self._labels(self.instances, camera), "classes": self._labels(self.classes, camera)}
        depth = self._depth(camera)
        if not self.lens.is_pinhole:
            image, inside = undistort_image(image, camera, self.lens)
            mask = inside if mask is None else inside & undistort_labels(mask, camera, self.lens)
        view = View(
            name=self.name,
            image=image,
            camera=camera,
            world_from_camera=self.world_from_camera,
            depth=depth,
            mask=None if mask is None or mask.all() else mask,
            **maps,
        )
        return view if size == (width, height) else view.resized(*size)

    def _labels(self, path: Path | None, camera: Camera) -> Int32[np.ndarray, "h w"] | None:
        if path is None:
            return None
        labels = resize_labels(read_integers(path), camera.width, camera.height)
        return labels if self.lens.is_pinhole else undistort_labels(labels, camera, self.lens)

    def _depth(self, camera: Camera) -> Float32[np.ndarray, "h w"] | None:
        if self.depth is None:
            return None
        depth = read_depth(self.depth, self.depth_units)
        if self.depth_matrix is not None:
            return _through_own_camera(depth, self.depth_matrix, camera)
        depth = resize_labels(depth, camera.width, camera.height)
        return depth if self.lens.is_pinhole else undistort_labels(depth, camera, self.lens)


def _size(camera: Camera) -> tuple[int, int]:
    return camera.width, camera.height


def _through_own_camera(depth: np.ndarray, matrix: np.ndarray, camera: Camera) -> np.ndarray:
    """Look up each colour pixel's ray in a depth image with its own intrinsics (nearest; 0 outside)."""
    u = np.floor(((np.arange(camera.width) + 0.5 - camera.cx) / camera.fx) * matrix[0, 0] + matrix[0, 2]).astype(int)
    v = np.floor(((np.arange(camera.height) + 0.5 - camera.cy) / camera.fy) * matrix[1, 1] + matrix[1, 2]).astype(int)
    inside = ((v >= 0) & (v < depth.shape[0]))[:, None] & ((u >= 0) & (u < depth.shape[1]))[None, :]
    found = depth[np.clip(v, 0, depth.shape[0] - 1)[:, None], np.clip(u, 0, depth.shape[1] - 1)[None, :]]
    return np.where(inside, found, 0).astype(np.float32)


def assemble(
    name: str,
    frames: Sequence[Frame],
    options: ReadOptions,
    *,
    set_aside: Sequence[SetAside] = (),
    points: PointCloud | None = None,
    metric: bool = True,
    class_names: tuple[str, ...] = (),
    objects: tuple[SceneObject, ...] = (),
    notes: Sequence[str] = (),
) -> Capture:
    """Check every frame without decoding its image, and make the capture.

    Raises:
        DataError: a pose or camera is structurally wrong, the depth unit is wrong, or too many views are set aside.
    """
    kept: list[Frame] = []
    aside = list(set_aside)
    remarks = _Remarks()
    for frame in frames:
        try:
            kept.append(_checked(frame, remarks))
        except _SetAside as problem:
            aside.append(SetAside(name=frame.name, reason=problem.reason, detail=str(problem)))
    enforce_share(name, len(kept), aside, strict=options.strict)
    notes = [*notes, *remarks.lines(), *_pose_notes(kept), *_depth_notes(kept)]
    capture = Capture(
        name=name,
        sources=tuple(_source(frame, options.max_size) for frame in kept),
        points=points,
        test_indices=tuple(i for i, frame in enumerate(kept) if frame.test),
        class_names=class_names,
        objects=objects,
        set_aside=tuple(aside),
        metric=metric,
        notes=tuple(notes),
    )
    if options.hold_out is None and any(frame.test is not None for frame in kept):
        return capture
    return capture.with_every_nth_held_out(8 if options.hold_out is None else options.hold_out)


def enforce_share(name: str, kept: int, aside: Sequence[SetAside], *, strict: bool) -> None:
    """Apply the rule of 5%.

    Raises:
        DataError: more views are set aside than may be, or none is left.
    """
    total = kept + len(aside)
    allowed = 0 if strict else MAX_SET_ASIDE * total
    if kept > 0 and len(aside) <= allowed:
        return
    if total == 0:
        raise DataError(f"{name}: no views found")
    listed = "; ".join(f"{a.name}: {a.reason} ({a.detail})" for a in aside[:3])
    limit = "none may be with strict" if strict else f"at most {MAX_SET_ASIDE:.0%} may be"
    raise DataError(f"{name}: {len(aside)} of {total} views are unusable, {limit}. First: {listed}")


def _source(frame: Frame, max_size: int | None) -> ViewSource:
    size = fit_size(frame.camera.width, frame.camera.height, max_size)
    return ViewSource(
        name=frame.name,
        camera=frame.camera if size == _size(frame.camera) else frame.camera.resized(*size),
        world_from_camera=frame.world_from_camera,
        read=functools.partial(frame.read, size),
        caption=frame.caption,
    )


class _SetAside(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclasses.dataclass
class _Remarks:
    """What happened to how many views, to be said once."""

    rotated: int = 0
    rescaled: int = 0
    off_centre: int = 0
    depth_resized: int = 0

    def lines(self) -> list[str]:
        texts = {
            "rotated": "images carry an EXIF rotation, which is ignored: cameras and poses belong to the stored pixels",
            "rescaled": "images differ in size from their camera; intrinsics were rescaled",
            "off_centre": "cameras have their principal point outside the image",
            "depth_resized": "depth or label images were resized (nearest pixel) to their colour image",
        }
        return [f"{count} {texts[key]}" for key, count in dataclasses.asdict(self).items() if count]


def _checked(frame: Frame, remarks: _Remarks) -> Frame:
    """Return the frame with its camera at its image's size and its pose exactly rigid."""
    if not np.isfinite(frame.world_from_camera).all():
        raise _SetAside("pose_invalid", f"{frame.where}: the pose holds NaN or infinite numbers")
    pose = checked_pose(frame.world_from_camera, frame.where)
    camera = frame.camera
    focal = camera.fx / camera.width, camera.fy / camera.height
    # Beyond a factor of 100 the field of view is under 0.6 or over 179.4 degrees: another unit, or damage.
    if max(focal) > 100 or min(focal) < 0.01:
        raise DataError(
            f"{frame.where}: focal length ({camera.fx:g}, {camera.fy:g}) px is not within a factor of 100 of the "
            f"image size {camera.width}x{camera.height}; expected pixels, not another unit"
        )
    header = _header(frame.image)
    if (header.width, header.height) != _size(camera):
        _check_aspect(header, camera.width, camera.height, "image_size", "camera")
        camera = camera.resized(header.width, header.height)
        remarks.rescaled += 1
    remarks.off_centre += not (0 <= camera.cx <= camera.width and 0 <= camera.cy <= camera.height)
    remarks.rotated += header.rotated
    for path in (frame.depth, frame.instances, frame.classes, frame.mask):
        if path is not None:
            own = _header(path)
            own_camera = path == frame.depth and frame.depth_matrix is not None
            if (own.width, own.height) != _size(camera) and not own_camera:
                _check_aspect(own, camera.width, camera.height, "rgbd_unsynced", "colour image")
                remarks.depth_resized += 1
    return dataclasses.replace(frame, camera=camera, world_from_camera=pose)


def _header(path: Path) -> ImageHeader:
    try:
        return read_header(path)
    except ImageError as error:
        raise _SetAside(error.reason, str(error)) from error


def _check_aspect(header: ImageHeader, width: int, height: int, reason: str, of: str) -> None:
    ratio = (header.width * height) / (header.height * width)
    if abs(ratio - 1) > ASPECT_TOLERANCE:
        raise _SetAside(reason, f"the file is {header.width}x{header.height}, its {of} {width}x{height}")


def _pose_notes(frames: Sequence[Frame]) -> list[str]:
    if len(frames) == 1:
        return ["a single view: its depth map says all that is known of depth; add views from other places"]
    poses = np.stack([frame.world_from_camera for frame in frames])
    with np.errstate(over="ignore"):  # An infinite extent is noted below like a huge one.
        extent = float(np.linalg.norm(np.ptp(poses[:, :3, 3], axis=0)))
    if float(np.ptp(poses, axis=0).max()) < 1e-9:
        return [
            "all poses are identical; nothing about depth can be learned from parallax: add views from other places"
        ]
    if extent > LARGEST_EXTENT or 0 < extent < SMALLEST_EXTENT:
        return [f"the cameras span {extent:.3g} world units; expected metres, so rescale the capture"]
    return []


def _depth_notes(frames: Sequence[Frame]) -> list[str]:
    """Check the unit of depth on a few views.

    Raises:
        DataError: the median is not that of metres, or a sampled depth image is no depth.
    """
    with_depth = [frame for frame in frames if frame.depth is not None]
    if not with_depth:
        return []
    chosen = sorted({round(i) for i in np.linspace(0, len(with_depth) - 1, DEPTH_SAMPLES)})
    known: list[np.ndarray] = []
    for frame in (with_depth[i] for i in chosen):
        if frame.depth is None:
            continue
        try:
            depth = read_depth(frame.depth, frame.depth_units)
        except ImageError as error:
            if error.reason in ("not_numbers", "depth_not_16_bit"):
                raise DataError(str(error)) from error
            continue  # Damage of one picture; it sets that view aside when it is read.
        known.append(depth[depth > 0])
    values = np.concatenate(known) if known else np.zeros(0)
    if len(values) == 0:
        return ["depth is unknown everywhere in the views looked at; without it a scene is learned from parallax alone"]
    median = float(np.median(values))
    if not DEPTH_RANGE_M[0] <= median <= DEPTH_RANGE_M[1]:
        raise DataError(
            f"{with_depth[0].depth}: median depth is {median:.4g} m at {with_depth[0].depth_units:g} units per metre, "
            f"outside {DEPTH_RANGE_M[0]:g} to {DEPTH_RANGE_M[1]:g} m; "
            "give the depth scale in units per metre (--depth-scale 1000 for millimetres, 5000 for TUM)"
        )
    return []
