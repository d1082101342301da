"""Marching rays through the occupied cells of a scene: where the field has to be asked at all."""

import dataclasses
import math

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from vantage.fields.contraction import contract
from vantage.fields.initialization import Bounds
from vantage.fields.nerf.marching_kernels import march
from vantage.fields.nerf.occupancy import OccupancyGrid
from vantage.fields.nerf.rays import Rays
from vantage.fields.rasterizer.threads import count_parts, run_parts

FARTHEST = 1000.0
"""Rays end this many half-extents away (nerfacto: 1000 scene units)."""


def interval_edges(bounds: Bounds, step: float, reach: float, growth: float = 1.02) -> Float[Tensor, " k"]:
    """Return the distances in metres at which a ray's intervals begin and end.

    Intervals of `step` half-extents lead through `reach` metres; from there each is `growth` times as long as the one
    before, since what is far is contracted.
    """
    length = step * bounds.half_extent
    near = np.arange(0, math.ceil(reach / length) + 1) * length
    count = math.ceil(math.log(max(FARTHEST * bounds.half_extent / reach, 2.0)) / math.log(growth))
    grown = length * growth ** np.arange(1, count + 1)
    return torch.as_tensor(np.concatenate([near, near[-1] + np.cumsum(grown)]), dtype=torch.float32)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """Places along rays where the field is asked; a ray's samples lie together, nearest first."""

    starts: Int[Tensor, " r1"]
    """Ray i owns the samples from `starts[i]` to `starts[i + 1]`."""
    rays: Int[Tensor, " n"]
    """Each sample's ray."""
    distances: Float[Tensor, " n"]
    """Metres along the ray."""
    lengths: Float[Tensor, " n"]
    """Metres of the ray that the sample stands for."""
    points: Float[Tensor, "n 3"]
    """Places in the contracted unit cube."""

    def __len__(self) -> int:
        return len(self.distances)

    def kept(self, keep: Int[Tensor, " m"], starts: Int[Tensor, " r1"]) -> "Samples":
        """Return some of the samples, given in order, and where each ray's start among them."""
        return Samples(
            starts=starts,
            rays=self.rays[keep],
            distances=self.distances[keep],
            lengths=self.lengths[keep],
            points=self.points[keep],
        )


def march_rays(
    rays: Rays, bounds: Bounds, edges: Float[Tensor, " k"], occupancy: OccupancyGrid, jitter: Float[Tensor, " r"]
) -> Samples:
    """Return one sample per interval of each ray that lies in an occupied cell, `jitter` (0 to 1) into the interval."""
    if rays.origins.device.type != "cpu":
        return march_reference(rays, bounds, edges, occupancy, jitter)
    count = len(rays)
    scaled = [(t.detach() / bounds.half_extent).contiguous().numpy() for t in (_centred(rays, bounds), rays.directions)]
    ends = rays.ends.contiguous().numpy()
    cells = (occupancy.occupied.numpy(), occupancy.resolution, occupancy.box.numpy())
    fixed = (*scaled, ends, jitter.numpy(), edges.numpy(), *cells)
    counts, nothing = np.zeros(count, dtype=np.int64), np.zeros(0, dtype=np.float32)
    starts = np.zeros(count + 1, dtype=np.int64)
    no_points, no_rays = np.zeros((0, 3), dtype=np.float32), np.zeros(0, dtype=np.int64)
    run_parts(march, count_parts(), *fixed, counts, starts, nothing, nothing, no_points, no_rays)
    np.cumsum(counts, out=starts[1:])
    total = int(starts[-1])
    distances, lengths = np.empty(total, dtype=np.float32), np.empty(total, dtype=np.float32)
    points, of_ray = np.empty((total, 3), dtype=np.float32), np.empty(total, dtype=np.int64)
    if total > 0:
        run_parts(march, count_parts(), *fixed, counts, starts, distances, lengths, points, of_ray)
    return Samples(
        starts=torch.from_numpy(starts),
        rays=torch.from_numpy(of_ray),
        distances=torch.from_numpy(distances),
        lengths=torch.from_numpy(lengths),
        points=torch.from_numpy(points),
    )


def march_reference(
    rays: Rays,
    bounds: Bounds,
    edges: Float[Tensor, " k"],
    occupancy: OccupancyGrid,
    jitter: Float[Tensor, " r"],
    *,
    chunk: int = 4096,
) -> Samples:
    """March as `march_rays` does, in plain torch: the kernel's oracle, and the path on a GPU."""
    edges = edges.to(rays.origins)
    lengths = edges.diff()
    parts = []
    for first in range(0, len(rays), chunk):
        part = rays[first : first + chunk]
        t = edges[:-1] + jitter[first : first + chunk, None] * lengths
        points_world = (part.origins[:, None] + t[..., None] * part.directions[:, None]).reshape(-1, 3)
        points = contract(points_world, bounds)
        hit = occupancy.at(points).reshape(t.shape) & (edges[:-1] <= part.ends[:, None])
        ray, interval = hit.nonzero(as_tuple=True)
        parts.append((ray + first, t[hit], lengths[interval], points.reshape(*t.shape, 3)[hit]))
    ray, distances, sizes, points = (torch.cat(column) for column in zip(*parts, strict=True))
    counts = torch.bincount(ray, minlength=len(rays))
    starts = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
    return Samples(starts=starts, rays=ray, distances=distances, lengths=sizes, points=points)


def _centred(rays: Rays, bounds: Bounds) -> Float[Tensor, "r 3"]:
    return rays.origins - rays.origins.new_tensor(bounds.centre)
