"""`vantage pretrain room-clip`: train the embedded image-text encoder from scratch on rooms."""

import dataclasses
import math
from pathlib import Path

from jaxtyping import Bool, Float
from torch import Tensor

from vantage.encoders import Encoder, TextEncoder
from vantage.encoders.room_clip import NAME, RoomClip, RoomClipEncoder, RoomClipSettings, save_room_clip
from vantage.encoders.text import Vocabulary
from vantage.encoders.vit import Vit
from vantage.pretraining.image_text import ImageTextSettings, ImageTextTrainer, Seen, room_texts
from vantage.pretraining.room_clip_loss import mutual_information_loss, pooled_regions, view_loss

MAX_SCALE = math.log(100.0)
"""Upper bound of the learned log inverse temperature (Radford et al. 2021, section 2.5)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PretrainingSettings(ImageTextSettings):
    """Everything that decides the trained weights."""

    model: RoomClipSettings = dataclasses.field(default_factory=RoomClipSettings)


class RoomClipTrainer(ImageTextTrainer[PretrainingSettings, RoomClip]):
    """CLIP's softmax over what a batch holds, for pictures, regions and patches."""

    name = NAME

    def build_model(self) -> tuple[RoomClip, Vit]:
        """Return the model, with the vocabulary of all that the rooms can be said to show, and its image tower."""
        model = RoomClip(Vocabulary.of_texts(room_texts(self.rooms)), self.settings.model)
        return model, model.vision

    @property
    def patch(self) -> int:
        """Patch size of the image tower in pixels."""
        return self.settings.model.vit.patch

    def see(self, images: Float[Tensor, "n 3 h w"], coverage: Float[Tensor, "p r"]) -> Seen:
        """Return the vectors of pictures, of their regions (mean patches) and of their patches."""
        summary, grid = self.model.encode_images(images)
        patches = grid.flatten(0, 2)
        return Seen(summary=summary, regions=pooled_regions(patches, coverage)[0], patches=patches)

    def say(self, texts: list[str]) -> Float[Tensor, "t d"]:
        """Return the unit vectors of texts."""
        return self.model.encode_texts(texts)

    def captioned(
        self, summaries: Float[Tensor, "n d"], captions: Float[Tensor, "n d"], same: Bool[Tensor, "n n"]
    ) -> Tensor:
        """Return CLIP's loss of pictures with a caption each."""
        return view_loss(summaries, captions, same, self.model.log_scale_view.exp())

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
        """Return the loss whose optimum is pointwise mutual information."""
        scale = self.model.log_scale_view if pictures else self.model.log_scale_patch
        return mutual_information_loss(vectors, texts, shares, weights, unknown, scale.exp())

    def watched(self) -> dict[str, Tensor]:
        """Return the inverse temperature of regions and patches."""
        return {"scale": self.model.log_scale_patch.exp()}

    def after_step(self) -> None:
        """Keep the inverse temperatures bounded."""
        self.model.log_scale_view.clamp_(0, MAX_SCALE)
        self.model.log_scale_patch.clamp_(0, MAX_SCALE)

    def save(self, folder: Path) -> list[Path]:
        """Write the weights."""
        path = folder / f"{NAME}.safetensors"
        save_room_clip(self.model, path, notes={"seed": str(self.seed), "steps": str(self.total_steps)})
        return [path]

    def encoder(self) -> tuple[Encoder, TextEncoder]:
        """Return the model in training as encoders of pictures and texts."""
        encoder = RoomClipEncoder(self.model, source="in training", device=self.device)
        return encoder, encoder
