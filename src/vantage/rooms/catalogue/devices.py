"""Telephones, cell phones and printers."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, QUARTER, curve, disc
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, RoundedBox, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse, rounded

DARK = "plastic black"


def _handset(b: Builder, length: float | int, z: float | int, y: float | int = 0.0, slot: str = "main") -> None:
    """Add a handset along x whose two ends hang down from height z."""
    b.add(
        Tube(curve((-0.42 * length, y, z), (0, y, z + 0.03), (0.42 * length, y, z), count=6), 0.015),
        slot=slot,
        name="grip",
    )
    for side in (-1, 1):
        b.add(Frustum(0.03, 0.021, 0.032), (side * 0.42 * length, y, z - 0.022), slot, name="ear")


def _coil(b: Builder, x: float | int, y: float | int) -> None:
    """Add a wavy cord that leaves at (x, y) and ends on the ground beside."""
    path = tuple((x - 0.012 * k if k else x + 0.01, y - 0.018 * (k % 2), 0.012 if k == 0 else 0.005) for k in range(7))
    b.add(Tube(path, 0.004), slot="rubber black", name="cord")


def dial_telephone(rng: np.random.Generator) -> Blueprint:
    """Build an old telephone: a pyramid body with a dial, and a handset across its top."""
    b = Builder()
    size = rng.uniform(0.17, 0.2)
    b.add(Prism(rounded(size, 0.85 * size, 0.03), 0.55 * size, 0.55))
    for side in (-1, 1):
        b.add(Box(0.02, 0.06, 0.03), (side * 0.2 * size, 0, 0.55 * size + 0.008), name="stand")
    _handset(b, 1.15 * size, 0.55 * size + 0.038)
    y, z = -0.34 * size, 0.27 * size
    b.add(cylinder(0.24 * size, 0.014), (0, y, z), "plastic white", turn=(math.pi / 2 - 0.35, 0, 0), name="face")
    b.add(cylinder(0.09 * size, 0.02), (0, y, z), "metal gray", turn=(math.pi / 2 - 0.35, 0, 0), name="face")
    for k in range(9):
        a = 0.5 + 0.58 * k
        u, v = 0.165 * size * math.cos(a), 0.165 * size * math.sin(a)
        c, s = math.cos(0.35), math.sin(0.35)
        b.add(
            Prism(ellipse(0.032 * size, 0.032 * size, count=8), 0.0165),
            (u, y + s * v, z + c * v),
            DARK,
            turn=(math.pi / 2 - 0.35, 0, 0),
            name="button",
        )
    _coil(b, -0.5 * size, 0.1 * size)
    return b.done()


def desk_telephone(rng: np.random.Generator) -> Blueprint:
    """Build an office telephone: a wedge with keys and a screen, the handset at its left."""
    b = Builder()
    x, y = rng.uniform(0.19, 0.22), rng.uniform(0.19, 0.22)
    tilt = 0.3
    wedge = ((-y / 2, 0.0), (y / 2, 0.0), (y / 2, 0.03 + 0.3 * y), (-y / 2, 0.03))
    b.add(Prism(wedge, x), (-x / 2, 0, 0), turn=(QUARTER, 0, QUARTER))
    c, s = math.cos(tilt), math.sin(tilt)
    rise = 0.3

    def on_top(u: float | int, v: float | int, out: float | int) -> tuple[float | int, float | int, float | int]:
        return (u, v * c - s * out, 0.03 + rise * (v * c + y / 2) + c * out)

    turn = (math.atan(rise), 0, 0)
    b.add(
        Box(0.5 * x, 0.22 * y, 0.003), on_top(0.18 * x, 0.3 * y, 0.001), "plastic green glow", turn=turn, name="screen"
    )
    for r in range(4):
        for k in range(3):
            at = on_top(0.18 * x + (k - 1) * 0.15 * x, 0.08 * y - 0.14 * y * r, 0.002)
            b.add(Box(0.1 * x, 0.085 * y, 0.008), at, "plastic white", turn=turn, name="key")
    left = -0.31 * x
    b.add(
        Tube((on_top(left, -0.36 * y, 0.026), on_top(left, 0.0, 0.036), on_top(left, 0.36 * y, 0.026)), 0.015),
        name="grip",
    )
    for v in (-0.36, 0.36):
        b.add(Frustum(0.03, 0.022, 0.03), on_top(left, v * y, -0.002), turn=turn, name="ear")
    _coil(b, -0.5 * x, -0.2 * y)
    return b.done()


def cordless_telephone(rng: np.random.Generator) -> Blueprint:
    """Build a cordless telephone: a slim handset with keys that stands in its base."""
    b = Builder()
    high, lean = rng.uniform(0.15, 0.18), 0.2
    b.add(RoundedBox(0.1, 0.11, 0.036, 0.014), (0, 0, 0.018), DARK, name="base")
    b.add(RoundedBox(0.06, 0.05, 0.03, 0.01), (0, 0.012, 0.042), DARK, name="base")
    c, s = math.cos(lean), math.sin(lean)

    def along(u: float | int, v: float | int, out: float | int) -> tuple[float | int, float | int, float | int]:
        return (u, 0.005 + s * v - c * out, 0.036 + c * v + s * out)

    turn = (-lean, 0, 0)
    b.add(RoundedBox(0.05, 0.026, high, 0.011), along(0, high / 2, 0), turn=turn)
    b.add(Box(0.034, 0.002, 0.2 * high), along(0, 0.73 * high, 0.0132), "plastic green glow", turn=turn, name="screen")
    b.add(Box(0.018, 0.002, 0.006), along(0, 0.92 * high, 0.0132), DARK, turn=turn, name="ear")
    for r in range(4):
        for k in range(3):
            at = along((k - 1) * 0.0135, 0.54 * high - 0.1 * high * r, 0.0135)
            b.add(Box(0.01, 0.004, 0.009), at, "plastic white", turn=turn, name="key")
    b.add(Tube((along(0.016, high - 0.006, 0), along(0.016, high + 0.022, 0)), 0.005), name="pole")
    return b.done()


def _apps(b: Builder, x: float | int, y: float | int, z: float | int, rng: np.random.Generator) -> None:
    """Add rows of bright tiles on a lying screen of this size at height z."""
    for r in range(4):
        for k in range(3):
            slot = f"plastic {rng.choice(['red', 'blue', 'green', 'yellow', 'white', 'purple'])} glow"
            b.add(Box(0.2 * x, 0.2 * x, 0.0006), ((k - 1) * 0.29 * x, 0.3 * y - 0.145 * y * r, z), slot, name="button")


def lit_phone(rng: np.random.Generator) -> Blueprint:
    """Build a lying smartphone with a bright screen full of tiles."""
    b = Builder()
    y = rng.uniform(0.145, 0.165)
    x = 0.48 * y
    b.add(Prism(rounded(x, y, 0.009), 0.008))
    b.add(Prism(rounded(0.93 * x, 0.96 * y, 0.007), 0.0006), (0, 0, 0.0078), "glass black", name="screen")
    b.add(Box(0.87 * x, 0.88 * y, 0.0005), (0, 0, 0.0085), "plastic blue glow", name="screen")
    _apps(b, x, y, 0.0089, rng)
    b.add(Box(0.0015, 0.018, 0.003), (x / 2, 0.2 * y, 0.004), "metal gray", name="button")
    return b.done()


def dark_phone(rng: np.random.Generator) -> Blueprint:
    """Build a smartphone that lies on its face: a coloured back with its cameras and a mark."""
    b = Builder()
    y = rng.uniform(0.145, 0.168)
    x = 0.48 * y
    b.add(Prism(rounded(0.98 * x, 0.98 * y, 0.009), 0.002), slot="glass black", name="screen")
    b.add(Prism(rounded(x, y, 0.009), 0.0065), (0, 0, 0.0015))
    b.add(
        Prism(rounded(0.36 * x, 0.4 * x, 0.006), 0.0025),
        (-0.26 * x, 0.5 * y - 0.28 * x, 0.0078),
        "glass black",
        name="panel",
    )
    for u, v in ((-0.34, -0.2), (-0.34, -0.37), (-0.18, -0.285)):
        b.add(cylinder(0.065 * x, 0.0035), (u * x, 0.5 * y + v * x, 0.0085), "metal gray", name="rim")
        b.add(cylinder(0.045 * x, 0.004), (u * x, 0.5 * y + v * x, 0.0085), "glass blue", name="pane")
    b.add(cylinder(0.1 * x, 0.0006), (0, 0, 0.0078), "metal gray", name="label")
    b.add(Box(0.0015, 0.018, 0.003), (x / 2, 0.2 * y, 0.005), "metal gray", name="button")
    return b.done()


def flip_phone(rng: np.random.Generator) -> Blueprint:
    """Build an open folding phone: keys below, a small screen above, a hinge between."""
    b = Builder()
    x, half, lean = rng.uniform(0.046, 0.052), rng.uniform(0.082, 0.09), rng.uniform(0.45, 0.8)
    b.add(RoundedBox(x, half, 0.015, 0.006), (0, -half / 2, 0.0075))
    for r in range(4):
        for k in range(3):
            b.add(
                Box(0.24 * x, 0.11 * half, 0.003),
                ((k - 1) * 0.3 * x, -0.4 * half - 0.15 * half * r, 0.0152),
                "plastic white",
                name="key",
            )
    b.add(cylinder(0.2 * x, 0.002), (0, -0.2 * half, 0.0142), "metal gray", name="button")
    b.add(Tube(((-0.4 * x, 0.0, 0.012), (0.4 * x, 0.0, 0.012)), 0.007), name="neck")
    c, s = math.cos(lean), math.sin(lean)
    b.add(RoundedBox(x, half, 0.011, 0.005), (0, c * half / 2, 0.012 + s * half / 2), turn=(lean, 0, 0), name="lid")
    at = (0, c * 0.54 * half - s * 0.0055, 0.012 + s * 0.54 * half + c * 0.0055)
    b.add(Box(0.82 * x, 0.66 * half, 0.0015), at, "glass black", turn=(lean, 0, 0), name="screen")
    at = (at[0], at[1] - s * 0.0005, at[2] + c * 0.0005)
    b.add(Box(0.7 * x, 0.54 * half, 0.0015), at, "plastic blue glow", turn=(lean, 0, 0), name="screen")
    return b.done()


def _paper_out(
    b: Builder, x: float | int, y: float | int, z: float | int, lean: float | int, length: float | int
) -> None:
    """Add a sheet of paper that leaves at (y, z) forwards and upwards."""
    b.add(
        Box(0.21, length, 0.002),
        (x, y - math.cos(lean) * length / 2, z + math.sin(lean) * length / 2),
        "paper white",
        turn=(-lean, 0, 0),
        name="pages",
    )


def ink_printer(rng: np.random.Generator) -> Blueprint:
    """Build a small printer: paper stands in its back and leaves in front."""
    b = Builder()
    x, y, z = rng.uniform(0.4, 0.45), rng.uniform(0.24, 0.28), rng.uniform(0.14, 0.17)
    b.add(RoundedBox(x, y, z, 0.02), (0, 0, z / 2))
    b.add(Box(0.27, 0.004, 0.4 * z), (0, -y / 2, 0.36 * z), DARK, name="panel")
    b.add(Box(0.24, 0.12, 0.008), (0, -y / 2 - 0.055, 0.19 * z), DARK, name="shelf")
    _paper_out(b, 0, -y / 2 + 0.01, 0.24 * z, -0.02, 0.13)
    c, s = math.cos(0.3), math.sin(0.3)
    b.add(Box(0.25, 0.008, 0.22), (0, 0.36 * y + s * 0.1, z - 0.02 + c * 0.1), DARK, turn=(-0.3, 0, 0), name="stand")
    b.add(
        Box(0.21, 0.003, 0.26),
        (0, 0.36 * y + s * 0.12 - 0.006, z - 0.02 + c * 0.12),
        "paper white",
        turn=(-0.3, 0, 0),
        name="pages",
    )
    for k in range(3):
        b.add(
            Box(0.02, 0.02, 0.006),
            (0.4 * x, -0.2 * y + 0.035 * k, z),
            f"plastic {('green', 'gray', 'gray')[k]}",
            name="button",
        )
    return b.done()


def laser_printer(rng: np.random.Generator) -> Blueprint:
    """Build an office printer: a cube with a paper drawer, a screen, and paper in the hollow of its top."""
    b = Builder()
    x, y, z = rng.uniform(0.36, 0.42), rng.uniform(0.34, 0.38), rng.uniform(0.25, 0.29)
    b.add(RoundedBox(x, y, z - 0.04, 0.012), (0, 0, (z - 0.04) / 2))
    for side in (-1, 1):
        b.add(RoundedBox((x - 0.24) / 2, y, 0.07, 0.01), (side * (0.12 + (x - 0.24) / 4), 0, z - 0.04), name="top")
    b.add(RoundedBox(x, 0.12, 0.09, 0.01), (0, y / 2 - 0.06, z - 0.035), name="top")
    b.add(Box(0.23, 0.25, 0.004), (0, -0.04, z - 0.039), DARK, name="panel")
    b.add(Box(0.21, 0.24, 0.01), (0, -0.035, z - 0.034), "paper white", turn=(0.03, 0, 0), name="pages")
    b.add(Box(x - 0.03, 0.01, 0.09), (0, -y / 2, 0.062), "plastic gray", name="drawer")
    b.add(Box(0.1, 0.012, 0.016), (0, -y / 2 - 0.004, 0.088), DARK, name="handle")
    b.add(Box(0.06, 0.004, 0.03), (0.34 * x, -y / 2, z - 0.035), "plastic blue glow", name="screen")
    b.add(Box(0.02, 0.006, 0.02), (-0.36 * x, -y / 2, z - 0.035), "plastic green", name="button")
    return b.done()


def scanner_printer(rng: np.random.Generator) -> Blueprint:
    """Build a printer with a scanner: its lid stands open over the glass, and a sheet leaves in front."""
    b = Builder()
    x, y, z = rng.uniform(0.42, 0.46), rng.uniform(0.3, 0.35), rng.uniform(0.15, 0.18)
    b.add(RoundedBox(x, y, z, 0.014), (0, 0, z / 2))
    b.add(Box(0.86 * x, 0.8 * y, 0.003), (0, 0.05 * y, z), "glass gray", name="pane")
    lean = rng.uniform(0.25, 0.5)
    c, s = math.cos(lean), math.sin(lean)
    b.add(
        RoundedBox(x, 0.024, 0.9 * y, 0.008),
        (0, y / 2 - 0.012 + s * 0.45 * y, z + c * 0.45 * y - 0.004),
        turn=(-lean, 0, 0),
        name="lid",
    )
    b.add(
        Box(0.86 * x, 0.003, 0.74 * y),
        (0, y / 2 - 0.012 + s * 0.45 * y - 0.0125 * c, z + c * 0.45 * y - 0.004 + 0.0125 * s),
        "plastic white",
        turn=(-lean, 0, 0),
        name="panel",
    )
    b.add(Box(0.27, 0.004, 0.42 * z), (0, -y / 2, 0.34 * z), DARK, name="panel")
    _paper_out(b, 0, -y / 2 + 0.01, 0.3 * z, -0.08, 0.16)
    b.add(Box(0.08, 0.004, 0.04), (-0.38 * x, -y / 2, 0.72 * z), "plastic blue glow", name="screen")
    for k in range(3):
        disc(
            b,
            0.007,
            0.005,
            (0.3 * x + 0.028 * k, -y / 2, 0.76 * z),
            "plastic green" if k == 0 else "plastic gray",
            name="button",
        )
    return b.done()


CATEGORIES = (
    Category(
        name="telephone",
        variants={"dial": dial_telephone, "office": desk_telephone, "cordless": cordless_telephone},
        looks={"plastic": ("red", "black", "green", "yellow", "pink", "white", "turquoise", "beige")},
        places=("desk", "desk", "sideboard", "table"),
        size=(0.18, 0.34),
        rooms=("office", "living room", "bedroom"),
        synonyms=("landline phone", "desk phone"),
        patterned=False,
    ),
    Category(
        name="cell phone",
        variants={"lit": lit_phone, "face down": dark_phone, "folding": flip_phone},
        looks={"metal": ("black", "gray", "white", "blue", "pink"), "plastic": (*DYES, "beige")},
        places=("desk", "desk", "table", "table", "bed", "seat", "counter", "sideboard", "drawer"),
        size=(0.13, 0.175),
        synonyms=("mobile phone", "smartphone"),
        patterned=False,
    ),
    Category(
        name="printer",
        variants={"ink": ink_printer, "laser": laser_printer, "scanner": scanner_printer},
        looks={"plastic": ("white", "gray", "black", "beige", "blue")},
        places=("desk", "desk", "sideboard", "shelf", "workbench"),
        size=(0.35, 0.7),
        rooms=("office",),
        synonyms=("laser printer",),
        patterned=False,
    ),
)
