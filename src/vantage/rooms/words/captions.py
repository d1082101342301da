"""Words for objects and views: "a red mug", "a red ceramic mug on a brown wooden table", "A kitchen with ..."."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from vantage.rooms.catalogue import CATALOGUE
from vantage.rooms.looks.materials import MATERIALS
from vantage.rooms.scene import Room, RoomObject
from vantage.rooms.truth.relations import DIRECTIONS, Relation
from vantage.rooms.words.vocabulary import PLAIN, Nouns, with_article, with_number

STRUCTURE_PHRASES = {"window": "{name}", "ceiling lamp": "{name}"}
"""Parts of the room that are not told by their colour."""

MENTIONED = 6
"""Most things a sentence about a view names: a person's list is about that long."""
SHOWN = 0.003
"""Least share of a view for a thing to be named; 0.3% is 17 x 9 pixels of 256 x 192."""
ARTICLE_WITHIN = re.compile(r"(\ba) ([aeiou])")
"""An article within a phrase that needs an n: "in a orange frame"."""
SPOKEN = {"on top of": "on", "inside": "in", "left of": "to the left of", "right of": "to the right of"}
"""Relations whose name is not what people say."""


def bare_phrase(thing: RoomObject, *, rich: bool = False, nouns: Nouns = PLAIN) -> str:
    """Return the noun phrase without an article: "red mug", or with pattern and material "striped red ceramic mug"."""
    look = thing.look
    words = [look.colour.name]
    if rich:
        words = [look.pattern if look.pattern != "plain" else "", look.colour.name, MATERIALS[look.material].adjective]
    said = " ".join(word for word in words if word)
    phrase = _template(thing, rich=rich).format(look=said, name=nouns.of(thing.category))
    return ARTICLE_WITHIN.sub(r"\1n \2", phrase)


def label(thing: RoomObject, nouns: Nouns = PLAIN) -> str:
    """Return the short noun phrase, such as "a red mug"."""
    return with_article(bare_phrase(thing, nouns=nouns))


def material_phrase(thing: RoomObject, nouns: Nouns = PLAIN) -> str:
    """Return the noun phrase with pattern and material, such as "a striped red ceramic mug"."""
    return with_article(bare_phrase(thing, rich=True, nouns=nouns))


def place_phrase(room: Room, thing: RoomObject, nouns: Nouns = PLAIN) -> str:
    """Return the short phrase with its place, such as "a red mug on a brown table"."""
    if not thing.carrier:
        return label(thing, nouns)
    return f"{label(thing, nouns)} {preposition(thing)} {label(room.thing(thing.carrier), nouns)}"


def rich_phrase(room: Room, thing: RoomObject, nouns: Nouns = PLAIN) -> str:
    """Return the phrase with material and place, such as "a red ceramic mug on a brown wooden table"."""
    if not thing.carrier:
        return material_phrase(thing, nouns)
    return f"{material_phrase(thing, nouns)} {preposition(thing)} {material_phrase(room.thing(thing.carrier), nouns)}"


def relation_phrase(room: Room, relation: Relation, nouns: Nouns = PLAIN) -> str:
    """Return a relation in words, such as "a blue chair in front of a white table"."""
    subject, other = room.thing(relation.subject), room.thing(relation.object)
    return f"{label(subject, nouns)} {spoken(relation.predicate)} {label(other, nouns)}"


def preposition(thing: RoomObject) -> str:
    """Return "in" for a thing in a container, "on" for one that stands on its carrier."""
    return "in" if thing.container >= 0 else "on"


def spoken(predicate: str) -> str:
    """Return how a relation is said."""
    return SPOKEN.get(predicate, predicate)


def object_captions(
    room: Room, thing: RoomObject, relations: Sequence[Relation] = (), nouns: Nouns = PLAIN
) -> tuple[str, ...]:
    """Return the phrases that fit an object, each once: short, with material, with place, with both, with relations.

    Args:
        room: whose object it is.
        thing: what to name.
        relations: of a scene graph; those of which it is the subject are said.
        nouns: the words for classes.
    """
    phrases = [
        label(thing, nouns),
        material_phrase(thing, nouns),
        place_phrase(room, thing, nouns),
        rich_phrase(room, thing, nouns),
    ]
    phrases += [relation_phrase(room, found, nouns) for found in relations if found.subject == thing.instance]
    return tuple(dict.fromkeys(phrases))


