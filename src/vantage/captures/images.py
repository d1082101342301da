"""Images from disk, safely: bounded before decoding, every bit depth and colour mode scaled right, damage reported.

EXIF rotation is ignored on purpose: intrinsics and poses belong to the pixels as stored.
"""

import dataclasses
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import Bool, Float32, Int32, Shaped
from PIL import Image

from vantage.captures.resizing import resize_image as resize_image
from vantage.captures.resizing import resize_labels as resize_labels
from vantage.errors import DataError

MAX_PIXELS = 64_000_000
"""More pixels than this are refused before decoding: 64 MP is the largest camera in common use, and 0.8 GB as float."""

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "PPM")
"""Only these are decoded; others (EPS runs a program) are refused."""

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".ppm")

_ORIENTATION_TAG = 0x0112  # EXIF 2.3, table 4
_T = TypeVar("_T")


class ImageError(DataError):
    """One image is unusable; `reason` is the short code under which its view is set aside."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclasses.dataclass(frozen=True, kw_only=True)
class ImageHeader:
    """What an image file says of itself before its pixels are decoded."""

    width: int
    height: int
    mode: str
    """Pillow's mode, such as `RGB` or `I;16`."""
    rotated: bool
    """Whether EXIF asks viewers to rotate it (vantage does not)."""


def read_header(path: Path) -> ImageHeader:
    """Read an image's size and mode without decoding it.

    Raises:
        ImageError: missing, not an image, or larger than `MAX_PIXELS`.
    """

    def header(image: Image.Image) -> ImageHeader:
        # Of a PNG without EXIF at its start, `getexif` would decode all pixels to look for it behind them.
        has_exif = image.format != "PNG" or "exif" in image.info
        orientation = image.getexif().get(_ORIENTATION_TAG, 1) if has_exif else 1
        return ImageHeader(width=image.width, height=image.height, mode=image.mode, rotated=orientation not in (0, 1))

    return _with_image(path, header)


def read_image(path: Path) -> tuple[Float32[np.ndarray, "h w 3"], Bool[np.ndarray, "h w"] | None]:
    """Read an image as RGB in [0, 1], and its alpha channel as a mask (None when opaque everywhere).

    16-bit values are divided by 65535 (Pillow gives only the high byte of 16-bit colour: within one part in 255);
    grey is repeated, palettes and CMYK are converted. A pixel is in the mask when its alpha is at least one half.

    Raises:
        ImageError: missing, truncated, not an image, too large, or in floating point.
    """
    return _with_image(path, lambda image: _as_rgb(image, path))


def read_integers(path: Path) -> Int32[np.ndarray, "h w"]:
    """Read a grey PNG of whole numbers (depth or labels, 8 or 16 bit) as it is.

    Raises:
        ImageError: missing, damaged, too large, or a colour picture.
    """

    def integers(image: Image.Image) -> np.ndarray:
        if image.mode not in ("L", "I", "I;16", "I;16B"):
            raise ImageError(
                f"{path}: mode {image.mode}; expected a 16-bit grey PNG of numbers, not a colour picture of them",
                "not_numbers",
            )
        return np.asarray(image).astype(np.int32)

    return _with_image(path, integers)


def read_depth(path: Path, units_per_metre: float) -> Float32[np.ndarray, "h w"]:
    """Read a 16-bit depth PNG as z-depth in metres; 0 and the sentinel 65535 become 0 (unknown).

    Raises:
        ImageError: missing, damaged, or not 16-bit grey.
    """
    header = read_header(path)
    if header.mode == "L":
        raise ImageError(f"{path}: 8-bit grey; expected depth as a 16-bit grey PNG", "depth_not_16_bit")
    raw = read_integers(path)
    known = (raw > 0) & (raw < 65535)
    return np.where(known, raw / units_per_metre, 0.0).astype(np.float32)


def _with_image(path: Path, use: Callable[[Image.Image], _T]) -> _T:
    """Hand the file, opened by Pillow under our limits, to `use`; what the decoder throws becomes `ImageError`."""
    path = Path(path)
    if not path.is_file():
        raise ImageError(f"{path}: no such image file", "image_missing")
    try:
        with warnings.catch_warnings():
            # Decoders warn about odd metadata, which does not matter; a bomb warning comes only above our own limit.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Image.DecompressionBombError
                return use(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(
            f"{path}: more than the {MAX_PIXELS // 1_000_000} megapixels an image may have; shrink it first",
            "image_too_large",
        ) from error
    except (DataError, MemoryError):
        raise
    except Exception as error:  # Decoders raise many kinds on damage: OSError, SyntaxError, struct.error, ...
        raise ImageError(
            f"{path}: {_describe(path, error)}; export or copy this image again", "image_unreadable"
        ) from error


def _describe(path: Path, error: Exception) -> str:
    with path.open("rb") as file:
        start = file.read(256).lstrip().lower()
    if not start:
        return "the file is empty"
    if start.startswith((b"<!doctype", b"<html")):
        return "this is a web page, not an image"
    if isinstance(error, Image.UnidentifiedImageError):
        return f"not an image of a known kind ({', '.join(FORMATS)})"
    return f"cannot be decoded ({error})"


def _as_rgb(image: Image.Image, path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    mode = image.mode
    if mode == "F":
        raise ImageError(f"{path}: floating-point pixels; expected 8 or 16 bits per channel", "image_unreadable")
    if mode.startswith("I"):
        grey = np.asarray(image).astype(np.float32) / 65535
        if grey.min() < 0 or grey.max() > 1:
            raise ImageError(f"{path}: 32-bit values; expected 8 or 16 bits per channel", "image_unreadable")
        return np.repeat(grey[..., None], 3, axis=-1), None
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        rgba = np.asarray(image.convert("RGBA"))
        mask = rgba[..., 3] >= 128
        return rgba[..., :3].astype(np.float32) / 255, None if mask.all() else mask
    return np.asarray(image.convert("RGB")).astype(np.float32) / 255, None


def encode_rgb_png(image: Float32[np.ndarray, "h w 3"], mask: Bool[np.ndarray, "h w"] | None = None) -> bytes:
    """Encode RGB in [0, 1] as an 8-bit PNG, the mask as its alpha channel."""
    pixels = np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)
    if mask is not None:
        pixels = np.concatenate([pixels, np.where(mask, 255, 0).astype(np.uint8)[..., None]], axis=-1)
    return _encode(pixels)


def encode_integer_png(values: Shaped[np.ndarray, "h w"]) -> bytes:
    """Encode whole numbers from 0 to 65535 as a 16-bit grey PNG.

    Raises:
        DataError: a value does not fit.
    """
    if values.size and (values.min() < 0 or values.max() > 65535):
        raise DataError(f"values from {values.min()} to {values.max()} do not fit a 16-bit PNG (0 to 65535)")
    return _encode(values.astype(np.uint16))


def encode_depth_png(depth: Float32[np.ndarray, "h w"], units_per_metre: float = 1000.0) -> bytes:
    """Encode z-depth in metres as a 16-bit grey PNG; what does not fit (beyond 65.534 m in mm) becomes 0 (unknown)."""
    units = np.round(depth.astype(np.float64) * units_per_metre)
    # 65535 is many sensors' sign for "no depth", and reads as such.
    units[~np.isfinite(units) | (units >= 65535)] = 0
    return encode_integer_png(units)


def _encode(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()
