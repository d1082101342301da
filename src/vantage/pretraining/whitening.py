"""A patch embedding that begins by whitening: neighbouring pixels are so alike that colour would drown all texture.

Whitening the first layer is what lets small networks learn in few steps (Jordan 2024, "94% on CIFAR-10 in 3.29
seconds", section 3.2); from there on the layer learns as any other.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vantage.encoders.vit import Vit
from vantage.pretraining.room_views import RoomViews

FLOOR = 5e-4
"""Added to the variances, so that directions that hold nothing but noise are not blown up (the same source)."""
VIEWS = 60
"""Views that the statistics come from: some 46 000 patches for 192 x 192 numbers."""


def whiten_patches(vision: Vit, rooms: Sequence[RoomViews]) -> None:
    """Set the patch embedding so that its outputs on the rooms are uncorrelated, each of unit variance or less."""
    patch = vision.settings.patch
    step = max(1, len(rooms) // VIEWS)
    pictures = np.stack([room.images[k % len(room.images)] for k, room in enumerate(rooms[::step])][:VIEWS])
    images = torch.from_numpy(pictures).permute(0, 3, 1, 2).double() / 127.5 - 1
    rows, columns = images.shape[2] // patch, images.shape[3] // patch
    images = images[:, :, : rows * patch, : columns * patch]
    # The order of a patch's numbers is the tower's own: channel, row, column.
    cells = images.view(-1, 3, rows, patch, columns, patch).permute(0, 2, 4, 1, 3, 5).reshape(-1, 3 * patch * patch)
    weight, mean = whitening(cells)
    width = vision.settings.width
    # Where the embedding is narrower than a patch the directions of least variance fall away; where it is wider the
    # rest keep their random weights.
    kept = min(width, len(weight))
    with torch.no_grad():
        vision.patch_embed.weight[:kept] = weight[:kept].float()
        vision.patch_embed.bias[:kept] = -(weight[:kept] @ mean).float()


def whitening(cells: Float[Tensor, "n k"]) -> tuple[Float[Tensor, "k k"], Float[Tensor, " k"]]:
    """Return the map to principal components of unit variance, largest first, and the mean."""
    mean = cells.mean(dim=0)
    variances, directions = torch.linalg.eigh((cells - mean).mT @ (cells - mean) / len(cells))
    weight = directions.mT.flip(0) / (variances.flip(0).clamp_min(0) + FLOOR).sqrt()[:, None]
    # An eigenvector's sign is arbitrary and may differ between machines; the largest entry is made positive.
    largest = weight.gather(1, weight.abs().argmax(dim=1, keepdim=True))
    return weight * largest.sign(), mean
