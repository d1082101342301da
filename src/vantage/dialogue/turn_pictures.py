"""Turns drawn over their images: points, cubes and segments that an answer rests on, as pictures for reports."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32
from PIL import Image, ImageDraw, ImageFont

from vantage.dialogue.conversation import Turn
from vantage.dialogue.inspector_drawing import sample_record
from vantage.dialogue.sample import Sample

WIDTH = 480
"""Least columns of a picture: lines over small images would hide what they show."""
COLOURS = ((255, 106, 61), (64, 156, 255), (255, 208, 60), (90, 210, 120))
"""Of the first thing or point of a turn, the second, and so on."""
SHADOW = (20, 20, 20)
RADIUS = 6
"""Of a point's ring, pixels of the picture."""


def turn_pictures(sample: Sample, turns: Sequence[Turn]) -> list[list[Float32[np.ndarray, "_h _w 3"]]]:
    """Return for each turn the images that it is about, with what its answer rests on drawn in.

    Args:
        sample: whose images.
        turns: some of its conversation's.
    """
    record = sample_record(
        sample.conversation,
        cameras=[view.camera for view in sample.views],
        world_from_camera=[view.world_from_camera for view in sample.views],
        frame=sample.frame,
        cubes={thing.instance: thing.cube for thing in sample.things if thing.cube is not None},
        names={thing.instance: thing.text for thing in sample.things},
        outlines=[view.outlines for view in sample.views],
    )
    drawn = []
    for turn in turns:
        number = sample.conversation.turns.index(turn)
        views = range(len(sample.views)) if turn.view is None else [turn.view]
        drawn.append([_picture(sample, record["turns"][number], view) for view in views])
    return drawn


def _picture(sample: Sample, turn: Mapping[str, Any], view: int) -> Float32[np.ndarray, "_h _w 3"]:
    shown = sample.views[view]
    scale = max(1, -(-WIDTH // shown.camera.width))
    image = Image.fromarray(shown.pixels())
    image = image.resize((image.width * scale, image.height * scale), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(image)
    for number, thing in enumerate(turn["things"]):
        colour, seen = COLOURS[number % len(COLOURS)], thing["views"][view]
        for line in seen["edges"]:
            _line(pen, [scale * value for value in line], colour)
        box = seen["box"]
        if box is not None:
            corners = [scale * value for value in box]
            if not seen["edges"]:
                pen.rectangle(corners, outline=colour, width=2)
            _letter(pen, corners[0], corners[1], thing["letter"], colour)
    if turn["segment"] is not None:
        for line in turn["segment"]["views"][view]:
            _line(pen, [scale * value for value in line], (255, 255, 255))
    for number, point in enumerate(turn["points"]):
        if point["view"] == view:
            x, y = (scale * value for value in point["at"])
            colour = COLOURS[number % len(COLOURS)]
            for radius, paint in ((RADIUS + 1, SHADOW), (RADIUS, colour)):
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=paint, width=2)
            _letter(pen, x + RADIUS, y - 3 * RADIUS, point["letter"], colour)
    return np.asarray(image, dtype=np.float32) / 255


def _line(pen: ImageDraw.ImageDraw, ends: Sequence[float], colour: tuple[int, int, int]) -> None:
    pen.line(list(ends), fill=SHADOW, width=4)
    pen.line(list(ends), fill=colour, width=2)


def _letter(pen: ImageDraw.ImageDraw, x: float, y: float, letter: str, colour: tuple[int, int, int]) -> None:
    font = ImageFont.load_default(16)
    pen.text((x + 2, max(0.0, y)), letter, fill=colour, font=font, stroke_width=2, stroke_fill=SHADOW)
