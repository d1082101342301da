"""How the parts of an object differ in look from its slots: grain along its boards, print on its labels, pages."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from vantage.rooms.looks import materials
from vantage.rooms.looks.colours import Colour, to_linear
from vantage.rooms.looks.finishes import Finish

if TYPE_CHECKING:
    from vantage.rooms.shapes.blueprint import Part

INKS = ((0.1, 0.1, 0.12), (0.62, 0.08, 0.08), (0.08, 0.2, 0.5), (0.08, 0.34, 0.16))
"""sRGB colours of print on labels: black, red, blue and green."""
LABEL_ROWS = 9.0
"""Rows of print on a label, one of seven a heading and one empty."""
MIRROR_SHARE = 0.7
"""Of the light that a looking glass mirrors; true ones reach 0.9, but the blurred light would then look like fog."""


def part_finish(part: "Part", bounds: Float[np.ndarray, "2 3"], finish: Finish) -> Finish:
    """Return the finish of one part, given its lowest and highest corner in the object's frame (metres)."""
    size = bounds[1] - bounds[0]
    if part.name == "label":
        ink = Colour("black", to_linear(np.array(INKS[finish.seed % len(INKS)])))
        rows = max(float(size[2] if size[2] > 0.01 else np.sort(size)[1]) / LABEL_ROWS, 0.002)
        return dataclasses.replace(finish, second=ink, texture=materials.PRINT, period=rows)
    if part.name == "pages":
        return dataclasses.replace(finish, second=finish.colour.shifted(-0.2), texture=materials.PAGES, period=0.003)
    if part.name == "soil":
        return dataclasses.replace(finish, second=finish.colour.shifted(-0.5), texture=materials.CRUMB, period=0.02)
    return finish


def mirrored_share(part: "Part", material: str) -> float:
    """Return how much of the surroundings' light a part mirrors head-on."""
    return MIRROR_SHARE if part.name == "mirror" else materials.MATERIALS[material].mirrors


def grain_axes(bounds: Float[np.ndarray, "2 3"], texture: int) -> list[int]:
    """Return the order of the object's axes in which a part's texture runs: wood along its longest side, else as is."""
    if texture != materials.GRAIN:
        return [0, 1, 2]
    longest = int(np.argmax(bounds[1] - bounds[0]))
    return [longest, (longest + 1) % 3, (longest + 2) % 3]
