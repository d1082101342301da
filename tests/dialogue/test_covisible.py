"""Views that belong together: shares against a wall whose overlap is known, groups that keep their bounds."""

import dataclasses
import itertools

import numpy as np
import pytest

from dialogue.boxes import Block, look, pose
from vantage.captures import Capture, View, ViewSource
from vantage.dialogue.covisible import (
    CovisibleSettings,
    SeenSurface,
    common_share,
    consecutive_groups,
    covisible_groups,
    seen_share,
)
from vantage.errors import UsageError
from vantage.geometry import Camera

CAMERA = Camera.from_fov(fov_x=np.radians(60), width=161, height=120)
WALL = 3.0


def view_at(blocks: list[Block] | None = None, camera: Camera = CAMERA, **where: float) -> View:
    seen = look(blocks or [], pose(1.5, 0, **where), camera, floor=False, wall=WALL)
    image = np.zeros((camera.height, camera.width, 3), dtype=np.float32)
    return View(name="view", image=image, camera=camera, world_from_camera=seen.world_from_camera, depth=seen.depth)


def surface_at(blocks: list[Block] | None = None, camera: Camera = CAMERA, **where: float) -> SeenSurface:
    found = SeenSurface.of(view_at(blocks, camera, **where))
    assert found is not None
    return found


def capture_of(views: list[View]) -> Capture:
    return Capture(
        name="wall",
        sources=tuple(
            ViewSource(
                name=str(k), camera=view.camera, world_from_camera=view.world_from_camera, read=lambda view=view: view
            )
            for k, view in enumerate(views)
        ),
    )


@pytest.mark.parametrize("width", [80, 161, 640])
@pytest.mark.parametrize("moved", [0.0, 0.5, 1.2, 2.9])
def test_cameras_before_a_wall_share_what_geometry_says(moved: float, width: int) -> None:
    camera = CAMERA.resized(width, 3 * width // 4)
    across = WALL * camera.width / camera.fx
    one, two = surface_at(camera=camera), surface_at(camera=camera, y=moved)
    expected = max(0.0, 1 - moved / across)
    # Columns of the lattice are a sixteenth of the view apart.
    assert seen_share(one, two) == pytest.approx(expected, abs=1 / 16)
    assert common_share(one, two) == pytest.approx(expected, abs=1 / 16)


def test_a_detail_has_little_in_common_with_the_whole() -> None:
    whole, detail = surface_at(), surface_at(x=2.0)
    # A third of the distance: a ninth of the wall.
    assert seen_share(detail, whole) == 1 and seen_share(whole, detail) == pytest.approx(1 / 9, abs=0.05)
    assert common_share(whole, detail) == common_share(detail, whole) == seen_share(whole, detail)


def test_what_is_hidden_is_not_shared() -> None:
    # A board before the second camera hides the wall, and the first camera does not see the board's face.
    board = [Block(name="board", x=1.0, y=6.0, size=(0.1, 1.4, 3.0))]
    assert seen_share(surface_at(y=6.0), surface_at(board, y=6.0)) < 0.15
    assert seen_share(surface_at(), surface_at(yaw=180)) == 0


def test_unknown_depth_does_not_count() -> None:
    one, two = surface_at(), surface_at(y=0.5)
    blank = dataclasses.replace(two, depth=np.where(np.arange(two.depth.shape[1]) < 60, 0, two.depth))
    known = seen_share(one, two)
    # Where the second's depth is missing nobody can tell; the rest still says that most is seen.
    assert 0.5 < seen_share(one, blank) <= known + 0.01
    assert seen_share(one, dataclasses.replace(two, depth=np.zeros_like(two.depth))) == 0


@pytest.mark.parametrize("views", [2, 4, 8])
def test_groups_keep_their_bounds_and_share_no_view(views: int) -> None:
    capture = capture_of([view_at(y=0.3 * k) for k in range(24)])
    settings = CovisibleSettings(least=0.3, most=0.85)
    surfaces = [found for view in capture if (found := SeenSurface.of(view)) is not None]
    groups = covisible_groups(capture, views, np.random.default_rng(0), settings)
    assert len(groups) >= 24 // views - 2
    assert len({i for group in groups for i in group}) == views * len(groups)
    for group in groups:
        for k, i in enumerate(group):
            shares = [common_share(surfaces[i], surfaces[j]) for j in group if j != i]
            assert max(shares) <= settings.most and max(shares) >= settings.least, (group, k)
    assert groups == covisible_groups(capture, views, np.random.default_rng(0), settings)
    assert groups != covisible_groups(capture, views, np.random.default_rng(1), settings)


def test_views_of_nothing_in_common_make_no_group() -> None:
    capture = capture_of([view_at(y=10.0 * k) for k in range(6)])
    assert covisible_groups(capture, 2, np.random.default_rng(0)) == []
    # And the same picture again is no second view.
    capture = capture_of([view_at() for _ in range(6)])
    assert covisible_groups(capture, 2, np.random.default_rng(0)) == []


def test_without_depth_views_follow_each_other() -> None:
    bare = [dataclasses.replace(view_at(y=10.0 * k), depth=None) for k in range(11)]
    found = [covisible_groups(capture_of(bare), 4, np.random.default_rng(seed)) for seed in range(20)]
    for groups in found:
        assert len(groups) == 2
        assert all(b - a == 1 for group in groups for a, b in itertools.pairwise(group))
        assert len({i for group in groups for i in group}) == 8
    assert {min(map(min, groups)) for groups in found} == {0, 1, 2, 3}
    assert consecutive_groups(3, 4, np.random.default_rng(0)) == []


def test_single_views_are_all_of_them() -> None:
    capture = capture_of([view_at(y=10.0 * k) for k in range(5)])
    assert sorted(covisible_groups(capture, 1, np.random.default_rng(0))) == [(k,) for k in range(5)]


def test_other_sizes_and_bounds_are_refused() -> None:
    with pytest.raises(UsageError, match="choose one of 1, 2, 4, 8"):
        covisible_groups(capture_of([view_at()]), 3, np.random.default_rng(0))
    with pytest.raises(UsageError, match="least < most"):
        CovisibleSettings(least=0.9, most=0.1)
