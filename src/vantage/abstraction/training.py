"""Training of the 3D half: one loop for Semantic Abstraction and its rivals (section 6.4).

Every step draws from a generator of its own (seed, step), so that a resumed run sees the batches that the unbroken one
would have seen, and ends in the same bytes.
"""

import dataclasses
import math
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.abstraction.network import NetworkSettings, SemabsNetwork, Volumes, untrained_network
from vantage.abstraction.samples import ViewSample, load_samples
from vantage.abstraction.samples_pool import prepare_samples, sample_seeds, samples_path
from vantage.abstraction.samples_rooms import SampleSettings
from vantage.abstraction.training_batch import LEAST_POINTS, Batch, BatchSettings, make_batch
from vantage.errors import DataError, UsageError
from vantage.pretraining.checkpoints import TrainingState, load_checkpoint, save_checkpoint
from vantage.runs import RunFolder, graceful_interrupts, progress

LOG_EVERY = 10
"""Steps between lines of the log."""
SCALED_ROOMS = 32
"""Rooms whose relevancy is looked at for its spread: some 2000 maps."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CompletionTraining:
    """What decides the trained weights."""

    network: NetworkSettings = dataclasses.field(default_factory=NetworkSettings)
    samples: SampleSettings = dataclasses.field(default_factory=SampleSettings)
    batch: BatchSettings = dataclasses.field(default_factory=BatchSettings)
    rooms: int = 400
    first_room: int = 0
    validation_rooms: int = 10
    steps: int = 2800
    learning_rate: float = 2e-3
    """Of AdamW. The paper's 5e-4 is for 200 epochs; in some thousand steps more gets further: at 32^3 the completion's
    loss over steps 26 to 100 was 0.53 with 5e-4, 0.46 with 2e-3 and 0.46 with 5e-3."""
    weight_decay: float = 1e-5
    """Released code."""
    clip_norm: float = 2.0
    """Released code."""
    warmup: int = 50
    """Steps over which the rate rises at the very start; AdamW's second moments are guesses before."""
    cycles: int = 2
    """Cosine decays with warm restarts (section 6.4), each twice as long as the one before; the last ends the run."""
    bf16: bool = True
    """Run the U-Net in bfloat16 autocast (`benchmarks/completion.py`)."""
    checkpoint_seconds: float = 120.0

    def __post_init__(self) -> None:
        if min(self.steps, self.rooms, self.cycles, self.batch.views, self.batch.labels, self.batch.points) < 1:
            raise UsageError("steps, rooms, cycles, and the batch's views, labels and points must be at least 1")


def rate_share(step: int, settings: CompletionTraining) -> float:
    """Return the share of the learning rate at a step: warm-up, and cosines that restart, each twice as long."""
    parts = [2**k for k in range(settings.cycles)]
    ends = [round(settings.steps * sum(parts[: k + 1]) / sum(parts)) for k in range(settings.cycles)]
    start = 0
    for end in ends:
        if step < end:
            done = (step - start) / max(1, end - start)
            rise = min(1.0, (step + 1) / max(1, settings.warmup))
            return rise * 0.5 * (1 + math.cos(math.pi * done))
        start = end
    return 0.0


