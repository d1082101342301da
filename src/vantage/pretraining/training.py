"""What every training of an embedded encoder shares: settings, the rule of a step, checkpoints, time planning.

Every step draws from a generator of its own (seed, step), so that a resumed run sees the batches that the unbroken one
would have seen, and ends in the same bytes.
"""

import abc
import dataclasses
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from vantage.errors import DataError, UsageError
from vantage.metrics import Metric
from vantage.pretraining.checkpoints import TrainingState, load_checkpoint, save_checkpoint
from vantage.pretraining.room_views import PoolSettings, RoomViews
from vantage.runs import RunFolder, graceful_interrupts, progress

LOG_EVERY = 10
"""Steps between lines of the log: some 150 points on the curve of a run of 40 minutes."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """What decides the trained weights, whichever the encoder."""

    pool: PoolSettings = dataclasses.field(default_factory=PoolSettings)
    steps: int | None = None
    """Optimiser steps; None = as many as fit `minutes`, which no other run will repeat exactly."""
    minutes: float = 40.0
    """Training time after the pool is rendered, where `steps` is None; planned again at every checkpoint."""
    learning_rate: float = 1e-3
    """Peak of AdamW's cosine schedule (embeddings, heads, norms, biases)."""
    muon_rate: float = 2e-3
    """Peak for the matrices of the transformer blocks, which Muon trains (Jordan et al. 2024), in AdamW's units. In a
    pilot of 100 equal steps of room-clip the region loss came to 1.78 with Muon and 2.14 with AdamW alone."""
    encoder_rate: float = 1.0
    """Rate of the image tower over that of all other parts: below 1 where fine-tuning is to be light."""
    weight_decay: float = 0.05
    warmup: float = 0.05
    """Share of the steps over which the learning rate rises."""
    clip_norm: float = 1.0
    validation_rooms: int = 10
    checkpoint_seconds: float = 120.0
    bf16: bool = True
    """Train in bfloat16 autocast: 1.4x faster on CPUs with avx512_bf16 (measured at 96 and 128 pixels)."""


SettingsT = TypeVar("SettingsT", bound=TrainingSettings)
ModelT = TypeVar("ModelT", bound=nn.Module)


class Trainer(abc.ABC, Generic[SettingsT, ModelT]):
    """Model, optimisers and the rule of one step; each encoder says how its model is built and what its losses are."""

    settings: SettingsT
    model: ModelT
    name: str
    """The encoder's name, and that of its weights' file."""

    def __init__(self, settings: SettingsT, rooms: Sequence[RoomViews], *, seed: int, device: str) -> None:
        if not rooms:
            raise UsageError("training needs at least one room; the pool is empty")
        self.settings, self.rooms, self.seed, self.device = settings, rooms, seed, device
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = self.build().to(device)
        self.optimizers = make_optimizers(self.model, settings)
        self.step_count = 0
        self.total_steps = settings.steps or 0

    @abc.abstractmethod
    def build(self) -> ModelT:
        """Return the model; torch's generator is seeded for it."""

    @abc.abstractmethod
    def losses(self, rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Draw a batch; return the loss to go down, and the terms and watched values to log."""

    @abc.abstractmethod
    def save(self, folder: Path) -> list[Path]:
        """Write the weights to ship into the folder, the encoder's own first."""

    @abc.abstractmethod
    def validate(self) -> dict[str, Metric]:
        """Measure the model on validation rooms."""

    def after_step(self) -> None:
        """Do what follows each optimiser step, such as moving a teacher."""
        return

    def autocast(self) -> torch.autocast:
        """Return the context of the forward pass."""
        return torch.autocast(self.device.split(":")[0], torch.bfloat16, enabled=self.settings.bf16)

    def schedule(self, step: int) -> float:
        """Return the share of the peak rate at a step: linear warm-up, then cosine to zero."""
        warm = max(1, round(self.settings.warmup * self.total_steps))
        if step < warm:
            return (step + 1) / warm
        done = (step - warm) / max(1, self.total_steps - warm)
        return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))

    def step(self) -> dict[str, float]:
        """Take one optimiser step; return its losses.

        Raises:
            DataError: the loss is not finite.
        """
        rng = np.random.default_rng([self.seed, self.step_count])
        self.model.train()
        total, terms = self.losses(rng)
        if not bool(torch.isfinite(total)):
            found = float(total.detach())
            raise DataError(f"step {self.step_count}: the loss is {found}; lower the learning rate and resume")
        self.model.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(trained_parameters(self.model).values(), self.settings.clip_norm)
        for name, peak in (("adamw", self.settings.learning_rate), ("muon", self.settings.muon_rate)):
            for group in self.optimizers[name].param_groups:
                group["lr"] = peak * self.schedule(self.step_count) * group["share"]
            self.optimizers[name].step()
        with torch.no_grad():
            self.after_step()
        self.step_count += 1
        return {"loss": float(total.detach())} | {name: float(value.detach()) for name, value in terms.items()}


