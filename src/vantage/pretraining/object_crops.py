"""Crops of single objects: every appearance of an object in the pool, and batches of crops around them.

Crops of whole scenes show most objects small. What names an object is its shape, and shape is learned from crops that
it fills.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import scipy.ndimage
import torch
from jaxtyping import Float, Int, UInt8

from vantage.errors import UsageError
from vantage.pretraining.batches import (
    Batch,
    CropSettings,
    coverage_matrix,
    cut_window,
    recolour_a_little,
    region_coverage,
)
from vantage.pretraining.room_views import RoomViews


@dataclasses.dataclass(frozen=True, kw_only=True)
class ObjectCropSettings:
    """Which objects are cropped, and how."""

    share: float = 0.5
    """Share of a step's patches that go to crops of objects; the rest shows scenes."""
    sides: tuple[int, ...] = (64, 64, 96)
    """Sides of the square crops in pixels, one drawn per step."""
    margin: tuple[float, float] = (1.0, 1.6)
    """Side of the window over the longer side of the object's box."""
    shift: float = 0.12
    """Largest distance of the window's centre from the box's, in sides of the window."""
    least_side: int = 16
    """Pixels that the shorter side of an object's box must have in the view ..."""
    least_pixels: int = 150
    """... and pixels of it that must be seen: smaller ones no person could name."""
    max_regions: int = 5
    """Regions of one crop that are asked about, the object itself among them."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Appearances:
    """Every object that shows in some view as largely as asked for."""

    places: Int[np.ndarray, "n 3"]
    """Number of the room, of the view in it, and of the region in the room."""
    boxes: Int[np.ndarray, "n 4"]
    """Left, top, right, bottom in pixels; right and bottom are one past the last."""
    shares: Float[np.ndarray, " n"]
    """How often each is drawn; they sum to one."""


def find_appearances(rooms: Sequence[RoomViews], settings: ObjectCropSettings) -> Appearances:
    """Look through all views for objects that are large enough to be named.

    A category is drawn in proportion to the square root of how often it appears, halfway between as often as it comes
    and as often as any other.

    Raises:
        UsageError: no view shows any.
    """
    places, boxes, names = [], [], []
    for place, room in enumerate(rooms):
        for view, labels in enumerate(room.regions):
            for number, box in objects_in(labels, settings):
                if room.table[number - 1].is_object:
                    places.append((place, view, number))
                    boxes.append(box)
                    names.append(room.table[number - 1].category)
    if not places:
        raise UsageError(f"no object in {len(rooms)} rooms shows {settings.least_pixels} pixels; render larger views")
    _, kinds, counts = np.unique(names, return_inverse=True, return_counts=True)
    shares = 1 / np.sqrt(counts[kinds])
    return Appearances(places=np.array(places), boxes=np.array(boxes), shares=shares / shares.sum())


def objects_in(
    labels: UInt8[np.ndarray, "h w"], settings: ObjectCropSettings
) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Return number and box (left, top, right, bottom) of each region of a map that is large enough."""
    pixels = np.bincount(labels.ravel(), minlength=256)
    found = []
    for number, box in enumerate(scipy.ndimage.find_objects(labels), start=1):
        if box is None or pixels[number] < settings.least_pixels:
            continue
        rows, columns = box
        if min(rows.stop - rows.start, columns.stop - columns.start) >= settings.least_side:
            found.append((number, (columns.start, rows.start, columns.stop, rows.stop)))
    return found


def window_around(
    box: Sequence[int] | Int[np.ndarray, " 4"],
    margin: float,
    view_size: tuple[int, int],
    shift: Sequence[float] = (0.0, 0.0),
) -> tuple[slice, slice]:
    """Return rows and columns of a square about a box, moved to lie in the view and cut where it is larger.

    Args:
        box: left, top, right, bottom in pixels.
        margin: side of the square over the longer side of the box.
        view_size: width and height in pixels.
        shift: of the centre, in sides of the square.
    """
    left, top, right, bottom = (float(edge) for edge in box)
    side = margin * max(right - left, bottom - top)
    spans = []
    for low, high, limit, move in ((top, bottom, view_size[1], shift[1]), (left, right, view_size[0], shift[0])):
        size = min(limit, max(8, round(side)))
        start = round((low + high) / 2 + move * side - size / 2)
        start = min(max(start, 0), limit - size)
        spans.append(slice(start, start + size))
    return spans[0], spans[1]


def make_object_batch(
    rooms: Sequence[RoomViews],
    appearances: Appearances,
    crops: CropSettings,
    settings: ObjectCropSettings,
    *,
    patches: int,
    patch: int,
    rng: np.random.Generator,
) -> Batch:
    """Draw crops of single objects, recoloured as crops of scenes are; `focus` says which region each is of."""
    side = settings.sides[int(rng.integers(len(settings.sides)))] // patch * patch
    cells = (side // patch) ** 2
    count = max(2, round(patches / cells))
    images, regions, focus = [], [], []
    coverages: list[tuple[int, np.ndarray]] = []
    for index, drawn in enumerate(rng.choice(len(appearances.places), size=count, p=appearances.shares)):
        place, view, number = (int(k) for k in appearances.places[drawn])
        room = rooms[place]
        height, width = room.regions[view].shape
        window = window_around(
            appearances.boxes[drawn],
            float(rng.uniform(*settings.margin)),
            (width, height),
            rng.uniform(-settings.shift, settings.shift, size=2).tolist(),
        )
        mirrored = bool(rng.random() < 0.5)
        image, labels = cut_window(room.images[view], room.regions[view], window, side, side, mirrored=mirrored)
        images.append(recolour_a_little(image, crops, rng))
        found = region_coverage(labels, patch)
        others = [n for n in found if n and n != number and found[n].sum() >= crops.min_patches]
        others = [int(n) for n in rng.permutation(others)[: settings.max_regions - 1]]
        focus.append(len(regions))
        for shown in [number, *others]:
            regions.append(room.table[shown - 1])
            # A window moved aside may have lost a thin object; its crop then still bears its name, but no patch does.
            coverages.append((index * cells, found.get(shown, np.zeros((side // patch, side // patch), np.float32))))
    return Batch(
        images=torch.stack(images),
        coverage=coverage_matrix(coverages, count * cells),
        regions=tuple(regions),
        captions=(),
        focus=torch.tensor(focus),
    )
