"""`OccupancyGrid`: which cells of contracted space may hold something, so that rays skip the rest (instant-ngp)."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor, nn

from vantage.errors import DataError
from vantage.fields.nerf.marching_kernels import raise_densities


class OccupancyGrid(nn.Module):
    """Cells of the contracted unit cube with the largest density lately seen in each; x runs fastest.

    `allowed` cells may become occupied: all of them, unless the capture's depth says where surfaces are. Cells of
    infinite density stay occupied.
    """

    def __init__(self, resolution: int) -> None:
        super().__init__()
        self.resolution = resolution
        cells = resolution**3
        self.occupied: Tensor
        self.allowed: Tensor
        self.density: Tensor
        self.register_buffer("occupied", torch.ones(cells, dtype=torch.bool), persistent=False)
        self.register_buffer("allowed", torch.ones(cells, dtype=torch.bool), persistent=False)
        self.register_buffer("density", torch.zeros(cells), persistent=False)
        self.box: Float[Tensor, "2 3"] = torch.tensor([[-math.inf] * 3, [math.inf] * 3])

    def allow_only(self, cells: Bool[Tensor, " cells"]) -> None:
        """Take all other cells for empty, for good."""
        self.allowed = cells.clone()
        self.occupied &= self.allowed
        self.measure_box()

    def hold_open(self, cells: Bool[Tensor, " cells"]) -> None:
        """Never take these allowed cells for empty, whatever is seen in them.

        A thin thing is missed by most samples of its cells until it has taken shape: they would be closed, and it could
        never take shape any more.
        """
        self.density[cells & self.allowed] = math.inf
        self.occupied |= cells & self.allowed

    def cells(self, points: Float[Tensor, "n 3"]) -> Int[Tensor, " n"]:
        """Return the number of the cell that holds each point of the unit cube."""
        index = (points * self.resolution).long().clamp(0, self.resolution - 1)
        return index[:, 0] + self.resolution * (index[:, 1] + self.resolution * index[:, 2])

    def at(self, points: Float[Tensor, "n 3"]) -> Bool[Tensor, " n"]:
        """Return whether points of the unit cube lie in occupied cells."""
        return self.occupied[self.cells(points)]

    def observe(
        self, points: Float[Tensor, "n 3"], densities: Float[Tensor, " n"], *, decay: float, threshold: float
    ) -> None:
        """Learn densities at points: a cell keeps the larger of its old value, decayed once per point, and theirs."""
        if points.device.type != "cpu":
            self.observe_reference(points, densities, decay=decay, threshold=threshold)
            return
        raise_densities(
            points.detach().contiguous().numpy(), densities.detach().contiguous().numpy(), self.density.numpy(),
            self.occupied.numpy(), self.resolution, decay, threshold,
        )  # fmt: skip

    def observe_reference(
        self, points: Float[Tensor, "n 3"], densities: Float[Tensor, " n"], *, decay: float, threshold: float
    ) -> None:
        """Learn as `observe` does, in plain torch: the kernel's oracle, and the path on a GPU."""
        touched, which, counts = torch.unique(self.cells(points), return_inverse=True, return_counts=True)
        decayed = self.density[touched] * decay**counts
        self.density[touched] = decayed.scatter_reduce(0, which, densities.detach(), "amax")
        self.occupied[touched] = self.density[touched] > threshold

    def random_empty_points(self, count: int, generator: torch.Generator) -> Float[Tensor, "m 3"]:
        """Return points in allowed cells that are empty now, at most `count`: what they hold may have changed."""
        cells = torch.randint(self.resolution**3, (count,), generator=generator).to(self.allowed.device)
        inside = torch.rand(count, 3, generator=generator).to(self.allowed.device)
        chosen = self.allowed[cells] & ~self.occupied[cells]
        cells, inside = cells[chosen], inside[chosen]
        r = self.resolution
        corner = torch.stack([cells % r, cells // r % r, cells // (r * r)], dim=-1)
        return ((corner + inside) / r).clamp(max=1 - 2**-20)

    def measure_box(self) -> None:
        """Set `box` around the allowed cells, in half-extents from the centre; infinite where it leaves the bounds."""
        r = self.resolution
        grid = self.allowed.reshape(r, r, r)
        self.box = torch.tensor([[-math.inf] * 3, [math.inf] * 3])
        for axis in range(3):
            # x runs fastest, so it is the grid's last axis.
            others = tuple(d for d in range(3) if d != 2 - axis)
            used = grid.any(dim=others).nonzero()[:, 0]
            if len(used) > 0:
                low, high = float(used[0]) / r * 4 - 2, float(used[-1] + 1) / r * 4 - 2
                self.box[0, axis] = low if low >= -1 else -math.inf
                self.box[1, axis] = high if high <= 1 else math.inf

    def state_tensors(self) -> dict[str, Tensor]:
        """Return what is known, as few bytes as it takes: bits, and densities of allowed cells alone."""
        return {
            "allowed": pack_bits(self.allowed),
            "occupied": pack_bits(self.occupied),
            "density": self.density[self.allowed],
        }

    def load_state_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Restore what `state_tensors` returned; `density` and `allowed` may be left out, as in a saved scene.

        Raises:
            DataError: there are bits for another number of cells.
        """
        cells = self.resolution**3
        device = self.density.device
        self.occupied = unpack_bits(tensors["occupied"], cells).to(device)
        self.allowed = self.occupied.clone()
        if "allowed" in tensors:
            self.allowed = unpack_bits(tensors["allowed"], cells).to(device)
        self.density = torch.zeros(cells, device=device)
        if "density" in tensors:
            self.density[self.allowed] = tensors["density"]
        self.measure_box()


def pack_bits(flags: Bool[Tensor, " n"]) -> UInt8[Tensor, " bytes"]:
    """Return flags as bytes of eight, the first flag highest."""
    return torch.from_numpy(np.packbits(flags.cpu().numpy()))


def unpack_bits(packed: Tensor, count: int) -> Bool[Tensor, " n"]:
    """Return `count` flags that `pack_bits` packed.

    Raises:
        DataError: the bytes are not of that number of flags.
    """
    if packed.dtype != torch.uint8 or tuple(packed.shape) != (-(-count // 8),):
        raise DataError(
            f"{tuple(packed.shape)} entries of {packed.dtype} for {count} cells; expected {-(-count // 8)} bytes"
        )
    return torch.from_numpy(np.unpackbits(packed.cpu().numpy(), count=count).astype(bool))
