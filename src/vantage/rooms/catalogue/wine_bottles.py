"""Wine bottles: with high and with sloping shoulders, of sparkling wine, and in a woven sleeve."""

import numpy as np

from vantage.rooms.catalogue.bottles import band
from vantage.rooms.catalogue.pieces import ring
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Box, Ellipsoid, Revolve, cylinder


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
    band(b, radius, label[0] * height, label[1] * height, f"paper {rng.choice(['white', 'white', 'yellow'])}")
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
    band(b, r, 0.14 * h, 0.24 * h, "paper white")
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


CATEGORIES = (
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
)
