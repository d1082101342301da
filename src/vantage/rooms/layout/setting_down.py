"""Set things down on what carries them: furniture, shelves and boxes, plates and bowls, their own like."""

import math

import numpy as np

from vantage.rooms.layout.contact import enters, interlocks, rests
from vantage.rooms.layout.placing import Placer
from vantage.rooms.scene import RoomObject
from vantage.rooms.shapes.blueprint import Support, rotation_z

NESTING = ("vessel", "plate", "pan")
"""Kinds of support whose carriers are curved: what lies in them is tested against the solid itself, not its boxes."""
SETS = ("plate", "bowl")
"""Categories that come in sets of one shape and look."""


def put_on(
    placer: Placer,
    carrier: RoomObject,
    support: Support,
    category: str,
    *,
    tries: int = 14,
    at: tuple[float, float] | None = None,
) -> RoomObject | None:
    """Stand an object on a support, its whole base inside the rectangle; in vessels and on piles, its middle.

    Args:
        placer: the room under construction.
        carrier: the object that has the support.
        support: the rectangle, in the carrier's frame.
        category: what to put there.
        tries: draws of a position before giving up.
        at: a wanted position on the support from -1 to 1 on each axis; drawn at random when None.
    """
    if not placer.allows(category):
        return None
    # What stands on its like is its twin: plates of one set lie in each other, plates of two do not.
    twin = support.kind == f"stack {category}" and category == carrier.category and category in SETS
    built = (carrier.variant, carrier.blueprint) if twin else placer.build(category)
    low, high = built[1].bounds
    half_x, half_y = float(high[0] - low[0]) / 2, float(high[1] - low[1]) / 2
    if float(high[2] - low[2]) > support.clearance - 0.01:
        return None
    nested = support.kind in NESTING or support.kind.startswith("stack ")
    # What is open upwards may have a handle over it, and its sides may slope.
    curved = nested or (support.container >= 0 and carrier.blueprint.containers[support.container].opening == "up")
    upright = support.container >= 0 or support.kind in ("seat", "tv") or category in ("monitor", "keyboard")
    spread = 0.15 if upright else 0.35 if nested else 0.7
    for _ in range(tries):
        turn = float(placer.rng.uniform(-spread, spread))
        c, s = abs(math.cos(turn)), abs(math.sin(turn))
        slack_x = support.half_x - c * half_x - s * half_y
        slack_y = support.half_y - s * half_x - c * half_y
        if nested:
            slack_x, slack_y = max(slack_x, 0.2 * support.half_x), max(slack_y, 0.2 * support.half_y)
        if slack_x < 0 or slack_y < 0:
            continue
        u, v = at if at else (float(placer.rng.uniform(-1, 1)), float(placer.rng.uniform(-1, 1)))
        u, v = (0.0, 0.0) if twin else (u, v)
        offset = (support.x + u * slack_x, support.y + v * slack_y, support.z)
        where = rotation_z(carrier.yaw) @ np.array(offset) + np.array(carrier.position)
        position = (float(where[0]), float(where[1]), float(where[2]))
        yaw = carrier.yaw + turn
        clear = placer.fits(built[1], position, yaw, ignore=(carrier.instance,))
        if not clear or not rests(carrier.blueprint, built[1], offset, turn):
            continue
        meets = interlocks if nested else enters
        if not (curved and meets(carrier.blueprint, built[1], offset, turn)):
            return placer.put(
                category,
                built,
                position,
                yaw,
                look=carrier.look if twin else None,
                carrier=carrier.instance,
                container=support.container,
            )
    return None
