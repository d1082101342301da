"""Chairs without arms or upholstered bodies."""

import itertools

import numpy as np

from vantage.rooms.catalogue.carpentry import block, corners, legs, rod, strut
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, RoundedBox, Tube


def ladder_chair(rng: np.random.Generator) -> Blueprint:
    """Build a wooden chair whose back is a ladder of level slats, with rungs between its legs."""
    b = Builder()
    seat, width, depth = rng.uniform(0.43, 0.47), rng.uniform(0.42, 0.47), rng.uniform(0.42, 0.47)
    top = seat + rng.uniform(0.42, 0.55)
    x, y = width / 2 - 0.02, depth / 2 - 0.02
    for side in (-1, 1):
        b.add(Box(0.04, 0.04, seat - 0.02), (side * x, -y, seat / 2 - 0.01), name="leg")
        b.add(Box(0.04, 0.04, seat), (side * x, y, seat / 2), name="leg")
        strut(b, (side * x, y, seat - 0.01), (side * x, y + 0.07, top), (0.035, 0.035), name="back")
        b.add(Box(0.02, depth - 0.05, 0.025), (side * x, 0, 0.18), name="rung")
    b.add(Box(width, depth, 0.03), (0, 0, seat - 0.015), name="seat")
    b.add(Box(width - 0.06, 0.02, 0.025), (0, -y, 0.24), name="rung")
    count = int(rng.integers(3, 5))
    for k in range(count):
        share = 0.3 + 0.64 * k / (count - 1)
        at = (0.0, y + 0.07 * share, seat + share * (top - seat))
        b.add(Box(width - 0.05, 0.018, 0.055), at, turn=(-0.15, 0, 0), name="slat")
    b.support(0, -0.03, (width / 2 - 0.05, depth / 2 - 0.07), seat, 0.5, "seat")
    return b.done()


def spindle_chair(rng: np.random.Generator) -> Blueprint:
    """Build a chair with a rounded seat, splayed legs and a bow of thin spindles as its back."""
    b = Builder()
    seat, radius = rng.uniform(0.43, 0.46), rng.uniform(0.21, 0.235)
    tall, lean = rng.uniform(0.42, 0.52), 0.16
    b.add(Frustum(radius - 0.02, radius, 0.04), (0, 0, seat - 0.04), name="seat")
    for x, y in corners(1.15 * radius, 1.15 * radius):
        rod(b, (1.55 * x, 1.55 * y, 0), (x, y, seat - 0.03), 0.016, name="leg")
    for side in (-1, 1):
        rod(
            b,
            (side * 0.74 * radius, -0.74 * radius, 0.18),
            (side * 0.74 * radius, 0.74 * radius, 0.18),
            0.009,
            name="rung",
        )
    rod(b, (-0.74 * radius, 0, 0.18), (0.74 * radius, 0, 0.18), 0.009, name="rung")
    path = []
    for angle in np.linspace(0, np.pi, 9):
        u, up = 0.88 * radius * np.cos(angle), tall * np.sin(angle) ** 0.6
        path.append(
            (float(u), float(0.42 * radius + lean * up + 0.3 * radius * np.sin(angle)), float(seat - 0.01 + up))
        )
    b.add(Tube(tuple(path), 0.013), name="frame")
    for k in range(5):
        u = (k - 2) / 2.9 * 0.88 * radius
        sine = float(np.sqrt(1 - (u / (0.88 * radius)) ** 2))
        up = tall * sine**0.6
        rod(
            b,
            (0.9 * u, 0.72 * radius, seat - 0.01),
            (u, 0.42 * radius + lean * up + 0.3 * radius * sine, seat - 0.01 + up),
            0.007,
            name="back",
        )
    b.support(0, -0.03, (0.6 * radius, 0.55 * radius), seat, 0.4, "seat")
    return b.done()


