"""A pool of rendered room views on disk, made once by worker processes and read many times by a trainer.

One safetensors file per room, written whole or not at all, so that making the pool can be killed and gone on with.
"""

import dataclasses
import json
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8

from vantage.captures import Capture, SceneObject
from vantage.errors import DataError, UsageError
from vantage.pretraining.captions import Region
from vantage.rooms import room_capture, split_of
from vantage.storage import load_tensors, parse_json, save_tensors, sweep_temporaries

MAX_REGIONS = 255
"""Regions of a room are numbered in 8 bits; 0 = none."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PoolSettings:
    """Which views the pool holds."""

    rooms: int = 600
    """Number of rooms."""
    first_seed: int = 0
    """Seed of the first room; the rest follow."""
    views: int = 8
    """Views per room."""
    width: int = 256
    """View width in pixels."""
    height: int = 192
    """View height in pixels."""


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


def region_of(scene_object: SceneObject) -> Region:
    """Return an object's words: its category, colour and material."""
    attributes = dict(scene_object.attributes)
    return Region(
        category=scene_object.category,
        colour=attributes.get("colour"),
        material=attributes.get("material"),
        is_object=scene_object.category not in STRUCTURE,
    )


STRUCTURE = ("floor", "wall", "ceiling", "window", "door", "rug", "curtain")
"""Categories that are parts of the room rather than objects in it."""


def render_room(seed: int, settings: PoolSettings) -> RoomViews:
    """Render the views of one room."""
    capture = room_capture(seed, views=settings.views, width=settings.width, height=settings.height)
    return views_of_capture(capture, seed)


def views_of_capture(capture: Capture, seed: int) -> RoomViews:
    """Turn a capture with instance and class maps into region maps.

    Instances become regions; pixels without an instance become one region per class (floor, wall...).

    Raises:
        DataError: the capture has no instance or class maps, or too many regions.
    """
    table = [region_of(item) for item in capture.objects]
    number_of_instance = {item.instance: i + 1 for i, item in enumerate(capture.objects)}
    number_of_class: dict[int, int] = {}
    images, regions = [], []
    for view in capture:
        if view.instances is None or view.classes is None:
            raise DataError(f"{capture.name}: view {view.name!r} has no instance or class map; expected a room")
        region = np.zeros(view.instances.shape, dtype=np.int32)
        for instance in np.unique(view.instances):
            if int(instance) in number_of_instance:
                region[view.instances == instance] = number_of_instance[int(instance)]
        for class_number in np.unique(view.classes[region == 0]):
            if class_number == 0:
                continue
            if int(class_number) not in number_of_class:
                table.append(Region(category=capture.class_names[int(class_number)], is_object=False))
                number_of_class[int(class_number)] = len(table)
            region[(region == 0) & (view.classes == class_number)] = number_of_class[int(class_number)]
        images.append(np.round(view.image * 255).astype(np.uint8))
        regions.append(region)
    if len(table) > MAX_REGIONS:
        raise DataError(f"{capture.name}: {len(table)} regions; at most {MAX_REGIONS} fit the pool")
    return RoomViews(
        seed=seed,
        images=np.stack(images),
        regions=np.stack(regions).astype(np.uint8),
        table=tuple(table),
        captions=tuple(source.caption or "" for source in capture.sources),
    )


def save_room_views(views: RoomViews, path: Path) -> None:
    """Write one room's views."""
    words = {"table": [dataclasses.asdict(region) for region in views.table], "captions": views.captions}
    save_tensors(
        path,
        {"images": torch.from_numpy(views.images), "regions": torch.from_numpy(views.regions)},
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
            images=tensors["images"].numpy(),
            regions=tensors["regions"].numpy(),
            table=tuple(Region(**region) for region in words["table"]),
            captions=tuple(words["captions"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: not the views of a room ({error!r}); delete it and run again") from error


def pool_path(folder: Path, seed: int, settings: PoolSettings) -> Path:
    """Return where a room's views lie; the name holds all that decides the content."""
    return folder / f"room_{seed:06d}_{settings.views}x{settings.width}x{settings.height}.safetensors"


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
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as executor:
        jobs = [executor.submit(_render_to_file, folder, seed, settings) for seed in missing]
        try:
            for job in as_completed(jobs):
                yield job.result()
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


def _render_to_file(folder: Path, seed: int, settings: PoolSettings) -> int:
    save_room_views(render_room(seed, settings), pool_path(folder, seed, settings))
    return seed
