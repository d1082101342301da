"""Books: one by one, and rows of them."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import QUARTER
from vantage.rooms.looks.colours import ALL
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box
from vantage.rooms.shapes.prisms import Prism

PAGES = "paper white"


def _cover_print(b: Builder, x: float | int, y: float | int, z: float | int, rng: np.random.Generator) -> None:
    """Add a title and a picture on a lying cover of this size at height z."""
    b.add(Box(0.66 * x, 0.13 * y, 0.002), (0, 0.27 * y, z), PAGES, name="label")
    colour = rng.choice(["red", "yellow", "blue", "green", "orange"])
    b.add(Box(0.46 * x, 0.3 * y, 0.002), (0, -0.1 * y, z), f"paper {colour}", name="label")


def closed_book(rng: np.random.Generator) -> Blueprint:
    """Build a closed lying book: two covers, a spine and pages."""
    b = Builder()
    x, y, z = rng.uniform(0.13, 0.2), rng.uniform(0.2, 0.28), rng.uniform(0.018, 0.05)
    for at in (0.002, z - 0.002):
        b.add(Box(x, y, 0.004), (0, 0, at), name="cover")
    b.add(Box(0.004, y, z), (-x / 2 + 0.002, 0, z / 2), name="back")
    b.add(Box(x - 0.01, y - 0.012, z - 0.007), (0.001, 0, z / 2), PAGES, name="pages")
    _cover_print(b, x, y, z, rng)
    b.support(0, 0, (0.47 * x, 0.47 * y), z + 0.001, 0.3, "stack book")
    return b.done()


def open_book(rng: np.random.Generator) -> Blueprint:
    """Build an open book: pages that fall to both sides from its middle, lines of print on them."""
    b = Builder()
    x, y, z = rng.uniform(0.13, 0.18), rng.uniform(0.2, 0.27), rng.uniform(0.014, 0.028)
    b.add(Box(2 * x + 0.012, y, 0.004), (0, 0, 0.002), name="cover")
    for side in (-1, 1):
        wave = [(0.0, 0.0), (x - 0.006, 0.0), (x - 0.012, 0.55 * z), (0.6 * x, 0.95 * z), (0.25 * x, z), (0.0, 0.7 * z)]
        outline = tuple(wave) if side > 0 else tuple((-u, v) for u, v in reversed(wave))
        b.add(Prism(outline, y - 0.012), (0, y / 2 - 0.006, 0.0035), PAGES, turn=(QUARTER, 0, 0), name="pages")
        slope = math.atan2(0.05 * z, 0.35 * x)
        for k in range(7):
            at = (side * 0.425 * x, 0.34 * y - 0.11 * y * k, 0.0035 + 0.978 * z)
            b.add(
                Box(0.33 * x if k else 0.2 * x, 0.006, 0.001),
                at,
                "paper black",
                turn=(0, side * slope, 0),
                name="pages",
            )
    return b.done()


def standing_book(rng: np.random.Generator) -> Blueprint:
    """Build a book that stands half open on its edges, its cover in front."""
    b = Builder()
    x, z, half = rng.uniform(0.13, 0.19), rng.uniform(0.2, 0.27), rng.uniform(0.3, 0.5)
    for side in (-1, 1):
        turn = (0, 0, side * half)
        c, s = math.cos(half), math.sin(half)
        b.add(Box(x, 0.004, z), (c * x / 2, side * s * x / 2, z / 2), turn=turn, name="cover")
        inner = (c * x / 2 - 0.006 * c + 0.004, side * (s * x / 2 - 0.011), z / 2)
        b.add(Box(x - 0.012, 0.015, z - 0.012), inner, PAGES, turn=turn, name="pages")
        front = (c * x / 2 + side * s * 0.0018 if side < 0 else c * x / 2, side * (s * x / 2 + 0.0018), 0.74 * z)
        b.add(Box(0.66 * x, 0.003, 0.12 * z), front, PAGES, turn=turn, name="label")
        b.add(
            Box(0.46 * x, 0.003, 0.28 * z),
            (front[0], front[1], 0.38 * z),
            f"paper {rng.choice(['red', 'yellow', 'green'])}",
            turn=turn,
            name="label",
        )
    b.add(Box(0.006, 0.016, z), (0, 0, z / 2), name="back")
    return b.done()


def thick_book(rng: np.random.Generator) -> Blueprint:
    """Build a thick old volume with a ribbed spine, clasps and a ribbon."""
    b = Builder()
    x, y, z = rng.uniform(0.15, 0.19), rng.uniform(0.22, 0.28), rng.uniform(0.06, 0.08)
    for at in (0.003, z - 0.003):
        b.add(Box(x, y, 0.006), (0, 0, at), name="cover")
    b.add(Box(x - 0.014, y - 0.014, z - 0.011), (0, 0, z / 2), PAGES, name="pages")
    spine = tuple((-0.016 * math.sin(a), z / 2 - 0.5 * z * math.cos(a)) for a in np.linspace(math.pi, 0, 7).tolist())
    b.add(Prism(spine, y), (-x / 2 + 0.004, y / 2, 0), turn=(QUARTER, 0, 0), name="back")
    for k in range(4):
        rib = tuple((1.12 * u, z / 2 + 1.03 * (v - z / 2)) for u, v in spine)
        b.add(Prism(rib, 0.008), (-x / 2 + 0.004, y * (0.36 - 0.24 * k), 0.001), turn=(QUARTER, 0, 0), name="back")
    for side in (-1, 1):
        b.add(Box(0.012, 0.03, z + 0.004), (x / 2, side * 0.25 * y, z / 2 + 0.002), "metal yellow", name="strap")
        for corner in (-1, 1):
            b.add(
                Box(0.028, 0.028, 0.002),
                (side * (x / 2 - 0.013), corner * (y / 2 - 0.013), z),
                "metal yellow",
                name="panel",
            )
    b.add(Box(0.01, 0.05, 0.002), (0.1 * x, -y / 2 - 0.012, z / 2), "fabric red", name="tape")
    return b.done()


def _upright(
    b: Builder, x: float | int, size: tuple[float | int, float | int, float | int], slot: str, lean: float | int = 0.0
) -> None:
    """Add a standing book with its spine in front; x is its lower left corner, `lean` its turn to the left."""
    thick, deep, high = size
    c, s = math.cos(lean), math.sin(lean)

    def place(u: float | int, v: float | int, w: float | int) -> tuple[float | int, float | int, float | int]:
        return (x + c * u - s * w, v, s * u + c * w)

    turn = (0, -lean, 0)
    b.add(Box(thick, 0.005, high), place(thick / 2, -deep / 2, high / 2), slot, turn=turn, name="back")
    for u in (0.002, thick - 0.002):
        b.add(Box(0.004, deep, high), place(u, 0, high / 2), slot, turn=turn, name="cover")
    b.add(Box(thick - 0.007, deep - 0.008, high - 0.012), place(thick / 2, 0, high / 2), PAGES, turn=turn, name="pages")
    b.add(
        Box(0.6 * thick, 0.002, 0.2 * high),
        place(thick / 2, -deep / 2 - 0.0025, 0.7 * high),
        PAGES,
        turn=turn,
        name="label",
    )


def _row(b: Builder, count: int, rng: np.random.Generator) -> float:
    """Add a row of standing books from x = 0; most share the main colour. Return its length."""
    x = 0.0
    for _ in range(count):
        thick, deep, high = rng.uniform(0.022, 0.045), rng.uniform(0.14, 0.18), rng.uniform(0.19, 0.26)
        _upright(
            b,
            x,
            (thick, deep, high),
            "main"
            if rng.random() < 0.65
            else f"paper {rng.choice(['red', 'blue', 'green', 'yellow', 'brown', 'black'])}",
        )
        x += thick + 0.001
    return x


def straight_row(rng: np.random.Generator) -> Blueprint:
    """Build a row of standing books."""
    b = Builder()
    _row(b, int(rng.integers(5, 10)), rng)
    return b.done()


def leaning_row(rng: np.random.Generator) -> Blueprint:
    """Build a row of standing books with two that lean on it."""
    b = Builder()
    x = _row(b, int(rng.integers(3, 6)), rng)
    for k in range(2):
        lean, high, thick = 0.28 + 0.03 * k, 0.2 - 0.01 * k, 0.026
        _upright(b, x + high * math.sin(lean) + 0.031 * k, (thick, 0.15, high), "main" if k else "paper white", lean)
    return b.done()


def row_with_ends(rng: np.random.Generator) -> Blueprint:
    """Build a row of books between two metal bookends."""
    b = Builder()
    x = _row(b, int(rng.integers(4, 8)), rng)
    for at, side in ((-0.0015, -1), (x + 0.0005, 1)):
        b.add(Box(0.003, 0.13, 0.17), (at, 0, 0.085), "metal gray", name="stand")
        b.add(Box(0.09, 0.13, 0.003), (at + side * 0.045, 0, 0.0015), "metal gray", name="foot")
        brace = ((0.0, 0.0), (side * 0.06, 0.0), (0.0, 0.1))
        b.add(
            Prism(brace if side > 0 else (brace[0], brace[2], brace[1]), 0.004),
            (at, 0.002, 0.002),
            "metal gray",
            turn=(QUARTER, 0, 0),
            name="stand",
        )
    return b.done()


CATEGORIES = (
    Category(
        name="book",
        variants={"closed": closed_book, "open": open_book, "standing": standing_book, "thick": thick_book},
        looks={"paper": ALL, "leather": ("brown", "black", "red")},
        places=(
            "table",
            "desk",
            "desk",
            "sideboard",
            "seat",
            "shelf",
            "shelf",
            "bed",
            "drawer",
            "floor",
            "stack book",
            "stack book",
            "stack book",
        ),
        size=(0.19, 0.39),
        rooms=("living room", "bedroom", "office"),
        synonyms=("novel", "volume"),
        patterned=False,
    ),
    Category(
        name="books",
        variants={"straight": straight_row, "leaning": leaning_row, "with bookends": row_with_ends},
        looks={"paper": ALL, "leather": ("brown", "black", "red")},
        places=("shelf", "shelf", "shelf", "shelf", "sideboard", "desk"),
        size=(0.19, 0.52),
        rooms=("living room", "bedroom", "office"),
        patterned=False,
        phrase="row of {look} books",
    ),
)
