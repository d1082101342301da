"""The floor of a scorecard: an encoder that says the same of every place of every picture."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.encoders import EncoderCard, Features
from vantage.encoders.references import PIXELS_CARD
from vantage.storage import content_hash
from vantage.studies.score_settings import FLOOR

CHANNELS = 4
"""Any number does."""


class ConstantEncoder:
    """Ones in cells of 8x8 pixels, as large as those of the other references."""

    def __init__(self) -> None:
        self.card = EncoderCard(
            name=FLOOR,
            family="reference",
            dim=CHANNELS,
            patch=PIXELS_CARD.patch,
            parameters=0,
            licence="Apache-2.0",
            source="computed",
            summary="ones",
        )

    @property
    def fingerprint(self) -> str:
        """A hash of the definition."""
        return content_hash(FLOOR, "ones", str(CHANNELS))

    def encode(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Return ones, whatever is seen."""
        count, _, height, width = images.shape
        patch = self.card.patch
        return Features(
            grid=torch.ones(count, math.ceil(height / patch), math.ceil(width / patch), CHANNELS),
            summary=torch.ones(count, CHANNELS),
            stride=(float(patch), float(patch)),
            image_size=(width, height),
        )
