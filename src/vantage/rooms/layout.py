"""`make_room`: furnish a room from one integer seed."""

import math

import numpy as np

from vantage.rooms import shell
from vantage.rooms.catalogue import CATALOGUE
from vantage.rooms.footprints import Footprint
from vantage.rooms.groups import MAIN_GROUPS, furnish_walls
from vantage.rooms.materials import fixed, make_finish
from vantage.rooms.placing import Placer
from vantage.rooms.scene import Lights, Room, RoomObject, RoomSettings, SunWindow
from vantage.rooms.splits import split_of

FILL_SHARE = {"table": 0.40, "desk": 0.15, "shelf": 0.2, "sideboard": 0.15, "seat": 0.1}
"""How small objects spread over kinds of support: mostly on tables, where a camera sees them."""


def make_room(seed: int, settings: RoomSettings | None = None) -> Room:
    """Furnish the room of a seed; the same seed and settings give the same room, everywhere.

    Args:
        seed: 0 to 999 999; its range decides the split (`splits`).
        settings: sizes and how full the room is.

    Raises:
        UsageError: the seed lies outside every split.
    """
    settings = settings or RoomSettings()
    split_of(seed)
    rng = np.random.default_rng([seed, 0x726F6F6D])
    width, depth = float(rng.uniform(*settings.width)), float(rng.uniform(*settings.depth))
    placer = Placer(rng, width, depth, float(rng.uniform(*settings.height)))
    windows = _build_shell(placer)
    focus = MAIN_GROUPS[int(rng.integers(len(MAIN_GROUPS)))](placer)
    furnish_walls(placer)
    for category in rng.permutation(np.array(["painting", "painting", "clock", "mirror"]))[: int(rng.integers(2, 4))]:
        placer.on_wall(str(category))
    _scatter(placer, int(rng.integers(settings.small_objects[0], settings.small_objects[1] + 1)))
    lights = _draw_lights(placer, windows, focus)
    return Room(
        seed=seed,
        size=(width, depth, placer.height),
        objects=tuple(placer.objects),
        lights=lights,
        windows=windows,
        focus=focus,
    )


def _build_shell(placer: Placer) -> tuple[SunWindow, ...]:
    """Add floor, ceiling, walls, a door and one or two windows; return the windows' openings."""
    rng, width, depth, height = placer.rng, placer.width, placer.depth, placer.height
    slab = shell.slab(width, depth)
    placer.put("floor", slab, (0.0, 0.0, 0.0), 0.0, look=shell.floor_finish(rng), structure=True)
    ceiling = shell.ceiling_finish(rng)
    placer.put("ceiling", slab, (0.0, 0.0, height + shell.THICKNESS), 0.0, look=ceiling, structure=True)
    common, accent = shell.wall_finish(rng), shell.wall_finish(rng)
    special = int(rng.integers(4)) if rng.random() < 0.5 else -1
    for k, wall in enumerate(placer.walls):
        x, y = wall.place(0.0, 0.0)
        look = accent if k == special else common
        placer.put("wall", shell.wall_panel(wall.length, height), (x, y, 0.0), wall.yaw, look=look, structure=True)
    order = [int(k) for k in rng.permutation(4)]
    _add_door(placer, order[0])
    return tuple(_add_window(placer, k) for k in order[1 : 2 + int(rng.random() < 0.5)])


def _add_door(placer: Placer, number: int) -> None:
    wall, rng = placer.walls[number], placer.rng
    blueprint = shell.door(0.85, 2.02)
    slack = wall.length / 2 - 0.6
    along = float(rng.uniform(-slack, slack))
    x, y = wall.place(along, 0.0)
    colour = str(rng.choice(["brown", "white", "white", "blue", "green", "red"]))
    placer.put("door", blueprint, (x, y, 0.0), wall.yaw, look=make_finish("wood", colour, rng), structure=True)
    x, y = wall.place(along, 0.4)
    placer.kept_free.append(Footprint(x, y, 0.45, 0.38, wall.yaw, 0.0, 2.0))


