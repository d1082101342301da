"""From images in [0, 1] to what a ViT takes: sides that are multiples of the patch, and the normalisation it knows.

The whole image is always kept. Hub processors crop the centre and floor odd sizes without a word; here the image is
resized to the nearest multiple of the patch on each side, or padded to the next one, and the features' stride says so.
"""

import dataclasses
import math
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.errors import DataError

Triple = tuple[float, float, float]
Fit = Literal["resize", "pad"]
"""How odd sizes become multiples of the patch: both sides stretched to the nearest, or the right and bottom borders
repeated up to the next, so that no pixel is resampled."""

IMAGENET_MEAN: Triple = (0.485, 0.456, 0.406)
IMAGENET_STD: Triple = (0.229, 0.224, 0.225)
"""torchvision's ImageNet statistics: DINOv2 and DINOv3."""
CLIP_MEAN: Triple = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD: Triple = (0.26862954, 0.26130258, 0.27577711)
"""openai/CLIP `clip.py`."""
HALF: Triple = (0.5, 0.5, 0.5)
"""SigLIP: maps [0, 1] to [-1, 1]."""


MAX_PIXELS = 64_000_000
"""More pixels than this are refused, as where images are read: 64 MP is the largest camera in common use."""


def check_images(images: Tensor) -> None:
    """Refuse what is not a batch of RGB images in [0, 1].

    Raises:
        DataError: another number of channels, whole numbers, values as of 8 or 16 bits, or too many pixels.
    """
    shape = "x".join(map(str, images.shape))
    if images.dim() != 4 or images.shape[1] != 3:
        raise DataError(
            f"images of shape {shape}; expected n x 3 x height x width (repeat a single channel three times)"
        )
    if images.shape[2] * images.shape[3] > MAX_PIXELS:
        raise DataError(f"images of shape {shape}; an image may have {MAX_PIXELS // 1_000_000} megapixels, shrink it")
    if not images.is_floating_point():
        raise DataError(f"images of {images.dtype}; expected floats in [0, 1]: divide by 255, or by 65535 for 16 bits")
    # Twice the range leaves room for what augmentation overshoots; numbers of 8 bits are far beyond.
    if images.numel() and float(images.max()) > 2:
        raise DataError(f"images with values up to {float(images.max()):g}; expected [0, 1]: divide by 255 or 65535")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """How an encoder's input is made."""

    patch: int
    mean: Triple
    std: Triple
    short_side: int | None = None
    """Resize so that the shorter side has about this many pixels; None keeps the image's own resolution."""
    fit: Fit = "resize"
    positions: str = "hf"
    """The rule for position embeddings (`positions`), which is part of what decides the features."""

    def describe(self) -> str:
        """Return all that decides the result, for fingerprints."""
        rule = "transformers" if self.positions == "hf" else self.positions
        fitted = (
            "to the nearest multiple of" if self.fit == "resize" else "then borders repeated to the next multiple of"
        )
        return (
            f"bicubic antialiased {fitted} {self.patch}, short side {self.short_side}, "
            f"mean {self.mean}, std {self.std}, position embeddings as in {rule}"
        )

    def target_size(self, width: int, height: int) -> tuple[int, int]:
        """Return (width, height) of what the model gets, padding included.

        Raises:
            DataError: the image is smaller than a patch.
        """
        resized_width, resized_height = self._resized(width, height)
        return math.ceil(resized_width / self.patch) * self.patch, math.ceil(resized_height / self.patch) * self.patch

    def stride(self, width: int, height: int) -> tuple[float, float]:
        """Return the (x, y) pixels of the image that one patch covers.

        Raises:
            DataError: the image is smaller than a patch.
        """
        resized_width, resized_height = self._resized(width, height)
        return width / (resized_width / self.patch), height / (resized_height / self.patch)

    def _resized(self, width: int, height: int) -> tuple[int, int]:
        """Return the size the image is resized to, before any padding."""
        if min(width, height) < self.patch:
            raise DataError(
                f"image of {width}x{height} pixels is smaller than one patch ({self.patch} pixels); enlarge it"
            )
        zoom = 1.0 if self.short_side is None else self.short_side / min(width, height)
        unit = self.patch if self.fit == "resize" else 1
        columns = max(1, round(width * zoom / unit))
        rows = max(1, round(height * zoom / unit))
        return columns * unit, rows * unit

    def __call__(self, images: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n 3 h2 w2"]:
        """Resize, pad and normalise.

        Raises:
            DataError: the image is smaller than a patch, or no RGB image in [0, 1].
        """
        check_images(images)
        height, width = images.shape[-2:]
        resized = self._resized(width, height)
        if resized != (width, height):
            images = torch.nn.functional.interpolate(images, resized[::-1], mode="bicubic", antialias=True).clamp(0, 1)
        right, bottom = -resized[0] % self.patch, -resized[1] % self.patch
        if right or bottom:
            images = torch.nn.functional.pad(images, (0, right, 0, bottom), mode="replicate")
        mean = torch.tensor(self.mean, dtype=images.dtype, device=images.device)[:, None, None]
        std = torch.tensor(self.std, dtype=images.dtype, device=images.device)[:, None, None]
        return (images - mean) / std
