"""How far two objects are apart: between their closest points, between the centres of their cubes."""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float
from scipy.spatial import KDTree

from vantage.dialogue.lifting import LiftedScene
from vantage.dialogue.perception import PerceivedView

DISTANCES = ("closest", "centres", "both")
"""What "distance" may mean in a conversation. The closest points are what SpatialVLM and OpenSpatial take; the centres
are far from them for large things that nearly touch."""
COARSE = 0.1
"""Greatest width of a pixel's footprint as a share of a distance that is told: half of it at either end leaves most of
the 25% that benchmarks allow to the rounding."""
SETTLED = 0.85
"""Least share of a distance that is left when what is not seen of the two things is reckoned with: with the rounding,
an answer is then within the 25% that benchmarks allow."""
SHADOW_STEPS = (0.25, 0.5, 0.75, 1.0)
"""Depths behind what is seen of a thing, as shares of its width, where it may go on."""
SHADOW_PIXELS = 300
"""Most pixels of an appearance that are followed backwards."""
FREE = 0.98
"""Share of the depth that a view shows before which space is certainly free: 2%, about a depth sensor's noise."""


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


def least_distance(scene: LiftedScene, a: int, b: int) -> float:
    """Return how near two objects may come, given that each may go on behind what is seen of it, as deep as it is wide.

    From the front nobody knows how near a fridge's back is to what hangs on the wall behind it.

    Args:
        scene: that holds them.
        a: instance.
        b: instance.
    """
    nearest = [closest(scene.objects[a].points_world, scene.objects[b].points_world, scene.trees[a]).distance]
    for one, other in ((a, b), (b, a)):
        shadow = _shadow(scene, one)
        if len(shadow):
            nearest.append(float(scene.trees[other].query(shadow)[0].min()))
    return min(nearest)


def _shadow(scene: LiftedScene, instance: int) -> Float[np.ndarray, "n 3"]:
    """Return world points where an object may be unseen: behind its pixels, and not where another view sees through."""
    thing, views = scene.objects[instance], scene.perception.views
    spread = np.ptp(thing.points_world if scene.frame is None else scene.frame.points(thing.points_world), axis=0)
    deep = float(spread.max() if scene.frame is None else spread[:2].max())
    parts = []
    for k, shown in thing.appearances.items():
        step = max(1, len(shown.rows) // SHADOW_PIXELS)
        points = views[k].points_camera(shown.rows[::step], shown.columns[::step])
        rays = points / np.linalg.norm(points, axis=1, keepdims=True)
        behind = views[k].to_world(np.concatenate([points + share * deep * rays for share in SHADOW_STEPS]))
        free = np.zeros(len(behind), dtype=bool)
        for j, other in enumerate(views):
            if j != k:
                free |= _seen_through(other, behind)
        parts.append(behind[~free])
    return np.concatenate(parts)


def _seen_through(view: PerceivedView, points_world: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
    """Tell which points lie before the surface that a view shows there."""
    pose, camera = view.world_from_camera, view.camera
    local = (points_world - pose[:3, 3]) @ pose[:3, :3]
    z = np.maximum(local[:, 2], 1e-9)
    column, row = (local[:, 0] / z * camera.fx + camera.cx, local[:, 1] / z * camera.fy + camera.cy)
    inside = (local[:, 2] > 0) & (column >= 0) & (column < camera.width) & (row >= 0) & (row < camera.height)
    shown = view.depth[np.where(inside, row, 0).astype(int), np.where(inside, column, 0).astype(int)]
    return inside & (shown > 0) & (z < FREE * shown)


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
