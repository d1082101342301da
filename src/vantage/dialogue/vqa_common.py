"""Common questions about several views together: only who looks at both can tell (SpatialBoost, appendix C)."""

import functools
from collections.abc import Callable, Mapping

from vantage.dialogue.conversation import Evidence, Thing
from vantage.dialogue.drawing import ORDINALS, Context, Drawn, QuestionType, coin, name_thing, name_things
from vantage.dialogue.lifting import LiftedScene
from vantage.dialogue.references import alike
from vantage.dialogue.view_geometry import lies_left, moved_left, nearer_of, nearer_view, turned_left
from vantage.dialogue.view_sightings import (
    Pair,
    described,
    draw_pair,
    pick,
    shown_in_both,
    shown_in_first_alone,
    shows,
    view_numbers,
)
from vantage.rooms.words.vocabulary import plural

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
"""More than ten of a kind are not counted: nobody would."""
SIDE_WORDS = {True: "left", False: "right"}


def view_slots(pair: Pair, **others: str) -> Mapping[str, str]:
    """Return slots that name two views, with others."""
    return {"V": ORDINALS[pair[0]], "W": ORDINALS[pair[1]], **others}


def draw_in_both(context: Context) -> Drawn | None:
    """Ask whether two views both show a thing that at least one of them shows."""
    pair, wanted = draw_pair(context), coin(context)
    both = shown_in_both(context, pair)
    alone = [*shown_in_first_alone(context, pair), *shown_in_first_alone(context, (pair[1], pair[0]))]
    # A question in vain for one answer alone would leave more of the other.
    chosen = pick(context, both if wanted else alone) if both and alone else None
    thing = None if chosen is None else name_thing(context, chosen)
    if chosen is None or thing is None:
        return None
    shown, other = pair if shows(context.scene, pair[0], chosen) else (pair[1], pair[0])
    slots = view_slots(pair, A=thing.text, X=ORDINALS[shown], Y=ORDINALS[other])
    evidence = Evidence(things=(thing,), numbers=(*view_numbers(pair), *pixel_numbers(context, chosen, pair)))
    return Drawn(slots=slots, outcome="yes" if wanted else "no", evidence=evidence, topic=(frozenset(pair),))


def pixel_numbers(context: Context, instance: int, pair: Pair) -> tuple[tuple[str, float], ...]:
    """Return how many pixels two views show of a thing, as numbers of an evidence."""
    return tuple(
        (f"pixels_{letter}", float(context.scene.pixels[view].get(instance, 0))) for letter, view in zip("ab", pair)
    )


def draw_only_in(context: Context) -> Drawn | None:
    """Ask which of two views shows a thing that one of them shows."""
    pair, first = draw_pair(context), coin(context)
    other = (pair[1], pair[0])
    sides = shown_in_first_alone(context, pair), shown_in_first_alone(context, other)
    chosen = pick(context, sides[0] if first else sides[1]) if all(sides) else None
    thing = None if chosen is None else name_thing(context, chosen)
    if chosen is None or thing is None:
        return None
    shown, hidden = pair if first else other
    evidence = Evidence(
        things=(thing,),
        numbers=(*view_numbers(pair), *pixel_numbers(context, chosen, pair), ("image", float(shown))),
    )
    slots = view_slots(pair, A=thing.text, X=ORDINALS[shown], Y=ORDINALS[hidden])
    return Drawn(slots=slots, evidence=evidence, topic=(frozenset(pair),))


def countable(scene: LiftedScene) -> dict[str, tuple[int, ...]]:
    """Return by noun the instances that the views show together, where each is surely shown or surely not.

    A noun by which anything else that is shown could go as well is left out, and so is one of which too little of one
    thing is seen to say whether it counts.
    """
    groups: dict[str, list[int]] = {}
    for region in scene.perception.regions:
        if region.askable and any(region.instance in counts for counts in scene.pixels):
            groups.setdefault(region.names[0], []).append(region.instance)
    shown = [scene.perception.by_instance[i] for i in sorted({i for counts in scene.pixels for i in counts})]
    views = range(len(scene.perception.views))
    found = {}
    for noun, instances in groups.items():
        first = scene.perception.by_instance[instances[0]]
        settled = all(any(shows(scene, view, i) for view in views) for i in instances)
        if settled and not any(other.instance not in instances and alike(first, other) for other in shown):
            found[noun] = tuple(instances)
    return found


def drawn_count(context: Context) -> tuple[str, tuple[int, ...], tuple[Thing, ...]] | None:
    """Draw a noun, the instances to be counted, and these as things; nouns of several come first."""
    counts = {noun: found for noun, found in countable(context.scene).items() if len(found) < len(NUMBER_WORDS)}
    nouns = [noun for noun, found in counts.items() if len(found) > 1] or list(counts)
    noun = pick(context, nouns)
    if noun is None:
        return None
    return noun, counts[noun], tuple(described(context, i) for i in counts[noun])


def counted(count: int, noun: str) -> str:
    """Return "one chair", "two chairs"."""
    return f"{NUMBER_WORDS[count]} {noun if count == 1 else plural(noun)}"


def count_numbers(context: Context, instances: tuple[int, ...]) -> tuple[tuple[str, float], ...]:
    """Return how many there are, and how many each view shows."""
    scene = context.scene
    each = [sum(bool(shows(scene, view, i)) for i in instances) for view in range(len(scene.pixels))]
    return (("count", float(len(instances))), *((f"image {k + 1}", float(n)) for k, n in enumerate(each)))


