"""Views between two anchors: chosen by their poses, and judged by scenes whose every answer is known."""

import dataclasses

import numpy as np
import pytest

from dialogue.boxes import Block, perceive, pose
from vantage.dialogue import TWELVE, AskSettings, LiftedScene, Turn, converse, lift
from vantage.dialogue.choosing import ChoiceSettings, Chooser
from vantage.dialogue.expanding import GeometricJudge, ViewJudge, expansion_of, point_seen, views_between
from vantage.dialogue.making import MakeSettings, Piece, make_samples
from vantage.dialogue.predicted_compare import JUDGES
from vantage.dialogue.sources import Scene, SceneSettings, open_scene, perception_source, view_groups
from vantage.dialogue.tally import Tally
from vantage.geometry import Camera
from vantage.rooms.splits import TEST_SEEDS

SMALL = Camera.from_fov(fov_x=np.radians(70), width=160, height=120)
BLOCKS = [
    Block(name="crate", x=2.6, y=0.7, size=(0.4, 0.4, 0.8)),
    Block(name="chest", x=3.4, y=-0.6, size=(0.5, 0.4, 0.3)),
    Block(name="drum", x=4.0, y=0.2, size=(0.3, 0.3, 0.5)),
]


def around(degrees: float, *, height: float = 1.5) -> np.ndarray:
    """Return a pose on a circle of three metres around (3, 0), looking at its middle."""
    a = np.radians(degrees)
    return pose(height, 25, yaw=degrees, x=3 - 3 * float(np.cos(a)), y=-3 * float(np.sin(a)))


def test_views_on_the_path_are_found_in_order() -> None:
    angles = [0, 40, 10, 20, 30, 180, 300, 50]
    poses = [around(angle) for angle in angles]
    assert views_between(poses, 0, 1, 3) == (2, 3, 4) and views_between(poses, 1, 0, 3) == (4, 3, 2)
    assert views_between(poses, 0, 1, 1) == (3,)
    # Those beyond an anchor and on the other side are between none.
    assert views_between(poses, 0, 1, 4) is None
    # A view that stands on the path and looks elsewhere is not on it, nor is one far above.
    away = around(20)
    away[:3, :3] = around(200)[:3, :3]
    poses = [around(0), around(40), away, around(20, height=8)]
    assert views_between(poses, 0, 1, 1) is None
    # A camera that only turns goes between two directions, and one that only moves between two places.
    assert views_between([pose(yaw=yaw) for yaw in (0, 60, 30, 90)], 0, 1, 1) == (2,)
    assert views_between([pose(y=y) for y in (0, 1.0, 0.4, 2.0)], 0, 1, 1) == (2,)


@pytest.fixture(scope="module")
def scene() -> LiftedScene:
    """Two anchors, the first once more, one that looks away, and one from the other side."""
    poses = [around(0), around(30), around(0), pose(1.5, 25, yaw=180), around(180)]
    return lift(perceive(BLOCKS, poses, camera=SMALL))


def turns_of(scene: LiftedScene) -> list[Turn]:
    """Return many turns about the first two views, that can be judged."""
    anchors = lift(dataclasses.replace(scene.perception, views=scene.perception.views[:2]))
    turns = [turn for seed in range(12) for turn in converse(anchors, seed=seed).turns]
    return [turn for turn in turns if turn.level != "caption" and (turn.evidence.points or turn.evidence.things)]


def test_what_is_true_of_a_view_holds_in_its_copy_and_nowhere_else(scene: LiftedScene) -> None:
    judge = GeometricJudge()
    turns = turns_of(scene)
    of_first = [turn for turn in turns if turn.view == 0]
    assert isinstance(judge, ViewJudge) and len(of_first) > 20
    assert all(judge.holds(turn, scene, 2) for turn in of_first)
    assert not any(judge.holds(turn, scene, 3) for turn in turns)
    # Seen from the other side, left is right; what is higher or taller stays so.
    kinds = {"left": False, "right": False, "higher": True, "lower": True, "taller": True}
    opposite = [turn for turn in turns if turn.kind in kinds]
    assert {turn.kind for turn in opposite} >= {"left", "taller"}
    assert all(judge.holds(turn, scene, 4) is kinds[turn.kind] for turn in opposite)
    assert {"left", "behind", "closer_thing"} & {turn.kind for turn in turns} <= JUDGES.keys()


def test_points_are_seen_unless_something_covers_them(scene: LiftedScene) -> None:
    points = [point for turn in turns_of(scene) for point in turn.evidence.points if point.view == 0]
    assert points and all(point_seen(scene, point, 2) for point in points)
    # From behind, a box hides the side that the first camera saw.
    front = [p for p in points if scene.perception.views[0].instances[p.row, p.column] == 1 and p.world[0] < 2.41]
    assert front and not any(point_seen(scene, point, 4) for point in front)


@pytest.mark.parametrize(("last", "kept"), [(around(15), True), (pose(1.5, 25, yaw=180), False)])
def test_views_are_kept_where_more_than_half_holds(last: np.ndarray, kept: bool) -> None:
    poses = [around(0), around(30), last]
    scene = lift(perceive(BLOCKS, poses, camera=SMALL))
    found = expansion_of(scene, seed=3, layout=TWELVE, settings=AskSettings())
    assert found.judged > 5 and found.kept is kept

    class Half:
        name = "every other answer"
        asked = 0

        def holds(self, turn: Turn, scene: LiftedScene, view: int) -> bool | None:
            Half.asked += 1
            return Half.asked % 2 == 0

    half = expansion_of(scene, seed=3, layout=TWELVE, settings=AskSettings(), judge=Half())
    # Half is not more than half.
    assert half.held <= half.judged / 2 and not half.kept


def test_groups_are_anchors_with_what_lies_between() -> None:
    settings = MakeSettings(
        scene=SceneSettings(room_views=10, width=64, height=48),
        views=(4,),
        per_scene=3,
        choice=ChoiceSettings(expand=True),
    )
    scene, tally = Scene(room=TEST_SEEDS[46]), Tally()
    capture = open_scene(scene, settings.scene)
    chooser = Chooser(settings=settings.choice)
    found, pairs = view_groups(capture, 4, 0, chooser), view_groups(capture, 4, 0, Chooser(settings=ChoiceSettings()))
    assert found.groups and found.groups != pairs.groups
    poses = [source.world_from_camera for source in capture.sources]
    for first, second, *between in found.groups:
        assert views_between(poses, first, second, 2) == tuple(between)
    samples = list(make_samples(Piece(scene=scene, start=0, stop=3), settings, perception_source("truth"), tally))
    expansions = dict(tally.counts["expansions"])
    assert expansions.pop("too few views between the anchors", 0) == found.alone
    assert 0 < sum(expansions.values()) <= len(found.groups)
    assert len(samples) == tally.counts["conversations"]["kept"] and all(len(sample.views) == 4 for sample in samples)
