"""What may be asked about a view's hidden and visible things, and where the answers lie (sections 3.4 and 6.4).

A description is a target, a relation and a reference that the view shows. Where a visible object fits it, its own
points are the answer; where none does, every unseen place where one could be. Rules and bounds are those of the
released generator (`rooms/truth/relations.py`).
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float, Float32, Int32
from scipy.ndimage import grey_dilation

from vantage.abstraction.network import RELATIONS
from vantage.rooms import Room, container_occupancy
from vantage.rooms.truth.relations import FARTHEST, carried_relations, direction_relations, has_place

NEEDS_VISIBLE_TARGET = ("left of", "right of", "in front of")
"""Relations that are only told of a target that is seen (the released generator)."""
GUESSED = ("banana", "apple", "book", "bottle", "cup", "cell phone", "ball")
"""What is asked for inside every visible container although it is not there; the released generator asks for a banana
alone. The first that the room lacks is taken."""
ROOM_ABOVE = 0.5
"""Height in metres over a surface in which a hidden thing on top of it may be."""
BIN = 4
"""Pixels of a view of 320 across within which the reference's depth is taken as one (released: 10 of 896)."""


@dataclasses.dataclass(frozen=True)
class Question:
    """A description before it has words: classes and the instances that decide it."""

    target: str
    """Class of what is looked for."""
    relation: str
    reference: str
    """Class of what it is told by; the view shows one."""
    targets: tuple[int, ...]
    """Visible instances of the target's class that fit the description; none: it is hidden, or not there."""
    references: tuple[int, ...]
    """Visible instances of the reference's class."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Points with what is known of them."""

    world: Float[np.ndarray, "n 3"]
    """Metres, world frame."""
    frame: Float[np.ndarray, "n 3"]
    """Metres, view frame."""
    owner: Int32[np.ndarray, " n"]
    """Instance that is solid there, 0: none."""
    depth: Float32[np.ndarray, " n"]
    """Own z-depth, metres."""
    hidden: Bool[np.ndarray, " n"]
    """In the picture, behind the surface that its pixel shows."""
    pixel: Int32[np.ndarray, "n 2"]
    """Row and column; of points outside the picture those of the nearest pixel."""


def questions(
    room: Room, world_from_camera: Float[np.ndarray, "4 4"], seen: Mapping[int, int], least_pixels: int
) -> list[Question]:
    """Return every description that a view allows, sorted.

    Args:
        room: what is looked at.
        world_from_camera: pose of the viewer.
        seen: pixels of each instance.
        least_pixels: from which on an object is visible.
    """
    visible = {i for i, pixels in seen.items() if i and pixels >= least_pixels and has_place(room.thing(i))}
    found: dict[tuple[str, str, str], list[int]] = {}
    for edge in (*carried_relations(room), *direction_relations(room, world_from_camera)):
        target, reference = room.thing(edge.subject), room.thing(edge.object)
        if edge.predicate not in RELATIONS or edge.object not in visible or reference.structure:
            continue
        if target.structure or target.category == reference.category:
            continue
        fits = found.setdefault((target.category, edge.predicate, reference.category), [])
        if edge.subject in visible:
            fits.append(edge.subject)
    absent = [name for name in GUESSED if all(thing.category != name for thing in room.objects)]
    for i in visible:
        if room.thing(i).blueprint.containers and absent and not room.thing(i).structure:
            found.setdefault((absent[0], "inside", room.thing(i).category), [])
    by_class: dict[str, list[int]] = {}
    for i in sorted(visible):
        by_class.setdefault(room.thing(i).category, []).append(i)
    return [
        Question(target, relation, reference, tuple(sorted(set(fits))), tuple(by_class[reference]))
        for (target, relation, reference), fits in sorted(found.items())
        if fits or relation not in NEEDS_VISIBLE_TARGET
    ]


def choose_questions(found: Sequence[Question], most: int, rng: np.random.Generator) -> list[Question]:
    """Draw some questions, the relations in turn, so that none crowds out the others."""
    piles = []
    for relation in RELATIONS:
        pile = [question for question in found if question.relation == relation]
        piles.append([pile[k] for k in rng.permutation(len(pile))])
    chosen: list[Question] = []
    while len(chosen) < most and any(piles):
        for k in rng.permutation(len(piles)):
            if piles[k] and len(chosen) < most:
                chosen.append(piles[k].pop())
    return chosen


def answer(
    question: Question,
    room: Room,
    world_from_camera: Float[np.ndarray, "4 4"],
    depth: Float32[np.ndarray, "h w"],
    instances: Int32[np.ndarray, "h w"],
    places: Places,
) -> Bool[np.ndarray, " n"]:
    """Tell for each point whether it belongs to the answer.

    Args:
        question: the description.
        room: what is looked at.
        world_from_camera: pose of the viewer.
        depth: of the view, metres.
        instances: of the view.
        places: the points.
    """
    if question.targets:
        return np.isin(places.owner, question.targets)
    result = np.zeros(len(places.owner), dtype=bool)
    for number in question.references:
        if question.relation == "inside":
            result |= container_occupancy(room, number, places.world) & places.hidden
        elif question.relation == "on top of":
            result |= _above(room, number, places) & places.hidden & (places.owner == 0)
        elif question.relation == "behind":
            own = np.where(instances == number, depth, np.float32(0))
            away = room.solids.centroids[number - 1] - world_from_camera[:3, 3]
            middle = float(away @ world_from_camera[:3, 2])
            result |= _behind(own, middle, places) & places.hidden & (places.owner == 0)
    return result


def _above(room: Room, number: int, places: Places) -> Bool[np.ndarray, " n"]:
    """Tell which points lie over an open surface of an object."""
    thing = room.thing(number)
    local = (places.world - np.array(thing.position)) @ thing.world_from_object[:3, :3]
    result = np.zeros(len(local), dtype=bool)
    for support in thing.blueprint.supports:
        if support.container < 0:
            across = (np.abs(local[:, 0] - support.x) < support.half_x) & (
                np.abs(local[:, 1] - support.y) < support.half_y
            )
            height = local[:, 2] - support.z
            result |= across & (height > 0) & (height < min(support.clearance, ROOM_ABOVE))
    return result


def _behind(own: Float32[np.ndarray, "h w"], middle: float, places: Places) -> Bool[np.ndarray, " n"]:
    """Tell which points an object covers: farther than its surface in their bin, and than its middle.

    Args:
        own: the view's depth where it shows the object, 0 elsewhere; metres.
        middle: z-depth of the object's centroid, metres.
        places: the points.
    """
    size = max(1, round(BIN * own.shape[1] / 320))
    back = grey_dilation(own, size=(2 * size + 1, 2 * size + 1))[places.pixel[:, 0], places.pixel[:, 1]]
    return (back > 0) & (places.depth > np.maximum(back, middle)) & (places.depth < middle + FARTHEST)
