"""Where in a view what a text names truly is: one interface, whoever knows it."""

import dataclasses
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool

from vantage.captures import Capture, Segmentations, View
from vantage.captures.resizing import resize_labels
from vantage.errors import UsageError
from vantage.localization.positions import distance_to_objects, distance_to_points, masked_points
from vantage.localization.scoring import MIN_VISIBLE_SHARE, STRUCTURE, true_mask


@runtime_checkable
class MaskTruth(Protocol):
    """Knows which texts can be asked of a scene, and the mask of each in a view."""

    @property
    def texts(self) -> tuple[str, ...]:
        """What is asked for."""
        ...

    def masks(self, view: View) -> dict[str, Bool[np.ndarray, "_h _w"]]:
        """Return the mask of every text in a view; empty where nothing of that name is seen."""
        ...


@dataclasses.dataclass(frozen=True, eq=False)
class CaptionMasks:
    """Masks of a capture that names its objects, as rooms do: all objects whose caption is the text."""

    capture: Capture
    chosen: tuple[str, ...] = ()
    """Captions to ask for; none asks for all but the room's shell."""

    @property
    def texts(self) -> tuple[str, ...]:
        """What is asked for."""
        named = {o.caption for o in self.capture.objects if o.category not in STRUCTURE}
        return self.chosen or tuple(sorted(named))

    def masks(self, view: View) -> dict[str, Bool[np.ndarray, "_h _w"]]:
        """Return the pixels of the objects of each caption."""
        return {text: true_mask(self.capture, view, text) for text in self.texts}


@dataclasses.dataclass(frozen=True, eq=False)
class DrawnMasks:
    """Masks that somebody drew over photographs, as the 3D-OVS scenes bring them.

    Raises:
        UsageError: a text that is chosen has no masks.
    """

    segmentations: Segmentations
    chosen: tuple[str, ...] = ()
    """Classes to ask for; none asks for all."""

    def __post_init__(self) -> None:
        unknown = [text for text in self.chosen if text not in self.segmentations.classes]
        if unknown:
            known = ", ".join(self.segmentations.classes)
            raise UsageError(f"nobody drew where {unknown[0]!r} is; the capture's masks are of {known}")

    @property
    def texts(self) -> tuple[str, ...]:
        """What is asked for."""
        return self.chosen or self.segmentations.classes

    def masks(self, view: View) -> dict[str, Bool[np.ndarray, "_h _w"]]:
        """Return the mask of every class, at the view's size; none in a view that nobody drew in."""
        drawn = self.segmentations.masks(view.name)
        width, height = view.camera.width, view.camera.height
        return {text: resize_labels(drawn[text], width, height) for text in self.texts if text in drawn}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TrueCase:
    """A query that has an answer in a view."""

    text: str
    view_index: int
    mask: Bool[np.ndarray, "h w"]


def true_cases(truth: MaskTruth, views: Sequence[tuple[int, View]]) -> list[TrueCase]:
    """Return every (text, view) pair in which what the text names covers `MIN_VISIBLE_SHARE` of the view."""
    return [
        TrueCase(text=text, view_index=index, mask=mask)
        for index, view in views
        for text, mask in truth.masks(view).items()
        if mask.mean() >= MIN_VISIBLE_SHARE
    ]


def position_error(
    point_world: tuple[float, float, float], text: str, capture: Capture, cases: Sequence[TrueCase]
) -> float | None:
    """Return how far a point lies from what the text names, in the world's units; None where that is not known.

    From the nearest object's box where the capture has boxes, else from the nearest surface point that the depth of the
    views shows inside the true masks.
    """
    to_box = distance_to_objects(point_world, capture, text)
    if to_box is not None:
        return to_box
    parts = [masked_points(capture[case.view_index], case.mask) for case in cases if case.text == text]
    points = np.concatenate(parts) if parts else np.zeros((0, 3))
    return distance_to_points(point_world, points) if len(points) else None
