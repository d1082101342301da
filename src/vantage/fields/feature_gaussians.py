"""`FeatureGaussians`: features as numbers that each Gaussian carries, blended like colour and decoded per encoder.

After Feature-3DGS (Zhou et al. 2024), whose decoder is a 1x1 convolution with a bias, and FiT3D (Yue et al. 2024),
whose decoder is a 3x3 convolution without. All encoders share the Gaussians' numbers, as the heads of the semantic
hash grid share the grid; with several encoders each has a decoder of its own.
"""

import dataclasses
import json
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from scipy.spatial import KDTree
from torch import Tensor, nn

from vantage.errors import DataError, UsageError
from vantage.fields.gaussians import GaussianField
from vantage.fields.rendering import Rendering
from vantage.fields.semantics import check_tensors, encoder_number
from vantage.geometry import Camera, matrix_from_quat_wxyz

NEIGHBOURS = 8
"""Gaussians that a point in space is asked of: the corners of a cell, where Gaussians are spread evenly."""

MIN_ALPHA = 1e-3
"""Blended features are divided by opacity, as depth is (`gaussians.MIN_ALPHA_FOR_DEPTH`)."""

START = 0.1
"""Spread of a Gaussian's numbers at the start. Zeros, as FiT3D has them, leave the cosine without a direction."""

_KERNEL = {"1x1": 1, "3x3": 3}


@dataclasses.dataclass(frozen=True, kw_only=True)
class FeatureGaussianSettings:
    """What Gaussians carry, how it becomes features and how fast it is learnt."""

    width: int = 32
    """Numbers per Gaussian. FiT3D has 64; 32 fill two of the rasterizer's vectors and cost less."""
    decoder: Literal["none", "1x1", "3x3"] = "1x1"
    """What turns blended numbers into features. With none, the Gaussians carry the features of all encoders."""
    rate_features: float = 1e-2
    """Learning rate of the Gaussians' numbers; falls to 10% over the run. The papers' are for many more steps."""
    rate_decoder: float = 2e-3
    """Learning rate of the decoders, that of the grid's heads; falls to 10% over the run."""

    def __post_init__(self) -> None:
        if self.width < 1:
            raise UsageError(f"feature Gaussians of width {self.width}; expected 1 or more")
        if self.decoder not in ("none", *_KERNEL):
            raise UsageError(f"decoder {self.decoder!r} of feature Gaussians; expected none, 1x1 or 3x3")

    def numbers(self, dims: dict[str, int]) -> int:
        """Return how many numbers a Gaussian carries for encoders of these widths."""
        return sum(dims.values()) if self.decoder == "none" else self.width


