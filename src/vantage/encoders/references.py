"""`pixels`, the encoder that knows nothing but colour and place: the floor of every measurement."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.base import EncoderCard, Features
from vantage.encoders.preprocessing import check_images
from vantage.errors import DataError
from vantage.storage import content_hash

PIXELS_CARD = EncoderCard(
    name="pixels",
    family="reference",
    dim=5,
    patch=8,
    parameters=0,
    licence="Apache-2.0",
    source="computed",
    summary="mean over the patches",
)


class PixelsEncoder:
    """Mean colour and position of each 8x8 cell: red, green, blue, column and row, all in [0, 1]."""

    def __init__(self, *, device: str = "cpu") -> None:
        self.card = PIXELS_CARD
        self.device = device

    @property
    def fingerprint(self) -> str:
        """A hash of the definition."""
        return content_hash("pixels", "mean colour and centre of 8x8 cells, border repeated", "1")

    def encode(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Average RGB images in [0, 1] over cells; the border is repeated where the last cells reach past it.

        Raises:
            DataError: an image is smaller than one cell, or no RGB image in [0, 1].
        """
        check_images(images)
        patch = self.card.patch
        height, width = images.shape[-2:]
        if min(height, width) < patch:
            raise DataError(f"image of {width}x{height} pixels is smaller than one patch ({patch} pixels); enlarge it")
        padded = nn.functional.pad(images.to(self.device), (0, -width % patch, 0, -height % patch), mode="replicate")
        colour = nn.functional.avg_pool2d(padded, patch).permute(0, 2, 3, 1)
        count, rows, columns, _ = colour.shape
        y = ((torch.arange(rows, device=self.device) + 0.5) / rows)[:, None].expand(rows, columns)
        x = ((torch.arange(columns, device=self.device) + 0.5) / columns)[None].expand(rows, columns)
        position = torch.stack([x, y], dim=-1).to(colour.dtype).expand(count, rows, columns, 2)
        grid = torch.cat([colour, position], dim=-1)
        return Features(
            grid=grid,
            summary=grid.mean(dim=(1, 2)),
            stride=(float(patch), float(patch)),
            image_size=(width, height),
        )
