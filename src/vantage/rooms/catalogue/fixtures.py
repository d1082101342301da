"""Coat racks and ladders."""

import numpy as np

from vantage.rooms.catalogue.carpentry import rod, strut
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, TorusArc, Tube, cylinder, sphere


def hook(b: Builder, x: float, y: float, z: float, angle: float, slot: str = "main") -> None:
    """Add a bent peg that sticks out and up from a point."""
    c, s = float(np.cos(angle)), float(np.sin(angle))
    path = ((x, y, z), (x + 0.1 * c, y + 0.1 * s, z + 0.02), (x + 0.13 * c, y + 0.13 * s, z + 0.09))
    b.add(Tube(path, 0.011), slot=slot, name="hook")


def tree_rack(rng: np.random.Generator) -> Blueprint:
    """Build a coat tree: a turned pole on four bowed feet with pegs in two rings."""
    b = Builder()
    height = rng.uniform(1.65, 1.85)
    b.add(cylinder(0.022, height - 0.12), (0, 0, 0.12), name="pole")
    b.add(sphere(0.035), (0, 0, height), name="knob")
    for k in range(4):
        angle = np.pi * (0.25 + k / 2)
        c, s = float(np.cos(angle)), float(np.sin(angle))
        path = ((0.0, 0.0, 0.3), (0.14 * c, 0.14 * s, 0.16), (0.28 * c, 0.28 * s, 0.018))
        b.add(Tube(path, 0.017), name="foot")
        hook(b, 0.0, 0.0, height - 0.16, angle)
        if k % 2 == 0:
            hook(b, 0.0, 0.0, height - 0.5, angle + 0.8)
    return b.done()


def rail_rack(rng: np.random.Generator) -> Blueprint:
    """Build a clothes rail on castors: two posts, a bar with hangers and a low shelf for shoes."""
    b = Builder()
    width, height = rng.uniform(0.85, 1.15), rng.uniform(1.5, 1.7)
    for side in (-1, 1):
        x = side * width / 2
        b.add(cylinder(0.015, height - 0.08), (x, 0, 0.08), name="pole")
        b.add(Box(0.03, 0.44, 0.03), (x, 0, 0.085), name="foot")
        for y in (-0.2, 0.2):
            b.add(cylinder(0.025, 0.02), (x - 0.01, y, 0.025), "plastic black", turn=(0, np.pi / 2, 0), name="wheel")
            b.add(Box(0.014, 0.014, 0.04), (x, y, 0.06), "plastic black", name="foot")
    rod(b, (-width / 2, 0, height), (width / 2, 0, height), 0.015, name="frame")
    for k in range(5):
        b.add(Box(width, 0.03, 0.014), (0, (k - 2) * 0.09, 0.107), name="slat")
    b.support(0, 0, (width / 2 - 0.05, 0.17), 0.114, 0.3, "shelf")
    for _ in range(int(rng.integers(3, 6))):
        x = rng.uniform(-0.42, 0.42) * width
        y, z = 0.2, height - 0.16
        b.add(
            TorusArc(0.024, 0.003, -0.6, np.pi),
            (x, 0, height - 0.004),
            "metal gray",
            turn=(0, 0, np.pi / 2),
            name="hook",
        )
        rod(b, (x, 0, height - 0.018), (x, 0, height - 0.1), 0.003, "metal gray", name="hook")
        for side in (-1, 1):
            strut(b, (x, 0, height - 0.095), (x, side * y, z), (0.012, 0.01), "wood brown", name="hook")
        strut(b, (x, -y, z), (x, y, z), (0.01, 0.01), "wood brown", name="hook")
    return b.done()


def board_rack(rng: np.random.Generator) -> Blueprint:
    """Build a hall stand: a tall slatted back with hooks over a small bench for shoes."""
    b = Builder()
    width, depth, height = rng.uniform(0.65, 0.9), rng.uniform(0.34, 0.4), rng.uniform(1.65, 1.85)
    y = depth / 2 - 0.015
    for side in (-1, 1):
        b.add(Box(0.035, 0.03, height), (side * (width / 2 - 0.0175), y, height / 2), name="frame")
        b.add(Box(0.035, 0.035, 0.45), (side * (width / 2 - 0.0175), -depth / 2 + 0.0175, 0.225), name="leg")
        b.add(Box(0.03, depth - 0.04, 0.035), (side * (width / 2 - 0.0175), 0, 0.16), name="frame")
    for k in range(6):
        b.add(Box(width - 0.03, 0.014, 0.09), (0, y, 0.75 + k * (height - 0.8) / 5.2), name="slat")
    b.add(Box(width + 0.02, 0.2, 0.02), (0, depth / 2 - 0.1, height + 0.01), name="shelf")
    b.add(Box(width, depth - 0.01, 0.025), (0, 0, 0.4625), name="seat")
    b.add(Box(width - 0.04, depth - 0.05, 0.015), (0, 0, 0.17), name="shelf")
    z = 0.75 + 4 * (height - 0.8) / 5.2
    for k in range(4):
        hook(b, (k - 1.5) * width / 4.6, y - 0.005, z - 0.02, -np.pi / 2, "metal black")
    b.support(0, -0.03, (width / 2 - 0.04, depth / 2 - 0.06), 0.475, 0.4, "seat")
    b.support(0, 0, (width / 2 - 0.06, depth / 2 - 0.05), 0.1775, 0.25, "shelf")
    return b.done()


