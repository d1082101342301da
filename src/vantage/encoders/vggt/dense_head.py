"""VGGT's dense heads: from the tokens of four layers to values and confidence per pixel (DPT, Ranftl et al. 2021)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

POSITION_RATIO = 0.1
"""Strength of the positions added to the maps (released model)."""
POSITION_BASE = 100.0
"""Longest over shortest wavelength of those positions (released model)."""
LAST_CHANNELS = 32
"""Channels before the last convolution (DPT)."""


class ResidualUnit(nn.Module):
    """Two convolutions added to their rectified input.

    DPT's code rectifies in place, so what is added is the rectified input, not the input; the released weights were
    trained with that.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        """Refine a map."""
        x = x.relu()
        return self.conv2(self.conv1(x).relu()) + x


class Fusion(nn.Module):
    """One step from coarse to fine: add the finer layer's map, refine, enlarge."""

    def __init__(self, channels: int, *, finer: bool) -> None:
        super().__init__()
        if finer:
            self.resConfUnit1 = ResidualUnit(channels)
        self.resConfUnit2 = ResidualUnit(channels)
        self.out_conv = nn.Conv2d(channels, channels, 1)

    def forward(
        self, x: Float[Tensor, "n c h w"], finer: Float[Tensor, "n c h w"] | None, size: tuple[int, int]
    ) -> Float[Tensor, "n c h2 w2"]:
        """Return the fused map at (height, width) `size`."""
        if finer is not None:
            x = x + self.resConfUnit1(finer)
        return self.out_conv(_enlarge(self.resConfUnit2(x), size))


class Scratch(nn.Module):
    """The layers that DPT trains from scratch, under the name they have in its checkpoints."""

    def __init__(self, channels: tuple[int, ...], width: int, outputs: int) -> None:
        super().__init__()
        self.layer1_rn, self.layer2_rn, self.layer3_rn, self.layer4_rn = (
            nn.Conv2d(count, width, 3, padding=1, bias=False) for count in channels
        )
        self.refinenet1 = Fusion(width, finer=True)
        self.refinenet2 = Fusion(width, finer=True)
        self.refinenet3 = Fusion(width, finer=True)
        self.refinenet4 = Fusion(width, finer=False)
        self.output_conv1 = nn.Conv2d(width, width // 2, 3, padding=1)
        self.output_conv2 = nn.Sequential(
            nn.Conv2d(width // 2, LAST_CHANNELS, 3, padding=1), nn.ReLU(), nn.Conv2d(LAST_CHANNELS, outputs, 1)
        )

    def forward(self, maps: list[Tensor]) -> Float[Tensor, "n c h w"]:
        """Fuse four maps, finest first, to one of twice the finest's size."""
        first, second, third, fourth = (
            layer(x) for layer, x in zip((self.layer1_rn, self.layer2_rn, self.layer3_rn, self.layer4_rn), maps)
        )
        x = self.refinenet4(fourth, None, _size(third))
        x = self.refinenet3(x, third, _size(second))
        x = self.refinenet2(x, second, _size(first))
        rows, columns = _size(first)
        return self.output_conv1(self.refinenet1(x, first, (2 * rows, 2 * columns)))


class DenseHead(nn.Module):
    """Reads four layers of the aggregator; `outputs` channels per pixel, the last of them the confidence."""

    def __init__(
        self, *, tokens: int, width: int, channels: tuple[int, int, int, int], outputs: int, patch: int
    ) -> None:
        super().__init__()
        self.patch = patch
        self.norm = nn.LayerNorm(tokens, eps=1e-5)
        self.projects = nn.ModuleList(nn.Conv2d(tokens, count, 1) for count in channels)
        # Four sizes of map from tokens of one size, as in DPT: 4x, 2x, 1x and half the grid.
        self.resize_layers = nn.ModuleList(
            [
                nn.ConvTranspose2d(channels[0], channels[0], 4, stride=4),
                nn.ConvTranspose2d(channels[1], channels[1], 2, stride=2),
                nn.Identity(),
                nn.Conv2d(channels[3], channels[3], 3, stride=2, padding=1),
            ]
        )
        self.scratch = Scratch(channels, width, outputs)

    def forward(self, layers: list[Tensor], size: tuple[int, int]) -> Float[Tensor, "n c h w"]:
        """Return what the head says before the activations.

        Args:
            layers: the patch tokens (n, patches, channels) of four layers, shallow to deep.
            size: (height, width) of the images in pixels.
        """
        height, width = size
        grid = (height // self.patch, width // self.patch)
        maps = []
        for tokens, project, resize in zip(layers, self.projects, self.resize_layers, strict=True):
            x = project(self.norm(tokens).mT.unflatten(-1, grid))
            maps.append(resize(_with_positions(x, width / height)))
        x = _with_positions(_enlarge(self.scratch(maps), size), width / height)
        return self.scratch.output_conv2(x)


def depth_and_confidence(raw: Float[Tensor, "n 2 h w"]) -> tuple[Float[Tensor, "n h w"], Float[Tensor, "n h w"]]:
    """Return z-depth (positive) and confidence (above 1) of a depth head's answer."""
    return raw[:, 0].exp(), 1 + raw[:, 1].exp()


def points_and_confidence(raw: Float[Tensor, "n 4 h w"]) -> tuple[Float[Tensor, "n h w 3"], Float[Tensor, "n h w"]]:
    """Return points in the first view's camera frame and confidence (above 1) of a point head's answer."""
    points = raw[:, :3].permute(0, 2, 3, 1)
    return points.sign() * points.abs().expm1(), 1 + raw[:, 3].exp()


def _size(x: Tensor) -> tuple[int, int]:
    return x.shape[-2], x.shape[-1]


def _enlarge(x: Float[Tensor, "n c h w"], size: tuple[int, int]) -> Float[Tensor, "n c h2 w2"]:
    return nn.functional.interpolate(x, size, mode="bilinear", align_corners=True)


def _with_positions(x: Float[Tensor, "n c h w"], aspect: float) -> Float[Tensor, "n c h w"]:
    """Add sines and cosines of each cell's place in an image of the given width over height.

    Places are centred on the image, whose half diagonal has length 1. The first half of the channels tells x, the
    second y.
    """
    channels, rows, columns = x.shape[1:]
    diagonal = (aspect**2 + 1) ** 0.5
    exponents = torch.arange(channels // 4, dtype=torch.float64, device=x.device) / (channels / 4)
    waves = POSITION_BASE**-exponents

    def along(count: int, span: float) -> Float[Tensor, "half count"]:
        edge = span * (count - 1) / count
        phases = waves[:, None] * torch.linspace(-edge, edge, count, dtype=torch.float32, device=x.device).double()
        return torch.cat([phases.sin(), phases.cos()])

    across = along(columns, aspect / diagonal)[:, None].expand(-1, rows, -1)
    down = along(rows, 1 / diagonal)[:, :, None].expand(-1, -1, columns)
    return x + POSITION_RATIO * torch.cat([across, down]).to(x.dtype)
