"""How the perception head learns: views of training rooms, their depth, and which pixels are of one instance."""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from vantage.dialogue.predicted_head import KINDS, SCALE, DensePrediction, PerceptionHead, RoomPerceiver, load_encoders
from vantage.pretraining.room_views import RoomViews


@dataclasses.dataclass(frozen=True, kw_only=True)
class HeadSettings:
    """Everything that decides the trained head."""

    epochs: int = 4
    batch: int = 4
    learning_rate: float = 2e-3
    """For AdamW; at 4e-3 the first hundred steps rose again."""
    boundary: float = 4.0
    """Weight of a pair of pixels that are two things; some one pair in fifteen is."""
    seed: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class HeadExamples:
    """Views with what the head should say of them."""

    tokens: Float[Tensor, "n d gh gw"]
    """Of both towers, float16."""
    images: Float[Tensor, "n 3 h w"]
    """Float16."""
    start: Float[Tensor, "n h w"]
    """room-vggt's depth, metres, float16."""
    depth: Float[Tensor, "n h2 w2"]
    """True z-depth in metres; 0 = none."""
    regions: Int64[Tensor, "n h2 w2"]
    """Instance numbers."""
    kinds: Int64[Tensor, "n h2 w2"]
    """Of `KINDS`; -1 where nothing is known."""


def kinds_of(room: RoomViews) -> np.ndarray:
    """Return by region number, 0 = none, the kind of each region."""
    numbers = [
        KINDS.index("thing") if region.category not in KINDS else KINDS.index(region.category) for region in room.table
    ]
    return np.array([-1, *numbers], dtype=np.int64)


def examples_of(perceiver: RoomPerceiver, room: RoomViews, views: Sequence[int]) -> HeadExamples:
    """Look at some views of a room with the frozen encoders.

    Args:
        perceiver: whose encoders look; its head is not asked.
        room: with truth.
        views: which.
    """
    chosen = list(views)
    images = torch.from_numpy(room.images[chosen]).permute(0, 3, 1, 2).float() / 255
    # Half precision halves the time; the towers themselves were trained in it.
    with torch.autocast("cpu", dtype=torch.bfloat16):
        tokens, start = perceiver.see(images)
    # The upper left pixel of each block of four: depth and numbers must not be mixed.
    regions = room.regions[chosen][:, ::SCALE, ::SCALE].astype(np.int64)
    depth = room.depth_mm[chosen][:, ::SCALE, ::SCALE].astype(np.float32) / 1000
    return HeadExamples(
        tokens=tokens.half(),
        images=images.half(),
        start=start.half(),
        depth=torch.from_numpy(depth),
        regions=torch.from_numpy(regions),
        kinds=torch.from_numpy(kinds_of(room)[regions]),
    )


def joined(parts: Sequence[HeadExamples]) -> HeadExamples:
    """Put examples behind each other."""
    names = [field.name for field in dataclasses.fields(HeadExamples)]
    return HeadExamples(**{name: torch.cat([getattr(part, name) for part in parts]) for name in names})


def head_losses(found: DensePrediction, examples: HeadExamples, boundary: float) -> dict[str, Tensor]:
    """Return the loss's terms: depth and its steps (logarithmic), joined pixels, kinds.

    Args:
        found: of the head.
        examples: the truth of the same views.
        boundary: weight of pairs that are not joined.
    """
    known = examples.depth > 0
    found = DensePrediction(log_depth=found.log_depth.float(), joined=found.joined.float(), kinds=found.kinds.float())
    true = examples.depth.clamp_min(1e-3).log()
    off = found.log_depth - true
    pairs = ((off[:, :, 1:] - off[:, :, :-1], known[:, :, 1:] & known[:, :, :-1]),
             (off[:, 1:] - off[:, :-1], known[:, 1:] & known[:, :-1]))  # fmt: skip
    steps = sum(((step.abs() * both).sum() / both.sum().clamp_min(1) for step, both in pairs), torch.zeros(()))
    same = (
        examples.regions[:, :, 1:] == examples.regions[:, :, :-1],
        examples.regions[:, 1:] == examples.regions[:, :-1],
    )
    logits = found.joined[:, 0, :, :-1], found.joined[:, 1, :-1]
    together = torch.zeros(())
    for truth, guess in zip(same, logits, strict=True):
        weight = torch.where(truth, 1.0, boundary)
        together = together + nn.functional.binary_cross_entropy_with_logits(guess, truth.float(), weight=weight)
    return {
        "depth": (off.abs() * known).sum() / known.sum().clamp_min(1),
        "steps": steps,
        "joined": together,
        "kinds": nn.functional.cross_entropy(found.kinds, examples.kinds, ignore_index=-1),
    }


def fit_head(examples: HeadExamples, settings: HeadSettings) -> Iterator[tuple[PerceptionHead, int, dict[str, float]]]:
    """Train a head; yield it after every step with the step's number and its losses.

    Args:
        examples: of training rooms.
        settings: of the training.
    """
    torch.manual_seed(settings.seed)
    head = PerceptionHead()
    count = len(examples.images)
    steps = settings.epochs * (count // settings.batch)
    optimizer = torch.optim.AdamW(head.parameters(), lr=settings.learning_rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=steps + 1, pct_start=0.1
    )
    names = [field.name for field in dataclasses.fields(HeadExamples)]
    order = torch.empty(0, dtype=torch.int64)
    for step in range(steps):
        if len(order) < settings.batch:
            order = torch.randperm(count)
        chosen, order = order[: settings.batch], order[settings.batch :]
        batch = HeadExamples(**{name: getattr(examples, name)[chosen] for name in names})
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = head(batch.tokens.float(), batch.images.float(), batch.start.float())
        terms = head_losses(found, batch, settings.boundary)
        loss = sum(terms.values(), torch.zeros(()))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        yield head, step, {name: float(term.detach()) for name, term in terms.items()}


def untrained_perceiver() -> RoomPerceiver:
    """Return the encoders with a head that has learned nothing: it repeats room-vggt's depth."""
    clip, vggt = load_encoders()
    return RoomPerceiver(clip=clip, vggt=vggt, head=PerceptionHead().eval())
