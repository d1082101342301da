"""Ask: from a lifted scene to a conversation, level by level."""

import zlib

import numpy as np

from vantage.dialogue.conversation import LEVELS, TWELVE, Conversation, Layout, Level, Turn
from vantage.dialogue.drawing import ORDINALS, SORTS, AskSettings, Context, Drawn, QuestionType
from vantage.dialogue.lifting import LiftedScene
from vantage.dialogue.table import fitting_types
from vantage.dialogue.wordings import WORDINGS

FOCUS = 4
"""Things that a conversation is about: as many as it has object-level turns."""
DRAWS = 40
"""Draws in vain before a level is given up: a pair of things is a tie in about one draw of three."""
WEIGHTS = {"distance": 4}
"""How many times as often a family is drawn as the others: the distance of two things is the paper's only scene-level
question, and it is in vain more often than the ones beside it."""


def converse(
    scene: LiftedScene, *, seed: int = 0, layout: Layout = TWELVE, settings: AskSettings | None = None
) -> Conversation:
    """Return a conversation about a scene; the same scene and seed give the same one.

    The things in focus are drawn first and the narrower turns are mostly about them, so that the scene-level question
    can be answered from what came before. What the scene does not give is missing and told in `shortfall`.

    Args:
        scene: lifted.
        seed: with the perception's name, of all draws.
        layout: how many turns of each level.
        settings: choices of wording.
    """
    rng = np.random.default_rng([seed, zlib.crc32(scene.perception.name.encode())])
    candidates = [i for i in scene.objects if i in scene.names]
    # What is seen whole can be asked for at every level.
    order = [candidates[int(k)] for k in rng.permutation(len(candidates))]
    order.sort(key=lambda i: not scene.objects[i].whole)
    context = Context(scene=scene, focus=tuple(order[:FOCUS]), settings=settings or AskSettings(), rng=rng)
    turns: list[Turn] = []
    shortfall: dict[Level, int] = {}
    several = len(scene.perception.views) > 1
    # Questions about several views are drawn last: the others are then the same with them and without.
    for level in sorted(LEVELS, key=lambda level: level == "vqa"):
        count = layout.counts[level] if several or level != "vqa" else 0
        found = _turns(context, level, count)
        turns += found
        if len(found) < count:
            shortfall[level] = count - len(found)
    turns.sort(key=lambda turn: LEVELS.index(turn.level))
    return Conversation(
        name=scene.perception.name,
        seed=seed,
        views=len(scene.perception.views),
        turns=tuple(turns),
        shortfall=shortfall,
    )


def _turns(context: Context, level: Level, count: int) -> list[Turn]:
    """Return up to so many different turns of a level."""
    types = fitting_types(context.scene, level, context.settings.kinds)
    if level == "caption":
        # Captions come in their own order, the overview first.
        drawn = [(each, each.draw(context)) for each in types[:count]]
        return [_worded(context, each, asked) for each, asked in drawn if asked is not None]
    told: set[tuple[str, tuple[object, ...]]] = set()
    if level == "vqa":
        # One of each sort in turn; what one sort does not give is missing, and no other one fills its place.
        sorts = [SORTS[k % len(SORTS)] for k in range(count)]
        return [turn for sort in sorts for turn in _drawn(context, [t for t in types if t.sort == sort], 1, told)]
    return _drawn(context, types, count, told)


def _drawn(
    context: Context, types: list[QuestionType], count: int, told: set[tuple[str, tuple[object, ...]]]
) -> list[Turn]:
    """Return up to so many turns of some types about what is not told yet; `told` is added to."""
    families = [family for family in sorted({each.family for each in types}) for _ in range(WEIGHTS.get(family, 1))]
    turns: list[Turn] = []
    misses = 0
    while len(turns) < count and misses < DRAWS and types:
        misses += 1
        # Families are drawn by their weight, however many types they have.
        family = families[int(context.rng.integers(len(families)))]
        members = [each for each in types if each.family == family]
        chosen = members[int(context.rng.integers(len(members)))]
        asked = chosen.draw(context)
        if asked is None or (family, asked.subject) in told:
            continue
        told.add((family, asked.subject))
        misses = 0
        turns.append(_worded(context, chosen, asked))
    return turns


def _worded(context: Context, chosen: QuestionType, asked: Drawn) -> Turn:
    wording = WORDINGS[chosen.name]
    answers = wording.answers[asked.outcome]
    question = wording.questions[int(context.rng.integers(len(wording.questions)))].format(**asked.slots)
    answer = answers[int(context.rng.integers(len(answers)))].format(**asked.slots)
    if asked.view is not None and len(context.scene.perception.views) > 1:
        question = chosen.setting.format(view=ORDINALS[asked.view], question=question)
    return Turn(
        level=chosen.level,
        kind=chosen.name,
        question=question,
        answer=answer[0].upper() + answer[1:],
        outcome=asked.outcome,
        # With a single view, every turn is about it.
        view=asked.view if len(context.scene.perception.views) > 1 else 0,
        evidence=asked.evidence,
    )
