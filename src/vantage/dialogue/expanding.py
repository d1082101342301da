"""More views of a pair: those on the path between two anchors, kept where the anchors' answers mostly hold there too.

SpatialBoost (section D) makes its conversations about four and eight views so, and lets GPT-4o judge. Here geometry
judges: what a turn speaks of must be seen in the view, and things must lie to each other there as the turn says.
"""

import dataclasses
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from vantage.dialogue.asking import converse
from vantage.dialogue.conversation import Layout, Point, Turn
from vantage.dialogue.covisible import TOLERANCE
from vantage.dialogue.drawing import AskSettings
from vantage.dialogue.lifting import LiftedScene, LiftMemory, lift
from vantage.dialogue.predicted_compare import JUDGES, answers_of

ANCHORS = 2
"""Views that a path leads between."""
DETOUR = 1.25
"""Most that the way from anchor to anchor over a view may be as long as the straight one. One that stands beside the
middle of the path by half of its length, and looks as its middle does, makes it 1.2 times as long."""
LEAST_TURN = np.radians(10)
"""Least angle between two anchors that counts as one: below, any view beside the path would seem far off it."""
MORE_THAN = 0.5
"""Share of answers that must hold, and some more (SpatialBoost: "more than half")."""


@runtime_checkable
class ViewJudge(Protocol):
    """Tells whether an answer about the anchors holds in a further view: geometry, or a vision-language model."""

    @property
    def name(self) -> str:
        """What the judge is called."""
        ...

    def holds(self, turn: Turn, scene: LiftedScene, view: int) -> bool | None:
        """Return whether a turn's answer holds in a view; None where nothing in it could fail to.

        Args:
            turn: about the first two views.
            scene: of all views, with images where the perception has them.
            view: index of the further one.
        """
        ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class GeometricJudge:
    """What is spoken of is seen, and relations are the same. Captions and distances between cameras are not judged."""

    name: str = "geometry"

    def holds(self, turn: Turn, scene: LiftedScene, view: int) -> bool | None:
        """Return whether a turn's answer holds in a view; arguments as `ViewJudge`."""
        evidence = turn.evidence
        # What is said of named views stays so, however many more there are.
        if turn.level in ("vqa", "caption") or not (evidence.points or evidence.things):
            return None
        if not all(point_seen(scene, point, view) for point in evidence.points):
            return False
        things = [thing.instance for thing in evidence.things]
        if not all(i in scene.objects and view in scene.objects[i].appearances for i in things):
            return False
        if turn.kind not in JUDGES:
            return True
        same = {i: i for i in things}
        before = answers_of(turn, scene, same)[turn.kind]
        there = answers_of(dataclasses.replace(turn, view=view), scene, same)[turn.kind]
        return there.holds is not None and there.holds == before.holds


def point_seen(scene: LiftedScene, point: Point, view: int) -> bool:
    """Return whether a view shows a world point: it lies in the image, and no nearer surface covers it."""
    seen = scene.perception.views[view]
    pose, camera = seen.world_from_camera, seen.camera
    x, y, z = (float(value) for value in (np.array(point.world) - pose[:3, 3]) @ pose[:3, :3])
    if z <= 0:
        return False
    column, row = x / z * camera.fx + camera.cx, y / z * camera.fy + camera.cy
    if not (0 <= column < camera.width and 0 <= row < camera.height):
        return False
    return bool(abs(float(seen.depth[int(row), int(column)]) - z) <= TOLERANCE * z)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Expansion:
    """How far the anchors' answers hold in the views between them."""

    held: int
    judged: int
    """Answers in views, each counted once for each view."""

    @property
    def kept(self) -> bool:
        """Whether they hold in more than half."""
        return self.held > MORE_THAN * self.judged


def expansion_of(
    scene: LiftedScene,
    *,
    seed: int,
    layout: Layout,
    settings: AskSettings,
    judge: ViewJudge | None = None,
    memory: LiftMemory | None = None,
) -> Expansion:
    """Converse about the anchors alone, and judge every answer in every further view.

    Args:
        scene: of the two anchors and the views between them, in this order.
        seed: of the conversation.
        layout: of it.
        settings: of it.
        judge: geometry by default.
        memory: of what views show.
    """
    perception = scene.perception
    anchors = lift(dataclasses.replace(perception, views=perception.views[:ANCHORS]), memory=memory)
    # What compares views by their names is not judged.
    talk = converse(anchors, seed=seed, layout=dataclasses.replace(layout, vqa=0), settings=settings)
    judge = judge or GeometricJudge()
    further = range(ANCHORS, len(perception.views))
    verdicts = [judge.holds(turn, scene, view) for turn in talk.turns for view in further]
    told = [verdict for verdict in verdicts if verdict is not None]
    return Expansion(held=sum(told), judged=len(told))


def views_between(
    poses: Sequence[Float[np.ndarray, "4 4"]], first: int, second: int, count: int
) -> tuple[int, ...] | None:
    """Return views on the way from one to another, nearly evenly spread, from the first to the second.

    Args:
        poses: world_from_camera of all views.
        first: index of an anchor.
        second: index of the other.
        count: how many are wanted.

    Returns:
        None where there are not so many.
    """
    base = float(np.linalg.norm(poses[first][:3, 3] - poses[second][:3, 3]))
    turn = max(_angle(poses[first], poses[second]), float(LEAST_TURN))

    def way(i: int, j: int) -> float:
        moved = float(np.linalg.norm(poses[i][:3, 3] - poses[j][:3, 3]))
        return (moved / base if base > 0 else 0.0) + _angle(poses[i], poses[j]) / turn

    straight = way(first, second)
    progress: dict[int, float] = {}
    for i in range(len(poses)):
        there, on = way(first, i), way(i, second)
        if i not in (first, second) and there > 0 and on > 0 and there + on <= DETOUR * straight:
            progress[i] = there / (there + on)
    chosen: list[int] = []
    for k in range(count):
        free = [i for i in progress if i not in chosen]
        if not free:
            return None
        chosen.append(min(free, key=lambda i: (abs(progress[i] - (k + 1) / (count + 1)), i)))
    return tuple(sorted(chosen, key=lambda i: (progress[i], i)))


def _angle(one: Float[np.ndarray, "4 4"], other: Float[np.ndarray, "4 4"]) -> float:
    """Return the angle of the turn between two poses, radians."""
    trace = float(np.trace(one[:3, :3].T @ other[:3, :3]))
    return float(np.arccos(np.clip((trace - 1) / 2, -1.0, 1.0)))
