import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vantage.abstraction.settings import PRESETS
from vantage.abstraction.tiles import Tiling, cut_tile, merge_tiles, resize_tiles, tile_image
from vantage.errors import DataError

SIZES = st.integers(24, 160)


def enlarged_one_by_one(maps: list[torch.Tensor], tilings: list[Tiling], height: int, width: int) -> torch.Tensor:
    """Every crop's map enlarged by torch, summed, divided by the count: what the matrices must equal."""
    total = torch.zeros(len(maps[0]), height, width)
    for one, tiling in zip(maps, tilings, strict=True):
        sums, counts = torch.zeros(len(one), height, width), torch.zeros(height, width)
        for i, row in enumerate(tiling.rows):
            for j, column in enumerate(tiling.columns):
                place = (slice(row, row + tiling.size), slice(column, column + tiling.size))
                sums[:, place[0], place[1]] += torch.nn.functional.interpolate(
                    one[None, :, i, j], (tiling.size, tiling.size), mode="bilinear", align_corners=False
                )[0]
                counts[place] += 1
        total += sums / counts.clamp_min(1)
    return total / len(tilings)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(height=SIZES, width=SIZES, coverage=st.sampled_from(["flush", "released"]))
def test_merging_equals_enlarging_each_crop(height: int, width: int, coverage: str) -> None:
    tilings = tile_image(height, width, (1.0, 1 / 2, 1 / 3), 1 / 4, coverage)
    generator = torch.Generator().manual_seed(height)
    maps = [torch.randn(2, len(t.rows), len(t.columns), 3, 3, generator=generator) for t in tilings]
    mine = merge_tiles(maps, tilings, height, width)
    torch.testing.assert_close(mine, enlarged_one_by_one(maps, tilings, height, width), rtol=1e-4, atol=1e-5)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(height=SIZES, width=SIZES, stride=st.sampled_from([1 / 4, 1 / 2, 1.0]))
def test_flush_crops_cover_every_pixel_and_stay_inside(height: int, width: int, stride: float) -> None:
    shares = PRESETS["paper"].shares
    for tiling in tile_image(height, width, shares, stride):
        for starts, length in ((tiling.rows, height), (tiling.columns, width)):
            covered = np.zeros(length, dtype=int)
            for start in starts:
                covered[start : start + tiling.size] += 1
            assert covered.min() >= 1
            assert max(starts) + tiling.size == length
            assert len(set(starts)) == len(starts)


def test_equal_maps_give_that_value_everywhere() -> None:
    tilings = tile_image(90, 120, PRESETS["paper"].shares, 1 / 4)
    maps = [torch.full((1, len(t.rows), len(t.columns), 7, 7), 0.3) for t in tilings]
    torch.testing.assert_close(merge_tiles(maps, tilings, 90, 120), torch.full((1, 90, 120), 0.3))


def test_the_papers_count_of_crops() -> None:
    """896 pixels square: 1 + 25 + 100 + 169 crops, with the last of a third flush; the released sizes give 204."""
    paper = [tiling.count for tiling in tile_image(896, 896, PRESETS["paper"].shares, 1 / 4)]
    released = [tiling.count for tiling in tile_image(896, 896, PRESETS["released"].shares, 1 / 4, "released")]
    assert paper == [1, 25, 100, 169]
    assert sum(released) == 204


def test_crops_too_small_to_shift() -> None:
    with pytest.raises(DataError, match=r"crops of 0\.25 of its height would be 3 pixels wide"):
        tile_image(15, 20, (1.0, 1 / 4), 1 / 4)


def test_a_crop_in_float_is_close_to_pillows() -> None:
    image = torch.rand(3, 50, 60, generator=torch.Generator().manual_seed(0))
    smooth = torch.nn.functional.avg_pool2d(image[None], 5, 1, 2)[0]
    tile = cut_tile(smooth, 40, 5, 15)[None]
    assert torch.equal(tile[0], smooth[:, 5:45, 15:55])
    for side in (20, 96):
        difference = resize_tiles(tile, side) - resize_tiles(tile, side, "pillow")
        # Pillow rounds to 8 bits after each of its two passes.
        assert float(difference.abs().max()) < 2 / 255
    assert torch.equal(resize_tiles(tile, 40), tile)
