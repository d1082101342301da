"""Metrics against scikit-image and scipy, and their refusal to make numbers out of nothing."""

import math

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from vantage.errors import DataError
from vantage.metrics import Metric, psnr_db, ssim


def pair(height=40, width=53, channels=3, noise=0.1, dtype=torch.float64):
    generator = torch.Generator().manual_seed(height * width)
    # Smooth structure under the noise, so that all three terms of SSIM take part.
    v, u = torch.meshgrid(torch.linspace(0, 5, height), torch.linspace(0, 7, width), indexing="ij")
    base = (0.5 + 0.3 * torch.sin(u) * torch.cos(v))[..., None].expand(height, width, channels)
    a = (base + 0.05 * torch.randn(height, width, channels, generator=generator)).clamp(0, 1)
    b = (a + noise * torch.randn(height, width, channels, generator=generator)).clamp(0, 1)
    return a.to(dtype), b.to(dtype)


@pytest.mark.parametrize("size", [(11, 11), (11, 30), (40, 53), (96, 64)])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("noise", [0.0, 0.03, 0.3])
def test_ssim_agrees_with_scikit_image(size, channels, noise):
    a, b = pair(*size, channels, noise)
    expected = structural_similarity(
        a.numpy(),
        b.numpy(),
        channel_axis=2,
        data_range=1.0,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert float(ssim(a, b)) == pytest.approx(float(expected), abs=1e-10)


def test_ssim_in_float32_is_close_to_float64():
    a, b = pair()
    assert float(ssim(a.float(), b.float())) == pytest.approx(float(ssim(a, b)), abs=1e-5)


def test_ssim_gradients_agree_with_finite_differences():
    a, b = pair(13, 12, 2)
    assert torch.autograd.gradcheck(ssim, (a.requires_grad_(), b.requires_grad_()))


def test_ssim_of_equal_images_is_one_and_its_gradient_vanishes():
    a, _ = pair()
    a.requires_grad_()
    value = ssim(a, a.detach())
    value.backward()
    assert float(value.detach()) == pytest.approx(1)
    assert float(a.grad.abs().max()) < 1e-12


def test_psnr_agrees_with_scikit_image():
    a, b = pair()
    expected = peak_signal_noise_ratio(a.numpy(), b.numpy(), data_range=1.0)
    assert float(psnr_db(a, b)) == pytest.approx(expected)
    assert float(psnr_db(a, a)) == math.inf
    # A difference of 0.1 everywhere is 20 dB.
    assert float(psnr_db(torch.zeros(4, 4, 3), torch.full((4, 4, 3), 0.1))) == pytest.approx(20, abs=1e-4)


def test_images_that_cannot_be_compared_are_refused():
    with pytest.raises(DataError, match="11x11"):
        ssim(torch.zeros(10, 40, 3), torch.zeros(10, 40, 3))
    with pytest.raises(DataError, match="cannot be compared"):
        ssim(torch.zeros(20, 40, 3), torch.zeros(40, 20, 3))


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_mean_and_interval_agree_with_scipy(samples):
    metric = Metric.of(samples)
    assert metric.n == len(samples)
    assert metric.value == pytest.approx(np.mean(samples), abs=1e-9)
    error = scipy.stats.sem(samples)
    if error > 1e-9:
        expected = scipy.stats.t.interval(0.95, len(samples) - 1, loc=np.mean(samples), scale=error)
        assert metric.ci95 == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(st.integers(2, 200), st.floats(0, 1))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_share_agrees_with_scipys_wilson_interval(n, fraction):
    successes = round(fraction * n)
    metric = Metric.share(successes, n)
    expected = scipy.stats.binomtest(successes, n).proportion_ci(0.95, method="wilson")
    assert metric.value == successes / n
    assert metric.ci95 == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= metric.ci95[0] <= metric.value <= metric.ci95[1] <= 1


def test_no_samples_give_null_never_zero():
    for metric in (Metric.of([]), Metric.share(0, 0)):
        assert metric.to_json() == {"value": None, "n": 0, "ci95": None}


def test_one_sample_has_no_interval():
    assert Metric.of([0.5]) == Metric(0.5, 1, None)
    assert Metric.share(1, 1) == Metric(1.0, 1, None)


def test_values_that_are_no_measurement_are_refused():
    with pytest.raises(DataError, match="1 of 2 samples"):
        Metric.of([1.0, math.nan])
    with pytest.raises(DataError, match="3 successes among 2"):
        Metric.share(3, 2)


def test_json_round_trip():
    for metric in (Metric.of([1.0, 2.0, 4.0]), Metric.of([1.0]), Metric.of([])):
        assert Metric.from_json(metric.to_json()) == metric
