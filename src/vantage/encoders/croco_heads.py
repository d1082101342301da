"""Heads of DUSt3R and MASt3R: from tokens to a raw map per pixel, linear or by DPT (Ranftl et al. 2021).

Module names equal the keys of the released checkpoints.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.errors import DataError


@dataclasses.dataclass(frozen=True, kw_only=True)
class DptSettings:
    """Widths of a DPT head; the defaults are DUSt3R's and MASt3R's."""

    layers: tuple[int, int, int, int] = (96, 192, 384, 768)
    """Channels of the four maps, fine to coarse."""
    width: int = 256
    """Channels while they are fused."""
    last: int = 128
    """Channels before the last convolution."""


class LinearHead(nn.Module):
    """One linear map per token, whose outputs are the token's pixels."""

    def __init__(self, width: int, patch: int, channels: int) -> None:
        super().__init__()
        self.patch = patch
        self.proj = nn.Linear(width, channels * patch**2)

    def forward(self, tokens: Float[Tensor, "n t d"], rows: int, columns: int) -> Float[Tensor, "n c h w"]:
        """Return the map of a grid's tokens."""
        return to_pixels(self.proj(tokens), rows, columns, self.patch)


class ResidualUnit(nn.Module):
    """Two convolutions added to their input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        """Refine a map."""
        return self.conv2(self.conv1(x.relu()).relu()) + x


class Fusion(nn.Module):
    """One step from coarse to fine: add the finer layer's map, refine, double the size."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        # The coarsest step has nothing to add and never runs this unit, but the checkpoints hold it.
        self.resConfUnit1 = ResidualUnit(channels)
        self.resConfUnit2 = ResidualUnit(channels)
        self.out_conv = nn.Conv2d(channels, channels, 1)

    def forward(
        self, x: Float[Tensor, "n c h w"], finer: Float[Tensor, "n c h w"] | None = None
    ) -> Float[Tensor, "n c h2 w2"]:
        """Return the fused map, twice as large."""
        if finer is not None:
            x = x + self.resConfUnit1(finer)
        return self.out_conv(_double(self.resConfUnit2(x)))


class Scratch(nn.Module):
    """The layers that DPT trains from scratch, under the name they have in its checkpoints.

    `layer1_rn` to `layer4_rn` and `layer_rn.0` to `layer_rn.3` are two names of the same four layers. The released
    `.pth` files hold both, safetensors only one; files with one or both are accepted.
    """

    def __init__(self, settings: DptSettings) -> None:
        super().__init__()
        convolutions = [nn.Conv2d(count, settings.width, 3, padding=1, bias=False) for count in settings.layers]
        self.layer1_rn, self.layer2_rn, self.layer3_rn, self.layer4_rn = convolutions
        self.layer_rn = nn.ModuleList(convolutions)
        self.refinenet1 = Fusion(settings.width)
        self.refinenet2 = Fusion(settings.width)
        self.refinenet3 = Fusion(settings.width)
        self.refinenet4 = Fusion(settings.width)
        self.register_load_state_dict_pre_hook(_complete_names)

    def forward(self, maps: Sequence[Float[Tensor, "n _ _ _"]]) -> Float[Tensor, "n c h w"]:
        """Fuse four maps, fine to coarse, to one of twice the finest one's size."""
        one, two, three, four = (layer(part) for layer, part in zip(self.layer_rn, maps, strict=True))
        # A side of an odd number of cells was rounded up where it was halved, so the doubled map is cut to fit.
        x = self.refinenet4(four)[..., : three.shape[-2], : three.shape[-1]]
        return self.refinenet1(self.refinenet2(self.refinenet3(x, three), two), one)


class DptHead(nn.Module):
    """Four layers' tokens as maps of four sizes, fused from coarse to fine."""

    def __init__(self, widths: Sequence[int], patch: int, channels: int, settings: DptSettings) -> None:
        super().__init__()
        one, two, _, four = settings.layers
        self.patch = patch
        self.scratch = Scratch(settings)
        first = [nn.Conv2d(width, count, 1) for width, count in zip(widths, settings.layers, strict=True)]
        self.act_postprocess = nn.ModuleList(
            [
                nn.Sequential(first[0], nn.ConvTranspose2d(one, one, 4, stride=4)),
                nn.Sequential(first[1], nn.ConvTranspose2d(two, two, 2, stride=2)),
                nn.Sequential(first[2]),
                nn.Sequential(first[3], nn.Conv2d(four, four, 3, stride=2, padding=1)),
            ]
        )
        half = settings.width // 2
        self.head = nn.Sequential(
            nn.Conv2d(settings.width, half, 3, padding=1),
            Double(),
            nn.Conv2d(half, settings.last, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(settings.last, channels, 1),
        )

    def forward(self, layers: Sequence[Float[Tensor, "n t _"]], rows: int, columns: int) -> Float[Tensor, "n c h w"]:
        """Return the map of four layers' tokens, the shallowest first."""
        maps = [
            process(tokens.mT.unflatten(2, (rows, columns)))
            for process, tokens in zip(self.act_postprocess, layers, strict=True)
        ]
        return self.head(self.scratch(maps))


class Double(nn.Module):
    """Enlarge a map to twice its size; corners stay where they are, as in DPT."""

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h2 w2"]:
        """Enlarge."""
        return _double(x)


class PixelwiseDpt(nn.Module):
    """A DPT head under the name it has in DUSt3R's and MASt3R's checkpoints."""

    def __init__(self, widths: Sequence[int], patch: int, channels: int, settings: DptSettings) -> None:
        super().__init__()
        self.dpt = DptHead(widths, patch, channels, settings)

    def forward(self, layers: Sequence[Float[Tensor, "n t _"]], rows: int, columns: int) -> Float[Tensor, "n c h w"]:
        """Return the raw map."""
        return self.dpt(layers, rows, columns)


def to_pixels(tokens: Float[Tensor, "n t k"], rows: int, columns: int, patch: int) -> Float[Tensor, "n c h w"]:
    """Lay out tokens that hold a patch's pixels, channel by channel, as a map."""
    maps = tokens.mT.unflatten(2, (rows, columns))
    return nn.functional.pixel_shuffle(maps, patch)


def exponential_points(xyz: Float[Tensor, "*any 3"]) -> Float[Tensor, "*any 3"]:
    """Keep a vector's direction and make its length the exponential of what it was, less 1 (DUSt3R's `exp` mode)."""
    length = xyz.norm(dim=-1, keepdim=True)
    return xyz / length.clamp(min=1e-8) * torch.expm1(length)


def dpt_hooks(depth: int) -> tuple[int, int, int, int]:
    """Return which tokens a DPT head reads over a decoder of `depth` blocks; 0 stands for the encoder's."""
    return 0, depth // 2, depth * 3 // 4, depth


def _double(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)


def _complete_names(module: nn.Module, state: dict[str, Any], prefix: str, *_: object) -> None:
    """Give each of the four layers both of its names in a state dict that is about to be loaded."""
    for number in range(4):
        names = f"{prefix}layer{number + 1}_rn.weight", f"{prefix}layer_rn.{number}.weight"
        found = [state[name] for name in names if name in state]
        if len(found) == 2 and not _same(found[0], found[1]):
            raise DataError(f"weights: {names[0]} and {names[1]} differ, but name one tensor; download them again")
        for name in names:
            if found:
                state[name] = found[0]


def _same(first: Tensor, second: Tensor) -> bool:
    return first is second or (first.shape == second.shape and torch.equal(first, second))
