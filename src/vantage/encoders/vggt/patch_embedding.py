"""VGGT's patch embedding: a whole DINOv2 with registers (Oquab et al. 2023, Darcet et al. 2024)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.vggt.blocks import Block

EPSILON = 1e-6
"""Of DINOv2's norms."""


class PatchProjection(nn.Module):
    """The linear map of a patch's pixels; its own module because the checkpoint calls it `patch_embed.proj`."""

    def __init__(self, width: int, patch: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, stride=patch)

    def forward(self, images: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n d gh gw"]:
        """Return one vector per patch."""
        return self.proj(images)


class PatchEmbedding(nn.Module):
    """DINOv2: class token, registers and patches through a stack of transformer blocks."""

    def __init__(self, *, width: int, depth: int, heads: int, patch: int, image_size: int, registers: int) -> None:
        super().__init__()
        side = image_size // patch
        self.side = side
        self.patch_embed = PatchProjection(width, patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + side * side, width))
        self.register_tokens = nn.Parameter(torch.zeros(1, registers, width))
        # Stands for hidden patches in DINOv2's training; stored in the checkpoint, never used here.
        self.mask_token = nn.Parameter(torch.zeros(1, width))
        self.blocks = nn.ModuleList(Block(width, heads, epsilon=EPSILON) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=EPSILON)
        for table in (self.cls_token, self.pos_embed, self.register_tokens):
            nn.init.normal_(table, std=0.02)

    def positions(self, rows: int, columns: int) -> Float[Tensor, "1 t d"]:
        """Return the position table of a grid, class token first; other grids than the trained one are interpolated."""
        if (rows, columns) == (self.side, self.side):
            return self.pos_embed
        table = self.pos_embed[:, 1:].unflatten(1, (self.side, self.side)).permute(0, 3, 1, 2).float()
        # To the exact size and with antialiasing: DINOv2 with registers differs in this from DINOv2 without.
        table = nn.functional.interpolate(table, (rows, columns), mode="bicubic", antialias=True)
        return torch.cat([self.pos_embed[:, :1], table.flatten(2).mT.to(self.pos_embed.dtype)], dim=1)

    def embed(self, images: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n t d"]:
        """Return the tokens that enter the first block: class token, registers (which have no position), patches."""
        patches = self.patch_embed(images)
        rows, columns = patches.shape[-2:]
        x = torch.cat([self.cls_token.expand(len(images), -1, -1), patches.flatten(2).mT], dim=1)
        x = x + self.positions(rows, columns)
        return torch.cat([x[:, :1], self.register_tokens.expand(len(images), -1, -1), x[:, 1:]], dim=1)

    def forward(self, images: Float[Tensor, "n 3 h w"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n hw d"]]:
        """Return the class token and the patch tokens of normalised images, after the final norm."""
        x = self.embed(images)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return x[:, 0], x[:, 1 + self.register_tokens.shape[1] :]
