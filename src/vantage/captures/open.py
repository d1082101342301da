"""`open_capture`: finds the reader by looking at the folder."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from vantage.captures.capture import Capture
from vantage.captures.colmap import MODEL_FOLDERS, find_model, open_colmap
from vantage.captures.frames import ReadOptions
from vantage.captures.images import IMAGE_SUFFIXES
from vantage.captures.llff import FILE_NAME as LLFF_POSES
from vantage.captures.llff import open_llff
from vantage.captures.rgbd import open_rgbd
from vantage.captures.scannet import open_scannet
from vantage.captures.sfm import open_photos
from vantage.captures.transforms import FILE_NAME, open_transforms
from vantage.captures.tum import open_tum
from vantage.errors import DataError


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Layout:
    """A kind of folder and what tells it."""

    name: str
    needs: tuple[str, ...]
    """Files and folders (with a slash at the end) that must all be there."""
    open: Callable[[Path, ReadOptions], Capture]


LAYOUTS = (
    _Layout(name="RGB-D folder", needs=("images/", "depth/", "poses.txt", "K.txt"), open=open_rgbd),
    _Layout(name="nerfstudio transforms", needs=(FILE_NAME,), open=open_transforms),
    _Layout(name="TUM RGB-D", needs=("rgb.txt", "depth.txt", "groundtruth.txt"), open=open_tum),
    _Layout(name="LLFF or 3D-OVS", needs=("images/", LLFF_POSES), open=open_llff),
    _Layout(name="ScanNet export", needs=("color/", "depth/", "pose/", "intrinsic/"), open=open_scannet),
)


def open_capture(
    path: Path | str,
    *,
    max_size: int | None = None,
    hold_out: int | None = None,
    strict: bool = False,
    depth_scale: float | None = None,
) -> Capture:
    """Open the posed images of a folder, whichever of the known layouts it has.

    Args:
        path: the capture's folder: RGB-D, nerfstudio `transforms.json`, TUM RGB-D, ScanNet export, LLFF or 3D-OVS,
            COLMAP project, or photos without poses (then structure from motion runs; extra `sfm`).
        max_size: longer sides of images are shrunk to this many pixels.
        hold_out: hold out every n-th view (0 = none); by default the capture's own test views, else every 8th.
        strict: stop when any view must be set aside, not only when more than 5% must.
        depth_scale: depth units per metre, over what the layout says (1000 = millimetres).

    Raises:
        DataError: no layout fits, or the capture is damaged.
        MissingError: photos without poses, and the extra `sfm` is not installed.
    """
    options = ReadOptions(max_size=max_size, hold_out=hold_out, strict=strict, depth_scale=depth_scale)
    folder = Path(path)
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; expected a capture")
    for layout in LAYOUTS:
        if not _lacking(folder, layout):
            return layout.open(folder, options)
    if find_model(folder) is not None:
        return open_colmap(folder, options)
    nearest = min(LAYOUTS, key=lambda layout: len(_lacking(folder, layout)) / len(layout.needs))
    if len(_lacking(folder, nearest)) < len(nearest.needs) and not _is_only_photos(folder):
        raise DataError(
            f"{folder}: nearly a {nearest.name}, but {', '.join(_lacking(folder, nearest))} is missing. {_looked_for()}"
        )
    if _holds_images(folder) or _holds_images(folder / "images"):
        return open_photos(folder, options)
    inside = [child.name for child in sorted(folder.iterdir())[:100] if child.is_dir() and _is_capture(child)]
    hint = f"; did you mean {folder / inside[0]}?" if inside else "."
    raise DataError(f"{folder}: not a capture{hint} {_looked_for()}")


def _lacking(folder: Path, layout: _Layout) -> list[str]:
    return [
        name
        for name in layout.needs
        if not ((folder / name).is_dir() if name.endswith("/") else (folder / name).is_file())
    ]


def _is_only_photos(folder: Path) -> bool:
    """Tell whether nothing but an `images/` folder or pictures hints at a layout."""
    hints = {name.rstrip("/") for layout in LAYOUTS for name in layout.needs} - {"images"}
    return not any((folder / name).exists() for name in hints)


def _is_capture(folder: Path) -> bool:
    return find_model(folder) is not None or any(not _lacking(folder, layout) for layout in LAYOUTS)


def _holds_images(folder: Path) -> bool:
    return folder.is_dir() and any(file.suffix.lower() in IMAGE_SUFFIXES for file in folder.iterdir())


def _looked_for() -> str:
    layouts = "; ".join(f"{layout.name} ({' '.join(layout.needs)})" for layout in LAYOUTS)
    places = " or ".join(MODEL_FOLDERS)
    return f"Looked for: {layouts}; COLMAP model (cameras and images, .bin or .txt, in {places}); photos"
