"""Things that stand on a laid table or a sideboard."""

import numpy as np

from vantage.rooms.blueprint import Blueprint, Builder, Category
from vantage.rooms.colours import VIVID
from vantage.rooms.shapes import Ellipsoid, Revolve, TorusArc, Tube, cylinder, shell, sphere

GLAZES = (*VIVID, "white", "black", "gray", "brown")


def mug(rng: np.random.Generator) -> Blueprint:
    """Build a cup with a handle."""
    b = Builder()
    radius, height = rng.uniform(0.042, 0.055), rng.uniform(0.095, 0.125)
    b.add(shell([(rng.uniform(0.8, 1.0) * radius, 0.0), (radius, 0.25 * height), (radius, height)], 0.005, 0.006))
    b.add(TorusArc(0.31 * height, 0.008, -0.5 * np.pi, 0.5 * np.pi), (0.96 * radius, 0, 0.5 * height))
    b.add(cylinder(0.92 * radius, 0.004), (0, 0, 0.8 * height), "ceramic brown")
    return b.done()


def bowl(rng: np.random.Generator) -> Blueprint:
    """Build a round bowl on a small foot."""
    b = Builder()
    radius, depth = rng.uniform(0.1, 0.15), rng.uniform(0.45, 0.62)
    angles = np.linspace(0.25, 1.0, 6) * np.pi / 2
    outer = [(float(radius * np.sin(a)), float(0.012 + depth * radius * (1 - np.cos(a)))) for a in angles]
    b.add(shell(outer, 0.007, 0.01))
    b.add(cylinder(0.45 * radius, outer[0][1] + 0.004))
    return b.done()


def plate(rng: np.random.Generator) -> Blueprint:
    """Build a flat plate with a raised rim."""
    b = Builder()
    radius = rng.uniform(0.11, 0.145)
    b.add(
        Revolve(
            (
                (0.0, 0.0),
                (0.6 * radius, 0.0),
                (radius, 0.022),
                (radius - 0.004, 0.027),
                (0.6 * radius, 0.008),
                (0.0, 0.008),
            )
        )
    )
    return b.done()


def bottle(rng: np.random.Generator) -> Blueprint:
    """Build a bottle with shoulders, a neck, a cap and a label."""
    b = Builder()
    radius, height = rng.uniform(0.036, 0.048), rng.uniform(0.24, 0.32)
    body, neck = rng.uniform(0.5, 0.62) * height, rng.uniform(0.3, 0.38) * radius
    b.add(
        Revolve(
            (
                (0.0, 0.0),
                (radius, 0.0),
                (radius, body),
                (0.85 * radius, body + 0.04 * height),
                (neck, body + 0.16 * height),
                (neck, 0.95 * height),
                (0.0, 0.95 * height),
            )
        )
    )
    b.add(
        cylinder(1.15 * neck, 0.06 * height),
        (0, 0, 0.94 * height),
        "plastic white" if rng.random() < 0.5 else "metal black",
    )
    if rng.random() < 0.7:
        b.add(cylinder(1.02 * radius, 0.4 * body), (0, 0, 0.3 * body), "paper white")
    return b.done()


def pot(rng: np.random.Generator) -> Blueprint:
    """Build a cooking pot with two handles, a lid and its knob."""
    b = Builder()
    radius, height = rng.uniform(0.1, 0.14), rng.uniform(0.11, 0.17)
    b.add(shell([(0.95 * radius, 0.0), (radius, 0.02), (radius, height)], 0.005, 0.006))
    b.add(
        Revolve(((0.0, 0.0), (radius + 0.004, 0.0), (radius, 0.012), (0.3 * radius, 0.035), (0.0, 0.04))),
        (0, 0, height),
    )
    b.add(sphere(0.022), (0, 0, height + 0.055), "plastic black")
    for sx in (-1, 1):
        b.add(
            TorusArc(0.035, 0.008, -0.5 * np.pi, 0.5 * np.pi),
            (sx * (radius - 0.004), 0, 0.78 * height),
            "plastic black",
            turn=(np.pi / 2, 0, 0 if sx > 0 else np.pi),
        )
    return b.done()


