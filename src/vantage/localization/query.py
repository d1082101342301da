"""Text queries against a distilled scene: where in space, and where in any camera's image, is it?"""

import dataclasses

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vantage.encoders import TextEncoder
from vantage.errors import DataError, UsageError
from vantage.fields import DistilledScene, GaussianField, Rendering
from vantage.fields.surface_points import surface_points
from vantage.geometry import Camera
from vantage.localization.relevancy import CANONICAL_NEGATIVES, DEFAULT_TEMPERATURE, check_query, relevancy

MIN_OPACITY = 0.3
"""Gaussians fainter than this carry no surface; they are not asked."""

MASK_THRESHOLD = 0.5
"""Relevancy above which a point belongs to the answer: it prefers the query to every negative."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class QuerySettings:
    """How a query is answered."""

    temperature: float = DEFAULT_TEMPERATURE
    """Softmax temperature of the comparison with the negatives."""
    negatives: tuple[str, ...] = CANONICAL_NEGATIVES
    """What the query has to beat."""
    threshold: float = MASK_THRESHOLD
    """Relevancy from which on a pixel belongs to the mask."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PointAnswer:
    """A query's answer in space."""

    relevancy: Float[Tensor, " n"]
    """Relevancy per Gaussian, 0 for those that were not asked; per surface point where the field has none."""
    best_point: tuple[float, float, float]
    """The most relevant place, world frame, metres."""
    best_relevancy: float
    """Relevancy there."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ImageAnswer:
    """A query's answer from one camera."""

    rendering: Rendering
    relevancy: Float[Tensor, "h w"]
    mask: Bool[Tensor, "h w"]
    peak: tuple[int, int]
    """(column, row) of the most relevant pixel."""


class SceneQuery:
    """Answers text queries about one scene with one image-text encoder."""

    def __init__(
        self, scene: DistilledScene, encoder: str, text_encoder: TextEncoder, settings: QuerySettings | None = None
    ) -> None:
        """Prepare the negatives once.

        Raises:
            DataError: the encoder was not distilled into the scene, or the text tower's width is not its features'.
            UsageError: there are no negatives.
        """
        self.scene, self.encoder, self.text_encoder = scene, encoder, text_encoder
        self.settings = settings or QuerySettings()
        self._surface: Tensor | None = None
        if encoder not in scene.semantics.dims:
            raise DataError(
                f"encoder {encoder!r} was not distilled into this scene; it has {list(scene.semantics.dims)}"
            )
        if not self.settings.negatives:
            raise UsageError("no negatives are given; a query needs at least one to be compared with")
        self._negatives = text_encoder.encode_text(list(self.settings.negatives))
        if self._negatives.shape[1] != scene.semantics.dims[encoder]:
            raise DataError(
                f"text vectors have width {self._negatives.shape[1]}, the scene's {encoder!r} features "
                f"{scene.semantics.dims[encoder]}; distill the scene again with this encoder"
            )

    def vector(self, text: str) -> Float[Tensor, " d"]:
        """Return the query's vector."""
        return self.text_encoder.encode_text([check_query(text)])[0]

    def points(self, text: str) -> PointAnswer:
        """Compare the query with every opaque Gaussian of the scene (distilled fields, section 3).

        A field without Gaussians is asked at the surfaces that its cameras see. The best place is the one whose
        neighbourhood agrees: relevancies are averaged over the eight nearest, so that one stray feature does not win.

        Raises:
            DataError: the scene has no opaque Gaussian, or its cameras see no surface.
        """
        places, asked = self._places()
        values = self.relevancy_of(self.scene.semantics.features(places, self.encoder), text)
        smooth = _neighbour_mean(places.numpy(), values.numpy())
        best = int(np.argmax(smooth))
        everywhere = torch.zeros(len(asked))
        everywhere[asked] = values
        x, y, z = places[best].tolist()
        return PointAnswer(relevancy=everywhere, best_point=(x, y, z), best_relevancy=float(smooth[best]))

    def _places(self) -> tuple[Float[Tensor, "m 3"], Bool[Tensor, " n"]]:
        """Return where the scene is asked, and which of its Gaussians or surface points these are."""
        field = self.scene.field
        if not isinstance(field, GaussianField):
            # Found once: all the scene's cameras are rendered for them.
            if self._surface is None:
                self._surface = surface_points(self.scene)
            return self._surface, torch.ones(len(self._surface), dtype=torch.bool)
        asked = field.opacities.detach() > MIN_OPACITY
        if not bool(asked.any()):
            raise DataError(
                f"scene {self.scene.name!r} has no Gaussian of opacity over {MIN_OPACITY}; distill it longer"
            )
        return field.means.detach()[asked], asked

    def image(self, text: str, camera: Camera, world_from_camera: np.ndarray) -> ImageAnswer:
        """Show the query's relevancy from a camera: at each pixel that of the surface point seen there."""
        rendering, features = self.scene.render_features(camera, world_from_camera, self.encoder)
        return self.image_of(text, rendering, features)

    def image_of(self, text: str, rendering: Rendering, features: Float[Tensor, "h w d"]) -> ImageAnswer:
        """Answer as `image` does from features that were rendered before; many queries of one view share them."""
        values = self.relevancy_of(features, text)
        values = torch.where(rendering.alpha > 0.5, values, torch.zeros_like(values))
        row, column = divmod(int(values.argmax()), values.shape[1])
        return ImageAnswer(
            rendering=rendering,
            relevancy=values,
            mask=values > self.settings.threshold,
            peak=(column, row),
        )

    def relevancy_of(self, features: Float[Tensor, "*b d"], text: str) -> Float[Tensor, "*b"]:
        """Return the relevancy of any features of the scene's encoder to a text, in [0, 1]."""
        return relevancy(features, self.vector(text), self._negatives, temperature=self.settings.temperature)


def _neighbour_mean(points: np.ndarray, values: np.ndarray, *, neighbours: int = 8) -> np.ndarray:
    from scipy.spatial import KDTree

    _, indices = KDTree(points).query(points, k=min(neighbours, len(points)))
    return values[np.asarray(indices).reshape(len(points), -1)].mean(axis=1)
