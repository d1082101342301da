"""Monitors, televisions and laptops."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, disc
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category, Vector
from vantage.rooms.shapes.primitives import Box, Frustum, RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, rounded

SHOWN = ("blue", "white", "gray", "green", "purple")


def program_on_screen(
    b: Builder, width: float | int, height: float | int, at: Vector, rng: np.random.Generator, tilt: float | int
) -> None:
    """Add a lit screen (x wide, z high, towards -y, leaning back by `tilt`) with a bar and two windows on it."""
    first, second, third = (str(colour) for colour in rng.permutation(np.array(SHOWN))[:3])
    c, s = math.cos(tilt), math.sin(tilt)
    turn = (-tilt, 0, 0)

    def place(x: float | int, z: float | int, out: float | int) -> Vector:
        # Along the screen's own height, and `out` in front of it.
        return (at[0] + x, at[1] + s * z - c * out, at[2] + c * z + s * out)

    b.add(Box(width, 0.004, height), place(0, 0, 0), f"plastic {first} glow", turn=turn, name="screen")
    b.add(
        Box(width, 0.004, 0.07 * height), place(0, -0.465 * height, 0.0006), "plastic black", turn=turn, name="screen"
    )
    x, z = rng.uniform(-0.2, 0.0) * width, rng.uniform(-0.05, 0.1) * height
    b.add(
        Box(0.5 * width, 0.004, 0.55 * height), place(x, z, 0.001), f"plastic {second} glow", turn=turn, name="screen"
    )
    b.add(
        Box(0.5 * width, 0.004, 0.06 * height),
        place(x, z + 0.25 * height, 0.0014),
        f"plastic {third} glow",
        turn=turn,
        name="screen",
    )


def flat_monitor(rng: np.random.Generator) -> Blueprint:
    """Build a computer screen on a stem and a rounded foot."""
    b = Builder()
    width = rng.uniform(0.48, 0.6)
    height, lift = 0.58 * width, rng.uniform(0.1, 0.14)
    b.add(RoundedBox(width, 0.03, height, 0.008), (0, 0, lift + height / 2), name="frame")
    program_on_screen(b, width - 0.022, height - 0.03, (0, -0.0145, lift + height / 2 + 0.004), rng, 0.0)
    b.add(Box(0.06, 0.024, lift + 0.12), (0, 0.026, (lift + 0.12) / 2), name="stand")
    b.add(RoundedBox(0.24, 0.17, 0.014, 0.006), (0, 0.02, 0.007), name="foot")
    return b.done()


def wide_monitor(rng: np.random.Generator) -> Blueprint:
    """Build a very wide screen in three angled panels on a V-shaped foot."""
    b = Builder()
    width, lift = rng.uniform(0.74, 0.86), rng.uniform(0.12, 0.15)
    height, side = 0.4 * width, 0.3 * width
    bend = 0.2
    middle = width - 2 * side
    z = lift + height / 2
    b.add(Box(middle + 0.006, 0.03, height), (0, 0, z), name="frame")
    program_on_screen(b, middle - 0.002, height - 0.024, (0, -0.0145, z), rng, 0.0)
    for sx in (-1, 1):
        x = sx * (middle / 2 + math.cos(bend) * side / 2 - 0.001)
        y = -math.sin(bend) * side / 2
        b.add(Box(side, 0.03, height), (x, y, z), turn=(0, 0, -sx * bend), name="frame")
        face = (x - sx * 0.0145 * math.sin(bend), y - 0.0145 * math.cos(bend), z)
        b.add(
            Box(side - 0.012, 0.004, height - 0.024), face, "plastic blue glow", turn=(0, 0, -sx * bend), name="screen"
        )
        b.add(Box(0.03, 0.26, 0.014), (sx * 0.11, -0.03, 0.007), turn=(0, 0, sx * 0.95), name="foot")
    b.add(Box(0.05, 0.03, lift + 0.14), (0, 0.029, (lift + 0.14) / 2), name="stand")
    return b.done()


def old_monitor(rng: np.random.Generator) -> Blueprint:
    """Build a deep old monitor: a bulky case that narrows backwards, on a round foot."""
    b = Builder()
    width = rng.uniform(0.36, 0.42)
    height, lift = 0.84 * width, 0.06
    b.add(RoundedBox(width, 0.12, height, 0.02), (0, 0, lift + height / 2), name="frame")
    b.add(
        Prism(rounded(0.92 * width, 0.88 * height, 0.03), 0.24, 0.6),
        (0, 0.04, lift + height / 2),
        turn=(-QUARTER, 0, 0),
        name="back",
    )
    program_on_screen(b, 0.82 * width, 0.74 * height, (0, -0.0595, lift + 0.54 * height), rng, 0.0)
    for k in range(3):
        b.add(
            Box(0.018, 0.006, 0.01),
            (0.24 * width + 0.03 * k, -0.061, lift + 0.065 * height),
            "plastic black",
            name="button",
        )
    b.add(cylinder(0.05, lift + 0.02), (0, 0.06, 0.01), name="stand")
    b.add(Frustum(0.15, 0.13, 0.02), (0, 0.06, 0), name="foot")
    return b.done()


def flat_television(rng: np.random.Generator) -> Blueprint:
    """Build a wide flat screen on two feet."""
    b = Builder()
    width = rng.uniform(0.85, 1.15)
    height = 0.57 * width
    b.add(RoundedBox(width, 0.045, height, 0.01), (0, 0, 0.05 + height / 2), name="frame")
    b.add(Box(width - 0.03, 0.004, height - 0.03), (0, -0.0225, 0.05 + height / 2), "glass black", name="screen")
    for side in (-1, 1):
        b.add(Box(0.025, 0.24, 0.014), (side * 0.34 * width, 0, 0.007), name="foot")
        b.add(Box(0.025, 0.03, 0.06), (side * 0.34 * width, 0, 0.03), name="foot")
    b.add(Box(0.05, 0.004, 0.006), (0, -0.0225, 0.0575), "metal gray", name="label")
    return b.done()


def lit_television(rng: np.random.Generator) -> Blueprint:
    """Build a television on a middle stand that shows a landscape, over a long sound bar."""
    b = Builder()
    width = rng.uniform(0.9, 1.2)
    height, lift = 0.57 * width, 0.08
    z = lift + height / 2
    b.add(Box(width, 0.04, height), (0, 0, z), name="frame")
    inner, tall = width - 0.03, height - 0.03
    b.add(Box(inner, 0.004, tall), (0, -0.02, z), "plastic blue glow", name="screen")
    b.add(Box(inner, 0.004, 0.4 * tall), (0, -0.0206, z - 0.3 * tall), "plastic green glow", name="screen")
    hill = ((-0.34 * inner, 0.0), (0.16 * inner, 0.0), (-0.04 * inner, 0.3 * tall), (-0.14 * inner, 0.3 * tall))
    b.add(Prism(hill, 0.0012), (0, -0.0218, z - 0.1 * tall), "plastic purple glow", turn=(QUARTER, 0, 0), name="screen")
    disc(b, 0.07 * width, 0.001, (0.27 * inner, -0.0218, z + 0.26 * tall), "plastic yellow glow", name="screen")
    b.add(Box(0.1, 0.03, lift + 0.02), (0, 0.01, (lift + 0.02) / 2), name="stand")
    b.add(Prism(rounded(0.42, 0.24, 0.05), 0.014), (0, 0.02, 0), name="foot")
    return b.done()


def old_television(rng: np.random.Generator) -> Blueprint:
    """Build an old box television with dials, a grille and a rabbit-ear aerial, on short legs."""
    b = Builder()
    width = rng.uniform(0.55, 0.68)
    height, depth, leg = 0.68 * width, 0.36, 0.06
    z = leg + height / 2
    b.add(RoundedBox(width, depth, height, 0.02), (0, 0, z))
    b.add(
        Prism(rounded(0.66 * width, 0.78 * height, 0.05), 0.01),
        (-0.13 * width, -depth / 2 + 0.004, z),
        "plastic gray",
        turn=(QUARTER, 0, 0),
        name="frame",
    )
    b.add(
        Prism(rounded(0.6 * width, 0.7 * height, 0.045), 0.016),
        (-0.13 * width, -depth / 2 + 0.002, z),
        "glass black",
        turn=(QUARTER, 0, 0),
        name="screen",
    )
    right = 0.345 * width
    for up in (0.28, 0.08):
        disc(
            b,
            0.04 * width,
            0.018,
            (right, -depth / 2 + 0.001, z + up * height),
            "plastic black",
            name="knob",
            taper=0.8,
        )
        b.add(
            Box(0.006, 0.006, 0.05 * width), (right, -depth / 2 - 0.018, z + up * height), "plastic white", name="knob"
        )
    for k in range(5):
        b.add(
            Box(0.17 * width, 0.004, 0.012),
            (right, -depth / 2 - 0.001, z - (0.12 + 0.06 * k) * height),
            "plastic black",
            name="panel",
        )
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.add(Frustum(0.012, 0.02, leg + 0.01), (sx * 0.4 * width, sy * 0.36 * depth, 0), "wood black", name="leg")
        b.add(
            Tube(((sx * 0.01, 0.0, leg + height), (sx * 0.2, 0.0, leg + height + 0.3)), 0.003),
            slot="metal gray",
            name="pole",
        )
    b.add(Frustum(0.05, 0.03, 0.03), (0, 0, leg + height - 0.003), "plastic black", name="base")
    return b.done()


def _laptop(b: Builder, width: float | int, depth: float | int, tilt: float | int, rng: np.random.Generator) -> None:
    """Add a laptop's lower half with keys and its lid, leaning back by `tilt` from the vertical."""
    b.add(RoundedBox(width, depth, 0.016, 0.005), (0, 0, 0.008))
    for row in range(4):
        for k in range(11):
            x, y = (k - 5) * width / 12.4, 0.34 * depth - row * 0.125 * depth
            b.add(Box(width / 14.5, 0.095 * depth, 0.002), (x, y, 0.0165), "plastic black", name="key")
    b.add(Box(0.3 * width, 0.24 * depth, 0.0015), (0, -0.32 * depth, 0.0162), "plastic gray", name="panel")
    c, s, half = math.cos(tilt), math.sin(tilt), 0.49 * depth
    centre = (0.0, depth / 2 - 0.004 + s * half, 0.013 + c * half)
    b.add(RoundedBox(width, 0.01, 2 * half, 0.004), centre, turn=(-tilt, 0, 0), name="lid")
    face = (0.0, centre[1] - 0.0045 * c, centre[2] + 0.0045 * s)
    program_on_screen(b, width - 0.024, 2 * half - 0.03, face, rng, tilt)


