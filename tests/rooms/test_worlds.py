"""What each world may show, proved on rooms: `train3d` never emits anything held out, and the novel worlds do."""

import dataclasses
import os
import re

import numpy as np
import pytest

from vantage.errors import UsageError
from vantage.rooms import Room, RoomSettings, held_out, make_room
from vantage.rooms.catalogue import CATALOGUE, CLASS_NAMES
from vantage.rooms.layout.drawn_looks import allowed_looks
from vantage.rooms.looks.finishes import Finish
from vantage.rooms.looks.materials import MATERIALS, PATTERN_TEXTURES
from vantage.rooms.truth.relations import beside_relations
from vantage.rooms.words.captions import material_phrase, object_captions, view_sentence
from vantage.rooms.words.vocabulary import world_nouns
from vantage.rooms.worlds import TRAIN3D, WORLDS

ROOMS = int(os.environ.get("VANTAGE_ROOMS", "30"))
"""Rooms of each split; `VANTAGE_ROOMS=1000` proves it on more."""
TRAINING = range(0, ROOMS)
TESTING = range(902_000, 902_000 + ROOMS)
UNSHADED = ("black", "white")
"""Colours that come in one shade."""


@dataclasses.dataclass(frozen=True)
class Shown:
    """What a room shows and what is said of it; the room itself, with its meshes, would take 16 MB."""

    seed: int
    world: str
    light: str
    looks: list[tuple[str, str]]
    """Category and colour of every object."""
    finishes: list[tuple[str, Finish]]
    places: list[tuple[str, str, tuple[float, float, float], float]]
    """Category, variant, position and turn of every object."""
    said: list[str]
    patterned: list[tuple[str, str]]
    """Pattern and material phrase of every thing that is not plain."""


def finishes(room: Room) -> list[tuple[str, Finish]]:
    """Return every finish in a room with what it is on: main looks, side parts, walls and floors."""
    return [(thing.category, finish) for thing in room.objects for finish in thing.finishes.values()]


def places(room: Room) -> list[tuple[str, str, tuple[float, float, float], float]]:
    return [(t.category, t.variant, t.position, t.yaw) for t in room.objects]


def shown(room: Room, rng: np.random.Generator) -> Shown:
    nouns = world_nouns(room.world, room.seed)
    pixels = {thing.instance: int(rng.integers(1, 500)) for thing in room.objects}
    said = [phrase for thing in room.objects for phrase in object_captions(room, thing, nouns=nouns)]
    said.append(view_sentence(room, pixels, relations=beside_relations(room), nouns=nouns, rng=rng))
    return Shown(
        seed=room.seed,
        world=room.world,
        light=room.lights.kind,
        looks=[(thing.category, thing.look.colour.name) for thing in room.objects],
        finishes=finishes(room),
        places=places(room),
        said=said,
        patterned=[
            (t.look.pattern, material_phrase(t)) for t in room.objects if t.look.pattern != "plain" and not t.structure
        ],
    )


@pytest.fixture(scope="module")
def train3d() -> list[Shown]:
    rng = np.random.default_rng(0)
    return [shown(make_room(seed, RoomSettings(world="train3d")), rng) for seed in (*TRAINING, *TESTING)]


def is_usual(shade: float) -> bool:
    low, high = held_out.USUAL_SHADES
    return low <= shade <= high


@pytest.mark.slow
def test_train3d_never_shows_what_is_held_out(train3d: list[Shown]) -> None:
    hidden_textures = {PATTERN_TEXTURES[name] for name in held_out.PATTERNS}
    for room in train3d:
        assert room.world == "train3d" and room.light not in held_out.LIGHTS
        for category, colour in room.looks:
            assert category not in held_out.CLASSES, room.seed
            assert (category, colour) not in held_out.PAIRS, (room.seed, category)
        for category, finish in room.finishes:
            where = (room.seed, category, finish.material, finish.pattern)
            assert finish.material not in held_out.MATERIALS, where
            assert finish.pattern not in held_out.PATTERNS and finish.texture not in hidden_textures, where
            for colour in (finish.colour, finish.second):
                assert colour.name not in held_out.COLOURS, where
                assert is_usual(colour.shade), (*where, colour.shade)