def view_sentence(
    room: Room,
    pixels: Mapping[int, int],
    *,
    relations: Sequence[Relation] = (),
    nouns: Nouns = PLAIN,
    rng: np.random.Generator | None = None,
) -> str:
    """Return a sentence that lists what a view mainly shows, as "A kitchen with two red mugs on a white counter" does.

    Args:
        room: whose objects these are.
        pixels: pixels (or rays) per instance number.
        relations: of the view's scene graph; furniture is told by them.
        nouns: the words for classes.
        rng: shuffles the list and adds materials here and there; None gives the same plain sentence each time.
    """
    shown = [i for i in _large(room, pixels) if not room.thing(i).structure]
    opening = with_article(room.kind).capitalize()
    if not shown:
        walls = _large(room, pixels)
        return f"{opening} with {label(room.thing(walls[0]), nouns)}." if walls else "An empty picture."
    items = _items(room, shown, pixels, relations, nouns, rng)
    if rng is not None:
        items = [items[int(k)] for k in rng.permutation(len(items))]
    return f"{opening} with {listed(items)}."


def listed(items: Sequence[str]) -> str:
    """Join phrases: "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def attributes(room: Room, thing: RoomObject) -> tuple[tuple[str, str], ...]:
    """Return an object's named properties; those that do not apply are left out."""
    look = thing.look
    found = [("material", look.material), ("pattern", look.pattern), ("description", rich_phrase(room, thing))]
    if told_by_colour(thing):
        found.insert(0, ("colour", look.colour.name))
    if thing.carrier:
        found.append(("support", room.thing(thing.carrier).category))
    if thing.structure:
        found.append(("structure", "yes"))
    return tuple(found)


def told_by_colour(thing: RoomObject) -> bool:
    """Tell whether an object's short phrase says its colour; a painting's or a plant's does not."""
    return "{look}" in _template(thing, rich=False)


def _large(room: Room, pixels: Mapping[int, int]) -> list[int]:
    total = sum(pixels.values())
    return sorted((i for i, n in pixels.items() if i and n >= SHOWN * total), key=lambda i: (-pixels[i], i))


def _items(
    room: Room,
    shown: Sequence[int],
    pixels: Mapping[int, int],
    relations: Sequence[Relation],
    nouns: Nouns,
    rng: np.random.Generator | None,
) -> list[str]:
    """Return the phrases of a sentence: alike things are counted, and carriers and references are named once."""
    alike: dict[tuple[str, int, int], list[RoomObject]] = {}
    for i in shown:
        thing = room.thing(i)
        alike.setdefault((label(thing), thing.carrier, thing.container), []).append(thing)
    items: list[str] = []
    said: set[int] = set()
    for group in alike.values():
        if len(items) == MENTIONED:
            break
        first = group[0]
        if first.instance in said and len(group) == 1:
            continue
        said.update(thing.instance for thing in group)
        rich = rng is not None and rng.random() < 0.3
        phrase = _counted(first, len(group), nouns, rich=rich)
        tail = _tail(room, first, pixels, relations, shown, said, nouns) if len(group) == 1 or first.carrier else ""
        items.append(phrase + tail)
    return items


def _tail(
    room: Room,
    thing: RoomObject,
    pixels: Mapping[int, int],
    relations: Sequence[Relation],
    shown: Sequence[int],
    said: set[int],
    nouns: Nouns,
) -> str:
    """Return where a thing is: what carries it, or a direction from something that was not yet named."""
    if thing.carrier:
        if not pixels.get(thing.carrier):
            return ""
        said.add(thing.carrier)
        return f" {preposition(thing)} {label(room.thing(thing.carrier), nouns)}"
    # What people tell places by: something about as large or larger, and the only one of its looks.
    labels = [label(room.thing(i)) for i in shown]
    side = max(thing.box.size[:2])
    main = {i for i, name in zip(shown, labels, strict=True) if labels.count(name) == 1}
    main = {i for i in main if max(room.thing(i).box.size[:2]) > 0.7 * side}
    for found in relations:
        other = found.object
        told = found.predicate in DIRECTIONS and room.thing(other).category != thing.category
        if found.subject == thing.instance and told and other in main and other not in said:
            said.add(other)
            return f" {spoken(found.predicate)} {label(room.thing(other), nouns)}"
    return ""


def _counted(thing: RoomObject, count: int, nouns: Nouns, *, rich: bool) -> str:
    phrase = bare_phrase(thing, rich=rich, nouns=nouns)
    return with_article(phrase) if count == 1 else with_number(phrase, count)


def _template(thing: RoomObject, *, rich: bool) -> str:
    category = CATALOGUE.get(thing.category)
    if category is None:
        return STRUCTURE_PHRASES.get(thing.category, "{look} {name}")
    template = (category.rich_phrase or category.phrase) if rich else category.phrase
    # A template that spells the name out takes other words for it all the same.
    return template if "{name}" in template else template.replace(category.name, "{name}", 1)
