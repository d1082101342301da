"""Lift: every region's pixels become points in the world, and what each view shows of it."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int32
from scipy.ndimage import find_objects
from scipy.spatial import KDTree

from vantage.dialogue.canonical import CanonicalFrame, GravityEstimator, canonical_frame
from vantage.dialogue.cleaning import eroded, largest_cluster, outliers
from vantage.dialogue.occlusion import ends_on, frayed, hidden_share
from vantage.dialogue.perception import PerceivedView, Perception, Region
from vantage.dialogue.references import Reference, references, unshown
from vantage.errors import UsageError
from vantage.geometry import AlignedBox

LEAST_PIXELS = 25
"""Least pixels of an object's mask in a view (SpatialRGPT)."""
LEAST_POINTS = 10
"""Least points of an object that are left after cleaning (SpatialRGPT)."""
MOST_COVER = 0.75
"""Greatest share of a view that the box around a mask may cover (SpatialRGPT): more is the background."""
MARGIN = 2
"""Pixels around an object that tell whether something hides it: a neighbour, and the one behind that."""
FRONT = 0.1
"""Share of an object's points that make its front: the nearest tenth (OpenSpatial)."""

Window = tuple[slice, slice]
"""Rows and columns of a part of an image."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LiftSettings:
    """How masks and points are cleaned before they are trusted."""

    erosion: int = 1
    """Pixels taken off the masks' edges, where predicted depth lies between two surfaces."""
    cut_outliers: bool = True
    """Whether isolated points are left out."""
    cluster: bool = True
    """Whether only an object's largest cluster is kept."""
    hidden: float = 0.05
    """Share of an object's outline that may seem to lie behind something nearer before it counts as partly hidden."""
    jump: float = 1.02
    """Ratio of depths at which a surface passes before another: 2%, about a depth sensor's noise."""

    def __post_init__(self) -> None:
        if self.erosion < 0 or not 0 <= self.hidden < 1:
            raise UsageError(f"erosion of {self.erosion} pixels, hidden {self.hidden}: expected 0 or more, and 0 to 1")


EXACT = LiftSettings(erosion=0, cut_outliers=False, cluster=False, hidden=0.0, jump=1.005)
"""For the truth: cutting anything off exact masks would only make cubes too small, and one covered pixel may be where a
lamp goes on behind a bed down to its foot; at a low
resolution the bed's edge comes within 2% of the lamp's depth."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Appearance:
    """What one view shows of an object."""

    view: int
    rows: Int32[np.ndarray, " n"]
    """Of the pixels kept."""
    columns: Int32[np.ndarray, " n"]
    across: tuple[float, float]
    """First and last column, pixels."""
    middle: float
    """Mean column, pixels."""
    centre_camera: Float[np.ndarray, " 3"]
    """Middle of the box around its points, camera frame."""
    front_depth: float
    """Mean z-depth of the nearest tenth of its points."""
    front_range: float
    """Mean distance from the camera of the nearest tenth of its points."""
    footprint: float
    """Width of one pixel at its median depth: what lies closer together cannot be told apart."""
    cut: tuple[bool, bool, bool, bool]
    """Whether the image's left, right, upper and lower border cut it off."""
    hidden: bool
    """Whether something nearer covers part of its outline, or it thins out between the pixels."""

    @property
    def whole(self) -> bool:
        """Whether it is neither cut off nor partly hidden."""
        return not any(self.cut) and not self.hidden


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class LiftedObject:
    """One region in three dimensions: the points of it that any view shows."""

    region: Region
    points_world: Float[np.ndarray, "n 3"]
    appearances: Mapping[int, Appearance]
    """By view."""

    @property
    def footprint(self) -> float:
        """The coarsest view's."""
        return max(shown.footprint for shown in self.appearances.values())

    @property
    def whole(self) -> bool:
        """Whether some view shows it neither cut off nor partly hidden."""
        return any(shown.whole for shown in self.appearances.values())


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class LiftedScene:
    """Everything that questions are asked about."""

    perception: Perception
    frames: tuple[CanonicalFrame | None, ...]
    """Of each view; None where nothing tells which way is up."""
    objects: Mapping[int, LiftedObject]
    """Those that could be lifted, by instance; walls and floors are not among them."""
    view_cubes: tuple[Mapping[int, AlignedBox], ...]
    """Bounding cubes of the objects' visible points in each view's frame; none where there is no frame."""
    dropped: Mapping[int, str]
    """Why regions that are shown were not lifted."""

    @property
    def frame(self) -> CanonicalFrame | None:
        """Of the first view."""
        return self.frames[0]

    @property
    def cubes(self) -> Mapping[int, AlignedBox]:
        """Bounding cubes in `frame`."""
        return self.view_cubes[0]

    @functools.cached_property
    def names(self) -> Mapping[int, tuple[Reference, ...]]:
        """Unambiguous names of the things that have any; made once."""
        return references(self.perception)

    @functools.cached_property
    def pixels(self) -> tuple[Mapping[int, int], ...]:
        """How many pixels each view shows of each instance, down to a single one; without those it does not show."""
        counted = (np.unique(view.instances, return_counts=True) for view in self.perception.views)
        return tuple({int(i): int(n) for i, n in zip(*found, strict=True) if i} for found in counted)

    @functools.cached_property
    def unshown(self) -> Mapping[int, Region]:
        """Things of the scene that no view shows, nor anything that could go by their names."""
        return unshown(self.perception)

    @functools.cached_property
    def separations(self) -> dict[tuple[int, int], Any]:
        """What `distances.separation` found of pairs so far: a conversation asks for the same pairs again and again."""
        return {}

    @functools.cached_property
    def trees(self) -> Mapping[int, KDTree]:
        """The objects' points, ready to be asked which is nearest; built once."""
        return {i: KDTree(thing.points_world) for i, thing in self.objects.items()}


