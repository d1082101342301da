"""How far two objects are apart: between their closest points, between the centres of their cubes."""

import dataclasses

import numpy as np
from jaxtyping import Float
from scipy.spatial import KDTree

from vantage.dialogue.lifting import LiftedScene

DISTANCES = ("closest", "centres", "both")
"""What "distance" may mean in a conversation. The closest points are what SpatialVLM and OpenSpatial take; the centres
are far from them for large things that nearly touch."""
COARSE = 0.1
"""Greatest width of a pixel's footprint as a share of a distance that is told: half of it at either end leaves most of
the 25% that benchmarks allow to the rounding."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Separation:
    """The closest points of two objects."""

    distance: float
    """World units."""
    point_a: tuple[float, float, float]
    """World frame."""
    point_b: tuple[float, float, float]
    """World frame."""


def closest(points_a: Float[np.ndarray, "n 3"], points_b: Float[np.ndarray, "m 3"], tree_a: KDTree) -> Separation:
    """Return the closest pair of two clouds; which is given first makes no difference to the distance.

    Args:
        points_a: of the one.
        points_b: of the other.
        tree_a: of `points_a`.
    """
    # A first guess bounds the search: most points' branches are then never entered.
    guess = float(tree_a.query(points_b[:: max(1, len(points_b) // 64)])[0].min())
    distances, nearest = tree_a.query(points_b, distance_upper_bound=np.nextafter(guess, np.inf))
    k = int(np.argmin(distances))
    a, b = points_a[np.asarray(nearest)[k]], points_b[k]
    return Separation(
        distance=float(distances[k]),
        point_a=(float(a[0]), float(a[1]), float(a[2])),
        point_b=(float(b[0]), float(b[1]), float(b[2])),
    )


def separation(scene: LiftedScene, a: int, b: int) -> Separation | None:
    """Return the closest visible points of two objects, or None where pixels are too coarse to tell their distance.

    Args:
        scene: that holds them.
        a: instance.
        b: instance.
    """
    one, two = scene.objects[a], scene.objects[b]
    if (a, b) not in scene.separations:
        found = closest(one.points_world, two.points_world, scene.trees[a])
        scene.separations[a, b] = found
        scene.separations[b, a] = dataclasses.replace(found, point_a=found.point_b, point_b=found.point_a)
    known: Separation = scene.separations[a, b]
    return known if max(one.footprint, two.footprint) <= COARSE * known.distance else None


def centre_distance(scene: LiftedScene, a: int, b: int) -> float | None:
    """Return the distance between the centres of two objects' cubes, or None where there are none.

    Args:
        scene: that holds them.
        a: instance.
        b: instance.
    """
    if scene.frame is None or not scene.frame.heading:
        return None
    distance = float(np.linalg.norm(scene.cubes[a].centre - scene.cubes[b].centre))
    coarse = max(scene.objects[a].footprint, scene.objects[b].footprint)
    return distance if coarse <= COARSE * distance else None
