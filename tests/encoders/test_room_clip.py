"""`room-clip` as an encoder: contract, text side, files and their faults; random weights but for the last test."""

import dataclasses

import pytest
import torch
from safetensors.torch import load_file, save_file

from vantage.encoders import Encoder, TextEncoder
from vantage.encoders.room_clip import (
    NAME,
    ROOM_CLIP_CARD,
    RoomClip,
    RoomClipEncoder,
    RoomClipSettings,
    load_room_clip,
    read_room_clip,
    save_room_clip,
)
from vantage.encoders.room_vit import room_weights
from vantage.encoders.text import TextSettings, Vocabulary
from vantage.encoders.vit import VitSettings
from vantage.errors import DataError, MissingError, UsageError

TEXTS = ["a red mug on a blue table", "an object", "some stuff"]
TINY = RoomClipSettings(
    dim=12,
    vit=VitSettings(width=32, depth=2, heads=2, patch=4, registers=2),
    text=TextSettings(width=16, depth=2, heads=2, max_words=8),
)


@pytest.fixture(scope="module")
def model() -> RoomClip:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = RoomClip(Vocabulary.of_texts(TEXTS), TINY).eval()
        for parameter in model.parameters():
            parameter.data.add_(0.1 * torch.randn_like(parameter))
    return model


@pytest.fixture(scope="module")
def encoder(model) -> RoomClipEncoder:
    return RoomClipEncoder(model, source="a test")


def test_keeps_the_contract(encoder):
    assert isinstance(encoder, Encoder)
    assert isinstance(encoder, TextEncoder)
    features = encoder.encode(torch.rand(2, 3, 10, 17))
    assert features.grid.shape == (2, 3, 5, 12)
    assert features.stride == (4.0, 4.0)
    torch.testing.assert_close(features.grid.norm(dim=-1), torch.ones(2, 3, 5))
    torch.testing.assert_close(features.summary.norm(dim=-1), torch.ones(2))
    texts = encoder.encode_text(["a red mug", "stuff"])
    assert texts.shape == (2, 12)
    torch.testing.assert_close(texts.norm(dim=-1), torch.ones(2))


def test_padding_repeats_the_border_and_keeps_every_pixel(encoder):
    """What lies in the image decides the features up to its last row and column."""
    image = torch.rand(1, 3, 10, 17)
    plain = encoder.encode(image).grid
    for row, column in ((9, 0), (0, 16), (9, 16)):
        marked = image.clone()
        marked[..., row, column] = 1 - marked[..., row, column]
        change = (encoder.encode(marked).grid - plain).abs().sum(dim=-1)[0]
        assert int(change.argmax()) == (row // 4) * 5 + column // 4


def test_short_side_resizes_on_purpose(model):
    larger = RoomClipEncoder(model, source="a test", short_side=20)
    features = larger.encode(torch.rand(1, 3, 10, 16))
    assert features.grid.shape == (1, 5, 8, 12)
    assert features.stride == (2.0, 2.0)
    assert larger.fingerprint != RoomClipEncoder(model, source="a test").fingerprint


def test_an_image_smaller_than_a_patch_is_refused(encoder):
    with pytest.raises(DataError, match="smaller than one patch"):
        encoder.encode(torch.rand(1, 3, 3, 40))


def test_word_order_and_case(encoder):
    red, other, upper = encoder.encode_text(["red mug blue table", "blue mug red table", "Red MUG, blue table!"])
    assert not torch.allclose(red, other, atol=1e-3)
    torch.testing.assert_close(red, upper)


def test_a_text_does_not_depend_on_the_batch_it_comes_in(encoder):
    alone = encoder.encode_text(["a mug"])[0]
    together = encoder.encode_text(["a mug", "a red mug on a blue table"])[0]
    torch.testing.assert_close(alone, together, atol=1e-6, rtol=1e-5)


def test_unknown_words_are_named_and_harmless(encoder):
    assert encoder.unknown_words("a shiny red mug") == ["shiny"]
    assert bool(torch.isfinite(encoder.encode_text(["quantum", "x" * 10_000, "mug " * 5000, "🍵 mug"])).all())
    for empty in ("", "  ", "!?", "🍵"):
        with pytest.raises(UsageError, match="no word"):
            encoder.encode_text([empty])


def test_saves_and_loads_the_same_encoder(model, tmp_path):
    path = tmp_path / "w.safetensors"
    save_room_clip(model, path)
    first, second = load_room_clip(path), load_room_clip(path)
    assert first.fingerprint == second.fingerprint
    assert first.model.vocabulary.words == model.vocabulary.words
    images = torch.rand(1, 3, 8, 8)
    # The file is float16; three digits remain.
    expected = RoomClipEncoder(model, source="a test").encode(images).grid
    torch.testing.assert_close(first.encode(images).grid, expected, atol=5e-3, rtol=0)


@pytest.mark.parametrize("keep", [0, 5, 8, 200, 0.5, 0.999])
def test_truncated_files_are_refused(model, tmp_path, keep):
    path = tmp_path / "w.safetensors"
    save_room_clip(model, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep) if isinstance(keep, float) else keep])
    with pytest.raises(DataError, match=r"w\.safetensors"):
        read_room_clip(path)


