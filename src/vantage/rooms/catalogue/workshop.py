"""Toolboxes, buckets and spray cans."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, QUARTER, STEEL, hollow, ring, vessel
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, Revolve, TorusArc, Tube, cylinder


def _latches(b: Builder, x: float | int, y: float | int, z: float | int) -> None:
    """Add two latches on the front face at y, about height z."""
    for side in (-1, 1):
        b.add(Box(0.035, 0.01, 0.045), (side * 0.3 * x, y - 0.004, z), STEEL, name="panel")


def closed_toolbox(rng: np.random.Generator) -> Blueprint:
    """Build a shut toolbox with latches and a handle on its lid."""
    b = Builder()
    x, y, z = rng.uniform(0.4, 0.5), rng.uniform(0.19, 0.23), rng.uniform(0.14, 0.17)
    hollow(b, (x, y, z), 0.008, "bin", closed=True)
    lid = 0.06
    b.add(Box(x + 0.012, y + 0.012, 0.02), (0, 0, z + 0.01), "plastic black", name="rim")
    b.add(Box(x, y, lid - 0.02), (0, 0, z + lid / 2 + 0.01), name="lid")
    top = z + lid
    for side in (-1, 1):
        b.add(Box(0.02, 0.03, 0.04), (side * 0.16 * x, 0, top + 0.018), "plastic black", name="handle")
    b.add(Tube(((-0.17 * x, 0.0, top + 0.04), (0.17 * x, 0.0, top + 0.04)), 0.011), slot="plastic black", name="handle")
    _latches(b, x, -y / 2 - 0.006, z)
    return b.done()


def open_toolbox(rng: np.random.Generator) -> Blueprint:
    """Build a toolbox with its lid swung up behind it."""
    b = Builder()
    x, y, z = rng.uniform(0.38, 0.46), rng.uniform(0.2, 0.24), rng.uniform(0.14, 0.17)
    hollow(b, (x, y, z), 0.008, "bin")
    lean = 0.2
    c, s = math.cos(lean), math.sin(lean)
    b.add(Box(x, 0.008, y), (0, y / 2 + s * y / 2 + 0.002, z + c * y / 2 - 0.002), turn=(-lean, 0, 0), name="lid")
    for side in (-1, 1):
        b.add(
            Box(0.008, 0.05, y),
            (side * (x / 2 - 0.004), y / 2 + s * y / 2 - 0.025, z + c * y / 2 + 0.004),
            turn=(-lean, 0, 0),
            name="lid",
        )
    b.add(
        Tube(
            (
                (-0.16 * x, y / 2 + 0.5 * s * y + 0.05, z + 0.5 * c * y),
                (0.16 * x, y / 2 + 0.5 * s * y + 0.05, z + 0.5 * c * y),
            ),
            0.01,
        ),
        slot="plastic black",
        name="handle",
    )
    for side in (-1, 1):
        b.add(
            Box(0.02, 0.05, 0.02),
            (side * 0.15 * x, y / 2 + 0.5 * s * y + 0.027, z + 0.5 * c * y),
            "plastic black",
            name="handle",
        )
    b.add(Box(x + 0.01, 0.012, 0.016), (0, -y / 2, z - 0.01), "plastic black", name="rim")
    _latches(b, x, -y / 2, z - 0.03)
    return b.done()


def tote_toolbox(rng: np.random.Generator) -> Blueprint:
    """Build an open tool carrier: a tray between two gabled ends with a round bar to carry it."""
    b = Builder()
    x, y, z = rng.uniform(0.42, 0.52), rng.uniform(0.2, 0.24), rng.uniform(0.09, 0.12)
    hollow(b, (x, y, z), 0.012, "bin")
    for side in (-1, 1):
        at = side * (x / 2 + 0.006)
        b.add(Box(0.014, y, z), (at, 0, z / 2), name="panel")
        b.add(Box(0.014, 0.4 * y, 0.13), (at, 0, z + 0.06), name="panel")
    b.add(Tube(((-x / 2, 0.0, z + 0.105), (x / 2, 0.0, z + 0.105)), 0.013), slot="wood brown", name="handle")
    return b.done()


def _bail(b: Builder, radius: float | int, z: float | int, *, up: bool) -> None:
    """Add a wire handle with a grip, upright over the rim or fallen to the front."""
    turn = (0.0, 0.0, 0.0) if up else (1.25, 0.0, 0.0)
    b.add(TorusArc(radius + 0.004, 0.0035, 0, math.pi), (0, 0, z), STEEL, turn=turn, name="handle")
    c, s = math.cos(turn[0]), math.sin(turn[0])
    at = (radius + 0.004) * 0.995
    b.add(Tube(((-0.05, -s * at, z + c * at), (0.05, -s * at, z + c * at)), 0.011), slot="wood brown", name="grip")
    for side in (-1, 1):
        b.add(cylinder(0.013, 0.012), (side * radius - 0.006, 0, z), STEEL, turn=(0, QUARTER, 0), name="knob")


def round_bucket(rng: np.random.Generator) -> Blueprint:
    """Build a pail with an upright wire handle."""
    b = Builder()
    radius, height = rng.uniform(0.12, 0.15), rng.uniform(0.22, 0.28)
    vessel(b, [(0.72 * radius, 0.0), (radius, height)], 0.004, 0.006, kind="bin")
    ring(b, radius, 0.012, height - 0.004)
    ring(b, 0.93 * radius, 0.008, 0.72 * height)
    _bail(b, radius, height - 0.02, up=True)
    return b.done()


def fallen_bucket(rng: np.random.Generator) -> Blueprint:
    """Build a bucket with a pouring lip whose handle has fallen to its side."""
    b = Builder()
    radius, height = rng.uniform(0.13, 0.16), rng.uniform(0.24, 0.3)
    vessel(
        b,
        [(0.7 * radius, 0.0), (0.74 * radius, 0.02), (0.95 * radius, 0.9 * height), (1.06 * radius, height)],
        0.005,
        0.007,
        kind="bin",
    )
    b.add(
        Revolve(((0.6 * radius, 0), (0.78 * radius, 0), (0.75 * radius, 0.03), (0.6 * radius, 0.03))),
        slot="plastic black",
        name="foot",
    )
    _bail(b, 1.03 * radius, height - 0.02, up=False)
    return b.done()


def tub(rng: np.random.Generator) -> Blueprint:
    """Build a wide tub with two loops for hands."""
    b = Builder()
    radius, height = rng.uniform(0.17, 0.21), rng.uniform(0.2, 0.26)
    vessel(b, [(0.76 * radius, 0.0), (0.95 * radius, 0.6 * height), (radius, height)], 0.006, 0.008, kind="bin")
    ring(b, radius, 0.014, height)
    for side in (-1, 1):
        path = (
            (side * 0.98 * radius, -0.06, height),
            (side * 1.12 * radius, -0.045, height + 0.05),
            (side * 1.12 * radius, 0.045, height + 0.05),
            (side * 0.98 * radius, 0.06, height),
        )
        b.add(Tube(path, 0.011), name="handle")
    return b.done()


def _spray_top(b: Builder, radius: float | int, z: float | int) -> None:
    """Add a cone, a valve and a spray head on a can of this radius that ends at z."""
    b.add(Frustum(radius, 0.55 * radius, 0.018), (0, 0, z - 0.001), STEEL, name="top")
    b.add(cylinder(0.3 * radius, 0.016), (0, 0, z + 0.012), "plastic white", name="neck")
    b.add(cylinder(0.42 * radius, 0.018), (0, 0, z + 0.026), "plastic white", name="button")
    b.add(Box(0.012, 0.5 * radius, 0.01), (0, -0.3 * radius, z + 0.035), "plastic white", name="spout")


def _spray_label(b: Builder, radius: float | int, z: float | int, height: float | int) -> None:
    b.add(cylinder(1.02 * radius, height), (0, 0, z), "paper white", name="label")
    b.add(cylinder(1.03 * radius, 0.3 * height), (0, 0, z + 0.2 * height), name="label")


def open_spray(rng: np.random.Generator) -> Blueprint:
    """Build a spray can without its cap."""
    b = Builder()
    radius, height = rng.uniform(0.026, 0.033), rng.uniform(0.13, 0.18)
    b.add(cylinder(radius, height))
    ring(b, 0.98 * radius, 0.005, 0.0025, STEEL, name="base")
    _spray_label(b, radius, 0.3 * height, 0.35 * height)
    _spray_top(b, radius, height)
    return b.done()


def capped_spray(rng: np.random.Generator) -> Blueprint:
    """Build a paint can with a broad clear cap over its nozzle and a ring at its shoulder."""
    b = Builder()
    radius, height = rng.uniform(0.03, 0.035), rng.uniform(0.14, 0.17)
    b.add(cylinder(radius, height), slot="metal white")
    b.add(cylinder(1.02 * radius, 0.5 * height), (0, 0, 0.2 * height), name="label")
    ring(b, 0.98 * radius, 0.006, height, STEEL)
    b.add(Frustum(0.98 * radius, 0.7 * radius, 0.02), (0, 0, height), STEEL, name="top")
    b.add(
        Revolve(((0, 0), (0.86 * radius, 0), (0.82 * radius, 0.035), (0.7 * radius, 0.045), (0, 0.045))),
        (0, 0, height + 0.01),
        name="cap",
    )
    return b.done()


def trigger_spray(rng: np.random.Generator) -> Blueprint:
    """Build a cleaner's bottle with a trigger and a nozzle."""
    b = Builder()
    radius, height = rng.uniform(0.036, 0.043), rng.uniform(0.16, 0.19)
    b.add(
        Revolve(
            (
                (0, 0),
                (0.95 * radius, 0),
                (radius, 0.008),
                (radius, 0.55 * height),
                (0.35 * radius, 0.88 * height),
                (0.35 * radius, height),
                (0, height),
            )
        )
    )
    b.add(cylinder(1.02 * radius, 0.3 * height), (0, 0, 0.14 * height), "paper white", name="label")
    b.add(cylinder(0.46 * radius, 0.025), (0, 0, height - 0.01), "plastic white", name="cap")
    b.add(Box(0.024, 0.085, 0.026), (0, -0.014, height + 0.027), "plastic white", name="head")
    b.add(cylinder(0.009, 0.016), (0, -0.055, height + 0.03), "plastic red", turn=(QUARTER, 0, 0), name="spout")
    b.add(
        Tube(((0.0, -0.03, height + 0.018), (0.0, -0.044, height - 0.002), (0.0, -0.046, height - 0.03)), 0.006),
        slot="plastic red",
        name="button",
    )
    return b.done()


