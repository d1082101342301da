"""Solid things on a grid of cells, as files, pictures and pages show them: one layer a label, and the points seen."""

import base64
import colorsys
import dataclasses
import functools
import json

import numpy as np
from jaxtyping import Bool, Float, Float32, Int, Int32, UInt8

from vantage.errors import DataError

Colour = tuple[float, float, float]
Triple = tuple[float, float, float]

FIRST_HUES = (0.015, 0.58, 0.37, 0.13, 0.76, 0.49, 0.90, 0.24, 0.065, 0.66)
"""Hues that stay apart from their neighbours in the list: red, blue, green, amber, violet, teal, pink, lime, ..."""
GOLDEN = 0.618034
"""Turn of the hue from one further label to the next, so that neighbours differ (the golden ratio's fraction)."""
PAGE_POINTS = 40_000
"""Seen points a page holds: half a megabyte of it."""
STRAY = (1, 99)
"""Percentiles of the seen points along each axis that a picture has to hold."""
MAX_CELLS = 256
"""Cells along an axis that one byte counts; the paper's grid has 128, its drawings 240."""

NEIGHBOURS = np.array([[-1, 0, 0], [1, 0, 0], [0, -1, 0], [0, 1, 0], [0, 0, -1], [0, 0, 1]], dtype=np.int64)
"""Directions of a cell's six faces."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SolidLayer:
    """The cells of one label."""

    label: str
    colour: Colour
    """RGB in [0, 1]."""
    cells: Int32[np.ndarray, "n 3"]
    """Indices of cells along the grid's axes."""
    confidence: Float32[np.ndarray, " n"]
    """Of each cell, in [0, 1]."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SolidScene:
    """Layers on one grid, and the coloured points that the camera saw. Axes: x ahead, y left, z up, metres.

    Raises:
        DataError: a cell lies outside the grid, or the grid has no extent or more than `MAX_CELLS` a side.
    """

    low: Triple
    """Lowest corner of the first cell."""
    high: Triple
    """Highest corner of the last cell."""
    shape: tuple[int, int, int]
    """Cells along each axis."""
    layers: tuple[SolidLayer, ...]
    points: Float32[np.ndarray, "m 3"]
    point_colours: UInt8[np.ndarray, "m 3"]
    eye: Triple
    """Where the camera stood."""

    def __post_init__(self) -> None:
        if not all(a < b for a, b in zip(self.low, self.high, strict=True)):
            raise DataError(f"grid from {self.low} to {self.high}; expected its low corner below its high one")
        if not all(1 <= side <= MAX_CELLS for side in self.shape):
            raise DataError(f"grid of {self.shape} cells; expected 1 to {MAX_CELLS} along each axis")
        for layer in self.layers:
            if len(layer.cells) and not (layer.cells.min() >= 0 and (layer.cells < np.array(self.shape)).all()):
                raise DataError(f"{layer.label!r}: a cell lies outside the grid of {self.shape}")

    @property
    def cell_size(self) -> Triple:
        """Edges of a cell along each axis, metres."""
        x, y, z = ((b - a) / n for a, b, n in zip(self.low, self.high, self.shape, strict=True))
        return x, y, z

    @functools.cached_property
    def extent(self) -> tuple[Float[np.ndarray, " 3"], Float[np.ndarray, " 3"]]:
        """Low and high corner of what there is to see inside the grid; the grid's own where there is nothing."""
        low, high = np.array(self.low), np.array(self.high)
        corners = [self.centres(layer) for layer in self.layers if len(layer.cells)]
        inside = self.points[np.all((self.points >= low) & (self.points <= high), axis=1)]
        if len(inside):
            # Stray points of a depth camera would shrink all the rest.
            corners.append(np.percentile(inside, STRAY, axis=0))
        if not corners:
            return low, high
        spots, half = np.concatenate(corners).astype(np.float64), np.array(self.cell_size) / 2
        return spots.min(axis=0) - half, spots.max(axis=0) + half

    def centres(self, layer: SolidLayer) -> Float32[np.ndarray, "n 3"]:
        """Return the middles of a layer's cells, metres."""
        return (np.array(self.low) + (layer.cells + 0.5) * np.array(self.cell_size)).astype(np.float32)


def label_colours(count: int) -> list[Colour]:
    """Return as many colours as there are labels, the same ones each time, as different as that many can be."""
    hues = [FIRST_HUES[k] if k < len(FIRST_HUES) else (0.31 + GOLDEN * k) % 1 for k in range(count)]
    # Further rounds are darker and lighter by turns.
    lightness = [(0.47, 0.36, 0.60)[(k // len(FIRST_HUES)) % 3] for k in range(count)]
    return [colorsys.hls_to_rgb(hue, light, 0.72) for hue, light in zip(hues, lightness, strict=True)]


def hex_colour(colour: Colour) -> str:
    """Return a colour as CSS writes it."""
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour)


def exposed_faces(
    cells: Int[np.ndarray, "n 3"], shape: tuple[int, int, int]
) -> tuple[Int[np.ndarray, " f"], Int[np.ndarray, " f"]]:
    """Return the faces of cells that no other of these cells covers: index of the cell, and of the direction.

    Args:
        cells: indices of cells.
        shape: of the grid.
    """
    taken: Bool[np.ndarray, "x y z"] = np.zeros(tuple(side + 2 for side in shape), dtype=bool)
    taken[tuple(cells.T + 1)] = True
    owners, directions = [], []
    for number, step in enumerate(NEIGHBOURS):
        free = np.flatnonzero(~taken[tuple((cells + 1 + step).T)])
        owners.append(free)
        directions.append(np.full(len(free), number))
    return np.concatenate(owners), np.concatenate(directions)


def thinned(count: int, wanted: int) -> Int[np.ndarray, " m"]:
    """Return indices of at most `wanted` of `count` things, evenly spread and the same each time."""
    return np.arange(count) if count <= wanted else np.linspace(0, count - 1, wanted).astype(np.int64)


def page_data(scene: SolidScene) -> str:
    """Return a scene as JSON for `solids.js`; cells and points are base64 of bytes."""
    chosen = thinned(len(scene.points), PAGE_POINTS)
    low, high = scene.extent
    return json.dumps(
        {
            "low": scene.low,
            "high": scene.high,
            "shape": scene.shape,
            "eye": scene.eye,
            "middle": ((low + high) / 2).tolist(),
            "reach": float(np.linalg.norm(high - low)),
            "layers": [_layer_data(layer) for layer in scene.layers],
            "points": _bytes(scene.points[chosen].astype("<f4")),
            "colours": _bytes(scene.point_colours[chosen]),
        },
        allow_nan=False,
    )


def _layer_data(layer: SolidLayer) -> dict[str, object]:
    return {
        "colour": [round(part, 4) for part in layer.colour],
        "cells": _bytes(layer.cells.astype(np.uint8)),
        "confidence": _bytes(np.rint(255 * np.clip(layer.confidence, 0, 1)).astype(np.uint8)),
    }


def _bytes(values: Float[np.ndarray, "..."] | UInt8[np.ndarray, "..."]) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")
