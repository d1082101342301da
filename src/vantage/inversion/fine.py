"""SPINE's fine phase: render at a pose, match, lift, solve PnP, and again from there; then colours pull."""

import dataclasses
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64

from vantage.encoders import Encoder
from vantage.errors import DataError, UsageError
from vantage.fields import DistilledScene, Rendering
from vantage.geometry import Camera
from vantage.inversion.lifting import image_of, lift_pixels
from vantage.inversion.matching import DenseDescriber, Described, SiftDescriber, match
from vantage.inversion.photometric import PhotometricSettings, refine_by_colours
from vantage.inversion.pnp import PnpPose, PnpSettings, solve_pnp
from vantage.inversion.poses import pose_errors

Matcher = Literal["sift", "dense"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class FineSettings:
    """How a pose is refined, and when it is believed; ours, but for what a line says."""

    ratio: float = 0.85
    """A keypoint's best partner must be nearer than this share of the second (Lowe: 0.8; SplatLoc: 0.9)."""
    rounds: int = 3
    """Renderings and matchings at most, the first at the coarse pose."""
    hypotheses: int = 4
    """Coarse poses tried at most, the heaviest first."""
    retrieved: int = 4
    """Views with the most similar embeddings whose poses are tried where no hypothesis does; 0 = none. Of seven views
    far from all training cameras they brought two home that the hypotheses alone did not."""
    enough_inliers: int = 30
    """A pose that this many pairs agree with ends the trying of hypotheses."""
    settled_rotation_deg: float = 0.2
    """A round that moves the pose by less than this and `settled_translation` is the last: colours do the rest."""
    settled_translation: float = 0.01
    """Metres."""
    min_inliers: int = 15
    """Fewer agreeing pairs, matched anew at the final pose, mean that the place was not found: twelve images of other
    rooms had at most 5, held-out images of the same room at least 67 (docs/inversion.md)."""
    least_inliers: int = 8
    """With fewer agreeing pairs the solved pose is chance, and the coarse one is given back."""
    min_alpha: float = 0.7
    """A final view that shows less of the field than this, on average, is not believed: at 0.74 a pose with many pairs
    was right, at 0.66 another 5 degrees off."""
    dense: bool = True
    """Match an encoder's cells where keypoints agree on no pose."""
    dense_error_px: float = 6.0
    """Agreement in pixels for cells, whose centres are all that is known of their places."""
    pnp: PnpSettings = dataclasses.field(default_factory=PnpSettings)
    photometric: PhotometricSettings = dataclasses.field(default_factory=PhotometricSettings)

    def __post_init__(self) -> None:
        if (
            min(self.rounds, self.hypotheses, self.min_inliers) < 1
            or self.retrieved < 0
            or not 0 <= self.min_alpha <= 1
        ):
            raise UsageError(f"{self}: expected at least one round, hypothesis and inlier, and min_alpha in 0 to 1")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class FinePose:
    """Where an image was taken, as far as the fine phase can tell."""

    world_from_camera: Float64[np.ndarray, "4 4"]
    found: bool
    """Whether enough pairs agree at an opaque enough view; if not, the pose is a guess."""
    inliers: int
    """Pairs that agree with the pose, matched at it."""
    pairs: int
    """Pairs that were matched there."""
    rotation_spread: float
    """Standard deviation of the rotation by PnP, radians; infinite where nothing was solved."""
    translation_spread: float
    """Standard deviation of the position by PnP, metres."""
    alpha: float
    """Mean opacity of the final view."""
    hypothesis: int
    """Which of the poses that it started from led here, 0 the first."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class _Attempt:
    """A pose solved in one round, and the rendering it was solved against."""

    solved: PnpPose
    pairs: int
    hypothesis: int


class SpineFine:
    """Refines poses of images in one scene."""

    def __init__(self, scene: DistilledScene, encoder: Encoder | None, settings: FineSettings | None = None) -> None:
        """Prepare the matchers; without an encoder there are keypoints alone.

        Raises:
            MissingError: the extra `sfm` (pycolmap) is not installed.
        """
        self.scene, self.settings = scene, settings or FineSettings()
        self._sift = SiftDescriber()
        self._dense = DenseDescriber(encoder) if encoder is not None and self.settings.dense else None

    def refine(
        self, image: Float32[np.ndarray, "h w 3"], camera: Camera, world_from_camera: Float64[np.ndarray, "k 4 4"]
    ) -> FinePose:
        """Return the pose of an image, starting from one or more coarse ones, the best first.

        Raises:
            DataError: the image's size is not the camera's, or there is no pose to start from.
        """
        if image.shape[:2] != (camera.height, camera.width):
            raise DataError(f"image is {image.shape[1]}x{image.shape[0]}, its camera {camera.width}x{camera.height}")
        if len(world_from_camera) == 0:
            raise DataError("no coarse pose to refine")
        starts = world_from_camera
        query = self._sift.describe(image)
        best = self._first(query, camera, starts, "sift")
        if self._dense is not None and (best is None or best.solved.count < self.settings.min_inliers):
            # Cells bring the pose near enough for keypoints to go on from.
            rough = self._first(self._dense.describe(image), camera, starts[: self.settings.hypotheses], "dense")
            nearer = self._first(query, camera, rough.solved.world_from_camera[None], "sift") if rough else None
            if rough and nearer and (best is None or nearer.solved.count > best.solved.count):
                best = dataclasses.replace(nearer, hypothesis=rough.hypothesis)
        if best is None or best.solved.count < self.settings.least_inliers:
            return self._lost(camera, starts[0], best)
        return self._polish(image, query, camera, best)

    def _first(
        self, query: Described, camera: Camera, starts: Float64[np.ndarray, "k 4 4"], matcher: Matcher
    ) -> _Attempt | None:
        """Try start after start until enough pairs agree; return the attempt on which most do."""
        best: _Attempt | None = None
        for number, start in enumerate(starts):
            attempt, _ = self._round(query, camera, start, matcher, number)
            if attempt is not None and (best is None or attempt.solved.count > best.solved.count):
                best = attempt
            if best is not None and best.solved.count >= self.settings.enough_inliers:
                break
        return best

    def _round(
        self, query: Described, camera: Camera, pose: Float64[np.ndarray, "4 4"], matcher: Matcher, hypothesis: int
    ) -> tuple[_Attempt | None, Rendering]:
        """Render, match, lift and solve once."""
        rendering = self.scene.render(camera, pose)
        describer = self._sift if matcher == "sift" or self._dense is None else self._dense
        pairs = match(
            query, describer.describe(image_of(rendering)), ratio=self.settings.ratio if matcher == "sift" else 1.0
        )
        points, good = lift_pixels(pairs.render, rendering, camera, pose)
        settings = self.settings.pnp
        if matcher == "dense":
            settings = dataclasses.replace(settings, max_error_px=self.settings.dense_error_px)
        solved = solve_pnp(points[good], pairs.query[good], camera, settings)
        if solved is None:
            return None, rendering
        return _Attempt(solved=solved, pairs=int(good.sum()), hypothesis=hypothesis), rendering

    def _polish(
        self, image: Float32[np.ndarray, "h w 3"], query: Described, camera: Camera, best: _Attempt
    ) -> FinePose:
        """Match again from where the last round led until the pose has settled, then let colours pull, then judge."""
        rendering: Rendering | None = None
        for _ in range(1, self.settings.rounds):
            before = best.solved.world_from_camera
            again, rendering = self._round(query, camera, before, "sift", best.hypothesis)
            if again is None or 2 * again.solved.count < best.solved.count:
                break
            best = again
            rotation, translation = pose_errors(best.solved.world_from_camera, before)
            if rotation < np.deg2rad(self.settings.settled_rotation_deg) and (
                translation < self.settings.settled_translation
            ):
                break
        pose = best.solved.world_from_camera
        if rendering is None:
            rendering = self.scene.render(camera, pose)
        believed = best.solved.count >= self.settings.min_inliers
        if believed:
            pose = refine_by_colours(
                self.scene.field, image, camera, pose, rendering, self.settings.photometric
            ).world_from_camera
        alpha = float(rendering.alpha.mean())
        return FinePose(
            world_from_camera=pose,
            found=believed and alpha >= self.settings.min_alpha,
            inliers=best.solved.count,
            pairs=best.pairs,
            rotation_spread=best.solved.rotation_spread,
            translation_spread=best.solved.translation_spread,
            alpha=alpha,
            hypothesis=best.hypothesis,
        )

    def _lost(self, camera: Camera, start: Float64[np.ndarray, "4 4"], best: _Attempt | None) -> FinePose:
        """Return the coarse pose as it was, marked as not found."""
        rendering = self.scene.render(camera, start)
        return FinePose(
            world_from_camera=start,
            found=False,
            inliers=best.solved.count if best else 0,
            pairs=best.pairs if best else 0,
            rotation_spread=float("inf"),
            translation_spread=float("inf"),
            alpha=float(rendering.alpha.mean()),
            hypothesis=0,
        )


def scene_camera(scene: DistilledScene) -> Camera:
    """Return the camera that most of the scene's training views share, for images of which nothing else is known.

    Raises:
        DataError: the scene has no camera.
    """
    cameras = [c.camera for c in scene.cameras if not c.held_out] or [c.camera for c in scene.cameras]
    if not cameras:
        raise DataError(f"scene {scene.name!r} has no camera; give the field of view of the images")
    return max(dict.fromkeys(cameras), key=cameras.count)
