"""`Conversation`: turns with their level and evidence, arranged when they are loaded."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import numpy as np

from vantage.errors import UsageError

Level = Literal["pixel", "object", "scene", "vqa", "caption"]
LEVELS: tuple[Level, ...] = ("pixel", "object", "scene", "vqa", "caption")
"""From narrow to broad (SpatialBoost, section 3.2); "vqa" speaks of several views together (appendix C)."""
ORDERS = ("forward", "reverse", "random")
"""Of the levels (SpatialBoost, Table 7)."""
UNITS = ("level", "turn")
"""What a random order shuffles: whole levels, or turns across them. The paper does not say which."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Layout:
    """How many turns of each level a conversation has."""

    pixel: int = 5
    object: int = 4
    scene: int = 1
    caption: int = 2
    vqa: int = 0
    """Of conversations about several views; about a single one nothing of the kind is asked."""

    def __post_init__(self) -> None:
        if min(self.counts.values()) < 0 or sum(self.counts.values()) == 0:
            raise UsageError(
                f"layout {self.pixel},{self.object},{self.scene},{self.caption},{self.vqa}: expected counts of 0 or "
                "more, and one turn at least"
            )

    @property
    def counts(self) -> Mapping[Level, int]:
        """Turns by level."""
        return {level: getattr(self, level) for level in LEVELS}


TWELVE = Layout()
"""Twelve turns (SpatialBoost, section D)."""
TEN = Layout(caption=0)
"""Ten turns, without captions (the workshop version of the paper)."""
MULTI_VIEW = Layout(pixel=0, object=0, scene=0, caption=0, vqa=3)
"""One question of each sort about several views together: the data of the paper's second stage (appendix C)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Point:
    """A pixel that a turn speaks of, and where it is."""

    view: int
    row: int
    column: int
    told: tuple[int, int]
    """(x, y) as questions say it: thousandths of the image's width and height, from its upper left corner."""
    world: tuple[float, float, float]
    """World frame, world units."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Thing:
    """An object that a turn speaks of."""

    instance: int
    text: str
    """How the turn calls it."""
    centre: tuple[float, float, float] | None = None
    """Of its cube in the canonical frame of the first view, world units; None where there is no frame."""
    size: tuple[float, float, float] | None = None
    """Of its cube."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evidence:
    """What an answer rests on, so that a person or a program can check it."""

    points: tuple[Point, ...] = ()
    things: tuple[Thing, ...] = ()
    numbers: tuple[tuple[str, float], ...] = ()
    """Named values before rounding, in world units."""
    segment: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    """The two world points between which a distance was taken."""

    @property
    def value(self) -> Mapping[str, float]:
        """The numbers by name."""
        return dict(self.numbers)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Turn:
    """A question and its answer."""

    level: Level
    kind: str
    """Name of the question's type."""
    question: str
    answer: str
    outcome: str
    """ "yes", "no", "told", the letter of a multiple choice, or what is wrong with a question's premise."""
    view: int | None = None
    """The view it is about; None when about none in particular."""
    evidence: Evidence = Evidence()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Conversation:
    """All turns about one perception, from narrow to broad."""

    name: str
    """Of the perception."""
    seed: int
    views: int
    turns: tuple[Turn, ...]
    shortfall: Mapping[Level, int] = dataclasses.field(default_factory=dict)
    """Turns by level that the layout asked for and the scene did not give."""

    @property
    def complete(self) -> bool:
        """Whether it has every turn of its layout."""
        return not any(self.shortfall.values())


def arranged(
    conversation: Conversation,
    *,
    layout: Layout | None = None,
    order: str = "forward",
    unit: str = "level",
    levels: Collection[Level] = LEVELS,
    captions_last: bool = True,
    seed: int = 0,
) -> tuple[Turn, ...]:
    """Return a conversation's turns as a training run wants them; nothing has to be made anew.

    Args:
        conversation: as it was made.
        layout: at most so many turns of each level, the first ones; `TEN` drops the captions, None keeps all.
        order: one of `ORDERS`.
        unit: one of `UNITS`; what "random" shuffles.
        levels: which levels to keep.
        captions_last: whether captions end the conversation in every order, as the paper appends them.
        seed: of "random", with the conversation's own.

    Raises:
        UsageError: there is no such order, unit or level.
    """
    for value, known in ((order, ORDERS), (unit, UNITS), *((level, LEVELS) for level in levels)):
        if value not in known:
            raise UsageError(f"{value!r} is not known; choose of {', '.join(known)}")
    kept: list[Level] = [level for level in LEVELS if level in levels]
    groups = {level: [turn for turn in conversation.turns if turn.level == level] for level in kept}
    if layout is not None:
        groups = {level: groups[level][: layout.counts[level]] for level in kept}
    ending = groups.pop("caption", []) if captions_last else []
    names = list(groups)
    if order == "reverse":
        names.reverse()
    rng = np.random.default_rng([conversation.seed, seed])
    if order == "random" and unit == "level":
        names = [names[int(k)] for k in rng.permutation(len(names))]
    turns: Sequence[Turn] = [turn for name in names for turn in groups[name]]
    if order == "random" and unit == "turn":
        turns = [turns[int(k)] for k in rng.permutation(len(turns))]
    return (*turns, *ending)
