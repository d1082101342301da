"""Kettles and teapots."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DARK, GLAZES, QUARTER, ball_profile, c_handle, curve, knob, ring
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, Revolve, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism


def stove_kettle(rng: np.random.Generator) -> Blueprint:
    """Build a whistling kettle: a broad body, a short spout and a handle that arches over it."""
    b = Builder()
    radius = rng.uniform(0.09, 0.105)
    high = rng.uniform(1.05, 1.25) * radius
    profile = (
        (0, 0),
        (radius, 0),
        (1.02 * radius, 0.02),
        (0.9 * radius, 0.55 * high),
        (0.62 * radius, 0.85 * high),
        (0.4 * radius, 0.95 * high),
        (0, 0.95 * high),
    )
    b.add(Revolve(profile))
    b.add(Frustum(0.42 * radius, 0.4 * radius, 0.01), (0, 0, 0.94 * high), name="lid")
    knob(b, 0.013, 0.94 * high + 0.01, DARK)
    b.add(Frustum(0.032, 0.018, 0.08), (0.62 * radius, 0, 0.55 * high), turn=(0, 0.85, 0), name="spout")
    arch = 0.82 * radius
    b.add(TorusArc(arch, 0.0055, 0.12, math.pi - 0.12), (0, 0, 0.62 * high), "metal gray", name="handle")
    b.add(TorusArc(arch, 0.011, 0.9, math.pi - 0.9), (0, 0, 0.62 * high), DARK, name="handle")
    return b.done()


def electric_kettle(rng: np.random.Generator) -> Blueprint:
    """Build an electric kettle: a tall jug on a base, with a big loop handle and a beak."""
    b = Builder()
    radius, height = rng.uniform(0.072, 0.082), rng.uniform(0.19, 0.22)
    b.add(cylinder(1.05 * radius, 0.022), slot=DARK, name="base")
    top = 0.74 * radius
    b.add(Revolve(((0, 0), (radius, 0), (0.98 * radius, 0.25 * height), (top, height), (0, height))), (0, 0, 0.022))
    b.add(Revolve(((0, 0), (top, 0), (0.8 * top, 0.014), (0, 0.018))), (0, 0, 0.022 + height), DARK, name="lid")
    beak = ((-0.03, 0.0), (0.03, 0.0), (0.0, 0.045))
    b.add(Prism(beak, 0.035), (top - 0.012, 0, height - 0.014), turn=(0, 0, -QUARTER), name="spout")
    z0, z1 = 0.022 + 0.2 * height, 0.022 + 0.97 * height
    out = -radius - 0.045
    path = (
        (-top + 0.006, 0.0, z1),
        (out + 0.02, 0.0, z1 + 0.004),
        (out, 0.0, z1 - 0.03),
        (out + 0.008, 0.0, z0 + 0.03),
        (-0.96 * radius, 0.0, z0),
    )
    b.add(Tube(path, 0.011), slot=DARK, name="handle")
    b.add(Box(0.02, 0.03, 0.012), (-radius - 0.028, 0, z1 + 0.012), "plastic red", name="button")
    b.add(Box(0.006, 0.012, 0.5 * height), (0.0, -0.86 * radius, 0.45 * height), "glass black", name="pane")
    return b.done()


def gooseneck_kettle(rng: np.random.Generator) -> Blueprint:
    """Build a kettle for pouring coffee: a cone, a thin swan's neck and an open handle."""
    b = Builder()
    radius, height = rng.uniform(0.078, 0.09), rng.uniform(0.13, 0.15)
    b.add(Revolve(((0, 0), (radius, 0), (radius, 0.015), (0.55 * radius, height), (0, height))))
    b.add(Frustum(0.57 * radius, 0.5 * radius, 0.012), (0, 0, height), name="lid")
    knob(b, 0.014, height + 0.012, DARK)
    neck = curve(
        (0.9 * radius, 0, 0.03),
        (2.1 * radius, 0, 0.01),
        (1.1 * radius, 0, 1.1 * height),
        (2.3 * radius, 0, 1.08 * height),
        count=9,
    )
    b.add(Tube(neck, 0.008), name="spout")
    path = (
        (-0.58 * radius, 0.0, 0.9 * height),
        (-1.35 * radius, 0.0, 1.15 * height),
        (-1.6 * radius, 0.0, 0.95 * height),
        (-1.45 * radius, 0.0, 0.35 * height),
    )
    b.add(Tube(path, 0.0095), slot=DARK, name="handle")
    return b.done()


