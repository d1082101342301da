"""The rasterizer's anti-aliased mode against its torch twin, finite differences and the light that it should keep."""

import pytest
import torch

from fields.test_rasterizer import _assert_twins_agree, _render, _scene
from vantage.fields.rasterizer import rasterize, rasterize_reference


@pytest.mark.parametrize("c", [3, 20])
def test_antialiased_values_and_gradients_equal_the_twins(c):
    # Down to a thousandth of a metre 3 m away: a hundredth of a pixel, where the compensation is nearly zero.
    scene = _scene(250, c, seed=21)
    scene[2] = scene[2] * torch.logspace(-2, 0, 250, dtype=torch.float64)[:, None]
    _assert_twins_agree(scene, 50, 37, antialiased=True)


def test_antialiased_twin_passes_gradcheck():
    scene = [t.requires_grad_() for t in _scene(5, 2, seed=7, size=0.4)]

    def outputs(*leaves):
        out = _render(rasterize_reference, leaves, 6, 5, antialiased=True)
        return out.channels, out.depth, out.alpha

    assert torch.autograd.gradcheck(outputs, scene, eps=1e-7, atol=1e-4)


@pytest.mark.parametrize("sigma", [0.3, 0.03, 0.02])
def test_antialiased_light_does_not_depend_on_the_low_pass(sigma):
    # The light of a Gaussian that is all in view: opacity times 2 pi sqrt(det) of its own covariance on the screen.
    f, z, size, opacity = 40.0, 2.0, 96, 0.9
    k = torch.tensor([[f, 0, size / 2], [0, f, size / 2], [0, 0, 1]])
    tensors = [torch.tensor([[0.0, 0.0, z]]), torch.tensor([[1.0, 0, 0, 0]]), torch.full((1, 3), sigma)]
    tensors += [torch.tensor([opacity]), torch.ones(1, 1), torch.eye(4)]
    light = opacity * 2 * torch.pi * (f / z * sigma) ** 2
    # What lies below alpha 1/255 is cut off: that share of the light.
    variance = (f / z * sigma) ** 2
    peak = opacity * variance / (variance + 0.3)
    kept = max(0.0, 1 - 1 / 255 / peak)
    total = float(rasterize(*tensors, k, size, size, antialiased=True).alpha.sum())
    assert total == pytest.approx(light * kept, rel=0.04)
    blurred = float(rasterize(*tensors, k, size, size).alpha.sum())
    assert blurred > (1 + 0.1 / variance) * total
