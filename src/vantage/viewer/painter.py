"""What vantage has to show of a scene: pictures of a view, colours of the splats, answers to words and clicks."""

import collections
import dataclasses
import threading
from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from vantage.captures.resizing import resize_image
from vantage.errors import UsageError
from vantage.fields import DistilledScene, Rendering, backproject_depth
from vantage.fields.exchange.feature_colors import FeatureColors
from vantage.fields.rendering import pose_tensor
from vantage.localization import PointAnswer, SceneQuery
from vantage.reports import Scale, colorize_depth, overlay_relevancy
from vantage.viewer.look import Look, Point
from vantage.viewer.splats import SplatCloud, splats_of
from vantage.viewer.viewpoint import Ray, Viewpoint, camera_along

FEATURE_PIXELS = 320
"""Longer side of pictures of features, in pixels. They are smooth: larger ones look the same, and cost more."""

COLOUR_SAMPLE = 20_000
"""Splats to which the principal components are fitted; 20 000 span any scene's features."""

CHUNK = 16_384
"""Points whose features are held at once: 50 MB of 768 channels."""

NEUTRAL, CERTAIN = 0.5, 0.75
"""Ends of the colour scale of relevancy, as in the reports; the upper end rises with the best answer."""

REMEMBERED = 16
"""Texts and clicks whose values at the splats are kept: 1 MB each for 200 000 splats."""

HIT_OPACITY = 0.5
"""Opacity of a ray from which on it has met a surface."""