CATEGORIES = (
    Category(
        name="toolbox",
        variants={"closed": closed_toolbox, "open": open_toolbox, "carrier": tote_toolbox},
        looks={"metal": ("red", "blue", "gray", "green", "turquoise"), "plastic": ("red", "yellow", "orange", "black")},
        places=("workbench", "workbench", "floor", "floor", "shelf"),
        size=(0.37, 0.56),
        rooms=("workshop",),
        synonyms=("tool chest",),
        patterned=False,
    ),
    Category(
        name="bucket",
        variants={"upright handle": round_bucket, "fallen handle": fallen_bucket, "tub": tub},
        looks={"plastic": (*DYES, "gray", "beige"), "metal": ("gray", "blue", "green")},
        places=("floor", "floor", "floor", "workbench", "cabinet"),
        size=(0.26, 0.5),
        rooms=("workshop", "kitchen"),
        synonyms=("pail",),
        patterned=False,
    ),
    Category(
        name="spray can",
        variants={"open": open_spray, "capped": capped_spray, "trigger": trigger_spray},
        looks={
            "metal": ("red", "blue", "green", "yellow", "black", "turquoise"),
            "plastic": ("blue", "green", "white", "orange", "beige"),
        },
        places=("workbench", "workbench", "shelf", "cabinet", "counter", "bin"),
        size=(0.16, 0.26),
        rooms=("workshop", "kitchen"),
        synonyms=("aerosol", "spray bottle"),
        patterned=False,
    ),
)
