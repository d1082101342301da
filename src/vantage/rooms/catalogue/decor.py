"""Plants, vases, pictures and clocks."""

import numpy as np

from vantage.rooms.blueprint import Blueprint, Builder, Category
from vantage.rooms.colours import VIVID
from vantage.rooms.shapes import Box, Ellipsoid, Frustum, Revolve, RoundedBox, TorusArc, Tube, cylinder, sphere

GLAZES = (*VIVID, "white", "black", "brown", "gray")


def leaves(b: Builder, base: float, reach: float, count: int, rng: np.random.Generator) -> None:
    """Add bent stems with long leaves around the axis, from height `base`."""
    for k in range(count):
        angle = 2.4 * k + rng.uniform(-0.3, 0.3)
        lean = rng.uniform(0.25, 1.0)
        direction = np.array([np.cos(angle) * np.sin(lean), np.sin(angle) * np.sin(lean), np.cos(lean)])
        length = reach * rng.uniform(0.6, 1.0)
        middle = 0.62 * length * direction
        b.add(
            Tube(((0.0, 0.0, base), (float(middle[0]), float(middle[1]), float(base + middle[2]))), 0.006),
            slot="plant green",
        )
        b.add(
            Ellipsoid(0.16 * reach, 0.05 * reach, 0.42 * length),
            (float(middle[0]), float(middle[1]), float(base + middle[2])),
            "plant green",
            turn=(0.0, lean, angle),
        )


def house_plant(rng: np.random.Generator) -> Blueprint:
    """Build a plant in a pot that stands on the floor."""
    b = Builder()
    radius, height = rng.uniform(0.14, 0.19), rng.uniform(0.24, 0.34)
    b.add(Frustum(0.72 * radius, radius, height))
    b.add(cylinder(1.06 * radius, 0.04), (0, 0, height - 0.04))
    b.add(cylinder(0.9 * radius, 0.01), (0, 0, height), "plant brown")
    if rng.random() < 0.5:
        leaves(b, height, rng.uniform(0.5, 0.75), int(rng.integers(10, 16)), rng)
    else:
        trunk = rng.uniform(0.35, 0.6)
        b.add(cylinder(0.025, trunk + 0.1), (0, 0, height), "wood brown")
        for k in range(9):
            a, r = 2.4 * k, 0.15 * np.sqrt(k / 9)
            size = rng.uniform(0.13, 0.19)
            b.add(
                sphere(size),
                (float(r * np.cos(a)), float(r * np.sin(a)), height + trunk + 0.12 + 0.1 * float(rng.random())),
                "plant green",
            )
    return b.done()


def small_plant(rng: np.random.Generator) -> Blueprint:
    """Build a cactus in a pot."""
    b = Builder()
    radius = rng.uniform(0.06, 0.08)
    b.add(Frustum(0.75 * radius, radius, 1.5 * radius))
    b.add(cylinder(0.9 * radius, 0.005), (0, 0, 1.5 * radius), "plant brown")
    top = rng.uniform(0.16, 0.22)
    b.add(Tube(((0.0, 0.0, 1.4 * radius), (0.0, 0.0, 1.5 * radius + top)), 0.5 * radius), slot="plant green")
    for sx in (-1, 1):
        z = 1.5 * radius + top * rng.uniform(0.35, 0.55)
        b.add(
            Tube(
                ((0.0, 0.0, z), (sx * 0.95 * radius, 0.0, z + 0.01), (sx * 1.0 * radius, 0.0, z + 0.4 * top)),
                0.25 * radius,
            ),
            slot="plant green",
        )
    return b.done()


