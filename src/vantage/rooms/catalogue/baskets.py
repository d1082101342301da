"""Baskets with handles; all of them are hollow."""

import numpy as np

from vantage.rooms.catalogue.bins import tray_of_panels
from vantage.rooms.catalogue.carpentry import PITCH, rod
from vantage.rooms.catalogue.cases import compartment, headroom
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, Revolve, TorusArc, Tube


def round_basket(rng: np.random.Generator) -> Blueprint:
    """Build a round basket of woven rings with two bowed handles."""
    b = Builder()
    radius, height = rng.uniform(0.17, 0.24), rng.uniform(0.2, 0.32)
    low = 0.8 * radius
    rings, bulge, wall = 8, 0.011, 0.012
    outer = [(0.0, 0.0), (low, 0.0)]
    for k in range(rings):
        for share, out in ((0.25, bulge), (0.75, bulge), (1.0, 0.0)):
            z = height * (k + share) / rings
            outer.append((low + (radius - low) * z / height + out, z))
    inner = ((radius - wall, height), (low - wall, wall), (0.0, wall))
    b.add(Revolve((*outer, *inner)), name="body")
    b.add(TorusArc(radius, 0.015), (0, 0, height), turn=(PITCH, 0, 0), name="rim")
    room = Frustum(0.97 * (low - wall) - 0.002, 0.97 * (radius - wall) - 0.005, height - wall - 0.002)
    b.container(room, (0, 0, wall + 0.001), "bin", opening="up")
    for side in (-1, 1):
        bow = TorusArc(0.06, 0.011, 0.0, np.pi)
        b.add(bow, (side * (radius + 0.004), 0, height - 0.012), turn=(0, 0, np.pi / 2), name="handle")
    return b.done()


def laundry_basket(rng: np.random.Generator) -> Blueprint:
    """Build an oblong laundry basket of slats with openings between them and a thick rim with grips."""
    b = Builder()
    w, d, h = rng.uniform(0.5, 0.62), rng.uniform(0.36, 0.44), rng.uniform(0.24, 0.32)
    b.add(Box(w - 0.02, d - 0.02, 0.014), (0, 0, 0.007), name="base")
    for side in (-1, 1):
        for k in range(9):
            b.add(Box(0.03, 0.008, h), ((k - 4) * (w - 0.05) / 8, side * (d / 2 - 0.012), h / 2), name="slat")
        for k in range(6):
            b.add(Box(0.008, 0.03, h), (side * (w / 2 - 0.012), (k - 2.5) * (d - 0.06) / 5, h / 2), name="slat")
        for z, tall in ((0.03, 0.06), (0.55 * h, 0.03), (h - 0.02, 0.04)):
            b.add(Box(w - 0.01, 0.012, tall), (0, side * (d / 2 - 0.012), z), name="hoop")
            b.add(Box(0.012, d - 0.01, tall), (side * (w / 2 - 0.012), 0, z), name="hoop")
        b.add(Box(w + 0.02, 0.035, 0.014), (0, side * (d / 2 - 0.005), h), name="rim")
        b.add(Box(0.035, d + 0.02, 0.014), (side * (w / 2 - 0.005), 0, h), name="rim")
        grip = (side * (w / 2 + 0.012), 0.0, h)
        for y in (-0.07, 0.07):
            b.add(Box(0.07, 0.02, 0.014), (grip[0] + side * 0.02, y, h), name="handle")
        b.add(Box(0.02, 0.16, 0.014), (grip[0] + side * 0.05, 0, h), name="handle")
    corner = (w / 2 - 0.025, d / 2 - 0.025)
    compartment(b, (-corner[0], -corner[1], 0.014), (*corner, h), "bin", name="inside", opening="up")
    return b.done()


def picnic_basket(rng: np.random.Generator) -> Blueprint:
    """Build an oblong basket of woven bands with a tall handle over its middle."""
    b = Builder()
    w, d, h = rng.uniform(0.36, 0.46), rng.uniform(0.24, 0.3), rng.uniform(0.17, 0.22)
    tray_of_panels(b, (w, d, h), wall=0.014)
    headroom(b, h + 0.08)
    for k in range(4):
        z = (k + 0.5) * h / 4
        for side in (-1, 1):
            b.add(Box(w + 0.006, 0.012, 0.72 * h / 4), (0, side * d / 2, z), name="hoop")
            b.add(Box(0.012, d + 0.006, 0.72 * h / 4), (side * w / 2, 0, z), name="hoop")
    for side in (-1, 1):
        b.add(Box(w + 0.03, 0.025, 0.018), (0, side * d / 2, h), name="rim")
        b.add(Box(0.025, d + 0.03, 0.018), (side * w / 2, 0, h), name="rim")
    bow = tuple(
        (0.0, float((d / 2 + 0.008) * np.cos(a)), float(h - 0.03 + 0.2 * np.sin(a) ** 0.8))
        for a in np.linspace(0, np.pi, 11)
    )
    b.add(Tube(bow, 0.011), name="handle")
    return b.done()


def wire_basket(rng: np.random.Generator) -> Blueprint:
    """Build a basket of crossing wires with two wooden grips."""
    b = Builder()
    w, d, h = rng.uniform(0.32, 0.42), rng.uniform(0.24, 0.3), rng.uniform(0.16, 0.22)
    wire = 0.004
    for side in (-1, 1):
        for z in (0.002, h / 2, h):
            thick = 0.008 if z == h else wire
            b.add(Box(w, thick, thick), (0, side * d / 2, z), name="frame")
            b.add(Box(thick, d, thick), (side * w / 2, 0, z), name="frame")
        for k in range(8):
            b.add(Box(wire, wire, h), ((k - 3.5) * w / 8, side * d / 2, h / 2), name="panel")
        for k in range(6):
            b.add(Box(wire, wire, h), (side * w / 2, (k - 2.5) * d / 6, h / 2), name="panel")
        for y in (-0.05, 0.05):
            b.add(Box(wire, wire, 0.05), (side * w / 2, y, h + 0.025), name="handle")
        rod(b, (side * w / 2, -0.06, h + 0.05), (side * w / 2, 0.06, h + 0.05), 0.01, "wood brown", name="handle")
    b.add(Box(w, d, 0.008), (0, 0, 0.004), name="base")
    corner = (w / 2 - 0.006, d / 2 - 0.006)
    compartment(b, (-corner[0], -corner[1], 0.008), (*corner, h), "bin", name="inside", opening="up")
    return b.done()


CATEGORIES = (
    Category(
        name="basket",
        variants={"round": round_basket, "laundry": laundry_basket, "picnic": picnic_basket, "wire": wire_basket},
        size=(0.32, 0.82),
        looks={
            "wicker": ("brown", "brown", "beige", "white"),
            "wood": ("brown",),
            "plastic": ("pink", "blue", "white", "green", "turquoise"),
        },
        places=("floor", "floor", "shelf", "counter"),
        rooms=("living room", "bedroom", "kitchen"),
        synonyms=("hamper", "wicker basket", "laundry basket"),
        patterned=False,
    ),
)
