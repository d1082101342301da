"""`vantage pretrain room-siglip`: room-clip's data and words, with SigLIP's loss and head."""

import dataclasses
import math
from pathlib import Path

from jaxtyping import Bool, Float
from torch import Tensor

from vantage.encoders import Encoder, TextEncoder
from vantage.encoders.room_siglip import NAME, RoomSiglip, RoomSiglipEncoder, RoomSiglipSettings, save_room_siglip
from vantage.encoders.text import Vocabulary
from vantage.encoders.vit import Vit
from vantage.pretraining.image_text import ImageTextSettings, ImageTextTrainer, Seen, room_texts
from vantage.pretraining.room_clip import MAX_SCALE
from vantage.pretraining.sigmoid_loss import sigmoid_information, sigmoid_pairs

NEGATIVES = 20.0
"""Weight of negatives over positives: exp(3), so that training begins at its own bias of -3."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SiglipSettings(ImageTextSettings):
    """Everything that decides the trained weights."""

    model: RoomSiglipSettings = dataclasses.field(default_factory=RoomSiglipSettings)


class RoomSiglipTrainer(ImageTextTrainer[SiglipSettings, RoomSiglip]):
    """SigLIP's sigmoid for every pair by itself, for pictures, regions and patches."""

    name = NAME

    def build_model(self) -> tuple[RoomSiglip, Vit]:
        """Return the model, with the vocabulary of all that the rooms can be said to show, and its image tower."""
        model = RoomSiglip(Vocabulary.of_texts(room_texts(self.rooms)), self.settings.model)
        return model, model.vision

    @property
    def patch(self) -> int:
        """Patch size of the image tower in pixels."""
        return self.settings.model.vit.patch

    def see(self, images: Float[Tensor, "n 3 h w"], coverage: Float[Tensor, "p r"]) -> Seen:
        """Return the vectors of pictures, of their regions (pooled by attention) and of their patches."""
        grid = self.model.vision(images).grid
        tokens = grid.flatten(0, 2)
        return Seen(
            summary=self.model.summaries(grid),
            regions=self.model.pool(tokens, coverage),
            patches=self.model.pool.each(tokens),
        )

    def say(self, texts: list[str]) -> Float[Tensor, "t d"]:
        """Return the unit vectors of texts."""
        return self.model.encode_texts(texts)

    def captioned(
        self, summaries: Float[Tensor, "n d"], captions: Float[Tensor, "n d"], same: Bool[Tensor, "n n"]
    ) -> Tensor:
        """Return SigLIP's loss of pictures with a caption each."""
        return sigmoid_pairs(summaries, captions, same, self.model.log_scale_view.exp(), self.model.bias_view)

    def named(
        self,
        vectors: Float[Tensor, "n d"],
        texts: Float[Tensor, "t d"],
        shares: Float[Tensor, "n t"],
        weights: Float[Tensor, " n"],
        unknown: Bool[Tensor, "n t"],
        *,
        pictures: bool,
    ) -> Tensor:
        """Return the sigmoid loss where a vector may be said as several texts."""
        scale = self.model.log_scale_view if pictures else self.model.log_scale_patch
        bias = self.model.bias_view if pictures else self.model.bias_patch
        return sigmoid_information(vectors, texts, shares, weights, unknown, scale.exp(), bias, NEGATIVES)

    def watched(self) -> dict[str, Tensor]:
        """Return inverse temperature and bias of regions and patches."""
        return {"scale": self.model.log_scale_patch.exp(), "bias": self.model.bias_patch}

    def after_step(self) -> None:
        """Keep the inverse temperatures bounded."""
        for scale in (self.model.log_scale_view, self.model.log_scale_patch):
            scale.clamp_(-math.inf, MAX_SCALE)

    def save(self, folder: Path) -> list[Path]:
        """Write the weights."""
        path = folder / f"{NAME}.safetensors"
        save_room_siglip(self.model, path, notes={"seed": str(self.seed), "steps": str(self.total_steps)})
        return [path]

    def encoder(self) -> tuple[Encoder, TextEncoder]:
        """Return the model in training as encoders of pictures and texts."""
        encoder = RoomSiglipEncoder(self.model, source="in training", device=self.device)
        return encoder, encoder