def shell_chair(rng: np.random.Generator) -> Blueprint:
    """Build a chair with a moulded seat and back in one sweep on thin metal legs."""
    b = Builder()
    seat, width = rng.uniform(0.43, 0.46), rng.uniform(0.44, 0.48)
    b.add(Box(width, 0.36, 0.018), (0, -0.02, seat - 0.009), name="seat")
    strut(b, (0, -0.2, seat - 0.012), (0, -0.245, seat - 0.035), (0.016, width), name="seat")
    profile = [(0.155, -0.004), (0.20, 0.05), (0.225, 0.14), (0.25, 0.26), (0.262, 0.38)]
    for k, ((y0, z0), (y1, z1)) in enumerate(itertools.pairwise(profile)):
        wide = (width, width, width, width - 0.05)[k]
        reach = float(np.hypot(y1 - y0, z1 - z0)) + 0.014
        at = (0.0, (y0 + y1) / 2, seat + (z0 + z1) / 2)
        b.add(Box(wide, 0.016, reach), at, turn=(-float(np.arctan2(y1 - y0, z1 - z0)), 0, 0), name="back")
    for side in (-1, 1):
        strut(
            b,
            (side * (width / 2 - 0.012), -0.18, seat),
            (side * (width / 2 - 0.012), 0.16, seat + 0.014),
            (0.03, 0.014),
            name="rim",
        )
    metal = "metal gray" if rng.random() < 0.6 else "metal black"
    for x, y in corners(0.28, 0.26):
        rod(b, (1.6 * x, 1.65 * y, 0), (x, y, seat - 0.012), 0.011, metal, name="leg")
    for y in (-0.13, 0.13):
        b.add(Box(0.28, 0.02, 0.012), (0, y, seat - 0.022), metal, name="frame")
    b.support(0, -0.02, (width / 2 - 0.05, 0.15), seat, 0.4, "seat")
    return b.done()


def folding_chair(rng: np.random.Generator) -> Blueprint:
    """Build a folding chair: crossed legs on both sides, a slatted seat and one back rail."""
    b = Builder()
    seat, width = rng.uniform(0.44, 0.47), rng.uniform(0.40, 0.46)
    for side in (-1, 1):
        x = side * (width / 2 - 0.012)
        strut(b, (x, -0.24, 0.0), (x, 0.22, 0.82), (0.03, 0.02), name="leg")
        strut(b, (x - side * 0.022, 0.24, 0.0), (x - side * 0.022, -0.18, seat - 0.02), (0.03, 0.02), name="leg")
        block(
            b,
            (x - side * 0.012 - 0.012, -0.2, seat - 0.04),
            (x - side * 0.012 + 0.012, 0.17, seat - 0.018),
            name="frame",
        )
    for k in range(6):
        b.add(Box(width - 0.03, 0.054, 0.018), (0, -0.175 + k * 0.064, seat - 0.009), name="slat")
    b.add(Box(width - 0.02, 0.018, 0.1), (0, 0.19, 0.76), turn=(-0.5, 0, 0), name="back")
    b.add(Box(width - 0.02, 0.018, 0.05), (0, 0.135, 0.65), turn=(-0.5, 0, 0), name="back")
    b.add(Box(width - 0.06, 0.025, 0.02), (0, 0.133, 0.11), name="rung")
    b.support(0, -0.047, (width / 2 - 0.05, 0.1), seat, 0.4, "seat")
    return b.done()


def padded_chair(rng: np.random.Generator) -> Blueprint:
    """Build a dining chair with a padded seat and a tall padded back on dark wooden legs."""
    b = Builder()
    seat, width, depth = rng.uniform(0.45, 0.48), rng.uniform(0.44, 0.48), rng.uniform(0.44, 0.48)
    legs(b, width - 0.02, depth - 0.02, seat - 0.05, 0.04, "wood brown")
    b.add(RoundedBox(width, depth, 0.1, 0.025), (0, 0, seat - 0.05), name="seat")
    tall = rng.uniform(0.45, 0.55)
    b.add(
        RoundedBox(width - 0.01, 0.07, tall + 0.06, 0.025),
        (0, depth / 2 + 0.01, seat + tall / 2),
        turn=(-0.12, 0, 0),
        name="back",
    )
    b.support(0, -0.05, (width / 2 - 0.05, depth / 2 - 0.1), seat, 0.4, "seat")
    return b.done()


CATEGORIES = (
    Category(
        name="chair",
        variants={
            "ladder back": ladder_chair,
            "spindle back": spindle_chair,
            "moulded": shell_chair,
            "folding": folding_chair,
            "padded": padded_chair,
        },
        size=(0.75, 1.1),
        looks={
            "wood": ("brown", "white", "black"),
            "plastic": (*VIVID, "white", "black"),
            "fabric": ("gray", "blue", "green", "purple"),
            "wicker": ("brown", "beige"),
        },
        places=("group",),
        rooms=("kitchen", "living room", "bedroom"),
        synonyms=("dining chair", "side chair", "kitchen chair"),
        patterned=False,
    ),
)
