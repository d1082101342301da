"""Things that stand about in a home and belong to no suite: safes, coat racks, ladders and radiators."""

import numpy as np

from vantage.rooms.blueprint import Blueprint, Builder, Category
from vantage.rooms.catalogue.carpentry import PITCH, Leaf, case, corners, knob, rod, shelves, strut
from vantage.rooms.shapes import Box, Frustum, RoundedBox, TorusArc, Tube, cylinder, sphere


def safe_body(
    b: Builder, rng: np.random.Generator, low: float, high: float, *, closed: bool
) -> tuple[float, float, float]:
    """Add a thick-walled steel case on feet with one shelf; return its outer width, depth and height."""
    width, depth, height = rng.uniform(low, high), rng.uniform(0.36, 0.46), rng.uniform(low, 1.35 * high)
    inner = case(b, (width, depth, height), (0, 0, 0.04), board=0.05)
    shelves(b, inner, 2 if height > 0.45 else 1, "metal gray", kind="safe", name="inside", closed=closed, inset=0.01)
    for x, y in corners(width - 0.12, depth - 0.12):
        b.add(cylinder(0.035, 0.045), (x, y, 0), "metal black", name="foot")
    b.support(0, 0, (width / 2 - 0.02, depth / 2 - 0.03), height + 0.04, 0.5, "sideboard")
    return width, depth, height


def safe_door(b: Builder, door: Leaf, width: float, height: float) -> None:
    """Add a thick door with a raised panel and hinges, and bolts on its free edge."""
    z = 0.04 + height / 2
    door.hinges(b, height, 0.04)
    door.add(b, Box(width - 0.03, 0.045, height - 0.03), width / 2, 0.0235, z)
    door.add(b, Box(width - 0.11, 0.012, height - 0.11), width / 2, 0.05, z, name="panel")
    for up in (0.22, 0.78):
        door.add(b, cylinder(0.018, 0.09), 0.014, 0.03, 0.04 + up * height - 0.045, "metal gray", name="frame")
    if door.angle > 0:
        door.add(b, Box(width - 0.13, 0.03, height - 0.13), width / 2, -0.012, z, "metal gray", name="panel")
        for k in range(3):
            bolt = Box(0.05, 0.022, 0.022)
            door.add(b, bolt, width - 0.06, -0.012, 0.04 + (0.3 + 0.2 * k) * height, "metal gray", name="key")


def dial(b: Builder, door: Leaf, u: float, z: float) -> None:
    """Add a combination dial with a grip and marks around it."""
    door.add(b, cylinder(0.055, 0.014), u, 0.055, z, "metal gray", name="rim", pitch=PITCH)
    door.add(b, cylinder(0.042, 0.022), u, 0.055, z, "metal black", name="knob", pitch=PITCH)
    door.add(b, cylinder(0.018, 0.045), u, 0.055, z, "metal gray", name="knob", pitch=PITCH)
    for k in range(12):
        angle = 2 * np.pi * k / 12
        mark = Box(0.004, 0.004, 0.004)
        door.add(
            b,
            mark,
            u + 0.049 * float(np.cos(angle)),
            0.07,
            z + 0.049 * float(np.sin(angle)),
            "plastic white",
            name="label",
        )


def dial_safe(rng: np.random.Generator, *, angle: float = 0.0) -> Blueprint:
    """Build a safe with a combination dial and a spoked wheel."""
    b = Builder()
    width, depth, height = safe_body(b, rng, 0.42, 0.58, closed=angle == 0.0)
    door = Leaf(-width / 2, -depth / 2, 1, angle)
    safe_door(b, door, width, height)
    dial(b, door, 0.38 * width, 0.04 + 0.62 * height)
    u, z = 0.72 * width, 0.04 + 0.5 * height
    door.add(b, cylinder(0.014, 0.06), u, 0.05, z, "metal gray", name="handle", pitch=PITCH)
    for k in range(3):
        turn = Box(0.014, 0.014, 0.16)
        # Spokes lie in the door's plane: an upright bar leaned about the wheel's axle.
        lean = np.pi * k / 3
        shift = door.side * door.angle
        at_u, at_v = u, 0.1
        c, s = float(np.cos(-shift)), float(np.sin(-shift))
        x = door.x + c * at_u * door.side + s * at_v
        y = door.y + s * at_u * door.side - c * at_v
        b.add(turn, (x, y, z), "metal gray", turn=(0, float(lean), -shift), name="handle")
    return b.done()


