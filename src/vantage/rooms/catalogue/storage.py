"""Cases, cabinets, boxes and bins."""

import numpy as np

from vantage.rooms.blueprint import Blueprint, Builder, Category
from vantage.rooms.colours import VIVID
from vantage.rooms.shapes import Box, RoundedBox, TorusArc, Tube, cylinder, shell

PAINTED = ("brown", "brown", "white", "black", "gray", "blue", "green", "red")


def bookcase(rng: np.random.Generator) -> Blueprint:
    """Build an open case with three to five shelves."""
    b = Builder()
    width, depth, height = rng.uniform(0.75, 1.1), rng.uniform(0.3, 0.38), rng.uniform(1.3, 2.0)
    rows = max(3, round(height / 0.42))
    gap = (height - 0.05) / rows
    for sx in (-1, 1):
        b.add(Box(0.03, depth, height), (sx * (width / 2 - 0.015), 0, height / 2))
    b.add(Box(width - 0.06, 0.015, height - 0.03), (0, depth / 2 - 0.0075, height / 2))
    for k in range(rows + 1):
        z = 0.04 + k * gap if k < rows else height - 0.015
        b.add(Box(width - 0.06, depth - 0.015, 0.03), (0, -0.0075, z - 0.005 if k < rows else z))
        if k < rows:
            top = z + 0.01
            free = (0.04 + (k + 1) * gap if k + 1 < rows else height - 0.015) - 0.02 - top
            b.support(0, -0.02, (width / 2 - 0.045, depth / 2 - 0.03), top, free, "shelf")
    b.support(0, -0.01, (width / 2 - 0.02, depth / 2 - 0.02), height, 0.4, "shelf")
    return b.done()


def cabinet(rng: np.random.Generator) -> Blueprint:
    """Build a case with two doors."""
    b = Builder()
    width, depth, height = rng.uniform(0.8, 1.1), rng.uniform(0.4, 0.5), rng.uniform(0.8, 1.15)
    b.add(Box(width, depth, height - 0.08), (0, 0, 0.08 + (height - 0.08) / 2))
    b.add(Box(width - 0.08, depth - 0.08, 0.08), (0, 0.01, 0.04), "wood black")
    for sx in (-1, 1):
        b.add(
            RoundedBox(width / 2 - 0.02, 0.025, height - 0.14, 0.006),
            (sx * width / 4, -depth / 2 - 0.008, 0.08 + (height - 0.08) / 2),
        )
        b.add(
            Tube(((sx * 0.05, -depth / 2 - 0.035, 0.55 * height), (sx * 0.05, -depth / 2 - 0.035, 0.7 * height)), 0.01),
            slot="metal gray",
        )
    b.support(0, 0.02, (width / 2 - 0.03, depth / 2 - 0.04), height, 0.6, "sideboard")
    return b.done()


def drawers(rng: np.random.Generator) -> Blueprint:
    """Build a chest of three or four wide drawers with round knobs."""
    b = Builder()
    width, depth, height = rng.uniform(0.75, 1.0), rng.uniform(0.42, 0.5), rng.uniform(0.75, 0.95)
    count = int(rng.integers(3, 5))
    b.add(Box(width, depth, height - 0.1), (0, 0, 0.1 + (height - 0.1) / 2))
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.add(cylinder(0.025, 0.11), (sx * (width / 2 - 0.06), sy * (depth / 2 - 0.06), 0))
    pitch = (height - 0.14) / count
    for k in range(count):
        z = 0.12 + (k + 0.5) * pitch
        b.add(RoundedBox(width - 0.06, 0.03, pitch - 0.025, 0.008), (0, -depth / 2 - 0.01, z))
        for sx in (-1, 1):
            b.add(cylinder(0.02, 0.03), (sx * width / 4, -depth / 2 - 0.02, z), "metal gray", turn=(np.pi / 2, 0, 0))
    b.support(0, 0.02, (width / 2 - 0.03, depth / 2 - 0.04), height, 0.6, "sideboard")
    return b.done()


def tv_stand(rng: np.random.Generator) -> Blueprint:
    """Build a long low case with open compartments."""
    b = Builder()
    width, depth, height = rng.uniform(1.1, 1.5), rng.uniform(0.38, 0.45), rng.uniform(0.45, 0.55)
    for z in (0.06, height - 0.02):
        b.add(Box(width, depth, 0.04), (0, 0, z))
    for x in (-width / 2 + 0.02, -width / 6, width / 6, width / 2 - 0.02):
        b.add(Box(0.04, depth, height - 0.08), (x, 0, height / 2 + 0.02))
    b.add(Box(width - 0.02, 0.02, height - 0.08), (0, depth / 2 - 0.012, height / 2 + 0.02))
    b.add(Box(width - 0.1, depth - 0.1, 0.05), (0, 0, 0.025), "wood black")
    b.support(0, 0, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.9, "tv")
    return b.done()