def vase(rng: np.random.Generator) -> Blueprint:
    """Build a bellied vase, often with flowers."""
    b = Builder()
    radius, height = rng.uniform(0.065, 0.09), rng.uniform(0.2, 0.32)
    z = np.linspace(0, 1, 9)
    belly = rng.uniform(0.3, 0.6)
    profile = radius * (0.45 + 0.55 * np.exp(-(((z - belly) / 0.28) ** 2)))
    outer = [(float(r), float(h * height)) for r, h in zip(profile, z, strict=True)]
    inner = [(r - 0.006, h) for r, h in reversed(outer) if h > 0.05 * height]
    b.add(Revolve(((0.0, 0.0), *outer, *inner, (0.0, inner[-1][1]))))
    if rng.random() < 0.6:
        bloom = str(rng.choice(VIVID))
        for k in range(int(rng.integers(4, 7))):
            a, lean = 2.4 * k, rng.uniform(0.1, 0.35)
            length = rng.uniform(0.12, 0.2)
            tip = (
                float(length * np.sin(lean) * np.cos(a)),
                float(length * np.sin(lean) * np.sin(a)),
                float(height + length * np.cos(lean)),
            )
            b.add(Tube(((0.0, 0.0, 0.6 * height), tip), 0.004), slot="plant green")
            b.add(Ellipsoid(0.032, 0.032, 0.026), tip, f"plant {bloom}")
    return b.done()


def painting(rng: np.random.Generator) -> Blueprint:
    """Build a framed picture of coloured blocks and discs; the frame is the main part."""
    b = Builder()
    width, height = rng.uniform(0.5, 0.9), rng.uniform(0.45, 0.7)
    edge = rng.uniform(0.03, 0.05)
    colours = list(rng.permutation(np.array([*VIVID, "white"])))
    b.add(Box(width, 0.012, height), (0, 0, height / 2), f"paper {colours[0]}")
    for sx in (-1, 1):
        b.add(Box(edge, 0.035, height + edge), (sx * width / 2, 0, height / 2))
    for z in (0.0, height):
        b.add(Box(width + edge, 0.035, edge), (0, 0, z))
    b.add(Box(width - edge, 0.004, 0.4 * height), (0, -0.006, 0.2 * height + edge / 2), f"paper {colours[1]}")
    for k in range(int(rng.integers(2, 5))):
        r = rng.uniform(0.05, 0.13) * min(width, height) / 0.5
        x, z = rng.uniform(-0.3, 0.3) * width, rng.uniform(0.32, 0.68) * height
        b.add(cylinder(r, 0.003 + 0.001 * k), (x, -0.006, z), f"paper {colours[2 + k]}", turn=(np.pi / 2, 0, 0))
    return b.done()


def clock(rng: np.random.Generator) -> Blueprint:
    """Build a round wall clock with marks and two hands; the rim is the main part."""
    b = Builder()
    radius = rng.uniform(0.15, 0.22)
    b.add(cylinder(radius, 0.03), (0, 0.015, 0), "plastic white", turn=(np.pi / 2, 0, 0))
    b.add(TorusArc(radius, 0.02), (0, 0, 0))
    for k in range(12):
        a = np.pi * k / 6
        b.add(
            Box(0.012, 0.004, 0.03),
            (0.8 * radius * float(np.sin(a)), -0.016, 0.8 * radius * float(np.cos(a))),
            "plastic black",
            turn=(0, float(a), 0),
        )
    for length, width in ((0.5, 0.018), (0.75, 0.012)):
        a = float(rng.uniform(0, 2 * np.pi))
        half = length * radius / 2
        b.add(
            Box(width, 0.006, 2 * half),
            (half * float(np.sin(a)), -0.018, half * float(np.cos(a))),
            "plastic black",
            turn=(0, a, 0),
        )
    return b.done()


