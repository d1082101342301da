"""`open_capture`: finds the reader by looking at the folder."""

from pathlib import Path

from vantage.captures.capture import Capture
from vantage.captures.frames import ReadOptions
from vantage.captures.rgbd import open_rgbd
from vantage.errors import DataError


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
        path: the capture's folder.
        max_size: longer sides of images are shrunk to this many pixels.
        hold_out: hold out every n-th view (0 = none); by default the capture's own test views, else every 8th.
        strict: stop when any view must be set aside, not only when more than 5% must.
        depth_scale: depth units per metre, over what the layout says (1000 = millimetres).

    Raises:
        DataError: no layout fits, or the capture is damaged.
    """
    options = ReadOptions(max_size=max_size, hold_out=hold_out, strict=strict, depth_scale=depth_scale)
    folder = Path(path)
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; expected a capture")
    if (folder / "poses.txt").is_file() and (folder / "K.txt").is_file():
        return open_rgbd(folder, options)
    raise DataError(f"{folder}: not a capture; looked for an RGB-D folder (images/ depth/ poses.txt K.txt)")
