"""What opens a case: doors on hinges, drawers, and their handles."""

import dataclasses
from typing import Literal

import numpy as np

from vantage.rooms.catalogue.carpentry import BOARD, PITCH, block
from vantage.rooms.catalogue.cases import compartment
from vantage.rooms.shapes.blueprint import Builder, Vector, rotation_z
from vantage.rooms.shapes.primitives import Box, Shape, cylinder


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
