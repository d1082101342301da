"""What an image-text encoder knows about rooms: naming regions and colours, pointing at what a text asks for."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vantage.encoders import Encoder, TextEncoder
from vantage.metrics import Metric
from vantage.pretraining.batches import full_view, patch_labels, region_coverage
from vantage.pretraining.captions import Region
from vantage.pretraining.room_clip_loss import pooled_regions
from vantage.pretraining.room_views import RoomViews
from vantage.rooms.words.vocabulary import with_article

NEGATIVES = ("object", "things", "stuff", "texture")
"""Canonical phrases a query is compared with (LERF, section 3.4)."""
MIN_PIXELS = 96
"""Smallest visible object that is asked for: one and a half patches of 8x8."""


@dataclasses.dataclass(kw_only=True)
class _Counts:
    """Per-room samples of each measure; each sample is 0 or 1."""

    category: list[float] = dataclasses.field(default_factory=list)
    colour: list[float] = dataclasses.field(default_factory=list)
    localization: list[float] = dataclasses.field(default_factory=list)
    relevancy: list[float] = dataclasses.field(default_factory=list)
    category_only: list[float] = dataclasses.field(default_factory=list)
    chance: list[float] = dataclasses.field(default_factory=list)


class _Names:
    """Text vectors, each computed once."""

    def __init__(self, encoder: TextEncoder, rooms: Sequence[RoomViews]) -> None:
        objects = {region for room in rooms for region in room.table if region.is_object}
        self.categories = sorted({region.category for region in objects})
        self.colours = sorted({region.colour for region in objects if region.colour})
        self.queries = sorted({query_of(region) for region in objects})
        texts = [*self.queries, *NEGATIVES]
        texts += [with_article(category) for category in self.categories] + [f"something {c}" for c in self.colours]
        texts = sorted(set(texts))
        vectors = encoder.encode_text(texts)
        self.vector_of = dict(zip(texts, vectors, strict=True))
        self.category_matrix = torch.stack([self.vector_of[with_article(c)] for c in self.categories])
        self.colour_matrix = (
            torch.stack([self.vector_of[f"something {c}"] for c in self.colours]) if self.colours else None
        )
        self.negatives = torch.stack([self.vector_of[text] for text in NEGATIVES])


def query_of(region: Region) -> str:
    """Return the query that asks for a region: "a red mug"."""
    return with_article(f"{region.colour} {region.category}" if region.colour else region.category)


def score_rooms(encoder: Encoder, text: TextEncoder, rooms: Sequence[RoomViews], *, seed: int = 0) -> dict[str, Metric]:
    """Measure an image-text encoder on rooms with known regions.

    Returns:
        `category_top1` and `colour_top1` (zero-shot naming of an object's mean patch, over all categories and colours),
        `localization_accuracy` (the patch most like "a red mug" lies on a red mug), `localization_relevancy` (the same
        by relevancy against the canonical negatives), `localization_category` (query "a mug") and
        `localization_chance` (the query of another random object). Each is a mean over rooms with its 95% interval.
    """
    names = _Names(text, rooms)
    rng = np.random.default_rng(seed)
    per_room: dict[str, list[float]] = {field.name: [] for field in dataclasses.fields(_Counts)}
    for room in rooms:
        counts = _Counts()
        for image, labels in zip(room.images, room.regions, strict=True):
            _score_view(encoder, names, image, labels, room.table, counts, rng)
        for name, samples in per_room.items():
            values = getattr(counts, name)
            if values:
                samples.append(float(np.mean(values)))
    published = {
        "category_top1": "category",
        "colour_top1": "colour",
        "localization_accuracy": "localization",
        "localization_relevancy": "relevancy",
        "localization_category": "category_only",
        "localization_chance": "chance",
    }
    return {name: Metric.of(per_room[field]) for name, field in published.items()}


def _score_view(
    encoder: Encoder,
    names: _Names,
    image: np.ndarray,
    labels: np.ndarray,
    table: Sequence[Region],
    counts: _Counts,
    rng: np.random.Generator,
) -> None:
    patch = encoder.card.patch
    grid = encoder.encode(full_view(image)).grid[0, : labels.shape[0] // patch, : labels.shape[1] // patch]
    numbers = [int(n) for n in np.unique(labels) if n and table[n - 1].is_object and (labels == n).sum() >= MIN_PIXELS]
    if not numbers:
        return
    cover = region_coverage(labels, patch)
    coverage = torch.from_numpy(np.stack([cover[n].ravel() for n in numbers], axis=1))
    vectors, _ = pooled_regions(grid.reshape(-1, grid.shape[-1]).cpu(), coverage)
    centres = patch_labels(labels, patch)
    for number, vector in zip(numbers, vectors, strict=True):
        region = table[number - 1]
        counts.category.append(float(names.categories[_best(names.category_matrix, vector)] == region.category))
        if region.colour and names.colour_matrix is not None:
            counts.colour.append(float(names.colours[_best(names.colour_matrix, vector)] == region.colour))
    for query in sorted({query_of(table[n - 1]) for n in numbers}):
        wanted = [i + 1 for i, region in enumerate(table) if region.is_object and query_of(region) == query]
        inside = np.isin(centres, wanted)
        category = next(table[n - 1].category for n in numbers if query_of(table[n - 1]) == query)
        of_category = np.isin(centres, [i + 1 for i, region in enumerate(table) if region.category == category])
        vector = names.vector_of[query]
        counts.localization.append(float(inside.ravel()[_peak(grid, vector)]))
        counts.relevancy.append(float(inside.ravel()[_relevancy_peak(grid, vector, names.negatives)]))
        counts.category_only.append(float(of_category.ravel()[_peak(grid, names.vector_of[with_article(category)])]))
        other = names.vector_of[str(rng.choice([q for q in names.queries if q != query] or [query]))]
        counts.chance.append(float(inside.ravel()[_peak(grid, other)]))


def _best(matrix: Float[Tensor, "k d"], vector: Float[Tensor, " d"]) -> int:
    return int((matrix.cpu() @ vector).argmax())


def _peak(grid: Float[Tensor, "h w d"], vector: Float[Tensor, " d"]) -> int:
    return int((grid @ vector).argmax())


def _relevancy_peak(grid: Float[Tensor, "h w d"], vector: Float[Tensor, " d"], negatives: Float[Tensor, "k d"]) -> int:
    """Return the peak of the smallest pairwise softmax against a negative, which is the smallest difference."""
    return int(((grid @ vector)[..., None] - grid @ negatives.mT).amin(dim=-1).argmax())
