"""Printers: for ink, with a laser, and with a scanner."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DARK, disc
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox


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
