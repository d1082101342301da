"""What cameras and things of different views are to each other: moved, turned, nearer, beside, behind."""

import numpy as np

from vantage.dialogue.lifting import LiftedScene
from vantage.dialogue.predicates import nearer_point
from vantage.dialogue.scene_questions import MOVED

SIDEWAYS = 0.5
"""Least sideways part of a camera's way for it to have moved to a side: sin of 30 degrees off the line of sight."""
LEAST_TURN, MOST_TURN = np.radians(10), np.radians(150)
"""Angles between which a camera has turned to a side: less is hardly seen, and more is as good as about face."""
CLEAR = 0.1
"""Least distance in world units of a thing from the plane that parts left from right, or ahead from behind."""
SECTORS = ("ahead", "left", "behind", "right")
"""Quarters around a camera, each of 90 degrees about its direction, turning to the left."""
SECTOR_EDGE = np.radians(10)
"""Least angle between a thing and the edge of its quarter."""


def moved_left(scene: LiftedScene, a: int, b: int) -> bool | None:
    """Tell whether the camera went to its left (True) or right (False) from view a to b, as view a's camera looks.

    None where it hardly moved, or moved mainly ahead or back, or view a's camera looks straight down.
    """
    frame, views = scene.frames[a], scene.perception.views
    if frame is None or not frame.heading:
        return None
    here, there = (frame.points(views[k].world_from_camera[None, :3, 3])[0] for k in (a, b))
    ahead, left = (float(value) for value in (there - here)[:2])
    if abs(left) < max(MOVED, SIDEWAYS * float(np.hypot(ahead, left))):
        return None
    return left > 0


def turned_left(scene: LiftedScene, a: int, b: int) -> bool | None:
    """Tell whether the camera looks farther to its left (True) or right (False) in view b than in view a.

    None where it hardly turned, or turned about face, or one of the two looks straight down.
    """
    one, other = scene.frames[a], scene.frames[b]
    if one is None or other is None or not (one.heading and other.heading):
        return None
    ahead = one.frame_from_world[:3, :3] @ other.frame_from_world[0, :3]
    angle = float(np.arctan2(ahead[1], ahead[0]))
    return angle > 0 if LEAST_TURN <= abs(angle) <= MOST_TURN else None


def nearer_view(scene: LiftedScene, instance: int, a: int, b: int) -> int | None:
    """Return in which of two views that both show a thing the camera is closer to it.

    None where it is a tie, or the farther view does not show all of it, so that what is hidden may come nearer.
    """
    return _nearer(scene, (a, instance), (b, instance))


def nearer_of(scene: LiftedScene, a: tuple[int, int], b: tuple[int, int]) -> int | None:
    """Return 0 or 1, which of two things, each seen in a view of its own, is closer to the camera of its view.

    Args:
        scene: lifted.
        a: view and instance.
        b: view and instance.
    """
    found = _nearer(scene, a, b)
    return None if found is None else (0 if found == a[0] else 1)


def _nearer(scene: LiftedScene, a: tuple[int, int], b: tuple[int, int]) -> int | None:
    shown = [scene.objects[instance].appearances.get(view) for view, instance in (a, b)]
    if shown[0] is None or shown[1] is None:
        return None
    one, other = ((each.front_depth, each.front_range) for each in shown if each is not None)
    found = nearer_point(one, other)
    farther = shown[1] if found else shown[0]
    if found is None or not farther.whole:
        return None
    return a[0] if found else b[0]


def _box_from(scene: LiftedScene, view: int, instance: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the lower and upper ends ahead and to the left of a view's camera between which all of a thing lies.

    Nobody knows how deep a thing is on the side that no image shows: seen from a camera that shows it whole, it may go
    on behind what is seen as far as that is wide.
    """
    frame, thing = scene.frames[view], scene.objects[instance]
    if frame is None or not frame.heading or not thing.whole:
        return None
    viewer = next(k for k, shown in thing.appearances.items() if shown.whole)
    eye, from_there = (
        frame.points(scene.perception.views[k].world_from_camera[None, :3, 3])[0, :2] for k in (view, viewer)
    )
    cube = scene.view_cubes[view][instance]
    low, high = np.array(cube.low)[:2], np.array(cube.high)[:2]
    away = (low + high) / 2 - from_there
    behind = away / max(float(np.linalg.norm(away)), CLEAR) * float((high - low).max())
    return np.minimum(low, low + behind) - eye, np.maximum(high, high + behind) - eye


def lies_left(scene: LiftedScene, view: int, instance: int) -> bool | None:
    """Tell whether all of a thing lies to the left (True) or right (False) of a view's camera, as it looks.

    None where the thing is not seen whole anywhere, or could reach across.
    """
    box = _box_from(scene, view, instance)
    if box is None:
        return None
    low, high = float(box[0][1]), float(box[1][1])
    return True if low > CLEAR else False if high < -CLEAR else None


def sector_of(scene: LiftedScene, view: int, instance: int) -> str | None:
    """Return in which quarter around a view's camera all of a thing lies, one of `SECTORS`; None where it is open."""
    box = _box_from(scene, view, instance)
    if box is None:
        return None
    (ahead_low, left_low), (ahead_high, left_high) = box
    corners = np.array([[x, y] for x in (ahead_low, ahead_high) for y in (left_low, left_high)])
    for number, name in enumerate(SECTORS):
        turn = number * np.pi / 2
        along = corners @ [np.cos(turn), np.sin(turn)]
        across = corners @ [-np.sin(turn), np.cos(turn)]
        if (along > CLEAR).all() and (np.abs(np.arctan2(across, along)) <= np.pi / 4 - SECTOR_EDGE).all():
            return name
    return None
