"""Exposure maps: known gains of photographs are found, the mean map stays the identity, and fitting has an oracle."""

import dataclasses

import numpy as np
import pytest
import torch

from vantage.captures import Capture, View, ViewSource
from vantage.fields import Distiller, DistillSettings
from vantage.fields.quality import ExposureSettings, QualitySettings, best_affine
from vantage.fields.quality.exposure import ExposureModel
from vantage.metrics import psnr_db


def test_maps_count_from_their_own_mean():
    model = ExposureModel(ExposureSettings(), images=(3, 5, 8))
    g = torch.Generator().manual_seed(0)
    for step in range(30):
        image = (3, 5, 8)[step % 3]
        rgb = torch.rand(4, 5, 3, generator=g)
        ((model.apply(rgb, image) - (0.5 + 0.1 * image) * rgb) ** 2).sum().backward()
        model.update(step / 30)
    mean = torch.stack([model.map(i) for i in (3, 5, 8)]).mean(dim=0)
    assert torch.allclose(mean, torch.eye(3, 4), atol=1e-6)
    assert float(model.map(8)[0, 0]) > float(model.map(5)[0, 0]) > float(model.map(3)[0, 0])


def test_an_image_stays_as_it_is_until_its_turn():
    model = ExposureModel(ExposureSettings(), images=(0, 1))
    model.apply(torch.rand(3, 3, 3), 0).sum().backward()
    model.update(0.0)
    before = model.changes[1].clone()
    for _ in range(3):
        model.update(0.0)  # nothing was rendered in between
    assert torch.equal(model.changes[1], before) and not before.any()
    # The first step of Adam has the size of the rate, whatever the gradient.
    assert torch.allclose(model.changes[0].abs(), torch.full((3, 4), 0.01), atol=1e-6)


def test_the_steps_are_those_of_torchs_adam():
    model = ExposureModel(ExposureSettings(rate=0.02, rate_end=0.02), images=(7,))
    twin = torch.zeros(3, 4, requires_grad=True)
    adam = torch.optim.Adam([twin], lr=0.02, eps=1e-15)
    g = torch.Generator().manual_seed(1)
    for _ in range(10):
        gradient = torch.randn(3, 4, generator=g)
        model.apply(torch.ones(1, 1, 3), 7)
        assert model._leaf is not None
        model._leaf[1].grad = gradient
        model.update(0.3)
        twin.grad = gradient
        adam.step()
    assert torch.allclose(model.changes[0], twin.detach(), atol=1e-6)


def test_best_affine_undoes_any_affine_change():
    g = torch.Generator().manual_seed(2)
    image = torch.rand(12, 10, 3, generator=g)
    mixed = image @ torch.tensor([[0.7, 0.1, 0.0], [0.0, 1.2, 0.1], [0.2, 0.0, 0.9]]) + torch.tensor([0.1, -0.1, 0.05])
    assert torch.allclose(best_affine(mixed, image), image, atol=1e-5)
    # No other map comes closer: a rendering of one colour is best shown as the mean.
    flat = best_affine(torch.full((12, 10, 3), 0.4), image)
    assert torch.allclose(flat, image.mean(dim=(0, 1)).expand_as(flat), atol=1e-5)


def _with_exposures(capture: Capture, gains: np.ndarray) -> Capture:
    """The same views, each training photograph times a gain of its own."""

    def read(index: int) -> View:
        view = capture[index]
        gain = 1.0 if index in capture.test_indices else gains[index]
        return dataclasses.replace(view, image=(view.image * np.float32(gain)))

    sources = tuple(
        ViewSource(name=s.name, camera=s.camera, world_from_camera=s.world_from_camera, read=lambda i=i: read(i))
        for i, s in enumerate(capture.sources)
    )
    return dataclasses.replace(capture, sources=sources)


@pytest.mark.parametrize("seed", [0])
def test_compensation_recovers_gains_and_helps_held_out_views(cube_capture: Capture, seed: int):
    gains = np.random.default_rng(seed).uniform(0.7, 1.2, len(cube_capture))
    gains[list(cube_capture.train_indices)] /= gains[list(cube_capture.train_indices)].mean()
    capture = _with_exposures(cube_capture, gains)
    scores = {}
    for name, exposure in (("off", None), ("on", ExposureSettings(rate=0.05))):
        settings = DistillSettings(
            steps=120, start_gaussians=800, sh_degree=0, quality=QualitySettings(exposure=exposure)
        )
        distiller = Distiller(capture, {}, settings)
        while distiller.step < settings.steps:
            distiller.train_step()
        scene = distiller.scene()
        values = []
        for index in capture.test_indices:
            view = capture[index]
            rendering = scene.render(view.camera, view.world_from_camera)
            values.append(float(psnr_db(rendering.rgb.clamp(0, 1), torch.from_numpy(view.image))))
        scores[name] = np.mean(values)
    assert scores["on"] > scores["off"] + 1
    model = distiller.trainer.exposure  # pyright: ignore[reportAttributeAccessIssue]
    found = [float(model.map(i)[:, :3].sum() / 3) for i in capture.train_indices]
    assert np.corrcoef(found, gains[list(capture.train_indices)])[0, 1] > 0.9
