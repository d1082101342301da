"""Perspective-n-point: the camera pose from points in space and where an image shows them, robust to wrong pairs."""

import dataclasses
import importlib.util
from types import ModuleType
from typing import Any

import numpy as np
from jaxtyping import Bool, Float64

from vantage.errors import DataError, MissingError, UsageError
from vantage.geometry import Camera

MIN_PAIRS = 4
"""Three pairs give up to four poses; a fourth tells them apart."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PnpSettings:
    """How a pose is found among pairs of which many are wrong."""

    max_error_px: float = 3.0
    """Pairs that a pose reprojects closer than this many pixels agree with it; ours, for images some 256 wide. SplatLoc
    takes 8 on images three times as large."""
    confidence: float = 0.9999
    """Probability of having drawn a clean sample, after which no more are drawn."""
    max_trials: int = 5000
    """No more samples than this: with three clean pairs of ten this many draw one with certainty 1 - 1e-59."""
    seed: int = 0
    """Seed of the samples."""

    def __post_init__(self) -> None:
        if not (self.max_error_px > 0 and 0 < self.confidence < 1 and self.max_trials >= 1 and self.seed >= 0):
            raise UsageError(f"{self}: expected a positive error, a confidence below 1, a trial and a seed from 0 up")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PnpPose:
    """A pose with the pairs that agree with it."""

    world_from_camera: Float64[np.ndarray, "4 4"]
    inliers: Bool[np.ndarray, " n"]
    rotation_spread: float
    """Standard deviation of the rotation, radians: what the scatter of the inliers leaves open."""
    translation_spread: float
    """Standard deviation of the position, metres."""

    @property
    def count(self) -> int:
        """How many pairs agree."""
        return int(self.inliers.sum())


def solve_pnp(
    points_world: Float64[np.ndarray, "n 3"],
    pixels: Float64[np.ndarray, "n 2"],
    camera: Camera,
    settings: PnpSettings | None = None,
) -> PnpPose | None:
    """Return the pose that most pairs agree with, refined on all of them; None where no four agree.

    Minimal samples of three in locally optimised RANSAC, then all inliers by least squares with sub-pixel coordinates
    (COLMAP's estimator; the paper says "robust perspective-n-point" and no more).

    Raises:
        DataError: a coordinate is not finite.
        MissingError: the extra `sfm` (pycolmap) is not installed.
    """
    if not (np.isfinite(points_world).all() and np.isfinite(pixels).all()):
        raise DataError("PnP got points or pixels that are not finite")
    if len(pixels) < MIN_PAIRS:
        return None
    settings = settings or PnpSettings()
    colmap = require_pycolmap()
    found = colmap.estimate_and_refine_absolute_pose(
        pixels, points_world, _colmap_camera(colmap, camera), _estimation(colmap, settings)
    )
    if found is None or int(found["num_inliers"]) < MIN_PAIRS:
        return None
    camera_from_world = np.vstack([np.asarray(found["cam_from_world"].matrix()), [0, 0, 0, 1]])
    if not np.isfinite(camera_from_world).all():
        return None
    inliers = np.asarray(found["inlier_mask"], dtype=bool).reshape(-1)
    rotation_spread, translation_spread = pose_spread(
        points_world[inliers], pixels[inliers], camera, camera_from_world, floor_px=PIXEL_FLOOR
    )
    world_from_camera = np.eye(4)
    world_from_camera[:3, :3] = camera_from_world[:3, :3].T
    world_from_camera[:3, 3] = -camera_from_world[:3, :3].T @ camera_from_world[:3, 3]
    return PnpPose(
        world_from_camera=world_from_camera,
        inliers=inliers,
        rotation_spread=rotation_spread,
        translation_spread=translation_spread,
    )


PIXEL_FLOOR = 0.1
"""Pixels; no keypoint is located better than this, however well a handful of pairs happens to agree."""


def pose_spread(
    points_world: Float64[np.ndarray, "n 3"],
    pixels: Float64[np.ndarray, "n 2"],
    camera: Camera,
    camera_from_world: Float64[np.ndarray, "4 4"],
    *,
    floor_px: float = 0.0,
) -> tuple[float, float]:
    """Return how far rotation (radians) and position (metres) scatter, by the covariance of least squares.

    Both are roots of the summed variances of three axes; infinite where the pairs do not determine the pose.
    """
    points = points_world @ camera_from_world[:3, :3].T + camera_from_world[:3, 3]
    jacobian = pixel_motion(points, camera).reshape(-1, 6)
    x, y, z = points.T
    predicted = np.stack([x / z * camera.fx + camera.cx, y / z * camera.fy + camera.cy], axis=-1)
    freedom = max(1, 2 * len(pixels) - 6)
    variance = max(floor_px**2, float(((predicted - pixels) ** 2).sum()) / freedom)
    information = jacobian.T @ jacobian
    if np.linalg.cond(information) > 1e12:
        return float("inf"), float("inf")
    covariance = variance * np.linalg.inv(information)
    return float(np.sqrt(np.trace(covariance[3:, 3:]))), float(np.sqrt(np.trace(covariance[:3, :3])))


def pixel_motion(points_camera: Float64[np.ndarray, "n 3"], camera: Camera) -> Float64[np.ndarray, "n 2 6"]:
    """Return how the pixels of points move with the camera's twist in its own frame (metres, then radians)."""
    x, y, z = points_camera.T
    zero, one = np.zeros_like(z), np.ones_like(z)
    a, b = x / z, y / z
    # A camera that moves by rho and turns by theta sees points move by -rho + point x theta.
    by_x = np.stack([-one / z, zero, a / z, a * b, -one - a * a, b], axis=-1) * camera.fx
    by_y = np.stack([zero, -one / z, b / z, one + b * b, -a * b, -a], axis=-1) * camera.fy
    return np.stack([by_x, by_y], axis=1)


def require_pycolmap() -> ModuleType:
    """Return pycolmap, which finds keypoints and solves for poses.

    Raises:
        MissingError: it is not installed.
    """
    if importlib.util.find_spec("pycolmap") is None:
        raise MissingError("finding a camera needs pycolmap; install it with: pip install 'vantage[sfm]'")
    import pycolmap

    # Its log tells about each feature extractor made; warnings and errors stay.
    pycolmap.logging.minloglevel = max(pycolmap.logging.minloglevel, 1)
    return pycolmap


def _colmap_camera(colmap: ModuleType, camera: Camera) -> Any:
    return colmap.Camera(
        model="PINHOLE",
        width=camera.width,
        height=camera.height,
        params=[camera.fx, camera.fy, camera.cx, camera.cy],
    )


def _estimation(colmap: ModuleType, settings: PnpSettings) -> Any:
    options = colmap.AbsolutePoseEstimationOptions()
    options.ransac.max_error = settings.max_error_px
    options.ransac.confidence = settings.confidence
    options.ransac.max_num_trials = settings.max_trials
    options.ransac.random_seed = settings.seed
    return options
