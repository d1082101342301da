"""Linear heads: an encoder that knows the truth comes out near perfect, one that knows nothing near chance."""

import dataclasses

import numpy as np
import pytest
import torch

from pretraining.toy_geometry import NORMAL, slanted_wall
from pretraining.toy_rooms import toy_room
from vantage.encoders import Features
from vantage.encoders.references import PixelsEncoder
from vantage.errors import UsageError
from vantage.pretraining import probe
from vantage.pretraining.probing import camera_normals, fit_classifier, fit_ridge, mean_iou, predict


class TruthEncoder:
    """Features are the class of each 4x4 cell's centre, and depth, or noise in their place."""

    def __init__(self, rooms, *, noise: bool = False):
        self.card = dataclasses.replace(PixelsEncoder().card, name="truth")
        self.fingerprint = "truth"
        self.noise = noise
        self.categories = sorted({region.category for room in rooms for region in room.table})
        self.at = {}
        for room in rooms:
            for view, image in enumerate(room.images):
                self.at[image.tobytes()] = (room, view)

    def encode(self, images):
        image = (images[0].permute(1, 2, 0) * 255).round().numpy().astype(np.uint8)
        room, view = self.at[image.tobytes()]
        if self.noise:
            rng = np.random.default_rng(view)
            grid = torch.from_numpy(rng.standard_normal((1, *image.shape[:2], 4)).astype(np.float32))
        else:
            names = np.array([self.categories.index(region.category) for region in room.table])
            classes = torch.nn.functional.one_hot(torch.from_numpy(names[room.regions[view] - 1]), len(self.categories))
            depth = torch.from_numpy(room.depth_mm[view].astype(np.float32))[..., None]
            grid = torch.cat([classes, depth], dim=-1)[None].float()
        size = (image.shape[1], image.shape[0])
        return Features(grid=grid, summary=grid.mean((1, 2)), stride=(1.0, 1.0), image_size=size)


def with_depth(room):
    """Give the toy room's objects different depths."""
    depth = 1000 + 300 * room.regions.astype(np.uint16)
    return dataclasses.replace(room, depth_mm=depth)


def test_truth_is_the_ceiling_and_noise_the_floor():
    rooms = [with_depth(toy_room(seed)) for seed in range(8)]
    split = {"train": rooms[:4], "tune": rooms[4:6], "test": rooms[6:]}
    best = probe(TruthEncoder(rooms), **split, views=4)
    worst = probe(TruthEncoder(rooms, noise=True), **split, views=4)
    assert best["miou"].value > 0.99
    assert best["depth_rmse_m"].value < 0.01
    assert best["miou"].n == 2
    # The wall alone is right: one of some four classes.
    assert worst["miou"].value < 0.4
    assert worst["depth_rmse_m"].value > 0.1
    with pytest.raises(UsageError, match="at least one each"):
        probe(TruthEncoder(rooms), train=rooms, tune=[], test=rooms, views=1)


def test_normals_are_the_plane():
    room = slanted_wall(0)
    normals = camera_normals(room.depth_mm[0].astype(np.float32) / 1000, room.intrinsics)
    expected = room.world_from_camera[0, :3, :3].T @ NORMAL
    inner = normals[1:-1, 1:-1].reshape(-1, 3)
    # Depth in whole millimetres tilts single pixels by a degree or so.
    assert float((inner @ expected).min()) > np.cos(np.radians(4))
    assert expected[2] < 0
    jump = np.ones((6, 8), np.float32)
    jump[:, 4:] = 3
    normals = camera_normals(jump, room.intrinsics)
    assert float(np.abs(normals[:, 3:5]).max()) == 0
    np.testing.assert_allclose(normals[1:-1, 1:3], [[[0, 0, -1]] * 2] * 4, atol=1e-6)


def test_ridge_is_the_normal_equations():
    generator = torch.Generator().manual_seed(0)
    x, true = torch.randn(200, 3, generator=generator), torch.tensor([[1.0], [-2], [0.5]])
    y = x @ true + 4
    weights = fit_ridge(x, y, 0.0)
    torch.testing.assert_close(weights, torch.cat([true, torch.tensor([[4.0]])]), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(predict(weights, x), y, atol=1e-3, rtol=1e-3)
    damped = fit_ridge(x, y, 10.0)
    assert float(damped[:3].norm()) < 0.2 * float(true.norm())


def test_classifier_separates_what_is_separable():
    generator = torch.Generator().manual_seed(0)
    classes = torch.randint(0, 3, (6000,), generator=generator)
    features = torch.nn.functional.one_hot(classes, 3).float() + 0.1 * torch.randn(6000, 3, generator=generator)
    unknown = classes.clone()
    unknown[:100] = -1
    head = fit_classifier(features, unknown, 3, 1e-2)
    assert float((head(features).argmax(dim=1) == classes).float().mean()) > 0.99


def test_mean_iou_counts_present_classes():
    truth = torch.tensor([0, 0, 0, 1, 1, -1])
    said = torch.tensor([0, 0, 1, 1, 2, 0])
    assert mean_iou(said, truth) == pytest.approx((2 / 3 + 1 / 3) / 2)
