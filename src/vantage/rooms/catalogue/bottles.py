"""Bottles, wine bottles, cans and cartons."""

import math

import numpy as np

from vantage.rooms.catalogue.pieces import DYES, QUARTER, curve, disc, ring, vessel
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, Frustum, Revolve, RoundedBox, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism

PAPERS = ("red", "blue", "green", "yellow", "orange", "white")


def _band(b: Builder, radius: float | int, z: float | int, height: float | int, slot: str) -> None:
    """Add a label about a bottle of this radius."""
    b.add(cylinder(1.025 * radius, height), (0, 0, z), slot, name="label")


def water_bottle(rng: np.random.Generator) -> Blueprint:
    """Build a plastic bottle with grooves, a dome and a screw cap."""
    b = Builder()
    radius, height = rng.uniform(0.032, 0.04), rng.uniform(0.2, 0.27)
    profile = [(0.0, 0.0), (0.85 * radius, 0.0), (radius, 0.008)]
    for k in range(3):
        z = (0.12 + 0.07 * k) * height
        profile += [(radius, z), (0.93 * radius, z + 0.02 * height), (radius, z + 0.04 * height)]
    profile += [
        (radius, 0.66 * height),
        (0.75 * radius, 0.8 * height),
        (0.36 * radius, 0.9 * height),
        (0.36 * radius, 0.96 * height),
        (0.0, 0.96 * height),
    ]
    b.add(Revolve(tuple(profile)))
    _band(b, radius, 0.38 * height, 0.24 * height, f"paper {rng.choice(PAPERS)}")
    b.add(cylinder(0.46 * radius, 0.06 * height), (0, 0, 0.94 * height), "plastic white", name="cap")
    return b.done()


def sports_bottle(rng: np.random.Generator) -> Blueprint:
    """Build a drinking bottle with a waist, a broad cap, a nipple and a carrying loop."""
    b = Builder()
    radius, height = rng.uniform(0.035, 0.041), rng.uniform(0.2, 0.25)
    profile = (
        (0, 0),
        (0.93 * radius, 0),
        (radius, 0.01),
        (radius, 0.42 * height),
        (0.84 * radius, 0.52 * height),
        (0.84 * radius, 0.62 * height),
        (radius, 0.7 * height),
        (radius, 0.8 * height),
        (0, 0.8 * height),
    )
    b.add(Revolve(profile))
    b.add(Frustum(0.98 * radius, 0.7 * radius, 0.1 * height), (0, 0, 0.8 * height), "plastic black", name="cap")
    b.add(cylinder(0.3 * radius, 0.08 * height), (0, 0, 0.89 * height), "plastic gray", name="cap")
    b.add(cylinder(0.38 * radius, 0.025 * height), (0, 0, 0.96 * height), "plastic white", name="cap")
    b.add(TorusArc(0.022, 0.0045, -QUARTER, QUARTER), (0.75 * radius, 0, 0.8 * height), "plastic black", name="strap")
    return b.done()


def flip_bottle(rng: np.random.Generator) -> Blueprint:
    """Build a flask of steel with a cup for a cap and a handle."""
    b = Builder()
    radius, height = rng.uniform(0.038, 0.044), rng.uniform(0.26, 0.31)
    b.add(Revolve(((0, 0), (radius, 0), (radius, 0.68 * height), (0.8 * radius, 0.76 * height), (0, 0.76 * height))))
    ring(b, radius, 0.006, 0.03, "metal gray", name="base")
    ring(b, radius, 0.006, 0.66 * height, "metal gray")
    b.add(Frustum(0.84 * radius, 0.72 * radius, 0.24 * height), (0, 0, 0.76 * height), "metal gray", name="cap")
    path = (
        (0.97 * radius, 0.0, 0.6 * height),
        (1.7 * radius, 0.0, 0.58 * height),
        (1.7 * radius, 0.0, 0.22 * height),
        (0.97 * radius, 0.0, 0.2 * height),
    )
    b.add(Tube(path, 0.006), slot="plastic black", name="handle")
    return b.done()


