"""Groups of furniture, as people set them: a dining table with chairs, a sofa corner, a study, a bed."""

import math

import numpy as np

from vantage.rooms import shell
from vantage.rooms.materials import make_finish
from vantage.rooms.placing import Placer
from vantage.rooms.scene import RoomObject

Focus = tuple[float, float, float]


def add_rug(placer: Placer, x: float, y: float, yaw: float, width: float, depth: float) -> None:
    """Lay a rug about a point, cut to stay inside the room."""
    rng = placer.rng
    fit = min(1.0, (placer.width - 0.3) / width, (placer.depth - 0.3) / depth)
    round_one = bool(rng.random() < 0.3)
    size = (width * fit, depth * fit)
    blueprint = shell.rug(min(size) if round_one else size[0], size[1], round_one=round_one)
    colour = str(rng.choice(["red", "blue", "green", "gray", "purple", "orange", "pink", "white", "yellow", "brown"]))
    look = make_finish("fabric", colour, rng, size=float(max(size)))
    half = math.hypot(*size) / 2 if abs(math.sin(2 * yaw)) > 1e-6 else 0.0
    turned = abs(math.sin(yaw)) > 0.5
    half_x, half_y = (half, half) if half else ((size[1] / 2, size[0] / 2) if turned else (size[0] / 2, size[1] / 2))
    limit_x, limit_y = placer.width / 2 - 0.05 - half_x, placer.depth / 2 - 0.05 - half_y
    if limit_x < 0 or limit_y < 0:
        return
    x, y = float(np.clip(x, -limit_x, limit_x)), float(np.clip(y, -limit_y, limit_y))
    placer.put("rug", blueprint, (x, y, 0.0), yaw, look=look, structure=True)


def _centre(thing: RoomObject, height: float) -> Focus:
    return (thing.position[0], thing.position[1], height)


def seats_around(placer: Placer, table: RoomObject, category: str, count: int) -> None:
    """Stand alike seats at the sides of a table, facing it."""
    rng = placer.rng
    low, high = table.blueprint.bounds
    half_x, half_y = (high - low)[:2] / 2
    blueprint = placer.build(category)
    depth = float((blueprint.bounds[1] - blueprint.bounds[0])[1])
    look = placer.look(category, 0.5)
    sides = [(0.0, 1.0, half_y), (0.0, -1.0, half_y), (1.0, 0.0, half_x), (-1.0, 0.0, half_x)]
    for k in rng.permutation(4)[:count]:
        ux, uy, reach = sides[int(k)]
        away = float(reach) + depth / 2 + float(rng.uniform(0.03, 0.15))
        c, s = math.cos(table.yaw), math.sin(table.yaw)
        wx, wy = c * ux - s * uy, s * ux + c * uy
        # The front is -y, so a turn by atan2(wx, -wy) would face along (wx, wy); the seat faces the other way.
        yaw = math.atan2(-wx, wy) + float(rng.uniform(-0.15, 0.15))
        placer.try_put(
            category, blueprint, table.position[0] + away * wx, table.position[1] + away * wy, yaw, look=look
        )


def dining(placer: Placer) -> Focus:
    """Set a table near the middle with chairs about it."""
    rng = placer.rng
    for _ in range(20):
        x, y = float(rng.uniform(-0.5, 0.5)), float(rng.uniform(-0.5, 0.5))
        yaw = float(rng.choice([0.0, math.pi / 2])) + float(rng.uniform(-0.1, 0.1))
        table = placer.try_put("table", placer.build("table"), x, y, yaw)
        if table:
            if rng.random() < 0.5:
                add_rug(placer, x, y, round(yaw / (math.pi / 2)) * math.pi / 2, 2.3, 1.7)
            seats_around(placer, table, "chair", int(rng.integers(2, 5)))
            return _centre(table, 0.75)
    return (0.0, 0.0, 0.7)