def teapot(rng: np.random.Generator) -> Blueprint:
    """Build a round pot with a spout, a handle and a lid."""
    b = Builder()
    radius = rng.uniform(0.085, 0.11)
    b.add(Ellipsoid(radius, radius, 0.85 * radius), (0, 0, 0.83 * radius))
    b.add(cylinder(0.6 * radius, 0.02))
    b.add(
        Tube(
            ((0.7 * radius, 0.0, 0.7 * radius), (1.25 * radius, 0.0, 0.95 * radius), (1.6 * radius, 0.0, 1.5 * radius)),
            0.17 * radius,
        )
    )
    b.add(TorusArc(0.55 * radius, 0.09 * radius, 0.5 * np.pi, 1.5 * np.pi), (-0.85 * radius, 0, 0.95 * radius))
    b.add(Ellipsoid(0.45 * radius, 0.45 * radius, 0.15 * radius), (0, 0, 1.66 * radius))
    b.add(sphere(0.12 * radius), (0, 0, 1.86 * radius))
    return b.done()


def apple(rng: np.random.Generator) -> Blueprint:
    """Build an apple with its stem and a leaf."""
    b = Builder()
    radius = rng.uniform(0.042, 0.052)
    b.add(Ellipsoid(radius, radius, 0.9 * radius), (0, 0, 0.9 * radius))
    b.add(Tube(((0.0, 0.0, 1.7 * radius), (0.15 * radius, 0.0, 2.2 * radius)), 0.004), slot="wood brown")
    b.add(
        Ellipsoid(0.4 * radius, 0.2 * radius, 0.06 * radius),
        (0.4 * radius, 0, 2.05 * radius),
        "plant green",
        turn=(0, -0.4, 0),
    )
    return b.done()


def banana(rng: np.random.Generator) -> Blueprint:
    """Build a bunch of two or three bent bananas."""
    b = Builder()
    length = rng.uniform(0.1, 0.12)
    for k in range(int(rng.integers(2, 4))):
        angles = np.linspace(-0.9, 0.9, 8)
        path = tuple(
            (
                float(length * np.sin(a)),
                float(0.035 * k + 0.25 * length * (1 - np.cos(a))),
                float(0.02 + 0.5 * length * (1 - np.cos(a))),
            )
            for a in angles
        )
        b.add(Tube(path, 0.02))
        b.add(Tube((path[-1], (path[-1][0] + 0.018, path[-1][1], path[-1][2] + 0.022)), 0.008), slot="plant brown")
    return b.done()


CATEGORIES = (
    Category(
        name="mug",
        variants={"plain": mug},
        size=(0.02, 2.6),
        looks={"ceramic": GLAZES, "metal": ("gray", "blue", "red", "green")},
        places=("table", "desk", "sideboard", "shelf"),
    ),
    Category(
        name="bowl",
        variants={"plain": bowl},
        size=(0.02, 2.6),
        looks={"ceramic": GLAZES, "wood": ("brown",), "plastic": VIVID},
        places=("table", "sideboard", "shelf"),
    ),
    Category(
        name="plate",
        variants={"plain": plate},
        size=(0.02, 2.6),
        looks={"ceramic": GLAZES},
        places=("table",),
        patterned=False,
    ),
    Category(
        name="bottle",
        variants={"plain": bottle},
        size=(0.02, 2.6),
        looks={"glass": ("green", "brown", "blue", "red"), "plastic": (*VIVID, "white")},
        places=("table", "desk", "sideboard", "shelf"),
        patterned=False,
    ),
    Category(
        name="pot",
        variants={"plain": pot},
        size=(0.02, 2.6),
        looks={"metal": ("gray", "red", "blue", "black", "orange", "green")},
        places=("table", "sideboard"),
        patterned=False,
    ),
    Category(
        name="teapot",
        variants={"plain": teapot},
        size=(0.02, 2.6),
        looks={"ceramic": GLAZES, "metal": ("gray",)},
        places=("table", "sideboard"),
    ),
    Category(
        name="apple",
        variants={"plain": apple},
        size=(0.02, 2.6),
        looks={"skin": ("red", "green", "yellow")},
        places=("table", "desk"),
        patterned=False,
    ),
    Category(
        name="banana",
        variants={"plain": banana},
        size=(0.02, 2.6),
        looks={"skin": ("yellow", "green")},
        places=("table", "sideboard"),
        patterned=False,
    ),
)