def pump_bottle(rng: np.random.Generator) -> Blueprint:
    """Build a soap bottle with a pump and an oval body."""
    b = Builder()
    wide, height = rng.uniform(0.075, 0.09), rng.uniform(0.13, 0.16)
    b.add(RoundedBox(wide, 0.055, height, 0.024), (0, 0, height / 2))
    b.add(RoundedBox(0.62 * wide, 0.01, 0.5 * height, 0.004), (0, -0.0255, 0.48 * height), "paper white", name="label")
    b.add(cylinder(0.014, 0.022), (0, 0, height - 0.004), "plastic white", name="cap")
    b.add(cylinder(0.005, 0.04), (0, 0, height + 0.01), "plastic white", name="neck")
    b.add(
        Tube(((0.006, 0.0, height + 0.048), (-0.03, 0.0, height + 0.048), (-0.036, 0.0, height + 0.04)), 0.006),
        slot="plastic white",
        name="spout",
    )
    return b.done()


def _wine(
    b: Builder,
    profile: tuple[tuple[float | int, float | int], ...],
    radius: float | int,
    height: float | int,
    label: tuple[float | int, float | int],
    rng: np.random.Generator,
) -> None:
    """Add a wine bottle of this profile with its foil, cork ring and labels."""
    b.add(Revolve(profile))
    neck = 0.0145
    foil = str(rng.choice(["red", "black", "yellow", "purple"]))
    b.add(
        Revolve(
            (
                (0, 0),
                (neck + 0.0012, 0),
                (neck + 0.0012, 0.05),
                (neck + 0.003, 0.054),
                (neck + 0.003, 0.062),
                (0, 0.063),
            )
        ),
        (0, 0, height - 0.063),
        f"metal {foil}",
        name="cap",
    )
    _band(b, radius, label[0] * height, label[1] * height, f"paper {rng.choice(['white', 'white', 'yellow'])}")
    b.add(
        Box(0.9 * radius, 0.004, 0.025),
        (0, -1.02 * radius, (label[0] + 0.6 * label[1]) * height),
        f"paper {foil}",
        name="label",
    )


def straight_wine(rng: np.random.Generator) -> Blueprint:
    """Build a wine bottle with high shoulders."""
    b = Builder()
    r, h = rng.uniform(0.036, 0.039), rng.uniform(0.295, 0.32)
    profile = (
        (0, 0),
        (0.95 * r, 0),
        (r, 0.005),
        (r, 0.6 * h),
        (0.93 * r, 0.645 * h),
        (0.5 * r, 0.69 * h),
        (0.0145, 0.73 * h),
        (0.014, h - 0.01),
        (0, h - 0.01),
    )
    _wine(b, profile, r, h, (0.2, 0.3), rng)
    return b.done()


def sloping_wine(rng: np.random.Generator) -> Blueprint:
    """Build a wine bottle with sloping shoulders."""
    b = Builder()
    r, h = rng.uniform(0.04, 0.043), rng.uniform(0.29, 0.31)
    profile = (
        (0, 0),
        (0.95 * r, 0),
        (r, 0.006),
        (r, 0.44 * h),
        (0.86 * r, 0.55 * h),
        (0.55 * r, 0.66 * h),
        (0.38 * r, 0.76 * h),
        (0.014, h - 0.01),
        (0, h - 0.01),
    )
    _wine(b, profile, r, h, (0.12, 0.27), rng)
    return b.done()


