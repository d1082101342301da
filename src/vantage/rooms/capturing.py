"""Rooms as captures: rendered when read, written as RGB-D folders, or streamed to a training loop."""

import dataclasses
import functools
import math
import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from vantage.captures import Capture, View, ViewSource
from vantage.geometry import Camera
from vantage.rooms.captions import label, material_phrase, place_phrase, rich_phrase, view_sentence
from vantage.rooms.layout import make_room
from vantage.rooms.paths import camera_path
from vantage.rooms.render import render_view
from vantage.rooms.scene import Room, RoomSettings
from vantage.rooms.survey import count_pixels, survey

FIELD_OF_VIEW = math.radians(70)
"""Horizontal field of view: a phone's main camera (about 26 mm full frame) has 65 to 70 degrees."""


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


def room_camera(width: int, height: int, *, fov_x: float = FIELD_OF_VIEW) -> Camera:
    """Return the camera that views of rooms are made with; its horizontal field of view is in radians."""
    return Camera.from_fov(fov_x=fov_x, width=width, height=height)


def room_view(
    room: Room, camera: Camera, world_from_camera: Float64[np.ndarray, "4 4"], name: str, *, shadow_rays: int = 4
) -> View:
    """Render one view."""
    rendering = render_view(room, camera, world_from_camera, shadow_rays=shadow_rays)
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
) -> Capture:
    """Return the capture of a room. Its views are rendered each time they are read.

    Args:
        seed: of the room (`make_room`).
        views: how many.
        width: of the images, pixels.
        height: of the images, pixels.
        path: "orbit", "walk" or "looks" (`paths`).
        settings: of the room.
        hold_out: every how manieth view is held out from training, beginning with the first; 0 for none.

    Raises:
        UsageError: an argument is out of range.
    """
    room = make_room(seed, settings)
    camera = room_camera(width, height)
    sources = []
    for k, pose in enumerate(camera_path(room, camera, path, views)):
        name = f"{k:03d}.png"
        seen, _ = survey(room, camera, pose)
        sources.append(
            ViewSource(
                name=name,
                camera=camera,
                world_from_camera=pose,
                read=functools.partial(room_view, room, camera, pose, name),
                caption=view_sentence(room, count_pixels(seen)),
            )
        )
    capture = Capture(
        name=f"room_{seed:06d}", sources=tuple(sources), class_names=room.class_names, objects=room.scene_objects()
    )
    return capture.with_every_nth_held_out(hold_out)


def write_room(
    seed: int,
    folder: Path,
    *,
    views: int = 48,
    width: int = 256,
    height: int = 192,
    path: str = "orbit",
    settings: RoomSettings | None = None,
) -> None:
    """Render a room and write it as an RGB-D folder (`captures.write_rgbd`); arguments as `room_capture`."""
    from vantage.captures import write_rgbd

    write_rgbd(room_capture(seed, views=views, width=width, height=height, path=path, settings=settings), folder)


def write_rooms(
    seeds: Sequence[int],
    out: Path,
    *,
    views: int = 48,
    width: int = 256,
    height: int = 192,
    path: str = "orbit",
    settings: RoomSettings | None = None,
    workers: int = 1,
) -> Iterator[Path]:
    """Write one folder `out/room_SEED` per room; yield each when it is whole.

    Args:
        seeds: of the rooms.
        out: where the folders appear.
        views: per room.
        width: of the images, pixels.
        height: of the images, pixels.
        path: "orbit", "walk" or "looks".
        settings: of the rooms.
        workers: processes; the files do not depend on their number.
    """
    write = functools.partial(
        _write_numbered, out=out, views=views, width=width, height=height, path=path, settings=settings
    )
    if workers <= 1:
        yield from map(write, seeds)
        return
    # Spawned, because forking a process that runs torch threads can hang.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as executor:
        jobs = [executor.submit(write, seed) for seed in seeds]
        try:
            for job in as_completed(jobs):
                yield job.result()
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


def _write_numbered(
    seed: int, *, out: Path, views: int, width: int, height: int, path: str, settings: RoomSettings | None
) -> Path:
    folder = out / f"room_{seed:06d}"
    write_room(seed, folder, views=views, width=width, height=height, path=path, settings=settings)
    return folder


def stream(
    seeds: Iterable[int],
    *,
    views: int = 8,
    width: int = 128,
    height: int = 128,
    path: str = "looks",
    settings: RoomSettings | None = None,
    shadow_rays: int = 1,
) -> Iterator[RoomSample]:
    """Yield views of many rooms with their words, without touching the disk; each worker process may take some seeds.

    Args:
        seeds: rooms, in order; the samples of a room depend on its seed alone.
        views: per room.
        width: of the images, pixels.
        height: of the images, pixels.
        path: "looks", "orbit" or "walk".
        settings: of the rooms.
        shadow_rays: rays to the lamp per pixel: 1 is fast and hard, 4 soft.
    """
    camera = room_camera(width, height)
    for seed in seeds:
        room = make_room(seed, settings)
        structure = tuple(thing.instance for thing in room.objects if thing.structure)
        for k, pose in enumerate(camera_path(room, camera, path, views)):
            view = room_view(room, camera, pose, f"{k:03d}.png", shadow_rays=shadow_rays)
            pixels = count_pixels(view.instances) if view.instances is not None else {}
            yield RoomSample(
                seed=seed,
                view=view,
                sentence=view_sentence(room, pixels),
                objects=describe(room, pixels),
                structure=structure,
            )


def describe(room: Room, pixels: dict[int, int]) -> tuple[VisibleObject, ...]:
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
