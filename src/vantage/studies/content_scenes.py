"""The scenes of the content study: views, which of them are looked into, and what is truly there."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import Float, Int64

from vantage.captures import Capture, has_segmentations, open_capture
from vantage.errors import DataError, UsageError
from vantage.probes import EdgeTruth, PointPairs, pairs_from_depth
from vantage.rooms import Room, Shots, camera_path, correspondences, make_room, render_view
from vantage.rooms.output.views import capture_of

Made = TypeVar("Made")

LATTICE = 8
"""Pixels between the places that are clustered, the same for all encoders: the middles of the cells of room-*."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SceneSettings:
    """How many views of a scene there are and how large they are."""

    views: int = 32
    """Views of a scene: rendered of a room, or evenly spread over a capture."""
    hold_out: int = 4
    """Every n-th view is looked into, and held out from distillation."""
    width: int = 256
    """Of views of rooms, pixels."""
    height: int = 192
    """Of views of rooms, pixels."""
    max_size: int | None = 256
    """Longest side of a capture's views in pixels; larger ones are shrunk."""

    def __post_init__(self) -> None:
        if self.hold_out < 2 or self.views <= self.hold_out:
            raise UsageError(f"{self.views} views, every {self.hold_out}th looked into; expected 2 or more, and views")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class StudyScene:
    """One scene."""

    name: str
    capture: Capture
    """Its views stay in memory once they are read; those that are looked into are held out."""
    truths: Mapping[int, EdgeTruth] | None
    """True edges of the views that are looked into; None where they are not known."""
    pairs: tuple[PointPairs, ...]
    """Points that a view that is looked into shares with the next such; none where depth is not known."""

    @property
    def measured(self) -> tuple[int, ...]:
        """Indices of the views that are looked into."""
        return self.capture.test_indices

    def lattice(self, index: int) -> Float[np.ndarray, "n 2"]:
        """Return the places of a view at which features are clustered: column and row."""
        camera = self.capture.sources[index].camera
        half = LATTICE // 2
        rows, columns = np.mgrid[half : camera.height : LATTICE, half : camera.width : LATTICE]
        return np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], axis=1)

    def true_classes(self) -> Int64[np.ndarray, " n"] | None:
        """Return the classes at the lattices of all views that are looked into, or None where they are not known."""
        found = []
        for index in self.measured:
            classes = self.capture[index].classes
            if classes is None:
                return None
            columns, rows = self.lattice(index).astype(int).T
            found.append(classes[rows, columns].astype(np.int64))
        return np.concatenate(found)


def room_scene(seed: int, settings: SceneSettings) -> StudyScene:
    """Return a room with its exact edges and correspondences."""
    room, shots, capture = _room_views(seed, settings)
    poses = camera_path(room, shots.camera, shots.path, shots.views)
    truths: dict[int, EdgeTruth] = {}
    for index in capture.test_indices:
        edges = render_view(room, shots.camera, poses[index], maps=True).edges
        if edges is None:
            raise DataError(f"{capture.name}: rendered without edges")
        truths[index] = EdgeTruth.of(edges)
    pairs = tuple(_room_pairs(room, capture, a, b) for a, b in _partners(capture))
    return StudyScene(name=capture.name, capture=capture, truths=truths, pairs=pairs)


def _room_views(seed: int, settings: SceneSettings) -> tuple[Room, Shots, Capture]:
    room = make_room(seed)
    shots = Shots(views=settings.views, width=settings.width, height=settings.height)
    return room, shots, _in_memory(capture_of(room, shots).with_every_nth_held_out(settings.hold_out))


def _partners(capture: Capture) -> list[tuple[int, int]]:
    """Return each view that is looked into with the next such; of a round path the last with the first."""
    chosen = capture.test_indices
    return [(a, chosen[(k + 1) % len(chosen)]) for k, a in enumerate(chosen)] if len(chosen) > 1 else []