def _add_window(placer: Placer, number: int) -> SunWindow:
    wall, rng = placer.walls[number], placer.rng
    width = float(rng.uniform(1.0, min(1.6, wall.length - 1.2)))
    sill = float(rng.uniform(0.85, 1.0))
    tall = float(rng.uniform(1.05, min(1.35, placer.height - sill - 0.2)))
    slack = (wall.length - width) / 2 - 0.3
    along = float(rng.uniform(-slack, slack))
    x, y = wall.place(along, 0.0)
    blueprint = shell.window(width, tall)
    placer.put("window", blueprint, (x, y, sill), wall.yaw, look=fixed("wood", "white", rng), structure=True)
    axis = 1 if number % 2 == 0 else 0
    plane = y if axis == 1 else x
    middle = x if axis == 1 else y
    return SunWindow(axis, plane, (middle - width / 2, sill), (middle + width / 2, sill + tall))


def _scatter(placer: Placer, count: int) -> None:
    """Stand small objects on supports and on the floor, few of each kind, in unlike colours."""
    rng = placer.rng
    seen: dict[str, int] = {}
    spots = [(thing, support) for thing in placer.objects for support in thing.blueprint.supports]
    television = [spot for spot in spots if spot[1].kind == "tv"]
    for carrier, support in television:
        placer.on_support(carrier, support, "television", at=(0.0, 0.4))
    for carrier, support in spots:
        if support.kind == "desk":
            _set_desk(placer, carrier)
    placed = 0
    for _ in range(6 * count):
        if placed >= count:
            break
        kinds = [*FILL_SHARE, "floor"]
        weights = np.array([*FILL_SHARE.values(), 0.3])
        kind = str(rng.choice(kinds, p=weights / weights.sum()))
        category = _draw_category(placer, kind, seen)
        if kind == "floor":
            thing = placer.on_floor(category, tries=10)
        else:
            open_spots = [spot for spot in spots if spot[1].kind == kind]
            if not open_spots:
                continue
            carrier, support = open_spots[int(rng.integers(len(open_spots)))]
            thing = placer.on_support(carrier, support, category, tries=6)
        if thing:
            placed += 1
            seen[category] = seen.get(category, 0) + 1
            spots += [(thing, support) for support in thing.blueprint.supports if support.kind == "box"]


def _set_desk(placer: Placer, desk: RoomObject) -> None:
    """Put a monitor with its keyboard, or a laptop, on a desk."""
    support = desk.blueprint.supports[0]
    if placer.rng.random() < 0.6:
        placer.on_support(desk, support, "monitor", at=(0.0, 0.75))
        placer.on_support(desk, support, "keyboard", at=(0.0, -0.6))
    else:
        placer.on_support(desk, support, "laptop", at=(0.1, -0.2))


def _draw_category(placer: Placer, kind: str, seen: dict[str, int]) -> str:
    """Draw a category that stands on this kind of support; each further one of its kind is four times less likely."""
    names = [name for name, category in CATALOGUE.items() if kind in category.places]
    weights = np.array([CATALOGUE[name].places.count(kind) * 0.25 ** seen.get(name, 0) for name in names])
    return str(placer.rng.choice(names, p=weights / weights.sum()))


def _draw_lights(placer: Placer, windows: tuple[SunWindow, ...], focus: tuple[float, float, float]) -> Lights:
    """Draw a ceiling light near the room's middle and a sun that shines in at the first window."""
    rng = placer.rng
    radius = float(rng.uniform(0.12, 0.24))
    x, y = (float(0.5 * middle + rng.uniform(-0.4, 0.4)) for middle in focus[:2])
    look = fixed("glass", "white", rng)
    placer.put("ceiling lamp", shell.ceiling_lamp(radius), (x, y, placer.height), 0.0, look=look, structure=True)
    # Just under the lamp's own glass, which must not shade the room.
    lamp = (x, y, placer.height - 0.09)
    warmth = float(rng.uniform(0.0, 0.16))
    window = windows[0]
    azimuth, elevation = float(rng.uniform(-0.6, 0.6)), float(rng.uniform(0.45, 0.8))
    outward = 1.0 if window.plane > 0 else -1.0
    across, along = math.cos(azimuth) * math.cos(elevation) * outward, math.sin(azimuth) * math.cos(elevation)
    sun = (across, along) if window.axis == 0 else (along, across)
    sky = float(rng.uniform(0.0, 0.08))
    return Lights(
        lamp_position=lamp,
        lamp_colour=(1.0, 1.0 - 0.5 * warmth, 1.0 - warmth),
        lamp_radius=radius,
        sun_direction=(sun[0], sun[1], math.sin(elevation)),
        sun_colour=(1.6, 1.5, 1.3) if rng.random() < 0.7 else (0.0, 0.0, 0.0),
        ambient_colour=(0.42 - sky, 0.42, 0.42 + sky),
    )
