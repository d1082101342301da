"""Batches for image-text training: random crops of room views with their regions, patch by patch, and their words."""

import dataclasses
import re
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int, Int64, UInt8
from torch import Tensor

from vantage.pretraining.captions import Region, compose_caption
from vantage.pretraining.room_views import RoomViews


@dataclasses.dataclass(frozen=True, kw_only=True)
class CropSettings:
    """How views are cropped, scaled and recoloured."""

    sizes: tuple[tuple[int, int], ...] = ((96, 96), (128, 96), (128, 128), (192, 144))
    """(width, height) of a batch, one drawn per step: several, so that no grid size is special."""
    patches_per_step: int = 4608
    """Patches in a batch whatever its size (32 images of 96x96 at patch 8)."""
    zoom: tuple[float, float] = (0.6, 1.6)
    """Pixels of the crop per pixel of the view: objects from near and far."""
    stretch: float = 0.15
    """Largest relative change of the aspect ratio."""
    gain: float = 0.25
    """Largest relative change of brightness."""
    tint: float = 0.06
    """Largest relative change of one channel; small, since colours are what the texts name."""
    gamma: float = 0.2
    """Largest relative change of the exponent."""
    noise: float = 0.02
    """Largest standard deviation of added noise, of the range [0, 1]."""
    min_patches: float = 0.75
    """Regions that cover less than this many patches are not asked about."""
    max_regions: int = 14
    """Largest number of regions of one crop, the rest is dropped at random."""
    room_caption: float = 0.5
    """How often a view is named by the room's own caption rather than by what the crop shows."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """One training batch."""

    images: Float[Tensor, "n 3 h w"]
    """RGB in [0, 1]."""
    coverage: Float[Tensor, "p r"]
    """Share of each patch (all images, row by row) that each region covers."""
    regions: tuple[Region, ...]
    captions: tuple[str, ...]
    """A text per image; none where each image is a crop of one object."""
    focus: Int64[Tensor, " n"] | None = None
    """The region that each image is a crop of, where it is one."""


def make_batch(rooms: Sequence[RoomViews], settings: CropSettings, *, patch: int, rng: np.random.Generator) -> Batch:
    """Draw a batch: random views, random crops, random colours."""
    width, height = settings.sizes[int(rng.integers(len(settings.sizes)))]
    count = max(2, round(settings.patches_per_step * patch * patch / (width * height)))
    cells = (height // patch) * (width // patch)
    images, captions, regions = [], [], []
    coverages: list[tuple[int, np.ndarray]] = []
    for index in range(count):
        room = rooms[int(rng.integers(len(rooms)))]
        view = int(rng.integers(len(room.images)))
        image, labels, share, mirrored = _crop(room.images[view], room.regions[view], width, height, settings, rng)
        images.append(recolour_a_little(image, settings, rng))
        found = region_coverage(labels, patch)
        kept = sorted(number for number, cover in found.items() if number and cover.sum() >= settings.min_patches)
        if len(kept) > settings.max_regions:
            kept = sorted(int(n) for n in rng.choice(kept, settings.max_regions, replace=False))
        for number in kept:
            regions.append(room.table[number - 1])
            coverages.append((index * cells, found[number]))
        by_size = sorted(
            (number for number in kept if room.table[number - 1].is_object), key=lambda n: -float(found[n].sum())
        ) or sorted(kept, key=lambda n: -float(found[n].sum()))
        if room.captions[view] and share > 0.6 and rng.random() < settings.room_caption:
            caption = room.captions[view]
            captions.append(mirror_words(caption) if mirrored else caption)
        else:
            captions.append(compose_caption([room.table[n - 1] for n in by_size], rng) if by_size else "stuff")
    return Batch(
        images=torch.stack(images),
        coverage=coverage_matrix(coverages, count * cells),
        regions=tuple(regions),
        captions=tuple(captions),
    )


def coverage_matrix(coverages: Sequence[tuple[int, np.ndarray]], patches: int) -> Float[Tensor, "p r"]:
    """Return a column per region from the number of its image's first patch and its share of that image's patches."""
    coverage = np.zeros((patches, len(coverages)), dtype=np.float32)
    for column, (start, cover) in enumerate(coverages):
        coverage[start : start + cover.size, column] = cover.ravel()
    return torch.from_numpy(coverage)


def region_coverage(labels: UInt8[np.ndarray, "h w"], patch: int) -> dict[int, Float[np.ndarray, "gh gw"]]:
    """Return, for each number in the map, which share of each patch it covers."""
    rows, columns = labels.shape[0] // patch, labels.shape[1] // patch
    tiles = labels[: rows * patch, : columns * patch].reshape(rows, patch, columns, patch)
    return {int(number): (tiles == number).mean(axis=(1, 3), dtype=np.float32) for number in np.unique(tiles)}


def _crop(
    image: np.ndarray, labels: np.ndarray, width: int, height: int, settings: CropSettings, rng: np.random.Generator
) -> tuple[Float[Tensor, "3 h w"], np.ndarray, float, bool]:
    """Cut a random window, scale it, perhaps mirror it; also return its share of the view and if it was mirrored."""
    view_height, view_width = labels.shape
    zoom = float(np.exp(rng.uniform(*np.log(settings.zoom))))
    stretch = float(np.exp(rng.uniform(-settings.stretch, settings.stretch)))
    window_width = min(view_width, max(8, round(width / zoom * stretch**0.5)))
    window_height = min(view_height, max(8, round(height / zoom / stretch**0.5)))
    left = int(rng.integers(view_width - window_width + 1))
    top = int(rng.integers(view_height - window_height + 1))
    mirrored = bool(rng.random() < 0.5)
    window = (slice(top, top + window_height), slice(left, left + window_width))
    pixels, cut = cut_window(image, labels, window, width, height, mirrored=mirrored)
    return pixels, cut, window_width * window_height / (view_width * view_height), mirrored


def cut_window(
    image: UInt8[np.ndarray, "vh vw 3"],
    labels: UInt8[np.ndarray, "vh vw"],
    window: tuple[slice, slice],
    width: int,
    height: int,
    *,
    mirrored: bool,
) -> tuple[Float[Tensor, "3 h w"], UInt8[np.ndarray, "h w"]]:
    """Return a window of a view, scaled to `width` x `height` pixels, and its labels, both mirrored if wanted."""
    pixels = torch.from_numpy(image[window].copy()).permute(2, 0, 1)[None].float() / 255
    resized = torch.nn.functional.interpolate(pixels, (height, width), mode="bilinear", antialias=True)[0]
    tall, wide = labels[window].shape
    rows = ((np.arange(height) + 0.5) * tall / height).astype(np.int64)
    columns = ((np.arange(width) + 0.5) * wide / width).astype(np.int64)
    cut = labels[window][rows[:, None], columns[None]]
    return (resized.flip(-1), cut[:, ::-1]) if mirrored else (resized, cut)


def mirror_words(caption: str) -> str:
    """Swap "left" and "right", as a mirrored picture needs."""
    swap = {"left": "right", "right": "left"}
    return re.sub(r"\b(left|right)\b", lambda found: swap[found.group()], caption)


def recolour_a_little(
    image: Float[Tensor, "3 h w"], settings: CropSettings, rng: np.random.Generator
) -> Float[Tensor, "3 h w"]:
    """Change brightness, tint and gamma a little and add noise."""
    gain = 1 + rng.uniform(-settings.gain, settings.gain)
    tint = 1 + rng.uniform(-settings.tint, settings.tint, size=(3, 1, 1))
    gamma = float(np.exp(rng.uniform(-settings.gamma, settings.gamma)))
    sigma = rng.uniform(0, settings.noise)
    noise = rng.standard_normal(image.shape, dtype=np.float32) * np.float32(sigma)
    changed = (image * torch.from_numpy((gain * tint).astype(np.float32))).clamp(0, 1) ** gamma
    return (changed + torch.from_numpy(noise)).clamp(0, 1)


def full_view(image: UInt8[np.ndarray, "h w 3"]) -> Float[Tensor, "1 3 h w"]:
    """Return a whole view as an image batch."""
    return torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 255


def patch_labels(labels: UInt8[np.ndarray, "h w"], patch: int) -> Int[np.ndarray, "gh gw"]:
    """Return the region at each patch's centre pixel."""
    return labels[patch // 2 :: patch, patch // 2 :: patch].astype(np.int64)
