"""VGGT's backbone: blocks that look at one frame alternate with blocks that look at all frames (VGGT, section 3.2)."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.preprocessing import IMAGENET_MEAN, IMAGENET_STD
from vantage.encoders.vggt.blocks import Block, rotation_of
from vantage.encoders.vggt.patch_embedding import PatchEmbedding
from vantage.errors import DataError, UsageError


class Aggregator(nn.Module):
    """From images of several views to tokens that know of all of them.

    A frame's tokens are its camera token, its registers and its patches, row by row. The first frame has a camera token
    and registers of its own, all others share a second set: the first frame's camera is the world's frame.
    """

    def __init__(
        self,
        *,
        width: int,
        depth: int,
        heads: int,
        registers: int,
        patch: int,
        image_size: int,
        embed_depth: int,
        embed_heads: int,
    ) -> None:
        super().__init__()
        self.patch, self.head_dim = patch, width // heads
        self.prefix = 1 + registers
        """Tokens before a frame's patches."""
        # The DINOv2 that VGGT starts from has four registers (Darcet et al. 2024), whatever the aggregator's number.
        self.patch_embed = PatchEmbedding(
            width=width, depth=embed_depth, heads=embed_heads, patch=patch, image_size=image_size, registers=4
        )
        self.frame_blocks = nn.ModuleList(Block(width, heads, qk_norm=True) for _ in range(depth))
        self.global_blocks = nn.ModuleList(Block(width, heads, qk_norm=True) for _ in range(depth))
        self.camera_token = nn.Parameter(torch.empty(1, 2, 1, width))
        self.register_token = nn.Parameter(torch.empty(1, 2, registers, width))
        nn.init.normal_(self.camera_token, std=1e-6)
        nn.init.normal_(self.register_token, std=1e-6)

    def forward(
        self, images: Float[Tensor, "b s 3 h w"], layers: Sequence[int] | None = None
    ) -> dict[int, Float[Tensor, "b s t d2"]]:
        """Encode RGB views in [0, 1]; the views of one batch entry see each other.

        Args:
            images: sides are multiples of the patch size.
            layers: which layers to keep in memory, counted from 0, or from the end if negative; all by default. Blocks
                after the last of them are not run.

        Returns:
            For each layer, counted from 0, the frame block's output beside the global block's, on the channels.

        Raises:
            DataError: a side is not a multiple of the patch size, or there is no view.
            UsageError: a layer does not exist.
        """
        batch, views, _, height, width = images.shape
        wanted = self.resolve(range(len(self.frame_blocks)) if layers is None else layers)
        if not batch * views or not height * width or height % self.patch or width % self.patch:
            raise DataError(
                f"{batch} x {views} views of {width}x{height} pixels: at least one is needed, "
                f"and both sides must be multiples of the patch size {self.patch}"
            )
        x = self.embed(images)
        rotation = self._rotation(batch * views, height // self.patch, width // self.patch, x.device)
        everywhere = tuple(part.reshape(batch, 1, -1, part.shape[-1]) for part in rotation)
        kept: dict[int, Tensor] = {}
        for index in range(max(wanted) + 1):
            x = self.frame_blocks[index](x, rotation)
            frame = x
            x = self.global_blocks[index](x.reshape(batch, -1, x.shape[-1]), everywhere).reshape(frame.shape)
            if index in wanted:
                kept[index] = torch.cat([frame, x], dim=-1).unflatten(0, (batch, views))
        return kept

    def resolve(self, layers: Sequence[int]) -> set[int]:
        """Return layer numbers counted from 0.

        Raises:
            UsageError: a layer does not exist, or none is named.
        """
        depth = len(self.frame_blocks)
        if not len(layers) or any(not -depth <= layer < depth for layer in layers):
            raise UsageError(f"layers {list(layers)}; expected at least one, each from {-depth} to {depth - 1}")
        return {layer % depth for layer in layers}

    def embed(self, images: Float[Tensor, "b s 3 h w"]) -> Float[Tensor, "bs t d"]:
        """Return every frame's tokens before the first block."""
        batch, views = images.shape[:2]
        mean, std = (images.new_tensor(values)[:, None, None] for values in (IMAGENET_MEAN, IMAGENET_STD))
        _, patches = self.patch_embed((images.flatten(0, 1) - mean) / std)
        special = torch.cat([self.camera_token, self.register_token], dim=2)
        order = [0] + [1] * (views - 1)
        special = special[:, order].expand(batch, -1, -1, -1).flatten(0, 1)
        return torch.cat([special, patches], dim=1)

    def _rotation(self, frames: int, rows: int, columns: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """Return the rotation of each frame's tokens: patches count from (1, 1), the others are at (0, 0)."""
        axes = torch.arange(1, rows + 1, device=device), torch.arange(1, columns + 1, device=device)
        places = torch.cartesian_prod(*axes).view(-1, 2)
        places = torch.cat([places.new_zeros(self.prefix, 2), places]).expand(frames, -1, -1)
        return rotation_of(places, self.head_dim)