def champagne(rng: np.random.Generator) -> Blueprint:
    """Build a broad sparkling wine bottle with a mushroom cork and a long foil."""
    b = Builder()
    r, h = rng.uniform(0.043, 0.046), rng.uniform(0.3, 0.325)
    profile = (
        (0, 0),
        (0.93 * r, 0),
        (r, 0.01),
        (r, 0.46 * h),
        (0.9 * r, 0.56 * h),
        (0.6 * r, 0.67 * h),
        (0.44 * r, 0.77 * h),
        (0.0145, h - 0.02),
        (0, h - 0.02),
    )
    b.add(Revolve(profile))
    foil = str(rng.choice(["yellow", "red", "gray"]))
    b.add(
        Revolve(((0, 0), (0.46 * r, 0), (0.0155, 0.19 * h), (0.019, 0.195 * h), (0.019, 0.215 * h), (0, 0.23 * h))),
        (0, 0, 0.77 * h),
        f"metal {foil}",
        name="cap",
    )
    b.add(Ellipsoid(0.017, 0.017, 0.014), (0, 0, h), f"metal {foil}", name="cap")
    _band(b, r, 0.14 * h, 0.24 * h, "paper white")
    b.add(
        Box(0.9 * r, 0.004, 0.03),
        (0, -1.02 * r, 0.3 * h),
        f"paper {foil}" if foil != "gray" else "paper black",
        name="label",
    )
    return b.done()


def fiasco(rng: np.random.Generator) -> Blueprint:
    """Build a round-bellied wine bottle in a woven sleeve, with a long neck and a cork."""
    b = Builder()
    r, h = rng.uniform(0.052, 0.058), rng.uniform(0.28, 0.31)
    profile = (
        (0, 0),
        (0.6 * r, 0),
        (0.92 * r, 0.1 * h),
        (r, 0.22 * h),
        (0.88 * r, 0.36 * h),
        (0.5 * r, 0.5 * h),
        (0.0165, 0.62 * h),
        (0.0145, h - 0.012),
        (0, h - 0.012),
    )
    b.add(Revolve(profile))
    b.add(
        Revolve(
            ((0, 0), (0.66 * r, 0), (0.96 * r, 0.1 * h), (1.04 * r, 0.22 * h), (0.96 * r, 0.33 * h), (0, 0.33 * h))
        ),
        (0, 0, 0),
        "fabric brown",
        name="cover",
    )
    b.add(cylinder(0.0105, 0.026), (0, 0, h - 0.024), "wood brown", name="cap")
    ring(b, 0.016, 0.006, h - 0.016, "metal red")
    return b.done()


def soda_can(rng: np.random.Generator) -> Blueprint:
    """Build a drink can with a tab."""
    b = Builder()
    r, h = rng.uniform(0.029, 0.033), rng.uniform(0.115, 0.165)
    b.add(Revolve(((0, 0), (0.78 * r, 0), (r, 0.009), (r, h - 0.014), (0.84 * r, h - 0.002), (0, h - 0.002))))
    ring(b, 0.82 * r, 0.004, h - 0.002, "metal gray")
    b.add(cylinder(0.8 * r, 0.002), (0, 0, h - 0.0035), "metal gray", name="lid")
    b.add(Box(0.012, 0.02, 0.002), (0, -0.004, h - 0.001), "metal gray", name="key")
    b.add(
        Revolve(((0.9 * r, 0), (1.01 * r, 0), (1.01 * r, 0.22 * h), (0.9 * r, 0.22 * h))),
        (0, 0, 0.4 * h),
        "paper white",
        name="label",
    )
    return b.done()


def food_tin(rng: np.random.Generator) -> Blueprint:
    """Build a food tin: steel rims above and below a paper label."""
    b = Builder()
    r, h = rng.uniform(0.036, 0.05), rng.uniform(0.085, 0.115)
    b.add(cylinder(0.97 * r, h - 0.003), slot="metal gray")
    for z in (0.003, h - 0.0025):
        ring(b, 0.98 * r, 0.005, z, "metal gray")
    for k in range(3):
        ring(b, 0.3 * r + 0.2 * r * k, 0.0025, h - 0.003, "metal gray", name="lid")
    b.add(cylinder(0.995 * r, 0.8 * h), (0, 0, 0.1 * h), name="label")
    b.add(
        Revolve(((0.95 * r, 0), (1.015 * r, 0), (1.015 * r, 0.25 * h), (0.95 * r, 0.25 * h))),
        (0, 0, 0.35 * h),
        "paper white",
        name="label",
    )
    b.add(
        Ellipsoid(0.35 * r, 0.004, 0.35 * r),
        (0, -1.01 * r, 0.48 * h),
        f"paper {rng.choice(['red', 'green', 'orange'])}",
        name="label",
    )
    return b.done()


