"""Early stop: which views decide, when it stops, and that a resumed run stops where the unbroken one does."""

import pytest
import torch

from vantage.captures import Capture
from vantage.errors import DataError
from vantage.fields import DensificationSettings, Distiller, DistillSettings
from vantage.fields.quality import PlateauSettings, QualitySettings
from vantage.fields.quality.plateau import PlateauWatch, set_apart
from vantage.fields.training_views import TrainingViews


def test_views_set_apart_come_from_training_alone(cube_capture: Capture):
    training, apart = set_apart(cube_capture, PlateauSettings(views=3))
    assert len(apart) == 3
    assert not set(apart) & set(cube_capture.test_indices)
    assert set(training.train_indices) == set(cube_capture.train_indices) - set(apart)
    assert set(training.test_indices) == set(cube_capture.test_indices) | set(apart)
    assert cube_capture.train_indices[0] not in apart and cube_capture.train_indices[-1] not in apart


def test_too_few_views_are_refused(cube_capture: Capture):
    with pytest.raises(DataError, match="10 training views, and 6"):
        set_apart(cube_capture, PlateauSettings(views=6))


def test_patience_counts_looks_without_a_gain(monkeypatch, cube_capture: Capture, trained_cube: Distiller):
    settings = PlateauSettings(every=10, patience=2, gain_db=0.5)
    watch = PlateauWatch(settings, TrainingViews(cube_capture), apart=())
    values = iter([20.0, 21.0, 21.4, 21.6, 21.9, 22.0])
    monkeypatch.setattr(PlateauWatch, "measure", lambda *_: next(values))
    # 21.4 is no gain of 0.5; 21.6 is one over the best, 21.0, and waiting starts anew; then twice none.
    stops = []
    for step in range(0, 61):
        found = watch.look(step, trained_cube.field)
        assert (found is not None) == (step > 0 and step % 10 == 0)
        stops.append(watch.over)
    assert stops.index(True) == 60


def _settings(**changes) -> DistillSettings:
    plateau = PlateauSettings(views=2, every=10, patience=2, gain_db=0.3)
    return DistillSettings(
        steps=2000, start_gaussians=800, sh_degree=0, densification=DensificationSettings(start=10**6),
        quality=QualitySettings(plateau=plateau), **changes,
    )  # fmt: skip


def test_training_stops_and_a_resumed_one_stops_there_too(cube_capture: Capture):
    whole = Distiller(cube_capture, {}, _settings())
    seen: list[float] = []
    kept = {}

    def after_step(losses: dict[str, float]) -> None:
        if "psnr_db_apart" in losses:
            seen.append(losses["psnr_db_apart"])
        if whole.step == 20:
            kept.update(whole.state_tensors())

    assert whole.train(after_step=after_step)
    assert 30 <= whole.step < 1000 and whole.step % 10 == 0
    assert len(seen) == whole.step // 10
    best = max(seen[:-2])
    assert max(seen[-2:]) <= best + 0.3
    again = Distiller(cube_capture, {}, _settings())
    again.load_state_tensors(kept, 20)
    assert again.train(after_step=lambda _: None)
    assert again.step == whole.step
    assert torch.equal(again.trainer.state_tensors()["field.means"], whole.trainer.state_tensors()["field.means"])


def test_views_set_apart_never_train(cube_capture: Capture):
    distiller = Distiller(cube_capture, {}, _settings())
    _, apart = set_apart(cube_capture, PlateauSettings(views=2))
    assert not set(distiller.train_indices) & set(apart)
    trained = {distiller.trainer.view_of(step) for step in range(40)}  # pyright: ignore[reportAttributeAccessIssue]
    assert trained == set(cube_capture.train_indices) - set(apart)
