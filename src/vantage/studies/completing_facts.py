"""What completed and found objects come to in numbers and words: sizes, places, and why a label stayed empty."""

import dataclasses
import math
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from vantage.abstraction.completion import Completion
from vantage.abstraction.frame import Bounds, ViewFrame
from vantage.abstraction.rgbd import RgbdView
from vantage.metrics import Metric

STRONGEST = 0.01
"""Share of the pixels with a known depth that counts as where a label's relevancy is strongest."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LabelFacts:
    """What became of one label."""

    label: str
    presence: float | None
    """How far it is taken to be in view at all, 0 to 1; None: not asked."""
    cells: int
    volume_m3: float
    mean_confidence: float | None
    """Over its cells; None where it has none."""
    highest_confidence: float
    """Anywhere in the picture's part of the grid."""
    centre_m: tuple[float, float, float] | None
    """Middle of its cells, view frame."""
    box_m: tuple[tuple[float, float, float], tuple[float, float, float]] | None
    """Low and high corner of its cells, view frame."""
    strongest_m: tuple[float, float, float]
    """Where the image speaks most for it: the median point of its strongest pixels, view frame."""
    strongest_in_bounds: float
    """Share of those points inside the bounds."""
    note: str
    """Why it has no cells, or that it seems to lie outside; empty where nothing needs saying."""


def label_facts(view: RgbdView, completion: Completion, number: int) -> LabelFacts:
    """Return what became of the label with this number, from 0."""
    bounds, label = completion.bounds, completion.labels[number]
    own = completion.owner == number + 1
    spots = bounds.centres(own.shape[0])[own]
    half = bounds.size / own.shape[0] / 2
    logits = completion.logits[number][completion.seen]
    presence = None if completion.presence is None else float(completion.presence[number])
    highest = sigmoid(float(logits.max())) if len(logits) else 0.0
    strongest, inside = strongest_place(
        view, completion.relevancy.values[number].cpu().numpy(), bounds, completion.frame
    )
    return LabelFacts(
        label=label,
        presence=presence,
        cells=len(spots),
        volume_m3=len(spots) * float(np.prod(2 * half)),
        mean_confidence=float(completion.confidence[own].mean()) if len(spots) else None,
        highest_confidence=highest,
        centre_m=triple(spots.mean(axis=0)) if len(spots) else None,
        box_m=(triple(spots.min(axis=0) - half), triple(spots.max(axis=0) + half)) if len(spots) else None,
        strongest_m=strongest,
        strongest_in_bounds=inside,
        note=_absent_note(label, presence, completion.least_presence)
        or _note(label, len(spots), highest, sigmoid(completion.threshold), strongest, inside, bounds),
    )


def strongest_place(
    view: RgbdView, relevancy: Float[np.ndarray, "h w"], bounds: Bounds, frame: ViewFrame
) -> tuple[tuple[float, float, float], float]:
    """Return the median point (metres, view frame) of the strongest pixels, and the share of them inside the bounds."""
    known: Bool[np.ndarray, "h w"] = view.depth > 0
    values = relevancy[known]
    count = max(1, math.ceil(STRONGEST * len(values)))
    best = np.argpartition(-values, count - 1)[:count]
    points = frame.points_frame(view.points_camera()[known][best].astype(np.float64))
    return triple(np.median(points, axis=0)), float(bounds.contains(points).mean())


def outside_note(label: str, strongest: tuple[float, float, float], inside: float, bounds: Bounds) -> str:
    """Return a sentence where a label seems to lie outside the bounds, else nothing."""
    if inside >= 0.5:
        return ""
    return (
        f"{label[:60]!r} is seen most clearly {place(strongest)}, outside the bounds of {spans(bounds)}; "
        "take the picture from elsewhere"
    )


def bounds_share(view: RgbdView, bounds: Bounds, frame: ViewFrame) -> Metric:
    """Return the share of the points with a known depth that lie inside the bounds."""
    points = frame.points_frame(view.points_camera()[view.depth > 0].astype(np.float64))
    return Metric.share(int(bounds.contains(points).sum()), len(points))


def frame_notes(frame: ViewFrame, share: Metric, bounds: Bounds) -> list[str]:
    """Return what has to be said about the frame and the bounds."""
    notes = []
    if frame.source == "level":
        notes.append("no ground was found in the depth: the camera is taken as upright, above the lowest points")
    if share.value == 0:
        notes.append(f"nothing that is seen lies within the bounds of {spans(bounds)}; take the picture from nearer")
    return notes


def place(point: tuple[float, float, float]) -> str:
    """Return a point of the view frame in words."""
    x, y, z = point
    return f"{x:.2f} m ahead, {abs(y):.2f} m to the {'left' if y >= 0 else 'right'}, {z:.2f} m up"


def spans(bounds: Bounds) -> str:
    """Return bounds in words."""
    (x0, y0, z0), (x1, y1, z1) = bounds.low, bounds.high
    return f"{x0:g} to {x1:g} m ahead, {-y0:g} m to the right to {y1:g} m to the left, {z0:g} to {z1:g} m up"


def sigmoid(logit: float) -> float:
    """Return a logit as a probability."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))


def triple(values: Any) -> tuple[float, float, float]:
    """Return three numbers as plain floats, to the millimetre."""
    x, y, z = (round(float(value), 3) for value in values)
    return x, y, z


def _absent_note(label: str, presence: float | None, least: float) -> str:
    if presence is None or presence >= least:
        return ""
    return (
        f"{label[:60]!r} is taken to be absent: common things fit better wherever it fits (presence {presence:.2g}, "
        f"least {least:.2g}; --least-presence 0 completes it all the same)"
    )


def _note(
    label: str,
    cells: int,
    highest: float,
    threshold: float,
    strongest: tuple[float, float, float],
    inside: float,
    bounds: Bounds,
) -> str:
    outside = outside_note(label, strongest, inside, bounds)
    if cells:
        return outside
    if highest > threshold:
        why = f"{label[:60]!r} has no cell: others are surer in each of them"
    else:
        why = f"{label[:60]!r} has no cell: its highest confidence is {highest:.2f}, the threshold {threshold:.2f}"
    return f"{why}; {outside}" if outside else why
