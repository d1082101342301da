"""Which pairs of images are worth a conversation: neither too alike nor too different by LPIPS (SpatialBoost, eq 2)."""

import itertools
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.errors import UsageError
from vantage.metrics.lpips import ADVICE as ADVICE
from vantage.metrics.lpips import Lpips
from vantage.metrics.lpips import load_lpips_network as load_lpips_network

LEAST, MOST = 0.35, 0.65
"""Bounds of the distance (SpatialBoost, equation 2)."""
SHORT_SIDE = 256
"""Rows or columns at which images are compared; the paper does not say. LPIPS was made on patches of 64 to 256."""


@torch.no_grad()
def lpips_look(model: Lpips, image: Float[np.ndarray, "h w 3"]) -> list[Float[Tensor, "1 _c _h _w"]]:
    """Return what the network sees of an image at a short side of `SHORT_SIDE` pixels.

    Args:
        model: of `load_lpips_network`.
        image: RGB in [0, 1].
    """
    pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None].float()
    scale = SHORT_SIDE / min(pixels.shape[-2:])
    size = (round(pixels.shape[-2] * scale), round(pixels.shape[-1] * scale))
    return model.look(nn.functional.interpolate(pixels, size, mode="bilinear", antialias=True).clamp(0, 1))


@torch.no_grad()
def pair_distances(model: Lpips, images: Sequence[Float[np.ndarray, "_h _w 3"]]) -> Float[np.ndarray, "n n"]:
    """Return the LPIPS distance of every two images; each passes the network once.

    Args:
        model: of `load_lpips_network`.
        images: RGB in [0, 1], all of one shape; they are compared at a short side of `SHORT_SIDE` pixels.

    Raises:
        UsageError: their sizes differ.
    """
    if len({image.shape[:2] for image in images}) > 1:
        raise UsageError("images of different sizes have no LPIPS distance; resize them first")
    looks = [lpips_look(model, image) for image in images]
    distances = np.zeros((len(images), len(images)))
    for i, j in itertools.combinations(range(len(images)), 2):
        distances[i, j] = distances[j, i] = float(model.distance(looks[i], looks[j])[0])
    return distances


def fitting_pairs(
    distances: Float[np.ndarray, "n n"], *, least: float = LEAST, most: float = MOST
) -> list[tuple[int, int]]:
    """Return the pairs, smaller index first, whose distance is within the bounds.

    Args:
        distances: of `pair_distances`.
        least: closer than this is the same picture again.
        most: farther than this has little in common.
    """
    rows, columns = np.nonzero(np.triu((distances >= least) & (distances <= most), k=1))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True)]
