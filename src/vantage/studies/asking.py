"""Text queries to a scene on disk: where in space, seen best from where, with pictures."""

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vantage.encoders import encoder_cards, load_encoder, load_text_encoder
from vantage.errors import DataError, UsageError
from vantage.fields import DistilledScene, SceneCamera
from vantage.localization import ImageAnswer, PointAnswer, QuerySettings, SceneQuery
from vantage.reports import Picture, write_png
from vantage.storage import content_hash, write_json
from vantage.studies.distillation_report import query_row

NEUTRAL = 0.5
"""Relevancy of what resembles the query and the closest negative equally."""

CANDIDATE_VIEWS = 24
"""Cameras tried for the picture, evenly spread over the capture; the one that shows the answer best is taken."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a scene says to a text."""

    text: str
    points: PointAnswer
    camera: SceneCamera
    """The camera of the capture that sees the answer best."""
    image: ImageAnswer

    @property
    def found(self) -> bool:
        """Whether some place prefers the text to every negative (relevancy above neutral)."""
        return self.points.best_relevancy > NEUTRAL

    def pictures(self) -> dict[str, Picture | np.ndarray]:
        """Return the view with the peak marked, and its relevancy."""
        rgb = self.image.rendering.rgb.clamp(0, 1).numpy().astype(np.float64)
        return query_row(rgb, self.image.relevancy.numpy(), None, self.image.peak)

    def to_json(self) -> dict[str, object]:
        """Return the answer as JSON values."""
        return {
            "query": self.text,
            "best_point_world": list(self.points.best_point),
            "relevancy": self.points.best_relevancy,
            "found": self.found,
            "view": self.camera.name,
            "peak_pixel": list(self.image.peak),
            "peak_relevancy": float(self.image.relevancy.max()),
            "mask_share": float(self.image.mask.float().mean()),
        }


def text_encoder_of(scene: DistilledScene, wanted: str | None = None) -> str:
    """Return the distilled encoder that has a text tower.

    Raises:
        DataError: none of the scene's encoders reads text.
        UsageError: the wanted one is not in the scene.
    """
    names = scene.semantics.encoder_names
    if wanted is not None:
        if wanted not in names:
            raise UsageError(f"encoder {wanted!r} is not in this scene; it has {', '.join(names)}")
        return wanted
    readers = {card.name for card in encoder_cards() if card.text}
    for name in names:
        if name in readers:
            return name
    raise DataError(
        f"none of the scene's encoders ({', '.join(names)}) reads text; distill room-clip or a CLIP as well"
    )


def open_query(
    scene: DistilledScene, encoder: str, *, adapter: str | None = None, settings: QuerySettings | None = None
) -> SceneQuery:
    """Return what asks a scene with one of its encoders.

    Raises:
        DataError: the encoder's or the adapter's weights are not those that were distilled.
        MissingError: the encoder's weights are not here.
    """
    recorded = scene.fingerprints.get(encoder)
    present = load_encoder(encoder, adapter=adapter).fingerprint
    if recorded is not None and recorded != present:
        raise DataError(
            f"the scene was distilled with other weights of {encoder!r} ({recorded[:8]}, here {present[:8]}); "
            "distill it again, or give the --adapter it was distilled with"
        )
    return SceneQuery(scene, encoder, load_text_encoder(encoder), settings)


def ask(
    scene: DistilledScene,
    texts: Sequence[str],
    *,
    encoder: str | None = None,
    adapter: str | None = None,
    settings: QuerySettings | None = None,
) -> list[Answer]:
    """Ask a scene for each text; `adapter` is the file of the one that was on the encoder when it was distilled.

    Raises:
        DataError: the encoder's or the adapter's weights are not those that were distilled, or no encoder reads text.
        UsageError: a text is empty, or the encoder is not in the scene.
    """
    query = open_query(scene, text_encoder_of(scene, encoder), adapter=adapter, settings=settings)
    return [_answer(scene, query, text) for text in texts]


def _answer(scene: DistilledScene, query: SceneQuery, text: str) -> Answer:
    points = query.points(text)
    step = max(1, len(scene.cameras) // CANDIDATE_VIEWS)
    best: tuple[float, SceneCamera, ImageAnswer] | None = None
    for camera in scene.cameras[::step]:
        if not _sees(camera, points.best_point):
            continue
        image = query.image(text, camera.camera, camera.world_from_camera)
        score = float(image.relevancy.flatten().topk(max(1, image.relevancy.numel() // 200)).values.mean())
        if best is None or score > best[0]:
            best = (score, camera, image)
    if best is None:
        camera = scene.cameras[0]
        best = (0.0, camera, query.image(text, camera.camera, camera.world_from_camera))
    return Answer(text=text, points=points, camera=best[1], image=best[2])


def _sees(camera: SceneCamera, point: tuple[float, float, float]) -> bool:
    """Tell whether a world point projects into the camera's image (it may still be hidden)."""
    rotation, translation = camera.world_from_camera[:3, :3], camera.world_from_camera[:3, 3]
    x, y, z = rotation.T @ (np.array(point) - translation)
    if z <= 0:
        return False
    u = x / z * camera.camera.fx + camera.camera.cx
    v = y / z * camera.camera.fy + camera.camera.cy
    return bool(0 <= u < camera.camera.width and 0 <= v < camera.camera.height)


def load_run_scene(run: Path) -> DistilledScene:
    """Load the scene of a run folder, or a scene folder itself.

    Raises:
        DataError: the folder holds neither.
    """
    run = Path(run)
    if not run.exists():
        raise DataError(f"{run}: no such folder; expected a run of `vantage distill`")
    return DistilledScene.load(run / "scene" if (run / "scene").is_dir() else run)


def write_answers(answers: Sequence[Answer], folder: Path) -> list[dict[str, str]]:
    """Write each answer's pictures as PNG and all answers as `answers.json`; return the files of each answer."""
    written = []
    for number, answer in enumerate(answers):
        stem = re.sub(r"[^a-z0-9]+", "-", answer.text.lower()).strip("-")[:40] or f"query-{number}"
        # Two texts may read alike once reduced to letters.
        digest = content_hash(answer.text)[:6]
        files = {}
        for kind, picture in answer.pictures().items():
            image = picture.image if isinstance(picture, Picture) else picture
            path = Path(folder) / f"{stem}-{digest}-{kind.replace(' ', '-')}.png"
            write_png(path, image)
            files[kind] = str(path)
        mask_path = Path(folder) / f"{stem}-{digest}-mask.png"
        write_png(mask_path, np.repeat(answer.image.mask.numpy()[..., None].astype(np.float64), 3, axis=-1))
        written.append(files | {"mask": str(mask_path)})
    write_json(Path(folder) / "answers.json", [answer.to_json() for answer in answers])
    return written
