"""Relocation against the integrals that define it, and what moves, grows and shakes."""

import dataclasses
import math

import pytest
import torch
from scipy.integrate import quad

from vantage.errors import UsageError
from vantage.fields import DistillSettings, GaussianField
from vantage.fields.densification import AbsgradSettings, Adam
from vantage.fields.quality import QualitySettings
from vantage.fields.quality.mcmc import MAX_COPIES, McmcSettings, McmcStrategy, corrected
from vantage.fields.rasterizer import rasterize
from vantage.geometry import matrix_from_quat_wxyz


def _field(n: int, *, seed: int = 0, opacity: float = 0.5) -> GaussianField:
    g = torch.Generator().manual_seed(seed)
    return GaussianField(
        means=torch.randn(n, 3, generator=g),
        log_scales=torch.randn(n, 3, generator=g) * 0.3 - 2,
        quats_wxyz=torch.randn(n, 4, generator=g),
        opacity_logits=torch.full((n,), math.log(opacity / (1 - opacity))),
        sh0=torch.randn(n, 1, 3, generator=g),
        sh_rest=torch.zeros(n, 0, 3),
    )


def _adam(field: GaussianField, rate: float = 1e-3) -> Adam:
    adam = Adam(field, dict.fromkeys(GaussianField.PARAMETERS, rate))
    loss = sum((getattr(field, name) ** 2).sum() for name in GaussianField.PARAMETERS)
    assert isinstance(loss, torch.Tensor)
    loss.backward()
    adam.optimizer.step()
    return adam


