"""A multi-resolution hash encoding of the unit cube (Mueller et al., 2022), with CPU kernels and a torch twin."""

import dataclasses
import math
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.fields.hash_grid_kernels import backward_points, kernels_for
from vantage.fields.rasterizer.threads import count_parts, run_parts

# The primes of the instant-ngp paper, section 3; the first is 1 so that neighbours along x stay neighbours in memory.
PRIMES = (1, 2654435761, 805459861)


@dataclasses.dataclass(frozen=True, kw_only=True)
class HashGridSettings:
    """Sizes of a hash grid."""

    levels: int = 12
    """Number of resolutions (GemSplat: 12)."""
    features: int = 4
    """Features per level."""
    log2_table: int = 15
    """Logarithm of the largest number of entries per level."""
    coarsest: int = 8
    """Cells along an edge of the unit cube at the first level."""
    finest: int = 256
    """Cells along an edge at the last level; the scene itself spans half of them."""

    @property
    def width(self) -> int:
        """Length of the encoding of one point."""
        return self.levels * self.features

    def resolutions(self) -> list[int]:
        """Return the cells per edge of every level, in geometric progression."""
        if self.levels == 1:
            return [self.coarsest]
        growth = (math.log(self.finest) - math.log(self.coarsest)) / (self.levels - 1)
        return [int(self.coarsest * math.exp(growth * level) + 1e-6) for level in range(self.levels)]


class HashGrid(nn.Module):
    """Learned features on ever finer grids, interpolated trilinearly; coarse levels are dense, fine ones hashed."""

    def __init__(self, settings: HashGridSettings, generator: torch.Generator) -> None:
        super().__init__()
        self.settings = settings
        resolutions = settings.resolutions()
        sizes = [min((r + 1) ** 3, 2**settings.log2_table) for r in resolutions]
        # One row per level: cells per edge, first entry, number of entries, whether it is hashed.
        rows, first = [], 0
        for resolution, size in zip(resolutions, sizes, strict=True):
            rows.append([resolution, first, size, int((resolution + 1) ** 3 > size)])
            first += size
        self.register_buffer("layout", torch.tensor(rows, dtype=torch.int64), persistent=False)
        self.layout: Tensor
        # Uniform in +-1e-4, as in the paper: small enough not to bias, random enough to break ties.
        self.table = nn.Parameter((torch.rand(first, settings.features, generator=generator) * 2 - 1) * 1e-4)

    def forward(
        self, points: Float[Tensor, "n 3"], known: Float[Tensor, "n width"] | None = None
    ) -> Float[Tensor, "n width"]:
        """Encode points of the unit cube.

        `known` is what an earlier call returned for these points; only the way of the gradients is then set up.
        """
        if points.device.type == "cpu":
            return _HashEncode.apply(points, self.table, self.layout, known)
        return hash_grid_reference(points, self.table, self.layout)


class _HashEncode(torch.autograd.Function):
    """The CPU kernels as an autograd function."""

    @staticmethod
    def forward(ctx: Any, points: Tensor, table: Tensor, layout: Tensor, known: Tensor | None) -> Tensor:
        ctx.save_for_backward(points, table, layout)
        if known is not None:
            return known.detach().clone()
        out = torch.empty(len(points), len(layout) * table.shape[1])
        run_parts(
            kernels_for(table.shape[1]).forward,
            count_parts(),
            points.detach().contiguous().numpy(),
            table.detach().contiguous().numpy(),
            layout.numpy(),
            out.numpy(),
        )
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        points, table, layout = ctx.saved_tensors
        points_array, levels = points.detach().contiguous().numpy(), layout.numpy()
        grad_out = gradients[0].contiguous().numpy()
        grad_points = grad_table = None
        if ctx.needs_input_grad[0]:
            grad_points = torch.zeros_like(points)
            table_array = table.detach().contiguous().numpy()
            run_parts(backward_points, count_parts(), points_array, table_array, levels, grad_out, grad_points.numpy())
        if ctx.needs_input_grad[1]:
            grad_table = torch.zeros_like(table)
            backward = kernels_for(table.shape[1]).backward_table
            run_parts(backward, len(levels), points_array, levels, grad_out, grad_table.numpy())
        return grad_points, grad_table, None, None


def hash_grid_reference(
    points: Float[Tensor, "n 3"], table: Float[Tensor, "t f"], layout: Tensor
) -> Float[Tensor, "n width"]:
    """Encode points in plain torch: the kernels' oracle, and the path on a GPU."""
    corners = torch.tensor([[n & 1, n >> 1 & 1, n >> 2 & 1] for n in range(8)], device=points.device)
    encoded = []
    for resolution, first, size, hashed in layout.tolist():
        scaled = points * resolution
        # The last cell owns the cube's far face.
        cell = scaled.detach().floor().clamp(0, resolution - 1)
        fraction = (scaled - cell)[:, None]
        weights = torch.where(corners.bool(), fraction, 1 - fraction).prod(dim=-1)
        x, y, z = (cell.long()[:, None] + corners).unbind(-1)
        if hashed:
            index = (x * PRIMES[0] ^ y * PRIMES[1] ^ z * PRIMES[2]) % size
        else:
            index = x + (resolution + 1) * (y + (resolution + 1) * z)
        encoded.append((weights[..., None].to(table.dtype) * table[first + index]).sum(dim=1))
    return torch.cat(encoded, dim=-1)
