"""Exposure compensation: a change of colours per training image, so that the scene need not explain the camera's.

One affine map per image, 3x4 as in the code of Kerbl et al., applied to the rendering before it is compared.
The maps are counted from their own mean, so that the field keeps the colours of the average photograph; without that,
field and maps could drift together and held-out views, which have no map, would be off.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-15
"""Adam's, as for the Gaussians."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExposureSettings:
    """How fast the maps follow."""

    rate: float = 0.01
    """Learning rate at the start (the reference's `exposure_lr_init`)."""
    rate_end: float = 0.001
    """Learning rate at the end (the reference's `exposure_lr_final`)."""


class ExposureModel:
    """An affine map of colours for each of some images, with an Adam of its own per image.

    One Adam over all would go on moving an image's map after its turn, by the momentum of a gradient that is long past.
    """

    def __init__(
        self, settings: ExposureSettings, *, images: Sequence[int], device: str | torch.device = "cpu"
    ) -> None:
        """Begin with identities for the images of these numbers."""
        self.settings = settings
        self._place = {image: place for place, image in enumerate(images)}
        self.changes = torch.zeros(len(images), 3, 4, device=device)
        self._moments = torch.zeros(2, len(images), 3, 4, device=device)
        self._turns = torch.zeros(len(images))
        self._leaf: tuple[int, Tensor] | None = None

    def map(self, image: int) -> Float[Tensor, "3 4"]:
        """Return an image's map: the identity plus its change, less the mean change of all images."""
        return torch.eye(3, 4, device=self.changes.device) + self.changes[self._place[image]] - self.changes.mean(dim=0)

    def apply(self, rgb: Float[Tensor, "h w 3"], image: int) -> Float[Tensor, "h w 3"]:
        """Return a rendering as the image's exposure shows it; `update` then follows its gradient."""
        leaf = self.map(image).requires_grad_(torch.is_grad_enabled())
        self._leaf = (image, leaf)
        return rgb @ leaf[:, :3].mT + leaf[:, 3]

    def update(self, progress: float) -> None:
        """Take one step of Adam for the image of the last `apply`; `progress` in [0, 1] sets the rate."""
        if self._leaf is None or self._leaf[1].grad is None:
            return
        place, gradient = self._place[self._leaf[0]], self._leaf[1].grad
        self._turns[place] += 1
        turn = float(self._turns[place])
        first, second = self._moments[0, place], self._moments[1, place]
        first.lerp_(gradient, 1 - BETA_1)
        second.lerp_(gradient**2, 1 - BETA_2)
        rate = self.settings.rate * (self.settings.rate_end / self.settings.rate) ** progress
        step = (first / (1 - BETA_1**turn)) / ((second / (1 - BETA_2**turn)).sqrt() + EPSILON)
        self.changes[place] -= rate * step
        self._leaf = None

    def state_tensors(self) -> dict[str, Tensor]:
        """Return the maps and their moments, for a checkpoint."""
        return {"changes": self.changes, "moments": self._moments, "turns": self._turns}

    def load_state_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Restore what `state_tensors` returned."""
        self.changes, self._moments, self._turns = tensors["changes"], tensors["moments"], tensors["turns"]


def best_affine(rgb: Float[Tensor, "h w 3"], image: Float[Tensor, "h w 3"]) -> Float[Tensor, "h w 3"]:
    """Return `rgb` under the affine map of colours that brings it closest to `image`, by least squares.

    For measuring: how good a rendering is apart from its exposure (gsplat's `color_correct_affine`). It looks at the
    image that it is judged by, for every method alike.
    """
    flat = torch.cat([rgb.reshape(-1, 3), torch.ones(rgb.shape[0] * rgb.shape[1], 1)], dim=-1).double()
    solution = torch.linalg.lstsq(flat, image.reshape(-1, 3).double(), driver="gelsd").solution
    return (flat @ solution).to(rgb).reshape(rgb.shape)