class Trainer:
    """Network, optimiser and the rule of one step."""

    def __init__(self, settings: CompletionTraining, files: Sequence[Path], *, seed: int, device: str = "cpu") -> None:
        """Prepare a training.

        Raises:
            UsageError: there is no file of samples.
            DataError: a file is damaged.
        """
        if not files:
            raise UsageError("no samples to train on")
        self.settings, self.files, self.seed, self.device = settings, list(files), seed, device
        self.network: SemabsNetwork = untrained_network(settings.network, seed=seed).to(device)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        self.step_count = 0
        self.scale = relevancy_scale(self.files[:SCALED_ROOMS])

    def step(self) -> dict[str, float]:
        """Take one step; return its losses.

        Raises:
            DataError: the loss is not finite, or a file of samples is damaged.
        """
        settings = self.settings
        rng = np.random.default_rng([self.seed, self.step_count])
        samples = draw_samples(self.files, settings.batch.views, settings.network.approach, rng)
        batch = make_batch(samples, settings.network, settings.batch, self.scale, rng)
        losses = self.losses(batch)
        total = torch.stack(list(losses.values())).sum()
        if not bool(torch.isfinite(total)):
            raise DataError(
                f"step {self.step_count}: the loss is {float(total.detach())}; lower the learning rate and resume"
            )
        self.network.zero_grad(set_to_none=True)
        total.backward()
        length = nn.utils.clip_grad_norm_(self.network.parameters(), settings.clip_norm)
        if not bool(torch.isfinite(length)):
            raise DataError(f"step {self.step_count}: the gradient is not finite; lower the learning rate and resume")
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate * rate_share(self.step_count, settings)
        self.optimizer.step()
        self.step_count += 1
        return {"loss": float(total.detach())} | {name: float(value.detach()) for name, value in losses.items()}

    def losses(self, batch: Batch) -> dict[str, Float[Tensor, ""]]:
        """Return the losses of a batch: completion and description, each binary cross-entropy in balance."""
        network, device = self.network, self.device
        network.train()
        with torch.autocast(device.split(":")[0], torch.bfloat16, enabled=self.settings.bf16):
            features = network.encode(batch.volumes.to(device))
        completed, found = batch_logits(network, features, batch)
        losses: dict[str, Tensor] = {}
        if len(completed):
            truth = batch.truth.to(device)
            losses["completion"] = nn.functional.binary_cross_entropy_with_logits(completed, truth)
        if len(found):
            truth = batch.described.truth.to(device)
            losses["description"] = nn.functional.binary_cross_entropy_with_logits(found, truth)
        return losses


