"""Pencil cups, scissors, tissue boxes and globes."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, QUARTER, ball_profile, hollow, ring, vessel
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve, RoundedBox, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse, regular

INKS = ("red", "yellow", "green", "blue", "orange", "purple")


def _pencils(
    b: Builder, reach: float | int, floor: float | int, rim: float | int, count: int, rng: np.random.Generator
) -> None:
    """Add pencils, tips up, that lean in a cup: feet near its axis, shafts against its rim."""
    for k in range(count):
        a = 2 * math.pi * (k + 0.3 * float(rng.random())) / count
        lean = math.atan2(0.72 * reach, rim - floor)
        long = (rim - floor) * 1.05 + rng.uniform(0.02, 0.05)
        turn = (0, lean, a)
        start = np.array([0.12 * reach * math.cos(a), 0.12 * reach * math.sin(a), floor])
        along = np.array([math.sin(lean) * math.cos(a), math.sin(lean) * math.sin(a), math.cos(lean)])
        for slot, low, size, taper in (
            (f"wood {INKS[k % 6]}", 0.0, long, 1.0),
            ("skin white", long, 0.012, 0.45),
            (f"wood {INKS[k % 6]}", long + 0.011, 0.006, 0.2),
        ):
            radius = 0.0042 if low < long + 0.005 else 0.0021
            x, y, z = (float(v) for v in start + along * low)
            b.add(Prism(regular(6, radius), size, taper), (x, y, z + 0.002), slot, turn=turn, name="content")


def round_pencil_cup(rng: np.random.Generator) -> Blueprint:
    """Build a round cup full of pencils."""
    b = Builder()
    radius, height = rng.uniform(0.036, 0.044), rng.uniform(0.09, 0.11)
    vessel(b, [(0.95 * radius, 0.0), (radius, height)], 0.003, 0.006, name="body")
    b.containers.clear()
    b.supports.clear()
    _pencils(b, radius, 0.006, height, int(rng.integers(4, 7)), rng)
    return b.done()


def square_pencil_cup(rng: np.random.Generator) -> Blueprint:
    """Build a square cup with pencils and a ruler."""
    b = Builder()
    side, height = rng.uniform(0.07, 0.085), rng.uniform(0.09, 0.11)
    hollow(b, (side, side, height), 0.004, "vessel")
    b.containers.clear()
    b.supports.clear()
    _pencils(b, 0.45 * side, 0.004, height, 5, rng)
    b.add(
        Box(0.026, 0.003, height + 0.06),
        (0, 0.36 * side, 0.003 + (height + 0.06) / 2),
        "plastic yellow",
        name="content",
    )
    for k in range(5):
        b.add(
            Box(0.01, 0.0036, 0.0015), (0.007, 0.36 * side, height + 0.008 + 0.01 * k), "plastic black", name="content"
        )
    return b.done()


def empty_pencil_cup(rng: np.random.Generator) -> Blueprint:
    """Build an open desk tidy of two joined cups, one of them empty, one with pencils."""
    b = Builder()
    radius, height = rng.uniform(0.034, 0.04), rng.uniform(0.095, 0.115)
    vessel(b, [(radius, 0.0), (radius, height)], 0.003, 0.006)
    _pencils(b, radius, 0.006, height, 4, rng)
    b.containers.clear()
    b.supports.clear()
    vessel(b, [(0.8 * radius, 0.0), (0.8 * radius, 0.55 * height)], 0.003, 0.006, at=(1.77 * radius, 0, 0))
    b.add(Box(2.4 * radius, 0.8 * radius, 0.006), (0.8 * radius, 0, 0.003), name="base")
    for x, r, z in ((0.0, radius, height), (1.77 * radius, 0.8 * radius, 0.55 * height)):
        b.add(
            Revolve(((r - 0.003, 0), (r + 0.002, 0), (r + 0.002, 0.005), (r - 0.003, 0.005))),
            (x, 0, z - 0.004),
            "plastic black",
            name="rim",
        )
    return b.done()


def _half_scissors(
    b: Builder, blade: float | int, open_by: float | int, side: float | int, ring_size: float | int, z: float | int
) -> None:
    """Add one half of a pair of scissors pivoted at the origin: a blade to +x, a shank and a finger ring to -x."""
    c, s = math.cos(side * open_by), math.sin(side * open_by)
    edge: tuple[tuple[float | int, float | int], ...] = (
        (-0.012, -0.007),
        (0.25 * blade, -0.008),
        (blade, 0.0005),
        (0.25 * blade, 0.006),
        (-0.012, 0.006),
    )
    if side < 0:
        edge = tuple((x, -y) for x, y in reversed(edge))
    b.add(Prism(edge, 0.0028), (0, 0, z), "metal gray", turn=(0, 0, side * open_by), name="blade")
    u, v = -0.042 - ring_size, -side * 0.35 * ring_size
    b.add(
        Tube(
            ((-0.006 * c, -0.006 * s, z + 0.004), (c * -0.042 - s * 0.5 * v, s * -0.042 + c * 0.5 * v, z + 0.004)),
            0.0058,
        ),
        name="handle",
    )
    b.add(TorusArc(ring_size, 0.0052), (c * u - s * v, s * u + c * v, z + 0.004), turn=(QUARTER, 0, 0), name="handle")


def closed_scissors(rng: np.random.Generator) -> Blueprint:
    """Build lying scissors, almost closed."""
    return _scissors(rng.uniform(0.09, 0.12), 0.24, rng.uniform(0.017, 0.02))


def open_scissors(rng: np.random.Generator) -> Blueprint:
    """Build lying scissors, wide open."""
    return _scissors(rng.uniform(0.09, 0.12), rng.uniform(0.42, 0.6), rng.uniform(0.017, 0.021))


def _scissors(blade: float | int, spread: float | int, ring_size: float | int) -> Blueprint:
    b = Builder()
    for side in (-1.0, 1.0):
        _half_scissors(b, blade, spread, side, ring_size, 0.0015 if side < 0 else 0.0042)
    b.add(cylinder(0.005, 0.008), (0, 0, 0.0012), "metal black", name="knob")
    return b.done()


def shears(rng: np.random.Generator) -> Blueprint:
    """Build tailor's shears: long broad blades, short shanks, one large and one small ring."""
    b = Builder()
    blade = rng.uniform(0.15, 0.18)
    for side, size in ((-1.0, 0.027), (1.0, 0.018)):
        z = 0.002 if side < 0 else 0.0055
        _half_scissors(b, blade, 0.22, side, size, z)
        wide = ((-0.02, -0.012), (0.4 * blade, -0.012), (0.9 * blade, -0.001), (0.4 * blade, 0.01), (-0.02, 0.01))
        b.add(Prism(wide, 0.003), (0, 0, z), "metal gray", turn=(0, 0, side * 0.22), name="blade")
    b.add(cylinder(0.008, 0.011), (0, 0, 0.0016), "metal black", name="knob")
    return b.done()


