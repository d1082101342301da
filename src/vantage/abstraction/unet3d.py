"""A 3D U-Net whose levels and widths are free (Çiçek et al. 2016; Semantic Abstraction, section 6.2)."""

import itertools

import torch
from jaxtyping import Float
from torch import Tensor, nn

LEAST_GROUP = 8
"""Channels that are normalised together: the released network's groups hold two to sixty-four, wolny's default is 8
groups; with fewer than eight channels a group there is one."""


class Block(nn.Module):
    """Two 3x3x3 convolutions, normalised by groups, and what came in added."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        groups = max(1, channels // LEAST_GROUP)
        self.norm1, self.norm2 = nn.GroupNorm(groups, channels), nn.GroupNorm(groups, channels)
        self.conv1 = nn.Conv3d(channels, channels, 3, padding=1, bias=False)
        self.conv2 = nn.Conv3d(channels, channels, 3, padding=1, bias=False)

    def forward(self, x: Float[Tensor, "b c x y z"]) -> Float[Tensor, "b c x y z"]:
        """Refine a volume."""
        y = nn.functional.relu(self.norm1(self.conv1(x)))
        return nn.functional.relu(self.norm2(self.conv2(y)) + x)


class UNet3d(nn.Module):
    """Down by halves from level to level, and up again with what each level held added."""

    def __init__(self, inputs: int, widths: tuple[int, ...], blocks: tuple[int, ...]) -> None:
        """Make a network.

        Args:
            inputs: channels that come in.
            widths: channels of each level, finest first; so many as the finest has come out.
            blocks: blocks of each level on the way down; on the way up there is one where there are any.
        """
        super().__init__()
        self.stem = nn.Conv3d(inputs, widths[0], 3, padding=1)
        self.down = nn.ModuleList(nn.Sequential(*(Block(w) for _ in range(n))) for w, n in zip(widths, blocks))
        pairs = list(itertools.pairwise(widths))
        self.shrink = nn.ModuleList(nn.Conv3d(a, b, 2, stride=2) for a, b in pairs)
        self.grow = nn.ModuleList(nn.ConvTranspose3d(b, a, 2, stride=2) for a, b in pairs)
        self.up = nn.ModuleList(Block(w) if n else nn.ReLU() for w, n in zip(widths[:-1], blocks))

    def forward(self, x: Float[Tensor, "b c x y z"]) -> tuple[Tensor, Tensor]:
        """Return features at full resolution (b w x y z), and at half of it, before the last step up.

        Sides must be divisible by 2 to the number of levels less one.
        """
        x = torch.relu(self.stem(x.contiguous(memory_format=torch.channels_last_3d)))
        held: list[Tensor] = []
        for level, block in enumerate(self.down):
            x = block(x)
            if level < len(self.shrink):
                held.append(x)
                x = self.shrink[level](x)
        coarse = x
        for level in reversed(range(len(self.grow))):
            coarse = x
            x = self.up[level](self.grow[level](x) + held[level])
        return x, coarse
