"""The nouns of encoding: `Features`, `Encoder`, `TextEncoder`, and the card that describes an encoder."""

import dataclasses
from typing import Literal, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

Family = Literal["visual-semantic", "geometry-grounded", "image-text", "reference"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Features:
    """Patch features of a batch of images of one size.

    Cell (i, j) of the grid covers the pixels [j * stride_x, (j + 1) * stride_x) x [i * stride_y, (i + 1) * stride_y) of
    the image that was passed in, whatever resizing or padding the encoder did inside. The last cells may reach past the
    image's edge where the encoder padded.
    """

    grid: Float[Tensor, "n h w d"]
    summary: Float[Tensor, "n d2"]
    """The one vector that the papers use for this encoder (class token, camera token, mean patch...)."""
    stride: tuple[float, float]
    """(x, y) pixels of the input image per cell."""
    image_size: tuple[int, int]
    """(width, height) of the input images in pixels."""

    @property
    def padding(self) -> tuple[float, float]:
        """(right, bottom) pixels of the input image by which the last cells reach past its edge."""
        height, width = self.grid.shape[1:3]
        return width * self.stride[0] - self.image_size[0], height * self.stride[1] - self.image_size[1]

    def sample(self, pixels: Float[Tensor, "n m 2"]) -> Float[Tensor, "n m d"]:
        """Interpolate the grid bilinearly at (u, v) pixels of the input images; the border is repeated outside."""
        _, height, width, _ = self.grid.shape
        # grid_sample without aligned corners puts -1 and +1 at the outer edges of the grid: 0 and cells * stride.
        extent = torch.tensor([width * self.stride[0], height * self.stride[1]], dtype=pixels.dtype)
        normalized = (pixels / extent.to(pixels.device) * 2 - 1).to(self.grid.dtype)
        sampled = torch.nn.functional.grid_sample(
            self.grid.permute(0, 3, 1, 2), normalized[:, None], padding_mode="border", align_corners=False
        )
        return sampled[:, :, 0].mT


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class LayerTokens:
    """The tokens that one layer of an encoder gives on."""

    layer: int
    """Counted from 0."""
    grid: Float[Tensor, "n h w d"]
    """Patch tokens, on the cells of `Features.grid` (coarser or finer only where a model changes its resolution)."""
    prefix: Float[Tensor, "n p d"]
    """Tokens without a place: class or camera token first, then registers; p is 0 where a model has none."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class EncoderCard:
    """What is known about an encoder without loading it."""

    name: str
    family: Family
    dim: int
    """Width of the patch features."""
    patch: int
    """Patch size in pixels of the encoder's own input."""
    parameters: int
    licence: str
    source: str
    """Hub name, folder or "shipped with vantage"."""
    summary: str
    """Which vector `Features.summary` is."""
    text: bool = False
    """Whether it has a text tower."""


@runtime_checkable
class Encoder(Protocol):
    """Turns images into patch features."""

    card: EncoderCard

    @property
    def fingerprint(self) -> str:
        """A hash of weights and preprocessing: equal fingerprints give equal features."""
        ...

    def encode(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Encode RGB images in [0, 1], all of one size."""
        ...


@runtime_checkable
class TextEncoder(Protocol):
    """Turns text into vectors of the space in which an image-text encoder's grid lives."""

    def encode_text(self, texts: list[str]) -> Float[Tensor, "n d"]:
        """Encode texts to unit vectors."""
        ...
