"""Safes: thick-walled steel cases with a shelf inside."""

import numpy as np

from vantage.rooms.catalogue.carpentry import PITCH, corners
from vantage.rooms.catalogue.cases import case, shelves
from vantage.rooms.catalogue.fronts import Leaf, knob
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, cylinder


def safe_body(
    b: Builder, rng: np.random.Generator, low: float, high: float, *, closed: bool
) -> tuple[float, float, float]:
    """Add a thick-walled steel case on feet with one shelf; return its outer width, depth and height."""
    width, depth, height = rng.uniform(low, high), rng.uniform(0.36, 0.46), rng.uniform(low, 1.35 * high)
    inner = case(b, (width, depth, height), (0, 0, 0.04), board=0.05)
    shelves(b, inner, 2 if height > 0.45 else 1, "metal gray", kind="safe", name="inside", closed=closed, inset=0.01)
    for x, y in corners(width - 0.12, depth - 0.12):
        b.add(cylinder(0.035, 0.045), (x, y, 0), "metal black", name="foot")
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.03), height + 0.04, 0.5, "sideboard")
    return width, depth, height


def safe_door(b: Builder, door: Leaf, width: float, height: float) -> None:
    """Add a thick door with a raised panel and hinges, and bolts on its free edge."""
    z = 0.04 + height / 2
    door.hinges(b, height, 0.04)
    door.add(b, Box(width - 0.03, 0.045, height - 0.03), width / 2, 0.0235, z)
    door.add(b, Box(width - 0.11, 0.012, height - 0.11), width / 2, 0.05, z, name="panel")
    for up in (0.22, 0.78):
        door.add(b, cylinder(0.018, 0.09), 0.014, 0.03, 0.04 + up * height - 0.045, "metal gray", name="frame")
    if door.angle > 0:
        door.add(b, Box(width - 0.13, 0.03, height - 0.13), width / 2, -0.012, z, "metal gray", name="panel")
        for k in range(3):
            bolt = Box(0.05, 0.022, 0.022)
            door.add(b, bolt, width - 0.06, -0.012, 0.04 + (0.3 + 0.2 * k) * height, "metal gray", name="key")


def dial(b: Builder, door: Leaf, u: float, z: float) -> None:
    """Add a combination dial with a grip and marks around it."""
    door.add(b, cylinder(0.055, 0.014), u, 0.055, z, "metal gray", name="rim", pitch=PITCH)
    door.add(b, cylinder(0.042, 0.022), u, 0.055, z, "metal black", name="knob", pitch=PITCH)
    door.add(b, cylinder(0.018, 0.045), u, 0.055, z, "metal gray", name="knob", pitch=PITCH)
    for k in range(12):
        angle = 2 * np.pi * k / 12
        mark = Box(0.004, 0.004, 0.004)
        door.add(
            b,
            mark,
            u + 0.049 * float(np.cos(angle)),
            0.07,
            z + 0.049 * float(np.sin(angle)),
            "plastic white",
            name="label",
        )


def dial_safe(rng: np.random.Generator, *, angle: float = 0.0) -> Blueprint:
    """Build a safe with a combination dial and a spoked wheel."""
    b = Builder()
    width, depth, height = safe_body(b, rng, 0.42, 0.58, closed=angle == 0.0)
    door = Leaf(-width / 2, -depth / 2, 1, angle)
    safe_door(b, door, width, height)
    dial(b, door, 0.38 * width, 0.04 + 0.62 * height)
    u, z = 0.72 * width, 0.04 + 0.5 * height
    door.add(b, cylinder(0.014, 0.06), u, 0.05, z, "metal gray", name="handle", pitch=PITCH)
    for k in range(3):
        turn = Box(0.014, 0.014, 0.16)
        # Spokes lie in the door's plane: an upright bar leaned about the wheel's axle.
        lean = np.pi * k / 3
        shift = door.side * door.angle
        at_u, at_v = u, 0.1
        c, s = float(np.cos(-shift)), float(np.sin(-shift))
        x = door.x + c * at_u * door.side + s * at_v
        y = door.y + s * at_u * door.side - c * at_v
        b.add(turn, (x, y, z), "metal gray", turn=(0, float(lean), -shift), name="handle")
    return b.done()


def open_safe(rng: np.random.Generator) -> Blueprint:
    """Build a safe whose thick door stands open."""
    return dial_safe(rng, angle=rng.uniform(1.2, 2.0))


def keypad_safe(rng: np.random.Generator) -> Blueprint:
    """Build a small safe with a keypad, a lit display and a turning handle."""
    b = Builder()
    width, depth, height = safe_body(b, rng, 0.32, 0.42, closed=True)
    door = Leaf(-width / 2, -depth / 2, 1)
    safe_door(b, door, width, height)
    u, z = 0.38 * width, 0.04 + 0.52 * height
    door.add(b, Box(0.11, 0.02, 0.16), u, 0.06, z, "plastic black", name="panel")
    door.add(b, Box(0.085, 0.006, 0.026), u, 0.071, z + 0.055, "plastic green glow", name="screen")
    for k in range(12):
        key = (u + (k % 3 - 1) * 0.028, z + 0.02 - (k // 3) * 0.024)
        door.add(b, Box(0.02, 0.008, 0.016), key[0], 0.072, key[1], "plastic white", name="key")
    knob(b, 0.24 * width, -depth / 2 - 0.055, z, "metal gray", radius=0.026)
    b.add(Box(0.016, 0.02, 0.1), (0.24 * width, -depth / 2 - 0.085, z), "metal gray", name="handle")
    return b.done()


CATEGORIES = (
    Category(
        name="safe",
        variants={"dial": dial_safe, "open": open_safe, "keypad": keypad_safe},
        size=(0.32, 1.2),
        looks={"metal": ("gray", "gray", "black", "green", "blue", "brown", "red")},
        places=("group", "floor"),
        rooms=("office", "workshop"),
        synonyms=("strongbox", "vault", "lockbox"),
        patterned=False,
    ),
)
