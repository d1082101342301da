"""Floor lamps and table lamps. The lit part is the main one."""

import numpy as np

from vantage.rooms.catalogue.carpentry import rod, strut
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, Frustum, Revolve, Tube, cylinder, shell, sphere

SHADES = (*VIVID, "white", "white", "gray", "beige")


BULB = "plastic white glow"


def shade(low: float, high: float, height: float) -> Revolve:
    """Make the open cone of a lamp shade with a 4 mm wall."""
    return Revolve(((low, 0.0), (high, height), (high - 0.004, height), (low - 0.004, 0.0)))


def hung_shade(b: Builder, low: float, high: float, height: float, z: float, slot: str) -> None:
    """Add a shade on a spider of two wires, from height `z` up, and the bulb within it; a pole must reach to it."""
    b.add(shade(low, high, height), (0, 0, z), "main glow", name="shade")
    for turn in (0.0, np.pi / 2):
        wire = Box(2 * (low + (high - low) * 0.75) - 0.004, 0.005, 0.005)
        b.add(wire, (0, 0, z + 0.75 * height), slot, turn=(0, 0, turn), name="frame")
    b.add(sphere(0.035), (0, 0, z + 0.5 * height), BULB, name="body")


def pole_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a standing lamp: a wide shade on a straight pole with a round foot."""
    b = Builder()
    height, radius = rng.uniform(1.4, 1.65), rng.uniform(0.19, 0.25)
    metal = f"metal {rng.choice(['black', 'gray', 'yellow'])}"
    b.add(Frustum(0.15, 0.14, 0.03), slot=metal, name="base")
    b.add(cylinder(0.014, height - 0.08), (0, 0, 0.02), metal, name="pole")
    hung_shade(b, radius, rng.uniform(0.6, 0.95) * radius, 0.3, height - 0.3, metal)
    rod(b, (0.06, 0, height - 0.4), (0.06, 0, height - 0.2), 0.003, metal, name="cord")
    b.add(Box(0.07, 0.006, 0.006), (0.03, 0, height - 0.2), metal, name="frame")
    return b.done()


def arc_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a lamp whose long bow carries a bowl-shaped shade far out from a heavy foot."""
    b = Builder()
    height, reach = rng.uniform(1.55, 1.8), rng.uniform(0.75, 1.0)
    metal = f"metal {rng.choice(['gray', 'black', 'yellow'])}"
    b.add(cylinder(0.17, 0.05), slot=metal, name="base")
    angles = np.linspace(np.pi, 0.55, 9)
    rise = 0.62 * height
    bow = [(0.0, 0.0, 0.04)]
    for a in angles:
        bow.append((float(reach / 2 * (1 + np.cos(a))), 0.0, float(height - rise + rise * np.sin(a) ** 0.9)))
    tip = (reach, 0.0, bow[-1][2] - 0.06)
    b.add(Tube((*bow, tip), 0.013), slot=metal, name="pole")
    bowl = (
        (0.2, 0.0),
        (0.175, 0.07),
        (0.1, 0.12),
        (0.02, 0.145),
        (0.02, 0.139),
        (0.096, 0.114),
        (0.17, 0.066),
        (0.195, 0.0),
    )
    b.add(Revolve(bowl), (reach, 0, tip[2] - 0.14), "main glow", name="shade")
    b.add(cylinder(0.024, 0.03), (reach, 0, tip[2] - 0.01), metal, name="neck")
    b.add(cylinder(0.012, 0.09), (reach, 0, tip[2] - 0.08), metal, name="neck")
    b.add(sphere(0.035), (reach, 0, tip[2] - 0.09), BULB, name="body")
    return b.done()


def tripod_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a lamp with a drum shade on three wooden legs."""
    b = Builder()
    height, radius = rng.uniform(1.35, 1.55), rng.uniform(0.2, 0.25)
    neck = height - 0.38
    for k in range(3):
        angle = 2 * np.pi * k / 3 + 0.5
        c, s = float(np.cos(angle)), float(np.sin(angle))
        strut(b, (0.3 * c, 0.3 * s, 0), (0.03 * c, 0.03 * s, neck + 0.01), (0.026, 0.032), "wood brown", name="leg")
        rod(b, (0.17 * c, 0.17 * s, 0.48 * neck), (0, 0, 0.48 * neck), 0.006, "metal gray", name="frame")
    b.add(cylinder(0.05, 0.05), (0, 0, neck - 0.02), "metal gray", name="neck")
    b.add(cylinder(0.012, 0.33), (0, 0, neck), "metal gray", name="pole")
    hung_shade(b, radius, 0.94 * radius, 0.28, height - 0.28, "metal gray")
    return b.done()


def torchiere(rng: np.random.Generator) -> Blueprint:
    """Build a tall lamp that throws its light upwards out of a bowl, with a small reading arm."""
    b = Builder()
    height = rng.uniform(1.65, 1.85)
    metal = f"metal {rng.choice(['black', 'gray', 'white'])}"
    b.add(Frustum(0.14, 0.12, 0.025), slot=metal, name="base")
    b.add(cylinder(0.015, height - 0.1), (0, 0, 0.02), metal, name="pole")
    b.add(
        shell([(0.03, 0.0), (0.1, 0.03), (0.16, 0.1), (0.18, 0.13)], 0.006, 0.01),
        (0, 0, height - 0.13),
        "main glow",
        name="shade",
    )
    b.add(sphere(0.04), (0, 0, height - 0.09), BULB, name="body")
    if rng.random() < 0.6:
        z = 0.68 * height
        b.add(
            Tube(((0.0, 0.0, z - 0.06), (0.1, -0.03, z + 0.03), (0.2, -0.06, z - 0.01)), 0.007), slot=metal, name="arm"
        )
        b.add(Frustum(0.06, 0.025, 0.09), (0.21, -0.065, z - 0.08), "main glow", name="shade")
    return b.done()


def vase_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a table lamp with a glazed belly and a conical shade."""
    b = Builder()
    height, radius = rng.uniform(0.4, 0.55), rng.uniform(0.13, 0.17)
    glaze = f"ceramic {rng.choice(['white', 'blue', 'green', 'brown'])}"
    b.add(cylinder(0.055, 0.015), slot="wood brown", name="base")
    belly = Ellipsoid(0.085, 0.085, 0.24 * height)
    b.add(belly, (0, 0, 0.24 * height + 0.005), glaze, name="stand")
    b.add(cylinder(0.012, 0.48 * height), (0, 0, 0.4 * height), "metal yellow", name="neck")
    span = 0.42 * height
    hung_shade(b, radius, 0.6 * radius, span, height - span, "metal yellow")
    b.add(sphere(0.01), (0, 0, 0.885 * height), "metal yellow", name="knob")
    return b.done()


