"""SigLIP's loss against a loop, the optimum of its form for shared words, and the head that reads sets of patches."""

import math

import pytest
import torch

from vantage.encoders.room_siglip import (
    AttentionPool,
    RoomSiglip,
    RoomSiglipEncoder,
    RoomSiglipSettings,
    load_room_siglip,
    save_room_siglip,
)
from vantage.encoders.text import TextSettings, Vocabulary
from vantage.encoders.vit import VitSettings
from vantage.errors import DataError
from vantage.pretraining.sigmoid_loss import sigmoid_information, sigmoid_pairs

TINY = RoomSiglipSettings(
    dim=12,
    vit=VitSettings(width=32, depth=2, heads=2, patch=4, registers=2),
    text=TextSettings(width=16, depth=1, heads=2, max_words=8),
)


def test_pairs_are_the_loop():
    generator = torch.Generator().manual_seed(0)
    vectors, texts = torch.randn(3, 4, generator=generator), torch.randn(5, 4, generator=generator)
    same = torch.rand(3, 5, generator=generator) > 0.6
    scale, bias = torch.tensor(2.0), torch.tensor(-1.5)
    total = 0.0
    for i in range(3):
        for j in range(5):
            logit = 2.0 * float(vectors[i] @ texts[j]) - 1.5
            total -= math.log(1 / (1 + math.exp(-logit if same[i, j] else logit)))
    assert float(sigmoid_pairs(vectors, texts, same, scale, bias)) == pytest.approx(total / 3, rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_information_is_the_optimum(seed):
    """At log p(r, t) / p(r) p(t) - log(negatives) the gradient vanishes, and anywhere else the loss is larger."""
    generator = torch.Generator().manual_seed(seed)
    shares = torch.rand(5, 4, generator=generator, dtype=torch.float64) + 0.05
    shares = shares / shares.sum(dim=1, keepdim=True)
    weights = torch.rand(5, generator=generator, dtype=torch.float64) + 0.2
    joint = shares * (weights / weights.sum())[:, None]
    best = (joint / joint.sum(1, keepdim=True) / joint.sum(0, keepdim=True)).log() - math.log(7.0)
    best.requires_grad_()
    eye, nothing = torch.eye(4, dtype=torch.float64), torch.zeros(5, 4, dtype=torch.bool)
    one, zero = torch.tensor(1.0), torch.tensor(0.0)

    def loss(scores: torch.Tensor) -> torch.Tensor:
        return sigmoid_information(scores, eye, shares, weights, nothing, one, zero, 7.0)

    (gradient,) = torch.autograd.grad(loss(best), best)
    assert float(gradient.abs().max()) < 1e-9
    moved = best.detach() + 0.3 * torch.randn(5, 4, generator=generator, dtype=torch.float64)
    assert float(loss(moved)) > float(loss(best.detach()))


def test_unknown_pairs_do_not_count():
    generator = torch.Generator().manual_seed(0)
    shares = torch.tensor([[0.5, 0.5, 0], [0, 0, 1.0]])
    unknown = torch.tensor([[False, False, True], [False, False, False]])
    scores = torch.randn(2, 3, generator=generator, requires_grad=True)
    loss = sigmoid_information(
        scores, torch.eye(3), shares, torch.ones(2), unknown, torch.tensor(1.0), torch.tensor(0.0), 5.0
    )
    (gradient,) = torch.autograd.grad(loss, scores)
    assert float(gradient[0, 2]) == 0
    assert float(gradient[1, 0]) != 0


def test_the_head_reads_sets_of_patches():
    torch.manual_seed(0)
    pool = AttentionPool(16, 2, 6).eval()
    patches = torch.randn(5, 16)
    coverage = torch.tensor([[1.0, 0, 1], [1, 0, 0], [1, 1, 0], [0, 0, 0], [0.5, 0, 0]])
    found = pool(patches, coverage)
    # A set of one patch is that patch's value path, whatever share of it is covered.
    torch.testing.assert_close(found[1], pool.each(patches)[2])
    torch.testing.assert_close(pool(patches, 0.3 * coverage)[2], pool.each(patches)[0])
    # Attention by hand: a share of a half halves a patch's weight.
    keys, values = pool.keys_values(patches).chunk(2, dim=-1)
    read = []
    for head in range(2):
        part = slice(8 * head, 8 * head + 8)
        weight = (keys[:, part] @ pool.query[part] / 8**0.5).exp() * coverage[:, 0]
        read.append((weight / weight.sum()) @ values[:, part])
    torch.testing.assert_close(found[0], pool._finish(torch.cat(read)[None])[0])


@torch.no_grad()
def test_encoder_and_file(tmp_path):
    torch.manual_seed(0)
    model = RoomSiglip(Vocabulary.of_texts(["a red mug"]), TINY).eval()
    encoder = RoomSiglipEncoder(model, source="a test")
    features = encoder.encode(torch.rand(2, 3, 18, 25))
    assert features.grid.shape == (2, 5, 7, 12)
    torch.testing.assert_close(features.grid.norm(dim=-1), torch.ones(2, 5, 7))
    torch.testing.assert_close(features.summary.norm(dim=-1), torch.ones(2))
    assert encoder.encode_text(["a red mug", "xyzzy"]).shape == (2, 12)
    assert encoder.unknown_words("a blue mug") == ["blue"]
    path = tmp_path / "room-siglip.safetensors"
    save_room_siglip(model, path)
    again = load_room_siglip(path)
    images = torch.rand(1, 3, 16, 16)
    torch.testing.assert_close(again.encode(images).grid, encoder.encode(images).grid, atol=5e-3, rtol=0)
    assert again.card.text
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"room-siglip\.safetensors"):
        load_room_siglip(path)
