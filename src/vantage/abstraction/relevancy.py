"""Relevancy maps: for each label, how much each pixel of an image speaks for it (Semantic Abstraction, section 3.2)."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vantage.abstraction.colour_jitter import jitter_colours
from vantage.abstraction.evidence import ReadTiles, reader_of
from vantage.abstraction.labels import check_labels, label_vectors
from vantage.abstraction.readouts import tile_side
from vantage.abstraction.settings import RelevancySettings
from vantage.abstraction.tiles import Tiling, cut_tile, merge_tiles, resize_tiles, tile_image
from vantage.encoders import Encoder, TextEncoder
from vantage.encoders.preprocessing import check_images
from vantage.errors import DataError, UsageError


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RelevancyMap:
    """How much each pixel of an image speaks for each label."""

    labels: tuple[str, ...]
    values: Float[Tensor, "k h w"]
    """Without a unit; higher is more. Where a background was subtracted 0 is neutral."""


@runtime_checkable
class Extractor(Protocol):
    """Makes relevancy maps."""

    def relevancy(self, image: Float[Tensor, "3 h w"], labels: Sequence[str]) -> RelevancyMap:
        """Return the relevancy of an RGB image in [0, 1] to labels."""
        ...


class EncoderExtractor:
    """Makes relevancy maps with an image-text encoder."""

    def __init__(self, encoder: Encoder, settings: RelevancySettings | None = None) -> None:
        """Prepare an encoder.

        Raises:
            UsageError: it has no text tower, or cannot be read as the settings say.
        """
        if not encoder.card.text or not isinstance(encoder, TextEncoder):
            raise UsageError(
                f"{encoder.card.name} has no text tower; relevancy needs an image-text encoder such as room-clip"
            )
        self.encoder = encoder
        self.texts: TextEncoder = encoder
        self.settings = settings or RelevancySettings()
        self.read: ReadTiles = reader_of(encoder, self.settings)

    def relevancy(self, image: Float[Tensor, "3 h w"], labels: Sequence[str]) -> RelevancyMap:
        """Return the relevancy of an RGB image in [0, 1] to labels, minus the mean over the background's labels.

        Raises:
            UsageError: there is no label, or one is empty or too long.
            DataError: the image is smaller than a patch, or no RGB image in [0, 1].
        """
        settings = self.settings
        wanted = check_labels(labels)
        check_image(image, self.encoder.card.patch)
        rng = np.random.default_rng(settings.seed)
        versions = torch.stack([image, *(jitter_colours(image, rng) for _ in range(settings.jitters))])
        texts = label_vectors(self.texts, [*wanted, *settings.background], settings.templates)
        values = self.of_versions(versions, texts)
        maps, background = values[: len(wanted)], values[len(wanted) :]
        if len(background):
            maps = maps - background.mean(dim=0)
        return RelevancyMap(labels=tuple(wanted), values=maps.to(image.device))

    @torch.no_grad()
    def of_versions(self, versions: Float[Tensor, "v 3 h w"], texts: Float[Tensor, "k d"]) -> Float[Tensor, "k h w"]:
        """Return the mean relevancy of versions of an image to texts, nothing subtracted, on the encoder's device.

        Args:
            versions: the image in several colours, RGB in [0, 1].
            texts: vectors of the texts.
        """
        settings = self.settings
        height, width = versions.shape[-2:]
        side = settings.side or tile_side(self.encoder)
        tilings = tile_image(height, width, settings.shares, settings.stride, settings.coverage)
        maps: dict[int, Tensor] = {}
        looks = len(versions) * (2 if settings.flip else 1)
        for batch in _batches(versions, tilings, settings.batch):
            tiles = torch.cat([resize_tiles(tile[None], side, settings.resize) for _, tile in batch])
            read = self._read_both_ways(tiles, texts)
            for (place, _), one in zip(batch, read.unbind(dim=1), strict=True):
                tiling = tilings[place.tiling]
                if place.tiling not in maps:
                    shape = (len(one), len(tiling.rows), len(tiling.columns), *one.shape[-2:])
                    maps[place.tiling] = one.new_zeros(shape, dtype=torch.float32)
                maps[place.tiling][:, place.row, place.column] += one / looks
        return merge_tiles([maps[number] for number in range(len(tilings))], tilings, height, width)

    def _read_both_ways(self, tiles: Tensor, texts: Tensor) -> Float[Tensor, "k n gh gw"]:
        """Read crops, and where settings say so their mirror images, mirrored back and added."""
        if not self.settings.flip:
            return self.read(tiles, texts)
        straight, mirrored = self.read(torch.cat([tiles, tiles.flip(-1)]), texts).chunk(2, dim=1)
        return straight + mirrored.flip(-1)


@dataclasses.dataclass(frozen=True)
class _Place:
    """Which crop: the tiling's number, and the crop's row and column in it."""

    tiling: int
    row: int
    column: int


def _batches(
    versions: Float[Tensor, "v 3 h w"], tilings: Sequence[Tiling], size: int
) -> Iterator[list[tuple[_Place, Tensor]]]:
    """Yield crops of all versions and sizes, as many at once as go into a batch."""
    batch: list[tuple[_Place, Tensor]] = []
    for number, tiling in enumerate(tilings):
        for i, row in enumerate(tiling.rows):
            for j, column in enumerate(tiling.columns):
                for version in versions:
                    batch.append((_Place(number, i, j), cut_tile(version, tiling.size, row, column)))
                    if len(batch) == size:
                        yield batch
                        batch = []
    if batch:
        yield batch


def check_image(image: Tensor, patch: int) -> None:
    """Refuse what is no RGB image in [0, 1] (3 h w) of at least a patch.

    Raises:
        DataError: it is of another shape, type or range, too small, or not finite.
    """
    if image.dim() != 3:
        raise DataError(f"image of shape {tuple(image.shape)}; expected 3 x height x width")
    check_images(image[None])
    height, width = image.shape[-2:]
    if min(height, width) < patch:
        raise DataError(f"image of {width}x{height} pixels is smaller than one patch ({patch} pixels); enlarge it")
    if not bool(image.isfinite().all()):
        raise DataError("the image holds values that are not finite; expected RGB in [0, 1]")
