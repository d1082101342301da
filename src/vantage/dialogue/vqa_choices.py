"""Multiple choice about several views together: four candidates, exactly one of them right, under a drawn letter."""

import dataclasses
import functools
from collections.abc import Callable, Sequence

import numpy as np

from vantage.dialogue.conversation import Evidence, Thing
from vantage.dialogue.drawing import Context, Drawn, name_thing, name_things
from vantage.dialogue.lengths import in_metres
from vantage.dialogue.scene_questions import MOVED
from vantage.dialogue.view_geometry import SECTORS, sector_of
from vantage.dialogue.view_sightings import (
    bare_names,
    described,
    draw_pair,
    pick,
    pick_several,
    shown_in_both,
    shown_in_first_alone,
    shows,
    unshown_thing,
    view_numbers,
)
from vantage.dialogue.vqa_common import NUMBER_WORDS, count_numbers, drawn_count, view_question, view_slots
from vantage.rooms.words.vocabulary import plural

LETTERS = ("A", "B", "C", "D")
"""Of the candidates (SpatialBoost, Table 10)."""
APART = 2.0
"""Ratio of a length to the next candidate's, so that no wrong one is within the error that benchmarks allow."""
SECTOR_WORDS = {
    "ahead": "It lies ahead of that camera.",
    "left": "It lies to that camera's left.",
    "behind": "It lies behind that camera.",
    "right": "It lies to that camera's right.",
}
"""By `view_geometry.SECTORS`."""


def thing_sentence(thing: Thing) -> str:
    """Return a candidate that names a thing."""
    return f"It must be the {thing.text}."


def choice(
    context: Context,
    right: str,
    wrong: Sequence[str],
    evidence: Callable[[Sequence[int]], Evidence],
    **slots: str,
) -> Drawn:
    """Put the right candidate under a drawn letter among the wrong ones.

    Args:
        context: to draw from.
        right: the right candidate, number 0.
        wrong: the others, numbers 1 and up.
        evidence: of the numbers in the order of the letters.
        **slots: of the question.
    """
    order = [int(k) for k in context.rng.permutation(len(LETTERS))]
    told = [right, *wrong]
    listed = "".join(f"\n{letter}. {told[k]}" for letter, k in zip(LETTERS, order, strict=True))
    letter = LETTERS[order.index(0)]
    return Drawn(
        slots={**slots, "O": listed, "L": letter, "X": right},
        outcome=letter,
        evidence=evidence(order),
        topic=(tuple(sorted(told)),),
    )


def _choice_of_things(
    context: Context, right: Thing | None, others: Sequence[int], views: Sequence[int], **slots: str
) -> Drawn | None:
    """Ask for a thing among others, of which three are drawn."""
    chosen = pick_several(context, others, len(LETTERS) - 1)
    wrong = None if chosen is None else name_things(context, chosen)
    if right is None or wrong is None:
        return None
    return _listed(context, right, wrong, views, **slots)


def _listed(context: Context, right: Thing, wrong: Sequence[Thing], views: Sequence[int], **slots: str) -> Drawn:
    things = [right, *wrong]

    def evidence(order: Sequence[int]) -> Evidence:
        return Evidence(things=tuple(things[k] for k in order), numbers=view_numbers(views))

    return choice(context, thing_sentence(right), [thing_sentence(t) for t in wrong], evidence, **slots)


def draw_choose_both(context: Context) -> Drawn | None:
    """Ask which of four things two views both show; the others are in one of them."""
    pair = draw_pair(context)
    chosen = pick(context, shown_in_both(context, pair))
    others = [*shown_in_first_alone(context, pair), *shown_in_first_alone(context, (pair[1], pair[0]))]
    right = None if chosen is None else name_thing(context, chosen)
    return _choice_of_things(context, right, others, pair, **view_slots(pair))


def draw_choose_only(context: Context) -> Drawn | None:
    """Ask which of four things one view shows and another does not; the others are in both, or in the other alone."""
    pair = draw_pair(context)
    chosen = pick(context, shown_in_first_alone(context, pair))
    others = [*shown_in_both(context, pair), *shown_in_first_alone(context, (pair[1], pair[0]))]
    right = None if chosen is None else name_thing(context, chosen)
    return _choice_of_things(context, right, others, pair, **view_slots(pair))


