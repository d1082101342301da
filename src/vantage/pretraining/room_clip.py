"""`vantage pretrain room-clip`: train the embedded image-text encoder from scratch on rooms.

The run renders a pool of room views once (train seeds only), then passes over random crops of it. Every step draws
from a generator of its own (seed, step), so that a resumed run sees the batches the unbroken one would have seen.
"""

import dataclasses
import math
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vantage.devices import core_count, resolve_device
from vantage.encoders.room_clip import RoomClip, RoomClipEncoder, RoomClipSettings, save_room_clip
from vantage.encoders.text import Vocabulary
from vantage.errors import DataError, UsageError
from vantage.metrics import Metric
from vantage.pretraining.batches import Batch, CropSettings, make_batch
from vantage.pretraining.captions import all_words, match, phrase_of, sample_concepts
from vantage.pretraining.checkpoints import TrainingState, load_checkpoint, save_checkpoint
from vantage.pretraining.room_clip_loss import (
    LossWeights,
    mutual_information_loss,
    patch_weights,
    pooled_regions,
    view_loss,
)
from vantage.pretraining.room_clip_scores import score_rooms
from vantage.pretraining.room_views import (
    PoolSettings,
    RoomViews,
    load_room_views,
    pool_path,
    pool_seeds,
    render_pool,
    render_room,
)
from vantage.rooms import VALIDATION_SEEDS
from vantage.runs import RunFolder, graceful_interrupts, progress

MAX_SCALE = math.log(100.0)
"""Upper bound of the learned log inverse temperature (Radford et al. 2021, section 2.5)."""
WEIGHTS_NAME = "room-clip.safetensors"


@dataclasses.dataclass(frozen=True, kw_only=True)
class PretrainingSettings:
    """Everything that decides the trained weights."""

    pool: PoolSettings = dataclasses.field(default_factory=PoolSettings)
    crops: CropSettings = dataclasses.field(default_factory=CropSettings)
    weights: LossWeights = dataclasses.field(default_factory=LossWeights)
    model: RoomClipSettings = dataclasses.field(default_factory=RoomClipSettings)
    steps: int | None = None
    """Optimiser steps; None = as many as fit `minutes`, which no other run will repeat exactly."""
    minutes: float = 40.0
    """Training time after the pool is rendered, where `steps` is None; planned again at every checkpoint."""
    learning_rate: float = 1e-3
    """Peak of AdamW's cosine schedule (embeddings, heads, norms, biases)."""
    muon_rate: float = 2e-3
    """Peak for the matrices of the transformer blocks, which Muon trains (Jordan et al. 2024), in AdamW's units. In a
    pilot of 100 equal steps the region loss came to 1.78 with Muon and 2.14 with AdamW alone."""
    weight_decay: float = 0.05
    warmup: float = 0.05
    """Share of the steps over which the learning rate rises."""
    clip_norm: float = 1.0
    concepts_per_region: int = 2
    """Texts drawn per region and batch."""
    unknown_word: float = 0.05
    """How often a word that is in no vocabulary is slipped into a text, so that unknown words do little harm."""
    validation_rooms: int = 10
    checkpoint_seconds: float = 120.0
    bf16: bool = True
    """Train in bfloat16 autocast: 1.4x faster on CPUs with avx512_bf16 (measured at 96 and 128 pixels)."""


def pretrain(
    run: RunFolder,
    settings: PretrainingSettings,
    *,
    pool_folder: Path | None = None,
    workers: int | None = None,
    device: str = "auto",
    quiet: bool = False,
) -> tuple[Path, dict[str, Metric]]:
    """Render the pool, train, validate, and write the weights into the run folder.

    Args:
        run: an open run folder; a checkpoint in it is gone on with.
        settings: what to train.
        pool_folder: where the rendered views lie (may be shared between runs); the run folder's `pool` by default.
        workers: rendering processes; all cores by default.
        device: where to train.
        quiet: show no progress.

    Returns:
        Where the weights are, and the metrics on validation rooms.

    Raises:
        UsageError: a pool seed is no training seed.
        InterruptedRun: the run was interrupted; its state is saved.
    """
    folder = pool_folder or run.artifact("pool")
    seeds = pool_seeds(settings.pool)
    start = time.monotonic()
    with progress("rendering rooms", len(seeds), quiet=quiet) as bar:
        for _ in render_pool(folder, settings.pool, seeds, workers=core_count() if workers is None else workers):
            bar.advance()
    rooms = [load_room_views(pool_path(folder, seed, settings.pool)) for seed in seeds]
    run.log("pool", rooms=len(rooms), views=sum(len(room.images) for room in rooms), seconds=time.monotonic() - start)
    trainer = Trainer(settings, rooms, seed=run.seed, device=resolve_device(device))
    _fit(trainer, run, quiet=quiet)
    weights = run.artifact(WEIGHTS_NAME)
    save_room_clip(trainer.model, weights, notes={"seed": str(run.seed), "steps": str(trainer.total_steps)})
    metrics = validate(trainer.model, settings)
    run.log("validated", **{name: metric.value for name, metric in metrics.items()})
    return weights, metrics