def test_foreign_nan_and_misshapen_files_are_refused(model, tmp_path):
    path = tmp_path / "w.safetensors"
    save_file({"a": torch.zeros(2)}, path)
    with pytest.raises(DataError, match="expected room-clip weights"):
        read_room_clip(path)
    save_room_clip(model, path)
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    tensors = load_file(path)
    broken = dict(tensors)
    broken["patch_head.weight"] = torch.full_like(tensors["patch_head.weight"], float("nan"))
    save_file(broken, path, metadata)
    with pytest.raises(DataError, match=r"patch_head\.weight.*NaN"):
        read_room_clip(path)
    save_file({name: value for name, value in tensors.items() if name != "vision.norm.weight"}, path, metadata)
    with pytest.raises(DataError, match=r"vision\.norm\.weight"):
        read_room_clip(path)
    save_file(tensors, path, {**metadata, "settings": "{}"})
    with pytest.raises(DataError, match="architecture"):
        read_room_clip(path)


def test_missing_weights_say_how_to_make_them(monkeypatch, tmp_path):
    monkeypatch.setattr("vantage.encoders.room_vit.WEIGHTS_FOLDER", tmp_path)
    with pytest.raises(MissingError, match="vantage pretrain room-clip"):
        load_room_clip()


def test_the_full_size_keeps_its_limits():
    """At most 4 M parameters, and at most 10 MB as float16."""
    model = RoomClip(Vocabulary.of_texts([f"word{i}" for i in range(400)]))
    count = sum(parameter.numel() for parameter in model.parameters())
    assert count <= 4_000_000
    assert 2 * count <= 10_000_000


def test_the_shipped_weights_match_their_card_and_know_colours():
    encoder = load_room_clip()
    assert room_weights(NAME).stat().st_size <= 10_000_000
    assert encoder.card == dataclasses.replace(ROOM_CLIP_CARD, parameters=encoder.card.parameters)
    # The card rounds, since the vocabulary's size is known only after training.
    assert abs(encoder.card.parameters - ROOM_CLIP_CARD.parameters) < 50_000
    assert encoder.unknown_words("a red mug on a wooden table object things stuff texture") == []
    # An image of one colour is more like that colour's words than like another's.
    colours = {
        "red": (0.8, 0.1, 0.09),
        "green": (0.15, 0.58, 0.2),
        "blue": (0.12, 0.3, 0.8),
        "yellow": (0.95, 0.84, 0.15),
    }
    texts = encoder.encode_text([f"something {name}" for name in colours])
    for column, rgb in enumerate(colours.values()):
        image = torch.tensor(rgb)[None, :, None, None].expand(1, 3, 64, 64)
        scores = encoder.encode(image).grid[0].mean(dim=(0, 1)) @ texts.T
        assert int(scores.argmax()) == column
