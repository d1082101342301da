"""Groups of furniture, as people set them: a dining table with chairs, a sofa corner, a desk, a bed, a kitchen run."""

import math

from vantage.rooms.layout import shell
from vantage.rooms.layout.footprints import Footprint
from vantage.rooms.layout.placing import Placer
from vantage.rooms.layout.plan import Wall
from vantage.rooms.looks.finishes import Finish, make_finish
from vantage.rooms.scene import RoomObject
from vantage.rooms.shapes.blueprint import Blueprint

RUG_COLOURS = ("red", "blue", "green", "gray", "purple", "orange", "pink", "white", "yellow", "brown", "beige")
"""Colours rugs come in."""


def add_rug(placer: Placer, x: float, y: float, yaw: float, width: float, depth: float) -> None:
    """Lay a rug about a point, if it fits there."""
    rng = placer.rng
    variant = str(rng.choice(shell.RUGS))
    side = min(width, depth)
    size = (side, side) if variant == "round" else (width, depth)
    half_x, half_y = size[0] / 2 + 0.07, size[1] / 2
    if not placer.plan.holds(Footprint(x, y, half_x, half_y, yaw, 0.0, 0.01), 0.02):
        return
    blueprint = shell.rug(size[0], size[1], variant)
    colours = [c for c in RUG_COLOURS if c not in placer.world.without_colours]
    colour = str(placer.look_rng.choice(colours))
    look = make_finish("fabric", colour, placer.look_rng, size=float(max(size)), world=placer.world)
    placer.put("rug", (variant, blueprint), (x, y, 0.0), yaw, look=look, structure=True)


def before(thing: RoomObject, ahead: float, across: float = 0.0) -> tuple[float, float]:
    """Return the floor point `ahead` metres before an object's middle and `across` metres to its own right."""
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    return thing.position[0] + c * across + s * ahead, thing.position[1] + s * across - c * ahead


def depth_of(thing: RoomObject) -> float:
    """Return an object's extent from front to back, metres."""
    low, high = thing.blueprint.bounds
    return float(high[1] - low[1])


def width_of(thing: RoomObject) -> float:
    """Return an object's extent from side to side, metres."""
    low, high = thing.blueprint.bounds
    return float(high[0] - low[0])


def seats_around(placer: Placer, table: RoomObject, category: str, count: int) -> None:
    """Stand alike seats at the sides of a table, facing it; pushed in where they go under it."""
    rng = placer.rng
    built = placer.build(category)
    low, high = built[1].bounds
    depth = float((high - low)[1])
    look = placer.look(category, 0.5)
    half_x, half_y = width_of(table) / 2, depth_of(table) / 2
    sides = [(0.0, 1.0, half_y), (0.0, -1.0, half_y), (1.0, 0.0, half_x), (-1.0, 0.0, half_x)]
    c, s = math.cos(table.yaw), math.sin(table.yaw)
    for k in rng.permutation(4)[:count]:
        ux, uy, reach = sides[int(k)]
        wx, wy = c * ux - s * uy, s * ux + c * uy
        # The front is -y, so a turn by atan2(wx, -wy) would face along (wx, wy); the seat faces the other way.
        yaw = math.atan2(-wx, wy) + float(rng.uniform(-0.15, 0.15))
        for gap in (float(rng.uniform(-0.28, 0.1)), float(rng.uniform(0.02, 0.15))):
            away = reach + depth / 2 + gap
            x, y = table.position[0] + away * wx, table.position[1] + away * wy
            if placer.try_put(category, built, x, y, yaw, look=look):
                break


def dining(placer: Placer) -> RoomObject | None:
    """Set a table somewhere free with chairs about it."""
    rng = placer.rng
    built = placer.build("table")
    for _ in range(30):
        x, y = placer.plan.draw_point(rng, 1.0)
        yaw = float(rng.choice([0.0, math.pi / 2])) + float(rng.uniform(-0.1, 0.1))
        table = placer.try_put("table", built, x, y, yaw)
        if table:
            if rng.random() < 0.4:
                add_rug(placer, x, y, round(yaw / (math.pi / 2)) * math.pi / 2, 2.3, 1.7)
            seats_around(placer, table, "chair" if rng.random() < 0.85 else "stool", int(rng.integers(2, 5)))
            return table
    return None


