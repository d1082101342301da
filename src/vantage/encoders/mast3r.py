"""MASt3R (Leroy et al. 2024): DUSt3R with a local descriptor per pixel beside the point, for matching.

Module names equal the released checkpoint's keys. Non-commercial weights; see the card.
"""

import dataclasses
from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.croco import MLP_RATIO, Encoding, Mlp
from vantage.encoders.croco_heads import DptSettings, PixelwiseDpt, to_pixels
from vantage.encoders.dust3r import POINT_CHANNELS, PointView, TwoViewModel, TwoViewSettings, activate, run_point_head
from vantage.errors import DataError


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class MatchView(PointView):
    """What the head says of one image."""

    descriptors: Float[Tensor, "n h w d"]
    """Unit vectors; pixels of the two images that show one point have nearby ones."""
    descriptor_confidence: Float[Tensor, "n h w"]
    """Positive; larger is surer."""
    raw_descriptors: Float[Tensor, "n d2 h w"]
    """The head's output before normalisation, the confidence's last."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class MatchPair:
    """Two images' points, both in the first one's camera frame, and their descriptors."""

    first: MatchView
    second: MatchView


class MatchHead(PixelwiseDpt):
    """MASt3R's `catmlp+dpt` head: DPT for points, and an MLP on encoder and decoder tokens for descriptors."""

    def __init__(self, settings: TwoViewSettings, dpt: DptSettings, descriptor: int) -> None:
        widths = (settings.width, *[settings.decoder_width] * 3)
        super().__init__(widths, settings.patch, POINT_CHANNELS, dpt)
        self.patch = settings.patch
        width = settings.width + settings.decoder_width
        self.head_local_features = Mlp(width, MLP_RATIO * width, (descriptor + 1) * settings.patch**2)

    def describe(self, encoding: Encoding, decoded: Float[Tensor, "n t d"]) -> Float[Tensor, "n d2 h w"]:
        """Return raw descriptors and, last, the raw confidence."""
        tokens = self.head_local_features(torch.cat([encoding.tokens, decoded], dim=-1))
        rows, columns = encoding.grid.shape[1:3]
        return to_pixels(tokens, rows, columns, self.patch)


RELEASED = TwoViewSettings(dpt=DptSettings(), descriptor=24)
"""MASt3R_ViTLarge_BaseDecoder_512_catmlpdpt_metric."""


class Mast3r(TwoViewModel):
    """MASt3R; the released checkpoint's points are in metres."""

    def __init__(self, settings: TwoViewSettings = RELEASED) -> None:
        super().__init__(settings)
        if settings.dpt is None or settings.descriptor is None:
            raise DataError("MASt3R has a DPT head and local descriptors; without them it is DUSt3R")
        self.downstream_head1 = MatchHead(settings, settings.dpt, settings.descriptor)
        self.downstream_head2 = MatchHead(settings, settings.dpt, settings.descriptor)

    def forward(self, first: Float[Tensor, "n 3 h w"], second: Float[Tensor, "n 3 h2 w2"]) -> MatchPair:
        """Reconstruct and describe pairs of images.

        Args:
            first: RGB in [-1, 1], sides multiples of the patch; its camera is the frame of all points.
            second: likewise; may be of another size.
        """
        return self.reconstruct(self.encode(first), self.encode(second))

    def reconstruct(self, first: Encoding, second: Encoding) -> MatchPair:
        """Reconstruct and describe pairs of images that are encoded already."""
        decoded = self.decode(first, second, self.head_layers)
        return MatchPair(
            first=self._view(self.downstream_head1, decoded.first, first),
            second=self._view(self.downstream_head2, decoded.second, second),
        )

    def _view(self, head: MatchHead, tokens: Mapping[int, Tensor], encoding: Encoding) -> MatchView:
        layers = [tokens[number] for number in self.head_layers]
        raw = run_point_head(head, layers, encoding)
        points, confidence = activate(raw)
        described = head.describe(encoding, layers[-1])
        channels = described.permute(0, 2, 3, 1)
        return MatchView(
            points=points,
            confidence=confidence,
            raw=raw,
            descriptors=nn.functional.normalize(channels[..., :-1], dim=-1),
            descriptor_confidence=channels[..., -1].exp(),
            raw_descriptors=described,
        )
