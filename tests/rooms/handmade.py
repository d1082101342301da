"""Rooms put together by hand, in which it is known where light, shadows and edges are."""

import dataclasses

import numpy as np

from vantage.rooms import Room
from vantage.rooms.layout.plan import FloorPlan
from vantage.rooms.layout.shell import slab, wall_panel
from vantage.rooms.looks.colours import Colour
from vantage.rooms.looks.finishes import Finish
from vantage.rooms.looks.materials import PLAIN
from vantage.rooms.rendering.illumination import Lamp, Lights, SunWindow
from vantage.rooms.scene import RoomObject
from vantage.rooms.shapes.blueprint import Blueprint, Builder
from vantage.rooms.shapes.primitives import Box

SIDE, HEIGHT = 4.0, 2.6


def finish(level: float = 0.6, texture: int = PLAIN, second: float | None = None, period: float = 0.1) -> Finish:
    """Return a dull gray finish of this linear level."""
    dark = level if second is None else second
    return Finish(
        material="plaster",
        colour=Colour("gray", (level, level, level)),
        second=Colour("gray", (dark, dark, dark)),
        texture=texture,
        period=period,
        specular=0.0,
        gloss=1.0,
        seed=1,
    )


def box(x: float, y: float, z: float, slot: str = "main", name: str = "body") -> Blueprint:
    """Return a box that stands on its origin."""
    b = Builder()
    b.add(Box(x, y, z), (0, 0, z / 2), slot, name=name)
    return b.done()


def room_of(
    *things: tuple[str, Blueprint, tuple[float, float, float], Finish],
    lamps: tuple[Lamp, ...] = (),
    ambient: float = 0.035,
    floor: Finish | None = None,
    windows: tuple[SunWindow, ...] = (),
    sky: float = 0.0,
) -> Room:
    """Return a square room of gray plaster with things (category, geometry, place, look) in it.

    Floor, ceiling and walls are instances 1 to 6; the things follow.
    """
    plan = FloorPlan(SIDE, SIDE)
    shell = [
        ("floor", slab(plan), (0.0, 0.0, 0.0), 0.0, floor or finish()),
        ("ceiling", slab(plan), (0.0, 0.0, HEIGHT + 0.1), 0.0, finish()),
    ]
    shell += [("wall", wall_panel(w.length, HEIGHT), (*w.place(0.0, 0.0), 0.0), w.yaw, finish()) for w in plan.walls]
    objects = []
    for k, (category, blueprint, place, yaw, look) in enumerate(
        [*shell, *((c, b, p, 0.0, f) for c, b, p, f in things)]
    ):
        slots = {part.slot for part in blueprint.parts}
        glow = {slot: dataclasses.replace(look, emission=0.5) for slot in slots if slot.endswith("glow")}
        objects.append(
            RoomObject(
                instance=k + 1,
                category=category,
                variant="plain",
                blueprint=blueprint,
                position=place,
                yaw=yaw,
                finishes={**dict.fromkeys(slots, look), "main": look, **glow},
                structure=k < len(shell),
            )
        )
    lights = Lights(
        kind="night",
        lamps=lamps,
        sun_direction=(0.0, 0.0, 1.0),
        sun_colour=(0.0, 0.0, 0.0),
        sky_colour=(sky, sky, sky),
        view_colours=((0.5, 0.5, 0.5), (0.2, 0.2, 0.2)),
        ambient_colour=(ambient, ambient, ambient),
        level=1.0,
    )
    return Room(
        seed=0,
        kind="office",
        world="pretrain",
        plan=plan,
        height=HEIGHT,
        objects=tuple(objects),
        lights=lights,
        windows=windows,
        focus=(0.0, 0.0, 0.5),
    )


def bulb(place: tuple[float, float, float], radius: float = 0.02) -> Lamp:
    """Return a small white lamp."""
    return Lamp(instance=0, position=place, colour=(1.0, 1.0, 1.0), radius=radius, clear=0.01, overhead=True)


def looking_down(height: float = 2.0) -> np.ndarray:
    """Return the pose of a camera above the middle of the floor; its image's right is +x and down is -y."""
    pose = np.diag([1.0, -1.0, -1.0, 1.0])
    pose[2, 3] = height
    return pose
