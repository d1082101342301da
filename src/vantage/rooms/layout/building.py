"""`make_room`: a furnished room from a seed.

Groups of furniture stand first, then cases along the walls, then small things on and in them; whatever would not fit is
left out. No solver and no physics: every base lies within what carries it, and no two parts overlap.
"""

import numpy as np

from vantage.errors import UsageError
from vantage.rooms.layout.filling import fill
from vantage.rooms.layout.furnishing import furnish
from vantage.rooms.layout.kinds import ROOM_KINDS
from vantage.rooms.layout.openings import build_shell
from vantage.rooms.layout.placing import Placer
from vantage.rooms.layout.plan import draw_plan
from vantage.rooms.rendering.illumination import draw_lights
from vantage.rooms.scene import Room, RoomSettings
from vantage.rooms.splits import split_of
from vantage.rooms.worlds import world_named


def make_room(seed: int, settings: RoomSettings | None = None) -> Room:
    """Furnish the room of a seed; the same seed and settings give the same room, everywhere.

    Layout, looks and light are drawn apart, so that worlds which differ in looks share a seed's layout.

    Args:
        seed: 0 to 999 999; its range decides the split (`splits`).
        settings: kind, world, sizes and how full the room is.

    Raises:
        UsageError: the seed lies outside every split, or is a training seed in a world made for testing.
    """
    settings = settings or RoomSettings()
    world = world_named(settings.world)
    if split_of(seed) == "train" and not world.trains:
        raise UsageError(f"room seed {seed} trains, and world {world.name} is for testing; use seeds from 800000")
    layout_rng, look_rng, light_rng = (np.random.default_rng([seed, 0x726F6F6D, k]) for k in range(3))
    kind = settings.kind or str(layout_rng.choice(ROOM_KINDS))
    plan = draw_plan(layout_rng, settings.width, settings.depth, settings.l_share)
    height = float(layout_rng.uniform(*settings.height))
    placer = Placer(layout_rng, look_rng, world, plan, height, kind)
    windows = build_shell(placer)
    focus = furnish(placer)
    fill(placer, settings.clutter)
    return Room(
        seed=seed,
        kind=kind,
        world=world.name,
        plan=plan,
        height=height,
        objects=tuple(placer.objects),
        lights=draw_lights(light_rng, world, placer.objects, windows),
        windows=windows,
        focus=focus,
    )
