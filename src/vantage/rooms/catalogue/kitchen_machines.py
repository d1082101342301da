"""Toasters and microwaves."""

import numpy as np

from vantage.rooms.catalogue.pieces import DARK, QUARTER, disc, hollow
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox
from vantage.rooms.shapes.prisms import Prism, rounded


def _toaster_body(
    b: Builder, x: float | int, y: float | int, z: float | int, slots: tuple[float, ...], long: float | int
) -> None:
    """Add a rounded case on a dark foot with dark slots along x in its top, at these y."""
    b.add(Box(x - 0.02, y - 0.02, 0.02), (0, 0, 0.01), DARK, name="base")
    b.add(Prism(rounded(x, z - 0.012, 0.04, steps=6), y), (0, y / 2, 0.012 + (z - 0.012) / 2), turn=(QUARTER, 0, 0))
    for at in slots:
        b.add(Box(long, 0.024, 0.002), (0, at, z), "metal black", name="top")


def two_slot_toaster(rng: np.random.Generator) -> Blueprint:
    """Build a toaster with two slots, a lever, a dial and toast that looks out."""
    b = Builder()
    x, y, z = rng.uniform(0.26, 0.3), rng.uniform(0.15, 0.17), rng.uniform(0.17, 0.19)
    _toaster_body(b, x, y, z, (-0.034, 0.034), 0.66 * x)
    _lever(b, x / 2, 0.0, 0.66 * z)
    disc(b, 0.014, 0.01, (0.3 * x, -y / 2, 0.3 * z), DARK, name="knob")
    b.add(
        Prism(rounded(0.1, 0.09, 0.02), 0.013),
        (0, -0.0275, z + 0.01),
        "crust brown",
        turn=(QUARTER, 0, 0),
        name="content",
    )
    return b.done()


def _lever(b: Builder, x: float | int, y: float | int, z: float | int) -> None:
    """Add a lever in its slit on the right end."""
    b.add(Box(0.002, 0.008, 0.09), (x + 0.0008, y, z - 0.02), "metal black", name="panel")
    b.add(RoundedBox(0.03, 0.035, 0.014, 0.005), (x + 0.012, y, z), DARK, name="handle")


def long_slot_toaster(rng: np.random.Generator) -> Blueprint:
    """Build a narrow toaster with one long slot and a rack for rolls above it."""
    b = Builder()
    x, y, z = rng.uniform(0.36, 0.4), rng.uniform(0.11, 0.125), rng.uniform(0.17, 0.19)
    _toaster_body(b, x, y, z, (0.0,), 0.78 * x)
    _lever(b, x / 2, 0.0, 0.62 * z)
    for k in range(3):
        b.add(Box(0.014, 0.004, 0.012), (0.36 * x, -y / 2 - 0.001, z * (0.3 + 0.15 * k)), "metal gray", name="button")
    for side in (-1, 1):
        b.add(Box(0.006, 0.006, 0.035), (side * 0.32 * x, 0.035, z + 0.0165), "metal gray", name="frame")
        b.add(Box(0.006, 0.076, 0.006), (side * 0.32 * x, 0.0, z + 0.034), "metal gray", name="frame")
        b.add(Box(0.64 * x, 0.006, 0.006), (0, side * 0.035, z + 0.034), "metal gray", name="frame")
    return b.done()


def four_slot_toaster(rng: np.random.Generator) -> Blueprint:
    """Build a wide toaster with four slots and two levers in front."""
    b = Builder()
    x, y, z = rng.uniform(0.27, 0.3), rng.uniform(0.25, 0.28), rng.uniform(0.18, 0.2)
    b.add(RoundedBox(x, y, z - 0.014, 0.03), (0, 0, 0.014 + (z - 0.014) / 2))
    b.add(Box(x - 0.04, y - 0.04, 0.03), (0, 0, 0.015), DARK, name="base")
    for sx in (-1, 1):
        for sy in (-0.4, 0.4):
            b.add(Box(0.026, 0.3 * y, 0.002), (sx * 0.24 * x + sy * 0.02, sy * 0.5 * y, z), "metal black", name="top")
            b.add(Box(0.026, 0.3 * y, 0.002), (sx * 0.24 * x - 0.045 * sx, sy * 0.5 * y, z), "metal black", name="top")
        b.add(Box(0.008, 0.003, 0.08), (sx * 0.24 * x, -y / 2 - 0.0008, 0.58 * z), "metal black", name="panel")
        b.add(RoundedBox(0.04, 0.026, 0.014, 0.005), (sx * 0.24 * x, -y / 2 - 0.012, 0.7 * z), DARK, name="handle")
        disc(b, 0.013, 0.012, (sx * 0.24 * x, -y / 2, 0.26 * z), "metal gray", name="knob")
    return b.done()


def _microwave_case(b: Builder, x: float | int, y: float | int, z: float | int, *, closed: bool) -> float:
    """Add the case: the oven at the left, the panel with keys at the right; return the oven's width."""
    oven = 0.74 * x
    panel = x - oven
    hollow(b, (oven, y, z - 0.012), 0.018, "oven", at=(-x / 2 + oven / 2, 0, 0.012), opening="front", closed=closed)
    b.add(Box(panel, y, z - 0.012), (x / 2 - panel / 2, 0, 0.012 + (z - 0.012) / 2))
    for sx in (-1, 1):
        for sy in (-1, 1):
            b.add(Box(0.03, 0.03, 0.014), (sx * (x / 2 - 0.05), sy * (y / 2 - 0.05), 0.007), DARK, name="foot")
    return oven


