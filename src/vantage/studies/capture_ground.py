"""Where is the floor of a capture? Several views are asked, so that one that shows no floor can be told it too."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from vantage.abstraction.frame import view_frame
from vantage.abstraction.rgbd import RgbdView
from vantage.captures import Capture
from vantage.errors import DataError

ASKED = 12
"""Views that are asked, evenly spread: of a walk through a kitchen two in three show the floor."""
SAME_TILT = np.cos(np.radians(5))
"""Verticals of two views agree within this: poses of a hand-held walk are good to a degree, a plane to two."""
SAME_HEIGHT = 0.15
"""Floors of two views agree within so many metres: half the height of a low shelf, which is the nearest thing to it."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """The floor in a capture's world frame."""

    up_world: Float64[np.ndarray, " 3"]
    """Unit direction against gravity."""
    height: float
    """Of the floor along it, metres."""
    views: int
    """How many agree."""


def capture_ground(capture: Capture) -> Ground | None:
    """Return the floor that most views agree on; None where fewer than two do.

    A capture of a room says where its floor is, and is believed.
    """
    heights = {round(corner[2], 6) for corner in capture.floor}
    if len(heights) == 1:
        return Ground(up_world=np.array([0.0, 0.0, 1.0]), height=float(capture.floor[0][2]), views=len(capture))
    chosen = np.unique(np.linspace(0, len(capture) - 1, min(ASKED, len(capture))).astype(int))
    found = [ground for index in chosen if (ground := _of_view(capture, int(index))) is not None]
    return agreed(found)


def agreed(found: Sequence[Ground]) -> Ground | None:
    """Return the mean of the largest group of floors that agree with one of them; None where fewer than two do."""
    groups = [[other for other in found if _agree(one, other)] for one in found]
    best = max(groups, key=len, default=[])
    if len(best) < 2:
        return None
    up = np.mean([one.up_world for one in best], axis=0)
    up /= np.linalg.norm(up)
    # Of a few floors the lowest may be right and the others tables; those that agree are one plane, so the mean is.
    return Ground(up_world=up, height=float(np.mean([one.height for one in best])), views=len(best))


def _agree(a: Ground, b: Ground) -> bool:
    return bool(a.up_world @ b.up_world > SAME_TILT) and abs(a.height - b.height) < SAME_HEIGHT


def _of_view(capture: Capture, index: int) -> Ground | None:
    """Return the floor that a view shows by itself; None where it shows none or cannot be used."""
    try:
        view = capture[index]
        frame = view_frame(RgbdView.of_view(view))
    except DataError:
        # The view that was asked for is read again by itself, and tells its own damage.
        return None
    if frame.source != "ground":
        return None
    up = view.world_from_camera[:3, :3] @ frame.frame_from_camera[2, :3]
    height = float(up @ view.world_from_camera[:3, 3]) - float(frame.frame_from_camera[2, 3])
    return Ground(up_world=up, height=height, views=1)
