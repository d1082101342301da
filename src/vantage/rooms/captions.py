"""Words for objects and views: "a red mug", "a red ceramic mug on a brown wooden table", "A room with ..."."""

from collections.abc import Mapping, Sequence

from vantage.rooms.catalogue import CATALOGUE
from vantage.rooms.materials import MATERIALS
from vantage.rooms.scene import Room, RoomObject

STRUCTURE_PHRASES = {"window": "window", "ceiling lamp": "ceiling lamp"}
"""Parts of the room that are not told by their colour."""

CONTAINED = ("shelf",)
"""Kinds of support of which people say "in"; the others take "on"."""

MENTIONED = 6
"""Most objects a sentence about a view names: a person's list is about that long."""


def with_article(phrase: str) -> str:
    """Put "a" or "an" before a noun phrase."""
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def label(thing: RoomObject) -> str:
    """Return the short noun phrase, such as "a red mug"."""
    phrase = _template(thing, rich=False)
    return with_article(phrase.format(look=thing.look.colour.name, name=thing.category))


def material_phrase(thing: RoomObject) -> str:
    """Return the noun phrase with pattern and material, such as "a striped red ceramic mug"."""
    look = thing.look
    words = [look.pattern if look.pattern != "plain" else "", look.colour.name, MATERIALS[look.material].adjective]
    phrase = _template(thing, rich=True)
    return with_article(phrase.format(look=" ".join(word for word in words if word), name=thing.category))


def rich_phrase(room: Room, thing: RoomObject) -> str:
    """Return the phrase with material and place, such as "a red ceramic mug on a brown wooden table"."""
    phrase = material_phrase(thing)
    if not thing.carrier:
        return phrase
    carrier = room.thing(thing.carrier)
    return f"{phrase} {_preposition(thing, carrier)} {material_phrase(carrier)}"


def place_phrase(room: Room, thing: RoomObject) -> str:
    """Return the short phrase with its place, such as "a red mug on a brown table"."""
    if not thing.carrier:
        return label(thing)
    carrier = room.thing(thing.carrier)
    return f"{label(thing)} {_preposition(thing, carrier)} {label(carrier)}"


def view_sentence(room: Room, pixels: Mapping[int, int]) -> str:
    """Return a sentence that lists what a view mainly shows.

    Args:
        room: whose objects these are.
        pixels: pixels (or rays) per instance number.
    """
    shown = main_objects(room, pixels)
    if not shown:
        walls = sorted((i for i in pixels if i), key=lambda i: -pixels[i])
        return f"A room with {label(room.thing(walls[0]))}." if walls else "An empty picture."
    phrases = [place_phrase(room, room.thing(i)) if i == shown[-1] else label(room.thing(i)) for i in shown]
    if len(phrases) == 1:
        return f"A room with {phrases[0]}."
    return f"A room with {', '.join(phrases[:-1])} and {phrases[-1]}."


def main_objects(room: Room, pixels: Mapping[int, int]) -> Sequence[int]:
    """Return the instances a person would name, largest in the view first.

    No walls, nothing under 0.3% of the view, and one of several that share a phrase.
    """
    total = sum(pixels.values())
    large = [i for i, n in pixels.items() if i and n >= 0.003 * total and not room.thing(i).structure]
    named: dict[str, int] = {}
    for i in sorted(large, key=lambda i: (-pixels[i], i)):
        named.setdefault(label(room.thing(i)), i)
    return list(named.values())[:MENTIONED]


def attributes(room: Room, thing: RoomObject) -> tuple[tuple[str, str], ...]:
    """Return an object's named properties; those that do not apply are left out."""
    look = thing.look
    found = [("material", look.material), ("pattern", look.pattern), ("description", rich_phrase(room, thing))]
    if "{look}" in _template(thing, rich=False):
        found.insert(0, ("colour", look.colour.name))
    if thing.carrier:
        found.append(("support", room.thing(thing.carrier).category))
    if thing.structure:
        found.append(("structure", "yes"))
    return tuple(found)


def _template(thing: RoomObject, *, rich: bool) -> str:
    category = CATALOGUE.get(thing.category)
    if category is None:
        return STRUCTURE_PHRASES.get(thing.category, "{look} {name}")
    return (category.rich_phrase or category.phrase) if rich else category.phrase


def _preposition(thing: RoomObject, carrier: RoomObject) -> str:
    height = thing.position[2] - carrier.position[2]
    top = float(carrier.blueprint.bounds[1, 2])
    kinds = {support.kind for support in carrier.blueprint.supports if abs(support.z - height) < 1e-6}
    return "in" if kinds & set(CONTAINED) and height < top - 0.05 else "on"
