"""Which pixel of one image shows what a pixel of the other shows: SIFT keypoints, or an encoder's cells."""

import dataclasses

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64
from torch import Tensor

from vantage.encoders import Encoder
from vantage.errors import UsageError
from vantage.inversion.pnp import require_pycolmap

MAX_KEYPOINTS = 1000
"""Keypoints kept per image, the strongest first; SplatLoc's number."""


SIFT_DIM = 128
"""Numbers of a SIFT descriptor (Lowe 2004)."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Described:
    """Places in an image, each with a vector that tells it from others."""

    pixels: Float64[np.ndarray, "n 2"]
    """(x, y); a pixel's centre is at +0.5."""
    descriptors: Float[Tensor, "n d"]
    """Unit vectors."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Places of two images that look alike."""

    query: Float64[np.ndarray, "n 2"]
    """Pixels of the image whose pose is sought."""
    render: Float64[np.ndarray, "n 2"]
    """Pixels of the rendered image."""

    def __len__(self) -> int:
        return len(self.query)


class SiftDescriber:
    """SIFT (Lowe 2004) with root normalisation, by COLMAP's extractor."""

    def __init__(self, *, upsample: bool = True, keypoints: int = MAX_KEYPOINTS) -> None:
        """Prepare the extractor; `upsample` doubles images first, which finds three times as many places.

        Raises:
            MissingError: the extra `sfm` (pycolmap) is not installed.
        """
        colmap = require_pycolmap()
        options = colmap.FeatureExtractionOptions()
        options.use_gpu = False
        options.num_threads = 1
        options.sift.max_num_features = keypoints
        options.sift.first_octave = -1 if upsample else 0
        self._extractor = colmap.FeatureExtractor.create(options, colmap.Device.cpu)

    def describe(self, image: Float32[np.ndarray, "h w 3"]) -> Described:
        """Find and describe the keypoints of an RGB image in [0, 1]."""
        # ITU-R BT.601, as COLMAP reads colour images.
        gray = np.ascontiguousarray(image @ np.array([0.299, 0.587, 0.114], dtype=np.float32)).clip(0, 1)
        keypoints, descriptors = self._extractor.extract_from_float32_array(gray)
        vectors = torch.from_numpy(np.array(descriptors.data, dtype=np.float32)).reshape(len(keypoints), SIFT_DIM)
        return Described(
            pixels=np.array([(k.x, k.y) for k in keypoints], dtype=np.float64).reshape(-1, 2),
            descriptors=torch.nn.functional.normalize(vectors, dim=1),
        )


class DenseDescriber:
    """An encoder's patch features at the centres of its cells."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def describe(self, image: Float32[np.ndarray, "h w 3"]) -> Described:
        """Encode an RGB image in [0, 1]; cells whose centre lies outside it are left out."""
        with torch.no_grad():
            features = self.encoder.encode(torch.from_numpy(image).permute(2, 0, 1)[None])
        _, rows, columns, dim = features.grid.shape
        x = (np.arange(columns) + 0.5) * features.stride[0]
        y = (np.arange(rows) + 0.5) * features.stride[1]
        pixels = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        inside = (pixels[:, 0] < image.shape[1]) & (pixels[:, 1] < image.shape[0])
        vectors = features.grid[0].float().reshape(-1, dim)
        # What all cells share tells none of them apart.
        vectors = torch.nn.functional.normalize(vectors - vectors.mean(dim=0), dim=1)
        return Described(pixels=pixels[inside], descriptors=vectors[torch.from_numpy(inside)])


def match(query: Described, render: Described, *, ratio: float = 1.0) -> Pairs:
    """Pair places that are each other's nearest, and, with `ratio` below 1, clearly nearer than the second (Lowe 2004).

    Raises:
        UsageError: the ratio is not in (0, 1].
    """
    if not 0 < ratio <= 1:
        raise UsageError(f"ratio {ratio}: expected a number above 0 and at most 1")
    if len(query.pixels) < 2 or len(render.pixels) < 2:
        return Pairs(query=np.zeros((0, 2)), render=np.zeros((0, 2)))
    alike = query.descriptors @ render.descriptors.mT
    best = alike.topk(2, dim=1)
    # Of unit vectors: squared distance = 2 - 2 cos.
    near, second = (2 - 2 * best.values).clamp_min(0).unbind(dim=1)
    partner = best.indices[:, 0]
    mutual = alike.argmax(dim=0)[partner] == torch.arange(len(partner))
    keep = mutual & (near <= ratio**2 * second)
    rows = keep.nonzero()[:, 0]
    return Pairs(query=query.pixels[rows.numpy()], render=render.pixels[partner[rows].numpy()])