def draw_choose_neither(context: Context) -> Drawn | None:
    """Ask which of four things no view shows; it is in the same room, and the others are seen."""
    scene = context.scene
    chosen = pick(context, list(scene.unshown))
    seen = [i for i in context.named if any(shows(scene, view, i) for view in range(len(scene.pixels)))]
    names = {i: bare_names(context, i) for i in seen}
    others = pick_several(context, [i for i, known in names.items() if known], len(LETTERS) - 1)
    right = None if chosen is None else unshown_thing(context, chosen)
    if right is None or others is None:
        return None
    # Were some told by what they stand on, they could not be the one that is not seen.
    wrong = [dataclasses.replace(described(context, i), text=pick(context, names[i]) or "") for i in others]
    return _listed(context, right, wrong, ())


def draw_choose_count(context: Context) -> Drawn | None:
    """Ask how many of a kind all views show together; the right number is as likely the least as any other."""
    drawn = drawn_count(context)
    if drawn is None:
        return None
    noun, instances, things = drawn
    count = len(instances)
    # Numbers around the right one, from none on; with one of a kind it cannot be the greatest of four.
    below = int(context.rng.integers(min(len(LETTERS) - 1, count) + 1))
    numbers = [n for n in range(count - below, count - below + len(LETTERS)) if n != count]
    if max(numbers) >= len(NUMBER_WORDS):
        return None
    told = [_there_are(n) for n in (count, *numbers)]
    evidence = Evidence(things=things, numbers=count_numbers(context, instances))
    return choice(context, told[0], told[1:], lambda _: evidence, N=plural(noun))


def _there_are(count: int) -> str:
    return f"There {'is' if count == 1 else 'are'} {NUMBER_WORDS[count] if count else 'none'} of them in all."


def draw_choose_apart(context: Context) -> Drawn | None:
    """Ask how far apart two views' cameras were; the candidates differ by factors of two."""
    pair, views = draw_pair(context), context.scene.perception.views
    moved = float(np.linalg.norm(views[pair[0]].world_from_camera[:3, 3] - views[pair[1]].world_from_camera[:3, 3]))
    if moved < MOVED:
        return None
    # The right length is as often the least of the four as the second, the third or the greatest.
    below = int(context.rng.integers(len(LETTERS)))
    told = [f"They were about {in_metres(moved * APART**k)} apart." for k in range(-below, len(LETTERS) - below)]
    right = told.pop(below)
    numbers = (("baseline", moved), ("from", float(pair[0])), ("to", float(pair[1])))
    return choice(context, right, told, lambda _: Evidence(numbers=numbers), **view_slots(pair))


def draw_choose_where(context: Context) -> Drawn | None:
    """Ask in which quarter around a view's camera a thing lies that another view shows and this one does not."""
    pair = draw_pair(context)
    sectors = {i: sector_of(context.scene, pair[1], i) for i in shown_in_first_alone(context, pair)}
    chosen = pick(context, [i for i, sector in sectors.items() if sector is not None])
    sector = None if chosen is None else sectors[chosen]
    thing = None if chosen is None else name_thing(context, chosen)
    if sector is None or thing is None:
        return None
    wrong = [SECTOR_WORDS[each] for each in SECTORS if each != sector]
    evidence = Evidence(things=(thing,), numbers=view_numbers(pair))
    return choice(context, SECTOR_WORDS[sector], wrong, lambda _: evidence, **view_slots(pair, T=thing.text))


_multiple = functools.partial(view_question, "multiple choice")

VQA_CHOICES = (
    _multiple("choose_both", draw_choose_both),
    _multiple("choose_only", draw_choose_only),
    _multiple("choose_neither", draw_choose_neither),
    _multiple("choose_count", draw_choose_count),
    _multiple("choose_apart", draw_choose_apart, "metric"),
    _multiple("choose_where", draw_choose_where, "metric", "heading"),
)
"""Questions of the third sort."""
