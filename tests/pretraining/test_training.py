"""Training on toy rooms: it learns, resumes to the same weights, and its measures have no blind spot."""

import dataclasses
import itertools
import json

import numpy as np
import pytest
import torch

from pretraining.toy_rooms import toy_room
from vantage.encoders import Features, load_encoder
from vantage.encoders.references import PixelsEncoder
from vantage.encoders.room_clip import RoomClipEncoder, RoomClipSettings
from vantage.encoders.text import TextSettings
from vantage.encoders.vit import VitSettings
from vantage.errors import DataError, InterruptedRun, UsageError
from vantage.pretraining import CropSettings, PoolSettings, PretrainingSettings, score_rooms
from vantage.pretraining.checkpoints import TrainingState, load_checkpoint, save_checkpoint
from vantage.pretraining.object_crops import ObjectCropSettings
from vantage.pretraining.pretrain import pretrain
from vantage.pretraining.room_clip import RoomClipTrainer
from vantage.pretraining.room_clip_scores import query_of
from vantage.pretraining.room_views import (
    load_room_views,
    pool_path,
    pool_seeds,
    render_pool,
    save_room_views,
)
from vantage.runs import RunFolder, read_log

TINY = PretrainingSettings(
    pool=PoolSettings(rooms=1, views=1, width=48, height=32),
    crops=CropSettings(sizes=((48, 48), (32, 32)), patches_per_step=576),
    objects=ObjectCropSettings(sides=(32,), least_side=4, least_pixels=16),
    model=RoomClipSettings(
        dim=24,
        vit=VitSettings(width=48, depth=2, heads=2, patch=4, registers=2),
        text=TextSettings(width=32, depth=1, heads=2),
    ),
    steps=6,
    validation_rooms=1,
    checkpoint_seconds=0.0,
    bf16=False,
)


@pytest.fixture(scope="module")
def rooms():
    return [toy_room(seed) for seed in range(12)]


@pytest.mark.slow
def test_learns_to_point_at_colours(rooms):
    """Held-out toy rooms, far above the same masks with other queries (chance)."""
    trainer = RoomClipTrainer(dataclasses.replace(TINY, steps=60), rooms, seed=0, device="cpu")
    first = trainer.step()
    for _ in range(59):
        last = trainer.step()
    assert last["patch"] < 0.6 * first["patch"]
    encoder = RoomClipEncoder(trainer.model, source="a test")
    metrics = score_rooms(encoder, encoder, [toy_room(900_000 + i) for i in range(4)])
    accuracy, chance = metrics["localization_accuracy"].value, metrics["localization_chance"].value
    assert accuracy is not None
    assert chance is not None
    assert accuracy > 0.5
    assert accuracy > chance + 0.25


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(rooms):
    states = []
    for seed in (0, 0, 1):
        trainer = RoomClipTrainer(TINY, rooms, seed=seed, device="cpu")
        for _ in range(3):
            trainer.step()
        states.append(trainer.model.state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not all(torch.equal(states[0][name], states[2][name]) for name in states[0])


def test_a_checkpoint_brings_everything_back(rooms, tmp_path):
    unbroken = RoomClipTrainer(TINY, rooms, seed=0, device="cpu")
    for _ in range(6):
        unbroken.step()
    first = RoomClipTrainer(TINY, rooms, seed=0, device="cpu")
    for _ in range(3):
        first.step()
    save_checkpoint(tmp_path, first.model, first.optimizers, TrainingState(step=3, total_steps=6, seconds=1.0))
    second = RoomClipTrainer(TINY, rooms, seed=0, device="cpu")
    state = load_checkpoint(tmp_path, second.model, second.optimizers)
    assert state == TrainingState(step=3, total_steps=6, seconds=1.0)
    second.step_count = state.step
    for _ in range(3):
        second.step()
    expected = unbroken.model.state_dict()
    assert all(torch.equal(expected[name], value) for name, value in second.model.state_dict().items())


def test_damaged_and_foreign_checkpoints_are_refused(rooms, tmp_path):
    trainer = RoomClipTrainer(TINY, rooms, seed=0, device="cpu")
    assert load_checkpoint(tmp_path, trainer.model, trainer.optimizers) is None
    path = save_checkpoint(
        tmp_path, trainer.model, trainer.optimizers, TrainingState(step=1, total_steps=6, seconds=1.0)
    )
    small = dataclasses.replace(TINY.model, dim=12)
    other = RoomClipTrainer(dataclasses.replace(TINY, model=small), rooms, seed=0, device="cpu")
    with pytest.raises(DataError, match="does not fit this training"):
        load_checkpoint(tmp_path, other.model, other.optimizers)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(DataError, match="safetensors"):
        load_checkpoint(tmp_path, trainer.model, trainer.optimizers)


def test_a_diverged_training_stops(rooms):
    trainer = RoomClipTrainer(TINY, rooms, seed=0, device="cpu")
    with torch.no_grad():
        trainer.model.patch_head.weight.fill_(float("nan"))
    with pytest.raises(DataError, match="step 0: the loss is nan"):
        trainer.step()


def test_schedule_rises_and_falls(rooms):
    trainer = RoomClipTrainer(dataclasses.replace(TINY, steps=100), rooms, seed=0, device="cpu")
    shares = [trainer.schedule(step) for step in range(101)]
    assert np.argmax(shares) in (4, 5)
    assert max(shares) == pytest.approx(1)
    assert shares[100] == pytest.approx(0, abs=1e-6)
    assert all(a >= b for a, b in itertools.pairwise(shares[5:]))


def test_views_survive_the_disk_and_damage_is_named(tmp_path):
    views = toy_room(3)
    path = tmp_path / "v.safetensors"
    save_room_views(views, path)
    again = load_room_views(path)
    assert again.table == views.table
    np.testing.assert_array_equal(again.regions, views.regions)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"v\.safetensors"):
        load_room_views(path)


