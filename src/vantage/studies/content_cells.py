"""One cell of the content study: an encoder in a scene with a seed; computed once, kept as files, found ever after."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int64

from vantage.encoders import Encoder, Features, encode_capture
from vantage.fields import DistilledScene, Distiller
from vantage.metrics import psnr_db
from vantage.probes import scene_colors
from vantage.studies.cells import CellName, EncoderCell, read_cell, write_cell
from vantage.studies.content_measures import Measures, Number, measure_features
from vantage.studies.content_scenes import StudyScene
from vantage.studies.content_settings import IMAGE, ContentSettings
from vantage.studies.side_by_side import field_settings

PHOTO = "photo"
"""The picture of a cell that shows the first view itself."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Cell(EncoderCell):
    """What a cell came to, by place (`image`, `gaussians`, `nerf`)."""

    fingerprint: str
    """The encoder's."""
    values: Mapping[str, Mapping[str, Number]]
    curves: Mapping[str, Mapping[str, list[Number]]]
    labels: Mapping[str, Int64[np.ndarray, " n"]]
    pictures: Mapping[str, Float[np.ndarray, "_h _w 3"]]

    @property
    def weights(self) -> dict[str, str]:
        """Fingerprint of the encoder, by its name."""
        return {self.name.encoder: self.fingerprint}

    def save(self, folder: Path) -> None:
        """Write the cell."""
        tensors = {f"labels.{place}": torch.from_numpy(labels) for place, labels in self.labels.items()}
        for place, picture in self.pictures.items():
            tensors[f"picture.{place}"] = torch.from_numpy(np.rint(picture * 255).astype(np.uint8))
        content: dict[str, Any] = {"cell": self.name.to_json(), "fingerprint": self.fingerprint}
        content |= {"family": self.family, "values": self.values, "curves": self.curves}
        write_cell(folder, self.name, content, tensors)

    @classmethod
    def load(cls, folder: Path, name: CellName) -> "Cell | None":
        """Read a cell, or return None where it is not done (`read_cell`)."""

        def parse(content: Any, tensors: dict[str, torch.Tensor]) -> "Cell":
            values = content["values"]
            return cls(
                name=name,
                fingerprint=content["fingerprint"],
                family=content["family"],
                values=values,
                curves=content["curves"],
                labels={place: tensors[f"labels.{place}"].numpy() for place in values},
                pictures={place: tensors[f"picture.{place}"].numpy() / 255 for place in (PHOTO, *values)},
            )

        return read_cell(folder, name, parse)


def make_cell(
    name: CellName,
    scene: StudyScene,
    encoders: Mapping[str, Encoder],
    settings: ContentSettings,
    *,
    cache: Path,
    after_step: Callable[[], None],
) -> Cell:
    """Measure an encoder in the image and in every field.

    Args:
        name: which cell.
        scene: its scene.
        encoders: by name; the cell's, and the one that is distilled beside it.
        settings: the study's.
        cache: folder of the feature cache.
        after_step: called after each step of a distillation; may raise to stop.

    Raises:
        DataError: a view is damaged.
    """
    encoder = encoders[name.encoder]
    # Views that nobody looks into are only there to distill from.
    wanted = range(len(scene.capture)) if settings.fields else scene.measured
    features = _encode(scene, encoder, wanted, cache)
    colors = scene_colors([features[index] for index in scene.measured])

    def measures_of(seen: Mapping[int, Features]) -> Measures:
        return measure_features(
            scene, seen, colors, thresholds=settings.thresholds, clusters=settings.clusters, seed=name.seed
        )

    found = {IMAGE: measures_of(features)}
    extra: dict[str, dict[str, Number]] = {IMAGE: {}}
    for field in settings.fields:
        targets = {name.encoder: list(features.values())}
        if settings.language is not None and settings.language != name.encoder:
            targets[settings.language] = list(_encode(scene, encoders[settings.language], wanted, cache).values())
        distilled = _distill(scene, targets, field, settings, name.seed, after_step)
        rendered, psnr = _render(scene, distilled, name.encoder)
        found[field] = measures_of(rendered)
        cosines = [_cosine(rendered[index], features[index]) for index in scene.measured]
        extra[field] = {"psnr_db": psnr, "feature_cosine": float(np.mean(cosines))}
    return Cell(
        name=name,
        fingerprint=encoder.fingerprint,
        family=encoder.card.family,
        values={place: {**one.values, **extra[place]} for place, one in found.items()},
        curves={place: one.curves for place, one in found.items()},
        labels={place: one.labels for place, one in found.items()},
        pictures={place: one.picture for place, one in found.items()} | {PHOTO: scene.capture[scene.measured[0]].image},
    )


def _encode(scene: StudyScene, encoder: Encoder, wanted: Sequence[int], cache: Path) -> dict[int, Features]:
    """Compute or find the features of some views, by their indices."""
    found = encode_capture(scene.capture.subset(wanted), encoder, cache, strict=True)
    return dict(zip(wanted, found, strict=True))


def _distill(
    scene: StudyScene,
    targets: Mapping[str, list[Features]],
    field: str,
    settings: ContentSettings,
    seed: int,
    after_step: Callable[[], None],
) -> DistilledScene:
    """Train a field on the views that are not looked into."""
    distiller = Distiller(scene.capture, targets, field_settings(scene.capture, field, settings.steps, seed))
    distiller.train(after_step=lambda losses: after_step())
    return distiller.scene()


def _render(scene: StudyScene, distilled: DistilledScene, encoder: str) -> tuple[dict[int, Features], float]:
    """Return the distilled features of the views that are looked into, a cell for each pixel, and the mean PSNR."""
    rendered: dict[int, Features] = {}
    qualities = []
    for index in scene.measured:
        source = scene.capture.sources[index]
        rendering, values = distilled.render_features(source.camera, source.world_from_camera, encoder)
        rendered[index] = Features(
            grid=values[None],
            summary=values.mean(dim=(0, 1))[None],
            stride=(1.0, 1.0),
            image_size=(source.camera.width, source.camera.height),
        )
        image = torch.from_numpy(np.ascontiguousarray(scene.capture[index].image))
        qualities.append(float(psnr_db(rendering.rgb.clamp(0, 1), image)))
    return rendered, float(np.mean(qualities))


def _cosine(rendered: Features, features: Features) -> float:
    """Return the mean cosine of distilled features with the photograph's, at the centres of the encoder's cells."""
    rows, columns = features.grid.shape[1:3]
    v, u = torch.meshgrid(torch.arange(rows) + 0.5, torch.arange(columns) + 0.5, indexing="ij")
    pixels = torch.stack([u * features.stride[0], v * features.stride[1]], dim=-1).reshape(1, -1, 2)
    there = rendered.sample(pixels.to(rendered.grid))[0]
    return float(torch.nn.functional.cosine_similarity(there, features.grid[0].reshape(rows * columns, -1)).mean())
