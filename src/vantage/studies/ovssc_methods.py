"""What the studies of completion compare: trained networks, an oracle's relevancy, and visible points without any."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Bool, Float32

from vantage.abstraction.calibration import calibrated_logits, description_scores
from vantage.abstraction.frame import Bounds
from vantage.abstraction.network_files import NAME, TrainedNetwork, load_network
from vantage.abstraction.points import pixel_values
from vantage.abstraction.presence import LEAST_PRESENCE
from vantage.abstraction.samples import ViewSample, voxel_ious
from vantage.abstraction.true_relevancy import true_masks, with_true_relevancy
from vantage.encoders.room_vit import room_weights
from vantage.errors import DataError
from vantage.studies.ovssc_settings import FLOORS, ORACLE, CompletionStudySettings

FLOOR_EXTRACTOR = "value-path-fast"
"""What makes the relevancy of the floor where no network of semabs says."""
SURE = 90.0
"""Percentile of relevancy at which the oracle draws its masks: where real maps are right they are about as high. At
their mean heights a network takes true masks for doubtful ones."""
CANDIDATES = 40
"""Thresholds of the floor that are tried, evenly spread over the percentiles of relevancy."""


@runtime_checkable
class Method(Protocol):
    """A way to complete and to find."""

    extractor: str
    """Whose relevancy it reads."""
    threshold: float
    """Logit below which a point is empty."""
    find_threshold: float
    """The same for descriptions."""
    least_presence: float
    """Presence below which it takes a label to be absent; 0: it takes none to be."""

    def complete(self, sample: ViewSample, labels: Sequence[int]) -> Float32[np.ndarray, "k n"]:
        """Return the logits of labels at a sample's points."""
        ...

    def find(self, sample: ViewSample, number: int) -> Float32[np.ndarray, " n"] | None:
        """Return the logits of a description at a sample's points; None where the method has no answer."""
        ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class Heights:
    """What relevancy comes to in validation rooms."""

    threshold: float
    """From which on visible points belong to a label, as the floor takes it: best on those rooms."""
    find_threshold: float
    """The same for the targets of descriptions."""
    inside: float
    """In the true masks of labels where the extractor is sure: the `SURE`th percentile there."""
    outside: float
    """Beside them, where it is as sure: the percentile as far from the other end."""


class NetworkMethod:
    """A trained network with the relevancy that it was trained on."""

    def __init__(self, trained: TrainedNetwork) -> None:
        self.trained, calibration = trained, trained.calibration
        self.extractor = calibration.extractor
        self.threshold, self.find_threshold = calibration.threshold, calibration.find_threshold
        reads_labels = trained.network.settings.reads_labels
        self.least_presence = LEAST_PRESENCE.get(self.extractor, 0.0) if reads_labels else 0.0

    def complete(self, sample: ViewSample, labels: Sequence[int]) -> Float32[np.ndarray, "k n"]:
        """Return the logits of labels at a sample's points."""
        return calibrated_logits(self.trained, sample, labels)

    def find(self, sample: ViewSample, number: int) -> Float32[np.ndarray, " n"] | None:
        """Return the logits of a description at a sample's points."""
        return description_scores(self.trained.network, sample, self.trained.calibration.relevancy_scale, number)


class OracleMethod(NetworkMethod):
    """The same network, its relevancy drawn from the true masks."""

    def __init__(self, trained: TrainedNetwork, heights: Heights) -> None:
        super().__init__(trained)
        self.heights = heights
        # True masks know what is absent: they are empty.
        self.least_presence = 0.0

    def complete(self, sample: ViewSample, labels: Sequence[int]) -> Float32[np.ndarray, "k n"]:
        """Return the logits of labels at a sample's points."""
        return super().complete(self._drawn(sample), labels)

    def find(self, sample: ViewSample, number: int) -> Float32[np.ndarray, " n"] | None:
        """Return the logits of a description at a sample's points."""
        return super().find(self._drawn(sample), number)

    def _drawn(self, sample: ViewSample) -> ViewSample:
        return with_true_relevancy(sample, inside=self.heights.inside, outside=self.heights.outside)


class VisibleMethod:
    """The floor: voxels that hold a visible point whose relevancy is high, and nothing that is hidden."""

    def __init__(self, extractor: str, heights: Heights, *, bounds: Bounds, lattice: int, true: bool = False) -> None:
        self.extractor, self.bounds, self.lattice, self.true = extractor, bounds, lattice, true
        self.least_presence = 0.0 if true else LEAST_PRESENCE.get(extractor, 0.0)
        self.threshold, self.find_threshold = (0.5, 0.5) if true else (heights.threshold, heights.find_threshold)

    def complete(self, sample: ViewSample, labels: Sequence[int]) -> Float32[np.ndarray, "k n"]:
        """Return the highest relevancy of the visible points in each lattice cell, minus infinity without any."""
        if self.true:
            known = sample.depth_mm > 0
            values = sample.members[list(labels)][:, sample.instances[known]].astype(np.float32)
        else:
            values = visible_relevancy(sample, labels)
        return scattered(sample, values, self.bounds, self.lattice)

    def find(self, sample: ViewSample, number: int) -> Float32[np.ndarray, " n"] | None:
        """Return the same of a description's target: who sees no further than the points."""
        return self.complete(sample, [sample.descriptions[number].target])[0]