def opened_tin(rng: np.random.Generator) -> Blueprint:
    """Build an empty tin whose jagged lid stands open."""
    b = Builder()
    r, h = rng.uniform(0.04, 0.052), rng.uniform(0.08, 0.11)
    vessel(b, [(r, 0.0), (r, h)], 0.0016, 0.005, slot="metal gray")
    ring(b, r, 0.0045, h - 0.001, "metal gray")
    b.add(
        Revolve(((0.985 * r, 0), (1.015 * r, 0), (1.015 * r, 0.78 * h), (0.985 * r, 0.78 * h))),
        (0, 0, 0.1 * h),
        name="label",
    )
    b.add(cylinder(0.93 * r, 0.0015), (0, r + 0.16 * r, h + 0.88 * r), "metal gray", turn=(1.3, 0, 0), name="lid")
    b.add(Box(0.6 * r, 0.004, 0.3 * h), (0, -1.015 * r, 0.5 * h), "paper white", name="label")
    return b.done()


def gable_carton(rng: np.random.Generator) -> Blueprint:
    """Build a milk carton with a gable, its seam and a screw cap."""
    b = Builder()
    side, h = rng.uniform(0.068, 0.078), rng.uniform(0.19, 0.23)
    slope = 0.6 * side
    b.add(Box(side, side, h - slope), (0, 0, (h - slope) / 2))
    gable = ((-side / 2, 0.0), (side / 2, 0.0), (0.0, slope))
    # The ridge runs along x: the triangle stands across y and is drawn along x.
    b.add(Prism(gable, side), (-side / 2, 0, h - slope), turn=(QUARTER, 0, QUARTER), name="top")
    b.add(Box(side, 0.004, 0.022), (0, 0, h + 0.008), name="top")
    disc(
        b,
        0.014,
        0.014,
        (0, -0.25 * side + 0.002, h - 0.5 * slope),
        f"plastic {rng.choice(['red', 'blue', 'green'])}",
        name="cap",
    )
    b.add(Box(1.01 * side, 1.01 * side, 0.3 * h), (0, 0, 0.3 * h), "paper white", name="label")
    b.add(
        Ellipsoid(0.26 * side, 0.004, 0.1 * h),
        (0, -0.5 * side, 0.3 * h),
        f"paper {rng.choice(['blue', 'red', 'green'])}",
        name="label",
    )
    return b.done()


def juice_carton(rng: np.random.Generator) -> Blueprint:
    """Build a juice box with a straw."""
    b = Builder()
    x, y, h = rng.uniform(0.055, 0.065), rng.uniform(0.04, 0.046), rng.uniform(0.12, 0.14)
    b.add(Box(x, y, h), (0, 0, h / 2))
    b.add(Box(x, 0.003, 0.008), (0, 0, h + 0.003), name="top")
    straw = curve(
        (0.3 * x, -0.25 * y, h - 0.006),
        (0.3 * x, -0.25 * y, h + 0.045),
        (0.3 * x, -0.25 * y, h + 0.05),
        (0.75 * x, -0.25 * y, h + 0.07),
        count=6,
    )
    b.add(Tube(straw, 0.003), slot="plastic white", name="spout")
    b.add(Box(1.01 * x, 1.01 * y, 0.16 * h), (0, 0, 0.75 * h), "paper white", name="label")
    fruit = str(rng.choice(["orange", "red", "green"]))
    b.add(Ellipsoid(0.3 * x, 0.004, 0.3 * x), (0, -y / 2, 0.36 * h), f"paper {fruit}", name="label")
    b.add(Ellipsoid(0.14 * x, 0.005, 0.05 * x), (0.1 * x, -y / 2, 0.36 * h + 0.34 * x), "paper green", name="label")
    return b.done()


