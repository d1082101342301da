"""Guitars: acoustic and electric ones on a stand, and one that lies."""

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse


def _neck(b: Builder, start: float | int, end: float | int, z: float | int, wood: str) -> None:
    """Add a neck with frets and a head with pegs from height `start` to `end`, its face at y = -0.03."""
    b.add(Box(0.052, 0.026, end - start), (0, -0.017, (start + end) / 2), wood, name="neck")
    b.add(Box(0.048, 0.006, end - start - 0.01), (0, -0.032, (start + end) / 2), "wood black", name="neck")
    for k in range(8):
        at = end - 0.02 - (end - start - 0.06) * (1 - 0.84**k) * 1.15
        b.add(Box(0.048, 0.003, 0.003), (0, -0.035, at), "metal gray", name="neck")
    head = 0.15
    b.add(
        Prism(((-0.03, 0.0), (0.03, 0.0), (0.042, head), (-0.042, head)), 0.018),
        (0, -0.012, end - 0.004),
        wood,
        turn=(QUARTER, 0, 0),
        name="head",
    )
    for side in (-1, 1):
        for k in range(3):
            b.add(Box(0.022, 0.012, 0.018), (side * 0.047, -0.02, end + 0.03 + 0.042 * k), "metal gray", name="knob")
    for k in range(6):
        x = (k - 2.5) * 0.0072
        b.add(Box(0.0016, 0.0016, end + 0.09 - z), (x, -0.0375, (z + end + 0.09) / 2), "metal gray", name="cord")


def _body_disc(
    b: Builder, radius: float | int, stretch: float | int, thick: float | int, z: float | int, slot: str = "main"
) -> None:
    b.add(Prism(ellipse(radius, stretch * radius, count=24), thick), (0, thick / 2, z), slot, turn=(QUARTER, 0, 0))


def acoustic_guitar(rng: np.random.Generator) -> Blueprint:
    """Build an upright guitar: a body with a waist, a sound hole, a bridge, on a stand."""
    b = Builder()
    wide = rng.uniform(0.18, 0.2)
    z = 0.12 + 0.85 * wide
    _body_disc(b, wide, 0.85, 0.09, z)
    _body_disc(b, 0.74 * wide, 0.9, 0.09, z + 1.18 * wide)
    _body_disc(b, 0.62 * wide, 1.0, 0.088, z + 0.62 * wide)
    top = z + 1.7 * wide
    b.add(
        Prism(ellipse(0.3 * wide, 0.3 * wide, count=20), 0.004),
        (0, -0.043, z + 0.72 * wide),
        "wood black",
        turn=(QUARTER, 0, 0),
        name="rim",
    )
    b.add(Box(0.12, 0.012, 0.022), (0, -0.047, z - 0.12 * wide), "wood black", name="panel")
    neck = Builder()
    _neck(neck, z + 0.95 * wide, top + 0.3, z - 0.1 * wide, "wood black")
    for part in neck.parts:
        pose = part.object_from_part.copy()
        pose[1, 3] -= 0.014
        b.parts.append(type(part)(part.shape, pose, part.slot, part.name))
    _guitar_stand(b)
    return b.done()


def _guitar_stand(b: Builder) -> None:
    """Add a stand whose two forks hold a body just above height 0.12."""
    for side in (-1, 1):
        b.add(Tube(((side * 0.2, -0.13, 0.01), (side * 0.09, 0.075, 0.2)), 0.009), slot="metal black", name="stand")
        b.add(
            Tube(((side * 0.09, 0.075, 0.17), (side * 0.09, -0.065, 0.135), (side * 0.09, -0.075, 0.165)), 0.009),
            slot="metal black",
            name="stand",
        )
    b.add(Tube(((-0.09, 0.075, 0.2), (0.09, 0.075, 0.2)), 0.009), slot="metal black", name="stand")
    b.add(Tube(((0.0, 0.075, 0.2), (0.0, 0.24, 0.01)), 0.009), slot="metal black", name="stand")


