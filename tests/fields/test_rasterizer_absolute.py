"""Absolute gradients of the projected means against one backward pass per pixel."""

import pytest
import torch

from fields.test_rasterizer import _intrinsics, _render, _scene
from vantage.fields.rasterizer import rasterize


@pytest.mark.parametrize("c", [3, 7, 20])
def test_absolute_gradients_are_those_of_single_pixels_summed(c):
    width, height = 19, 13
    scene = [t.float() for t in _scene(40, c, seed=23)]
    weight = torch.randn(height, width, c + 2, generator=torch.Generator().manual_seed(5))

    def losses(offset, absolute):
        arguments = [*scene[:5], scene[5], _intrinsics(width, height, torch.float32), width, height]
        out = rasterize(*arguments, means2d_offset=offset, background=scene[7], absolute_offset_gradient=absolute)
        return (torch.cat([out.channels, out.depth[..., None], out.alpha[..., None]], dim=-1) * weight).sum(dim=-1)

    offset = torch.zeros(40, 2, requires_grad=True)
    found = torch.autograd.grad(losses(offset, True).sum(), offset)[0]
    wanted = torch.zeros(40, 2)
    for pixel in range(width * height):
        wanted += torch.autograd.grad(losses(offset, False).reshape(-1)[pixel], offset)[0].abs()
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4 * float(wanted.max()))
    net = torch.autograd.grad(losses(offset, False).sum(), offset)[0]
    assert (found >= net.abs() - 1e-4 * found.max()).all()
    assert float(found.sum()) > 1.5 * float(net.abs().sum())


def test_absolute_gradients_leave_the_others_alone():
    scene = [t.float().requires_grad_() for t in _scene(200, 3, seed=24)]
    gradients = []
    for absolute in (False, True):
        out = _render(rasterize, scene, 40, 30, absolute_offset_gradient=absolute)
        gradients.append(torch.autograd.grad((out.channels**2).sum() + out.depth.sum(), scene))
    for place, (a, b) in enumerate(zip(*gradients)):
        assert torch.equal(a, b) == (place != 6)