def visible_relevancy(sample: ViewSample, labels: Sequence[int]) -> Float32[np.ndarray, "k p"]:
    """Return the relevancy of labels at the pixels with a known depth."""
    maps = torch.from_numpy(sample.relevancy[list(labels)].astype(np.float32))
    return pixel_values(maps, sample.depth_mm > 0).numpy()


def scattered(
    sample: ViewSample, values: Float32[np.ndarray, "k p"], bounds: Bounds, lattice: int
) -> Float32[np.ndarray, "k n"]:
    """Return for each of a sample's lattice points the highest value of the visible points in its cell."""
    surface, _ = sample.surface()
    inside = bounds.contains(surface.astype(np.float64))
    cells = _cells(surface[inside].astype(np.float64), bounds, lattice)
    asked = _cells(sample.points.astype(np.float64), bounds, lattice)
    found = np.full((len(values), lattice**3), -np.inf, dtype=np.float32)
    for row, own in zip(found, values[:, inside], strict=True):
        np.maximum.at(row, cells, own)
    return found[:, asked]


def _cells(points: np.ndarray, bounds: Bounds, lattice: int) -> np.ndarray:
    index = ((points - np.array(bounds.low)) / bounds.size * lattice).astype(np.int64).clip(0, lattice - 1)
    return (index[:, 0] * lattice + index[:, 1]) * lattice + index[:, 2]


def measure_heights(samples: Sequence[ViewSample], bounds: Bounds, lattice: int, voxels: int) -> Heights:
    """Return what relevancy comes to in validation views, and the floor's best thresholds there.

    Raises:
        DataError: no view shows a label.
    """
    inside, outside, usual = [], [], []
    for sample in samples:
        labels = [k for k in sample.present if sample.labels[k].kind == "class"]
        if labels:
            values, known = visible_relevancy(sample, labels), sample.depth_mm > 0
            masks = true_masks(sample)[labels][:, known]
            inside.append(values[masks])
            outside.append(values[~masks])
            usual.append(values.ravel())
    if not inside:
        raise DataError("no validation view shows a label; give more --validation-rooms")
    levels = np.unique(np.percentile(np.concatenate(usual), np.linspace(50, 100, CANDIDATES, endpoint=False)))
    complete = [_ious(s, [k], s.truth([k])[0], levels, bounds, lattice, voxels) for s in samples for k in s.present]
    find = [
        _ious(sample, [asked.target], sample.answers[number], levels, bounds, lattice, voxels)
        for sample in samples
        for number, asked in enumerate(sample.descriptions)
    ]
    best = float(levels[int(np.mean(complete, axis=0).argmax())])
    best_find = float(levels[int(np.mean(find, axis=0).argmax())]) if find else best
    return Heights(
        threshold=best,
        find_threshold=best_find,
        inside=float(np.percentile(np.concatenate(inside), SURE)),
        outside=float(np.percentile(np.concatenate(outside), 100 - SURE)),
    )


def _ious(
    sample: ViewSample,
    labels: Sequence[int],
    truth: Bool[np.ndarray, " n"],
    levels: np.ndarray,
    bounds: Bounds,
    lattice: int,
    voxels: int,
) -> list[float]:
    values = scattered(sample, visible_relevancy(sample, labels), bounds, lattice)[0]
    points = sample.points.astype(np.float64)
    return [iou or 0.0 for iou in voxel_ious(values, truth, points, bounds, levels.tolist(), voxels)]


def load_networks(settings: CompletionStudySettings) -> tuple[dict[str, TrainedNetwork], dict[str, str]]:
    """Load the networks of a study; return them and their files' fingerprints, by name.

    Raises:
        MissingError: weights are not there.
        DataError: a file is damaged, or networks are for different bounds.
    """
    networks, prints = {}, {}
    for name, file in settings.named_models().items():
        networks[name] = load_network(file)
        path = room_weights(NAME) if file == NAME else Path(file)
        prints[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    if len({network.network.settings.bounds for network in networks.values()}) > 1:
        raise DataError("the networks are for different bounds; compare only such as complete the same space")
    return networks, prints


def bounds_of(networks: Mapping[str, TrainedNetwork]) -> Bounds:
    """Return what the networks complete; the usual cube where there is none."""
    return next(iter(networks.values())).network.settings.bounds if networks else Bounds()


def main_network(networks: Mapping[str, TrainedNetwork]) -> TrainedNetwork | None:
    """Return the first network of semabs, whose relevancy the floor reads too."""
    return next((one for one in networks.values() if one.network.settings.approach == "semabs"), None)


def methods_of(
    networks: Mapping[str, TrainedNetwork], heights: Heights, settings: CompletionStudySettings
) -> dict[str, Method]:
    """Return everything that is compared, by name: the networks, the oracle where there is a semabs, and the floors."""
    methods: dict[str, Method] = {name: NetworkMethod(trained) for name, trained in networks.items()}
    main = main_network(networks)
    extractor = main.calibration.extractor if main else FLOOR_EXTRACTOR
    if main is not None:
        methods[ORACLE] = OracleMethod(main, heights)
    bounds = bounds_of(networks)
    for name, true in zip(FLOORS, (False, True), strict=True):
        methods[name] = VisibleMethod(extractor, heights, bounds=bounds, lattice=settings.lattice, true=true)
    return methods
