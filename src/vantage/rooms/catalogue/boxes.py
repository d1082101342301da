"""Cartons, crates and suitcases."""

import numpy as np

from vantage.rooms.catalogue.bins import tray_of_panels
from vantage.rooms.catalogue.carpentry import corners, rod
from vantage.rooms.catalogue.cases import compartment
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, TorusArc, Tube, cylinder


def carton_size(rng: np.random.Generator) -> tuple[float, float, float]:
    """Draw a carton's width, depth and height."""
    return rng.uniform(0.26, 0.5), rng.uniform(0.24, 0.38), rng.uniform(0.18, 0.36)


def closed_carton(rng: np.random.Generator) -> Blueprint:
    """Build a closed carton: two flaps that meet under a strip of tape, perhaps with a label."""
    b = Builder()
    x, y, z = carton_size(rng)
    b.add(Box(x, y, z - 0.002), (0, 0, (z - 0.002) / 2), name="body")
    for side in (-1, 1):
        b.add(Box(x, y / 2 - 0.003, 0.004), (0, side * (y / 4 + 0.0015), z - 0.0015), name="lid")
    tape = "paper white" if rng.random() < 0.6 else "plastic brown"
    b.add(Box(x + 0.003, 0.05, 0.002), (0, 0, z), tape, name="tape")
    for side in (-1, 1):
        b.add(Box(0.003, 0.05, 0.35 * z), (side * x / 2, 0, 0.825 * z), tape, name="tape")
    if rng.random() < 0.6:
        b.add(Box(0.3 * x, 0.003, 0.3 * z), (0.2 * x, -y / 2, 0.4 * z), "paper white", name="label")
    b.support(0, 0, (x / 2 - 0.02, y / 2 - 0.02), z + 0.001, 0.4, "stack box")
    return b.done()


def open_carton(rng: np.random.Generator) -> Blueprint:
    """Build an open, empty carton with its four flaps folded out."""
    b = Builder()
    x, y, z = carton_size(rng)
    wall = 0.005
    tray_of_panels(b, (x, y, z), wall=wall)
    for side in (-1, 1):
        for along, across, turned in ((y, x, False), (x, y, True)):
            flap, angle = 0.5 * along * (0.9 if turned else 1.0), rng.uniform(0.5, 2.3)
            flap = min(flap, 0.17)
            # From upright (angle 0) outwards and down; the hinge is the upper edge.
            c, s = float(np.cos(angle)), float(np.sin(angle))
            out, up = side * (along / 2 + flap / 2 * s - wall / 2), z + flap / 2 * c
            if turned:
                at, turn, size = (out, 0.0, up), (0.0, side * angle, 0.0), Box(wall, across - 0.012, flap)
            else:
                at, turn, size = (0.0, out, up), (-side * angle, 0.0, 0.0), Box(across - 0.012, wall, flap)
            b.add(size, at, turn=turn, name="lid")
    return b.done()


def crate(rng: np.random.Generator) -> Blueprint:
    """Build an open crate of slats with gaps between them and posts in its corners."""
    b = Builder()
    x, y, z = rng.uniform(0.4, 0.52), rng.uniform(0.28, 0.36), rng.uniform(0.22, 0.3)
    for u, v in corners(x - 0.05, y - 0.05):
        b.add(Box(0.025, 0.025, z), (u, v, z / 2), name="frame")
    rows = 3
    tall = z / rows
    for k in range(rows):
        h = (k + 0.5) * tall
        for side in (-1, 1):
            b.add(Box(x, 0.012, tall - 0.022), (0, side * (y / 2 - 0.006), h), name="slat")
            b.add(Box(0.012, y - 0.024, tall - 0.022), (side * (x / 2 - 0.006), 0, h), name="slat")
    count = 5
    for k in range(count):
        v = (k - 2) * (y - 0.03) / count
        b.add(Box(x - 0.024, (y - 0.03) / count - 0.008, 0.012), (0, v, 0.017), name="slat")
    inner = (x / 2 - 0.04, y / 2 - 0.04)
    compartment(b, (-inner[0], -inner[1], 0.023), (*inner, z), "bin", name="inside", opening="up")
    return b.done()


