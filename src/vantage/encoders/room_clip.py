"""`room-clip`: a small image-text model whose patches, not only its summary, live in the space of its texts.

Trained from scratch on rooms by `vantage pretrain room-clip`; its weights come with the package.
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
    read_room_text,
    save_room_text,
)
from vantage.encoders.text import TextTower, Vocabulary
from vantage.encoders.vit import Vit

NAME = "room-clip"
FORMAT = "vantage-room-clip-1"
"""Written into the file's metadata; a file without it is not one of ours."""

ROOM_CLIP_CARD = EncoderCard(
    name=NAME,
    family="image-text",
    dim=128,
    patch=8,
    parameters=3_200_000,
    licence="Apache-2.0",
    source="shipped with vantage",
    summary="class token, projected to the text space",
    text=True,
)
"""The shipped model, described without loading it."""


class RoomClip(RoomTextModel):
    """Image tower, text tower and the projections of both into one space."""

    card, format = ROOM_CLIP_CARD, FORMAT

    def __init__(self, vocabulary: Vocabulary, settings: RoomTextSettings | None = None) -> None:
        super().__init__(vocabulary, settings)
        settings = self.settings
        self.vision = Vit(settings.vit)
        self.summary_head = nn.Linear(settings.vit.width, settings.dim, bias=False)
        self.patch_head = nn.Linear(settings.vit.width, settings.dim, bias=False)
        self.text = TextTower(len(vocabulary), settings.dim, settings.text)
        # exp(2.66) = 1 / 0.07, CLIP's initial inverse temperature (Radford et al. 2021, section 2.5).
        self.log_scale_view = nn.Parameter(torch.tensor(2.66))
        self.log_scale_patch = nn.Parameter(torch.tensor(2.66))
        for head in (self.summary_head, self.patch_head):
            nn.init.normal_(head.weight, std=settings.vit.width**-0.5)

    def encode_images(
        self, images: Float[Tensor, "n 3 h w"]
    ) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n gh gw d"]]:
        """Return unit summaries and unit patch vectors of images whose sides are multiples of the patch size."""
        tokens = self.vision(images)
        summary = nn.functional.normalize(self.summary_head(tokens.summary).float(), dim=-1)
        return summary, nn.functional.normalize(self.patch_head(tokens.grid).float(), dim=-1)


# Its shape, its encoder and its file are those of every such model.
RoomClipSettings = RoomTextSettings
RoomClipEncoder = RoomTextEncoder
save_room_clip = save_room_text


def read_room_clip(path: Path) -> RoomClip:
    """Read a model that `save_room_clip` wrote.

    Raises:
        DataError: the file is damaged, holds NaN, or is not a room-clip of this format.
    """
    return read_room_text(RoomClip, path)


def load_room_clip(path: Path | None = None, *, device: str = "cpu", short_side: int | None = None) -> RoomClipEncoder:
    """Load the shipped weights, or those of a file; `short_side` resizes images to that many pixels first.

    Raises:
        MissingError: the package came without these weights.
        DataError: the file is damaged.
    """
    return load_room_text(RoomClip, path, device=device, short_side=short_side)