def sofa_corner(placer: Placer) -> RoomObject | None:
    """Set a sofa against a wall, a coffee table before it, an armchair, and a television opposite."""
    rng = placer.rng
    sofa = placer.along_wall("sofa", front=0.9, tries=40)
    if sofa is None:
        return None
    built = placer.build("coffee table")
    table_depth = float((built[1].bounds[1] - built[1].bounds[0])[1])
    ahead = depth_of(sofa) / 2 + 0.3 + table_depth / 2
    x, y = before(sofa, ahead)
    if rng.random() < 0.75:
        add_rug(placer, x, y, sofa.yaw, 2.2, 1.5)
    placer.try_put("coffee table", built, x, y, sofa.yaw)
    opposite = [wall for wall in placer.plan.walls if abs(math.cos(wall.yaw - sofa.yaw) + 1) < 0.1]
    longest = max(opposite, key=lambda wall: wall.length)
    placer.along_wall("television stand", front=0.3, wall=longest)
    armchair = placer.build("armchair")
    for _ in range(10):
        side = float(rng.choice([-1.0, 1.0]))
        ax, ay = before(sofa, ahead + float(rng.uniform(0.0, 0.5)), side * float(rng.uniform(1.1, 1.6)))
        # Turned so that its front looks back across the table.
        yaw = sofa.yaw - side * math.pi / 2 + float(rng.uniform(-0.3, 0.3))
        if placer.try_put("armchair", armchair, ax, ay, yaw):
            break
    built = placer.build("side table")
    wide = float((built[1].bounds[1] - built[1].bounds[0])[0])
    for side in rng.permutation([-1.0, 1.0]):
        ax, ay = before(sofa, 0.0, float(side) * (width_of(sofa) / 2 + wide / 2 + 0.06))
        if rng.random() < 0.6:
            placer.try_put("side table", built, ax, ay, sofa.yaw)
    return sofa


def desk_place(placer: Placer) -> RoomObject | None:
    """Set a desk against a wall with its chair."""
    rng = placer.rng
    desk = placer.along_wall("desk", front=0.75, tries=40)
    if desk is None:
        return None
    category = "office chair" if rng.random() < 0.75 else "chair"
    built = placer.build(category)
    deep = float((built[1].bounds[1] - built[1].bounds[0])[1])
    for gap in (-0.22, -0.05, 0.06, 0.15):
        x, y = before(desk, depth_of(desk) / 2 + deep / 2 + gap + float(rng.uniform(-0.04, 0.04)))
        if placer.try_put(category, built, x, y, desk.yaw + math.pi + float(rng.uniform(-0.4, 0.4))):
            break
    return desk


def bed_place(placer: Placer) -> RoomObject | None:
    """Set a bed with its head to a wall and small tables beside it."""
    rng = placer.rng
    bed = placer.along_wall("bed", front=0.4, tries=40)
    if bed is None:
        return None
    for side in (-1.0, 1.0):
        built = placer.build("side table")
        low, high = built[1].bounds
        size = high - low
        back = (depth_of(bed) - float(size[1])) / 2
        x, y = before(bed, -back, side * (width_of(bed) + float(size[0]) + 0.08) / 2)
        placer.try_put("side table", built, x, y, bed.yaw)
    if rng.random() < 0.6:
        add_rug(placer, *before(bed, 1.2), bed.yaw, 1.8, 1.2)
    return bed


def kitchen_run(placer: Placer) -> RoomObject | None:
    """Set counters, a stove and a fridge side by side along a long wall."""
    rng = placer.rng
    order = ["fridge", "counter", "stove", "counter", "counter"]
    if rng.random() < 0.5:
        order.append("washing machine")
    if rng.random() < 0.5:
        order.reverse()
    built = [(name, placer.build(name)) for name in order if placer.allows(name)]
    look = placer.look("counter", 1.0)
    walls = sorted(placer.plan.walls, key=lambda wall: -wall.length)[:3]
    for k in rng.permutation(len(walls)):
        placed = _run_along(placer, walls[int(k)], built, look)
        if len(placed) >= 3:
            for name in ("stove", "fridge"):
                # What found no place in the run, under a window say, stands by itself.
                if placer.count(name) == 0:
                    placer.along_wall(name, front=0.4, tries=40)
            counters = [thing for thing in placed if thing.category == "counter"]
            return counters[0] if counters else placed[0]
    return None


def _run_along(
    placer: Placer, wall: Wall, built: list[tuple[str, tuple[str, Blueprint]]], look: Finish
) -> list[RoomObject]:
    """Place pieces side by side along a wall, leaving out those that do not fit."""
    placed: list[RoomObject] = []
    along = -wall.length / 2 + 0.05 + float(placer.rng.uniform(0, 0.3))
    for name, piece in built:
        low, high = piece[1].bounds
        wide, deep = float(high[0] - low[0]), float(high[1] - low[1])
        for _ in range(8):
            x, y = wall.place(along + wide / 2, deep / 2 + 0.025)
            main = look if name == "counter" else None
            thing = placer.try_put(name, piece, x, y, wall.yaw, look=main, front=0.5)
            if thing:
                placed.append(thing)
                along += wide + 0.012
                break
            if placed:
                break
            along += 0.25
    return placed


def workbench_place(placer: Placer) -> RoomObject | None:
    """Set a workbench against a wall with a stool."""
    bench = placer.along_wall("workbench", front=0.7, tries=40)
    if bench is None:
        return None
    built = placer.build("stool")
    x, y = before(bench, depth_of(bench) / 2 + 0.3, float(placer.rng.uniform(-0.4, 0.4)))
    placer.try_put("stool", built, x, y, bench.yaw + math.pi)
    return bench


def middle_of(thing: RoomObject, height: float) -> tuple[float, float, float]:
    """Return a point worth looking at: above an object's middle, half way to the room's."""
    return (0.5 * thing.position[0], 0.5 * thing.position[1], height)
