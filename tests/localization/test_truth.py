"""True masks behind their interface, in a capture whose answers are known."""

import dataclasses

import numpy as np
import pytest

from vantage.captures import Capture, SceneObject, View
from vantage.localization.truth import CaptionMasks, MaskTruth, position_error, true_cases


@pytest.fixture
def named(cube_capture: Capture) -> tuple[Capture, View]:
    instances = np.zeros((40, 48), dtype=np.int32)
    instances[:10], instances[20:30, :8], instances[20:30, 8:16], instances[39, :2] = 1, 2, 3, 4
    rows = [(1, "wall", "the wall"), (2, "mug", "a mug"), (3, "mug", "a mug"), (4, "pen", "a pen")]
    objects = tuple(SceneObject(instance=n, category=category, caption=text) for n, category, text in rows)
    view = dataclasses.replace(cube_capture[0], instances=instances)
    source = dataclasses.replace(cube_capture.sources[0], read=lambda: view)
    return dataclasses.replace(cube_capture, objects=objects, sources=(source,), test_indices=(0,)), view


def test_captions_are_asked_for_but_not_the_shell_and_not_what_is_tiny(named: tuple[Capture, View]):
    capture, view = named
    truth = CaptionMasks(capture)
    assert isinstance(truth, MaskTruth) and truth.texts == ("a mug", "a pen")
    (case,) = true_cases(truth, [(0, view)])
    assert case.text == "a mug" and case.mask.sum() == 160 and case.mask[20:30, :16].all()
    assert CaptionMasks(capture, ("a pen",)).texts == ("a pen",)


def test_without_boxes_a_place_is_held_against_the_surfaces_in_the_mask(named: tuple[Capture, View]):
    capture, view = named
    cases = true_cases(CaptionMasks(capture), [(0, view)])
    assert view.depth is not None
    ray = view.camera.rays()[25, 5] * view.depth[25, 5]
    there = view.world_from_camera[:3, :3] @ ray + view.world_from_camera[:3, 3]
    point = (float(there[0]), float(there[1]), float(there[2]))
    assert position_error(point, "a mug", capture, cases) == pytest.approx(0, abs=1e-6)
    # The camera stands inside the cube, whose sides lie at -1 and 1: its opposite point is on the far side.
    assert (position_error((-point[0], -point[1], -point[2]), "a mug", capture, cases) or 0) > 1.5
    assert position_error(point, "a pen", capture, cases) is None
