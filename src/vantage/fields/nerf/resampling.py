"""Where a ray's light may come from many places: fewer samples, placed where most of it comes from.

Without depth a NeRF begins as a thin fog everywhere. To ask the density of hundreds of intervals is cheap, to colour
them and carry gradients back is not: as in NeRF's hierarchical sampling (Mildenhall et al., 2020, section 5.2), the
field's own densities say where a few samples are worth it.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from vantage.fields.contraction import contract
from vantage.fields.initialization import Bounds
from vantage.fields.nerf.marching import Samples
from vantage.fields.nerf.rays import Rays

EVERYWHERE = 0.1
"""Share of a ray's samples that is spread over all its intervals: what the densities deny can still be found."""


@torch.no_grad()
def resample(
    samples: Samples,
    weights: Float[Tensor, " n"],
    rays: Rays,
    bounds: Bounds,
    jitter: Float[Tensor, " r"],
    *,
    most: int,
) -> Samples:
    """Return `most` samples in place of those of each ray that has more; the other rays keep theirs.

    The new ones share out the intervals of the old ones, without the gaps between them: each gets as much of the light
    (`weights`) as the next, and is asked `jitter` (0 to 1) into its part.
    """
    counts = samples.starts.diff()
    many = counts > most
    chosen = many[samples.rays].nonzero()[:, 0]
    if len(chosen) == 0:
        return samples
    crowded = many.nonzero()[:, 0]
    intervals = _Intervals(samples, weights, chosen, crowded)
    edges = intervals.after_light(torch.linspace(0, 1, most + 1, dtype=torch.float64, device=chosen.device))
    lengths = edges.diff(dim=1)
    places = edges[:, :-1] + jitter[crowded].double()[:, None] * lengths
    distances = intervals.at(places, jitter).float().reshape(-1)
    owners = crowded.repeat_interleave(most)
    points = contract(rays.origins.detach()[owners] + distances[:, None] * rays.directions.detach()[owners], bounds)
    kept = (~many[samples.rays]).nonzero()[:, 0]
    order = torch.argsort(torch.cat([samples.rays[kept], owners]), stable=True)
    return Samples(
        starts=torch.cat([samples.starts[:1], torch.where(many, most, counts).cumsum(0)]),
        rays=torch.cat([samples.rays[kept], owners])[order],
        distances=torch.cat([samples.distances[kept], distances])[order],
        lengths=torch.cat([samples.lengths[kept], lengths.float().reshape(-1)])[order],
        points=torch.cat([samples.points[kept], points])[order],
    )


class _Intervals:
    """The intervals of the rays that have too many, laid end to end; double precision, since sums run over all rays."""

    def __init__(
        self,
        samples: Samples,
        weights: Float[Tensor, " n"],
        chosen: Int[Tensor, " m"],
        crowded: Int[Tensor, " k"],
    ) -> None:
        number = torch.zeros_like(samples.starts[:-1])
        number[crowded] = torch.arange(len(crowded), device=crowded.device)
        self.samples, self.chosen = samples, chosen
        self.ray = number[samples.rays[chosen]]
        self.length = samples.lengths[chosen].double()
        self.ends = self.length.cumsum(0)
        weight = weights[chosen].double()
        even = self.length / self._total(self.length)
        share = (1 - EVERYWHERE) * weight / self._total(weight).clamp_min(1e-12) + EVERYWHERE * even
        self.share = share / self._total(share)
        counts = torch.bincount(self.ray, minlength=len(crowded))
        self.last = counts.cumsum(0)[:, None] - 1
        self.first = self.last + 1 - counts[:, None]
        through = self.share.cumsum(0)
        before = (through - self.share)[self.first[:, 0]]
        # Ray i's light is counted from i to i + 1, so that one search serves all rays.
        self.light = self.ray + (through - before[self.ray]).clamp(0, 1)

    def _total(self, values: Tensor) -> Tensor:
        """Return each interval's ray's sum of values."""
        sums = values.new_zeros(int(self.ray[-1]) + 1).index_add(0, self.ray, values)
        return sums[self.ray]

    def _own(self, found: Tensor) -> Tensor:
        """Keep numbers of intervals within those of their row's ray."""
        return torch.minimum(torch.maximum(found, self.first), self.last)

    def after_light(self, shares: Float[Tensor, " e"]) -> Tensor:
        """Return how far along the intervals each ray has had these shares (0 to 1) of its light, (k, e)."""
        wanted = torch.arange(len(self.first), device=shares.device)[:, None] + shares
        at = self._own(torch.searchsorted(self.light, wanted))
        part = (wanted - (self.light[at] - self.share[at])) / self.share[at].clamp_min(1e-15)
        return self.ends[at] - (1 - part.clamp(0, 1)) * self.length[at]

    def at(self, places: Tensor, jitter: Float[Tensor, " r"]) -> Tensor:
        """Return the metres along the rays of places along the intervals, (k, m) both."""
        at = self._own(torch.searchsorted(self.ends, places))
        old = self.chosen[at]
        # A sample lies `jitter` into its interval.
        begins = self.samples.distances[old] - jitter[self.samples.rays[old]] * self.samples.lengths[old]
        return begins + (places - (self.ends[at] - self.length[at]))