def globe(rng: np.random.Generator) -> Blueprint:
    """Build a globe on a stand with land on its sea."""
    b = Builder()
    radius = rng.uniform(0.11, 0.14)
    centre = 1.45 * radius
    b.add(Frustum(0.7 * radius, 0.55 * radius, 0.02), slot="wood brown")
    b.add(cylinder(0.015, 0.4 * radius), slot="wood brown")
    b.add(sphere(radius), (0, 0, centre))
    b.add(TorusArc(1.12 * radius, 0.008, -0.6 * np.pi, 0.5 * np.pi), (0, 0, centre), "metal gray", turn=(0, 0.25, 0))
    for k in range(7):
        a, e = 2.4 * k + rng.uniform(-0.3, 0.3), rng.uniform(-0.8, 0.9)
        d = 0.86 * radius
        at = (float(d * np.cos(a) * np.cos(e)), float(d * np.sin(a) * np.cos(e)), float(centre + d * np.sin(e)))
        b.add(sphere(radius * rng.uniform(0.2, 0.36)), at, "plastic green")
    return b.done()


def candle(rng: np.random.Generator) -> Blueprint:
    """Build a candle in a holder with a handle."""
    b = Builder()
    height = rng.uniform(0.12, 0.2)
    b.add(Frustum(0.065, 0.075, 0.02), slot="metal gray")
    b.add(TorusArc(0.025, 0.006), (0.085, 0, 0.02), "metal gray")
    b.add(cylinder(0.03, height), (0, 0, 0.01))
    b.add(Tube(((0.0, 0.0, height), (0.0, 0.0, height + 0.025)), 0.003), slot="plastic black")
    b.add(Ellipsoid(0.011, 0.011, 0.026), (0, 0, height + 0.045), "plastic yellow glow")
    return b.done()


def mirror(rng: np.random.Generator) -> Blueprint:
    """Build an oval picture frame around a pale glass."""
    b = Builder()
    width, height = rng.uniform(0.4, 0.5), rng.uniform(0.6, 0.8)
    b.add(RoundedBox(width, 0.03, height, 0.012), (0, 0, height / 2))
    b.add(Box(width - 0.08, 0.006, height - 0.08), (0, -0.014, height / 2), "glass gray")
    return b.done()


CATEGORIES = (
    Category(
        name="plant",
        variants={"plain": house_plant},
        size=(0.02, 2.6),
        looks={"ceramic": GLAZES, "plastic": ("white", "gray", "brown")},
        places=("floor",),
        phrase="plant",
        rich_phrase="plant in a {look} pot",
    ),
    Category(
        name="cactus",
        variants={"plain": small_plant},
        size=(0.02, 2.6),
        looks={"ceramic": GLAZES},
        places=("table", "desk", "sideboard", "shelf"),
        phrase="cactus",
        rich_phrase="cactus in a {look} pot",
    ),
    Category(
        name="vase",
        variants={"plain": vase},
        size=(0.02, 2.6),
        looks={"ceramic": GLAZES, "glass": ("green", "blue", "purple")},
        places=("table", "desk", "sideboard", "shelf"),
    ),
    Category(
        name="painting",
        variants={"plain": painting},
        size=(0.02, 2.6),
        looks={"wood": ("brown", "black", "white", "yellow", "gray")},
        places=("wall",),
        patterned=False,
        phrase="painting",
        rich_phrase="painting in a {look} frame",
    ),
    Category(
        name="clock",
        variants={"plain": clock},
        size=(0.02, 2.6),
        looks={"plastic": (*VIVID, "black", "gray", "brown")},
        places=("wall",),
        patterned=False,
    ),
    Category(
        name="mirror",
        variants={"plain": mirror},
        size=(0.02, 2.6),
        looks={"wood": ("brown", "black", "white", "blue", "red")},
        places=("wall",),
        patterned=False,
        phrase="mirror",
        rich_phrase="mirror in a {look} frame",
    ),
    Category(
        name="globe",
        variants={"plain": globe},
        size=(0.02, 2.6),
        looks={"plastic": ("blue",)},
        places=("desk", "sideboard", "shelf"),
        patterned=False,
    ),
    Category(
        name="candle",
        variants={"plain": candle},
        size=(0.02, 2.6),
        looks={"paper": ("red", "white", "pink", "green", "purple", "blue")},
        places=("table", "sideboard", "shelf"),
        patterned=False,
    ),
)