def _keypad(b: Builder, x: float | int, y: float | int, z: float | int, width: float | int) -> None:
    """Add a glowing clock and rows of keys about x, on the face at y."""
    b.add(Box(width, 0.004, 0.12 * z), (x, y, 0.85 * z), "plastic black", name="screen")
    b.add(Box(0.6 * width, 0.005, 0.06 * z), (x, y, 0.85 * z), "plastic green glow", name="screen")
    for row in range(4):
        for column in range(3):
            at = (x + (column - 1) * width / 3, y - 0.001, z * (0.68 - 0.12 * row))
            b.add(Box(0.24 * width, 0.005, 0.07 * z), at, "plastic gray", name="key")
    b.add(Box(0.9 * width, 0.006, 0.1 * z), (x, y, 0.16 * z), "plastic gray", name="button")


def closed_microwave(rng: np.random.Generator) -> Blueprint:
    """Build a microwave oven with its door shut."""
    b = Builder()
    x, y, z = rng.uniform(0.46, 0.54), rng.uniform(0.33, 0.4), rng.uniform(0.27, 0.3)
    oven = _microwave_case(b, x, y, z, closed=True)
    middle = -x / 2 + oven / 2
    b.add(Box(oven - 0.006, 0.024, z - 0.02), (middle, -y / 2 - 0.0115, 0.012 + (z - 0.012) / 2), name="door")
    b.add(Box(0.78 * oven, 0.003, 0.66 * z), (middle - 0.015, -y / 2 - 0.024, 0.53 * z), "glass black", name="pane")
    b.add(
        RoundedBox(0.016, 0.03, 0.7 * z, 0.006),
        (-x / 2 + oven - 0.022, -y / 2 - 0.036, 0.53 * z),
        "metal gray",
        name="handle",
    )
    _keypad(b, x / 2 - (x - oven) / 2, -y / 2 - 0.001, z, 0.75 * (x - oven))
    return b.done()


def open_microwave(rng: np.random.Generator) -> Blueprint:
    """Build a microwave oven whose door stands open to the left."""
    b = Builder()
    x, y, z = rng.uniform(0.46, 0.52), rng.uniform(0.33, 0.37), rng.uniform(0.27, 0.3)
    oven = _microwave_case(b, x, y, z, closed=False)
    _keypad(b, x / 2 - (x - oven) / 2, -y / 2 - 0.001, z, 0.75 * (x - oven))
    left, wide, middle = -x / 2 + 0.013, oven - 0.006, 0.012 + (z - 0.012) / 2
    b.add(Box(0.024, wide, z - 0.02), (left, -y / 2 - wide / 2 - 0.0005, middle), name="door")
    b.add(Box(0.003, 0.76 * wide, 0.66 * z), (left + 0.0125, -y / 2 - 0.5 * wide, 0.53 * z), "glass black", name="pane")
    b.add(Box(0.003, 0.76 * wide, 0.66 * z), (left - 0.0125, -y / 2 - 0.5 * wide, 0.53 * z), "glass black", name="pane")
    b.add(
        RoundedBox(0.03, 0.016, 0.7 * z, 0.006),
        (left - 0.024, -y / 2 - wide + 0.022, 0.53 * z),
        "metal gray",
        name="handle",
    )
    return b.done()


def dial_microwave(rng: np.random.Generator) -> Blueprint:
    """Build a small microwave oven with two dials and a door to push."""
    b = Builder()
    x, y, z = rng.uniform(0.43, 0.47), rng.uniform(0.32, 0.36), rng.uniform(0.25, 0.28)
    oven = _microwave_case(b, x, y, z, closed=True)
    middle = -x / 2 + oven / 2
    b.add(
        RoundedBox(oven - 0.004, 0.03, z - 0.014, 0.01), (middle, -y / 2 - 0.0145, 0.012 + (z - 0.012) / 2), name="door"
    )
    outline = rounded(0.72 * oven, 0.6 * z, 0.04)
    b.add(Prism(outline, 0.003), (middle, -y / 2 - 0.0285, 0.53 * z), "glass black", turn=(QUARTER, 0, 0), name="pane")
    right = x / 2 - (x - oven) / 2
    for height in (0.72, 0.42):
        disc(b, 0.034, 0.006, (right, -y / 2, height * z), "metal gray", name="panel")
        disc(b, 0.024, 0.024, (right, -y / 2 - 0.004, height * z), DARK, name="knob", taper=0.9)
        b.add(Box(0.005, 0.004, 0.02), (right, -y / 2 - 0.029, height * z + 0.01), "plastic white", name="knob")
    b.add(Box(0.7 * (x - oven), 0.008, 0.12 * z), (right, -y / 2 - 0.002, 0.15 * z), "metal gray", name="button")
    return b.done()


CATEGORIES = (
    Category(
        name="toaster",
        variants={"two slots": two_slot_toaster, "long slot": long_slot_toaster, "four slots": four_slot_toaster},
        looks={
            "metal": ("gray", "red", "black", "turquoise", "beige"),
            "plastic": ("white", "black", "red", "yellow", "green"),
        },
        places=("counter", "counter", "counter", "sideboard", "table", "cabinet"),
        size=(0.26, 0.44),
        rooms=("kitchen",),
        synonyms=("bread toaster",),
        patterned=False,
    ),
    Category(
        name="microwave",
        variants={"closed": closed_microwave, "open": open_microwave, "dials": dial_microwave},
        looks={"metal": ("gray", "black", "red", "white"), "plastic": ("white", "black", "turquoise", "beige")},
        places=("counter", "counter", "counter", "sideboard", "shelf"),
        size=(0.42, 0.8),
        rooms=("kitchen", "office"),
        synonyms=("microwave oven",),
        patterned=False,
    ),
)
