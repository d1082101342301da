"""The closed form against gradients of whole graphs, for every kind of image-text encoder."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from encoders.tiny_encoders import ROOM_CLIP, tiny_encoder
from vantage.abstraction import gradient_attention
from vantage.abstraction.gradient_attention import LOGIT_SCALE, tile_relevancy
from vantage.abstraction.readouts import readout_of, tile_side
from vantage.encoders import TowerEncoder, add_dual_channels
from vantage.encoders.room_siglip import RoomSiglip, RoomSiglipEncoder
from vantage.encoders.text import Vocabulary
from vantage.errors import UsageError

CLASS_TOKENS = ("clip", "room-clip")
PROBES = ("siglip", "siglip2", "room-siglip")
TEXTS = torch.nn.functional.normalize(torch.randn(5, 64, generator=torch.Generator().manual_seed(3)), dim=-1)


def encoder_of(family: str) -> TowerEncoder:
    if family != "room-siglip":
        encoder = tiny_encoder(family)
        # Loaded weights are frozen; the oracle needs a graph through them.
        encoder.model.requires_grad_(True)
        return encoder
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = RoomSiglip(Vocabulary.of_texts(["a red mug"]), ROOM_CLIP)
        for parameter in model.parameters():
            parameter.data.add_(0.1 * torch.randn(parameter.shape))
    return RoomSiglipEncoder(model, source="a test")


def tiles_of(encoder: TowerEncoder, count: int = 3, side: int = 16) -> Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(1))


def texts_of(encoder: TowerEncoder) -> Tensor:
    # Of different lengths, as means over prompts are.
    return TEXTS[:, : encoder.card.dim] * torch.linspace(0.5, 1, 5)[:, None]


class _Probabilities(TorchFunctionMode):
    """Keeps the probabilities of every fused attention as a part of the graph: the oracle."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tensor] = []

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func is not nn.functional.scaled_dot_product_attention:
            return func(*args, **(kwargs or {}))
        query, key, value = args[:3]
        self.seen.append((query @ key.mT / query.shape[-1] ** 0.5).softmax(dim=-1))
        return self.seen[-1] @ value


def by_autograd(encoder: TowerEncoder, tiles: Tensor, texts: Tensor, layers: int, clamp: bool = True) -> Tensor:
    """One crop and one text at a time, with a graph through the whole encoder."""
    maps = []
    for text in texts:
        for tile in tiles:
            with _Probabilities() as attention:
                summary = encoder.encode_for_training(tile[None]).summary[0]
            gradients = torch.autograd.grad(LOGIT_SCALE * summary @ text, attention.seen[-layers:])
            relevancy = torch.eye(attention.seen[-1].shape[-1])
            for gradient, seen in zip(gradients, attention.seen[-layers:], strict=True):
                product = (gradient * seen)[0]
                relevancy = relevancy + (product.clamp_min(0) if clamp else product).mean(dim=0) @ relevancy
            maps.append(relevancy[0])
    prefix = encoder.tower.prefix
    side = round((len(maps[0]) - prefix) ** 0.5)
    return torch.stack(maps).detach()[:, prefix:].view(len(texts), len(tiles), side, side)


def _check_close(mine: Tensor, truth: Tensor) -> None:
    """Within twenty roundings of float32 of the largest value; these random encoders reach 2.5, a real one 0.005."""
    largest = float(truth.abs().max())
    assert largest > 1e-3
    torch.testing.assert_close(mine, truth, rtol=0, atol=2e-6 * largest)


@pytest.mark.parametrize("clamp", [True, False])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("family", CLASS_TOKENS)
def test_equals_autograd(family: str, layers: int, clamp: bool) -> None:
    encoder = encoder_of(family)
    tiles, texts = tiles_of(encoder), texts_of(encoder)
    mine = tile_relevancy(readout_of(encoder), tiles, texts, layers=layers, clamp=clamp)
    truth = by_autograd(encoder, tiles, texts, layers, clamp)
    _check_close(mine, truth)


