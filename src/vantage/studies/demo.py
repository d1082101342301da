"""The demo: a room that no encoder was trained on, distilled and asked where its objects are."""

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from vantage.captures import Capture, View, ViewSource, open_capture, write_rgbd
from vantage.encoders import load_text_encoder
from vantage.errors import DataError
from vantage.fields import DistillSettings
from vantage.localization import LocalizationResult, QuerySettings, SceneQuery, find_cases, score_cases, true_mask
from vantage.metrics import Metric
from vantage.reports import Report
from vantage.rooms import room_capture
from vantage.runs import Progress, RunFolder, command_line, progress
from vantage.studies.distillation import Distillation, distill_capture, distillation_metrics
from vantage.studies.distillation_report import add_inputs, add_metrics, add_results, add_training, query_row

MIN_QUERIES = 8
"""Fewer different queries than this measure nothing; the demo then stops instead of reporting a number."""

SHOWN_QUERIES = 8
"""Answered queries shown in the report."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class DemoSettings:
    """Sizes of the demo."""

    room: int = 900_001
    """Seed of the room. From 900000 up rooms are for testing: no encoder of vantage was trained on them."""
    views: int = 64
    """Views rendered of the room; every eighth is held out."""
    width: int = 256
    """Width of the views in pixels."""
    height: int = 192
    """Height of the views in pixels."""
    encoder: str = "room-clip"
    """The image-text encoder."""
    distill: DistillSettings = dataclasses.field(default_factory=DistillSettings)


def run_demo(run: RunFolder, settings: DemoSettings, *, cache: Path, quiet: bool = False) -> dict:
    """Make the room, distill it, ask for its objects, write the report; return the content of `result.json`."""
    start = time.monotonic()
    # Whatever is missing is said before the work begins.
    load_text_encoder(settings.encoder)
    folder = run.path / "room"
    if not (folder / "capture.json").exists():
        room = room_capture(settings.room, views=settings.views, width=settings.width, height=settings.height)
        with progress("rendering the room", settings.views, quiet=quiet) as bar:
            write_rgbd(_counting_reads(room, bar), run.artifact("room"))
    capture = open_capture(folder)
    timings = {"room": time.monotonic() - start}
    distillation = distill_capture(capture, [settings.encoder], run, settings.distill, cache=cache, quiet=quiet)
    start = time.monotonic()
    query_settings = QuerySettings()
    answers = ask_for_objects(distillation, settings.encoder, query_settings)
    timings |= distillation.timings_s | {"queries": time.monotonic() - start}
    metrics = distillation_metrics(distillation) | localization_metrics([result for result, _ in answers])
    start = time.monotonic()
    _write_report(run, settings, distillation, answers, metrics)
    timings["report"] = time.monotonic() - start
    return run.finish(
        metrics,
        ["report.html", "room", "scene"],
        timings,
        extra={"queries": sorted({result.case.text for result, _ in answers})},
    )


def _counting_reads(capture: Capture, bar: Progress) -> Capture:
    """Return the capture with every read of a view counted as progress."""

    def counting(source: ViewSource) -> ViewSource:
        def read() -> View:
            view = source.read()
            bar.advance()
            return view

        return dataclasses.replace(source, read=read)

    return dataclasses.replace(capture, sources=tuple(counting(source) for source in capture.sources))


Answer = tuple[LocalizationResult, Float32[np.ndarray, "h w"]]


def ask_for_objects(distillation: Distillation, encoder: str, settings: QuerySettings) -> list[Answer]:
    """Ask for every object that is visible in a held-out view, by its caption; return results with relevancy images.

    Raises:
        DataError: fewer than eight different objects are visible.
    """
    scene, capture = distillation.scene, distillation.capture
    views = [(index, capture[index]) for index in capture.test_indices]
    cases = find_cases(capture, views)
    texts = {case.text for case in cases}
    if len(texts) < MIN_QUERIES:
        raise DataError(
            f"capture {capture.name!r}: {len(texts)} objects are visible in held-out views; need {MIN_QUERIES}"
        )
    query = SceneQuery(scene, encoder, load_text_encoder(encoder), settings)
    rendered = {i: scene.render_features(view.camera, view.world_from_camera, encoder) for i, view in views}
    maps: dict[tuple[str, int], Float32[np.ndarray, "h w"]] = {}

    def relevancy_of(text: str, index: int, view: View) -> Float32[np.ndarray, "h w"]:
        maps[text, index] = query.image_of(text, *rendered[index]).relevancy.numpy()
        return maps[text, index]

    results = score_cases(capture, views, cases, relevancy_of, threshold=settings.threshold)
    return [(result, maps[result.case.text, result.case.view_index]) for result in results]


def localization_metrics(results: Sequence[LocalizationResult]) -> dict[str, Metric]:
    """Return accuracy, chance and overlap over all (query, view) pairs."""
    return {
        "localization_accuracy": Metric.share(sum(r.hit for r in results), len(results)),
        "localization_accuracy_chance": Metric.of([r.chance for r in results]),
        "localization_iou": Metric.of([r.iou for r in results]),
    }


def _write_report(
    run: RunFolder,
    settings: DemoSettings,
    distillation: Distillation,
    answers: Sequence[Answer],
    metrics: dict[str, Metric],
) -> None:
    capture = distillation.capture
    report = Report("A room, distilled", f"Room {settings.room}, {len(capture)} views, features of {settings.encoder}")
    report.text(
        "Posed views of a room became a 3D field of Gaussians; the features of an image-text encoder were "
        "distilled into its space; words now find places in it. The room is procedural, so every answer can be "
        "checked against the truth, and its seed was kept from all training."
    )
    add_metrics(report, metrics)
    rows = {}
    for result, relevancy in _shown(answers):
        view = capture[result.case.view_index]
        row, column = np.unravel_index(int(relevancy.argmax()), relevancy.shape)
        label = f"“{result.case.text}” — {'found' if result.hit else 'missed'}"
        rows[label] = query_row(
            view.image, relevancy, true_mask(capture, view, result.case.text), (int(column), int(row))
        )
    report.gallery("Where is…?", rows, note="The ring marks the most relevant pixel. Hits and misses as they come.")
    by_text: dict[str, list[LocalizationResult]] = {}
    for result, _ in answers:
        by_text.setdefault(result.case.text, []).append(result)
    report.table(
        "All queries",
        ["query", "views", "found in", "mean overlap"],
        [
            [text, len(found), sum(r.hit for r in found), float(np.mean([r.iou for r in found]))]
            for text, found in sorted(by_text.items())
        ],
    )
    add_results(report, distillation)
    add_inputs(report, capture)
    add_training(report, run.path / "log.jsonl")
    report.settings(run.settings, command_line())
    report.write(run.path / "report.html")


def _shown(answers: Sequence[Answer]) -> list[Answer]:
    """Return one answer per query, that of the view that shows the object largest, evenly over the alphabet."""
    largest: dict[str, Answer] = {}
    for answer in answers:
        case = answer[0].case
        if case.text not in largest or case.visible_pixels > largest[case.text][0].case.visible_pixels:
            largest[case.text] = answer
    texts = sorted(largest)
    step = max(1.0, len(texts) / SHOWN_QUERIES)
    return [largest[texts[int(i * step)]] for i in range(min(SHOWN_QUERIES, len(texts)))]