def electric_guitar(rng: np.random.Generator) -> Blueprint:
    """Build an electric guitar on a stand: a thin horned body, a pale plate, pickups and knobs."""
    b = Builder()
    wide = rng.uniform(0.16, 0.175)
    z = 0.12 + 0.72 * wide
    thick = 0.045
    _body_disc(b, wide, 0.72, thick, z)
    b.add(
        Prism(((-0.86 * wide, 0.0), (0.86 * wide, 0.0), (0.7 * wide, 1.2 * wide), (-0.7 * wide, 1.2 * wide)), thick),
        (0, thick / 2, z),
        turn=(QUARTER, 0, 0),
    )
    for side, reach in ((-1, 1.75), (1, 1.5)):
        horn = (
            (0.34 * wide, 0.0),
            (0.74 * wide, 0.0),
            (0.86 * wide, (reach - 1.0) * wide),
            (0.72 * wide, (reach - 0.95) * wide),
            (0.34 * wide, 0.3 * wide),
        )
        outline = horn if side > 0 else tuple((-x, y) for x, y in reversed(horn))
        b.add(Prism(outline, thick), (0, thick / 2, z + 0.95 * wide), turn=(QUARTER, 0, 0))
    plate = (
        (-0.5 * wide, -0.3 * wide),
        (0.6 * wide, -0.35 * wide),
        (0.66 * wide, 0.5 * wide),
        (0.4 * wide, 1.1 * wide),
        (-0.5 * wide, 1.0 * wide),
    )
    b.add(Prism(plate, 0.003), (0, -thick / 2 + 0.0005, z), "plastic white", turn=(QUARTER, 0, 0), name="panel")
    for k in range(3):
        b.add(
            Box(0.08, 0.01, 0.02), (0, -thick / 2 - 0.006, z + (0.05 + 0.36 * k) * wide), "plastic black", name="button"
        )
        b.add(
            cylinder(0.011, 0.012),
            (0.56 * wide, -thick / 2 - 0.001, z + (-0.25 + 0.22 * k) * wide),
            "plastic black",
            turn=(QUARTER, 0, 0),
            name="knob",
        )
    b.add(Box(0.08, 0.012, 0.024), (0, -thick / 2 - 0.006, z - 0.2 * wide), "metal gray", name="panel")
    _neck(b, z + 0.95 * wide, z + 1.2 * wide + 0.46, z - 0.2 * wide, "wood brown")
    _guitar_stand(b)
    return b.done()


def lying_guitar(rng: np.random.Generator) -> Blueprint:
    """Build a lying classical guitar."""
    upright = Builder()
    wide = rng.uniform(0.17, 0.19)
    _body_disc(upright, wide, 0.9, 0.085, 0)
    _body_disc(upright, 0.76 * wide, 0.95, 0.085, 1.15 * wide)
    _body_disc(upright, 0.64 * wide, 1.0, 0.084, 0.6 * wide)
    upright.add(
        Prism(ellipse(0.28 * wide, 0.28 * wide, count=20), 0.004),
        (0, -0.0405, 0.78 * wide),
        "wood black",
        turn=(QUARTER, 0, 0),
        name="rim",
    )
    upright.add(Box(0.13, 0.012, 0.022), (0, -0.045, -0.2 * wide), "wood black", name="panel")
    neck = Builder()
    _neck(neck, 1.0 * wide, 1.75 * wide + 0.26, -0.18 * wide, "wood black")
    b = Builder()
    flat = np.eye(4)
    # Laid on its back: the face (-y) turns up, the neck (z) backwards.
    flat[:3, :3] = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
    for source, shift in ((upright, 0.0), (neck, -0.012)):
        for part in source.parts:
            pose = part.object_from_part.copy()
            pose[1, 3] += shift
            b.parts.append(type(part)(part.shape, flat @ pose, part.slot, part.name))
    return b.done()


CATEGORIES = (
    Category(
        name="guitar",
        variants={"acoustic": acoustic_guitar, "electric": electric_guitar, "lying": lying_guitar},
        looks={"wood": ("brown", "brown", "yellow", "red", "blue", "black", "turquoise", "beige")},
        places=("floor", "floor", "bed", "seat"),
        size=(0.7, 1.2),
        rooms=("living room", "bedroom"),
        synonyms=("six-string",),
        patterned=False,
    ),
)
