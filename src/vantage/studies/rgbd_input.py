"""The RGB-D image that a verb is given: a view of a capture, or an image, a depth file and four numbers."""

import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from vantage.abstraction.rgbd import RgbdView
from vantage.captures import Capture, open_capture
from vantage.captures.images import IMAGE_SUFFIXES, read_depth, read_image
from vantage.errors import DataError, UsageError
from vantage.geometry import Camera
from vantage.studies.capture_ground import capture_ground

MILLIMETRES = 1000.0
"""Units per metre of 16-bit depth, where nothing else is said: the cameras' own since the first Kinect."""
NEAREST_MEDIAN = 0.05
"""Median depth in metres below which the numbers cannot be metres: no depth camera measures nearer."""
OFF_CENTRE = (0.7, 1.4)
"""Twice the principal point over the image's size, for both axes, outside which intrinsics belong to an image of
another size. Lenses are off their sensor's middle by a few percent; a halved image gives 2."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class RgbdSource:
    """Where an RGB-D image lies.

    Raises:
        UsageError: the flags do not belong together.
    """

    path: str
    """Folder of a capture with depth, or an image file."""
    view: str | None = None
    """Of a folder: the view's name or its number from 0; None takes the first."""
    depth: str | None = None
    """Of an image file: its depth, a 16-bit PNG or a .npy of metres."""
    intrinsics: tuple[float, ...] = ()
    """Of an image file: fx, fy, cx, cy in pixels."""
    depth_scale: float | None = None
    """Depth units per metre; None: what the layout says, 1000 of a PNG, 1 of a .npy."""

    def __post_init__(self) -> None:
        if self.depth_scale is not None and not 0 < self.depth_scale < float("inf"):
            raise UsageError(
                f"--depth-scale {self.depth_scale}: expected units per metre, such as 1000 for millimetres"
            )


def read_rgbd(source: RgbdSource) -> RgbdView:
    """Read the RGB-D image.

    Raises:
        UsageError: the flags do not belong together, or there is no such view.
        DataError: files are missing or damaged, or depth or intrinsics cannot be those of the image.
    """
    path = Path(source.path)
    if path.is_dir():
        return _of_capture(path, source)
    if not path.exists():
        raise DataError(
            f"{path}: no such file; expected a folder with depth, or an image with --depth and --intrinsics"
        )
    return _of_files(path, source)


def _of_capture(path: Path, source: RgbdSource) -> RgbdView:
    alone = [name for name, value in (("--depth", source.depth), ("--intrinsics", source.intrinsics)) if value]
    if alone:
        raise UsageError(f"{alone[0]} is for an image file; {path} is a folder, which brings its own")
    capture = open_capture(path, depth_scale=source.depth_scale)
    view = capture[view_index(capture, source.view)]
    if view.depth is None:
        raise DataError(f"{path}: the view {view.name} has no depth; completion needs RGB-D")
    if not capture.metric:
        raise DataError(f"{path}: its unit is not known to be the metre; completion needs depth in metres")
    ground = capture_ground(capture)
    up, height = (ground.up_world, ground.height) if ground else (None, None)
    return _checked(RgbdView.of_view(view, up_world=up, ground=height))


def view_index(capture: Capture, wanted: str | None) -> int:
    """Return which view of a capture is meant, by name (with or without its ending) or by number from 0.

    Raises:
        UsageError: there is none.
        DataError: the capture is empty.
    """
    names = [source.name for source in capture.sources]
    if not names:
        raise DataError(f"{capture.name}: has no views")
    if wanted is None:
        return 0
    if wanted in names:
        return names.index(wanted)
    stems = [Path(name).stem for name in names]
    if stems.count(wanted) == 1:
        return stems.index(wanted)
    if wanted.isdecimal() and len(wanted) < 10 and int(wanted) < len(names):
        return int(wanted)
    shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    raise UsageError(
        f"--view {wanted[:40]}: no such view; expected one of {shown} or a number from 0 to {len(names) - 1}"
    )


def _of_files(path: Path, source: RgbdSource) -> RgbdView:
    if path.suffix.lower() not in IMAGE_SUFFIXES:
        raise DataError(f"{path}: not an image ({', '.join(IMAGE_SUFFIXES)}) and no folder")
    if source.view is not None:
        raise UsageError(f"--view is for a folder; {path} is one image")
    if source.depth is None:
        raise UsageError(f"{path}: an image alone has no depth; give --depth FILE and --intrinsics fx,fy,cx,cy")
    if not source.intrinsics:
        raise UsageError(f"{path}: give its camera as --intrinsics fx,fy,cx,cy in pixels")
    image, _ = read_image(path)
    depth = _read_depth(Path(source.depth), source.depth_scale)
    height, width = image.shape[:2]
    if depth.shape != (height, width):
        raise DataError(
            f"{source.depth}: the image is {width}x{height} pixels, the depth {depth.shape[1]}x{depth.shape[0]}; "
            "give both at one size, registered to each other"
        )
    camera = camera_of(source.intrinsics, width, height)
    return _checked(RgbdView(image=image, depth=depth, camera=camera, name=path.name))


def camera_of(intrinsics: Sequence[float], width: int, height: int) -> Camera:
    """Return the camera of an image from fx, fy, cx, cy in pixels.

    Raises:
        UsageError: they are not four numbers.
        DataError: they are of an image of another size.
    """
    if len(intrinsics) != 4:
        raise UsageError(f"--intrinsics with {len(intrinsics)} numbers; expected fx,fy,cx,cy in pixels")
    fx, fy, cx, cy = (float(value) for value in intrinsics)
    camera = Camera(fx=fx, fy=fy, cx=cx, cy=cy, width=width, height=height)
    shares = (2 * cx / width, 2 * cy / height)
    if not all(OFF_CENTRE[0] <= share <= OFF_CENTRE[1] for share in shares):
        raise DataError(
            f"--intrinsics: the principal point ({cx:g}, {cy:g}) is far from the middle of the {width}x{height} image; "
            f"they seem to be of one of about {2 * cx:.0f}x{2 * cy:.0f}: multiply all four by the ratio of the sizes"
        )
    return camera


def _read_depth(path: Path, units_per_metre: float | None) -> Float32[np.ndarray, "h w"]:
    if path.suffix.lower() != ".npy":
        return read_depth(path, units_per_metre or MILLIMETRES)
    try:
        values = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path}: cannot be read as .npy ({' '.join(str(error).split())[:120]})") from error
    if values.ndim != 2 or values.dtype.kind not in "fiu":
        raise DataError(f"{path}: an array of {values.shape} {values.dtype}; expected height x width numbers")
    return (np.nan_to_num(values.astype(np.float64), nan=0.0) / (units_per_metre or 1.0)).astype(np.float32)


def _checked(view: RgbdView) -> RgbdView:
    """Refuse depth that is too near to be metres; what is too far the view itself refuses.

    Raises:
        DataError: so it is.
    """
    median = float(np.median(view.depth[view.depth > 0]))
    if median < NEAREST_MEDIAN:
        raise DataError(
            f"{view.name}: the median depth is {median:g} m; if its unit is not what was taken, give --depth-scale "
            "(units per metre: 1000 for millimetres, 1 for metres)"
        )
    return view
