"""Training of the 3D half: batches, gradients, resuming to the same bytes, learning what an oracle shows."""

import dataclasses
import multiprocessing
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from abstraction.conftest import SMALL, TINY_NETWORK
from vantage.abstraction.augmentation import STILL, AugmentSettings, draw_motion
from vantage.abstraction.network import APPROACHES, RELATIONS, untrained_network
from vantage.abstraction.samples import load_samples
from vantage.abstraction.training import CompletionTraining, Trainer, batch_logits, fit, rate_share
from vantage.abstraction.training_batch import BatchSettings, choose, draw_balanced, make_batch, view_volumes
from vantage.errors import DataError, UsageError
from vantage.runs import RunFolder

SETTINGS = CompletionTraining(
    network=TINY_NETWORK,
    samples=SMALL,
    batch=BatchSettings(views=1, labels=2, points=64),
    rooms=2,
    steps=6,
    cycles=2,
    warmup=2,
    bf16=False,
    checkpoint_seconds=0.0,
)


def run_of(folder: Path, *, resume: bool = False) -> RunFolder:
    return RunFolder.open(folder, command="pretrain", settings=SETTINGS, seed=5, resume=resume)


def train(folder: Path, files: list[Path], *, resume: bool = False, pause: float = 0.0) -> dict[str, torch.Tensor]:
    torch.set_num_threads(1)
    with run_of(folder, resume=resume) as run:
        trainer = Trainer(SETTINGS, files, seed=5)
        step = trainer.step
        if pause:

            def slow() -> dict[str, float]:
                time.sleep(pause)
                return step()

            trainer.step = slow
        fit(trainer, run)
    return {name: value.clone() for name, value in trainer.network.state_dict().items()}


