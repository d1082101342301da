"""Correspondences from depth, consistency between views, and colours that do not flip."""

import numpy as np
import pytest
import torch

from probes.truthful import constant_features, noise_features, pixel_features, world_points
from vantage.captures import Capture
from vantage.encoders import Features
from vantage.errors import DataError
from vantage.probes import PointPairs, color_image, consistency_auc, pairs_from_depth, scene_colors


@pytest.fixture(scope="module")
def pairs(cube_capture: Capture) -> PointPairs:
    found = pairs_from_depth(cube_capture[0], cube_capture[1], numbers=(0, 1))
    assert found is not None
    return found


def test_pairs_are_pictures_of_the_same_points(cube_capture: Capture, pairs: PointPairs):
    assert len(pairs.pixels_a) > 500
    a, b = (pixel_features(world_points(cube_capture[i])) for i in (0, 1))
    # Rows and columns as whole pixels in A, in between in B: linear interpolation on planes meets the same points.
    points_a = a.sample(torch.from_numpy(pairs.pixels_a)[None])[0]
    points_b = b.sample(torch.from_numpy(pairs.pixels_b)[None])[0]
    assert float((points_a - points_b).norm(dim=-1).median()) < 0.01


def test_pairs_need_depth(cube_capture: Capture):
    import dataclasses

    blind = dataclasses.replace(cube_capture[1], depth=None)
    assert pairs_from_depth(cube_capture[0], blind, numbers=(0, 1)) is None


def test_features_of_points_in_space_reach_one_noise_and_constants_a_half(cube_capture: Capture, pairs: PointPairs):
    views = [cube_capture[0], cube_capture[1]]
    # Random Fourier features: distances that fall with the distance in space.
    waves = np.random.default_rng(0).normal(size=(3, 64)) * 4
    true = [pixel_features(np.concatenate([f(world_points(v) @ waves) for f in (np.sin, np.cos)], -1)) for v in views]
    auc = consistency_auc(true[0], true[1], pairs, seed=0)
    assert auc is not None and auc > 0.995
    same = PointPairs(view_a=0, view_b=0, pixels_a=pairs.pixels_a, pixels_b=pairs.pixels_a, width=48)
    assert consistency_auc(true[0], true[0], same, seed=0) == 1.0
    assert consistency_auc(constant_features(views[0]), constant_features(views[1]), pairs, seed=0) == 0.5
    noise = consistency_auc(noise_features(views[0], 0), noise_features(views[1], 1), pairs, seed=0)
    assert noise is not None and abs(noise - 0.5) < 0.03


def test_consistency_depends_neither_on_scale_nor_on_what_all_places_share(cube_capture: Capture, pairs: PointPairs):
    a, b = (pixel_features(world_points(cube_capture[i])) for i in (0, 1))
    moved = [pixel_features(30 * f.grid[0].numpy() + np.array([5.0, -7.0, 2.0])) for f in (a, b)]
    before, after = consistency_auc(a, b, pairs, seed=0), consistency_auc(moved[0], moved[1], pairs, seed=0)
    assert before is not None and after == pytest.approx(before, abs=1e-3)


def test_views_that_share_nothing_have_no_score(cube_capture: Capture):
    none = PointPairs(view_a=0, view_b=1, pixels_a=np.zeros((0, 2)), pixels_b=np.zeros((0, 2)), width=48)
    features = constant_features(cube_capture[0])
    assert consistency_auc(features, features, none, seed=0) is None


def random_view(seed: int, mixing: np.ndarray) -> Features:
    values = np.random.default_rng(seed).normal(size=(6, 8, 5)) * [9.0, 5.0, 3.0, 1.0, 0.5]
    grid = torch.from_numpy((values @ mixing).astype(np.float32))[None]
    return Features(grid=grid, summary=grid.mean(dim=(1, 2)), stride=(4.0, 4.0), image_size=(32, 24))


def test_colours_are_the_same_whatever_the_views_order_and_grow_along_each_components_largest_loading():
    mixing = np.linalg.qr(np.random.default_rng(5).normal(size=(5, 5)))[0]
    views = [random_view(seed, mixing) for seed in range(4)]
    colors, turned = scene_colors(views), scene_colors(views[::-1])
    for view in views:
        image = color_image(view, colors)
        assert image.shape == (24, 32, 3) and image.min() >= 0 and image.max() <= 1
        assert np.allclose(image, color_image(view, turned), atol=1e-6)
    assert (colors.axes[np.abs(colors.axes).argmax(axis=0), range(3)] > 0).all()
    spread = colors.high - colors.low
    assert spread[0] > spread[1] > spread[2]
    # A little noise, as between runs on other machines, moves no colour visibly.
    noisy = [random_view(seed, mixing + 1e-6) for seed in range(4)]
    assert np.abs(color_image(noisy[0], scene_colors(noisy)) - color_image(views[0], colors)).max() < 0.01


def test_a_constant_is_grey_and_views_of_different_encoders_are_refused(cube_capture: Capture):
    flat = constant_features(cube_capture[0])
    assert np.array_equal(color_image(flat, scene_colors([flat])), np.full((40, 48, 3), 0.5))
    with pytest.raises(DataError, match="lengths"):
        scene_colors([flat, noise_features(cube_capture[0], 0)])
