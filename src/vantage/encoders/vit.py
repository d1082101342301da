"""A small Vision Transformer with registers and two-dimensional rotary positions, so that any grid size works.

One architecture serves every embedded `room-*` encoder, so that only their training differs. It is the pre-norm ViT of
Dosovitskiy et al. (2021) with registers (Darcet et al. 2024) and rotary positions on the patches as in DINOv3 (2025).
"""

import dataclasses

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.errors import DataError


@dataclasses.dataclass(frozen=True, kw_only=True)
class VitSettings:
    """Shape of the transformer."""

    width: int = 192
    """Channels of every token (ViT-Tiny's)."""
    depth: int = 6
    """Number of blocks."""
    heads: int = 3
    """Attention heads; 192 / 3 = 64 channels each, a multiple of 4 as the two-dimensional rotation needs."""
    patch: int = 8
    """Patch size in pixels."""
    registers: int = 4
    """Extra tokens without a place in the image (Darcet et al. 2024 use 4)."""
    mlp_ratio: int = 4
    """Hidden width of the feed-forward part over `width`."""
    rope_base: float = 100.0
    """Longest over shortest rotary wavelength (DINOv3 and DUSt3R use 100)."""

    def __post_init__(self) -> None:
        if self.width % self.heads or (self.width // self.heads) % 4:
            raise DataError(f"ViT width {self.width} over {self.heads} heads must be a multiple of 4 per head")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Tokens:
    """What the transformer returns, after the final norm."""

    summary: Float[Tensor, "n d"]
    """The class token."""
    registers: Float[Tensor, "n r d"]
    grid: Float[Tensor, "n h w d"]
    """Patch tokens, row by row."""


class Rotary(nn.Module):
    """Two-dimensional rotary positions: the first half of each head turns with the row, the second with the column.

    Positions count patches, so that the distance of two neighbours is the same on every grid.
    """

    frequencies: Tensor

    def __init__(self, head_dim: int, base: float) -> None:
        super().__init__()
        pairs = head_dim // 4
        frequencies = base ** (-torch.arange(pairs, dtype=torch.float32) / pairs)
        self.register_buffer("frequencies", frequencies, persistent=False)

    def forward(self, height: int, width: int) -> tuple[Float[Tensor, "hw d"], Float[Tensor, "hw d"]]:
        """Return cosine and sine for each patch of a `height` x `width` grid and each channel of a head."""
        device = self.frequencies.device
        rows = torch.arange(height, dtype=torch.float32, device=device)[:, None].expand(height, width).reshape(-1, 1)
        columns = torch.arange(width, dtype=torch.float32, device=device)[None].expand(height, width).reshape(-1, 1)
        angles = torch.cat([rows * self.frequencies, columns * self.frequencies], dim=-1)
        angles = torch.cat([angles, angles], dim=-1)
        return angles.cos(), angles.sin()


def rotate(
    x: Float[Tensor, "n heads hw d"], cosine: Float[Tensor, "hw d"], sine: Float[Tensor, "hw d"]
) -> Float[Tensor, "n heads hw d"]:
    """Turn each channel pair (i, i + d/2) of the tokens by its angle."""
    first, second = x.chunk(2, dim=-1)
    return x * cosine.to(x.dtype) + torch.cat([-second, first], dim=-1) * sine.to(x.dtype)


def attend(
    query: Float[Tensor, "n heads t c"],
    key: Float[Tensor, "n heads t c"],
    value: Float[Tensor, "n heads t c"],
    mask: Tensor | None = None,
) -> Float[Tensor, "n heads t c"]:
    """Return scaled dot-product attention; `mask` (n 1 1 t, true = keep) hides keys.

    On a CPU in bfloat16 the fused kernel takes three to five times as long, backward included, as the two products
    (64 to 432 patches, one thread); so training writes them out there.
    """
    if query.device.type != "cpu" or query.dtype != torch.bfloat16:
        return nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    scores = (query * query.shape[-1] ** -0.5) @ key.mT
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(dim=-1) @ value


class Attention(nn.Module):
    """Multi-head self-attention; the first `prefix` tokens have no place and are not rotated."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(
        self,
        x: Float[Tensor, "n t d"],
        rotation: tuple[Float[Tensor, "hw c"], Float[Tensor, "hw c"]] | None = None,
        mask: Tensor | None = None,
    ) -> Float[Tensor, "n t d"]:
        """Mix the tokens; `rotation` turns the last `hw` of them, `mask` (n 1 1 t, true = keep) hides padding."""
        batch, count, width = x.shape
        qkv = self.qkv(x).view(batch, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = qkv[0], qkv[1], qkv[2]
        if rotation is not None:
            prefix = count - len(rotation[0])
            query = torch.cat([query[:, :, :prefix], rotate(query[:, :, prefix:], *rotation)], dim=2)
            key = torch.cat([key[:, :, :prefix], rotate(key[:, :, prefix:], *rotation)], dim=2)
        mixed = attend(query, key, value, mask)
        return self.proj(mixed.transpose(1, 2).reshape(batch, count, width))


class Block(nn.Module):
    """One pre-norm transformer block."""

    def __init__(self, width: int, heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, mlp_ratio * width), nn.GELU(), nn.Linear(mlp_ratio * width, width))

    def forward(
        self,
        x: Float[Tensor, "n t d"],
        rotation: tuple[Float[Tensor, "hw c"], Float[Tensor, "hw c"]] | None = None,
        mask: Tensor | None = None,
    ) -> Float[Tensor, "n t d"]:
        """Attend, then transform each token; both are added to the input."""
        x = x + self.attn(self.norm1(x), rotation, mask)
        return x + self.mlp(self.norm2(x))


class Vit(nn.Module):
    """The image tower of the embedded encoders."""

    def __init__(self, settings: VitSettings | None = None) -> None:
        super().__init__()
        self.settings = settings = settings or VitSettings()
        width = settings.width
        self.patch_embed = nn.Linear(3 * settings.patch**2, width)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.register_tokens = nn.Parameter(torch.zeros(1, settings.registers, width))
        self.rotary = Rotary(width // settings.heads, settings.rope_base)
        self.blocks = nn.ModuleList(Block(width, settings.heads, settings.mlp_ratio) for _ in range(settings.depth))
        self.norm = nn.LayerNorm(width)
        self.apply(initialize)
        nn.init.trunc_normal_(self.class_token, std=0.02)
        nn.init.trunc_normal_(self.register_tokens, std=0.02)

    def forward(self, images: Float[Tensor, "n 3 h w"]) -> Tokens:
        """Encode RGB images in [0, 1] whose sides are multiples of the patch size.

        Raises:
            DataError: a side is not a multiple of the patch size.
        """
        return self.transform(self.embed(images))

    def embed(self, images: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n gh gw d"]:
        """Return the patches' embeddings, before any block.

        Raises:
            DataError: a side is not a multiple of the patch size.
        """
        patch = self.settings.patch
        batch, _, height, width = images.shape
        if height % patch or width % patch or not height or not width:
            raise DataError(f"image of {width}x{height} pixels: both sides must be multiples of the patch size {patch}")
        rows, columns = height // patch, width // patch
        # Centring on 0.5 and doubling maps [0, 1] to [-1, 1], as SigLIP does; rooms have no statistics worth recording.
        patches = (images * 2 - 1).view(batch, 3, rows, patch, columns, patch).permute(0, 2, 4, 1, 3, 5)
        return self.patch_embed(patches.reshape(batch, rows, columns, 3 * patch * patch))

    def transform(self, patches: Float[Tensor, "n gh gw d"]) -> Tokens:
        """Pass embedded patches, behind the class token and the registers, through the blocks and the final norm."""
        batch, rows, columns, _ = patches.shape
        prefix = torch.cat([self.class_token, self.register_tokens], dim=1).expand(batch, -1, -1)
        x = torch.cat([prefix.to(patches.dtype), patches.flatten(1, 2)], dim=1)
        rotation = self.rotary(rows, columns)
        for block in self.blocks:
            x = block(x, rotation)
        x = self.norm(x)
        first = 1 + self.settings.registers
        return Tokens(summary=x[:, 0], registers=x[:, 1:first], grid=x[:, first:].view(batch, rows, columns, -1))


def initialize(module: nn.Module) -> None:
    """Set a layer's weights as ViT does: truncated normal of 0.02 (Touvron et al. 2021), biases zero."""
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
