"""Toys, books and cushions."""

import numpy as np

from vantage.rooms.blueprint import Blueprint, Builder, Category
from vantage.rooms.colours import ALL, VIVID
from vantage.rooms.shapes import Box, Ellipsoid, Revolve, RoundedBox, TorusArc, cylinder, sphere


def ball(rng: np.random.Generator) -> Blueprint:
    """Build a play ball."""
    b = Builder()
    radius = rng.uniform(0.1, 0.14)
    b.add(sphere(radius), (0, 0, radius))
    return b.done()


def teddy_bear(rng: np.random.Generator) -> Blueprint:
    """Build a sitting bear of ellipsoids: trunk, head, ears, snout, arms and legs."""
    b = Builder()
    s = rng.uniform(0.36, 0.5)
    b.add(Ellipsoid(0.22 * s, 0.19 * s, 0.26 * s), (0, 0, 0.28 * s))
    b.add(Ellipsoid(0.19 * s, 0.17 * s, 0.17 * s), (0, -0.02 * s, 0.65 * s))
    b.add(Ellipsoid(0.13 * s, 0.06 * s, 0.16 * s), (0, -0.15 * s, 0.28 * s), "plush white")
    b.add(Ellipsoid(0.09 * s, 0.08 * s, 0.07 * s), (0, -0.17 * s, 0.61 * s), "plush white")
    b.add(Ellipsoid(0.03 * s, 0.02 * s, 0.022 * s), (0, -0.25 * s, 0.635 * s), "plastic black")
    for sx in (-1, 1):
        b.add(Ellipsoid(0.075 * s, 0.04 * s, 0.075 * s), (sx * 0.15 * s, 0, 0.81 * s))
        b.add(sphere(0.022 * s), (sx * 0.07 * s, -0.18 * s, 0.7 * s), "plastic black")
        b.add(Ellipsoid(0.075 * s, 0.075 * s, 0.17 * s), (sx * 0.26 * s, -0.06 * s, 0.36 * s), turn=(0.5, -sx * 0.5, 0))
        b.add(Ellipsoid(0.09 * s, 0.19 * s, 0.09 * s), (sx * 0.16 * s, -0.24 * s, 0.09 * s), turn=(0, 0, sx * 0.35))
        b.add(
            Ellipsoid(0.065 * s, 0.02 * s, 0.065 * s),
            (sx * 0.225 * s, -0.42 * s, 0.09 * s),
            "plush white",
            turn=(0, 0, sx * 0.35),
        )
    return b.done()


def toy_car(rng: np.random.Generator) -> Blueprint:
    """Build a toy car with a cabin, windows and four wheels."""
    b = Builder()
    length = rng.uniform(0.2, 0.28)
    width, high = 0.48 * length, 0.2 * length
    b.add(RoundedBox(length, width, high, 0.03 * length + 0.005), (0, 0, 0.22 * length))
    b.add(RoundedBox(0.5 * length, 0.9 * width, 0.2 * length, 0.03 * length), (0.04 * length, 0, 0.38 * length))
    b.add(Box(0.36 * length, 0.92 * width, 0.1 * length), (0.04 * length, 0, 0.39 * length), "glass black")
    b.add(Box(0.51 * length, 0.7 * width, 0.1 * length), (0.04 * length, 0, 0.39 * length), "glass black")
    for sx in (-0.3, 0.3):
        for sy in (-1, 1):
            b.add(
                cylinder(0.11 * length, 0.07 * length),
                (sx * length, sy * 0.48 * width + 0.035 * length, 0.11 * length),
                "rubber black",
                turn=(np.pi / 2, 0, 0),
            )
            b.add(
                cylinder(0.05 * length, 0.08 * length),
                (sx * length, sy * 0.48 * width + 0.04 * length, 0.11 * length),
                "metal gray",
                turn=(np.pi / 2, 0, 0),
            )
    return b.done()


def blocks(rng: np.random.Generator) -> Blueprint:
    """Build a ring-stacking toy: rings that shrink upwards on a peg."""
    b = Builder()
    radius, minor = rng.uniform(0.085, 0.11), 0.024
    count = 5
    b.add(cylinder(radius, 0.015), slot="wood brown")
    b.add(cylinder(0.014, 0.03 + 2 * minor * count), slot="wood brown")
    for k in range(count):
        b.add(
            TorusArc(radius * (1 - 0.13 * k) - minor, minor),
            (0, 0, 0.015 + minor * (2 * k + 1)),
            turn=(np.pi / 2, 0, 0),
        )
    b.add(sphere(0.028), (0, 0, 0.04 + 2 * minor * count), "wood brown")
    return b.done()


