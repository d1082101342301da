"""Ring toys and toy blocks."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, ball_profile
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, Frustum, Revolve, TorusArc, cylinder
from vantage.rooms.shapes.prisms import Prism

RAINBOW = ("red", "orange", "yellow", "green", "blue", "purple")


def _round_ring(major: float | int, minor: float | int) -> Revolve:
    """Make a level ring with an eight-sided section."""
    angles = [QUARTER * (k + 0.5) / 2 for k in range(8)]
    return Revolve(tuple((major + minor * math.cos(a), minor * math.sin(a)) for a in angles))


def ring_tower(rng: np.random.Generator) -> Blueprint:
    """Build rings that shrink upwards on a peg."""
    b = Builder()
    radius, minor = rng.uniform(0.075, 0.095), rng.uniform(0.018, 0.022)
    b.add(Frustum(1.1 * radius, 0.95 * radius, 0.02), slot="wood brown", name="base")
    b.add(cylinder(0.012, 0.03 + 9 * minor), (0, 0, 0.01), "wood brown", name="pole")
    for k in range(4):
        b.add(
            _round_ring(radius * (1 - 0.15 * k) - minor, minor),
            (0, 0, 0.02 + minor * (2 * k + 0.95)),
            "main" if k % 2 == 0 else f"plastic {RAINBOW[int(rng.integers(6))]}",
            name="hoop",
        )
    b.add(ball_profile(0.024, points=9), (0, 0, 0.05 + 9 * minor), "wood brown", name="knob")
    return b.done()


def flat_rings(rng: np.random.Generator) -> Blueprint:
    """Build a cone of thick flat discs with round edges on a rocking foot."""
    b = Builder()
    radius, thick = rng.uniform(0.07, 0.09), rng.uniform(0.024, 0.03)
    z = 0.03
    b.add(Ellipsoid(0.8 * radius, 0.8 * radius, 0.03), (0, 0, 0.03), "wood brown", name="base")
    b.add(cylinder(0.012, 6 * thick), (0, 0, z), "wood brown", name="pole")
    for k in range(6):
        b.add(
            Frustum(radius * (1 - 0.12 * k), radius * (0.95 - 0.12 * k), 0.96 * thick),
            (0, 0, z + 0.012),
            "main" if k % 2 == 0 else f"plastic {RAINBOW[(k + int(rng.integers(3))) % 6]}",
            name="hoop",
        )
        z += thick
    b.add(ball_profile(0.022, points=9), (0, 0, z + 0.02), "wood brown", name="knob")
    return b.done()


def hoop_toss(rng: np.random.Generator) -> Blueprint:
    """Build a game of quoits: a cross with five pegs, rings over some of them."""
    b = Builder()
    reach = rng.uniform(0.13, 0.17)
    for a in (0.0, QUARTER):
        b.add(Box(2 * reach + 0.03, 0.04, 0.02), (0, 0, 0.01), "wood brown", turn=(0, 0, a), name="base")
    for x, y in ((0.0, 0.0), (reach, 0.0), (-reach, 0.0), (0.0, reach), (0.0, -reach)):
        b.add(cylinder(0.008, 0.11), (x, y, 0.015), "wood brown", name="pole")
    b.add(TorusArc(0.05, 0.008), (0.0, 0.0, 0.028), turn=(QUARTER, 0, 0), name="hoop")
    b.add(TorusArc(0.05, 0.008), (reach, 0.0, 0.028), turn=(QUARTER, 0, 0), name="hoop")
    return b.done()


def _cube(
    b: Builder, side: float | int, at: tuple[float | int, float | int, float | int], yaw: float | int, slot: str
) -> None:
    """Add a toy block with a pale square on each upright side; `at` is the middle of its foot."""
    x, y, z = at
    b.add(Box(side, side, side), (x, y, z + side / 2), slot, turn=(0, 0, yaw), name="body")
    b.add(
        Box(0.62 * side, 1.01 * side, 0.62 * side), (x, y, z + side / 2), "wood white", turn=(0, 0, yaw), name="label"
    )
    b.add(
        Box(1.01 * side, 0.62 * side, 0.62 * side), (x, y, z + side / 2), "wood white", turn=(0, 0, yaw), name="label"
    )
    b.add(Box(0.24 * side, 1.02 * side, 0.4 * side), (x, y, z + side / 2), slot, turn=(0, 0, yaw), name="label")


def block_tower(rng: np.random.Generator) -> Blueprint:
    """Build a tower of cubes with pictures."""
    b = Builder()
    side = rng.uniform(0.04, 0.055)
    for k in range(4):
        _cube(
            b,
            side,
            (rng.uniform(-0.006, 0.006), rng.uniform(-0.006, 0.006), k * side),
            rng.uniform(-0.5, 0.5),
            "main" if k % 2 == 0 else f"wood {RAINBOW[int(rng.integers(6))]}",
        )
    return b.done()


def block_pyramid(rng: np.random.Generator) -> Blueprint:
    """Build six cubes in three steps."""
    b = Builder()
    side = rng.uniform(0.04, 0.05)
    for row, count in enumerate((3, 2, 1)):
        for k in range(count):
            _cube(
                b,
                side,
                ((k - (count - 1) / 2) * 1.04 * side, 0.0, row * side),
                rng.uniform(-0.06, 0.06),
                "main" if (row + k) % 2 == 0 else f"wood {RAINBOW[int(rng.integers(6))]}",
            )
    return b.done()


def block_gate(rng: np.random.Generator) -> Blueprint:
    """Build a gate of building blocks: two columns, a bridge, a roof."""
    b = Builder()
    side = rng.uniform(0.038, 0.05)
    for x in (-1.3, 1.3):
        b.add(cylinder(0.5 * side, 2.4 * side), (x * side, 0, 0), f"wood {RAINBOW[int(rng.integers(6))]}", name="leg")
        b.add(Box(1.1 * side, 1.1 * side, 0.5 * side), (x * side, 0, 2.65 * side), "wood white", name="panel")
    b.add(Box(4 * side, side, 0.8 * side), (0, 0, 3.3 * side), name="top")
    b.add(
        Prism(((-1.2 * side, 0.0), (1.2 * side, 0.0), (0.0, 1.1 * side)), side),
        (0, side / 2, 3.7 * side),
        "wood red",
        turn=(QUARTER, 0, 0),
        name="top",
    )
    _cube(b, side, (0.1 * side, -1.1 * side, 0), 0.4, "main")
    b.add(Box(0.9 * side, 1.2 * side, 0.004), (0.1 * side, -0.3 * side, 0.002), "wood brown", name="base")
    b.add(Box(2.2 * side, 0.8 * side, 0.004), (0, 0, 0.002), "wood brown", name="base")
    return b.done()


CATEGORIES = (
    Category(
        name="ring toy",
        variants={"tower": ring_tower, "discs": flat_rings, "quoits": hoop_toss},
        looks={"plastic": (*VIVID, "turquoise"), "wood": ("red", "blue", "green")},
        places=("floor", "floor", "table", "shelf", "bin"),
        size=(0.15, 0.46),
        rooms=("bedroom", "living room"),
        synonyms=("stacking rings",),
        patterned=False,
    ),
    Category(
        name="toy blocks",
        variants={"tower": block_tower, "pyramid": block_pyramid, "gate": block_gate},
        looks={"wood": (*VIVID, "turquoise"), "plastic": VIVID},
        places=("floor", "floor", "table", "shelf", "bed"),
        size=(0.11, 0.26),
        rooms=("bedroom", "living room"),
        synonyms=("building blocks",),
        patterned=False,
        phrase="{look} toy blocks",
    ),
)
