"""Desk lamps: a head on an arm over the work."""

import numpy as np

from vantage.rooms.catalogue.carpentry import rod
from vantage.rooms.catalogue.lights import BULB
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, Frustum, Tube, cylinder, shell, sphere


def jointed_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a desk lamp with two sprung arms and a conical head."""
    b = Builder()
    low, high, lean = rng.uniform(0.26, 0.34), rng.uniform(0.26, 0.34), rng.uniform(0.15, 0.45)
    metal = "metal gray" if rng.random() < 0.5 else "metal black"
    b.add(Frustum(0.09, 0.085, 0.025), slot="main", name="base")
    elbow = (low * np.sin(lean), 0.0, 0.04 + low * np.cos(lean))
    wrist = (elbow[0] - high * np.cos(0.45), 0.0, elbow[2] + high * np.sin(0.45))
    b.add(cylinder(0.02, 0.03), (0, 0, 0.02), metal, name="neck")
    for side in (-1, 1):
        off = np.array([0.0, side * 0.014, 0.0])
        for start, end in (((0.0, 0.0, 0.04), elbow), (elbow, wrist)):
            a, c = np.add(start, off), np.add(end, off)
            rod(
                b,
                (float(a[0]), float(a[1]), float(a[2])),
                (float(c[0]), float(c[1]), float(c[2])),
                0.005,
                metal,
                name="arm",
            )
    for joint in ((0.0, 0.0, 0.045), elbow, wrist):
        b.add(cylinder(0.016, 0.05), (joint[0], 0.025, joint[2]), metal, turn=(np.pi / 2, 0, 0), name="knob")
    b.add(Frustum(0.08, 0.028, 0.11), (wrist[0] - 0.075, 0, wrist[2] - 0.1), "main", turn=(0, 0.55, 0), name="shade")
    b.add(Ellipsoid(0.06, 0.06, 0.02), (wrist[0] - 0.075, 0, wrist[2] - 0.1), BULB, turn=(0, 0.55, 0), name="body")
    return b.done()


def banker_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a banker's lamp: a long rounded shade across a brass stem."""
    b = Builder()
    height, half = rng.uniform(0.34, 0.42), rng.uniform(0.12, 0.15)
    b.add(Frustum(0.085, 0.06, 0.03), slot="metal yellow", name="base")
    b.add(
        Tube(((0.0, 0.04, 0.02), (0.0, 0.04, height - 0.1), (0.0, 0.0, height - 0.035)), 0.01),
        slot="metal yellow",
        name="pole",
    )
    for k in range(7):
        angle = np.pi * (k + 0.5) / 7
        y, z = 0.075 * np.cos(angle), 0.06 * np.sin(angle)
        at = (0.0, float(y) - 0.02, float(z) + height - 0.09)
        b.add(Box(2 * half, 0.042, 0.005), at, "main glow", turn=(float(angle - np.pi / 2), 0, 0), name="shade")
    for side in (-1, 1):
        b.add(Box(0.006, 0.14, 0.035), (side * half, -0.02, height - 0.075), "metal yellow", name="cap")
        b.add(Box(0.006, 0.09, 0.03), (side * half, -0.02, height - 0.05), "metal yellow", name="cap")
    b.add(Tube(((-half, -0.02, height - 0.06), (half, -0.02, height - 0.06)), 0.012), slot=BULB, name="body")
    rod(b, (0.05, -0.03, height - 0.16), (0.05, -0.03, height - 0.06), 0.002, "metal yellow", name="cord")
    return b.done()


def gooseneck_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a desk lamp with a bent neck and a bell-shaped head."""
    b = Builder()
    height, reach = rng.uniform(0.34, 0.46), rng.uniform(0.16, 0.24)
    b.add(Frustum(0.085, 0.06, 0.04), slot="main", name="base")
    b.add(cylinder(0.012, 0.012), (0.0, -0.045, 0.03), "plastic black", name="button")
    path = []
    for a in np.linspace(np.pi, 0.1, 9):
        path.append((0.0, float(-reach / 2 * (1 + np.cos(a))), float(0.55 * height + 0.45 * height * np.sin(a))))
    b.add(Tube(((0.0, 0.0, 0.03), *path), 0.009), slot="metal gray", name="neck")
    y, z = path[-1][1], path[-1][2]
    bell = shell([(0.02, 0.0), (0.03, 0.03), (0.055, 0.06), (0.075, 0.11)], 0.004, 0.006)
    b.add(bell, (0, y, z + 0.01), "main", turn=(np.pi - 0.35, 0, 0), name="shade")
    b.add(sphere(0.03), (0, y - 0.02, z - 0.055), BULB, name="body")
    b.add(cylinder(0.012, 0.05), (0, y, z + 0.0), "metal gray", turn=(np.pi - 0.35, 0, 0), name="neck")
    return b.done()


def bar_lamp(rng: np.random.Generator) -> Blueprint:
    """Build a flat modern desk lamp: a light bar held level by an upright blade."""
    b = Builder()
    height, reach = rng.uniform(0.36, 0.46), rng.uniform(0.34, 0.44)
    b.add(Box(0.18, 0.13, 0.018), (0, 0, 0.009), name="base")
    b.add(Box(0.03, 0.014, height), (0.07, 0, height / 2), name="pole")
    b.add(cylinder(0.02, 0.05), (0.07, 0.025, height), "plastic black", turn=(np.pi / 2, 0, 0), name="knob")
    b.add(Box(reach, 0.04, 0.014), (0.09 - reach / 2, 0, height + 0.018), name="head")
    b.add(Box(0.8 * reach, 0.028, 0.004), (0.06 - reach / 2, 0, height + 0.01), BULB, name="body")
    for k in range(3):
        b.add(cylinder(0.008, 0.003), (-0.05 + 0.03 * k, -0.04, 0.017), "plastic gray", name="button")
    return b.done()


CATEGORIES = (
    Category(
        name="desk lamp",
        variants={"jointed": jointed_lamp, "banker": banker_lamp, "gooseneck": gooseneck_lamp, "bar": bar_lamp},
        size=(0.3, 0.7),
        looks={
            "metal": ("black", "gray", "white", "red", "green", "blue", "yellow"),
            "plastic": ("orange", "pink", "purple", "turquoise"),
        },
        places=("desk", "desk", "desk", "workbench"),
        rooms=("office", "bedroom", "workshop"),
        synonyms=("reading lamp", "task lamp", "work light"),
        patterned=False,
    ),
)
