"""`Solids`: all parts of a room as rows of numbers with a grid that finds those near a point; built once per room."""

import dataclasses
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64, Int32, Int64

from vantage.rooms.shapes.primitives import Box, Ellipsoid, Frustum, Revolve, RoundedBox, Shape, TorusArc, Tube
from vantage.rooms.shapes.prisms import Prism
from vantage.rooms.truth import solid_kernels as kernels

if TYPE_CHECKING:
    from vantage.rooms.scene import RoomObject

CELL = 0.15
"""Side of a cell of the grid, metres: of 0.1, 0.15, 0.2 and 0.3 the fastest for 400 000 points in ten rooms, building
included."""
SAMPLES, ENOUGH = 1500, 120
"""Most pairs of points drawn in each part's box, and points of the part itself after which no more are, from which an
object's centroid is found: within 5% of its longest side (`tests/rooms/test_occupancy.py`), in 25 ms a room."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Solids:
    """The solid matter of a room; parts are in the order in which they win a point: smallest object first."""

    parts: Float64[np.ndarray, "p 32"]
    """See `solid_kernels.PART_FIELDS`."""
    pool: Float64[np.ndarray, " m"]
    """Outlines, profiles and paths of the parts."""
    instances: Int32[np.ndarray, " p"]
    """Object of each part."""
    numbers: Int32[np.ndarray, " p"]
    """Each part's index in its object's blueprint."""
    low: Float64[np.ndarray, " 3"]
    """Lowest corner of the grid, metres."""
    counts: Int64[np.ndarray, " 3"]
    """Cells along each axis."""
    starts: Int64[np.ndarray, " c"]
    """Where each cell's list of parts starts in `listed`."""
    listed: Int32[np.ndarray, " l"]
    """The parts that reach into each cell."""
    ranges: Int64[np.ndarray, "o 2"]
    """First row of each object's parts and the one after its last, by instance - 1."""

    @functools.cached_property
    def moments(self) -> Float64[np.ndarray, "o 4"]:
        """Each object's centroid in the world and solid volume, by instance - 1; metres and cubic metres."""
        return kernels.solid_moments(self.parts, self.pool, self.ranges, SAMPLES, ENOUGH)

    @property
    def centroids(self) -> Float64[np.ndarray, "o 3"]:
        """Middle of each object's solid matter, by instance - 1, world frame, metres."""
        return self.moments[:, :3]

    @property
    def volumes(self) -> Float64[np.ndarray, " o"]:
        """Each object's solid volume by instance - 1, cubic metres."""
        return self.moments[:, 3]

    def holders(
        self, points: Float64[np.ndarray, "n 3"], owners: Int64[np.ndarray, " k"] | None = None
    ) -> Int32[np.ndarray, " n"]:
        """Return for each world point the row of the part that holds it, -1 where there is none.

        Args:
            points: world frame, metres.
            owners: an instance per point whose parts do not count.
        """
        owners = np.zeros(1, dtype=np.int64) if owners is None else owners
        return kernels.holders_of_points(*self._index, np.ascontiguousarray(points), owners)

    def grid_holders(
        self, axes: tuple[Float64[np.ndarray, " x"], Float64[np.ndarray, " y"], Float64[np.ndarray, " z"]]
    ) -> Int32[np.ndarray, "x y z"]:
        """Return the same for the points of a grid."""
        return kernels.holders_of_grid(self.parts, self.pool, *axes)

    @property
    def _index(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, np.ndarray, np.ndarray, np.ndarray]:
        return (self.parts, self.pool, self.low, CELL, self.counts, self.starts, self.listed)


def solids_of(objects: Sequence["RoomObject"]) -> Solids:
    """Collect the parts of all objects.

    Raises:
        TypeError: a part has a shape that the kernels do not know.
    """
    order = sorted(objects, key=lambda thing: (thing.box.volume, thing.instance))
    rows, pool, ranges = [], [], np.zeros((len(objects), 2), dtype=np.int64)
    instances, numbers = [], []
    for thing in order:
        ranges[thing.instance - 1] = [len(instances), len(instances) + len(thing.blueprint.parts)]
        rows.append(_part_rows(thing, pool))
        instances += [thing.instance] * len(thing.blueprint.parts)
        numbers += range(len(thing.blueprint.parts))
    parts = np.concatenate(rows)
    flat = np.array(pool, dtype=np.float64)
    low = parts[:, 19:22].min(axis=0)
    counts = np.maximum(np.ceil((parts[:, 22:25].max(axis=0) - low) / CELL + 1e-9).astype(np.int64), 1)
    starts, listed = kernels.index_cells(parts, low, CELL, counts)
    return Solids(
        parts=parts,
        pool=flat,
        instances=np.array(instances, dtype=np.int32),
        numbers=np.array(numbers, dtype=np.int32),
        low=low,
        counts=counts,
        starts=starts,
        listed=listed,
        ranges=ranges,
    )


