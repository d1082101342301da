"""A whole training of the 3D half: make samples, train, choose thresholds on validation rooms, write the weights."""

import dataclasses
import time
from pathlib import Path

from vantage.abstraction.calibration import (
    CANDIDATES,
    COMPLETION_CANDIDATES,
    best_candidate,
    completion_scores,
    find_scores,
    metrics_of,
)
from vantage.abstraction.network_files import NAME, Calibration, TrainedNetwork, save_network
from vantage.abstraction.training import CompletionTraining, Trainer, fit, training_files
from vantage.devices import resolve_device
from vantage.metrics import Metric
from vantage.runs import RunFolder


def train_completion(
    run: RunFolder,
    settings: CompletionTraining,
    *,
    pool_folder: Path | None = None,
    workers: int = 1,
    device: str = "auto",
    quiet: bool = False,
) -> tuple[Path, dict[str, Metric]]:
    """Train a network into a run's folder.

    Args:
        run: an open run folder; a checkpoint in it is gone on with.
        settings: what to train, and on what.
        pool_folder: where samples lie (may be shared between runs); the run folder's `samples` by default.
        workers: processes that make samples.
        device: where to train.
        quiet: show no progress.

    Returns:
        Where the weights are, and the metrics on validation rooms.

    Raises:
        UsageError: a seed is of another split, or there is no room to train on.
        DataError: a file of samples or the newest checkpoint is damaged.
        MissingError: the weights of `room-clip`, which makes relevancy and text vectors, are not there.
        InterruptedRun: the run was interrupted; its state is saved.
    """
    start = time.monotonic()
    folder = pool_folder or run.artifact("samples")
    files, judged = training_files(folder, settings, workers=workers, quiet=quiet)
    run.log("samples", rooms=len(files), validation_rooms=len(judged), seconds=time.monotonic() - start)
    trainer = Trainer(settings, files, seed=run.seed, device=resolve_device(device))
    fit(trainer, run, quiet=quiet)
    calibration, metrics = calibrate(trainer, judged)
    path = run.artifact(weights_name(settings))
    trained = TrainedNetwork(network=trainer.network, calibration=calibration, source=str(path))
    save_network(trained, path, {"seed": str(run.seed), "steps": str(settings.steps)})
    run.log("validated", **{name: metric.value for name, metric in metrics.items()})
    return path, metrics


def weights_name(settings: CompletionTraining) -> str:
    """Return the file name of an approach's weights."""
    approach = settings.network.approach
    return f"{NAME}.safetensors" if approach == "semabs" else f"{NAME}-{approach}.safetensors"


def calibrate(trainer: Trainer, judged: list[Path]) -> tuple[Calibration, dict[str, Metric]]:
    """Choose the thresholds on validation rooms; return them with what the network reaches there."""
    network, scale = trainer.network.to("cpu"), trainer.scale
    extractor = trainer.settings.samples.extractor
    completing = network.settings.approach != "clipspatial"
    completion = completion_scores(network, judged, scale) if completing else []
    found = find_scores(network, judged, scale)
    calibration = Calibration(
        extractor=extractor,
        segments=trainer.settings.samples.segments,
        relevancy_scale=scale,
    )
    metrics: dict[str, Metric] = {}
    if completion:
        best = best_candidate(completion)
        threshold, penalty = COMPLETION_CANDIDATES[best]
        calibration = dataclasses.replace(calibration, threshold=threshold, hidden_penalty=penalty)
        metrics |= metrics_of(completion, best, "completion")
    if found:
        best = best_candidate(found)
        calibration = dataclasses.replace(calibration, find_threshold=CANDIDATES[best])
        metrics |= metrics_of(found, best, "find")
    return calibration, metrics