def living(placer: Placer) -> Focus:
    """Set a sofa against a wall, a coffee table before it, an armchair, and a television opposite."""
    rng = placer.rng
    sofa = placer.along_wall("sofa", front=1.3, tries=40)
    if sofa is None:
        return dining(placer)
    c, s = math.cos(sofa.yaw), math.sin(sofa.yaw)
    low, high = sofa.blueprint.bounds
    half_depth = float(high[1] - low[1]) / 2
    blueprint = placer.build("coffee table")
    table_depth = float((blueprint.bounds[1] - blueprint.bounds[0])[1])
    ahead = half_depth + 0.3 + table_depth / 2
    x, y = sofa.position[0] + s * ahead, sofa.position[1] - c * ahead
    if rng.random() < 0.75:
        add_rug(placer, x, y, sofa.yaw, 2.2, 1.5)
    table = placer.try_put("coffee table", blueprint, x, y, sofa.yaw)
    opposite = [wall for wall in placer.walls if abs(math.cos(wall.yaw - sofa.yaw) + 1) < 0.1]
    placer.along_wall("tv stand", front=0.3, wall=opposite[0])
    for _ in range(10):
        side = float(rng.choice([-1.0, 1.0]))
        across, forward = side * float(rng.uniform(1.1, 1.6)), ahead + float(rng.uniform(0.0, 0.5))
        ax, ay = sofa.position[0] + c * across + s * forward, sofa.position[1] + s * across - c * forward
        # Turned so that its front looks back across the table.
        if placer.try_put(
            "armchair", placer.build("armchair"), ax, ay, sofa.yaw - side * math.pi / 2 + float(rng.uniform(-0.3, 0.3))
        ):
            break
    return (x, y, 0.5) if table else (x, y, 0.4)


def study(placer: Placer) -> Focus:
    """Set a desk against a wall with its chair, and a small table with stools."""
    rng = placer.rng
    desk = placer.along_wall("desk", front=0.9, tries=40)
    if desk is None:
        return dining(placer)
    c, s = math.cos(desk.yaw), math.sin(desk.yaw)
    ahead = float((desk.blueprint.bounds[1] - desk.blueprint.bounds[0])[1]) / 2 + 0.42
    x, y = desk.position[0] + s * ahead, desk.position[1] - c * ahead
    placer.try_put(
        "office chair", placer.build("office chair"), x, y, desk.yaw + math.pi + float(rng.uniform(-0.5, 0.5))
    )
    for _ in range(15):
        far = float(rng.uniform(1.5, 2.2))
        tx, ty = (
            desk.position[0] + s * far + float(rng.uniform(-0.5, 0.5)),
            desk.position[1] - c * far + float(rng.uniform(-0.5, 0.5)),
        )
        table = placer.try_put("coffee table", placer.build("coffee table"), tx, ty, desk.yaw)
        if table:
            seats_around(placer, table, "armchair" if rng.random() < 0.5 else "stool", 2)
            return ((desk.position[0] + tx) / 2, (desk.position[1] + ty) / 2, 0.65)
    return (x, y, 0.7)


def bedroom(placer: Placer) -> Focus:
    """Set a bed with its head to a wall, small tables beside it, and a table with chairs where there is room."""
    rng = placer.rng
    bed = placer.along_wall("bed", front=0.4, tries=40)
    if bed is None:
        return living(placer)
    c, s = math.cos(bed.yaw), math.sin(bed.yaw)
    low, high = bed.blueprint.bounds
    for side in (-1.0, 1.0):
        blueprint = placer.build("side table")
        size = blueprint.bounds[1] - blueprint.bounds[0]
        across = side * float((high[0] - low[0]) / 2 + size[0] / 2 + 0.06)
        back = float((high[1] - low[1]) / 2 - size[1] / 2)
        x, y = bed.position[0] + c * across - s * back, bed.position[1] + s * across + c * back
        placer.try_put("side table", blueprint, x, y, bed.yaw)
    if rng.random() < 0.5:
        add_rug(placer, bed.position[0] + s * 1.2, bed.position[1] - c * 1.2, bed.yaw, 1.8, 1.2)
    for _ in range(20):
        tx, ty = float(rng.uniform(-1.2, 1.2)), float(rng.uniform(-1.2, 1.2))
        table = placer.try_put(
            "coffee table", placer.build("coffee table"), tx, ty, float(rng.choice([0.0, math.pi / 2]))
        )
        if table:
            seats_around(placer, table, "armchair", 1)
            return (0.5 * (tx + bed.position[0]), 0.5 * (ty + bed.position[1]), 0.55)
    return _centre(bed, 0.5)


MAIN_GROUPS = (dining, dining, living, living, study, bedroom)
"""One of these is the room's purpose; dining and living rooms twice as often, for their tables carry most objects."""


def furnish_walls(placer: Placer) -> None:
    """Stand cases, seats, lamps and plants along the walls until a room's share is placed."""
    rng = placer.rng
    wanted = ["bookcase", *rng.permutation(np.array(["cabinet", "dresser", "armchair", "bookcase", "cabinet"]))[:2]]
    wanted += [str(rng.choice(["floor lamp", "side table"])), "plant"]
    if rng.random() < 0.4:
        wanted.append("floor lamp")
    for name in wanted:
        category = str(name)
        if sum(thing.category == category for thing in placer.objects) < 2:
            placer.along_wall(
                category, front=0.35 if category in ("cabinet", "dresser", "bookcase", "armchair") else 0.0
            )
