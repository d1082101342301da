"""Predictions of rooms nobody trained on: better than what they start from, worse than the truth, and said to be so."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from vantage.captures import Capture
from vantage.dialogue import Perception, converse, lift, perceive_capture
from vantage.dialogue.predicted import PredictSettings, perceive_predicted
from vantage.dialogue.predicted_compare import matched
from vantage.dialogue.predicted_head import KINDS, WEIGHTS, PerceptionHead, load_perceiver, save_head
from vantage.dialogue.predicted_training import HeadExamples, HeadSettings, fit_head, head_losses, joined
from vantage.dialogue.predicted_view import HEAD_SHORT_SIDE, RoomPredictor, head_image, load_predictor
from vantage.errors import DataError, MissingError, UsageError
from vantage.rooms import room_capture
from vantage.storage import load_tensors, save_tensors

pytestmark = pytest.mark.skipif(not WEIGHTS.is_file(), reason="the package came without the perception head's weights")


@pytest.fixture(scope="module")
def predictor() -> RoomPredictor:
    return load_predictor()


@pytest.fixture(scope="module")
def room() -> Capture:
    return room_capture(900_002, views=2, width=128, height=96)


@pytest.fixture(scope="module")
def found(predictor: RoomPredictor, room: Capture) -> Perception:
    return perceive_predicted(room, [0, 1], predictor)


def relative_error(found: np.ndarray, true: np.ndarray) -> float:
    known = true > 0
    return float(np.mean(np.abs(found - true)[known] / true[known]))


def test_depth_is_better_than_a_constant(found: Perception, room: Capture) -> None:
    truth = perceive_capture(room, [0, 1])
    for view, true in zip(found.views, truth.views, strict=True):
        constant = np.full_like(true.depth, np.median(true.depth[true.depth > 0]))
        # The constant even knows the true median.
        assert relative_error(view.depth, true.depth) < relative_error(constant, true.depth)


def test_the_floor_and_something_on_it_are_found(found: Perception, room: Capture) -> None:
    truth = perceive_capture(room, [0, 1])
    floor = next(region.instance for region in truth.regions if region.names[0] == "floor")
    match = matched(truth, found)
    assert floor in match and found.by_instance[match[floor]].ground
    assert any(truth.by_instance[i].askable for i in match)


def test_sources_are_named_and_nothing_of_the_truth_is_read(
    found: Perception, room: Capture, predictor: RoomPredictor
) -> None:
    assert found.metric and found.scale_source == "room-vggt" and found.sources.cameras == "given"
    assert "truth" not in dataclasses.astuple(found.sources)

    def bare(index: int):
        view = room[index]
        return dataclasses.replace(view, depth=None, instances=None, classes=None)

    sources = tuple(
        dataclasses.replace(source, read=lambda index=index: bare(index), caption=None)
        for index, source in enumerate(room.sources)
    )
    blind = dataclasses.replace(room, sources=sources, objects=(), relations=(), floor=())
    again = perceive_predicted(blind, [0, 1], predictor)
    for one, two in zip(found.views, again.views, strict=True):
        assert np.array_equal(one.depth, two.depth) and np.array_equal(one.instances, two.instances)
    assert found.regions == again.regions


def test_what_images_show_is_not_asked_of_predictions(found: Perception) -> None:
    # A thing that was not known again in the second image would be said not to be in it.
    # One turn in twelve is about the scene, so that it takes some draws to see every kind of them.
    scene = lift(found)
    kinds = {turn.kind for seed in range(60) for turn in converse(scene, seed=seed).turns}
    assert "baseline" in kinds and "visible" not in kinds


def test_one_image_needs_no_pose(predictor: RoomPredictor, room: Capture) -> None:
    alone = perceive_predicted(room, [1], predictor)
    assert np.array_equal(alone.views[0].world_from_camera, np.eye(4)) and alone.sources.cameras == "intrinsics given"
    conversation = converse(lift(alone), seed=1)
    assert {turn.level for turn in conversation.turns} >= {"pixel", "caption"}
    with pytest.raises(UsageError, match="without poses"):
        perceive_predicted(room, [0, 1], predictor, PredictSettings(poses="none"))
    with pytest.raises(UsageError, match="views 0 to 1"):
        perceive_predicted(room, [5], predictor)


@pytest.mark.parametrize("size", [(96, 128), (192, 256), (360, 540), (300, 100)])
def test_images_are_looked_at_as_the_head_has_learned(size: tuple[int, int]) -> None:
    small = head_image(np.zeros((*size, 3), dtype=np.float32))
    assert min(small.shape[2:]) == HEAD_SHORT_SIDE and small.shape[2] % 16 == small.shape[3] % 16 == 0
    assert small.shape[3] / small.shape[2] == pytest.approx(size[1] / size[0], rel=0.05)


def test_a_head_that_learned_nothing_repeats_its_start() -> None:
    start = torch.rand(1, 32, 48) + 1
    found = PerceptionHead()(torch.rand(1, 384, 4, 6), torch.rand(1, 3, 32, 48), start)
    expected = torch.nn.functional.avg_pool2d(start.log()[:, None], 2)[:, 0]
    assert torch.allclose(found.log_depth, expected, atol=1e-6)
    assert not found.joined.any() and found.kinds.shape == (1, len(KINDS), 16, 24)


def made_up_examples(count: int = 4) -> HeadExamples:
    """Two halves of an image, one thing before a wall, told apart by colour and by tokens."""
    images, tokens = torch.zeros(count, 3, 32, 32), torch.zeros(count, 384, 4, 4)
    images[..., 16:], tokens[..., 2:] = 1.0, 1.0
    regions = torch.ones(count, 16, 16, dtype=torch.int64)
    depth, kinds = torch.full((count, 16, 16), 2.0), torch.zeros(count, 16, 16, dtype=torch.int64)
    regions[..., 8:], depth[..., 8:], kinds[..., 8:] = 2, 4.0, KINDS.index("wall")
    start = torch.full((count, 32, 32), 3.0)
    return HeadExamples(tokens=tokens, images=images, start=start, depth=depth, regions=regions, kinds=kinds)


def test_training_learns_depth_borders_and_kinds() -> None:
    examples = joined([made_up_examples(), made_up_examples()])
    settings = HeadSettings(epochs=25, batch=4)
    history = [terms for _, _, terms in fit_head(examples, settings)]
    assert all(history[-1][name] < 0.5 * history[0][name] for name in ("depth", "joined", "kinds"))
    again = [terms for _, (_, _, terms) in zip(range(3), fit_head(examples, settings))]
    assert history[:3] == again


def test_unknown_depth_costs_nothing() -> None:
    examples = made_up_examples()
    found = PerceptionHead()(examples.tokens, examples.images, examples.start)
    blank = dataclasses.replace(examples, depth=torch.zeros_like(examples.depth))
    terms = {name: float(term.detach()) for name, term in head_losses(found, blank, 4.0).items()}
    assert terms["depth"] == 0 and terms["steps"] == 0 and terms["joined"] > 0


def test_damaged_and_missing_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="dialogue_head"):
        load_perceiver(tmp_path / "none.safetensors")
    path = tmp_path / "head.safetensors"
    save_head(PerceptionHead(), path)
    tensors, metadata = load_tensors(path)
    save_tensors(path, tensors, {"format": "something else"})
    with pytest.raises(DataError, match="format"):
        load_perceiver(path)
    tensors.pop("out.bias")
    save_tensors(path, tensors, metadata)
    with pytest.raises(DataError, match="not the weights"):
        load_perceiver(path)
