"""Pots, pans, cutting boards and jars."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, curve, knob, ring, vessel
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve, RoundedBox, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, rounded

DARK = "plastic black"


def _ears(b: Builder, radius: float | int, z: float | int, reach: float | int, slot: str = "main") -> None:
    """Add two level half-ring handles at x = -radius and radius."""
    for side in (-1, 1):
        b.add(
            TorusArc(reach, 0.006, -QUARTER, QUARTER),
            (side * (radius - 0.002), 0, z),
            slot,
            turn=(QUARTER, 0, 0 if side > 0 else math.pi),
            name="handle",
        )


def _domed_lid(b: Builder, radius: float | int, z: float | int, rise: float | int, slot: str = "main") -> None:
    """Add a lid whose rim lies on a vessel of this radius at height z, with its knob."""
    profile = (
        (0, 0),
        (radius + 0.004, 0),
        (radius + 0.004, 0.005),
        (0.7 * radius, 0.7 * rise),
        (0.3 * radius, rise),
        (0, rise),
    )
    b.add(Revolve(profile), (0, 0, z), slot, name="lid")
    knob(b, 0.02, z + rise, DARK)


def lidded_pot(rng: np.random.Generator) -> Blueprint:
    """Build a cooking pot with two handles and a lid."""
    b = Builder()
    radius, height = rng.uniform(0.1, 0.135), rng.uniform(0.11, 0.15)
    vessel(b, [(0.95 * radius, 0.0), (radius, 0.015), (radius, height)], 0.004, 0.006, closed=True)
    _ears(b, radius, 0.78 * height, 0.034, DARK)
    _domed_lid(b, radius, height, 0.03)
    return b.done()


def open_pot(rng: np.random.Generator) -> Blueprint:
    """Build a tall stock pot without a lid."""
    b = Builder()
    radius, height = rng.uniform(0.11, 0.14), rng.uniform(0.18, 0.22)
    vessel(b, [(0.97 * radius, 0.0), (radius, 0.01), (radius, height)], 0.004, 0.006)
    ring(b, radius, 0.007, height)
    _ears(b, radius, 0.72 * height, 0.036)
    return b.done()


def dutch_oven(rng: np.random.Generator) -> Blueprint:
    """Build a low heavy casserole with thick ears and a flat lid."""
    b = Builder()
    radius, height = rng.uniform(0.12, 0.15), rng.uniform(0.085, 0.11)
    vessel(b, [(0.82 * radius, 0.0), (0.96 * radius, 0.018), (radius, height)], 0.007, 0.008, closed=True)
    for side in (-1, 1):
        b.add(RoundedBox(0.04, 0.09, 0.016, 0.007), (side * (radius + 0.012), 0, 0.86 * height), name="handle")
    b.add(
        Revolve(((0, 0), (1.03 * radius, 0), (1.03 * radius, 0.01), (0.85 * radius, 0.022), (0, 0.03))),
        (0, 0, height),
        name="lid",
    )
    knob(b, 0.022, height + 0.029, "metal gray")
    return b.done()


def saucepan(rng: np.random.Generator) -> Blueprint:
    """Build a saucepan: a small pot with one long handle and a lid."""
    b = Builder()
    radius, height = rng.uniform(0.08, 0.095), rng.uniform(0.09, 0.11)
    vessel(b, [(0.96 * radius, 0.0), (radius, 0.01), (radius, height)], 0.004, 0.006, closed=True)
    _long_handle(b, radius, 0.8 * height, rng.uniform(0.15, 0.18))
    _domed_lid(b, radius, height, 0.024)
    return b.done()


def _long_handle(b: Builder, radius: float | int, z: float | int, length: float | int) -> None:
    """Add a steel bracket and a dark grip that rises a little, from x = radius on."""
    b.add(Tube(((radius - 0.001, 0.0, z), (radius + 0.05, 0.0, z + 0.006)), 0.0055), slot="metal gray", name="handle")
    path = curve(
        (radius + 0.045, 0, z + 0.006), (radius + 0.5 * length, 0, z + 0.012), (radius + length, 0, z + 0.035), count=5
    )
    b.add(Tube(path, 0.0105), slot=DARK, name="handle")


def frying_pan(rng: np.random.Generator) -> Blueprint:
    """Build a flat frying pan with sloping sides."""
    b = Builder()
    radius = rng.uniform(0.11, 0.145)
    vessel(b, [(0.78 * radius, 0.0), (0.86 * radius, 0.012), (radius, 0.045)], 0.004, 0.006, kind="pan")
    _long_handle(b, 0.97 * radius, 0.034, rng.uniform(0.18, 0.21))
    return b.done()


def wok(rng: np.random.Generator) -> Blueprint:
    """Build a wok: a deep round pan with a wooden grip and a loop."""
    b = Builder()
    radius = rng.uniform(0.15, 0.175)
    deep = rng.uniform(0.55, 0.62) * radius
    outer = [(radius * math.sin(a), deep * (1 - math.cos(a))) for a in (0.42, 0.75, 1.05, 1.32, QUARTER)]
    vessel(b, [(r, z - outer[0][1]) for r, z in outer], 0.004, 0.006, kind="pan")
    top = deep - outer[0][1]
    b.add(
        Tube(((radius - 0.002, 0.0, top - 0.012), (radius + 0.06, 0.0, top + 0.004)), 0.006),
        slot="metal gray",
        name="handle",
    )
    b.add(
        Tube(((radius + 0.055, 0.0, top + 0.003), (radius + 0.18, 0.0, top + 0.035)), 0.014),
        slot="wood brown",
        name="handle",
    )
    b.add(
        TorusArc(0.028, 0.005, QUARTER, 3 * QUARTER),
        (-radius + 0.002, 0, top - 0.012),
        "metal gray",
        turn=(QUARTER, 0, 0),
        name="handle",
    )
    return b.done()


def square_pan(rng: np.random.Generator) -> Blueprint:
    """Build a square grill pan with ridges."""
    b = Builder()
    side, high = rng.uniform(0.22, 0.26), rng.uniform(0.042, 0.052)
    b.add(RoundedBox(side, side, 0.012, 0.005), (0, 0, 0.006))
    for k in range(4):
        x, y = ((1, 0), (0, 1), (-1, 0), (0, -1))[k]
        d = side / 2 - 0.005
        b.add(Box(0.01 if x else side, side if x else 0.01, high), (x * d, y * d, high / 2), name="rim")
    for k in range(7):
        b.add(Box(side - 0.03, 0.006, 0.003), (0, (k - 3) * side / 8.5, 0.0122))
    b.container(Box(side - 0.024, side - 0.024, high - 0.018), (0, 0, 0.012 + (high - 0.018) / 2), "pan", margin=0.003)
    _long_handle(b, side / 2 - 0.004, 0.7 * high, rng.uniform(0.17, 0.2))
    return b.done()


def paddle_board(rng: np.random.Generator) -> Blueprint:
    """Build a cutting board with a grip at one end."""
    b = Builder()
    x, y = rng.uniform(0.26, 0.32), rng.uniform(0.17, 0.21)
    b.add(Prism(rounded(x, y, 0.03), 0.018))
    b.add(Prism(rounded(0.14, 0.045, 0.02), 0.018), (x / 2 + 0.045, 0, 0), name="handle")
    b.add(cylinder(0.009, 0.019), (x / 2 + 0.09, 0, -0.0005), DARK, name="handle")
    b.support(0, 0, (0.42 * x, 0.42 * y), 0.018, 0.4, "plate")
    return b.done()


def grooved_board(rng: np.random.Generator) -> Blueprint:
    """Build a thick rectangular board with a juice groove and a dark slot to hold it by."""
    b = Builder()
    x, y = rng.uniform(0.36, 0.44), rng.uniform(0.25, 0.3)
    b.add(RoundedBox(x, y, 0.026, 0.008), (0, 0, 0.013))
    for sx in (-1, 1):
        b.add(Box(0.007, 0.84 * y, 0.001), (sx * 0.4 * x, 0, 0.0261), "wood black")
        b.add(Box(0.8 * x, 0.007, 0.001), (0, sx * 0.42 * y, 0.0261), "wood black")
    b.add(Prism(rounded(0.022, 0.1, 0.01), 0.001), (0.45 * x, 0, 0.0256), DARK, name="handle")
    b.support(0, 0, (0.36 * x, 0.36 * y), 0.026, 0.4, "plate")
    return b.done()


def round_board(rng: np.random.Generator) -> Blueprint:
    """Build a round board with a short grip that has a cord."""
    b = Builder()
    radius = rng.uniform(0.13, 0.16)
    b.add(cylinder(radius, 0.02))
    b.add(Prism(rounded(0.12, 0.05, 0.02), 0.02), (radius + 0.035, 0, 0), name="handle")
    b.add(TorusArc(0.022, 0.003), (radius + 0.105, 0, 0.012), "fabric brown", turn=(QUARTER, 0, 0), name="cord")
    b.support(0, 0, (0.6 * radius, 0.6 * radius), 0.02, 0.4, "plate")
    return b.done()


def preserve_jar(rng: np.random.Generator) -> Blueprint:
    """Build a jam jar with a wide metal lid and a label."""
    b = Builder()
    radius, height = rng.uniform(0.035, 0.045), rng.uniform(0.09, 0.12)
    b.add(
        Revolve(
            (
                (0, 0),
                (0.92 * radius, 0),
                (radius, 0.006),
                (radius, 0.72 * height),
                (0.82 * radius, 0.82 * height),
                (0.82 * radius, 0.86 * height),
                (0, 0.86 * height),
            )
        )
    )
    b.add(cylinder(0.92 * radius, 0.16 * height), (0, 0, 0.84 * height), "metal yellow", name="lid")
    b.add(cylinder(1.025 * radius, 0.32 * height), (0, 0, 0.22 * height), "paper white", name="label")
    b.add(Box(0.7 * radius, 0.004, 0.08 * height), (0, -1.025 * radius, 0.38 * height), "paper red", name="label")
    return b.done()


def storage_jar(rng: np.random.Generator) -> Blueprint:
    """Build a tall storage jar with a wooden stopper lid."""
    b = Builder()
    radius, height = rng.uniform(0.05, 0.06), rng.uniform(0.15, 0.2)
    vessel(b, [(radius, 0.0), (radius, height)], 0.004, 0.006, closed=True)
    b.add(cylinder(1.04 * radius, 0.022), (0, 0, height), "wood brown", name="lid")
    knob(b, 0.017, height + 0.022, "wood brown")
    b.add(Box(1.1 * radius, 0.006, 0.3 * height), (0, -0.975 * radius, 0.5 * height), "paper white", name="label")
    return b.done()


def cookie_jar(rng: np.random.Generator) -> Blueprint:
    """Build a bellied biscuit jar with a domed lid."""
    b = Builder()
    radius, height = rng.uniform(0.075, 0.09), rng.uniform(0.14, 0.17)
    outer = [
        (0.7 * radius, 0.0),
        (0.95 * radius, 0.2 * height),
        (radius, 0.45 * height),
        (0.93 * radius, 0.75 * height),
        (0.72 * radius, height),
    ]
    vessel(b, outer, 0.006, 0.008, closed=True)
    r = 0.78 * radius
    b.add(Revolve(((0, 0), (r, 0), (r, 0.008), (0.75 * r, 0.026), (0, 0.034))), (0, 0, height), name="lid")
    knob(b, 0.016, height + 0.033)
    return b.done()


def clip_jar(rng: np.random.Generator) -> Blueprint:
    """Build an open jar with a wire clip and its lid swung back."""
    b = Builder()
    radius, height = rng.uniform(0.045, 0.055), rng.uniform(0.12, 0.15)
    vessel(
        b,
        [
            (0.96 * radius, 0.0),
            (radius, 0.008),
            (radius, 0.8 * height),
            (0.8 * radius, 0.92 * height),
            (0.8 * radius, height),
        ],
        0.004,
        0.007,
    )
    ring(b, 0.8 * radius, 0.007, 0.94 * height, "metal gray")
    b.add(
        cylinder(0.86 * radius, 0.012),
        (0, 0.8 * radius + 0.01, height + 0.82 * radius),
        turn=(QUARTER - 0.15, 0, 0),
        name="lid",
    )
    for side in (-1, 1):
        wire = (
            (side * 0.5 * radius, 0.72 * radius, 0.93 * height),
            (side * 0.5 * radius, 0.8 * radius + 0.008, height + 0.5 * radius),
        )
        b.add(Tube(wire, 0.002), slot="metal gray", name="frame")
    b.add(
        Tube(
            (
                (-0.3 * radius, -0.8 * radius - 0.003, 0.95 * height),
                (-0.3 * radius, -radius - 0.006, 0.75 * height),
                (0.3 * radius, -radius - 0.006, 0.75 * height),
                (0.3 * radius, -0.8 * radius - 0.003, 0.95 * height),
            ),
            0.002,
        ),
        slot="metal gray",
        name="frame",
    )
    return b.done()


CATEGORIES = (
    Category(
        name="pot",
        variants={"lidded": lidded_pot, "stock": open_pot, "casserole": dutch_oven, "saucepan": saucepan},
        looks={
            "metal": ("gray", "red", "blue", "black", "orange", "green", "turquoise"),
            "ceramic": ("red", "blue", "white", "green", "beige"),
        },
        places=("counter", "counter", "table", "cabinet", "oven", "fridge", "sink", "shelf"),
        size=(0.2, 0.4),
        rooms=("kitchen",),
        synonyms=("cooking pot", "saucepan"),
        patterned=False,
    ),
    Category(
        name="pan",
        variants={"frying": frying_pan, "wok": wok, "grill": square_pan},
        looks={"metal": ("black", "gray", "red", "blue", "turquoise"), "ceramic": ("black", "green", "red", "beige")},
        places=("counter", "counter", "cabinet", "oven", "table", "sink"),
        size=(0.36, 0.62),
        rooms=("kitchen",),
        synonyms=("frying pan", "skillet"),
        patterned=False,
    ),
    Category(
        name="cutting board",
        variants={"paddle": paddle_board, "grooved": grooved_board, "round": round_board},
        looks={
            "wood": ("brown", "brown", "beige", "yellow"),
            "plastic": ("white", "green", "red", "blue", "yellow"),
            "stone": ("gray", "black"),
        },
        places=("counter", "counter", "counter", "table", "cabinet", "sideboard"),
        size=(0.34, 0.48),
        rooms=("kitchen",),
        synonyms=("chopping board",),
        patterned=False,
    ),
    Category(
        name="jar",
        variants={"preserve": preserve_jar, "storage": storage_jar, "cookie": cookie_jar, "clip": clip_jar},
        looks={
            "glass": ("white", "green", "red", "brown", "turquoise", "purple"),
            "ceramic": (*VIVID, "white", "beige", "turquoise"),
        },
        places=("counter", "counter", "table", "cabinet", "cabinet", "fridge", "shelf", "sideboard", "workbench"),
        size=(0.08, 0.27),
        synonyms=("canister", "preserving jar"),
        patterned=False,
    ),
)
