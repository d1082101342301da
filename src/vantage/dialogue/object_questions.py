"""Object-level questions: bounding cubes, and how two things lie to each other (SpatialBoost, Table 13)."""

from collections.abc import Callable

from vantage.dialogue.conversation import Evidence, Thing
from vantage.dialogue.drawing import (
    Context,
    Drawn,
    QuestionType,
    coin,
    draw_things,
    draw_view,
    name_thing,
    name_things,
)
from vantage.dialogue.lifting import LEAST_PIXELS
from vantage.dialogue.predicates import behind, closer, higher, left_of, taller

Judge = Callable[[Context, int, int, int], bool | None]
"""Tells of a view and two instances whether the first is related to the second, or None where it is open."""


def is_left(context: Context, view: int, a: int, b: int) -> bool | None:
    """Judge "left of" in a view."""
    objects = context.scene.objects
    return left_of(objects[a].appearances[view], objects[b].appearances[view])


def is_closer(context: Context, view: int, a: int, b: int) -> bool | None:
    """Judge "closer to the camera than" in a view."""
    objects = context.scene.objects
    return closer(objects[a].appearances[view], objects[b].appearances[view])


def is_behind(context: Context, view: int, a: int, b: int) -> bool | None:
    """Judge "behind" in a view."""
    frame, objects = context.scene.frames[view], context.scene.objects
    if frame is None or not frame.heading:
        return None
    cubes = context.scene.view_cubes[view]
    return behind(objects[a].appearances[view], objects[b].appearances[view], cubes[a], cubes[b])


def is_higher(context: Context, view: int, a: int, b: int) -> bool | None:
    """Judge "higher up than", of things that are seen whole; the same in every view."""
    objects, cubes = context.scene.objects, context.scene.cubes
    if not (objects[a].whole and objects[b].whole):
        return None
    return higher(cubes[a], cubes[b], max(objects[a].footprint, objects[b].footprint))


def is_taller(context: Context, view: int, a: int, b: int) -> bool | None:
    """Judge "taller than", of things that are seen whole; the same in every view."""
    objects, cubes = context.scene.objects, context.scene.cubes
    if not (objects[a].whole and objects[b].whole):
        return None
    return taller(cubes[a], cubes[b], max(objects[a].footprint, objects[b].footprint))


def draw_relation(
    context: Context, judge: Judge, *, reverse: bool = False, sided: bool = True, viewed: bool = True
) -> Drawn | None:
    """Draw two things between which a relation is settled, and ask for it with an answer drawn beforehand.

    Args:
        context: to draw from.
        judge: of the relation.
        reverse: ask for the opposite relation.
        sided: whether "the leftmost chair" may be one of them.
        viewed: whether the answer is one view's.
    """
    found, wanted = draw_view(context, 2), coin(context)
    pair = draw_things(context, 2, found[1]) if found is not None else None
    if found is None or pair is None:
        return None
    holds = judge(context, found[0], pair[0], pair[1])
    if holds is None:
        return None
    if (holds != reverse) != wanted:
        pair.reverse()
    things = name_things(context, pair, sided=sided)
    if things is None:
        return None
    return Drawn(
        slots={"A": things[0].text, "B": things[1].text},
        outcome="yes" if wanted else "no",
        evidence=Evidence(things=tuple(things), numbers=_numbers(context, found[0], pair)),
        view=found[0] if viewed else None,
    )


def _numbers(context: Context, view: int, pair: list[int]) -> tuple[tuple[str, float], ...]:
    shown = [(name, context.scene.objects[i].appearances[view]) for name, i in zip("ab", pair)]
    columns = [(f"column_{name}", appearance.middle) for name, appearance in shown]
    return (*columns, *((f"front_{name}", appearance.front_depth) for name, appearance in shown))


def draw_which_closer_thing(context: Context) -> Drawn | None:
    """Ask which of two things is closer."""
    asked = draw_relation(context, is_closer)
    if asked is None:
        return None
    nearer = asked.slots["A"] if asked.outcome == "yes" else asked.slots["B"]
    return Drawn(slots={**asked.slots, "X": nearer}, evidence=asked.evidence, view=asked.view)


def _cube_text(thing: Thing, *, size: bool = True) -> str:
    centre, edges = thing.centre, thing.size
    if centre is None or edges is None:
        return ""
    told = f"({', '.join(_decimals(value) for value in centre)})"
    return f"center {told}, size ({', '.join(_decimals(value) for value in edges)})" if size else told


