"""`vantage pretrain room-dust3r`: fine-tune `room-dino` lightly on point maps of two views.

DUSt3R's task (Wang et al. 2024, section 3): both views' points in the first one's frame, each pair's scale divided out,
errors weighed by confidence. Light means few steps at a low rate for the encoder: its features are to keep what they
knew.
"""

import dataclasses
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vantage.encoders.room_dust3r import NAME, DecoderSettings, RoomDust3r, save_decoder
from vantage.encoders.room_vit import RoomVitEncoder, save_room_vit
from vantage.metrics import Metric
from vantage.pretraining.geometric_base import GeometricSettings, load_base, pool_overlaps
from vantage.pretraining.geometry_loss import confidence_loss, normalise_scale, point_errors
from vantage.pretraining.probing import probe_on_pool
from vantage.pretraining.training import Trainer
from vantage.pretraining.view_sets import ViewSets, ViewSetSettings, make_view_sets


@dataclasses.dataclass(frozen=True, kw_only=True)
class Dust3rSettings(GeometricSettings):
    """Everything that decides the trained weights."""

    minutes: float = 10.0
    """A quarter of room-vggt's: the light fine-tuning of the two."""
    encoder_rate: float = 0.1
    """The encoder moves at a tenth of the fresh decoder's rate, which is a tenth of what room-dino learned at."""
    sets: ViewSetSettings = dataclasses.field(default_factory=ViewSetSettings)
    decoder: DecoderSettings = dataclasses.field(default_factory=DecoderSettings)


class RoomDust3rTrainer(Trainer[Dust3rSettings, RoomDust3r]):
    """The rule of one step of room-dust3r."""

    name = NAME

    def build(self) -> RoomDust3r:
        """Return the fine-tuned encoder's beginning and a fresh decoder."""
        self.shares = pool_overlaps(self.rooms)
        return RoomDust3r(load_base(self.settings), self.settings.decoder)

    def losses(self, rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the confidence loss of both views, each view's mean error, and the mean confidence."""
        patch = self.model.vision.settings.patch
        batch = make_view_sets(self.rooms, self.shares, self.settings.sets, patch=patch, rng=rng)
        return self.losses_of(batch)

    def losses_of(self, batch: ViewSets) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the losses of a batch."""
        images = batch.images.to(self.device)
        with self.autocast():
            output = self.model(images[:, 0], images[:, 1])
        valid = batch.depth.to(self.device)[:, :2] > 0
        truth, _ = normalise_scale(batch.points.to(self.device)[:, :2], valid)
        found, _ = normalise_scale(torch.stack(output.points, dim=1), valid)
        confidence = torch.stack(output.confidence, dim=1)
        errors = point_errors(found, truth)
        loss = confidence_loss(errors, confidence, valid)
        first, second = ((errors[:, k] * valid[:, k]).sum() / valid[:, k].sum().clamp_min(1) for k in range(2))
        return loss, {"points": loss, "first_error": first, "second_error": second, "confidence": confidence.mean()}

    def save(self, folder: Path) -> list[Path]:
        """Write the encoder, and beside it the decoder."""
        encoder, decoder = folder / f"{NAME}.safetensors", folder / f"{NAME}-decoder.safetensors"
        notes = {"seed": str(self.seed), "steps": str(self.total_steps)}
        save_room_vit(self.model.vision, encoder, name=NAME, notes=notes)
        save_decoder(self.model.decoder, decoder)
        return [encoder, decoder]

    def validate(self) -> dict[str, Metric]:
        """Fit linear heads on features of training rooms and measure them on validation rooms."""
        encoder = RoomVitEncoder(self.model.vision, name=NAME, source="in training", device=self.device)
        return probe_on_pool(encoder, self.rooms, self.settings.pool, self.settings.validation_rooms)