def test_the_pool_takes_train_rooms_only_and_is_gone_on_with(tmp_path):
    with pytest.raises(UsageError, match="validation room"):
        pool_seeds(PoolSettings(rooms=2, first_seed=799_999))
    settings = TINY.pool
    assert list(render_pool(tmp_path, settings, [5, 6], workers=0)) == [5, 6]
    path = pool_path(tmp_path, 5, settings)
    before = path.stat().st_mtime_ns
    pool_path(tmp_path, 6, settings).unlink()
    assert sorted(render_pool(tmp_path, settings, [5, 6, 7], workers=0)) == [5, 6, 7]
    assert path.stat().st_mtime_ns == before
    views = load_room_views(path)
    assert views.images.shape == (2, 32, 48, 3)
    seen = {int(number) for number in np.unique(views.regions)}
    assert 0 not in seen
    words = {views.table[number - 1].category for number in seen}
    assert words & {"wall", "floor"}
    assert any(region.is_object and region.colour for region in views.table)
    assert all(views.captions)


@pytest.mark.slow
def test_an_interrupted_run_ends_as_an_unbroken_one(tmp_path, monkeypatch):
    """The whole of `pretrain` with real rooms: stopped after three steps and gone on with, against one that was not."""
    pool = tmp_path / "pool"

    def run(name: str, *, resume: bool = False) -> dict[str, torch.Tensor]:
        with RunFolder.open(tmp_path / name, command="pretrain", settings=TINY, seed=1, resume=resume) as folder:
            (weights,), metrics = pretrain(folder, TINY, pool_folder=pool, workers=0, device="cpu", quiet=True)
        assert metrics["localization_accuracy"].n == 1
        from vantage.storage import load_tensors

        return load_tensors(weights)[0]

    unbroken = run("unbroken")
    plain_step = RoomClipTrainer.step

    def stop_at_three(self: RoomClipTrainer) -> dict[str, float]:
        losses = plain_step(self)
        if self.step_count == 3:
            import os
            import signal

            os.kill(os.getpid(), signal.SIGINT)
        return losses

    monkeypatch.setattr(RoomClipTrainer, "step", stop_at_three)
    with pytest.raises(InterruptedRun, match="step 3 of 6"):
        run("broken")
    monkeypatch.setattr(RoomClipTrainer, "step", plain_step)
    resumed = run("broken", resume=True)
    assert all(torch.equal(unbroken[name], resumed[name]) for name in unbroken)
    log = read_log(tmp_path / "broken" / "log.jsonl")
    assert [event["from_step"] for event in log if event["event"] == "training"] == [0, 3]
    assert load_encoder(str(tmp_path / "broken" / "room-clip.safetensors")).card.dim == 24
    assert json.loads((tmp_path / "broken" / "config.json").read_text())["seed"] == 1


class OracleEncoder:
    """Knows each colour and shape by its exact pixels' label: features are one-hot over what a query names."""

    def __init__(self, rooms):
        self.queries = sorted({query_of(region) for room in rooms for region in room.table if region.is_object})
        self.card = dataclasses.replace(PixelsEncoder().card, text=True)
        self.fingerprint = "oracle"
        self.at = {}
        for room in rooms:
            for image, labels in zip(room.images, room.regions, strict=True):
                self.at[image.tobytes()] = (labels, room.table)

    def encode(self, images):
        image = (images[0].permute(1, 2, 0) * 255).round().numpy().astype(np.uint8)
        labels, table = self.at[image.tobytes()]
        rows, columns = labels.shape[0] // 8, labels.shape[1] // 8
        grid = torch.zeros(1, rows, columns, len(self.queries))
        for i in range(rows):
            for j in range(columns):
                region = table[labels[8 * i + 4, 8 * j + 4] - 1]
                if region.is_object:
                    grid[0, i, j, self.queries.index(query_of(region))] = 1
        return Features(grid=grid, summary=grid.mean((1, 2)), stride=(8.0, 8.0), image_size=(96, 72))

    def encode_text(self, texts):
        vectors = torch.zeros(len(texts), len(self.queries))
        for row, text in enumerate(texts):
            for column, query in enumerate(self.queries):
                vectors[row, column] = float(set(text.split()) - {"a", "an", "something"} <= set(query.split()))
        return vectors


def test_measures_reach_one_with_an_oracle(rooms):
    """Ceiling: features that are the labels themselves; objects that cover no patch centre cannot be pointed at."""
    oracle = OracleEncoder(rooms)
    metrics = score_rooms(oracle, oracle, rooms)
    assert metrics["localization_accuracy"].value > 0.97
    assert metrics["localization_category"].value > 0.97
    assert metrics["localization_accuracy"].n == len(rooms)
    assert metrics["localization_chance"].value < 0.5
