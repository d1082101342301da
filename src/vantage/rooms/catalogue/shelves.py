"""Bookcases and shelves on the wall."""

import numpy as np

from vantage.rooms.catalogue.carpentry import block, corners, rod, strut
from vantage.rooms.catalogue.cases import Case, case, compartment, shelves
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, cylinder


def upright_bookcase(rng: np.random.Generator) -> Blueprint:
    """Build a tall case of shelves on a plinth, with a cornice."""
    b = Builder()
    width, depth, height = rng.uniform(0.7, 1.05), rng.uniform(0.28, 0.36), rng.uniform(1.5, 2.05)
    b.add(Box(width - 0.02, depth - 0.03, 0.06), (0, 0.01, 0.03), name="base")
    inner = case(b, (width, depth, height - 0.06), (0, 0, 0.06))
    shelves(b, inner, round(height / 0.36))
    b.add(Box(width + 0.03, depth + 0.02, 0.02), (0, -0.01, height + 0.01), name="top")
    b.support(0, -0.01, (width / 2 - 0.02, depth / 2 - 0.02), height + 0.02, 0.35, "shelf")
    return b.done()


def low_bookcase(rng: np.random.Generator) -> Blueprint:
    """Build a low, long case of two rows on short feet."""
    b = Builder()
    width, depth, height = rng.uniform(1.1, 1.5), rng.uniform(0.28, 0.36), rng.uniform(0.72, 0.86)
    inner = case(b, (width, depth, height - 0.1), (0, 0, 0.1), board=0.025)
    for x, y in corners(width - 0.12, depth - 0.1):
        b.add(Box(0.045, 0.045, 0.1), (x, y, 0.05), name="foot")
    block(b, (-0.012, inner.low[1], inner.low[2]), (0.012, inner.high[1], inner.high[2]))
    for x0, x1 in ((inner.low[0], -0.012), (0.012, inner.high[0])):
        shelves(b, Case((x0, *inner.low[1:]), (x1, *inner.high[1:])), 2)
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.02), height, 0.8, "sideboard")
    return b.done()


def cube_bookcase(rng: np.random.Generator) -> Blueprint:
    """Build a grid of square compartments in thick boards."""
    b = Builder()
    columns, rows, cell = int(rng.integers(2, 5)), int(rng.integers(3, 5)), rng.uniform(0.33, 0.37)
    depth, thick, thin = 0.37, 0.035, 0.018
    width, height = columns * (cell + thin) - thin + 2 * thick, rows * (cell + thin) - thin + 2 * thick
    inner = case(b, (width, depth, height), board=thick)
    for k in range(1, columns):
        x = inner.low[0] + k * (cell + thin) - thin
        block(b, (x, inner.low[1] + 0.004, inner.low[2]), (x + thin, inner.high[1], inner.high[2]))
    for k in range(columns):
        x = inner.low[0] + k * (cell + thin)
        shelves(b, Case((x, *inner.low[1:]), (x + cell, *inner.high[1:])), rows, inset=0.004)
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.02), height, 0.4, "shelf")
    return b.done()


def stepped_bookcase(rng: np.random.Generator) -> Blueprint:
    """Build three columns of shelves that rise like stairs."""
    b = Builder()
    cell, depth, board = rng.uniform(0.34, 0.4), rng.uniform(0.3, 0.36), 0.022
    side = 1 if rng.random() < 0.5 else -1
    for k in range(3):
        x = side * (k - 1) * (cell + board)
        inner = case(b, (cell + 2 * board, depth, (k + 1) * cell + board), (x, 0, 0), board=board)
        shelves(b, inner, k + 1)
        b.support(x, 0, (cell / 2 - 0.01, depth / 2 - 0.02), (k + 1) * cell + board, 0.35, "shelf")
    return b.done()


def ladder_bookcase(rng: np.random.Generator) -> Blueprint:
    """Build leaning rails with shelves that grow deeper towards the floor."""
    b = Builder()
    width, height, deep = rng.uniform(0.6, 0.8), rng.uniform(1.55, 1.9), rng.uniform(0.42, 0.5)
    metal = "metal black" if rng.random() < 0.4 else "main"
    rows = 5
    for side in (-1, 1):
        x = side * width / 2
        strut(b, (x, deep / 2 - 0.02 - deep, 0.0), (x, deep / 2 - 0.03, height), (0.04, 0.028), metal, name="frame")
        b.add(Box(0.028, 0.035, height), (x, deep / 2 - 0.0175, height / 2), metal, name="frame")
    pitch = height / rows
    for k in range(rows):
        z = 0.1 + k * pitch
        front = -deep / 2 + (deep - 0.05) * z / height
        half = width / 2 - 0.014
        block(b, (-half, front, z), (half, deep / 2, z + 0.02), name="shelf")
        b.add(Box(width - 0.03, 0.012, 0.06), (0, deep / 2 - 0.006, z + 0.045), name="back")
        if k < rows - 1:
            compartment(b, (-half, front, z + 0.02), (half, deep / 2 - 0.013, z + pitch))
    return b.done()


