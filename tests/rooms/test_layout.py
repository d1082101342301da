"""Fifty rooms: nothing overlaps, nothing floats, everything is in the room, and the same seed gives the same room."""

import numpy as np
import pytest

from vantage.errors import UsageError
from vantage.rooms import CLASS_NAMES, Room, make_room, split_of
from vantage.rooms.captions import label, rich_phrase

SEEDS = range(900_100, 900_150)
TOLERANCE = 0.005
"""Metres of overlap that a test forgives."""


@pytest.fixture(scope="module")
def rooms() -> list[Room]:
    return [make_room(seed) for seed in SEEDS]


def solid_points(room: Room, instance: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw points of the object's box that are solid, at least the tolerance below the surface in z."""
    thing = room.thing(instance)
    size = np.array(thing.box.size)
    local = rng.uniform(-0.5, 0.5, size=(count, 3)) * size
    points = local @ np.array(thing.box.rotation).T + np.array(thing.box.centre)
    raised, lowered = points + [0, 0, TOLERANCE], points - [0, 0, TOLERANCE]
    return points[thing.inside(points) & thing.inside(raised) & thing.inside(lowered)]


def test_no_two_objects_share_space(rooms: list[Room]) -> None:
    rng = np.random.default_rng(0)
    for room in rooms:
        things = [thing for thing in room.objects if not thing.structure]
        for thing in things:
            points = solid_points(room, thing.instance, 250, rng)
            for other in things:
                if other.instance != thing.instance and thing.footprint.grown(0.05).overlaps(
                    other.footprint.grown(0.05)
                ):
                    assert not other.inside(points).any(), (room.seed, thing.category, other.category)


def test_nothing_floats(rooms: list[Room]) -> None:
    for room in rooms:
        for thing in room.objects:
            if thing.structure:
                continue
            x, y, z = thing.position
            if thing.carrier:
                carrier = room.thing(thing.carrier)
                corners = np.array([[cx, cy, z - 0.004] for cx, cy in thing.footprint.corners()] + [[x, y, z - 0.004]])
                # All corners of its base lie over solid matter of what carries it.
                assert carrier.inside(corners).all(), (room.seed, thing.category, carrier.category)
            elif z > 0:
                wall = min(room.size[0] / 2 - abs(x), room.size[1] / 2 - abs(y))
                assert wall < 0.1, (room.seed, thing.category)
            else:
                assert z == 0


def test_everything_is_in_the_room(rooms: list[Room]) -> None:
    for room in rooms:
        for thing in room.objects:
            if not thing.structure:
                corners = thing.box.corners()
                assert np.all(np.abs(corners[:, :2]) <= np.array(room.size[:2]) / 2 + 1e-6), (room.seed, thing.category)
                assert corners[:, 2].max() < room.size[2]


def test_rooms_are_rich_and_varied(rooms: list[Room]) -> None:
    kinds = {thing.category for room in rooms for thing in room.objects}
    assert kinds >= {*CLASS_NAMES[1:]} - {"phone"}
    for room in rooms:
        small = [thing for thing in room.objects if not thing.structure]
        assert len(small) >= 12, room.seed
        assert [thing.instance for thing in room.objects] == list(range(1, len(room.objects) + 1))


def test_phrases_are_mostly_unambiguous(rooms: list[Room]) -> None:
    unique = total = 0
    for room in rooms:
        phrases = [label(thing) for thing in room.objects if not thing.structure]
        total += len(phrases)
        unique += sum(phrases.count(phrase) == 1 for phrase in phrases)
    assert unique / total > 0.8


def test_phrases_read_like_english(rooms: list[Room]) -> None:
    for thing in rooms[0].objects:
        phrase = rich_phrase(rooms[0], thing)
        assert phrase.split()[0] in ("a", "an")
        assert "  " not in phrase and "{" not in phrase
        assert (phrase.split()[0] == "an") == (phrase.split()[1][0] in "aeiou")


def test_same_seed_same_room() -> None:
    first, second = make_room(7), make_room(7)
    assert [(t.category, t.position, t.yaw, dict(t.finishes)) for t in first.objects] == [
        (t.category, t.position, t.yaw, dict(t.finishes)) for t in second.objects
    ]
    assert make_room(8).size != first.size


def test_splits_have_hard_borders() -> None:
    assert [split_of(seed) for seed in (0, 799_999, 800_000, 899_999, 900_000, 999_999)] == [
        "train", "train", "validation", "validation", "test", "test"
    ]  # fmt: skip
    with pytest.raises(UsageError, match="belongs to no split"):
        make_room(-1)
