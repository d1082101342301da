"""Stoves and washing machines."""

import numpy as np

from vantage.rooms.catalogue.carpentry import PITCH, block, corners
from vantage.rooms.catalogue.cases import case, compartment, shelves
from vantage.rooms.catalogue.fronts import Leaf, knob
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, Revolve, TorusArc, cylinder

ENAMEL = ("white", "white", "gray", "black", "red")
"""Colours of painted steel."""


LINING = "plastic white"


def oven(b: Builder, width: float, depth: float, low: float, high: float, *, angle: float = 0.0) -> None:
    """Add a hollow oven with two racks and a door with a window and a bar; an `angle` lets the door hang open."""
    at = (0.0, 0.0, low)
    inner = case(b, (width, depth, high - low), at, board=0.03)
    shelves(b, inner, 2, "metal black", kind="oven", closed=angle == 0.0, board=0.006, inset=0.04)
    tall = high - low - 0.01
    c, s = float(np.cos(angle)), float(np.sin(angle))

    def on_door(shape: Box, out: float, up: float, slot: str, name: str) -> None:
        y, z = -depth / 2 - out * c - up * s, low + 0.005 + up * c - out * s
        b.add(shape, (0, y, z), slot, turn=(angle, 0, 0), name=name)

    on_door(Box(width - 0.01, 0.035, tall), 0.018, tall / 2, "main", "door")
    on_door(Box(0.68 * width, 0.006, 0.55 * tall), 0.036, 0.48 * tall, "glass black", "pane")
    on_door(Box(0.8 * width, 0.014, 0.018), 0.075, 0.9 * tall, "metal gray", "handle")
    for side in (-1, 1):
        arm = Box(0.014, 0.05, 0.014)
        y, z = -depth / 2 - 0.055 * c - 0.9 * tall * s, low + 0.005 + 0.9 * tall * c - 0.055 * s
        b.add(arm, (side * 0.37 * width, y, z), "metal gray", turn=(angle, 0, 0), name="handle")


def stove_foot(b: Builder, width: float, depth: float) -> None:
    """Add a dark foot and the drawer for trays under an oven."""
    b.add(Box(width - 0.06, depth - 0.06, 0.06), (0, 0, 0.03), "plastic black", name="base")
    b.add(Box(width, depth, 0.14), (0, 0, 0.12), name="body")
    b.add(Box(width - 0.01, 0.02, 0.12), (0, -depth / 2 - 0.009, 0.12), name="drawer")
    b.add(Box(0.3 * width, 0.014, 0.012), (0, -depth / 2 - 0.024, 0.16), "metal gray", name="handle")


def places_on_top(b: Builder, x: float, y: float, z: float) -> None:
    """Add a support on each of four burners."""
    for u, v in corners(2 * x, 2 * y):
        b.support(u, v, (0.085, 0.085), z, 0.6, "counter")


def plate_stove(rng: np.random.Generator) -> Blueprint:
    """Build an electric stove: ringed plates on top, and knobs and a clock on a panel behind them."""
    b = Builder()
    width, depth, height = rng.uniform(0.56, 0.64), rng.uniform(0.58, 0.62), rng.uniform(0.86, 0.92)
    stove_foot(b, width, depth)
    oven(b, width, depth, 0.19, height - 0.03)
    b.add(Box(width + 0.01, depth + 0.01, 0.03), (0, 0, height - 0.015), name="top")
    z = height
    for k, (x, y) in enumerate(corners(0.28, 0.26)):
        radius = (0.075, 0.095)[k % 2]
        b.add(Frustum(radius + 0.012, radius + 0.008, 0.004), (x, y - 0.02, z - 0.001), "metal gray", name="burner")
        b.add(cylinder(radius, 0.012), (x, y - 0.02, z), "metal black", name="burner")
        b.support(x, y - 0.02, (0.085, 0.085), z + 0.012, 0.6, "counter")
    b.add(Box(width, 0.05, 0.17), (0, depth / 2 - 0.02, height + 0.085), name="panel")
    face = depth / 2 - 0.045
    for k in (-2, -1, 1, 2):
        knob(b, k * 0.105 + (0.015 if k > 0 else -0.015), face, height + 0.1, "plastic black", radius=0.024)
    b.add(Box(0.11, 0.006, 0.05), (0, face - 0.002, height + 0.1), "glass black", name="screen")
    return b.done()


def grate(b: Builder, x: float, y: float, z: float) -> None:
    """Add a gas burner with its cap under a square iron grate."""
    b.add(cylinder(0.045, 0.012), (x, y, z), "metal gray", name="burner")
    b.add(cylinder(0.03, 0.02), (x, y, z), "metal black", name="burner")
    for side in (-1, 1):
        b.add(Box(0.012, 0.22, 0.012), (x + side * 0.105, y, z + 0.03), "metal black", name="frame")
        b.add(Box(0.22, 0.012, 0.012), (x, y + side * 0.105, z + 0.03), "metal black", name="frame")
        for other in (-1, 1):
            b.add(
                Box(0.012, 0.012, 0.035), (x + side * 0.105, y + other * 0.105, z + 0.0145), "metal black", name="foot"
            )
    for turn in (0.0, np.pi / 2):
        b.add(Box(0.22, 0.01, 0.012), (x, y, z + 0.03), "metal black", turn=(0, 0, turn), name="frame")


