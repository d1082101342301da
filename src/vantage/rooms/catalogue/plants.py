"""House plants, cacti, vases and watering cans."""

import itertools
import math

import numpy as np

from vantage.rooms.catalogue.pieces import GLAZES, QUARTER, ball_profile, c_handle, curve, vessel
from vantage.rooms.looks.colours import VIVID
from vantage.rooms.shapes.blueprint import Blueprint, Builder, Category
from vantage.rooms.shapes.primitives import Ellipsoid, Frustum, Revolve, TorusArc, Tube, cylinder
from vantage.rooms.shapes.prisms import Prism, ellipse, regular

LEAF = "plant green"


def _planter(b: Builder, radius: float | int, height: float | int) -> None:
    """Add a flower pot with a rim, filled with soil."""
    b.add(Frustum(0.72 * radius, 0.94 * radius, height), name="planter")
    b.add(
        Revolve(((0.9 * radius, 0), (1.04 * radius, 0), (1.06 * radius, 0.16 * height), (0.9 * radius, 0.16 * height))),
        (0, 0, 0.86 * height),
        name="rim",
    )
    b.add(cylinder(0.92 * radius, 0.01), (0, 0, height - 0.004), "plant brown", name="soil")


def _leaf(
    b: Builder, root: np.ndarray, angle: float | int, lean: float | int, length: float | int, width: float | int
) -> None:
    """Add a flat oval leaf that starts at `root` and leans `lean` from the vertical towards `angle`."""
    along = np.array([math.cos(angle) * math.sin(lean), math.sin(angle) * math.sin(lean), math.cos(lean)])
    x, y, z = (float(v) for v in root + along * length / 2)
    b.add(
        Prism(ellipse(length / 2, width / 2, count=10), 0.004),
        (x, y, z),
        LEAF,
        turn=(0, lean - QUARTER, angle),
        name="leaf",
    )


def leafy_plant(rng: np.random.Generator) -> Blueprint:
    """Build a plant whose broad leaves spread on bent stems."""
    b = Builder()
    radius, height = rng.uniform(0.12, 0.18), rng.uniform(0.2, 0.32)
    _planter(b, radius, height)
    reach = rng.uniform(0.4, 0.65)
    for k in range(int(rng.integers(9, 13))):
        angle, lean, length = 2.4 * k, rng.uniform(0.15, 0.85), reach * rng.uniform(0.6, 1.0)
        tip = (
            length * math.sin(lean) * math.cos(angle),
            length * math.sin(lean) * math.sin(angle),
            height + length * math.cos(lean),
        )
        b.add(
            Tube(
                curve(
                    (0, 0, height - 0.01),
                    (0.2 * tip[0], 0.2 * tip[1], height + 0.6 * length * math.cos(lean)),
                    tip,
                    count=3,
                ),
                0.006,
            ),
            slot=LEAF,
            name="stem",
        )
        _leaf(b, np.array(tip) - 0.01, angle, lean + 0.7, 0.5 * reach, 0.26 * reach)
    return b.done()


def little_tree(rng: np.random.Generator) -> Blueprint:
    """Build a small tree with a trunk and a crown of leafy balls."""
    b = Builder()
    radius, height, trunk = rng.uniform(0.14, 0.19), rng.uniform(0.24, 0.32), rng.uniform(0.35, 0.6)
    _planter(b, radius, height)
    b.add(
        Tube(((0.0, 0.0, height), (0.02, 0.01, height + 0.5 * trunk), (0.0, 0.0, height + trunk + 0.1)), 0.022),
        slot="wood brown",
        name="stem",
    )
    for k in range(7):
        a, r = 2.4 * k, 0.16 * math.sqrt(k / 7)
        at = (r * math.cos(a), r * math.sin(a), height + trunk + 0.1 + 0.14 * float(rng.random()))
        b.add(ball_profile(rng.uniform(0.11, 0.16), points=6), at, LEAF, turn=(0.5 * k, 0.3 * k, 0), name="leaf")
    return b.done()


