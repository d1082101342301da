"""Backpacks, handbags and umbrellas."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, curve, hollow, lying
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve, RoundedBox, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, regular, rounded

DYED = (*VIVID, "black", "gray", "turquoise", "beige")


def _shoulder_straps(b: Builder, x: float | int, y: float | int, z: float | int) -> None:
    """Add two straps behind a pack's back at y, and the loop on its top."""
    for side in (-1, 1):
        path = curve(
            (side * 0.2 * x, y - 0.01, 0.93 * z),
            (side * 0.24 * x, y + 0.09, 0.8 * z),
            (side * 0.36 * x, y + 0.06, 0.3 * z),
            (side * 0.4 * x, y - 0.01, 0.08 * z),
            count=6,
        )
        b.add(Tube(path, 0.014), slot="fabric black", name="strap")
    b.add(TorusArc(0.035, 0.008, 0, math.pi), (0, y - 0.03, z - 0.006), "fabric black", name="handle")


def school_backpack(rng: np.random.Generator) -> Blueprint:
    """Build a backpack with a front pocket, zips, side pockets and straps."""
    b = Builder()
    x, y, z = rng.uniform(0.28, 0.33), rng.uniform(0.15, 0.19), rng.uniform(0.4, 0.46)
    b.add(RoundedBox(x, y, z, 0.06), (0, 0, z / 2))
    b.add(RoundedBox(0.8 * x, 0.09, 0.46 * z, 0.03), (0, -y / 2 - 0.012, 0.28 * z), name="pocket")
    b.add(Box(0.6 * x, 0.006, 0.008), (0, -y / 2 - 0.055, 0.44 * z), "metal gray", name="pocket")
    b.add(Box(0.7 * x, 0.008, 0.01), (0, -y / 2 + 0.003, 0.72 * z), "metal black", name="pocket")
    b.add(Box(0.012, 0.008, 0.04), (0.3 * x, -y / 2 - 0.001, 0.7 * z), "metal yellow", name="button")
    for side in (-1, 1):
        b.add(
            Box(0.04, 0.7 * y, 0.3 * z),
            (side * (x / 2 + 0.005), 0, 0.19 * z),
            "fabric black",
            name="pocket",
        )
    _shoulder_straps(b, x, y / 2, z)
    return b.done()


def hiking_backpack(rng: np.random.Generator) -> Blueprint:
    """Build a tall hiking pack with a lid, buckled straps and a rolled mat on top."""
    b = Builder()
    x, y, z = rng.uniform(0.28, 0.33), rng.uniform(0.2, 0.24), rng.uniform(0.5, 0.6)
    b.add(Prism(rounded(0.9 * x, 0.9 * y, 0.06), z, 1.1))
    b.add(RoundedBox(1.05 * x, 1.08 * y, 0.11, 0.045), (0, 0, z + 0.03), name="lid")
    for side in (-1, 1):
        b.add(
            Box(0.026, 0.008, 0.42 * z),
            (side * 0.24 * x, -y / 2 - 0.004, 0.78 * z),
            "fabric black",
            turn=(0.04, 0, 0),
            name="strap",
        )
        b.add(Box(0.036, 0.016, 0.03), (side * 0.24 * x, -y / 2 - 0.004, 0.72 * z), "plastic gray", name="button")
        b.add(Prism(rounded(0.09, 0.75 * y, 0.035), 0.35 * z, 0.9), (side * 0.47 * x, 0, 0.08 * z), name="pocket")
    b.add(RoundedBox(0.72 * x, 0.08, 0.4 * z, 0.03), (0, -y / 2 - 0.01, 0.28 * z), name="pocket")
    lying(b, 0.055, 1.15 * x, (-0.575 * x, 0, z + 0.13), "rubber gray", name="content")
    for side in (-1, 1):
        lying(b, 0.058, 0.02, (side * 0.3 * x - 0.01, 0, z + 0.13), "fabric black", name="strap")
    _shoulder_straps(b, x, y / 2, z)
    return b.done()


