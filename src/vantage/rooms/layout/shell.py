"""The room itself: floor, ceiling, four walls, a door, windows, and the rug."""

import numpy as np

from vantage.rooms.layout.plan import FloorPlan
from vantage.rooms.shapes.blueprint import Blueprint, Builder
from vantage.rooms.shapes.primitives import Box, RoundedBox, cylinder, sphere

THICKNESS = 0.1
"""Of walls, floor and ceiling, metres; only their inner faces are ever seen."""

RUG_THICKNESS = 0.004
"""Metres; thin enough that furniture may stand half on it."""


def slab(plan: FloorPlan) -> Blueprint:
    """Build a floor or ceiling whose origin is its upper face, a little larger than the room."""
    b = Builder()
    for x0, y0, x1, y1 in plan.areas:
        size = (x1 - x0 + 2 * THICKNESS, y1 - y0 + 2 * THICKNESS)
        b.add(Box(*size, THICKNESS), ((x0 + x1) / 2, (y0 + y1) / 2, -THICKNESS / 2), name="panel")
    return Blueprint(tuple(b.parts))


def wall_panel(length: float, height: float) -> Blueprint:
    """Build a wall with a baseboard; its origin is the foot of its inner face."""
    b = Builder()
    b.add(Box(length, THICKNESS, height), (0, THICKNESS / 2, height / 2), name="panel")
    b.add(Box(length, 0.012, 0.09), (0, -0.006, 0.045), "wood white", name="baseboard")
    return Blueprint(tuple(b.parts))


def window(width: float, height: float, variant: str) -> Blueprint:
    """Build a window: a bright pane, a frame with bars and a sill; its origin is the sill's middle on the wall.

    Args:
        width: of the pane, metres.
        height: of the pane, metres.
        variant: one of `WINDOWS`; the bars that divide it.
    """
    b = Builder()
    b.add(Box(width, 0.012, height), (0, -0.006, height / 2), "glass white pane", name="pane")
    upright = {"cross": (0.0,), "single": (), "grid": (-1 / 3, 1 / 3), "sash": ()}[variant]
    level = {"cross": (0.55,), "single": (), "grid": (1 / 3, 2 / 3), "sash": (0.5,)}[variant]
    for x in (-1.0, 1.0, *(2 * u for u in upright)):
        wide = 0.05 if abs(x) == 1 else 0.035
        b.add(Box(wide, 0.04, height + 0.05), (x * width / 2, -0.02, height / 2), name="frame")
    for z in (0.0, 1.0, *level):
        b.add(Box(width + 0.05, 0.038, 0.05 if z in (0, 1) else 0.035), (0, -0.019, z * height), name="frame")
    b.add(Box(width + 0.16, 0.12, 0.03), (0, -0.06, -0.035), name="shelf")
    if variant == "sash":
        b.add(Box(0.1, 0.03, 0.02), (0, -0.05, 0.5 * height), "metal gray", name="handle")
    else:
        b.add(
            Box(0.02, 0.03, 0.11),
            ((0.0 if upright else 0.46) * width, -0.05, 0.5 * height),
            "metal gray",
            name="handle",
        )
    return Blueprint(tuple(b.parts))


WINDOWS = ("cross", "single", "grid", "sash")
"""Variants of a window."""


