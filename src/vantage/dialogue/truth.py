"""Perceptions from annotated captures, such as rooms: everything is the truth."""

from collections.abc import Iterator, Sequence

import numpy as np

from vantage.captures import Capture, SceneObject, View
from vantage.captures.capture import SUPPORTS
from vantage.dialogue.perception import TRUTH, PerceivedView, Perception, Region, Sources, Vector
from vantage.errors import DataError, UsageError
from vantage.rooms.looks.materials import MATERIALS
from vantage.rooms.words.captions import MENTIONED, listed, spoken
from vantage.rooms.words.vocabulary import MASS, PLURAL_ONLY, synonyms_of

GROUND = ("floor", "rug")
"""Classes of rooms that are level and things stand on."""
TOLD = 4
"""Most sentences of a caption about how things lie: with more a caption is a list, not a description."""
LEAST_SHARE = 0.003
"""Least share of an image for a thing to be told of, as in the captions of rooms."""


def perceive_capture(capture: Capture, indices: Sequence[int]) -> Perception:
    """Return what an annotated capture knows of some of its views.

    Args:
        capture: with depth, instance maps and objects, such as `rooms.room_capture` makes.
        indices: of the views, in the order in which questions count them.

    Raises:
        UsageError: there is no such view.
        DataError: the capture has no objects, or a view no depth or instance map.
    """
    wrong = [i for i in indices if not 0 <= i < len(capture)]
    if wrong:
        raise UsageError(f"view {wrong[0]} of capture {capture.name!r}: it has views 0 to {len(capture) - 1}")
    if not capture.objects:
        raise DataError(f"capture {capture.name!r} has no annotated objects; conversations from truth need them")
    up, floor = _gravity(capture)
    return Perception(
        name="/".join([capture.name, *(capture.sources[i].name for i in indices)]),
        views=tuple(_view(capture, i) for i in indices),
        regions=tuple(_regions(capture)),
        sources=Sources(depth=TRUTH, instances=TRUTH, captions=TRUTH, cameras=TRUTH),
        metric=capture.metric,
        scale_source=TRUTH if capture.metric else "none",
        up_world=up,
        floor_height=floor,
    )


def _view(capture: Capture, index: int) -> PerceivedView:
    view = capture[index]
    if view.depth is None or view.instances is None:
        raise DataError(f"view {view.name!r} of capture {capture.name!r} has no depth or no instance map")
    sentence = capture.sources[index].caption
    told = tuple(text for text in (sentence, arrangement(capture, view)) if text)
    return PerceivedView(
        name=view.name,
        camera=view.camera,
        world_from_camera=view.world_from_camera,
        depth=view.depth,
        instances=view.instances,
        image=view.image,
        captions=told,
    )


def _gravity(capture: Capture) -> tuple[Vector | None, float | None]:
    """Return up and the floor's height when the capture knows its floor, which lies level in a world with z up."""
    heights = {corner[2] for corner in capture.floor}
    if len(heights) != 1:
        return None, None
    return Vector(0.0, 0.0, 1.0), float(heights.pop())


def _regions(capture: Capture) -> Iterator[Region]:
    carried = {r.subject: r for r in capture.relations if r.predicate in SUPPORTS}
    for thing in capture.objects:
        told = dict(thing.attributes)
        relation = carried.get(thing.instance)
        plural = thing.category.split()[-1] in (*PLURAL_ONLY, *MASS)
        yield Region(
            instance=thing.instance,
            names=(thing.category, *synonyms_of(thing.category)),
            caption=thing.caption,
            words=tuple(_words(thing)),
            support=relation.object if relation else 0,
            preposition=spoken(relation.predicate) if relation else "",
            # "Is the scissors ..." is no sentence; a thing whose name is plural is seen and never asked for.
            askable="structure" not in told and not plural,
            ground=thing.category in GROUND,
        )


def _words(thing: SceneObject) -> Iterator[tuple[str, str]]:
    """Yield the adjectives of a thing that is told by its colour; a painting's or a plant's colour is not its own."""
    told = dict(thing.attributes)
    if "colour" not in told:
        return
    yield "colour", told["colour"]
    # Some materials go without saying: an apple is made of apple.
    if told.get("material") in MATERIALS and MATERIALS[told["material"]].adjective:
        yield "material", MATERIALS[told["material"]].adjective
    if told.get("pattern", "plain") != "plain":
        yield "pattern", told["pattern"]


def arrangement(capture: Capture, view: View) -> str:
    """Tell what a view shows from left to right, and what stands on and in what; "" when it shows no thing.

    Args:
        capture: whose objects and relations count.
        view: one of its views, with an instance map.
    """
    if view.instances is None:
        return ""
    captions = {thing.instance: thing.caption for thing in capture.objects}
    structure = {thing.instance for thing in capture.objects if "structure" in dict(thing.attributes)}
    numbers, counts = np.unique(view.instances, return_counts=True)
    shown = {int(i): int(n) for i, n in zip(numbers, counts) if i and n >= LEAST_SHARE * view.instances.size}
    places: dict[tuple[str, int], list[str]] = {}
    for relation in capture.relations:
        if relation.predicate in SUPPORTS and {relation.subject, relation.object} <= shown.keys():
            places.setdefault((relation.predicate, relation.object), []).append(captions[relation.subject])
    carried = {r.subject for r in capture.relations if r.predicate in SUPPORTS}
    main = [i for i in shown if i not in structure and i not in carried]
    main = sorted(main, key=lambda i: (-shown[i], i))[:MENTIONED]
    main.sort(key=lambda i: float(np.nonzero(view.instances == i)[1].mean()))
    sentences = [f"From left to right: {listed([captions[i] for i in main])}."] if main else []
    for (predicate, carrier), things in list(places.items())[:TOLD]:
        # Without a verb, because some things are plural: "On a white desk: a red mug and headphones."
        sentences.append(f"{spoken(predicate).capitalize()} {captions[carrier]}: {listed(things)}.")
    return " ".join(sentences)