def _room_pairs(room: Room, capture: Capture, view_a: int, view_b: int) -> PointPairs:
    """Return the points that two views of a room both see, by the ray tracer."""
    a, b = capture.sources[view_a], capture.sources[view_b]
    found = correspondences(room, a.camera, a.world_from_camera, b.camera, b.world_from_camera)
    rows, columns = np.nonzero(found.visible)
    return PointPairs(
        view_a=view_a,
        view_b=view_b,
        pixels_a=np.stack([columns, rows], axis=1) + 0.5,
        pixels_b=found.pixels[rows, columns].astype(np.float64),
        width=b.camera.width,
    )


def capture_scene(folder: Path, settings: SceneSettings) -> StudyScene:
    """Return a capture on disk; correspondences come from its depth, where it has any, and edges are not known.

    Raises:
        DataError: the capture is damaged, or has too few views.
    """
    capture = _folder_views(folder, settings)
    pairs = []
    for a, b in _partners(capture):
        found = pairs_from_depth(capture[a], capture[b], numbers=(a, b))
        if found is not None:
            pairs.append(found)
    return StudyScene(name=scene_name(folder), capture=capture, truths=None, pairs=tuple(pairs))


def _folder_views(folder: Path, settings: SceneSettings) -> Capture:
    """Return views evenly spread over a capture; where some have true masks, these and no others are held out."""
    drawn = has_segmentations(folder)
    whole = open_capture(folder, max_size=settings.max_size, hold_out=None if drawn else 0)
    if len(whole) <= settings.hold_out:
        raise DataError(f"{folder}: {len(whole)} views; need more than {settings.hold_out}")
    spread = {round(i) for i in np.linspace(0, len(whole) - 1, min(settings.views, len(whole)))}
    views = whole.subset(sorted(spread.union(whole.test_indices)))
    return _in_memory(views if drawn else views.with_every_nth_held_out(settings.hold_out))


def scene_name(folder: Path) -> str:
    """Return what the scene of a capture is called: its folder's name, which tells captures of one maker apart."""
    return folder.resolve().name


def scenes_of(
    rooms: tuple[int, ...], captures: tuple[str, ...], settings: SceneSettings
) -> dict[str, Callable[[], StudyScene]]:
    """Return what makes each scene, by its name; nothing is rendered or read before it is called.

    Raises:
        UsageError: there is no scene, or two have one name.
    """
    makers = [functools.partial(room_scene, seed, settings) for seed in rooms]
    makers += [functools.partial(capture_scene, Path(path), settings) for path in captures]
    return _by_name(rooms, captures, makers)


def views_of(
    rooms: tuple[int, ...], captures: tuple[str, ...], settings: SceneSettings
) -> dict[str, Callable[[], Capture]]:
    """Return what makes the views alone of each scene, by its name, for studies that ask for no edges.

    Raises:
        UsageError: there is no scene, or two have one name.
    """

    def of_room(seed: int) -> Capture:
        return _room_views(seed, settings)[2]

    makers = [functools.partial(of_room, seed) for seed in rooms]
    makers += [functools.partial(_folder_views, Path(path), settings) for path in captures]
    return _by_name(rooms, captures, makers)


def _by_name(
    rooms: tuple[int, ...], captures: tuple[str, ...], makers: Sequence[Callable[[], Made]]
) -> dict[str, Callable[[], Made]]:
    names = [f"room_{seed:06d}" for seed in rooms] + [scene_name(Path(path)) for path in captures]
    if not names:
        raise UsageError("no scene is named; give --rooms 900000-900008 or --captures FOLDER")
    made: dict[str, Callable[[], Made]] = {}
    for name, make in zip(names, makers, strict=True):
        if name in made:
            raise UsageError(f"two scenes are named {name}; results are kept by name, so rename one folder")
        made[name] = make
    return made


def _in_memory(capture: Capture) -> Capture:
    """Return the capture with every view kept once it is read: rooms are rendered, and each encoder reads them all."""
    sources = tuple(dataclasses.replace(source, read=functools.cache(source.read)) for source in capture.sources)
    return dataclasses.replace(capture, sources=sources)
