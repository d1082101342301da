"""Features as three-channel pictures of an image's size, by one projection for all views of a scene."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vantage.encoders import Features
from vantage.errors import DataError
from vantage.geometry import pixel_centres
from vantage.reports import FeatureColors

CHUNK = 64
"""Channels upsampled at once: a 256x192 picture of as many takes 13 MB."""


def scene_colors(views: Sequence[Features]) -> FeatureColors:
    """Return the projection to three principal components, fitted to the patch features of all views together.

    Raises:
        DataError: there are no views, or their features differ in length or are not finite.
    """
    widths = {view.grid.shape[-1] for view in views}
    if len(widths) != 1:
        raise DataError(f"features of {len(views)} views with lengths {sorted(widths)} have no common components")
    cells = torch.cat([view.grid.reshape(-1, view.grid.shape[-1]) for view in views])
    return FeatureColors.fit(cells.float().cpu().numpy())


def color_image(features: Features, colors: FeatureColors) -> Float[np.ndarray, "h w 3"]:
    """Return one view's features as an RGB picture in [0, 1] of the image's size, interpolated bilinearly."""
    components = colors.components(features.grid.double().cpu().numpy())
    small = dataclasses.replace(features, grid=torch.from_numpy(components))
    return colors.colors(dense_channels(small).numpy())


def dense_channels(features: Features, start: int = 0, stop: int | None = None) -> Float[Tensor, "h w c"]:
    """Return channels of one view's features at all pixel centres of its image, interpolated bilinearly."""
    width, height = features.image_size
    part = dataclasses.replace(features, grid=features.grid[:1, :, :, start:stop])
    if features.stride == (1.0, 1.0) and part.grid.shape[1:3] == (height, width):
        return part.grid[0]
    pixels = pixel_centres(width, height).to(part.grid)
    return part.sample(pixels.reshape(1, -1, 2))[0].reshape(height, width, -1)
