"""The room itself, built: floor, ceiling, walls, a door, windows and the ceiling lamp."""

import math

from vantage.rooms.layout import shell
from vantage.rooms.layout.footprints import Footprint
from vantage.rooms.layout.placing import Placer
from vantage.rooms.layout.plan import Wall
from vantage.rooms.looks import surfaces
from vantage.rooms.looks.finishes import fixed, make_finish
from vantage.rooms.rendering.illumination import SunWindow

DOOR_COLOURS = ("brown", "white", "white", "blue", "green", "red")
"""Colours doors are painted in."""


def build_shell(placer: Placer) -> tuple[SunWindow, ...]:
    """Add floor, ceiling, walls, a door, one or two windows and a ceiling lamp; return the windows' openings."""
    rng, look_rng, world = placer.rng, placer.look_rng, placer.world
    slab = ("flat", shell.slab(placer.plan))
    placer.put("floor", slab, (0.0, 0.0, 0.0), 0.0, look=surfaces.floor_finish(look_rng, world), structure=True)
    top = placer.height + shell.THICKNESS
    placer.put("ceiling", slab, (0.0, 0.0, top), 0.0, look=surfaces.ceiling_finish(look_rng, world), structure=True)
    common, accent = surfaces.wall_finish(look_rng, world), surfaces.wall_finish(look_rng, world)
    walls = placer.plan.walls
    special = int(rng.integers(len(walls))) if rng.random() < 0.5 else -1
    for k, wall in enumerate(walls):
        panel = ("plain", shell.wall_panel(wall.length, placer.height))
        look = accent if k == special else common
        placer.put("wall", panel, (*wall.place(0.0, 0.0), 0.0), wall.yaw, look=look, structure=True)
    wide = [walls[int(k)] for k in rng.permutation(len(walls)) if walls[int(k)].length > 2.0]
    _add_door(placer, wide[0])
    windows = tuple(_add_window(placer, wall) for wall in wide[1 : 2 + int(rng.random() < 0.5)])
    _add_ceiling_lamp(placer)
    return windows


def _add_door(placer: Placer, wall: Wall) -> None:
    rng, look_rng = placer.rng, placer.look_rng
    variant = str(rng.choice(shell.DOORS))
    slack = wall.length / 2 - 0.6
    along = float(rng.uniform(-slack, slack))
    look = make_finish("wood", str(look_rng.choice(DOOR_COLOURS)), look_rng, world=placer.world)
    built = (variant, shell.door(0.85, 2.02, variant))
    placer.put("door", built, (*wall.place(along, 0.0), 0.0), wall.yaw, look=look, structure=True)
    x, y = wall.place(along, 0.4)
    placer.keep_free(Footprint(x, y, 0.45, 0.38, wall.yaw, 0.0, 2.0))


def _add_window(placer: Placer, wall: Wall) -> SunWindow:
    rng = placer.rng
    width = float(rng.uniform(1.0, min(1.6, wall.length - 0.9)))
    sill = float(rng.uniform(0.98, 1.08))
    tall = float(rng.uniform(1.0, min(1.3, placer.height - sill - 0.2)))
    slack = (wall.length - width) / 2 - 0.2
    along = float(rng.uniform(-slack, slack))
    x, y = wall.place(along, 0.0)
    variant = str(rng.choice(shell.WINDOWS))
    built = (variant, shell.window(width, tall, variant))
    look = fixed("wood", "white", placer.look_rng, placer.world)
    placer.put("window", built, (x, y, sill), wall.yaw, look=look, structure=True)
    inward = (math.sin(wall.yaw), -math.cos(wall.yaw))
    axis = 0 if abs(inward[0]) > 0.5 else 1
    plane, middle = (x, y) if axis == 0 else (y, x)
    outward = -1.0 if inward[axis] > 0 else 1.0
    return SunWindow(axis, plane, (middle - width / 2, sill), (middle + width / 2, sill + tall), outward)


def _add_ceiling_lamp(placer: Placer) -> None:
    """Hang a lamp near the middle of the larger part of the room."""
    rng = placer.rng
    x0, y0, x1, y1 = max(placer.plan.areas, key=lambda a: (a[2] - a[0]) * (a[3] - a[1]))
    variant = str(rng.choice(shell.CEILING_LAMPS))
    radius = float(rng.uniform(0.12, 0.24))
    x = (x0 + x1) / 2 + float(rng.uniform(-0.3, 0.3))
    y = (y0 + y1) / 2 + float(rng.uniform(-0.3, 0.3))
    look = fixed("glass", "white", placer.look_rng, placer.world)
    built = (variant, shell.ceiling_lamp(radius, variant))
    placer.put("ceiling lamp", built, (x, y, placer.height), 0.0, look=look, structure=True)
