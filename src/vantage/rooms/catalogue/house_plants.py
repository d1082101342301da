"""House plants: leafy, a little tree, sword leaves, and a palm."""

import itertools
import math

import numpy as np

from vantage.rooms.catalogue.foliage import LEAF, leaf_blade, planter
from vantage.rooms.catalogue.pieces import GLAZES, QUARTER, ball_profile, curve
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Frustum, Tube
from vantage.rooms.shapes.prisms import Prism


def leafy_plant(rng: np.random.Generator) -> Blueprint:
    """Build a plant whose broad leaves spread on bent stems."""
    b = Builder()
    radius, height = rng.uniform(0.12, 0.18), rng.uniform(0.2, 0.32)
    planter(b, radius, height)
    reach = rng.uniform(0.4, 0.65)
    for k in range(int(rng.integers(9, 13))):
        angle, lean, length = 2.4 * k, rng.uniform(0.15, 0.85), reach * rng.uniform(0.6, 1.0)
        tip = (
            length * math.sin(lean) * math.cos(angle),
            length * math.sin(lean) * math.sin(angle),
            height + length * math.cos(lean),
        )
        b.add(
            Tube(
                curve(
                    (0, 0, height - 0.01),
                    (0.2 * tip[0], 0.2 * tip[1], height + 0.6 * length * math.cos(lean)),
                    tip,
                    count=3,
                ),
                0.006,
            ),
            slot=LEAF,
            name="stem",
        )
        leaf_blade(b, np.array(tip) - 0.01, angle, lean + 0.7, 0.5 * reach, 0.26 * reach)
    return b.done()


def little_tree(rng: np.random.Generator) -> Blueprint:
    """Build a small tree with a trunk and a crown of leafy balls."""
    b = Builder()
    radius, height, trunk = rng.uniform(0.14, 0.19), rng.uniform(0.24, 0.32), rng.uniform(0.35, 0.6)
    planter(b, radius, height)
    b.add(
        Tube(((0.0, 0.0, height), (0.02, 0.01, height + 0.5 * trunk), (0.0, 0.0, height + trunk + 0.1)), 0.022),
        slot="wood brown",
        name="stem",
    )
    for k in range(7):
        a, r = 2.4 * k, 0.16 * math.sqrt(k / 7)
        at = (r * math.cos(a), r * math.sin(a), height + trunk + 0.1 + 0.14 * float(rng.random()))
        b.add(ball_profile(rng.uniform(0.11, 0.16), points=6), at, LEAF, turn=(0.5 * k, 0.3 * k, 0), name="leaf")
    return b.done()


def sword_plant(rng: np.random.Generator) -> Blueprint:
    """Build a plant of stiff upright blades with pale edges."""
    b = Builder()
    radius, height = rng.uniform(0.1, 0.14), rng.uniform(0.16, 0.24)
    planter(b, radius, height)
    for k in range(int(rng.integers(9, 13))):
        a, r = 2.4 * k, 0.6 * radius * math.sqrt((k + 0.5) / 12)
        long = rng.uniform(0.3, 0.6)
        for slot, grow, thick in (("plant yellow", 1.0, 0.004), (LEAF, 0.72, 0.007)):
            wide = 0.026 * grow
            blade = (
                (-0.7 * wide, 0.0),
                (0.7 * wide, 0.0),
                (wide, 0.5 * long),
                (0.0, long * (0.9 + 0.1 * grow)),
                (-wide, 0.5 * long),
            )
            at = (r * math.cos(a), r * math.sin(a), height - 0.006)
            b.add(
                Prism(blade, thick),
                (at[0] + 0.5 * thick * math.cos(a), at[1] + 0.5 * thick * math.sin(a), at[2]),
                slot,
                turn=(QUARTER, 0, a - QUARTER),
                name="leaf",
            )
    return b.done()


def palm(rng: np.random.Generator) -> Blueprint:
    """Build a palm: a ringed trunk and drooping fronds."""
    b = Builder()
    radius, height, trunk = rng.uniform(0.13, 0.17), rng.uniform(0.2, 0.28), rng.uniform(0.35, 0.7)
    planter(b, radius, height)
    for k in range(5):
        b.add(Frustum(0.036, 0.026, trunk / 5 + 0.01), (0, 0, height - 0.01 + k * trunk / 5), "wood brown", name="stem")
    top = height + trunk
    for k in range(9):
        a, rise, long = 2.4 * k, rng.uniform(0.1, 0.3), rng.uniform(0.3, 0.42)
        c, s = math.cos(a), math.sin(a)
        path = curve(
            (0, 0, top - 0.02),
            (0.45 * long * c, 0.45 * long * s, top + rise),
            (long * c, long * s, top - 0.3 * long + 0.5 * rise),
            count=5,
        )
        for (x0, y0, z0), (x1, y1, z1) in itertools.pairwise(path):
            run = math.hypot(x1 - x0, y1 - y0)
            size = math.hypot(run, z1 - z0) * 1.25
            lean = math.atan2(run, z1 - z0) - QUARTER
            at = ((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2)
            b.add(
                Prism(((-0.5 * size, -0.03), (0.5 * size, -0.016), (0.5 * size, 0.016), (-0.5 * size, 0.03)), 0.004),
                at,
                LEAF,
                turn=(0, lean, a),
                name="leaf",
            )
    return b.done()


CATEGORIES = (
    Category(
        name="house plant",
        variants={"leafy": leafy_plant, "tree": little_tree, "sword": sword_plant, "palm": palm},
        looks={"ceramic": GLAZES, "plastic": ("white", "gray", "brown", "black"), "wicker": ("brown", "beige")},
        places=("floor", "floor", "floor", "floor"),
        size=(0.4, 1.7),
        rooms=("living room", "bedroom", "office"),
        synonyms=("plant in a pot", "potted plant", "indoor plant"),
        phrase="house plant",
        rich_phrase="house plant in a {look} planter",
    ),
)