def bracket_shelf(rng: np.random.Generator) -> Blueprint:
    """Build a board on two brackets."""
    b = Builder()
    width, depth = rng.uniform(0.6, 1.2), rng.uniform(0.18, 0.26)
    b.add(Box(width, depth, 0.025), (0, 0, 0.2125), name="shelf")
    metal = "metal black" if rng.random() < 0.6 else "metal gray"
    for side in (-1, 1):
        x = side * 0.33 * width
        b.add(Box(0.025, 0.012, 0.2), (x, depth / 2 - 0.006, 0.1), metal, name="stand")
        b.add(Box(0.025, depth - 0.03, 0.01), (x, 0.015, 0.195), metal, name="stand")
        strut(b, (x, depth / 2 - 0.006, 0.02), (x, -depth / 2 + 0.04, 0.195), (0.01, 0.014), metal, name="stand")
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.015), 0.225, 0.35, "shelf")
    return b.done()


def box_shelf(rng: np.random.Generator) -> Blueprint:
    """Build a long open box divided into compartments."""
    b = Builder()
    width, depth, height = rng.uniform(0.75, 1.2), rng.uniform(0.2, 0.26), rng.uniform(0.26, 0.34)
    inner = case(b, (width, depth, height), board=0.018)
    count = int(rng.integers(2, 4))
    pitch = (inner.width + 0.016) / count
    for k in range(count):
        x = inner.low[0] + k * pitch
        if k:
            block(b, (x - 0.016, inner.low[1], inner.low[2]), (x, inner.high[1], inner.high[2]))
        compartment(b, (x, inner.low[1], inner.low[2]), (x + pitch - 0.016, inner.high[1], inner.high[2]))
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.015), height, 0.3, "shelf")
    return b.done()


def tiered_shelf(rng: np.random.Generator) -> Blueprint:
    """Build three boards that hang between upright rails on the wall."""
    b = Builder()
    width, depth, height = rng.uniform(0.6, 0.9), rng.uniform(0.18, 0.24), rng.uniform(0.7, 0.9)
    for side in (-1, 1):
        x = side * (0.5 * width - 0.06)
        b.add(Box(0.025, 0.015, height), (x, depth / 2 - 0.0075, height / 2), "metal black", name="frame")
        rod(b, (x, -depth / 2 + 0.02, 0.03), (x, depth / 2 - 0.01, height - 0.02), 0.005, "metal black", name="cord")
    pitch = (height - 0.12) / 3
    for k in range(3):
        z, front = 0.03 + k * pitch, -depth / 2 + 0.8 * (depth - 0.06) * k / 3
        block(b, (-width / 2, front, z), (width / 2, depth / 2 - 0.015, z + 0.02), name="shelf")
        # Clear of the cords that run through the boards' ends.
        half = (width / 2 - 0.08, (depth / 2 - 0.015 - front) / 2 - 0.015)
        b.support(0, (front + depth / 2 - 0.015) / 2, half, z + 0.02, pitch - 0.03, "shelf")
    return b.done()


def hook_shelf(rng: np.random.Generator) -> Blueprint:
    """Build a shelf with a rail along its edge above a board with hooks."""
    b = Builder()
    width, depth, tall = rng.uniform(0.55, 0.85), rng.uniform(0.16, 0.22), 0.16
    b.add(Box(width, 0.02, tall), (0, depth / 2 - 0.01, tall / 2), name="back")
    b.add(Box(width + 0.02, depth, 0.02), (0, 0, tall + 0.01), name="shelf")
    for side in (-1, 1):
        block(
            b,
            (side * (width / 2 - 0.04) - 0.01, -0.03, tall - 0.09),
            (side * (width / 2 - 0.04) + 0.01, depth / 2, tall),
        )
        for y in (-depth / 2 + 0.01, depth / 2 - 0.01):
            b.add(cylinder(0.005, 0.05), (side * (width / 2), y, tall + 0.02), "metal gray", name="frame")
        b.add(Box(0.008, depth - 0.02, 0.008), (side * (width / 2), 0, tall + 0.07), "metal gray", name="frame")
    b.add(Box(width, 0.008, 0.008), (0, -depth / 2 + 0.01, tall + 0.07), "metal gray", name="frame")
    for k in range(4):
        x = (k - 1.5) * width / 4.6
        rod(b, (x, depth / 2 - 0.01, 0.06), (x, depth / 2 - 0.07, 0.045), 0.006, "metal gray", name="hook")
        rod(b, (x, depth / 2 - 0.07, 0.045), (x, depth / 2 - 0.08, 0.075), 0.006, "metal gray", name="hook")
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.02), tall + 0.02, 0.3, "shelf")
    return b.done()


CATEGORIES = (
    Category(
        name="bookcase",
        variants={
            "upright": upright_bookcase,
            "low": low_bookcase,
            "cubes": cube_bookcase,
            "stepped": stepped_bookcase,
            "ladder": ladder_bookcase,
        },
        size=(1.05, 2.1),
        looks={"wood": ("brown", "brown", "white", "black", "gray", "green")},
        places=("group",),
        rooms=("living room", "office", "bedroom"),
        synonyms=("bookshelf", "book case", "shelving unit"),
    ),
    Category(
        name="wall shelf",
        variants={"bracket": bracket_shelf, "box": box_shelf, "tiered": tiered_shelf, "hooks": hook_shelf},
        size=(0.55, 1.25),
        looks={"wood": ("brown", "brown", "white", "black", "gray", "red", "blue"), "metal": ("white", "black")},
        places=("wall",),
        synonyms=("hanging shelf", "mounted shelf", "wall-mounted shelf"),
        patterned=False,
    ),
)
