"""SigLIP 2 NaFlex: images of any aspect ratio as lists of patches, with their grids and a mask.

The model takes patches, not images: each image is its own list, shorter lists are filled up to the longest, and the
mask says which patches are real. A batch may thus hold images of several sizes, and none is squeezed into a square.
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn


def patch_list(pixels: Float[Tensor, "n 3 h w"], patch: int) -> Float[Tensor, "n m c"]:
    """Cut images into patches, row by row; within a patch row, column, colour, in this order.

    Args:
        pixels: normalised images whose sides are multiples of the patch.
        patch: side of a patch in pixels.
    """
    count, _, height, width = pixels.shape
    cells = pixels.view(count, 3, height // patch, patch, width // patch, patch)
    return cells.permute(0, 2, 4, 3, 5, 1).reshape(count, -1, 3 * patch * patch)


def collate(
    images: Sequence[Float[Tensor, "3 _ _"]], patch: int
) -> tuple[Float[Tensor, "n m c"], Bool[Tensor, "n m"], Int64[Tensor, "n 2"]]:
    """Return the patches of images of several sizes, the mask of the real ones, and each image's (rows, columns)."""
    lists = [patch_list(image[None], patch)[0] for image in images]
    mask = nn.utils.rnn.pad_sequence([torch.ones(len(one), dtype=torch.bool) for one in lists], batch_first=True)
    shapes = torch.tensor([[image.shape[1] // patch, image.shape[2] // patch] for image in images])
    return nn.utils.rnn.pad_sequence(lists, batch_first=True), mask.to(images[0].device), shapes


def run_naflex(vision: Any, images: Sequence[Float[Tensor, "3 _ _"]], patch: int) -> Any:
    """Run transformers' `Siglip2VisionModel` on normalised images of any sizes; rows beyond an image's own are filling.

    Args:
        vision: the image tower.
        images: sides are multiples of the patch.
        patch: side of a patch in pixels.
    """
    patches, mask, shapes = collate(images, patch)
    return vision(pixel_values=patches, pixel_attention_mask=mask, spatial_shapes=shapes.to(patches.device))
