"""One picture of an answer: the image, what speaks for each label, and the cells from two sides."""

import math

import numpy as np
from jaxtyping import Float
from PIL import Image, ImageDraw, ImageFont

from vantage.abstraction.rgbd import RgbdView
from vantage.captures.images import resize_image
from vantage.captures.resizing import fit_size
from vantage.reports import Picture, SolidScene, draw_solids, overlay_relevancy

SIDES = {
    "from the left": (-math.radians(50), math.radians(30)),
    "from the right": (math.radians(50), math.radians(30)),
}
"""Azimuth and elevation from which scenes are drawn, radians: a quarter turn apart, so that together they show what one
hides."""
LONGEST = 480
"""Longer side in pixels of the pictures on a page and in a sheet."""
TILE = 320
"""Width in pixels of a picture in a sheet."""
COLUMNS = 4
MOST_MAPS = 12
"""Relevancy maps in a sheet; the page has them all."""
HEADER = 26
"""Height in pixels of a picture's title."""
LETTERS = 44
"""Characters of a title that fit above a picture."""


def shown_image(view: RgbdView) -> Float[np.ndarray, "_h _w 3"]:
    """Return the view's image small enough for a page."""
    width, height = fit_size(view.camera.width, view.camera.height, LONGEST)
    return resize_image(view.image, width, height).astype(np.float64)


def relevancy_pictures(
    image: Float[np.ndarray, "_h _w 3"], relevancy: dict[str, Float[np.ndarray, "h w"]]
) -> dict[str, Picture]:
    """Return maps over the image on one scale for all, from neutral on: a label that nothing speaks for stays dark."""
    high = max((float(values.max()) for values in relevancy.values()), default=0.0)
    # Zero is neutral where a background was subtracted; maps without one may lie above or below it as a whole.
    low = 0.0 if high > 0 else min(float(values.min()) for values in relevancy.values())
    return {title: overlay_relevancy(image, values, low=low, high=high) for title, values in relevancy.items()}


def scene_pictures(scene: SolidScene) -> dict[str, Float[np.ndarray, "_h _w 3"]]:
    """Return a scene drawn from two sides."""
    return {
        name: draw_solids(scene, azimuth=azimuth, elevation=elevation, size=LONGEST)
        for name, (azimuth, elevation) in SIDES.items()
    }


def picture_sheet(
    view: RgbdView, relevancy: dict[str, Float[np.ndarray, "h w"]], scene: SolidScene
) -> Float[np.ndarray, "_h _w 3"]:
    """Return image, relevancy and cells as one titled picture.

    Args:
        view: what was looked at.
        relevancy: maps by title.
        scene: the answer.
    """
    image = shown_image(view)
    tiles = [("image", image)]
    maps = relevancy_pictures(image, relevancy)
    tiles += [(title, maps[title].image) for title in list(relevancy)[:MOST_MAPS]]
    # Above the cells, whose squares are larger, the row is filled up.
    tiles += [("", np.ones_like(image))] * (-len(tiles) % COLUMNS if len(tiles) > COLUMNS else 0)
    columns = min(COLUMNS, max(2, len(tiles)))
    rows = [_row(tiles[k : k + columns], columns) for k in range(0, len(tiles), columns)]
    rows.append(_row(list(scene_pictures(scene).items()), 2, width=columns * TILE // 2))
    rows.append(_legend(scene, columns * TILE))
    return np.concatenate(rows)


def _row(
    tiles: list[tuple[str, Float[np.ndarray, "_h _w 3"]]], columns: int, width: int = TILE
) -> Float[np.ndarray, "_h _w 3"]:
    """Return pictures of one row side by side, each below its title."""
    height = round(width * tiles[0][1].shape[0] / tiles[0][1].shape[1])
    sheet = Image.new("RGB", (columns * width, height + HEADER), "white")
    pen = ImageDraw.Draw(sheet)
    for number, (title, picture) in enumerate(tiles):
        pixels = Image.fromarray(np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8))
        sheet.paste(pixels.resize((width - 4, height - 4), Image.Resampling.BILINEAR), (number * width + 2, HEADER))
        pen.text((number * width + 6, 5), shortened(title, LETTERS), fill="#333", font=_font())
    return np.asarray(sheet, dtype=np.float64) / 255


def _legend(scene: SolidScene, width: int) -> Float[np.ndarray, "_h _w 3"]:
    """Return the labels with their colours, four a line."""
    lines = max(1, math.ceil(len(scene.layers) / COLUMNS))
    sheet = Image.new("RGB", (width, lines * HEADER), "white")
    pen = ImageDraw.Draw(sheet)
    for number, layer in enumerate(scene.layers):
        x, y = (number % COLUMNS) * (width // COLUMNS) + 6, number // COLUMNS * HEADER + 4
        colour = tuple(round(255 * part) for part in layer.colour)
        pen.rectangle((x, y + 2, x + 12, y + 14), fill=(colour[0], colour[1], colour[2]))
        pen.text((x + 18, y), shortened(f"{layer.label} ({len(layer.cells)} cells)", 40), fill="#333", font=_font())
    return np.asarray(sheet, dtype=np.float64) / 255


def shortened(text: str, letters: int) -> str:
    """Return a text on one line, cut where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= letters else f"{line[: letters - 3]}..."


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=13)
