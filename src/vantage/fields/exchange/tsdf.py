"""A grid of truncated signed distances: planned within a bound on memory, and filled from depth pictures."""

import dataclasses
from collections.abc import Iterable

import numpy as np
from jaxtyping import Float, Float32, Float64

from vantage.captures.poses import inverse_pose
from vantage.errors import DataError, ResourceError
from vantage.fields.exchange.surfaces import SurfaceView
from vantage.fields.exchange.tsdf_kernel import integrate

VOXELS_ALONG_LONGEST = 256
"""Without a voxel size, the longest side of the scene has so many voxels: 2.3 cm in a room of 6 m, where a picture
256 pixels wide has a pixel of 1.6 cm at 3 m."""

TRUNCATION_VOXELS = 5.0
"""Width of the band of signed distances on either side of a surface (2DGS, `render.py`: 5 voxels)."""

BYTES_PER_VOXEL = 36
"""Distance, weight, and colour with its weight are six 32-bit floats; masks, marching cubes and the sampling of
colours come on top (measured on grids of 3 and 19 million voxels: 32 and 35 bytes at the peak)."""

OUTLIERS_PERCENT = 0.2
"""Share of the surface points left out at either end of each axis when the extent is taken: single strays would
otherwise stretch the grid, and a wall holds far more."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class VolumePlan:
    """Where the voxels are."""

    origin: tuple[float, float, float]
    """Centre of the first voxel, world frame."""
    voxel_size: float
    """Edge of a voxel in the scene's units."""
    shape: tuple[int, int, int]
    """Voxels along x, y and z."""

    @property
    def truncation(self) -> float:
        """Width of the band on either side of a surface, in the scene's units."""
        return TRUNCATION_VOXELS * self.voxel_size

    @property
    def bytes(self) -> int:
        """Memory that fusing and meshing take."""
        return int(np.prod(self.shape, dtype=object)) * BYTES_PER_VOXEL

    def describe(self, unit: str = "") -> str:
        """Say in one line how large the voxels and the grid are."""
        grid = " x ".join(map(str, self.shape))
        return f"{grid} voxels of {self.voxel_size:.4g}{unit}, about {self.bytes / 1e6:.0f} MB"


def surface_extent(
    views: Iterable[SurfaceView], *, per_view: int = 2000
) -> tuple[Float64[np.ndarray, " 3"], Float64[np.ndarray, " 3"]]:
    """Return the low and high corner of the surfaces that the views show, without single strays.

    Raises:
        DataError: no view shows a surface.
    """
    found = []
    for view in views:
        points = view.points_world[view.known]
        found.append(points[:: max(1, len(points) // per_view)])
    points = np.concatenate(found) if found else np.zeros((0, 3))
    if len(points) == 0:
        raise DataError("no camera sees an opaque surface of this field, so there is nothing to mesh")
    low, high = np.percentile(points, [OUTLIERS_PERCENT, 100 - OUTLIERS_PERCENT], axis=0)
    return low, high


def plan_volume(
    low: Float[np.ndarray, " 3"],
    high: Float[np.ndarray, " 3"],
    *,
    voxel_size: float | None = None,
    max_bytes: int = 1_000_000_000,
) -> VolumePlan:
    """Lay a grid around a box, with room for the band of distances; by default as fine as memory and extent allow.

    Raises:
        DataError: the box or the voxel size is no size.
        ResourceError: voxels of the wanted size take more than `max_bytes`.
    """
    extent = float((high - low).max())
    if not 0 < extent < np.inf:
        raise DataError(f"the surfaces span {extent:g} units; expected an extent above 0")
    if voxel_size is not None:
        if not 0 < voxel_size < np.inf:
            raise DataError(f"voxel size {voxel_size:g}; expected a length above 0")
        plan = _grid(low, high, voxel_size)
        if plan.bytes > max_bytes:
            raise ResourceError(
                f"{plan.describe()}: more than the {max_bytes / 1e6:.0f} MB allowed; take larger voxels, or allow more "
                "memory"
            )
        return plan
    size = extent / VOXELS_ALONG_LONGEST
    plan = _grid(low, high, size)
    # Memory goes with the third power of the size; a hundredth on top meets the bound in a step or two.
    while plan.bytes > max_bytes:
        size *= max(1.01, (plan.bytes / max_bytes) ** (1 / 3))
        plan = _grid(low, high, size)
        if max(plan.shape) < 4 * TRUNCATION_VOXELS:
            raise ResourceError(f"{max_bytes / 1e6:.0f} MB hold no grid around this scene; allow more memory")
    return plan


def _grid(low: Float[np.ndarray, " 3"], high: Float[np.ndarray, " 3"], size: float) -> VolumePlan:
    """Return a grid that reaches one voxel beyond the band around the box."""
    margin = (TRUNCATION_VOXELS + 1) * size
    cells = np.ceil((np.asarray(high, np.float64) - low + 2 * margin) / size)
    shape = tuple(int(n) + 1 for n in cells)
    origin = (np.asarray(low, np.float64) + high) / 2 - cells * size / 2
    return VolumePlan(
        origin=(float(origin[0]), float(origin[1]), float(origin[2])),
        voxel_size=float(size),
        shape=(shape[0], shape[1], shape[2]),
    )


class TsdfVolume:
    """Signed distances and colours on a grid, averaged over the views that are integrated one after the other."""

    def __init__(self, plan: VolumePlan) -> None:
        self.plan = plan
        self.distance: Float32[np.ndarray, "x y z"] = np.zeros(plan.shape, np.float32)
        self.weight: Float32[np.ndarray, "x y z"] = np.zeros(plan.shape, np.float32)
        self.color: Float32[np.ndarray, "x y z 4"] = np.zeros((*plan.shape, 4), np.float32)

    def integrate(self, view: SurfaceView) -> None:
        """Add what a view sees: free space in front of surfaces, and a band around them."""
        camera = view.camera
        integrate(
            self.distance,
            self.weight,
            self.color,
            np.ascontiguousarray(view.depth),
            np.ascontiguousarray(view.rgb),
            inverse_pose(view.world_from_camera),
            np.array([camera.fx, camera.fy, camera.cx, camera.cy]),
            np.array(self.plan.origin),
            self.plan.voxel_size,
            self.plan.truncation,
        )
