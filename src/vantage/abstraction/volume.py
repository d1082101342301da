"""Points to voxels and back: features scattered by maximum, and read again at any point.

Volumes are (batch, channel, x, y, z); a voxel's value stands at its middle. `released` does as the released code of
Semantic Abstraction: the mean instead of the maximum, voxels as corners of a lattice, and a reading whose axes are
swapped (x runs along z) and shrunk. It is there to compare with, and to read what was trained so.
"""

from typing import Literal

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from vantage.abstraction.frame import Bounds

Protocol = Literal["paper", "released"]
"""`paper`: maximum, axes in order (section 6.2). `released`: mean, axes swapped."""


def voxels_of(
    points: Float[Tensor, "b n 3"], bounds: Bounds, shape: tuple[int, int, int], protocol: Protocol = "paper"
) -> tuple[Int64[Tensor, "b n"], Bool[Tensor, "b n"]]:
    """Return each point's voxel, row by row with z fastest, and whether the point counts.

    Args:
        points: metres, in the frame of the bounds.
        bounds: what the volume spans.
        shape: voxels along x, y and z.
        protocol: `released` puts points beyond the bounds into the border's voxels; `paper` leaves them out.
    """
    low, size = _limits(bounds, points)
    count = torch.tensor(shape, device=points.device)
    if protocol == "released":
        index = torch.minimum(((points - low) * (count - 1) / size).trunc().long().clamp_min(0), count - 1)
        counts = torch.ones_like(index[..., 0], dtype=torch.bool)
    else:
        index = ((points - low) * count / size).floor().long()
        counts = ((index >= 0) & (index < count)).all(dim=-1)
        index = torch.minimum(index.clamp_min(0), count - 1)
    return (index[..., 0] * shape[1] + index[..., 1]) * shape[2] + index[..., 2], counts


def scatter(
    voxels: Int64[Tensor, "b n"],
    counts: Bool[Tensor, "b n"],
    features: Float[Tensor, "b c n"],
    shape: tuple[int, int, int],
    protocol: Protocol = "paper",
) -> Float[Tensor, "b c x y z"]:
    """Return a volume that holds in each voxel the maximum (released: the mean) of its points' features; 0 elsewhere.

    Args:
        voxels: of each point, as `voxels_of` returns them.
        counts: points that go in.
        features: of each point.
        shape: voxels along x, y and z.
        protocol: maximum or mean.
    """
    batch, channels, _ = features.shape
    cells = shape[0] * shape[1] * shape[2]
    # Points that do not count go into a voxel of their own, which is cut off.
    index = torch.where(counts, voxels, cells)[:, None].expand(-1, channels, -1)
    volume = features.new_zeros(batch, channels, cells + 1)
    reduce = "mean" if protocol == "released" else "amax"
    volume = volume.scatter_reduce(2, index, features, reduce, include_self=False)
    return volume[..., :cells].unflatten(-1, shape)


def sample(
    volume: Float[Tensor, "b c x y z"], points: Float[Tensor, "b m 3"], bounds: Bounds, protocol: Protocol = "paper"
) -> Float[Tensor, "b m c"]:
    """Read a volume at points, trilinearly between the middles of voxels; beyond the outermost their value holds.

    Args:
        volume: spans the bounds.
        points: metres, in the frame of the bounds.
        bounds: what the volume spans.
        protocol: `released` swaps x and z and shrinks, as its code does.
    """
    low, size = _limits(bounds, points)
    unit = (points - low) / size
    if protocol == "released":
        count = torch.tensor(volume.shape[2:], device=points.device)
        unit = torch.minimum((unit * (count - 1)).clamp_min(0), (count - 1).to(unit)) / count
        at = 2 * unit - 1
    else:
        # grid_sample takes the coordinate of the last axis first.
        at = (2 * unit - 1).flip(-1)
    read = nn.functional.grid_sample(
        volume,
        at[:, :, None, None].to(volume.dtype),
        mode="bilinear",
        padding_mode="border",
        align_corners=protocol == "released",
    )
    return read[..., 0, 0].transpose(1, 2)


def _limits(bounds: Bounds, like: Tensor) -> tuple[Float[Tensor, " 3"], Float[Tensor, " 3"]]:
    """Return the bounds' low corner and edge lengths as tensors."""
    low = torch.tensor(bounds.low, dtype=like.dtype, device=like.device)
    return low, torch.tensor(bounds.high, dtype=like.dtype, device=like.device) - low
