"""`vantage gff`: the geometric fidelity factor of one encoder on one capture."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from vantage.captures import open_capture
from vantage.encoders import Encoder, encode_capture
from vantage.errors import UsageError
from vantage.probes import check_thresholds, color_image, edge_counts, fidelity_factor, scene_colors


@dataclasses.dataclass(frozen=True, kw_only=True)
class FidelityCurve:
    """Edges of features and of pictures at each threshold, over all views."""

    thresholds: tuple[float, ...]
    of_features: tuple[int, ...]
    of_image: tuple[int, ...]
    views: int

    @property
    def factor(self) -> list[float | None]:
        """Equation (1); None where the pictures have no edge."""
        return fidelity_factor(np.array(self.of_features), np.array(self.of_image))

    def to_json(self) -> dict[str, Any]:
        """Return the curve as JSON values."""
        return dataclasses.asdict(self) | {"gff": self.factor}


def fidelity_of_capture(
    folder: Path,
    encoder: Encoder,
    *,
    views: int,
    thresholds: tuple[float, ...],
    max_size: int | None,
    cache: Path,
) -> FidelityCurve:
    """Measure an encoder's features of some views of a capture.

    Args:
        folder: the capture.
        encoder: gives the features.
        views: at most so many, evenly spread.
        thresholds: contrasts, rising.
        max_size: longest side of the views in pixels.
        cache: folder of caches.

    Raises:
        UsageError: no view is asked for, or the thresholds cannot be.
        DataError: the capture or a view is damaged.
    """
    check_thresholds(thresholds)
    if views < 1:
        raise UsageError(f"--views {views}; expected at least 1")
    whole = open_capture(folder, max_size=max_size, hold_out=0)
    capture = whole.subset(sorted({round(i) for i in np.linspace(0, len(whole) - 1, min(views, len(whole)))}))
    features = list(encode_capture(capture, encoder, cache / "features", strict=True))
    colors = scene_colors(features)
    of_features = np.zeros(len(thresholds), dtype=np.int64)
    of_image = np.zeros(len(thresholds), dtype=np.int64)
    for view, seen in zip(capture, features, strict=True):
        of_features += edge_counts(color_image(seen, colors), thresholds)
        of_image += edge_counts(view.image.astype(np.float64), thresholds)
    return FidelityCurve(
        thresholds=thresholds,
        of_features=tuple(of_features.tolist()),
        of_image=tuple(of_image.tolist()),
        views=len(capture),
    )
