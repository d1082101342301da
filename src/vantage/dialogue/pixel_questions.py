"""Pixel-level questions: depths of points, and which of two is nearer (SpatialBoost, Table 12)."""

import numpy as np

from vantage.dialogue.conversation import Evidence, Point
from vantage.dialogue.drawing import (
    Context,
    Drawn,
    QuestionType,
    coin,
    depth_and_range,
    draw_point,
    point_text,
)
from vantage.dialogue.lengths import told_length
from vantage.dialogue.predicates import nearer_point

LOW = 0.1
"""Least height in metres of a point for its height above the floor to be asked: over rugs and skirting boards."""


def _some_view(context: Context) -> int:
    return int(context.rng.integers(len(context.scene.perception.views)))


def _pair(context: Context) -> tuple[Point, Point, bool] | None:
    """Draw two points of a view of which one is clearly nearer, and tell whether it is the first."""
    view = _some_view(context)
    a, b = draw_point(context, view), draw_point(context, view)
    if a is None or b is None:
        return None
    nearer = nearer_point(depth_and_range(context, a), depth_and_range(context, b))
    return None if nearer is None else (a, b, nearer)


def _evidence(context: Context, *points: Point, **numbers: float) -> Evidence:
    depths = {f"depth_{name}": depth_and_range(context, point)[0] for name, point in zip("ab", points)}
    return Evidence(points=points, numbers=tuple({**depths, **numbers}.items()))


def draw_depth(context: Context) -> Drawn | None:
    """Ask for the depth of a point."""
    point = draw_point(context, _some_view(context))
    if point is None:
        return None
    text = told_length(depth_and_range(context, point)[0], context.settings.numbers, context.rng)
    if text is None:
        return None
    return Drawn(slots={"A": point_text(point), "X": text}, evidence=_evidence(context, point), view=point.view)


def draw_closer(context: Context) -> Drawn | None:
    """Ask whether a point is nearer than another."""
    found, wanted = _pair(context), coin(context)
    if found is None:
        return None
    a, b = found[:2] if found[2] == wanted else (found[1], found[0])
    return Drawn(
        slots={"A": point_text(a), "B": point_text(b)},
        outcome="yes" if wanted else "no",
        evidence=_evidence(context, a, b),
        view=a.view,
    )


def draw_which_closer(context: Context) -> Drawn | None:
    """Ask which of two points is nearer."""
    found = _pair(context)
    if found is None:
        return None
    a, b, nearer = found
    slots = {"A": point_text(a), "B": point_text(b), "X": point_text(a if nearer else b)}
    return Drawn(slots=slots, evidence=_evidence(context, a, b), view=a.view)


def draw_depth_gap(context: Context) -> Drawn | None:
    """Ask by how much the depths of two points differ."""
    found = _pair(context)
    if found is None:
        return None
    a, b, _ = found
    gap = abs(depth_and_range(context, a)[0] - depth_and_range(context, b)[0])
    text = told_length(gap, context.settings.numbers, context.rng)
    if text is None:
        return None
    slots = {"A": point_text(a), "B": point_text(b), "X": text}
    return Drawn(slots=slots, evidence=_evidence(context, a, b, gap=gap), view=a.view)


def draw_point_height(context: Context) -> Drawn | None:
    """Ask how high above the floor a point is."""
    point = draw_point(context, _some_view(context))
    frame = context.scene.frame
    if point is None or frame is None:
        return None
    height = float(frame.points(np.array([point.world]))[0, 2])
    text = told_length(height, context.settings.numbers, context.rng) if height >= LOW else None
    if text is None:
        return None
    evidence = _evidence(context, point, height=height)
    return Drawn(slots={"A": point_text(point), "X": text}, evidence=evidence, view=point.view)


PIXEL_QUESTIONS = (
    QuestionType(name="depth", level="pixel", family="depth", draw=draw_depth, needs=frozenset({"metric"})),
    QuestionType(name="closer", level="pixel", family="closer", draw=draw_closer),
    QuestionType(name="which_closer", level="pixel", family="closer", draw=draw_which_closer),
    QuestionType(name="depth_gap", level="pixel", family="depth_gap", draw=draw_depth_gap, needs=frozenset({"metric"})),
    QuestionType(
        name="point_height",
        level="pixel",
        family="point_height",
        draw=draw_point_height,
        needs=frozenset({"metric", "floor"}),
    ),
)
"""Questions about points."""
