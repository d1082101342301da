"""Speakers, headphones, cameras and fans."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, QUARTER, curve, disc, lying, ring
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, Revolve, RoundedBox, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse

DARK = "plastic black"


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


def _ear_cup(
    b: Builder, x: float | int, y: float | int, z: float | int, radius: float | int, side: float | int
) -> None:
    """Add an ear cup whose cushion faces the middle."""
    turn = (0, -side * QUARTER, 0)
    b.add(Frustum(0.85 * radius, radius, 0.03), (x + side * 0.03, y, z), turn=turn, name="ear")
    b.add(cylinder(0.98 * radius, 0.018), (x + side * 0.004, y, z), "rubber black", turn=turn, name="cushion")


def over_ear_headphones(rng: np.random.Generator) -> Blueprint:
    """Build headphones that stand on their cups under a padded band."""
    b = Builder()
    radius, half = rng.uniform(0.036, 0.042), rng.uniform(0.07, 0.078)
    z = radius + 0.008
    for side in (-1, 1):
        _ear_cup(b, side * half, 0, z, radius, side)
        b.add(Box(0.007, 0.022, 0.06), (side * (half + 0.028), 0, z + radius + 0.002), "metal gray", name="arm")
    band = half + 0.026
    top = z + radius + 0.028
    b.add(TorusArc(band, 0.0085, 0, math.pi), (0, 0, top - 0.004), name="strap")
    b.add(TorusArc(band - 0.01, 0.012, 0.9, math.pi - 0.9), (0, 0, top - 0.004), "rubber black", name="cushion")
    return b.done()


def lying_headphones(rng: np.random.Generator) -> Blueprint:
    """Build headphones that lie flat, with a cord and its plug."""
    b = Builder()
    radius, half = rng.uniform(0.034, 0.04), rng.uniform(0.07, 0.08)
    z = radius
    for side in (-1, 1):
        _ear_cup(b, side * half, -0.02, z, radius, side)
        b.add(Box(0.008, 0.055, 0.02), (side * (half + 0.026), 0.03, z), "metal gray", name="arm")
    b.add(TorusArc(half + 0.025, 0.009, 0, math.pi), (0, 0.05, z), turn=(-QUARTER, 0, 0), name="strap")
    cord = curve(
        (-half - 0.02, -0.02, 0.02),
        (-half - 0.03, -0.1, 0.0),
        (0.02, -0.16, 0.002),
        (0.03, -0.06, 0.0025),
        (0.06, -0.17, 0.0025),
        count=10,
    )
    b.add(Tube(cord, 0.0025), slot="rubber black", name="cord")
    b.add(Tube((cord[-1], (cord[-1][0] + 0.012, cord[-1][1] - 0.018, 0.004)), 0.004), slot="metal yellow", name="cap")
    return b.done()


def stand_headphones(rng: np.random.Generator) -> Blueprint:
    """Build headphones that hang on a stand."""
    b = Builder()
    radius, half = rng.uniform(0.036, 0.042), rng.uniform(0.07, 0.078)
    high = rng.uniform(0.25, 0.28)
    b.add(cylinder(0.085, 0.014), slot="wood brown", name="base")
    b.add(cylinder(0.011, high - 0.02), (0, 0, 0.01), "metal black", name="pole")
    b.add(TorusArc(half, 0.014, 1.1, math.pi - 1.1), (0, 0, high - half - 0.026), "wood brown", name="stand")
    band = half + 0.004
    middle = high - band
    b.add(TorusArc(band, 0.0085, 0, math.pi), (0, 0, middle), name="strap")
    for side in (-1, 1):
        b.add(Box(0.008, 0.02, 0.06), (side * band, 0, middle - 0.02), "metal gray", name="arm")
        _ear_cup(b, side * (half - 0.026), 0, middle - 0.06, radius, side)
    return b.done()


def _lens(
    b: Builder, radius: float | int, length: float | int, y: float | int, z: float | int, *, x: float | int = 0.0
) -> None:
    """Add a lens barrel with rings and a dark glass, towards the front from y on."""
    disc(b, radius, 0.45 * length, (x, y, z), DARK, name="neck")
    disc(b, 0.9 * radius, length, (x, y, z), "metal black", name="neck")
    disc(b, 0.96 * radius, 0.14 * length, (x, y - 0.86 * length, z), "metal gray", name="rim")
    disc(b, 0.76 * radius, 0.002, (x, y - length, z), "glass blue", name="pane")
    disc(b, 0.4 * radius, 0.003, (x, y - length, z), "glass black", name="pane")


def reflex_camera(rng: np.random.Generator) -> Blueprint:
    """Build a reflex camera: a grip, a hump with a finder, a long lens."""
    b = Builder()
    x, z = rng.uniform(0.125, 0.145), rng.uniform(0.075, 0.085)
    b.add(RoundedBox(x, 0.045, z, 0.01), (0, 0, z / 2))
    b.add(RoundedBox(0.034, 0.066, 0.96 * z, 0.012), (-x / 2 + 0.017, -0.014, 0.49 * z), "rubber black", name="grip")
    b.add(
        Prism(((-0.026, 0.0), (0.026, 0.0), (0.016, 0.024), (-0.016, 0.024)), 0.045),
        (0.006, 0.022, z - 0.002),
        turn=(QUARTER, 0, 0),
        name="top",
    )
    b.add(Box(0.03, 0.008, 0.016), (0.006, 0.024, z + 0.006), "glass black", name="pane")
    _lens(b, 0.034, rng.uniform(0.05, 0.08), -0.018, 0.46 * z, x=0.008)
    b.add(cylinder(0.007, 0.006), (-x / 2 + 0.018, -0.03, 0.96 * z), "metal red", name="button")
    b.add(cylinder(0.013, 0.009), (0.36 * x, 0, z - 0.002), "metal gray", name="knob")
    b.add(Box(0.07, 0.003, 0.045), (0, 0.0225, 0.45 * z), "glass black", name="screen")
    return b.done()


def compact_camera(rng: np.random.Generator) -> Blueprint:
    """Build a flat pocket camera with a flash and a short lens."""
    b = Builder()
    x, z = rng.uniform(0.095, 0.11), rng.uniform(0.058, 0.065)
    b.add(RoundedBox(x, 0.028, z, 0.009), (0, 0, z / 2))
    b.add(Box(x + 0.001, 0.0285, 0.008), (0, 0, 0.78 * z), "metal gray", name="panel")
    _lens(b, 0.024, 0.022, -0.013, 0.44 * z, x=0.12 * x)
    b.add(Box(0.02, 0.004, 0.011), (-0.28 * x, -0.0135, 0.78 * z), "glass white", name="shade")
    b.add(Box(0.011, 0.004, 0.009), (0.12 * x, -0.0135, 0.84 * z + 0.002), "glass black", name="pane")
    b.add(cylinder(0.006, 0.005), (-0.3 * x, 0, z - 0.001), "metal red", name="button")
    b.add(cylinder(0.009, 0.005), (0.3 * x, 0, z - 0.001), "metal gray", name="knob")
    strap = curve(
        (x / 2 - 0.004, 0, 0.7 * z),
        (x / 2 + 0.04, 0, 0.9 * z),
        (x / 2 + 0.05, 0, 0.0),
        (x / 2 + 0.02, -0.03, 0.003),
        count=6,
    )
    b.add(Tube(strap, 0.0025), slot="fabric black", name="strap")
    return b.done()


def tripod_camera(rng: np.random.Generator) -> Blueprint:
    """Build a camera on a small tripod."""
    b = Builder()
    x, z, lift = rng.uniform(0.11, 0.125), rng.uniform(0.07, 0.08), rng.uniform(0.13, 0.17)
    for k in range(3):
        a = 2 * math.pi * k / 3 + QUARTER
        foot = (0.085 * math.cos(a), 0.085 * math.sin(a), 0.007)
        b.add(
            Tube((foot, (0.012 * math.cos(a), 0.012 * math.sin(a), lift - 0.035)), 0.006),
            slot="metal black",
            name="leg",
        )
    b.add(cylinder(0.02, 0.05), (0, 0, lift - 0.045), "metal gray", name="stand")
    b.add(RoundedBox(x, 0.045, z, 0.008), (0, 0, lift + z / 2))
    b.add(Box(0.045, 0.04, 0.022), (0, 0, lift + z + 0.008), name="top")
    _lens(b, 0.031, 0.045, -0.02, lift + 0.46 * z)
    b.add(cylinder(0.006, 0.006), (-0.36 * x, 0, lift + z - 0.001), "metal red", name="button")
    return b.done()


def _blades(b: Builder, radius: float | int, y: float | int, z: float | int, count: int) -> None:
    """Add a hub and flat pitched blades that turn about y, in the plane at y."""
    for k in range(count):
        a = 2 * math.pi * k / count + 0.4
        outline = tuple((0.56 * radius + u, v) for u, v in ellipse(0.42 * radius, 0.24 * radius, count=12))
        b.add(Prism(outline, 0.004), (0, y, z), "plastic gray", turn=(QUARTER, -a, 0), name="blade")
    disc(b, 0.2 * radius, 0.03, (0, y + 0.012, z), DARK, name="knob")


def _cage(b: Builder, radius: float | int, front: float | int, back: float | int, z: float | int) -> None:
    """Add a round guard of two rings and spokes."""
    for y in (front, back):
        hoop = Revolve(
            ((radius - 0.004, -0.004), (radius + 0.004, -0.004), (radius + 0.004, 0.004), (radius - 0.004, 0.004))
        )
        b.add(hoop, (0, y, z), turn=(QUARTER, 0, 0), name="frame")
    for k in range(12):
        a = 2 * math.pi * k / 12
        at = (0.5 * radius * math.cos(a), front - 0.004, z + 0.5 * radius * math.sin(a))
        b.add(Box(radius, 0.003, 0.003), at, turn=(0, -a, 0), name="frame")
        rim = (radius * math.cos(a), (front + back) / 2, z + radius * math.sin(a))
        b.add(Box(0.003, back - front, 0.003), rim, name="frame")
    disc(b, 0.2 * radius, 0.008, (0, front - 0.002, z), name="label")


def table_fan(rng: np.random.Generator) -> Blueprint:
    """Build a table fan: a guard with blades on a stem and a foot with buttons."""
    b = Builder()
    radius, lift = rng.uniform(0.12, 0.16), rng.uniform(0.1, 0.13)
    z = lift + radius
    _fan_head(b, radius, z)
    b.add(cylinder(0.016, z - 0.02), (0, 0.05, 0.01), name="pole")
    b.add(Frustum(0.7 * radius, 0.6 * radius, 0.03), (0, 0.02, 0), name="base")
    for k in range(4):
        b.add(Box(0.018, 0.014, 0.008), ((k - 1.5) * 0.026, -0.04, 0.032), "plastic white", name="button")
    return b.done()


def _fan_head(b: Builder, radius: float | int, z: float | int) -> None:
    _cage(b, radius, -0.045, 0.02, z)
    _blades(b, radius, -0.012, z, 3)
    lying_motor = Frustum(0.05, 0.03, 0.11)
    b.add(lying_motor, (0, -0.01, z), turn=(-QUARTER, 0, 0), name="body")


def floor_fan(rng: np.random.Generator) -> Blueprint:
    """Build a fan on a tall pole with a crossed foot."""
    b = Builder()
    radius = rng.uniform(0.19, 0.22)
    z = rng.uniform(0.85, 1.05)
    _fan_head(b, radius, z)
    b.add(cylinder(0.014, z - 0.02), (0, 0.05, 0.02), "metal gray", name="pole")
    b.add(cylinder(0.024, 0.45 * z), (0, 0.05, 0.02), name="pole")
    b.add(Box(0.05, 0.04, 0.1), (0, 0.05, 0.55 * z), name="panel")
    for a in (0.785, -0.785):
        b.add(Box(0.5, 0.05, 0.024), (0, 0.05, 0.012), turn=(0, 0, a), name="foot")
    return b.done()


def box_fan(rng: np.random.Generator) -> Blueprint:
    """Build a square box fan with a handle."""
    b = Builder()
    side = rng.uniform(0.28, 0.38)
    z = side / 2 + 0.02
    for k in range(2):
        b.add(Box(side, 0.09, 0.02), (0, 0, z + (0.5 if k else -0.5) * (side - 0.02)), name="frame")
        b.add(Box(0.02, 0.09, side), ((0.5 if k else -0.5) * (side - 0.02), 0, z), name="frame")
        b.add(Box(0.03, 0.14, 0.022), ((0.5 if k else -0.5) * 0.7 * side, 0, 0.011), DARK, name="foot")
    for k in range(9):
        at = (k - 4) * side / 10
        b.add(Box(0.004, 0.003, side - 0.02), (at, -0.042, z), "metal gray", name="frame")
        b.add(Box(side - 0.02, 0.003, 0.004), (0, -0.0405, z + at), "metal gray", name="frame")
    b.add(Box(side - 0.02, 0.006, 0.02), (0, 0.03, z), DARK, name="frame")
    radius = 0.46 * side
    _blades(b, radius, 0.0, z, 5)
    disc(b, 0.24 * radius, 0.04, (0, 0.032, z), DARK, name="body")
    handle = (
        (-0.15 * side, 0.0, z + side / 2 - 0.004),
        (-0.13 * side, 0.0, z + side / 2 + 0.035),
        (0.13 * side, 0.0, z + side / 2 + 0.035),
        (0.15 * side, 0.0, z + side / 2 - 0.004),
    )
    b.add(Tube(handle, 0.008), slot=DARK, name="handle")
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
    Category(
        name="headphones",
        variants={"standing": over_ear_headphones, "lying": lying_headphones, "on a stand": stand_headphones},
        looks={"plastic": (*DYES, "beige")},
        places=("desk", "desk", "shelf", "bed", "table", "sideboard"),
        size=(0.17, 0.4),
        rooms=("office", "bedroom", "living room"),
        synonyms=("headset", "earphones"),
        patterned=False,
        phrase="{look} headphones",
    ),
    Category(
        name="camera",
        variants={"reflex": reflex_camera, "compact": compact_camera, "on a tripod": tripod_camera},
        looks={"plastic": ("black", "black", "gray", "red", "turquoise"), "leather": ("brown", "black")},
        places=("desk", "shelf", "table", "sideboard", "drawer", "bed"),
        size=(0.095, 0.27),
        rooms=("office", "bedroom", "living room"),
        synonyms=("photo camera",),
        patterned=False,
    ),
    Category(
        name="fan",
        variants={"table": table_fan, "floor": floor_fan, "box": box_fan},
        looks={
            "plastic": ("white", "black", "blue", "gray", "beige"),
            "metal": ("gray", "black", "green", "turquoise"),
        },
        places=("floor", "floor", "desk", "sideboard", "table"),
        size=(0.3, 1.3),
        synonyms=("ventilator", "electric fan"),
        patterned=False,
    ),
)
