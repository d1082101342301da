"""Radiators that stand along a wall."""

import numpy as np

from vantage.rooms.catalogue.carpentry import rod
from vantage.rooms.catalogue.fronts import knob
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, RoundedBox, TorusArc, Tube, cylinder


def column_radiator(rng: np.random.Generator) -> Blueprint:
    """Build an old cast-iron radiator: rounded columns side by side on feet, with pipe and tap."""
    b = Builder()
    count, height, pitch, depth = int(rng.integers(8, 15)), rng.uniform(0.58, 0.72), 0.062, 0.16
    for k in range(count):
        x = (k - (count - 1) / 2) * pitch
        for y in (-0.055, 0.0, 0.055):
            b.add(Box(0.04, 0.036, height - 0.13), (x, y, 0.09 + (height - 0.13) / 2), name="panel")
        for z in (0.1, height - 0.05):
            b.add(Box(0.054, depth, 0.075), (x, 0, z), name="body")
            b.add(Box(0.066, 0.05, 0.05), (x, 0, z), name="body")
        if k in (0, count - 1):
            for y in (-0.05, 0.05):
                b.add(Frustum(0.026, 0.02, 0.09), (x, y, 0), name="foot")
    end = count / 2 * pitch
    b.add(
        Tube(((end - 0.03, 0.0, 0.1), (end + 0.06, 0.0, 0.1), (end + 0.06, 0.0, 0.01)), 0.011),
        slot="metal gray",
        name="tap",
    )
    b.add(Frustum(0.024, 0.02, 0.05), (end + 0.06, 0, 0.1), "plastic white", name="knob")
    return b.done()


def panel_radiator(rng: np.random.Generator) -> Blueprint:
    """Build a flat radiator: a ridged panel with a grille on top, on two feet, with a valve."""
    b = Builder()
    width, height = rng.uniform(0.7, 1.3), rng.uniform(0.5, 0.62)
    low = 0.1
    b.add(Box(width, 0.015, height - 0.01), (0, -0.04, low + height / 2), name="panel")
    b.add(Box(width, 0.015, height - 0.01), (0, 0.04, low + height / 2), name="panel")
    count = round(width / 0.05)
    for k in range(count):
        x = (k - (count - 1) / 2) * (width - 0.03) / count
        b.add(Box(0.026, 0.012, height - 0.07), (x, -0.05, low + height / 2), name="slat")
        b.add(Box(0.008, 0.09, 0.012), (x, 0, low + height - 0.004), name="slat")
    for side in (-1, 1):
        b.add(Box(0.012, 0.1, height), (side * width / 2, 0, low + height / 2), name="panel")
        b.add(Box(0.035, 0.08, low + 0.03), (side * 0.36 * width, 0, (low + 0.03) / 2), name="foot")
    b.add(Box(width, 0.012, 0.02), (0, -0.042, low + height - 0.006), name="rim")
    z = low + 0.05
    b.add(
        Tube(((width / 2, 0.0, z), (width / 2 + 0.06, 0.0, z), (width / 2 + 0.06, 0.0, 0.01)), 0.01),
        slot="metal gray",
        name="tap",
    )
    b.add(cylinder(0.024, 0.07), (width / 2 + 0.03, 0, z), "plastic white", turn=(0, np.pi / 2, 0), name="knob")
    return b.done()


def towel_radiator(rng: np.random.Generator) -> Blueprint:
    """Build a tall radiator of level bars between two upright pipes."""
    b = Builder()
    width, height = rng.uniform(0.45, 0.6), rng.uniform(1.1, 1.5)
    for side in (-1, 1):
        x = side * width / 2
        b.add(cylinder(0.02, height), (x, 0, 0.0), name="pole")
        for z in (0.2 * height, 0.9 * height):
            b.add(Box(0.02, 0.06, 0.02), (x, 0.035, z), "metal gray", name="stand")
    groups = 3
    for g in range(groups):
        for k in range(6):
            z = 0.1 + g * (height - 0.12) / groups + k * 0.048
            rod(b, (-width / 2, -0.012, z), (width / 2, -0.012, z), 0.012, name="rung")
    b.add(cylinder(0.026, 0.07), (width / 2 + 0.01, 0, 0.07), "plastic white", turn=(0, np.pi / 2, 0), name="knob")
    return b.done()


def oil_radiator(rng: np.random.Generator) -> Blueprint:
    """Build an oil heater on castors: thin ribs behind a panel with a dial and a switch."""
    b = Builder()
    count, height, pitch = int(rng.integers(7, 11)), rng.uniform(0.5, 0.6), 0.048
    for k in range(count):
        x = (k - (count - 1) / 2) * pitch
        b.add(Box(0.014, 0.16, height), (x, 0, 0.08 + height / 2), name="panel")
        for y in (-0.08, 0.08):
            b.add(Box(0.03, 0.02, height - 0.04), (x, y, 0.08 + height / 2), name="rim")
    half = count / 2 * pitch
    for z in (0.14, 0.02 + height):
        rod(b, (-half, 0, z), (half + 0.03, 0, z), 0.03, name="pole")
    b.add(
        RoundedBox(0.09, 0.17, height + 0.02, 0.03), (half + 0.05, 0, 0.09 + height / 2), "plastic gray", name="panel"
    )
    knob(b, half + 0.055, -0.085, 0.8 * height, "plastic black", radius=0.028)
    b.add(Box(0.03, 0.012, 0.05), (half + 0.055, -0.086, 0.55 * height), "plastic red", name="button")
    b.add(
        TorusArc(0.05, 0.01, 0.0, np.pi),
        (half + 0.05, 0, height + 0.095),
        "plastic black",
        turn=(0, 0, np.pi / 2),
        name="handle",
    )
    for x in (-half + 0.05, half - 0.02):
        b.add(Box(0.03, 0.26, 0.02), (x, 0, 0.065), "metal black", name="foot")
        for y in (-0.11, 0.11):
            b.add(cylinder(0.03, 0.025), (x - 0.0125, y, 0.03), "plastic black", turn=(0, np.pi / 2, 0), name="wheel")
    b.add(Box(2 * half, 0.03, 0.03), (0, 0, 0.08), "metal black", name="frame")
    return b.done()


CATEGORIES = (
    Category(
        name="radiator",
        variants={"columns": column_radiator, "panel": panel_radiator, "towel": towel_radiator, "oil": oil_radiator},
        size=(0.5, 1.55),
        looks={"metal": ("white", "white", "white", "gray", "black")},
        places=("group",),
        synonyms=("heater", "central heating"),
        patterned=False,
    ),
)