def gas_stove(rng: np.random.Generator, *, angle: float = 0.0) -> Blueprint:
    """Build a gas stove: iron grates over burners and a row of knobs above the oven door."""
    b = Builder()
    width, depth, height = rng.uniform(0.58, 0.66), rng.uniform(0.58, 0.64), rng.uniform(0.86, 0.9)
    stove_foot(b, width, depth)
    oven(b, width, depth, 0.19, height - 0.14, angle=angle)
    b.add(Box(width, depth + 0.02, 0.11), (0, -0.01, height - 0.085), name="panel")
    b.add(Box(width + 0.01, depth + 0.03, 0.03), (0, -0.01, height - 0.015), "metal gray", name="top")
    for k in range(5):
        knob(b, (k - 2) * 0.18 * width, -depth / 2 - 0.02, height - 0.085, "plastic black", radius=0.021)
    for x, y in corners(0.26, 0.27):
        grate(b, x, y, height - 0.001)
        b.support(x, y, (0.085, 0.085), height + 0.035, 0.6, "counter")
    return b.done()


def open_stove(rng: np.random.Generator) -> Blueprint:
    """Build a gas stove whose oven door hangs open, so that the racks within show."""
    return gas_stove(rng, angle=rng.uniform(1.25, 1.5))


def wide_stove(rng: np.random.Generator) -> Blueprint:
    """Build a broad stove with a smooth black top, two ovens above each other in front, and a towel rail."""
    b = Builder()
    width, depth, height = rng.uniform(0.85, 1.0), rng.uniform(0.6, 0.65), rng.uniform(0.88, 0.92)
    b.add(Box(width - 0.08, depth - 0.08, 0.08), (0, 0, 0.04), "plastic black", name="base")
    oven(b, width, depth, 0.08, 0.5)
    oven(b, width, depth, 0.5, height - 0.13)
    b.add(Box(width, depth + 0.01, 0.12), (0, -0.005, height - 0.075), name="panel")
    for k in range(7):
        knob(b, (k - 3) * 0.13 * width, -depth / 2 - 0.01, height - 0.075, "metal gray", radius=0.02)
    b.add(Box(width + 0.01, depth + 0.02, 0.018), (0, -0.005, height - 0.009), "glass black", name="top")
    for k, (x, y) in enumerate(corners(0.5 * width, 0.28)):
        ring = TorusArc((0.085, 0.1)[k % 2], 0.003)
        b.add(ring, (x, y, height), "plastic white", turn=(PITCH, 0, 0), name="burner")
    places_on_top(b, 0.25 * width, 0.14, height)
    return b.done()


def drum(b: Builder, y: float, z: float, radius: float, deep: float) -> None:
    """Add a level drum that is open towards -y at `y`."""
    outer = ((0.0, 0.0), (radius, 0.0), (radius, deep), (radius - 0.01, deep), (radius - 0.01, 0.012), (0.0, 0.012))
    b.add(Revolve(outer), (0, y + deep, z), "metal gray", turn=(PITCH, 0, 0), name="basin")
    half, low = 0.4 * radius, z - 0.85 * radius
    block(b, (-half, y + 0.01, low - 0.03), (half, y + deep - 0.005, low), "metal gray", name="basin")
    compartment(b, (-half, y + 0.02, low), (half, y + deep - 0.014, z + 0.85 * radius), "drum", name="drum")


def washer_front(b: Builder, width: float, depth: float, height: float, z: float, hole: float) -> None:
    """Add a machine's case with a round opening in its front, and its panel with a dial, a screen and a soap drawer."""
    case(b, (width, depth, height), board=0.018)
    face, thick = -depth / 2, 0.018
    w = width / 2
    for low, high in (
        ((-w, 0.03), (w, z - hole)),
        ((-w, z + hole), (w, height)),
        ((-w, z - hole), (-hole, z + hole)),
        ((hole, z - hole), (w, z + hole)),
    ):
        block(b, (low[0], face - thick, low[1]), (high[0], face, high[1]))
    ring = ((hole - 0.005, 0.0), (1.42 * hole, 0.0), (1.38 * hole, 0.02), (hole, 0.024))
    b.add(Revolve(ring), (0, face - 0.008, z), "plastic gray", turn=(PITCH, 0, 0), name="rim")
    top = height - 0.065
    y = face - thick
    b.add(Box(width - 0.01, 0.006, 0.095), (0, y - 0.002, top), "plastic gray", name="panel")
    b.add(Box(0.17, 0.012, 0.075), (-0.3 * width, y - 0.006, top), name="drawer")
    knob(b, 0.02, y, top, "metal gray", radius=0.03)
    b.add(Box(0.11, 0.006, 0.04), (0.28 * width, y - 0.006, top), "glass black", name="screen")


