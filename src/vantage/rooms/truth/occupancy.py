"""What is where: exact occupancy of a room at any point or on a grid, and of the volumes that take things.

Every answer is evaluated from the shapes themselves; no mesh is asked, because mesh parity leaks at edges.
"""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float, Int32

from vantage.errors import UsageError
from vantage.rooms.scene import Room
from vantage.rooms.shapes.part_names import PART_NUMBER


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Occupancy:
    """What fills each of some points, or each cell of a grid; 0 everywhere means empty."""

    instances: Int32[np.ndarray, "*n"]
    """Instance numbers, as in `Room.objects`."""
    classes: Int32[np.ndarray, "*n"]
    """Class numbers, as in `Room.class_names`."""
    parts: Int32[np.ndarray, "*n"]
    """Part numbers, as in `part_names.PART_NAMES`."""


def occupancy(room: Room, points_world: Float[np.ndarray, "n 3"]) -> Int32[np.ndarray, " n"]:
    """Return the instance that is solid at each point, 0 where there is none.

    Where several claim a point, the one with the smallest box has it: contents before their container.

    Args:
        room: what to ask.
        points_world: metres.
    """
    return _instances(room, room.solids.holders(np.asarray(points_world, dtype=np.float64)))


def label_points(room: Room, points_world: Float[np.ndarray, "n 3"]) -> Occupancy:
    """Return instance, class and part at each point; arguments as `occupancy`."""
    return _labels(room, room.solids.holders(np.asarray(points_world, dtype=np.float64)))


def occupancy_grid(
    room: Room, low: tuple[float, float, float], high: tuple[float, float, float], shape: tuple[int, int, int]
) -> Int32[np.ndarray, "x y z"]:
    """Return the instance that is solid at the middle of each cell of a grid, 0 where there is none.

    Args:
        room: what to ask.
        low: lowest corner of the grid's first cell, world frame, metres.
        high: highest corner of its last cell.
        shape: cells along x, y and z.

    Raises:
        UsageError: the grid has no cells or no extent.
    """
    return _instances(room, room.solids.grid_holders(cell_centres(low, high, shape)))


def label_grid(
    room: Room, low: tuple[float, float, float], high: tuple[float, float, float], shape: tuple[int, int, int]
) -> Occupancy:
    """Return instance, class and part at the middle of each cell; arguments and errors as `occupancy_grid`."""
    return _labels(room, room.solids.grid_holders(cell_centres(low, high, shape)))


def cell_centres(
    low: tuple[float, float, float], high: tuple[float, float, float], shape: tuple[int, int, int]
) -> tuple[Float[np.ndarray, " x"], Float[np.ndarray, " y"], Float[np.ndarray, " z"]]:
    """Return the coordinates of the middles of a grid's cells along each axis; arguments as `occupancy_grid`.

    Raises:
        UsageError: the grid has no cells or no extent.
    """
    if min(shape) < 1 or not all(a < b for a, b in zip(low, high, strict=True)):
        raise UsageError(f"grid of {shape} cells from {low} to {high}: expected cells, and a low corner below the high")
    x, y, z = (a + (np.arange(n) + 0.5) * (b - a) / n for a, b, n in zip(low, high, shape, strict=True))
    return x, y, z


def other_occupancy(
    room: Room, points_world: Float[np.ndarray, "n 3"], owners: Int32[np.ndarray, " n"]
) -> Int32[np.ndarray, " n"]:
    """Return for each point the instance that is solid there other than the point's own; 0 where there is none.

    Args:
        room: what to ask.
        points_world: metres.
        owners: instance that does not count, per point.
    """
    found = room.solids.holders(np.asarray(points_world, dtype=np.float64), owners.astype(np.int64))
    return _instances(room, found)


def container_occupancy(
    room: Room, instance: int, points_world: Float[np.ndarray, "n 3"], container: int | None = None
) -> Bool[np.ndarray, " n"]:
    """Tell for each point whether it lies in a volume into which an object takes things.

    Whatever fills the volume, solid or not, is part of it: it is where "in the cabinet" is.

    Args:
        room: what to ask.
        instance: the object that has the volumes.
        points_world: metres.
        container: index of one of its containers; None for all of them together.

    Raises:
        UsageError: the object has no such container.
    """
    thing = room.thing(instance)
    containers = thing.blueprint.containers
    if container is not None and not 0 <= container < len(containers):
        raise UsageError(f"container {container} of {thing.category} {instance}: it has {len(containers)}")
    points_object = (np.asarray(points_world) - np.array(thing.position)) @ thing.world_from_object[:3, :3]
    result = np.zeros(len(points_object), dtype=bool)
    for volume in containers if container is None else (containers[container],):
        result |= volume.inside(points_object)
    return result


def _instances(room: Room, holders: Int32[np.ndarray, "*n"]) -> Int32[np.ndarray, "*n"]:
    return np.append(room.solids.instances, np.int32(0))[holders]


def _labels(room: Room, holders: Int32[np.ndarray, "*n"]) -> Occupancy:
    solids = room.solids
    class_numbers = np.array([0, *(thing.class_number for thing in room.objects)], dtype=np.int32)
    parts = [
        PART_NUMBER[room.thing(int(i)).blueprint.parts[int(k)].name]
        for i, k in zip(solids.instances, solids.numbers, strict=True)
    ]
    instances = _instances(room, holders)
    # The row -1 of nothing is the last of the table.
    return Occupancy(
        instances=instances, classes=class_numbers[instances], parts=np.array([*parts, 0], dtype=np.int32)[holders]
    )
