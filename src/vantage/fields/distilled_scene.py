"""`DistilledScene`: a field with its semantic field, the thing that is saved, loaded, queried, inverted and viewed."""

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from vantage.errors import DataError
from vantage.fields.feature_gaussians import FeatureGaussians
from vantage.fields.gaussians import GaussianField
from vantage.fields.nerf.field import NerfField
from vantage.fields.rendering import Rendering, pose_tensor
from vantage.fields.semantics import SemanticField, Semantics
from vantage.geometry import Camera
from vantage.storage import load_tensors, read_json, save_tensors, write_json

FIELDS: dict[str, type[GaussianField] | type[NerfField]] = {"gaussians": GaussianField, "nerf": NerfField}
"""Kinds of field by the word that `scene.json` names them with."""

FORMAT = 1
"""Version of the folder layout; raised when an older reader could misread a newer folder."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SceneCamera:
    """A camera that the scene was made from."""

    name: str
    camera: Camera
    world_from_camera: Float64[np.ndarray, "4 4"]
    held_out: bool


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class DistilledScene:
    """A radiance field, the features distilled into its space, and the cameras it was made from."""

    name: str
    field: GaussianField | NerfField
    semantics: Semantics
    fingerprints: dict[str, str]
    """Fingerprint of each distilled encoder: features of another version would not match."""
    cameras: tuple[SceneCamera, ...]
    metric: bool = True
    """Whether world units are metres."""

    def render(self, camera: Camera, world_from_camera: np.ndarray | Float[Tensor, "4 4"]) -> Rendering:
        """Render colour, depth and opacity without gradients."""
        with torch.no_grad():
            return self.field.render(camera, world_from_camera)

    def render_features(
        self, camera: Camera, world_from_camera: np.ndarray | Float[Tensor, "4 4"], encoder: str
    ) -> tuple[Rendering, Float[Tensor, "h w d"]]:
        """Render the scene and one encoder's features, as its kind of semantics has them (`Semantics.render`)."""
        rendering = self.render(camera, world_from_camera)
        pose = pose_tensor(world_from_camera, rendering.depth)
        return rendering, self.semantics.render(rendering, camera, pose, encoder)

    def cpu(self) -> "DistilledScene":
        """Return the scene with its tensors on the CPU: what `save` and `load` would give; itself where they are."""
        tensors = self.field.tensors()
        if all(tensor.device.type == "cpu" for tensor in tensors.values()):
            return self
        field = type(self.field).from_tensors(_on_cpu(tensors), description=self.field.describe())
        description = self.semantics.describe()
        semantics = _load_semantics(description, _on_cpu(self.semantics.state_dict()), field, Path(self.name))
        return dataclasses.replace(self, field=field, semantics=semantics)

    def save(self, folder: Path) -> None:
        """Write the scene. `scene.json` comes last and names the content of the others: without it nothing counts."""
        folder = Path(folder)
        save_tensors(folder / "field.safetensors", self.field.tensors())
        files = ["field.safetensors"]
        if tensors := self.semantics.state_dict():  # Gaussians that carry features as they are have none beside them.
            save_tensors(folder / "semantics.safetensors", tensors)
            files.append("semantics.safetensors")
        description = {
            "format": FORMAT,
            "kind": next(kind for kind, cls in FIELDS.items() if isinstance(self.field, cls)),
            "field": self.field.describe(),
            "name": self.name,
            "metric": self.metric,
            "semantics": self.semantics.describe(),
            "fingerprints": self.fingerprints,
            "files": {name: _digest(folder / name) for name in files},
            "cameras": [
                {
                    "name": c.name,
                    "camera": dataclasses.asdict(c.camera),
                    "world_from_camera": c.world_from_camera.tolist(),
                    "held_out": c.held_out,
                }
                for c in self.cameras
            ],
        }
        write_json(folder / "scene.json", description)

    @classmethod
    def load(cls, folder: Path) -> "DistilledScene":
        """Read a scene that `save` wrote.

        Raises:
            DataError: it is not a scene, is damaged, or of a newer format.
        """
        folder = Path(folder)
        path = folder / "scene.json"
        if not path.is_file():
            raise DataError(f"{folder}: no scene.json; expected a scene that `vantage distill` wrote")
        description = read_json(path)
        if not isinstance(description, dict) or description.get("format") != FORMAT:
            found = description.get("format") if isinstance(description, dict) else type(description).__name__
            raise DataError(f"{path}: format {found!r}; this version of vantage reads format {FORMAT}")
        try:
            for name, digest in description["files"].items():
                if _digest(folder / name) != digest:
                    raise DataError(
                        f"{folder / name}: its content is not what scene.json names; distill the scene again"
                    )
            field_tensors, _ = load_tensors(folder / "field.safetensors")
            semantic_tensors: dict[str, Tensor] = {}
            if "semantics.safetensors" in description["files"]:
                semantic_tensors, _ = load_tensors(folder / "semantics.safetensors")
            field = _load_field(description, field_tensors, folder)
            return cls(
                name=description["name"],
                metric=description["metric"],
                field=field,
                semantics=_load_semantics(description["semantics"], semantic_tensors, field, folder),
                fingerprints=description["fingerprints"],
                cameras=tuple(
                    SceneCamera(
                        name=c["name"],
                        camera=Camera(**c["camera"]),
                        world_from_camera=np.array(c["world_from_camera"], dtype=np.float64),
                        held_out=c["held_out"],
                    )
                    for c in description["cameras"]
                ),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(f"{path}: lacks or mistypes {error}; not a scene that vantage wrote") from error


def _load_field(description: dict[str, Any], tensors: dict[str, Tensor], folder: Path) -> GaussianField | NerfField:
    kind = description["kind"]
    if kind not in FIELDS:
        raise DataError(f"{folder / 'scene.json'}: kind {kind!r}; this version of vantage reads {', '.join(FIELDS)}")
    where = str(folder / "field.safetensors")
    return FIELDS[kind].from_tensors(tensors, where=where, description=description.get("field", {}))


def _load_semantics(
    description: dict[str, Any], tensors: dict[str, Tensor], field: GaussianField | NerfField, folder: Path
) -> Semantics:
    # Scenes of before there were two kinds do not name theirs.
    kind = description.get("kind", SemanticField.KIND)
    where = str(folder / "semantics.safetensors")
    if kind == SemanticField.KIND:
        return SemanticField.from_description(description, tensors, where=where)
    if kind == FeatureGaussians.KIND and isinstance(field, GaussianField):
        return FeatureGaussians.from_description(description, tensors, field=field, where=where)
    raise DataError(f"{folder / 'scene.json'}: semantics of kind {kind!r}, which this field or version has not")


def _on_cpu(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.cpu() for name, tensor in tensors.items()}


def _digest(path: Path) -> str:
    if not path.is_file():
        raise DataError(f"{path}: no such file; the scene is incomplete")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]
