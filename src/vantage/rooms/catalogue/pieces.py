"""Pieces that many small things share: vessels with the room in them, discs, bent paths, hollow boxes."""

import math

import numpy as np

from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Builder, Vector
from vantage.rooms.shapes.primitives import Box, Frustum, Revolve, TorusArc, cylinder, shell

GLAZES = (*VIVID, "white", "black", "gray", "brown", "turquoise", "beige")
"""Colours of ceramic and paint: every one."""
SHEER = ("white", "green", "blue", "brown", "turquoise", "purple")
"""Colours of glass."""
DYES = (*VIVID, "white", "black", "turquoise")
"""Colours of plastic."""
DYED = (*VIVID, "black", "gray", "turquoise", "beige")
"""Colours of dyed cloth."""
DARK = "plastic black"
"""The finish of grips, feet and dark cases."""
STEEL = "metal gray"
"""The finish of blades, shafts and fittings."""
QUARTER = math.pi / 2
"""A right angle: parts that lie or face the front are turned by it."""

Profile = list[tuple[float | int, float | int]]
Path = tuple[tuple[float | int, float | int, float | int], ...]


def disc(
    b: Builder,
    radius: float | int,
    thick: float | int,
    at: Vector,
    slot: str = "main",
    *,
    name: str = "body",
    taper: float | int = 1.0,
) -> None:
    """Add a disc that faces the front; `at` is the middle of its back."""
    b.add(Frustum(radius, taper * radius, thick), at, slot, turn=(QUARTER, 0, 0), name=name)


def lying(
    b: Builder,
    radius: float | int,
    length: float | int,
    at: Vector,
    slot: str = "main",
    *,
    name: str = "body",
    taper: float | int = 1.0,
) -> None:
    """Add a cylinder along +x that starts at `at`."""
    b.add(Frustum(radius, taper * radius, length), at, slot, turn=(0, QUARTER, 0), name=name)


def ring(
    b: Builder, radius: float | int, thick: float | int, z: float | int, slot: str = "main", *, name: str = "rim"
) -> None:
    """Add a level ring about the z axis with a rectangular section, `thick` high and wide."""
    half = thick / 2
    b.add(
        Revolve(((radius - half, -half), (radius + half, -half), (radius + half, half), (radius - half, half))),
        (0, 0, z),
        slot,
        name=name,
    )


def curve(*controls: Vector, count: int = 7) -> Path:
    """Return points of the Bezier curve with these control points."""
    t = np.linspace(0, 1, count)[:, None]
    points = np.array(controls, dtype=np.float64)[:, None, :]
    while len(points) > 1:
        points = points[:-1] * (1 - t) + points[1:] * t
    return tuple((float(x), float(y), float(z)) for x, y, z in points[0])


def ball_profile(radius: float | int, *, squash: float | int = 1.0, points: int = 15) -> Revolve:
    """Make a ball about the origin with a finer outline than `sphere`; `squash` scales its height."""
    angles = [-QUARTER + math.pi * k / (points - 1) for k in range(points)]
    inner = [(radius * math.cos(a), squash * radius * math.sin(a)) for a in angles[1:-1]]
    return Revolve(((0.0, -squash * radius), *inner, (0.0, squash * radius)))


def c_handle(
    b: Builder,
    x: float | int,
    z: float | int,
    reach: float | int,
    thick: float | int,
    slot: str = "main",
    *,
    side: float | int = 1.0,
) -> None:
    """Add a half ring that stands out from x to +x (`side` 1) or to -x (`side` -1)."""
    start = -QUARTER if side > 0 else QUARTER
    b.add(TorusArc(reach, thick, start, start + math.pi), (side * x, 0, z), slot, name="handle")


def vessel(
    b: Builder,
    outer: Profile,
    wall: float | int,
    base: float | int,
    *,
    slot: str = "main",
    name: str = "body",
    kind: str = "vessel",
    closed: bool = False,
    at: Vector = (0, 0, 0),
) -> None:
    """Add a turned vessel and the widest frustum of free room in it.

    Args:
        b: where to.
        outer: outer profile (radius, z) from the bottom to the rim.
        wall: thickness of the wall, metres.
        base: thickness of the bottom, metres.
        slot: its finish.
        name: its part name.
        kind: what may stand in it.
        closed: whether a lid closes it.
        at: where its axis meets its foot.
    """
    b.add(shell(outer, wall, base), at, slot, name=name)
    floor = outer[0][1] + base
    inner = [(outer[0][0] - wall, floor), *((r - wall, z) for r, z in outer if z > floor + 1e-6)]
    height = inner[-1][1] - floor
    # 4% less than the wall's radius: the mesh's facets lie up to 1.2% within their circle.
    low = 0.96 * inner[0][0]
    high = min((low + (0.96 * r - low) * height / (z - floor) for r, z in inner[1:]), default=low)
    if high < 0.3 * low:
        low = high = 0.96 * min(r for r, _ in inner)
    b.container(
        Frustum(low, high, 0.98 * height),
        (at[0], at[1], at[2] + floor),
        kind,
        closed=closed,
        margin=0.003,
    )


def hollow(
    b: Builder,
    size: tuple[float | int, float | int, float | int],
    wall: float | int,
    kind: str,
    *,
    at: Vector = (0, 0, 0),
    slot: str = "main",
    name: str = "body",
    opening: str = "up",
    closed: bool = False,
) -> None:
    """Add a box of five panels, open upwards or to the front, and the room in it; `at` is the middle of its foot."""
    x, y, z = size
    ax, ay, az = at
    low, high = wall, z if opening == "up" else z - wall
    front = 0.0 if opening == "up" else wall / 2
    b.add(Box(x, y, wall), (ax, ay, az + wall / 2), slot, name=name)
    if opening == "front":
        b.add(Box(x, y, wall), (ax, ay, az + z - wall / 2), slot, name=name)
    else:
        b.add(Box(x - 2 * wall, wall, high - low), (ax, ay - y / 2 + wall / 2, az + (low + high) / 2), slot, name=name)
    b.add(Box(x - 2 * wall, wall, high - low), (ax, ay + y / 2 - wall / 2, az + (low + high) / 2), slot, name=name)
    for side in (-1, 1):
        b.add(Box(wall, y, high - low), (ax + side * (x - wall) / 2, ay, az + (low + high) / 2), slot, name=name)
    depth = y - 2 * wall if opening == "up" else y - wall
    b.container(
        Box(x - 2 * wall, depth, high - low),
        (ax, ay - front, az + (low + high) / 2),
        kind,
        opening="up" if opening == "up" else "front",
        closed=closed,
        margin=0.005,
    )


def knob(b: Builder, radius: float | int, z: float | int, slot: str = "main", *, name: str = "knob") -> None:
    """Add a mushroom knob on the z axis that starts at height z."""
    b.add(cylinder(0.45 * radius, 0.8 * radius), (0, 0, z - 0.1 * radius), slot, name=name)
    b.add(
        Revolve(((0, 0), (0.8 * radius, 0), (radius, 0.5 * radius), (0.6 * radius, 0.9 * radius), (0, radius))),
        (0, 0, z + 0.6 * radius),
        slot,
        name=name,
    )
