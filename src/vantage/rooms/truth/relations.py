"""How the objects of a room lie to each other: what stands on and in what, and what is beside what for a viewer.

The six prepositions of Semantic Abstraction (section 6.4): "on top of" and "inside" come from what carries what;
"behind", "in front of", "left of" and "right of" from the displacement between two objects' solid matter, seen by a
viewer. "under" and "next to" are ours.
"""

import dataclasses
import math
from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Bool, Float

from vantage.rooms.scene import Room, RoomObject
from vantage.rooms.truth.outlines import distances, level_gap, outlines_of

CARRIED = ("on top of", "inside")
"""Relations to what carries a thing."""
DIRECTIONS = ("behind", "in front of", "left of", "right of")
"""Relations for a viewer."""
PREDICATES = (*CARRIED, "under", "next to", *DIRECTIONS)
"""Every relation."""
OPPOSITE = {"behind": "in front of", "in front of": "behind", "left of": "right of", "right of": "left of"}
"""What holds from the other object's side; "next to" is its own opposite."""

ALIGNED = 0.6
"""Least cosine between a displacement and a viewer's direction (the released Semantic Abstraction data generator)."""
NEAREST, FARTHEST = 0.1 / 0.6, 1.0 / 0.6
"""Bounds in metres on how far apart two objects may be to be told by direction: those of the released generator, whose
worlds are scaled by 0.6."""
BESIDE = (0.05, 0.5)
"""Bounds in metres on the gap between two things that stand next to each other: a hand's width holds for cups, an arm's
length for furniture."""
ABOVE = 1.0
"""Greatest free height in metres between a thing and what it stands under."""
COVERED = 0.6
"""Least share of a thing's footprint below what it stands under: more than half, whichever way it is counted."""
PLACED_STRUCTURE = ("door", "window")
"""Parts of the room itself that have a place; floor, walls and ceiling are everywhere."""


@dataclasses.dataclass(frozen=True, order=True)
class Relation:
    """`subject` is `predicate` `object`; both are instance numbers."""

    subject: int
    predicate: str
    object: int


def carried_relations(room: Room) -> list[Relation]:
    """Return "inside" for each thing in a container and "on top of" for each other thing that an object carries."""
    return [
        Relation(thing.instance, "inside" if thing.container >= 0 else "on top of", thing.carrier)
        for thing in room.objects
        if thing.carrier
    ]


def beside_relations(room: Room) -> list[Relation]:
    """Return "next to" (both ways) and "under".

    Two things stand next to each other when the same surface carries them, they overlap in height, and the level gap
    between their parts is at most half the longer side of the smaller one, within `BESIDE`. A thing on the floor is
    under another when `COVERED` of its footprint lies below parts of the other that start above its top, by `ABOVE` at
    most.
    """
    things = [thing for thing in room.objects if not thing.structure]
    under = {(a.instance, b.instance) for a in things for b in things if a is not b and _is_under(a, b)}
    found = [Relation(a, "under", b) for a, b in under]
    for i, a in enumerate(things):
        for b in things[i + 1 :]:
            apart = (a.instance, b.instance) not in under and (b.instance, a.instance) not in under
            if apart and _is_beside(a, b):
                found += [Relation(a.instance, "next to", b.instance), Relation(b.instance, "next to", a.instance)]
    return sorted(found)


def viewer_axes(world_from_camera: Float[np.ndarray, "4 4"]) -> Float[np.ndarray, "2 3"]:
    """Return a viewer's level directions forward and right, unit, world frame.

    A camera that looks straight up or down has its picture's upper edge before it.
    """
    forward = world_from_camera[:3, 2] * np.array([1.0, 1.0, 0.0])
    if np.linalg.norm(forward) < 1e-6:
        forward = -world_from_camera[:3, 1] * np.array([1.0, 1.0, 0.0])
    forward = forward / np.linalg.norm(forward)
    return np.stack([forward, np.cross(forward, [0.0, 0.0, 1.0])])


def direction_relations(
    room: Room, world_from_camera: Float[np.ndarray, "4 4"], instances: Iterable[int] | None = None
) -> list[Relation]:
    """Return "behind", "in front of", "left of" and "right of" for a viewer.

    The displacement goes from the object's centroid to the subject's, both of their solid matter. Its cosine with the
    viewer's direction must exceed `ALIGNED`, and its length may be at most `reach_between`. What carries a thing,
    directly or not, is left out: it is told by "on" and "in".

    Args:
        room: whose objects these are.
        world_from_camera: pose of the viewer; only its heading counts.
        instances: whom to relate; None for everything that has a place.
    """
    chosen = set(range(1, len(room.objects) + 1)) if instances is None else set(instances)
    things = [thing for thing in room.objects if thing.instance in chosen and has_place(thing)]
    if len(things) < 2:
        return []
    numbers = np.array([thing.instance for thing in things])
    centroids = room.solids.centroids[numbers - 1]
    away = centroids[:, None] - centroids[None]
    length = np.linalg.norm(away, axis=-1)
    near = (length > 0) & (length <= _reaches(things)) & ~_carry(room, things)
    forward, right = viewer_axes(world_from_camera)
    cosines = {"behind": away @ forward, "right of": away @ right}
    cosines |= {OPPOSITE[name]: -value for name, value in cosines.items()}
    found = []
    for name in DIRECTIONS:
        subjects, objects = np.nonzero(near & (cosines[name] > ALIGNED * length))
        found += [Relation(int(numbers[i]), name, int(numbers[j])) for i, j in zip(subjects, objects, strict=True)]
    return sorted(found)


