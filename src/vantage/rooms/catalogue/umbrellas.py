"""Umbrellas: open, closed, and stood up."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYED, QUARTER, lying
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, regular


def open_umbrella(rng: np.random.Generator) -> Blueprint:
    """Build an open umbrella that stands on its canopy's edge, its stick and crook towards the front."""
    b = Builder()
    radius = rng.uniform(0.42, 0.52)
    parts = Builder()
    sides, high = 8, 0.42 * radius
    steps = ((1.0, 0.0), (0.8, 0.5), (0.45, 0.86), (0.06, 1.0))
    for (r0, h0), (r1, h1) in ((steps[0], steps[1]), (steps[1], steps[2]), (steps[2], steps[3])):
        for k in range(sides):
            a, half = 2 * math.pi * k / sides, math.pi / sides
            c = math.cos(half)
            run, rise = (r0 - r1) * radius * c, (h1 - h0) * high
            slope, size = math.atan2(rise, run), math.hypot(run, rise)
            wide0, wide1 = r0 * radius * math.sin(half), r1 * radius * math.sin(half)
            panel = ((0.0, -wide0), (0.0, wide0), (-size, wide1), (-size, -wide1))
            at = (r0 * radius * c * math.cos(a), r0 * radius * c * math.sin(a), h0 * high)
            parts.add(Prism((panel[0], panel[1], panel[2], panel[3]), 0.004), at, turn=(0, slope, a), name="cover")
    parts.add(cylinder(0.006, 0.8 * radius + high), (0, 0, -0.8 * radius + 0.05), "metal gray", name="pole")
    parts.add(TorusArc(0.04, 0.011, math.pi, 2 * math.pi), (0.04, 0, -0.8 * radius + 0.05), "wood brown", name="handle")
    lean = 2.0
    c, s = math.cos(lean), math.sin(lean)
    tilt = np.eye(4)
    tilt[:3, :3] = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    for part in parts.parts:
        b.parts.append(type(part)(part.shape, tilt @ part.object_from_part, part.slot, part.name))
    return b.done()


def closed_umbrella(rng: np.random.Generator) -> Blueprint:
    """Build a lying rolled umbrella with a crook, a strap and a tip."""
    b = Builder()
    long, radius = rng.uniform(0.52, 0.62), rng.uniform(0.026, 0.032)
    z = radius
    b.add(Prism(regular(8, radius), long, 0.35), (-long / 2, 0, z), turn=(0, QUARTER, 0), name="cover")
    for k in range(6):
        b.add(Box(0.9 * long, 0.006, 0.9 * radius), (-0.03 * long, 0, z), turn=(k * math.pi / 6, 0.0, 0), name="cover")
    lying(b, 0.9 * radius, 0.02, (-0.2 * long, 0, z), "fabric black", name="strap")
    lying(b, 0.005, 0.07, (long / 2 - 0.01, 0, z), "metal gray", name="cap")
    lying(b, 0.006, 0.14, (-long / 2 - 0.13, 0, z), "metal gray", name="pole")
    crook = (
        (-long / 2 - 0.1, 0.0, z),
        (-long / 2 - 0.17, 0.0, z),
        (-long / 2 - 0.2, 0.02, z),
        (-long / 2 - 0.2, 0.06, z),
        (-long / 2 - 0.17, 0.085, z),
        (-long / 2 - 0.13, 0.08, z),
    )
    b.add(Tube(crook, 0.012), slot="wood brown", name="handle")
    return b.done()


def stood_umbrella(rng: np.random.Generator) -> Blueprint:
    """Build a closed umbrella that stands in a round stand."""
    b = Builder()
    long = rng.uniform(0.5, 0.58)
    b.add(
        Revolve(((0, 0), (0.1, 0), (0.1, 0.2), (0.094, 0.2), (0.094, 0.012), (0, 0.012))),
        slot="metal black",
        name="stand",
    )
    z = 0.05
    b.add(cylinder(0.006, long + 0.2), (0, 0, 0.01), "metal gray", name="pole")
    b.add(
        Revolve(((0, 0), (0.012, 0.01), (0.045, 0.75 * long), (0.036, 0.86 * long), (0.012, long), (0, long))),
        (0, 0, z),
        name="cover",
    )
    for k in range(6):
        b.add(Box(0.004, 0.1, 0.5 * long), (0, 0, z + 0.5 * long), turn=(0, 0, k * math.pi / 6), name="cover")
    b.add(cylinder(0.046, 0.02), (0, 0, z + 0.72 * long), "fabric black", name="strap")
    b.add(TorusArc(0.04, 0.012, 0, math.pi), (0.04, 0, z + long + 0.16), "wood brown", name="handle")
    b.add(Tube(((0.0, 0.0, z + long + 0.07), (0.0, 0.0, z + long + 0.16)), 0.012), slot="wood brown", name="handle")
    return b.done()


CATEGORIES = (
    Category(
        name="umbrella",
        variants={"open": open_umbrella, "rolled": closed_umbrella, "in a stand": stood_umbrella},
        looks={"fabric": DYED},
        places=("floor", "floor", "floor"),
        size=(0.6, 1.1),
        rooms=("living room", "bedroom", "office"),
        synonyms=("parasol",),
    ),
)
