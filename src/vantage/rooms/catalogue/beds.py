"""Beds. The blanket is the main part."""

import numpy as np

from vantage.rooms.catalogue.carpentry import block, corners, rod, strut
from vantage.rooms.catalogue.sofas import UPHOLSTERY
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, RoundedBox, cylinder


def bedding(b: Builder, width: float, length: float, low: float, clearance: float = 0.8, pillows: int = 2) -> float:
    """Add a mattress from height `low`, a blanket over its lower two thirds and pillows; return the blanket's top."""
    top = low + 0.2
    b.add(RoundedBox(width, length, 0.2, 0.05), (0, 0, low + 0.1), "fabric white", name="mattress")
    long = 0.68 * length
    b.add(RoundedBox(width + 0.05, long, 0.18, 0.05), (0, (long - length) / 2 - 0.02, top - 0.05), name="blanket")
    b.add(Box(width + 0.055, 0.14, 0.17), (0, long - length / 2 - 0.1, top - 0.049), "fabric white", name="blanket")
    for k in range(pillows):
        x = (k - (pillows - 1) / 2) * width / pillows
        b.add(
            RoundedBox(min(0.6, width / pillows - 0.06), 0.36, 0.13, 0.055),
            (x, length / 2 - 0.24, top + 0.045),
            "fabric white",
            turn=(0.15, 0, 0),
            name="cushion",
        )
    b.support(0, -0.2 * length, (width / 2 - 0.1, 0.22 * length), top + 0.04, clearance, "bed")
    return top + 0.04


def drawn_width(rng: np.random.Generator) -> tuple[float, int]:
    """Draw a single or a double bed's width and its number of pillows."""
    return (rng.uniform(0.9, 1.1), 1) if rng.random() < 0.4 else (rng.uniform(1.4, 1.8), 2)


def panelled_bed(rng: np.random.Generator) -> Blueprint:
    """Build a wooden bed with a panelled head and a lower foot between square posts."""
    b = Builder()
    (width, pillows), length = drawn_width(rng), rng.uniform(1.92, 2.02)
    wood = f"wood {rng.choice(['brown', 'brown', 'white', 'black'])}"
    head, foot = rng.uniform(0.95, 1.15), rng.uniform(0.5, 0.65)
    bedding(b, width, length, 0.28, pillows=pillows)
    for y, tall in ((length / 2 + 0.03, head), (-length / 2 - 0.04, foot)):
        for side in (-1, 1):
            b.add(Box(0.075, 0.075, tall), (side * (width / 2 + 0.03), y, tall / 2), wood, name="leg")
            b.add(Box(0.095, 0.095, 0.025), (side * (width / 2 + 0.03), y, tall + 0.0125), wood, name="cap")
        b.add(
            Box(width + 0.04, 0.035, tall - 0.26),
            (0, y, 0.2 + (tall - 0.26) / 2),
            wood,
            name="back" if y > 0 else "panel",
        )
        b.add(Box(width + 0.04, 0.06, 0.06), (0, y, tall - 0.05), wood, name="frame")
    for side in (-1, 1):
        b.add(Box(0.03, length + 0.04, 0.17), (side * (width / 2 + 0.015), 0, 0.265), wood, name="frame")
    b.add(Box(width, length, 0.03), (0, 0, 0.27), wood, name="frame")
    return b.done()


def metal_bed(rng: np.random.Generator) -> Blueprint:
    """Build a bed between a head and a foot of metal bars with knobs on the posts."""
    b = Builder()
    (width, pillows), length = drawn_width(rng), rng.uniform(1.92, 2.02)
    metal = f"metal {rng.choice(['black', 'white', 'gray'])}"
    bedding(b, width, length, 0.34, pillows=pillows)
    b.add(Box(width, length + 0.04, 0.05), (0, 0, 0.32), metal, name="frame")
    for y, tall in ((length / 2 + 0.02, rng.uniform(0.95, 1.15)), (-length / 2 - 0.06, rng.uniform(0.65, 0.75))):
        for side in (-1, 1):
            b.add(cylinder(0.02, tall), (side * (width / 2 + 0.02), y, 0), metal, name="leg")
            b.add(Frustum(0.03, 0.02, 0.05), (side * (width / 2 + 0.02), y, tall - 0.01), "metal yellow", name="knob")
        for z in (0.33, tall - 0.1, tall - 0.02):
            b.add(Box(width + 0.04, 0.022, 0.022), (0, y, z), metal, name="frame")
        count = round(width / 0.14)
        for k in range(1, count):
            x = width * (k / count - 0.5)
            block(b, (x - 0.007, y - 0.007, 0.33), (x + 0.007, y + 0.007, tall - 0.02), metal, name="slat")
    b.add(Box(width - 0.1, 0.05, 0.05), (0, -length / 2 - 0.04, 0.32), metal, name="frame")
    return b.done()