@pytest.mark.parametrize("family", [*CLASS_TOKENS, *PROBES])
def test_the_read_gives_the_encoders_own_summary(family: str) -> None:
    encoder = encoder_of(family)
    tiles = tiles_of(encoder)
    readout = readout_of(encoder)
    with torch.no_grad():
        read = readout.read(readout.tokens(tiles))
        vectors = torch.nn.functional.normalize(read.finish(read.read()), dim=-1)
    torch.testing.assert_close(read.attention.sum(dim=-1), torch.ones(read.attention.shape[:2]))
    torch.testing.assert_close(vectors, encoder.encode(tiles).summary, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("family", PROBES)
def test_pooling_heads_equal_autograd(family: str, layers: int) -> None:
    """The head's own attention is a tensor of the read; the blocks' are seen by the oracle."""
    encoder = encoder_of(family)
    tiles, texts = tiles_of(encoder), texts_of(encoder)
    readout = readout_of(encoder)
    truth = []
    for text in texts:
        with _Probabilities() as attention:
            read = readout.read(readout.tokens(tiles))
        vectors = torch.nn.functional.normalize(read.finish(read.read()), dim=-1)
        inputs = [read.attention, *attention.seen[len(attention.seen) - layers + 1 :]]
        top, *below = torch.autograd.grad(LOGIT_SCALE * (vectors @ text).sum(), inputs)
        row = (top * read.attention).clamp_min(0).mean(dim=1)
        for gradient, seen in zip(below, inputs[1:], strict=True):
            cam = (gradient * seen).clamp_min(0).mean(dim=1)
            # room-siglip's blocks hold a class token and registers, which its head does not look at.
            start = cam.shape[-1] - row.shape[-1]
            full = torch.cat([row.new_zeros(len(row), start), row], dim=1)
            row = (full + (full[:, None] @ cam)[:, 0])[:, start:]
        truth.append(row.detach())
    mine = tile_relevancy(readout, tiles, texts, layers=layers).flatten(2)
    _check_close(mine, torch.stack(truth))


@pytest.mark.parametrize("family", CLASS_TOKENS)
@pytest.mark.parametrize("layers", [1, 2])
def test_dual_channels_change_nothing_until_they_are_trained(family: str, layers: int) -> None:
    encoder = encoder_of(family)
    adapted = add_dual_channels(encoder)
    tiles, texts = tiles_of(encoder), texts_of(encoder)
    before = tile_relevancy(readout_of(encoder), tiles, texts, layers=layers)
    torch.testing.assert_close(
        tile_relevancy(readout_of(adapted), tiles, texts, layers=layers), before, rtol=1e-4, atol=1e-6
    )
    for name, tensor in adapted.adapter.tensors.items():
        if "plus" in name or name.endswith("bias") or tensor.dim() > 1:
            tensor.data.add_(0.1 * torch.randn(tensor.shape, generator=torch.Generator().manual_seed(2)))
    after = tile_relevancy(readout_of(adapted), tiles, texts, layers=layers)
    assert not torch.allclose(after, before, rtol=1e-3)
    with torch.no_grad():
        readout = readout_of(adapted)
        read = readout.read(readout.tokens(tiles))
        vectors = torch.nn.functional.normalize(read.finish(read.read()), dim=-1)
    torch.testing.assert_close(vectors, adapted.encode(tiles).summary, rtol=1e-4, atol=1e-5)


def test_frozen_weights_do_as_well() -> None:
    encoder = encoder_of("clip")
    tiles, texts = tiles_of(encoder), texts_of(encoder)
    free = [tile_relevancy(readout_of(encoder), tiles, texts, layers=layers) for layers in (1, 2)]
    encoder.model.requires_grad_(False)
    frozen = [tile_relevancy(readout_of(encoder), tiles, texts, layers=layers) for layers in (1, 2)]
    torch.testing.assert_close(frozen, free)


def test_texts_taken_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = encoder_of("room-clip")
    tiles, texts = tiles_of(encoder), texts_of(encoder)
    whole = [tile_relevancy(readout_of(encoder), tiles, texts, layers=layers) for layers in (1, 2)]
    monkeypatch.setattr(gradient_attention, "FLOATS_AT_ONCE", 1)
    single = [tile_relevancy(readout_of(encoder), tiles, texts, layers=layers) for layers in (1, 2)]
    torch.testing.assert_close(single, whole)


def test_no_gradient_is_left_behind_and_grad_mode_is_as_before() -> None:
    encoder = encoder_of("room-clip")
    for layers in (1, 2):
        tile_relevancy(readout_of(encoder), tiles_of(encoder), texts_of(encoder), layers=layers)
    assert all(parameter.grad is None for parameter in encoder.model.parameters())
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("layers", [0, 3])
def test_layers_that_do_not_exist(layers: int) -> None:
    encoder = encoder_of("clip")
    with pytest.raises(UsageError, match="expected 1 to 2, counted from the end"):
        tile_relevancy(readout_of(encoder), tiles_of(encoder), texts_of(encoder), layers=layers)


@pytest.mark.parametrize("family", ["clip_vision_model", "vggt", "fit3d"])
def test_encoders_without_a_summary_for_texts(family: str) -> None:
    with pytest.raises(UsageError, match="value-path"):
        readout_of(tiny_encoder(family))


@pytest.mark.parametrize(("family", "side"), [("clip", 16), ("siglip", 16), ("siglip2", 16), ("room-clip", 128)])
def test_crops_are_of_the_size_the_encoder_was_trained_at(family: str, side: int) -> None:
    assert tile_side(tiny_encoder(family)) == side