class FeatureGaussians(nn.Module):
    """The features of a field whose Gaussians carry them (`GaussianField.features`), and their decoders."""

    KIND = "gaussians"

    def __init__(
        self,
        field: GaussianField,
        dims: dict[str, int],
        settings: FeatureGaussianSettings | None = None,
        *,
        norms: dict[str, float] | None = None,
        seed: int = 0,
    ) -> None:
        """Take the field whose Gaussians carry the features, or give them some to start with.

        `norms` are the encoders' typical feature norms (1 where not given).

        Raises:
            DataError: the field's Gaussians carry another number of features.
        """
        super().__init__()
        self.dims = dict(dims)
        self.norms = {name: (norms or {}).get(name, 1.0) for name in dims}
        self.settings = settings or FeatureGaussianSettings()
        # In a tuple, so that torch does not count the field's parameters among the decoders'.
        self._field = (field,)
        generator = torch.Generator().manual_seed(seed)
        width = self.settings.numbers(self.dims)
        if field.features is None:
            start = START * torch.randn(len(field), width, generator=generator)
            field.features = nn.Parameter(start.to(field.means))
        if field.features.shape[1] != width:
            raise DataError(f"Gaussians carry {field.features.shape[1]} numbers each; {width} are to be decoded")
        size = _KERNEL.get(self.settings.decoder)
        decoders = [] if size is None else [_convolution(width, dim, size, generator) for dim in dims.values()]
        self.decoders = nn.ModuleList(decoders)
        self._tree: tuple[Tensor, int, KDTree] | None = None

    @property
    def field(self) -> GaussianField:
        """The field whose Gaussians carry the features."""
        return self._field[0]

    @property
    def numbers(self) -> Float[Tensor, "n c"]:
        """What the Gaussians carry."""
        features = self.field.features
        if features is None:
            raise DataError("the field's Gaussians carry no features")
        return features

    @property
    def encoder_names(self) -> tuple[str, ...]:
        """The distilled encoders, in the order of their decoders."""
        return tuple(self.dims)

    def blend(self, camera: Camera, world_from_camera: np.ndarray | Float[Tensor, "4 4"]) -> Float[Tensor, "h w c"]:
        """Return what the surfaces carry that a camera sees; gradients reach the Gaussians' numbers alone."""
        blended, alpha = self.field.blend_at_rest(self.numbers, camera, world_from_camera)
        return blended / alpha.clamp_min(MIN_ALPHA)[..., None]

    def decode(self, blended: Float[Tensor, "h w c"], encoder: str) -> Float[Tensor, "h w d"]:
        """Return one encoder's features of a whole picture; beyond its edge a 3x3 decoder sees zeros."""
        if self.settings.decoder == "none":
            return self._own(blended, encoder) * self.norms[encoder]
        image = self._decoder(encoder)(blended.permute(2, 0, 1)[None])[0]
        return image.permute(1, 2, 0) * self.norms[encoder]

    def decode_at(
        self, blended: Float[Tensor, "h w c"], pixels: Float[Tensor, "m 2"], encoder: str
    ) -> Float[Tensor, "m d"]:
        """Return what `decode` has at pixels (x, y), at the cost of those pixels."""
        columns, rows = pixels.long().unbind(-1)
        if self.settings.decoder != "3x3":
            return self._decode_points(blended[rows, columns], encoder)
        padded = nn.functional.pad(blended, (0, 0, 1, 1, 1, 1))
        around = [padded[rows + y, columns + x] for y in range(3) for x in range(3)]
        # A decoder's weights are (d, c, 3, 3); beside each pixel its nine neighbours lie in the same order.
        weight = self._decoder(encoder).weight.permute(0, 2, 3, 1).flatten(1)
        return nn.functional.linear(torch.cat(around, dim=-1), weight) * self.norms[encoder]

    def features(
        self, points_world: Float[Tensor, "n 3"], encoder: str, *, chunk: int = 65_536
    ) -> Float[Tensor, "n d"]:
        """Return one encoder's features at world points, without gradients, in bounded memory.

        A point takes the mean of the nearest Gaussians, each weighing what it is opaque there; far from all of them
        the one whose ellipsoid is nearest decides. A 3x3 decoder sees the point's numbers in all nine places.

        Raises:
            DataError: the encoder was not distilled, or the field has no Gaussians.
        """
        encoder_number(self.dims, encoder)
        with torch.no_grad():
            parts = [self._decode_points(self._carried_at(part), encoder) for part in points_world.split(chunk)]
        return torch.cat(parts) if parts else points_world.new_zeros(0, self.dims[encoder])

    def at_gaussians(self, field: GaussianField, encoder: str) -> Float[Tensor, "n d"]:
        """Return one encoder's features of each Gaussian by itself, without gradients."""
        encoder_number(self.dims, encoder)
        with torch.no_grad():
            return torch.cat([self._decode_points(part, encoder) for part in self.numbers.split(65_536)])

    def render(
        self, rendering: Rendering, camera: Camera, world_from_camera: Float[Tensor, "4 4"], encoder: str
    ) -> Float[Tensor, "h w d"]:
        """Return one encoder's features as the camera sees them, without gradients."""
        encoder_number(self.dims, encoder)
        with torch.no_grad():
            return self.decode(self.blend(camera, world_from_camera), encoder)

    def describe(self) -> dict[str, object]:
        """Return what `from_description` needs beside the tensors, as JSON values."""
        settings = dataclasses.asdict(self.settings)
        return {"kind": self.KIND, "dims": self.dims, "norms": self.norms, "settings": settings}

    @classmethod
    def from_description(
        cls, description: dict, tensors: dict[str, Tensor], *, field: GaussianField, where: str
    ) -> "FeatureGaussians":
        """Rebuild what was saved, around the field that was saved with it.

        Raises:
            DataError: description, tensors and field do not belong together.
        """
        if getattr(field, "features", None) is None:
            raise DataError(f"{where}: features of Gaussians, but the field beside it carries none")
        try:
            settings = FeatureGaussianSettings(**description["settings"])
            own = cls(field, description["dims"], settings, norms=description["norms"])
        except (KeyError, TypeError, UsageError) as error:
            raise DataError(
                f"{where}: the description {json.dumps(description)[:200]} lacks or mistypes {error}"
            ) from error
        check_tensors(own.state_dict(), tensors, where)
        own.load_state_dict(tensors)
        return own

    def _decoder(self, encoder: str) -> nn.Conv2d:
        decoder = self.decoders[encoder_number(self.dims, encoder)]
        assert isinstance(decoder, nn.Conv2d)  # what the list was made of
        return decoder

    def _own(self, numbers: Tensor, encoder: str) -> Tensor:
        """Return the part of undecoded numbers that belongs to an encoder."""
        number = encoder_number(self.dims, encoder)
        return numbers.split(list(self.dims.values()), dim=-1)[number]

    def _decode_points(self, numbers: Float[Tensor, "n c"], encoder: str) -> Float[Tensor, "n d"]:
        if self.settings.decoder == "none":
            return self._own(numbers, encoder) * self.norms[encoder]
        decoder = self._decoder(encoder)
        return nn.functional.linear(numbers, decoder.weight.sum(dim=(2, 3)), decoder.bias) * self.norms[encoder]

    def _carried_at(self, points: Float[Tensor, "n 3"]) -> Float[Tensor, "n c"]:
        field = self.field
        count = min(NEIGHBOURS, len(field))
        if count == 0:
            raise DataError("the field has no Gaussians that could carry features")
        _, nearest = self._gaussian_tree().query(points.detach().cpu().numpy(), k=count)
        # A single neighbour comes without an axis of its own.
        near = torch.from_numpy(np.asarray(nearest).reshape(-1, count)).to(points.device)
        rotations = matrix_from_quat_wxyz(field.quats_wxyz[near])
        offsets = points[:, None] - field.means[near]
        along = (rotations.mT @ offsets[..., None])[..., 0] / field.scales[near]
        weights = (field.opacities[near].log() - 0.5 * (along**2).sum(dim=-1)).softmax(dim=-1)
        return (weights[..., None] * self.numbers[near]).sum(dim=1)

    def _gaussian_tree(self) -> KDTree:
        means = self.field.means
        if self._tree is None or self._tree[0] is not means or self._tree[1] != means._version:
            self._tree = (means, means._version, KDTree(means.detach().cpu().numpy()))
        return self._tree[2]


def _convolution(width: int, dim: int, size: int, generator: torch.Generator) -> nn.Conv2d:
    """Return a decoder; with a bias where it sees single pixels, without where it sees their neighbours (see above)."""
    layer = nn.Conv2d(width, dim, size, padding=size // 2, bias=size == 1)
    bound = (width * size**2) ** -0.5
    nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
