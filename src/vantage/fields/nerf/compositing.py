"""Volume rendering: densities and values of samples along rays become one value per ray (Max, 1995; NeRF, eq. 3)."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from vantage.fields.nerf import compositing_kernels as kernels
from vantage.fields.rasterizer.threads import count_parts, run_parts


class Composited(NamedTuple):
    """What samples add up to along their rays."""

    values: Float[Tensor, "r c"]
    """Sum of weighted values."""
    alpha: Float[Tensor, " r"]
    """Sum of weights: the ray's opacity in [0, 1]."""
    weights: Float[Tensor, " n"]
    """Each sample's weight, without gradient."""


def composite(
    densities: Float[Tensor, " n"],
    lengths: Float[Tensor, " n"],
    values: Float[Tensor, "n c"],
    starts: Int[Tensor, " r1"],
) -> Composited:
    """Blend samples front to back; ray i owns the samples from `starts[i]` to `starts[i + 1]`, nearest first.

    Densities are per metre and not negative, lengths in metres. Gradients reach densities and values.
    """
    if densities.device.type == "cpu":
        out, weights = _Composite.apply(densities, lengths, values, starts)
        return Composited(out[:, :-1], out[:, -1], weights)
    return composite_reference(densities, lengths, values, starts)


def composite_reference(
    densities: Float[Tensor, " n"],
    lengths: Float[Tensor, " n"],
    values: Float[Tensor, "n c"],
    starts: Int[Tensor, " r1"],
) -> Composited:
    """Blend as `composite` does, in plain torch: the kernels' oracle, and the path on a GPU."""
    thickness = densities * lengths
    counts = starts.diff()
    ray = torch.repeat_interleave(torch.arange(len(counts), device=counts.device), counts)
    before = _thickness_before(thickness, starts, ray)
    weights = torch.exp(-before) * (1 - torch.exp(-thickness))
    sums = values.new_zeros(len(counts), values.shape[1]).index_add(0, ray, weights[:, None] * values)
    return Composited(sums, weights.new_zeros(len(counts)).index_add(0, ray, weights), weights.detach())


def _thickness_before(thickness: Tensor, starts: Tensor, ray: Tensor) -> Tensor:
    """Return the optical thickness between each ray's origin and each of its samples."""
    # One running sum over all rays would lose the small differences of the last ones in single precision.
    total = torch.cumsum(thickness.double(), dim=0)
    exclusive = total - thickness
    at_start = torch.cat([exclusive, exclusive.new_zeros(1)])[starts[:-1].clamp_max(len(thickness))]
    return (exclusive - at_start[ray]).to(thickness.dtype)


@torch.no_grad()
def median_distances(
    weights: Float[Tensor, " n"], distances: Float[Tensor, " n"], starts: Int[Tensor, " r1"]
) -> Float[Tensor, " r"]:
    """Return where along each ray half of its light has come: the distance of that sample, 0 for rays without light."""
    counts = starts.diff()
    ray = torch.repeat_interleave(torch.arange(len(counts), device=counts.device), counts)
    total = weights.new_zeros(len(counts)).index_add(0, ray, weights)
    through = torch.cat([weights.new_zeros(1, dtype=torch.float64), weights.double().cumsum(0)])
    half = (through[1:] - through[starts[:-1]][ray]) >= 0.5 * total[ray].double()
    found = torch.full_like(total, torch.inf).scatter_reduce(0, ray[half], distances[half], "amin")
    return torch.where((total > 0) & found.isfinite(), found, 0.0)


def visible_samples(
    densities: Float[Tensor, " n"],
    lengths: Float[Tensor, " n"],
    starts: Int[Tensor, " r1"],
    *,
    min_light: float,
    min_alpha: float,
) -> tuple[Bool[Tensor, " n"], Int[Tensor, " r1"]]:
    """Return which samples matter, and where each ray's start once the others are left out.

    A sample matters if more than `min_light` of the ray's light reaches it and it is thicker than `min_alpha`.
    """
    if densities.device.type != "cpu":
        return visible_samples_reference(densities, lengths, starts, min_light=min_light, min_alpha=min_alpha)
    visible, counts = torch.empty(len(densities), dtype=torch.bool), torch.empty(len(starts) - 1, dtype=torch.int64)
    thick, long, begin = (t.detach().contiguous().numpy() for t in (densities, lengths, starts))
    kernels.mark_visible(thick, long, begin, min_light, min_alpha, visible.numpy(), counts.numpy())
    return visible, torch.cat([counts.new_zeros(1), counts.cumsum(0)])


def visible_samples_reference(
    densities: Float[Tensor, " n"],
    lengths: Float[Tensor, " n"],
    starts: Int[Tensor, " r1"],
    *,
    min_light: float,
    min_alpha: float,
) -> tuple[Bool[Tensor, " n"], Int[Tensor, " r1"]]:
    """Choose as `visible_samples` does, in plain torch: the kernel's oracle, and the path on a GPU."""
    thickness = (densities * lengths).detach()
    counts = starts.diff()
    ray = torch.repeat_interleave(torch.arange(len(counts), device=counts.device), counts)
    before = _thickness_before(thickness, starts, ray)
    visible = (torch.exp(-before) > min_light) & (thickness > min_alpha)
    counts = counts.new_zeros(len(counts)).index_add(0, ray, visible.long())
    return visible, torch.cat([counts.new_zeros(1), counts.cumsum(0)])


class _Composite(torch.autograd.Function):
    """The CPU kernels as an autograd function."""

    @staticmethod
    def forward(ctx: Any, densities: Tensor, lengths: Tensor, values: Tensor, starts: Tensor) -> tuple[Tensor, Tensor]:
        out = values.new_empty(len(starts) - 1, values.shape[1] + 1)
        weights = torch.empty_like(densities)
        arrays = [t.detach().contiguous().numpy() for t in (densities, lengths, values, starts)]
        run_parts(kernels.forward, count_parts(), *arrays, out.numpy(), weights.numpy())
        ctx.save_for_backward(densities, lengths, values, starts, weights)
        ctx.mark_non_differentiable(weights)
        return out, weights

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_out: Tensor, _: Tensor) -> tuple[Tensor, None, Tensor, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        densities, lengths, values, starts, weights = ctx.saved_tensors
        grad_densities, grad_values = torch.empty_like(densities), torch.empty(values.shape, dtype=values.dtype)
        arrays = [t.detach().contiguous().numpy() for t in (densities, lengths, values, starts, weights, grad_out)]
        run_parts(kernels.backward, count_parts(), *arrays, grad_densities.numpy(), grad_values.numpy())
        return grad_densities, None, grad_values, None
