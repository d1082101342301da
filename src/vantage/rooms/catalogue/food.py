"""Fruit, bread and cake."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, ball_profile, curve
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category, Vector
from vantage.rooms.shapes.primitives import Ellipsoid, Revolve, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse

FRUIT_PLACES = (
    "table",
    "table",
    "counter",
    "counter",
    "fridge",
    "vessel",
    "vessel",
    "vessel",
    "plate",
    "plate",
    "desk",
)


def _apple_profile(radius: float | int) -> Revolve:
    """Make an apple about its middle: broad above, with a hollow at its stem."""
    outline = (
        (0.0, -0.82),
        (0.35, -0.9),
        (0.7, -0.72),
        (0.93, -0.3),
        (1.0, 0.1),
        (0.93, 0.5),
        (0.7, 0.8),
        (0.42, 0.86),
        (0.2, 0.74),
        (0.0, 0.6),
    )
    return Revolve(tuple((radius * r, radius * z) for r, z in outline))


def _stem(b: Builder, radius: float | int, z: float | int, *, leaf: bool) -> None:
    b.add(
        Tube(((0.0, 0.0, z + 0.55 * radius), (0.12 * radius, 0.0, z + 1.15 * radius)), 0.06 * radius),
        slot="wood brown",
        name="stem",
    )
    if leaf:
        at = (0.52 * radius, 0, z + 1.08 * radius)
        b.add(Ellipsoid(0.45 * radius, 0.2 * radius, 0.05 * radius), at, "plant green", turn=(0, -0.3, 0), name="leaf")


def apple(rng: np.random.Generator) -> Blueprint:
    """Build an apple with its stem and a leaf."""
    b = Builder()
    radius = rng.uniform(0.036, 0.046)
    b.add(_apple_profile(radius), (0, 0, 0.9 * radius))
    _stem(b, radius, 0.9 * radius, leaf=True)
    return b.done()


def half_apple(rng: np.random.Generator) -> Blueprint:
    """Build an apple cut across: half of it on its round side, flesh and seeds in view."""
    b = Builder()
    radius = rng.uniform(0.036, 0.046)
    outline = ((0.0, -0.9), (0.4, -0.85), (0.75, -0.62), (0.95, -0.25), (1.0, 0.0), (0.0, 0.0))
    b.add(Revolve(tuple((radius * r, radius * z) for r, z in outline)), (0, 0, 0.9 * radius))
    b.add(cylinder(0.95 * radius, 0.002), (0, 0, 0.9 * radius), "skin white", name="content")
    for k in range(5):
        a = 2 * math.pi * k / 5
        at = (0.24 * radius * math.cos(a), 0.24 * radius * math.sin(a), 0.9 * radius + 0.002)
        seed = Prism(ellipse(0.13 * radius, 0.06 * radius, count=8), 0.0015)
        b.add(seed, at, "wood brown", turn=(0, 0, a), name="content")
    return b.done()


def apple_core(rng: np.random.Generator) -> Blueprint:
    """Build an apple core: two small ends of skin about a thin eaten waist."""
    b = Builder()
    radius = rng.uniform(0.034, 0.04)
    z = 1.05 * radius
    low = ((0.0, -0.95), (0.3, -1.05), (0.56, -0.92), (0.64, -0.7), (0.0, -0.62))
    waist = ((0.0, -0.7), (0.62, -0.7), (0.4, -0.45), (0.27, -0.1), (0.27, 0.15), (0.42, 0.5), (0.66, 0.7), (0.0, 0.7))
    high = ((0.0, 0.6), (0.68, 0.7), (0.64, 0.92), (0.4, 1.02), (0.2, 0.92), (0.0, 0.8))
    for outline, slot, name in ((low, "main", "body"), (waist, "skin white", "content"), (high, "main", "body")):
        b.add(Revolve(tuple((radius * r, radius * h) for r, h in outline)), (0, 0, z), slot, name=name)
    for side in (-1, 1):
        b.add(
            ball_profile(0.1 * radius, squash=1.6, points=5), (side * 0.27 * radius, 0, z), "wood brown", name="content"
        )
    _stem(b, radius, z + 0.2 * radius, leaf=False)
    return b.done()


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


def orange(rng: np.random.Generator) -> Blueprint:
    """Build a whole orange: a dimpled ball with its navel."""
    b = Builder()
    radius = rng.uniform(0.036, 0.044)
    b.add(ball_profile(radius, squash=0.95, points=13), (0, 0, 0.95 * radius))
    b.add(cylinder(0.12 * radius, 0.03 * radius), (0, 0, 1.89 * radius), "plant green", name="stem")
    b.add(
        Ellipsoid(0.5 * radius, 0.22 * radius, 0.05 * radius),
        (0.42 * radius, 0, 1.93 * radius),
        "plant green",
        turn=(0, 0.15, 0.4),
        name="leaf",
    )
    return b.done()


def _segments(b: Builder, radius: float | int, z: float | int) -> None:
    """Add the cut face of an orange at height z: pale pith and wedges of flesh."""
    b.add(cylinder(0.94 * radius, 0.0015), (0, 0, z), "skin white", name="content")
    count = 9
    for k in range(count):
        a = 2 * math.pi * k / count
        half = math.pi / count - 0.06
        wedge = [(0.86 * radius * math.cos(half * t), 0.86 * radius * math.sin(half * t)) for t in (-1, -0.4, 0.4, 1)]
        b.add(Prism(((0.12 * radius, 0.0), *wedge), 0.002), (0, 0, z + 0.0008), turn=(0, 0, a), name="content")


def half_orange(rng: np.random.Generator) -> Blueprint:
    """Build half an orange with its cut face up."""
    b = Builder()
    radius = rng.uniform(0.036, 0.044)
    half = [(radius * math.sin(a), radius * (1 - math.cos(a))) for a in np.linspace(0.2, QUARTER, 7).tolist()]
    b.add(Revolve(((0.0, half[0][1]), *half, (0.0, radius))))
    _segments(b, radius, radius)
    return b.done()


def orange_and_slice(rng: np.random.Generator) -> Blueprint:
    """Build an orange cut open: one half upright, its face in front, with a slice before it."""
    b = Builder()
    radius = rng.uniform(0.036, 0.042)
    b.add(ball_profile(radius, points=13), (0, 0, radius))
    b.add(cylinder(radius, 0.01), (0.3 * radius, -1.75 * radius, 0))
    inner = Builder()
    _segments(inner, radius, 0.01)
    for part in inner.parts:
        x, y, z = part.object_from_part[:3, 3]
        turn = math.atan2(part.object_from_part[1, 0], part.object_from_part[0, 0])
        b.add(
            part.shape,
            (float(x) + 0.3 * radius, float(y) - 1.75 * radius, float(z)),
            part.slot,
            turn=(0, 0, turn),
            name=part.name,
        )
    return b.done()


CATEGORIES = (
    Category(
        name="apple",
        variants={"whole": apple, "halved": half_apple, "core": apple_core},
        looks={"skin": ("red", "red", "green", "yellow")},
        places=FRUIT_PLACES,
        size=(0.06, 0.11),
        rooms=("kitchen", "living room", "office"),
        patterned=False,
    ),
    Category(
        name="banana",
        variants={"single": one_banana, "bunch": bunch_of_bananas, "peeled": peeled_banana},
        looks={"skin": ("yellow", "yellow", "green")},
        places=FRUIT_PLACES,
        size=(0.12, 0.25),
        rooms=("kitchen", "living room", "office"),
        patterned=False,
    ),
    Category(
        name="orange",
        variants={"whole": orange, "halved": half_orange, "with a slice": orange_and_slice},
        looks={"skin": ("orange",)},
        places=FRUIT_PLACES,
        size=(0.06, 0.18),
        rooms=("kitchen", "living room", "office"),
        synonyms=("citrus fruit",),
        patterned=False,
        phrase="orange",
        rich_phrase="orange",
    ),
)
