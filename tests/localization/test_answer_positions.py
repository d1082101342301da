"""Distances in space, in cases whose answer is known."""

import dataclasses

import numpy as np
import pytest

from vantage.captures import Capture, SceneObject
from vantage.errors import DataError
from vantage.geometry import OrientedBox
from vantage.localization.positions import distance_to_box, distance_to_objects, distance_to_points, masked_points

# Two metres along its own first axis, which points along y.
BOX = OrientedBox.upright(centre=(1.0, 0.0, 0.5), size=(2.0, 1.0, 1.0), yaw=np.pi / 2)


@pytest.mark.parametrize(
    ("point", "distance"),
    [
        ((1.0, 0.9, 0.9), 0.0),
        ((1.0, 1.3, 0.5), 0.3),
        ((1.9, 0.0, 0.5), 0.4),
        ((1.8, 1.4, 0.5), 0.5),
        ((1.0, 0.0, -2.0), 2.0),
    ],
)
def test_the_distance_to_a_box_is_that_to_its_surface(point: tuple[float, float, float], distance: float):
    assert distance_to_box(point, BOX) == pytest.approx(distance, abs=1e-9)


def test_of_several_objects_the_nearest_counts(cube_capture: Capture):
    def thing(number: int, x: float, caption: str) -> SceneObject:
        box = OrientedBox.upright(centre=(x, 0.0, 0.0), size=(1.0, 1.0, 1.0), yaw=0.0)
        return SceneObject(instance=number, category="mug", caption=caption, box=box)

    unseen = SceneObject(instance=4, category="cup", caption="a cup")
    objects = (thing(1, 0.0, "a mug"), thing(2, 5.0, "a mug"), thing(3, 9.0, "a red mug"), unseen)
    capture = dataclasses.replace(cube_capture, objects=objects)
    assert distance_to_objects((4.0, 0.0, 0.0), capture, "a mug") == pytest.approx(0.5)
    assert distance_to_objects((4.0, 0.0, 0.0), capture, "a red mug") == pytest.approx(4.5)
    assert distance_to_objects((4.0, 0.0, 0.0), capture, "a cup") is None


def test_points_of_a_mask_lie_on_the_surface_that_is_seen(cube_capture: Capture):
    view = cube_capture[0]
    mask = np.zeros(view.image.shape[:2], dtype=bool)
    mask[20:30, 30:40] = True
    points = masked_points(view, mask)
    assert 0 < len(points) <= 100
    # The camera stands inside a cube whose sides lie at -1 and 1.
    assert np.allclose(np.abs(points).max(axis=1), 1, atol=1e-5)
    first = (float(points[0, 0]), float(points[0, 1]), float(points[0, 2]))
    assert distance_to_points(first, points) == pytest.approx(0, abs=1e-9)
    assert len(masked_points(dataclasses.replace(view, depth=None), mask)) == 0
    with pytest.raises(DataError, match="no points"):
        distance_to_points(first, np.zeros((0, 3)))
