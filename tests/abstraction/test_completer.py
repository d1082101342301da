"""From a view and words to grids: shapes, bounds, files, and bad input."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from abstraction.conftest import TINY_NETWORK
from vantage.abstraction import OracleExtractor
from vantage.abstraction.completion import Completer, contenders
from vantage.abstraction.network import untrained_network
from vantage.abstraction.network_files import Calibration, TrainedNetwork, load_network, save_network
from vantage.abstraction.points import view_sight
from vantage.abstraction.relevancy import RelevancyMap
from vantage.abstraction.rgbd import RgbdView
from vantage.errors import DataError, MissingError, UsageError
from vantage.rooms import RoomSettings, camera_path, make_room, render_view, room_camera

UP = np.array([0.0, 0.0, 1.0])
CALIBRATION = Calibration(relevancy_scale=4.0, threshold=0.01, find_threshold=0.3)


@pytest.fixture(scope="module")
def view() -> RgbdView:
    room = make_room(900_002, RoomSettings(world="train3d"))
    camera = room_camera(96, 72)
    pose = camera_path(room, camera, "random", 1)[0]
    seen = render_view(room, camera, pose, shadow_rays=0)
    up = pose[:3, :3].T @ UP
    return RgbdView(
        image=seen.rgb, depth=seen.depth, camera=camera, up_camera=tuple(map(float, up)),
        camera_height=float(pose[2, 3]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def completer(view: RgbdView) -> Completer:
    masks = {"low": np.zeros((72, 96), dtype=bool), "high": np.zeros((72, 96), dtype=bool)}
    masks["low"][48:], masks["high"][:24] = True, True
    trained = TrainedNetwork(network=untrained_network(TINY_NETWORK), calibration=CALIBRATION, source="a test")
    return Completer(trained, OracleExtractor(masks))


def test_grids_fit_together(completer: Completer, view: RgbdView) -> None:
    done = completer.complete(view, ["low", "high", "absent"])
    assert done.logits.shape == (3, 16, 16, 16)
    assert done.labels == ("low", "high", "absent")
    assert np.array_equal(np.isnan(done.logits[0]), ~done.seen)
    # Nothing speaks for the last label, and for common things nothing speaks either.
    assert done.absent.tolist() == [False, False, True]
    assert not (done.owner == 3).any()
    contending = np.nan_to_num(done.logits[:2], nan=-99)
    best = np.where(done.seen, contending.max(axis=0), -np.inf)
    assert not ((done.owner > 0) & (best <= done.threshold)).any()
    filled = done.owner > 0
    assert filled.any()
    assert np.array_equal(done.owner[filled] - 1, contending.argmax(axis=0)[filled])
    np.testing.assert_allclose(done.confidence[done.seen], 1 / (1 + np.exp(-best[done.seen])), rtol=1e-4)
    assert not done.confidence[~done.seen].any()
    # What is seen is what the camera's picture holds.
    centres = torch.from_numpy(done.bounds.centres(16).astype(np.float32))
    assert np.array_equal(done.seen, view_sight(view, done.frame).depths_at(centres)[2].numpy())


def test_what_walls_and_floors_win_is_nobodys(view: RgbdView) -> None:
    # Relevancy alone decides: the network passes it on.
    class Everywhere:
        def relevancy(self, image: torch.Tensor, labels: Sequence[str]) -> RelevancyMap:
            heights = {"a floor": 2.0, "a mug": 1.0}
            values = torch.stack([torch.full(image.shape[1:], heights.get(label, 0.0)) for label in labels])
            return RelevancyMap(labels=tuple(labels), values=values)

    network = untrained_network(dataclasses.replace(TINY_NETWORK, rivals=False))
    with torch.no_grad():
        for weight in network.parameters():
            weight.zero_()
        # The last features read are the input's: relevancy first.
        network.head.weight[0, -network.settings.inputs] = 1.0
        network.decoder[0].weight[0, 0] = 1.0
        network.decoder[2].weight[0, 0] = 1.0
    calibration = Calibration(threshold=0.1, segments=False)
    completer = Completer(TrainedNetwork(network=network, calibration=calibration, source="test"), Everywhere())
    completer.least_presence = 0.0
    done = completer.complete(view, ["a mug"])
    assert done.relevancy.labels == ("a mug",)
    assert len(done.logits) == 1
    assert not done.owner.any()
    assert (done.confidence > 0.5).any()
    assert completer.complete(view, ["a mug", "a floor lamp"]).owner.any()
    assert contenders(["the red Floor", "a mug"]) == ["a wall", "a ceiling"]


def test_hidden_voxels_pay_the_penalty(completer: Completer, view: RgbdView) -> None:
    costly = dataclasses.replace(CALIBRATION, hidden_penalty=2.0)
    other = Completer(TrainedNetwork(network=completer.network, calibration=costly, source="test"), completer.extractor)
    plain, paid = (one.complete(view, ["low", "high"]).logits for one in (completer, other))
    lowered = (plain - paid)[0][np.isfinite(plain[0])]
    assert set(np.round(np.unique(lowered), 3)) == {0.0, 2.0}


@pytest.mark.parametrize("rivals", [False, True])
def test_labels_contend_only_where_the_network_reads_rivals(
    completer: Completer, view: RgbdView, *, rivals: bool
) -> None:
    network = untrained_network(dataclasses.replace(completer.network.settings, rivals=rivals))
    trained = TrainedNetwork(network=network, calibration=CALIBRATION, source="test")
    other = Completer(trained, completer.extractor)
    together = other.complete(view, ["low", "high", "absent"])
    alone = other.complete(view, ["absent"])
    difference = float(np.nanmax(np.abs(alone.logits[0] - together.logits[2])))
    # bfloat16 keeps eight bits.
    assert (difference > 0.02) == rivals


def test_finding_gives_a_peak_in_the_picture(completer: Completer, view: RgbdView) -> None:
    found = completer.find(view, "low", "behind", "high")
    assert found.score.shape == (16, 16, 16)
    at = np.nanargmax(found.score)
    np.testing.assert_allclose(found.peak, found.bounds.centres(16).reshape(-1, 3)[at], atol=1e-6)
    assert found.seen.reshape(-1)[at]
    other = completer.find(view, "low", "inside", "high")
    assert np.nanmax(np.abs(other.score - found.score)) > 0.1


def test_bad_questions_are_refused(completer: Completer, view: RgbdView) -> None:
    for labels, words in (
        ([], "no labels"),
        (["a", " "], "empty"),
        (["x" * 10_000], "10000 char"),
        (["a", "a"], "twice"),
    ):
        with pytest.raises(UsageError, match=words):
            completer.complete(view, labels)
    with pytest.raises(UsageError, match="under"):
        completer.find(view, "low", "under", "high")


def test_a_network_survives_the_disk(completer: Completer, view: RgbdView, tmp_path: Path) -> None:
    path = tmp_path / "network.safetensors"
    trained = TrainedNetwork(network=completer.network, calibration=CALIBRATION, source="a test")
    save_network(trained, path, {"seed": "0"})
    again = load_network(path)
    assert again.calibration == CALIBRATION
    assert again.network.settings == TINY_NETWORK
    same = Completer(again, completer.extractor).complete(view, ["low"])
    np.testing.assert_allclose(same.logits, completer.complete(view, ["low"]).logits, atol=0.02)


def test_files_that_are_none_are_refused(tmp_path: Path, completer: Completer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "network.safetensors"
    trained = TrainedNetwork(network=completer.network, calibration=CALIBRATION, source="a test")
    save_network(trained, path)
    content = path.read_bytes()
    damaged = tmp_path / "damaged.safetensors"
    for keep in (0, 8, 300, len(content) // 2, len(content) - 1):
        damaged.write_bytes(content[:keep])
        with pytest.raises(DataError, match="damaged"):
            load_network(damaged)
    damaged.write_bytes(content.replace(b"vantage-room-semabs-1", b"vantage-room-semabs-9"))
    with pytest.raises(DataError, match="expected 'vantage-room-semabs-1'"):
        load_network(damaged)
    monkeypatch.setattr("vantage.abstraction.network_files.room_weights", lambda name: tmp_path / "none.safetensors")
    with pytest.raises(MissingError, match="vantage pretrain room-semabs"):
        load_network()


def test_a_rivals_network_does_not_complete(completer: Completer) -> None:
    settings = dataclasses.replace(TINY_NETWORK, approach="semaware")
    trained = TrainedNetwork(network=untrained_network(settings), calibration=CALIBRATION, source="a test")
    with pytest.raises(UsageError, match="semaware"):
        Completer(trained, completer.extractor)
