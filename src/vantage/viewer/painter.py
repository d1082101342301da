"""What vantage has to show of a scene: pictures of a view, colours of the splats, the place that a click means."""

import dataclasses

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from vantage.captures.resizing import resize_image
from vantage.errors import UsageError
from vantage.fields import DistilledScene, Rendering, backproject_depth
from vantage.fields.rendering import pose_tensor
from vantage.fields.surface_points import surface_points
from vantage.localization import SceneQuery
from vantage.reports import Scale, colorize_depth, overlay_relevancy
from vantage.viewer.look import Look, Point
from vantage.viewer.places import Measure, ScenePlaces
from vantage.viewer.splats import SplatCloud, splats_of
from vantage.viewer.viewpoint import Ray, Viewpoint, camera_along

FEATURE_PIXELS = 320
"""Longer side of pictures of features, in pixels. They are smooth: larger ones look the same, and cost more."""

SURFACE_CAMERAS = 8
"""Cameras whose surfaces stand for a scene without Gaussians; 8 spread over a capture see nearly all of it."""

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
class SplatPaint:
    """Colours for the splats with what belongs beneath them."""

    colours: Float[np.ndarray, "n 3"]
    """RGB in [0, 1]."""
    scale: Scale | None = None


class ScenePainter:
    """Paints a scene. All methods may be called from several threads."""

    def __init__(self, scene: DistilledScene, query: SceneQuery | None = None) -> None:
        """Take a scene, and where its encoders read text the query that asks it.

        Raises:
            DataError: the scene is not made of Gaussians, and no camera of it sees a surface.
        """
        self.scene = scene
        self.splats: SplatCloud | None = splats_of(scene)
        self.places = ScenePlaces(scene, query, self._points_world())

    def _points_world(self) -> Float32[np.ndarray, "n 3"]:
        if self.splats is not None:
            return self.splats.centres / self.splats.enlarged
        return surface_points(self.scene, cameras=SURFACE_CAMERAS).numpy()

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

    def splat_paint(self, look: Look) -> SplatPaint:
        """Return the splats' colours for a look; depth has none of its own and keeps the scene's.

        Raises:
            UsageError: the scene has no splats.
        """
        if self.splats is None:
            raise UsageError(f"scene {self.scene.name!r} has no Gaussians; its views have to be rendered")
        plain = self.splats.colours
        if look.shown == "features":
            centres = torch.from_numpy(self.places.points_world)
            return SplatPaint(colours=self.places.colours(centres, look.encoder).numpy())
        values = self.places.values(look)
        if values is None:
            return SplatPaint(colours=plain)
        # The splats as a picture of one column: they then look as the pictures do.
        column = overlay_relevancy(
            plain[:, None].astype(np.float64), values.values[:, None], low=values.low, high=values.high
        )
        return SplatPaint(colours=column.image[:, 0], scale=column.scale)

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
        values = self.places.values(look)
        if values is None:
            raise UsageError("there is nothing to compare with")
        shown = self._map(surface, small, *self.places.measure(look))
        picture = overlay_relevancy(rgb, shown.numpy(), low=values.low, high=values.high)
        return Painting(image=picture.image, scale=picture.scale)

    def compare(self, encoders: tuple[str, str], look: Look, view: Viewpoint) -> list[Painting]:
        """Paint one view for each encoder: what resembles the clicked place where there is one, else the features."""
        shown = "features" if look.point is None else "similarity"
        small = view.shrunk(FEATURE_PIXELS)
        return [self.picture(dataclasses.replace(look, encoder=name, shown=shown), small) for name in encoders]

    def _map(self, rendering: Rendering, view: Viewpoint, encoder: str, measure: Measure) -> Float[Tensor, "h w"]:
        """Measure the features at the surface points that a rendering shows; -1 where it shows none."""
        values = self.places.over(_surface(rendering, view), encoder, measure).reshape(rendering.depth.shape)
        return torch.where(rendering.alpha > HIT_OPACITY, values, -1.0)

    def _paint_features(
        self, encoder: str, view: Viewpoint, rendering: Rendering, *, like: Float[np.ndarray, "h w 3"]
    ) -> Float[np.ndarray, "h w 3"]:
        image = self.places.colours(_surface(rendering, view), encoder).reshape(*rendering.depth.shape, 3)
        image = torch.where(rendering.alpha[..., None] > HIT_OPACITY, image.float(), 0.0).numpy()
        return np.clip(resize_image(image, like.shape[1], like.shape[0]), 0, 1).astype(np.float64)


def _surface(rendering: Rendering, view: Viewpoint) -> Float[Tensor, "n 3"]:
    """Return the world points that a rendering's depth shows, row by row."""
    pose = pose_tensor(view.world_from_camera, rendering.depth)
    return backproject_depth(rendering.depth, view.camera, pose).reshape(-1, 3)
