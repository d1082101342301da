"""Posed images in, a distilled scene, its measurements and a report out: what `vantage distill` and the demo run."""

import dataclasses
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from vantage.captures import Capture
from vantage.devices import resolve_device
from vantage.encoders import CaptureFeatures, Encoder, encode_capture_steps, load_encoder
from vantage.errors import DataError, UsageError
from vantage.fields import (
    DistilledScene,
    Distiller,
    DistillSettings,
    ViewScores,
    evaluate,
    restore_checkpoint,
    save_checkpoint,
)
from vantage.fields.placement import training_device
from vantage.metrics import Metric
from vantage.runs import RunFolder, graceful_interrupts, progress
from vantage.storage import read_json, write_json

LOG_EVERY = 25
"""Steps between lines of losses in the log: 80 points of a curve in a run of 2000 steps."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Distillation:
    """What came of distilling a capture."""

    scene: DistilledScene
    capture: Capture
    targets: Mapping[str, CaptureFeatures]
    """Per encoder, the features of every view of the capture."""
    scores: list[ViewScores]
    timings_s: dict[str, float]
    notes: tuple[str, ...] = ()
    """What its user should know of how it was made."""


def distill_capture(
    capture: Capture,
    encoder_names: Sequence[str],
    run: RunFolder,
    settings: DistillSettings,
    *,
    cache: Path,
    adapter: str | None = None,
    device: str = "cpu",
    quiet: bool = False,
) -> Distillation:
    """Encode, train with checkpoints, save to `RUN/scene` and measure on the held-out views.

    Resumes from the newest checkpoint of the run where there is one. Encoders and training are on `device` (`auto`,
    `cpu` or `cuda`); the scene is measured on the CPU.

    Raises:
        UsageError: no encoder is named, or several are and an adapter, which belongs to one.
        DataError: the run was begun with other weights of an encoder, or the adapter does not belong to it.
        MissingError: there is no GPU that `device` asks for, or no gsplat for Gaussians on it.
        InterruptedRun: Ctrl-C; a checkpoint was written first.
    """
    if not encoder_names:
        raise UsageError("no encoder is named; give --encoder room-clip, or `vantage encoders` for the list")
    if adapter is not None and len(set(encoder_names)) > 1:
        raise UsageError(f"--adapter {adapter} belongs to one encoder, {', '.join(encoder_names)} are named; give one")
    timings: dict[str, float] = {}
    start = time.monotonic()
    training, note = training_device(device, settings.field)
    place = resolve_device(device)
    run.log("device", encoders=place, training=training)
    encoders = {name: load_encoder(name, place, adapter=adapter) for name in dict.fromkeys(encoder_names)}
    fingerprints = {name: encoder.fingerprint for name, encoder in encoders.items()}
    _refuse_other_weights(run, fingerprints)
    targets = {name: _encode(capture, encoder, cache, quiet) for name, encoder in encoders.items()}
    timings["features"] = time.monotonic() - start
    start = time.monotonic()
    distiller = Distiller(capture, targets, settings, device=training)
    _train(distiller, run, settings, fingerprints, quiet)
    timings["distill"] = time.monotonic() - start
    scene = distiller.scene(fingerprints)
    scene.save(run.artifact("scene"))
    shutil.rmtree(run.checkpoints / "scene", ignore_errors=True)
    start = time.monotonic()
    with progress("measuring", len(capture.test_indices), quiet=quiet) as bar:
        scores = []
        for score in evaluate(scene, capture, targets):
            scores.append(score)
            bar.advance()
    timings["measure"] = time.monotonic() - start
    return Distillation(
        scene=scene,
        capture=capture,
        targets=targets,
        scores=scores,
        timings_s=timings,
        notes=(note,) if note else (),
    )


def _refuse_other_weights(run: RunFolder, fingerprints: dict[str, str]) -> None:
    """Write down the encoders' fingerprints with the first checkpointed run, and hold later ones to them."""
    record = run.checkpoints / "encoders.json"
    if not record.exists():
        write_json(record, fingerprints)
        return
    begun = read_json(record)
    changed = [name for name in fingerprints if begun.get(name) != fingerprints[name]]
    if changed:
        raise DataError(
            f"{run.path}: the run was begun with other weights of {', '.join(changed)}; its checkpoints do not fit; "
            "give --overwrite to start anew"
        )


def _encode(capture: Capture, encoder: Encoder, cache: Path, quiet: bool) -> CaptureFeatures:
    """Compute or find the features of every view."""
    done: CaptureFeatures | None = None
    with progress(f"encoding with {encoder.card.name}", len(capture), quiet=quiet) as bar:
        for done in encode_capture_steps(capture, encoder, cache / "features", strict=True):
            bar.advance(len(done) - bar.done)
    if done is None:
        raise DataError(f"capture {capture.name!r} has no views to encode")
    return done


def _train(
    distiller: Distiller, run: RunFolder, settings: DistillSettings, fingerprints: dict[str, str], quiet: bool
) -> None:
    restored, damaged = restore_checkpoint(distiller, run.checkpoints)
    for line in damaged:
        run.log("checkpoint_damaged", detail=line)
    if restored is not None:
        run.log("restored", step=restored)
    with graceful_interrupts() as interrupts, progress("distilling", settings.steps, quiet=quiet) as bar:
        bar.advance(distiller.step)

        def checkpoint() -> None:
            save_checkpoint(distiller, run.checkpoints)
            # What can be looked at while the training goes on, or after it was interrupted.
            distiller.scene(fingerprints).save(run.checkpoints / "scene")

        def after_step(losses: dict[str, float]) -> None:
            step = distiller.step
            if step % LOG_EVERY == 0 or step == settings.steps:
                run.log("step", step=step, **distiller.field.size, **losses)
            if step % settings.checkpoint_every == 0 or step == settings.steps:
                checkpoint()
            bar.advance(1, psnr_db=losses.get("psnr_db", 0.0))

        finished = distiller.train(after_step=after_step, stop=lambda: interrupts.requested)
        if not finished:
            checkpoint()
            raise run.interrupted(f"stopped at step {distiller.step} of {settings.steps}")
    if distiller.plateau is not None and distiller.plateau.over:
        run.log("plateau", step=distiller.step)


def distillation_metrics(distillation: Distillation) -> dict[str, Metric]:
    """Return the metrics of the held-out views; what the capture cannot tell (no depth, none held out) is left out."""
    scores = distillation.scores
    if not scores:
        return {}
    metrics = {
        "psnr_db": Metric.of([s.psnr_db for s in scores]),
        "ssim": Metric.of([s.ssim for s in scores]),
    }
    depth = [s.depth_mae_m for s in scores if s.depth_mae_m is not None]
    if depth:
        metrics["depth_mae_m"] = Metric.of(depth)
    warped = [s.psnr_db_warped_neighbour for s in scores if s.psnr_db_warped_neighbour is not None]
    if warped:
        metrics["psnr_db_warped_neighbour"] = Metric.of(warped)
    for index, name in enumerate(distillation.scene.semantics.encoder_names):
        metric = Metric.of([s.feature_cosine[name] for s in scores])
        metrics[f"feature_cosine_{name}" if index else "feature_cosine"] = metric
    return metrics
