"""What every question type draws from: the scene, the names of its things, its points, and one generator."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Int

from vantage.dialogue.conversation import Evidence, Level, Point, Thing
from vantage.dialogue.distances import DISTANCES
from vantage.dialogue.lengths import STYLES
from vantage.dialogue.lifting import LiftedScene
from vantage.errors import UsageError

THOUSAND = 1000
"""Steps of told pixel coordinates across an image of any size."""
SMOOTH = 0.05
"""Greatest relative range of depth in the 3 x 3 pixels around a point: at an edge, either side could be meant."""
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
"""How questions count images (SpatialBoost, Table 10)."""
SORTS = ("common", "adversarial", "multiple choice")
"""Of questions about several views together (SpatialBoost, appendix C)."""
TRIES = 20
"""Draws of a pixel before a view is given up: smooth pixels are most of an image."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class AskSettings:
    """Choices of wording that the paper leaves open."""

    numbers: str = "human"
    """One of `lengths.STYLES`: how lengths are told."""
    distance: str = "closest"
    """One of `distances.DISTANCES`: what the distance between two things is."""
    kinds: tuple[str, ...] | None = None
    """Names of the question types to ask; all when None."""

    def __post_init__(self) -> None:
        if self.numbers not in STYLES:
            raise UsageError(f"numbers {self.numbers!r}: choose one of {', '.join(STYLES)}")
        if self.distance not in DISTANCES:
            raise UsageError(f"distance {self.distance!r}: choose one of {', '.join(DISTANCES)}")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Context:
    """What a question is drawn from."""

    scene: LiftedScene
    focus: tuple[int, ...]
    """The things that the conversation is about; its other turns lead up to the scene-level one."""
    settings: AskSettings
    rng: np.random.Generator

    @property
    def named(self) -> list[int]:
        """Instances that are lifted and have an unambiguous name."""
        return [i for i in self.scene.objects if i in self.scene.names]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Drawn:
    """A question before it is put into words."""

    slots: Mapping[str, str]
    evidence: Evidence
    outcome: str = "told"
    view: int | None = None
    topic: tuple[object, ...] = ()
    """What else tells it from other questions of its family, such as the views that it compares."""

    @property
    def subject(self) -> tuple[object, ...]:
        """What it is about, whichever way round: no conversation asks the same twice."""
        spots = frozenset((p.view, p.told) for p in self.evidence.points)
        return (self.view, self.topic, spots, frozenset(thing.instance for thing in self.evidence.things))


@dataclasses.dataclass(frozen=True, kw_only=True)
class QuestionType:
    """One row of the table of questions."""

    name: str
    """Also of its wording."""
    level: Level
    family: str
    """Types that ask the same thing in other ways; a conversation asks it once of the same things."""
    draw: Callable[[Context], Drawn | None]
    """Draws what to ask, or returns None when it finds nothing that is well defined."""
    needs: frozenset[str] = frozenset()
    """What must be known: some of `table.NEEDS`."""
    setting: str = "In the {view} image: {question}"
    """How a question about one of several images tells which."""
    sort: str = ""
    """One of `SORTS`, of questions about several views together."""


def draw_point(context: Context, view: int) -> Point | None:
    """Draw a pixel of a view with known, smooth depth: on a thing in focus where the view shows one, else anywhere."""
    seen = context.scene.perception.views[view]
    shown = [i for i in context.focus if view in context.scene.objects[i].appearances]
    height, width = seen.depth.shape
    for _ in range(TRIES):
        # Walls and floors count too: one point in four lies anywhere.
        if shown and context.rng.random() < 0.75:
            appearance = context.scene.objects[shown[int(context.rng.integers(len(shown)))]].appearances[view]
            k = int(context.rng.integers(len(appearance.rows)))
            row, column = int(appearance.rows[k]), int(appearance.columns[k])
        else:
            row, column = int(context.rng.integers(height)), int(context.rng.integers(width))
        told = (told_coordinate(column, width), told_coordinate(row, height))
        # In images of over a thousand pixels several share their told coordinates; the one that these mean is taken.
        column, row = pixel_of(told[0], width), pixel_of(told[1], height)
        around = seen.depth[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        if around.min() > 0 and around.max() <= (1 + SMOOTH) * around.min():
            index = np.array([row], dtype=np.int32), np.array([column], dtype=np.int32)
            world = seen.to_world(seen.points_camera(*index))[0]
            return Point(view=view, row=row, column=column, told=told, world=_triple(world))
    return None


def told_coordinate(pixel: int, size: int) -> int:
    """Return how a row or column of an image of this size is told, 0 to 999."""
    return int((pixel + 0.5) / size * THOUSAND)


def pixel_of(told: int, size: int) -> int:
    """Return the row or column that a told coordinate means."""
    return int((told + 0.5) / THOUSAND * size)


def point_text(point: Point) -> str:
    """Return a point as questions say it."""
    return f"({point.told[0]}, {point.told[1]})"


def depth_and_range(context: Context, point: Point) -> tuple[float, float]:
    """Return a point's z-depth and its distance from the camera."""
    view = context.scene.perception.views[point.view]
    depth = float(view.depth[point.row, point.column])
    return depth, float(np.linalg.norm(np.array(point.world) - view.world_from_camera[:3, 3]))


def draw_things(context: Context, count: int, candidates: Sequence[int]) -> list[int] | None:
    """Draw some of the candidates, those in focus first; None when there are too few."""
    if len(candidates) < count:
        return None
    order = [candidates[int(k)] for k in context.rng.permutation(len(candidates))]
    # Three in four are about what the conversation is about.
    if context.rng.random() < 0.75:
        order.sort(key=lambda i: i not in context.focus)
    return order[:count]


def draw_view(context: Context, count: int) -> tuple[int, list[int]] | None:
    """Draw a view that shows enough named things, and return them too."""
    shown = [
        (k, [i for i in context.named if k in context.scene.objects[i].appearances])
        for k in range(len(context.scene.perception.views))
    ]
    enough = [(k, things) for k, things in shown if len(things) >= count]
    return enough[int(context.rng.integers(len(enough)))] if enough else None


def name_thing(context: Context, instance: int, *, sided: bool = True) -> Thing | None:
    """Draw one of a thing's shorter names and return it with its cube; None when it has none of the kind.

    Args:
        context: holds the names.
        instance: the thing.
        sided: whether "the leftmost chair" will do.
    """
    choices = [name for name in context.scene.names[instance] if sided or not name.sided][:3]
    if not choices:
        return None
    text = choices[int(context.rng.integers(len(choices)))].text
    cube = context.scene.cubes.get(instance)
    return Thing(
        instance=instance,
        text=text,
        centre=None if cube is None else _triple(cube.centre),
        size=None if cube is None else _triple(cube.size),
    )


def name_things(context: Context, instances: Sequence[int], *, sided: bool = True) -> list[Thing] | None:
    """Name several things, or return None when one has no name; arguments as `name_thing`."""
    named = [name_thing(context, i, sided=sided) for i in instances]
    return None if any(thing is None for thing in named) else [thing for thing in named if thing is not None]


def coin(context: Context) -> bool:
    """Draw the answer of a yes/no question, both alike likely; what is asked is then turned round to fit."""
    return bool(context.rng.random() < 0.5)


def _triple(values: Sequence[float] | Int[np.ndarray, " 3"] | np.ndarray) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
