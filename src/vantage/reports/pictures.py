"""Pictures for people: depth and relevancy in colour, features by their principal components, images as data URIs."""

import base64
import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float
from PIL import Image

from vantage.errors import DataError
from vantage.reports.feature_colors import FeatureColors
from vantage.storage import write_bytes

# Below this many pixels a side, a picture is a grid of cells: shown with hard edges and stored without loss.
CELL_GRID_PIXELS = 96
# Artefacts of JPEG at 90 are invisible at the size a report shows, at a fifth of a PNG's bytes.
JPEG_QUALITY = 90


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scale:
    """The colour scale of a picture: the values at its ends, their unit, and colours in between as CSS hex."""

    low: float
    high: float
    unit: str
    colours: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """An image with what belongs beneath it."""

    image: Float[np.ndarray, "h w 3"]
    """RGB in [0, 1]."""
    scale: Scale | None = None
    """Its colour scale, where colours stand for numbers."""


def colorize_depth(
    depth: Float[np.ndarray, "h w"], *, low: float | None = None, high: float | None = None, unit: str = "m"
) -> Picture:
    """Return a depth map in colour with its scale: near is bright, far is dark, unknown (0 or not finite) is grey.

    Args:
        depth: z-depth in metres, 0 = unknown.
        low: depth at the bright end; by default the 1st percentile of what is known.
        high: depth at the dark end; by default the 99th. Give both to compare pictures.
        unit: what to write on the scale.
    """
    known = np.isfinite(depth) & (depth > 0)
    values = depth[known]
    if low is None:
        low = float(np.percentile(values, 1)) if values.size else 0.0
    if high is None:
        high = float(np.percentile(values, 99)) if values.size else 1.0
    # A wall seen head-on has one depth; any width will do as long as it is not zero.
    share = np.clip((np.where(known, depth, low) - low) / max(high - low, 1e-6), 0, 1)
    image = _colours("magma", 0.97 - 0.89 * share)
    image[~known] = 0.5
    ends = _colours("magma", 0.97 - 0.89 * np.linspace(0, 1, 9))
    return Picture(image=image, scale=Scale(low=low, high=high, unit=unit, colours=tuple(_hex(c) for c in ends)))


def overlay_relevancy(
    image: Float[np.ndarray, "h w 3"],
    relevancy: Float[np.ndarray, "hr wr"],
    *,
    low: float | None = None,
    high: float | None = None,
) -> Picture:
    """Return the image, greyed and dimmed, with the relevancy glowing over it; the map is scaled up to the image.

    Args:
        image: RGB in [0, 1].
        relevancy: any score, larger is more relevant.
        low: the score from which on colour shows; by default the map's median.
        high: the score of the full colour; by default the map's maximum.
    """
    if not np.isfinite(relevancy).all():
        raise DataError("the relevancy map holds NaN or infinite values")
    low = float(np.median(relevancy)) if low is None else low
    high = float(relevancy.max()) if high is None else high
    height, width = image.shape[:2]
    resized = Image.fromarray(relevancy.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR)
    share = np.clip((np.asarray(resized) - low) / max(high - low, 1e-6), 0, 1)
    grey = image @ np.array([0.2126, 0.7152, 0.0722])  # luminance weights of ITU-R BT.709
    dimmed = 0.12 + 0.6 * grey[..., None] * np.ones(3)
    glow = _colours("inferno", 0.3 + 0.68 * share)
    alpha = (0.9 * share**0.8)[..., None]
    colours = tuple(_hex(c) for c in _colours("inferno", 0.3 + 0.68 * np.linspace(0, 1, 9)))
    scale = Scale(low=low, high=high, unit="", colours=colours)
    return Picture(image=np.clip((1 - alpha) * dimmed + alpha * glow, 0, 1), scale=scale)


def pca_images(grids: Sequence[Float[np.ndarray, "_h _w d"]]) -> list[Float[np.ndarray, "_h _w 3"]]:
    """Return each feature grid's first three principal components as RGB, one projection fitted over all grids.

    Colours are comparable between the pictures and the same in every run: each component's sign is chosen so that its
    largest loading is positive, and the range is that of the 1st to 99th percentile over all grids.

    Raises:
        DataError: there are no grids, or their features differ in length or are not finite.
    """
    if not grids:
        raise DataError("no feature grids to take principal components of")
    sizes = {grid.shape[-1] for grid in grids}
    if len(sizes) > 1:
        raise DataError(f"feature grids of different lengths {sorted(sizes)} have no common components")
    features = np.concatenate([grid.reshape(-1, grid.shape[-1]) for grid in grids])
    if not np.isfinite(features).all():
        raise DataError("the features hold NaN or infinite values")
    colours = FeatureColors.fit(features)(features)
    ends = np.cumsum([grid.shape[0] * grid.shape[1] for grid in grids])[:-1]
    return [part.reshape(*grid.shape[:2], 3) for part, grid in zip(np.split(colours, ends), grids, strict=True)]


def write_png(path: Path, image: Float[np.ndarray, "h w 3"]) -> None:
    """Write an RGB image in [0, 1] as an 8-bit PNG, whole or not at all."""
    file = io.BytesIO()
    Image.fromarray(np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)).save(file, format="PNG")
    write_bytes(path, file.getvalue())


def data_uri(image: Float[np.ndarray, "h w 3"]) -> str:
    """Return an RGB image in [0, 1] as a data URI: PNG for cell grids, JPEG for everything larger."""
    if not np.isfinite(image).all():
        raise DataError("the picture holds NaN or infinite values; expected RGB in [0, 1]")
    picture = Image.fromarray(np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8), mode=None)
    file = io.BytesIO()
    if is_cell_grid(image):
        picture.save(file, format="PNG", optimize=True)
        kind = "png"
    else:
        picture.save(file, format="JPEG", quality=JPEG_QUALITY, subsampling=0)
        kind = "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def is_cell_grid(image: Float[np.ndarray, "h w 3"]) -> bool:
    """Tell whether the picture is so small that its pixels are cells to be told apart."""
    return max(image.shape[:2]) <= CELL_GRID_PIXELS


def _colours(name: str, share: Float[np.ndarray, "*b"]) -> Float[np.ndarray, "*b 3"]:
    """Look numbers in [0, 1] up in one of matplotlib's perceptually uniform colour maps."""
    import matplotlib

    return np.asarray(matplotlib.colormaps[name](share))[..., :3].copy()


def _hex(colour: Float[np.ndarray, " 3"]) -> str:
    return "#" + "".join(f"{round(float(part) * 255):02x}" for part in colour)
