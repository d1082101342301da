"""What the study of NYUv2-CAD compares: trained networks, and the visible points with their true class."""

import dataclasses
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float16, Int

from vantage.abstraction.calibration import calibrated_logits
from vantage.abstraction.extractors import shipped_extractor
from vantage.abstraction.labels import label_vectors
from vantage.abstraction.network_files import TrainedNetwork
from vantage.abstraction.points import MOST_POINTS, point_relevancy
from vantage.abstraction.relevancy import EncoderExtractor
from vantage.abstraction.rgbd import RgbdView
from vantage.studies.nyu_classes import NyuClasses
from vantage.studies.nyu_settings import CUBE, SEEN
from vantage.studies.nyu_views import NyuView


@runtime_checkable
class NyuMethod(Protocol):
    """A way to complete a frame."""

    def classes_at(self, view: NyuView) -> Int[np.ndarray, " p"]:
        """Return the class at each of a frame's query points, 0 where it is empty."""
        ...


class SeenMethod:
    """The visible points with their true class: a voxel of the cube is what a visible point in it shows."""

    def classes_at(self, view: NyuView) -> Int[np.ndarray, " p"]:
        """Return the class at each of a frame's query points, 0 where it is empty."""
        surface, known = view.sample.surface()
        classes = view.sample.instances[known].astype(np.int64)
        inside = view.bounds.contains(surface) & (classes > 0)
        grid = np.zeros(CUBE**3, dtype=np.int64)
        grid[_cells(surface[inside], view)] = classes[inside]
        return grid[_cells(view.points, view)]


class NetworkMethod:
    """A trained network: the text with the largest logit at each point, where that is above the network's threshold."""

    def __init__(self, trained: TrainedNetwork, classes: NyuClasses, maps: "Maps") -> None:
        self.trained, self.classes, self.maps = trained, classes, maps

    def classes_at(self, view: NyuView) -> Int[np.ndarray, " p"]:
        """Return the class at each of a frame's query points, 0 where it is empty."""
        network, calibration = self.trained.network, self.trained.calibration
        texts = range(len(self.classes.texts))
        vectors = self.maps.vectors(calibration.extractor)
        sample = dataclasses.replace(view.sample, vectors=vectors, sentence_vectors=vectors[:0])
        if network.settings.approach != "semaware":
            relevancy = self.maps.of(view.view, calibration.extractor, segments=calibration.segments)
            sample = dataclasses.replace(sample, relevancy=relevancy)
        logits = calibrated_logits(self.trained, sample, texts)
        best = self.classes.class_of_text[logits.argmax(axis=0)] + 1
        return np.where(logits.max(axis=0) > calibration.threshold, best, 0)


class Maps:
    """Makes relevancy maps of frames; extractors are loaded once, and the last frame's maps are kept."""

    def __init__(self, classes: NyuClasses) -> None:
        self.texts = list(classes.texts)
        self._extractors: dict[str, EncoderExtractor] = {}
        self._vectors: dict[str, Float16[np.ndarray, "k t"]] = {}
        self._last: tuple[str, str, bool, Float16[np.ndarray, "k h w"]] | None = None

    def of(self, view: RgbdView, extractor: str, *, segments: bool) -> Float16[np.ndarray, "k h w"]:
        """Return the maps of all texts at the pixels that become points.

        Raises:
            MissingError: the extractor's weights are not here.
        """
        if self._last is None or self._last[:3] != (view.name, extractor, segments):
            maps = self._extractor(extractor).relevancy(torch.from_numpy(view.image).permute(2, 0, 1), self.texts)
            even = point_relevancy(maps.values.cpu(), view.shrunk(MOST_POINTS), segments=segments)
            self._last = (view.name, extractor, segments, even.half().numpy())
        return self._last[3]

    def vectors(self, extractor: str) -> Float16[np.ndarray, "k t"]:
        """Return the texts' vectors."""
        if extractor not in self._vectors:
            vectors = label_vectors(self._extractor(extractor).texts, self.texts)
            self._vectors[extractor] = vectors.half().cpu().numpy()
        return self._vectors[extractor]

    def _extractor(self, name: str) -> EncoderExtractor:
        if name not in self._extractors:
            self._extractors[name] = shipped_extractor(name)
        return self._extractors[name]


def nyu_methods(networks: Mapping[str, TrainedNetwork], classes: NyuClasses) -> dict[str, NyuMethod]:
    """Return everything that is compared, by name."""
    maps = Maps(classes)
    methods: dict[str, NyuMethod] = {name: NetworkMethod(one, classes, maps) for name, one in networks.items()}
    return {**methods, SEEN: SeenMethod()}


def _cells(points: np.ndarray, view: NyuView) -> Int[np.ndarray, " n"]:
    """Return the number of the cube's voxel that holds each point."""
    low = np.array(view.bounds.low)
    index = ((points - low) / view.bounds.size * CUBE).astype(np.int64).clip(0, CUBE - 1)
    return (index[:, 0] * CUBE + index[:, 1]) * CUBE + index[:, 2]
