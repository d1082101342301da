"""`vantage pretrain room-dino`: learn from pictures of rooms alone, by self-distillation.

DINO on class tokens (Caron et al. 2021), iBOT on hidden patches (Zhou et al. 2022), and, since both large crops are cut
from one view, each patch against what the teacher sees at the same place of the other crop, in other colours and at
another scale. Sinkhorn balancing instead of a running centre, so that no state outlives a step but the teacher.
"""

import dataclasses
import math
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from vantage.encoders.room_vit import RoomVitEncoder, save_room_vit
from vantage.encoders.vit import VitSettings
from vantage.metrics import Metric
from vantage.pretraining.dino_loss import (
    balanced_targets,
    contrast_loss,
    distillation_loss,
    feature_spread,
    move_teacher,
    normalised_patches,
    spread_loss,
    used_prototypes,
)
from vantage.pretraining.dino_model import HeadSettings, SelfDistillation
from vantage.pretraining.multicrop import MultiCropSettings, cut, draw_masks, draw_windows, recolour, same_places
from vantage.pretraining.probing import probe_on_pool
from vantage.pretraining.training import Trainer, TrainingSettings
from vantage.pretraining.whitening import whiten_patches


@dataclasses.dataclass(frozen=True, kw_only=True)
class DinoWeights:
    """How much each term counts."""

    summary: float = 0.3
    """Class tokens across crops."""
    masked: float = 0.3
    """Hidden patches against the teacher, who sees them."""
    places: float = 0.3
    """Patches against the same place in the other crop."""
    spread: float = 0.1
    """KoLeo's, as in DINOv2."""
    contrast: float = 1.0
    """Patches against the same place in the other crop, told from other places: a signal from the first step on."""
    pixels: float = 1.0
    """Pixels of hidden patches: likewise. The teacher knows nothing in the first hundreds of steps."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class DinoSettings(TrainingSettings):
    """Everything that decides the trained weights."""

    learning_rate: float = 2e-3
    muon_rate: float = 4e-3
    """Twice the others' rates: with these and softer colours the contrast came to 4.6 in 90 steps, from 5.2."""
    crops: MultiCropSettings = dataclasses.field(default_factory=MultiCropSettings)
    weights: DinoWeights = dataclasses.field(default_factory=DinoWeights)
    vit: VitSettings = dataclasses.field(default_factory=VitSettings)
    heads: HeadSettings = dataclasses.field(default_factory=HeadSettings)
    whiten: bool = True
    """Begin with a whitening patch embedding."""
    contrast_pairs: int = 512
    """Matched patches drawn per step, each told from all the others."""
    student_temperature: float = 0.1
    """As in DINO."""
    teacher_temperature: float = 0.03
    """DINO's lies between 0.04 and 0.07; sharper, because cosines with few prototypes differ less."""
    momentum: float = 0.95
    """The teacher's first momentum, rising to 1 as a cosine; DINO's 0.996 is for runs a hundred times as long."""