def flap_backpack(rng: np.random.Generator) -> Blueprint:
    """Build a sack whose mouth is gathered under a small flap with two brown belts."""
    b = Builder()
    radius, z = rng.uniform(0.14, 0.16), rng.uniform(0.36, 0.42)
    b.add(
        Revolve(
            (
                (0, 0),
                (0.9 * radius, 0),
                (radius, 0.04),
                (radius, 0.6 * z),
                (0.72 * radius, 0.88 * z),
                (0.8 * radius, z),
                (0, 0.97 * z),
            )
        )
    )
    flap = ((-0.85 * radius, 0.0), (0.85 * radius, 0.0), (0.7 * radius, 0.45 * z), (-0.7 * radius, 0.45 * z))
    b.add(
        Prism(tuple((u, v - 0.45 * z) for u, v in flap), 0.02),
        (0, -radius - 0.004 + 0.02, z - 0.004),
        turn=(QUARTER + 0.12, 0, 0),
        name="lid",
    )
    b.add(Prism(rounded(1.5 * radius, 1.5 * radius, 0.05), 0.02), (0, -0.1 * radius, z - 0.01), name="lid")
    for side in (-1, 1):
        b.add(
            Box(0.026, 0.012, 0.5 * z), (side * 0.35 * radius, -radius - 0.002, 0.6 * z), "fabric brown", name="strap"
        )
        b.add(Box(0.036, 0.018, 0.03), (side * 0.35 * radius, -radius - 0.004, 0.48 * z), "metal yellow", name="button")
    b.add(RoundedBox(1.2 * radius, 0.08, 0.3 * z, 0.03), (0, -radius + 0.005, 0.2 * z), name="pocket")
    _shoulder_straps(b, 2 * radius, radius, z)
    return b.done()


def _bag_handle(b: Builder, half: float | int, y: float | int, z: float | int, rise: float | int, slot: str) -> None:
    path = curve(
        (-half, y, z - 0.01), (-half, y, z + 1.3 * rise), (half, y, z + 1.3 * rise), (half, y, z - 0.01), count=8
    )
    b.add(Tube(path, 0.0075), slot=slot, name="handle")


def structured_handbag(rng: np.random.Generator) -> Blueprint:
    """Build a shut handbag that narrows upwards, with a clasp and a stiff handle."""
    b = Builder()
    x, y, z = rng.uniform(0.26, 0.34), rng.uniform(0.11, 0.14), rng.uniform(0.18, 0.23)
    b.add(Prism(rounded(x, y, 0.02), z, 0.78))
    top = 0.78
    b.add(
        Prism(((-0.4 * x, -0.42 * z), (0.4 * x, -0.42 * z), (0.5 * top * x, 0.0), (-0.5 * top * x, 0.0)), 0.012),
        (0, -0.5 * top * y + 0.004, z),
        turn=(QUARTER, 0, 0),
        name="lid",
    )
    b.add(Box(0.05, 0.02, 0.03), (0, -0.5 * y + 0.004, 0.6 * z), "metal yellow", name="button")
    for side in (-1, 1):
        b.add(Box(0.03, 0.014, 0.03), (side * 0.22 * x, -0.36 * y, z), "metal yellow", name="button")
    _bag_handle(b, 0.22 * x, -0.3 * y, z, 0.14, "fabric black")
    return b.done()


def tote_handbag(rng: np.random.Generator) -> Blueprint:
    """Build an open shopping bag with two soft handles."""
    b = Builder()
    x, y, z = rng.uniform(0.32, 0.4), rng.uniform(0.12, 0.16), rng.uniform(0.28, 0.34)
    hollow(b, (x, y, z), 0.006, "bin")
    for side in (-1, 1):
        _bag_handle(b, 0.2 * x, side * (y / 2 - 0.001), z - 0.02, 0.17, "fabric brown")
        for sx in (-1, 1):
            b.add(Box(0.03, 0.008, 0.06), (sx * 0.2 * x, side * y / 2, z - 0.03), "fabric brown", name="strap")
    b.add(Box(0.32 * x, 0.004, 0.2 * z), (0, -y / 2 - 0.001, 0.48 * z), "fabric white", name="label")
    return b.done()


