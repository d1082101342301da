"""Adversarial questions about several views together: premises that may be false, as likely as not.

A premise is false because the named image does not show the thing, because no image does, or because things lie to each
other the other way round. What the words say is drawn alike in both cases, so that nothing but the images tells.
"""

import functools
import itertools
from collections.abc import Callable

from vantage.dialogue.conversation import Evidence, Thing
from vantage.dialogue.drawing import (
    ORDINALS,
    Context,
    Drawn,
    coin,
    name_thing,
    name_things,
)
from vantage.dialogue.object_questions import is_left
from vantage.dialogue.predicates import FINE
from vantage.dialogue.view_sightings import (
    draw_pair,
    pick,
    shown_in_both,
    shown_in_first_alone,
    shows,
    uncoloured_names,
    uncoloured_thing,
    unshown_thing,
    view_numbers,
)
from vantage.dialogue.vqa_common import SIDE_WORDS, pixel_numbers, view_question, view_slots
from vantage.rooms.words.vocabulary import with_article


def _premise(
    context: Context,
    value: Callable[[int, int], str | None],
    name: Callable[[int], Thing | None],
    absent: Callable[[int], Thing | None],
    fits: Callable[[int], bool] = lambda _: True,
) -> Drawn | None:
    """Ask for something about a thing in a view that does show it, or for a thing that the view does not show.

    Args:
        context: to draw from.
        value: of a view and an instance that it shows; None where it is open.
        name: of an instance.
        absent: name of a thing that no view shows.
        fits: tells of an instance whether it can be asked for; were others drawn in vain, premises of one sort would
            be rarer.
    """
    (w, v), wanted = draw_pair(context), coin(context)
    scene = context.scene
    right = [i for i in context.named if shows(scene, w, i) and fits(i) and value(w, i) is not None]
    elsewhere = [i for i in shown_in_first_alone(context, (v, w)) if fits(i)]
    nowhere = [i for i in scene.unshown if fits(i)]
    if not right or not elsewhere or not nowhere:
        return None
    outcome = "told" if wanted else "elsewhere" if coin(context) else "nowhere"
    chosen = pick(context, {"told": right, "elsewhere": elsewhere, "nowhere": nowhere}[outcome])
    thing = None if chosen is None else absent(chosen) if outcome == "nowhere" else name(chosen)
    if chosen is None or thing is None:
        return None
    slots = {"A": thing.text, "W": ORDINALS[w], "V": ORDINALS[v]}
    if outcome == "told":
        slots["X"] = value(w, chosen) or ""
    numbers = (("view_a", float(w)), *pixel_numbers(context, chosen, (w, v)))
    return Drawn(slots=slots, outcome=outcome, evidence=Evidence(things=(thing,), numbers=numbers), topic=(w,))


def draw_premise_colour(context: Context) -> Drawn | None:
    """Ask for the colour of a thing in a view, which shows it or not."""

    def colour(_: int, instance: int) -> str | None:
        return dict(context.scene.perception.by_instance[instance].words).get("colour")

    return _premise(
        context,
        colour,
        lambda i: uncoloured_thing(context, i),
        lambda i: unshown_thing(context, i, coloured=False),
        lambda i: colour(0, i) is not None and (i in context.scene.unshown or bool(uncoloured_names(context, i))),
    )


def half_of(context: Context, view: int, instance: int) -> str | None:
    """Return in which half of a view a thing is seen, "left" or "right"; None where it comes near the middle."""
    shown = context.scene.objects[instance].appearances.get(view)
    middle = context.scene.perception.views[view].camera.width / 2
    if shown is None:
        return None
    if shown.across[1] + 1 < middle - FINE:
        return SIDE_WORDS[True]
    return SIDE_WORDS[False] if shown.across[0] > middle + FINE else None


def draw_premise_half(context: Context) -> Drawn | None:
    """Ask in which half of a view a thing is, which it shows or not."""
    return _premise(
        context,
        lambda view, instance: half_of(context, view, instance),
        lambda i: name_thing(context, i),
        lambda i: unshown_thing(context, i),
    )


def draw_claim_seen(context: Context) -> Drawn | None:
    """Ask whether one view shows a thing and the other does not, when it is so or the other way round."""
    pair, wanted = draw_pair(context), coin(context)
    other = (pair[1], pair[0])
    sides = shown_in_first_alone(context, pair), shown_in_first_alone(context, other)
    chosen = pick(context, sides[0] if wanted else sides[1]) if all(sides) else None
    thing = None if chosen is None else name_thing(context, chosen)
    if chosen is None or thing is None:
        return None
    evidence = Evidence(things=(thing,), numbers=(*view_numbers(pair), *pixel_numbers(context, chosen, pair)))
    slots = view_slots(pair, A=thing.text)
    return Drawn(slots=slots, outcome="yes" if wanted else "no", evidence=evidence, topic=(frozenset(pair),))


def draw_claim_sides(context: Context) -> Drawn | None:
    """Ask whether two things lie to each other as is said of two views, when they do or lie the other way in both."""
    pair, wanted = draw_pair(context), coin(context)
    shown = [i for i in shown_in_both(context, pair) if set(pair) <= context.scene.objects[i].appearances.keys()]
    sides = {two: [is_left(context, view, *two) for view in pair] for two in itertools.permutations(shown, 2)}
    chosen = pick(context, [two for two, told in sides.items() if None not in told])
    things = None if chosen is None else name_things(context, chosen, sided=False)
    if chosen is None or things is None:
        return None
    left = [bool(each) for each in sides[chosen]]
    truth = [SIDE_WORDS[each] for each in left]
    # Both parts are turned round: were it one, different sides in the two images would tell that it is not so.
    said = truth if wanted else [SIDE_WORDS[not each] for each in left]
    slots = view_slots(pair, A=things[0].text, B=things[1].text, D=said[0], E=said[1], X=truth[0], Y=truth[1])
    numbers = (*view_numbers(pair), ("left_a", float(left[0])), ("left_b", float(left[1])))
    return Drawn(
        slots=slots,
        outcome="yes" if wanted else "no",
        evidence=Evidence(things=tuple(things), numbers=numbers),
        topic=(frozenset(pair),),
    )


def draw_any_shows(context: Context) -> Drawn | None:
    """Ask whether any view shows a thing of a kind, when one does or none shows anything like it."""
    wanted, scene = coin(context), context.scene
    views = range(len(scene.pixels))
    there = [i for i in context.named if any(shows(scene, view, i) for view in views)]
    if not there or not scene.unshown:
        return None
    chosen = pick(context, there if wanted else list(scene.unshown))
    if chosen is None:
        return None
    region = scene.perception.by_instance[chosen]
    noun = region.names[0]
    seen_in = next((view for view in views if shows(scene, view, chosen)), 0)
    slots = {"A": with_article(noun), "N": noun, "X": ORDINALS[seen_in]}
    counts = tuple((f"image {k + 1}", float(scene.pixels[k].get(chosen, 0))) for k in views)
    thing = name_thing(context, chosen) if wanted else Thing(instance=chosen, text=noun)
    if thing is None:
        return None
    evidence = Evidence(things=(thing,), numbers=counts)
    return Drawn(slots=slots, outcome="yes" if wanted else "no", evidence=evidence)


_adversarial = functools.partial(view_question, "adversarial")

VQA_ADVERSARIAL = (
    _adversarial("premise_colour", draw_premise_colour),
    _adversarial("premise_half", draw_premise_half),
    _adversarial("claim_seen", draw_claim_seen),
    _adversarial("claim_sides", draw_claim_sides),
    _adversarial("any_shows", draw_any_shows),
)
"""Questions of the second sort."""
