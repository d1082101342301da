"""Dumbbells, baseball bats and guitars."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, lying
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse, regular

BAR = "metal gray"


def hex_dumbbell(rng: np.random.Generator) -> Blueprint:
    """Build a dumbbell with six-sided heads."""
    b = Builder()
    long, radius = rng.uniform(0.25, 0.34), rng.uniform(0.045, 0.065)
    flat = radius * math.cos(math.pi / 6)
    lying(b, 0.015, 0.6 * long, (-0.3 * long, 0, flat), BAR, name="grip")
    for side in (-1, 1):
        x = side * 0.5 * long if side < 0 else 0.26 * long
        b.add(Prism(regular(6, radius), 0.24 * long), (x, 0, flat), turn=(0, QUARTER, 0), name="head")
        b.add(
            Prism(regular(6, 0.6 * radius), 0.004),
            (x - 0.002 if side < 0 else x + 0.24 * long - 0.002, 0, flat),
            BAR,
            turn=(0, QUARTER, 0),
            name="label",
        )
    return b.done()


def plate_dumbbell(rng: np.random.Generator) -> Blueprint:
    """Build a dumbbell with loose plates of two sizes on a bar, and screw collars."""
    b = Builder()
    long, radius = rng.uniform(0.33, 0.4), rng.uniform(0.065, 0.085)
    lying(b, 0.0125, long, (-long / 2, 0, radius), BAR, name="grip")
    for side in (-1, 1):
        for start, thick, size in (
            (0.17, 0.024, 1.0),
            (0.17 + 0.026 / long, 0.022, 1.0),
            (0.17 + 0.05 / long, 0.018, 0.72),
        ):
            x = start * long if side > 0 else -start * long - thick
            lying(b, size * radius, thick, (x, 0, radius), name="head")
        x = 0.17 * long + 0.068
        lying(b, 0.024, 0.016, (x if side > 0 else -x - 0.016, 0, radius), BAR, name="cap")
        for a in (0.0, QUARTER):
            b.add(Box(0.012, 0.07, 0.008), (side * (x + 0.008), 0, radius), BAR, turn=(a, 0, 0), name="cap")
    return b.done()


def round_dumbbell(rng: np.random.Generator) -> Blueprint:
    """Build a smooth dumbbell with two ball heads that flow into the grip."""
    b = Builder()
    half, radius = rng.uniform(0.095, 0.13), rng.uniform(0.035, 0.048)
    side = [
        (0.0, half),
        (0.6 * radius, half - 0.1 * radius),
        (0.95 * radius, half - 0.55 * radius),
        (radius, half - radius),
        (0.85 * radius, half - 1.6 * radius),
        (0.35 * radius, half - 2.05 * radius),
        (0.33 * radius, 0.0),
    ]
    profile = [(r, -z) for r, z in side] + [(r, z) for r, z in reversed(side[:-1])]
    b.add(Revolve(tuple(profile)), (0, 0, radius), turn=(0, QUARTER, 0), name="head")
    lying(b, 0.36 * radius, half - 1.2 * radius, (-(half - 1.2 * radius) / 2, 0, radius), "rubber black", name="grip")
    return b.done()


def _bat(b: Builder, long: float | int, thick: float | int, grip: str, knob: float | int) -> None:
    """Add a lying bat: knob at -x, grip, taper and barrel towards +x."""
    profile = (
        (0, 0),
        (knob, 0.004),
        (knob, 0.014),
        (0.3 * thick, 0.026),
        (0.32 * thick, 0.34 * long),
        (0.55 * thick, 0.5 * long),
        (0.9 * thick, 0.66 * long),
        (thick, 0.8 * long),
        (0.96 * thick, 0.96 * long),
        (0.7 * thick, 0.993 * long),
        (0, long),
    )
    b.add(Revolve(profile), (-long / 2, 0, thick), turn=(0, QUARTER, 0))
    lying(b, 0.36 * thick, 0.3 * long, (-long / 2 + 0.025, 0, thick), grip, name="grip")


def wooden_bat(rng: np.random.Generator) -> Blueprint:
    """Build a lying baseball bat with a burnt-in emblem and a taped grip."""
    b = Builder()
    long, thick = rng.uniform(0.76, 0.86), rng.uniform(0.031, 0.034)
    _bat(b, long, thick, "fabric black", 0.026)
    b.add(Prism(ellipse(0.045, 0.014), 0.006), (0.24 * long, 0, 1.995 * thick - 0.005), "wood black", name="label")
    return b.done()


def metal_bat(rng: np.random.Generator) -> Blueprint:
    """Build a slimmer bat with a cap on its end and rings around its barrel."""
    b = Builder()
    long, thick = rng.uniform(0.7, 0.8), rng.uniform(0.028, 0.031)
    _bat(b, long, thick, "rubber gray", 0.024)
    lying(b, 0.9 * thick, 0.02, (long / 2 - 0.02, 0, thick), "rubber black", name="cap")
    for k in range(3):
        lying(b, 1.025 * thick, 0.012, ((0.26 + 0.04 * k) * long, 0, thick), "plastic white", name="tape")
    return b.done()


def bat_and_ball(rng: np.random.Generator) -> Blueprint:
    """Build a short thick bat with a ball beside it."""
    b = Builder()
    long, thick = rng.uniform(0.7, 0.76), rng.uniform(0.036, 0.04)
    _bat(b, long, thick, "fabric white", 0.028)
    radius = 0.037
    b.add(
        Revolve(
            tuple(
                (radius * math.cos(a) if abs(a) < 1.5 else 0.0, radius * math.sin(a))
                for a in np.linspace(-QUARTER, QUARTER, 11).tolist()
            )
        ),
        (0.3 * long, thick + radius - 0.002, radius),
        "rubber white",
        name="knob",
    )
    for side in (-1, 1):
        b.add(
            cylinder(0.8 * radius, 0.002),
            (0.3 * long + side * 0.62 * radius, thick + radius - 0.002, radius),
            "fabric red",
            turn=(0, QUARTER, 0),
            name="tape",
        )
    return b.done()


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
        name="dumbbell",
        variants={"six-sided": hex_dumbbell, "plates": plate_dumbbell, "smooth": round_dumbbell},
        looks={"rubber": ("black", "black", "gray", "blue", "red", "pink", "turquoise"), "metal": ("gray", "black")},
        places=("floor", "floor", "floor", "shelf", "bin"),
        size=(0.18, 0.42),
        rooms=("bedroom", "living room"),
        synonyms=("gym weights", "hand weight"),
        patterned=False,
    ),
    Category(
        name="baseball bat",
        variants={"wooden": wooden_bat, "metal": metal_bat, "with a ball": bat_and_ball},
        looks={"wood": ("brown", "brown", "yellow", "black", "beige"), "metal": ("red", "blue", "gray", "turquoise")},
        places=("floor", "floor", "bed", "workbench"),
        size=(0.68, 0.9),
        rooms=("bedroom", "workshop", "living room"),
        synonyms=("maple bat", "bat"),
        patterned=False,
    ),
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
