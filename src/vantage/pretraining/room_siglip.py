"""`vantage pretrain room-siglip`: room-clip's data and words, with SigLIP's loss and head."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vantage.encoders.room_siglip import NAME, RoomSiglip, RoomSiglipEncoder, RoomSiglipSettings, save_room_siglip
from vantage.encoders.text import Vocabulary
from vantage.metrics import Metric
from vantage.pretraining.batches import Batch, CropSettings, make_batch
from vantage.pretraining.room_clip import MAX_SCALE, draw_texts, room_texts
from vantage.pretraining.room_clip_loss import LossWeights, patch_weights
from vantage.pretraining.room_clip_scores import score_rooms
from vantage.pretraining.room_views import validation_rooms
from vantage.pretraining.sigmoid_loss import sigmoid_information, sigmoid_pairs
from vantage.pretraining.training import Trainer, TrainingSettings

NEGATIVES = 20.0
"""Weight of negatives over positives of regions and patches: exp(3), so that training begins at its own bias of -3."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SiglipSettings(TrainingSettings):
    """Everything that decides the trained weights."""

    crops: CropSettings = dataclasses.field(default_factory=CropSettings)
    weights: LossWeights = dataclasses.field(default_factory=LossWeights)
    model: RoomSiglipSettings = dataclasses.field(default_factory=RoomSiglipSettings)
    concepts_per_region: int = 2
    """Texts drawn per region and batch."""
    unknown_word: float = 0.05
    """How often a word that is in no vocabulary is slipped into a text, so that unknown words do little harm."""


class RoomSiglipTrainer(Trainer[SiglipSettings, RoomSiglip]):
    """The rule of one step of room-siglip."""

    name = NAME

    def build(self) -> RoomSiglip:
        """Return the model with the vocabulary of all that the rooms can be said to show."""
        return RoomSiglip(Vocabulary.of_texts(room_texts(self.rooms)), self.settings.model)

    def losses(self, rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the weighted sum of the three terms, the terms, and the inverse temperature."""
        patch = self.settings.model.vit.patch
        batch = make_batch(self.rooms, self.settings.crops, patch=patch, rng=rng)
        terms = self.terms(batch, rng)
        weights = self.settings.weights
        total = weights.view * terms["view"] + weights.region * terms["region"] + weights.patch * terms["patch"]
        return total, terms | {"scale": self.model.log_scale_patch.exp(), "bias": self.model.bias_patch}

    def terms(self, batch: Batch, rng: np.random.Generator) -> dict[str, Tensor]:
        """Return the three loss terms of a batch: views and captions, regions and concepts, patches and concepts."""
        drawn = draw_texts(list(batch.regions), self.settings.concepts_per_region, self.settings.unknown_word, rng)
        shares, unknown = drawn.shares.to(self.device), drawn.unknown.to(self.device)
        coverage = batch.coverage.to(self.device)
        model = self.model
        with self.autocast():
            grid = model.vision(batch.images.to(self.device)).grid
            summary = model.summaries(grid)
            tokens = grid.flatten(0, 2)
            regions, patches = model.pool(tokens, coverage), model.pool.each(tokens)
            vectors = model.encode_texts([*drawn.texts, *batch.captions])
        spoken, captions = vectors[: len(drawn.texts)], vectors[len(drawn.texts) :]
        covered = coverage.sum(dim=1, keepdim=True).clamp_min(1e-6)
        patch_shares = coverage @ shares / covered
        patch_unknown = ((coverage @ unknown.float()) > 0) & (patch_shares == 0)
        same = torch.tensor([[a == b for b in batch.captions] for a in batch.captions], device=self.device)
        scale, bias = model.log_scale_patch.exp(), model.bias_patch
        sizes = coverage.sum(dim=0).clamp_min(1e-6).sqrt()
        return {
            "view": sigmoid_pairs(summary, captions, same, model.log_scale_view.exp(), model.bias_view),
            "region": sigmoid_information(regions, spoken, shares, sizes, unknown, scale, bias, NEGATIVES),
            "patch": sigmoid_information(
                patches, spoken, patch_shares, patch_weights(coverage), patch_unknown, scale, bias, NEGATIVES
            ),
        }

    def after_step(self) -> None:
        """Keep the inverse temperatures bounded."""
        for scale in (self.model.log_scale_view, self.model.log_scale_patch):
            scale.clamp_(-math.inf, MAX_SCALE)

    def save(self, folder: Path) -> list[Path]:
        """Write the weights."""
        path = folder / f"{NAME}.safetensors"
        save_room_siglip(self.model, path, notes={"seed": str(self.seed), "steps": str(self.total_steps)})
        return [path]

    def validate(self) -> dict[str, Metric]:
        """Score the model on the first validation rooms."""
        rooms = validation_rooms(self.settings.pool, self.settings.validation_rooms)
        encoder = RoomSiglipEncoder(self.model, source="in training", device=self.device)
        return score_rooms(encoder, encoder, rooms)