def step_ladder(rng: np.random.Generator) -> Blueprint:
    """Build a step ladder: broad treads in front, a frame behind, braces and a platform on top."""
    b = Builder()
    height, width = rng.uniform(1.1, 1.7), rng.uniform(0.42, 0.5)
    spread = 0.36 * height
    for side in (-1, 1):
        x = side * width / 2
        strut(b, (1.15 * x, -spread, 0.02), (0.8 * x, 0, height), (0.05, 0.022), name="frame")
        strut(b, (1.1 * x, spread, 0.02), (0.78 * x, 0.02, height), (0.03, 0.02), "metal gray", name="frame")
        strut(
            b,
            (1.02 * x, -0.6 * spread, 0.4 * height),
            (1.0 * x, 0.6 * spread, 0.4 * height),
            (0.016, 0.008),
            "metal gray",
            name="frame",
        )
        for y, scale in ((-spread, 1.15), (spread, 1.1)):
            b.add(Box(0.035, 0.06, 0.03), (scale * x, y, 0.015), "plastic black", name="foot")
    count = max(3, round(height / 0.26) - 1)
    for k in range(1, count + 1):
        share = k / (count + 1)
        half = width / 2 * (1.15 - 0.35 * share)
        b.add(Box(2 * half, 0.085, 0.022), (0, -spread * (1 - share), share * height), name="rung")
    b.add(Box(0.9 * width, 0.18, 0.03), (0, 0, height), "plastic black", name="top")
    b.add(Box(1.0 * width, 0.02, 0.03), (0, 0.7 * spread, 0.3 * height), "metal gray", name="rung")
    return b.done()


def double_ladder(rng: np.random.Generator) -> Blueprint:
    """Build a trestle ladder: two ladders of round rungs hinged at their tops."""
    b = Builder()
    height, width = rng.uniform(1.4, 2.0), rng.uniform(0.42, 0.5)
    spread = 0.3 * height
    count = round(height / 0.28)
    for lean in (-1, 1):
        for side in (-1, 1):
            x = side * (width / 2 - 0.018 * (lean > 0))
            strut(b, (1.2 * x, lean * spread, 0), (0.85 * x, 0, height), (0.05, 0.024), name="frame")
        for k in range(1, count):
            share = (k - 0.15) / count
            half = width / 2 * (1.2 - 0.35 * share)
            y, z = lean * spread * (1 - share), share * height
            rod(b, (-half, y, z), (half, y, z), 0.014, name="rung")
    for side in (-1, 1):
        b.add(
            cylinder(0.022, 0.05),
            (side * 0.42 * width - 0.025, 0, height - 0.02),
            "metal gray",
            turn=(0, np.pi / 2, 0),
            name="frame",
        )
        z = 0.35 * height
        strut(
            b,
            (side * 0.5 * width, -0.65 * spread, z),
            (side * 0.5 * width, 0.65 * spread, z),
            (0.006, 0.006),
            "metal gray",
            name="cord",
        )
    rod(b, (-0.42 * width, 0, height - 0.02), (0.42 * width, 0, height - 0.02), 0.012, "metal gray", name="rung")
    return b.done()


def leaning_ladder(rng: np.random.Generator) -> Blueprint:
    """Build a straight ladder as it leans against the wall behind it."""
    b = Builder()
    height, width = rng.uniform(1.9, 2.3), rng.uniform(0.38, 0.44)
    reach = 0.24 * height
    for side in (-1, 1):
        strut(b, (side * width / 2, -reach, 0.02), (side * width / 2, 0, height), (0.06, 0.025), name="frame")
        b.add(Box(0.045, 0.08, 0.03), (side * width / 2, -reach, 0.015), "plastic black", name="foot")
    count = round(height / 0.28)
    for k in range(count):
        share = (k + 0.7) / count
        y, z = -reach * (1 - share), share * height
        if share < 0.99:
            rod(b, (-width / 2, y, z), (width / 2, y, z), 0.015, name="rung")
    return b.done()


CATEGORIES = (
    Category(
        name="coat rack",
        variants={"tree": tree_rack, "rail": rail_rack, "stand": board_rack},
        size=(1.45, 1.95),
        looks={"wood": ("brown", "brown", "white", "black"), "metal": ("black", "gray", "white")},
        places=("group",),
        rooms=("living room", "bedroom", "office"),
        synonyms=("coat stand", "clothes rack", "hall stand", "coat tree"),
        patterned=False,
    ),
    Category(
        name="ladder",
        variants={"step": step_ladder, "double": double_ladder, "leaning": leaning_ladder},
        size=(1.1, 2.4),
        looks={"wood": ("brown", "brown", "gray"), "metal": ("gray", "red", "yellow", "blue")},
        places=("group",),
        rooms=("workshop",),
        synonyms=("stepladder",),
        patterned=False,
    ),
)