def open_safe(rng: np.random.Generator) -> Blueprint:
    """Build a safe whose thick door stands open."""
    return dial_safe(rng, angle=rng.uniform(1.2, 2.0))


def keypad_safe(rng: np.random.Generator) -> Blueprint:
    """Build a small safe with a keypad, a lit display and a turning handle."""
    b = Builder()
    width, depth, height = safe_body(b, rng, 0.32, 0.42, closed=True)
    door = Leaf(-width / 2, -depth / 2, 1)
    safe_door(b, door, width, height)
    u, z = 0.38 * width, 0.04 + 0.52 * height
    door.add(b, Box(0.11, 0.02, 0.16), u, 0.06, z, "plastic black", name="panel")
    door.add(b, Box(0.085, 0.006, 0.026), u, 0.071, z + 0.055, "plastic green glow", name="screen")
    for k in range(12):
        key = (u + (k % 3 - 1) * 0.028, z + 0.02 - (k // 3) * 0.024)
        door.add(b, Box(0.02, 0.008, 0.016), key[0], 0.072, key[1], "plastic white", name="key")
    knob(b, 0.24 * width, -depth / 2 - 0.055, z, "metal gray", radius=0.026)
    b.add(Box(0.016, 0.02, 0.1), (0.24 * width, -depth / 2 - 0.085, z), "metal gray", name="handle")
    return b.done()


def hook(b: Builder, x: float, y: float, z: float, angle: float, slot: str = "main") -> None:
    """Add a bent peg that sticks out and up from a point."""
    c, s = float(np.cos(angle)), float(np.sin(angle))
    path = ((x, y, z), (x + 0.1 * c, y + 0.1 * s, z + 0.02), (x + 0.13 * c, y + 0.13 * s, z + 0.09))
    b.add(Tube(path, 0.011), slot=slot, name="hook")


def tree_rack(rng: np.random.Generator) -> Blueprint:
    """Build a coat tree: a turned pole on four bowed feet with pegs in two rings."""
    b = Builder()
    height = rng.uniform(1.65, 1.85)
    b.add(cylinder(0.022, height - 0.12), (0, 0, 0.12), name="pole")
    b.add(sphere(0.035), (0, 0, height), name="knob")
    for k in range(4):
        angle = np.pi * (0.25 + k / 2)
        c, s = float(np.cos(angle)), float(np.sin(angle))
        path = ((0.0, 0.0, 0.3), (0.14 * c, 0.14 * s, 0.16), (0.28 * c, 0.28 * s, 0.018))
        b.add(Tube(path, 0.017), name="foot")
        hook(b, 0.0, 0.0, height - 0.16, angle)
        if k % 2 == 0:
            hook(b, 0.0, 0.0, height - 0.5, angle + 0.8)
    return b.done()


def rail_rack(rng: np.random.Generator) -> Blueprint:
    """Build a clothes rail on castors: two posts, a bar with hangers and a low shelf for shoes."""
    b = Builder()
    width, height = rng.uniform(0.85, 1.15), rng.uniform(1.5, 1.7)
    for side in (-1, 1):
        x = side * width / 2
        b.add(cylinder(0.015, height - 0.08), (x, 0, 0.08), name="pole")
        b.add(Box(0.03, 0.44, 0.03), (x, 0, 0.085), name="foot")
        for y in (-0.2, 0.2):
            b.add(cylinder(0.025, 0.02), (x - 0.01, y, 0.025), "plastic black", turn=(0, np.pi / 2, 0), name="wheel")
            b.add(Box(0.014, 0.014, 0.04), (x, y, 0.06), "plastic black", name="foot")
    rod(b, (-width / 2, 0, height), (width / 2, 0, height), 0.015, name="frame")
    for k in range(5):
        b.add(Box(width, 0.03, 0.014), (0, (k - 2) * 0.09, 0.107), name="slat")
    b.support(0, 0, (width / 2 - 0.05, 0.17), 0.114, 0.3, "shelf")
    for _ in range(int(rng.integers(3, 6))):
        x = rng.uniform(-0.42, 0.42) * width
        y, z = 0.2, height - 0.16
        b.add(
            TorusArc(0.024, 0.003, -0.6, np.pi),
            (x, 0, height - 0.004),
            "metal gray",
            turn=(0, 0, np.pi / 2),
            name="hook",
        )
        rod(b, (x, 0, height - 0.018), (x, 0, height - 0.1), 0.003, "metal gray", name="hook")
        for side in (-1, 1):
            strut(b, (x, 0, height - 0.095), (x, side * y, z), (0.012, 0.01), "wood brown", name="hook")
        strut(b, (x, -y, z), (x, y, z), (0.01, 0.01), "wood brown", name="hook")
    return b.done()


def board_rack(rng: np.random.Generator) -> Blueprint:
    """Build a hall stand: a tall slatted back with hooks over a small bench for shoes."""
    b = Builder()
    width, depth, height = rng.uniform(0.65, 0.9), rng.uniform(0.34, 0.4), rng.uniform(1.65, 1.85)
    y = depth / 2 - 0.015
    for side in (-1, 1):
        b.add(Box(0.035, 0.03, height), (side * (width / 2 - 0.0175), y, height / 2), name="frame")
        b.add(Box(0.035, 0.035, 0.45), (side * (width / 2 - 0.0175), -depth / 2 + 0.0175, 0.225), name="leg")
        b.add(Box(0.03, depth - 0.04, 0.035), (side * (width / 2 - 0.0175), 0, 0.16), name="frame")
    for k in range(6):
        b.add(Box(width - 0.03, 0.014, 0.09), (0, y, 0.75 + k * (height - 0.8) / 5.2), name="slat")
    b.add(Box(width + 0.02, 0.2, 0.02), (0, depth / 2 - 0.1, height + 0.01), name="shelf")
    b.add(Box(width, depth - 0.01, 0.025), (0, 0, 0.4625), name="seat")
    b.add(Box(width - 0.04, depth - 0.05, 0.015), (0, 0, 0.17), name="shelf")
    z = 0.75 + 4 * (height - 0.8) / 5.2
    for k in range(4):
        hook(b, (k - 1.5) * width / 4.6, y - 0.005, z - 0.02, -np.pi / 2, "metal black")
    b.support(0, -0.03, (width / 2 - 0.04, depth / 2 - 0.06), 0.475, 0.4, "seat")
    b.support(0, 0, (width / 2 - 0.06, depth / 2 - 0.05), 0.1775, 0.25, "shelf")
    return b.done()


def step_ladder(rng: np.random.Generator) -> Blueprint:
    """Build a step ladder: broad treads in front, a frame behind, braces and a platform on top."""
    b = Builder()
    height, width = rng.uniform(1.1, 1.7), rng.uniform(0.42, 0.5)
    spread = 0.36 * height
    for side in (-1, 1):
        x = side * width / 2
        strut(b, (1.15 * x, -spread, 0.02), (0.8 * x, 0, height), (0.05, 0.022), name="frame")
        strut(b, (1.1 * x, spread, 0.02), (0.78 * x, 0.02, height), (0.03, 0.02), "metal gray", name="frame")
        strut(
            b,
            (1.02 * x, -0.6 * spread, 0.4 * height),
            (1.0 * x, 0.6 * spread, 0.4 * height),
            (0.016, 0.008),
            "metal gray",
            name="frame",
        )
        for y, scale in ((-spread, 1.15), (spread, 1.1)):
            b.add(Box(0.035, 0.06, 0.03), (scale * x, y, 0.015), "plastic black", name="foot")
    count = max(3, round(height / 0.26) - 1)
    for k in range(1, count + 1):
        share = k / (count + 1)
        half = width / 2 * (1.15 - 0.35 * share)
        b.add(Box(2 * half, 0.085, 0.022), (0, -spread * (1 - share), share * height), name="rung")
    b.add(Box(0.9 * width, 0.18, 0.03), (0, 0, height), "plastic black", name="top")
    b.add(Box(1.0 * width, 0.02, 0.03), (0, 0.7 * spread, 0.3 * height), "metal gray", name="rung")
    return b.done()


def double_ladder(rng: np.random.Generator) -> Blueprint:
    """Build a trestle ladder: two ladders of round rungs hinged at their tops."""
    b = Builder()
    height, width = rng.uniform(1.4, 2.0), rng.uniform(0.42, 0.5)
    spread = 0.3 * height
    count = round(height / 0.28)
    for lean in (-1, 1):
        for side in (-1, 1):
            x = side * (width / 2 - 0.018 * (lean > 0))
            strut(b, (1.2 * x, lean * spread, 0), (0.85 * x, 0, height), (0.05, 0.024), name="frame")
        for k in range(1, count):
            share = (k - 0.15) / count
            half = width / 2 * (1.2 - 0.35 * share)
            y, z = lean * spread * (1 - share), share * height
            rod(b, (-half, y, z), (half, y, z), 0.014, name="rung")
    for side in (-1, 1):
        b.add(
            cylinder(0.022, 0.05),
            (side * 0.42 * width - 0.025, 0, height - 0.02),
            "metal gray",
            turn=(0, np.pi / 2, 0),
            name="frame",
        )
        z = 0.35 * height
        strut(
            b,
            (side * 0.5 * width, -0.65 * spread, z),
            (side * 0.5 * width, 0.65 * spread, z),
            (0.006, 0.006),
            "metal gray",
            name="cord",
        )
    rod(b, (-0.42 * width, 0, height - 0.02), (0.42 * width, 0, height - 0.02), 0.012, "metal gray", name="rung")
    return b.done()


def leaning_ladder(rng: np.random.Generator) -> Blueprint:
    """Build a straight ladder as it leans against the wall behind it."""
    b = Builder()
    height, width = rng.uniform(1.9, 2.3), rng.uniform(0.38, 0.44)
    reach = 0.24 * height
    for side in (-1, 1):
        strut(b, (side * width / 2, -reach, 0.02), (side * width / 2, 0, height), (0.06, 0.025), name="frame")
        b.add(Box(0.045, 0.08, 0.03), (side * width / 2, -reach, 0.015), "plastic black", name="foot")
    count = round(height / 0.28)
    for k in range(count):
        share = (k + 0.7) / count
        y, z = -reach * (1 - share), share * height
        if share < 0.99:
            rod(b, (-width / 2, y, z), (width / 2, y, z), 0.015, name="rung")
    return b.done()


def column_radiator(rng: np.random.Generator) -> Blueprint:
    """Build an old cast-iron radiator: rounded columns side by side on feet, with pipe and tap."""
    b = Builder()
    count, height, pitch, depth = int(rng.integers(8, 15)), rng.uniform(0.58, 0.72), 0.062, 0.16
    for k in range(count):
        x = (k - (count - 1) / 2) * pitch
        for y in (-0.055, 0.0, 0.055):
            b.add(Box(0.04, 0.036, height - 0.13), (x, y, 0.09 + (height - 0.13) / 2), name="panel")
        for z in (0.1, height - 0.05):
            b.add(Box(0.054, depth, 0.075), (x, 0, z), name="body")
            b.add(Box(0.066, 0.05, 0.05), (x, 0, z), name="body")
        if k in (0, count - 1):
            for y in (-0.05, 0.05):
                b.add(Frustum(0.026, 0.02, 0.09), (x, y, 0), name="foot")
    end = count / 2 * pitch
    b.add(
        Tube(((end - 0.03, 0.0, 0.1), (end + 0.06, 0.0, 0.1), (end + 0.06, 0.0, 0.01)), 0.011),
        slot="metal gray",
        name="tap",
    )
    b.add(Frustum(0.024, 0.02, 0.05), (end + 0.06, 0, 0.1), "plastic white", name="knob")
    return b.done()


def panel_radiator(rng: np.random.Generator) -> Blueprint:
    """Build a flat radiator: a ridged panel with a grille on top, on two feet, with a valve."""
    b = Builder()
    width, height = rng.uniform(0.7, 1.3), rng.uniform(0.5, 0.62)
    low = 0.1
    b.add(Box(width, 0.015, height - 0.01), (0, -0.04, low + height / 2), name="panel")
    b.add(Box(width, 0.015, height - 0.01), (0, 0.04, low + height / 2), name="panel")
    count = round(width / 0.05)
    for k in range(count):
        x = (k - (count - 1) / 2) * (width - 0.03) / count
        b.add(Box(0.026, 0.012, height - 0.07), (x, -0.05, low + height / 2), name="slat")
        b.add(Box(0.008, 0.09, 0.012), (x, 0, low + height - 0.004), name="slat")
    for side in (-1, 1):
        b.add(Box(0.012, 0.1, height), (side * width / 2, 0, low + height / 2), name="panel")
        b.add(Box(0.035, 0.08, low + 0.03), (side * 0.36 * width, 0, (low + 0.03) / 2), name="foot")
    b.add(Box(width, 0.012, 0.02), (0, -0.042, low + height - 0.006), name="rim")
    z = low + 0.05
    b.add(
        Tube(((width / 2, 0.0, z), (width / 2 + 0.06, 0.0, z), (width / 2 + 0.06, 0.0, 0.01)), 0.01),
        slot="metal gray",
        name="tap",
    )
    b.add(cylinder(0.024, 0.07), (width / 2 + 0.03, 0, z), "plastic white", turn=(0, np.pi / 2, 0), name="knob")
    return b.done()


def towel_radiator(rng: np.random.Generator) -> Blueprint:
    """Build a tall radiator of level bars between two upright pipes."""
    b = Builder()
    width, height = rng.uniform(0.45, 0.6), rng.uniform(1.1, 1.5)
    for side in (-1, 1):
        x = side * width / 2
        b.add(cylinder(0.02, height), (x, 0, 0.0), name="pole")
        for z in (0.2 * height, 0.9 * height):
            b.add(Box(0.02, 0.06, 0.02), (x, 0.035, z), "metal gray", name="stand")
    groups = 3
    for g in range(groups):
        for k in range(6):
            z = 0.1 + g * (height - 0.12) / groups + k * 0.048
            rod(b, (-width / 2, -0.012, z), (width / 2, -0.012, z), 0.012, name="rung")
    b.add(cylinder(0.026, 0.07), (width / 2 + 0.01, 0, 0.07), "plastic white", turn=(0, np.pi / 2, 0), name="knob")
    return b.done()


def oil_radiator(rng: np.random.Generator) -> Blueprint:
    """Build an oil heater on castors: thin ribs behind a panel with a dial and a switch."""
    b = Builder()
    count, height, pitch = int(rng.integers(7, 11)), rng.uniform(0.5, 0.6), 0.048
    for k in range(count):
        x = (k - (count - 1) / 2) * pitch
        b.add(Box(0.014, 0.16, height), (x, 0, 0.08 + height / 2), name="panel")
        for y in (-0.08, 0.08):
            b.add(Box(0.03, 0.02, height - 0.04), (x, y, 0.08 + height / 2), name="rim")
    half = count / 2 * pitch
    for z in (0.14, 0.02 + height):
        rod(b, (-half, 0, z), (half + 0.03, 0, z), 0.03, name="pole")
    b.add(
        RoundedBox(0.09, 0.17, height + 0.02, 0.03), (half + 0.05, 0, 0.09 + height / 2), "plastic gray", name="panel"
    )
    knob(b, half + 0.055, -0.085, 0.8 * height, "plastic black", radius=0.028)
    b.add(Box(0.03, 0.012, 0.05), (half + 0.055, -0.086, 0.55 * height), "plastic red", name="button")
    b.add(
        TorusArc(0.05, 0.01, 0.0, np.pi),
        (half + 0.05, 0, height + 0.095),
        "plastic black",
        turn=(0, 0, np.pi / 2),
        name="handle",
    )
    for x in (-half + 0.05, half - 0.02):
        b.add(Box(0.03, 0.26, 0.02), (x, 0, 0.065), "metal black", name="foot")
        for y in (-0.11, 0.11):
            b.add(cylinder(0.03, 0.025), (x - 0.0125, y, 0.03), "plastic black", turn=(0, np.pi / 2, 0), name="wheel")
    b.add(Box(2 * half, 0.03, 0.03), (0, 0, 0.08), "metal black", name="frame")
    return b.done()


CATEGORIES = (
    Category(
        name="safe",
        variants={"dial": dial_safe, "open": open_safe, "keypad": keypad_safe},
        size=(0.32, 1.2),
        looks={"metal": ("gray", "gray", "black", "green", "blue", "brown", "red")},
        places=("group", "floor"),
        rooms=("office", "workshop"),
        synonyms=("strongbox", "vault", "lockbox"),
        patterned=False,
    ),
    Category(
        name="coat rack",
        variants={"tree": tree_rack, "rail": rail_rack, "stand": board_rack},
        size=(1.45, 1.95),
        looks={"wood": ("brown", "brown", "white", "black"), "metal": ("black", "gray", "white")},
        places=("group",),
        rooms=("living room", "bedroom", "office"),
        synonyms=("coat stand", "clothes rack", "hall stand", "coat tree"),
        patterned=False,
    ),
    Category(
        name="ladder",
        variants={"step": step_ladder, "double": double_ladder, "leaning": leaning_ladder},
        size=(1.1, 2.4),
        looks={"wood": ("brown", "brown", "gray"), "metal": ("gray", "red", "yellow", "blue")},
        places=("group",),
        rooms=("workshop",),
        synonyms=("stepladder", "steps"),
        patterned=False,
    ),
    Category(
        name="radiator",
        variants={"columns": column_radiator, "panel": panel_radiator, "towel": towel_radiator, "oil": oil_radiator},
        size=(0.5, 1.55),
        looks={"metal": ("white", "white", "white", "gray", "black")},
        places=("group",),
        synonyms=("heater", "central heating"),
        patterned=False,
    ),
)