def round_teapot(rng: np.random.Generator) -> Blueprint:
    """Build a round teapot with an ear and a bent spout."""
    b = Builder()
    radius = rng.uniform(0.075, 0.095)
    b.add(ball_profile(radius, squash=0.84, points=13), (0, 0, 0.86 * radius))
    b.add(Frustum(0.6 * radius, 0.5 * radius, 0.16 * radius), name="foot")
    spout = curve(
        (0.85 * radius, 0, 0.6 * radius),
        (1.4 * radius, 0, 0.6 * radius),
        (1.3 * radius, 0, 1.3 * radius),
        (1.75 * radius, 0, 1.5 * radius),
    )
    b.add(Tube(spout, 0.14 * radius), name="spout")
    c_handle(b, 0.85 * radius, 0.9 * radius, 0.5 * radius, 0.085 * radius, side=-1)
    b.add(
        Revolve(
            (
                (0, 0),
                (0.52 * radius, 0),
                (0.5 * radius, 0.04 * radius),
                (0.2 * radius, 0.22 * radius),
                (0, 0.25 * radius),
            )
        ),
        (0, 0, 1.56 * radius),
        name="lid",
    )
    knob(b, 0.13 * radius, 1.79 * radius)
    return b.done()


def tall_teapot(rng: np.random.Generator) -> Blueprint:
    """Build a tall pear-shaped pot with a high handle."""
    b = Builder()
    radius, height = rng.uniform(0.06, 0.07), rng.uniform(0.19, 0.22)
    profile = (
        (0, 0),
        (0.7 * radius, 0),
        (0.72 * radius, 0.01),
        (0.98 * radius, 0.2 * height),
        (radius, 0.34 * height),
        (0.78 * radius, 0.65 * height),
        (0.56 * radius, 0.9 * height),
        (0, 0.9 * height),
    )
    b.add(Revolve(profile))
    b.add(
        Revolve(((0, 0), (0.6 * radius, 0), (0.56 * radius, 0.01), (0.3 * radius, 0.035), (0, 0.04))),
        (0, 0, 0.895 * height),
        name="lid",
    )
    knob(b, 0.011, 0.895 * height + 0.038)
    spout = curve(
        (0.85 * radius, 0, 0.3 * height),
        (1.5 * radius, 0, 0.28 * height),
        (1.15 * radius, 0, 0.75 * height),
        (1.75 * radius, 0, 0.88 * height),
    )
    b.add(Tube(spout, 0.012), name="spout")
    ear = curve(
        (-0.6 * radius, 0, 0.82 * height),
        (-2.1 * radius, 0, 0.95 * height),
        (-1.9 * radius, 0, 0.35 * height),
        (-0.93 * radius, 0, 0.24 * height),
        count=9,
    )
    b.add(Tube(ear, 0.008), name="handle")
    return b.done()


def squat_teapot(rng: np.random.Generator) -> Blueprint:
    """Build a low cylindrical teapot with a straight spout and a side stick for a handle."""
    b = Builder()
    radius = rng.uniform(0.07, 0.085)
    height = rng.uniform(1.0, 1.15) * radius
    b.add(
        Revolve(
            ((0, 0), (0.9 * radius, 0), (radius, 0.012), (radius, height - 0.015), (0.85 * radius, height), (0, height))
        )
    )
    b.add(Revolve(((0, 0), (0.68 * radius, 0), (0.64 * radius, 0.01), (0, 0.014))), (0, 0, height - 0.001), name="lid")
    knob(b, 0.012, height + 0.012)
    b.add(Frustum(0.022, 0.011, 0.075), (0.85 * radius, 0, 0.5 * height), turn=(0, 0.75, 0), name="spout")
    ring(b, 0.9 * radius, 0.01, 0.005, name="foot")
    x = radius + 0.035
    ear = (
        (-0.96 * radius, 0.0, 0.86 * height),
        (-x, 0.0, 0.9 * height),
        (-x, 0.0, 0.25 * height),
        (-0.96 * radius, 0.0, 0.22 * height),
    )
    b.add(Tube(ear, 0.0075), name="handle")
    return b.done()


CATEGORIES = (
    Category(
        name="kettle",
        variants={"stove": stove_kettle, "electric": electric_kettle, "gooseneck": gooseneck_kettle},
        looks={
            "metal": ("gray", "red", "black", "blue", "turquoise"),
            "plastic": ("white", "black", "red", "green", "beige"),
        },
        places=("counter", "counter", "counter", "table", "sideboard", "cabinet"),
        size=(0.18, 0.42),
        rooms=("kitchen", "office"),
        synonyms=("tea kettle", "water boiler"),
        patterned=False,
    ),
    Category(
        name="teapot",
        variants={"round": round_teapot, "tall": tall_teapot, "squat": squat_teapot},
        looks={"ceramic": GLAZES, "stone": ("gray", "black", "beige")},
        places=("table", "table", "sideboard", "counter", "cabinet", "shelf"),
        size=(0.17, 0.32),
        rooms=("kitchen", "living room"),
        synonyms=("tea pot", "pot of tea"),
    ),
)