def sword_plant(rng: np.random.Generator) -> Blueprint:
    """Build a plant of stiff upright blades with pale edges."""
    b = Builder()
    radius, height = rng.uniform(0.1, 0.14), rng.uniform(0.16, 0.24)
    _planter(b, radius, height)
    for k in range(int(rng.integers(9, 13))):
        a, r = 2.4 * k, 0.6 * radius * math.sqrt((k + 0.5) / 12)
        long = rng.uniform(0.3, 0.6)
        for slot, grow, thick in (("plant yellow", 1.0, 0.004), (LEAF, 0.72, 0.007)):
            wide = 0.026 * grow
            blade = (
                (-0.7 * wide, 0.0),
                (0.7 * wide, 0.0),
                (wide, 0.5 * long),
                (0.0, long * (0.9 + 0.1 * grow)),
                (-wide, 0.5 * long),
            )
            at = (r * math.cos(a), r * math.sin(a), height - 0.006)
            b.add(
                Prism(blade, thick),
                (at[0] + 0.5 * thick * math.cos(a), at[1] + 0.5 * thick * math.sin(a), at[2]),
                slot,
                turn=(QUARTER, 0, a - QUARTER),
                name="leaf",
            )
    return b.done()


def palm(rng: np.random.Generator) -> Blueprint:
    """Build a palm: a ringed trunk and drooping fronds."""
    b = Builder()
    radius, height, trunk = rng.uniform(0.13, 0.17), rng.uniform(0.2, 0.28), rng.uniform(0.35, 0.7)
    _planter(b, radius, height)
    for k in range(5):
        b.add(Frustum(0.036, 0.026, trunk / 5 + 0.01), (0, 0, height - 0.01 + k * trunk / 5), "wood brown", name="stem")
    top = height + trunk
    for k in range(9):
        a, rise, long = 2.4 * k, rng.uniform(0.1, 0.3), rng.uniform(0.3, 0.42)
        c, s = math.cos(a), math.sin(a)
        path = curve(
            (0, 0, top - 0.02),
            (0.45 * long * c, 0.45 * long * s, top + rise),
            (long * c, long * s, top - 0.3 * long + 0.5 * rise),
            count=5,
        )
        for (x0, y0, z0), (x1, y1, z1) in itertools.pairwise(path):
            run = math.hypot(x1 - x0, y1 - y0)
            size = math.hypot(run, z1 - z0) * 1.25
            lean = math.atan2(run, z1 - z0) - QUARTER
            at = ((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2)
            b.add(
                Prism(((-0.5 * size, -0.03), (0.5 * size, -0.016), (0.5 * size, 0.016), (-0.5 * size, 0.03)), 0.004),
                at,
                LEAF,
                turn=(0, lean, a),
                name="leaf",
            )
    return b.done()


def column_cactus(rng: np.random.Generator) -> Blueprint:
    """Build a tall cactus with two bent arms."""
    b = Builder()
    radius = rng.uniform(0.055, 0.075)
    height, top = 1.4 * radius, rng.uniform(0.16, 0.24)
    _planter(b, radius, height)
    thick = 0.42 * radius
    b.add(Tube(((0.0, 0.0, height), (0.0, 0.0, height + top)), thick), slot=LEAF, name="stem")
    for side in (-1, 1):
        z = height + top * rng.uniform(0.3, 0.5)
        b.add(
            Tube(
                ((0.0, 0.0, z), (side * 0.95 * radius, 0.0, z + 0.01), (side * 1.0 * radius, 0.0, z + 0.4 * top)),
                0.55 * thick,
            ),
            slot=LEAF,
            name="limb",
        )
    _spines(b, thick, height, top)
    return b.done()


def _spines(b: Builder, radius: float | int, z: float | int, height: float | int) -> None:
    """Add pale spines in rows around a column."""
    for k in range(24):
        a = 2.4 * k
        at = (0.98 * radius * math.cos(a), 0.98 * radius * math.sin(a), z + height * (0.1 + 0.9 * k / 24))
        b.add(
            Prism(((-0.0012, -0.0012), (0.0012, -0.0012), (0.0, 0.0015)), 0.011, 0.2),
            at,
            "plant white",
            turn=(0, QUARTER - 0.2, a),
            name="leaf",
        )


def ball_cactus(rng: np.random.Generator) -> Blueprint:
    """Build a round ribbed cactus with a flower on top."""
    b = Builder()
    radius = rng.uniform(0.055, 0.08)
    height = 1.1 * radius
    _planter(b, radius, height)
    size = 0.85 * radius
    z = height + 0.75 * size
    b.add(ball_profile(0.94 * size, squash=0.95, points=9), (0, 0, z), LEAF, name="stem")
    for k in range(8):
        a = 2 * math.pi * k / 8
        half = ellipse(0.86 * size, 0.95 * size, -QUARTER + 0.2, QUARTER - 0.2, count=9)
        b.add(
            Prism(tuple((x + 0.14 * size, y) for x, y in half), 0.07 * size),
            (0.035 * size * math.sin(a), -0.035 * size * math.cos(a), z),
            LEAF,
            turn=(QUARTER, 0, a),
            name="stem",
        )
        for e in (-0.4, 0.1, 0.6):
            at = (
                0.98 * size * math.cos(a) * math.cos(e),
                0.98 * size * math.sin(a) * math.cos(e),
                z + 0.93 * size * math.sin(e),
            )
            b.add(
                Prism(((-0.0012, -0.0012), (0.0012, -0.0012), (0.0, 0.0015)), 0.012, 0.2),
                at,
                "plant white",
                turn=(0, QUARTER - e, a),
                name="leaf",
            )
    bloom = f"plant {rng.choice(['red', 'pink', 'yellow'])}"
    for k in range(6):
        at = (0.012 * math.cos(k * 1.05), 0.012 * math.sin(k * 1.05), z + 0.93 * size)
        b.add(Prism(ellipse(0.016, 0.008, count=8), 0.003), at, bloom, turn=(0, -0.5, k * 1.05), name="flower")
    b.add(cylinder(0.007, 0.012), (0, 0, z + 0.9 * size), "plant yellow", name="flower")
    return b.done()


def pad_cactus(rng: np.random.Generator) -> Blueprint:
    """Build a prickly pear: flat round pads that grow out of one another."""
    b = Builder()
    radius = rng.uniform(0.06, 0.08)
    height = 1.2 * radius
    _planter(b, radius, height)
    pads = (
        (0.0, 0.0, 1.0, 0.0),
        (-0.62, 1.25, 0.68, -0.5),
        (0.6, 1.35, 0.72, 0.45),
        (0.05, 1.75, 0.55, 0.1),
        (1.0, 2.25, 0.45, 0.5),
    )
    for x, z, scale, lean in pads:
        size = scale * radius
        at = (x * radius, 0.0, height + z * radius + 0.8 * radius)
        b.add(Ellipsoid(0.62 * size, 0.2 * size, 0.85 * size), at, LEAF, turn=(0, lean, 0), name="limb")
        for u, w in ((0, 0.4), (0.3, 0.0), (-0.3, 0.0), (0, -0.35)):
            c, s = math.cos(lean), math.sin(lean)
            dot = (at[0] + (c * u + s * w) * size, -0.15 * size, at[2] + (-s * u + c * w) * size)
            b.add(
                Prism(((-0.0015, -0.0015), (0.0015, -0.0015), (0.0, 0.002)), 0.01, 0.2),
                dot,
                "plant white",
                turn=(QUARTER, 0, 0),
                name="leaf",
            )
    return b.done()


def _flowers(b: Builder, floor: float | int, rim: float | int, neck: float | int, rng: np.random.Generator) -> None:
    """Add flowers of one colour: stems from a vase's floor through its mouth, petals around a heart, leaves."""
    bloom = str(rng.choice([*VIVID, "white"]))
    for k in range(int(rng.integers(4, 6))):
        a = 2.4 * k
        lean = math.atan2(0.7 * neck, rim - floor)
        out, up = rng.uniform(0.03, 0.09), rng.uniform(0.1, 0.2)
        mouth = (0.6 * neck * math.cos(a), 0.6 * neck * math.sin(a), rim)
        tip = (mouth[0] + out * math.cos(a), mouth[1] + out * math.sin(a), rim + up)
        b.add(Tube(((0.0, 0.0, floor + 0.006), mouth, tip), 0.003), slot=LEAF, name="stem")
        tilt = 0.5 + 2 * lean
        for j in range(6):
            turn = 2 * math.pi * j / 6
            u, v = 0.02 * math.cos(turn), 0.02 * math.sin(turn)
            # The flower's plane leans outwards with its stem.
            c, s = math.cos(tilt), math.sin(tilt)
            x, y, z = c * u, v, -s * u
            at = (tip[0] + math.cos(a) * x - math.sin(a) * y, tip[1] + math.sin(a) * x + math.cos(a) * y, tip[2] + z)
            b.add(Prism(ellipse(0.02, 0.014, count=6), 0.004), at, f"plant {bloom}", turn=(0, tilt, a), name="flower")
        b.add(
            Prism(regular(6, 0.011), 0.011, 0.6),
            tip,
            "plant yellow" if bloom != "yellow" else "plant brown",
            turn=(0, tilt, a),
            name="flower",
        )
        _leaf(b, np.array([(mouth[i] + tip[i]) / 2 for i in range(3)]), a + 1.0, 0.9, 0.06, 0.024)


def bellied_vase(rng: np.random.Generator) -> Blueprint:
    """Build a bellied vase with flowers."""
    b = Builder()
    radius, height = rng.uniform(0.06, 0.08), rng.uniform(0.18, 0.26)
    belly = rng.uniform(0.3, 0.5)
    outer = [
        (radius * (0.45 + 0.55 * math.exp(-(((h - belly) / 0.28) ** 2))), h * height)
        for h in np.linspace(0, 1, 9).tolist()
    ]
    vessel(b, outer, 0.005, 0.008)
    b.containers.clear()
    b.supports.clear()
    _flowers(b, 0.008, height, outer[-1][0], rng)
    return b.done()


def slim_vase(rng: np.random.Generator) -> Blueprint:
    """Build a tall vase that widens upwards, without flowers."""
    b = Builder()
    radius, height = rng.uniform(0.045, 0.06), rng.uniform(0.26, 0.36)
    outer = [
        (0.75 * radius, 0.0),
        (0.6 * radius, 0.12 * height),
        (0.62 * radius, 0.4 * height),
        (0.8 * radius, 0.8 * height),
        (1.15 * radius, height),
    ]
    vessel(b, outer, 0.005, 0.01)
    return b.done()


def amphora(rng: np.random.Generator) -> Blueprint:
    """Build a vase with a narrow neck, a broad lip and two ears."""
    b = Builder()
    radius, height = rng.uniform(0.075, 0.095), rng.uniform(0.25, 0.34)
    shape = ((0.42, 0.0), (0.36, 0.06), (0.75, 0.28), (1.0, 0.52), (0.85, 0.7), (0.42, 0.8), (0.38, 0.9), (0.58, 1.0))
    vessel(b, [(radius * r, height * z) for r, z in shape], 0.006, 0.009)
    for side in (-1, 1):
        ear = curve(
            (side * 0.4 * radius, 0, 0.93 * height),
            (side * 1.3 * radius, 0, 1.0 * height),
            (side * 1.0 * radius, 0, 0.78 * height),
            (side * 0.86 * radius, 0, 0.68 * height),
            count=6,
        )
        b.add(Tube(ear, 0.007), name="handle")
    return b.done()


def flower_jug(rng: np.random.Generator) -> Blueprint:
    """Build a round bowl of a vase with a short neck and a dense bunch of flowers."""
    b = Builder()
    radius = rng.uniform(0.06, 0.075)
    angles = np.linspace(0.5, 2.55, 7).tolist()
    outer = [(radius * math.sin(a), radius * (math.cos(0.5) - math.cos(a))) for a in angles]
    rim = outer[-1][1] + 0.02
    outer.append((0.66 * radius, rim))
    vessel(b, outer, 0.005, 0.008)
    b.containers.clear()
    b.supports.clear()
    _flowers(b, 0.008, rim, 0.6 * radius, rng)
    return b.done()


def garden_can(rng: np.random.Generator) -> Blueprint:
    """Build a watering can with a rose, a top handle and a brace."""
    b = Builder()
    radius, height = rng.uniform(0.085, 0.105), rng.uniform(0.18, 0.22)
    b.add(Frustum(radius, 0.94 * radius, height))
    b.add(
        Prism(((-0.94 * radius, -0.02), (0.0, -0.9 * radius), (0.0, 0.9 * radius), (-0.94 * radius, 0.02)), 0.012),
        (0, 0, height - 0.004),
        name="top",
    )
    tip = (2.5 * radius, 0.0, 1.08 * height)
    b.add(Tube(((0.85 * radius, 0.0, 0.2 * height), tip), 0.014), name="spout")
    b.add(Frustum(0.018, 0.04, 0.04), tip, turn=(0, 0.7, 0), name="spout")
    b.add(Tube(((0.9 * radius, 0.0, 0.85 * height), (1.9 * radius, 0.0, 0.78 * height)), 0.005), name="frame")
    arch = curve(
        (0.6 * radius, 0, height),
        (0.2 * radius, 0, 1.75 * height),
        (-1.6 * radius, 0, 1.5 * height),
        (-0.97 * radius, 0, 0.35 * height),
        count=9,
    )
    b.add(Tube(arch, 0.01), name="handle")
    return b.done()


def long_can(rng: np.random.Generator) -> Blueprint:
    """Build a small indoor watering can with a long thin neck."""
    b = Builder()
    radius, height = rng.uniform(0.06, 0.075), rng.uniform(0.1, 0.13)
    vessel(b, [(radius, 0.0), (radius, 0.6 * height), (0.7 * radius, height)], 0.004, 0.006)
    neck = curve(
        (0.92 * radius, 0, 0.15 * height),
        (2.2 * radius, 0, 0.2 * height),
        (2.2 * radius, 0, 1.5 * height),
        (3.6 * radius, 0, 1.75 * height),
        count=8,
    )
    b.add(Tube(neck, 0.007), name="spout")
    c_handle(b, 0.8 * radius, 0.5 * height, 0.5 * height, 0.007, side=-1)
    return b.done()


def drum_can(rng: np.random.Generator) -> Blueprint:
    """Build a plastic watering can: a lying oval tank, one bow for a handle, a spout with a flat rose."""
    b = Builder()
    x, z = rng.uniform(0.2, 0.25), rng.uniform(0.15, 0.18)
    b.add(Prism(ellipse(x / 2, 0.32 * x), 0.8 * z, 0.92))
    b.add(Prism(ellipse(0.46 * x, 0.29 * x), 0.2 * z, 0.55), (0, 0, 0.8 * z), name="top")
    b.add(Frustum(0.028, 0.014, 0.8 * x), (0.32 * x, 0, 0.25 * z), turn=(0, 0.85, 0), name="spout")
    end = (0.32 * x + 0.78 * x * math.sin(0.85), 0.0, 0.25 * z + 0.78 * x * math.cos(0.85))
    b.add(Frustum(0.016, 0.036, 0.03), end, turn=(0, 0.6, 0), name="spout")
    b.add(TorusArc(0.36 * x, 0.012, 0.25, math.pi + 0.4), (-0.16 * x, 0, 0.72 * z), name="handle")
    return b.done()


CATEGORIES = (
    Category(
        name="house plant",
        variants={"leafy": leafy_plant, "tree": little_tree, "sword": sword_plant, "palm": palm},
        looks={"ceramic": GLAZES, "plastic": ("white", "gray", "brown", "black"), "wicker": ("brown", "beige")},
        places=("floor", "floor", "floor", "floor"),
        size=(0.4, 1.7),
        rooms=("living room", "bedroom", "office"),
        synonyms=("plant in a pot", "potted plant", "indoor plant"),
        phrase="house plant",
        rich_phrase="house plant in a {look} planter",
    ),
    Category(
        name="cactus",
        variants={"column": column_cactus, "ball": ball_cactus, "pads": pad_cactus},
        looks={"ceramic": GLAZES, "plastic": ("white", "brown", "gray"), "stone": ("gray",)},
        places=("table", "desk", "desk", "sideboard", "shelf"),
        size=(0.12, 0.42),
        rooms=("living room", "bedroom", "office"),
        synonyms=("succulent",),
        phrase="cactus",
        rich_phrase="cactus in a {look} planter",
    ),
    Category(
        name="vase",
        variants={"bellied": bellied_vase, "slim": slim_vase, "amphora": amphora, "bowl": flower_jug},
        looks={
            "ceramic": GLAZES,
            "glass": ("green", "blue", "purple", "white", "turquoise"),
            "stone": ("gray", "black"),
        },
        places=("table", "table", "desk", "sideboard", "sideboard", "shelf", "floor"),
        size=(0.2, 0.5),
        rooms=("living room", "bedroom", "office", "kitchen"),
        synonyms=("flower vase", "urn"),
    ),
    Category(
        name="watering can",
        variants={"garden": garden_can, "long neck": long_can, "tank": drum_can},
        looks={
            "metal": ("gray", "green", "red", "blue", "turquoise"),
            "plastic": ("green", "yellow", "blue", "orange", "pink", "beige"),
        },
        places=("floor", "floor", "workbench", "shelf", "sideboard"),
        size=(0.22, 0.6),
        rooms=("living room", "workshop", "kitchen"),
        synonyms=("sprinkling can",),
        patterned=False,
    ),
)
