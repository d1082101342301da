"""`SemanticField`: points in space to features, one shared hash grid and one head per distilled encoder.

Distilled fields (papers: section 3): the heads share the grid, so that the image-language features and the others rest
on the same base. Architecture of the heads after GemSplat: two hidden layers of 64.
"""

import dataclasses
import json
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.errors import DataError
from vantage.fields.contraction import contract
from vantage.fields.gaussians import GaussianField
from vantage.fields.hash_grid import HashGrid, HashGridSettings
from vantage.fields.initialization import Bounds
from vantage.fields.rendering import Rendering, backproject_depth
from vantage.geometry import Camera


@runtime_checkable
class Semantics(Protocol):
    """The features of a scene: what the semantic hash grid and the Gaussians that carry features have in common."""

    dims: dict[str, int]
    """Width of each distilled encoder's features."""
    norms: dict[str, float]
    """Typical norm of each encoder's features, which the training compares relative to."""

    @property
    def encoder_names(self) -> tuple[str, ...]:
        """The distilled encoders."""
        ...

    def features(self, points_world: Float[Tensor, "n 3"], encoder: str) -> Float[Tensor, "n d"]:
        """Return one encoder's features at world points."""
        ...

    def at_gaussians(self, field: GaussianField, encoder: str) -> Float[Tensor, "n d"]:
        """Return one encoder's features of each Gaussian of the scene's field."""
        ...

    def render(
        self, rendering: Rendering, camera: Camera, world_from_camera: Float[Tensor, "4 4"], encoder: str
    ) -> Float[Tensor, "h w d"]:
        """Return one encoder's features as a camera sees them; `rendering` is what it sees of the field."""
        ...

    def describe(self) -> dict[str, object]:
        """Return what a file says beside the tensors, as JSON values."""
        ...

    def state_dict(self) -> dict[str, Tensor]:
        """Return the tensors by name."""
        ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class SemanticSettings:
    """Sizes of a semantic field."""

    grid: HashGridSettings = dataclasses.field(default_factory=HashGridSettings)
    hidden: int = 64
    """Width of the heads' two hidden layers."""


