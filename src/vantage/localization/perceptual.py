"""LPIPS of masks, where its weights are on this machine; nothing stands in for it where they are not."""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Bool, Float

from vantage.metrics.lpips import load_lpips_network, lpips_folders

MaskDistance = Callable[[Float[np.ndarray, "h w"], Bool[np.ndarray, "h w"]], float]
"""The distance of a continuous mask to a true one; 0 for equal masks, larger is worse."""


def load_lpips() -> MaskDistance:
    """Return LPIPS with AlexNet for masks in [0, 1], shown to it as grey images.

    LPIPS's authors advise AlexNet as a metric (their README, "Which network").

    Raises:
        MissingError: a file of its weights is not here. Nothing is downloaded, since its makers' files are pickles.
        DataError: one is damaged or of something else.
    """
    network = load_lpips_network(*lpips_folders())

    @torch.no_grad()
    def distance(mask: Float[np.ndarray, "h w"], true: Bool[np.ndarray, "h w"]) -> float:
        return float(network.distance(network.look(_grey(mask)), network.look(_grey(true)))[0])

    return distance


def _grey(mask: np.ndarray) -> Float[torch.Tensor, "1 3 h w"]:
    """Return a mask as an RGB image in [0, 1]."""
    return torch.from_numpy(mask.astype(np.float32)).expand(1, 3, -1, -1)
