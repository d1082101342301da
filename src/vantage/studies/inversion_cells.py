"""One cell of the inversion study: a scene, a kind of field and a seed; every method on every held-out view."""

import dataclasses
import math
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64

from vantage.captures import Capture, View
from vantage.encoders import Encoder, Features, encode_capture
from vantage.fields import DistilledScene, Distiller
from vantage.inversion import (
    Inerf,
    KnownViews,
    Spine,
    SpineFine,
    SplatLoc,
    embed_image,
    learn_coarse,
    nearest_view,
    perturbed_pose,
    pose_errors,
    usual_depth,
)
from vantage.storage import content_hash
from vantage.studies.cells import CellName, StudyCell, read_cell, write_cell
from vantage.studies.content_scenes import views_of
from vantage.studies.inversion_settings import (
    COARSE,
    FULL,
    INERF,
    OF_ENCODERS,
    RETRIEVAL,
    SPLATLOC,
    SPLATLOC_AGAIN,
    InversionStudySettings,
)
from vantage.studies.side_by_side import field_settings


@dataclasses.dataclass(frozen=True, kw_only=True)
class Trial:
    """One method on one view."""

    method: str
    encoder: str
    """Empty for methods that look at none."""
    view: str
    rotation_deg: float
    translation: float
    """Metres, where the capture has them."""
    seconds: float
    """Processor time of this process: other work on the machine does not count."""
    found: bool
    """Whether the method itself believes its pose; those that cannot tell believe always."""

    def within(self, degrees: float, metres: float) -> bool:
        """Tell whether the pose is as near to the truth as this."""
        return self.rotation_deg <= degrees and self.translation <= metres


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell(StudyCell):
    """All trials of a cell, and what it took to get there."""

    fingerprints: Mapping[str, str]
    """Of the encoders."""
    trials: tuple[Trial, ...]
    setup_s: Mapping[str, float]
    """Processor time of each encoder's set-up: rendered views and the coarse network."""

    @property
    def weights(self) -> Mapping[str, str]:
        """Fingerprints of its encoders, by name."""
        return self.fingerprints

    def save(self, folder: Path) -> None:
        """Write the cell."""
        write_cell(folder, self.name, dataclasses.asdict(self) | {"name": self.name.to_json()})

    @classmethod
    def load(cls, folder: Path, name: CellName) -> "Cell | None":
        """Read a cell, or return None where it is not done (`read_cell`)."""

        def parse(content: Any, tensors: dict[str, torch.Tensor]) -> "Cell":
            return cls(
                name=CellName(**content["name"]),
                fingerprints=content["fingerprints"],
                trials=tuple(Trial(**trial) for trial in content["trials"]),
                setup_s=content["setup_s"],
            )

        return read_cell(folder, name, parse, tensors=False)


def open_scene(name: str, settings: InversionStudySettings) -> Capture:
    """Return the views of a scene, `room_900000` or a capture's folder, every n-th held out."""
    return views_of(settings.rooms, settings.captures, settings.scene)[name]()


def make_cell(
    name: CellName,
    encoders: Mapping[str, Encoder],
    settings: InversionStudySettings,
    *,
    cache: Path,
    after_step: Callable[[], None],
) -> Cell:
    """Distill the scene, set every method up, and seek every held-out view.

    Args:
        name: which cell.
        encoders: by name.
        settings: the study's.
        cache: folder of the feature cache.
        after_step: called after each step of the distillation and each trial; may raise to stop.

    Raises:
        DataError: a view is damaged.
    """
    capture = open_scene(name.scene, settings)
    features = {key: list(encode_capture(capture, encoder, cache, strict=True)) for key, encoder in encoders.items()}
    distiller = Distiller(capture, features, field_settings(capture, name.field, settings.steps, name.seed))
    distiller.train(after_step=lambda losses: after_step())
    scene = distiller.scene()
    trials: list[Trial] = []
    setup_s: dict[str, float] = {}
    for key, encoder in encoders.items():
        start = time.process_time()
        known = _known(capture, features[key])
        spine = _set_up(scene, encoder, known, name.seed, settings)
        setup_s[key] = time.process_time() - start
        for index in capture.test_indices:
            trials += _with_encoder(capture[index], key, known, spine, settings)
            after_step()
    rivals = _Rivals(scene, settings)
    for index in capture.test_indices:
        view = capture[index]
        trials += rivals.trials(view, _guess(view, name.seed, settings))
        after_step()
    fingerprints = {key: encoder.fingerprint for key, encoder in encoders.items()}
    return Cell(name=name, fingerprints=fingerprints, trials=tuple(trials), setup_s=setup_s)


