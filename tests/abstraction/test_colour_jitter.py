import colorsys

import numpy as np
import torch
from PIL import Image, ImageEnhance

from vantage.abstraction.colour_jitter import (
    change_brightness,
    change_contrast,
    change_saturation,
    jitter_colours,
    turn_hue,
)

IMAGE = torch.rand(3, 9, 11, generator=torch.Generator().manual_seed(5))
LEVELS = (IMAGE * 255).round().to(torch.uint8)


def test_against_pillow() -> None:
    """Pillow rounds grey and colours to 8 bits, each by at most half a level."""
    picture = Image.fromarray(LEVELS.permute(1, 2, 0).numpy())
    for change, enhance in (
        (change_brightness, ImageEnhance.Brightness),
        (change_contrast, ImageEnhance.Contrast),
        (change_saturation, ImageEnhance.Color),
    ):
        for factor in (0.4, 1.0, 1.5):
            truth = torch.from_numpy(np.asarray(enhance(picture).enhance(factor)).copy()).permute(2, 0, 1) / 255
            assert float((change(LEVELS / 255, factor) - truth).abs().max()) < 2 / 255, (change, factor)


def test_hue_against_colorsys() -> None:
    for turns in (-0.1, 0.03, 0.5):
        mine = turn_hue(IMAGE, turns).flatten(1).T
        for before, after in zip(IMAGE.flatten(1).T.tolist(), mine.tolist(), strict=True):
            hue, saturation, value = colorsys.rgb_to_hsv(*before)
            truth = colorsys.hsv_to_rgb((hue + turns) % 1, saturation, value)
            np.testing.assert_allclose(after, truth, atol=1e-5)


def test_grey_has_no_hue_to_turn() -> None:
    grey = torch.full((3, 4, 4), 0.4)
    torch.testing.assert_close(turn_hue(grey, 0.1), grey)


def test_same_seed_same_colours() -> None:
    first, again, other = (jitter_colours(IMAGE, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.allclose(first, other)
    assert float(first.min()) >= 0
    assert float(first.max()) <= 1
