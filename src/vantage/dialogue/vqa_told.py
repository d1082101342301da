"""Questions about several views that a model asked and answered: its own words, candidates under drawn letters."""

import functools

from vantage.dialogue.conversation import Evidence
from vantage.dialogue.drawing import SORTS, Context, Drawn, QuestionType
from vantage.dialogue.view_sightings import pick
from vantage.dialogue.vqa_choices import choice

NAMES = ("model_common", "model_adversarial", "model_choice")
"""Of the types, by `SORTS`."""


def draw_told(context: Context, sort: str) -> Drawn | None:
    """Draw one of the questions of a sort that the perception brought with it."""
    chosen = pick(context, [each for each in context.scene.perception.questions if each.sort == sort])
    if chosen is None:
        return None
    if chosen.candidates:
        wrong = [candidate for candidate in chosen.candidates if candidate != chosen.answer]
        return choice(context, chosen.answer, wrong, lambda _: Evidence(), Q=chosen.question)
    return Drawn(slots={"Q": chosen.question, "X": chosen.answer}, evidence=Evidence(), topic=(chosen.question,))


VQA_TOLD = tuple(
    QuestionType(
        name=name,
        level="vqa",
        family=name,
        draw=functools.partial(draw_told, sort=sort),
        needs=frozenset({"several", "asked"}),
        sort=sort,
    )
    for name, sort in zip(NAMES, SORTS, strict=True)
)
"""Questions of a vision-language model."""
