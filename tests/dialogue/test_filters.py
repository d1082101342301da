"""Choosing images and pairs: the labels' rule on vectors that are known, LPIPS against its formula written out."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from vantage.dialogue.filters import (
    LEAST,
    MOST,
    Lpips,
    fitting_pairs,
    load_lpips_network,
    pair_distances,
)
from vantage.dialogue.select import OTHERS, SCENES, SceneFilter, kept_share
from vantage.encoders import EncoderCard, Features
from vantage.errors import DataError, MissingError, UsageError
from vantage.storage import save_tensors

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


def save_random(folder: Path) -> dict[str, torch.Tensor]:
    """Save a random trunk and heads as their makers do, and return the tensors."""
    torch.manual_seed(0)
    trunk = {name: t * 3 for name, t in Lpips().state_dict().items() if name.startswith("features")}
    heads = {f"lin{k}.model.1.weight": torch.rand(1, width, 1, 1) for k, width in enumerate((64, 192, 384, 256, 256))}
    folder.mkdir(exist_ok=True)
    torch.save({**trunk, "classifier.1.weight": torch.zeros(2, 2)}, folder / "alexnet-owt-7be5be79.pth")
    torch.save(heads, folder / "alex.pth")
    return trunk | heads


def written_out(tensors: dict[str, torch.Tensor], one: torch.Tensor, other: torch.Tensor) -> float:
    """LPIPS as the paper's equation 1 has it, with AlexNet's strides and paddings."""
    shift = torch.tensor([-0.030, -0.088, -0.188]).view(1, 3, 1, 1)
    scale = torch.tensor([0.458, 0.448, 0.450]).view(1, 3, 1, 1)
    a, b = ((2 * x - 1 - shift) / scale for x in (one, other))
    total = 0.0
    for k, (number, stride, padding) in enumerate([(0, 4, 2), (3, 1, 2), (6, 1, 1), (8, 1, 1), (10, 1, 1)]):
        weight, bias = tensors[f"features.{number}.weight"], tensors[f"features.{number}.bias"]
        if k in (1, 2):
            a, b = (functional.max_pool2d(x, 3, 2) for x in (a, b))
        a, b = (functional.conv2d(x, weight, bias, stride=stride, padding=padding).clamp_min(0) for x in (a, b))
        unit = [x / x.pow(2).sum(dim=1, keepdim=True).sqrt() for x in (a, b)]
        squared = (torch.nan_to_num(unit[0]) - torch.nan_to_num(unit[1])) ** 2
        total += float((squared * tensors[f"lin{k}.model.1.weight"]).sum(dim=1).mean())
    return total


def test_lpips_is_its_formula(tmp_path: Path) -> None:
    tensors = save_random(tmp_path)
    model = load_lpips_network(tmp_path)
    images = torch.rand(3, 3, 80, 100, generator=torch.Generator().manual_seed(1))
    looks = [model.look(image[None]) for image in images]
    for i in range(3):
        for j in range(3):
            found = float(model.distance(looks[i], looks[j])[0])
            expected = written_out(tensors, images[i : i + 1], images[j : j + 1])
            assert found == pytest.approx(expected, rel=1e-4, abs=1e-7) and (found == 0) == (i == j)


def test_every_image_passes_once_and_pairs_keep_their_bounds(tmp_path: Path) -> None:
    save_random(tmp_path)
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
    edge = np.array([[0, LEAST, 0.2], [LEAST, 0, MOST], [0.2, MOST, 0]])
    assert fitting_pairs(edge) == [(0, 1), (1, 2)]
    assert fitting_pairs(edge, least=0.4) == [(1, 2)] and fitting_pairs(np.zeros((1, 1))) == []
    with pytest.raises(UsageError, match="different sizes"):
        pair_distances(model, [first, first[1:]])
    with pytest.raises(DataError, match="below 63"):
        model.look(torch.rand(1, 3, 40, 90))


def test_converted_weights_are_read_and_others_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="alexnet-owt-7be5be79"):
        load_lpips_network(tmp_path)
    tensors = save_random(tmp_path / "pickled")
    converted = tmp_path / "converted"
    converted.mkdir()
    save_tensors(converted / "alexnet.safetensors", {n: t for n, t in tensors.items() if n.startswith("features")})
    heads = {name: tensor for name, tensor in tensors.items() if name.startswith("lin")}
    save_tensors(converted / "lpips-alex.safetensors", heads)
    one, other = load_lpips_network(converted).state_dict(), load_lpips_network(tmp_path / "pickled").state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)
    save_tensors(converted / "lpips-alex.safetensors", {name: -tensor for name, tensor in heads.items()})
    with pytest.raises(DataError, match="negative"):
        load_lpips_network(converted)
    save_tensors(converted / "lpips-alex.safetensors", {"lin0.model.1.weight": heads["lin0.model.1.weight"]})
    with pytest.raises(DataError, match="head 1"):
        load_lpips_network(converted)
    # A pickle that wants to run something is refused by the restricted reader.
    torch.save({"features.0.weight": dataclasses.dataclass}, tmp_path / "pickled" / "alex.pth")
    with pytest.raises(DataError, match="not plain tensors"):
        load_lpips_network(tmp_path / "pickled")
