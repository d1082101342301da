"""What one training step reads: volumes of views and labels, query points drawn in balance, and their truth."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, Int64
from torch import Tensor

from vantage.abstraction.augmentation import MIRRORED, STILL, AugmentSettings, Motion, draw_motion
from vantage.abstraction.network import RELATIONS, NetworkSettings
from vantage.abstraction.points import MARGIN, input_volumes, label_features
from vantage.abstraction.samples import ViewSample
from vantage.abstraction.true_relevancy import with_true_relevancy

PRESENT_SHARE = 0.8
"""Share of labels drawn from those that a view shows; the others are hidden or absent and teach silence."""
LEAST_POINTS = 256
"""Query points in the bounds from which on a view teaches anything: a camera that looks straight down sees next to
nothing of bounds that begin 40 cm ahead of it."""
TRUE_INSIDE, TRUE_OUTSIDE = (0.2, 0.5), (-0.25, -0.05)
"""Heights that maps drawn from true masks have in the masks and beside them. Those of `room-clip` have 0.17 and -0.13
on average, and 0.35 and -0.2 where it is sure."""
SENTENCE_APPROACHES = ("semaware", "clipspatial")
"""Approaches that read a description as a sentence, whose words a mirror cannot change."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Described:
    """A description asked of a batch."""

    target: Int64[Tensor, " d"]
    """Volume of the target; for approaches that read sentences, the sentence's own volume."""
    reference: Int64[Tensor, " d"]
    relation: Int64[Tensor, " d"]
    points: Float[Tensor, "d m 3"]
    truth: Float[Tensor, "d m"]
    vectors: Float[Tensor, "d t"]
    """Of the sentences."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """Volumes, and what is asked of them."""

    volumes: Float[Tensor, "v c x y z"]
    volume: Int64[Tensor, " k"]
    """Volume of each label."""
    points: Float[Tensor, "k m 3"]
    truth: Float[Tensor, "k m"]
    vectors: Float[Tensor, "k t"]
    described: Described


@dataclasses.dataclass(frozen=True, kw_only=True)
class BatchSettings:
    """How much a step reads. The paper: 4 views of 4 labels, 400 000 points each."""

    views: int = 2
    labels: int = 3
    """Of each view; the target and the reference of a description are among them."""
    points: int = 4096
    """Query points of each label and description, half of them inside where any are. Four times as many as 1024 make
    a step 6% longer."""
    true_share: float = 0.25
    """Share of views whose maps are drawn from true masks (`with_true_relevancy`): shapes are learned faster where the
    words are right."""
    augment: AugmentSettings = dataclasses.field(default_factory=AugmentSettings)


def make_batch(
    samples: Sequence[ViewSample],
    network: NetworkSettings,
    settings: BatchSettings,
    scale: float,
    rng: np.random.Generator,
) -> Batch:
    """Return the batch of some views.

    Args:
        samples: the views.
        network: what reads it.
        settings: how much.
        scale: by which relevancy is multiplied.
        rng: of every draw.
    """
    parts = [_view_batch(_mixed(sample, settings, rng), network, settings, scale, rng) for sample in samples]
    starts = np.cumsum([0, *(len(part.volumes) for part in parts)])
    described = [part.described for part in parts]

    def moved(name: str) -> Tensor:
        return torch.cat([getattr(one, name) + int(k) for one, k in zip(described, starts[:-1])])

    return Batch(
        volumes=torch.cat([part.volumes for part in parts]),
        volume=torch.cat([part.volume + int(k) for part, k in zip(parts, starts[:-1])]),
        points=torch.cat([part.points for part in parts]),
        truth=torch.cat([part.truth for part in parts]),
        vectors=torch.cat([part.vectors for part in parts]),
        described=Described(
            target=moved("target"),
            reference=moved("reference"),
            relation=torch.cat([one.relation for one in described]),
            points=torch.cat([one.points for one in described]),
            truth=torch.cat([one.truth for one in described]),
            vectors=torch.cat([one.vectors for one in described]),
        ),
    )


def _mixed(sample: ViewSample, settings: BatchSettings, rng: np.random.Generator) -> ViewSample:
    """Return a sample, or now and then the same with true masks at heights drawn anew."""
    drawn, inside, outside = rng.random(), rng.uniform(*TRUE_INSIDE), rng.uniform(*TRUE_OUTSIDE)
    return with_true_relevancy(sample, inside=inside, outside=outside) if drawn < settings.true_share else sample


def _view_batch(
    sample: ViewSample, network: NetworkSettings, settings: BatchSettings, scale: float, rng: np.random.Generator
) -> Batch:
    motion = draw_motion(settings.augment, network.bounds, rng)
    points = motion.move(sample.points.astype(np.float64))
    inside = network.bounds.contains(points)
    if inside.sum() < LEAST_POINTS:
        # A view of a corner of the bounds may be moved out of them.
        motion, points = STILL, sample.points.astype(np.float64)
        inside = network.bounds.contains(points)
    chosen, asked = choose(sample, network.approach, settings.labels, motion.mirrored, rng)
    truths = list(sample.truth(chosen))
    drawn = [draw_balanced(truth, inside, sample.uniform, settings.points, rng) for truth in truths]
    answers = [draw_balanced(sample.answers[k], inside, sample.uniform, settings.points, rng) for k in asked]
    moved = torch.from_numpy(points.astype(np.float32))
    place = {label: k for k, label in enumerate(chosen)}
    sentences = network.approach == "clipspatial"
    targets = list(range(len(asked))) if sentences else [place[sample.descriptions[k].target] for k in asked]
    references = targets if sentences else [place[sample.descriptions[k].reference] for k in asked]
    if network.approach == "semaware":
        # One volume of colours serves all labels.
        targets = references = [0] * len(asked)
    rivals = draw_rivals(sample, chosen, rng) if network.reads_rivals else []
    relations = [RELATIONS.index(motion.relation(sample.descriptions[k].relation)) for k in asked]
    size = settings.points
    return Batch(
        volumes=view_volumes(sample, network, asked if sentences else chosen, scale, motion, rivals),
        volume=torch.tensor([0] * len(chosen) if network.approach == "semaware" else list(range(len(chosen)))).long(),
        points=_gathered(moved, drawn, size),
        truth=_gathered_truth(truths, drawn, size),
        vectors=torch.from_numpy(sample.vectors[chosen].astype(np.float32)),
        described=Described(
            target=torch.tensor(targets).long(),
            reference=torch.tensor(references).long(),
            relation=torch.tensor(relations).long(),
            points=_gathered(moved, answers, size),
            truth=_gathered_truth([sample.answers[k] for k in asked], answers, size),
            vectors=torch.from_numpy(sample.sentence_vectors[asked].astype(np.float32)),
        ),
    )


def choose(
    sample: ViewSample, approach: str, labels: int, mirrored: bool, rng: np.random.Generator
) -> tuple[list[int], list[int]]:
    """Draw which labels and which descriptions a view is asked for.

    One description, of a relation drawn first so that rare ones come as often; its target and reference, then other
    labels. `clipspatial` is asked for as many sentences as there would be labels, and for no label.

    Args:
        sample: the view.
        approach: what is trained.
        labels: how many.
        mirrored: whether the view is mirrored.
        rng: of the draws.
    """
    usable = [
        k
        for k, one in enumerate(sample.descriptions)
        if not (mirrored and approach in SENTENCE_APPROACHES and one.relation in MIRRORED)
    ]
    if approach == "clipspatial":
        return [], [usable[k] for k in rng.permutation(len(usable))[:labels]]
    asked: list[int] = []
    chosen: list[int] = []
    if usable:
        relations = sorted({sample.descriptions[k].relation for k in usable})
        relation = relations[rng.integers(len(relations))]
        pile = [k for k in usable if sample.descriptions[k].relation == relation]
        asked = [pile[rng.integers(len(pile))]]
        chosen = [sample.descriptions[asked[0]].target, sample.descriptions[asked[0]].reference]
    present = [k for k in sample.present if k not in chosen]
    others = [k for k in range(len(sample.labels)) if k not in chosen and k not in present]
    while len(chosen) < labels and (present or others):
        pile = present if present and (not others or rng.random() < PRESENT_SHARE) else others
        chosen.append(pile.pop(int(rng.integers(len(pile)))))
    return chosen, asked


def draw_balanced(
    truth: Bool[np.ndarray, " n"],
    inside: Bool[np.ndarray, " n"],
    uniform: int,
    count: int,
    rng: np.random.Generator,
) -> Int[np.ndarray, " m"]:
    """Draw indices of query points: half inside the label where any are; of the others half near objects.

    Args:
        truth: whether each point belongs to the label.
        inside: whether it lies in the bounds.
        uniform: the first so many points are spread evenly, the others lie near objects.
        count: how many to draw.
        rng: of the draws.
    """
    positive = np.flatnonzero(truth & inside)
    negative = np.flatnonzero(~truth & inside)
    near, even = negative[negative >= uniform], negative[negative < uniform]
    wanted = 0 if not len(positive) else count if not len(negative) else count // 2
    by_near = 0 if not len(near) else count - wanted if not len(even) else (count - wanted) // 2
    parts = [(positive, wanted), (near, by_near), (even, count - wanted - by_near)]
    return np.concatenate([rng.choice(pile, size=n, replace=len(pile) < n) for pile, n in parts if n])


def view_volumes(
    sample: ViewSample,
    network: NetworkSettings,
    chosen: Sequence[int],
    scale: float,
    motion: Motion,
    rivals: Sequence[int] = (),
) -> Float[Tensor, "v c x y z"]:
    """Return the input volumes of a view: of labels, of sentences (`clipspatial`), or one of colours (`semaware`).

    Args:
        sample: the view.
        network: what reads them.
        chosen: labels, or descriptions.
        scale: by which relevancy is multiplied.
        motion: of the view's points.
        rivals: labels that contend with the chosen, beside these themselves.
    """
    points, known = sample.surface()
    if network.approach == "semaware":
        features = torch.from_numpy(sample.image[known].astype(np.float32) / 255).T[None]
    else:
        maps = sample.sentence_relevancy if network.approach == "clipspatial" else sample.relevancy
        asked = [*chosen, *(label for label in rivals if label not in chosen)]
        features = label_features(
            torch.from_numpy(maps[asked].astype(np.float32)), known, scale, rivals=network.reads_rivals
        )[: len(chosen)]
    sight = None
    if network.sight:
        centres = motion.back(network.bounds.centres(network.grid)).astype(np.float32)
        margin = MARGIN * float(network.bounds.size.max()) / network.grid
        sight = sample.sight.channels(torch.from_numpy(centres), margin)
    moved = torch.from_numpy(motion.move(points.astype(np.float64)).astype(np.float32))
    return input_volumes(moved, features, sight, network.bounds, network.shape, network.protocol)


def draw_rivals(sample: ViewSample, chosen: Sequence[int], rng: np.random.Generator) -> list[int]:
    """Draw labels that contend with the chosen: any number of those of other classes, since people ask for few or many.

    Args:
        sample: the view.
        chosen: labels.
        rng: of the draws.
    """
    taken = {sample.labels[k].category for k in chosen}
    others = [k for k, label in enumerate(sample.labels) if label.category not in taken and label.kind != "attribute"]
    return [others[k] for k in rng.permutation(len(others))[: rng.integers(len(others) + 1)]]


def _gathered(points: Float[Tensor, "n 3"], drawn: list[np.ndarray], size: int) -> Float[Tensor, "k m 3"]:
    return torch.stack([points[torch.from_numpy(one)] for one in drawn]) if drawn else points.new_zeros(0, size, 3)


def _gathered_truth(truths: Sequence[np.ndarray], drawn: list[np.ndarray], size: int) -> Float[Tensor, "k m"]:
    if not drawn:
        return torch.zeros(0, size)
    return torch.from_numpy(np.stack([truth[one] for truth, one in zip(truths, drawn)]).astype(np.float32))
