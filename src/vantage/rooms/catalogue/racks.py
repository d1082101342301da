"""Racks of open shelves for workshops and stores."""

import itertools

import numpy as np

from vantage.rooms.catalogue.carpentry import corners, strut
from vantage.rooms.catalogue.cases import compartment
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, cylinder


def rack_levels(b: Builder, width: float, depth: float, levels: list[float], gap: float, thickness: float) -> None:
    """Add a container above every shelf whose upper face is listed, and a support on the topmost; clear of posts."""
    half = width / 2 - gap
    for low, high in itertools.pairwise(levels):
        compartment(b, (-half, -depth / 2 + 0.01, low), (half, depth / 2 - 0.02, high - thickness))
    b.support(0, 0, (half - 0.02, depth / 2 - gap - 0.01), levels[-1], 0.35, "shelf")


def steel_rack(rng: np.random.Generator) -> Blueprint:
    """Build a rack of steel shelves with folded edges on angled posts with holes, braced at its back."""
    b = Builder()
    width, depth, height = rng.uniform(0.85, 1.2), rng.uniform(0.38, 0.5), rng.uniform(1.55, 1.95)
    count = int(rng.integers(4, 6))
    for x, y in corners(width, depth):
        sx, sy = np.sign(x), np.sign(y)
        b.add(Box(0.003, 0.036, height), (x, y - sy * 0.018, height / 2), "metal gray", name="frame")
        b.add(Box(0.036, 0.003, height), (x - sx * 0.018, y, height / 2), "metal gray", name="frame")
        for k in range(6):
            at = (x - sx * 0.018, y + sy * 0.002, (k + 0.5) * height / 6)
            b.add(Box(0.01, 0.003, 0.03), at, "plastic black", name="frame")
    levels = [0.1 + k * (height - 0.12) / (count - 1) for k in range(count)]
    for z in levels:
        b.add(Box(width - 0.004, depth - 0.004, 0.035), (0, 0, z - 0.0175), name="shelf")
    for lean in (-1, 1):
        start, end = (-lean * width / 2, depth / 2, 0.15), (lean * width / 2, depth / 2, height - 0.1)
        strut(b, start, end, (0.02, 0.003), "metal gray", name="frame")
    rack_levels(b, width, depth - 0.01, levels, 0.04, 0.035)
    return b.done()


def timber_rack(rng: np.random.Generator) -> Blueprint:
    """Build a rack of planks on ladders of squared timber."""
    b = Builder()
    width, depth, height = rng.uniform(0.9, 1.3), rng.uniform(0.4, 0.5), rng.uniform(1.3, 1.75)
    count = int(rng.integers(3, 5))
    for x, y in corners(width - 0.045, depth - 0.045):
        b.add(Box(0.045, 0.045, height), (x, y, height / 2), name="frame")
    levels = [0.16 + k * (height - 0.26) / (count - 1) for k in range(count)]
    for z in levels:
        for side in (-1, 1):
            b.add(Box(0.04, depth, 0.045), (side * (width / 2 - 0.065), 0, z - 0.042), name="frame")
        for k in range(5):
            y = (k - 2) * (depth - 0.01) / 5
            b.add(Box(width - 0.1, (depth - 0.01) / 5 - 0.012, 0.02), (0, y, z - 0.01), name="slat")
    rack_levels(b, width, depth - 0.01, levels, 0.09, 0.07)
    return b.done()


def wire_rack(rng: np.random.Generator) -> Blueprint:
    """Build a rack of wire shelves on four round poles on castors."""
    b = Builder()
    width, depth, height = rng.uniform(0.75, 1.1), rng.uniform(0.34, 0.44), rng.uniform(1.3, 1.75)
    count = 4
    for x, y in corners(width, depth):
        b.add(cylinder(0.0125, height - 0.06), (x, y, 0.06), name="pole")
        b.add(cylinder(0.03, 0.02), (x - 0.01, y, 0.03), "plastic black", turn=(0, np.pi / 2, 0), name="wheel")
        b.add(Box(0.014, 0.014, 0.03), (x, y, 0.055), name="foot")
    levels = [0.16 + k * (height - 0.2) / (count - 1) for k in range(count)]
    for z in levels:
        for side in (-1, 1):
            for low in (0.004, 0.034):
                b.add(Box(width, 0.006, 0.006), (0, side * depth / 2, z - low), name="frame")
                b.add(Box(0.006, depth, 0.006), (side * width / 2, 0, z - low), name="frame")
        # An odd number, so that a wire runs through the middle.
        wires = 2 * round(width / 0.09) + 1
        for k in range(wires):
            b.add(Box(0.005, depth, 0.008), ((k - (wires - 1) / 2) * width / wires, 0, z - 0.004), name="slat")
        b.add(Box(width, 0.008, 0.005), (0, 0, z - 0.0045), name="frame")
    rack_levels(b, width, depth, levels, 0.03, 0.04)
    return b.done()


CATEGORIES = (
    Category(
        name="rack",
        variants={"steel": steel_rack, "timber": timber_rack, "wire": wire_rack},
        size=(1.25, 2.0),
        looks={"metal": ("gray", "blue", "black", "red", "green"), "wood": ("brown", "gray")},
        places=("group",),
        rooms=("workshop", "kitchen"),
        synonyms=("storage rack", "shelving rack"),
        patterned=False,
    ),
)