class LiftMemory:
    """What views show of things, kept for further groups of the same views; views are known by their very maps."""

    def __init__(self, views: int) -> None:
        """Keep what the last `views` views show."""
        self._views = views
        self._found: dict[tuple[int, int], tuple[PerceivedView, dict[object, Appearance | str]]] = {}

    def of(self, view: PerceivedView) -> dict[object, Appearance | str]:
        """Return what is known of a view, to be looked up and added to."""
        # The view is kept beside it, so that no other map can come to lie where its maps lay.
        key = (id(view.depth), id(view.instances))
        kept = self._found.pop(key, (view, {}))
        self._found[key] = kept
        while len(self._found) > self._views:
            del self._found[next(iter(self._found))]
        return kept[1]


def lift(
    perception: Perception,
    settings: LiftSettings | None = None,
    *,
    gravity: GravityEstimator | None = None,
    memory: LiftMemory | None = None,
) -> LiftedScene:
    """Lift every askable region of a perception.

    Args:
        perception: what is known of the images.
        settings: of the cleaning; None cleans unless depth and instances are the truth.
        gravity: asked which way is up where neither the poses nor the ground tell.
        memory: of the views of other perceptions; filled. What is returned does not depend on it.
    """
    chosen = settings if settings is not None else (EXACT if perception.exact else LiftSettings())
    frames = tuple(canonical_frame(perception, k, gravity=gravity) for k in range(len(perception.views)))
    windows = [_windows(view.instances) for view in perception.views]
    kept = [{} if memory is None else memory.of(view) for view in perception.views]
    objects: dict[int, LiftedObject] = {}
    dropped: dict[int, str] = {}
    for region in perception.regions:
        if not region.askable:
            continue
        appearances, reasons, strangers = {}, [], _strangers(region, perception)
        for number, view in enumerate(perception.views):
            window = windows[number].get(region.instance)
            key = (region.instance, strangers, chosen, view.camera)
            if window and key not in kept[number]:
                kept[number][key] = _appearance(view, number, region.instance, window, strangers, chosen)
            found = kept[number][key] if window else "not shown"
            if isinstance(found, Appearance):
                appearances[number] = found if found.view == number else dataclasses.replace(found, view=number)
            else:
                reasons.append(found)
        if appearances:
            points = [_points(perception.views[k], shown) for k, shown in appearances.items()]
            if chosen == EXACT:
                # A few pixels in another view tell nothing about that view, but where they are is known all the same.
                for number, view in enumerate(perception.views):
                    window = windows[number].get(region.instance)
                    if window and number not in appearances:
                        points.append(_bare_points(view, region.instance, window))
            objects[region.instance] = LiftedObject(
                region=region, points_world=np.concatenate(points), appearances=appearances
            )
        elif set(reasons) != {"not shown"}:
            dropped[region.instance] = next(reason for reason in reasons if reason != "not shown")
    cubes = tuple(
        {i: frame.cube(thing.points_world) for i, thing in objects.items()} if frame is not None else {}
        for frame in frames
    )
    return LiftedScene(perception=perception, frames=frames, objects=objects, view_cubes=cubes, dropped=dropped)


