"""The views of a split, what they are asked for, and which of it counts."""

import dataclasses

import numpy as np
from jaxtyping import Float32

from vantage.abstraction.extractors import EXTRACTORS, shipped_extractor
from vantage.abstraction.frame import Bounds
from vantage.abstraction.presence import label_presence
from vantage.abstraction.relevancy import EncoderExtractor
from vantage.abstraction.rgbd import RgbdView
from vantage.abstraction.samples import ViewSample
from vantage.abstraction.samples_rooms import SampleSettings, room_samples
from vantage.rooms.held_out import CLASSES, NOVEL_WORDS, PAIRS
from vantage.studies.ovssc_settings import SPLITS, CompletionStudySettings, Split

EVERY_CLASS = 64
"""More classes than any view shows, and more coloured objects: all are asked for."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """What a view is asked for at once, as indices of its labels."""

    together: tuple[int, ...]
    """Labels that contend for space."""
    counted: tuple[int, ...]
    """Those of them whose completion is measured."""
    absent: tuple[int, ...]
    """Labels that are not in the room; each is asked for alone."""


def sample_settings(
    settings: CompletionStudySettings, split: Split, extractor: str, bounds: Bounds, *, descriptions: int = 0
) -> SampleSettings:
    """Return how the views of a split are made.

    Args:
        settings: of the study.
        split: which rooms and words.
        extractor: what makes the relevancy maps.
        bounds: of the networks.
        descriptions: asked of each view.
    """
    return SampleSettings(
        world=split.world,
        nouns=split.nouns,
        extractor=extractor,
        paths=tuple(
            (path, views)
            for path, views in (("random", settings.random_views), ("looks", settings.close_views))
            if views
        ),
        classes=EVERY_CLASS,
        attributes=EVERY_CLASS if split.asks == "pairs" else 0,
        absent=settings.absent,
        descriptions=descriptions,
        lattice=settings.lattice,
        bounds=bounds,
    )


class Views:
    """Makes the views of rooms; an extractor is loaded once."""

    def __init__(self, settings: CompletionStudySettings, bounds: Bounds, *, descriptions: int = 0) -> None:
        self.settings, self.bounds, self.descriptions = settings, bounds, descriptions
        self._extractors: dict[str, EncoderExtractor] = {}

    def of(self, seed: int, split: Split, extractor: str) -> list[ViewSample]:
        """Return the views of a room, with an extractor's relevancy.

        Raises:
            DataError: the room has no place for such a view.
            MissingError: the extractor's weights are not here.
        """
        made = sample_settings(self.settings, split, extractor, self.bounds, descriptions=self.descriptions)
        return room_samples(seed, made, self._extractor(extractor))

    def presence(self, sample: ViewSample, extractor: str) -> Float32[np.ndarray, " k"]:
        """Return how far each label of a view is taken to be in view, by an extractor's relevancy.

        Raises:
            MissingError: the extractor's weights are not here.
        """
        view = RgbdView(image=sample.image.astype(np.float32) / 255, depth=sample.depth, camera=sample.camera)
        return label_presence(self._extractor(extractor), view, [label.text for label in sample.labels])

    def _extractor(self, name: str) -> EncoderExtractor:
        if name not in self._extractors:
            self._extractors[name] = shipped_extractor(name if name in EXTRACTORS else "value-path-fast")
        return self._extractors[name]


def asked_of(sample: ViewSample, split: Split) -> Asked:
    """Return what a view of a split is asked for.

    Labels of classes contend; a coloured object contends with the other classes, not with its own.
    """
    present = set(sample.present)
    labels = sample.labels
    classes = [k for k in sorted(present) if labels[k].kind == "class"]
    absent = tuple(k for k, label in enumerate(labels) if label.kind == "absent")
    if split.asks == "pairs":
        pairs = [
            k for k in sorted(present) if labels[k].kind == "attribute" and is_pair(labels[k].category, labels[k].text)
        ]
        own = {labels[k].category for k in pairs}
        together = (*(k for k in classes if labels[k].category not in own), *pairs)
        return Asked(together=together, counted=tuple(pairs), absent=absent)
    counted = tuple(k for k in classes if carries_novelty(labels[k].category, split))
    return Asked(together=tuple(classes), counted=counted, absent=absent)


def carries_novelty(category: str, split: Split) -> bool:
    """Tell whether a label of a class counts in a split."""
    if split.asks == "synonyms":
        return category in NOVEL_WORDS
    return category in CLASSES if split.asks == "classes" else True


def is_pair(category: str, text: str) -> bool:
    """Tell whether a label names a class in a colour that training never shows it in."""
    words = text.split()
    return any(name == category and colour in words for name, colour in PAIRS)


def split_named(name: str) -> Split:
    """Return a split."""
    return SPLITS[name]
