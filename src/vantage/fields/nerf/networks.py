"""The networks of a NeRF: density and colour of points whose hash encoding is given."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.fields.nerf.settings import NerfModelSettings

DIRECTION_WIDTH = 16
"""Spherical harmonics of degree 0 to 3 (nerfacto: 4 levels)."""


class NerfNetworks(nn.Module):
    """A density network with one hidden layer and a colour network with two, without biases as in instant-ngp."""

    def __init__(self, settings: NerfModelSettings, generator: torch.Generator) -> None:
        super().__init__()
        hidden = settings.hidden
        self.density = nn.ParameterList(
            [_weight(settings.grid.width, hidden, generator), _weight(hidden, 1 + settings.geometry, generator)]
        )
        inputs = settings.geometry + DIRECTION_WIDTH + settings.appearance
        self.color = nn.ParameterList(
            [_weight(inputs, hidden, generator), _weight(hidden, hidden, generator), _weight(hidden, 3, generator)]
        )

    def geometry(self, encoded: Float[Tensor, "n width"]) -> Float[Tensor, "n outputs"]:
        """Return the logarithm of the density and the numbers for the colour network."""
        return torch.relu(encoded @ self.density[0]) @ self.density[1]

    def rgb(self, geometry: Float[Tensor, "n outputs"], directions: Float[Tensor, "n inputs"]) -> Float[Tensor, "n 3"]:
        """Return colours in (0, 1) from `geometry` and what is known of each point's ray (direction, appearance)."""
        hidden = torch.relu(torch.cat([geometry[:, 1:], directions], dim=-1) @ self.color[0])
        return torch.sigmoid(torch.relu(hidden @ self.color[1]) @ self.color[2])


def _weight(inputs: int, outputs: int, generator: torch.Generator) -> nn.Parameter:
    # He et al. (2015): keeps the variance through layers of rectified units.
    return nn.Parameter(torch.randn(inputs, outputs, generator=generator) * (2 / inputs) ** 0.5)


class _TruncatedExp(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        # exp(60) is far beyond any density and still finite in single precision.
        return torch.exp(x.clamp(max=60))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return gradients[0] * torch.exp(x.clamp(-15, 15))


def truncated_exp(x: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return exp(x) with a gradient whose exponent is held within +-15 (instant-ngp, nerfacto)."""
    return _TruncatedExp.apply(x)
