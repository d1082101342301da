"""What holds between two objects or two points: True, False, or None where people could disagree.

A question whose predicate is None is never asked. Left and right are the camera's, never the canonical frame's:
questions speak of the viewer's perspective. Where a word has two readings, both must agree.
"""

from vantage.dialogue.lifting import Appearance
from vantage.geometry import AlignedBox

ASIDE = 0.1
"""Least gap between two objects' middles across the image as a share of their mean width."""
DEEPER = 0.05
"""Least relative gap in depth, as a share of the smaller: the size of a good depth sensor's or network's error."""
HIGHER = 0.1
"""Least gap between two objects' middle heights as a share of their mean height."""
TALLER = 0.15
"""Least relative difference of two heights, as a share of the smaller: plain to see, by eye."""
FINE = 3.0
"""Least gap in pixels' footprints: closer than that, a comparison rests on how pixels happen to fall."""


def left_of(a: Appearance, b: Appearance) -> bool | None:
    """Tell whether a is to the left of b in one view; the opposite is "to the right of".

    Both the image and space must say so: a far thing at the right edge of the one may lie to the left in the other.
    Neither object may reach over the other's middle, nor be partly hidden or cut off, which would move its own; the
    image may end outwards of it.
    """
    if a.hidden or b.hidden:
        return None
    left, right = (a, b) if a.middle < b.middle else (b, a)
    if any(left.cut[1:]) or right.cut[0] or any(right.cut[2:]):
        return None
    gap = b.middle - a.middle
    width = (a.across[1] - a.across[0] + b.across[1] - b.across[0]) / 2 + 1
    over = a.across[0] <= b.middle <= a.across[1] or b.across[0] <= a.middle <= b.across[1]
    space = float(b.centre_camera[0] - a.centre_camera[0])
    if over or abs(gap) <= max(ASIDE * width, FINE) or abs(space) <= FINE * max(a.footprint, b.footprint):
        return None
    return gap > 0 if (gap > 0) == (space > 0) else None


def closer(a: Appearance, b: Appearance) -> bool | None:
    """Tell whether a's front is closer to the camera than b's, both by depth and by distance.

    The farther one must be seen whole: what is cut off or covered may come nearer than what is seen.
    """
    found = nearer_point((a.front_depth, a.front_range), (b.front_depth, b.front_range))
    farther = b if found else a
    return found if farther.whole else None


def nearer_point(a: tuple[float, float], b: tuple[float, float]) -> bool | None:
    """Tell whether a point is closer to the camera than another; each is its z-depth and its distance."""
    by_depth, by_range = clearly_less(a[0], b[0], DEEPER), clearly_less(a[1], b[1], DEEPER)
    return by_depth if by_depth == by_range else None


def behind(a: Appearance, b: Appearance, cube_a: AlignedBox, cube_b: AlignedBox) -> bool | None:
    """Tell whether a is behind b for a viewer: farther from the camera, and farther ahead on the floor.

    Args:
        a: in the viewer's image.
        b: in the viewer's image.
        cube_a: of a, in the viewer's canonical frame, whose heading must be defined.
        cube_b: of b.
    """
    farther = closer(b, a)
    ahead = clearly_less(cube_b.low[0], cube_a.low[0], DEEPER)
    middle = float(cube_a.centre[0] - cube_b.centre[0])
    if farther is None or ahead is None or farther != ahead or (middle > 0) != farther:
        return None
    return farther


def higher(cube_a: AlignedBox, cube_b: AlignedBox, footprint: float) -> bool | None:
    """Tell whether a is higher up than b; neither may reach over the other's middle height.

    Args:
        cube_a: of a, in an upright frame.
        cube_b: of b, in the same frame.
        footprint: of a pixel at the coarser of the two.
    """
    gap = float(cube_a.centre[2] - cube_b.centre[2])
    height = float(cube_a.size[2] + cube_b.size[2]) / 2
    over = cube_a.low[2] <= cube_b.centre[2] <= cube_a.high[2] or cube_b.low[2] <= cube_a.centre[2] <= cube_b.high[2]
    if over or abs(gap) <= max(HIGHER * height, FINE * footprint):
        return None
    return gap > 0


def taller(cube_a: AlignedBox, cube_b: AlignedBox, footprint: float) -> bool | None:
    """Tell whether a is taller than b, both of them seen whole; arguments as `higher`."""
    a, b = float(cube_a.size[2]), float(cube_b.size[2])
    if abs(a - b) <= FINE * footprint:
        return None
    less = clearly_less(a, b, TALLER)
    return None if less is None else not less


def clearly_less(a: float, b: float, share: float) -> bool | None:
    """Tell whether a < b, or None where the gap is at most a share of the smaller magnitude."""
    if abs(a - b) <= share * min(abs(a), abs(b)):
        return None
    return a < b