def stick_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a table lamp with a thin stem, a flat foot and a drum shade."""
    b = Builder()
    height, radius = rng.uniform(0.42, 0.58), rng.uniform(0.1, 0.14)
    metal = f"metal {rng.choice(['black', 'gray', 'yellow'])}"
    b.add(Frustum(0.085, 0.08, 0.02), slot=metal, name="base")
    b.add(cylinder(0.009, 0.88 * height), (0, 0, 0.015), metal, name="pole")
    span = 0.38 * height
    hung_shade(b, radius, 0.92 * radius, span, height - span, metal)
    rod(b, (0.03, 0, height - span - 0.06), (0.03, 0, height - 0.27 * span), 0.0025, metal, name="cord")
    return b.done()


def mushroom_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a table lamp like a mushroom: a domed shade on a thick flared stem."""
    b = Builder()
    height, radius = rng.uniform(0.28, 0.4), rng.uniform(0.13, 0.18)
    colour = f"plastic {rng.choice(['white', 'white', 'black', 'orange'])}"
    b.add(Frustum(0.085, 0.04, 0.45 * height), slot=colour, name="stand")
    b.add(Frustum(0.04, 0.06, 0.3 * height), (0, 0, 0.44 * height), colour, name="stand")
    dome, t = 0.46 * height, 0.004
    arc = np.linspace(0, np.pi / 2 - 0.12, 5)
    outer = [(float(radius * np.cos(a)), float(dome * np.sin(a))) for a in arc]
    inner = [(max(r - t, 0.0), z - t if z > 0 else 0.0) for r, z in reversed(outer)]
    b.add(Revolve((*outer, (0.0, dome), (0.0, dome - t), *inner[0:])), (0, 0, height - dome), "main glow", name="shade")
    b.add(cylinder(0.012, 0.3 * height), (0, 0, 0.7 * height), "metal gray", name="neck")
    b.add(sphere(0.03), (0, 0, 0.78 * height), BULB, name="body")
    return b.done()


def block_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a table lamp with a square shade over a wooden block."""
    b = Builder()
    height, half = rng.uniform(0.36, 0.48), rng.uniform(0.09, 0.12)
    b.add(Box(0.11, 0.11, 0.4 * height), (0, 0, 0.2 * height), "wood brown", name="stand")
    b.add(cylinder(0.01, 0.5 * height), (0, 0, 0.38 * height), "metal gray", name="pole")
    tall = 0.46 * height
    z = height - tall / 2
    for side in (-1, 1):
        b.add(Box(2 * half, 0.004, tall), (0, side * half, z), "main glow", name="shade")
        b.add(Box(0.004, 2 * half, tall), (side * half, 0, z), "main glow", name="shade")
    b.add(Box(2 * half, 0.006, 0.006), (0, 0, z + 0.2 * tall), "metal gray", name="frame")
    b.add(sphere(0.03), (0, 0, z), BULB, name="body")
    return b.done()


CATEGORIES = (
    Category(
        name="floor lamp",
        variants={"pole": pole_lamp, "arc": arc_lamp, "tripod": tripod_lamp, "uplighter": torchiere},
        size=(1.3, 1.9),
        looks={"fabric": SHADES},
        places=("group",),
        rooms=("living room", "bedroom"),
        synonyms=("standing lamp", "standard lamp", "torchiere"),
        patterned=False,
    ),
    Category(
        name="lamp",
        variants={"vase": vase_lamp, "stick": stick_lamp, "mushroom": mushroom_lamp, "block": block_lamp},
        size=(0.27, 0.6),
        looks={"fabric": SHADES},
        places=("table", "table", "sideboard", "sideboard", "desk"),
        rooms=("living room", "bedroom"),
        synonyms=("table lamp", "table light", "bedside lamp"),
        patterned=False,
    ),
)
