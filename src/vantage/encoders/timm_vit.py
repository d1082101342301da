"""A plain vision transformer whose parameters are named as timm's, for checkpoints with timm's keys.

Covers the shapes of timm's `VisionTransformer` that FiT3D's checkpoints have: DINOv2 with and without registers, MAE,
CLIP's image tower and DeiT III. What a checkpoint has (layer scale, a norm before the blocks, registers, a position of
the class token) is read off its keys and shapes.
"""

import dataclasses
import math
from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.positions import stretch
from vantage.errors import DataError

HEAD_WIDTH = 64
"""Channels of a head in every ViT-S, B, L of timm."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class TimmVitSettings:
    """Shape of the transformer, as its keys tell it."""

    width: int
    depth: int
    patch: int
    hidden: int
    registers: int
    positions: int
    """Entries of the table of positions."""
    class_position: bool
    """Whether the table's first entry is the class token's."""
    layer_scale: bool
    pre_norm: bool
    """CLIP: a norm before the blocks, and patches without bias; its norms' epsilon is 1e-5, all others' 1e-6."""

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor], *, where: str) -> "TimmVitSettings":
        """Read the shape off a checkpoint.

        Raises:
            DataError: the keys are not those of timm's vision transformer.
        """
        needed = ("patch_embed.proj.weight", "pos_embed", "cls_token", "blocks.0.mlp.fc1.weight", "norm.weight")
        missing = [name for name in needed if name not in tensors]
        if missing:
            raise DataError(f"{where}: no tensor {missing[0]!r}; expected the keys of timm's vision transformer")
        weight = tensors["patch_embed.proj.weight"]
        table = tensors["pos_embed"]
        if weight.dim() != 4 or weight.shape[0] % HEAD_WIDTH or table.dim() != 3:
            raise DataError(
                f"{where}: patch_embed.proj.weight of {tuple(weight.shape)}; expected (width, 3, patch, patch) "
                f"with a width that is a multiple of {HEAD_WIDTH}"
            )
        blocks = {int(name.split(".")[1]) for name in tensors if name.startswith("blocks.") and name[7].isdecimal()}
        registers = tensors.get("reg_token")
        return cls(
            width=weight.shape[0],
            depth=len(blocks),
            patch=weight.shape[-1],
            hidden=tensors["blocks.0.mlp.fc1.weight"].shape[0],
            registers=0 if registers is None else registers.shape[1],
            positions=table.shape[1],
            class_position=math.isqrt(table.shape[1]) ** 2 != table.shape[1],
            layer_scale="blocks.0.ls1.gamma" in tensors,
            pre_norm="norm_pre.weight" in tensors,
        )

    @property
    def epsilon(self) -> float:
        """The norms' epsilon (timm's `vision_transformer.py`)."""
        return 1e-5 if self.pre_norm else 1e-6


class _Attention(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Float[Tensor, "n t d"]) -> Float[Tensor, "n t d"]:
        count, tokens, width = x.shape
        qkv = self.qkv(x).view(count, tokens, 3, width // HEAD_WIDTH, HEAD_WIDTH).permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2])
        return self.proj(mixed.transpose(1, 2).reshape(count, tokens, width))


class _Mlp(nn.Module):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x: Float[Tensor, "n t d"]) -> Float[Tensor, "n t d"]:
        return self.fc2(nn.functional.gelu(self.fc1(x)))


class _LayerScale(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x: Float[Tensor, "n t d"]) -> Float[Tensor, "n t d"]:
        return x * self.gamma


class _Block(nn.Module):
    def __init__(self, settings: TimmVitSettings) -> None:
        super().__init__()
        width = settings.width
        self.norm1 = nn.LayerNorm(width, eps=settings.epsilon)
        self.attn = _Attention(width)
        self.ls1 = _LayerScale(width) if settings.layer_scale else nn.Identity()
        self.norm2 = nn.LayerNorm(width, eps=settings.epsilon)
        self.mlp = _Mlp(width, settings.hidden)
        self.ls2 = _LayerScale(width) if settings.layer_scale else nn.Identity()

    def forward(self, x: Float[Tensor, "n t d"]) -> Float[Tensor, "n t d"]:
        x = x + self.ls1(self.attn(self.norm1(x)))
        return x + self.ls2(self.mlp(self.norm2(x)))


class _PatchEmbed(nn.Module):
    def __init__(self, settings: TimmVitSettings) -> None:
        super().__init__()
        patch = settings.patch
        self.proj = nn.Conv2d(3, settings.width, kernel_size=patch, stride=patch, bias=not settings.pre_norm)

    def forward(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n d h2 w2"]:
        return self.proj(pixels)


class TimmVit(nn.Module):
    """The transformer; patches of any grid, whose positions are stretched as timm stretches them."""

    def __init__(self, settings: TimmVitSettings) -> None:
        super().__init__()
        self.settings = settings
        width = settings.width
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        if settings.registers:
            self.reg_token = nn.Parameter(torch.zeros(1, settings.registers, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, settings.positions, width))
        self.patch_embed = _PatchEmbed(settings)
        self.norm_pre = nn.LayerNorm(width, eps=settings.epsilon) if settings.pre_norm else nn.Identity()
        self.blocks = nn.ModuleList(_Block(settings) for _ in range(settings.depth))
        self.norm = nn.LayerNorm(width, eps=settings.epsilon)

    @property
    def prefix_tokens(self) -> int:
        """Tokens in front of the patches: the class token and the registers."""
        return 1 + self.settings.registers

    def forward(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n t d"]:
        """Return all tokens after the final norm: class token, registers, patches row by row.

        Args:
            pixels: normalised images whose sides are multiples of the patch.
        """
        patches = self.patch_embed(pixels)
        rows, columns = patches.shape[-2:]
        first = 1 if self.settings.class_position else 0
        table = self.pos_embed[0]
        x = patches.flatten(2).mT + stretch(table[first:], rows, columns, "timm")
        prefix = [self.cls_token + table[:first].sum(dim=0)]
        if self.settings.registers:
            prefix.append(self.reg_token)
        front = torch.cat(prefix, dim=1).expand(len(x), -1, -1)
        x = self.norm_pre(torch.cat([front, x], dim=1))
        for block in self.blocks:
            x = block(x)
        return self.norm(x)