def cereal_carton(rng: np.random.Generator) -> Blueprint:
    """Build a cereal box with a bowl on its face and its top flaps open."""
    b = Builder()
    x, y, h = rng.uniform(0.18, 0.2), rng.uniform(0.055, 0.065), rng.uniform(0.26, 0.29)
    b.add(Box(x, y, h), (0, 0, h / 2))
    for side in (-1, 1):
        b.add(Box(x - 0.004, 0.003, 0.03), (0, side * (y / 2 + 0.004), h + 0.01), turn=(-side * 0.5, 0, 0), name="top")
    b.add(Box(0.8 * x, 0.003, 0.16 * h), (0, -y / 2, 0.8 * h), f"paper {rng.choice(['white', 'yellow'])}", name="label")
    b.add(Box(0.5 * x, 0.004, 0.05 * h), (0, -y / 2, 0.81 * h), "paper red", name="label")
    half = tuple(
        (0.3 * x * math.cos(math.pi + math.pi * k / 8), 0.3 * x * math.sin(math.pi + math.pi * k / 8)) for k in range(9)
    )
    b.add(Prism(half, 0.003), (0, -y / 2 + 0.001, 0.42 * h), "paper white", turn=(QUARTER, 0, 0), name="label")
    b.add(Ellipsoid(0.28 * x, 0.004, 0.06 * x), (0, -y / 2, 0.42 * h), "paper orange", name="label")
    return b.done()


CATEGORIES = (
    Category(
        name="bottle",
        variants={"water": water_bottle, "sports": sports_bottle, "flask": flip_bottle, "pump": pump_bottle},
        looks={"plastic": (*DYES, "beige"), "metal": ("gray", "blue", "red", "green", "turquoise")},
        places=("table", "desk", "desk", "counter", "sideboard", "shelf", "cabinet", "fridge", "workbench", "floor"),
        size=(0.16, 0.32),
        synonyms=("flask", "water bottle"),
        patterned=False,
    ),
    Category(
        name="wine bottle",
        variants={"straight": straight_wine, "sloping": sloping_wine, "sparkling": champagne, "fiasco": fiasco},
        looks={"glass": ("green", "green", "brown", "black", "blue", "turquoise")},
        places=("table", "table", "counter", "sideboard", "cabinet", "fridge", "shelf"),
        size=(0.27, 0.34),
        rooms=("kitchen", "living room"),
        synonyms=("bottle of wine",),
        patterned=False,
    ),
    Category(
        name="can",
        variants={"drink": soda_can, "food": food_tin, "opened": opened_tin},
        looks={
            "metal": ("red", "blue", "green", "yellow", "orange", "purple", "turquoise"),
            "paper": ("red", "green", "yellow", "blue", "beige"),
        },
        places=("table", "desk", "counter", "counter", "cabinet", "cabinet", "fridge", "shelf", "bin"),
        size=(0.08, 0.2),
        synonyms=("tin", "tin can", "soda can"),
        patterned=False,
    ),
    Category(
        name="carton",
        variants={"milk": gable_carton, "juice": juice_carton, "cereal": cereal_carton},
        looks={"cardboard": ("blue", "red", "green", "orange", "yellow", "purple", "turquoise")},
        places=("counter", "counter", "table", "cabinet", "cabinet", "fridge", "fridge"),
        size=(0.15, 0.33),
        rooms=("kitchen",),
        synonyms=("milk carton", "cereal box", "food packet"),
        patterned=False,
    ),
)
