"""What a rasterization returns."""

import dataclasses

from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Rasterized:
    """Images blended front to back, and which Gaussians took part."""

    channels: Float[Tensor, "h w c"]
    """Blended channels; `background` shows where transmittance is left, black if none was given."""
    depth: Float[Tensor, "h w"]
    """Accumulated z-depth, the sum of weight times depth in metres; divide by `alpha` for the expected depth."""
    alpha: Float[Tensor, "h w"]
    """Accumulated opacity in [0, 1): the sum of the blending weights."""
    radii: Int[Tensor, " n"]
    """Larger half extent on the screen of the region where alpha reaches 1/255, in whole pixels; 0 = not in view."""

    @property
    def visible(self) -> Bool[Tensor, " n"]:
        """Which Gaussians reach into the image (those hidden behind others included)."""
        return self.radii > 0
