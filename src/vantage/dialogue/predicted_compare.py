"""The same question answered from the truth and from a prediction (SpatialBoost, Table 19, before any training).

Points are the same pixels; things are matched by how much their masks overlap. What the prediction does not see, or
finds too close to call, is counted apart: no question would be made of it.
"""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from vantage.dialogue.conversation import Point, Turn
from vantage.dialogue.distances import separation
from vantage.dialogue.drawing import AskSettings, Context
from vantage.dialogue.lifting import LiftedScene
from vantage.dialogue.object_questions import is_behind, is_closer, is_higher, is_left, is_taller
from vantage.dialogue.perception import Perception
from vantage.dialogue.predicates import clearly_less, nearer_point
from vantage.dialogue.predicted_head import KINDS
from vantage.dialogue.scene_questions import NEARER

OVERLAP = 0.5
"""Least intersection over union of two masks of one thing: at most one mask can reach it."""
JUDGES: dict[str, tuple[Callable[[Context, int, int, int], bool | None], bool]] = {
    "left": (is_left, False),
    "right": (is_left, True),
    "closer_thing": (is_closer, False),
    "which_closer_thing": (is_closer, False),
    "behind": (is_behind, False),
    "in_front": (is_behind, True),
    "higher": (is_higher, False),
    "lower": (is_higher, True),
    "taller": (is_taller, False),
}
"""How relations are judged, and whether their question is the opposite one."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """What a scene says to a question: one of the three, or why it says nothing."""

    length: float | None = None
    """Metres."""
    holds: bool | None = None
    place: tuple[float, float, float] | None = None
    """Centre of a cube in the canonical frame, metres."""
    missing: str = ""
    """"not seen", "no frame" or "too close to call"."""


def matched(truth: Perception, prediction: Perception, view: int = 0) -> dict[int, int]:
    """Return the predicted instance of each true one that has one, by the overlap of their masks in a view.

    Args:
        truth: true instances.
        prediction: of the same images at the same size.
        view: where masks are compared.
    """
    true, found = truth.views[view].instances, prediction.views[view].instances
    size_true, size_found = np.bincount(true.ravel()), np.bincount(found.ravel())
    pairs, common = np.unique(np.stack([true.ravel(), found.ravel()]), axis=1, return_counts=True)
    result = {}
    for (i, j), both in zip(pairs.T.tolist(), common.tolist(), strict=True):
        if i and j and both >= OVERLAP * (size_true[i] + size_found[j] - both):
            result[int(i)] = int(j)
    return result


def asked_everything(prediction: Perception) -> Perception:
    """Return a prediction of which every thing may be asked for, however unsure its name: only geometry is compared."""
    regions = [dataclasses.replace(region, askable=region.names[0] not in KINDS[1:]) for region in prediction.regions]
    return dataclasses.replace(prediction, regions=tuple(regions))


def answers_of(turn: Turn, scene: LiftedScene, instance_of: Mapping[int, int]) -> dict[str, Answer]:
    """Return what a scene says to a turn's question, by what is asked; nothing for what has none.

    Args:
        turn: asked of the truth; captions, what compares views, and distances of cameras have no such answer.
        scene: that answers, the truth or a prediction.
        instance_of: its instance of each true one.
    """
    if turn.level in ("vqa", "caption") or turn.kind in ("visible", "baseline", "centre_distance", "both_distances"):
        return {}
    if turn.level == "pixel":
        return {turn.kind: _pixel_answer(turn, scene)}
    things = [instance_of.get(thing.instance, 0) for thing in turn.evidence.things]
    if any(thing not in scene.objects for thing in things):
        lacking = Answer(missing="not seen")
        return dict.fromkeys(("cube centre",) if turn.kind.startswith("cube") else (turn.kind,), lacking)
    if turn.kind.startswith("cube"):
        return _cube_answers(scene, things)
    if turn.kind in JUDGES:
        judge, opposite = JUDGES[turn.kind]
        view = turn.view or 0
        if any(view not in scene.objects[thing].appearances for thing in things):
            return {turn.kind: Answer(missing="not seen")}
        context = Context(scene=scene, focus=(), settings=AskSettings(), rng=np.random.default_rng(0))
        if turn.kind in ("behind", "in_front", "higher", "lower", "taller") and not scene.view_cubes[view]:
            return {turn.kind: Answer(missing="no frame")}
        return {turn.kind: _judged(judge(context, view, *things), opposite=opposite)}
    return {turn.kind: _scene_answer(turn, scene, things)}


def _judged(holds: bool | None, *, opposite: bool = False) -> Answer:
    return Answer(missing="too close to call") if holds is None else Answer(holds=holds != opposite)


def _pixel_answer(turn: Turn, scene: LiftedScene) -> Answer:
    spots = [_spot(scene, point) for point in turn.evidence.points]
    if any(depth <= 0 for depth, _, _ in spots):
        return Answer(missing="not seen")
    if turn.kind == "depth":
        return Answer(length=spots[0][0])
    if turn.kind == "depth_gap":
        return Answer(length=abs(spots[0][0] - spots[1][0]))
    if turn.kind == "point_height":
        if scene.frame is None or not scene.frame.floor:
            return Answer(missing="no frame")
        return Answer(length=float(scene.frame.points(spots[0][2][None])[0, 2]))
    return _judged(nearer_point(spots[0][:2], spots[1][:2]))


def _spot(scene: LiftedScene, point: Point) -> tuple[float, float, np.ndarray]:
    """Return depth, distance from the camera and world point of a pixel."""
    view = scene.perception.views[point.view]
    local = view.points_camera(np.array([point.row], dtype=np.int32), np.array([point.column], dtype=np.int32))
    return float(local[0, 2]), float(np.linalg.norm(local[0])), view.to_world(local)[0]


def _cube_answers(scene: LiftedScene, things: list[int]) -> dict[str, Answer]:
    if scene.frame is None or not scene.frame.heading:
        return {"cube centre": Answer(missing="no frame")}
    cube = scene.cubes[things[0]]
    x, y, z = (float(value) for value in cube.centre)
    return {"cube centre": Answer(place=(x, y, z)), "cube height": Answer(length=float(cube.size[2]))}


def _scene_answer(turn: Turn, scene: LiftedScene, things: list[int]) -> Answer:
    if turn.kind == "camera_distance":
        view = turn.view or 0
        shown = scene.objects[things[0]].appearances.get(view)
        if shown is None:
            return Answer(missing="not seen")
        points = scene.perception.views[view].points_camera(shown.rows, shown.columns)
        return Answer(length=float(np.linalg.norm(points, axis=1).min()))
    gaps = [separation(scene, things[0], other) for other in things[1:]]
    if turn.kind == "distance":
        return Answer(missing="too close to call") if gaps[0] is None else Answer(length=gaps[0].distance)
    to_b, to_c = (0.0 if gap is None else gap.distance for gap in gaps)
    return _judged(clearly_less(to_b, to_c, NEARER))
