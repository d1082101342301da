"""Sofas, and the upholstered body that they share with armchairs."""

import numpy as np

from vantage.rooms.catalogue.carpentry import block, corners, cushion
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, capsule

UPHOLSTERY = (*VIVID, "gray", "brown", "black", "white", "beige")


def body(
    b: Builder, width: float, depth: float, seat: float, back: float, arm: float, arm_high: float, seats: int
) -> None:
    """Add a base, a back, two arms and one seat and back cushion per seat; feet are left to the caller."""
    inner = width - 2 * arm
    b.add(Box(inner + 0.02, depth - 0.06, 0.2), (0, 0.02, 0.18), name="frame")
    b.add(Box(inner + 0.04, 0.16, back - 0.08), (0, depth / 2 - 0.08, 0.08 + (back - 0.08) / 2), name="back")
    for side in (-1, 1):
        b.add(
            RoundedBox(arm, depth, arm_high - 0.08, 0.035),
            (side * (width - arm) / 2, 0, (arm_high + 0.08) / 2),
            name="arm",
        )
    pitch = inner / seats
    for k in range(seats):
        x = (k - (seats - 1) / 2) * pitch
        cushion(b, (pitch - 0.008, depth - 0.17, seat - 0.27), (x, -0.075, (seat + 0.27) / 2))
        cushion(b, (pitch - 0.02, 0.16, back - seat + 0.04), (x, depth / 2 - 0.2, seat + (back - seat) / 2 - 0.01))
        half = (pitch / 2 - 0.09, (depth - 0.42) / 2 - 0.04)
        b.support(x, -0.15, half, seat, 0.5, "seat")


def feet(b: Builder, width: float, depth: float, slot: str, tall: float = 0.1) -> None:
    """Add four short square feet."""
    for x, y in corners(width, depth):
        b.add(Box(0.04, 0.04, tall), (x, y, tall / 2), slot, name="foot")


def box_sofa(rng: np.random.Generator) -> Blueprint:
    """Build a sofa for two or three with square arms and loose cushions."""
    b = Builder()
    seats = int(rng.integers(2, 4))
    width, depth = rng.uniform(0.62, 0.7) * seats + 0.34, rng.uniform(0.84, 0.95)
    body(
        b,
        width,
        depth,
        rng.uniform(0.42, 0.46),
        rng.uniform(0.78, 0.88),
        rng.uniform(0.14, 0.19),
        rng.uniform(0.55, 0.64),
        seats,
    )
    feet(b, width - 0.16, depth - 0.16, "wood brown")
    return b.done()


