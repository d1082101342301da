"""How far a place in space is from what was asked for."""

import numpy as np
from jaxtyping import Bool, Float

from vantage.captures import Capture, View
from vantage.errors import DataError
from vantage.geometry import OrientedBox


def distance_to_box(point_world: tuple[float, float, float], box: OrientedBox) -> float:
    """Return how far a point lies outside a box, in the world's units; 0 inside."""
    beyond = np.abs(box.to_box_frame(np.array([point_world]))[0]) - np.array(box.size) / 2
    return float(np.linalg.norm(np.clip(beyond, 0, None)))


def distance_to_objects(point_world: tuple[float, float, float], capture: Capture, text: str) -> float | None:
    """Return the distance to the nearest of the objects whose caption is the text; None where no box is known.

    0 inside a box. A box reaches into the air between the legs of a table, so this is a little generous.
    """
    boxes = [o.box for o in capture.objects if o.caption == text and o.box is not None]
    return min((distance_to_box(point_world, box) for box in boxes), default=None)


def distance_to_points(point_world: tuple[float, float, float], points_world: Float[np.ndarray, "n 3"]) -> float:
    """Return the distance to the nearest of some surface points.

    Raises:
        DataError: there are none.
    """
    if len(points_world) == 0:
        raise DataError("a distance to no points is not defined")
    return float(np.linalg.norm(points_world - np.array(point_world), axis=1).min())


def masked_points(view: View, mask: Bool[np.ndarray, "h w"]) -> Float[np.ndarray, "n 3"]:
    """Return the surface points, world frame, that a view's depth shows in a mask; none where depth is not known."""
    if view.depth is None:
        return np.zeros((0, 3))
    known = mask & (view.depth > 0)
    points_camera = (view.camera.rays() * view.depth[..., None])[known]
    return points_camera @ view.world_from_camera[:3, :3].T + view.world_from_camera[:3, 3]
