"""Towels: rolled, folded, and hung over a rail."""

import numpy as np

from vantage.rooms.catalogue.pieces import lying
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, RoundedBox, Tube


def rolled_towel(rng: np.random.Generator) -> Blueprint:
    """Build a rolled towel whose coil shows at its ends, bands near them."""
    b = Builder()
    long, radius = rng.uniform(0.3, 0.4), rng.uniform(0.05, 0.065)
    lying(b, radius, long, (-long / 2, 0, radius))
    for side in (-1, 1):
        x = side * long / 2
        for k, share in enumerate((0.82, 0.62, 0.42, 0.22)):
            slot = "fabric white" if k % 2 == 0 else "main"
            lying(
                b,
                share * radius,
                0.003 + 0.001 * k,
                (x - (0.003 + 0.001 * k) / 2 + side * 0.0006 * k, 0, radius),
                slot,
                name="panel",
            )
        lying(b, 1.015 * radius, 0.02, (side * 0.36 * long - 0.01, 0, radius), "fabric white", name="tape")
    b.add(Box(long, 0.05, 0.012), (0, -0.7 * radius, 0.006))
    return b.done()


def folded_towel(rng: np.random.Generator) -> Blueprint:
    """Build a folded towel: soft layers that are joined at their front fold."""
    b = Builder()
    x, y, layer = rng.uniform(0.26, 0.34), rng.uniform(0.2, 0.26), rng.uniform(0.02, 0.026)
    for k in range(3):
        b.add(RoundedBox(x - 0.004 * k, y, layer + 0.002, 0.01), (0, 0.003 * k, layer * (k + 0.5)))
    b.add(RoundedBox(x, 0.03, 3 * layer, 0.012), (0, -y / 2 + 0.01, 1.5 * layer))
    b.add(Box(0.03, 0.96 * y, 0.003), (0.3 * x, 0.0, 3 * layer + 0.001), "fabric white", name="tape")
    b.add(Box(0.012, 0.96 * y, 0.003), (0.38 * x, 0.0, 3 * layer + 0.001), "fabric white", name="tape")
    return b.done()


def hung_towel(rng: np.random.Generator) -> Blueprint:
    """Build a towel that hangs over a standing rail, with fringes."""
    b = Builder()
    x, high = rng.uniform(0.34, 0.44), rng.uniform(0.42, 0.52)
    for side in (-1, 1):
        b.add(
            Tube(((side * (x / 2 + 0.03), 0.0, 0.012), (side * (x / 2 + 0.03), 0.0, high)), 0.009),
            slot="metal gray",
            name="stand",
        )
        b.add(Box(0.03, 0.2, 0.014), (side * (x / 2 + 0.03), 0, 0.007), "metal gray", name="foot")
    b.add(Tube(((-x / 2 - 0.03, 0.0, high), (x / 2 + 0.03, 0.0, high)), 0.009), slot="metal gray", name="pole")
    lying(b, 0.018, x, (-x / 2, 0, high))
    for y, drop in ((-0.0135, 0.72 * high), (0.0135, 0.5 * high)):
        b.add(Box(x, 0.009, drop), (0, y, high - drop / 2))
        b.add(Box(x + 0.002, 0.011, 0.02), (0, y, high - drop + 0.06), "fabric white", name="tape")
        for k in range(14):
            b.add(Box(0.006, 0.005, 0.03), ((k - 6.5) * x / 14, y, high - drop - 0.012), "fabric white", name="tape")
    return b.done()


CATEGORIES = (
    Category(
        name="towel",
        variants={"rolled": rolled_towel, "folded": folded_towel, "on a rail": hung_towel},
        looks={"fabric": (*VIVID, "white", "gray", "turquoise", "beige")},
        places=("counter", "shelf", "bed", "bed", "cabinet", "drawer", "sideboard", "floor", "drum", "drum"),
        size=(0.25, 0.56),
        rooms=("bedroom", "kitchen"),
        synonyms=("bath towel", "cloth"),
    ),
)