def rolled_sofa(rng: np.random.Generator) -> Blueprint:
    """Build a club sofa: arms as high as the back, rolled at their top, with rows of buttons."""
    b = Builder()
    width, depth, seat = rng.uniform(1.7, 2.1), rng.uniform(0.85, 0.95), rng.uniform(0.43, 0.46)
    high = rng.uniform(0.68, 0.74)
    b.add(Box(width - 0.1, depth - 0.06, 0.22), (0, 0, 0.19), name="frame")
    b.add(Box(width - 0.16, 0.14, high - 0.14), (0, depth / 2 - 0.09, (high + 0.08) / 2), name="back")
    b.add(capsule(width - 0.24, 0.1), (0, depth / 2 - 0.1, high - 0.06), turn=(0, np.pi / 2, 0), name="back")
    for side in (-1, 1):
        x = side * (width / 2 - 0.11)
        b.add(Box(0.13, depth - 0.1, high - 0.14), (x, 0, (high + 0.08) / 2), name="arm")
        b.add(capsule(depth - 0.2, 0.1), (x, 0, high - 0.06), turn=(np.pi / 2, 0, 0), name="arm")
    pitch = (width - 0.36) / 2
    for k in (-0.5, 0.5):
        cushion(b, (pitch - 0.006, depth - 0.2, 0.15), (k * pitch, -0.07, seat - 0.075))
        b.support(k * pitch, -0.1, (pitch / 2 - 0.08, depth / 2 - 0.24), seat, 0.5, "seat")
    for k in range(12):
        at = ((k % 6 - 2.5) * (width - 0.4) / 6, depth / 2 - 0.16, seat + 0.05 + 0.1 * (k // 6))
        b.add(Box(0.022, 0.02, 0.022), at, name="button", turn=(0, np.pi / 4, 0))
    feet(b, width - 0.2, depth - 0.16, "wood black", 0.09)
    return b.done()


def corner_sofa(rng: np.random.Generator) -> Blueprint:
    """Build a corner sofa: two seats and a long chaise on one side."""
    b = Builder()
    width, depth, seat = rng.uniform(2.1, 2.45), rng.uniform(0.85, 0.92), rng.uniform(0.41, 0.44)
    side = 1 if rng.random() < 0.5 else -1
    back, arm, long = rng.uniform(0.74, 0.84), 0.16, rng.uniform(1.4, 1.6)
    chaise = 0.75
    rear = depth / 2
    b.add(Box(width - 0.04, depth - 0.04, 0.2), (0, 0, 0.17), name="frame")
    b.add(Box(width, 0.17, back - 0.07), (0, rear - 0.085, (back + 0.07) / 2), name="back")
    b.add(RoundedBox(arm, depth, 0.5, 0.035), (-side * (width - arm) / 2, 0, 0.32), name="arm")
    b.add(RoundedBox(arm, depth, 0.5, 0.035), (side * (width - arm) / 2, 0, 0.32), name="arm")
    cx = side * (width / 2 - arm - chaise / 2)
    b.add(Box(chaise - 0.02, long - 0.04, 0.2), (cx, rear - long / 2, 0.17), name="frame")
    cushion(b, (chaise, long - 0.17, seat - 0.26), (cx, rear - 0.17 - (long - 0.17) / 2, (seat + 0.26) / 2))
    b.support(cx, rear - 0.4 - (long - 0.45) / 2, (chaise / 2 - 0.08, (long - 0.45) / 2 - 0.07), seat, 0.5, "seat")
    pitch = (width - 2 * arm - chaise) / 2
    for k in range(2):
        x = side * (-width / 2 + arm + (k + 0.5) * pitch)
        cushion(b, (pitch - 0.008, depth - 0.17, seat - 0.26), (x, -0.085, (seat + 0.26) / 2))
        b.support(x, -0.14, (pitch / 2 - 0.09, (depth - 0.42) / 2 - 0.05), seat, 0.5, "seat")
    for x, wide in ((cx, chaise), *((side * (-width / 2 + arm + (k + 0.5) * pitch), pitch) for k in range(2))):
        cushion(b, (wide - 0.02, 0.16, back - seat + 0.03), (x, rear - 0.21, (back + seat) / 2 - 0.015))
    feet(b, width - 0.16, depth - 0.16, "metal black", 0.08)
    for x in (-0.3, 0.3):
        b.add(Box(0.04, 0.04, 0.08), (cx + x, rear - long + 0.08, 0.04), "metal black", name="foot")
    return b.done()


def framed_sofa(rng: np.random.Generator) -> Blueprint:
    """Build a light sofa: cushions on a wooden frame with thin legs and open slatted arms."""
    b = Builder()
    width, depth, seat = rng.uniform(1.4, 1.9), rng.uniform(0.76, 0.84), rng.uniform(0.42, 0.45)
    back = rng.uniform(0.8, 0.88)
    b.add(Box(width - 0.04, depth - 0.06, 0.05), (0, 0, seat - 0.165), "wood brown", name="frame")
    for side in (-1, 1):
        x = side * (width / 2 - 0.025)
        for y in (-depth / 2 + 0.06, depth / 2 - 0.06):
            b.add(Box(0.045, 0.045, 0.6), (x, y, 0.3), "wood brown", name="leg")
        b.add(Box(0.06, depth, 0.03), (x, 0, 0.605), "wood brown", name="arm")
        for k in range(4):
            block(
                b,
                (x - 0.01, -0.2 + 0.12 * k, seat - 0.18),
                (x + 0.01, -0.16 + 0.12 * k, 0.6),
                "wood brown",
                name="slat",
            )
    b.add(Box(width - 0.06, 0.03, 0.1), (0, depth / 2 - 0.07, back - 0.1), "wood brown", name="back")
    for k in range(5):
        x = (k - 2) * (width - 0.2) / 4
        block(
            b,
            (x - 0.02, depth / 2 - 0.08, seat - 0.16),
            (x + 0.02, depth / 2 - 0.06, back - 0.08),
            "wood brown",
            name="slat",
        )
    pitch = (width - 0.1) / 2
    for k in (-0.5, 0.5):
        cushion(b, (pitch - 0.006, depth - 0.12, 0.15), (k * pitch, -0.03, seat - 0.075))
        b.add(
            RoundedBox(pitch - 0.02, 0.15, back - seat, 0.05),
            (k * pitch, depth / 2 - 0.17, (seat + back) / 2),
            turn=(-0.1, 0, 0),
            name="cushion",
        )
        b.support(k * pitch, -0.11, (pitch / 2 - 0.08, depth / 2 - 0.25), seat, 0.5, "seat")
    return b.done()


CATEGORIES = (
    Category(
        name="sofa",
        variants={"box": box_sofa, "rolled": rolled_sofa, "corner": corner_sofa, "framed": framed_sofa},
        size=(1.35, 2.5),
        looks={"fabric": UPHOLSTERY, "leather": ("brown", "black", "white", "beige")},
        places=("group",),
        rooms=("living room",),
        synonyms=("couch", "settee", "loveseat"),
    ),
)
