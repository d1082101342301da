"""Which views of a capture are about the same place: the share of pixels that two see in common, by depth and poses.

SpatialBoost draws its pairs by how alike they look (LPIPS, equation 2), to leave out those that are too dissimilar or
overly redundant. Where depth and poses are known, the same is measured rather than guessed.
"""

import dataclasses
import functools

import numpy as np
from jaxtyping import Float

from vantage.captures import Capture, View
from vantage.dialogue.grouping import Grouping, PairRule, grown_grouping
from vantage.dialogue.perception import MOST_VIEWS
from vantage.errors import DataError, UsageError

GROUP_SIZES = (1, 2, 4, 8)
"""Views of one conversation (SpatialBoost, section D)."""
LATTICE = 16
"""Points across each side of a view that are followed into another: a share's error is then some 3%."""
TOLERANCE = 0.05
"""Relative difference of depths up to which a point counts as seen rather than hidden."""
WIDEST = 160
"""Most columns of the depth kept of each view: a capture of a thousand views then takes 80 MB."""
LEAST_KNOWN = 32
"""Least points of known depth for a share to mean something: one in eight of the lattice."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CovisibleSettings:
    """How much the views of a group have in common."""

    least: float = 0.1
    """Share of pixels that a view has in common with some other one of its group; DUSt3R's pairs begin at 0.1."""
    most: float = 0.9
    """Share above which two views are the same picture again; DUSt3R's pairs end at 0.9."""

    def __post_init__(self) -> None:
        if not 0 < self.least < self.most <= 1:
            raise UsageError(f"shares in common from {self.least} to {self.most}: expected 0 < least < most <= 1")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SeenSurface:
    """What one view sees, coarsely."""

    depth: Float[np.ndarray, "h w"]
    """Every few pixels' z-depth; 0 where it is not known."""
    intrinsics: Float[np.ndarray, "3 3"]
    """Of the coarse depth's pixels."""
    world_from_camera: Float[np.ndarray, "4 4"]

    @classmethod
    def of(cls, view: View) -> "SeenSurface | None":
        """Return it, or None where the view has no depth."""
        if view.depth is None:
            return None
        step = max(1, -(-view.camera.width // WIDEST))
        depth = view.depth[step // 2 :: step, step // 2 :: step].astype(np.float32)
        matrix = view.camera.matrix.copy()
        # Pixel k of the coarse map is the fine one of index step // 2 + k step, each with its centre at +0.5.
        matrix[:2, 2] = (matrix[:2, 2] - step // 2 - 0.5) / step + 0.5
        matrix[[0, 1], [0, 1]] /= step
        return cls(depth=depth, intrinsics=matrix, world_from_camera=view.world_from_camera)

    @functools.cached_property
    def points_world(self) -> Float[np.ndarray, "n 3"]:
        """Points of known depth on a lattice."""
        height, width = self.depth.shape
        rows, columns = (((np.arange(LATTICE) + 0.5) * size / LATTICE).astype(int) for size in (height, width))
        depth = self.depth[np.ix_(rows, columns)].astype(np.float64)
        x = (columns + 0.5 - self.intrinsics[0, 2]) / self.intrinsics[0, 0]
        y = (rows + 0.5 - self.intrinsics[1, 2]) / self.intrinsics[1, 1]
        points = np.stack([x[None, :] * depth, y[:, None] * depth, depth], axis=-1)[depth > 0]
        return points @ self.world_from_camera[:3, :3].T + self.world_from_camera[:3, 3]


def seen_share(one: SeenSurface, other: SeenSurface) -> float:
    """Return the share of what one view sees that another sees too; 0 where too little depth is known to tell.

    Args:
        one: whose pixels count.
        other: in which they are looked for. Points that fall where its depth is not known do not count.
    """
    height, width = other.depth.shape
    pose = other.world_from_camera
    local = (one.points_world - pose[:3, 3]) @ pose[:3, :3]
    z = local[:, 2]
    pixels = local @ other.intrinsics.T / np.maximum(z, 1e-9)[:, None]
    inside = (z > 0) & (pixels[:, 0] >= 0) & (pixels[:, 0] < width) & (pixels[:, 1] >= 0) & (pixels[:, 1] < height)
    columns, rows = (np.where(inside, pixels[:, k], 0).astype(int) for k in (0, 1))
    found = other.depth[rows, columns]
    told = ~inside | (found > 0)
    if told.sum() < LEAST_KNOWN:
        return 0.0
    seen = inside & (np.abs(found - z) <= TOLERANCE * z)
    return float(seen[told].mean())


def common_share(one: SeenSurface, other: SeenSurface) -> float:
    """Return the smaller of the shares that two views see of each other, so that neither is a mere detail."""
    return min(seen_share(one, other), seen_share(other, one))


def covisible_grouping(
    capture: Capture, views: int, rng: np.random.Generator, settings: CovisibleSettings | None = None
) -> Grouping:
    """Return groups of views that belong together; no view is in two of them.

    Each view of a group has something in common with another one, and none is nearly the same as another. A capture
    of which some view has no depth is cut into runs of consecutive views instead, since videos seldom jump. Views that
    cannot be read are in no group.

    Args:
        capture: every view of it is read once.
        views: of each group, one of `GROUP_SIZES`.
        rng: draws which view a group begins with and which come next.
        settings: how much in common.

    Raises:
        UsageError: groups are not of such a size.
    """
    if views not in GROUP_SIZES:
        raise UsageError(f"groups of {views} views: choose one of {', '.join(map(str, GROUP_SIZES))}")
    if views == 1:
        return Grouping(groups=tuple((int(i),) for i in rng.permutation(len(capture))))
    chosen = settings or CovisibleSettings()
    surfaces: dict[int, SeenSurface] = {}
    problems: list[DataError] = []
    for index in range(len(capture)):
        try:
            surface = SeenSurface.of(capture[index])
        except DataError as error:
            problems.append(error)
            continue
        if surface is None:
            return Grouping(groups=tuple(consecutive_groups(len(capture), views, rng)))
        surfaces[index] = surface
    rule = PairRule(likeness=lambda i, j: common_share(surfaces[i], surfaces[j]), least=chosen.least, most=chosen.most)
    return grown_grouping(list(surfaces), views, rng, rule, problems)


def covisible_groups(
    capture: Capture, views: int, rng: np.random.Generator, settings: CovisibleSettings | None = None
) -> list[tuple[int, ...]]:
    """Return the groups of `covisible_grouping` alone; arguments and errors as there."""
    return list(covisible_grouping(capture, views, rng, settings).groups)


def consecutive_groups(count: int, views: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Cut `count` views into runs of consecutive ones, shuffled; the rest that fills no run is left out.

    Args:
        count: of all views.
        views: of each run, at most 8.
        rng: draws where the first run begins, and the order.
    """
    if not 1 <= views <= MOST_VIEWS:
        raise UsageError(f"runs of {views} views: expected 1 to {MOST_VIEWS}")
    start = int(rng.integers(count % views + 1)) if count >= views else 0
    runs = [tuple(range(first, first + views)) for first in range(start, count - views + 1, views)]
    return [runs[int(k)] for k in rng.permutation(len(runs))]
