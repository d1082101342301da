"""Boxes against counting points and against each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantage.errors import DataError
from vantage.geometry import AlignedBox, OrientedBox

values = st.floats(-3, 3, allow_subnormal=False)
corners = st.tuples(values, values, values)


def box(a, b):
    low, high = np.minimum(a, b), np.maximum(a, b)
    return AlignedBox(low=tuple(low.tolist()), high=tuple(high.tolist()))


boxes = st.builds(box, corners, corners)


@given(boxes, boxes)
def test_iou_is_symmetric_and_bounded(a, b):
    assert a.iou(b) == pytest.approx(b.iou(a))
    assert 0 <= a.iou(b) <= 1 + 1e-12
    if a.volume > 1e-9:
        assert a.iou(a) == pytest.approx(1)


@given(boxes, boxes)
def test_intersection_holds_what_both_hold(a, b):
    points = np.random.default_rng(0).uniform(-3, 3, (300, 3))
    common = a.intersection(b)
    inside = common.contains(points) if common else np.zeros(len(points), dtype=bool)
    assert np.array_equal(inside, a.contains(points) & b.contains(points))


def test_iou_by_hand():
    a = AlignedBox(low=(0.0, 0.0, 0.0), high=(2.0, 2.0, 2.0))
    b = AlignedBox(low=(1.0, 1.0, 1.0), high=(3.0, 3.0, 3.0))
    assert a.iou(b) == pytest.approx(1 / 15)
    assert a.iou(AlignedBox(low=(2.5, 0.0, 0.0), high=(3.0, 1.0, 1.0))) == 0
    flat = AlignedBox(low=(0.0, 0.0, 0.0), high=(1.0, 1.0, 0.0))
    assert flat.iou(flat) == 0


def test_of_points_is_the_smallest_box():
    points = np.random.default_rng(1).normal(size=(50, 3))
    found = AlignedBox.of_points(points)
    assert found.contains(points).all()
    assert np.array_equal(np.array(found.low), points.min(axis=0))
    assert np.array_equal(np.array(found.high), points.max(axis=0))
    assert np.allclose(found.centre, (points.min(axis=0) + points.max(axis=0)) / 2)
    with pytest.raises(DataError, match="no points"):
        AlignedBox.of_points(np.zeros((0, 3)))


def test_a_box_upside_down_is_refused():
    for low in [(1.0, 0.0, 0.0), (float("nan"), 0.0, 0.0)]:
        with pytest.raises(DataError, match="corner"):
            AlignedBox(low=low, high=(0.5, 1.0, 1.0))


@given(corners, st.tuples(*[st.floats(0.1, 3)] * 3), st.floats(-7, 7))
def test_an_upright_box_holds_its_corners_and_its_share_of_points(centre, size, yaw):
    found = OrientedBox.upright(centre=centre, size=size, yaw=yaw)
    shrunk = np.array(centre) + 0.999 * (found.corners() - np.array(centre))
    assert found.contains(shrunk).all()
    assert not found.contains(np.array(centre) + 1.001 * (found.corners() - np.array(centre))).any()
    assert found.volume == pytest.approx(np.prod(size))
    # Opposite corners, in the order of the signs, mirror each other about the centre.
    assert np.allclose(found.corners() + found.corners()[::-1], 2 * np.array(centre))
    edge = found.corners()[4] - found.corners()[0]
    assert np.allclose(edge, size[0] * np.array([np.cos(yaw), np.sin(yaw), 0]), atol=1e-9)


def test_an_unturned_box_is_the_aligned_one():
    points = np.random.default_rng(2).uniform(-2, 2, (500, 3))
    turned = OrientedBox.upright(centre=(0.1, 0.2, 0.3), size=(1.0, 2.0, 3.0), yaw=0.0)
    plain = AlignedBox(low=(-0.4, -0.8, -1.2), high=(0.6, 1.2, 1.8))
    assert np.array_equal(turned.contains(points), plain.contains(points))
