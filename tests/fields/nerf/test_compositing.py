import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from vantage.fields.nerf.compositing import (
    composite,
    composite_reference,
    visible_samples,
    visible_samples_reference,
)


def _samples(seed: int = 0, counts: tuple[int, ...] = (5, 0, 1, 17, 0)) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return densities, lengths, values and starts of rays with these numbers of samples."""
    generator = torch.Generator().manual_seed(seed)
    total = sum(counts)
    densities = torch.rand(total, generator=generator) * 4
    # Clear, and so thick that nothing passes: where a division by what passes would break.
    densities[0], densities[3] = 0.0, 1e6
    starts = torch.tensor([0, *counts]).cumsum(0)
    lengths = torch.rand(total, generator=generator) * 0.5 + 0.01
    return densities, lengths, torch.randn(total, 4, generator=generator), starts


def test_kernels_match_the_torch_twin_in_value_and_gradient():
    densities, lengths, values, starts = _samples()
    weights = torch.randn(len(starts) - 1, 5, generator=torch.Generator().manual_seed(9))
    results = []
    for blend in (composite, composite_reference):
        d, v = densities.clone().requires_grad_(), values.clone().requires_grad_()
        out = blend(d, lengths, v, starts)
        (torch.cat([out.values, out.alpha[:, None]], dim=-1) * weights).sum().backward()
        assert d.grad is not None and v.grad is not None
        results.append((out.values.detach(), out.alpha.detach(), out.weights, d.grad, v.grad))
    for kernel, twin in zip(*results, strict=True):
        torch.testing.assert_close(kernel, twin, rtol=1e-5, atol=1e-6)


def test_twin_passes_gradcheck_in_float64():
    densities, lengths, values, starts = _samples(counts=(3, 0, 2))
    densities = densities.double().clamp(0.1, 3).requires_grad_()
    values = values.double().requires_grad_()

    def blend(d: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        out = composite_reference(d, lengths.double(), v, starts)
        return out.values, out.alpha

    assert torch.autograd.gradcheck(blend, (densities, values))


@pytest.mark.parametrize("density", [0.0, 0.3, 5.0, 200.0])
def test_a_slab_of_constant_density_is_as_opaque_as_beer_and_lambert_say(density: float):
    """Opacity 1 - exp(-density * thickness), however the ray is cut; the depth integral has a closed form too."""
    thickness, count, near = 2.0, 4000, 1.5
    length = thickness / count
    distances = near + (torch.arange(count) + 0.5) * length
    starts = torch.tensor([0, count])
    values = torch.stack([torch.full((count,), 0.7), distances], dim=-1)
    out = composite(torch.full((count,), density), torch.full((count,), length), values, starts)
    alpha = 1 - math.exp(-density * thickness)
    assert float(out.alpha) == pytest.approx(alpha, abs=1e-4)
    assert float(out.values[0, 0]) == pytest.approx(0.7 * alpha, abs=1e-4)
    # The integral of t * density * exp(-density * (t - near)) over the slab.
    depth = 0.0
    if density > 0:
        depth = near + 1 / density - (near + thickness + 1 / density) * math.exp(-density * thickness)
    assert float(out.values[0, 1]) == pytest.approx(depth, abs=2e-3)


@given(st.integers(0, 10_000))
def test_weights_are_shares_of_the_light(seed: int):
    densities, lengths, values, starts = _samples(seed)
    out = composite(densities, lengths, values, starts)
    assert bool((out.weights >= 0).all()) and bool((out.alpha <= 1 + 1e-5).all())
    for ray in range(len(starts) - 1):
        own = out.weights[starts[ray] : starts[ray + 1]]
        assert float(own.sum()) == pytest.approx(float(out.alpha[ray]), abs=1e-5)


def test_visible_samples_are_those_that_light_reaches_and_that_stop_some():
    densities, lengths, _, starts = _samples()
    limits = {"min_light": 0.2, "min_alpha": 0.3}
    visible, kept_starts = visible_samples(densities, lengths, starts, **limits)
    twin, twin_starts = visible_samples_reference(densities, lengths, starts, **limits)
    assert torch.equal(visible, twin) and torch.equal(kept_starts, twin_starts)
    expected = []
    for ray in range(len(starts) - 1):
        light = 1.0
        for sample in range(int(starts[ray]), int(starts[ray + 1])):
            thickness = float(densities[sample] * lengths[sample])
            expected.append(light > 0.2 and thickness > 0.3)
            light *= math.exp(-thickness)
    assert visible.tolist() == expected
    assert 0 < sum(expected) < len(expected)
    assert kept_starts.diff().tolist() == [sum(expected[a:b]) for a, b in itertools.pairwise(starts.tolist())]
