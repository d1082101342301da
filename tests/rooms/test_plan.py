"""Floor plans and collisions, against points drawn at random."""

import math

import numpy as np
import pytest

from vantage.rooms.layout.collisions import Crowd, place_prisms
from vantage.rooms.layout.footprints import Footprint
from vantage.rooms.layout.plan import FloorPlan, draw_plan

PLANS = [
    FloorPlan(4.0, 3.0),
    *(FloorPlan(5.0, 4.0, (sx, sy, 2.0, 1.5)) for sx in (-1.0, 1.0) for sy in (-1.0, 1.0)),
]


def in_outline(points: np.ndarray, corners: tuple[tuple[float, float], ...]) -> np.ndarray:
    """Tell by crossings of a ray towards +x whether points lie in a polygon."""
    result = np.zeros(len(points), dtype=bool)
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if y0 != y1:
            crosses = (y0 > points[:, 1]) != (y1 > points[:, 1])
            result ^= crosses & (points[:, 0] < x0 + (points[:, 1] - y0) * (x1 - x0) / (y1 - y0))
    return result


@pytest.mark.parametrize("plan", PLANS)
def test_areas_outline_and_contains_tell_the_same(plan: FloorPlan) -> None:
    points = np.random.default_rng(0).uniform(-3, 3, size=(5000, 2))
    expected = in_outline(points, plan.corners)
    assert np.array_equal(plan.contains(points), expected)
    by_area = np.zeros(len(points), dtype=int)
    for x0, y0, x1, y1 in plan.areas:
        by_area += (points[:, 0] > x0) & (points[:, 0] < x1) & (points[:, 1] > y0) & (points[:, 1] < y1)
    assert by_area.max() == 1 and np.array_equal(by_area == 1, expected)
    assert plan.area == pytest.approx(36 * expected.mean(), rel=0.06)


@pytest.mark.parametrize("plan", PLANS)
def test_a_margin_is_the_distance_to_the_nearest_wall(plan: FloorPlan) -> None:
    points = np.random.default_rng(1).uniform(-3, 3, size=(2000, 2))
    inside = in_outline(points, plan.corners)
    nearest = np.full(len(points), np.inf)
    for (x0, y0), (x1, y1) in zip(plan.corners, plan.corners[1:] + plan.corners[:1], strict=True):
        edge, start = np.array([x1 - x0, y1 - y0]), np.array([x0, y0])
        t = np.clip((points - start) @ edge / (edge @ edge), 0, 1)
        nearest = np.minimum(nearest, np.linalg.norm(points - start - t[:, None] * edge, axis=1))
    kept = plan.contains(points, 0.3)
    # At the inner corner of an L the margin is measured along the axes: stricter than the distance, never laxer.
    assert not (kept & ~(inside & (nearest >= 0.3 - 1e-9))).any()
    assert (inside & (nearest > 0.3 * math.sqrt(2)) & ~kept).sum() == 0


@pytest.mark.parametrize("plan", PLANS)
def test_walls_face_the_room_and_close_it(plan: FloorPlan) -> None:
    assert sum(wall.length for wall in plan.walls) == pytest.approx(2 * (plan.width + plan.depth))
    for wall in plan.walls:
        along = np.random.default_rng(2).uniform(-wall.length / 2 + 0.05, wall.length / 2 - 0.05, size=20)
        for u in along:
            before, behind = wall.place(float(u), 0.02), wall.place(float(u), -0.02)
            assert plan.contains(np.array([before]))[0] and not plan.contains(np.array([behind]))[0]


@pytest.mark.parametrize("plan", PLANS)
def test_reach_ends_at_the_margin(plan: FloorPlan) -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        start, angle = plan.draw_point(rng, 0.35), float(rng.uniform(0, 2 * math.pi))
        far = plan.reach(start, angle, 0.3)
        steps = np.linspace(0, far - 1e-6, 50)[:, None] * [math.cos(angle), math.sin(angle)] + np.array(start)
        assert plan.contains(steps, 0.299).all()
        beyond = np.array(start) + (far + 0.02) * np.array([math.cos(angle), math.sin(angle)])
        assert not plan.contains(beyond[None], 0.3)[0]


