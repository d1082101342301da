"""Which voxels of 8 cm the benchmark scores: SSCNet's standard mask, told from depth."""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, UInt16
from scipy.spatial import KDTree

from vantage.captures.sscnet import CAMERA
from vantage.captures.sscnet_volume import UNIT, LabelVolume

NEAR = 0.24
"""Metres from a seen surface within which SSCNet scores free voxels too: `vox_margin` of `deploy_net_nyucad.txt`."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ScoredVoxels:
    """The voxels of 8 cm that the benchmark scores, in the world."""

    middles: Float64[np.ndarray, "v 3"]
    labels: UInt16[np.ndarray, " v"]
    hidden: Bool[np.ndarray, " v"]


def scored_voxels(volume: LabelVolume, depth: Float32[np.ndarray, "h w"]) -> ScoredVoxels:
    """Return the annotated voxels of 8 cm in the picture that are hidden, or less than `NEAR` from a seen surface.

    SSCNet's own files of signed distances say the same of voxels of 2 cm; here it is told of the middles of those of
    8 cm, from depth alone. Pixels of unknown depth hide what is in them, as they do there.
    """
    coarse = volume.coarse()
    known = coarse.known()
    middles, labels = coarse.centres()[known], coarse.labels[known]
    z, seen, inside = pixels_of(middles, volume.world_from_camera, depth)
    hidden = inside & (z > seen)
    # Distances are wanted only about surfaces: SSCNet looks no further than twice the margin along the ray.
    asked = inside & ~hidden & (np.abs(seen - z) < 2 * NEAR)
    near = np.zeros(len(middles), dtype=bool)
    surface = _surface(volume.world_from_camera, depth)
    if asked.any() and len(surface):
        near[asked] = KDTree(surface).query(middles[asked], distance_upper_bound=NEAR)[0] < NEAR
    kept = hidden | near
    return ScoredVoxels(middles=middles[kept], labels=labels[kept], hidden=hidden[kept])


def _surface(world_from_camera: Float64[np.ndarray, "4 4"], depth: Float32[np.ndarray, "h w"]) -> np.ndarray:
    """Return the middles of the voxels of 2 cm that hold a seen point."""
    points = (CAMERA.rays() * depth[..., None])[depth > 0].astype(np.float64)
    points = points @ world_from_camera[:3, :3].T + world_from_camera[:3, 3]
    return UNIT * np.unique(np.floor(points / UNIT).astype(np.int32), axis=0) + UNIT / 2


def pixels_of(
    points_world: Float64[np.ndarray, "n 3"], world_from_camera: Float64[np.ndarray, "4 4"], depth: np.ndarray
) -> tuple[Float64[np.ndarray, " n"], Float32[np.ndarray, " n"], Bool[np.ndarray, " n"]]:
    """Return points' own z-depth, the depth seen in their pixels, and which are in the picture.

    Args:
        points_world: metres.
        world_from_camera: the camera's pose.
        depth: metres; 0 = unknown, which is returned outside the picture too.
    """
    points = (points_world - world_from_camera[:3, 3]) @ world_from_camera[:3, :3]
    z = points[:, 2]
    near = np.maximum(z, 1e-4)
    u = np.floor(points[:, 0] / near * CAMERA.fx + CAMERA.cx)
    v = np.floor(points[:, 1] / near * CAMERA.fy + CAMERA.cy)
    inside = (z > 1e-4) & (u >= 0) & (v >= 0) & (u < CAMERA.width) & (v < CAMERA.height)
    row, column = np.where(inside, v, 0).astype(np.int64), np.where(inside, u, 0).astype(np.int64)
    return z, np.where(inside, depth[row, column], np.float32(0)), inside


def moved(points: Float[np.ndarray, "*b 3"], motion: Float[np.ndarray, "4 4"], *, back: bool = False) -> np.ndarray:
    """Return points after a rigid motion, or after its inverse; metres."""
    if back:
        return (points - motion[:3, 3]) @ motion[:3, :3]
    return points @ motion[:3, :3].T + motion[:3, 3]