def draw_count_all(context: Context) -> Drawn | None:
    """Ask how many of a kind all views show together."""
    drawn = drawn_count(context)
    if drawn is None:
        return None
    noun, instances, things = drawn
    slots = {"N": plural(noun), "X": counted(len(instances), noun)}
    return Drawn(slots=slots, evidence=Evidence(things=things, numbers=count_numbers(context, instances)))


def _draw_way(context: Context, judge: Callable[[LiftedScene, int, int], bool | None]) -> Drawn | None:
    """Ask whether the camera went or turned to a side from one view to another."""
    pair, wanted = draw_pair(context), coin(context)
    left = judge(context.scene, *pair)
    if left is None:
        return None
    slots = view_slots(pair, D=SIDE_WORDS[left == wanted], E=SIDE_WORDS[left])
    numbers = (("from", float(pair[0])), ("to", float(pair[1])), ("left", float(left)))
    return Drawn(
        slots=slots, outcome="yes" if wanted else "no", evidence=Evidence(numbers=numbers), topic=(frozenset(pair),)
    )


def draw_camera_moved(context: Context) -> Drawn | None:
    """Ask whether the camera moved to a side from one view to another."""
    return _draw_way(context, moved_left)


def draw_camera_turned(context: Context) -> Drawn | None:
    """Ask whether the camera turned to a side from one view to another."""
    return _draw_way(context, turned_left)


def draw_nearer_in(context: Context) -> Drawn | None:
    """Ask in which of two views the camera is closer to a thing that both show."""
    pair = draw_pair(context)
    nearer = {i: nearer_view(context.scene, i, *pair) for i in shown_in_both(context, pair)}
    chosen = pick(context, [i for i, view in nearer.items() if view is not None])
    near = None if chosen is None else nearer[chosen]
    thing = None if chosen is None else name_thing(context, chosen)
    if near is None or thing is None:
        return None
    far = pair[1] if near == pair[0] else pair[0]
    slots = view_slots(pair, A=thing.text, X=ORDINALS[near], Y=ORDINALS[far])
    ranges = [context.scene.objects[thing.instance].appearances[view].front_range for view in pair]
    numbers = (*view_numbers(pair), ("range_a", ranges[0]), ("range_b", ranges[1]), ("image", float(near)))
    return Drawn(slots=slots, evidence=Evidence(things=(thing,), numbers=numbers), topic=(frozenset(pair),))


def draw_closer_across(context: Context) -> Drawn | None:
    """Ask which of two things, each in a view of its own, is closer to the camera of its view."""
    pair = draw_pair(context)
    first, second = ([i for i in context.named if shows(context.scene, view, i)] for view in pair)
    told = {(a, b): nearer_of(context.scene, (pair[0], a), (pair[1], b)) for a in first for b in second if a != b}
    chosen = pick(context, [two for two, near in told.items() if near is not None])
    near = None if chosen is None else told[chosen]
    things = None if chosen is None else name_things(context, chosen)
    if near is None or things is None:
        return None
    ranges = [context.scene.objects[t.instance].appearances[view].front_range for t, view in zip(things, pair)]
    numbers = (*view_numbers(pair), ("range_a", ranges[0]), ("range_b", ranges[1]))
    slots = view_slots(pair, A=things[0].text, B=things[1].text, X=things[near].text, Y=ORDINALS[pair[near]])
    return Drawn(slots=slots, evidence=Evidence(things=tuple(things), numbers=numbers), topic=pair)


def draw_beside_camera(context: Context) -> Drawn | None:
    """Ask whether a thing that one view shows lies to a side of the camera of another view, which does not show it."""
    pair, wanted = draw_pair(context), coin(context)
    sides = {i: lies_left(context.scene, pair[1], i) for i in shown_in_first_alone(context, pair)}
    chosen = pick(context, [i for i, side in sides.items() if side is not None])
    left = None if chosen is None else sides[chosen]
    thing = None if chosen is None else name_thing(context, chosen)
    if left is None or thing is None:
        return None
    slots = view_slots(pair, A=thing.text, D=SIDE_WORDS[left == wanted], E=SIDE_WORDS[left])
    numbers = (*view_numbers(pair), ("left", float(left)))
    evidence = Evidence(things=(thing,), numbers=numbers)
    return Drawn(slots=slots, outcome="yes" if wanted else "no", evidence=evidence, topic=pair)


def view_question(sort: str, name: str, draw: Callable[[Context], Drawn | None], *needs: str) -> QuestionType:
    """Return a question about several views, told from exact truth.

    Args:
        sort: one of `drawing.SORTS`.
        name: its own, and its family's.
        draw: asks it.
        needs: what the scene must have beside several views and exact truth.
    """
    return QuestionType(
        name=name,
        level="vqa",
        family=name,
        draw=draw,
        needs=frozenset({"several", "exact", *needs}),
        sort=sort,
    )


_common = functools.partial(view_question, "common")

VQA_COMMON = (
    _common("in_both", draw_in_both),
    _common("only_in", draw_only_in),
    _common("count_all", draw_count_all),
    _common("camera_moved", draw_camera_moved, "metric", "heading"),
    _common("camera_turned", draw_camera_turned, "heading"),
    _common("nearer_in", draw_nearer_in),
    _common("closer_across", draw_closer_across),
    _common("beside_camera", draw_beside_camera, "metric", "heading"),
)
"""Questions of the first sort."""
