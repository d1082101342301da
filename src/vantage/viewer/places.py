"""Places of a scene, and what their features say: to words, to a clicked place, and as colours."""

import collections
import dataclasses
import threading
from collections.abc import Callable, Hashable

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from vantage.errors import UsageError
from vantage.fields import DistilledScene
from vantage.localization import PointAnswer, SceneQuery
from vantage.reports import FeatureColors
from vantage.viewer.look import Look

COLOUR_SAMPLE = 20_000
"""Places to which the principal components are fitted; 20 000 span any scene's features."""

CHUNK = 16_384
"""Points whose features are held at once: 50 MB of 768 channels."""

NEUTRAL, CERTAIN = 0.5, 0.75
"""Ends of the colour scale of relevancy, as in the reports; the upper end rises with the best answer."""

REMEMBERED = 16
"""Texts and clicks whose values are kept: 1 MB each for 200 000 places."""

NO_READER = "none of the scene's encoders reads text"

Measure = Callable[[Tensor], Tensor]
"""Features (n, d) to one number each."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PlaceValues:
    """One number per place, and the ends of its colour scale."""

    values: Float32[np.ndarray, " n"]
    low: float
    high: float


class ScenePlaces:
    """Asks a scene at its places. May be used from several threads; the lock keeps two from doing the same work."""

    def __init__(
        self, scene: DistilledScene, query: SceneQuery | None, points_world: Float32[np.ndarray, "n 3"]
    ) -> None:
        """Take a scene, what asks it for texts where it can be asked, and the places: splats, or points of surfaces."""
        self.scene, self.query, self.points_world = scene, query, points_world
        self._lock = threading.RLock()
        self._projections: dict[str, FeatureColors] = {}
        self._answers: collections.OrderedDict[str, PointAnswer] = collections.OrderedDict()
        self._values: collections.OrderedDict[Hashable, PlaceValues] = collections.OrderedDict()

    def answer(self, text: str) -> PointAnswer:
        """Ask the scene for a text; repeated questions are remembered.

        Raises:
            UsageError: the text is empty, or no encoder of the scene reads text.
        """
        if self.query is None:
            raise UsageError(NO_READER)
        with self._lock:
            if text not in self._answers:
                _remember(self._answers, text, self.query.points(text))
            return self._answers[text]

    def unknown_words(self, text: str) -> list[str]:
        """Return the words of a text that its encoder never saw, where the encoder can tell."""
        tell = getattr(self.query.text_encoder, "unknown_words", None) if self.query else None
        return tell(text) if tell is not None else []

    def encoder_of(self, look: Look) -> str:
        """Return whose features a look shows: relevancy is by the encoder that reads text."""
        return self.query.encoder if self.query is not None and look.shown == "relevancy" else look.encoder

    def values(self, look: Look) -> PlaceValues | None:
        """Return relevancy or similarity at the places, remembered; None where the look shows neither.

        Raises:
            UsageError: relevancy is wanted, and no encoder of the scene reads text.
        """
        if look.missing() is not None or look.shown not in ("relevancy", "similarity"):
            return None
        key = look.text if look.shown == "relevancy" else (look.encoder, look.point)
        with self._lock:
            if key not in self._values:
                # Faint splats too, which no answer counts: left out, they would be grey specks in front of it.
                values = self.over(torch.from_numpy(self.points_world), *self.measure(look)).numpy()
                _remember(self._values, key, _scaled(values, relevancy=look.shown == "relevancy"))
            return self._values[key]

    def measure(self, look: Look) -> tuple[str, Measure]:
        """Return whose features are measured, and how: relevancy to the text or cosine with the clicked place's.

        Raises:
            UsageError: no encoder of the scene reads text.
        """
        query, text = self.query, look.text
        if look.shown == "relevancy":
            if query is None:
                raise UsageError(NO_READER)
            return query.encoder, lambda features: query.relevancy_of(features, text)
        place = self.scene.semantics.features(torch.tensor([look.point], dtype=torch.float32), look.encoder)[0]
        return look.encoder, lambda features: torch.nn.functional.cosine_similarity(features, place, dim=-1)

    def over(self, points_world: Float[Tensor, "n 3"], encoder: str, measure: Measure) -> Tensor:
        """Measure the features at points, a bounded number of them at a time."""
        semantics = self.scene.semantics
        return torch.cat([measure(semantics.features(part, encoder)) for part in points_world.split(CHUNK)])

    def colours(self, points_world: Float[Tensor, "n 3"], encoder: str) -> Float[Tensor, "n 3"]:
        """Return the features at points as RGB in [0, 1], each point in the same colour from wherever it is seen."""
        project = self._projection(encoder)
        return self.over(points_world, encoder, lambda features: torch.from_numpy(project(features.numpy()[None])[0]))

    def _projection(self, encoder: str) -> FeatureColors:
        """Return the principal components of the scene's features: one for all views, or colours would flicker."""
        with self._lock:
            if encoder not in self._projections:
                points = torch.from_numpy(self.points_world)
                sample = points[:: max(1, len(points) // COLOUR_SAMPLE)]
                features = self.over(sample, encoder, lambda features: features)
                self._projections[encoder] = FeatureColors.fit(features.numpy())
            return self._projections[encoder]


def _scaled(values: Float32[np.ndarray, " n"], *, relevancy: bool) -> PlaceValues:
    """Return values with the ends of their colour scale."""
    high = float(values.max())
    if relevancy:
        return PlaceValues(values=values, low=NEUTRAL, high=max(CERTAIN, high))
    # Half of a scene is nearer to any place than the median, and is not worth a glow.
    return PlaceValues(values=values, low=float(np.quantile(values, 0.75)), high=high)


def _remember(memory: collections.OrderedDict, key: object, value: object) -> None:
    memory[key] = value
    while len(memory) > REMEMBERED:
        memory.popitem(last=False)
