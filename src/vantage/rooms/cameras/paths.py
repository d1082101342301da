"""Camera paths inside a room, by name; all are fixed by the room's seed."""

from collections.abc import Callable

import numpy as np

from vantage.errors import UsageError
from vantage.geometry import Camera
from vantage.rooms.cameras.paths_looks import looks
from vantage.rooms.cameras.paths_random import random_looks
from vantage.rooms.cameras.paths_robot import robot, tabletop
from vantage.rooms.cameras.paths_round import orbit, walk
from vantage.rooms.cameras.paths_stereo import stereo
from vantage.rooms.cameras.poses import Pose
from vantage.rooms.cameras.poses import look_at_pose as look_at_pose
from vantage.rooms.cameras.survey import CLEARANCE as CLEARANCE
from vantage.rooms.cameras.survey import count_pixels as count_pixels
from vantage.rooms.cameras.survey import is_free as is_free
from vantage.rooms.cameras.survey import survey as survey
from vantage.rooms.scene import Room

PATHS: dict[str, Callable[[Room, Camera, int, np.random.Generator], list[Pose]]] = {
    "orbit": orbit,
    "walk": walk,
    "looks": looks,
    "random": random_looks,
    "stereo": stereo,
    "robot": robot,
    "tabletop": tabletop,
}
"""Every path by name."""

OVERLAP = 0.5
"""Share of the first view of a stereo pair that the second sees, unless another is asked for."""


def camera_path(room: Room, camera: Camera, path: str, views: int, *, overlap: float = OVERLAP) -> list[Pose]:
    """Return the poses of a named path; the room's seed fixes them.

    Args:
        room: where.
        camera: whose lens and aspect the views are chosen for.
        path: one of `PATHS`.
        views: how many; even for "stereo", whose pairs are (2k, 2k + 1).
        overlap: for "stereo", the share of the first view's pixels that the second sees.

    Raises:
        UsageError: there is no such path, or an argument is out of range.
        DataError: the room has no place for such a view.
    """
    check_path(path, views, overlap)
    rng = np.random.default_rng([room.seed, 0x70617468, list(PATHS).index(path)])
    if path == "stereo":
        return stereo(room, camera, views, rng, share=overlap)
    return PATHS[path](room, camera, views, rng)


def check_path(path: str, views: int, overlap: float = OVERLAP) -> None:
    """Refuse a path that does not exist, and what it cannot have.

    Raises:
        UsageError: so it is.
    """
    if path not in PATHS:
        raise UsageError(f"camera path {path!r} is not known; choose one of {', '.join(PATHS)}")
    if views < 1:
        raise UsageError(f"{views} views were asked for; expected at least 1")
    if path == "stereo" and views % 2:
        raise UsageError(f"camera path 'stereo' makes pairs, and {views} views were asked for; expected an even number")
    if not 0 < overlap < 1:
        raise UsageError(f"overlap {overlap}: expected a number between 0 and 1")