def box(rng: np.random.Generator) -> Blueprint:
    """Build a closed carton with a strip of tape."""
    b = Builder()
    x, y, z = rng.uniform(0.26, 0.45), rng.uniform(0.24, 0.38), rng.uniform(0.2, 0.36)
    b.add(Box(x, y, z), (0, 0, z / 2))
    tape = "paper white" if rng.random() < 0.6 else "paper gray"
    b.add(Box(x + 0.003, 0.05, 0.003), (0, 0, z), tape)
    for sx in (-1, 1):
        b.add(Box(0.003, 0.05, 0.35 * z), (sx * x / 2, 0, 0.825 * z), tape)
    if rng.random() < 0.5:
        b.add(Box(0.3 * x, 0.003, 0.3 * z), (0.2 * x, -y / 2, 0.4 * z), "paper white")
    b.support(0, 0, (x / 2 - 0.02, y / 2 - 0.02), z + 0.0015, 0.4, "box")
    return b.done()


def trash_can(rng: np.random.Generator) -> Blueprint:
    """Build an open bin that widens upwards, with a rim."""
    b = Builder()
    low, high, height = rng.uniform(0.12, 0.15), rng.uniform(0.17, 0.2), rng.uniform(0.32, 0.5)
    b.add(shell([(low, 0.0), (high, height)], 0.008, 0.01))
    b.add(TorusArc(high, 0.012), (0, 0, height), turn=(np.pi / 2, 0, 0))
    return b.done()


def basket(rng: np.random.Generator) -> Blueprint:
    """Build a low wide basket of stacked hoops with two handles."""
    b = Builder()
    radius, height = rng.uniform(0.17, 0.23), rng.uniform(0.18, 0.26)
    b.add(shell([(0.8 * radius, 0.0), (radius, height)], 0.012, 0.012))
    for k in range(4):
        z = height * (k + 0.5) / 4
        b.add(TorusArc(radius * (0.8 + 0.2 * z / height), 0.013), (0, 0, z), turn=(np.pi / 2, 0, 0))
    for sx in (-1, 1):
        b.add(TorusArc(0.06, 0.012, 0.0, np.pi), (sx * radius, 0, height - 0.01), turn=(0, 0, np.pi / 2))
    return b.done()


def suitcase(rng: np.random.Generator) -> Blueprint:
    """Build an upright suitcase with ribs, wheels and a pulled-out handle."""
    b = Builder()
    x, y, z = rng.uniform(0.38, 0.46), rng.uniform(0.22, 0.27), rng.uniform(0.5, 0.62)
    b.add(RoundedBox(x, y, z, 0.04), (0, 0, 0.05 + z / 2))
    for k in range(4):
        b.add(RoundedBox(0.04, y + 0.012, z - 0.1, 0.005), ((k - 1.5) * x / 4.5, 0, 0.05 + z / 2))
    top = z + 0.05
    b.add(
        Tube(((-0.1, 0.0, top - 0.02), (-0.1, 0.0, top + 0.25), (0.1, 0.0, top + 0.25), (0.1, 0.0, top - 0.02)), 0.012),
        slot="metal gray",
    )
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.add(
                cylinder(0.03, 0.02),
                (sx * (x / 2 - 0.06), sy * (y / 2 - 0.05), 0.03),
                "plastic black",
                turn=(0, np.pi / 2, 0),
            )
    return b.done()


CATEGORIES = (
    Category(
        name="box",
        variants={"plain": box},
        size=(0.02, 2.6),
        looks={"cardboard": ("brown",), "paper": (*VIVID, "white")},
        places=("floor", "shelf", "sideboard"),
    ),
    Category(
        name="trash can",
        variants={"plain": trash_can},
        size=(0.02, 2.6),
        looks={"metal": ("gray", "black", "red", "green"), "plastic": (*VIVID, "white", "gray")},
        places=("floor",),
        patterned=False,
    ),
    Category(
        name="basket",
        variants={"plain": basket},
        size=(0.02, 2.6),
        looks={"wood": ("brown",), "plastic": ("pink", "blue", "white", "green")},
        places=("floor", "shelf"),
        patterned=False,
    ),
    Category(
        name="suitcase",
        variants={"plain": suitcase},
        size=(0.02, 2.6),
        looks={"plastic": (*VIVID, "black", "gray"), "leather": ("brown",)},
        places=("floor",),
        patterned=False,
    ),
)
