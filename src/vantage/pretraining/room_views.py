"""A pool of rendered room views on disk, made once by worker processes and read many times by a trainer.

One safetensors file per room, written whole or not at all, so that making the pool can be killed and gone on with.
"""

import dataclasses
import json
import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32, UInt8, UInt16

from vantage.captures import SceneObject
from vantage.errors import DataError, UsageError
from vantage.pretraining.captions import Region
from vantage.rooms import VALIDATION_SEEDS, RoomSettings, camera_path, make_room, render_view, room_camera, split_of
from vantage.rooms.looks.materials import MATERIALS
from vantage.rooms.words.captions import view_sentence
from vantage.storage import load_tensors, parse_json, save_tensors, sweep_temporaries

MAX_REGIONS = 255
"""Regions of a room are numbered in 8 bits; 0 = none."""
MAX_DEPTH_MM = 65535
"""Depth is kept in whole millimetres of 16 bits; rooms are at most 8 m across."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PoolSettings:
    """Which views the pool holds."""

    rooms: int = 500
    """Number of rooms."""
    first_seed: int = 0
    """Seed of the first room; the rest follow."""
    paths: tuple[str, ...] = ("orbit", "looks")
    """Camera paths: views of the whole room, and looks at single things."""
    views: int = 6
    """Views per room and path."""
    width: int = 256
    """View width in pixels."""
    height: int = 192
    """View height in pixels."""
    world: str = "pretrain"
    """One of `rooms.worlds.WORLDS`: which classes, looks and lights the rooms may show."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RoomViews:
    """The rendered views of one room."""

    seed: int
    images: UInt8[np.ndarray, "v h w 3"]
    regions: UInt8[np.ndarray, "v h w"]
    """Region number per pixel, 0 = none; region i is `table[i - 1]`."""
    table: tuple[Region, ...]
    captions: tuple[str, ...]
    """A sentence per view; empty where there is none."""
    depth_mm: UInt16[np.ndarray, "v h w"]
    """z-depth at pixel centres in millimetres, 0 = none."""
    world_from_camera: Float32[np.ndarray, "v 4 4"]
    """Rigid poses in metres, OpenCV axes."""
    intrinsics: Float32[np.ndarray, "3 3"]
    """In pixels; one camera takes all views."""


def region_of(scene_object: SceneObject) -> Region:
    """Return an object's words: category, colour, material, and the phrase with its place where it stands on something.

    Where the caption does not name a colour, the attributes are those of a pot or a frame and say nothing about it.
    """
    attributes = dict(scene_object.attributes)
    colour = attributes.get("colour")
    material = MATERIALS.get(attributes.get("material", "")) if colour else None
    return Region(
        category=scene_object.category,
        colour=colour,
        material=material.adjective if material else None,
        description=attributes.get("description") if "support" in attributes else None,
        is_object="structure" not in attributes,
    )


def render_room(seed: int, settings: PoolSettings) -> RoomViews:
    """Render the views of one room: as many per camera path.

    Raises:
        DataError: the room has more objects than the pool can number.
    """
    room = make_room(seed, RoomSettings(world=settings.world))
    objects = room.scene_objects()
    if len(objects) > MAX_REGIONS:
        raise DataError(f"room {seed}: {len(objects)} objects; at most {MAX_REGIONS} fit the pool")
    number_of_instance = np.zeros(1 + max(item.instance for item in objects), dtype=np.uint8)
    for number, item in enumerate(objects, start=1):
        number_of_instance[item.instance] = number
    camera = room_camera(settings.width, settings.height)
    images, regions, captions, depths, poses = [], [], [], [], []
    for path in settings.paths:
        for pose in camera_path(room, camera, path, settings.views):
            rendering = render_view(room, camera, pose)
            depths.append(np.clip(np.round(rendering.depth * 1000), 0, MAX_DEPTH_MM).astype(np.uint16))
            poses.append(pose.astype(np.float32))
            images.append(np.round(rendering.rgb * 255).astype(np.uint8))
            regions.append(number_of_instance[rendering.instances])
            seen, pixels = np.unique(rendering.instances, return_counts=True)
            captions.append(view_sentence(room, dict(zip(seen.tolist(), pixels.tolist(), strict=True))))
    return RoomViews(
        seed=seed,
        images=np.stack(images),
        regions=np.stack(regions),
        table=tuple(region_of(item) for item in objects),
        captions=tuple(captions),
        depth_mm=np.stack(depths),
        world_from_camera=np.stack(poses),
        intrinsics=camera.matrix.astype(np.float32),
    )


