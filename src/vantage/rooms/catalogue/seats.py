"""Things to sit and lie on."""

import numpy as np

from vantage.rooms.blueprint import Blueprint, Builder, Category
from vantage.rooms.catalogue.tables import four_legs
from vantage.rooms.colours import VIVID
from vantage.rooms.shapes import Box, Ellipsoid, RoundedBox, Tube, cylinder

UPHOLSTERY = (*VIVID, "gray", "brown", "black", "white")


def chair(rng: np.random.Generator) -> Blueprint:
    """Build a chair: seat, legs, and a back of slats or one panel."""
    b = Builder()
    seat, width, depth = rng.uniform(0.43, 0.47), rng.uniform(0.42, 0.48), rng.uniform(0.42, 0.48)
    top = seat + rng.uniform(0.40, 0.52)
    four_legs(b, width, depth, seat - 0.03, 0.04, "main", taper=rng.random() < 0.3)
    b.add(RoundedBox(width, depth, 0.05, 0.018), (0, 0, seat - 0.025))
    y = depth / 2 - 0.03
    for sx in (-1, 1):
        b.add(Box(0.04, 0.035, top - seat), (sx * (width / 2 - 0.03), y, (top + seat) / 2))
    if rng.random() < 0.5:
        for k in range(3):
            b.add(Box(width - 0.06, 0.022, 0.06), (0, y, seat + 0.14 + k * (top - seat - 0.18) / 2))
    else:
        b.add(RoundedBox(width - 0.02, 0.03, 0.26, 0.012), (0, y, top - 0.13))
    b.support(0, -0.03, (width / 2 - 0.06, depth / 2 - 0.07), seat, 0.5, "seat")
    return b.done()


def office_chair(rng: np.random.Generator) -> Blueprint:
    """Build a chair on a column with a star of five feet."""
    b = Builder()
    seat = rng.uniform(0.45, 0.5)
    for k in range(5):
        angle = 2 * np.pi * k / 5 + 0.3
        foot = (0.27 * np.cos(angle), 0.27 * np.sin(angle), 0.055)
        b.add(Tube(((0.0, 0.0, 0.1), (float(foot[0]), float(foot[1]), foot[2])), 0.022), slot="plastic black")
        b.add(Ellipsoid(0.03, 0.03, 0.03), (float(foot[0]), float(foot[1]), 0.03), "plastic black")
    b.add(cylinder(0.03, seat - 0.14), (0, 0, 0.08), "metal gray")
    b.add(RoundedBox(0.48, 0.47, 0.08, 0.035), (0, 0, seat - 0.04))
    b.add(RoundedBox(0.44, 0.07, rng.uniform(0.45, 0.6), 0.03), (0, 0.21, seat + 0.36), turn=(-0.08, 0, 0))
    b.add(Box(0.06, 0.03, 0.3), (0, 0.24, seat + 0.05), "plastic black")
    for sx in (-1, 1):
        b.add(Box(0.05, 0.26, 0.03), (sx * 0.27, 0, seat + 0.2), "plastic black")
        b.add(Box(0.03, 0.04, 0.22), (sx * 0.27, 0.05, seat + 0.08), "plastic black")
    return b.done()


def padded_seat(b: Builder, width: float, depth: float, seats: int, rng: np.random.Generator) -> None:
    """Add the body of an armchair or sofa: base, arms, back and one cushion per seat."""
    seat, back, arm = rng.uniform(0.40, 0.46), rng.uniform(0.78, 0.9), rng.uniform(0.12, 0.2)
    b.add(RoundedBox(width - 2 * arm, depth - 0.05, 0.22, 0.03), (0, 0, 0.19))
    b.add(RoundedBox(width - 2 * arm, 0.2, back - 0.1, 0.06), (0, depth / 2 - 0.1, 0.1 + (back - 0.1) / 2))
    for sx in (-1, 1):
        b.add(RoundedBox(arm, depth, seat + 0.1, 0.05), (sx * (width - arm) / 2, 0, 0.07 + (seat + 0.1) / 2))
        for sy in (-1, 1):
            b.add(cylinder(0.025, 0.1), (sx * (width / 2 - 0.08), sy * (depth / 2 - 0.08), 0), "wood brown")
    cushion = (width - 2 * arm) / seats
    for k in range(seats):
        x = (k - (seats - 1) / 2) * cushion
        b.add(RoundedBox(cushion - 0.012, depth - 0.2, 0.15, 0.045), (x, -0.09, seat - 0.075))
        b.support(x, -0.08, (cushion / 2 - 0.055, depth / 2 - 0.17), seat, 0.5, "seat")


