"""SPINE whole: an image's embedding to coarse poses, the coarse poses to one that is fine, without a first guess."""

import dataclasses
import time
from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Float32, Float64
from torch import Tensor

from vantage.encoders import Encoder
from vantage.errors import DataError, UsageError
from vantage.fields import DistilledScene
from vantage.geometry import Camera
from vantage.inversion.coarse import CoarseSettings, PoseHypotheses, SpineCoarse, fit_coarse
from vantage.inversion.fine import FinePose, FineSettings, SpineFine
from vantage.inversion.views import KnownViews, embed_image, rendered_views


@dataclasses.dataclass(frozen=True, kw_only=True)
class SpineSettings:
    """What the set-up of a scene and the search for an image's pose depend on."""

    rendered: int = 128
    """Views rendered from the field that the coarse network learns from besides the photographs; 0 is the paper."""
    coarse: CoarseSettings = dataclasses.field(default_factory=CoarseSettings)
    fine: FineSettings = dataclasses.field(default_factory=FineSettings)

    def __post_init__(self) -> None:
        if self.rendered < 0:
            raise UsageError(f"{self.rendered} rendered views; expected 0 or more")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Inversion:
    """Where an image was taken, and how that was found."""

    hypotheses: PoseHypotheses
    """What the embedding alone says."""
    fine: FinePose
    coarse_s: float
    """Seconds of encoding and of the network."""
    fine_s: float
    """Seconds of rendering, matching, PnP and colours."""


class Spine:
    """Finds the poses of images in one scene."""

    def __init__(self, encoder: Encoder, coarse: SpineCoarse, fine: SpineFine) -> None:
        self.encoder, self.coarse, self.fine = encoder, coarse, fine

    def invert(self, image: Float32[np.ndarray, "h w 3"], camera: Camera) -> Inversion:
        """Return where an image was taken.

        Raises:
            DataError: the image's size is not the camera's, or a pixel is not a number.
        """
        if not np.isfinite(image).all():
            raise DataError("the image holds values that are not numbers; expected RGB in [0, 1]")
        start = time.perf_counter()
        hypotheses, starts = self.starts(embed_image(self.encoder, image))
        middle = time.perf_counter()
        fine = self.fine.refine(image, camera, starts)
        end = time.perf_counter()
        return Inversion(hypotheses=hypotheses, fine=fine, coarse_s=middle - start, fine_s=end - middle)

    def starts(self, embedding: Float[Tensor, " d"]) -> tuple[PoseHypotheses, Float64[np.ndarray, "k 4 4"]]:
        """Return the coarse phase's distribution, and the poses that the fine phase starts from, one after another.

        These are the hypotheses, and after them the poses of the views most alike, for images far from all cameras.
        """
        hypotheses, settings = self.coarse.hypotheses(embedding), self.fine.settings
        likely = hypotheses.world_from_camera[: settings.hypotheses]
        return hypotheses, np.concatenate([likely, self.coarse.nearest(embedding, settings.retrieved)])


def learn_coarse(
    scene: DistilledScene,
    encoder: Encoder,
    known: KnownViews,
    settings: SpineSettings | None = None,
    *,
    after_view: Callable[[], None] = lambda: None,
) -> SpineCoarse:
    """Train the coarse network of a scene once: on its training views, and on some rendered beside them.

    Args:
        scene: the field.
        encoder: what embeds the rendered views; `known` must be its as well.
        known: the field's own training views.
        settings: of the set-up.
        after_view: called after each rendered view, for progress.

    Raises:
        DataError: `known` holds views that were held out from the field.
    """
    settings = settings or SpineSettings()
    held_out = {camera.name for camera in scene.cameras if camera.held_out}
    if wrong := sorted(held_out.intersection(known.names)):
        raise DataError(f"views {wrong[:5]} were held out from the field; poses are learned from its own views only")
    if settings.rendered > 0:
        rng = np.random.default_rng(settings.coarse.seed)
        extra = rendered_views(scene, encoder, count=settings.rendered, rng=rng, after_view=after_view)
        if len(extra) > 0:
            known = known.joined(extra)
    return fit_coarse(known, settings.coarse)