@pytest.mark.parametrize("opacity", [0.005, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("copies", [1, 2, 7, MAX_COPIES])
def test_copies_together_have_the_alpha_of_the_one(opacity, copies):
    # The two conditions that the correction solves: alpha in the middle, and its integral along a line.
    scales = torch.tensor([[0.2, 0.5, 1.0]])
    opacities, narrower = corrected(torch.tensor([opacity]), scales, torch.tensor([copies]))
    each, ratio = float(opacities), float(narrower[0, 0] / scales[0, 0])
    assert 1 - (1 - each) ** copies == pytest.approx(opacity, rel=1e-4)
    assert torch.allclose(narrower / scales, torch.full((1, 3), ratio))
    one = quad(lambda x: opacity * math.exp(-(x**2) / 2), -20, 20)[0]
    many = quad(lambda x: 1 - (1 - each * math.exp(-((x / ratio) ** 2) / 2)) ** copies, -20, 20, limit=200)[0]
    assert many == pytest.approx(one, rel=1e-4)


def test_a_copied_gaussian_looks_as_before():
    def image(copies: int) -> torch.Tensor:
        opacities, scales = corrected(
            torch.full((copies,), 0.8), torch.full((copies, 3), 0.1), torch.full((copies,), copies)
        )
        k = torch.tensor([[60.0, 0, 16], [0, 60.0, 16], [0, 0, 1]])
        quats = torch.tensor([[1.0, 0, 0, 0]]).expand(copies, 4)
        means, colors = torch.tensor([[0.0, 0.0, 2.0]]).expand(copies, 3), torch.ones(copies, 3)
        return rasterize(means, quats, scales, opacities, colors, torch.eye(4), k, 32, 32).alpha

    one = image(1)
    naive = 1 - (1 - one) ** 4  # four uncorrected copies
    for copies in (2, 4, 10):
        assert float((image(copies) - one).abs().mean()) < 0.15 * float((naive - one).abs().mean())


def test_dead_gaussians_move_onto_living_ones():
    field = _field(50)
    with torch.no_grad():
        field.opacity_logits[:20] = -8.0
    adam = _adam(field)
    means, alive = field.means.detach().clone(), field.opacities.detach() > 0.005
    assert int(alive.sum()) == 30
    strategy = McmcStrategy(McmcSettings(start=0, every=10, growth=1.0, noise=0.0), scene_scale=1.0)
    report = strategy.refine(10, adam, torch.Generator().manual_seed(3))
    assert report == {"moved": 20, "added": 0}
    assert len(field) == 50
    assert torch.equal(field.means.detach()[20:], means[20:])
    same = (field.means.detach()[:20, None] == means[None, 20:]).all(dim=-1)
    assert same.any(dim=1).all()
    assert float(field.opacities.detach().min()) >= 0.005
    moments = adam.optimizer.state[field.means]["exp_avg"]
    assert not moments[:20].any()
    # Living ones that nobody moved onto keep their momentum.
    untouched = ~same.any(dim=0)
    assert untouched.any() and moments[20:][untouched].any(dim=-1).all()
    assert not moments[20:][~untouched].any()


def test_growth_ends_at_the_cap():
    field = _field(100)
    adam = _adam(field)
    strategy = McmcStrategy(McmcSettings(start=0, every=1, growth=1.05, max_gaussians=117), scene_scale=1.0)
    counts = []
    for step in range(1, 8):
        strategy.refine(step, adam, torch.Generator().manual_seed(step))
        counts.append(len(field))
    assert counts == [105, 110, 115, 117, 117, 117, 117]
    assert all(len(getattr(field, name)) == 117 for name in GaussianField.PARAMETERS)


def test_noise_has_the_covariance_of_the_gaussian_and_spares_opaque_ones():
    n, rate = 20_000, 1e-3
    one = _field(1).tensors()
    field = GaussianField(**{name: t.expand(n, *t.shape[1:]).clone() for name, t in one.items()})
    with torch.no_grad():
        field.opacity_logits[:] = -12.0
    adam = Adam(field, dict.fromkeys(GaussianField.PARAMETERS, rate))
    strategy = McmcStrategy(McmcSettings(start=10**6, noise=100.0), scene_scale=1.0)
    before = field.means.detach().clone()
    strategy.refine(1, adam, torch.Generator().manual_seed(0))
    moved = (field.means.detach() - before).double()
    # noise = covariance times white noise, times rate and weight; so its covariance is the squared covariance.
    axes = matrix_from_quat_wxyz(field.quats_wxyz.detach()[:1])[0] * field.scales.detach()[0]
    covariance = (axes @ axes.T).double()
    free = 1 / (1 + math.exp(-100 * (0.005 - float(field.opacities.detach()[0]))))
    expected = (free * 100.0 * rate) ** 2 * covariance @ covariance
    found = moved.T @ moved / n
    assert torch.allclose(found, expected, atol=0.04 * float(expected.diagonal().max()))
    with torch.no_grad():
        field.opacity_logits[:] = 0.0
    before = field.means.detach().clone()
    strategy.refine(2, adam, torch.Generator().manual_seed(0))
    assert float((field.means.detach() - before).abs().max()) < 1e-12


def test_regularisers_are_means_without_units():
    field = _field(30, opacity=0.25)
    settings = McmcSettings(opacity_weight=2.0, scale_weight=3.0)
    loss = McmcStrategy(settings, scene_scale=4.0).loss(field)
    assert float(loss.detach()) == pytest.approx(2.0 * 0.25 + 3.0 * float(field.scales.detach().mean()) / 4.0, rel=1e-5)


def test_mcmc_and_absolute_gradients_exclude_each_other():
    with pytest.raises(UsageError, match="absgrad and mcmc"):
        QualitySettings(mcmc=McmcSettings(), absgrad=AbsgradSettings())
    with pytest.raises(UsageError, match="mcmc: only Gaussians"):
        DistillSettings(field="nerf", quality=QualitySettings(mcmc=McmcSettings()))


def test_switches_by_name():
    names = [field.name for field in dataclasses.fields(QualitySettings)]
    for name in names:
        quality = QualitySettings.named([name], max_gaussians=7)
        assert [n for n in names if getattr(quality, n)] == [name]
    assert QualitySettings.named(["mcmc"], max_gaussians=7).mcmc == McmcSettings(max_gaussians=7)
    with pytest.raises(UsageError, match="called sharpness; there are absgrad"):
        QualitySettings.named(["depth", "sharpness"], max_gaussians=7)