def _tissue(b: Builder, z: float | int, size: float | int) -> None:
    """Add a crumpled sheet that stands out of a slot at height z."""
    for k, (x, lean, high) in enumerate(((-0.25, -0.5, 0.9), (0.0, 0.1, 1.2), (0.28, 0.55, 0.8))):
        sheet = ((-0.14 * size, 0.0), (0.14 * size, 0.0), (0.36 * size, high * size), (-0.3 * size, 0.85 * high * size))
        b.add(
            Prism(sheet, 0.004),
            (x * size, 0.01 * (k - 1), z - 0.004),
            "paper white",
            turn=(QUARTER, lean, 0.5 * (k - 1)),
            name="content",
        )


def flat_tissue_box(rng: np.random.Generator) -> Blueprint:
    """Build a long flat box with a slot and a tissue."""
    b = Builder()
    x, y, z = rng.uniform(0.21, 0.25), rng.uniform(0.11, 0.125), rng.uniform(0.06, 0.08)
    b.add(Box(x, y, z), (0, 0, z / 2))
    b.add(Prism(ellipse(0.3 * x, 0.2 * y), 0.001), (0, 0, z - 0.0002), "paper gray", name="rim")
    b.add(Box(1.002 * x, 1.004 * y, 0.25 * z), (0, 0, 0.3 * z), "paper white", name="label")
    _tissue(b, z, 0.06)
    return b.done()


