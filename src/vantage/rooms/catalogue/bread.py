"""Bread: a round loaf, a loaf from a tin, a long one, and slices."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, curve
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, Revolve, Tube
from vantage.rooms.shapes.prisms import Prism, ellipse

CRUMB = "skin white"
"""The pale inside of bread."""


def round_loaf(rng: np.random.Generator) -> Blueprint:
    """Build a round country loaf with pale cuts on its top."""
    b = Builder()
    radius = rng.uniform(0.095, 0.125)
    high = rng.uniform(0.75, 0.9) * radius
    b.add(
        Revolve(
            (
                (0, 0),
                (0.85 * radius, 0),
                (radius, 0.2 * high),
                (0.97 * radius, 0.45 * high),
                (0.8 * radius, 0.75 * high),
                (0.5 * radius, 0.95 * high),
                (0, high),
            )
        )
    )
    for k in range(4):
        y = (k - 1.5) * 0.36 * radius
        reach = 0.62 * math.sqrt(max(0.2, 1 - (y / radius) ** 2)) * radius
        top = high * (0.99 - 0.55 * (y / radius) ** 2)
        path = curve((-reach, y, top - 0.3 * high), (0, y, top + 0.34 * high), (reach, y, top - 0.3 * high), count=5)
        b.add(Tube(path, 0.05 * radius), slot=CRUMB, name="top")
    return b.done()


def tin_loaf(rng: np.random.Generator) -> Blueprint:
    """Build a tin loaf with a domed top, some slices cut off and lying before it."""
    b = Builder()
    long, wide = rng.uniform(0.16, 0.2), rng.uniform(0.1, 0.115)
    outline = _slice_outline(wide)
    b.add(Prism(outline, long), (-long / 2, 0, 0), turn=(QUARTER, 0, QUARTER))
    b.add(
        Prism(tuple((0.9 * x, 0.004 + 0.92 * z) for x, z in outline), 0.003),
        (long / 2 - 0.001, 0, 0),
        CRUMB,
        turn=(QUARTER, 0, QUARTER),
        name="content",
    )
    for k in range(2):
        x = long / 2 + 0.002 + 0.02 * k
        b.add(Prism(outline, 0.013), (x, 0, 0.0), turn=(QUARTER, 0, QUARTER))
        face = tuple((0.88 * u, 0.005 + 0.9 * z) for u, z in outline)
        b.add(Prism(face, 0.003), (x + 0.0115, 0, 0.0), CRUMB, turn=(QUARTER, 0, QUARTER), name="content")
    b.add(Box(0.05, 0.7 * wide, 0.004), (long / 2 + 0.015, 0, 0.002), CRUMB, name="content")
    return b.done()


def _slice_outline(wide: float | int) -> tuple[tuple[float | int, float | int], ...]:
    """Return the outline (x, z) of a slice of tin bread: straight sides and a domed, slightly wider top."""
    half = wide / 2
    dome = [
        (1.08 * half * math.cos(a), 0.72 * wide + 0.32 * wide * math.sin(a))
        for a in np.linspace(0, math.pi, 9).tolist()
    ]
    return ((-0.94 * half, 0.0), (0.94 * half, 0.0), *dome)


def baguette(rng: np.random.Generator) -> Blueprint:
    """Build a long thin loaf with slanted cuts."""
    b = Builder()
    long, thick = rng.uniform(0.42, 0.56), rng.uniform(0.03, 0.036)
    b.add(Ellipsoid(long / 2, thick, 0.8 * thick), (0, 0, 0.78 * thick))
    b.add(Tube(((-0.34 * long, 0.0, 0.8 * thick), (0.34 * long, 0.0, 0.8 * thick)), 0.8 * thick))
    for k in range(6):
        x = (k - 2.5) * 0.125 * long
        z = 1.5 * thick * (1 - 0.25 * (2 * x / long) ** 2)
        b.add(
            Prism(ellipse(0.06 * long, 0.24 * thick, count=10), 0.004, 0.9),
            (x, 0, z),
            CRUMB,
            turn=(0, 0, 0.45),
            name="top",
        )
    return b.done()


def toast(rng: np.random.Generator) -> Blueprint:
    """Build two slices of bread, one lying half on the other."""
    b = Builder()
    wide = rng.uniform(0.1, 0.12)
    outline = tuple((x, z - 0.5 * wide) for x, z in _slice_outline(wide))
    for k, (x, y, yaw, tilt) in enumerate(((0.0, 0.0, 0.0, 0.0), (0.5 * wide, 0.012, -0.35, 0.0))):
        z = 0.0165 * k
        b.add(Prism(outline, 0.016), (x, y, z), turn=(0, tilt, yaw))
        inner = tuple((0.88 * u, 0.88 * v) for u, v in outline)
        b.add(Prism(inner, 0.0015), (x, y, z + 0.0155), CRUMB, turn=(0, tilt, yaw), name="content")
    return b.done()


CATEGORIES = (
    Category(
        name="bread",
        variants={"round": round_loaf, "tin": tin_loaf, "baguette": baguette, "slices": toast},
        looks={"crust": ("brown", "brown", "orange", "beige")},
        places=("table", "table", "counter", "counter", "counter", "cabinet", "plate", "oven"),
        size=(0.14, 0.6),
        rooms=("kitchen",),
        synonyms=("loaf of sourdough", "loaf of bread", "loaf"),
        patterned=False,
        phrase="bread",
        rich_phrase="bread",
    ),
)