def round_handbag(rng: np.random.Generator) -> Blueprint:
    """Build a half-round shoulder bag with a zip, a tassel and a long strap laid in a bow."""
    b = Builder()
    x, y = rng.uniform(0.26, 0.32), rng.uniform(0.09, 0.12)
    outline = (
        (-0.42 * x, 0.0),
        (0.42 * x, 0.0),
        *((x / 2 * math.cos(a), 0.22 * x + 0.45 * x * math.sin(a)) for a in np.linspace(0, math.pi, 13).tolist()),
    )
    b.add(Prism(outline, y), (0, y / 2, 0), turn=(QUARTER, 0, 0))
    for side in (-1, 1):
        b.add(
            Prism(tuple((1.02 * u, 1.01 * v) for u, v in outline), 0.008),
            (0, side * (y / 2 - 0.006) + 0.004, 0),
            "fabric black",
            turn=(QUARTER, 0, 0),
            name="rim",
        )
    pocket = tuple((0.62 * u, 0.55 * v + 0.02) for u, v in outline)
    b.add(Prism(pocket, 0.014), (0, -y / 2 + 0.002, 0), turn=(QUARTER, 0, 0), name="pocket")
    b.add(Box(0.02, 0.012, 0.03), (0, -y / 2 - 0.012, 0.3 * x), "metal yellow", name="button")
    _bag_handle(b, 0.4 * x, 0.0, 0.48 * x, 0.26 * x, "fabric black")
    return b.done()


def open_umbrella(rng: np.random.Generator) -> Blueprint:
    """Build an open umbrella that stands on its canopy's edge, its stick and crook towards the front."""
    b = Builder()
    radius = rng.uniform(0.42, 0.52)
    parts = Builder()
    sides, high = 8, 0.42 * radius
    steps = ((1.0, 0.0), (0.8, 0.5), (0.45, 0.86), (0.06, 1.0))
    for (r0, h0), (r1, h1) in ((steps[0], steps[1]), (steps[1], steps[2]), (steps[2], steps[3])):
        for k in range(sides):
            a, half = 2 * math.pi * k / sides, math.pi / sides
            c = math.cos(half)
            run, rise = (r0 - r1) * radius * c, (h1 - h0) * high
            slope, size = math.atan2(rise, run), math.hypot(run, rise)
            wide0, wide1 = r0 * radius * math.sin(half), r1 * radius * math.sin(half)
            panel = ((0.0, -wide0), (0.0, wide0), (-size, wide1), (-size, -wide1))
            at = (r0 * radius * c * math.cos(a), r0 * radius * c * math.sin(a), h0 * high)
            parts.add(Prism((panel[0], panel[1], panel[2], panel[3]), 0.004), at, turn=(0, slope, a), name="cover")
    parts.add(cylinder(0.006, 0.8 * radius + high), (0, 0, -0.8 * radius + 0.05), "metal gray", name="pole")
    parts.add(TorusArc(0.04, 0.011, math.pi, 2 * math.pi), (0.04, 0, -0.8 * radius + 0.05), "wood brown", name="handle")
    lean = 2.0
    c, s = math.cos(lean), math.sin(lean)
    tilt = np.eye(4)
    tilt[:3, :3] = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    for part in parts.parts:
        b.parts.append(type(part)(part.shape, tilt @ part.object_from_part, part.slot, part.name))
    return b.done()


