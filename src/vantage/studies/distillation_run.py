"""The `distill` run: a capture on disk to a scene, measurements, answers to queries and a report."""

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

from vantage.captures import check_images, open_capture
from vantage.fields import DistillSettings
from vantage.metrics import Metric
from vantage.reports import Report
from vantage.runs import RunFolder, command_line
from vantage.studies.asking import Answer, ask
from vantage.studies.distillation import Distillation, distill_capture, distillation_metrics
from vantage.studies.distillation_report import add_inputs, add_metrics, add_results, add_training


@dataclasses.dataclass(frozen=True, kw_only=True)
class DistillRunSettings:
    """What a distillation is made of."""

    capture: str
    """Folder of the capture."""
    encoders: tuple[str, ...]
    """Encoders to distill."""
    adapter: str | None = None
    """File of an adapter on the encoder, which is the only one then."""
    queries: tuple[str, ...] = ()
    """Texts to ask for in the report."""
    max_size: int | None = None
    """Longest side of the views in pixels; larger ones are shrunk."""
    hold_out: int | None = None
    """Every n-th view is held out; None = as the capture says, else every eighth; 0 = none."""
    depth_scale: float | None = None
    """Units of 16-bit depth per metre; None = the layout's own."""
    strict: bool = False
    """Stop at the first damaged view instead of setting it aside."""
    distill: DistillSettings = dataclasses.field(default_factory=DistillSettings)


def run_distillation(
    run: RunFolder, settings: DistillRunSettings, *, cache: Path, device: str = "cpu", quiet: bool = False
) -> dict:
    """Distill a capture into `RUN/scene` and write the report; return the content of `result.json`."""
    start = time.monotonic()
    capture = open_capture(
        Path(settings.capture),
        max_size=settings.max_size,
        hold_out=settings.hold_out,
        depth_scale=settings.depth_scale,
        strict=settings.strict,
    )
    capture = check_images(capture, strict=settings.strict)
    read_s = time.monotonic() - start
    distillation = distill_capture(
        capture,
        settings.encoders,
        run,
        settings.distill,
        cache=cache,
        adapter=settings.adapter,
        device=device,
        quiet=quiet,
    )
    start = time.monotonic()
    answers = ask(distillation.scene, settings.queries, adapter=settings.adapter) if settings.queries else []
    metrics = distillation_metrics(distillation)
    _write_report(run, distillation, answers, metrics)
    return run.finish(
        metrics,
        ["report.html", "scene"],
        {"read": read_s} | distillation.timings_s | {"report": time.monotonic() - start},
        extra={
            **distillation.scene.field.size,
            "fingerprints": dict(distillation.scene.fingerprints),
            "set_aside": [dataclasses.asdict(view) for view in capture.set_aside],
            "notes": [*capture.notes, *distillation.notes],
            "queries": [answer.to_json() for answer in answers],
        },
    )


def _write_report(
    run: RunFolder, distillation: Distillation, answers: Sequence[Answer], metrics: dict[str, Metric]
) -> None:
    capture, scene = distillation.capture, distillation.scene
    names = ", ".join(scene.semantics.encoder_names)
    size = ", ".join(f"{count} {of.replace('_', ' ')}" for of, count in scene.field.size.items())
    report = Report(f"{capture.name}, distilled", f"{len(capture)} views, {size}, {names}")
    add_metrics(report, metrics)
    if answers:
        rows = {f"“{answer.text}” — best seen from {answer.camera.name}": answer.pictures() for answer in answers}
        report.gallery(
            "Where is…?", rows, note="The ring marks the most relevant pixel; dark means no better than anything else."
        )
    add_results(report, distillation)
    add_inputs(report, capture)
    add_training(report, run.path / "log.jsonl")
    report.settings(run.settings, command_line())
    report.write(run.path / "report.html")
