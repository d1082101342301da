"""Fill surfaces, containers and the floor with things that belong there."""

from collections import Counter, deque

import numpy as np

from vantage.rooms.catalogue import CATALOGUE
from vantage.rooms.layout.placing import Placer
from vantage.rooms.layout.setting_down import put_on
from vantage.rooms.scene import RoomObject
from vantage.rooms.shapes.blueprint import Support

DENSITY: dict[str, float] = {
    "table": 13.0,
    "desk": 9.0,
    "counter": 12.0,
    "workbench": 11.0,
    "sideboard": 12.0,
    "shelf": 13.0,
    "bed": 2.0,
    "seat": 1.5,
    "cabinet": 8.0,
    "fridge": 26.0,
    "oven": 6.0,
    "drum": 8.0,
    "safe": 12.0,
    "drawer": 8.0,
    "bin": 14.0,
    "sink": 8.0,
}
"""Things per square metre tried on each kind of support at full clutter; by eye, so that half of it looks lived in."""

SMALL_CHANCE: dict[str, float] = {"vessel": 0.5, "plate": 0.6, "pan": 0.4}
"""Chance at full clutter that a small container or a plate holds something."""
STACK_CHANCE = 0.7
"""Chance at full clutter that something stands on a stackable thing."""

TAKES = {"safe": "drawer", "pan": "plate"}
"""Kinds of support that take what another kind takes."""

FLOOR_THINGS = (2, 9)
"""Things tried on the floor with no clutter and at full clutter."""
MOST_THINGS = 80
"""No more small things are placed in one room: every one costs about a millisecond and 500 triangles."""
CATEGORIES_TRIED = 3
"""Categories tried for one place before it stays free: in a small container most things do not fit."""
ELSEWHERE = 0.06
"""Weight of a category in a kind of room where it does not belong."""
AGAIN = 0.3
"""Factor on a category's weight for each one of it that the room has: few of a kind, many kinds."""
FAVOURED = 40.0
"""Factor on the weight of classes that a world favours."""


def fill(placer: Placer, clutter: float) -> None:
    """Fill a furnished room.

    Args:
        placer: the room.
        clutter: 0 leaves all bare, 1 crams it.
    """
    seen: Counter[str] = Counter(thing.category for thing in placer.objects)
    queue = deque((thing, support) for thing in list(placer.objects) for support in thing.blueprint.supports)
    for thing, support in list(queue):
        _set_out(placer, thing, support, seen)
    # Furniture in a drawn order, so that a full room does not leave the same pieces bare each time.
    order = placer.rng.permutation(len(queue))
    queue = deque(queue[int(k)] for k in order)
    least, most = FLOOR_THINGS
    for _ in range(round(least + (most - least) * clutter)):
        category = draw_category(placer, "floor", seen)
        thing = placer.on_floor(category, tries=8) if category else None
        if thing:
            seen[thing.category] += 1
            queue.extend((thing, support) for support in thing.blueprint.supports)
    start = len(placer.objects)
    while queue and len(placer.objects) < start + MOST_THINGS:
        carrier, support = queue.popleft()
        for _ in range(_wanted(placer, support, clutter)):
            thing = _put_something(placer, carrier, support, seen)
            if thing:
                seen[thing.category] += 1
                queue.extend((thing, above) for above in thing.blueprint.supports)


def _put_something(placer: Placer, carrier: RoomObject, support: Support, seen: Counter[str]) -> RoomObject | None:
    """Put a drawn thing on a support; where it is too large, another."""
    for _ in range(CATEGORIES_TRIED):
        category = draw_category(placer, support.kind, seen)
        thing = put_on(placer, carrier, support, category, tries=4) if category else None
        if thing:
            return thing
    return None


def _wanted(placer: Placer, support: Support, clutter: float) -> int:
    """Draw how many things to try on a support."""
    if support.kind in DENSITY:
        area = 4 * support.half_x * support.half_y
        return int(placer.rng.poisson(DENSITY[support.kind] * area * clutter))
    chance = SMALL_CHANCE.get(support.kind, STACK_CHANCE if support.kind.startswith("stack ") else 0.0)
    return int(placer.rng.random() < chance * clutter)


def draw_category(placer: Placer, kind: str, seen: Counter[str]) -> str | None:
    """Draw a category that stands on this kind of support, belongs in this kind of room and is not yet common.

    None when the room's world has nothing that stands there.
    """
    kind = TAKES.get(kind, kind)
    names = [name for name, entry in CATALOGUE.items() if kind in entry.places and placer.allows(name)]
    if not names:
        return None
    weights = np.array([_weight(placer, name, kind, seen) for name in names])
    return str(placer.rng.choice(names, p=weights / weights.sum()))


def _weight(placer: Placer, name: str, kind: str, seen: Counter[str]) -> float:
    entry = CATALOGUE[name]
    at_home = not entry.rooms or placer.kind in entry.rooms
    weight = entry.places.count(kind) * AGAIN ** min(seen[name], 8) * (1.0 if at_home else ELSEWHERE)
    return weight * (FAVOURED if name in placer.world.favoured_classes else 1.0)


def _set_out(placer: Placer, carrier: RoomObject, support: Support, seen: Counter[str]) -> None:
    """Put in place what always stands there: a television on its stand, a computer on a desk."""
    if support.kind == "tv":
        tried = [("television", (0.0, 0.4))]
    elif support.kind == "desk" and support.container < 0 and carrier.category == "desk":
        screen = placer.rng.random() < 0.6
        tried = [("monitor", (0.0, 0.75)), ("keyboard", (0.0, -0.6)), ("mouse", (0.62, -0.6))]
        tried = tried if screen else [("laptop", (0.1, -0.2)), ("mouse", (0.75, -0.4))]
    else:
        return
    for category, at in tried:
        if category in CATALOGUE and put_on(placer, carrier, support, category, at=at, tries=4):
            seen[category] += 1