def validate(model: RoomClip, settings: PretrainingSettings) -> dict[str, Metric]:
    """Score the model on the first validation rooms."""
    first = VALIDATION_SEEDS.start
    rooms = [render_room(seed, settings.pool) for seed in range(first, first + settings.validation_rooms)]
    training = model.training
    encoder = RoomClipEncoder(model, source="in training", device=str(model.log_scale_view.device))
    metrics = score_rooms(encoder, encoder, rooms)
    model.train(training)
    return metrics


class Trainer:
    """Model, optimiser and the rule of one step."""

    def __init__(self, settings: PretrainingSettings, rooms: Sequence[RoomViews], *, seed: int, device: str) -> None:
        if not rooms:
            raise UsageError("training needs at least one room; the pool is empty")
        self.settings, self.rooms, self.seed, self.device = settings, rooms, seed, device
        regions = [region for room in rooms for region in room.table]
        texts = all_words(regions) + [caption for room in rooms for caption in room.captions]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = RoomClip(Vocabulary.of_texts(texts), settings.model).to(device)
        self.optimizers = make_optimizers(self.model, settings)
        self.step_count = 0
        self.total_steps = settings.steps or 0

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
        patch = self.settings.model.vit.patch
        batch = make_batch(self.rooms, self.settings.crops, patch=patch, rng=rng)
        self.model.train()
        losses = self.losses(batch, rng)
        weights = self.settings.weights
        total = weights.view * losses["view"] + weights.region * losses["region"] + weights.patch * losses["patch"]
        if not bool(torch.isfinite(total)):
            found = float(total.detach())
            raise DataError(f"step {self.step_count}: the loss is {found}; lower the learning rate and resume")
        self.model.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip_norm)
        for name, peak in (("adamw", self.settings.learning_rate), ("muon", self.settings.muon_rate)):
            for group in self.optimizers[name].param_groups:
                group["lr"] = peak * self.schedule(self.step_count)
            self.optimizers[name].step()
        with torch.no_grad():
            self.model.log_scale_view.clamp_(0, MAX_SCALE)
            self.model.log_scale_patch.clamp_(0, MAX_SCALE)
        self.step_count += 1
        return {"loss": float(total.detach())} | {name: float(value.detach()) for name, value in losses.items()}

    def losses(self, batch: Batch, rng: np.random.Generator) -> dict[str, Tensor]:
        """Return the three loss terms of a batch."""
        regions = list(batch.regions)
        concepts = sample_concepts(regions, self.settings.concepts_per_region, rng)
        texts = [self._slip_in(phrase_of(concept, rng), rng) for concept in concepts]
        shares_np, unknown_np = match(regions, concepts)
        shares = torch.from_numpy(shares_np).float().to(self.device)
        unknown = torch.from_numpy(unknown_np).to(self.device)
        coverage = batch.coverage.to(self.device)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16, enabled=self.settings.bf16):
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

    def _slip_in(self, text: str, rng: np.random.Generator) -> str:
        """Now and then put an unknown word into the text."""
        if rng.random() >= self.settings.unknown_word:
            return text
        words = text.split()
        words.insert(int(rng.integers(len(words) + 1)), "xyzzy")
        return " ".join(words)


def make_optimizers(model: RoomClip, settings: PretrainingSettings) -> dict[str, torch.optim.Optimizer]:
    """Return Muon for the matrices of the transformer blocks and AdamW for everything else."""
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and ".blocks." in name]
    others = [p for name, p in model.named_parameters() if not (p.ndim == 2 and ".blocks." in name)]
    groups = [
        {"params": [p for p in others if p.ndim >= 2], "weight_decay": settings.weight_decay},
        {"params": [p for p in others if p.ndim < 2], "weight_decay": 0.0},
    ]
    return {
        # 0.98 instead of 0.999: CLIP's choice for ViTs (Radford et al. 2021, table 18).
        "adamw": torch.optim.AdamW(groups, lr=settings.learning_rate, betas=(0.9, 0.98)),
        "muon": torch.optim.Muon(
            matrices, lr=settings.muon_rate, weight_decay=settings.weight_decay, adjust_lr_fn="match_rms_adamw"
        ),
    }


def _fit(trainer: Trainer, run: RunFolder, *, quiet: bool) -> None:
    """Step until done, writing checkpoints; go on with the newest one where there is one."""
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
            if trainer.step_count % 10 == 0:
                rate = settings.learning_rate * trainer.schedule(trainer.step_count - 1)
                scale = float(trainer.model.log_scale_patch.detach().exp())
                run.log("step", step=trainer.step_count, learning_rate=rate, scale=scale, **losses)
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


def _steps_that_fit(trainer: Trainer, seconds: float, *, trial: int = 8) -> int:
    """Measure a few steps on a throw-away copy of the training and return how many fit into the time."""
    probe = Trainer(
        dataclasses.replace(trainer.settings, steps=trial), trainer.rooms, seed=trainer.seed, device=trainer.device
    )
    probe.step()
    start = time.monotonic()
    for _ in range(trial):
        probe.step()
    return max(trial, round(seconds / ((time.monotonic() - start) / trial)))