@pytest.mark.slow
def test_a_killed_training_ends_in_the_same_bytes(sample_files: list[Path], tmp_path: Path) -> None:
    whole = train(tmp_path / "whole", sample_files)
    child = multiprocessing.get_context("fork").Process(
        target=train, args=(tmp_path / "cut", sample_files), kwargs={"pause": 0.3}
    )
    child.start()
    checkpoints = tmp_path / "cut" / "checkpoints"
    deadline = time.monotonic() + 60
    while not list(checkpoints.glob("step_0000000[2-5]*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    left = sorted(checkpoints.glob("step_*.safetensors"))
    assert left
    assert left[-1].name < "step_00000006"
    again = train(tmp_path / "cut", sample_files, resume=True)
    assert whole.keys() == again.keys()
    for name, value in whole.items():
        assert torch.equal(value, again[name]), name


@pytest.mark.parametrize("approach", APPROACHES)
def test_every_approach_takes_steps_and_all_its_weights_learn(approach: str, sample_files: list[Path]) -> None:
    network = dataclasses.replace(TINY_NETWORK, approach=approach)
    trainer = Trainer(dataclasses.replace(SETTINGS, network=network, steps=40), sample_files, seed=0)
    before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
    for _ in range(8):
        losses = trainer.step()
    assert np.isfinite(losses["loss"])
    idle = {"relations.weight"} if approach in ("semaware", "clipspatial") else set()
    for name, value in trainer.network.state_dict().items():
        assert torch.equal(before[name], value) == (name in idle), name


@pytest.mark.parametrize(
    "change", [{"protocol": "released"}, {"sight": False, "coarse": False, "rivals": False, "skip": False}]
)
def test_the_paper_and_its_released_code_are_switches(change: dict, sample_files: list[Path]) -> None:
    network = dataclasses.replace(TINY_NETWORK, **change)
    trainer = Trainer(dataclasses.replace(SETTINGS, network=network), sample_files, seed=0)
    usual = Trainer(SETTINGS, sample_files, seed=0)
    assert trainer.network.settings.inputs == (2 if "sight" in change else 5)
    losses = [(trainer.step()["loss"], usual.step()["loss"]) for _ in range(2)]
    # The same views and points are read another way.
    assert all(np.isfinite(pair).all() and pair[0] != pair[1] for pair in losses)


@pytest.mark.slow
def test_it_learns_what_an_oracle_shows(sample_files: list[Path]) -> None:
    settings = dataclasses.replace(
        SETTINGS,
        steps=160,
        cycles=1,
        learning_rate=5e-3,
        batch=BatchSettings(views=1, labels=3, points=256),
    )
    trainer = Trainer(settings, sample_files, seed=0)
    losses = [trainer.step() for _ in range(160)]
    first, last = (np.mean([one["completion"] for one in part]) for part in (losses[:5], losses[-20:]))
    # ln 2 is what a network says that knows nothing.
    assert first == pytest.approx(np.log(2), abs=0.1)
    assert last < 0.55


def test_labels_stacked_in_the_batch_give_what_each_gives_alone(sample_files: list[Path]) -> None:
    network = untrained_network(TINY_NETWORK).eval()
    sample = load_samples(sample_files[0])[0]
    volumes = view_volumes(sample, TINY_NETWORK, [0, 1, 2], 4.0, STILL)
    with torch.no_grad():
        together = network.encode(volumes)
        for k in range(3):
            for alone, all_of_them in zip(network.encode(volumes[k : k + 1]), together, strict=True):
                torch.testing.assert_close(alone[0], all_of_them[k], atol=1e-5, rtol=1e-4)


def test_a_volume_read_once_gives_what_separate_readings_give(sample_files: list[Path]) -> None:
    sample = next(one for file in sample_files for one in load_samples(file) if one.descriptions)
    settings = BatchSettings(labels=3, points=32)
    batch = make_batch([sample, sample], TINY_NETWORK, settings, 1.0, np.random.default_rng(0))
    network = untrained_network(TINY_NETWORK).eval()
    with torch.no_grad():
        features = network.encode(batch.volumes)

        def only(k: torch.Tensor) -> tuple[torch.Tensor, ...]:
            return tuple(level[k][None] for level in features)

        completed, found = batch_logits(network, features, batch)
        for k, volume in enumerate(batch.volume):
            alone = network.occupancy(network.read(only(volume), batch.points[k][None]))
            torch.testing.assert_close(completed[k], alone[0], atol=1e-5, rtol=1e-4)
        asked = batch.described
        for k in range(len(asked.target)):
            target = network.read(only(asked.target[k]), asked.points[k][None])
            reference = network.read(only(asked.reference[k]), asked.points[k][None])
            alone = network.locate(target, reference, asked.relation[k : k + 1])
            torch.testing.assert_close(found[k], alone[0], atol=1e-5, rtol=1e-4)


def test_a_moved_view_moves_points_sight_and_truth_together(sample_files: list[Path]) -> None:
    sample = load_samples(sample_files[0])[0]
    rng = np.random.default_rng(3)
    motion = draw_motion(AugmentSettings(mirror=1.0), TINY_NETWORK.bounds, rng)
    points = rng.uniform(0, 3, size=(50, 3))
    np.testing.assert_allclose(motion.back(motion.move(points)), points, atol=1e-9)
    assert np.linalg.det(motion.moved_from_frame[:3, :3]) < 0
    assert [motion.relation(name) for name in RELATIONS[1:4]] == ["right of", "left of", "in front of"]
    # A mirror alone: the volume's y axis is turned round, and nothing else (the bounds are even about y = 0).
    mirror = dataclasses.replace(STILL, moved_from_frame=np.diag([1.0, -1.0, 1.0, 1.0]), mirrored=True)
    network = dataclasses.replace(TINY_NETWORK, grid=32)
    still = view_volumes(sample, network, [0], 1.0, STILL)
    turned = view_volumes(sample, network, [0], 1.0, mirror).flip(3)
    # Points that lie on a voxel's border to float32 may fall on its other side.
    assert float((still == turned).float().mean()) > 0.999


def test_points_are_drawn_in_balance() -> None:
    rng = np.random.default_rng(0)
    truth = np.zeros(1000, dtype=bool)
    truth[[5, 700, 950]] = True
    inside = np.ones(1000, dtype=bool)
    inside[950] = False
    drawn = draw_balanced(truth, inside, 800, 64, rng)
    assert len(drawn) == 64
    assert truth[drawn].sum() == 32
    assert 950 not in drawn
    assert (drawn[32:] >= 800).sum() == 16
    nothing = draw_balanced(np.zeros(1000, dtype=bool), inside, 800, 64, rng)
    assert len(nothing) == 64
    assert len(set(nothing.tolist())) == 64


def test_targets_and_references_are_among_the_labels(sample_files: list[Path]) -> None:
    for file in sample_files:
        for sample in load_samples(file):
            for seed in range(10):
                chosen, asked = choose(sample, "semabs", 3, False, np.random.default_rng(seed))
                assert len(set(chosen)) == len(chosen) == 3
                for k in asked:
                    assert {sample.descriptions[k].target, sample.descriptions[k].reference} <= set(chosen)
                _, sentences = choose(sample, "clipspatial", 3, True, np.random.default_rng(seed))
                assert all(sample.descriptions[k].relation not in ("left of", "right of") for k in sentences)


def test_the_rate_rises_falls_restarts_and_ends_at_nothing() -> None:
    settings = dataclasses.replace(SETTINGS, steps=700, cycles=3, warmup=20)
    rates = np.array([rate_share(step, settings) for step in range(701)])
    assert rates[0] == pytest.approx(0.05)
    assert rates[20] > 0.8
    restarts = np.flatnonzero(np.diff(rates) > 0.5) + 1
    assert restarts.tolist() == [100, 300]
    assert rates[699] < 1e-4
    assert rates[700] == 0


def test_what_cannot_be_trained_is_refused(sample_files: list[Path]) -> None:
    with pytest.raises(UsageError, match="no samples"):
        Trainer(SETTINGS, [], seed=0)
    with pytest.raises(UsageError, match="at least 1"):
        dataclasses.replace(SETTINGS, steps=0)
    with pytest.raises(UsageError, match="divisible by 4"):
        dataclasses.replace(TINY_NETWORK, grid=18, widths=(8, 8, 8), blocks=(1, 1, 1))
    trainer = Trainer(SETTINGS, sample_files, seed=0)
    with torch.no_grad():
        trainer.network.head.weight.fill_(float("inf"))
    with pytest.raises(DataError, match="loss is"):
        trainer.step()
