"""`vantage features`: an encoder's features of a capture, cached, measured and drawn."""

import dataclasses
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vantage.captures import Capture, open_capture
from vantage.devices import resolve_device
from vantage.encoders import CaptureFeatures, Encoder, encode_capture_steps, load_encoder
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

    capture: str
    encoder: str
    max_size: int | None = None
    strict: bool = False


def open_inputs(settings: FeatureSettings, *, device: str = "auto") -> tuple[Capture, Encoder]:
    """Open the capture and load the encoder, before a run folder is made for them.

    Raises:
        UsageError: no encoder has this name.
        MissingError: its weights are not here.
        DataError: the capture is damaged.
    """
    encoder = load_encoder(settings.encoder, resolve_device(device))
    return open_capture(settings.capture, max_size=settings.max_size, strict=settings.strict), encoder


def extract_features(
    run: RunFolder,
    settings: FeatureSettings,
    capture: Capture,
    encoder: Encoder,
    *,
    cache: Path,
    quiet: bool = False,
) -> Mapping[str, Any]:
    """Fill the cache with the features of every view and write picture, report and result.

    Raises:
        DataError: too many views are damaged.
    """
    start = time.monotonic()
    features: CaptureFeatures | None = None
    with progress(f"encoding with {encoder.card.name}", len(capture), quiet=quiet) as bar:
        for features in encode_capture_steps(capture, encoder, cache, strict=settings.strict):
            bar.advance(len(features) + len(features.set_aside) - bar.done)
    seconds = time.monotonic() - start
    if features is None or not len(features):
        raise DataError(f"{settings.capture}: no view could be encoded")
    shown = sorted({round(i) for i in np.linspace(0, len(features) - 1, min(SHOWN, len(features)))})
    grids = [features[i].grid[0].numpy() for i in shown]
    pictures = pca_images(grids)
    views = [capture[features.indices[i]] for i in shown]
    # Eight times enlarged, so that single cells can be seen.
    write_png(
        run.artifact("pca.png"), np.concatenate([np.kron(p, np.ones((8, 8, 1))) for p in _same_size(pictures)], 1)
    )
    metrics = {
        "views": Metric(value=float(len(features)), n=len(features)),
        "feature_norm": Metric.of(float(np.linalg.norm(features[i].grid.numpy(), axis=-1).mean()) for i in shown),
        "views_per_s": Metric(value=len(features) / max(seconds, 1e-9), n=len(features)),
    }
    report = Report(f"Features of {capture.name}", f"{encoder.card.name}: {encoder.card.dim} channels per patch")
    rows = {
        view.name: {"image": view.image, "principal components": picture}
        for view, picture in zip(views, pictures, strict=True)
    }
    report.gallery("First three principal components", rows, note="One projection fitted over all views shown.")
    report.metrics(metrics)
    report.settings(run.settings, command_line())
    report.write(run.artifact("report.html"))
    set_aside = [dataclasses.asdict(view) for view in (*capture.set_aside, *features.set_aside)]
    first = features[0]
    return run.finish(
        metrics,
        ["pca.png", "report.html"],
        {"encode": seconds},
        {
            "encoder": dataclasses.asdict(encoder.card),
            "fingerprint": encoder.fingerprint,
            "grid": list(first.grid.shape[1:]),
            "stride": list(first.stride),
            "cache": str(cache),
            "set_aside": set_aside,
        },
    )


def _same_size(pictures: list[np.ndarray]) -> list[np.ndarray]:
    """Return the pictures that have the size of the first, which can stand side by side."""
    return [picture for picture in pictures if picture.shape == pictures[0].shape]
