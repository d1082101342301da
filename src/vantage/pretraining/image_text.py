"""What the trainings of `room-clip` and `room-siglip` share: batches, texts, and which terms make up the loss."""

import abc
import dataclasses
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from vantage.encoders import Encoder, TextEncoder
from vantage.encoders.vit import Vit
from vantage.metrics import Metric
from vantage.pretraining.batches import Batch, CropSettings, make_batch
from vantage.pretraining.captions import Region, all_words, match, phrase_of, sample_concepts
from vantage.pretraining.crop_scores import score_crops
from vantage.pretraining.object_crops import ObjectCropSettings, find_appearances, make_object_batch
from vantage.pretraining.room_clip_loss import LossWeights, patch_weights
from vantage.pretraining.room_clip_scores import score_rooms
from vantage.pretraining.room_views import RoomViews, validation_rooms
from vantage.pretraining.training import Trainer, TrainingSettings
from vantage.pretraining.whitening import whiten_patches

UNKNOWN_WORD = "xyzzy"
"""Stands for every word that no vocabulary holds."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ImageTextSettings(TrainingSettings):
    """What decides the trained weights of either image-text encoder."""

    learning_rate: float = 1.5e-3
    muon_rate: float = 3e-3
    """Half above the common ones: with a whitened embedding and twice these the region loss came to 1.88 in 416 steps,
    where it came to 1.93 without either."""
    whiten: bool = True
    """Begin with a whitening patch embedding."""
    crops: CropSettings = dataclasses.field(default_factory=CropSettings)
    objects: ObjectCropSettings = dataclasses.field(default_factory=ObjectCropSettings)
    weights: LossWeights = dataclasses.field(default_factory=LossWeights)
    concepts_per_region: int = 2
    """Texts drawn per region and batch."""
    unknown_word: float = 0.05
    """How often a word that is in no vocabulary is slipped into a text, so that unknown words do little harm."""


SettingsT = TypeVar("SettingsT", bound=ImageTextSettings)
ModelT = TypeVar("ModelT", bound=nn.Module)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """Unit vectors of a batch of pictures, all in the space of the texts."""

    summary: Float[Tensor, "n d"]
    regions: Float[Tensor, "r d"]
    patches: Float[Tensor, "p d"]


class ImageTextTrainer(Trainer[SettingsT, ModelT]):
    """The rule of one step: pictures of scenes and of single objects, and the words for what they show.

    Scenes teach the grid where things are, crops of objects teach the summary and the grid what they are.
    """

    def build(self) -> ModelT:
        """Find the objects to crop, and return the model, with a whitening patch embedding where it is wanted."""
        self.appearances = find_appearances(self.rooms, self.settings.objects)
        model, vision = self.build_model()
        if self.settings.whiten:
            whiten_patches(vision, self.rooms)
        return model

    @abc.abstractmethod
    def build_model(self) -> tuple[ModelT, Vit]:
        """Return the model, with the vocabulary of all that the rooms can be said to show, and its image tower."""

    @property
    @abc.abstractmethod
    def patch(self) -> int:
        """Patch size of the image tower in pixels."""

    @abc.abstractmethod
    def see(self, images: Float[Tensor, "n 3 h w"], coverage: Float[Tensor, "p r"]) -> Seen:
        """Return the vectors of pictures, of their regions and of their patches."""

    @abc.abstractmethod
    def say(self, texts: list[str]) -> Float[Tensor, "t d"]:
        """Return the unit vectors of texts."""

    @abc.abstractmethod
    def captioned(
        self, summaries: Float[Tensor, "n d"], captions: Float[Tensor, "n d"], same: Bool[Tensor, "n n"]
    ) -> Tensor:
        """Return the loss of pictures with a caption each; `same` marks equal captions."""

    @abc.abstractmethod
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
        """Return the loss of vectors (of whole pictures, or else of regions and patches) that are said as texts."""

    @abc.abstractmethod
    def watched(self) -> dict[str, Tensor]:
        """Return the learned numbers that the log should show."""

    @abc.abstractmethod
    def encoder(self) -> tuple[Encoder, TextEncoder]:
        """Return the model in training as encoders of pictures and texts."""

    def losses(self, rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the weighted sum of the terms, the terms, and what else the log should show."""
        crops, objects = self.settings.crops, self.settings.objects
        for_objects = round(crops.patches_per_step * objects.share)
        scenes = dataclasses.replace(crops, patches_per_step=crops.patches_per_step - for_objects)
        scene = make_batch(self.rooms, scenes, patch=self.patch, rng=rng)
        single = make_object_batch(
            self.rooms, self.appearances, crops, objects, patches=for_objects, patch=self.patch, rng=rng
        )
        terms = self.terms(scene, single, rng)
        weights = self.settings.weights
        total = sum((getattr(weights, name) * value for name, value in terms.items()), torch.zeros(()))
        return total, terms | self.watched()

    def terms(self, scene: Batch, single: Batch, rng: np.random.Generator) -> dict[str, Tensor]:
        """Return the loss terms of pictures of scenes and of single objects, which are told apart by the same texts."""
        assert single.focus is not None
        regions = [*scene.regions, *single.regions]
        drawn = draw_texts(regions, self.settings.concepts_per_region, self.settings.unknown_word, rng)
        shares, unknown = drawn.shares.to(self.device), drawn.unknown.to(self.device)
        with self.autocast():
            seen = [self.see(batch.images.to(self.device), batch.coverage.to(self.device)) for batch in (scene, single)]
            vectors = self.say([*drawn.texts, *scene.captions])
        spoken, captions = vectors[: len(drawn.texts)], vectors[len(drawn.texts) :]
        coverage = torch.block_diag(scene.coverage, single.coverage).to(self.device)
        covered = coverage.sum(dim=1, keepdim=True).clamp_min(1e-6)
        patch_shares = coverage @ shares / covered
        patch_unknown = ((coverage @ unknown.float()) > 0) & (patch_shares == 0)
        same = torch.tensor([[a == b for b in scene.captions] for a in scene.captions], device=self.device)
        focus = (single.focus + len(scene.regions)).to(self.device)
        sizes = coverage.sum(dim=0)
        return {
            "view": self.captioned(seen[0].summary, captions, same),
            "object": self.named(
                seen[1].summary,
                spoken,
                shares[focus],
                torch.ones(len(focus), device=self.device),
                unknown[focus],
                pictures=True,
            ),
            "region": self.named(
                torch.cat([seen[0].regions, seen[1].regions]),
                spoken,
                shares,
                sizes.sqrt(),
                unknown,
                pictures=False,
            ),
            "patch": self.named(
                torch.cat([seen[0].patches, seen[1].patches]),
                spoken,
                patch_shares,
                patch_weights(coverage),
                patch_unknown,
                pictures=False,
            ),
        }

    def validate(self) -> dict[str, Metric]:
        """Score the model on the first validation rooms."""
        rooms = validation_rooms(self.settings.pool, self.settings.validation_rooms)
        pictures, texts = self.encoder()
        return score_rooms(pictures, texts, rooms) | score_crops(pictures, texts, rooms)


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