def lidded_box(rng: np.random.Generator) -> Blueprint:
    """Build a storage box with an overhanging lid, a label in a frame and a hole to grip at each end."""
    b = Builder()
    x, y, z = rng.uniform(0.26, 0.4), rng.uniform(0.22, 0.32), rng.uniform(0.16, 0.28)
    b.add(Box(x, y, z - 0.01), (0, 0, (z - 0.01) / 2), name="body")
    lid = 0.26 * z
    b.add(Box(x + 0.012, y + 0.012, lid), (0, 0, z - lid / 2), name="lid")
    b.add(Box(0.09, 0.006, 0.05), (0, -y / 2 - 0.002, 0.42 * z), "metal gray", name="frame")
    b.add(Box(0.078, 0.008, 0.038), (0, -y / 2 - 0.002, 0.42 * z), "paper white", name="label")
    for side in (-1, 1):
        b.add(Box(0.006, 0.08, 0.025), (side * x / 2, 0, 0.48 * z), "plastic black", name="grip")
    b.support(0, 0, (x / 2 - 0.01, y / 2 - 0.01), z, 0.4, "stack box")
    return b.done()


def rolling_case(rng: np.random.Generator) -> Blueprint:
    """Build an upright hard case with ribs, four wheels and a pulled-out handle."""
    b = Builder()
    x, y, z = rng.uniform(0.38, 0.46), rng.uniform(0.22, 0.27), rng.uniform(0.52, 0.65)
    b.add(RoundedBox(x, y, z, 0.045), (0, 0, 0.05 + z / 2), name="body")
    for k in range(5):
        b.add(Box(0.03, y + 0.012, z - 0.12), ((k - 2) * x / 5.6, 0, 0.05 + z / 2), name="panel")
    b.add(Box(x + 0.003, 0.008, z + 0.002), (0, -0.02, 0.05 + z / 2 - 0.001), "metal gray", name="rim")
    top = z + 0.05
    long = rng.uniform(0.2, 0.36)
    for side in (-1, 1):
        rod(
            b,
            (side * 0.09, y / 2 - 0.05, top - 0.03),
            (side * 0.09, y / 2 - 0.05, top + long),
            0.008,
            "metal gray",
            name="pole",
        )
    b.add(Box(0.22, 0.03, 0.03), (0, y / 2 - 0.05, top + long), "plastic black", name="handle")
    grip = Tube(
        (
            (-0.06, -0.03, top - 0.01),
            (-0.05, -0.03, top + 0.025),
            (0.05, -0.03, top + 0.025),
            (0.06, -0.03, top - 0.01),
        ),
        0.009,
    )
    b.add(grip, slot="plastic black", name="handle")
    for u, v in corners(x - 0.1, y - 0.08):
        b.add(cylinder(0.026, 0.024), (u - 0.012, v, 0.026), "plastic black", turn=(0, np.pi / 2, 0), name="wheel")
        b.add(Box(0.034, 0.03, 0.03), (u, v, 0.055), "plastic black", name="foot")
    return b.done()


