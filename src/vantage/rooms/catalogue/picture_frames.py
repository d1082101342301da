"""Picture frames that stand: one with a landscape, one with a portrait, and a hinged pair."""

import math

import numpy as np

from vantage.rooms.catalogue.framing import UPRIGHT, frame, landscape
from vantage.rooms.catalogue.pieces import QUARTER
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Tube, cylinder
from vantage.rooms.shapes.prisms import Outline, Prism, ellipse


def _strut(b: Builder, height: float | int, lean: float | int) -> None:
    """Add the prop behind a leaning frame of this height."""
    top = (0.0, math.sin(lean) * 0.7 * height + 0.008, math.cos(lean) * 0.7 * height)
    b.add(Tube((top, (0.0, top[1] + 0.3 * height, 0.005)), 0.005), slot="wood black", name="stand")


def _leaning(b: Builder, inner: Builder, lean: float | int) -> None:
    """Add the parts of a standing picture, leant back about its lower edge."""
    c, s = math.cos(lean), math.sin(lean)
    for part in inner.parts:
        x, y, z = (float(v) for v in part.object_from_part[:3, 3])
        upright = abs(part.object_from_part[2, 2]) < 0.5
        turn = ((QUARTER if upright else 0.0) - lean, 0.0, 0.0)
        b.add(part.shape, (x, c * y + s * z, -s * y + c * z), part.slot, turn=turn, name=part.name)


def desk_frame(rng: np.random.Generator) -> Blueprint:
    """Build a standing frame with a landscape and a prop."""
    b, inner = Builder(), Builder()
    width, height, lean = rng.uniform(0.13, 0.2), rng.uniform(0.11, 0.16), 0.25
    edge = 0.018
    frame(inner, width, height, edge, 0.014, z=edge)
    landscape(inner, width, height, edge, rng)
    _leaning(b, inner, lean)
    _strut(b, height, lean)
    return b.done()


def portrait_frame(rng: np.random.Generator) -> Blueprint:
    """Build a standing upright frame with a mount and the portrait of a person."""
    b, inner = Builder(), Builder()
    width, height, lean, edge = rng.uniform(0.12, 0.16), rng.uniform(0.17, 0.22), 0.22, 0.022
    frame(inner, width, height, edge, 0.016, z=edge)
    inner.add(Box(width, 0.006, height), (0, 0, edge + height / 2), "paper white", name="panel")
    w, h = 0.74 * width, 0.78 * height
    z = edge + 0.11 * height
    inner.add(
        Box(w, 0.004, h), (0, -0.0018, z + h / 2), f"paper {rng.choice(['blue', 'green', 'yellow'])}", name="picture"
    )
    shoulders: Outline = (
        (-0.4 * w, 0.0),
        (0.4 * w, 0.0),
        (0.34 * w, 0.26 * h),
        (0.15 * w, 0.36 * h),
        (-0.15 * w, 0.36 * h),
        (-0.34 * w, 0.26 * h),
    )
    inner.add(
        Prism(shoulders, 0.002),
        (0, -0.003, z),
        f"paper {rng.choice(['red', 'purple', 'black'])}",
        turn=UPRIGHT,
        name="picture",
    )
    inner.add(
        Prism(ellipse(0.2 * w, 0.2 * h), 0.002), (0, -0.0034, z + 0.53 * h), "paper brown", turn=UPRIGHT, name="picture"
    )
    inner.add(
        Prism(ellipse(0.165 * w, 0.17 * h), 0.002), (0, -0.0045, z + 0.5 * h), "skin pink", turn=UPRIGHT, name="picture"
    )
    _leaning(b, inner, lean)
    _strut(b, height, lean)
    return b.done()


def double_frame(rng: np.random.Generator) -> Blueprint:
    """Build two hinged frames that stand like an open book."""
    b = Builder()
    width, height, edge, half = rng.uniform(0.1, 0.13), rng.uniform(0.13, 0.17), 0.014, 0.4
    for side in (-1, 1):
        inner = Builder()
        frame(inner, width, height, edge, 0.012, z=edge)
        landscape(inner, width, height, edge, rng)
        c, s = math.cos(side * half), math.sin(side * half)
        for part in inner.parts:
            x, y, z = (float(v) for v in part.object_from_part[:3, 3])
            x += side * (width / 2 + edge)
            upright = QUARTER if abs(part.object_from_part[2, 2]) < 0.5 else 0.0
            # Each half turns about the hinge so that both look inwards to the front.
            b.add(
                part.shape,
                (c * x + s * y, -s * x + c * y, z),
                part.slot,
                turn=(upright, 0, -side * half),
                name=part.name,
            )
    b.add(cylinder(0.008, height + 2 * edge), slot="metal yellow", name="knob")
    return b.done()


CATEGORIES = (
    Category(
        name="picture frame",
        variants={"landscape": desk_frame, "portrait": portrait_frame, "double": double_frame},
        looks={"wood": ("brown", "black", "white", "red", "beige"), "metal": ("gray", "yellow", "black", "turquoise")},
        places=("desk", "desk", "sideboard", "sideboard", "shelf", "shelf", "table", "tv"),
        size=(0.14, 0.32),
        rooms=("living room", "bedroom", "office"),
        synonyms=("photo frame", "framed photo"),
        patterned=False,
    ),
)