def _decimals(value: float) -> str:
    """Return two decimals; what rounds to nothing has no sign."""
    return f"{round(value, 2) + 0.0:.2f}"


def _cubes(context: Context, count: int) -> list[Thing] | None:
    candidates = [i for i in context.named if i in context.scene.cubes]
    chosen = draw_things(context, count, candidates)
    return None if chosen is None else name_things(context, chosen)


def _first_view(context: Context) -> int | None:
    return 0 if len(context.scene.perception.views) > 1 else None


def draw_cube(context: Context) -> Drawn | None:
    """Ask for the cube of a thing, in the first view's frame."""
    things = _cubes(context, 1)
    if things is None:
        return None
    slots = {"A": things[0].text, "X": _cube_text(things[0])}
    return Drawn(slots=slots, evidence=Evidence(things=tuple(things)), view=_first_view(context))


def draw_cube_centre(context: Context) -> Drawn | None:
    """Ask for the centre of the cube of a thing, in the first view's frame."""
    things = _cubes(context, 1)
    if things is None:
        return None
    slots = {"A": things[0].text, "X": _cube_text(things[0], size=False)}
    return Drawn(slots=slots, evidence=Evidence(things=tuple(things)), view=_first_view(context))


def draw_cube_pair(context: Context) -> Drawn | None:
    """Ask for the cubes of two things, in the first view's frame."""
    things = _cubes(context, 2)
    if things is None:
        return None
    slots = {"A": things[0].text, "B": things[1].text, "X": _cube_text(things[0]), "Y": _cube_text(things[1])}
    return Drawn(slots=slots, evidence=Evidence(things=tuple(things)), view=_first_view(context))


def draw_visible(context: Context) -> Drawn | None:
    """Ask whether one of several images shows a thing."""
    if not context.scene.perception.exact:
        return None  # Predicted things may not be known again in another image, which would then "not show" them.
    chosen, wanted = draw_things(context, 1, context.named), coin(context)
    if chosen is None:
        return None
    counts = [int((view.instances == chosen[0]).sum()) for view in context.scene.perception.views]
    # A few pixels are neither a yes nor a no. Only what some images show and others do not is asked for: most things
    # are in most images, so that a question in vain for every other "no" would leave more "yes".
    shown, absent = [k for k, n in enumerate(counts) if n >= LEAST_PIXELS], [k for k, n in enumerate(counts) if n == 0]
    thing = name_thing(context, chosen[0])
    if not shown or not absent or thing is None:
        return None
    fitting = shown if wanted else absent
    view = fitting[int(context.rng.integers(len(fitting)))]
    evidence = Evidence(things=(thing,), numbers=(("pixels", float(counts[view])),))
    return Drawn(slots={"A": thing.text}, outcome="yes" if wanted else "no", evidence=evidence, view=view)


def _relation(
    name: str, family: str, judge: Judge, *needs: str, reverse: bool = False, sided: bool = True, viewed: bool = True
) -> QuestionType:
    def draw(context: Context) -> Drawn | None:
        return draw_relation(context, judge, reverse=reverse, sided=sided, viewed=viewed)

    return QuestionType(name=name, level="object", family=family, draw=draw, needs=frozenset(needs))


CUBE_NEEDS = frozenset({"metric", "heading"})
"""What a cube's coordinates need."""


def _cube_type(name: str, draw: Callable[[Context], Drawn | None]) -> QuestionType:
    setting = "In the frame of the {view} image's camera: {question}"
    return QuestionType(name=name, level="object", family="cube", draw=draw, needs=CUBE_NEEDS, setting=setting)


OBJECT_QUESTIONS = (
    _cube_type("cube", draw_cube),
    _cube_type("cube_centre", draw_cube_centre),
    _cube_type("cube_pair", draw_cube_pair),
    _relation("left", "aside", is_left, sided=False),
    _relation("right", "aside", is_left, reverse=True, sided=False),
    _relation("behind", "behind", is_behind, "heading"),
    _relation("in_front", "behind", is_behind, "heading", reverse=True),
    _relation("closer_thing", "closer", is_closer),
    QuestionType(name="which_closer_thing", level="object", family="closer", draw=draw_which_closer_thing),
    _relation("higher", "higher", is_higher, "up", viewed=False),
    _relation("lower", "higher", is_higher, "up", reverse=True, viewed=False),
    _relation("taller", "taller", is_taller, "up", viewed=False),
    QuestionType(name="visible", level="object", family="visible", draw=draw_visible, needs=frozenset({"several"})),
)
"""Questions about one or two things."""
