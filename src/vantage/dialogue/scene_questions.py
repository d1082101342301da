"""Scene-level questions: distances between things, and between cameras (SpatialBoost, Table 14)."""

import numpy as np

from vantage.dialogue.conversation import Evidence
from vantage.dialogue.distances import SETTLED, centre_distance, least_distance, separation
from vantage.dialogue.drawing import (
    ORDINALS,
    Context,
    Drawn,
    QuestionType,
    draw_things,
    draw_view,
    name_thing,
    name_things,
)
from vantage.dialogue.lengths import told_length
from vantage.dialogue.predicates import FINE, clearly_less

NEARER = 0.25
"""Least relative gap between two distances for one thing to be the nearer: the error that benchmarks allow one."""
MOVED = 0.1
"""Least distance in metres between two cameras for it to be asked."""


def _whole(context: Context) -> list[int]:
    """Return the named things of which nothing is cut off or covered: what is not seen may be the closest."""
    return [i for i in context.named if context.scene.objects[i].whole]


def _told(context: Context, length: float) -> str | None:
    return told_length(length, context.settings.numbers, context.rng)


def _draw_pair(context: Context) -> list[int] | None:
    return draw_things(context, 2, _whole(context))


def draw_distance(context: Context) -> Drawn | None:
    """Ask for the distance between the closest points of two things."""
    pair = _draw_pair(context) if context.settings.distance == "closest" else None
    found = separation(context.scene, *pair) if pair is not None else None
    if pair is None or found is None or least_distance(context.scene, *pair) < SETTLED * found.distance:
        return None
    text, things = _told(context, found.distance), name_things(context, pair)
    if text is None or things is None:
        return None
    return Drawn(
        slots={"A": things[0].text, "B": things[1].text, "X": text},
        evidence=Evidence(
            things=tuple(things), numbers=(("closest", found.distance),), segment=(found.point_a, found.point_b)
        ),
    )


def draw_centre_distance(context: Context) -> Drawn | None:
    """Ask for the distance between the centres of two things."""
    pair = _draw_pair(context) if context.settings.distance == "centres" else None
    found = centre_distance(context.scene, *pair) if pair is not None else None
    if pair is None or found is None:
        return None
    text, things = _told(context, found), name_things(context, pair)
    if text is None or things is None:
        return None
    evidence = Evidence(things=tuple(things), numbers=(("centres", found),))
    return Drawn(slots={"A": things[0].text, "B": things[1].text, "X": text}, evidence=evidence)


def draw_both_distances(context: Context) -> Drawn | None:
    """Ask for both distances between two things."""
    pair = _draw_pair(context) if context.settings.distance == "both" else None
    if pair is None:
        return None
    near, between = separation(context.scene, *pair), centre_distance(context.scene, *pair)
    if near is None or between is None or least_distance(context.scene, *pair) < SETTLED * near.distance:
        return None
    gap, centres, things = _told(context, near.distance), _told(context, between), name_things(context, pair)
    if gap is None or centres is None or things is None:
        return None
    return Drawn(
        slots={"A": things[0].text, "B": things[1].text, "X": gap, "Y": centres},
        evidence=Evidence(
            things=tuple(things),
            numbers=(("closest", near.distance), ("centres", between)),
            segment=(near.point_a, near.point_b),
        ),
    )


def draw_nearest_to(context: Context) -> Drawn | None:
    """Ask which of two things is nearer to a third, by their closest points."""
    chosen = draw_things(context, 3, _whole(context))
    if chosen is None:
        return None
    a, b, c = chosen
    to_b, to_c = (closest_or_zero(context, a, other) for other in (b, c))
    coarse = FINE * max(context.scene.objects[i].footprint for i in chosen)
    nearer = clearly_less(to_b, to_c, NEARER)
    things = name_things(context, chosen)
    if nearer is None or abs(to_b - to_c) <= coarse or things is None:
        return None
    # What is not seen of the farther one must not come nearer than the other.
    if least_distance(context.scene, a, c if nearer else b) <= min(to_b, to_c) + coarse:
        return None
    texts = [thing.text for thing in things]
    return Drawn(
        slots={"A": texts[0], "B": texts[1], "C": texts[2], "X": texts[1] if nearer else texts[2]},
        evidence=Evidence(things=tuple(things), numbers=(("to_b", to_b), ("to_c", to_c))),
    )


def closest_or_zero(context: Context, a: int, b: int) -> float:
    """Return the distance of two things' closest points, and 0 where pixels are too coarse to tell it."""
    found = separation(context.scene, a, b)
    return found.distance if found is not None else 0.0


def draw_camera_distance(context: Context) -> Drawn | None:
    """Ask how far the closest point of a thing is from the camera of a view."""
    found = draw_view(context, 1)
    if found is None:
        return None
    view, objects = found[0], context.scene.objects
    chosen = draw_things(context, 1, [i for i in found[1] if objects[i].appearances[view].whole])
    if chosen is None:
        return None
    seen, shown = context.scene.perception.views[view], objects[chosen[0]].appearances[view]
    distance = float(np.linalg.norm(seen.points_camera(shown.rows, shown.columns), axis=1).min())
    text, thing = _told(context, distance), name_thing(context, chosen[0])
    if text is None or thing is None:
        return None
    evidence = Evidence(things=(thing,), numbers=(("range", distance),))
    return Drawn(slots={"A": thing.text, "X": text}, evidence=evidence, view=view)


def draw_baseline(context: Context) -> Drawn | None:
    """Ask how far two images' cameras are apart."""
    views = context.scene.perception.views
    a, b = sorted(int(k) for k in context.rng.choice(len(views), 2, replace=False))
    moved = float(np.linalg.norm(views[a].world_from_camera[:3, 3] - views[b].world_from_camera[:3, 3]))
    text = _told(context, moved) if moved >= MOVED else None
    if text is None:
        return None
    slots = {"A": ORDINALS[a], "B": ORDINALS[b], "X": text}
    return Drawn(slots=slots, evidence=Evidence(numbers=(("baseline", moved), ("from", float(a)), ("to", float(b)))))


SCENE_QUESTIONS = (
    QuestionType(name="distance", level="scene", family="distance", draw=draw_distance, needs=frozenset({"metric"})),
    QuestionType(
        name="centre_distance",
        level="scene",
        family="distance",
        draw=draw_centre_distance,
        needs=frozenset({"metric", "heading"}),
    ),
    QuestionType(
        name="both_distances",
        level="scene",
        family="distance",
        draw=draw_both_distances,
        needs=frozenset({"metric", "heading"}),
    ),
    QuestionType(
        name="camera_distance", level="scene", family="camera", draw=draw_camera_distance, needs=frozenset({"metric"})
    ),
    QuestionType(name="nearest_to", level="scene", family="nearest_to", draw=draw_nearest_to),
    QuestionType(
        name="baseline", level="scene", family="baseline", draw=draw_baseline, needs=frozenset({"metric", "several"})
    ),
)
"""Questions about several things together."""
