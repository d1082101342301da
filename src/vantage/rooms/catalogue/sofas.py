"""Upholstered seats: office chairs, armchairs and sofas."""

import numpy as np

from vantage.rooms.blueprint import Blueprint, Builder, Category
from vantage.rooms.catalogue.carpentry import PITCH, block, corners, cushion, rod, strut
from vantage.rooms.colours import VIVID
from vantage.rooms.shapes import Box, RoundedBox, TorusArc, Tube, capsule, cylinder

UPHOLSTERY = (*VIVID, "gray", "brown", "black", "white", "beige")


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


def box_armchair(rng: np.random.Generator) -> Blueprint:
    """Build a square armchair with cushions for seat and back."""
    b = Builder()
    width, depth = rng.uniform(0.82, 0.95), rng.uniform(0.8, 0.92)
    body(
        b,
        width,
        depth,
        rng.uniform(0.42, 0.46),
        rng.uniform(0.78, 0.88),
        rng.uniform(0.13, 0.18),
        rng.uniform(0.56, 0.64),
        1,
    )
    feet(b, width - 0.14, depth - 0.14, "wood brown")
    return b.done()


def wing_armchair(rng: np.random.Generator) -> Blueprint:
    """Build a wing chair: a tall back with ears on both sides, rolled arms and turned legs."""
    b = Builder()
    width, depth, seat = rng.uniform(0.72, 0.8), rng.uniform(0.78, 0.85), rng.uniform(0.44, 0.47)
    back = rng.uniform(1.02, 1.14)
    b.add(Box(width - 0.08, depth - 0.1, 0.14), (0, 0, 0.25), name="frame")
    cushion(b, (width - 0.22, depth - 0.14, 0.15), (0, -0.05, seat - 0.075))
    b.add(
        RoundedBox(width - 0.1, 0.14, back - 0.24, 0.05),
        (0, depth / 2 - 0.09, 0.24 + (back - 0.24) / 2),
        turn=(-0.08, 0, 0),
        name="back",
    )
    for side in (-1, 1):
        x = side * (width / 2 - 0.06)
        b.add(RoundedBox(0.11, depth - 0.16, 0.42, 0.035), (x, -0.03, 0.4), name="arm")
        b.add(capsule(depth - 0.3, 0.068), (x, -0.03, 0.6), turn=(np.pi / 2, 0, 0), name="arm")
        b.add(
            RoundedBox(0.09, 0.28, back - 0.62, 0.04),
            (x, depth / 2 - 0.16, 0.6 + (back - 0.62) / 2),
            turn=(-0.08, 0, 0),
            name="ear",
        )
    for x, y in corners(width - 0.14, depth - 0.18):
        rod(b, (1.05 * x, 1.05 * y, 0), (x, y, 0.2), 0.02, "wood brown", name="leg")
    b.support(0, -0.12, (width / 2 - 0.19, depth / 2 - 0.24), seat, 0.5, "seat")
    return b.done()


def tub_armchair(rng: np.random.Generator) -> Blueprint:
    """Build a tub chair: one low round wall as arms and back about a round seat."""
    b = Builder()
    radius, seat, back = rng.uniform(0.36, 0.42), rng.uniform(0.42, 0.46), rng.uniform(0.68, 0.78)
    b.add(cylinder(radius - 0.05, seat - 0.2), (0, 0, 0.1), name="frame")
    b.add(cylinder(radius - 0.09, 0.1), (0, -0.02, seat - 0.1), name="cushion")
    count = 13
    wide = 1.28 * np.pi * radius / (count - 1) + 0.01
    for k in range(count):
        angle = np.pi * (-0.14 + 1.28 * k / (count - 1))
        c, s = float(np.cos(angle)), float(np.sin(angle))
        at = ((radius - 0.045) * c, (radius - 0.045) * s, (back + 0.1) / 2)
        b.add(Box(0.09, wide, back - 0.1), at, turn=(0, 0, angle), name="back" if s > 0.5 else "arm")
    arc = TorusArc(radius - 0.045, 0.05, -1.14 * np.pi, 0.14 * np.pi)
    b.add(arc, (0, 0, back), turn=(np.pi / 2, 0, 0), name="rim")
    feet(b, 0.95 * radius, 0.95 * radius, "metal gray", 0.11)
    b.support(0, -0.08, (0.5 * radius, 0.45 * radius), seat, 0.4, "seat")
    return b.done()


def lounge_chair(rng: np.random.Generator) -> Blueprint:
    """Build a lounge chair: two loose cushions in an open wooden frame with flat arms."""
    b = Builder()
    width, depth, seat = rng.uniform(0.68, 0.76), rng.uniform(0.72, 0.8), rng.uniform(0.42, 0.45)
    for side in (-1, 1):
        x = side * (width / 2 - 0.03)
        strut(b, (x, -depth / 2 + 0.02, 0), (x, -depth / 2 + 0.1, 0.6), (0.04, 0.04), "wood brown", name="leg")
        strut(b, (x, depth / 2, 0), (x, depth / 2 - 0.12, 0.6), (0.04, 0.04), "wood brown", name="leg")
        b.add(Box(0.075, depth - 0.04, 0.03), (x, 0, 0.6), "wood brown", name="arm")
        b.add(Box(0.03, depth - 0.1, 0.05), (x, 0, seat - 0.18), "wood brown", name="frame")
        strut(
            b,
            (side * (width / 2 - 0.09), 0.16, seat - 0.19),
            (side * (width / 2 - 0.09), 0.42, seat + 0.42),
            (0.03, 0.03),
            "wood brown",
            name="frame",
        )
    for y in (-depth / 2 + 0.1, 0.0, 0.17):
        b.add(Box(width - 0.07, 0.04, 0.03), (0, y, seat - 0.175), "wood brown", name="slat")
    for k in range(4):
        b.add(
            Box(width - 0.15, 0.015, 0.05),
            (0, 0.245 + 0.055 * k, seat + 0.0 + 0.13 * k),
            "wood brown",
            turn=(-0.4, 0, 0),
            name="slat",
        )
    cushion(b, (width - 0.12, 0.56, 0.16), (0, -0.1, seat - 0.08))
    b.add(RoundedBox(width - 0.12, 0.14, 0.56, 0.05), (0, 0.22, seat + 0.2), turn=(-0.4, 0, 0), name="back")
    b.support(0, -0.17, (width / 2 - 0.13, 0.14), seat, 0.4, "seat")
    return b.done()


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
        name="office chair",
        variants={"task": task_chair, "executive": executive_chair, "low back": low_back_chair},
        size=(0.75, 1.3),
        looks={"fabric": ("black", "gray", "blue", "red", "green"), "leather": ("black", "brown", "white")},
        places=("group",),
        rooms=("office", "bedroom"),
        synonyms=("swivel chair", "desk chair", "computer chair"),
        patterned=False,
    ),
    Category(
        name="armchair",
        variants={"box": box_armchair, "wing": wing_armchair, "tub": tub_armchair, "lounge": lounge_chair},
        size=(0.7, 1.2),
        looks={"fabric": UPHOLSTERY, "leather": ("brown", "black", "red"), "wicker": ("brown", "beige")},
        places=("group",),
        rooms=("living room", "bedroom"),
        synonyms=("easy chair", "lounge chair", "club chair"),
    ),
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
