"""GroundingDINO and SAM 2 as tiny random models on disk, held against their makers' processing where it runs here."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from localization.tiny_grounding import save_tiny_detector, save_tiny_segmenter
from vantage.captures import Capture
from vantage.errors import DataError, MissingError, UsageError
from vantage.localization import GroundedMasks, GroundingSettings, MaskTruth, true_cases
from vantage.localization.grounded import detector_size


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> GroundingSettings:
    folder = tmp_path_factory.mktemp("models")
    return GroundingSettings(
        detector=str(save_tiny_detector(folder / "detector")),
        segmenter=str(save_tiny_segmenter(folder / "segmenter")),
        box_threshold=0.0,
    )


@pytest.fixture(scope="module")
def masks(settings: GroundingSettings) -> GroundedMasks:
    return GroundedMasks.load(("A mug. ", "a word300"), settings)


@pytest.mark.parametrize("size", [(64, 48), (48, 64), (640, 480), (1000, 300), (333, 777), (256, 192), (100, 100)])
def test_images_are_resized_as_by_the_makers_processor(size: tuple[int, int]):
    from transformers.image_transforms import get_size_with_aspect_ratio

    height, width = get_size_with_aspect_ratio((size[1], size[0]), 800, 1333)
    assert detector_size(*size) == (width, height)


@pytest.mark.slow
def test_boxes_are_those_of_the_model_and_better_ones_than_the_threshold(masks: GroundedMasks):
    from transformers.image_transforms import center_to_corners_format

    image = torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(0))
    seen: dict[str, torch.Tensor] = {}

    def keep(module: torch.nn.Module, args: tuple, kwargs: dict, output) -> None:
        seen.update(kwargs, logits=output.logits, pred_boxes=output.pred_boxes)

    with masks.detector.register_forward_hook(keep, with_kwargs=True):
        boxes = masks.boxes(image, "A mug. ")
    assert seen["input_ids"].tolist() == [[101, 200, 201, 1012, 102]]
    assert seen["pixel_values"].shape == (1, 3, 800, 1066)
    assert torch.allclose(boxes, center_to_corners_format(seen["pred_boxes"][0]).clamp(0, 1), atol=1e-6)
    scores = seen["logits"][0].sigmoid().amax(dim=-1)
    strict = dataclasses.replace(masks, box_threshold=float(scores.median()))
    assert 0 < len(strict.boxes(image, "A mug. ")) == int((scores > scores.median()).sum()) < len(boxes)


def test_what_is_cut_out_is_the_union_over_boxes_and_nothing_without_one(masks: GroundedMasks):
    image = torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(1))
    boxes = torch.tensor([[0.1, 0.1, 0.4, 0.5], [0.6, 0.3, 0.9, 0.9]])
    both = masks.cut_out(image, boxes)
    one, other = masks.cut_out(image, boxes[:1]), masks.cut_out(image, boxes[1:])
    assert both.shape == (48, 64) and 0 < both.mean() < 1 and not np.array_equal(one, other)
    assert np.array_equal(both, one | other)
    assert not masks.cut_out(image, boxes[:0]).any()


@pytest.mark.slow
def test_photographs_give_cases_like_rooms_do(masks: GroundedMasks, cube_capture: Capture):
    assert isinstance(masks, MaskTruth)
    found = masks.masks(cube_capture[0])
    assert set(found) == set(masks.texts)
    cases = true_cases(masks, [(0, cube_capture[0])])
    assert {case.text for case in cases} == {text for text, mask in found.items() if mask.mean() >= 0.003}


def test_what_is_missing_is_said(settings: GroundingSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UsageError, match="--queries"):
        GroundedMasks.load((), settings)
    with pytest.raises(MissingError, match="hf download IDEA-Research/grounding-dino-base"):
        GroundedMasks.load(("a mug",), GroundingSettings())
    with pytest.raises(MissingError, match="no such folder"):
        GroundedMasks.load(("a mug",), dataclasses.replace(settings, segmenter=str(tmp_path / "nowhere")))
    with pytest.raises(DataError, match="missing"):
        GroundedMasks.load(("a mug",), dataclasses.replace(settings, segmenter=settings.detector))
