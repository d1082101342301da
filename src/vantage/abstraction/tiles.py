"""Overlapping square crops of an image at several sizes, and merging what was computed on them.

Crops of one size stand on a product of row and column starts, and bilinear enlargement is a product too. So all crops
of a size are merged by two matrix products a text, without ever enlarging a single crop.
"""

import dataclasses
from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from PIL import Image
from torch import Tensor

from vantage.errors import DataError

Coverage = Literal["flush", "released"]
"""What happens at the right and bottom borders where the stride does not reach them: a last crop flush with the border,
or nothing, as in the released code, which also stops at columns beyond the image's height and rows beyond its width."""
Resize = Literal["float", "pillow"]
"""How crops are resized: antialiased bicubic in float, or Pillow's in 8 bits as the released code does."""
SMALLEST_CROP = 4
"""Pixels of the smallest crop's side: a quarter of it is a stride of one pixel."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tiling:
    """The crops of one size: all pairs of a row and a column where one starts."""

    size: int
    """Side of a crop in pixels of the image."""
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many crops there are."""
        return len(self.rows) * len(self.columns)


def tile_image(
    height: int, width: int, shares: Sequence[float], stride: float, coverage: Coverage = "flush"
) -> list[Tiling]:
    """Return the crops of an image, one tiling for each share.

    Args:
        height: of the image in pixels.
        width: of the image in pixels.
        shares: crop sides as shares of the image's shorter side; 1, 1/2, 1/3, 1/4 in the paper (appendix 6.3).
        stride: share of a crop's side by which it is shifted; 1/4 in the paper.
        coverage: what happens at the right and bottom borders.

    Raises:
        DataError: a crop would be smaller than 4 pixels.
    """
    tilings = []
    for share in shares:
        # A third of 96 is 31.99... in floats; the released code counts in whole numbers.
        size = int(min(height, width) * share + 1e-6)
        if size < SMALLEST_CROP:
            raise DataError(
                f"image of {width}x{height} pixels: crops of {share:.3g} of its height would be {size} pixels wide; "
                f"expected at least {SMALLEST_CROP}, enlarge the image"
            )
        step = max(1, int(size * stride + 1e-6))
        rows, columns = (_starts(length, size, step) for length in (height, width))
        if coverage == "released":
            rows, columns = [r for r in rows if r < width], [c for c in columns if c < height]
        else:
            rows, columns = _flush(rows, height - size), _flush(columns, width - size)
        tilings.append(Tiling(size=size, rows=tuple(rows), columns=tuple(columns)))
    return tilings


def cut_tile(image: Float[Tensor, "3 h w"], size: int, row: int, column: int) -> Float[Tensor, "3 s s"]:
    """Return one crop."""
    return image[:, row : row + size, column : column + size]


def resize_tiles(tiles: Float[Tensor, "n 3 s s"], side: int, how: Resize = "float") -> Float[Tensor, "n 3 t t"]:
    """Resize crops to the side that the encoder takes."""
    if how == "pillow":
        return torch.stack([_pillow(tile, side) for tile in tiles])
    if tiles.shape[-1] == side:
        return tiles
    return torch.nn.functional.interpolate(tiles, (side, side), mode="bicubic", antialias=True).clamp(0, 1)


def merge_tiles(
    maps: Sequence[Float[Tensor, "k _ _ gh gw"]], tilings: Sequence[Tiling], height: int, width: int
) -> Float[Tensor, "k h w"]:
    """Return the mean over sizes of the mean over the crops that lie over a pixel, each enlarged bilinearly.

    A pixel that no crop of a size covers gets 0 from that size. All sums are in float32.

    Args:
        maps: for each tiling its crops' maps, at row r and column c of the tiling.
        tilings: where the crops are.
        height: of the image in pixels.
        width: of the image in pixels.
    """
    total = maps[0].new_zeros(len(maps[0]), height, width, dtype=torch.float32)
    for one, tiling in zip(maps, tilings, strict=True):
        down = _spreading(height, tiling.rows, tiling.size, one.shape[-2]).to(one.device)
        across = _spreading(width, tiling.columns, tiling.size, one.shape[-1]).to(one.device)
        # (k, r gh, c gw): the maps of all crops side by side.
        grid = one.float().permute(0, 1, 3, 2, 4).flatten(3, 4).flatten(1, 2)
        # Text by text, so that no second tensor of the result's size is made.
        for place, text in zip(total, grid, strict=True):
            place.addmm_(down, text @ across.mT)
    return total / len(tilings)


def _spreading(length: int, starts: Sequence[int], size: int, cells: int) -> Float[Tensor, "l p"]:
    """Return the matrix that enlarges each crop's cells to its pixels and averages over the crops over a pixel."""
    enlarge = torch.nn.functional.interpolate(torch.eye(cells)[None], size=size, mode="linear", align_corners=False)[0]
    matrix = torch.zeros(length, len(starts), cells)
    for k, start in enumerate(starts):
        matrix[start : start + size, k] = enlarge.mT
    covered = torch.zeros(length)
    for start in starts:
        covered[start : start + size] += 1
    return matrix.flatten(1) / covered.clamp_min(1)[:, None]


def _starts(length: int, size: int, step: int) -> list[int]:
    return list(range(0, length - size + 1, step))


def _flush(starts: list[int], last: int) -> list[int]:
    return starts if starts[-1] == last else [*starts, last]


def _pillow(tile: Float[Tensor, "3 s s"], side: int) -> Float[Tensor, "3 t t"]:
    levels = (tile * 255).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).cpu().numpy()
    resized = Image.fromarray(levels).resize((side, side), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.asarray(resized).copy()).permute(2, 0, 1).to(tile) / 255