def closed_umbrella(rng: np.random.Generator) -> Blueprint:
    """Build a lying rolled umbrella with a crook, a strap and a tip."""
    b = Builder()
    long, radius = rng.uniform(0.52, 0.62), rng.uniform(0.026, 0.032)
    z = radius
    b.add(Prism(regular(8, radius), long, 0.35), (-long / 2, 0, z), turn=(0, QUARTER, 0), name="cover")
    for k in range(6):
        b.add(Box(0.9 * long, 0.006, 0.9 * radius), (-0.03 * long, 0, z), turn=(k * math.pi / 6, 0.0, 0), name="cover")
    lying(b, 0.9 * radius, 0.02, (-0.2 * long, 0, z), "fabric black", name="strap")
    lying(b, 0.005, 0.07, (long / 2 - 0.01, 0, z), "metal gray", name="cap")
    lying(b, 0.006, 0.14, (-long / 2 - 0.13, 0, z), "metal gray", name="pole")
    crook = (
        (-long / 2 - 0.1, 0.0, z),
        (-long / 2 - 0.17, 0.0, z),
        (-long / 2 - 0.2, 0.02, z),
        (-long / 2 - 0.2, 0.06, z),
        (-long / 2 - 0.17, 0.085, z),
        (-long / 2 - 0.13, 0.08, z),
    )
    b.add(Tube(crook, 0.012), slot="wood brown", name="handle")
    return b.done()


def stood_umbrella(rng: np.random.Generator) -> Blueprint:
    """Build a closed umbrella that stands in a round stand."""
    b = Builder()
    long = rng.uniform(0.5, 0.58)
    b.add(
        Revolve(((0, 0), (0.1, 0), (0.1, 0.2), (0.094, 0.2), (0.094, 0.012), (0, 0.012))),
        slot="metal black",
        name="stand",
    )
    z = 0.05
    b.add(cylinder(0.006, long + 0.2), (0, 0, 0.01), "metal gray", name="pole")
    b.add(
        Revolve(((0, 0), (0.012, 0.01), (0.045, 0.75 * long), (0.036, 0.86 * long), (0.012, long), (0, long))),
        (0, 0, z),
        name="cover",
    )
    for k in range(6):
        b.add(Box(0.004, 0.1, 0.5 * long), (0, 0, z + 0.5 * long), turn=(0, 0, k * math.pi / 6), name="cover")
    b.add(cylinder(0.046, 0.02), (0, 0, z + 0.72 * long), "fabric black", name="strap")
    b.add(TorusArc(0.04, 0.012, 0, math.pi), (0.04, 0, z + long + 0.16), "wood brown", name="handle")
    b.add(Tube(((0.0, 0.0, z + long + 0.07), (0.0, 0.0, z + long + 0.16)), 0.012), slot="wood brown", name="handle")
    return b.done()


CATEGORIES = (
    Category(
        name="backpack",
        variants={"school": school_backpack, "hiking": hiking_backpack, "sack": flap_backpack},
        looks={"fabric": DYED, "leather": ("brown", "black")},
        places=("floor", "floor", "seat", "bed", "desk", "shelf"),
        size=(0.36, 0.82),
        rooms=("bedroom", "office", "living room"),
        synonyms=("rucksack", "school bag"),
    ),
    Category(
        name="handbag",
        variants={"stiff": structured_handbag, "tote": tote_handbag, "half-round": round_handbag},
        looks={"fabric": (*VIVID, "black", "turquoise", "beige"), "leather": ("brown", "black", "red")},
        places=("seat", "seat", "bed", "table", "floor", "sideboard"),
        size=(0.26, 0.55),
        rooms=("bedroom", "living room", "office"),
        synonyms=("purse", "shoulder bag"),
    ),
    Category(
        name="umbrella",
        variants={"open": open_umbrella, "rolled": closed_umbrella, "in a stand": stood_umbrella},
        looks={"fabric": DYED},
        places=("floor", "floor", "floor"),
        size=(0.6, 1.1),
        rooms=("living room", "bedroom", "office"),
        synonyms=("parasol",),
    ),
)