class RoomDinoTrainer(Trainer[DinoSettings, SelfDistillation]):
    """The rule of one step of room-dino."""

    name = "room-dino"

    def build(self) -> SelfDistillation:
        """Return student and teacher, which begin alike and with a whitening patch embedding."""
        model = SelfDistillation(self.settings.vit, self.settings.heads)
        if self.settings.whiten:
            for vision in (model.student.vision, model.teacher.vision):
                whiten_patches(vision, self.rooms)
        return model

    def momentum(self) -> float:
        """Return the teacher's momentum at this step."""
        done = self.step_count / max(1, self.total_steps)
        return 1 - (1 - self.settings.momentum) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))

    def after_step(self) -> None:
        """Let the teacher follow."""
        move_teacher(self.model.teacher, self.model.student, self.momentum())

    def losses(self, rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the weighted loss and its terms; beside them what would show a collapse."""
        crops = self.settings.crops
        large, small, masks, places = self._draw(rng)
        teacher, student = self.model.teacher, self.model.student
        with self.autocast():
            with torch.no_grad():
                seen = teacher.vision(large)
                class_targets = balanced_targets(teacher.class_head(seen.summary)[0], self.settings.teacher_temperature)
                patch_logits, keys = (part.flatten(0, 2) for part in teacher.patch_head(seen.grid))
                patch_targets = balanced_targets(patch_logits, self.settings.teacher_temperature)
            tokens = student.vision.transform(self.model.masked_patches(large, masks))
            patches, queries = (part.flatten(0, 2) for part in student.patch_head(tokens.grid))
            named, _ = student.class_head(torch.cat([tokens.summary, student.vision(small).summary]))
            pixels = self.model.pixels(tokens.grid).flatten(0, 2)
        count = crops.views
        patch_losses = distillation_loss(patches, patch_targets, self.settings.student_temperature)
        hidden = masks.flatten().float()
        other = places.flatten()
        matched = distillation_loss(patches, patch_targets[other.clamp_min(0)], self.settings.student_temperature) * (
            other >= 0
        )
        true_pixels, deviations = (part.flatten(0, 1) for part in normalised_patches(large, self.settings.vit.patch))
        drawn = draw_pairs(other, deviations, self.settings.contrast_pairs, rng)
        pixel_errors = (pixels.float() - true_pixels).square().mean(dim=-1)
        terms = {
            "summary": self._summary_loss(named, class_targets, count),
            "masked": (patch_losses * hidden).sum() / hidden.sum().clamp_min(1),
            "places": matched.sum() / (other >= 0).sum().clamp_min(1),
            "spread": (spread_loss(tokens.summary[:count]) + spread_loss(tokens.summary[count:])) / 2,
            "contrast": contrast_loss(queries[drawn], keys[other[drawn]], self.settings.student_temperature),
            "pixels": (pixel_errors * hidden).sum() / hidden.sum().clamp_min(1),
        }
        weights = self.settings.weights
        total = sum((getattr(weights, name) * value for name, value in terms.items()), torch.zeros(()))
        watched = {
            "class_prototypes": used_prototypes(nn.functional.one_hot(class_targets.argmax(1)).float()),
            "patch_prototypes": used_prototypes(nn.functional.one_hot(patch_targets.argmax(1)).float()),
            "class_spread": feature_spread(seen.summary),
            "patch_spread": feature_spread(seen.grid.flatten(0, 2)),
        }
        return total, terms | watched

    def _summary_loss(self, named: Tensor, targets: Tensor, count: int) -> Tensor:
        """Return the mean cross-entropy of every crop against each large crop but itself."""
        total, pairs = torch.zeros((), device=named.device), 0
        for source in range(2):
            target = targets[source * count : (source + 1) * count]
            for crop in range(len(named) // count):
                if crop != source:
                    logits = named[crop * count : (crop + 1) * count]
                    total = total + distillation_loss(logits, target, self.settings.student_temperature).mean()
                    pairs += 1
        return total / pairs

    def _draw(self, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return large crops (first all first ones), small crops, masks, and each large patch's match in the other."""
        crops = self.settings.crops
        rooms = [self.rooms[int(rng.integers(len(self.rooms)))] for _ in range(crops.views)]
        pictures = np.stack([room.images[int(rng.integers(len(room.images)))] for room in rooms])
        images = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
        height, width = images.shape[-2:]
        side = crops.large[int(rng.integers(len(crops.large)))]
        limit = np.array([width, height])
        first = draw_windows(
            rng.random((crops.views, 2)) * limit, side, crops.large_zoom, crops.stretch, (width, height), rng
        )
        anchor = first.corners[:, :2] + first.corners[:, 2:] / 2

        def near() -> np.ndarray:
            return anchor + rng.uniform(-crops.shift, crops.shift, size=anchor.shape) * first.corners[:, 2:]

        second = draw_windows(near(), side, crops.large_zoom, crops.stretch, (width, height), rng)
        rest = [
            draw_windows(near(), crops.small, crops.small_zoom, crops.stretch, (width, height), rng)
            for _ in range(crops.small_crops)
        ]
        cells = side // self.settings.vit.patch
        large = recolour(torch.cat([cut(images, first, side), cut(images, second, side)]), crops, rng)
        small = recolour(torch.cat([cut(images, window, crops.small) for window in rest]), crops, rng)
        # Patches are numbered through the whole batch: the first crops' matches lie in the second half.
        forth, back = same_places(first, second, cells), same_places(second, first, cells)
        start = torch.arange(crops.views)[:, None] * cells * cells
        forth = torch.where(forth >= 0, forth + start + crops.views * cells * cells, -1)
        back = torch.where(back >= 0, back + start, -1)
        masks = draw_masks(2 * crops.views, cells, crops, rng)
        device = self.device
        return large.to(device), small.to(device), masks.to(device), torch.cat([forth, back]).to(device)

    def save(self, folder: Path) -> list[Path]:
        """Write the teacher's tower."""
        path = folder / f"{self.name}.safetensors"
        notes = {"seed": str(self.seed), "steps": str(self.total_steps)}
        save_room_vit(self.model.teacher.vision, path, name=self.name, notes=notes)
        return [path]

    def validate(self) -> dict[str, Metric]:
        """Fit linear heads on features of training rooms and measure them on validation rooms."""
        encoder = RoomVitEncoder(self.model.teacher.vision, name=self.name, source="in training", device=self.device)
        return probe_on_pool(encoder, self.rooms, self.settings.pool, self.settings.validation_rooms)


def draw_pairs(
    other: Int64[Tensor, " n"], deviations: Float[Tensor, " n"], count: int, rng: np.random.Generator
) -> Int64[Tensor, " m"]:
    """Draw patches that the other crop shows too, at most `count`, without repeats.

    A patch is drawn in proportion to its pixels' deviation, since half of a room is bare wall and no place on it can be
    told from another.
    """
    shown = np.flatnonzero((other >= 0).cpu().numpy())
    # 0.02 lets plain surfaces in now and then: five of 255 levels, about the rendering's own shading of a wall.
    weights = deviations.detach().float().cpu().numpy()[shown].astype(np.float64) + 0.02
    drawn = rng.choice(shown, size=min(count, len(shown)), replace=False, p=weights / weights.sum())
    return torch.from_numpy(drawn).to(other.device)
