"""Distillation: train a field and its semantic field together from posed images and their features.

One step lets the field look at photographs (`FieldTrainer`), takes the surface points that it shows at some pixels
(detached: features never move geometry) and compares the semantic field there with the encoders' features. All
randomness of a step comes from (seed, step), so a resumed run repeats the unbroken one exactly.
"""

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from vantage.captures import Capture
from vantage.errors import DataError, VantageError
from vantage.fields.distill_settings import DistillSettings
from vantage.fields.distilled_scene import DistilledScene, SceneCamera
from vantage.fields.field_trainer import FieldTrainer, part_of
from vantage.fields.gaussian_training import GaussianTrainer
from vantage.fields.gaussians import GaussianField
from vantage.fields.nerf.field import NerfField
from vantage.fields.nerf.training import NerfTrainer
from vantage.fields.quality.plateau import PlateauWatch, set_apart
from vantage.fields.semantic_training import SemanticTrainer
from vantage.fields.semantics import Semantics
from vantage.fields.training_views import FeatureSequence, TrainingViews

# Steps with a loss that is not finite are skipped; this many in a row mean that the field diverged for good.
MAX_BAD_STEPS = 10


class Distiller:
    """The state of a distillation, which can be stepped, saved and restored."""

    def __init__(
        self,
        capture: Capture,
        targets: Mapping[str, FeatureSequence],
        settings: DistillSettings | None = None,
        *,
        device: str | torch.device = "cpu",
    ) -> None:
        """Start from a capture and, per encoder, the features of each of its views (in the capture's order).

        Everything random is drawn on the CPU, so that a seed means the same on any `device`.
        """
        self.settings = settings or DistillSettings()
        plateau, apart = self.settings.quality.plateau, ()
        if plateau is not None:
            capture, apart = set_apart(capture, plateau)
        self.views = TrainingViews(capture, device=device)
        self.plateau = PlateauWatch(plateau, self.views, apart) if plateau is not None else None
        if not capture.train_indices:
            raise DataError(f"capture {capture.name!r} has no training views; hold out fewer of its {len(capture)}")
        self.train_indices = capture.train_indices
        self.step = 0
        self.bad_steps = 0
        self.trainer = _trainer(capture, self.views, self.settings)
        self.features = SemanticTrainer(targets, self.views, self.trainer, self.settings)

    @property
    def field(self) -> GaussianField | NerfField:
        """The field as trained so far."""
        return self.trainer.field

    @property
    def semantics(self) -> Semantics:
        """The features as trained so far."""
        return self.features.semantics

    def train_step(self) -> dict[str, float]:
        """Take one step; return its losses.

        Raises:
            VantageError: the loss was not finite for many steps in a row.
        """
        self.features.set_rates(min(1.0, self.step / max(1, self.settings.steps)))
        generator = torch.Generator().manual_seed((self.settings.seed << 32) + self.step)
        seen = self.trainer.look(self.step, generator)
        semantic_total = self.features.loss(seen.surfaces)
        total = seen.loss + semantic_total
        if not math.isfinite(float(total.detach())):
            self._count_bad_step(seen.loss, semantic_total)
            return {"loss": float("inf")}
        self.bad_steps = 0
        self.trainer.zero_grad()
        self.features.adam.zero_grad(set_to_none=True)
        total.backward()
        self.trainer.update(self.step, generator)
        self.features.adam.step()
        self.step += 1
        losses = {
            "loss": float(total.detach()),
            "color": float(seen.loss.detach()),
            "semantic": float(semantic_total.detach()),
        }
        found = self.plateau.look(self.step, self.field) if self.plateau is not None else None
        return losses | seen.parts | ({} if found is None else {"psnr_db_apart": found})

    def _count_bad_step(self, color_loss: Tensor, semantic_total: Tensor) -> None:
        self.bad_steps += 1
        if self.bad_steps >= MAX_BAD_STEPS:
            culprit = next(
                (n for module in [*self.trainer.modules().values(), self.features.semantics]
                 for n, p in module.named_parameters() if not bool(torch.isfinite(p).all())), "no parameter",
            )  # fmt: skip
            raise VantageError(
                f"step {self.step}: the loss was not finite for {MAX_BAD_STEPS} steps "
                f"(colour {float(color_loss.detach())}, semantic {float(semantic_total.detach())}); "
                f"{culprit} is not finite. "
                "Resume from the last checkpoint with lower rates."
            )
        self.step += 1

    def scene(self, fingerprints: Mapping[str, str] | None = None) -> DistilledScene:
        """Return the scene as trained so far, on the CPU; `fingerprints` are those of the distilled encoders."""
        capture = self.views.capture
        held_out = set(capture.test_indices)
        return DistilledScene(
            name=capture.name,
            field=self.field,
            semantics=self.semantics,
            fingerprints=dict(fingerprints or {}),
            cameras=tuple(
                SceneCamera(
                    name=source.name,
                    camera=source.camera,
                    world_from_camera=source.world_from_camera,
                    held_out=index in held_out,
                )
                for index, source in enumerate(capture.sources)
            ),
            metric=capture.metric,
        ).cpu()

    def state_tensors(self) -> dict[str, Tensor]:
        """Return everything a resumed run needs, by name, on the CPU."""
        tensors = self.trainer.state_tensors() | self.features.state_tensors()
        if self.plateau is not None:
            tensors |= {f"plateau.{n}": t for n, t in self.plateau.state_tensors().items()}
        return {name: tensor.detach().to("cpu", copy=True) for name, tensor in tensors.items()}

    def load_state_tensors(self, tensors: Mapping[str, Tensor], step: int) -> None:
        """Restore what `state_tensors` returned after `step` steps, on whichever device."""
        tensors = {name: tensor.to(self.views.device) for name, tensor in tensors.items()}
        self.trainer.load_state_tensors(tensors)
        self.features.load_state_tensors(tensors)
        if self.plateau is not None:
            self.plateau.load_state_tensors(part_of(tensors, "plateau."))
        self.step = step

    def train(
        self, *, after_step: Callable[[dict[str, float]], None], stop: Callable[[], bool] = lambda: False
    ) -> bool:
        """Train to the end, calling `after_step` with each step's losses; return False when `stop` asked to leave.

        The end is the last step, or a plateau where the settings say to stop there.
        """
        while self.step < self.settings.steps and not (self.plateau is not None and self.plateau.over):
            after_step(self.train_step())
            if stop():
                return False
        return True


def _trainer(capture: Capture, views: TrainingViews, settings: DistillSettings) -> FieldTrainer:
    """Return the trainer for the kind of field that the settings name."""
    if settings.field == "nerf":
        return NerfTrainer(capture, views, settings)
    return GaussianTrainer(capture, views, settings)
