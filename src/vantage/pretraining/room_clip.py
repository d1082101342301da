"""`vantage pretrain room-clip`: train the embedded image-text encoder from scratch on rooms."""

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vantage.encoders.room_clip import NAME, RoomClip, RoomClipEncoder, RoomClipSettings, save_room_clip
from vantage.encoders.text import Vocabulary
from vantage.metrics import Metric
from vantage.pretraining.batches import Batch, CropSettings, make_batch
from vantage.pretraining.captions import Region, all_words, match, phrase_of, sample_concepts
from vantage.pretraining.room_clip_loss import (
    LossWeights,
    mutual_information_loss,
    patch_weights,
    pooled_regions,
    view_loss,
)
from vantage.pretraining.room_clip_scores import score_rooms
from vantage.pretraining.room_views import RoomViews, validation_rooms
from vantage.pretraining.training import Trainer, TrainingSettings

MAX_SCALE = math.log(100.0)
"""Upper bound of the learned log inverse temperature (Radford et al. 2021, section 2.5)."""
UNKNOWN_WORD = "xyzzy"
"""Stands for every word that no vocabulary holds."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PretrainingSettings(TrainingSettings):
    """Everything that decides the trained weights."""

    crops: CropSettings = dataclasses.field(default_factory=CropSettings)
    weights: LossWeights = dataclasses.field(default_factory=LossWeights)
    model: RoomClipSettings = dataclasses.field(default_factory=RoomClipSettings)
    concepts_per_region: int = 2
    """Texts drawn per region and batch."""
    unknown_word: float = 0.05
    """How often a word that is in no vocabulary is slipped into a text, so that unknown words do little harm."""


class RoomClipTrainer(Trainer[PretrainingSettings, RoomClip]):
    """The rule of one step of room-clip."""

    name = NAME

    def build(self) -> RoomClip:
        """Return the model with the vocabulary of all that the rooms can be said to show."""
        return RoomClip(Vocabulary.of_texts(room_texts(self.rooms)), self.settings.model)

    def losses(self, rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the weighted sum of the three terms, the terms, and the inverse temperature."""
        patch = self.settings.model.vit.patch
        batch = make_batch(self.rooms, self.settings.crops, patch=patch, rng=rng)
        terms = self.terms(batch, rng)
        weights = self.settings.weights
        total = weights.view * terms["view"] + weights.region * terms["region"] + weights.patch * terms["patch"]
        return total, terms | {"scale": self.model.log_scale_patch.exp()}

    def after_step(self) -> None:
        """Keep the inverse temperatures bounded."""
        self.model.log_scale_view.clamp_(0, MAX_SCALE)
        self.model.log_scale_patch.clamp_(0, MAX_SCALE)

    def save(self, folder: Path) -> list[Path]:
        """Write the weights."""
        path = folder / f"{NAME}.safetensors"
        save_room_clip(self.model, path, notes={"seed": str(self.seed), "steps": str(self.total_steps)})
        return [path]

    def validate(self) -> dict[str, Metric]:
        """Score the model on the first validation rooms."""
        rooms = validation_rooms(self.settings.pool, self.settings.validation_rooms)
        encoder = RoomClipEncoder(self.model, source="in training", device=self.device)
        return score_rooms(encoder, encoder, rooms)

    def terms(self, batch: Batch, rng: np.random.Generator) -> dict[str, Tensor]:
        """Return the three loss terms of a batch."""
        drawn = draw_texts(list(batch.regions), self.settings.concepts_per_region, self.settings.unknown_word, rng)
        texts, shares, unknown = drawn.texts, drawn.shares.to(self.device), drawn.unknown.to(self.device)
        coverage = batch.coverage.to(self.device)
        with self.autocast():
            summary, grid = self.model.encode_images(batch.images.to(self.device))
            vectors = self.model.encode_texts([*texts, *batch.captions])
        spoken, captions = vectors[: len(texts)], vectors[len(texts) :]
        patches = grid.reshape(-1, grid.shape[-1])
        scale = self.model.log_scale_patch.exp()
        pooled, sizes = pooled_regions(patches, coverage)
        covered = coverage.sum(dim=1, keepdim=True).clamp_min(1e-6)
        patch_shares = coverage @ shares / covered
        patch_unknown = ((coverage @ unknown.float()) > 0) & (patch_shares == 0)
        same = torch.tensor([[a == b for b in batch.captions] for a in batch.captions], device=self.device)
        return {
            "view": view_loss(summary, captions, same, self.model.log_scale_view.exp()),
            "region": mutual_information_loss(pooled, spoken, shares, sizes.clamp_min(1e-6).sqrt(), unknown, scale),
            "patch": mutual_information_loss(
                patches, spoken, patch_shares, patch_weights(coverage), patch_unknown, scale
            ),
        }


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class DrawnTexts:
    """Texts of a batch and what they are true of."""

    texts: list[str]
    shares: Float[Tensor, "r t"]
    """Probability that a region is said as a text."""
    unknown: Bool[Tensor, "r t"]
    """Where nobody knows."""


def draw_texts(regions: list[Region], per_region: int, unknown_word: float, rng: np.random.Generator) -> DrawnTexts:
    """Draw concepts of the regions and phrases for them."""
    concepts = sample_concepts(regions, per_region, rng)
    texts = [slip_in(phrase_of(concept, rng), unknown_word, rng) for concept in concepts]
    shares, unknown = match(regions, concepts)
    return DrawnTexts(texts=texts, shares=torch.from_numpy(shares).float(), unknown=torch.from_numpy(unknown))


def room_texts(rooms: Sequence[RoomViews]) -> list[str]:
    """Return every phrase and caption of the rooms, for building a vocabulary."""
    regions = [region for room in rooms for region in room.table]
    return all_words(regions) + [caption for room in rooms for caption in room.captions]


def slip_in(text: str, share: float, rng: np.random.Generator) -> str:
    """Put an unknown word somewhere into that share of the texts."""
    if rng.random() >= share:
        return text
    words = text.split()
    words.insert(int(rng.integers(len(words) + 1)), UNKNOWN_WORD)
    return " ".join(words)