def reach_between(a: RoomObject, b: RoomObject) -> float:
    """Return how far apart, in metres, two objects' centroids may be for one to be told by the other.

    The sum of the longer level sides of both boxes, within `NEAREST` to `FARTHEST`. The released generator takes twice
    the reference's side; section 6.4 names both objects' sizes, and the sum is the same for two alike objects and makes
    every relation hold from the other side too.
    """
    return min(max(_side(a) + _side(b), NEAREST), FARTHEST)


def has_place(thing: RoomObject) -> bool:
    """Tell whether an object is somewhere rather than everywhere: no floor, wall, ceiling, rug or ceiling lamp."""
    return not thing.structure or thing.category in PLACED_STRUCTURE


def carriers_of(room: Room, thing: RoomObject) -> list[int]:
    """Return what carries a thing, then what carries that, and so on."""
    found = []
    while thing.carrier:
        found.append(thing.carrier)
        thing = room.thing(thing.carrier)
    return found


def _side(thing: RoomObject) -> float:
    return max(thing.box.size[0], thing.box.size[1])


def _reaches(things: Sequence[RoomObject]) -> Float[np.ndarray, "n n"]:
    sides = np.array([_side(thing) for thing in things])
    return np.clip(sides[:, None] + sides[None], NEAREST, FARTHEST)


def _carry(room: Room, things: Sequence[RoomObject]) -> Bool[np.ndarray, "n n"]:
    """Tell which pairs stand on or in one another, directly or not."""
    index = {thing.instance: k for k, thing in enumerate(things)}
    result = np.zeros((len(things), len(things)), dtype=bool)
    for thing in things:
        for carrier in carriers_of(room, thing):
            if carrier in index:
                result[index[thing.instance], index[carrier]] = result[index[carrier], index[thing.instance]] = True
    return result


def _is_under(a: RoomObject, b: RoomObject) -> bool:
    """Tell whether enough of a's footprint lies below parts of b."""
    top = a.footprint.high
    if a.carrier or b.carrier or a.position[2] > 1e-3 or b.footprint.high <= top:
        return False
    f, g = a.footprint, b.footprint
    if math.hypot(f.x - g.x, f.y - g.y) > math.hypot(f.half_x, f.half_y) + math.hypot(g.half_x, g.half_y):
        return False
    above = (b.prisms[:, 6] >= top - 0.005) & (b.prisms[:, 6] <= top + ABOVE)
    if not above.any():
        return False
    steps = (np.arange(7) + 0.5) / 3.5 - 1
    u, v = (grid.ravel() for grid in np.meshgrid(steps * f.half_x, steps * f.half_y))
    c, s = math.cos(f.yaw), math.sin(f.yaw)
    grid = np.stack([f.x + c * u - s * v, f.y + s * u + c * v], axis=-1)
    if (distances(grid, *outlines_of(b, above)) == 0).mean() < COVERED:
        return False
    # An outline may be that of a hollow lamp shade: matter is asked for every centimetre up.
    heights = np.arange(top, top + ABOVE, 0.01)
    columns = np.column_stack([np.repeat(grid, len(heights), axis=0), np.tile(heights, len(grid))])
    return bool(b.inside(columns).reshape(len(grid), -1).any(axis=1).mean() >= COVERED)


def _is_beside(a: RoomObject, b: RoomObject) -> bool:
    if a.carrier != b.carrier or a.container != b.container:
        return False
    if not a.carrier and (a.position[2] > 1e-3 or b.position[2] > 1e-3):
        return False
    f, g = a.footprint, b.footprint
    if f.low >= g.high or g.low >= f.high:
        return False
    allowed = min(max(0.5 * min(_side(a), _side(b)), BESIDE[0]), BESIDE[1])
    if math.hypot(f.x - g.x, f.y - g.y) > math.hypot(f.half_x, f.half_y) + math.hypot(g.half_x, g.half_y) + allowed:
        return False
    return level_gap(outlines_of(a), outlines_of(b)) <= allowed