def cube_tissue_box(rng: np.random.Generator) -> Blueprint:
    """Build a cube with a round opening and a tissue."""
    b = Builder()
    side, z = rng.uniform(0.11, 0.125), rng.uniform(0.12, 0.135)
    b.add(RoundedBox(side, side, z, 0.006), (0, 0, z / 2))
    b.add(cylinder(0.3 * side, 0.001), (0, 0, z - 0.0002), "paper gray", name="rim")
    _tissue(b, z, 0.065)
    return b.done()


def round_tissue_box(rng: np.random.Generator) -> Blueprint:
    """Build a lying half-round box with a slot on its vault."""
    b = Builder()
    x, y = rng.uniform(0.22, 0.25), rng.uniform(0.12, 0.14)
    vault = (
        (-y / 2, 0.0),
        (y / 2, 0.0),
        *((y / 2 * math.cos(a), 0.03 + 0.5 * y * math.sin(a)) for a in np.linspace(0, math.pi, 11).tolist()),
    )
    b.add(Prism(vault, x), (-x / 2, 0, 0), turn=(QUARTER, 0, QUARTER))
    top = 0.03 + 0.5 * y
    b.add(Prism(ellipse(0.3 * x, 0.1 * y), 0.004), (0, 0, top - 0.0025), "paper gray", name="rim")
    for side in (-1, 1):
        b.add(
            Prism(tuple((1.03 * u, 1.02 * v) for u, v in vault), 0.008),
            (side * (x / 2 - 0.004) - 0.004, 0, 0),
            "wood brown",
            turn=(QUARTER, 0, QUARTER),
            name="panel",
        )
    _tissue(b, top, 0.06)
    return b.done()


def _earth(b: Builder, radius: float | int, z: float | int, rng: np.random.Generator) -> None:
    """Add a ball with green land: discs that look out of the sea, and white poles."""
    b.add(ball_profile(radius, points=11), (0, 0, z))
    for k in range(9):
        a, e = 2.4 * k + rng.uniform(-0.3, 0.3), rng.uniform(-0.7, 0.85)
        size = rng.uniform(0.22, 0.42)
        d = radius * (1 - 0.5 * size**2)
        at = (d * math.cos(a) * math.cos(e), d * math.sin(a) * math.cos(e), z + d * math.sin(e))
        land = Prism(ellipse(size * radius, 0.75 * size * radius, count=9), 0.5 * size**2 * radius + 0.002, 0.6)
        b.add(land, at, "plastic green", turn=(0, QUARTER - e, a), name="label")
    for side in (-1, 1):
        b.add(
            cylinder(0.2 * radius, 0.04 * radius),
            (0, 0, z + side * 0.985 * radius - 0.02 * radius),
            "plastic white",
            name="cap",
        )


def desk_globe(rng: np.random.Generator) -> Blueprint:
    """Build a globe in a half ring on a round foot."""
    b = Builder()
    radius = rng.uniform(0.1, 0.14)
    z = 1.5 * radius
    _earth(b, radius, z, rng)
    b.add(
        TorusArc(1.1 * radius, 0.05 * radius, -0.5 * math.pi - 0.1, 0.5 * math.pi),
        (0, 0, z),
        "metal yellow",
        name="frame",
    )
    for side in (-1, 1):
        b.add(
            cylinder(0.04 * radius, 0.16 * radius),
            (0, 0, z + side * 1.05 * radius - 0.08 * radius),
            "metal yellow",
            name="knob",
        )
    b.add(cylinder(0.07 * radius, 0.4 * radius), (0, 0, 0.02), "wood brown", name="stand")
    b.add(
        Revolve(((0, 0), (0.62 * radius, 0), (0.6 * radius, 0.02), (0.1 * radius, 0.05), (0, 0.05))),
        slot="wood brown",
        name="foot",
    )
    return b.done()


