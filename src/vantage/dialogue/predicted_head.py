"""A small dense head on two frozen `room-*` encoders: depth, where one thing ends and the next begins, and structure.

Built like DPT (Ranftl et al. 2021): tokens become a grid, which is refined step by step up to half the image's
resolution with what a few convolutions see in the image itself. `room-clip` tells things apart, `room-vggt` knows how
far they are; the head corrects the depth that `room-vggt` gives and sharpens both.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders import load_encoder
from vantage.encoders.room_vggt import LARGEST_LOG, RoomVggt, load_room_vggt, unfold_patches
from vantage.errors import DataError, MissingError
from vantage.storage import load_tensors, save_tensors

FORMAT = "vantage-perception-head-1"
"""Written into the file's metadata; a file without it is not one of ours."""
WEIGHTS = Path(__file__).parent / "weights" / "perception-head.safetensors"
"""The shipped weights."""
KINDS = ("thing", "floor", "ceiling", "wall", "window", "door", "rug", "ceiling lamp")
"""What a pixel may show: a thing, or one of the rooms' structural classes."""
TOKENS = 384
"""Channels of both towers' tokens together."""
WIDTHS = (112, 64, 40)
"""Channels at an eighth, a quarter and half of the image's resolution: 0.4 million parameters, 0.8 MB in float16."""
SCALE = 2
"""Pixels of the image across one of the head's."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class DensePrediction:
    """What the head says at half the image's resolution."""

    log_depth: Float[Tensor, "n h w"]
    """Logarithm of z-depth in metres."""
    joined: Float[Tensor, "n 2 h w"]
    """Logits of being one instance with the pixel to the right, and with the one below."""
    kinds: Float[Tensor, "n k h w"]
    """Logits of `KINDS`."""


class Refine(nn.Module):
    """A residual unit of two convolutions (DPT's residual convolution unit, with GELU)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(width, width, 3, padding=1)
        self.two = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        """Add what the two convolutions find."""
        gelu = nn.functional.gelu
        return x + self.two(gelu(self.one(gelu(x))))


class PerceptionHead(nn.Module):
    """Tokens and image in, dense predictions out."""

    def __init__(self) -> None:
        super().__init__()
        wide, middle, narrow = WIDTHS
        self.read = nn.Conv2d(TOKENS, wide, 1)
        self.refine_wide = Refine(wide)
        self.down_middle = nn.Conv2d(wide, middle, 1)
        self.refine_middle = Refine(middle)
        self.down_narrow = nn.Conv2d(middle, narrow, 1)
        self.refine_narrow = Refine(narrow)
        # The image and the logarithm of room-vggt's depth, at half and at a quarter of the resolution.
        self.look_half = nn.Sequential(
            nn.Conv2d(4, 24, 3, padding=1, stride=SCALE), nn.GELU(), nn.Conv2d(24, narrow, 3, padding=1)
        )
        self.look_quarter = nn.Conv2d(narrow, middle, 3, padding=1, stride=2)
        self.out = nn.Conv2d(narrow, 1 + 2 + len(KINDS), 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(cast(Tensor, self.out.bias))

    def forward(
        self, tokens: Float[Tensor, "n d gh gw"], images: Float[Tensor, "n 3 h w"], depth: Float[Tensor, "n h w"]
    ) -> DensePrediction:
        """Predict.

        Args:
            tokens: of both towers, patches of 8 pixels.
            images: RGB in [0, 1], sides multiples of 8.
            depth: room-vggt's, metres.
        """
        start = depth.clamp_min(0.05).log()[:, None]
        half = self.look_half(torch.cat([images - 0.5, start], dim=1))
        quarter = self.look_quarter(nn.functional.gelu(half))
        x = self.refine_wide(self.read(tokens))
        x = self.refine_middle(_enlarged(self.down_middle(x)) + quarter)
        x = self.refine_narrow(_enlarged(self.down_narrow(x)) + half)
        found = self.out(nn.functional.gelu(x))
        base = nn.functional.avg_pool2d(start, SCALE)[:, 0]
        return DensePrediction(log_depth=base + found[:, 0], joined=found[:, 1:3], kinds=found[:, 3:])


def _enlarged(x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h2 w2"]:
    return nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RoomPerceiver:
    """The two encoders and the head: everything that is known of an image of a room without being told."""

    clip: Any
    """room-clip's encoder; its patches and its words name things."""
    vggt: RoomVggt
    head: PerceptionHead

    @torch.no_grad()
    def see(self, images: Float[Tensor, "n 3 h w"]) -> tuple[Float[Tensor, "n d gh gw"], Float[Tensor, "n h w"]]:
        """Return both towers' tokens and room-vggt's depth, each image by itself.

        Args:
            images: RGB in [0, 1], sides multiples of 8.
        """
        words = self.clip.model.vision(images).grid.float()
        grid = self.vggt.tokens(images[:, None])[1][:, 0].float()
        cells = unfold_patches(self.vggt.heads.depth(grid), self.vggt.vision.settings.patch)
        depth = cells[..., 0].clamp_max(LARGEST_LOG).exp()
        return torch.cat([words, grid], dim=-1).permute(0, 3, 1, 2), depth

    @torch.no_grad()
    def predict(self, images: Float[Tensor, "n 3 h w"]) -> DensePrediction:
        """Predict from images alone; arguments as `see`."""
        tokens, depth = self.see(images)
        return self.head(tokens, images, depth)


def load_encoders() -> tuple[Any, RoomVggt]:
    """Return room-clip and room-vggt.

    Raises:
        MissingError: the package came without their weights.
    """
    return load_encoder("room-clip"), load_room_vggt()


def load_perceiver(path: Path | None = None) -> RoomPerceiver:
    """Load encoders and head, shipped or from a file.

    Raises:
        MissingError: weights are not here; the message says how to make them.
        DataError: the file is damaged or of something else.
    """
    path = path or WEIGHTS
    if not path.is_file():
        raise MissingError(f"{path}: no weights of the perception head; make them: python benchmarks/dialogue_head.py")
    tensors, metadata = load_tensors(path)
    if metadata.get("format") != FORMAT:
        raise DataError(f"{path}: format {metadata.get('format')!r}; expected {FORMAT!r}")
    head = PerceptionHead()
    try:
        head.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, strict=True)
    except RuntimeError as error:
        raise DataError(
            f"{path}: not the weights of a perception head ({' '.join(str(error).split())[:200]})"
        ) from error
    clip, vggt = load_encoders()
    return RoomPerceiver(clip=clip, vggt=vggt, head=head.eval().requires_grad_(False))


def save_head(head: PerceptionHead, path: Path, notes: Sequence[tuple[str, str]] = ()) -> None:
    """Write a head's weights in float16.

    Args:
        head: to be written.
        path: the file.
        notes: how it was made.
    """
    tensors = {name: tensor.detach().half().contiguous() for name, tensor in head.state_dict().items()}
    save_tensors(path, tensors, {"format": FORMAT, **dict(notes)})
