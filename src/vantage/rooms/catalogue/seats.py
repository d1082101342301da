"""Stools and benches."""

import numpy as np

from vantage.rooms.catalogue.carpentry import block, cushion, legs, rod, strut
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, TorusArc, cylinder


def round_stool(rng: np.random.Generator) -> Blueprint:
    """Build a round wooden seat on three or four splayed legs with a ring of rungs."""
    b = Builder()
    height, radius = rng.uniform(0.42, 0.5), rng.uniform(0.16, 0.19)
    count = int(rng.integers(3, 5))
    b.add(cylinder(radius, 0.035), (0, 0, height - 0.035), name="seat")
    knees = []
    for k in range(count):
        angle = 2 * np.pi * (k + 0.5) / count
        c, s = float(np.cos(angle)), float(np.sin(angle))
        rod(
            b,
            (1.05 * radius * c, 1.05 * radius * s, 0),
            (0.65 * radius * c, 0.65 * radius * s, height - 0.03),
            0.017,
            name="leg",
        )
        knees.append((0.93 * radius * c, 0.93 * radius * s, 0.3 * height))
    for k in range(count):
        rod(b, knees[k], knees[(k + 1) % count], 0.009, name="rung")
    b.support(0, 0, (0.65 * radius, 0.65 * radius), height, 0.5, "seat")
    return b.done()


def bar_stool(rng: np.random.Generator) -> Blueprint:
    """Build a tall stool on one column with a disc for a foot and a ring for the feet."""
    b = Builder()
    height, radius = rng.uniform(0.66, 0.8), rng.uniform(0.17, 0.2)
    b.add(Frustum(0.21, 0.19, 0.02), slot="metal gray", name="base")
    b.add(cylinder(0.028, height - 0.07), (0, 0, 0.015), "metal gray", name="pole")
    b.add(TorusArc(0.14, 0.01), (0, 0.0, 0.27), "metal gray", turn=(np.pi / 2, 0, 0), name="rung")
    for k in range(3):
        angle = 2 * np.pi * k / 3
        rod(b, (0, 0, 0.27), (0.14 * np.cos(angle), 0.14 * np.sin(angle), 0.27), 0.007, "metal gray", name="rung")
    b.add(Frustum(radius - 0.015, radius, 0.04), (0, 0, height - 0.07), name="seat")
    b.add(Frustum(radius, radius - 0.02, 0.03), (0, 0, height - 0.03), name="cushion")
    b.support(0, 0, (0.6 * radius, 0.6 * radius), height, 0.5, "seat")
    return b.done()


def square_stool(rng: np.random.Generator) -> Blueprint:
    """Build a stool on four square legs with rungs, whose seat is woven of bands."""
    b = Builder()
    height, size = rng.uniform(0.42, 0.62), rng.uniform(0.34, 0.4)
    legs(b, size, size, height - 0.006, 0.036)
    for side in (-1, 1):
        for z, other in ((0.16, 0.22), (height - 0.03, height - 0.03)):
            b.add(Box(size - 0.05, 0.022, 0.03), (0, side * (size / 2 - 0.018), z), name="rung")
            b.add(Box(0.022, size - 0.05, 0.03), (side * (size / 2 - 0.018), 0, other), name="rung")
    pitch = (size - 0.03) / 7
    for k in range(7):
        b.add(Box(pitch - 0.004, size - 0.012, 0.01), ((k - 3) * pitch, 0, height - 0.011), "fabric brown", name="seat")
        b.add(Box(size - 0.012, pitch - 0.004, 0.01), (0, (k - 3) * pitch, height - 0.005), "fabric brown", name="seat")
    b.support(0, 0, (size / 2 - 0.04, size / 2 - 0.04), height, 0.5, "seat")
    return b.done()


def step_stool(rng: np.random.Generator) -> Blueprint:
    """Build a low stool of two steps between side boards, with a hole to grip."""
    b = Builder()
    height, width, depth = rng.uniform(0.38, 0.48), rng.uniform(0.36, 0.42), rng.uniform(0.36, 0.42)
    for side in (-1, 1):
        x = side * (width / 2 - 0.04)
        block(b, (x - 0.011, 0, 0), (x + 0.011, depth / 2, height - 0.022), name="leg")
        block(b, (x - 0.011, -depth / 2 + 0.02, 0), (x + 0.011, 0, height / 2 - 0.022), name="leg")
    b.add(Box(width, depth / 2 + 0.02, 0.022), (0, depth / 4 - 0.01, height - 0.011), name="seat")
    b.add(Box(width, depth / 2, 0.022), (0, -depth / 4, height / 2 - 0.011), name="rung")
    b.add(Box(width - 0.08, 0.02, 0.08), (0, depth / 2 - 0.04, 0.6 * height), name="back")
    b.support(0, depth / 4 - 0.01, (width / 2 - 0.03, depth / 4 - 0.02), height, 0.5, "seat")
    return b.done()


