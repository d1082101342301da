"""Rooms as captures whose views are rendered when they are read."""

import dataclasses
import functools
import math
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float64

from vantage.captures import Capture, SceneRelation, View, ViewSource
from vantage.errors import UsageError
from vantage.geometry import Camera
from vantage.rooms.cameras.paths import OVERLAP, camera_path, check_path
from vantage.rooms.cameras.survey import count_pixels, survey
from vantage.rooms.layout.building import make_room
from vantage.rooms.rendering.render import RoomRendering, render_view
from vantage.rooms.scene import Room, RoomSettings
from vantage.rooms.truth.relations import carried_relations, direction_relations
from vantage.rooms.words.captions import view_sentence
from vantage.rooms.words.vocabulary import world_nouns

FIELD_OF_VIEW = math.radians(70)
"""Horizontal field of view: a phone's main camera (about 26 mm full frame) has 65 to 70 degrees."""
FIELDS_OF_VIEW = (math.radians(10), math.radians(150))
"""Fields of view that a pinhole camera is good for: beyond, its pixels at the edge are over ten times as long."""
VIEWS_OF_A_ROOM = 10_000
"""More views than any room has: keeps the seeds of different rooms' words apart."""
CAPTION_COLUMNS = 48
"""Columns of the coarse picture by which a view that is not rendered yet is told in words."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shots:
    """How a room is photographed.

    Raises:
        UsageError: there is no such path, or a number is out of its range.
    """

    views: int = 48
    """Views per room; even for "stereo"."""
    width: int = 256
    """Of the images, pixels."""
    height: int = 192
    """Of the images, pixels."""
    path: str = "orbit"
    """One of `paths.PATHS`."""
    fov_x: float = FIELD_OF_VIEW
    """Horizontal field of view, radians."""
    overlap: float = OVERLAP
    """For "stereo": share of the first view's pixels that the second sees."""
    shadow_rays: int = 1
    """Rays to each light per pixel (`render_view`)."""

    def __post_init__(self) -> None:
        check_path(self.path, self.views, self.overlap)
        if not (0 < self.width <= 16384 and 0 < self.height <= 16384):
            raise UsageError(f"size {self.width}x{self.height}: expected 1 to 16384 pixels each way")
        low, high = FIELDS_OF_VIEW
        if not low <= self.fov_x <= high:
            raise UsageError(f"field of view {math.degrees(self.fov_x):g} degrees: expected 10 to 150")

    @property
    def camera(self) -> Camera:
        """The camera that takes the views."""
        return room_camera(self.width, self.height, fov_x=self.fov_x)


def room_camera(width: int, height: int, *, fov_x: float = FIELD_OF_VIEW) -> Camera:
    """Return the camera that views of rooms are made with; its horizontal field of view is in radians."""
    return Camera.from_fov(fov_x=fov_x, width=width, height=height)


def room_view(
    room: Room, camera: Camera, world_from_camera: Float64[np.ndarray, "4 4"], name: str, *, shadow_rays: int = 1
) -> View:
    """Render one view."""
    return view_of(
        render_view(room, camera, world_from_camera, shadow_rays=shadow_rays), camera, world_from_camera, name
    )


def view_of(rendering: RoomRendering, camera: Camera, world_from_camera: Float64[np.ndarray, "4 4"], name: str) -> View:
    """Return a rendering as a view of a capture."""
    return View(
        name=name,
        image=rendering.rgb,
        camera=camera,
        world_from_camera=world_from_camera,
        depth=rendering.depth,
        instances=rendering.instances,
        classes=rendering.classes,
    )


def room_capture(
    seed: int,
    *,
    views: int = 48,
    width: int = 256,
    height: int = 192,
    path: str = "orbit",
    settings: RoomSettings | None = None,
    hold_out: int = 8,
    fov_x: float = FIELD_OF_VIEW,
    overlap: float = OVERLAP,
) -> Capture:
    """Return the capture of a room. Its views are rendered each time they are read.

    Args:
        seed: of the room (`make_room`).
        views: how many.
        width: of the images, pixels.
        height: of the images, pixels.
        path: one of `paths.PATHS`, such as "orbit".
        settings: of the room.
        hold_out: every how manieth view is held out from training, beginning with the first; 0 for none.
        fov_x: horizontal field of view, radians.
        overlap: of stereo pairs.

    Raises:
        UsageError: an argument is out of range.
        DataError: the room has no place for such a view.
    """
    shots = Shots(views=views, width=width, height=height, path=path, fov_x=fov_x, overlap=overlap)
    return capture_of(make_room(seed, settings), shots).with_every_nth_held_out(hold_out)


def told(room: Room, world_from_camera: Float64[np.ndarray, "4 4"], pixels: Mapping[int, int], number: int) -> str:
    """Return the sentence of a room's view, in the words of the room's world.

    Args:
        room: whose view it is.
        world_from_camera: pose of the viewer, for "left of" and "behind".
        pixels: pixels (or rays) per instance number.
        number: of the view; where the world speaks in synonyms, each view draws its own.
    """
    relations = direction_relations(room, world_from_camera, [i for i in pixels if i])
    nouns = world_nouns(room.world, VIEWS_OF_A_ROOM * room.seed + number)
    return view_sentence(room, pixels, relations=relations, nouns=nouns)


def capture_of(room: Room, shots: Shots) -> Capture:
    """Return a room as a capture without held-out views; see `room_capture`."""
    camera = shots.camera
    sources = []
    for k, pose in enumerate(camera_path(room, camera, shots.path, shots.views, overlap=shots.overlap)):
        name = view_name(k, shots.views)
        seen, _ = survey(room, camera, pose, columns=CAPTION_COLUMNS)
        sources.append(
            ViewSource(
                name=name,
                camera=camera,
                world_from_camera=pose,
                read=functools.partial(room_view, room, camera, pose, name, shadow_rays=shots.shadow_rays),
                caption=told(room, pose, count_pixels(seen), k),
            )
        )
    return Capture(
        name=f"room_{room.seed:06d}",
        sources=tuple(sources),
        class_names=room.class_names,
        objects=room.scene_objects(),
        relations=room_relations(room),
        floor=tuple((float(x), float(y), 0.0) for x, y in room.plan.corners),
    )


def view_name(index: int, views: int) -> str:
    """Return the name of a view: its number, with zeros before it so that names sort by number."""
    return f"{index:0{max(3, len(str(views - 1)))}d}.png"


def room_relations(room: Room) -> tuple[SceneRelation, ...]:
    """Return what stands on and in what."""
    return tuple(SceneRelation(r.subject, r.predicate, r.object) for r in carried_relations(room))
