"""The canonical frame: x ahead of the viewer, y to the left, z up, its origin on the floor below the camera.

The frame of SpatialVLM, which SpatialBoost's cubes live in (section D). Which way is up comes from the poses, else from
pixels that are known to be ground, else from a gravity estimator; else it is not known and nothing is asked that needs
it.
"""

import dataclasses
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from vantage.dialogue.ground import fit_ground, ground_points
from vantage.dialogue.perception import PerceivedView, Perception
from vantage.errors import DataError
from vantage.geometry import AlignedBox

LEAST_HEADING = 0.1
"""Least length of the viewing direction's level part for "ahead" to mean something: steeper than 84 degrees it does
not."""


@runtime_checkable
class GravityEstimator(Protocol):
    """A model that tells from one image which way is up, such as GeoCalib."""

    @property
    def name(self) -> str:
        """What the source is called."""
        ...

    def up_camera(self, view: PerceivedView) -> Float[np.ndarray, " 3"] | None:
        """Return the direction against gravity in the camera frame (OpenCV axes), or None where it is unsure."""
        ...


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class CanonicalFrame:
    """A viewer's upright frame: x ahead, y left, z up."""

    frame_from_world: Float[np.ndarray, "4 4"]
    """Rigid motion from world to frame."""
    heading: bool
    """Whether "ahead" is defined; not for a camera that looks straight down, whose x is then the image's upper edge."""
    floor: bool
    """Whether z = 0 is the floor; where the floor is not known, z = 0 is the camera's height."""
    source: str
    """What told which way is up: "poses", "ground" or the estimator's name."""

    def points(self, points_world: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Take world points to the frame."""
        # Coordinate by coordinate in memory: a box around them is then found five times as fast.
        return (self.frame_from_world[:3, :3] @ points_world.T + self.frame_from_world[:3, 3:]).T

    def cube(self, points_world: Float[np.ndarray, "n 3"]) -> AlignedBox:
        """Return the smallest box along the frame's axes around world points."""
        return AlignedBox.of_points(self.points(points_world))


def canonical_frame(
    perception: Perception, view: int = 0, *, gravity: GravityEstimator | None = None
) -> CanonicalFrame | None:
    """Return the frame of one view, or None where nothing tells which way is up.

    Args:
        perception: of which it is a view.
        view: index of the viewer.
        gravity: asked where neither the poses nor the ground tell.

    Raises:
        DataError: the estimator's answer is not a direction, or has "up" point to the image's lower half.
    """
    viewer = perception.views[view]
    if perception.up_world is not None:
        up, height = np.array(perception.up_world), perception.floor_height
        if height is None:
            ground = ground_points(perception)
            height = float(np.median(ground @ up)) if len(ground) else None
        return _frame(viewer, up, height, "poses")
    plane = fit_ground(perception, viewer)
    if plane is not None:
        return _frame(viewer, plane.up_world, plane.height, "ground")
    if gravity is not None:
        told = gravity.up_camera(viewer)
        if told is not None:
            return _frame(viewer, viewer.world_from_camera[:3, :3] @ _checked(told, gravity.name), None, gravity.name)
    return None


def _checked(up_camera: Float[np.ndarray, " 3"], name: str) -> Float[np.ndarray, " 3"]:
    """Return an estimate as a unit vector; y points down in an image, so that up has a negative y."""
    length = float(np.linalg.norm(up_camera))
    if not (np.isfinite(length) and length > 0):
        raise DataError(f"gravity estimator {name!r} answered {up_camera.tolist()}; expected a direction")
    if up_camera[1] > 0:
        raise DataError(
            f"gravity estimator {name!r} answered {up_camera.tolist()}: up points to the image's lower half; "
            "expected the direction against gravity in OpenCV axes (x right, y down, z forward)"
        )
    return up_camera / length


def _frame(viewer: PerceivedView, up: Float[np.ndarray, " 3"], floor: float | None, source: str) -> CanonicalFrame:
    rotation, centre = viewer.world_from_camera[:3, :3], viewer.world_from_camera[:3, 3]
    ahead = rotation[:, 2] - up * (rotation[:, 2] @ up)
    heading = bool(np.linalg.norm(ahead) >= LEAST_HEADING)
    if not heading:
        # A viewer who looks at the floor calls the image's upper edge far.
        ahead = -rotation[:, 1] + up * (rotation[:, 1] @ up)
    ahead = ahead / np.linalg.norm(ahead)
    axes = np.stack([ahead, np.cross(up, ahead), up])
    height = float(centre @ up)
    origin = centre - up * (height - floor) if floor is not None else centre
    motion = np.eye(4)
    motion[:3, :3], motion[:3, 3] = axes, -axes @ origin
    return CanonicalFrame(frame_from_world=motion, heading=heading, floor=floor is not None, source=source)