def door(width: float, height: float, variant: str) -> Blueprint:
    """Build a closed door with its casing and a handle; its origin is the foot on the wall.

    Args:
        width: of the leaf, metres.
        height: of the leaf, metres.
        variant: one of `DOORS`.
    """
    b = Builder()
    b.add(Box(width, 0.03, height), (0, -0.015, height / 2), name="door")
    if variant == "panelled":
        for z, h in ((0.28 * height, 0.36 * height), (0.73 * height, 0.4 * height)):
            b.add(RoundedBox(width - 0.24, 0.02, h, 0.008), (0, -0.03, z), name="panel")
    elif variant == "boarded":
        for k in range(5):
            b.add(RoundedBox(width / 5 - 0.012, 0.012, height - 0.02, 0.004), ((k - 2) * width / 5, -0.033, height / 2))
        for z in (0.2, 0.8):
            b.add(Box(width - 0.04, 0.02, 0.1), (0, -0.045, z * height), name="frame")
    elif variant == "glazed":
        b.add(Box(width - 0.3, 0.008, 0.45 * height), (0, -0.032, 0.68 * height), "glass white pane", name="pane")
        for x in (-0.5, 0.0, 0.5):
            b.add(Box(0.03, 0.02, 0.45 * height), (x * (width - 0.3), -0.035, 0.68 * height), name="frame")
        for z in (0.455, 0.68, 0.905):
            b.add(Box(width - 0.27, 0.02, 0.03), (0, -0.035, z * height), name="frame")
    for sx in (-1, 1):
        at = (sx * (width / 2 + 0.035), -0.0225, (height + 0.07) / 2)
        b.add(Box(0.07, 0.045, height + 0.07), at, "wood white", name="frame")
    b.add(Box(width + 0.14, 0.045, 0.07), (0, -0.0225, height + 0.035), "wood white", name="frame")
    at = (0.4 * width, -0.025, 0.48 * height)
    b.add(cylinder(0.012, 0.06), at, "metal gray", turn=(np.pi / 2, 0, 0), name="handle")
    if variant in ("panelled", "boarded"):
        b.add(sphere(0.03), (0.4 * width, -0.09, 0.48 * height), "metal gray", name="knob")
    else:
        b.add(RoundedBox(0.13, 0.02, 0.022, 0.006), (0.35 * width, -0.08, 0.48 * height), "metal gray", name="handle")
    return Blueprint(tuple(b.parts))


DOORS = ("panelled", "plain", "boarded", "glazed")
"""Variants of a door."""


def rug(width: float, depth: float, variant: str) -> Blueprint:
    """Build a rug: "rectangular", "round" (of the diameter `width`) or "fringed"."""
    b = Builder()
    if variant == "round":
        b.add(cylinder(width / 2, RUG_THICKNESS))
    else:
        b.add(Box(width, depth, RUG_THICKNESS), (0, 0, RUG_THICKNESS / 2))
        for sx in (-1, 1):
            b.add(Box(0.06, depth, 0.001), (sx * (width / 2 - 0.05), 0, RUG_THICKNESS), "fabric white", name="rim")
            if variant == "fringed":
                for k in range(24):
                    at = (sx * (width / 2 + 0.03), (k - 11.5) * depth / 24, 0.0015)
                    b.add(Box(0.06, 0.012, 0.003), at, "fabric white", name="cord")
    return b.done()


RUGS = ("rectangular", "round", "fringed")
"""Variants of a rug."""


def ceiling_lamp(radius: float, variant: str) -> Blueprint:
    """Build a lamp under the ceiling; its origin is its upper face. Variants: `CEILING_LAMPS`."""
    b = Builder()
    if variant == "disc":
        b.add(cylinder(radius, 0.07), (0, 0, -0.07), "main glow", name="shade")
        b.add(cylinder(radius + 0.02, 0.02), (0, 0, -0.02), "metal gray", name="base")
    elif variant == "square":
        b.add(Box(2 * radius, 2 * radius, 0.06), (0, 0, -0.04), "main glow", name="shade")
        b.add(Box(2 * radius + 0.04, 2 * radius + 0.04, 0.02), (0, 0, -0.01), "metal gray", name="base")
    else:
        b.add(cylinder(0.05, 0.03), (0, 0, -0.03), "metal gray", name="base")
        b.add(cylinder(0.006, 0.2), (0, 0, -0.22), "plastic black", name="cord")
        b.add(sphere(0.7 * radius), (0, 0, -0.22 - 0.66 * radius), "main glow", name="shade")
    return Blueprint(tuple(b.parts))


CEILING_LAMPS = ("disc", "square", "pendant")
"""Variants of a ceiling lamp."""
