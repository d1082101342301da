"""The table of questions: every type with its level, its wording and what must be known for it to be asked."""

import functools

from vantage.dialogue.conversation import Evidence, Level
from vantage.dialogue.drawing import ORDINALS, Context, Drawn, QuestionType
from vantage.dialogue.lifting import LiftedScene
from vantage.dialogue.object_questions import OBJECT_QUESTIONS
from vantage.dialogue.pixel_questions import PIXEL_QUESTIONS
from vantage.dialogue.scene_questions import SCENE_QUESTIONS
from vantage.dialogue.vqa_adversarial import VQA_ADVERSARIAL
from vantage.dialogue.vqa_choices import VQA_CHOICES
from vantage.dialogue.vqa_common import VQA_COMMON
from vantage.dialogue.vqa_told import VQA_TOLD
from vantage.errors import UsageError

NEEDS = ("metric", "up", "heading", "floor", "several", "exact", "asked")
"""What a question may need: metres; which way is up; which way is ahead; where the floor is; several views; the truth
of depth and instances, without which nobody knows that a thing is not seen; questions that a model asked."""


def draw_caption(context: Context, number: int) -> Drawn | None:
    """Return the captions of all views that have this number, as one answer.

    Args:
        context: holds the views.
        number: 0 for what a view shows, 1 for how it is arranged.
    """
    captions = [view.captions for view in context.scene.perception.views]
    if any(len(told) <= number for told in captions):
        return None
    if len(captions) == 1:
        return Drawn(slots={"X": captions[0][number]}, evidence=Evidence())
    texts = [f"The {ORDINALS[k]} image: {told[number]}" for k, told in enumerate(captions)]
    return Drawn(slots={"X": " ".join(texts)}, evidence=Evidence())


CAPTION_QUESTIONS = tuple(
    QuestionType(name=name, level="caption", family=name, draw=functools.partial(draw_caption, number=number))
    for number, name in enumerate(("overview", "arrangement"))
)
"""Turns that only tell what there is."""

VQA_QUESTIONS: tuple[QuestionType, ...] = (*VQA_COMMON, *VQA_ADVERSARIAL, *VQA_CHOICES, *VQA_TOLD)
"""Questions about several views together."""
QUESTIONS: tuple[QuestionType, ...] = (
    *PIXEL_QUESTIONS,
    *OBJECT_QUESTIONS,
    *SCENE_QUESTIONS,
    *VQA_QUESTIONS,
    *CAPTION_QUESTIONS,
)
"""Every type."""


def known(scene: LiftedScene) -> frozenset[str]:
    """Return which of `NEEDS` a scene meets."""
    frame = scene.frame
    met = {
        "metric": scene.perception.metric,
        "up": frame is not None,
        "heading": frame is not None and frame.heading,
        "floor": frame is not None and frame.floor,
        "several": len(scene.perception.views) > 1,
        "exact": scene.perception.exact,
        "asked": bool(scene.perception.questions),
    }
    return frozenset(need for need in NEEDS if met[need])


def fitting_types(scene: LiftedScene, level: Level, kinds: tuple[str, ...] | None = None) -> list[QuestionType]:
    """Return the types of a level that a scene has what they need for.

    Args:
        scene: to be asked about.
        level: of the questions.
        kinds: names of the only types to take; all when None.

    Raises:
        UsageError: there is no such type.
    """
    names = [each.name for each in QUESTIONS]
    for kind in kinds or ():
        if kind not in names:
            raise UsageError(f"question type {kind!r} is not known; choose of {', '.join(names)}")
    met = known(scene)
    return [q for q in QUESTIONS if q.level == level and q.needs <= met and (kinds is None or q.name in kinds)]
