"""Asking a field along rays no farther than light reaches: the first few samples of every ray, then the next few."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vantage.fields.nerf.marching import Samples

WAVE = 3
"""Samples of a ray that are asked at first; each time that light is left after them the next wave is longer, since few
rays are left and each wave costs the same to set up."""


class Asked(NamedTuple):
    """What a field answered at samples; those that light never reaches were not asked."""

    encoded: Float[Tensor, "n width"]
    """Anything at samples that were not asked."""
    densities: Float[Tensor, " n"]
    """Per metre; 0 at samples that were not asked."""
    asked: Bool[Tensor, " n"]


@torch.no_grad()
def ask_in_waves(
    samples: Samples,
    ask: Callable[[Float[Tensor, "n 3"]], tuple[Float[Tensor, "n width"], Float[Tensor, " n"]]],
    *,
    width: int,
    min_light: float,
) -> Asked:
    """Ask for encodings (`width` numbers) and densities at samples that more than `min_light` of the light may reach.

    With a `min_light` of 0 all are asked. Half of what a march finds in a room's open cells lies behind its surfaces.
    """
    points, counts = samples.points, samples.starts.diff()
    dark = -math.log(min_light) if min_light > 0 else math.inf
    encoded = points.new_empty(len(points), width)
    densities = points.new_zeros(len(points))
    asked = torch.zeros(len(points), dtype=torch.bool, device=points.device)
    thickness = points.new_zeros(len(counts))
    lit, first = counts.nonzero()[:, 0], 0
    while len(lit) > 0:
        last = 2 * first + WAVE
        within = torch.arange(first, last, device=points.device)
        wave = (samples.starts[lit][:, None] + within)[within < counts[lit][:, None]]
        encoded[wave], densities[wave] = ask(points[wave])
        asked[wave] = True
        thickness.index_add_(0, samples.rays[wave], densities[wave] * samples.lengths[wave])
        lit, first = lit[(thickness[lit] < dark) & (counts[lit] > last)], last
    return Asked(encoded, densities, asked)
