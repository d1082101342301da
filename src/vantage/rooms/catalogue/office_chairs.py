"""Office chairs: seats on a column with five castors."""

import numpy as np

from vantage.rooms.catalogue.carpentry import PITCH, rod, strut
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, Tube, capsule, cylinder


def star_foot(b: Builder, seat: float) -> None:
    """Add a gas column on a star of five feet with twin castors, up to below a seat."""
    for k in range(5):
        angle = 2 * np.pi * k / 5 + 0.3
        c, s = float(np.cos(angle)), float(np.sin(angle))
        x, y = 0.28 * c, 0.28 * s
        strut(b, (0, 0, 0.1), (x, y, 0.07), (0.028, 0.045), "plastic black", name="foot")
        b.add(
            cylinder(0.03, 0.04),
            (x - 0.02 * s, y + 0.02 * c, 0.03),
            "plastic black",
            turn=(np.pi / 2, 0, angle),
            name="wheel",
        )
        b.add(Box(0.016, 0.016, 0.05), (x, y, 0.055), "metal gray", name="foot")
    b.add(cylinder(0.03, 0.12), (0, 0, 0.07), "plastic black", name="pole")
    b.add(cylinder(0.016, seat - 0.2), (0, 0, 0.13), "metal gray", name="pole")
    b.add(Box(0.24, 0.2, 0.03), (0, 0, seat - 0.085), "plastic black", name="frame")
    rod(b, (0.08, 0, seat - 0.085), (0.26, -0.02, seat - 0.095), 0.006, "plastic black", name="handle")


def office_arms(b: Builder, seat: float, x: float) -> None:
    """Add two arm rests on posts."""
    for side in (-1, 1):
        b.add(Box(0.075, 0.26, 0.03), (side * x, -0.02, seat + 0.2), "plastic black", name="arm")
        b.add(Box(0.025, 0.05, 0.28), (side * x, 0, seat + 0.05), "plastic black", name="arm")
        b.add(Box(x - 0.08, 0.05, 0.02), (side * (x + 0.08) / 2, 0, seat - 0.085), "plastic black", name="frame")


def task_chair(rng: np.random.Generator) -> Blueprint:
    """Build an office chair with arms and a back of open mesh in a frame."""
    b = Builder()
    seat, wide, tall = rng.uniform(0.45, 0.5), 0.46, rng.uniform(0.48, 0.58)
    star_foot(b, seat)
    office_arms(b, seat, 0.29)
    b.add(RoundedBox(0.5, 0.48, 0.075, 0.03), (0, -0.02, seat - 0.0375), name="seat")
    y, low = 0.23, seat + 0.1
    for side in (-1, 1):
        strut(
            b,
            (side * wide / 2, y, low),
            (side * (wide / 2 - 0.02), y + 0.06, low + tall),
            (0.022, 0.028),
            "plastic black",
            name="frame",
        )
    for z in (0.0, tall):
        b.add(Box(wide + 0.02, 0.025, 0.03), (0, y + 0.06 * z / tall, low + z), "plastic black", name="frame")
    count = 9
    for k in range(count):
        share = (k + 0.5) / count
        b.add(Box(wide - 0.01, 0.008, 0.65 * tall / count), (0, y + 0.06 * share, low + tall * share), name="back")
    strut(b, (0, 0.1, seat - 0.09), (0, y + 0.03, seat + 0.02), (0.03, 0.06), "plastic black", name="frame")
    b.add(Box(0.06, 0.03, 0.35), (0, y + 0.04, seat + 0.17), "plastic black", turn=(-0.1, 0, 0), name="frame")
    b.support(0, -0.05, (0.17, 0.14), seat, 0.4, "seat")
    return b.done()


def executive_chair(rng: np.random.Generator) -> Blueprint:
    """Build a thickly padded office chair with a high back of three bolsters and padded arms."""
    b = Builder()
    seat = rng.uniform(0.46, 0.52)
    star_foot(b, seat - 0.04)
    b.add(RoundedBox(0.54, 0.52, 0.13, 0.05), (0, -0.02, seat - 0.065), name="seat")
    tall = rng.uniform(0.68, 0.78)
    step = tall / 3
    for k in range(3):
        z = seat - 0.01 + (k + 0.5) * step
        b.add(
            RoundedBox(0.52 - 0.04 * k, 0.12, step + 0.02, 0.05),
            (0, 0.24 + 0.03 * k, z),
            turn=(-0.12, 0, 0),
            name="back" if k < 2 else "head",
        )
    for side in (-1, 1):
        b.add(capsule(0.3, 0.036), (side * 0.31, -0.02, seat + 0.19), turn=(PITCH, 0, 0), name="arm")
        b.add(Box(0.03, 0.06, 0.29), (side * 0.31, -0.12, seat + 0.04), "metal gray", name="arm")
        b.add(Box(0.12, 0.06, 0.03), (side * 0.26, -0.12, seat - 0.09), "metal gray", name="frame")
        b.add(Box(0.05, 0.06, 0.05), (side * 0.29, 0.15, seat + 0.19), "metal gray", name="arm")
    b.support(0, -0.07, (0.18, 0.14), seat, 0.4, "seat")
    return b.done()


def low_back_chair(rng: np.random.Generator) -> Blueprint:
    """Build a small office chair without arms: a padded seat and a low padded back on one stem."""
    b = Builder()
    seat = rng.uniform(0.44, 0.52)
    star_foot(b, seat)
    b.add(RoundedBox(0.44, 0.42, 0.07, 0.03), (0, -0.01, seat - 0.035), name="seat")
    b.add(RoundedBox(0.4, 0.06, rng.uniform(0.24, 0.32), 0.027), (0, 0.21, seat + 0.3), turn=(-0.1, 0, 0), name="back")
    b.add(
        Tube(
            ((0.0, 0.06, seat - 0.085), (0.0, 0.24, seat - 0.07), (0.0, 0.25, seat + 0.05), (0.0, 0.235, seat + 0.3)),
            0.015,
        ),
        slot="plastic black",
        name="pole",
    )
    b.support(0, -0.05, (0.14, 0.11), seat, 0.4, "seat")
    return b.done()


CATEGORIES = (
    Category(
        name="office chair",
        variants={"task": task_chair, "executive": executive_chair, "low back": low_back_chair},
        size=(0.75, 1.3),
        looks={"fabric": ("black", "gray", "blue", "red", "green"), "leather": ("black", "brown", "white")},
        places=("group",),
        rooms=("office", "bedroom"),
        synonyms=("swivel chair", "desk chair", "computer chair"),
        patterned=False,
    ),
)
