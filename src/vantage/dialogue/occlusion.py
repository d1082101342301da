"""How much of an object's outline something nearer covers, and whether it thins out beyond what pixels show."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float32, Int32
from scipy.ndimage import binary_opening

SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))
"""Steps in rows and columns from a pixel to its neighbours."""
STRAND = 2
"""Pixels by which a strand thinner than two pixels may stick out: at a rounded end one or two rows are that thin."""


def frayed(mask: Bool[np.ndarray, "h w"]) -> bool:
    """Tell whether a mask ends in a strand thinner than two pixels, such as a lamp's pole.

    Where such a strand goes on between the pixels' centres nothing shows it, so that nobody knows where it ends.

    Args:
        mask: of an object, with a pixel at least.
    """
    # Outside the image the object may go on; `Appearance.cut` tells of that.
    padded = np.pad(mask, 1, mode="edge")
    thick = binary_opening(padded, structure=np.ones((2, 2), dtype=bool))[1:-1, 1:-1]
    if not thick.any():
        return True
    for axis in (0, 1):
        whole, core = np.flatnonzero(mask.any(axis=axis)), np.flatnonzero(thick.any(axis=axis))
        if core[0] - whole[0] > STRAND or whole[-1] - core[-1] > STRAND:
            return True
    return False


def hidden_share(
    depth: Float32[np.ndarray, "h w"],
    instances: Int32[np.ndarray, "h w"],
    mask: Bool[np.ndarray, "h w"],
    jump: float,
) -> float:
    """Return the share of a mask's outline at which the neighbouring surface lies before the object.

    A plane's inverse depth is linear in the image. The neighbour's surface is carried on by one pixel in that way, so
    that the table top under a cup, which comes nearer towards the viewer, does not count as covering it.

    Args:
        depth: z-depth, 0 = unknown.
        instances: numbers, by which a neighbour's surface is told from what lies behind it.
        mask: of the object; one that fills the image has no outline and nothing hides it.
        jump: least ratio of depths at which a surface passes before the object.
    """
    height, width = mask.shape
    with np.errstate(divide="ignore"):
        inverse = np.pad(np.where(depth > 0, 1 / depth.astype(np.float64), 0), 2)
    numbers, inside = np.pad(instances, 2, constant_values=-1), np.pad(mask, 2)
    rows, columns = (index + 2 for index in np.nonzero(mask))
    outline = covered = 0
    for down, right in SIDES:
        y, x = rows + down, columns + right
        # Neighbours outside the image say nothing: `Appearance.cut` tells of those.
        at = ~inside[y, x] & (y >= 2) & (y < height + 2) & (x >= 2) & (x < width + 2)
        y, x = y[at], x[at]
        near, next_one = inverse[y, x], inverse[y + down, x + right]
        same = (numbers[y, x] == numbers[y + down, x + right]) & (next_one > 0)
        # Between two surfaces of one object the line would overshoot; the neighbour's own depth bounds it.
        carried = np.where(same, np.minimum(2 * near - next_one, near), near)
        own = inverse[rows[at], columns[at]]
        known = (near > 0) & (own > 0)
        outline += int(known.sum())
        covered += int((known & (carried > jump * own)).sum())
    return covered / outline if outline else 0.0


def ends_on(
    depth: Float32[np.ndarray, "h w"],
    instances: Int32[np.ndarray, "h w"],
    mask: Bool[np.ndarray, "h w"],
    strangers: Sequence[int],
    jump: float,
) -> bool:
    """Tell whether an object ends below on something that does not carry it, and that is not clearly behind it.

    A table against the wall hides the foot of a radiator, although its far edge is no nearer than the radiator is.

    Args:
        depth: z-depth, 0 = unknown.
        instances: numbers.
        mask: of the object.
        strangers: numbers of the things that do not carry it.
        jump: ratio of depths from which a surface is clearly behind.
    """
    rows, columns = np.nonzero(mask[:-1] & ~mask[1:])
    below, own = depth[rows + 1, columns], depth[rows, columns]
    touching = (below > 0) & (own > 0) & (below <= jump * own)
    return bool(np.isin(instances[rows + 1, columns], strangers)[touching].any())