def open_laptop(rng: np.random.Generator) -> Blueprint:
    """Build an open laptop."""
    b = Builder()
    width = rng.uniform(0.31, 0.37)
    _laptop(b, width, 0.68 * width, rng.uniform(0.15, 0.4), rng)
    return b.done()


def closed_laptop(rng: np.random.Generator) -> Blueprint:
    """Build a shut laptop: two thin halves with a seam, a hinge, a mark on its lid and sockets at its side."""
    b = Builder()
    width = rng.uniform(0.31, 0.37)
    depth = 0.68 * width
    b.add(RoundedBox(width, depth, 0.011, 0.004), (0, 0, 0.0055))
    b.add(Box(width - 0.008, depth - 0.008, 0.004), (0, 0, 0.0118), "plastic black", name="panel")
    b.add(RoundedBox(width, depth, 0.008, 0.003), (0, 0, 0.0165), name="lid")
    b.add(cylinder(0.032, 0.001), (0, 0, 0.0201), "metal gray", name="label")
    b.add(cylinder(0.02, 0.0012), (0.012, 0, 0.0202), "plastic black", name="label")
    b.add(Box(0.6 * width, 0.01, 0.018), (0, depth / 2 + 0.002, 0.0105), "plastic black", name="handle")
    for k in range(3):
        b.add(Box(0.003, 0.014, 0.004), (width / 2, 0.1 * depth + 0.025 * k, 0.0055), "metal black", name="panel")
    return b.done()


