"""Balls and basket balls."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, ball_profile
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category, rotation_y, rotation_z
from vantage.rooms.shapes.primitives import Revolve, TorusArc, cylinder
from vantage.rooms.shapes.prisms import Prism, regular


def _band(
    b: Builder,
    radius: float | int,
    at: float | int,
    width: float | int,
    slot: str,
    turn: tuple[float | int, float | int, float | int],
    *,
    name: str = "tape",
) -> None:
    """Add a thin disc through a ball of this radius about the origin's height, so that its edge shows as a band.

    The disc's axis is z before the turn, `at` its distance from the middle along that axis.
    """
    r = 1.008 * math.sqrt(max(radius**2 - at**2, 1e-6))
    axis = rotation_z(turn[2]) @ rotation_y(turn[1]) @ np.array([0.0, 0.0, 1.0])
    x, y, z = (float(v) for v in axis * (at - width / 2))
    b.add(cylinder(r, width), (x, y, z + radius), slot, turn=turn, name=name)


def banded_ball(rng: np.random.Generator) -> Blueprint:
    """Build a rubber play ball with pale bands."""
    b = Builder()
    radius = rng.uniform(0.08, 0.13)
    b.add(ball_profile(radius), (0, 0, radius))
    lean = rng.uniform(0.2, 0.9)
    for at in (-0.28, 0.28):
        _band(b, radius, at * radius, 0.09 * radius, "rubber white", (0, lean, 0.3))
    return b.done()


def soccer_ball(rng: np.random.Generator) -> Blueprint:
    """Build a football with black pentagons at the corners of an icosahedron."""
    b = Builder()
    radius = rng.uniform(0.105, 0.112)
    b.add(ball_profile(radius), (0, 0, radius))
    golden = (1 + math.sqrt(5)) / 2
    corners = [(0.0, s, t * golden) for s in (-1, 1) for t in (-1, 1)]
    corners += [(s, t * golden, 0.0) for s in (-1, 1) for t in (-1, 1)] + [
        (t * golden, 0.0, s) for s in (-1, 1) for t in (-1, 1)
    ]
    for corner in corners:
        x, y, z = np.array(corner) / np.linalg.norm(corner)
        d = 0.93 * radius
        b.add(
            Prism(regular(5, 0.36 * radius), 0.082 * radius, 0.8),
            (float(x) * d, float(y) * d, float(z) * d + radius),
            "rubber black",
            turn=(0, math.acos(float(z)), math.atan2(float(y), float(x))),
            name="panel",
        )
    return b.done()


def hopper_ball(rng: np.random.Generator) -> Blueprint:
    """Build a jumping ball with two horns to hold and a face."""
    b = Builder()
    radius = rng.uniform(0.2, 0.26)
    b.add(ball_profile(radius, squash=0.95), (0, 0, 0.95 * radius))
    for side in (-1, 1):
        b.add(
            Revolve(
                (
                    (0, 0),
                    (0.15 * radius, 0),
                    (0.09 * radius, 0.25 * radius),
                    (0.13 * radius, 0.5 * radius),
                    (0, 0.6 * radius),
                )
            ),
            (side * 0.3 * radius, 0, 1.78 * radius),
            turn=(0, side * 0.3, 0),
            name="handle",
        )
        b.add(
            cylinder(0.12 * radius, 0.16 * radius),
            (side * 0.32 * radius, -0.78 * radius, 1.25 * radius),
            "rubber black",
            turn=(QUARTER - 0.3, 0, side * 0.35),
            name="face",
        )
    b.add(
        TorusArc(0.42 * radius, 0.035 * radius, math.pi + 0.5, 2 * math.pi - 0.5),
        (0, -0.9 * radius, 1.12 * radius),
        "rubber black",
        name="face",
    )
    return b.done()


def oval_ball(rng: np.random.Generator) -> Blueprint:
    """Build a lying oval ball with white rings and a lacing."""
    b = Builder()
    half, radius = rng.uniform(0.135, 0.15), rng.uniform(0.08, 0.09)
    outline = [
        (radius * math.cos(a) ** 1.15, half * math.sin(a)) for a in np.linspace(-QUARTER, QUARTER, 15).tolist()[1:-1]
    ]
    turn = (0, QUARTER, 0)
    b.add(Revolve(((0.0, -half), *outline, (0.0, half))), (0, 0, radius), turn=turn)
    for side in (-1, 1):
        at = 0.62 * half
        r = radius * math.cos(math.asin(0.62)) ** 1.15
        b.add(
            Prism(regular(16, 1.02 * r), 0.012), (side * at - 0.006, 0, radius), "rubber white", turn=turn, name="tape"
        )
    b.add(
        Prism(((-0.34 * half, -0.004), (0.34 * half, -0.004), (0.34 * half, 0.004), (-0.34 * half, 0.004)), 0.02),
        (0, 0, 2 * radius - 0.014),
        "rubber white",
        name="tape",
    )
    for k in range(6):
        b.add(
            Prism(((-0.003, -0.02), (0.003, -0.02), (0.003, 0.02), (-0.003, 0.02)), 0.02),
            ((k - 2.5) * 0.11 * half, 0, 2 * radius - 0.0145),
            "rubber white",
            name="tape",
        )
    return b.done()


def level_basket_ball(rng: np.random.Generator) -> Blueprint:
    """Build a basket ball whose first seam lies level."""
    b = Builder()
    radius = rng.uniform(0.1185, 0.1215)
    b.add(ball_profile(radius), (0, 0, radius))
    _seams(b, radius, 0.0, rng.uniform(0, math.pi))
    return b.done()


def tilted_basket_ball(rng: np.random.Generator) -> Blueprint:
    """Build a basket ball that lies tilted, with a round emblem."""
    b = Builder()
    radius = rng.uniform(0.1185, 0.1215)
    b.add(ball_profile(radius), (0, 0, radius))
    _seams(b, radius, rng.uniform(0.4, 0.8), rng.uniform(0, math.pi))
    b.add(
        cylinder(0.2 * radius, 0.04 * radius),
        (0.0, -0.96 * radius, 1.0 * radius),
        "rubber black",
        turn=(QUARTER, 0, 0),
        name="label",
    )
    return b.done()


def ringed_basket_ball(rng: np.random.Generator) -> Blueprint:
    """Build a basket ball that stands in a low ring."""
    b = Builder()
    radius = rng.uniform(0.1185, 0.1215)
    b.add(
        Revolve(
            (
                (0.55 * radius, -0.02),
                (0.75 * radius, -0.02),
                (0.7 * radius, 0.05 * radius + 0.02),
                (0.62 * radius, 0.05 * radius + 0.02),
            )
        ),
        (0, 0, 0.14 * radius),
        "plastic black",
        name="stand",
    )
    inner = Builder()
    inner.add(ball_profile(radius), (0, 0, radius))
    _seams(inner, radius, rng.uniform(0.2, 1.2), 0.4)
    for part in inner.parts:
        pose = part.object_from_part
        lift = pose.copy()
        lift[2, 3] += 0.03
        b.parts.append(type(part)(part.shape, lift, part.slot, part.name))
    return b.done()


def _seams(b: Builder, radius: float | int, lean: float | int, yaw: float | int) -> None:
    """Add a basket ball's seams: two great circles at right angles and a smaller circle on either side of one."""
    width = 0.055 * radius
    _band(b, radius, 0, width, "rubber black", (0, lean, yaw))
    for at in (-0.6, 0.0, 0.6):
        _band(b, radius, at * radius, width, "rubber black", (0, lean + QUARTER, yaw))


CATEGORIES = (
    Category(
        name="ball",
        variants={"banded": banded_ball, "football": soccer_ball, "hopper": hopper_ball, "oval": oval_ball},
        looks={
            "rubber": ("white", "red", "yellow", "green", "blue", "purple", "pink", "turquoise"),
            "leather": ("white", "brown", "red"),
        },
        places=("floor", "floor", "floor", "shelf", "bin", "bed"),
        size=(0.15, 0.75),
        rooms=("living room", "bedroom"),
        synonyms=("football", "play ball"),
        patterned=False,
    ),
    Category(
        name="basket ball",
        variants={"level": level_basket_ball, "tilted": tilted_basket_ball, "in a ring": ringed_basket_ball},
        looks={"rubber": ("orange", "orange", "orange", "brown")},
        places=("floor", "floor", "floor", "bin", "shelf", "bed", "seat"),
        size=(0.234, 0.3),
        rooms=("bedroom", "living room"),
        synonyms=("basketball",),
        patterned=False,
        phrase="basket ball",
        rich_phrase="{look} basket ball",
    ),
)
