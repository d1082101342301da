"""Pencil cups, full and empty."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, hollow, vessel
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve
from vantage.rooms.shapes.prisms import Prism, regular

INKS = ("red", "yellow", "green", "blue", "orange", "purple")


def _pencils(
    b: Builder, reach: float | int, floor: float | int, rim: float | int, count: int, rng: np.random.Generator
) -> None:
    """Add pencils, tips up, that lean in a cup: feet near its axis, shafts against its rim."""
    for k in range(count):
        a = 2 * math.pi * (k + 0.3 * float(rng.random())) / count
        lean = math.atan2(0.72 * reach, rim - floor)
        long = (rim - floor) * 1.05 + rng.uniform(0.02, 0.05)
        turn = (0, lean, a)
        start = np.array([0.12 * reach * math.cos(a), 0.12 * reach * math.sin(a), floor])
        along = np.array([math.sin(lean) * math.cos(a), math.sin(lean) * math.sin(a), math.cos(lean)])
        for slot, low, size, taper in (
            (f"wood {INKS[k % 6]}", 0.0, long, 1.0),
            ("skin white", long, 0.012, 0.45),
            (f"wood {INKS[k % 6]}", long + 0.011, 0.006, 0.2),
        ):
            radius = 0.0042 if low < long + 0.005 else 0.0021
            x, y, z = (float(v) for v in start + along * low)
            b.add(Prism(regular(6, radius), size, taper), (x, y, z + 0.002), slot, turn=turn, name="content")


def round_pencil_cup(rng: np.random.Generator) -> Blueprint:
    """Build a round cup full of pencils."""
    b = Builder()
    radius, height = rng.uniform(0.036, 0.044), rng.uniform(0.09, 0.11)
    vessel(b, [(0.95 * radius, 0.0), (radius, height)], 0.003, 0.006, name="body")
    b.containers.clear()
    b.supports.clear()
    _pencils(b, radius, 0.006, height, int(rng.integers(4, 7)), rng)
    return b.done()


def square_pencil_cup(rng: np.random.Generator) -> Blueprint:
    """Build a square cup with pencils and a ruler."""
    b = Builder()
    side, height = rng.uniform(0.07, 0.085), rng.uniform(0.09, 0.11)
    hollow(b, (side, side, height), 0.004, "vessel")
    b.containers.clear()
    b.supports.clear()
    _pencils(b, 0.45 * side, 0.004, height, 5, rng)
    b.add(
        Box(0.026, 0.003, height + 0.06),
        (0, 0.36 * side, 0.003 + (height + 0.06) / 2),
        "plastic yellow",
        name="content",
    )
    for k in range(5):
        b.add(
            Box(0.01, 0.0036, 0.0015), (0.007, 0.36 * side, height + 0.008 + 0.01 * k), "plastic black", name="content"
        )
    return b.done()


def empty_pencil_cup(rng: np.random.Generator) -> Blueprint:
    """Build an open desk tidy of two joined cups, one of them empty, one with pencils."""
    b = Builder()
    radius, height = rng.uniform(0.034, 0.04), rng.uniform(0.095, 0.115)
    vessel(b, [(radius, 0.0), (radius, height)], 0.003, 0.006)
    _pencils(b, radius, 0.006, height, 4, rng)
    b.containers.clear()
    b.supports.clear()
    vessel(b, [(0.8 * radius, 0.0), (0.8 * radius, 0.55 * height)], 0.003, 0.006, at=(1.77 * radius, 0, 0))
    b.add(Box(2.4 * radius, 0.8 * radius, 0.006), (0.8 * radius, 0, 0.003), name="base")
    for x, r, z in ((0.0, radius, height), (1.77 * radius, 0.8 * radius, 0.55 * height)):
        b.add(
            Revolve(((r - 0.003, 0), (r + 0.002, 0), (r + 0.002, 0.005), (r - 0.003, 0.005))),
            (x, 0, z - 0.004),
            "plastic black",
            name="rim",
        )
    return b.done()


CATEGORIES = (
    Category(
        name="pencil cup",
        variants={"round": round_pencil_cup, "square": square_pencil_cup, "double": empty_pencil_cup},
        looks={"plastic": DYES, "metal": ("black", "gray", "red"), "wood": ("brown", "beige")},
        places=("desk", "desk", "desk", "shelf", "workbench", "sideboard"),
        size=(0.12, 0.21),
        rooms=("office", "bedroom"),
        synonyms=("pen holder", "pencil holder"),
        patterned=False,
    ),
)
