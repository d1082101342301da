"""Furnish a room by its kind: first its groups, then what stands along and hangs on its walls."""

from collections.abc import Callable

from vantage.rooms.catalogue import CATALOGUE
from vantage.rooms.layout import groups
from vantage.rooms.layout.kinds import FURNISHINGS
from vantage.rooms.layout.placing import Placer
from vantage.rooms.scene import RoomObject

GROUPS: dict[str, Callable[[Placer], RoomObject | None]] = {
    "dining": groups.dining,
    "sofa corner": groups.sofa_corner,
    "desk place": groups.desk_place,
    "bed place": groups.bed_place,
    "kitchen run": groups.kitchen_run,
    "workbench place": groups.workbench_place,
}
"""Every group by name; each returns its main piece, or None where it does not fit."""

ROOM_BEFORE = {"cabinet": 0.5, "dresser": 0.5, "bookcase": 0.45, "rack": 0.45, "counter": 0.5, "armchair": 0.35}
"""Metres that stay free before furniture: to open it and to see into it."""
WALL_SHARE = 0.6
"""Pieces along the walls for each metre of wall, halved: a room with 16 m of wall takes up to five."""


def furnish(placer: Placer) -> tuple[float, float, float]:
    """Furnish a room that has its shell; return the point that cameras look at."""
    rng, plan = placer.rng, FURNISHINGS[placer.kind]
    mains = [GROUPS[name](placer) for name in plan.first]
    for k in rng.permutation(len(plan.then))[: int(rng.integers(1, 3))]:
        GROUPS[plan.then[int(k)]](placer)
    length = sum(wall.length for wall in placer.plan.walls)
    wanted = round(0.5 * WALL_SHARE * length)
    for k in rng.permutation(len(plan.walls)):
        if wanted <= 0:
            break
        name = plan.walls[int(k)]
        if name in CATALOGUE and placer.count(name) < 2 and placer.along_wall(name, front=ROOM_BEFORE.get(name, 0.0)):
            wanted -= 1
    for k in rng.permutation(len(plan.hung))[: int(rng.integers(2, 5))]:
        name = plan.hung[int(k)]
        if name in CATALOGUE:
            placer.on_wall(name)
    main = next((thing for thing in mains if thing), None)
    if main is None:
        x0, y0, x1, y1 = placer.plan.areas[0]
        return ((x0 + x1) / 2, (y0 + y1) / 2, plan.middle_height)
    return groups.middle_of(main, plan.middle_height)
