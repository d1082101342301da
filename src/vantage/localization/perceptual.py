"""LPIPS, where its package and its weights are on this machine; nothing stands in for it where they are not."""

import importlib.util
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float

from vantage.errors import MissingError

BACKBONE = "alexnet-owt-7be5be79.pth"
"""The file of torchvision's AlexNet. LPIPS's authors advise AlexNet as a metric (their README, "Which network")."""

Lpips = Callable[[Float[np.ndarray, "h w"], Bool[np.ndarray, "h w"]], float]
"""The distance of a continuous mask to a true one; 0 for equal masks, larger is worse."""


def load_lpips() -> Lpips:
    """Return LPIPS (Zhang et al. 2018) with AlexNet, for masks in [0, 1], shown to it as grey images.

    Raises:
        MissingError: the packages `lpips` and `torchvision`, or the weights of AlexNet, are not here. Nothing is
            downloaded, since the package would fetch a pickle.
    """
    absent = [name for name in ("lpips", "torchvision") if importlib.util.find_spec(name) is None]
    if absent:
        raise MissingError(f"LPIPS needs {' and '.join(absent)}, not installed here; `pip install lpips torchvision`")
    weights = Path(torch.hub.get_dir()) / "checkpoints" / BACKBONE
    if not weights.is_file():
        raise MissingError(f"{weights}: no such file; LPIPS needs it: https://download.pytorch.org/models/{BACKBONE}")
    import lpips  # pyright: ignore[reportMissingImports]  # optional, and not in the development environment

    with warnings.catch_warnings():
        # The package calls torchvision as it was before `weights=`; torchvision says so on every load.
        warnings.simplefilter("ignore", UserWarning)
        model = lpips.LPIPS(net="alex", verbose=False).eval().requires_grad_(False)

    def distance(mask: Float[np.ndarray, "h w"], true: Bool[np.ndarray, "h w"]) -> float:
        with torch.no_grad():
            return float(model(_grey(mask), _grey(true)))

    return distance


def _grey(mask: np.ndarray) -> torch.Tensor:
    """Return a mask as the package wants images: RGB from -1 to 1."""
    return torch.from_numpy(mask.astype(np.float32) * 2 - 1).expand(1, 3, -1, -1)
