"""Several rays through one pixel: where colours change within it, one ray cannot say what a photograph shows there.

A pixel of a photograph is the mean over its area. A ray through its centre meets one surface or the other, so a field
that is trained and drawn by such rays alone cannot show an edge as photographs do. Only pixels that differ from a
neighbour need more than one.
"""

import dataclasses

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

ROUGH = 0.07
"""Difference in a colour channel from the next pixel that makes a pixel rough: 18 of 255 levels, a visible step."""

BENT = 0.03
"""Share of the inverse depth by which it bends between neighbours where one surface ends and another begins. On a plane
inverse depth is linear in the pixel, and bends nowhere."""

QUARTERS = ((-0.125, -0.375), (0.375, -0.125), (0.125, 0.375), (-0.375, 0.125))
"""Places (x, y) of a rough pixel's rays in a picture, from its centre: the rotated grid, best for near-level edges."""

RAYS = 1 + len(QUARTERS)
"""Rays through a rough pixel: one at its centre, where the depth map knows what it meets, and one in each quarter."""

NEIGHBOURS = ((0, 0), (0, -1), (0, 1), (-1, 0), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))
"""Rows and columns to a pixel itself, the four beside it (left, right, above, below), and the four diagonal ones."""


def neighbours(flat: Int[Tensor, " n"], *, width: int, height: int) -> Int[Tensor, "n 9"]:
    """Return the row-major numbers of pixels and of those around them; beyond a border the one at the border."""
    steps = torch.tensor(NEIGHBOURS, device=flat.device)
    rows = (flat[:, None] // width + steps[:, 0]).clamp(0, height - 1)
    columns = (flat[:, None] % width + steps[:, 1]).clamp(0, width - 1)
    return rows * width + columns


def rough_pixels(colors: Float[Tensor, "n 9 3"]) -> Bool[Tensor, " n"]:
    """Return whether pixels differ in colour from one beside them; `colors` are those of their `neighbours`."""
    return ((colors[:, 1:5] - colors[:, :1]).abs() > ROUGH).flatten(1).any(dim=1)


def scattered(count: int, generator: torch.Generator) -> Float[Tensor, "n 5 2"]:
    """Return places (x, y) in each of `count` pixels, from its centre: the centre, and a random one in each quarter."""
    corner = torch.tensor([[-0.5, -0.5], [0.0, -0.5], [-0.5, 0.0], [0.0, 0.0]])
    quarters = corner + 0.5 * torch.rand(count, 4, 2, generator=generator)
    return torch.cat([torch.zeros(count, 1, 2), quarters], dim=1)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Layers:
    """The surfaces that rays may meet, as z-depth in metres; 0 where nothing is known."""

    depth: Float[Tensor, " r"]
    """Of the one surface, where there is only one."""
    near: Float[Tensor, " r"]
    """Of the nearest."""
    far: Float[Tensor, " r"]
    """Of the farthest; the same as `near` where there is only one."""


def layers_of(depths: Float[Tensor, "r 9"], offsets: Float[Tensor, "r 2"]) -> Layers:
    """Return which surfaces rays may meet, `offsets` (x, y) from the centres of pixels with `neighbours` so deep.

    At a centre the depth map itself counts. Elsewhere in a pixel its plane is followed; where depth jumps to a
    neighbour a ray may meet either surface.
    """
    own = depths[:, 0]
    inverse = 1 / torch.where(depths > 0, depths, own[:, None]).clamp_min(1e-6)
    left, right, above, below = inverse[:, 1:5].unbind(-1)
    bend = torch.maximum((left + right - 2 * inverse[:, 0]).abs(), (above + below - 2 * inverse[:, 0]).abs())
    across = (right - left) / 2 * offsets[:, 0] + (below - above) / 2 * offsets[:, 1]
    centred = (offsets == 0).all(dim=-1)
    one = torch.where(centred, own, 1 / (inverse[:, 0] + across).clamp_min(1e-6))
    split = ~centred & (bend > BENT * inverse[:, 0])
    known = own > 0
    return Layers(
        depth=torch.where(known & ~split, one, 0.0),
        near=torch.where(known, torch.where(split, 1 / inverse.amax(dim=-1), one), 0.0),
        far=torch.where(known, torch.where(split, 1 / inverse.amin(dim=-1), one), 0.0),
    )
