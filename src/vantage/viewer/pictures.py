"""Pictures of the page as files: named, written whole, and handed to the browser."""

import datetime
import io
from pathlib import Path

import numpy as np
from jaxtyping import Float
from PIL import Image

from vantage.errors import DataError
from vantage.storage import write_bytes
from vantage.viewer.look import Look


def png_bytes(image: Float[np.ndarray, "h w 3"]) -> bytes:
    """Return an RGB image in [0, 1] as an 8-bit PNG."""
    file = io.BytesIO()
    Image.fromarray(to_bytes(image)).save(file, format="PNG")
    return file.getvalue()


def to_bytes(image: Float[np.ndarray, "h w 3"]) -> np.ndarray:
    """Return an RGB image in [0, 1] as 8-bit numbers."""
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)


def picture_name(look: Look, moment: datetime.datetime) -> str:
    """Return the file name of a picture of a look: what it shows and when, to the millisecond."""
    what = f"features-{look.encoder}" if look.shown == "features" else look.shown
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in what)
    return f"{moment:%Y%m%d-%H%M%S}-{moment.microsecond // 1000:03d}-{safe}.png"


def save_picture(folder: Path, name: str, content: bytes) -> Path:
    """Write a picture, whole or not at all.

    Raises:
        DataError: the folder cannot be written to.
        ResourceError: the disk is full.
    """
    path = Path(folder) / name
    try:
        write_bytes(path, content)
    except OSError as error:
        raise DataError(
            f"{path}: cannot be written ({error.strerror}); the browser has the picture all the same"
        ) from error
    return path


def beside(images: list[Float[np.ndarray, "_h _w 3"]], *, gap: int = 4) -> Float[np.ndarray, "_h2 _w2 3"]:
    """Return pictures of one height side by side."""
    bar = np.zeros((images[0].shape[0], gap, 3))
    parts = [part for image in images for part in (bar, image)][1:]
    return np.concatenate(parts, axis=1)
