"""Choosing images and pairs: the labels' rule on vectors that are known, the pairs' rule on LPIPS of drawn weights."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from lpips_weights import save_random, written_out
from vantage.dialogue.filters import LEAST, MOST, SHORT_SIDE, fitting_pairs, pair_distances
from vantage.dialogue.select import OTHERS, SCENES, SceneFilter, kept_share
from vantage.encoders import EncoderCard, Features
from vantage.errors import UsageError
from vantage.metrics.lpips import load_lpips_network

CARD = EncoderCard(
    name="colours",
    family="image-text",
    dim=11,
    patch=1,
    parameters=0,
    licence="none",
    source="a test",
    summary="which label a grey stands for",
    text=True,
)


class Blind:
    """An encoder that sees how bright an image is: brightness k / 10 is the k-th label."""

    card = CARD
    fingerprint = "blind"

    def encode(self, images: torch.Tensor) -> Features:
        number = (images.mean(dim=(1, 2, 3)) * 10).round().long()
        summary = functional.one_hot(number, 11).float() * 3
        grid = summary[:, None, None]
        return Features(grid=grid, summary=summary, stride=(1.0, 1.0), image_size=(images.shape[3], images.shape[2]))


class Reading(Blind):
    """The same, that reads the labels too."""

    def encode_text(self, texts: list[str]) -> torch.Tensor:
        return torch.eye(11)[[[*SCENES, *OTHERS].index(text) for text in texts]]


def test_the_likeliest_label_decides() -> None:
    images = [np.full((4 + k, 6, 3), k / 10, dtype=np.float32) for k in range(11)]
    choices = SceneFilter.of(Reading()).choose(images)
    assert [choice.label for choice in choices] == [*SCENES, *OTHERS]
    assert [choice.kept for choice in choices] == [True] * 4 + [False] * 7
    assert kept_share(choices) == pytest.approx(4 / 11)
    for choice in choices:
        assert sum(choice.scores) == pytest.approx(1, abs=1e-5)
        assert choice.scene_chance == pytest.approx(float(choice.kept), abs=1e-5)


def test_who_reads_no_texts_cannot_choose() -> None:
    with pytest.raises(UsageError, match="reads no texts"):
        SceneFilter.of(Blind())
    with pytest.raises(UsageError, match="no images"):
        kept_share([])


def test_every_image_passes_once_and_pairs_keep_their_bounds(tmp_path: Path) -> None:
    tensors = save_random(tmp_path)
    model = load_lpips_network(tmp_path)
    rng = np.random.default_rng(0)
    first = rng.random((64, 80, 3), dtype=np.float32)
    images = [
        first,
        first,
        np.clip(first + 0.05 * rng.standard_normal(first.shape), 0, 1).astype(np.float32),
        1 - first,
    ]
    passes = []
    with (
        model.register_forward_pre_hook(lambda *_: None),
        model.features[0].register_forward_hook(lambda *_: passes.append(1)),
    ):
        distances = pair_distances(model, images)
    assert len(passes) == 4 and np.array_equal(distances, distances.T) and not np.diag(distances).any()
    assert distances[0, 1] == 0 < distances[0, 2] < distances[0, 3]
    size = (SHORT_SIDE, SHORT_SIDE * 80 // 64)
    large = [
        functional.interpolate(torch.from_numpy(i).permute(2, 0, 1)[None], size, mode="bilinear", antialias=True)
        for i in (images[0], images[3])
    ]
    assert distances[0, 3] == pytest.approx(written_out(tensors, *(image.clamp(0, 1) for image in large)), rel=1e-4)
    edge = np.array([[0, LEAST, 0.2], [LEAST, 0, MOST], [0.2, MOST, 0]])
    assert fitting_pairs(edge) == [(0, 1), (1, 2)]
    assert fitting_pairs(edge, least=0.4) == [(1, 2)] and fitting_pairs(np.zeros((1, 1))) == []
    with pytest.raises(UsageError, match="different sizes"):
        pair_distances(model, [first, first[1:]])
