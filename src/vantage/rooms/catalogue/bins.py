"""Garbage cans; all of them are hollow."""

import numpy as np

from vantage.rooms.catalogue.carpentry import PITCH, block, rod
from vantage.rooms.catalogue.cases import compartment
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, TorusArc, cylinder, shell
from vantage.rooms.shapes.prisms import Prism


def vessel(b: Builder, low: float, high: float, height: float, *, closed: bool = False) -> None:
    """Add a round open vessel with an 8 mm wall, and the room in it."""
    b.add(shell([(low, 0.0), (high, height)], 0.008, 0.01), name="body")
    # The facets of the wall lie within its circle, and the room within them.
    inside = Frustum(0.97 * (low - 0.009), 0.97 * (high - 0.009), height - 0.012)
    b.container(inside, (0, 0, 0.011), "bin", opening="up", closed=closed)


def tray_of_panels(
    b: Builder,
    size: tuple[float, float, float],
    slot: str = "main",
    *,
    z: float = 0.0,
    wall: float = 0.012,
    closed: bool = False,
) -> None:
    """Add an open box of five panels of this outer size, and the room in it."""
    w, d, h = size
    block(b, (-w / 2, -d / 2, z), (w / 2, d / 2, z + wall), slot, name="base")
    for side in (-1, 1):
        b.add(Box(w, wall, h - wall), (0, side * (d - wall) / 2, z + (h + wall) / 2), slot, name="panel")
        b.add(Box(wall, d - 2 * wall, h - wall), (side * (w - wall) / 2, 0, z + (h + wall) / 2), slot, name="panel")
    corner = (w / 2 - wall, d / 2 - wall)
    compartment(
        b,
        (-corner[0], -corner[1], z + wall),
        (*corner, z + h - 0.004),
        "bin",
        name="inside",
        opening="up",
        closed=closed,
    )


def open_can(rng: np.random.Generator) -> Blueprint:
    """Build a waste-paper bin that widens upwards to a rolled rim."""
    b = Builder()
    low, high, height = rng.uniform(0.11, 0.13), rng.uniform(0.145, 0.17), rng.uniform(0.3, 0.4)
    vessel(b, low, high, height)
    b.add(TorusArc(high, 0.009), (0, 0, height - 0.002), turn=(PITCH, 0, 0), name="rim")
    return b.done()


def pedal_can(rng: np.random.Generator) -> Blueprint:
    """Build a round pedal bin with a closed domed lid."""
    b = Builder()
    radius, height = rng.uniform(0.125, 0.155), rng.uniform(0.4, 0.62)
    vessel(b, radius, radius, height, closed=True)
    b.add(cylinder(radius + 0.006, 0.03), (0, 0, height), "plastic black", name="rim")
    b.add(Frustum(radius + 0.002, 0.72 * radius, 0.05), (0, 0, height + 0.029), name="lid")
    b.add(Frustum(0.72 * radius, 0.3 * radius, 0.018), (0, 0, height + 0.078), name="lid")
    b.add(Box(0.09, 0.07, 0.012), (0, -radius - 0.025, 0.022), "plastic black", name="foot")
    b.add(Box(0.02, 0.05, 0.012), (0, -radius, 0.022), "plastic black", name="foot")
    b.add(Box(0.09, 0.03, 0.05), (0, radius + 0.006, height + 0.01), "plastic black", name="frame")
    return b.done()


def swing_can(rng: np.random.Generator) -> Blueprint:
    """Build a tall square bin with a pitched hood whose flap swings."""
    b = Builder()
    wide, deep, height = rng.uniform(0.28, 0.36), rng.uniform(0.24, 0.3), rng.uniform(0.5, 0.62)
    tray_of_panels(b, (wide, deep, height), closed=True)
    b.add(Box(wide + 0.02, deep + 0.02, 0.03), (0, 0, height + 0.01), "plastic black", name="rim")
    hood, base = 0.14, height + 0.022
    gable = Prism(((-deep / 2, 0.0), (deep / 2, 0.0), (0.02, hood), (-0.02, hood)), wide)
    # The outline's x runs along the can's y, its y upwards, and the thickness across the can.
    b.add(gable, (-wide / 2, 0, base), turn=(PITCH, 0, PITCH), name="lid")
    slope = float(np.arctan2(deep / 2 - 0.02, hood))
    flap = Box(0.78 * wide, 0.008, 0.8 * float(np.hypot(hood, deep / 2)))
    b.add(flap, (0, -deep / 4 - 0.005, base + hood / 2), "plastic gray", turn=(-slope, 0, 0), name="door")
    return b.done()


