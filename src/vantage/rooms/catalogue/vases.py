"""Vases, with flowers and without."""

import math

import numpy as np

from vantage.rooms.catalogue.foliage import LEAF, leaf_blade
from vantage.rooms.catalogue.pieces import GLAZES, curve, vessel
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Tube
from vantage.rooms.shapes.prisms import Prism, ellipse, regular


def _flowers(b: Builder, floor: float | int, rim: float | int, neck: float | int, rng: np.random.Generator) -> None:
    """Add flowers of one colour: stems from a vase's floor through its mouth, petals around a heart, leaves."""
    bloom = str(rng.choice([*VIVID, "white"]))
    for k in range(int(rng.integers(4, 6))):
        a = 2.4 * k
        lean = math.atan2(0.7 * neck, rim - floor)
        out, up = rng.uniform(0.03, 0.09), rng.uniform(0.1, 0.2)
        mouth = (0.6 * neck * math.cos(a), 0.6 * neck * math.sin(a), rim)
        tip = (mouth[0] + out * math.cos(a), mouth[1] + out * math.sin(a), rim + up)
        b.add(Tube(((0.0, 0.0, floor + 0.006), mouth, tip), 0.003), slot=LEAF, name="stem")
        tilt = 0.5 + 2 * lean
        for j in range(6):
            turn = 2 * math.pi * j / 6
            u, v = 0.02 * math.cos(turn), 0.02 * math.sin(turn)
            # The flower's plane leans outwards with its stem.
            c, s = math.cos(tilt), math.sin(tilt)
            x, y, z = c * u, v, -s * u
            at = (tip[0] + math.cos(a) * x - math.sin(a) * y, tip[1] + math.sin(a) * x + math.cos(a) * y, tip[2] + z)
            b.add(Prism(ellipse(0.02, 0.014, count=6), 0.004), at, f"plant {bloom}", turn=(0, tilt, a), name="flower")
        b.add(
            Prism(regular(6, 0.011), 0.011, 0.6),
            tip,
            "plant yellow" if bloom != "yellow" else "plant brown",
            turn=(0, tilt, a),
            name="flower",
        )
        leaf_blade(b, np.array([(mouth[i] + tip[i]) / 2 for i in range(3)]), a + 1.0, 0.9, 0.06, 0.024)


def bellied_vase(rng: np.random.Generator) -> Blueprint:
    """Build a bellied vase with flowers."""
    b = Builder()
    radius, height = rng.uniform(0.06, 0.08), rng.uniform(0.18, 0.26)
    belly = rng.uniform(0.3, 0.5)
    outer = [
        (radius * (0.45 + 0.55 * math.exp(-(((h - belly) / 0.28) ** 2))), h * height)
        for h in np.linspace(0, 1, 9).tolist()
    ]
    vessel(b, outer, 0.005, 0.008)
    b.containers.clear()
    b.supports.clear()
    _flowers(b, 0.008, height, outer[-1][0], rng)
    return b.done()


def slim_vase(rng: np.random.Generator) -> Blueprint:
    """Build a tall vase that widens upwards, without flowers."""
    b = Builder()
    radius, height = rng.uniform(0.045, 0.06), rng.uniform(0.26, 0.36)
    outer = [
        (0.75 * radius, 0.0),
        (0.6 * radius, 0.12 * height),
        (0.62 * radius, 0.4 * height),
        (0.8 * radius, 0.8 * height),
        (1.15 * radius, height),
    ]
    vessel(b, outer, 0.005, 0.01)
    return b.done()


def amphora(rng: np.random.Generator) -> Blueprint:
    """Build a vase with a narrow neck, a broad lip and two ears."""
    b = Builder()
    radius, height = rng.uniform(0.075, 0.095), rng.uniform(0.25, 0.34)
    shape = ((0.42, 0.0), (0.36, 0.06), (0.75, 0.28), (1.0, 0.52), (0.85, 0.7), (0.42, 0.8), (0.38, 0.9), (0.58, 1.0))
    vessel(b, [(radius * r, height * z) for r, z in shape], 0.006, 0.009)
    for side in (-1, 1):
        ear = curve(
            (side * 0.4 * radius, 0, 0.93 * height),
            (side * 1.3 * radius, 0, 1.0 * height),
            (side * 1.0 * radius, 0, 0.78 * height),
            (side * 0.86 * radius, 0, 0.68 * height),
            count=6,
        )
        b.add(Tube(ear, 0.007), name="handle")
    return b.done()


def flower_jug(rng: np.random.Generator) -> Blueprint:
    """Build a round bowl of a vase with a short neck and a dense bunch of flowers."""
    b = Builder()
    radius = rng.uniform(0.06, 0.075)
    angles = np.linspace(0.5, 2.55, 7).tolist()
    outer = [(radius * math.sin(a), radius * (math.cos(0.5) - math.cos(a))) for a in angles]
    rim = outer[-1][1] + 0.02
    outer.append((0.66 * radius, rim))
    vessel(b, outer, 0.005, 0.008)
    b.containers.clear()
    b.supports.clear()
    _flowers(b, 0.008, rim, 0.6 * radius, rng)
    return b.done()


CATEGORIES = (
    Category(
        name="vase",
        variants={"bellied": bellied_vase, "slim": slim_vase, "amphora": amphora, "bowl": flower_jug},
        looks={
            "ceramic": GLAZES,
            "glass": ("green", "blue", "purple", "white", "turquoise"),
            "stone": ("gray", "black"),
        },
        places=("table", "table", "desk", "sideboard", "sideboard", "shelf", "floor"),
        size=(0.2, 0.5),
        rooms=("living room", "bedroom", "office", "kitchen"),
        synonyms=("flower vase", "urn"),
    ),
)
