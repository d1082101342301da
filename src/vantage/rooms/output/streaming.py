"""Views of many rooms with their words, one after another, without touching the disk."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from vantage.captures import View
from vantage.rooms.cameras.paths import OVERLAP, camera_path
from vantage.rooms.cameras.survey import count_pixels
from vantage.rooms.layout.building import make_room
from vantage.rooms.output.views import FIELD_OF_VIEW, Shots, told, view_name, view_of
from vantage.rooms.rendering.render import RoomRendering, render_view
from vantage.rooms.scene import Room, RoomSettings
from vantage.rooms.words.captions import label, material_phrase, place_phrase, rich_phrase


@dataclasses.dataclass(frozen=True, kw_only=True)
class VisibleObject:
    """An object that a view shows, and the words for it."""

    instance: int
    category: str
    caption: str
    """ "a red mug"."""
    captions: tuple[str, ...]
    """The same, then with material, with place, and with both."""
    pixels: int
    """Pixels of it in the view's instance map."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RoomSample:
    """One streamed view with its words."""

    seed: int
    """The room's."""
    view: View
    sentence: str
    """ "A room with a blue sofa, a brown coffee table and a red mug on a brown coffee table." """
    objects: tuple[VisibleObject, ...]
    """What the view shows, largest first; walls, floor and windows are among them and marked in `structure`."""
    structure: tuple[int, ...]
    """Instances that belong to the room itself."""
    rendering: RoomRendering
    """Every map of the view."""
    room: Room
    """The room; the same for all its samples."""


def stream(
    seeds: Iterable[int],
    *,
    views: int = 8,
    width: int = 128,
    height: int = 128,
    path: str = "looks",
    settings: RoomSettings | None = None,
    shadow_rays: int = 1,
    fov_x: float = FIELD_OF_VIEW,
    overlap: float = OVERLAP,
) -> Iterator[RoomSample]:
    """Yield views of many rooms with their words, without touching the disk; each worker process may take some seeds.

    Args:
        seeds: rooms, in order; the samples of a room depend on its seed alone.
        views: per room.
        width: of the images, pixels.
        height: of the images, pixels.
        path: one of `paths.PATHS`, such as "looks".
        settings: of the rooms.
        shadow_rays: rays to each light per pixel (`render_view`).
        fov_x: horizontal field of view, radians.
        overlap: of stereo pairs.

    Raises:
        UsageError: an argument is out of range.
        DataError: a room has no place for such a view.
    """
    shots = Shots(
        views=views, width=width, height=height, path=path, shadow_rays=shadow_rays, fov_x=fov_x, overlap=overlap
    )
    for seed in seeds:
        yield from samples(make_room(seed, settings), shots)


def samples(room: Room, shots: Shots, *, maps: bool = False) -> Iterator[RoomSample]:
    """Yield the views of one room.

    Args:
        room: what to photograph.
        shots: how.
        maps: whether to render the maps that cost extra too (`render_view`).
    """
    camera = shots.camera
    structure = tuple(thing.instance for thing in room.objects if thing.structure)
    for k, pose in enumerate(camera_path(room, camera, shots.path, shots.views, overlap=shots.overlap)):
        if maps:
            rendering = render_view(room, camera, pose, shadow_rays=shots.shadow_rays, maps=True)
        else:
            rendering = render_view(room, camera, pose, shadow_rays=shots.shadow_rays)
        pixels = count_pixels(rendering.instances)
        yield RoomSample(
            seed=room.seed,
            view=view_of(rendering, camera, pose, view_name(k, shots.views)),
            sentence=told(room, pose, pixels, k),
            objects=describe(room, pixels),
            structure=structure,
            rendering=rendering,
            room=room,
        )


def describe(room: Room, pixels: Mapping[int, int]) -> tuple[VisibleObject, ...]:
    """Return words for every instance in a pixel count, largest first."""
    order = sorted((i for i in pixels if i), key=lambda i: (-pixels[i], i))
    result = []
    for i in order:
        thing = room.thing(i)
        phrases = (label(thing), material_phrase(thing), place_phrase(room, thing), rich_phrase(room, thing))
        result.append(
            VisibleObject(
                instance=i,
                category=thing.category,
                caption=phrases[0],
                captions=tuple(dict.fromkeys(phrases)),
                pixels=pixels[i],
            )
        )
    return tuple(result)