def upholstered_bed(rng: np.random.Generator) -> Blueprint:
    """Build a low bed in a padded frame with a tall buttoned head."""
    b = Builder()
    (width, pillows), length = drawn_width(rng), rng.uniform(1.95, 2.05)
    cloth = f"fabric {rng.choice(['gray', 'gray', 'blue', 'brown', 'green'])}"
    head = rng.uniform(1.0, 1.25)
    bedding(b, width, length, 0.26, pillows=pillows)
    b.add(RoundedBox(width + 0.14, length + 0.12, 0.25, 0.04), (0, 0, 0.205), cloth, name="frame")
    b.add(
        RoundedBox(width + 0.16, 0.12, head - 0.05, 0.045),
        (0, length / 2 + 0.06, 0.05 + (head - 0.05) / 2),
        cloth,
        name="back",
    )
    across = 6 if width > 1.2 else 4
    for k in range(2 * across):
        at = ((k % across - (across - 1) / 2) * width / across, length / 2 + 0.002, head - 0.14 - 0.2 * (k // across))
        b.add(Box(0.025, 0.02, 0.025), at, cloth, turn=(0, np.pi / 4, 0), name="button")
    for x, y in corners(width - 0.1, length - 0.1):
        b.add(cylinder(0.03, 0.09), (x, y, 0), "wood black", name="foot")
    return b.done()


def bunk_bed(rng: np.random.Generator) -> Blueprint:
    """Build a bunk bed: two single beds one above the other, with a ladder and a guard rail."""
    b = Builder()
    width, length = rng.uniform(0.88, 0.95), rng.uniform(1.9, 2.0)
    wood = f"wood {rng.choice(['brown', 'white', 'gray'])}"
    upper, tall = rng.uniform(1.12, 1.2), rng.uniform(1.66, 1.75)
    for low in (0.24, upper):
        bedding(b, width, length, low, 0.55, pillows=1)
        b.add(Box(width + 0.09, length + 0.1, 0.03), (0, 0, low - 0.012), wood, name="frame")
        for side in (-1, 1):
            b.add(Box(0.03, length + 0.1, 0.11), (side * (width / 2 + 0.055), 0, low + 0.03), wood, name="frame")
        for y in (-length / 2 - 0.06, length / 2 + 0.06):
            b.add(Box(width + 0.1, 0.03, 0.2), (0, y, low + 0.05), wood, name="frame")
            b.add(Box(width + 0.1, 0.025, 0.1), (0, y, low + 0.42), wood, name="frame")
    for x, y in corners(width + 0.11, length + 0.13):
        b.add(Box(0.07, 0.07, tall), (x, y, tall / 2), wood, name="leg")
    b.add(Box(0.025, length + 0.1, 0.09), (-width / 2 - 0.055, 0, upper + 0.42), wood, name="frame")
    rail = width / 2 + 0.055
    block(b, (rail - 0.012, -0.25, upper + 0.36), (rail + 0.012, length / 2 + 0.06, upper + 0.46), wood, name="frame")
    block(b, (rail - 0.012, -0.25, upper), (rail + 0.012, -0.18, upper + 0.46), wood, name="frame")
    foot = rail + 0.03
    for y in (-0.32, -0.68):
        strut(b, (foot + 0.2, y, 0), (foot, y, upper + 0.12), (0.04, 0.03), wood, name="leg")
    for k in range(4):
        share = (k + 0.8) / 4.6
        x, z = foot + 0.2 * (1 - share), (upper + 0.12) * share
        rod(b, (x, -0.69, z), (x, -0.31, z), 0.014, wood, name="rung")
    return b.done()


CATEGORIES = (
    Category(
        name="bed",
        variants={"panelled": panelled_bed, "metal": metal_bed, "upholstered": upholstered_bed, "bunk": bunk_bed},
        size=(1.95, 2.3),
        looks={"fabric": UPHOLSTERY},
        places=("group",),
        rooms=("bedroom",),
        synonyms=("bedstead",),
    ),
)