ARRAYS = ("images", "regions", "depth_mm", "world_from_camera", "intrinsics")
"""The tensors of a room's file; at 256x192 a view takes 295 kB: picture 147, regions 49, depth 98."""


def save_room_views(views: RoomViews, path: Path) -> None:
    """Write one room's views."""
    words = {"table": [dataclasses.asdict(region) for region in views.table], "captions": views.captions}
    save_tensors(
        path,
        {name: torch.from_numpy(getattr(views, name)) for name in ARRAYS},
        {"seed": str(views.seed), "words": json.dumps(words)},
    )


def load_room_views(path: Path) -> RoomViews:
    """Read one room's views.

    Raises:
        DataError: the file is damaged.
    """
    tensors, metadata = load_tensors(path)
    try:
        words = parse_json(metadata["words"], where=f"{path}, metadata 'words'")
        return RoomViews(
            seed=int(metadata["seed"]),
            table=tuple(Region(**region) for region in words["table"]),
            captions=tuple(words["captions"]),
            **{name: tensors[name].numpy() for name in ARRAYS},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: not the views of a room ({error!r}); delete it and run again") from error


def pool_path(folder: Path, seed: int, settings: PoolSettings) -> Path:
    """Return where a room's views lie; the name holds all that decides the content."""
    views = f"{'_'.join(settings.paths)}_{settings.views}x{settings.width}x{settings.height}"
    return folder / f"room_{seed:06d}_{settings.world}_{views}_depth.safetensors"


def pool_seeds(settings: PoolSettings) -> list[int]:
    """Return the pool's room seeds.

    Raises:
        UsageError: one of them is no training seed.
    """
    seeds = list(range(settings.first_seed, settings.first_seed + settings.rooms))
    wrong = [seed for seed in seeds if split_of(seed) != "train"]
    if wrong:
        raise UsageError(f"room seed {wrong[0]} is a {split_of(wrong[0])} room; training takes only train seeds")
    return seeds


def validation_rooms(settings: PoolSettings, count: int) -> list[RoomViews]:
    """Render the first validation rooms."""
    first = VALIDATION_SEEDS.start
    return [render_room(seed, settings) for seed in range(first, first + count)]


def render_pool(folder: Path, settings: PoolSettings, seeds: Sequence[int], *, workers: int) -> Iterator[int]:
    """Render the rooms that are not there yet; yield each seed when its file is written.

    Args:
        folder: where the files go.
        settings: views per room and their size.
        seeds: the rooms wanted.
        workers: number of processes; 0 renders in this one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sweep_temporaries(folder)
    missing = [seed for seed in seeds if not pool_path(folder, seed, settings).is_file()]
    yield from sorted(set(seeds) - set(missing))
    if workers <= 0:
        for seed in missing:
            yield _render_to_file(folder, seed, settings)
        return
    # Spawned, because forking a process that runs torch threads can hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_the_parent) as executor:
        jobs = [executor.submit(_render_to_file, folder, seed, settings) for seed in missing]
        try:
            for job in as_completed(jobs):
                yield job.result()
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


def _end_with_the_parent() -> None:
    """Make this worker exit when its parent is killed; left alone it would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _render_to_file(folder: Path, seed: int, settings: PoolSettings) -> int:
    save_room_views(render_room(seed, settings), pool_path(folder, seed, settings))
    return seed
