import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from encoders.tiny_encoders import tiny_encoder
from encoders.tiny_models import save_tiny_model
from vantage.abstraction import PRESETS, EncoderExtractor, RelevancySettings
from vantage.abstraction.labels import label_vectors
from vantage.abstraction.relevancy import check_image
from vantage.abstraction.settings import Evidence
from vantage.encoders import Encoder, load_encoder
from vantage.encoders.huggingface import load_huggingface
from vantage.errors import DataError, UsageError

FAMILIES = ("clip", "siglip", "siglip2", "room-clip")
EVIDENCE: tuple[Evidence, ...] = ("gradient", "value-path", "self-correlation")
FEW = RelevancySettings(shares=(1.0, 1 / 2), stride=1 / 2, jitters=1, background=("blue mug", "object"), side=16)
IMAGE = torch.rand(3, 40, 52, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def encoders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Encoder]:
    return {family: tiny_encoder(family) for family in FAMILIES}


@pytest.mark.parametrize("evidence", EVIDENCE)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_encoder_gives_maps(encoders: dict[str, Encoder], family: str, evidence: Evidence) -> None:
    extractor = EncoderExtractor(encoders[family], dataclasses.replace(FEW, evidence=evidence))
    made = extractor.relevancy(IMAGE, ["red mug", " a   book "])
    assert made.labels == ("red mug", "a book")
    assert made.values.shape == (2, 40, 52)
    assert bool(made.values.isfinite().all())
    assert float((made.values[0] - made.values[1]).abs().max()) > 0
    # The same seed, the same maps.
    assert torch.equal(made.values, extractor.relevancy(IMAGE, ["red mug", "a book"]).values)


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_a_label_does_not_depend_on_the_others(encoders: dict[str, Encoder], evidence: Evidence) -> None:
    extractor = EncoderExtractor(encoders["clip"], dataclasses.replace(FEW, evidence=evidence))
    together = extractor.relevancy(IMAGE, ["red mug", "book", "photo"]).values
    for k, label in enumerate(("red mug", "book", "photo")):
        torch.testing.assert_close(extractor.relevancy(IMAGE, [label]).values[0], together[k], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("evidence", EVIDENCE)
@pytest.mark.parametrize("batch", [1, 7])
def test_batches_change_nothing(encoders: dict[str, Encoder], evidence: Evidence, batch: int) -> None:
    settings = dataclasses.replace(FEW, evidence=evidence)
    whole = EncoderExtractor(encoders["room-clip"], settings).relevancy(IMAGE, ["mug"]).values
    cut = EncoderExtractor(encoders["room-clip"], dataclasses.replace(settings, batch=batch)).relevancy(IMAGE, ["mug"])
    torch.testing.assert_close(cut.values, whole, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_a_mirrored_image_gives_the_mirrored_map(encoders: dict[str, Encoder], evidence: Evidence) -> None:
    """With mirrored crops, and crops that stand symmetrically."""
    settings = dataclasses.replace(FEW, evidence=evidence, jitters=0)
    extractor, square = EncoderExtractor(encoders["clip"], settings), IMAGE[:, :, :40]
    straight = extractor.relevancy(square, ["mug"]).values
    mirrored = extractor.relevancy(square.flip(-1), ["mug"]).values
    torch.testing.assert_close(mirrored.flip(-1), straight, rtol=1e-3, atol=1e-5)


def test_the_background_is_a_mean_over_labels(encoders: dict[str, Encoder]) -> None:
    plain = EncoderExtractor(encoders["clip"], dataclasses.replace(FEW, background=()))
    maps = plain.relevancy(IMAGE, ["mug", *FEW.background]).values
    assert float(maps.min()) >= 0
    minus = EncoderExtractor(encoders["clip"], FEW).relevancy(IMAGE, ["mug"]).values[0]
    torch.testing.assert_close(minus, maps[0] - maps[1:].mean(dim=0), rtol=1e-4, atol=1e-6)


def test_prompts_are_averaged_and_not_made_unit_again(encoders: dict[str, Encoder]) -> None:
    encoder = encoders["clip"]
    mean = label_vectors(encoder, ["mug", "book"], ("a {}", "photo of {}"))
    each = encoder.encode_text(["a mug", "photo of mug", "a book", "photo of book"])
    torch.testing.assert_close(mean, torch.stack([each[:2].mean(dim=0), each[2:].mean(dim=0)]))
    for templates in ((), ("a mug",), ("{} {}",)):
        with pytest.raises(UsageError, match="for the label"):
            label_vectors(encoder, ["mug"], templates)


def test_value_path_is_the_encoders_own_grid(encoders: dict[str, Encoder]) -> None:
    """One crop that is the image: the map is the cosines of the grid, enlarged."""
    encoder, square = encoders["siglip"], IMAGE[:, :16, :16]
    settings = dataclasses.replace(PRESETS["single"], evidence="value-path", background=(), side=16)
    mine = EncoderExtractor(encoder, settings).relevancy(square, ["mug"]).values
    cosines = encoder.encode(square[None]).grid[0] @ encoder.encode_text(["mug"])[0]
    truth = torch.nn.functional.interpolate(cosines[None, None], (16, 16), mode="bilinear")[0]
    torch.testing.assert_close(mine, truth, rtol=1e-4, atol=1e-5)


def test_self_correlation_lets_equal_tokens_read_alike() -> None:
    """Tokens of two kinds: each reads the values of its own kind where queries and keys are far apart."""
    from vantage.abstraction.evidence import self_correlation
    from vantage.encoders.attention_calls import AttentionCall

    kinds = torch.tensor([0, 1, 0, 1, 1])
    far = 20 * torch.eye(4)[kinds][None, None]
    value = torch.arange(5.0)[None, None, :, None].expand(1, 1, 5, 4).contiguous()
    # Queries look at the other kind, which ordinary attention would follow.
    call = AttentionCall(query=far, key=far.flip(-1), value=value, mask=None, scale=None)
    read = self_correlation(torch.nn.Identity(), call)[0, 0, :, 0]
    torch.testing.assert_close(read, torch.tensor([1.0, 8 / 3, 1.0, 8 / 3, 8 / 3]))


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets_run_on_an_image_of_odd_size(encoders: dict[str, Encoder], name: str) -> None:
    settings = dataclasses.replace(PRESETS[name], jitters=min(1, PRESETS[name].jitters), side=8)
    assert EncoderExtractor(encoders["clip"], settings).relevancy(IMAGE[:, :33, :47], ["mug"]).values.shape[1:] == (
        33,
        47,
    )


class TestBadInput:
    def test_no_labels(self, encoders: dict[str, Encoder]) -> None:
        with pytest.raises(UsageError, match="no labels; say what to look for"):
            EncoderExtractor(encoders["clip"], FEW).relevancy(IMAGE, [])

    def test_an_empty_label(self, encoders: dict[str, Encoder]) -> None:
        with pytest.raises(UsageError, match="label 2 of 2 is empty"):
            EncoderExtractor(encoders["clip"], FEW).relevancy(IMAGE, ["mug", " \n"])

    def test_one_text_for_a_list(self, encoders: dict[str, Encoder]) -> None:
        with pytest.raises(UsageError, match="expected a list of texts"):
            EncoderExtractor(encoders["clip"], FEW).relevancy(IMAGE, "mug")

    def test_a_label_of_10_000_characters(self, encoders: dict[str, Encoder]) -> None:
        with pytest.raises(UsageError, match="has 10000 characters; expected at most 400") as caught:
            EncoderExtractor(encoders["clip"], FEW).relevancy(IMAGE, ["mug", "x" * 10_000])
        assert len(str(caught.value)) < 300

    @pytest.mark.parametrize("size", [(3, 50), (50, 3), (0, 0)])
    def test_an_image_smaller_than_a_patch(self, encoders: dict[str, Encoder], size: tuple[int, int]) -> None:
        with pytest.raises(DataError, match=r"smaller than one patch|enlarge"):
            EncoderExtractor(encoders["clip"], FEW).relevancy(torch.zeros(3, *size), ["mug"])

    @pytest.mark.parametrize(
        ("image", "words"),
        [
            (torch.zeros(1, 40, 40), "expected n x 3"),
            (torch.zeros(1, 3, 40, 40), "expected 3 x height x width"),
            (torch.full((3, 40, 40), 200.0), "divide by 255"),
            (torch.zeros(3, 40, 40, dtype=torch.uint8), "divide by 255"),
            (torch.full((3, 40, 40), torch.nan), "not finite"),
        ],
    )
    def test_what_is_no_image(self, image: torch.Tensor, words: str) -> None:
        with pytest.raises(DataError, match=words):
            check_image(image, patch=4)

    @pytest.mark.parametrize("family", ["dinov2", "clip_vision_model", "vggt"])
    def test_an_encoder_without_a_text_tower(self, family: str) -> None:
        with pytest.raises(UsageError, match="has no text tower; relevancy needs an image-text encoder"):
            EncoderExtractor(tiny_encoder(family), FEW)

    def test_a_text_model_whose_grid_holds_tokens(self, tmp_path: Path) -> None:
        encoder = load_huggingface(str(save_tiny_model(tmp_path, "clip")), dense="tokens")
        with pytest.raises(UsageError, match="has no text tower"):
            EncoderExtractor(encoder, FEW)

    @pytest.mark.parametrize(
        "change", [{"shares": ()}, {"shares": (1.5,)}, {"stride": 0.0}, {"jitters": -1}, {"batch": 0}, {"side": 0}]
    )
    def test_settings_out_of_range(self, change: dict) -> None:
        with pytest.raises(UsageError, match="expected"):
            dataclasses.replace(FEW, **change)


@pytest.mark.slow
def test_the_shipped_encoder_finds_what_rooms_show() -> None:
    """Of things that fill a tenth of a view, the map's peak is on the thing far more often than its area says."""
    from vantage.pretraining import PoolSettings, render_room

    room = render_room(800_000, PoolSettings(views=2))
    extractor = EncoderExtractor(load_encoder("room-clip"), PRESETS["fast"])
    hits, areas = [], []
    for image, regions in zip(room.images, room.regions, strict=True):
        names = [room.table[n - 1].category if n else "" for n in range(len(room.table) + 1)]
        masks = {name: np.isin(regions, [n for n, other in enumerate(names) if other == name]) for name in set(names)}
        seen = [name for name, mask in masks.items() if name and mask.mean() > 0.02]
        maps = extractor.relevancy(
            torch.from_numpy(image).permute(2, 0, 1) / 255, [f"a {name}" for name in seen]
        ).values
        for name, one in zip(seen, maps, strict=True):
            hits.append(bool(masks[name].ravel()[int(one.argmax())]))
            areas.append(float(masks[name].mean()))
    assert len(hits) > 10
    assert np.mean(hits) > 2 * np.mean(areas)