def batch_logits(network: SemabsNetwork, features: Volumes, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return the logits of a batch's labels (k m) and of its descriptions (d m) at their points.

    Every volume is read once, at all its points: each reading's gradient is a whole volume.
    """
    asked, device = batch.described, features[0].device
    labels, wanted = batch.points.to(device), asked.points.to(device)
    requests = [(int(v), p) for v, p in zip(batch.volume, labels)] + [(int(v), p) for v, p in zip(asked.target, wanted)]
    semabs = network.settings.approach in ("semabs", "chefer")
    if semabs:
        requests += [(int(v), p) for v, p in zip(asked.reference, wanted)]
    local = _read_all(network, features, requests)
    of_labels, of_targets = local[: len(labels)], local[len(labels) : len(labels) + len(wanted)]
    if network.settings.approach == "semaware":
        vectors, sentences = batch.vectors.to(device), asked.vectors.to(device)
        return (
            network.align(of_labels, vectors[:, None])[:, 0],
            network.align(of_targets, sentences[:, None])[:, 0],
        )
    if not semabs:
        return network.occupancy(of_labels), network.occupancy(of_targets)
    of_references = local[len(labels) + len(wanted) :]
    return network.occupancy(of_labels), network.locate(of_targets, of_references, asked.relation.to(device))


def _read_all(
    network: SemabsNetwork, features: Volumes, requests: list[tuple[int, Float[Tensor, "m 3"]]]
) -> Float[Tensor, "r m d"]:
    """Read volumes at points, each volume once; rows come back in the requests' order."""
    by_volume: list[list[int]] = [[] for _ in range(len(features[0]))]
    for row, (volume, _) in enumerate(requests):
        by_volume[volume].append(row)
    most = max(len(rows) for rows in by_volume)
    # Volumes with fewer requests read their first points again, and nobody looks.
    padded = [(rows or [0]) + (rows or [0])[:1] * (most - max(1, len(rows))) for rows in by_volume]
    points = torch.stack([torch.cat([requests[row][1] for row in rows]) for rows in padded])
    local = network.read(features, points).unflatten(1, (most, -1))
    places = {row: (volume, k) for volume, rows in enumerate(by_volume) for k, row in enumerate(rows)}
    return torch.stack([local[places[row]] for row in range(len(requests))])


def draw_samples(files: Sequence[Path], count: int, approach: str, rng: np.random.Generator) -> list[ViewSample]:
    """Draw views; those that an approach has nothing to learn from are drawn again.

    Raises:
        DataError: there are none others, or a file is damaged.
    """
    found: list[ViewSample] = []
    # Nearly every view will do; where none does, the samples are of another world than ours.
    for _ in range(1000):
        samples = load_samples(files[int(rng.integers(len(files)))])
        sample = samples[int(rng.integers(len(samples)))]
        if sample.uniform >= LEAST_POINTS and (sample.descriptions or approach != "clipspatial"):
            found.append(sample)
        if len(found) == count:
            return found
    raise DataError(f"1000 views drawn from {len(files)} files hold nothing to learn from (such as {files[0]})")


def relevancy_scale(files: Sequence[Path]) -> float:
    """Return one over the standard deviation of the relevancy in some rooms, by which it is brought to size one.

    Magnitudes within and between maps stay as they are: they tell how sure the extractor is (section 6.1).
    """
    values = [sample.relevancy.astype(np.float64).ravel() for file in files for sample in load_samples(file)]
    spread = float(np.concatenate(values).std())
    return 1 / spread if spread > 0 else 1.0


def training_files(
    folder: Path, settings: CompletionTraining, *, workers: int = 1, quiet: bool = True
) -> tuple[list[Path], list[Path]]:
    """Make the samples that are missing; return the files of training and of validation rooms.

    Raises:
        UsageError: a seed is of another split.
    """
    seeds = sample_seeds(settings.first_room, settings.rooms, "train")
    judged = sample_seeds(800_000, settings.validation_rooms, "validation") if settings.validation_rooms else []
    lattice = dataclasses.replace(settings.samples, lattice=settings.network.grid)
    with progress("preparing rooms", len(seeds) + len(judged), quiet=quiet) as bar:
        for wanted, kind in ((seeds, settings.samples), (judged, lattice)):
            for _ in prepare_samples(folder, kind, wanted, workers=workers):
                bar.advance()
    return (
        [samples_path(folder, seed, settings.samples) for seed in seeds],
        [samples_path(folder, seed, lattice) for seed in judged],
    )


def fit(trainer: Trainer, run: RunFolder, *, quiet: bool = True) -> None:
    """Step until done, writing checkpoints; go on with the newest one where there is one.

    Raises:
        InterruptedRun: the run was interrupted; its state is saved.
    """
    settings = trainer.settings
    optimizers = {"adamw": trainer.optimizer}
    state = load_checkpoint(run.checkpoints, trainer.network, optimizers)
    spent = 0.0
    if state is not None:
        trainer.step_count, spent = state.step, state.seconds
    run.log("training", steps=settings.steps, from_step=trainer.step_count, scale=trainer.scale)
    start = saved = time.monotonic()

    def save() -> None:
        seconds = spent + time.monotonic() - start
        done = TrainingState(step=trainer.step_count, total_steps=settings.steps, seconds=seconds)
        save_checkpoint(run.checkpoints, trainer.network, optimizers, done)

    with graceful_interrupts() as interrupts, progress("training", settings.steps, quiet=quiet) as bar:
        if trainer.step_count:
            bar.advance(trainer.step_count)
        while trainer.step_count < settings.steps:
            losses = trainer.step()
            bar.advance(1, **losses)
            if trainer.step_count % LOG_EVERY == 0:
                rate = settings.learning_rate * rate_share(trainer.step_count - 1, settings)
                run.log("step", step=trainer.step_count, learning_rate=rate, **losses)
            if interrupts.requested:
                save()
                raise run.interrupted(f"stopped at step {trainer.step_count} of {settings.steps}")
            if time.monotonic() - saved >= settings.checkpoint_seconds:
                save()
                saved = time.monotonic()
    save()
