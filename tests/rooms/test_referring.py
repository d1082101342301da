"""Words and referring expressions: every expression is evaluated again, from the room itself."""

from collections.abc import Callable

import numpy as np
import pytest

from vantage.geometry import Camera
from vantage.rooms import CLASS_NAMES, Room, camera_path, make_room, room_camera
from vantage.rooms.held_out import NOVEL_WORDS
from vantage.rooms.truth.relations import Relation, beside_relations, direction_relations, viewer_axes
from vantage.rooms.truth.scene_graph import SceneGraph, view_graph
from vantage.rooms.words.captions import label, material_phrase, object_captions, view_sentence
from vantage.rooms.words.referring import Query, answers, referring_expressions, shortest_expressions
from vantage.rooms.words.vocabulary import (
    NOVEL,
    PLAIN,
    absent_classes,
    drawn_nouns,
    plural,
    synonyms_of,
    with_article,
    with_number,
    world_nouns,
)

SEEDS = range(900_400, 900_404)
CAMERA = room_camera(160, 120)

View = tuple[Room, np.ndarray, dict[int, int], SceneGraph]


def shown(room: Room, camera: Camera, pose: np.ndarray) -> dict[int, int]:
    """Count the pixels of each instance, one ray a pixel."""
    rays = (camera.rays().reshape(-1, 3) @ pose[:3, :3].T).astype(np.float32)
    geometry = room.geometry
    hit = geometry.scene.run(np.repeat(pose[None, :3, 3].astype(np.float32), len(rays), axis=0), rays)
    numbers, counts = np.unique(geometry.surfaces[geometry.face_surfaces[hit[hit >= 0]], 24], return_counts=True)
    return {int(i): int(n) for i, n in zip(numbers, counts, strict=True)}


@pytest.fixture(scope="module")
def views() -> list[View]:
    found = []
    for seed in SEEDS:
        room = make_room(seed)
        for pose in camera_path(room, CAMERA, "orbit", 3):
            pixels = shown(room, CAMERA, pose)
            found.append((room, pose, pixels, view_graph(room, pose, pixels)))
    return found


def judge(view: View, query: Query, directed: list[Relation]) -> set[int]:
    """Evaluate a query without the scene graph; directions and neighbours are tested in `test_relations`."""
    room, pose, pixels, _ = view
    seen = [room.thing(i) for i in pixels if i]

    def fits(thing, wanted) -> bool:
        look = {"colour": thing.look.colour.name, "material": thing.look.material, "pattern": thing.look.pattern}
        return thing.category == wanted.category and all(look[name] == word for name, word in wanted.words)

    found = [thing for thing in seen if fits(thing, query.head)]
    if query.reference and query.predicate:
        others = [thing for thing in seen if fits(thing, query.reference)]
        if query.predicate in ("on top of", "inside"):
            held = query.predicate == "inside"
            hold = lambda a, b: a.carrier == b.instance and (a.container >= 0) == held  # noqa: E731
        else:
            edges = {(r.subject, r.object) for r in directed if r.predicate == query.predicate}
            hold = lambda a, b: (a.instance, b.instance) in edges  # noqa: E731
        found = [a for a in found if any(hold(a, b) for b in others)]
    if query.extreme and found:
        forward, right = viewer_axes(pose)
        away = {t.instance: room.solids.centroids[t.instance - 1] - pose[:3, 3] for t in found}
        measure: dict[str, Callable] = {
            "leftmost": lambda d, t: np.arctan2(d @ right, d @ forward),
            "nearest": lambda d, t: np.linalg.norm(d),
            "smallest": lambda d, t: t.box.volume,
        }
        opposite = {"rightmost": "leftmost", "farthest": "nearest", "largest": "smallest"}
        key = measure[opposite.get(query.extreme, query.extreme)]
        order = sorted(found, key=lambda t: float(key(away[t.instance], t)), reverse=query.extreme in opposite)
        found = order[:1]
    return {thing.instance for thing in found}


def test_expressions_find_what_they_say(views: list[View]) -> None:
    clear = ambiguous = 0
    forms = set()
    for view in views:
        graph = view[3]
        directed = [*direction_relations(view[0], view[1]), *beside_relations(view[0])]
        for expression in referring_expressions(graph):
            assert expression.target in expression.answers
            assert expression.answers == answers(graph, expression.query)
            assert set(expression.answers) == judge(view, expression.query, directed), expression.text
            assert expression.ambiguous == (len(expression.answers) > 1)
            assert expression.text.startswith("the ") and "{" not in expression.text
            clear += not expression.ambiguous
            ambiguous += expression.ambiguous
            forms.add((bool(expression.query.head.words), expression.query.extreme, expression.query.predicate))
    assert clear > 200 and ambiguous > 20 and len(forms) > 15