def _known(capture: Capture, features: list[Features]) -> KnownViews:
    """Return the field's own training views, with the embeddings that were distilled beside them."""
    chosen = capture.train_indices
    return KnownViews(
        embeddings=torch.stack([features[index].summary[0].float() for index in chosen]),
        world_from_camera=np.stack([capture.sources[index].world_from_camera for index in chosen]),
        names=tuple(capture.sources[index].name for index in chosen),
    )


def _set_up(
    scene: DistilledScene, encoder: Encoder, known: KnownViews, seed: int, settings: InversionStudySettings
) -> Spine:
    coarse = dataclasses.replace(settings.spine.coarse, seed=seed)
    network = learn_coarse(scene, encoder, known, dataclasses.replace(settings.spine, coarse=coarse))
    return Spine(encoder, network, SpineFine(scene, encoder, settings.spine.fine))


def _with_encoder(
    view: View, encoder: str, known: KnownViews, spine: Spine, settings: InversionStudySettings
) -> Iterator[Trial]:
    """Seek a view by its embedding."""
    image = np.ascontiguousarray(view.image)
    start = time.process_time()
    embedding = embed_image(spine.encoder, image)
    encoding_s = time.process_time() - start
    if RETRIEVAL in settings.methods:
        start = time.process_time()
        pose = known.world_from_camera[nearest_view(known, embedding)]
        yield _trial(RETRIEVAL, encoder, view, pose, encoding_s + time.process_time() - start)
    start = time.process_time()
    hypotheses, starts = spine.starts(embedding)
    coarse_s = encoding_s + time.process_time() - start
    if COARSE in settings.methods:
        yield _trial(COARSE, encoder, view, hypotheses.best, coarse_s)
    if FULL in settings.methods:
        start = time.process_time()
        fine = spine.fine.refine(image, view.camera, starts)
        seconds = coarse_s + time.process_time() - start
        yield _trial(FULL, encoder, view, fine.world_from_camera, seconds, found=fine.found)


class _Rivals:
    """The methods that need a guess."""

    def __init__(self, scene: DistilledScene, settings: InversionStudySettings) -> None:
        self.scene, self.settings = scene, settings
        self.once = SplatLoc(scene, settings.spine.fine, rounds=1)
        self.again = SplatLoc(scene, settings.spine.fine, rounds=settings.spine.fine.rounds)
        self.inerf = Inerf(scene.field, settings.inerf)
        self.depth = usual_depth(scene)

    def trials(self, view: View, guess: Float64[np.ndarray, "4 4"]) -> Iterator[Trial]:
        """Seek a view from a guess."""
        image = np.ascontiguousarray(view.image)
        for method, splatloc in ((SPLATLOC, self.once), (SPLATLOC_AGAIN, self.again)):
            if method in self.settings.methods:
                start = time.process_time()
                fine = splatloc.refine(image, view.camera, guess)
                seconds = time.process_time() - start
                yield _trial(method, "", view, fine.world_from_camera, seconds, found=fine.found)
        if INERF in self.settings.methods:
            start = time.process_time()
            pose = self.inerf.refine(image, view.camera, guess, depth=self.depth).world_from_camera
            yield _trial(INERF, "", view, pose, time.process_time() - start)


def _guess(view: View, seed: int, settings: InversionStudySettings) -> Float64[np.ndarray, "4 4"]:
    """Return the view's pose, moved as far as the paper's guesses are, in a direction that view and seed decide."""
    return perturbed_pose(
        view.world_from_camera,
        rotation=math.radians(settings.guess_rotation_deg),
        translation=settings.guess_translation_m,
        rng=np.random.default_rng([seed, int(content_hash(view.name)[:8], 16)]),
    )


def _trial(
    method: str, encoder: str, view: View, pose: Float64[np.ndarray, "4 4"], seconds: float, *, found: bool = True
) -> Trial:
    rotation, translation = pose_errors(pose, view.world_from_camera)
    return Trial(
        method=method,
        encoder=encoder if method in OF_ENCODERS else "",
        view=view.name,
        rotation_deg=math.degrees(rotation),
        translation=translation,
        seconds=seconds,
        found=found,
    )
