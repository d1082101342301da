"""Mirrors: square, round and arched."""

import math

import numpy as np

from vantage.rooms.catalogue.framing import UPRIGHT, frame
from vantage.rooms.catalogue.pieces import disc
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Revolve, Tube
from vantage.rooms.shapes.prisms import Outline, Prism, ellipse, rounded


def _glass(b: Builder, outline: Outline, z: float | int) -> None:
    """Add a mirror's pale glass with two brighter streaks."""
    b.add(Prism(outline, 0.004), (0, -0.008, z), "glass gray", turn=UPRIGHT, name="pane")
    reach = 0.5 * max(y for _, y in outline)
    for k in range(2):
        streak: Outline = (
            (-0.012, -reach),
            (0.012, -reach),
            (0.012 + 0.5 * reach, reach),
            (-0.012 + 0.5 * reach, reach),
        )
        b.add(
            Prism(tuple((x * (0.6 if k else 1) - 0.2 * reach + 0.09 * k, y) for x, y in streak), 0.0006),
            (0, -0.0117, z),
            "glass white",
            turn=UPRIGHT,
            name="pane",
        )


def square_mirror(rng: np.random.Generator) -> Blueprint:
    """Build a rectangular mirror in a broad frame."""
    b = Builder()
    width, height = rng.uniform(0.36, 0.5), rng.uniform(0.55, 0.8)
    frame(b, width, height, 0.045, 0.034)
    b.add(Box(width, 0.014, height), (0, 0.006, height / 2), "wood brown", name="back")
    _glass(b, rounded(width, height, 0.01), height / 2)
    return b.done()


def round_mirror(rng: np.random.Generator) -> Blueprint:
    """Build a round mirror that hangs from a strap on a peg."""
    b = Builder()
    radius = rng.uniform(0.22, 0.32)
    b.add(
        Revolve(((0.9 * radius, 0), (radius, 0), (radius, 0.035), (0.9 * radius, 0.035))),
        (0, 0.0175, 0),
        turn=UPRIGHT,
        name="frame",
    )
    b.add(
        Prism(ellipse(0.95 * radius, 0.95 * radius, count=24), 0.014),
        (0, 0.012, 0),
        "wood brown",
        turn=UPRIGHT,
        name="back",
    )
    _glass(b, ellipse(0.92 * radius, 0.92 * radius, count=24), 0)
    for side in (-1, 1):
        b.add(
            Tube(((side * 0.7 * radius, 0.0, 0.72 * radius), (0.0, 0.0, 1.5 * radius)), 0.006),
            slot="fabric brown",
            name="strap",
        )
    disc(b, 0.025, 0.035, (0, 0.0175, 1.5 * radius), "metal gray", name="knob")
    return b.done()


def arched_mirror(rng: np.random.Generator) -> Blueprint:
    """Build a tall mirror with an arched top and a small shelf."""
    b = Builder()
    width, height = rng.uniform(0.36, 0.46), rng.uniform(0.6, 0.85)

    def arch(grow: float | int) -> Outline:
        half = width / 2 + grow
        return (
            (-half, -height / 2 - grow),
            (half, -height / 2 - grow),
            *(
                (half * math.cos(a), height / 2 - width / 2 + half * math.sin(a))
                for a in np.linspace(0, math.pi, 13).tolist()
            ),
        )

    b.add(Prism(arch(0.03), 0.024), (0, 0.0175, 0), turn=UPRIGHT, name="frame")
    _glass(b, arch(0.0), 0)
    b.add(Box(width + 0.08, 0.09, 0.02), (0, -0.0275, -height / 2 - 0.03), name="shelf")
    return b.done()


CATEGORIES = (
    Category(
        name="mirror",
        variants={"rectangular": square_mirror, "round": round_mirror, "arched": arched_mirror},
        looks={
            "wood": ("brown", "black", "white", "blue", "red", "beige"),
            "metal": ("gray", "yellow", "black", "turquoise"),
        },
        places=("wall",),
        size=(0.5, 1.0),
        synonyms=("looking glass", "wall mirror"),
        patterned=False,
        phrase="mirror",
        rich_phrase="mirror in a {look} frame",
    ),
)
