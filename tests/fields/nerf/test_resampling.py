"""Placing a ray's samples anew: what must stay, and where the new ones go."""

import pytest
import torch

from vantage.fields.contraction import contract
from vantage.fields.initialization import Bounds
from vantage.fields.nerf.compositing import composite, median_distances
from vantage.fields.nerf.marching import Samples
from vantage.fields.nerf.rays import Rays
from vantage.fields.nerf.resampling import EVERYWHERE, resample

BOUNDS = Bounds(centre=(0.0, 0.0, 0.0), half_extent=2.0)
MOST = 16


def _rays(count: int) -> Rays:
    generator = torch.Generator().manual_seed(0)
    directions = torch.nn.functional.normalize(torch.randn(count, 3, generator=generator), dim=-1)
    return Rays(
        origins=0.1 * torch.randn(count, 3, generator=generator),
        directions=directions,
        depth_per_metre=torch.ones(count),
        ends=torch.full((count,), torch.inf),
    )


def _samples(rays: Rays, counts: list[int], jitter: torch.Tensor) -> Samples:
    """Intervals of random lengths with gaps between them, and the samples that lie `jitter` into them."""
    generator = torch.Generator().manual_seed(1)
    owners = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    lengths = 0.02 + 0.05 * torch.rand(len(owners), generator=generator)
    gaps = 0.03 * torch.rand(len(owners), generator=generator) * (torch.rand(len(owners), generator=generator) < 0.3)
    ends = torch.cat([(lengths + gaps)[owners == i].cumsum(0) for i in range(len(counts))])
    distances = ends - lengths + jitter[owners] * lengths
    return Samples(
        starts=torch.tensor([0, *torch.tensor(counts).cumsum(0).tolist()]),
        rays=owners,
        distances=distances,
        lengths=lengths,
        points=contract(rays.origins[owners] + distances[:, None] * rays.directions[owners], BOUNDS),
    )


COUNTS = [40, 3, 0, 16, 17, 90, 0, 1]


@pytest.fixture
def many() -> tuple[Rays, Samples, torch.Tensor]:
    rays, jitter = _rays(len(COUNTS)), torch.linspace(0.1, 0.9, len(COUNTS))
    return rays, _samples(rays, COUNTS, jitter), jitter


def _begins(samples: Samples, jitter: torch.Tensor) -> torch.Tensor:
    return samples.distances - jitter[samples.rays] * samples.lengths


def test_rays_with_few_samples_keep_them_and_the_others_get_so_many(many):
    rays, samples, jitter = many
    found = resample(samples, torch.rand(len(samples)), rays, BOUNDS, jitter, most=MOST)
    assert found.starts.diff().tolist() == [16, 3, 0, 16, 16, 16, 0, 1]
    assert torch.equal(found.rays, torch.arange(len(COUNTS)).repeat_interleave(found.starts.diff()))
    for ray in (1, 3, 7):
        for name in ("distances", "lengths", "points"):
            assert torch.equal(getattr(found, name)[found.rays == ray], getattr(samples, name)[samples.rays == ray])


def test_the_new_samples_share_out_the_old_intervals_in_order_without_their_gaps(many):
    rays, samples, jitter = many
    weights = torch.rand(len(samples), generator=torch.Generator().manual_seed(2)) ** 4
    found = resample(samples, weights, rays, BOUNDS, jitter, most=MOST)
    begins = _begins(samples, jitter)
    for ray in (0, 4, 5):
        old, new = samples.rays == ray, found.rays == ray
        assert float(found.lengths[new].sum()) == pytest.approx(float(samples.lengths[old].sum()), rel=1e-5)
        assert bool((found.distances[new].diff() > 0).all())
        inside = (found.distances[new][:, None] >= begins[old] - 1e-5) & (
            found.distances[new][:, None] <= begins[old] + samples.lengths[old] + 1e-5
        )
        assert bool(inside.any(dim=1).all())
    world = rays.origins[found.rays] + found.distances[:, None] * rays.directions[found.rays]
    torch.testing.assert_close(found.points, contract(world, BOUNDS), atol=1e-5, rtol=0)


def test_they_go_where_the_light_is_and_a_few_go_everywhere(many):
    rays, samples, jitter = many
    weights = torch.zeros(len(samples))
    bright = 40 + 3 + 16 + 17 + 30  # the 31st interval of the ray that has 90
    weights[bright] = 0.7
    found = resample(samples, weights, rays, BOUNDS, jitter, most=MOST)
    begin = float(_begins(samples, jitter)[bright])
    own = found.distances[found.rays == 5]
    near = (own >= begin - 1e-5) & (own <= begin + float(samples.lengths[bright]) + 1e-5)
    assert int(near.sum()) >= (1 - EVERYWHERE) * MOST - 2
    assert not bool(near.all())
    # Without any light they are spread evenly over the intervals.
    even = resample(samples, torch.zeros(len(samples)), rays, BOUNDS, jitter, most=MOST)
    lengths = even.lengths[even.rays == 5]
    assert float(lengths.max() / lengths.min()) == pytest.approx(1, abs=1e-3)


def test_an_even_fog_keeps_its_opacity_and_colour(many):
    rays, samples, jitter = many
    density = 1.3

    def seen(of: Samples) -> torch.Tensor:
        blended = composite(torch.full((len(of),), density), of.lengths, of.distances[:, None], of.starts)
        return torch.cat([blended.values, blended.alpha[:, None]], dim=1)

    weights = composite(torch.full((len(samples),), density), samples.lengths, samples.lengths[:, None], samples.starts)
    found = seen(resample(samples, weights.weights, rays, BOUNDS, jitter, most=MOST))
    torch.testing.assert_close(found[:, 1], seen(samples)[:, 1], atol=1e-5, rtol=0)
    torch.testing.assert_close(found[:, 0], seen(samples)[:, 0], atol=0.05, rtol=0)


def test_the_middle_of_a_ray_s_light():
    starts = torch.tensor([0, 4, 4, 6])
    weights = torch.tensor([0.1, 0.2, 0.4, 0.1, 0.0, 0.0])
    distances = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert median_distances(weights, distances, starts).tolist() == [3.0, 0.0, 0.0]
