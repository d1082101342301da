"""How often a query's peak falls on what it names, and how often it would by chance."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Bool, Float32

from vantage.captures import Capture, View

MIN_VISIBLE_SHARE = 0.003
"""Share of an image's pixels that an object must cover to count as visible: 147 pixels of 256x192, about 12x12."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LocalizationCase:
    """One query asked in one view, with the truth."""

    text: str
    view_index: int
    visible_pixels: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class LocalizationResult:
    """What came of one case."""

    case: LocalizationCase
    hit: bool
    """Whether the peak lies in the true mask."""
    chance: float
    """Share of the other queries whose peak in this view lies in this mask: the same with the words shuffled."""
    iou: float
    """Intersection over union of the mask that the query gave and the true one."""


def true_mask(capture: Capture, view: View, text: str) -> Bool[np.ndarray, "h w"]:
    """Return the pixels of all objects whose caption is the query."""
    wanted = [o.instance for o in capture.objects if o.caption == text]
    if view.instances is None:
        return np.zeros(view.image.shape[:2], dtype=bool)
    return np.isin(view.instances, wanted)


STRUCTURE = ("floor", "wall", "ceiling")
"""Categories that are not asked for: they fill half of every image and would flatter the score."""


def find_cases(capture: Capture, views: Sequence[tuple[int, View]]) -> list[LocalizationCase]:
    """Return every (caption, view) pair in which the captioned objects are visible; the room's shell is left out."""
    cases = []
    for text in sorted({o.caption for o in capture.objects if o.category not in STRUCTURE}):
        for index, view in views:
            mask = true_mask(capture, view, text)
            if mask.mean() >= MIN_VISIBLE_SHARE:
                cases.append(LocalizationCase(text=text, view_index=index, visible_pixels=int(mask.sum())))
    return cases


def score_cases(
    capture: Capture,
    views: Sequence[tuple[int, View]],
    cases: Sequence[LocalizationCase],
    relevancy_of: Callable[[str, int, View], Float32[np.ndarray, "h w"]],
    *,
    threshold: float,
) -> list[LocalizationResult]:
    """Ask every query in every view, and compare with the true masks.

    Args:
        capture: names the objects.
        views: (index, view) pairs with instance maps.
        cases: what counts; each one's text is asked.
        relevancy_of: gives the relevancy image of a text in a view.
        threshold: relevancy from which on a pixel belongs to the answer's mask.
    """
    texts = sorted({case.text for case in cases})
    results = []
    for index, view in views:
        here = [case for case in cases if case.view_index == index]
        if not here:
            continue
        maps = {text: relevancy_of(text, index, view) for text in texts}
        peaks = {text: np.unravel_index(int(values.argmax()), values.shape) for text, values in maps.items()}
        for case in here:
            mask = true_mask(capture, view, case.text)
            others = [bool(mask[peaks[text]]) for text in texts if text != case.text]
            answer = maps[case.text] > threshold
            union = (answer | mask).sum()
            results.append(
                LocalizationResult(
                    case=case,
                    hit=bool(mask[peaks[case.text]]),
                    chance=float(np.mean(others)) if others else 0.0,
                    iou=float((answer & mask).sum() / union) if union else 0.0,
                )
            )
    return results
