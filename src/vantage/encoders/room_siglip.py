"""`room-siglip`: a small image-text model trained with SigLIP's sigmoid loss and an attention-pooled head.

The head reads any set of patches: all of an image for its summary, those of an object for the object, a single one for
the dense grid. Attention over one token is its value, so a patch of the grid has passed the head's value path, and
lives in the space of the texts as the summary does.
"""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.base import EncoderCard
from vantage.encoders.room_text import (
    RoomTextEncoder,
    RoomTextModel,
    RoomTextSettings,
    load_room_text,
    save_room_text,
)
from vantage.encoders.text import TextTower, Vocabulary
from vantage.encoders.vit import Vit, initialize

NAME = "room-siglip"
FORMAT = "vantage-room-siglip-1"
"""Written into the file's metadata; a file without it is not one of ours."""

ROOM_SIGLIP_CARD = EncoderCard(
    name=NAME,
    family="image-text",
    dim=128,
    patch=8,
    parameters=3_350_000,
    licence="Apache-2.0",
    source="shipped with vantage",
    summary="attention-pooled head",
    text=True,
)
"""The shipped model, described without loading it."""


class AttentionPool(nn.Module):
    """SigLIP's head (Zhai et al. 2023): one learned query attends to patches, then a feed-forward part."""

    def __init__(self, width: int, heads: int, dim: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Parameter(torch.zeros(width))
        self.keys_values = nn.Linear(width, 2 * width)
        self.proj = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        # As wide as the tokens, not four times, so that all weights that come with the package stay under 30 MB.
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))
        self.out = nn.Linear(width, dim, bias=False)
        self.apply(initialize)
        nn.init.normal_(self.query, std=1.0)
        nn.init.normal_(self.out.weight, std=width**-0.5)

    def forward(self, patches: Float[Tensor, "p d"], coverage: Float[Tensor, "p r"]) -> Float[Tensor, "r k"]:
        """Return a unit vector for each set of patches; a patch counts by the share of it that the set covers."""
        keys, values = self.keys_values(patches).chunk(2, dim=-1)
        query = self.query.view(self.heads, -1)
        scores = torch.einsum("hc,phc->hp", query, keys.unflatten(-1, (self.heads, -1)).float())
        scores = scores[:, :, None] * (keys.shape[-1] // self.heads) ** -0.5 + coverage.clamp_min(1e-9).log()
        weights = scores.masked_fill(coverage <= 0, float("-inf")).softmax(dim=1).to(values.dtype)
        read = torch.einsum("hpr,phc->rhc", weights, values.unflatten(-1, (self.heads, -1))).flatten(1)
        return self._finish(read)

    def each(self, patches: Float[Tensor, "*b d"]) -> Float[Tensor, "*b k"]:
        """Return the unit vector of each patch by itself."""
        return self._finish(self.keys_values(patches).chunk(2, dim=-1)[1])

    def _finish(self, read: Float[Tensor, "*b d"]) -> Float[Tensor, "*b k"]:
        x = self.proj(read)
        x = x + self.mlp(self.norm(x))
        return nn.functional.normalize(self.out(x).float(), dim=-1)


class RoomSiglip(RoomTextModel):
    """Image tower, attention-pooled head and text tower."""

    card, format = ROOM_SIGLIP_CARD, FORMAT

    def __init__(self, vocabulary: Vocabulary, settings: RoomTextSettings | None = None) -> None:
        super().__init__(vocabulary, settings)
        settings = self.settings
        self.vision = Vit(settings.vit)
        self.pool = AttentionPool(settings.vit.width, settings.vit.heads, settings.dim)
        self.text = TextTower(len(vocabulary), settings.dim, settings.text)
        # SigLIP starts at 10 and -10: its bias is minus the log of how many negatives stand beside each positive
        # (32 768 there, some 20 here).
        self.log_scale_view = nn.Parameter(torch.tensor(2.3))
        self.log_scale_patch = nn.Parameter(torch.tensor(2.3))
        self.bias_view = nn.Parameter(torch.tensor(-3.0))
        self.bias_patch = nn.Parameter(torch.tensor(-3.0))

    def encode_images(
        self, images: Float[Tensor, "n 3 h w"]
    ) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n gh gw d"]]:
        """Return unit summaries and unit patch vectors of images whose sides are multiples of the patch size."""
        grid = self.vision(images).grid
        return self.summaries(grid), self.pool.each(grid)

    def summaries(self, grid: Float[Tensor, "n gh gw d"]) -> Float[Tensor, "n k"]:
        """Return each image's pooled vector from the tower's patch tokens."""
        count, cells = len(grid), grid.shape[1] * grid.shape[2]
        whole = torch.eye(count, device=grid.device).repeat_interleave(cells, dim=0)
        return self.pool(grid.flatten(0, 2), whole)


# Its shape, its encoder and its file are those of every such model.
RoomSiglipSettings = RoomTextSettings
RoomSiglipEncoder = RoomTextEncoder
save_room_siglip = save_room_text


def load_room_siglip(
    path: Path | None = None, *, device: str = "cpu", short_side: int | None = None
) -> RoomSiglipEncoder:
    """Load the shipped weights, or those of a file; `short_side` resizes images to that many pixels first.

    Raises:
        MissingError: the package came without these weights.
        DataError: the file is damaged.
    """
    return load_room_text(RoomSiglip, path, device=device, short_side=short_side)