def wheeled_can(rng: np.random.Generator) -> Blueprint:
    """Build a refuse bin on two wheels, its lid thrown back, with a bar to pull it by."""
    b = Builder()
    wide, deep, height = rng.uniform(0.44, 0.5), rng.uniform(0.46, 0.52), rng.uniform(0.78, 0.88)
    tray_of_panels(b, (wide, deep, height - 0.06), z=0.06)
    for side in (-1, 1):
        x = side * (wide / 2 + 0.01)
        b.add(
            cylinder(0.095, 0.035),
            (x - 0.0175, deep / 2 - 0.06, 0.095),
            "plastic black",
            turn=(0, PITCH, 0),
            name="wheel",
        )
        b.add(Box(0.03, 0.08, 0.05), (side * 0.4 * wide, deep / 2 + 0.03, height - 0.04), name="handle")
        b.add(Box(wide + 0.03, 0.025, 0.035), (0, side * (deep / 2 + 0.004), height - 0.017), name="rim")
        b.add(Box(0.025, deep, 0.035), (side * (wide / 2 + 0.004), 0, height - 0.017), name="rim")
        b.add(Box(0.05, 0.05, 0.06), (side * (wide / 2 - 0.06), -deep / 2 + 0.05, 0.03), name="foot")
        for up in (0.25, 0.5):
            b.add(Box(0.6 * wide, 0.008, 0.02), (0, -deep / 2 - 0.002, up * height + 0.1 * side), name="panel")
    rod(
        b,
        (-0.44 * wide, deep / 2 + 0.06, height - 0.04),
        (0.44 * wide, deep / 2 + 0.06, height - 0.04),
        0.014,
        name="handle",
    )
    lean = rng.uniform(0.1, 0.5)
    c, s = float(np.cos(lean)), float(np.sin(lean))
    y, z, tall = deep / 2 + 0.055, height - 0.02, deep
    b.add(Box(wide + 0.02, 0.02, tall), (0, y + s * tall / 2, z - c * tall / 2 + 0.01), turn=(lean, 0, 0), name="lid")
    return b.done()


def mesh_can(rng: np.random.Generator) -> Blueprint:
    """Build a waste-paper bin of upright wires between hoops."""
    b = Builder()
    low, high, height = rng.uniform(0.1, 0.115), rng.uniform(0.135, 0.155), rng.uniform(0.28, 0.36)
    b.add(cylinder(low + 0.003, 0.012), name="base")
    count = 22
    for k in range(count):
        angle = 2 * np.pi * k / count
        c, s = float(np.cos(angle)), float(np.sin(angle))
        length = float(np.hypot(height - 0.01, high - low))
        at = ((low + high) / 2 * c, (low + high) / 2 * s, height / 2 + 0.003)
        lean = float(np.arctan2(high - low, height - 0.01))
        b.add(Box(0.003, 0.007, length), at, turn=(0, lean, angle), name="panel")
    for share in (0.0, 0.34, 0.67, 1.0):
        radius = low + (high - low) * share
        z = 0.008 + share * (height - 0.01)
        b.add(TorusArc(radius, 0.007 if share == 1.0 else 0.004), (0, 0, z), turn=(PITCH, 0, 0), name="hoop")
    inside = Frustum(0.94 * low - 0.006, 0.94 * high - 0.008, height - 0.016)
    b.container(inside, (0, 0, 0.013), "bin", opening="up")
    return b.done()


CATEGORIES = (
    Category(
        name="garbage can",
        variants={
            "open": open_can,
            "pedal": pedal_can,
            "swing lid": swing_can,
            "wheeled": wheeled_can,
            "mesh": mesh_can,
        },
        size=(0.27, 1.05),
        looks={
            "metal": ("gray", "black", "red", "green"),
            "plastic": (*VIVID, "white", "gray", "black", "turquoise"),
        },
        places=("floor",),
        synonyms=("trash can", "waste bin", "dustbin", "rubbish bin"),
        patterned=False,
    ),
)
