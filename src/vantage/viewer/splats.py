"""A scene as the splats that the browser draws: centres, covariances, one colour and one opacity each."""

import dataclasses
import math

import numpy as np
import torch
from jaxtyping import Float32

from vantage.fields import DistilledScene, GaussianField
from vantage.geometry import matrix_from_quat_wxyz

COLOUR_CAMERAS = 8
"""Cameras whose views of a splat's colour are averaged; 8 spread over a capture cover its directions."""

LARGEST_VARIANCE = 2.0**14
"""Where scaled variances end: a quarter of the largest float16 (65504), so that sums in the browser stay finite."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SplatCloud:
    """What the browser draws.

    It keeps covariances as float16, whose smallest number is 6e-8: the variance of a splat of 0.2 mm. Hence the scene
    is handed over `enlarged` times larger than it is, and shown that much smaller.
    """

    centres: Float32[np.ndarray, "n 3"]
    """World frame, times `enlarged`."""
    covariances: Float32[np.ndarray, "n 3 3"]
    """World frame, times `enlarged` squared."""
    colours: Float32[np.ndarray, "n 3"]
    """RGB in [0, 1], the mean of what the cameras see."""
    opacities: Float32[np.ndarray, "n 1"]
    enlarged: float

    def __len__(self) -> int:
        return len(self.centres)


def splats_of(scene: DistilledScene) -> SplatCloud | None:
    """Return the scene's Gaussians as splats, or None where its field is of another kind.

    What depends on the direction of view is averaged over the cameras.
    """
    field = scene.field
    if not isinstance(field, GaussianField):
        return None
    with torch.no_grad():
        axes = matrix_from_quat_wxyz(field.quats_wxyz) * field.scales[:, None, :]
        covariances = axes @ axes.mT
        largest = float(covariances.diagonal(dim1=-2, dim2=-1).max()) if len(field) else 1.0
        # A power of two, so that not a bit of the centres is lost.
        enlarged = 2.0 ** math.floor(0.5 * math.log2(LARGEST_VARIANCE / max(largest, 1e-12)))
        return SplatCloud(
            centres=(field.means * enlarged).numpy(),
            covariances=(covariances * enlarged**2).numpy(),
            colours=_mean_colours(scene, field).numpy(),
            opacities=field.opacities[:, None].numpy(),
            enlarged=enlarged,
        )


def _mean_colours(scene: DistilledScene, field: GaussianField) -> torch.Tensor:
    """Average each Gaussian's colour over cameras; far from every camera's direction harmonics mean nothing."""
    step = max(1, len(scene.cameras) // COLOUR_CAMERAS)
    eyes = [torch.as_tensor(c.world_from_camera[:3, 3]).to(field.means) for c in scene.cameras[::step]]
    if not eyes:
        eyes = [field.means.mean(dim=0)]
    total = torch.zeros_like(field.means)
    for eye in eyes:
        total += field.colors_from(eye).clamp(0, 1)
    return total / len(eyes)
