"""From images in [0, 1] to what a ViT takes: sides that are multiples of the patch, and the normalisation it knows.

The whole image is always kept. Hub processors crop the centre and floor odd sizes without a word; here the image is
resized to the nearest multiple of the patch on each side, and the features' stride says so.
"""

import dataclasses

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.errors import DataError

Triple = tuple[float, float, float]

IMAGENET_MEAN: Triple = (0.485, 0.456, 0.406)
IMAGENET_STD: Triple = (0.229, 0.224, 0.225)
"""torchvision's ImageNet statistics: DINOv2 and DINOv3."""
CLIP_MEAN: Triple = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD: Triple = (0.26862954, 0.26130258, 0.27577711)
"""openai/CLIP `clip.py`."""
HALF: Triple = (0.5, 0.5, 0.5)
"""SigLIP: maps [0, 1] to [-1, 1]."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """How an encoder's input is made."""

    patch: int
    mean: Triple
    std: Triple
    short_side: int | None = None
    """Resize so that the shorter side has about this many pixels; None keeps the image's own resolution."""

    def describe(self) -> str:
        """Return all that decides the result, for fingerprints."""
        return (
            f"bicubic antialiased to the nearest multiple of {self.patch}, short side {self.short_side}, "
            f"mean {self.mean}, std {self.std}, position embeddings as in transformers"
        )

    def target_size(self, width: int, height: int) -> tuple[int, int]:
        """Return (width, height) the image is resized to.

        Raises:
            DataError: the image is smaller than a patch.
        """
        if min(width, height) < self.patch:
            raise DataError(
                f"image of {width}x{height} pixels is smaller than one patch ({self.patch} pixels); enlarge it"
            )
        zoom = 1.0 if self.short_side is None else self.short_side / min(width, height)
        columns = max(1, round(width * zoom / self.patch))
        rows = max(1, round(height * zoom / self.patch))
        return columns * self.patch, rows * self.patch

    def __call__(self, images: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n 3 h2 w2"]:
        """Resize and normalise.

        Raises:
            DataError: the image is smaller than a patch.
        """
        height, width = images.shape[-2:]
        target_width, target_height = self.target_size(width, height)
        if (target_width, target_height) != (width, height):
            images = torch.nn.functional.interpolate(
                images, (target_height, target_width), mode="bicubic", antialias=True
            ).clamp(0, 1)
        mean = torch.tensor(self.mean, dtype=images.dtype, device=images.device)[:, None, None]
        std = torch.tensor(self.std, dtype=images.dtype, device=images.device)[:, None, None]
        return (images - mean) / std
