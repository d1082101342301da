"""Paintings, mirrors, picture frames, clocks and candles."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER, curve, disc
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Frustum, Revolve, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Outline, Prism, ellipse, regular, rounded

UPRIGHT = (QUARTER, 0, 0)
"""Turns an outline (x, y) so that it faces the front, its y upwards."""


def _frame(
    b: Builder, width: float | int, height: float | int, edge: float | int, thick: float | int, z: float | int = 0.0
) -> None:
    """Add a rectangular frame about the opening (width, height) whose lower left inner corner is at height z."""
    for side in (-1, 1):
        b.add(Box(edge, thick, height + 2 * edge), (side * (width + edge) / 2, 0, z + height / 2), name="frame")
    for up in (-edge / 2, height + edge / 2):
        b.add(Box(width, thick, edge), (0, 0, z + up), name="frame")


def _landscape(
    b: Builder, width: float | int, height: float | int, z: float | int, rng: np.random.Generator, y: float | int = 0.0
) -> None:
    """Add a picture of hills, a sun and a house before the plane y, `width` by `height`, from height z up."""
    sky, near, far = rng.permutation(np.array(["blue", "orange", "pink", "purple", "green", "yellow"]))[:3]
    b.add(Box(width, 0.006, height), (0, y, z + height / 2), f"paper {sky}", name="picture")
    hill: Outline = (
        (-0.5 * width, 0.0),
        (0.5 * width, 0.0),
        (0.5 * width, 0.25 * height),
        (0.1 * width, 0.6 * height),
        (-0.15 * width, 0.5 * height),
        (-0.5 * width, 0.2 * height),
    )
    b.add(Prism(hill, 0.002), (0, y - 0.0028, z), f"paper {far}", turn=UPRIGHT, name="picture")
    b.add(Box(width, 0.002, 0.24 * height), (0, y - 0.0052, z + 0.12 * height), f"paper {near}", name="picture")
    disc(
        b,
        0.1 * min(width, height),
        0.002,
        (rng.uniform(-0.3, 0.3) * width, y - 0.0028, z + 0.8 * height),
        "paper white",
        name="picture",
    )
    x, house = rng.uniform(-0.25, 0.25) * width, 0.16 * min(width, height)
    b.add(Box(house, 0.002, 0.8 * house), (x, y - 0.0068, z + 0.24 * height), "paper white", name="picture")
    b.add(
        Prism(((-0.65 * house, 0.0), (0.65 * house, 0.0), (0.0, 0.6 * house)), 0.002),
        (x, y - 0.0058, z + 0.24 * height + 0.4 * house),
        "paper red",
        turn=UPRIGHT,
        name="picture",
    )


def _shapes(b: Builder, width: float | int, height: float | int, z: float | int, rng: np.random.Generator) -> None:
    """Add an abstract picture of bars and discs."""
    colours = rng.permutation(np.array([*VIVID, "white", "black"]))
    b.add(Box(width, 0.006, height), (0, 0, z + height / 2), f"paper {colours[0]}", name="picture")
    for k in range(3):
        b.add(
            Box(width * rng.uniform(0.2, 0.5), 0.002, 0.8 * height * rng.uniform(0.4, 0.9)),
            (rng.uniform(-0.24, 0.24) * width, -0.0036 - 0.001 * k, z + height / 2),
            f"paper {colours[1 + k]}",
            name="picture",
        )
    for k in range(3):
        at = (rng.uniform(-0.3, 0.3) * width, -0.006 - 0.0008 * k, z + rng.uniform(0.25, 0.75) * height)
        disc(b, rng.uniform(0.1, 0.2) * min(width, height), 0.0015, at, f"paper {colours[4 + k]}", name="picture")


def landscape_painting(rng: np.random.Generator) -> Blueprint:
    """Build a framed landscape."""
    b = Builder()
    width, height = rng.uniform(0.5, 0.9), rng.uniform(0.35, 0.55)
    _frame(b, width, height, rng.uniform(0.03, 0.055), 0.035)
    _landscape(b, width, height, 0.0, rng, y=0.008)
    return b.done()


def abstract_painting(rng: np.random.Generator) -> Blueprint:
    """Build an upright abstract picture in a thin frame with a white mount."""
    b = Builder()
    width, height = rng.uniform(0.35, 0.5), rng.uniform(0.55, 0.8)
    _frame(b, width, height, 0.02, 0.03)
    b.add(Box(width, 0.008, height), (0, 0.008, height / 2), "paper white", name="panel")
    _shapes(b, 0.74 * width, 0.78 * height, 0.11 * height, rng)
    return b.done()


def triptych(rng: np.random.Generator) -> Blueprint:
    """Build a picture in three unframed panels on a rail."""
    b = Builder()
    width, height = rng.uniform(0.22, 0.3), rng.uniform(0.5, 0.7)
    colours = rng.permutation(np.array(list(VIVID)))
    for k in range(3):
        x = (k - 1) * (width + 0.03)
        tall = height * (1.0 if k == 1 else 0.84)
        b.add(Box(width, 0.03, tall), (x, 0, height / 2), name="frame")
        b.add(Box(width - 0.012, 0.004, tall - 0.012), (x, -0.0155, height / 2), f"paper {colours[0]}", name="picture")
        b.add(
            Box(width - 0.012, 0.004, 0.3 * tall),
            (x, -0.0165, height / 2 - 0.3 * tall),
            f"paper {colours[1]}",
            name="picture",
        )
    disc(b, 0.38 * width, 0.004, (0, -0.0165, 0.58 * height), f"paper {colours[2]}", name="picture")
    b.add(Box(3 * width + 0.06, 0.012, 0.03), (0, 0.012, height / 2), "wood black", name="back")
    return b.done()


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
    _frame(b, width, height, 0.045, 0.034)
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


def _strut(b: Builder, height: float | int, lean: float | int) -> None:
    """Add the prop behind a leaning frame of this height."""
    top = (0.0, math.sin(lean) * 0.7 * height + 0.008, math.cos(lean) * 0.7 * height)
    b.add(Tube((top, (0.0, top[1] + 0.3 * height, 0.005)), 0.005), slot="wood black", name="stand")


def _leaning(b: Builder, inner: Builder, lean: float | int) -> None:
    """Add the parts of a standing picture, leant back about its lower edge."""
    c, s = math.cos(lean), math.sin(lean)
    for part in inner.parts:
        x, y, z = (float(v) for v in part.object_from_part[:3, 3])
        upright = abs(part.object_from_part[2, 2]) < 0.5
        turn = ((QUARTER if upright else 0.0) - lean, 0.0, 0.0)
        b.add(part.shape, (x, c * y + s * z, -s * y + c * z), part.slot, turn=turn, name=part.name)


def desk_frame(rng: np.random.Generator) -> Blueprint:
    """Build a standing frame with a landscape and a prop."""
    b, inner = Builder(), Builder()
    width, height, lean = rng.uniform(0.13, 0.2), rng.uniform(0.11, 0.16), 0.25
    edge = 0.018
    _frame(inner, width, height, edge, 0.014, z=edge)
    _landscape(inner, width, height, edge, rng)
    _leaning(b, inner, lean)
    _strut(b, height, lean)
    return b.done()


def portrait_frame(rng: np.random.Generator) -> Blueprint:
    """Build a standing upright frame with a mount and the portrait of a person."""
    b, inner = Builder(), Builder()
    width, height, lean, edge = rng.uniform(0.12, 0.16), rng.uniform(0.17, 0.22), 0.22, 0.022
    _frame(inner, width, height, edge, 0.016, z=edge)
    inner.add(Box(width, 0.006, height), (0, 0, edge + height / 2), "paper white", name="panel")
    w, h = 0.74 * width, 0.78 * height
    z = edge + 0.11 * height
    inner.add(
        Box(w, 0.004, h), (0, -0.0018, z + h / 2), f"paper {rng.choice(['blue', 'green', 'yellow'])}", name="picture"
    )
    shoulders: Outline = (
        (-0.4 * w, 0.0),
        (0.4 * w, 0.0),
        (0.34 * w, 0.26 * h),
        (0.15 * w, 0.36 * h),
        (-0.15 * w, 0.36 * h),
        (-0.34 * w, 0.26 * h),
    )
    inner.add(
        Prism(shoulders, 0.002),
        (0, -0.003, z),
        f"paper {rng.choice(['red', 'purple', 'black'])}",
        turn=UPRIGHT,
        name="picture",
    )
    inner.add(
        Prism(ellipse(0.2 * w, 0.2 * h), 0.002), (0, -0.0034, z + 0.53 * h), "paper brown", turn=UPRIGHT, name="picture"
    )
    inner.add(
        Prism(ellipse(0.165 * w, 0.17 * h), 0.002), (0, -0.0045, z + 0.5 * h), "skin pink", turn=UPRIGHT, name="picture"
    )
    _leaning(b, inner, lean)
    _strut(b, height, lean)
    return b.done()


def double_frame(rng: np.random.Generator) -> Blueprint:
    """Build two hinged frames that stand like an open book."""
    b = Builder()
    width, height, edge, half = rng.uniform(0.1, 0.13), rng.uniform(0.13, 0.17), 0.014, 0.4
    for side in (-1, 1):
        inner = Builder()
        _frame(inner, width, height, edge, 0.012, z=edge)
        _landscape(inner, width, height, edge, rng)
        c, s = math.cos(side * half), math.sin(side * half)
        for part in inner.parts:
            x, y, z = (float(v) for v in part.object_from_part[:3, 3])
            x += side * (width / 2 + edge)
            upright = QUARTER if abs(part.object_from_part[2, 2]) < 0.5 else 0.0
            # Each half turns about the hinge so that both look inwards to the front.
            b.add(
                part.shape,
                (c * x + s * y, -s * x + c * y, z),
                part.slot,
                turn=(upright, 0, -side * half),
                name=part.name,
            )
    b.add(cylinder(0.008, height + 2 * edge), slot="metal yellow", name="knob")
    return b.done()


def _hands(b: Builder, radius: float | int, y: float | int, z: float | int, rng: np.random.Generator) -> None:
    """Add twelve marks and two hands on a face at y."""
    for k in range(12):
        a = math.pi * k / 6
        size = 0.2 if k % 3 == 0 else 0.1
        at = ((0.86 - size / 2) * radius * math.sin(a), y, z + (0.86 - size / 2) * radius * math.cos(a))
        b.add(Box(0.06 * radius, 0.003, size * radius), at, "plastic black", turn=(0, a, 0), name="face")
    for k, (length, width) in enumerate(((0.48, 0.085), (0.7, 0.06))):
        a = float(rng.uniform(0, 2 * math.pi))
        at = (0.5 * length * radius * math.sin(a), y - 0.002 - 0.002 * k, z + 0.5 * length * radius * math.cos(a))
        b.add(Box(width * radius, 0.004, length * radius), at, "plastic black", turn=(0, a, 0), name="hand")
    disc(b, 0.07 * radius, 0.008, (0, y, z), "plastic red", name="knob")


def round_clock(rng: np.random.Generator) -> Blueprint:
    """Build a round wall clock."""
    b = Builder()
    radius = rng.uniform(0.13, 0.2)
    disc(b, 0.95 * radius, 0.03, (0, 0.02, 0), "plastic white", name="face")
    b.add(
        Revolve(
            (
                (0.92 * radius, 0),
                (1.06 * radius, 0),
                (1.06 * radius, 0.03),
                (0.96 * radius, 0.045),
                (0.92 * radius, 0.04),
            )
        ),
        (0, 0.02, 0),
        turn=UPRIGHT,
        name="frame",
    )
    _hands(b, 0.95 * radius, -0.0112, 0, rng)
    return b.done()


def pendulum_clock(rng: np.random.Generator) -> Blueprint:
    """Build a wall clock in a gabled case with a pendulum."""
    b = Builder()
    width, height = rng.uniform(0.22, 0.28), rng.uniform(0.42, 0.55)
    b.add(Box(width, 0.09, height), (0, 0, height / 2))
    b.add(
        Prism(((-0.6 * width, 0.0), (0.6 * width, 0.0), (0.0, 0.4 * width)), 0.11),
        (0, 0.045, height - 0.002),
        turn=UPRIGHT,
        name="top",
    )
    z = height - 0.5 * width
    disc(b, 0.4 * width, 0.008, (0, -0.044, z), "paper white", name="face")
    _hands(b, 0.4 * width, -0.0525, z, rng)
    low = height - width
    b.add(Box(0.6 * width, 0.004, 0.84 * low), (0, -0.0455, 0.52 * low), "glass black", name="pane")
    b.add(Box(0.008, 0.006, 0.6 * low), (0, -0.048, 0.64 * low), "metal yellow", name="pole")
    disc(b, 0.1 * width, 0.008, (0, -0.046, 0.32 * low), "metal yellow", name="knob")
    return b.done()


def square_clock(rng: np.random.Generator) -> Blueprint:
    """Build an eight-sided wall clock with a broad frame."""
    b = Builder()
    radius = rng.uniform(0.14, 0.2)
    b.add(Prism(regular(8, 1.15 * radius), 0.03, 0.94), (0, 0.02, 0), turn=(QUARTER, 0.3927, 0), name="frame")
    disc(b, 0.88 * radius, 0.006, (0, -0.008, 0), "metal yellow", name="rim")
    disc(b, 0.82 * radius, 0.008, (0, -0.008, 0), "plastic white", name="face")
    _hands(b, 0.82 * radius, -0.0172, 0, rng)
    return b.done()


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
        name="painting",
        variants={"landscape": landscape_painting, "abstract": abstract_painting, "triptych": triptych},
        looks={"wood": ("brown", "black", "white", "yellow", "gray", "beige")},
        places=("wall",),
        size=(0.4, 1.1),
        synonyms=("picture", "artwork"),
        patterned=False,
        phrase="painting",
        rich_phrase="painting in a {look} frame",
    ),
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
    Category(
        name="picture frame",
        variants={"landscape": desk_frame, "portrait": portrait_frame, "double": double_frame},
        looks={"wood": ("brown", "black", "white", "red", "beige"), "metal": ("gray", "yellow", "black", "turquoise")},
        places=("desk", "desk", "sideboard", "sideboard", "shelf", "shelf", "table", "tv"),
        size=(0.14, 0.32),
        rooms=("living room", "bedroom", "office"),
        synonyms=("photo frame", "framed photo"),
        patterned=False,
    ),
    Category(
        name="clock",
        variants={"round": round_clock, "pendulum": pendulum_clock, "eight-sided": square_clock},
        looks={"plastic": (*VIVID, "black", "gray", "turquoise"), "wood": ("brown", "black", "white", "beige")},
        places=("wall",),
        size=(0.27, 0.7),
        synonyms=("wall clock",),
        patterned=False,
    ),
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