def plank_bench(rng: np.random.Generator) -> Blueprint:
    """Build a bench of one long plank on two boards with a stretcher."""
    b = Builder()
    height, width, depth = rng.uniform(0.43, 0.47), rng.uniform(1.0, 1.5), rng.uniform(0.3, 0.38)
    b.add(Box(width, depth, 0.04), (0, 0, height - 0.02), name="seat")
    for side in (-1, 1):
        b.add(Box(0.04, depth - 0.03, height - 0.04), (side * (width / 2 - 0.14), 0, (height - 0.04) / 2), name="leg")
    b.add(Box(width - 0.3, 0.03, 0.09), (0, 0, 0.2), name="frame")
    b.support(0, 0, (width / 2 - 0.04, depth / 2 - 0.03), height, 0.6, "seat")
    return b.done()


def slatted_bench(rng: np.random.Generator) -> Blueprint:
    """Build a garden bench: slats for seat and back between two frames with arms."""
    b = Builder()
    seat, width, depth = rng.uniform(0.42, 0.46), rng.uniform(1.2, 1.55), 0.48
    metal = "metal black" if rng.random() < 0.5 else "main"
    for side in (-1, 1):
        x = side * (width / 2 - 0.05)
        b.add(Box(0.045, 0.045, 0.64), (x, -depth / 2 + 0.02, 0.32), metal, name="leg")
        b.add(Box(0.045, 0.045, seat), (x, depth / 2 - 0.02, seat / 2), metal, name="leg")
        strut(
            b, (x, depth / 2 - 0.02, seat - 0.02), (x, depth / 2 + 0.08, seat + 0.43), (0.04, 0.045), metal, name="back"
        )
        b.add(Box(0.045, depth - 0.04, 0.045), (x, 0, seat - 0.045), metal, name="frame")
        b.add(Box(0.06, depth + 0.06, 0.03), (x, 0.02, 0.65), metal, name="arm")
    for k in range(5):
        b.add(Box(width, 0.075, 0.022), (0, -depth / 2 + 0.06 + 0.09 * k, seat - 0.011), name="slat")
    for k in range(4):
        share = 0.2 + 0.25 * k
        at = (0.0, depth / 2 - 0.045 + 0.1 * share, seat + 0.43 * share)
        b.add(Box(width, 0.02, 0.07), at, turn=(-0.22, 0, 0), name="slat")
    b.support(0, -0.02, (width / 2 - 0.1, depth / 2 - 0.1), seat, 0.5, "seat")
    return b.done()


def padded_bench(rng: np.random.Generator) -> Blueprint:
    """Build a bench with a buttoned cushion on splayed legs, as at the foot of a bed."""
    b = Builder()
    height, width, depth = rng.uniform(0.43, 0.48), rng.uniform(0.95, 1.3), rng.uniform(0.38, 0.45)
    legs(b, width - 0.1, depth - 0.02, height - 0.12, 0.035, splay=0.04)
    b.add(Box(width - 0.02, depth - 0.02, 0.04), (0, 0, height - 0.125), name="frame")
    colour = f"fabric {rng.choice(['gray', 'blue', 'green', 'red', 'white'])}"
    cushion(b, (width, depth, 0.11), (0, 0, height - 0.055), colour)
    for k in range(8):
        at = ((k % 4 - 1.5) * width / 4, (k // 4 - 0.5) * depth / 2, height - 0.003)
        b.add(Box(0.02, 0.02, 0.012), at, colour, turn=(0, 0, np.pi / 4), name="button")
    b.support(0, 0, (width / 2 - 0.06, 0.05), height, 0.6, "seat")
    return b.done()


CATEGORIES = (
    Category(
        name="stool",
        variants={"round": round_stool, "bar": bar_stool, "woven": square_stool, "step": step_stool},
        size=(0.36, 0.82),
        looks={"wood": ("brown", "white", "black"), "plastic": VIVID, "metal": ("gray", "red", "yellow")},
        places=("floor",),
        rooms=("kitchen", "workshop", "office"),
        synonyms=("footstool", "bar stool", "step stool"),
    ),
    Category(
        name="bench",
        variants={"plank": plank_bench, "garden": slatted_bench, "padded": padded_bench},
        size=(0.9, 1.6),
        looks={"wood": ("brown", "brown", "white", "gray", "green"), "stone": ("gray", "beige")},
        places=("group",),
        rooms=("kitchen", "bedroom", "workshop"),
        synonyms=("long seat", "settle"),
        patterned=False,
    ),
)