def armchair(rng: np.random.Generator) -> Blueprint:
    """Build a padded chair for one."""
    b = Builder()
    padded_seat(b, rng.uniform(0.8, 0.95), rng.uniform(0.78, 0.9), 1, rng)
    return b.done()


def sofa(rng: np.random.Generator) -> Blueprint:
    """Build a padded seat for two or three."""
    b = Builder()
    seats = int(rng.integers(2, 4))
    padded_seat(b, rng.uniform(0.62, 0.7) * seats + 0.3, rng.uniform(0.8, 0.92), seats, rng)
    return b.done()


def stool(rng: np.random.Generator) -> Blueprint:
    """Build a round seat on three or four splayed legs."""
    b = Builder()
    height, radius = rng.uniform(0.42, 0.65), rng.uniform(0.16, 0.2)
    count = int(rng.integers(3, 5))
    b.add(cylinder(radius, 0.05), (0, 0, height - 0.05))
    for k in range(count):
        angle = 2 * np.pi * (k + 0.5) / count
        c, s = float(np.cos(angle)), float(np.sin(angle))
        b.add(Tube(((0.55 * radius * c, 0.55 * radius * s, height - 0.06), (radius * c, radius * s, 0.02)), 0.02))
    b.add(cylinder(0.78 * radius, 0.02), (0, 0, 0.35 * height))
    b.support(0, 0, (0.65 * radius, 0.65 * radius), height, 0.5, "seat")
    return b.done()


def bed(rng: np.random.Generator) -> Blueprint:
    """Build a bed with its head at the back: frame, mattress, blanket and pillows."""
    b = Builder()
    width, length = rng.uniform(0.95, 1.5), rng.uniform(1.95, 2.08)
    head = rng.uniform(0.85, 1.1)
    b.add(Box(width, length, 0.22), (0, 0, 0.19), "wood brown")
    b.add(RoundedBox(width, 0.06, head, 0.02), (0, length / 2, head / 2), "wood brown")
    b.add(RoundedBox(width - 0.04, length - 0.06, 0.2, 0.07), (0, -0.01, 0.39), "fabric white")
    b.add(RoundedBox(width + 0.03, 0.68 * length, 0.21, 0.07), (0, -0.16 * length - 0.01, 0.405))
    for sx in (-1, 1) if width > 1.2 else (0,):
        b.add(RoundedBox(0.52, 0.34, 0.14, 0.06), (sx * width / 4, length / 2 - 0.26, 0.54), "fabric white")
    b.support(0, -0.1 * length - 0.1, (width / 2 - 0.1, 0.25 * length), 0.51, 0.8, "seat")
    for sx in (-1, 1):
        b.add(Box(0.07, 0.07, 0.1), (sx * (width / 2 - 0.05), -length / 2 + 0.06, 0.05), "wood brown")
        b.add(Box(0.07, 0.07, 0.1), (sx * (width / 2 - 0.05), length / 2 - 0.06, 0.05), "wood brown")
    return b.done()


CATEGORIES = (
    Category(
        name="chair",
        variants={"plain": chair},
        size=(0.02, 2.6),
        looks={"wood": ("brown", "white", "black"), "plastic": (*VIVID, "white", "black")},
        places=("group",),
        patterned=False,
    ),
    Category(
        name="office chair",
        variants={"plain": office_chair},
        size=(0.02, 2.6),
        looks={"fabric": ("black", "gray", "blue", "red", "green"), "leather": ("black", "brown", "white")},
        places=("group",),
        patterned=False,
    ),
    Category(
        name="armchair",
        variants={"plain": armchair},
        size=(0.02, 2.6),
        looks={"fabric": UPHOLSTERY, "leather": ("brown", "black", "red")},
        places=("group",),
    ),
    Category(
        name="sofa",
        variants={"plain": sofa},
        size=(0.02, 2.6),
        looks={"fabric": UPHOLSTERY, "leather": ("brown", "black", "white")},
        places=("group",),
    ),
    Category(
        name="stool",
        variants={"plain": stool},
        size=(0.02, 2.6),
        looks={"wood": ("brown", "white", "black"), "plastic": VIVID, "metal": ("gray", "red", "yellow")},
        places=("floor",),
    ),
    Category(name="bed", variants={"plain": bed}, size=(0.02, 2.6), looks={"fabric": UPHOLSTERY}, places=("group",)),
)
