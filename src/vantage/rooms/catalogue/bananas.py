"""Bananas: one, a bunch, and a peeled one."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import ball_profile, curve
from vantage.rooms.catalogue.places import FRUIT_PLACES
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category, Vector
from vantage.rooms.shapes.primitives import Tube


def _banana(
    b: Builder, length: float | int, thick: float | int, at: Vector, yaw: float | int, *, bend: float | int = 0.8
) -> None:
    """Add one lying banana bent in the level plane, with dark ends; `at` is the middle of its bow."""
    c, s = math.cos(yaw), math.sin(yaw)
    radius = length / (2 * bend)
    path: list[tuple[float | int, float | int, float | int]] = []
    for k in range(9):
        a = bend * (k / 4 - 1)
        x, y = radius * math.sin(a), radius * (1 - math.cos(a))
        path.append((at[0] + c * x - s * y, at[1] + s * x + c * y, float(at[2])))
    b.add(Tube(tuple(path), thick))
    for inner, outer, size in ((path[1], path[0], 0.42), (path[-2], path[-1], 0.5)):
        step = np.array(outer) - np.array(inner)
        step /= np.linalg.norm(step)
        tip = np.array(outer) + step * thick
        end = tip + step * (0.9 * thick if size > 0.45 else 0.15 * thick)
        low, high = (float(tip[0]), float(tip[1]), float(tip[2])), (float(end[0]), float(end[1]), float(end[2]))
        b.add(Tube((low, high), size * thick), slot="skin brown", name="stem")


def one_banana(rng: np.random.Generator) -> Blueprint:
    """Build a single lying banana."""
    b = Builder()
    thick = rng.uniform(0.016, 0.019)
    _banana(b, rng.uniform(0.14, 0.17), thick, (0, 0, thick), 0.0, bend=rng.uniform(0.6, 0.85))
    return b.done()


def bunch_of_bananas(rng: np.random.Generator) -> Blueprint:
    """Build a bunch whose bananas share a stem and spread from it."""
    b = Builder()
    thick, count = rng.uniform(0.016, 0.018), int(rng.integers(3, 5))
    length = rng.uniform(0.14, 0.16)
    for k in range(count):
        spread = 0.42 * (k - (count - 1) / 2)
        out = np.array([math.sin(spread), -math.cos(spread)])
        points = (
            (0.0, 0.0, 0.055),
            (0.02 * out[0], 0.03 * out[1], 0.07),
            (0.5 * length * out[0], 0.55 * length * out[1], 0.075),
            (0.95 * length * out[0], 0.95 * length * out[1], thick),
        )
        path = curve(*((float(x), float(y), float(z)) for x, y, z in points), count=7)
        b.add(Tube(path[1:], thick))
        last, step = np.array(path[-1]), np.array(path[-1]) - np.array(path[-2])
        step *= thick / np.linalg.norm(step)
        tip = last + step
        tip[2] = max(float(tip[2]), 0.5 * thick)
        b.add(
            ball_profile(0.4 * thick, points=5),
            (float(tip[0]), float(tip[1]), float(tip[2])),
            "skin brown",
            name="stem",
        )
    b.add(Tube(((0.0, -0.01, 0.06), (0.0, 0.014, 0.066)), 0.016), slot="skin brown", name="stem")
    return b.done()


def peeled_banana(rng: np.random.Generator) -> Blueprint:
    """Build a half-peeled banana: pale flesh between three flaps of skin."""
    b = Builder()
    thick = rng.uniform(0.016, 0.018)
    length = rng.uniform(0.075, 0.09)
    b.add(Tube(curve((-length, 0.02, thick), (-0.5 * length, 0.0, thick), (0, 0, thick), count=5), thick))
    b.add(
        Tube(
            curve((-0.01, 0, thick), (0.5 * length, 0.0, thick + 0.004), (0.9 * length, 0.012, thick + 0.008), count=5),
            0.84 * thick,
        ),
        slot="skin white",
        name="content",
    )
    for y, z in ((-1.0, 0.0), (1.0, 0.0), (0.0, 1.0)):
        flap = curve(
            (-0.012, 0.6 * y * thick, thick + 0.7 * z * thick),
            (0.02, 2.0 * y * thick, thick + 2.2 * z * thick),
            (0.04, 2.6 * y * thick, 0.3 * thick + 2.6 * z * thick),
            count=5,
        )
        b.add(Tube(flap, 0.28 * thick), name="leaf")
    b.add(
        Tube(((-length - 0.6 * thick, 0.025, thick), (-length - 1.9 * thick, 0.034, thick)), 0.4 * thick),
        slot="skin brown",
        name="stem",
    )
    return b.done()


CATEGORIES = (
    Category(
        name="banana",
        variants={"single": one_banana, "bunch": bunch_of_bananas, "peeled": peeled_banana},
        looks={"skin": ("yellow", "yellow", "green")},
        places=FRUIT_PLACES,
        size=(0.12, 0.25),
        rooms=("kitchen", "living room", "office"),
        patterned=False,
    ),
)
