"""What much furniture is made of: legs, struts, hollow cases, doors on hinges, drawers, handles and compartments.

Lengths are metres; a corner is (x, y, z); the front is -y.
"""

import dataclasses
from typing import Literal

import numpy as np

from vantage.rooms.shapes.blueprint import Builder, Vector, rotation_z
from vantage.rooms.shapes.primitives import Box, RoundedBox, Shape, cylinder

WOODS = ("brown", "brown", "white", "black", "gray")
"""Colours of plain wooden furniture; brown twice, because most wood is."""
PAINTED = ("brown", "brown", "white", "black", "gray", "blue", "green", "red", "yellow", "purple")
"""Colours of furniture that is often painted."""
BOARD = 0.02
"""Thickness of the boards of a case."""
PITCH = float(np.pi / 2)
"""The turn about x that lays a z axis along -y, so that a cylinder sticks out of a front."""


def block(b: Builder, low: Vector, high: Vector, slot: str = "main", *, name: str = "panel") -> None:
    """Add the box between two corners."""
    size = [float(h) - float(a) for a, h in zip(low, high, strict=True)]
    middle = [(float(h) + float(a)) / 2 for a, h in zip(low, high, strict=True)]
    b.add(Box(*size), (middle[0], middle[1], middle[2]), slot, name=name)


def _along(start: Vector, end: Vector) -> tuple[float, Vector]:
    """Return the length of a segment and the turn that lays the z axis along it."""
    step = np.subtract(end, start).astype(float)
    length = float(np.linalg.norm(step))
    return length, (0.0, float(np.arccos(step[2] / length)), float(np.arctan2(step[1], step[0])))


def rod(b: Builder, start: Vector, end: Vector, radius: float, slot: str = "main", *, name: str = "frame") -> None:
    """Add a round rod from one point to another."""
    length, turn = _along(start, end)
    b.add(cylinder(radius, length), start, slot, turn=turn, name=name)


def strut(
    b: Builder, start: Vector, end: Vector, section: tuple[float, float], slot: str = "main", *, name: str = "frame"
) -> None:
    """Add a square-edged bar from one point to another.

    Args:
        b: what is built.
        start: one end, metres.
        end: the other end.
        section: the bar's thickness in the upright plane through it, then across that plane.
        slot: finish.
        name: part name.
    """
    length, turn = _along(start, end)
    middle = np.add(start, end) / 2
    at = (float(middle[0]), float(middle[1]), float(middle[2]))
    b.add(Box(*section, length), at, slot, turn=turn, name=name)


def corners(width: float, depth: float) -> list[tuple[float, float]]:
    """Return the four corners of a rectangle about the origin."""
    return [(sx * width / 2, sy * depth / 2) for sx in (-1, 1) for sy in (-1, 1)]


def legs(
    b: Builder, width: float, depth: float, height: float, thickness: float, slot: str = "main", *, splay: float = 0.0
) -> None:
    """Add four legs within a rectangle: square and upright, or round and splayed outwards by `splay`."""
    for x, y in corners(width - thickness - 2 * splay, depth - thickness - 2 * splay):
        if splay > 0:
            foot = (x + np.sign(x) * splay, y + np.sign(y) * splay, 0.0)
            rod(b, foot, (x, y, height), thickness / 2, slot, name="leg")
        else:
            b.add(Box(thickness, thickness, height), (x, y, height / 2), slot, name="leg")