def front_washer(rng: np.random.Generator, *, angle: float = 0.0) -> Blueprint:
    """Build a washing machine with a round window in its front."""
    b = Builder()
    width, depth, height = rng.uniform(0.58, 0.62), rng.uniform(0.52, 0.62), rng.uniform(0.83, 0.88)
    z, hole = 0.44, 0.15
    washer_front(b, width, depth, height, z, hole)
    face = -depth / 2 - 0.018
    drum(b, face + 0.004, z, 0.205, depth - 0.06)
    for x, y in corners(width - 0.08, depth - 0.08):
        b.add(cylinder(0.02, 0.03), (x, y, -0.025), "plastic black", name="foot")
    door = Leaf(-1.3 * hole, face - 0.014, 1, angle)
    centre, radius = 1.3 * hole, 1.18 * hole
    frame = Revolve(((0.86 * radius, 0.0), (radius, 0.0), (0.97 * radius, 0.035), (0.86 * radius, 0.035)))
    door.add(b, frame, centre, 0.0, z, "plastic gray" if rng.random() < 0.5 else "metal gray", pitch=PITCH)
    door.add(b, Frustum(0.87 * radius, 0.6 * radius, 0.03), centre, 0.006, z, "glass black", name="pane", pitch=PITCH)
    door.add(b, Box(0.03, 0.02, 0.09), centre + 0.9 * radius, 0.038, z, "metal gray", name="handle")
    door.add(b, Box(0.05, 0.025, 0.08), 0.012, 0.004, z, "plastic gray", name="frame")
    b.support(0, 0, (width / 2 - 0.03, depth / 2 - 0.03), height, 0.6, "shelf")
    return b.done()


def open_washer(rng: np.random.Generator) -> Blueprint:
    """Build a washing machine whose round door stands open before its drum."""
    return front_washer(rng, angle=rng.uniform(1.4, 2.2))


def top_washer(rng: np.random.Generator) -> Blueprint:
    """Build a washing machine that is filled from above: an open lid, a drum below it and dials behind."""
    b = Builder()
    width, depth, height = rng.uniform(0.58, 0.66), rng.uniform(0.6, 0.66), rng.uniform(0.88, 0.94)
    case(b, (width, depth, height - 0.02), board=0.018, top=False)
    block(b, (-width / 2 + 0.01, -depth / 2 - 0.01, 0.04), (width / 2 - 0.01, -depth / 2, height - 0.02), name="panel")
    hole, y = 0.19, -0.05
    for low, high in (
        ((-width / 2, -depth / 2 - 0.01), (width / 2, y - hole)),
        ((-width / 2, y + hole), (width / 2, depth / 2)),
        ((-width / 2, y - hole), (-hole, y + hole)),
        ((hole, y - hole), (width / 2, y + hole)),
    ):
        block(b, (*low, height - 0.02), (*high, height), name="top")
    wall = ((hole + 0.02, 0.0), (hole + 0.02, 0.5), (hole + 0.008, 0.5), (hole + 0.008, 0.012), (0.0, 0.012))
    b.add(Revolve(((0.0, 0.0), *wall)), (0, y, height - 0.515), "metal gray", name="basin")
    b.container(Frustum(0.14, 0.14, 0.48), (0, y, height - 0.502), "drum", name="drum", opening="up")
    b.add(Box(width, 0.09, 0.17), (0, depth / 2 - 0.045, height + 0.08), name="panel")
    face = depth / 2 - 0.09
    for k in (-1, 0, 1):
        knob(b, k * 0.16, face, height + 0.09, "metal gray", radius=0.03)
    lean = rng.uniform(1.35, 1.6)
    hinge, tall = y + hole + 0.025, 2 * hole + 0.03
    c, s = float(np.cos(lean)), float(np.sin(lean))
    at = (0.0, hinge - tall / 2 * c, height - 0.002 + tall / 2 * s)
    b.add(Box(tall, tall, 0.014), at, turn=(-lean, 0, 0), name="lid")
    return b.done()


CATEGORIES = (
    Category(
        name="stove",
        variants={"plates": plate_stove, "gas": gas_stove, "open": open_stove, "wide": wide_stove},
        size=(0.85, 1.35),
        looks={"metal": (*ENAMEL, "blue", "green")},
        places=("group",),
        rooms=("kitchen",),
        synonyms=("cooker", "range", "oven"),
        patterned=False,
    ),
    Category(
        name="washing machine",
        variants={"front": front_washer, "open": open_washer, "top": top_washer},
        size=(0.83, 1.4),
        looks={"metal": ("white", "white", "gray", "black"), "plastic": ("white", "gray")},
        places=("group",),
        rooms=("kitchen", "workshop"),
        synonyms=("washer", "laundry machine"),
        patterned=False,
    ),
)
