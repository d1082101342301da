"""How well a relevancy image tells the true mask of what was asked for: the paper's measures and those of a user.

The paper's three compare images, so they credit an answer for the empty wall around an object; a mask of nothing at all
scores high in them. The others ask where the answer is. Both come with the floor of an answer that says nothing.
"""

import dataclasses

import numpy as np
import torch
from jaxtyping import Bool, Float

from vantage.errors import DataError
from vantage.metrics import psnr_db, ssim

NEUTRAL = 0.5
"""Relevancy of what resembles the query and the closest negative equally (LERF)."""

HIGHEST_PSNR_DB = float(-10 * np.log10(1 / (255**2 * 12)))
"""PSNR of a mask written in 8 bits against itself, 58.9 dB: the mean square of rounding is a twelfth of a step's.
Masks that differ by less would have an infinite PSNR, which has no mean."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class MaskScores:
    """What a relevancy image came to against a true mask."""

    ssim: float
    """Structural similarity of the continuous mask, up to 1."""
    psnr_db: float
    """PSNR of the continuous mask, up to `HIGHEST_PSNR_DB`."""
    iou_best: float
    """Intersection over union at this image's best threshold."""
    iou: float
    """Intersection over union at the fixed threshold."""
    average_precision: float
    """Area under precision over recall of its pixels."""
    peak_in_mask: float
    """Whether the most relevant pixel lies in the mask; of pixels that share the maximum, their share in it."""


def score_mask(
    relevancy: Float[np.ndarray, "h w"], true: Bool[np.ndarray, "h w"], *, threshold: float = NEUTRAL
) -> MaskScores:
    """Measure a relevancy image against the true mask.

    Args:
        relevancy: in [0, 1], 0.5 where the query is no likelier than anything else.
        true: pixels of what was asked for.
        threshold: relevancy above which a pixel belongs to the answer, for `iou`.

    Raises:
        DataError: shapes differ, a value is not finite or outside [0, 1], or the mask is empty or smaller than SSIM's
            window.
    """
    if relevancy.shape != true.shape or not true.any():
        raise DataError(
            f"relevancy of shape {relevancy.shape} against a mask of shape {true.shape} with {int(true.sum())} "
            "pixels; expected one shape and a mask that is not empty"
        )
    if not np.isfinite(relevancy).all() or relevancy.min() < 0 or relevancy.max() > 1:
        raise DataError("a relevancy image holds values that are not finite or outside 0 to 1")
    mask = continuous_mask(relevancy)
    return MaskScores(
        ssim=mask_ssim(mask, true),
        psnr_db=mask_psnr_db(mask, true),
        iou_best=best_iou(relevancy, true),
        iou=iou(relevancy > threshold, true),
        average_precision=average_precision(relevancy, true),
        peak_in_mask=peak_in_mask(relevancy, true),
    )


def continuous_mask(relevancy: Float[np.ndarray, "h w"]) -> Float[np.ndarray, "h w"]:
    """Return a relevancy image as a mask from 0 to 1: what is above neutral, by the image's highest (LERF's display).

    The paper's appendix, where its scaling would stand, is not published. An image that is nowhere above neutral gives
    an empty mask.
    """
    above = np.clip(relevancy.astype(np.float64) - NEUTRAL, 0, None)
    highest = above.max()
    return above / highest if highest > 0 else above


def mask_ssim(mask: Float[np.ndarray, "h w"], true: Bool[np.ndarray, "h w"]) -> float:
    """Return the structural similarity of two masks (Wang et al. 2004), at most 1.

    Raises:
        DataError: a side is shorter than SSIM's window.
    """
    return float(ssim(_image(mask), _image(true)))


def mask_psnr_db(mask: Float[np.ndarray, "h w"], true: Bool[np.ndarray, "h w"]) -> float:
    """Return the peak signal-to-noise ratio of a mask in decibels, at most `HIGHEST_PSNR_DB`."""
    return min(float(psnr_db(_image(mask), _image(true))), HIGHEST_PSNR_DB)


def iou(answer: Bool[np.ndarray, "h w"], true: Bool[np.ndarray, "h w"]) -> float:
    """Return intersection over union of two masks; 0 where both are empty."""
    union = int((answer | true).sum())
    return int((answer & true).sum()) / union if union else 0.0


def best_iou(scores: Float[np.ndarray, "h w"], true: Bool[np.ndarray, "h w"]) -> float:
    """Return the highest intersection over union that any threshold on the scores gives.

    A ceiling: nobody who asks knows the threshold. A constant image gets the mask's share of the image.
    """
    hits, taken = _ranked(scores, true)
    return float((hits / (true.sum() + taken - hits)).max())


def average_precision(scores: Float[np.ndarray, "h w"], true: Bool[np.ndarray, "h w"]) -> float:
    """Return the sum of precisions at each threshold, weighted by what it adds in recall (as in scikit-learn).

    Pixels of one score come and go together, so a constant image gets the mask's share of the image.

    Raises:
        DataError: the mask is empty.
    """
    if not true.any():
        raise DataError("the true mask is empty; average precision needs a pixel to find")
    hits, taken = _ranked(scores, true)
    return float((np.diff(hits, prepend=0) / hits[-1] * (hits / taken)).sum())


def peak_in_mask(scores: Float[np.ndarray, "h w"], true: Bool[np.ndarray, "h w"]) -> float:
    """Return 1 where the highest score lies in the mask, else 0; of pixels that share it, their share in the mask."""
    return float(true[scores == scores.max()].mean())


def _ranked(scores: np.ndarray, true: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each distinct score from the highest down, how many true and how many pixels reach it."""
    order = np.argsort(-scores, axis=None, kind="stable")
    ranked, hits = scores.ravel()[order], np.cumsum(true.ravel()[order])
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    return hits[last], last + 1


def _image(mask: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(mask.astype(np.float64))[..., None]