def test_holds_asks_for_the_whole_footprint() -> None:
    plan = PLANS[-1]
    rng = np.random.default_rng(4)
    for _ in range(500):
        x, y = rng.uniform(-2.5, 2.5, size=2)
        footprint = Footprint(float(x), float(y), 0.5, 0.3, float(rng.uniform(0, math.pi)), 0.0, 1.0)
        u, v = np.meshgrid(np.linspace(-0.5, 0.5, 21), np.linspace(-0.3, 0.3, 21))
        c, s = math.cos(footprint.yaw), math.sin(footprint.yaw)
        points = np.stack([x + c * u - s * v, y + s * u + c * v], axis=-1).reshape(-1, 2)
        if plan.holds(footprint, 0.0):
            assert plan.contains(points, -1e-9).all()
        elif plan.contains(points, 0.03).all():
            raise AssertionError(footprint)


def test_drawn_plans_are_rooms() -> None:
    plans = [draw_plan(np.random.default_rng(k), (3.6, 5.4), (3.6, 5.0), 0.3) for k in range(300)]
    assert 0.2 < np.mean([plan.notch is not None for plan in plans]) < 0.4
    assert all(12 < plan.area < 36 for plan in plans)


def test_crowds_agree_with_points() -> None:
    """Two prisms overlap when a point lies in both; when they are a gap apart none is blocked."""
    rng = np.random.default_rng(5)
    told = []
    for _ in range(400):
        crowd = Crowd()
        standing = place_prisms(
            np.array([[[-0.5, -0.2, 0.0], [0.5, 0.2, 1.0]]]), (0.0, 0.0, 0.0), float(rng.uniform(0, 3))
        )
        crowd.add(standing, 7)
        where = (float(rng.uniform(-1, 1)), float(rng.uniform(-1, 1)), float(rng.uniform(-0.8, 1.2)))
        moving = place_prisms(np.array([[[-0.3, -0.3, 0.0], [0.3, 0.3, 0.5]]]), where, float(rng.uniform(0, 3)))
        points = rng.uniform(-0.3, 0.3, size=(4000, 2))
        c, s = moving[0, 4], moving[0, 5]
        world = np.stack(
            [where[0] + c * points[:, 0] - s * points[:, 1], where[1] + s * points[:, 0] + c * points[:, 1]], -1
        )
        c, s = standing[0, 4], standing[0, 5]
        local = np.stack([c * world[:, 0] + s * world[:, 1], c * world[:, 1] - s * world[:, 0]], axis=-1)
        common = bool((np.abs(local) <= [0.5, 0.2]).all(axis=1).any()) and -0.5 < where[2] < 1.0
        blocked = crowd.blocks(moving, np.array([-1]), 0.0)
        told.append(blocked)
        assert blocked or not common
        assert not crowd.blocks(moving, np.array([7]), 0.5)
        if blocked and not common:
            # Only a sliver that the drawn points missed.
            assert not crowd.blocks(moving * [1, 1, 0.9, 0.9, 1, 1, 1, 1], np.array([-1]), 0.0)
    assert 0.1 < np.mean(told) < 0.9


def test_a_crowd_grows_and_ignores() -> None:
    crowd = Crowd()
    prism = np.array([[[-0.1, -0.1, 0.0], [0.1, 0.1, 0.2]]])
    for k in range(600):
        crowd.add(place_prisms(prism, (float(k), 0.0, 0.0), 0.0), k + 1)
    here = place_prisms(prism, (599.05, 0.0, 0.0), 0.0)
    assert crowd.blocks(here, np.array([-1]), 0.0)
    assert not crowd.blocks(here, np.array([600]), 0.0)
    # Standing exactly on top is no overlap.
    assert not crowd.blocks(place_prisms(prism, (599.0, 0.0, 0.2), 0.0), np.array([-1]), 0.01)