def _part_rows(thing: "RoomObject", pool: list[float | int]) -> Float64[np.ndarray, "k 32"]:
    parts = thing.blueprint.parts
    poses = thing.world_from_object @ np.stack([part.object_from_part for part in parts])
    rows = np.zeros((len(parts), kernels.PART_FIELDS))
    rows[:, 1:10] = poses[:, :3, :3].transpose(0, 2, 1).reshape(-1, 9)
    rows[:, 10:13] = poses[:, :3, 3]
    rows[:, 25] = thing.instance
    middles, halves = np.zeros((len(parts), 3)), np.zeros((len(parts), 3))
    for k, part in enumerate(parts):
        kind, sizes, points, middle, half = _encode(part.shape)
        rows[k, 0] = kind
        rows[k, 13 : 13 + len(sizes)] = sizes
        rows[k, 17], rows[k, 18] = len(pool), len(points)
        pool.extend(number for point in points for number in point)
        middles[k], halves[k] = middle, half
    rows[:, 26:29], rows[:, 29:32] = middles, halves
    centres = np.einsum("kij,kj->ki", poses[:, :3, :3], middles) + poses[:, :3, 3]
    reach = np.einsum("kij,kj->ki", np.abs(poses[:, :3, :3]), halves)
    # A nanometre keeps points on the very surface from falling to rounding.
    rows[:, 19:22], rows[:, 22:25] = centres - reach - 1e-9, centres + reach + 1e-9
    return rows


Numbers = Sequence[float | int]
Code = tuple[int, Numbers, Sequence[Numbers], Numbers, Numbers]
"""Kind, sizes, pool points, and the middle and half sizes of a box around the shape in its own frame."""


def _encode(shape: Shape) -> Code:
    match shape:
        case Box():
            half = (shape.x / 2, shape.y / 2, shape.z / 2)
            return kernels.BOX, half, (), (0, 0, 0), half
        case RoundedBox():
            half = (shape.x / 2, shape.y / 2, shape.z / 2)
            return kernels.ROUNDED_BOX, (*(h - shape.radius for h in half), shape.radius), (), (0, 0, 0), half
        case Frustum():
            wide = max(shape.radius_low, shape.radius_high)
            sizes = (shape.radius_low, shape.radius_high, shape.height)
            return kernels.FRUSTUM, sizes, (), (0, 0, shape.height / 2), (wide, wide, shape.height / 2)
        case Ellipsoid():
            half = (shape.rx, shape.ry, shape.rz)
            return kernels.ELLIPSOID, half, (), (0, 0, 0), half
        case TorusArc():
            wide = shape.major + shape.minor
            sizes = (shape.major, shape.minor, shape.start, shape.end - shape.start)
            return kernels.TORUS_ARC, sizes, (), (0, 0, 0), (wide, shape.minor, wide)
        case Revolve():
            wide = max(radius for radius, _ in shape.profile)
            heights = [z for _, z in shape.profile]
            middle, half = (max(heights) + min(heights)) / 2, (max(heights) - min(heights)) / 2
            return kernels.REVOLVE, (), shape.profile, (0, 0, middle), (wide, wide, half)
        case Tube():
            path = np.array(shape.path)
            low, high = path.min(axis=0) - shape.radius, path.max(axis=0) + shape.radius
            return kernels.TUBE, (shape.radius,), shape.path, ((low + high) / 2).tolist(), ((high - low) / 2).tolist()
        case Prism():
            outline = np.array(shape.outline)
            wide = (np.abs(outline).max(axis=0) * max(shape.taper, 1.0)).tolist()
            sizes = (shape.height, shape.taper)
            return kernels.PRISM, sizes, shape.outline, (0, 0, shape.height / 2), (*wide, shape.height / 2)
    raise TypeError(f"{type(shape).__name__}: solid_kernels has no inside test for this shape; add one there")
