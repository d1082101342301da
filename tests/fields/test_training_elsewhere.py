"""Training on a GPU, as far as it shows without one: on a stand-in device, beside the same training on the CPU.

The stand-in refuses to mix places as CUDA does, so a training that runs there has every tensor where it belongs. What
it learns must be what the CPU's kernels learn, by way of the torch twins that serve a GPU.
"""

import dataclasses
import importlib

import pytest
import torch

from fields.nerf.conftest import SMALL
from fields.stand_in_device import ELSEWHERE, TensorElsewhere, stand_in_device
from fields.test_gsplat_backend import StandIn, install_gsplat
from vantage.fields import DensificationSettings, Distiller, DistillSettings, FeatureGaussianSettings, gaussians
from vantage.fields.quality import (
    DepthSettings,
    ExposureSettings,
    McmcSettings,
    PlateauSettings,
    QualitySettings,
)

STEPS = 8


@pytest.fixture
def elsewhere(monkeypatch):
    """A place that counts as a GPU, with a stand-in for gsplat; yields its name."""
    optimizer = importlib.import_module("torch.optim.optimizer")
    known = optimizer._get_fused_kernels_supported_devices
    monkeypatch.setattr(optimizer, known.__name__, lambda: [*known(), ELSEWHERE])
    monkeypatch.setattr(gaussians, "on_gpu", lambda tensor: tensor.device.type == ELSEWHERE)
    install_gsplat(monkeypatch, StandIn().rasterization, object())
    with stand_in_device():
        yield ELSEWHERE


GAUSSIANS = DistillSettings(
    steps=STEPS,
    start_gaussians=150,
    sh_degree=1,
    sh_every=2,
    semantic_points=64,
    densification=DensificationSettings(start=2, every=3, reset_every=5, grow_gradient=1e-5, max_gaussians=260),
)

SWITCHES = {
    "plain": GAUSSIANS,
    "features carried": dataclasses.replace(
        GAUSSIANS, semantics_kind="gaussians", feature_gaussians=FeatureGaussianSettings(width=8, decoder="3x3")
    ),
    "depth, exposure, plateau": dataclasses.replace(
        GAUSSIANS,
        quality=QualitySettings(
            depth=DepthSettings(), exposure=ExposureSettings(), plateau=PlateauSettings(views=2, every=4)
        ),
    ),
    "mcmc, antialiased": dataclasses.replace(
        GAUSSIANS,
        quality=QualitySettings(mcmc=McmcSettings(start=1, every=2, max_gaussians=200), antialiased=True),
    ),
}


@pytest.fixture
def nerf() -> DistillSettings:
    small = dataclasses.replace(SMALL.nerf, samples=2048, most_rays=256, refresh_every=4, camera_rate=1e-3)
    model = dataclasses.replace(small.model, appearance=2)
    return dataclasses.replace(SMALL, steps=STEPS, semantic_points=64, nerf=dataclasses.replace(small, model=model))


def _agree(capture, features, settings: DistillSettings, elsewhere: str) -> None:
    here = Distiller(capture, {"smooth": features}, settings)
    there = Distiller(capture, {"smooth": features}, settings, device=elsewhere)
    assert all(isinstance(p.data, TensorElsewhere) for p in there.field.parameters())
    for _ in range(STEPS):
        expected, found = here.train_step(), there.train_step()
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            assert found[name] == pytest.approx(value, rel=5e-3, abs=1e-4), (there.step, name)
    wanted, state = here.state_tensors(), there.state_tensors()
    assert not any(isinstance(tensor, TensorElsewhere) for tensor in state.values())
    assert {n: t.shape for n, t in state.items()} == {n: t.shape for n, t in wanted.items()}
    scene = there.scene()
    assert not any(isinstance(tensor, TensorElsewhere) for tensor in scene.field.tensors().values())
    camera = scene.cameras[0]
    pictures = [s.render_features(camera.camera, camera.world_from_camera, "smooth") for s in (here.scene(), scene)]
    for a, b in ((p.rgb, q.rgb) for p, q in [(pictures[0][0], pictures[1][0])]):
        assert float((a - b).abs().mean()) < 1e-3
    assert float((pictures[0][1] - pictures[1][1]).abs().mean()) < 1e-2
    # A checkpoint of one place is resumed in the other.
    for device in ("cpu", elsewhere):
        again = Distiller(capture, {"smooth": features}, settings, device=device)
        again.load_state_tensors(state, STEPS)
        for name, tensor in again.state_tensors().items():
            assert torch.equal(tensor, state[name]), name
        again.train_step()


@pytest.mark.parametrize("name", SWITCHES)
def test_gaussians_train_elsewhere_as_on_the_cpu(cube_capture, cube_features, elsewhere, name):
    _agree(cube_capture, cube_features, SWITCHES[name], elsewhere)


@pytest.mark.parametrize("depth", [True, False])
def test_a_nerf_trains_elsewhere_as_on_the_cpu(cube_capture, cube_features, elsewhere, nerf, depth):
    views = [view if depth else dataclasses.replace(view, depth=None) for view in cube_capture]
    sources = tuple(
        dataclasses.replace(source, read=lambda view=view: view)
        for source, view in zip(cube_capture.sources, views, strict=True)
    )
    _agree(dataclasses.replace(cube_capture, sources=sources), cube_features, nerf, elsewhere)


def test_the_stand_in_refuses_what_a_gpu_refuses(elsewhere):
    there = torch.ones(3, device=elsewhere)
    with pytest.raises(RuntimeError, match="in one place"):
        there + torch.ones(3)
    with pytest.raises(RuntimeError, match="in one place"):
        there[torch.tensor([0, 2])]
    with pytest.raises(RuntimeError, match="generator"):
        torch.rand(3, device=elsewhere, generator=torch.Generator())
    with pytest.raises(TypeError, match="numpy"):
        there.numpy()
    assert there.cpu().tolist() == [1.0, 1.0, 1.0] and float((there + torch.tensor(1.0)).sum()) == 6.0
