"""`vantage pretrain room-vggt`: fine-tune `room-dino` long on depth, point maps and cameras of several views.

VGGT's task and losses (Wang et al. 2025, section 3.4), with one difference: rooms have a true size, so nothing is
divided by the scene's scale and the model learns metres.
"""

import dataclasses
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vantage.encoders.room_vggt import NAME, RoomVggt
from vantage.encoders.room_vit import RoomVitEncoder, save_room_vit
from vantage.metrics import Metric
from vantage.pretraining.geometric_base import GeometricSettings, load_base, pool_overlaps
from vantage.pretraining.geometry_loss import (
    camera_loss,
    camera_numbers,
    confidence_loss,
    gradient_errors,
    point_errors,
)
from vantage.pretraining.probing import probe_on_pool
from vantage.pretraining.training import Trainer
from vantage.pretraining.view_sets import ViewSets, ViewSetSettings, make_view_sets


@dataclasses.dataclass(frozen=True, kw_only=True)
class GeometryWeights:
    """How much each term counts."""

    depth: float = 1.0
    points: float = 1.0
    camera: float = 5.0
    """Cameras are few numbers beside many pixels; VGGT's released configuration takes 5 as well."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class VggtSettings(GeometricSettings):
    """Everything that decides the trained weights."""

    learning_rate: float = 1e-3
    muon_rate: float = 2e-3
    """As room-dino's own: what it knew is not spared."""
    sets: ViewSetSettings = dataclasses.field(default_factory=lambda: ViewSetSettings(views=(1, 2, 3, 4)))
    """Now and then a single view, as VGGT: encoders are asked about one picture at a time."""
    weights: GeometryWeights = dataclasses.field(default_factory=GeometryWeights)


class RoomVggtTrainer(Trainer[VggtSettings, RoomVggt]):
    """The rule of one step of room-vggt."""

    name = NAME

    def build(self) -> RoomVggt:
        """Return the tower to begin with and fresh heads."""
        self.shares = pool_overlaps(self.rooms)
        return RoomVggt(load_base(self.settings))

    def losses(self, rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the weighted loss, its terms, and the mean errors in metres."""
        patch = self.model.vision.settings.patch
        batch = make_view_sets(self.rooms, self.shares, self.settings.sets, patch=patch, rng=rng)
        return self.losses_of(batch)

    def losses_of(self, batch: ViewSets) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the losses of a batch."""
        with self.autocast():
            output = self.model(batch.images.to(self.device))
        depth, points = batch.depth.to(self.device), batch.points.to(self.device)
        valid = depth > 0
        off = (output.depth - depth).abs()
        steps = gradient_errors(output.depth, depth, valid)
        apart = point_errors(output.points, points)
        cameras = camera_numbers(batch.camera_from_first, batch.fields_of_view).to(self.device)
        terms = {
            "depth": confidence_loss(off + steps, output.depth_confidence, valid),
            "points": confidence_loss(apart, output.point_confidence, valid),
            "camera": camera_loss(output.cameras, cameras),
        }
        weights = self.settings.weights
        total = sum((getattr(weights, name) * value for name, value in terms.items()), torch.zeros(()))
        seen = valid.sum().clamp_min(1)
        watched = {"depth_error_m": (off * valid).sum() / seen, "point_error_m": (apart * valid).sum() / seen}
        return total, terms | watched

    def save(self, folder: Path) -> list[Path]:
        """Write tower and heads."""
        path = folder / f"{NAME}.safetensors"
        notes = {"seed": str(self.seed), "steps": str(self.total_steps)}
        save_room_vit(self.model.vision, path, name=NAME, extra=self.model.heads, notes=notes)
        return [path]

    def validate(self) -> dict[str, Metric]:
        """Fit linear heads on features of training rooms and measure them on validation rooms."""
        encoder = RoomVitEncoder(self.model.vision, name=NAME, source="in training", device=self.device)
        return probe_on_pool(encoder, self.rooms, self.settings.pool, self.settings.validation_rooms)
