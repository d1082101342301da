import pytest
import torch

from vantage.encoders import Encoder, encoder_cards, load_encoder, load_text_encoder, weights_present
from vantage.encoders.names import parse_name
from vantage.errors import DataError, MissingError, UsageError


def test_cards_are_whole_and_unique():
    cards = encoder_cards()
    assert len({card.name for card in cards}) == len(cards)
    assert {"room-clip", "pixels", "dinov2-small", "dinov3-vitb16", "clip-base-patch16"} <= {c.name for c in cards}
    for card in cards:
        assert card.dim > 0
        assert card.patch > 0
        assert card.licence
        assert card.text == (card.family == "image-text")


@pytest.mark.parametrize(
    ("name", "base", "short_side", "dense"),
    [
        ("room-clip", "room-clip", None, "text"),
        ("dinov2-small@448", "dinov2-small", 448, "text"),
        ("hf:openai/clip-vit-base-patch16@224#tokens", "hf:openai/clip-vit-base-patch16", 224, "tokens"),
        ("/a folder/with@sign/model", "/a folder/with@sign/model", None, "text"),
    ],
)
def test_names_are_parsed(name, base, short_side, dense):
    parsed = parse_name(name)
    assert (parsed.base, parsed.short_side, parsed.dense) == (base, short_side, dense)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("room-clp", "did you mean 'room-clip'"),
        ("dinov2-smal", "did you mean 'dinov2-small'"),
        ("pixel", "did you mean 'pixels'"),
        ("zzzzzzzz", "vantage encoders"),
        ("", "empty"),
        ("pixels@0", "shorter side"),
    ],
)
def test_misspelt_names_are_answered(name, message):
    with pytest.raises(UsageError, match=message):
        load_encoder(name)


def test_paths_that_are_not_there_are_named():
    with pytest.raises(MissingError, match="no such folder"):
        load_encoder("./nowhere/model")
    with pytest.raises(DataError, match=r"nowhere\.safetensors"):
        load_encoder("./nowhere.safetensors")


def test_only_text_encoders_answer_texts():
    with pytest.raises(UsageError, match="no text tower"):
        load_text_encoder("pixels")


def test_pixels_are_mean_colour_and_position():
    encoder = load_encoder("pixels")
    assert isinstance(encoder, Encoder)
    image = torch.zeros(1, 3, 16, 24)
    image[:, 0, :8, 8:16] = 1.0
    image[:, 2, 8:, 16:20] = 1.0
    features = encoder.encode(image)
    assert features.grid.shape == (1, 2, 3, 5)
    torch.testing.assert_close(features.grid[0, 0, 1], torch.tensor([1.0, 0, 0, 0.5, 0.25]))
    torch.testing.assert_close(features.grid[0, 1, 2], torch.tensor([0, 0, 0.5, 5 / 6, 0.75]))
    assert weights_present(encoder.card) is not None
    with pytest.raises(DataError, match="smaller than one patch"):
        encoder.encode(torch.rand(1, 3, 7, 24))