@dataclasses.dataclass(frozen=True)
class Case:
    """A hollow case of boards, open at the front: where it stands and its inner corners."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]

    @property
    def width(self) -> float:
        """Inner width."""
        return self.high[0] - self.low[0]

    @property
    def height(self) -> float:
        """Inner height."""
        return self.high[2] - self.low[2]


def case(
    b: Builder,
    size: tuple[float, float, float],
    at: Vector = (0.0, 0.0, 0.0),
    slot: str = "main",
    *,
    board: float = BOARD,
    back: bool = True,
    top: bool = True,
) -> Case:
    """Add the sides, bottom, top and back of a hollow case of this outer size whose base is centred at a point."""
    (w, d, h), (x, y, z) = size, (float(at[0]), float(at[1]), float(at[2]))
    for side in (-1, 1):
        b.add(Box(board, d, h), (x + side * (w - board) / 2, y, z + h / 2), slot, name="panel")
    b.add(Box(w - 2 * board, d, board), (x, y, z + board / 2), slot, name="panel")
    if top:
        b.add(Box(w - 2 * board, d, board), (x, y, z + h - board / 2), slot, name="top")
    if back:
        inner = (w - 2 * board, board / 2, h - (2 if top else 1) * board)
        b.add(Box(*inner), (x, y + d / 2 - board / 4, z + board + inner[2] / 2), slot, name="back")
    return Case(
        (x - w / 2 + board, y - d / 2, z + board),
        (x + w / 2 - board, y + d / 2 - (board / 2 if back else 0.0), z + h - (board if top else 0.0)),
    )


def compartment(
    b: Builder,
    low: Vector,
    high: Vector,
    kind: str = "shelf",
    *,
    name: str = "compartment",
    opening: Literal["up", "front"] = "front",
    closed: bool = False,
) -> None:
    """Add the container between two corners, 1 mm free at its sides and its ceiling."""
    gap = 0.001
    size = [float(h) - float(a) for a, h in zip(low, high, strict=True)]
    box = Box(size[0] - 2 * gap, size[1] - 2 * gap, size[2] - gap)
    at = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2, float(low[2]) + box.z / 2)
    b.container(box, at, kind, name=name, opening=opening, closed=closed)


def headroom(b: Builder, clearance: float) -> None:
    """Limit the free height above the last support: for what hangs over it."""
    b.supports[-1] = dataclasses.replace(b.supports[-1], clearance=clearance)


def shelves(
    b: Builder,
    inner: Case,
    rows: int,
    slot: str = "main",
    *,
    kind: str = "shelf",
    name: str = "compartment",
    closed: bool = False,
    board: float = 0.018,
    inset: float = 0.0,
) -> None:
    """Divide a case into rows by shelves, each row a container; `inset` is how far they stay behind the front."""
    pitch = (inner.height + board) / rows
    for row in range(rows):
        z = inner.low[2] + row * pitch
        front = inner.low[1] + inset
        if row:
            block(b, (inner.low[0], front, z - board), (inner.high[0], inner.high[1], z), slot, name="shelf")
        compartment(
            b,
            (inner.low[0], front, z),
            (inner.high[0], inner.high[1], z + pitch - board),
            kind,
            name=name,
            closed=closed,
        )


@dataclasses.dataclass(frozen=True)
class Leaf:
    """A door on an upright hinge; its own coordinates are `u` from the hinge, `v` outwards from its inner face, z."""

    x: float
    y: float
    side: int
    """1 when the closed door runs from the hinge towards +x, -1 towards -x."""
    angle: float = 0.0
    """How far it stands open, radians."""

    def add(
        self,
        b: Builder,
        shape: Shape,
        u: float,
        v: float,
        z: float,
        slot: str = "main",
        *,
        name: str = "door",
        pitch: float = 0.0,
    ) -> None:
        """Add a part to the door, first turned by `pitch` about its own x axis."""
        yaw = -self.side * self.angle
        shift = rotation_z(yaw) @ np.array([self.side * u, -v, 0.0])
        at = (self.x + float(shift[0]), self.y + float(shift[1]), z)
        b.add(shape, at, slot, turn=(pitch, 0.0, yaw), name=name)

    def panel(
        self, b: Builder, width: float, height: float, z: float, slot: str = "main", *, thickness: float = BOARD
    ) -> None:
        """Add a flat door from height `z` up."""
        self.add(b, Box(width, thickness, height), width / 2, thickness / 2, z + height / 2, slot)
        self.hinges(b, height, z)

    def hinges(self, b: Builder, height: float, z: float) -> None:
        """Add two hinges that hold a door on its case however far it stands open."""
        for up in (0.12, 0.88):
            self.add(b, cylinder(0.009, 0.05), 0.004, 0.0, z + up * height - 0.025, "metal gray", name="frame")

    def framed(self, b: Builder, width: float, height: float, z: float, slot: str = "main", inner: str = "") -> None:
        """Add a door of four rails and, where a slot is named for it, a thin pane within them."""
        rail, thickness = min(0.055, 0.18 * width), BOARD
        for u in (rail / 2, width - rail / 2):
            self.add(b, Box(rail, thickness, height), u, thickness / 2, z + height / 2, slot)
        for up in (rail / 2, height - rail / 2):
            self.add(b, Box(width - 2 * rail, thickness, rail), width / 2, thickness / 2, z + up, slot)
        if inner:
            pane = Box(width - 2 * rail, 0.006, height - 2 * rail)
            self.add(
                b, pane, width / 2, 0.35 * thickness, z + height / 2, inner, name="pane" if inner != slot else "door"
            )

    def handle(self, b: Builder, u: float, z: float, length: float, slot: str = "metal gray", v: float = BOARD) -> None:
        """Add an upright bar on two stubs."""
        self.add(b, Box(0.012, 0.01, length), u, v + 0.03, z, slot, name="handle")
        for up in (-0.4, 0.4):
            self.add(b, Box(0.01, 0.03, 0.01), u, v + 0.014, z + up * length, slot, name="handle")

    def knob(self, b: Builder, u: float, z: float, slot: str = "metal gray", v: float = BOARD) -> None:
        """Add a round knob."""
        self.add(b, cylinder(0.015, 0.028), u, v - 0.001, z, slot, name="knob", pitch=PITCH)


def pull(b: Builder, x: float, y: float, z: float, length: float, slot: str = "metal gray") -> None:
    """Add a level bar handle on two stubs to a front whose face lies at `y`."""
    b.add(Box(length, 0.01, 0.012), (x, y - 0.03, z), slot, name="handle")
    for side in (-0.4, 0.4):
        b.add(Box(0.01, 0.03, 0.01), (x + side * length, y - 0.014, z), slot, name="handle")


def knob(b: Builder, x: float, y: float, z: float, slot: str = "metal gray", *, radius: float = 0.016) -> None:
    """Add a round knob that sticks out of a front whose face lies at `y`."""
    b.add(cylinder(radius, 0.03), (x, y + 0.002, z), slot, turn=(PITCH, 0, 0), name="knob")


def drawer(
    b: Builder,
    low: Vector,
    high: Vector,
    *,
    out: float = 0.0,
    slot: str = "main",
    grip: Literal["pull", "knob", "two knobs", "none"] = "pull",
    metal: str = "metal gray",
) -> None:
    """Add a drawer that fills the hole between two corners of a case's inside, pulled out by `out`.

    The container is the whole inside of a closed drawer, and of an open one what stands out of the case.
    """
    (x0, y0, z0), (x1, y1, z1) = (tuple(map(float, corner)) for corner in (low, high))
    wall, front, gap = 0.01, 0.018, 0.003
    y0, y1 = y0 - out, y1 - out - 0.01
    middle, width = (x0 + x1) / 2, x1 - x0 - 2 * gap
    rise = 0.75 * (z1 - z0)
    b.add(Box(width + 0.01, front, z1 - z0), (middle, y0 - front / 2, (z0 + z1) / 2), slot, name="drawer")
    # The box hangs on its case's sides, as on runners.
    block(b, (x0, y0, z0 + 0.004), (x1, y1, z0 + 0.004 + wall), "wood brown", name="drawer")
    for a in (x0 + gap, x1 - gap - wall):
        block(b, (a, y0, z0 + 0.004), (a + wall, y1, z0 + rise), "wood brown", name="drawer")
    block(b, (x0 + gap, y1 - wall, z0 + 0.004), (x1 - gap, y1, z0 + rise), "wood brown", name="drawer")
    rear = y1 - wall if out <= 0 else y0 + out - front - 0.035
    floor = z0 + 0.004 + wall
    inside = (x0 + gap + wall, y0, floor), (x1 - gap - wall, rear, z0 + rise)
    if out <= 0 or out > 0.12:
        compartment(b, *inside, "drawer", name="drawer", opening="up", closed=out <= 0)
    face, mid = y0 - front, (z0 + z1) / 2
    if grip == "pull":
        pull(b, middle, face, mid, min(0.16, 0.4 * width), metal)
    for side in {"knob": (0.0,), "two knobs": (-0.25, 0.25)}.get(grip, ()):
        knob(b, middle + side * width, face, mid, metal)


def cushion(
    b: Builder, size: tuple[float, float, float], at: Vector, slot: str = "main", *, name: str = "cushion"
) -> None:
    """Add a soft block whose roundness follows its thickness."""
    b.add(RoundedBox(*size, 0.32 * min(size)), at, slot, name=name)
