"""Hats, shoes, pillows and towels."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, ball_profile, disc, lying
from vantage.rooms.looks.colours import ALL, VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, Revolve, RoundedBox, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse, rounded


def sun_hat(rng: np.random.Generator) -> Blueprint:
    """Build a hat with a wide brim and a band."""
    b = Builder()
    radius, high = rng.uniform(0.085, 0.1), rng.uniform(0.1, 0.13)
    b.add(
        Revolve(
            (
                (0, 0),
                (1.8 * radius, 0),
                (1.86 * radius, 0.014),
                (radius, 0.018),
                (0.92 * radius, 0.8 * high),
                (0.75 * radius, high),
                (0, high - 0.008),
            )
        )
    )
    b.add(cylinder(1.02 * radius, 0.028), (0, 0, 0.016), "fabric black", name="tape")
    return b.done()


def cap(rng: np.random.Generator) -> Blueprint:
    """Build a cap with a peak in front and a button on top."""
    b = Builder()
    radius = rng.uniform(0.085, 0.1)
    dome = [(radius * math.cos(a), 0.9 * radius * math.sin(a)) for a in np.linspace(0, QUARTER, 8).tolist()]
    b.add(Revolve(((0.0, 0.0), *dome[:-1], (0.0, dome[-1][1]))), (0, 0, 0.008))
    peak = ellipse(0.85 * radius, 1.9 * radius, math.pi, 2 * math.pi, count=13)
    b.add(Prism(peak, 0.007), (0, 0, 0.004), turn=(-0.06, 0, 0), name="rim")
    b.add(cylinder(0.01, 0.01), (0, 0, 0.008 + 0.88 * radius), "fabric white", name="button")
    disc(b, 0.03, 0.03, (0, -0.8 * radius, 0.05), "fabric white", name="label", taper=0.9)
    return b.done()


def top_hat(rng: np.random.Generator) -> Blueprint:
    """Build a tall cylindrical hat with a narrow brim."""
    b = Builder()
    radius, high = rng.uniform(0.085, 0.095), rng.uniform(0.13, 0.17)
    b.add(
        Revolve(
            (
                (0, 0),
                (1.5 * radius, 0.006),
                (1.52 * radius, 0.016),
                (radius, 0.012),
                (0.95 * radius, 0.5 * high),
                (1.04 * radius, high),
                (0, high),
            )
        )
    )
    b.add(cylinder(1.01 * radius, 0.035), (0, 0, 0.01), "fabric red", name="tape")
    return b.done()


def knit_hat(rng: np.random.Generator) -> Blueprint:
    """Build a knitted hat with a turned-up hem and a bobble."""
    b = Builder()
    radius = rng.uniform(0.085, 0.1)
    dome = [(radius * math.cos(a), 0.03 + 1.15 * radius * math.sin(a)) for a in np.linspace(0, QUARTER, 7).tolist()]
    b.add(Revolve(((0.0, 0.0), (radius, 0.0), *dome[:-1], (0.0, dome[-1][1]))))
    b.add(
        Revolve(
            (
                (0.8 * radius, 0.0),
                (1.08 * radius, 0.0),
                (1.12 * radius, 0.025),
                (1.06 * radius, 0.05),
                (0.8 * radius, 0.05),
            )
        ),
        slot="fabric white",
        name="rim",
    )
    b.add(ball_profile(0.36 * radius, points=9), (0, 0, dome[-1][1] + 0.2 * radius), "plush white", name="knob")
    return b.done()


def _sole(b: Builder, long: float | int, wide: float | int, thick: float | int, slot: str) -> None:
    """Add a sole with its toe towards -y: a broad front and a narrower heel."""
    toe = [
        (0.5 * wide * math.cos(a), -0.22 * long + 0.28 * long * math.sin(a))
        for a in np.linspace(math.pi, 2 * math.pi, 9).tolist()
    ]
    heel = [
        (0.4 * wide * math.cos(a), 0.36 * long + 0.14 * long * math.sin(a)) for a in np.linspace(0, math.pi, 7).tolist()
    ]
    b.add(Prism((*toe, *heel), thick), slot=slot, name="foot")


def sneaker(rng: np.random.Generator) -> Blueprint:
    """Build a sports shoe with a white sole, a toe cap, laces and an opening."""
    b = Builder()
    long, wide = rng.uniform(0.25, 0.3), rng.uniform(0.095, 0.105)
    _sole(b, long, wide, 0.028, "rubber white")
    b.add(Ellipsoid(0.46 * wide, 0.32 * long, 0.062), (0, -0.16 * long, 0.026))
    b.add(Prism(ellipse(0.42 * wide, 0.24 * long), 0.085, 0.8), (0, 0.24 * long, 0.022))
    b.add(Prism(ellipse(0.28 * wide, 0.16 * long), 0.004), (0, 0.25 * long, 0.1045), "fabric black", name="top")
    b.add(Ellipsoid(0.42 * wide, 0.13 * long, 0.04), (0, -0.365 * long, 0.02), "rubber white", name="cap")
    for k in range(4):
        b.add(
            Box(0.42 * wide, 0.008, 0.006),
            (0, -0.19 * long + 0.055 * long * k, 0.086 + 0.0036 * k),
            "fabric white",
            name="cord",
        )
    for side in (-1, 1):
        b.add(
            Box(0.004, 0.2 * long, 0.014),
            (side * 0.4 * wide, 0.16 * long, 0.055),
            "fabric white",
            turn=(0.5, side * -0.1, 0),
            name="label",
        )
    return b.done()


def boot(rng: np.random.Generator) -> Blueprint:
    """Build a boot with a high shaft, a thick heel and a pull loop."""
    b = Builder()
    long, wide, high = rng.uniform(0.26, 0.3), rng.uniform(0.095, 0.11), rng.uniform(0.24, 0.32)
    _sole(b, long, wide, 0.02, "rubber black")
    b.add(Box(0.75 * wide, 0.28 * long, 0.03), (0, 0.33 * long, 0.015), "rubber black", name="foot")
    b.add(Ellipsoid(0.46 * wide, 0.34 * long, 0.07), (0, -0.14 * long, 0.022))
    b.add(Prism(ellipse(0.42 * wide, 0.22 * long), high, 1.15), (0, 0.25 * long, 0.018))
    b.add(Prism(ellipse(0.42 * wide, 0.22 * long), 0.003), (0, 0.25 * long, high + 0.0165), "fabric black", name="top")
    b.add(Prism(ellipse(0.5 * wide, 0.265 * long), 0.02), (0, 0.25 * long, high - 0.01), "rubber black", name="rim")
    b.add(TorusArc(0.016, 0.005, 0, math.pi), (0, 0.5 * long, high + 0.004), "rubber black", name="strap")
    return b.done()


def high_heel(rng: np.random.Generator) -> Blueprint:
    """Build a pointed shoe on a thin high heel."""
    b = Builder()
    long, wide, lift = rng.uniform(0.2, 0.23), rng.uniform(0.07, 0.08), rng.uniform(0.06, 0.08)
    slope = math.atan2(lift, 0.5 * long)
    b.add(
        Prism(
            (
                (-0.5 * wide, 0.0),
                (-0.4 * wide, -0.22 * long),
                (0.0, -0.4 * long),
                (0.4 * wide, -0.22 * long),
                (0.5 * wide, 0.0),
            ),
            0.01,
        ),
        (0, -0.1 * long, 0),
        name="foot",
    )
    b.add(Ellipsoid(0.45 * wide, 0.24 * long, 0.026), (0, -0.24 * long, 0.008))
    middle = (0, -0.1 * long + 0.25 * long, 0.004 + lift / 2)
    b.add(Box(0.62 * wide, 0.5 * long / math.cos(slope), 0.008), middle, turn=(slope, 0, 0), name="foot")
    b.add(Prism(ellipse(0.36 * wide, 0.12 * long), 0.045, 0.92), (0, 0.4 * long, lift - 0.004))
    b.add(Prism(ellipse(0.28 * wide, 0.09 * long), 0.003), (0, 0.4 * long, lift + 0.0395), "fabric black", name="top")
    b.add(Prism(ellipse(0.011, 0.011, count=10), lift + 0.004, 2.0), (0, 0.42 * long, 0), "plastic black", name="stand")
    return b.done()


def square_pillow(rng: np.random.Generator) -> Blueprint:
    """Build a square cushion that lies flat, with four corners and a button."""
    b = Builder()
    size, thick = rng.uniform(0.36, 0.46), rng.uniform(0.1, 0.14)
    b.add(RoundedBox(0.94 * size, 0.94 * size, 0.5 * thick, 0.24 * thick), (0, 0, thick / 2))
    b.add(Ellipsoid(0.5 * size, 0.5 * size, thick / 2), (0, 0, thick / 2))
    for sx in (-1, 1):
        for sy in (-1, 1):
            at = (sx * 0.455 * size, sy * 0.455 * size, 0.42 * thick)
            b.add(
                Prism(((0.0, -0.05 * size), (0.07 * size, 0.0), (0.0, 0.05 * size)), 0.16 * thick),
                at,
                turn=(0, 0, math.atan2(sy, sx)),
            )
    b.add(cylinder(0.016, 0.012), (0, 0, thick - 0.006), "fabric black", name="button")
    return b.done()


def bed_pillow(rng: np.random.Generator) -> Blueprint:
    """Build a long bed pillow with a flanged edge."""
    b = Builder()
    x, y, thick = rng.uniform(0.6, 0.72), rng.uniform(0.38, 0.46), rng.uniform(0.12, 0.15)
    b.add(Prism(rounded(x, y, 0.03), 0.012), (0, 0, 0.42 * thick), name="rim")
    b.add(RoundedBox(0.93 * x, 0.9 * y, 0.92 * thick, 0.45 * thick), (0, 0, 0.5 * thick))
    b.add(Ellipsoid(0.36 * x, 0.36 * y, 0.54 * thick), (0, 0, 0.54 * thick))
    return b.done()


def bolster(rng: np.random.Generator) -> Blueprint:
    """Build a lying roll with a button and a tassel at each end."""
    b = Builder()
    long, radius = rng.uniform(0.42, 0.6), rng.uniform(0.08, 0.1)
    half = long / 2
    b.add(
        Revolve(
            (
                (0, -half),
                (0.7 * radius, -half),
                (0.96 * radius, -half + 0.02),
                (radius, -half + 0.05),
                (radius, half - 0.05),
                (0.96 * radius, half - 0.02),
                (0.7 * radius, half),
                (0, half),
            )
        ),
        (0, 0, radius),
        turn=(0, QUARTER, 0),
    )
    for side in (-1, 1):
        lying(b, 1.01 * radius, 0.012, (side * (half - 0.055) - 0.006, 0, radius), "fabric white", name="tape")
        b.add(ball_profile(0.02, points=7), (side * (half + 0.008), 0, radius), "fabric white", name="button")
    return b.done()


def round_pillow(rng: np.random.Generator) -> Blueprint:
    """Build a round cushion with piping and a button in its middle."""
    b = Builder()
    radius, thick = rng.uniform(0.18, 0.23), rng.uniform(0.1, 0.13)
    profile = (
        (0, 0.1),
        (0.3, 0.02),
        (0.6, 0.0),
        (0.88, 0.16),
        (1.0, 0.42),
        (1.0, 0.58),
        (0.88, 0.84),
        (0.6, 1.0),
        (0.3, 0.98),
        (0, 0.9),
    )
    b.add(Revolve(tuple((radius * r, thick * z) for r, z in profile)))
    for z in (0.36, 0.64):
        b.add(
            Revolve(((0.96 * radius, -0.005), (1.02 * radius, -0.005), (1.02 * radius, 0.005), (0.96 * radius, 0.005))),
            (0, 0, z * thick),
            "fabric white",
            name="tape",
        )
    b.add(cylinder(0.022, 0.01), (0, 0, 0.9 * thick - 0.003), "fabric white", name="button")
    return b.done()


def rolled_towel(rng: np.random.Generator) -> Blueprint:
    """Build a rolled towel whose coil shows at its ends, bands near them."""
    b = Builder()
    long, radius = rng.uniform(0.3, 0.4), rng.uniform(0.05, 0.065)
    lying(b, radius, long, (-long / 2, 0, radius))
    for side in (-1, 1):
        x = side * long / 2
        for k, share in enumerate((0.82, 0.62, 0.42, 0.22)):
            slot = "fabric white" if k % 2 == 0 else "main"
            lying(
                b,
                share * radius,
                0.003 + 0.001 * k,
                (x - (0.003 + 0.001 * k) / 2 + side * 0.0006 * k, 0, radius),
                slot,
                name="panel",
            )
        lying(b, 1.015 * radius, 0.02, (side * 0.36 * long - 0.01, 0, radius), "fabric white", name="tape")
    b.add(Box(long, 0.05, 0.012), (0, -0.7 * radius, 0.006))
    return b.done()


def folded_towel(rng: np.random.Generator) -> Blueprint:
    """Build a folded towel: soft layers that are joined at their front fold."""
    b = Builder()
    x, y, layer = rng.uniform(0.26, 0.34), rng.uniform(0.2, 0.26), rng.uniform(0.02, 0.026)
    for k in range(3):
        b.add(RoundedBox(x - 0.004 * k, y, layer + 0.002, 0.01), (0, 0.003 * k, layer * (k + 0.5)))
    b.add(RoundedBox(x, 0.03, 3 * layer, 0.012), (0, -y / 2 + 0.01, 1.5 * layer))
    b.add(Box(0.03, 0.96 * y, 0.003), (0.3 * x, 0.0, 3 * layer + 0.001), "fabric white", name="tape")
    b.add(Box(0.012, 0.96 * y, 0.003), (0.38 * x, 0.0, 3 * layer + 0.001), "fabric white", name="tape")
    return b.done()


def hung_towel(rng: np.random.Generator) -> Blueprint:
    """Build a towel that hangs over a standing rail, with fringes."""
    b = Builder()
    x, high = rng.uniform(0.34, 0.44), rng.uniform(0.42, 0.52)
    for side in (-1, 1):
        b.add(
            Tube(((side * (x / 2 + 0.03), 0.0, 0.012), (side * (x / 2 + 0.03), 0.0, high)), 0.009),
            slot="metal gray",
            name="stand",
        )
        b.add(Box(0.03, 0.2, 0.014), (side * (x / 2 + 0.03), 0, 0.007), "metal gray", name="foot")
    b.add(Tube(((-x / 2 - 0.03, 0.0, high), (x / 2 + 0.03, 0.0, high)), 0.009), slot="metal gray", name="pole")
    lying(b, 0.018, x, (-x / 2, 0, high))
    for y, drop in ((-0.0135, 0.72 * high), (0.0135, 0.5 * high)):
        b.add(Box(x, 0.009, drop), (0, y, high - drop / 2))
        b.add(Box(x + 0.002, 0.011, 0.02), (0, y, high - drop + 0.06), "fabric white", name="tape")
        for k in range(14):
            b.add(Box(0.006, 0.005, 0.03), ((k - 6.5) * x / 14, y, high - drop - 0.012), "fabric white", name="tape")
    return b.done()


CATEGORIES = (
    Category(
        name="hat",
        variants={"brim": sun_hat, "cap": cap, "tall": top_hat, "knitted": knit_hat},
        looks={
            "fabric": ("brown", "black", "red", "blue", "white", "yellow", "green", "pink", "turquoise", "beige"),
            "wicker": ("brown", "yellow"),
        },
        places=("seat", "seat", "bed", "table", "sideboard", "shelf", "drum"),
        size=(0.18, 0.42),
        rooms=("bedroom", "living room"),
        synonyms=("cap", "headgear"),
        patterned=False,
    ),
    Category(
        name="shoe",
        variants={"sneaker": sneaker, "boot": boot, "heel": high_heel},
        looks={"fabric": (*VIVID, "black", "gray", "turquoise"), "leather": ("brown", "black", "red", "white")},
        places=("floor", "floor", "floor", "floor", "shelf", "bin"),
        size=(0.19, 0.4),
        rooms=("bedroom", "living room"),
        synonyms=("footwear",),
        patterned=False,
    ),
    Category(
        name="pillow",
        variants={"square": square_pillow, "bed": bed_pillow, "bolster": bolster, "round": round_pillow},
        looks={"fabric": ALL, "leather": ("brown", "black")},
        places=("seat", "seat", "seat", "bed", "bed", "bed", "drum"),
        size=(0.35, 0.75),
        rooms=("bedroom", "living room"),
        synonyms=("cushion", "throw pillow"),
    ),
    Category(
        name="towel",
        variants={"rolled": rolled_towel, "folded": folded_towel, "on a rail": hung_towel},
        looks={"fabric": (*VIVID, "white", "gray", "turquoise", "beige")},
        places=("counter", "shelf", "bed", "bed", "cabinet", "drawer", "sideboard", "floor", "drum", "drum"),
        size=(0.25, 0.56),
        rooms=("bedroom", "kitchen"),
        synonyms=("bath towel", "cloth"),
    ),
)