def test_most_objects_have_a_short_expression_of_their_own(views: list[View]) -> None:
    asked = told = words = 0
    for *_, graph in views:
        expressions = referring_expressions(graph)
        shortest = shortest_expressions(graph)
        targets = {i for e in expressions for i in e.answers}
        asked, told = asked + len(targets), told + len(shortest)
        words += sum(len(e.text.split()) for e in shortest.values())
        texts = [e.text for e in shortest.values()]
        assert len(set(texts)) == len(texts)
        for instance, first in shortest.items():
            own = [e for e in expressions if e.target == instance and not e.ambiguous]
            assert all(len(first.text.split()) <= len(e.text.split()) for e in own)
    assert told / asked > 0.85 and words / told < 4


def test_an_ambiguous_expression_lists_everything_it_fits(views: list[View]) -> None:
    for *_, graph in views:
        expressions = [e for e in referring_expressions(graph) if e.ambiguous]
        assert len({e.query for e in expressions}) == len(expressions)
        for expression in expressions:
            assert all(graph.node(i).category == expression.query.head.category for i in expression.answers)


def test_absent_classes_are_absent(views: list[View]) -> None:
    for room, _, pixels, _ in views:
        present = {room.thing(i).category for i in pixels if i}
        absent = absent_classes(present)
        assert absent and not present & set(absent)
        words = {word for name in present for word in (name, *synonyms_of(name))}
        assert not words & set(absent)
    assert "mug" not in absent_classes([], "train3d") and "mug" in absent_classes([])


def test_synonyms_name_one_class_only() -> None:
    owner: dict[str, str] = {}
    for category in CLASS_NAMES[1:]:
        for word in synonyms_of(category):
            assert word not in CLASS_NAMES and owner.setdefault(word, category) == category
    nouns = drawn_nouns(np.random.default_rng(0))
    assert all(word == name or word in synonyms_of(name) for name, word in nouns.words.items())
    assert world_nouns("train3d", 3) is PLAIN
    assert dict(world_nouns("pretrain", 3).words) == dict(world_nouns("pretrain", 3).words)
    assert dict(world_nouns("pretrain", 3).words) != dict(world_nouns("pretrain", 4).words)


def test_novel_words_stand_for_classes_that_there_are() -> None:
    assert len(NOVEL_WORDS) >= 17
    assert set(NOVEL_WORDS) <= set(CLASS_NAMES)
    assert not set(NOVEL_WORDS.values()) & set(CLASS_NAMES)
    assert NOVEL.of("sofa") == "couch" and NOVEL.of("chair") == "chair"


def test_phrases_read_like_english(views: list[View]) -> None:
    assert [with_article(w) for w in ("orange mug", "red scissors", "bread")] == [
        "an orange mug", "a pair of red scissors", "bread"
    ]  # fmt: skip
    assert [plural(w) for w in ("knife", "loaf of sourdough", "plant in a red pot", "bench", "berry")] == [
        "knives", "loaves of sourdough", "plants in a red pot", "benches", "berries"
    ]  # fmt: skip
    assert with_number("red scissors", 2) == "two pairs of red scissors" and with_number("mug", 9) == "several mugs"
    for room in {room.seed: room for room, *_ in views}.values():
        for nouns in (PLAIN, NOVEL, world_nouns("pretrain", room.seed)):
            for thing in room.objects:
                word = nouns.of(thing.category)
                for phrase in (label(thing, nouns), material_phrase(thing, nouns)):
                    assert word in phrase and "{" not in phrase and "  " not in phrase, phrase
                assert all("{" not in phrase for phrase in object_captions(room, thing, nouns=nouns))


def test_identical_things_are_counted(views: list[View]) -> None:
    found = 0
    for room, *_ in views:
        groups: dict[tuple[str, int, int], list[int]] = {}
        for thing in room.objects:
            if not thing.structure:
                groups.setdefault((label(thing), thing.carrier, thing.container), []).append(thing.instance)
        for (phrase, *_), alike in groups.items():
            said = view_sentence(room, dict.fromkeys(alike, 10))
            number = with_number(phrase.split(" ", 1)[1], len(alike)) if len(alike) > 1 else phrase
            assert number in said and said.endswith("."), said
            assert room.kind in view_sentence(room, dict.fromkeys(alike, 10), rng=np.random.default_rng(0))
            found += len(alike) > 1
    assert found > 0