def one_book(
    b: Builder, size: tuple[float, float, float], at: tuple[float, float, float], slot: str, yaw: float
) -> None:
    """Add a lying book: two covers, a spine and pages."""
    x, y, z = size
    c, s = float(np.cos(yaw)), float(np.sin(yaw))

    def place(dx: float, dy: float, dz: float) -> tuple[float, float, float]:
        return (at[0] + c * dx - s * dy, at[1] + s * dx + c * dy, at[2] + dz)

    for dz in (0.002, z - 0.002):
        b.add(Box(x, y, 0.004), place(0.0, 0.0, dz), slot, turn=(0, 0, yaw))
    b.add(Box(0.004, y, z), place(-x / 2 + 0.002, 0.0, z / 2), slot, turn=(0, 0, yaw))
    b.add(Box(x - 0.01, y - 0.012, z - 0.008), place(0.001, 0.0, z / 2), "paper white", turn=(0, 0, yaw))


def book(rng: np.random.Generator) -> Blueprint:
    """Build a lying book with a label on its cover."""
    b = Builder()
    x, y, z = rng.uniform(0.15, 0.21), rng.uniform(0.22, 0.29), rng.uniform(0.03, 0.055)
    one_book(b, (x, y, z), (0.0, 0.0, 0.0), "main", 0.0)
    b.add(Box(0.6 * x, 0.2 * y, 0.002), (0, 0.2 * y, z), "paper white")
    return b.done()


def books(rng: np.random.Generator) -> Blueprint:
    """Build a row of standing books; most share the main colour."""
    b = Builder()
    x, count = 0.0, int(rng.integers(6, 11))
    for _ in range(count):
        thick, deep, high = rng.uniform(0.024, 0.05), rng.uniform(0.15, 0.19), rng.uniform(0.2, 0.27)
        slot = "main" if rng.random() < 0.6 else f"paper {rng.choice(ALL)}"
        b.add(Box(thick, 0.006, high), (x + thick / 2, -deep / 2, high / 2), slot)
        for dx in (0.002, thick - 0.002):
            b.add(Box(0.004, deep, high), (x + dx, 0, high / 2), slot)
        b.add(Box(thick - 0.008, deep - 0.01, high - 0.012), (x + thick / 2, 0, high / 2), "paper white")
        b.add(Box(0.6 * thick, 0.002, 0.05), (x + thick / 2, -deep / 2 - 0.003, 0.7 * high), "paper white")
        x += thick + 0.001
    return b.done()


def pillow(rng: np.random.Generator) -> Blueprint:
    """Build a square cushion that lies flat."""
    b = Builder()
    size, thick = rng.uniform(0.36, 0.44), rng.uniform(0.12, 0.15)
    b.add(RoundedBox(size, size, thick, 0.45 * thick), (0, 0, thick / 2))
    b.add(Ellipsoid(0.46 * size, 0.46 * size, 0.62 * thick), (0, 0, thick / 2))
    return b.done()


def hat(rng: np.random.Generator) -> Blueprint:
    """Build a hat with a wide brim and a band."""
    b = Builder()
    radius, high = rng.uniform(0.09, 0.105), rng.uniform(0.11, 0.14)
    b.add(
        Revolve(
            (
                (0.0, 0.0),
                (1.8 * radius, 0.0),
                (1.85 * radius, 0.012),
                (radius, 0.016),
                (0.92 * radius, high),
                (0.0, high + 0.012),
            )
        )
    )
    b.add(cylinder(1.03 * radius, 0.03), (0, 0, 0.014), "fabric black")
    return b.done()


CATEGORIES = (
    Category(
        name="ball",
        variants={"plain": ball},
        size=(0.02, 2.6),
        looks={"rubber": (*VIVID, "white")},
        places=("floor", "floor", "shelf", "box"),
    ),
    Category(
        name="teddy bear",
        variants={"plain": teddy_bear},
        size=(0.02, 2.6),
        looks={"plush": ("brown", "brown", "pink", "white", "gray", "purple", "blue", "yellow")},
        places=("seat", "floor", "shelf", "box"),
        patterned=False,
    ),
    Category(
        name="toy car",
        variants={"plain": toy_car},
        size=(0.02, 2.6),
        looks={"plastic": (*VIVID, "white")},
        places=("floor", "table", "shelf"),
        patterned=False,
    ),
    Category(
        name="ring toy",
        variants={"plain": blocks},
        size=(0.02, 2.6),
        looks={"plastic": VIVID},
        places=("floor", "table", "shelf"),
        patterned=False,
    ),
    Category(
        name="book",
        variants={"plain": book},
        size=(0.02, 2.6),
        looks={"paper": ALL},
        places=("table", "desk", "sideboard", "seat", "shelf"),
        patterned=False,
    ),
    Category(
        name="books",
        variants={"plain": books},
        size=(0.02, 2.6),
        looks={"paper": ALL},
        places=("shelf", "shelf", "shelf", "sideboard"),
        patterned=False,
        phrase="row of {look} books",
    ),
    Category(
        name="pillow", variants={"plain": pillow}, size=(0.02, 2.6), looks={"fabric": ALL}, places=("seat", "seat")
    ),
    Category(
        name="hat",
        variants={"plain": hat},
        size=(0.02, 2.6),
        looks={"fabric": ("brown", "black", "red", "blue", "white", "yellow")},
        places=("seat", "table", "sideboard"),
        patterned=False,
    ),
)
