"""Speakers: a box, a can and a bar."""

import numpy as np

from vantage.rooms.catalogue.pieces import DARK, QUARTER, disc, lying, ring
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, TorusArc, cylinder


def _membrane(b: Builder, radius: float | int, y: float | int, z: float | int, *, x: float | int = 0.0) -> None:
    """Add a round membrane with its ring and dome on the face at y."""
    disc(b, radius, 0.005, (x, y + 0.001, z), "metal gray", name="rim", taper=0.96)
    disc(b, 0.88 * radius, 0.006, (x, y + 0.001, z), "rubber black", name="face")
    disc(b, 0.42 * radius, 0.012, (x, y + 0.001, z), "rubber gray", name="face", taper=0.6)


def box_speaker(rng: np.random.Generator) -> Blueprint:
    """Build a shelf loudspeaker: a case with a large and a small membrane."""
    b = Builder()
    width, height, depth = rng.uniform(0.15, 0.19), rng.uniform(0.25, 0.33), rng.uniform(0.17, 0.21)
    b.add(RoundedBox(width, depth, height, 0.008), (0, 0, height / 2))
    _membrane(b, 0.4 * width, -depth / 2, 0.32 * height)
    _membrane(b, 0.22 * width, -depth / 2, 0.76 * height)
    b.add(Box(0.2 * width, 0.003, 0.012), (0, -depth / 2, 0.05 * height), "metal gray", name="label")
    return b.done()


def can_speaker(rng: np.random.Generator) -> Blueprint:
    """Build an upright wireless speaker: a woven drum between two end caps, with buttons on top and a loop."""
    b = Builder()
    radius, height = rng.uniform(0.04, 0.055), rng.uniform(0.16, 0.21)
    b.add(cylinder(radius, height), slot="fabric black")
    for z in (0.0, height - 0.022):
        b.add(cylinder(1.06 * radius, 0.022), (0, 0, z), name="cap")
    b.add(cylinder(0.8 * radius, 0.003), (0, 0, height), DARK, name="top")
    for k in range(3):
        b.add(
            cylinder(0.16 * radius, 0.003), ((k - 1) * 0.45 * radius, 0, height + 0.002), "rubber white", name="button"
        )
    b.add(Box(0.3 * radius, 0.012, 0.55 * height), (0, -radius, 0.5 * height), name="label")
    for k in range(4):
        ring(b, 1.005 * radius, 0.002, (0.2 + 0.2 * k) * height, "fabric gray", name="panel")
    b.add(TorusArc(0.02, 0.004, -QUARTER, QUARTER), (radius, 0, 0.84 * height), DARK, name="strap")
    return b.done()


def bar_speaker(rng: np.random.Generator) -> Blueprint:
    """Build a lying stereo speaker with a handle above and two round membranes in front."""
    b = Builder()
    width, height, depth = rng.uniform(0.34, 0.42), rng.uniform(0.15, 0.18), 0.12
    b.add(RoundedBox(width, depth, height, 0.025), (0, 0, height / 2))
    for side in (-1, 1):
        _membrane(b, 0.4 * height, -depth / 2, 0.5 * height, x=side * 0.29 * width)
        b.add(Box(0.02, 0.025, 0.06), (side * 0.36 * width, 0, height + 0.022), DARK, name="handle")
    lying(b, 0.011, 0.76 * width, (-0.38 * width, 0, height + 0.05), DARK, name="handle")
    b.add(Box(0.16 * width, 0.003, 0.3 * height), (0, -depth / 2, 0.62 * height), "plastic blue glow", name="screen")
    for k in range(3):
        disc(b, 0.01, 0.008, ((k - 1) * 0.06 * width, -depth / 2, 0.28 * height), "metal gray", name="knob")
    return b.done()


CATEGORIES = (
    Category(
        name="speaker",
        variants={"box": box_speaker, "can": can_speaker, "stereo": bar_speaker},
        looks={"wood": ("brown", "black", "white", "red"), "plastic": ("black", "blue", "red", "white", "turquoise")},
        places=("desk", "desk", "sideboard", "shelf", "shelf", "tv", "workbench"),
        size=(0.15, 0.44),
        rooms=("living room", "office", "bedroom", "workshop"),
        synonyms=("loudspeaker", "stereo"),
        patterned=False,
    ),
)
