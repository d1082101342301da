"""A whole training run: render the pool, train, write the weights, measure them on rooms the training never saw."""

import time
from pathlib import Path
from typing import Any

from vantage.devices import core_count, resolve_device
from vantage.errors import UsageError
from vantage.metrics import Metric
from vantage.pretraining.room_clip import PretrainingSettings, RoomClipTrainer
from vantage.pretraining.room_dino import DinoSettings, RoomDinoTrainer
from vantage.pretraining.room_dust3r import Dust3rSettings, RoomDust3rTrainer
from vantage.pretraining.room_siglip import RoomSiglipTrainer, SiglipSettings
from vantage.pretraining.room_vggt import RoomVggtTrainer, VggtSettings
from vantage.pretraining.room_views import load_room_views, pool_path, pool_seeds, render_pool
from vantage.pretraining.training import Trainer, TrainingSettings, fit
from vantage.runs import RunFolder, progress

TRAINERS: dict[type[TrainingSettings], type[Trainer[Any, Any]]] = {
    PretrainingSettings: RoomClipTrainer,
    SiglipSettings: RoomSiglipTrainer,
    DinoSettings: RoomDinoTrainer,
    Dust3rSettings: RoomDust3rTrainer,
    VggtSettings: RoomVggtTrainer,
}
"""Which trainer the settings are for."""

SETTINGS: dict[str, type[TrainingSettings]] = {trainer.name: kind for kind, trainer in TRAINERS.items()}
"""Settings by the encoder's name."""


def pretrain(
    run: RunFolder,
    settings: TrainingSettings,
    *,
    pool_folder: Path | None = None,
    workers: int | None = None,
    device: str = "auto",
    quiet: bool = False,
) -> tuple[list[Path], dict[str, Metric]]:
    """Render the pool, train, validate, and write the weights into the run folder.

    Args:
        run: an open run folder; a checkpoint in it is gone on with.
        settings: what to train; their type says which encoder.
        pool_folder: where the rendered views lie (may be shared between runs); the run folder's `pool` by default.
        workers: rendering processes; all cores by default.
        device: where to train.
        quiet: show no progress.

    Returns:
        Where the weights are (the encoder's own first), and the metrics on validation rooms.

    Raises:
        UsageError: a pool seed is no training seed, or there is no room to train on.
        InterruptedRun: the run was interrupted; its state is saved.
    """
    folder = pool_folder or run.artifact("pool")
    seeds = pool_seeds(settings.pool)
    if not seeds:
        raise UsageError("training needs at least one room; the pool is empty")
    start = time.monotonic()
    with progress("rendering rooms", len(seeds), quiet=quiet) as bar:
        for _ in render_pool(folder, settings.pool, seeds, workers=core_count() if workers is None else workers):
            bar.advance()
    rooms = [load_room_views(pool_path(folder, seed, settings.pool)) for seed in seeds]
    run.log("pool", rooms=len(rooms), views=sum(len(room.images) for room in rooms), seconds=time.monotonic() - start)
    trainer = TRAINERS[type(settings)](settings, rooms, seed=run.seed, device=resolve_device(device))
    fit(trainer, run, quiet=quiet)
    weights = [run.artifact(path.name) for path in trainer.save(run.path)]
    trainer.model.eval()
    metrics = trainer.validate()
    run.log("validated", **{name: metric.value for name, metric in metrics.items()})
    return weights, metrics
