"""DAISY descriptors on a grid of patches: what hand-made image gradients know, without any learning."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vantage.encoders.base import EncoderCard, Features
from vantage.encoders.preprocessing import check_images
from vantage.errors import DataError, MissingError
from vantage.storage import content_hash

# The defaults of scikit-image and of Tola et al. (2010), section 3: 15 pixels, 3 rings, 8 histograms, 8 orientations.
RADIUS, RINGS, HISTOGRAMS, ORIENTATIONS = 15, 3, 8, 8
PATCH = 8
LUMINANCE = (0.2125, 0.7154, 0.0721)
"""scikit-image `rgb2gray` (CRT luminance)."""

DAISY_CARD = EncoderCard(
    name="daisy",
    family="reference",
    dim=(RINGS * HISTOGRAMS + 1) * ORIENTATIONS,
    patch=PATCH,
    parameters=0,
    licence="Apache-2.0",
    source="computed (extra daisy)",
    summary="mean over the patches",
)


class DaisyEncoder:
    """One descriptor for each 8x8 cell, centred on the pixel right below the cell's middle; borders are repeated."""

    def __init__(self, *, device: str = "cpu") -> None:
        _daisy()
        self.card = DAISY_CARD
        self.device = device

    @property
    def fingerprint(self) -> str:
        """A hash of the definition."""
        return content_hash("daisy", repr((PATCH, RADIUS, RINGS, HISTOGRAMS, ORIENTATIONS, LUMINANCE, "l1")), "1")

    def encode(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Describe RGB images in [0, 1], each by itself, on the CPU.

        Raises:
            DataError: an image is smaller than one cell, or no RGB image in [0, 1].
        """
        check_images(images)
        height, width = images.shape[-2:]
        if min(height, width) < PATCH:
            raise DataError(f"image of {width}x{height} pixels is smaller than one patch ({PATCH} pixels); enlarge it")
        grey = torch.einsum("nchw,c->nhw", images.cpu().double(), torch.tensor(LUMINANCE, dtype=torch.float64))
        grid = torch.stack([torch.from_numpy(_describe(one)) for one in grey.numpy()]).to(self.device)
        return Features(
            grid=grid,
            summary=grid.mean(dim=(1, 2)),
            stride=(float(PATCH), float(PATCH)),
            image_size=(width, height),
        )


def _describe(grey: np.ndarray) -> np.ndarray:
    """Return the descriptors (rows, columns, d) of a grey image."""
    # scikit-image puts its first centre RADIUS pixels inside the image; the padding moves it to pixel PATCH / 2.
    before = RADIUS - PATCH // 2
    height, width = grey.shape
    rows, columns = -(-height // PATCH), -(-width // PATCH)
    after = [(cells - 1) * PATCH + 2 * RADIUS + 1 - before - side for cells, side in ((rows, height), (columns, width))]
    padded = np.pad(grey, ((before, after[0]), (before, after[1])), mode="edge")
    dense = _daisy()(padded, step=PATCH, radius=RADIUS, rings=RINGS, histograms=HISTOGRAMS, orientations=ORIENTATIONS)
    # A copy, because what scikit-image returns holds on to the descriptors of all pixels (80 MB at 256x192).
    return dense.astype(np.float32)


def _daisy() -> Callable[..., Any]:
    """Return scikit-image's function.

    Raises:
        MissingError: scikit-image is not installed.
    """
    try:
        from skimage.feature import daisy
    except ImportError as error:
        raise MissingError("daisy needs scikit-image: pip install 'vantage[daisy]'") from error
    return daisy