def old_case(rng: np.random.Generator) -> Blueprint:
    """Build an old travelling case on its edge: corner caps, two straps with buckles, locks and a handle on top."""
    b = Builder()
    x, y, z = rng.uniform(0.5, 0.68), rng.uniform(0.16, 0.21), rng.uniform(0.36, 0.45)
    b.add(Box(x, y, z), (0, 0, z / 2), name="body")
    b.add(Box(x + 0.004, 0.006, z + 0.004), (0, -0.3 * y, z / 2), "plastic black", name="rim")
    for u, v in corners(x, y):
        for h in (0.022, z - 0.022):
            b.add(Box(0.05, 0.05, 0.05), (0.973 * u, 0.92 * v, h), "wood brown", name="cap")
    for side in (-1, 1):
        at = side * 0.27 * x
        b.add(Box(0.035, y + 0.012, z + 0.012), (at, 0, z / 2), "wood brown", name="strap")
        b.add(Box(0.05, 0.014, 0.04), (at, -y / 2 - 0.004, 0.72 * z), "metal yellow", name="button")
        b.add(Box(0.03, 0.05, 0.01), (side * 0.15 * x, -0.3 * y, z + 0.006), "metal yellow", name="button")
    grip = Tube(
        ((-0.07, 0.0, z - 0.005), (-0.055, 0.0, z + 0.035), (0.055, 0.0, z + 0.035), (0.07, 0.0, z - 0.005)), 0.011
    )
    b.add(grip, slot="wood brown", name="handle")
    return b.done()


def soft_case(rng: np.random.Generator) -> Blueprint:
    """Build a soft case on two wheels with two zipped pockets on its front."""
    b = Builder()
    x, y, z = rng.uniform(0.38, 0.44), rng.uniform(0.2, 0.25), rng.uniform(0.52, 0.64)
    base = 0.03
    b.add(RoundedBox(x, y, z, 0.05), (0, 0, base + z / 2), name="body")
    b.add(RoundedBox(0.84 * x, 0.08, 0.5 * z, 0.03), (0, -y / 2 - 0.01, base + 0.32 * z), name="pocket")
    b.add(RoundedBox(0.8 * x, 0.07, 0.26 * z, 0.03), (0, -y / 2 - 0.006, base + 0.76 * z), name="pocket")
    for up, half in ((0.52, 0.38), (0.84, 0.36)):
        b.add(Box(2 * half * x, 0.008, 0.008), (0, -y / 2 - 0.044, base + up * z), "metal gray", name="tape")
        b.add(Box(0.01, 0.01, 0.04), (half * x, -y / 2 - 0.046, base + up * z - 0.015), "metal gray", name="strap")
    for side in (-1, 1):
        b.add(
            cylinder(0.035, 0.03),
            (side * (x / 2 - 0.05) - 0.015, y / 2 - 0.03, 0.035),
            "plastic black",
            turn=(0, np.pi / 2, 0),
            name="wheel",
        )
        b.add(Box(0.04, 0.03, 0.04), (side * (x / 2 - 0.06), -y / 2 + 0.04, 0.02), "plastic black", name="foot")
    top = base + z
    b.add(TorusArc(0.07, 0.012, 0.15, np.pi - 0.15), (0, 0.02, top - 0.025), "plastic black", name="handle")
    side_grip = TorusArc(0.06, 0.011, -1.3, 1.3)
    b.add(side_grip, (x / 2 - 0.02, 0, base + 0.6 * z), "plastic black", name="handle")
    return b.done()


CATEGORIES = (
    Category(
        name="box",
        variants={"closed": closed_carton, "open": open_carton, "crate": crate, "lidded": lidded_box},
        size=(0.24, 0.85),
        looks={"cardboard": ("brown",), "paper": (*VIVID, "white"), "wood": ("brown", "gray")},
        places=("floor", "floor", "shelf", "sideboard", "workbench", "stack box"),
        synonyms=("carton", "crate", "cardboard box"),
    ),
    Category(
        name="suitcase",
        variants={"rolling": rolling_case, "old": old_case, "soft": soft_case},
        size=(0.5, 1.1),
        looks={
            "plastic": (*VIVID, "black", "gray", "turquoise"),
            "fabric": ("black", "blue", "red"),
            "leather": ("brown",),
        },
        places=("floor",),
        rooms=("bedroom",),
        synonyms=("luggage", "travel case", "trolley case"),
        patterned=False,
    ),
)
