"""`vantage features`: an encoder's features of captures, cached, measured and drawn."""

import dataclasses
import functools
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vantage.captures import Capture, open_capture
from vantage.devices import resolve_device
from vantage.encoders import CaptureFeatures, Encoder, encode_capture_steps, load_encoder
from vantage.encoders.ray_engine import RayEngine
from vantage.errors import DataError
from vantage.metrics import Metric
from vantage.reports import Report, pca_images
from vantage.reports.pictures import write_png
from vantage.runs import RunFolder, progress
from vantage.runs.environment import command_line

SHOWN = 8
"""Views in the picture: enough to see whether features agree between them, few enough to look at."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class FeatureSettings:
    """What to encode."""

    captures: tuple[str, ...]
    encoder: str
    adapter: str | None = None
    """File of an adapter on the encoder."""
    layers: tuple[int, ...] = ()
    max_size: int | None = None
    strict: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExtractionPlace:
    """Where and with how many processes to encode; the features do not depend on it."""

    cache: Path
    device: str = "cpu"
    ray_workers: int = 0
    """Processes under Ray; 0 encodes in this one."""


def open_inputs(settings: FeatureSettings, *, device: str = "auto") -> tuple[list[Capture], Encoder]:
    """Open the captures and load the encoder, before a run folder is made for them.

    Raises:
        UsageError: no encoder has this name.
        MissingError: its weights are not here.
        DataError: a capture or the adapter is damaged, or the adapter belongs to other weights.
    """
    encoder = _loader(settings, resolve_device(device))()
    captures = [open_capture(one, max_size=settings.max_size, strict=settings.strict) for one in settings.captures]
    return captures, encoder


def extract_features(
    run: RunFolder,
    settings: FeatureSettings,
    captures: Sequence[Capture],
    encoder: Encoder,
    place: ExtractionPlace,
    *,
    quiet: bool = False,
) -> Mapping[str, Any]:
    """Fill the cache with the features of every view and write picture, report and result.

    Raises:
        DataError: too many views of a capture are damaged.
        MissingError: Ray is asked for and is not installed.
    """
    start = time.monotonic()
    engine = _engine(settings, encoder, place)
    found: list[CaptureFeatures] = []
    before = 0
    with progress(f"encoding with {encoder.card.name}", sum(map(len, captures)), quiet=quiet) as bar:
        for capture in captures:
            features: CaptureFeatures | None = None
            for features in encode_capture_steps(capture, encoder, place.cache, strict=settings.strict, engine=engine):
                bar.advance(before + len(features) + len(features.set_aside) - bar.done)
            if features is None or not len(features):
                raise DataError(f"{capture.name}: no view could be encoded")
            found.append(features)
            before += len(capture)
    seconds = time.monotonic() - start
    metrics = _draw(run, captures, found, encoder, seconds)
    set_aside = [
        dataclasses.asdict(view)
        for capture, features in zip(captures, found, strict=True)
        for view in (*capture.set_aside, *features.set_aside)
    ]
    first = found[0][0]
    return run.finish(
        metrics,
        ["pca.png", "report.html"],
        {"encode": seconds},
        {
            "encoder": dataclasses.asdict(encoder.card),
            "fingerprint": encoder.fingerprint,
            "grid": list(first.grid.shape[1:]),
            "stride": list(first.stride),
            "cache": str(place.cache),
            "features": [str(features.folder) for features in found],
            "set_aside": set_aside,
        },
    )


def _engine(settings: FeatureSettings, encoder: Encoder, place: ExtractionPlace) -> RayEngine | None:
    if not place.ray_workers:
        return None
    return RayEngine(
        load=_loader(settings, place.device),
        fingerprint=encoder.fingerprint,
        workers=place.ray_workers,
        gpu=place.device.startswith("cuda"),
    )


def _loader(settings: FeatureSettings, device: str) -> Callable[[], Encoder]:
    """Return what loads the encoder, in this process or in a worker."""
    return functools.partial(load_encoder, settings.encoder, device, adapter=settings.adapter, layers=settings.layers)


def _draw(
    run: RunFolder,
    captures: Sequence[Capture],
    found: Sequence[CaptureFeatures],
    encoder: Encoder,
    seconds: float,
) -> dict[str, Metric]:
    """Write the picture and the report of some views of all captures; return the measurements."""
    everything = [(capture, features, i) for capture, features in zip(captures, found) for i in range(len(features))]
    chosen = sorted({round(i) for i in np.linspace(0, len(everything) - 1, min(SHOWN, len(everything)))})
    shown = [everything[i] for i in chosen]
    grids = [features[i].grid[0].numpy() for _, features, i in shown]
    pictures = pca_images(grids)
    # Eight times enlarged, so that single cells can be seen.
    write_png(
        run.artifact("pca.png"), np.concatenate([np.kron(p, np.ones((8, 8, 1))) for p in _same_size(pictures)], 1)
    )
    computed = sum(features.computed for features in found)
    metrics = {
        "views": Metric(value=float(len(everything)), n=len(everything)),
        "computed_views": Metric(value=float(computed), n=len(everything)),
        "feature_norm": Metric.of(float(np.linalg.norm(grid, axis=-1).mean()) for grid in grids),
        "views_per_s": Metric(value=len(everything) / max(seconds, 1e-9), n=len(everything)),
    }
    names = ", ".join(capture.name for capture in captures[:SHOWN])
    report = Report(f"Features of {names}", f"{encoder.card.name}: {encoder.card.dim} channels per patch")
    rows: dict[str, dict[str, np.ndarray]] = {}
    for (capture, features, i), picture in zip(shown, pictures, strict=True):
        view = capture[features.indices[i]]
        name = view.name if len(captures) == 1 else f"{capture.name}/{view.name}"
        rows[name] = {"image": view.image, "principal components": picture}
    report.gallery("First three principal components", rows, note="One projection fitted over all views shown.")
    report.metrics(metrics)
    report.settings(run.settings, command_line())
    report.write(run.artifact("report.html"))
    return metrics


def _same_size(pictures: list[np.ndarray]) -> list[np.ndarray]:
    """Return the pictures that have the size of the first, which can stand side by side."""
    return [picture for picture in pictures if picture.shape == pictures[0].shape]