@pytest.mark.slow
def test_train3d_never_says_what_is_held_out(train3d: list[Shown]) -> None:
    adjectives = [MATERIALS[name].adjective for name in held_out.MATERIALS]
    words = [*held_out.NOVEL_WORDS.values(), *held_out.CLASSES, *held_out.COLOURS, *held_out.PATTERNS, *adjectives]
    forbidden = re.compile(r"\b(" + "|".join(map(re.escape, words)) + r")s?\b")
    for room in train3d:
        assert len(room.said) > len(room.looks)
        for phrase in room.said:
            assert not forbidden.search(phrase), (room.seed, phrase)


def test_every_class_has_a_look_in_every_world() -> None:
    for world in WORLDS.values():
        for name, entry in CATALOGUE.items():
            if name not in world.without_classes:
                assert allowed_looks(entry, world), (world.name, name)


@pytest.mark.slow
def test_novel_visual_has_the_same_layout_in_unseen_looks(train3d: list[Shown]) -> None:
    materials, patterns, lights = set(), set(), set()
    known = {room.seed: room.places for room in train3d}
    for seed in TESTING:
        seen = make_room(seed, RoomSettings(world="novel_visual"))
        assert places(seen) == known[seed]
        assert seen.lights.kind in held_out.LIGHTS
        lights.add(seen.lights.kind)
        for category, finish in finishes(seen):
            for colour in (finish.colour, finish.second):
                unshaded = colour.name in UNSHADED or finish.emission > 0
                assert unshaded or not is_usual(colour.shade), (seed, category, colour)
        materials |= {thing.look.material for thing in seen.objects}
        patterns |= {thing.look.pattern for thing in seen.objects}
    assert materials >= set(held_out.MATERIALS) and lights == set(held_out.LIGHTS)
    assert patterns >= set(held_out.PATTERNS)


@pytest.mark.slow
def test_novel_class_rooms_hold_the_six_classes() -> None:
    rooms = [{t.category for t in make_room(seed, RoomSettings(world="novel_class")).objects} for seed in TESTING]
    share = {name: np.mean([name in categories for categories in rooms]) for name in held_out.CLASSES}
    assert min(share.values()) > 0.3, share


@pytest.mark.slow
def test_novel_pairs_rooms_hold_the_pairs() -> None:
    found: set[tuple[str, str]] = set()
    rooms = 0
    for seed in TESTING:
        room = make_room(seed, RoomSettings(world="novel_pairs"))
        here = {(t.category, t.look.colour.name) for t in room.objects} & set(held_out.PAIRS)
        rooms += bool(here)
        found |= here
    assert rooms > 0.8 * len(TESTING) and len(found) > 0.6 * len(held_out.PAIRS), found


def test_pairs_are_of_classes_in_colours_that_they_come_in() -> None:
    for category, colour in held_out.PAIRS:
        assert category in CATALOGUE
        assert colour in {c for colours in CATALOGUE[category].looks.values() for c in colours}, (category, colour)
        assert colour not in held_out.COLOURS and category not in held_out.CLASSES
        kept = {c for colours in allowed_looks(CATALOGUE[category], TRAIN3D).values() for c in colours}
        assert kept and colour not in kept, category
    assert set(held_out.CLASSES) <= set(CLASS_NAMES)


@pytest.mark.parametrize("world", [name for name, world in WORLDS.items() if not world.trains])
def test_training_seeds_are_refused_in_worlds_for_testing(world: str) -> None:
    with pytest.raises(UsageError, match="is for testing; use seeds from 800000"):
        make_room(799_999, RoomSettings(world=world))
    assert make_room(800_000, RoomSettings(world=world)).world == world


def test_a_phrase_says_material_and_pattern(train3d: list[Shown]) -> None:
    patterned = [pair for room in train3d for pair in room.patterned]
    assert patterned and all(pattern in phrase for pattern, phrase in patterned)
