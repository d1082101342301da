"""Where were these images taken? A run of `vantage distill`, some image files, their poses."""

import contextlib
import dataclasses
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float32

from vantage.captures import Capture, open_capture
from vantage.captures.images import ImageError, read_image, resize_image
from vantage.captures.resizing import fit_size
from vantage.encoders import Encoder, load_encoder
from vantage.errors import DataError, UsageError
from vantage.fields import DistilledScene
from vantage.geometry import Camera
from vantage.inversion import (
    Inversion,
    KnownViews,
    Spine,
    SpineFine,
    SpineSettings,
    embed_image,
    learn_coarse,
    photographed_views,
    scene_camera,
)
from vantage.inversion.memory import load_coarse, save_coarse
from vantage.runs import progress
from vantage.storage import content_hash, read_json
from vantage.studies.asking import load_run_scene

ASPECT_TOLERANCE = 0.01
"""Images whose sides' ratio differs by more than this from the scene's views were not taken by the same camera."""

ViewKind = Literal["photographs", "rendered"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class InvertSettings:
    """How a run's scene is set up for finding images."""

    encoder: str | None = None
    """Distilled encoder whose one vector an image is placed by; by default the scene's first."""
    adapter: str | None = None
    """File of the adapter that was on the encoder when it was distilled."""
    capture: str | None = None
    """Folder of the photographs that the scene was made from; by default the one that the run names."""
    views: ViewKind = "photographs"
    """What the coarse network learns from: the photographs, or the scene rendered from their cameras."""
    fov_x_deg: float | None = None
    """Horizontal field of view of the images in degrees; by default they are by the scene's own camera."""
    spine: SpineSettings = dataclasses.field(default_factory=SpineSettings)

    def __post_init__(self) -> None:
        if self.fov_x_deg is not None and not 1 <= self.fov_x_deg <= 170:
            raise UsageError(f"a field of view of {self.fov_x_deg} degrees; expected 1 to 170")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What came of one image file."""

    path: Path
    image: Float32[np.ndarray, "h w 3"] | None = None
    """The image as it was looked at, at the scene's size; None where it could not be read."""
    camera: Camera | None = None
    inversion: Inversion | None = None
    problem: str = ""
    """Why there is no pose, in a sentence; empty where there is one."""

    @property
    def found(self) -> bool:
        """Whether the image shows this scene, as far as can be told."""
        return self.inversion is not None and self.inversion.fine.found


class Inverter:
    """A scene, ready to find images in."""

    def __init__(self, scene: DistilledScene, spine: Spine, fov_x_deg: float | None) -> None:
        self.scene, self.spine, self._fov_x_deg = scene, spine, fov_x_deg
        self._camera = scene_camera(scene)

    def answer(self, path: Path) -> Answer:
        """Find one image; a broken file gives an answer that says so."""
        try:
            image, _ = read_image(path)
            image, camera = self._fitted(image, path)
        except DataError as error:
            return Answer(path=path, problem=str(error))
        inversion = self.spine.invert(image, camera)
        problem = "" if inversion.fine.found else self._why_not(inversion)
        return Answer(path=path, image=image, camera=camera, inversion=inversion, problem=problem)

    def _fitted(self, image: Float32[np.ndarray, "h w 3"], path: Path) -> tuple[Float32[np.ndarray, "_ _ 3"], Camera]:
        """Return the image at the scene's size, and its camera."""
        height, width = image.shape[:2]
        own = self._camera
        if self._fov_x_deg is not None:
            size = fit_size(width, height, max(own.width, own.height))
            camera = Camera.from_fov(fov_x=math.radians(self._fov_x_deg), width=size[0], height=size[1])
        elif abs(width * own.height / (height * own.width) - 1) > ASPECT_TOLERANCE:
            raise ImageError(
                f"{path}: {width}x{height} is not of the shape of the scene's views ({own.width}x{own.height}); "
                "give --fov-deg, the horizontal field of view of its camera",
                "other_camera",
            )
        else:
            camera = own
        return np.ascontiguousarray(resize_image(image, camera.width, camera.height)), camera

    def _why_not(self, inversion: Inversion) -> str:
        fine, settings = inversion.fine, self.spine.fine.settings
        if fine.inliers < settings.min_inliers:
            return f"not found: {fine.inliers} pairs agree, {settings.min_inliers} are needed; perhaps another place"
        return f"not found: the pose shows {fine.alpha:.0%} of the scene, {settings.min_alpha:.0%} are needed"


def open_inverter(
    run: Path, settings: InvertSettings, *, quiet: bool = False, after_view: Callable[[], None] = lambda: None
) -> Inverter:
    """Load a run's scene and learn where embeddings come from, or find what was learned before in `RUN/inversion`.

    `after_view` is called after each view that is learned from; it may raise to stop.

    Raises:
        DataError: no such run, the encoder's weights are not those distilled, or the photographs are not to be found.
        UsageError: the encoder is not in the scene.
        MissingError: pycolmap or the encoder's weights are not here.
    """
    run = Path(run)
    scene = load_run_scene(run)
    encoder = _encoder(scene, settings)
    # Before the long work, so that a missing extra is told at once.
    fine = SpineFine(scene, encoder, settings.spine.fine)
    plain = "".join(c if c.isalnum() or c in "-._" else "-" for c in encoder.card.name)
    path = run / "inversion" / f"{plain}-{settings.views}.safetensors"
    key = _key(scene, encoder, settings)
    coarse = load_coarse(path, key=key)
    if coarse is None:
        if settings.views == "photographs":
            known = _photographs(run, scene, encoder, settings, quiet=quiet, after_view=after_view)
        else:
            known = _rendered_training_views(scene, encoder)
        with progress("rendering views to learn from", settings.spine.rendered, quiet=quiet) as bar:

            def rendered() -> None:
                bar.advance()
                after_view()

            coarse = learn_coarse(scene, encoder, known, settings.spine, after_view=rendered)
        save_coarse(path, coarse, key=key)
    return Inverter(scene, Spine(encoder, coarse, fine), settings.fov_x_deg)


def _encoder(scene: DistilledScene, settings: InvertSettings) -> Encoder:
    names = scene.semantics.encoder_names
    if not names:
        raise DataError(f"scene {scene.name!r} has no distilled encoder; distill one with --encoder room-dino")
    name = settings.encoder or names[0]
    if name not in names:
        raise UsageError(f"encoder {name!r} is not in this scene; it has {', '.join(names)}")
    encoder = load_encoder(name, adapter=settings.adapter)
    recorded = scene.fingerprints.get(name)
    if recorded is not None and recorded != encoder.fingerprint:
        raise DataError(
            f"the scene was distilled with other weights of {name!r} ({recorded[:8]}, here {encoder.fingerprint[:8]}); "
            "distill it again, or give the --adapter it was distilled with"
        )
    return encoder


def _key(scene: DistilledScene, encoder: Encoder, settings: InvertSettings) -> str:
    """Return what the coarse network depends on, as a hash."""
    coarse = dataclasses.asdict(settings.spine.coarse) | {"rendered": settings.spine.rendered, "views": settings.views}
    cameras = np.stack([camera.world_from_camera for camera in scene.cameras])
    field = b"".join(tensor.numpy().tobytes() for _, tensor in sorted(scene.field.tensors().items()))
    return content_hash(encoder.fingerprint, json.dumps(coarse, sort_keys=True), cameras.tobytes(), field)


def _rendered_training_views(scene: DistilledScene, encoder: Encoder) -> KnownViews:
    """Return the scene's training views as the field shows them."""
    cameras = [camera for camera in scene.cameras if not camera.held_out]
    if not cameras:
        raise DataError(f"scene {scene.name!r} has no training camera")
    images = (scene.render(c.camera, c.world_from_camera).rgb.clamp(0, 1).numpy() for c in cameras)
    return KnownViews(
        embeddings=torch.stack([embed_image(encoder, np.ascontiguousarray(image)) for image in images]),
        world_from_camera=np.stack([c.world_from_camera for c in cameras]),
        names=tuple(c.name for c in cameras),
    )


def _photographs(
    run: Path,
    scene: DistilledScene,
    encoder: Encoder,
    settings: InvertSettings,
    *,
    quiet: bool,
    after_view: Callable[[], None],
) -> KnownViews:
    """Embed the photographs that the field was trained on.

    Raises:
        DataError: they are not where the run says, or not the scene's.
    """
    capture = _capture_of(run, settings)
    wanted = {camera.name for camera in scene.cameras if not camera.held_out}
    chosen = [index for index, source in enumerate(capture.sources) if source.name in wanted]
    if len(chosen) < len(wanted):
        raise DataError(
            f"capture {capture.name!r} has {len(chosen)} of the {len(wanted)} views that the scene was made from; "
            "give --capture with their folder, or --views rendered"
        )
    with progress("encoding photographs", len(chosen), quiet=quiet) as bar:

        def views() -> Any:
            for index in chosen:
                yield capture[index]
                bar.advance()
                after_view()

        return photographed_views(encoder, views())


def _capture_of(run: Path, settings: InvertSettings) -> Capture:
    """Open the capture that a run was made from, as the run did."""
    said: dict[str, Any] = {}
    if (run / "config.json").is_file():
        config = read_json(run / "config.json")
        with contextlib.suppress(AttributeError):
            said = config.get("settings") or {}
    folder = settings.capture or said.get("capture") or (str(run / "room") if (run / "room").is_dir() else None)
    if folder is None or not Path(folder).is_dir():
        where = f"are not at {folder}" if folder else f"are not named in {run}"
        raise DataError(f"the photographs of this scene {where}; give --capture FOLDER, or --views rendered")
    return open_capture(
        Path(folder),
        max_size=said.get("max_size"),
        hold_out=said.get("hold_out"),
        depth_scale=said.get("depth_scale"),
    )


def invert_images(inverter: Inverter, paths: Sequence[Path], *, quiet: bool = False) -> list[Answer]:
    """Find each image, one after the other."""
    answers = []
    with progress("finding images", len(paths), quiet=quiet) as bar:
        for path in paths:
            answers.append(inverter.answer(Path(path)))
            bar.advance()
    return answers
