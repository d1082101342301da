"""Random changes of an image's colours: brightness, contrast, saturation and hue, in a random order."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

BRIGHTNESS = CONTRAST = SATURATION = 0.6
"""Factors are drawn from 1 - 0.6 to 1 + 0.6: the released code of Semantic Abstraction."""
HUE = 0.1
"""Turns of the colour circle by which hues are shifted, at most: the same code."""
LUMA = (0.2989, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601), as torchvision has them."""


def jitter_colours(image: Float[Tensor, "3 h w"], rng: np.random.Generator) -> Float[Tensor, "3 h w"]:
    """Return an RGB image in [0, 1] with its colours changed at random, in the ranges of the released code."""
    order = rng.permutation(4)
    factors = [float(rng.uniform(1 - span, 1 + span)) for span in (BRIGHTNESS, CONTRAST, SATURATION)]
    turn = float(rng.uniform(-HUE, HUE))
    for which in order:
        if which == 0:
            image = change_brightness(image, factors[0])
        elif which == 1:
            image = change_contrast(image, factors[1])
        elif which == 2:
            image = change_saturation(image, factors[2])
        else:
            image = turn_hue(image, turn)
    return image


def change_brightness(image: Float[Tensor, "3 h w"], factor: float) -> Float[Tensor, "3 h w"]:
    """Multiply all colours; 0 is black."""
    return (image * factor).clamp(0, 1)


def change_contrast(image: Float[Tensor, "3 h w"], factor: float) -> Float[Tensor, "3 h w"]:
    """Move all colours from the image's mean grey; 0 is that grey."""
    mean = _grey(image).mean()
    return (mean + (image - mean) * factor).clamp(0, 1)


def change_saturation(image: Float[Tensor, "3 h w"], factor: float) -> Float[Tensor, "3 h w"]:
    """Move each colour from its own grey; 0 is a grey image."""
    grey = _grey(image)
    return (grey + (image - grey) * factor).clamp(0, 1)


def turn_hue(image: Float[Tensor, "3 h w"], turns: float) -> Float[Tensor, "3 h w"]:
    """Turn every hue by a share of the colour circle; value and saturation (of HSV) stay."""
    red, green, blue = image
    value, least = image.amax(dim=0), image.amin(dim=0)
    chroma = value - least
    safe = chroma.clamp_min(1e-12)
    # The hexagon of Smith 1978: which colour is the largest says the sector, the other two say where in it.
    hue = torch.where(
        value == red,
        (green - blue) / safe,
        torch.where(value == green, 2 + (blue - red) / safe, 4 + (red - green) / safe),
    )
    hue = hue + 6 * turns
    # Each colour falls from the value by its distance from the hue: f(n) = v - c * clamp(min(k, 4 - k), 0, 1).
    channels = []
    for offset in (5, 3, 1):
        k = (offset + hue) % 6
        channels.append(value - chroma * torch.minimum(k, 4 - k).clamp(0, 1))
    return torch.stack(channels)


def _grey(image: Float[Tensor, "3 h w"]) -> Float[Tensor, "1 h w"]:
    weights = image.new_tensor(LUMA)
    return torch.einsum("chw,c->hw", image, weights)[None]
