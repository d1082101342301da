"""Candles: in a holder, as pillars, and on branches."""

import numpy as np

from vantage.rooms.catalogue.pieces import curve
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, Revolve, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, rounded


def _flame(b: Builder, x: float | int, z: float | int, *, y: float | int = 0.0) -> None:
    """Add a wick and a flame over a candle's top at height z."""
    b.add(Box(0.003, 0.003, 0.018), (x, y, z + 0.007), "plastic black", name="stem")
    b.add(
        Revolve(((0, 0), (0.008, 0.014), (0.005, 0.028), (0, 0.046))),
        (x, y, z + 0.01),
        "plastic yellow glow",
        name="top",
    )


def holder_candle(rng: np.random.Generator) -> Blueprint:
    """Build a candle in a saucer with a finger ring."""
    b = Builder()
    height = rng.uniform(0.1, 0.18)
    b.add(
        Revolve(((0, 0), (0.05, 0), (0.07, 0.016), (0.066, 0.018), (0.046, 0.006), (0, 0.006))),
        slot="metal gray",
        name="base",
    )
    b.add(TorusArc(0.02, 0.005), (0.082, 0, 0.018), "metal gray", name="handle")
    b.add(Frustum(0.026, 0.028, 0.024), (0, 0, 0.005), "metal gray", name="stand")
    b.add(cylinder(0.02, height), (0, 0, 0.02))
    _flame(b, 0, height + 0.02)
    return b.done()


def pillar_candle(rng: np.random.Generator) -> Blueprint:
    """Build three thick candles of different heights on a tray."""
    b = Builder()
    b.add(Prism(rounded(0.2, 0.12, 0.03), 0.008), slot="wood black", name="base")
    for x, y, radius in ((-0.05, 0.01, 0.034), (0.03, 0.022, 0.03), (0.045, -0.028, 0.025)):
        height = rng.uniform(0.06, 0.16)
        b.add(
            Revolve(
                (
                    (0, 0),
                    (radius, 0),
                    (radius, height),
                    (0.9 * radius, height - 0.001),
                    (0.7 * radius, height - 0.008),
                    (0, height - 0.008),
                )
            ),
            (x, y, 0.007),
        )
        _flame(b, x, height - 0.001, y=y)
    return b.done()


def candelabrum(rng: np.random.Generator) -> Blueprint:
    """Build a candlestick with three arms."""
    b = Builder()
    high = rng.uniform(0.16, 0.22)
    b.add(
        Revolve(((0, 0), (0.06, 0), (0.055, 0.012), (0.014, 0.03), (0.009, high), (0, high))),
        slot="metal yellow",
        name="stand",
    )
    for side in (-1, 1):
        b.add(
            Tube(
                curve((0, 0, 0.55 * high), (side * 0.11, 0, 0.5 * high), (side * 0.095, 0, high - 0.03), count=6), 0.006
            ),
            slot="metal yellow",
            name="arm",
        )
    for x, z in ((-0.095, high - 0.03), (0.0, high), (0.095, high - 0.03)):
        b.add(Frustum(0.012, 0.024, 0.02), (x, 0, z - 0.006), "metal yellow", name="stand")
        b.add(Frustum(0.011, 0.009, 0.11), (x, 0, z + 0.01))
        _flame(b, x, z + 0.12)
    return b.done()


CATEGORIES = (
    Category(
        name="candle",
        variants={"holder": holder_candle, "pillars": pillar_candle, "candlestick": candelabrum},
        looks={"paper": ("red", "white", "pink", "green", "purple", "blue", "yellow", "beige", "turquoise")},
        places=("table", "table", "sideboard", "shelf"),
        size=(0.12, 0.4),
        rooms=("living room", "bedroom"),
        synonyms=("wax candle",),
        patterned=False,
    ),
)