class SemanticField(nn.Module):
    """Maps world points to the features of each distilled encoder."""

    KIND = "grid"

    def __init__(
        self,
        bounds: Bounds,
        dims: dict[str, int],
        settings: SemanticSettings | None = None,
        *,
        norms: dict[str, float] | None = None,
        seed: int = 0,
    ) -> None:
        """Make an untrained field; `norms` gives each encoder's typical feature norm (1 where not given)."""
        super().__init__()
        self.bounds = bounds
        self.dims = dict(dims)
        # Heads learn features of unit norm and are scaled up: one learning rate then suits DINOv2 (norm ~50) and CLIP.
        self.norms = {name: (norms or {}).get(name, 1.0) for name in dims}
        self.settings = settings or SemanticSettings()
        generator = torch.Generator().manual_seed(seed)
        self.grid = HashGrid(self.settings.grid, generator)
        # ModuleDict refuses dots in names, and encoders' names may have them ("hf:org/model-1.5").
        self.heads = nn.ModuleList([self._head(dim, generator) for dim in dims.values()])

    def _head(self, dim: int, generator: torch.Generator) -> nn.Sequential:
        width, hidden = self.settings.grid.width, self.settings.hidden
        head = nn.Sequential(
            nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, dim)
        )
        for layer in head:
            if isinstance(layer, nn.Linear):
                bound = layer.in_features**-0.5
                nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
                nn.init.zeros_(layer.bias)
        return head

    @property
    def encoder_names(self) -> tuple[str, ...]:
        """The distilled encoders, in the order of their heads."""
        return tuple(self.dims)

    def forward(self, points_world: Float[Tensor, "n 3"]) -> dict[str, Float[Tensor, "n d"]]:
        """Return every encoder's features at world points."""
        encoded = self.grid(contract(points_world, self.bounds))
        return {name: head(encoded) * self.norms[name] for name, head in zip(self.dims, self.heads, strict=True)}

    def features(
        self, points_world: Float[Tensor, "n 3"], encoder: str, *, chunk: int = 65_536
    ) -> Float[Tensor, "n d"]:
        """Return one encoder's features at any number of world points, without gradients, in bounded memory.

        Raises:
            DataError: the encoder was not distilled into this field.
        """
        head = self.heads[encoder_number(self.dims, encoder)]
        with torch.no_grad():
            parts = [
                head(self.grid(contract(part, self.bounds))) * self.norms[encoder] for part in points_world.split(chunk)
            ]
        return torch.cat(parts) if parts else points_world.new_zeros(0, self.dims[encoder])

    def at_gaussians(self, field: GaussianField, encoder: str) -> Float[Tensor, "n d"]:
        """Return one encoder's features at the Gaussians' centres, without gradients."""
        return self.features(field.means.detach(), encoder)

    def render(
        self, rendering: Rendering, camera: Camera, world_from_camera: Float[Tensor, "4 4"], encoder: str
    ) -> Float[Tensor, "h w d"]:
        """Return one encoder's features at the surface points that a rendering's depth shows, without gradients."""
        points = backproject_depth(rendering.depth, camera, world_from_camera)
        return self.features(points.reshape(-1, 3), encoder).reshape(camera.height, camera.width, -1)

    def describe(self) -> dict[str, object]:
        """Return what `from_description` needs to rebuild the field, as JSON values."""
        return {
            "kind": self.KIND,
            "bounds": dataclasses.asdict(self.bounds),
            "dims": self.dims,
            "norms": self.norms,
            "settings": dataclasses.asdict(self.settings),
        }

    @classmethod
    def from_description(cls, description: dict, tensors: dict[str, Tensor], *, where: str) -> "SemanticField":
        """Rebuild a saved field.

        Raises:
            DataError: description and tensors do not belong together.
        """
        try:
            settings = dict(description["settings"])
            field = cls(
                Bounds(centre=tuple(description["bounds"]["centre"]), half_extent=description["bounds"]["half_extent"]),
                description["dims"],
                SemanticSettings(grid=HashGridSettings(**settings.pop("grid")), **settings),
                norms=description["norms"],
            )
        except (KeyError, TypeError) as error:
            raise DataError(
                f"{where}: the description {json.dumps(description)[:200]} lacks or mistypes {error}"
            ) from error
        check_tensors(field.state_dict(), tensors, where)
        field.load_state_dict(tensors)
        return field


def encoder_number(dims: Mapping[str, int], encoder: str) -> int:
    """Return an encoder's place among the distilled ones.

    Raises:
        DataError: it was not distilled.
    """
    if encoder not in dims:
        raise DataError(f"encoder {encoder!r} was not distilled into this field; it has {list(dims)}")
    return list(dims).index(encoder)


def check_tensors(own: Mapping[str, Tensor], tensors: Mapping[str, Tensor], where: str) -> None:
    """Check that a file holds the tensors that belong here, and no others.

    Raises:
        DataError: it does not.
    """
    problems = sorted(
        name for name in own.keys() | tensors.keys() if name not in own or name not in tensors
        or own[name].shape != tensors[name].shape
    )  # fmt: skip
    if problems:
        raise DataError(f"{where}: tensors {problems[:10]} are missing, unexpected or of another shape")


def semantic_loss(
    predicted: Float[Tensor, "n d"], target: Float[Tensor, "n d"], *, norm: float = 1.0
) -> Float[Tensor, ""]:
    """Return squared error plus one minus cosine, each averaged over the points (distilled fields, section 3).

    The paper's formula has csim(I - I^), which has one argument too few; csim(I, I^) is what it means. Squared errors
    are summed over channels and taken relative to the encoder's feature `norm`, so that their weight against the cosine
    depends neither on the encoder's width nor on its scale.
    """
    squared = ((predicted - target) ** 2).sum(dim=-1).mean() / norm**2
    cosine = nn.functional.cosine_similarity(predicted, target, dim=-1).mean()
    return squared + (1 - cosine)
