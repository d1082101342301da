"""Completed and found objects as scenes of cells, for pages, pictures and files."""

import numpy as np
from jaxtyping import Bool, Float32

from vantage.abstraction.completion import Completion, Found
from vantage.abstraction.frame import Bounds, ViewFrame
from vantage.abstraction.rgbd import RgbdView
from vantage.reports import SolidLayer, SolidScene, label_colours

BEST_PLACE = "likeliest place"
"""Name of the layer that marks the peak of an answer."""


def completion_scene(view: RgbdView, completion: Completion) -> SolidScene:
    """Return what was completed, a layer a label."""
    layers = [
        _layer(label, colour, completion.owner == number, completion.confidence)
        for number, (label, colour) in enumerate(
            zip(completion.labels, label_colours(len(completion.labels)), strict=True), start=1
        )
    ]
    return _scene(view, completion.bounds, completion.frame, completion.owner.shape, layers)


def found_scene(view: RgbdView, found: Found) -> SolidScene:
    """Return where a described object may be: every cell above the threshold, and the likeliest with its neighbours."""
    score = np.nan_to_num(found.score, nan=-np.inf)
    confidence = found_confidence(found)
    peak = np.unravel_index(int(score.argmax()), score.shape)
    # One cell alone is lost in the picture.
    around = np.stack(np.meshgrid(*(np.arange(n) for n in score.shape), indexing="ij"), axis=-1) - np.array(peak)
    near = (np.abs(around).sum(axis=-1) <= 1) & found.seen
    answer, best = label_colours(2)
    layers = [
        _layer(f"{found.target} {found.relation} {found.reference}", answer, score > found.threshold, confidence),
        _layer(BEST_PLACE, best, near, confidence),
    ]
    return _scene(view, found.bounds, found.frame, found.score.shape, layers)


def found_confidence(found: Found) -> Float32[np.ndarray, "x y z"]:
    """Return the score as a probability, 0 where nothing was seen."""
    score = np.clip(np.nan_to_num(found.score, nan=-60.0), -60, 60)
    return np.where(found.seen, 1 / (1 + np.exp(-score)), 0).astype(np.float32)


def _layer(
    label: str,
    colour: tuple[float, float, float],
    chosen: Bool[np.ndarray, "x y z"],
    confidence: Float32[np.ndarray, "x y z"],
) -> SolidLayer:
    return SolidLayer(
        label=label, colour=colour, cells=np.argwhere(chosen).astype(np.int32), confidence=confidence[chosen]
    )


def _scene(
    view: RgbdView, bounds: Bounds, frame: ViewFrame, shape: tuple[int, ...], layers: list[SolidLayer]
) -> SolidScene:
    known = view.depth > 0
    eye = frame.frame_from_camera[:3, 3]
    return SolidScene(
        low=bounds.low,
        high=bounds.high,
        shape=(shape[0], shape[1], shape[2]),
        layers=tuple(layers),
        points=frame.points_frame(view.points_camera()[known]).astype(np.float32),
        point_colours=np.rint(255 * view.image[known]).astype(np.uint8),
        eye=(float(eye[0]), float(eye[1]), float(eye[2])),
    )
