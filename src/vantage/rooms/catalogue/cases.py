"""Hollow cases of boards, and the compartments in them."""

import dataclasses
from typing import Literal

from vantage.rooms.catalogue.carpentry import BOARD, block
from vantage.rooms.shapes.blueprint import Builder, Vector
from vantage.rooms.shapes.primitives import Box


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