CLICK_FOCAL = 800.0
"""Focal length in pixels with which a click is followed, about that of a window: a click means a pixel."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Painting:
    """A picture with what belongs beneath it."""

    image: Float[np.ndarray, "h w 3"]
    """RGB in [0, 1]."""
    scale: Scale | None = None


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SplatValues:
    """One number per splat, and the ends of its colour scale."""

    values: Float32[np.ndarray, " n"]
    low: float
    high: float


class ScenePainter:
    """Paints a scene. All methods may be called from several threads; the lock keeps two from doing the same work."""

    def __init__(self, scene: DistilledScene, query: SceneQuery | None = None) -> None:
        """Take a scene, and where its encoders read text the query that asks it.

        Raises:
            UsageError: the scene is not made of Gaussians.
        """
        self.scene, self.query = scene, query
        self.splats: SplatCloud = splats_of(scene)
        self._lock = threading.RLock()
        self._projections: dict[str, FeatureColors] = {}
        self._answers: collections.OrderedDict[str, PointAnswer] = collections.OrderedDict()
        self._similar: collections.OrderedDict[tuple[str, Point], SplatValues] = collections.OrderedDict()

    @property
    def centres_world(self) -> Float32[np.ndarray, "n 3"]:
        """Centres of the splats, world frame."""
        return self.splats.centres / self.splats.enlarged

    def answer(self, text: str) -> PointAnswer:
        """Ask the scene for a text; repeated questions are remembered.

        Raises:
            UsageError: the text is empty, or no encoder of the scene reads text.
        """
        if self.query is None:
            raise UsageError("none of the scene's encoders reads text")
        with self._lock:
            if text not in self._answers:
                _remember(self._answers, text, self.query.points(text))
            return self._answers[text]

    def unknown_words(self, text: str) -> list[str]:
        """Return the words of a text that its encoder never saw, where the encoder can tell."""
        tell = getattr(self.query.text_encoder, "unknown_words", None) if self.query else None
        return tell(text) if tell is not None else []

    def hit(self, ray: Ray) -> Point | None:
        """Return the surface point that a ray meets, by rendered depth; None where it meets none."""
        view = camera_along(ray, focal=CLICK_FOCAL)
        rendering = self.scene.render(view.camera, view.world_from_camera)
        middle = view.camera.height // 2, view.camera.width // 2
        depth = float(rendering.depth[middle])
        if float(rendering.alpha[middle]) < HIT_OPACITY or depth <= 0:
            return None
        pose = view.world_from_camera
        x, y, z = (pose[:3, 3] + depth * pose[:3, 2]).tolist()
        return x, y, z

    def splat_colours(self, look: Look) -> Float[np.ndarray, "n 3"]:
        """Return the splats' colours for a look; depth has none of its own and keeps the scene's."""
        plain = self.splats.colours
        if look.shown == "features":
            return self._features_in_colour(look.encoder)
        values = self._splat_values(look)
        if values is None:
            return plain
        # The splats as a picture of one column: they then look as the pictures do.
        column = overlay_relevancy(
            plain[:, None].astype(np.float64), values.values[:, None], low=values.low, high=values.high
        )
        return column.image[:, 0]

    def picture(self, look: Look, view: Viewpoint) -> Painting:
        """Render a view and paint it as the look wants.

        Raises:
            UsageError: what the look shows needs a text or a place, and has none.
        """
        missing = look.missing()
        if missing is not None:
            raise UsageError(missing)
        rendering = self.scene.render(view.camera, view.world_from_camera)
        rgb = rendering.rgb.clamp(0, 1).numpy().astype(np.float64)
        if look.shown == "colour":
            return Painting(image=rgb)
        if look.shown == "depth":
            depth = torch.where(rendering.alpha > HIT_OPACITY, rendering.depth, 0.0).numpy()
            picture = colorize_depth(depth, unit="m" if self.scene.metric else "units")
            return Painting(image=picture.image, scale=picture.scale)
        small = view.shrunk(FEATURE_PIXELS)
        surface = rendering if small.camera == view.camera else self.scene.render(small.camera, small.world_from_camera)
        if look.shown == "features":
            return Painting(image=self._paint_features(look.encoder, small, surface, like=rgb))
        values = self._splat_values(look)
        if values is None:
            raise UsageError("there is nothing to compare with")
        shown = self._map(surface, small, *self._measure(look))
        picture = overlay_relevancy(rgb, shown.numpy(), low=values.low, high=values.high)
        return Painting(image=picture.image, scale=picture.scale)

    def compare(self, encoders: tuple[str, str], look: Look, view: Viewpoint) -> list[Painting]:
        """Paint one view for each encoder: what resembles the clicked place where there is one, else the features."""
        shown = "features" if look.point is None else "similarity"
        small = view.shrunk(FEATURE_PIXELS)
        return [self.picture(dataclasses.replace(look, encoder=name, shown=shown), small) for name in encoders]

    def _splat_values(self, look: Look) -> SplatValues | None:
        """Return relevancy or similarity at the splats, remembered; None where the look shows neither."""
        if look.shown == "relevancy" and look.text:
            values = self.answer(look.text).relevancy.numpy()
            return SplatValues(values=values, low=NEUTRAL, high=max(CERTAIN, float(values.max())))
        if look.shown != "similarity" or look.point is None:
            return None
        key = (look.encoder, look.point)
        with self._lock:
            if key not in self._similar:
                encoder, measure = self._measure(look)
                values = self._over_points(torch.from_numpy(self.centres_world), encoder, measure).numpy()
                # Half of a scene is nearer to any place than the median, and is not worth a glow.
                spread = SplatValues(values=values, low=float(np.quantile(values, 0.75)), high=float(values.max()))
                _remember(self._similar, key, spread)
            return self._similar[key]

    def _measure(self, look: Look) -> tuple[str, Callable[[Tensor], Tensor]]:
        """Return whose features are measured, and how: relevancy to the text or cosine with the clicked place's."""
        query, text = self.query, look.text
        if look.shown == "relevancy":
            if query is None:
                raise UsageError("none of the scene's encoders reads text")
            return query.encoder, lambda features: query.relevancy_of(features, text)
        place = self.scene.semantics.features(torch.tensor([look.point], dtype=torch.float32), look.encoder)[0]
        return look.encoder, lambda features: torch.nn.functional.cosine_similarity(features, place, dim=-1)

    def _map(
        self, rendering: Rendering, view: Viewpoint, encoder: str, measure: Callable[[Tensor], Tensor]
    ) -> Float[Tensor, "h w"]:
        """Measure the features at the surface points that a rendering shows; -1 where it shows none."""
        pose = pose_tensor(view.world_from_camera, rendering.depth)
        points = backproject_depth(rendering.depth, view.camera, pose).reshape(-1, 3)
        values = self._over_points(points, encoder, measure).reshape(rendering.depth.shape)
        return torch.where(rendering.alpha > HIT_OPACITY, values, -1.0)

    def _over_points(
        self, points_world: Float[Tensor, "n 3"], encoder: str, measure: Callable[[Tensor], Tensor]
    ) -> Tensor:
        """Measure the features at points, a bounded number of them at a time."""
        semantics = self.scene.semantics
        return torch.cat([measure(semantics.features(part, encoder)) for part in points_world.split(CHUNK)])

    def _projection(self, encoder: str) -> FeatureColors:
        """Return the principal components of the scene's features: one for all views, or colours would flicker."""
        with self._lock:
            if encoder not in self._projections:
                centres = torch.from_numpy(self.centres_world)
                sample = centres[:: max(1, len(centres) // COLOUR_SAMPLE)]
                features = self._over_points(sample, encoder, lambda features: features)
                self._projections[encoder] = FeatureColors.fit(features.numpy())
            return self._projections[encoder]

    def _features_in_colour(self, encoder: str) -> Float[np.ndarray, "n 3"]:
        return self._coloured(torch.from_numpy(self.centres_world), encoder).numpy()

    def _coloured(self, points_world: Float[Tensor, "n 3"], encoder: str) -> Float[Tensor, "n 3"]:
        project = self._projection(encoder)
        return self._over_points(
            points_world, encoder, lambda features: torch.from_numpy(project(features.numpy()[None])[0])
        )

    def _paint_features(
        self, encoder: str, view: Viewpoint, rendering: Rendering, *, like: Float[np.ndarray, "h w 3"]
    ) -> Float[np.ndarray, "h w 3"]:
        pose = pose_tensor(view.world_from_camera, rendering.depth)
        points = backproject_depth(rendering.depth, view.camera, pose).reshape(-1, 3)
        image = self._coloured(points, encoder).reshape(*rendering.depth.shape, 3)
        image = torch.where(rendering.alpha[..., None] > HIT_OPACITY, image.float(), 0.0).numpy()
        return np.clip(resize_image(image, like.shape[1], like.shape[0]), 0, 1).astype(np.float64)


def _remember(memory: collections.OrderedDict, key: object, value: object) -> None:
    memory[key] = value
    while len(memory) > REMEMBERED:
        memory.popitem(last=False)