def ringed_globe(rng: np.random.Generator) -> Blueprint:
    """Build a globe in a level ring on four legs."""
    b = Builder()
    radius = rng.uniform(0.12, 0.16)
    z = 1.75 * radius
    _earth(b, radius, z, rng)
    ring(b, 1.12 * radius, 0.18 * radius, z, "wood brown", name="frame")
    for k in range(4):
        a = QUARTER * k + QUARTER / 2
        foot = (0.75 * radius * math.cos(a), 0.75 * radius * math.sin(a), 0.06 * radius)
        top = (1.1 * radius * math.cos(a), 1.1 * radius * math.sin(a), z)
        b.add(Tube((foot, top), 0.06 * radius), slot="wood brown", name="leg")
    ring(b, 0.8 * radius, 0.08 * radius, 0.22 * radius, "wood brown", name="base")
    b.add(Box(0.1 * radius, 0.1 * radius, 0.75 * radius), (0, 0, 0.55 * radius), "wood brown", name="pole")
    b.add(Box(1.6 * radius, 0.1 * radius, 0.08 * radius), (0, 0, 0.22 * radius), "wood brown", name="base")
    return b.done()


def pole_globe(rng: np.random.Generator) -> Blueprint:
    """Build a small globe with a tilted axis on a square block."""
    b = Builder()
    radius = rng.uniform(0.075, 0.1)
    z = 1.75 * radius
    _earth(b, radius, z, rng)
    path = ((0.0, 0.0, z - 0.9 * radius), (0.0, 0.0, 0.04))
    b.add(Tube(path, 0.07 * radius), slot="metal gray", name="stand")
    b.add(
        TorusArc(1.14 * radius, 0.045 * radius, -0.15 * math.pi, 1.15 * math.pi),
        (0, 0, z),
        "metal gray",
        turn=(0, 0, 0.4),
        name="frame",
    )
    for k in (-0.15, 1.15):
        a = k * math.pi
        at = (1.0 * radius * math.cos(a), 0.0, z + radius * math.sin(a))
        b.add(
            Box(0.34 * radius, 0.07 * radius, 0.07 * radius),
            (at[0] * math.cos(0.4), at[0] * math.sin(0.4), at[2]),
            "metal gray",
            turn=(0, -a, 0.4),
            name="knob",
        )
    b.add(RoundedBox(1.2 * radius, 1.2 * radius, 0.045, 0.01), (0, 0, 0.0225), "wood black", name="foot")
    return b.done()


CATEGORIES = (
    Category(
        name="pencil cup",
        variants={"round": round_pencil_cup, "square": square_pencil_cup, "double": empty_pencil_cup},
        looks={"plastic": DYES, "metal": ("black", "gray", "red"), "wood": ("brown", "beige")},
        places=("desk", "desk", "desk", "shelf", "workbench", "sideboard"),
        size=(0.12, 0.21),
        rooms=("office", "bedroom"),
        synonyms=("pen holder", "pencil holder"),
        patterned=False,
    ),
    Category(
        name="scissors",
        variants={"closed": closed_scissors, "open": open_scissors, "shears": shears},
        looks={"plastic": (*VIVID, "black", "turquoise")},
        places=("desk", "desk", "workbench", "drawer", "drawer", "table", "counter", "vessel"),
        size=(0.14, 0.29),
        rooms=("office", "workshop", "kitchen"),
        synonyms=("shears",),
        patterned=False,
        phrase="{look} scissors",
    ),
    Category(
        name="tissue box",
        variants={"flat": flat_tissue_box, "cube": cube_tissue_box, "vaulted": round_tissue_box},
        looks={"cardboard": (*VIVID, "white", "turquoise", "beige"), "plastic": ("white", "gray", "blue")},
        places=("table", "desk", "sideboard", "bed", "shelf", "counter"),
        size=(0.16, 0.27),
        synonyms=("box of tissues", "paper tissues"),
        patterned=False,
    ),
    Category(
        name="globe",
        variants={"half ring": desk_globe, "level ring": ringed_globe, "block": pole_globe},
        looks={"plastic": ("blue", "blue", "turquoise", "gray")},
        places=("desk", "sideboard", "shelf", "table"),
        size=(0.2, 0.48),
        rooms=("office", "living room", "bedroom"),
        synonyms=("world globe",),
        patterned=False,
        phrase="globe",
        rich_phrase="globe",
    ),
)