def tablet_laptop(rng: np.random.Generator) -> Blueprint:
    """Build a laptop folded like a tent: both halves stand on their edges, the screen in front."""
    b = Builder()
    width = rng.uniform(0.28, 0.33)
    depth, lean = 0.68 * width, rng.uniform(0.35, 0.5)
    c, s = math.cos(lean), math.sin(lean)
    for side in (-1, 1):
        middle = (0.0, side * s * depth / 2, c * depth / 2)
        b.add(
            RoundedBox(width, 0.012, depth, 0.004), middle, turn=(side * lean, 0, 0), name="lid" if side < 0 else "body"
        )
    b.add(
        Tube(((-0.35 * width, 0.0, c * depth), (0.35 * width, 0.0, c * depth)), 0.008),
        slot="plastic black",
        name="handle",
    )
    face = (0.0, -s * depth / 2 - 0.0055 * c, c * depth / 2 + 0.0055 * s)
    program_on_screen(b, width - 0.024, depth - 0.03, face, rng, lean)
    for row in range(4):
        for k in range(9):
            along = 0.3 * depth - row * 0.13 * depth
            at = ((k - 4) * width / 10.5, s * (depth / 2 - along) + 0.0062 * c, c * (depth / 2 + along) + 0.0062 * s)
            b.add(Box(width / 12.5, 0.0015, 0.1 * depth), at, "plastic black", turn=(lean, 0, 0), name="key")
    return b.done()


CATEGORIES = (
    Category(
        name="monitor",
        variants={"flat": flat_monitor, "wide": wide_monitor, "old": old_monitor},
        looks={"plastic": ("black", "gray", "white", "beige"), "metal": ("gray", "black")},
        places=("desk", "desk", "desk", "workbench"),
        size=(0.36, 0.9),
        rooms=("office", "bedroom"),
        synonyms=("computer screen", "computer monitor"),
        patterned=False,
    ),
    Category(
        name="television",
        variants={"flat": flat_television, "landscape": lit_television, "old": old_television},
        looks={"plastic": ("black", "gray", "white"), "wood": ("brown", "black")},
        places=("tv", "tv", "sideboard"),
        size=(0.55, 1.25),
        rooms=("living room", "bedroom"),
        synonyms=("tv", "television set"),
        patterned=False,
    ),
    Category(
        name="laptop",
        variants={"open": open_laptop, "closed": closed_laptop, "tent": tablet_laptop},
        looks={
            "metal": ("gray", "black", "white", "blue", "pink", "turquoise"),
            "plastic": ("black", "white", "red", "beige"),
        },
        places=("desk", "desk", "table", "bed", "seat", "workbench"),
        size=(0.27, 0.45),
        rooms=("office", "bedroom", "living room"),
        synonyms=("computer", "notebook computer"),
        patterned=False,
    ),
)
