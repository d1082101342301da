"""DUSt3R (Wang et al. 2024): two images to a point map each, both in the first image's frame.

Each image is encoded by itself; two decoders, one per image, read each other in every block; a head per decoder returns
points and their confidence. Module names equal the released checkpoints' keys. Non-commercial weights; see the card.
"""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.croco import (
    Block,
    DecoderBlock,
    Encoding,
    PatchEmbedding,
    check_layers,
    encode_images,
)
from vantage.encoders.croco_heads import DptSettings, LinearHead, PixelwiseDpt, dpt_hooks, exponential_points
from vantage.errors import DataError

POINT_CHANNELS = 4
"""x, y, z and confidence."""

CONFIDENCE_FLOOR = 1.0
"""The checkpoints' `conf_mode=('exp', 1, inf)`: confidence is 1 + exp(raw)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class StereoSettings:
    """Shape of the encoder and the decoder of the whole family; the defaults are those of all released models."""

    width: int = 1024
    depth: int = 24
    heads: int = 16
    decoder_width: int = 768
    decoder_depth: int = 12
    decoder_heads: int = 12
    patch: int = 16

    def __post_init__(self) -> None:
        for width, heads in ((self.width, self.heads), (self.decoder_width, self.decoder_heads)):
            if heads < 1 or width % heads or (width // heads) % 4:
                raise DataError(f"width {width} over {heads} heads must be a multiple of 4 per head")


@dataclasses.dataclass(frozen=True, kw_only=True)
class TwoViewSettings(StereoSettings):
    """Shape of DUSt3R and MASt3R."""

    dpt: DptSettings | None = None
    """Widths of the DPT heads; None for linear heads."""
    descriptor: int | None = None
    """Channels of MASt3R's local descriptors; None for DUSt3R."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.descriptor is not None and self.descriptor < 1:
            raise DataError(f"descriptors of {self.descriptor} channels; expected at least one, and their confidence")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PointView:
    """What the head says of one image."""

    points: Float[Tensor, "n h w 3"]
    """Of every pixel, in the first image's camera frame (OpenCV axes); metres only where the checkpoint is metric."""
    confidence: Float[Tensor, "n h w"]
    """At least 1; larger is surer."""
    raw: Float[Tensor, "n 4 h w"]
    """The head's output before its activations."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PointPair:
    """Two images' points, both in the first one's camera frame."""

    first: PointView
    second: PointView


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class DecodedPair:
    """The wanted decoder layers' tokens of two images, row by row.

    Layer 0 is the encoder's tokens, layer k the k-th block's output, the last one after the final norm.
    """

    first: Mapping[int, Float[Tensor, "n t _"]]
    second: Mapping[int, Float[Tensor, "n s _"]]


class TwoViewModel(nn.Module):
    """Encoder and the pair of decoders; what DUSt3R and MASt3R share."""

    def __init__(self, settings: TwoViewSettings) -> None:
        super().__init__()
        self.settings = settings
        width, narrow = settings.width, settings.decoder_width
        self.patch_embed = PatchEmbedding(width, settings.patch)
        # Stands for hidden patches in CroCo's training; the checkpoints hold it, nothing here uses it.
        self.mask_token = nn.Parameter(torch.zeros(1, 1, narrow))
        self.enc_blocks = nn.ModuleList(Block(width, settings.heads) for _ in range(settings.depth))
        self.enc_norm = nn.LayerNorm(width, eps=1e-6)
        self.decoder_embed = nn.Linear(width, narrow)
        depth, heads = settings.decoder_depth, settings.decoder_heads
        self.dec_blocks = nn.ModuleList(DecoderBlock(narrow, heads) for _ in range(depth))
        self.dec_blocks2 = nn.ModuleList(DecoderBlock(narrow, heads) for _ in range(depth))
        self.dec_norm = nn.LayerNorm(narrow, eps=1e-6)

    def encode(self, images: Float[Tensor, "n 3 h w"], layers: Collection[int] = ()) -> Encoding:
        """Encode images by themselves.

        Args:
            images: RGB in [-1, 1], sides multiples of the patch.
            layers: which blocks' outputs to keep, counted from 0; -1 for the patch embedding. None by default.

        Raises:
            DataError: a side is no multiple of the patch.
            UsageError: there is no such layer.
        """
        settings = self.settings
        check_layers(layers, range(-1, settings.depth), "the encoder")
        head_dim = settings.width // settings.heads
        return encode_images(images, self.patch_embed, self.enc_blocks, self.enc_norm, head_dim, layers)

    def decode(self, first: Encoding, second: Encoding, layers: Collection[int]) -> DecodedPair:
        """Let two images' tokens read each other; they may differ in size, not in number.

        Args:
            first: the image whose frame is the pair's.
            second: the other image.
            layers: which to keep, numbered as in `DecodedPair`.

        Raises:
            UsageError: there is no such layer.
        """
        settings = self.settings
        check_layers(layers, range(settings.decoder_depth + 1), "the decoder")
        head_dim = settings.decoder_width // settings.decoder_heads
        turn1, turn2 = first.rotation(head_dim), second.rotation(head_dim)
        kept1, kept2 = ({0: first.tokens}, {0: second.tokens}) if 0 in layers else ({}, {})
        x1, x2 = self.decoder_embed(first.tokens), self.decoder_embed(second.tokens)
        pairs = cast("Iterable[tuple[DecoderBlock, DecoderBlock]]", zip(self.dec_blocks, self.dec_blocks2, strict=True))
        for number, (block1, block2) in enumerate(pairs, start=1):
            # Both sides read what the other was before this layer.
            new1 = block1(x1, turn1, *block1.keys_values(x2), turn2)
            new2 = block2(x2, turn2, *block2.keys_values(x1), turn1)
            x1, x2 = new1, new2
            if number in layers:
                last = number == settings.decoder_depth
                kept1[number], kept2[number] = (self.dec_norm(x1), self.dec_norm(x2)) if last else (x1, x2)
        return DecodedPair(first=kept1, second=kept2)

    @property
    def head_layers(self) -> tuple[int, ...]:
        """Which decoder layers the heads read."""
        depth = self.settings.decoder_depth
        return (depth,) if self.settings.dpt is None else dpt_hooks(depth)


class Dust3r(TwoViewModel):
    """DUSt3R with linear or DPT heads."""

    def __init__(self, settings: TwoViewSettings | None = None) -> None:
        settings = settings or TwoViewSettings()
        super().__init__(settings)
        if settings.descriptor is not None:
            raise DataError("DUSt3R has no local descriptors; that is MASt3R")
        self.downstream_head1 = point_head(settings)
        self.downstream_head2 = point_head(settings)

    def forward(self, first: Float[Tensor, "n 3 h w"], second: Float[Tensor, "n 3 h2 w2"]) -> PointPair:
        """Reconstruct pairs of images.

        Args:
            first: RGB in [-1, 1], sides multiples of the patch; its camera is the frame of all points.
            second: likewise; may be of another size.
        """
        return self.reconstruct(self.encode(first), self.encode(second))

    def reconstruct(self, first: Encoding, second: Encoding) -> PointPair:
        """Reconstruct pairs of images that are encoded already."""
        decoded = self.decode(first, second, self.head_layers)
        return PointPair(
            first=self._view(self.downstream_head1, decoded.first, first),
            second=self._view(self.downstream_head2, decoded.second, second),
        )

    def _view(self, head: nn.Module, tokens: Mapping[int, Tensor], encoding: Encoding) -> PointView:
        raw = run_point_head(head, [tokens[number] for number in self.head_layers], encoding)
        points, confidence = activate(raw)
        return PointView(points=points, confidence=confidence, raw=raw)


def point_head(settings: TwoViewSettings) -> nn.Module:
    """Return the head that a model of these settings has for points and confidence."""
    if settings.dpt is None:
        return LinearHead(settings.decoder_width, settings.patch, POINT_CHANNELS)
    widths = (settings.width, *[settings.decoder_width] * 3)
    return PixelwiseDpt(widths, settings.patch, POINT_CHANNELS, settings.dpt)


def run_point_head(head: nn.Module, layers: Sequence[Tensor], encoding: Encoding) -> Float[Tensor, "n 4 h w"]:
    """Run a head on the layers it reads, each (n, t, d)."""
    rows, columns = encoding.grid.shape[1:3]
    # A DPT head takes all four layers, a linear one only the last.
    return head(layers if isinstance(head, PixelwiseDpt) else layers[-1], rows, columns)


def activate(raw: Float[Tensor, "n 4 h w"]) -> tuple[Float[Tensor, "n h w 3"], Float[Tensor, "n h w"]]:
    """Turn a head's output to points and confidence (`depth_mode` and `conf_mode` exp)."""
    channels = raw.permute(0, 2, 3, 1)
    return exponential_points(channels[..., :3]), CONFIDENCE_FLOOR + channels[..., 3].exp()