def trained_parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    """Return the parameters that learn, by name."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def make_optimizers(model: nn.Module, settings: TrainingSettings) -> dict[str, torch.optim.Optimizer]:
    """Return Muon for the matrices of the transformer blocks and AdamW for everything else."""
    matrices: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for tower, share in ((True, settings.encoder_rate), (False, 1.0)):
        own = {name: p for name, p in trained_parameters(model).items() if name.startswith("vision.") == tower}
        blocks = [p for name, p in own.items() if p.ndim == 2 and ".blocks." in name]
        rest = [p for name, p in own.items() if not (p.ndim == 2 and ".blocks." in name)]
        matrices.append({"params": blocks, "share": share})
        for wide in (True, False):
            decay = settings.weight_decay if wide else 0.0
            params = [p for p in rest if (p.ndim >= 2) == wide]
            others.append({"params": params, "share": share, "weight_decay": decay})
    return {
        # 0.98 instead of 0.999: CLIP's choice for ViTs (Radford et al. 2021, table 18).
        "adamw": torch.optim.AdamW([g for g in others if g["params"]], lr=settings.learning_rate, betas=(0.9, 0.98)),
        "muon": torch.optim.Muon(
            [g for g in matrices if g["params"]],
            lr=settings.muon_rate,
            weight_decay=settings.weight_decay,
            adjust_lr_fn="match_rms_adamw",
        ),
    }


def fit(trainer: Trainer[Any, Any], run: RunFolder, *, quiet: bool) -> None:
    """Step until done, writing checkpoints; go on with the newest one where there is one.

    Raises:
        InterruptedRun: the run was interrupted; its state is saved.
    """
    settings = trainer.settings
    state = load_checkpoint(run.checkpoints, trainer.model, trainer.optimizers)
    spent = 0.0
    if state is not None:
        trainer.step_count, trainer.total_steps, spent = state.step, state.total_steps, state.seconds
    elif settings.steps is None:
        trainer.total_steps = _steps_that_fit(trainer, settings.minutes * 60)
    run.log("training", steps=trainer.total_steps, from_step=trainer.step_count)
    start = saved = time.monotonic()
    first = trainer.step_count

    def save() -> None:
        seconds = spent + time.monotonic() - start
        state = TrainingState(step=trainer.step_count, total_steps=trainer.total_steps, seconds=seconds)
        save_checkpoint(run.checkpoints, trainer.model, trainer.optimizers, state)

    with graceful_interrupts() as interrupts, progress("training", trainer.total_steps, quiet=quiet) as bar:
        if trainer.step_count:
            bar.advance(trainer.step_count)
        while trainer.step_count < trainer.total_steps:
            losses = trainer.step()
            bar.advance(1, **losses)
            if trainer.step_count % LOG_EVERY == 0:
                rate = settings.learning_rate * trainer.schedule(trainer.step_count - 1)
                run.log("step", step=trainer.step_count, learning_rate=rate, **losses)
            if interrupts.requested:
                save()
                raise run.interrupted(f"stopped at step {trainer.step_count} of {trainer.total_steps}")
            if time.monotonic() - saved >= settings.checkpoint_seconds:
                if settings.steps is None:
                    # On a machine that others use too the first measurement may be far off: plan again.
                    elapsed = time.monotonic() - start
                    left = max(0.0, settings.minutes * 60 - spent - elapsed)
                    per_step = elapsed / (trainer.step_count - first)
                    trainer.total_steps = trainer.step_count + round(left / per_step)
                    bar.total = trainer.total_steps
                    run.log("planned", steps=trainer.total_steps, seconds_per_step=per_step)
                save()
                saved = time.monotonic()
    save()


def _steps_that_fit(trainer: Trainer[Any, Any], seconds: float, *, trial: int = 8) -> int:
    """Measure a few steps on a throw-away copy of the training and return how many fit into the time."""
    settings = dataclasses.replace(trainer.settings, steps=trial)
    probe = type(trainer)(settings, trainer.rooms, seed=trainer.seed, device=trainer.device)
    probe.step()
    start = time.monotonic()
    for _ in range(trial):
        probe.step()
    return max(trial, round(seconds / ((time.monotonic() - start) / trial)))