def _windows(instances: Int32[np.ndarray, "h w"]) -> dict[int, Window]:
    """Return the part of an image around each instance that it shows, with `MARGIN` pixels to spare where there are."""
    return {
        number: (_widened(place[0]), _widened(place[1]))
        for number, place in enumerate(find_objects(instances), start=1)
        if place is not None
    }


def _widened(span: slice) -> slice:
    # Slices end at the image's border by themselves.
    return slice(max(0, span.start - MARGIN), span.stop + MARGIN)


def _pixels(mask: Bool[np.ndarray, "h w"], window: Window) -> tuple[Int32[np.ndarray, " n"], Int32[np.ndarray, " n"]]:
    """Return rows and columns in the image of a mask over a window of it."""
    rows, columns = np.nonzero(mask)
    return (rows + window[0].start).astype(np.int32), (columns + window[1].start).astype(np.int32)


def _bare_points(view: PerceivedView, instance: int, window: Window) -> Float[np.ndarray, "n 3"]:
    rows, columns = _pixels((view.instances[window] == instance) & (view.depth[window] > 0), window)
    return view.to_world(view.points_camera(rows, columns))


def _points(view: PerceivedView, shown: Appearance) -> Float[np.ndarray, "n 3"]:
    return view.to_world(view.points_camera(shown.rows, shown.columns))


def _strangers(region: Region, perception: Perception) -> tuple[int, ...]:
    """Return the things on which a region does not stand; none where it is not known what carries it."""
    if region.support is None:
        return ()
    others = (r for r in perception.regions if r.instance not in (region.instance, region.support))
    # What stands on the floor or hangs on a wall may end on any of what is no thing.
    return tuple(r.instance for r in others if region.support or r.askable)


def _appearance(
    view: PerceivedView,
    number: int,
    instance: int,
    window: Window,
    strangers: tuple[int, ...],
    settings: LiftSettings,
) -> Appearance | str:
    """Return what a view shows of an object, or why that is too little; all of it lies in the window."""
    mask, depth = view.instances[window] == instance, view.depth[window]
    rows, columns = _pixels(mask, window)
    if len(rows) < LEAST_PIXELS:
        return "small"
    top, bottom, left, right = (int(end) for end in (rows.min(), rows.max(), columns.min(), columns.max()))
    height, width = view.instances.shape
    if (bottom - top) * (right - left) > MOST_COVER * height * width:
        return "fills the view"
    rows, columns = _pixels(eroded(mask, settings.erosion) & (depth > 0), window)
    points = view.points_camera(rows, columns)
    keep = np.ones(len(points), dtype=bool)
    if settings.cut_outliers:
        keep &= ~outliers(points)
    if settings.cluster and keep.any():
        keep[keep] = largest_cluster(points[keep], float(np.median(points[keep, 2])))
    rows, columns, points = rows[keep], columns[keep], points[keep]
    if len(points) < LEAST_POINTS:
        return "too few points after cleaning"
    numbers = view.instances[window]
    covered = hidden_share(depth, numbers, mask, settings.jump) > settings.hidden
    front = max(1, round(FRONT * len(points)))
    ranges = np.linalg.norm(points, axis=1)
    return Appearance(
        view=number,
        rows=rows,
        columns=columns,
        across=(float(columns.min()), float(columns.max())),
        middle=float(columns.mean()),
        centre_camera=(points.min(axis=0) + points.max(axis=0)) / 2,
        front_depth=float(np.sort(points[:, 2])[:front].mean()),
        front_range=float(np.sort(ranges)[:front].mean()),
        footprint=float(np.median(points[:, 2])) / min(view.camera.fx, view.camera.fy),
        cut=(left == 0, right == width - 1, top == 0, bottom == height - 1),
        hidden=frayed(mask) or covered or ends_on(depth, numbers, mask, strangers, settings.jump),
    )
