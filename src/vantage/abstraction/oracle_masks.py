"""Relevancy from known masks, with mistakes in known amounts: what the 3D half can do apart from the words."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.ndimage import gaussian_filter
from torch import Tensor

from vantage.abstraction.labels import check_labels
from vantage.abstraction.relevancy import RelevancyMap
from vantage.errors import DataError, UsageError


@dataclasses.dataclass(frozen=True, kw_only=True)
class OracleMistakes:
    """What is wrong with the masks."""

    blur: float = 0.0
    """Standard deviation in pixels of the Gaussian that softens them."""
    misses: float = 0.0
    """Probability that a label's own mask is left out."""
    false_positives: float = 0.0
    """Probability that another label's mask, chosen at random, is added; the label need not be in the image."""
    seed: int = 0
    """What mistakes are drawn from; a label's are the same whatever else is asked for."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            UsageError: a setting is out of its range.
        """
        if not (self.blur >= 0 and 0 <= self.misses <= 1 and 0 <= self.false_positives <= 1):
            raise UsageError(
                f"blur {self.blur}, misses {self.misses}, false positives {self.false_positives}; expected "
                "a blur of at least 0 pixels and probabilities from 0 to 1"
            )


class OracleExtractor:
    """Gives known masks as relevancy maps in [0, 1]; a label without a mask gets an empty map."""

    def __init__(self, masks: Mapping[str, Bool[np.ndarray, "h w"]], mistakes: OracleMistakes | None = None) -> None:
        """Take the masks of one image by label.

        Raises:
            UsageError: there is no mask.
            DataError: masks are of different sizes.
        """
        if not masks:
            raise UsageError("no masks; the oracle needs the masks of the image's objects by label")
        shapes = {mask.shape for mask in masks.values()}
        if len(shapes) > 1:
            raise DataError(f"masks of sizes {sorted(shapes)}; expected all of one image")
        self.masks = dict(masks)
        self.mistakes = mistakes or OracleMistakes()

    def relevancy(self, image: Float[Tensor, "3 h w"], labels: Sequence[str]) -> RelevancyMap:
        """Return the masks of labels, with the mistakes.

        Raises:
            UsageError: there is no label, or one is empty or too long.
            DataError: the image is of another size than the masks.
        """
        wanted = check_labels(labels)
        size = next(iter(self.masks.values())).shape
        if tuple(image.shape[-2:]) != size:
            raise DataError(f"image of {image.shape[-1]}x{image.shape[-2]} pixels, masks of {size[1]}x{size[0]}")
        values = np.stack([self._of_label(label) for label in wanted])
        return RelevancyMap(labels=tuple(wanted), values=torch.from_numpy(values))

    def _of_label(self, label: str) -> Float[np.ndarray, "h w"]:
        mistakes = self.mistakes
        # The label's bytes are part of the seed, so that its mistakes do not depend on the other labels.
        rng = np.random.default_rng([mistakes.seed, *label.encode()])
        missed, added = rng.random(2) < (mistakes.misses, mistakes.false_positives)
        empty = np.zeros_like(next(iter(self.masks.values())))
        shown = empty if missed else self.masks.get(label, empty)
        others = sorted(name for name in self.masks if name != label)
        if added and others:
            shown = shown | self.masks[others[rng.integers(len(others))]]
        soft = shown.astype(np.float32)
        return gaussian_filter(soft, mistakes.blur) if mistakes.blur else soft
